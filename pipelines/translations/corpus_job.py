"""A whole parallel corpus out of a store: what the command `align` does, as a function."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipelines import notebook
from pipelines.batch.engines import Engine, in_order
from pipelines.errors import UsageError, VietnamvnError
from pipelines.languages import is_in
from pipelines.locks import Holder
from pipelines.manifests import files_of
from pipelines.remote_folders import claimed_at
from pipelines.storage import Store, require_store
from pipelines.translations.align import Alignment, Scorer
from pipelines.translations.alignment_cache import Memo
from pipelines.translations.corpus import Corpus, CorpusUnit, finish
from pipelines.translations.exports import CorpusContent, Pair, Writer, require_format
from pipelines.translations.filters import NAMES, FilterOptions
from pipelines.translations.former import CORPUS
from pipelines.translations.groups import Links
from pipelines.translations.making import MadeGroups, PairCounts, Plan, Versions, pairs_in
from pipelines.translations.stored import by_language, language_of, read_links, stored_groups
from pipelines.translations.tasks import AlignGroups, batches
from pipelines.translations.units import VersionText
from pipelines.version import package_version


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignSummary:
    """What a corpus holds: groups read, multi-way rows, rows of each file by its path, counts of each language pair.

    `left_out` has the number of texts by the code of their address where that is no language code; `known` counts the
    alignments out of a memo, `aligned` the new ones.
    """

    groups: int
    rows: int
    files: Mapping[str, int]
    pairs: Mapping[Pair, PairCounts]
    left_out: Mapping[str, int]
    known: int
    aligned: int

    def __repr__(self) -> str:
        rows = sum(self.files.values())
        return notebook.line(
            "AlignSummary", f"{len(self.pairs):,} pairs", f"{rows:,} rows of {len(self.files):,} files"
        )


def align(
    store: Store,
    out: Path | str,
    *,
    languages: Sequence[str] = (),
    unit: CorpusUnit = "paragraph",
    form: str = "jsonl",
    multiway: bool = False,
    filters: FilterOptions | None = None,
    scorer: Scorer | None = None,
    memo: Path | None = None,
    engine: Engine | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    replace_changed: bool = False,
    holder: Holder | None = None,
) -> AlignSummary:
    """Write the aligned text of a store into the folder or fsspec address `out`, in place of an earlier corpus there.

    `languages` are codes of the record in the order of their pairs, none for all; `form` is a name in
    `exports.FORMATS`. `filters` are all by default (`filters.filter_options`). `memo` is a file in which alignments
    are kept. The alignments are made by `engine`, such as ``LocalEngine(workers=2)``, and in this process without one;
    a `scorer`, a similarity of your own, is asked in this process alone. The same store gives the same bytes whatever
    the engine. `progress` is called with the number of texts done and of all, now and then. What else is in `out`
    stays; `replace_changed` and `holder` are those of `pipelines.folders.replacing`. Raises `UsageError` for options
    that do not go together or languages that the store lacks, `FolderError` where `out` cannot be written.
    """
    require_store(store)
    _require(languages, unit, form, multiway, scorer, engine)
    filters = filters or FilterOptions()
    with contextlib.ExitStack() as stack:
        known = stack.enter_context(Memo(memo)) if memo else None
        stack.enter_context(store.snapshot())
        links, found = read_links(store)
        there = sorted({code for name in found if (code := language_of(name))})
        chosen = _chosen(languages, there)
        place = stack.enter_context(claimed_at(out, CORPUS, replace=replace_changed, holder=holder))
        folder = stack.enter_context(place.renewing())
        content = CorpusContent(version=package_version(), languages=tuple(chosen), unit=unit, multiway=multiway)
        writer = Writer(form, folder, content)
        corpus = Corpus(writer, filters)
        # What a user's scorer decides may change: its alignments are neither taken from the memo nor kept.
        kept = known if scorer is None else None
        plan = Plan(form=form, content=content, filters=filters, scorer=scorer, gives_alignments=kept is not None)
        total = sum(found.values())
        # A model may take long for each text, so progress is reported group by group.
        tasks = batches(
            _groups(store, links, frozenset(chosen)), partial(_task, plan, kept), texts=1 if scorer else None
        )
        done = 0
        for task, made in in_order(engine, tasks, lost="a part of the store cannot be aligned"):
            if kept is not None:
                _remember(kept, task, made)
            corpus.take(made)
            done += task.texts
            if done < total:
                progress(done, total)
        progress(done, done)  # the last report, even where the store has damaged rows
        rows = writer.close()
        if not any(rows.values()) and _holds_units(place.manifest):
            raise VietnamvnError(
                f"{out}: the store gives no unit for {','.join(chosen)}; the corpus there stays as it is"
            )
        settings = {
            "format": form,
            "unit": unit,
            "multiway": multiway,
            "languages": chosen,
            "filters": [] if multiway else [name for name in NAMES if name in filters.names],
        }
        finish(folder, rows, corpus, settings=settings, version=package_version())
    return AlignSummary(
        groups=corpus.groups,
        rows=corpus.rows,
        files=rows,
        pairs=corpus.counts,
        left_out={code: number for code, number in sorted(found.items()) if language_of(code) is None},
        known=known.known if known else 0,
        aligned=known.aligned if known else 0,
    )


def _require(
    languages: Sequence[str], unit: str, form: str, multiway: bool, scorer: Scorer | None, engine: Engine | None
) -> None:
    require_format(form, unit=unit, multiway=multiway)
    if multiway and unit == "sentence":
        raise UsageError("--multiway puts paragraphs side by side; leave out --unit sentence")
    if len(languages) == 1:
        raise UsageError(f"--langs {languages[0]}: give two languages or more, or all")
    if scorer is not None and engine is not None:
        raise UsageError("a similarity of your own is asked in one process; leave out --workers and --engine")


def _groups(store: Store, links: Links, languages: frozenset[str]) -> Iterator[tuple[int, Versions]]:
    """The groups of a store, each with the number of all its texts and its versions in the languages."""
    for group, texts in stored_groups(store, links):
        versions = {
            code: VersionText(slug=group.slug, language=code, article=stored.article)
            for code, stored in by_language(texts).items()
            if code in languages
        }
        yield len(texts), versions


def _task(plan: Plan, memo: Memo | None, groups: Sequence[Versions], texts: int) -> AlignGroups:
    known = [{} if memo is None else _known(memo, plan, versions) for versions in groups]
    return AlignGroups(plan=plan, texts=texts, groups=tuple(groups), known=tuple(known))


def _known(memo: Memo, plan: Plan, versions: Versions) -> dict[Pair, Alignment]:
    found = {pair: memo.get(versions[pair[0]], versions[pair[1]]) for pair in pairs_in(versions, plan.content)}
    return {pair: alignment for pair, alignment in found.items() if alignment is not None}


def _remember(memo: Memo, task: AlignGroups, made: MadeGroups) -> None:
    """Keep the alignments that are new."""
    for number, pair, alignment in made.alignments:
        source, target = (task.groups[number][code] for code in pair)
        # The same texts may have come a second time since the task was made.
        if pair not in task.known[number] and memo.get(source, target) is None:
            memo.put(source, target, alignment)


def _chosen(asked: Sequence[str], there: list[str]) -> list[str]:
    """The languages of the store that are asked for, in the order asked; `zh` is both scripts of Chinese."""
    unknown = [code for code in asked if not any(is_in(name, [code]) for name in there)]
    if unknown:
        raise UsageError(
            f"--langs {','.join(asked)}: the store has no text in {', '.join(unknown)}; "
            f"its languages are: {', '.join(there) or 'none'}"
        )
    return list(dict.fromkeys(name for code in asked for name in there if is_in(name, [code]))) if asked else there


def _holds_units(standing: bytes | None) -> bool:
    if standing is None or files_of(standing, CORPUS) is None:
        return False
    return any(file.get("rows") for file in json.loads(standing)["files"])
