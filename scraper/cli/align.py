"""Take aligned text for any pair of languages out of the store.

The files of an earlier corpus in the folder are replaced when the new ones are whole; what else is there stays. The
same store and options give the same bytes. Each language pair (in the order given; with `all`, of the alphabet) has its
own folder below data/; README.md and manifest.json count what was aligned, refused, removed and written.
With --unit document whole articles are written, nothing left out, with the sentences that translate each other.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import UsageError, VietnamvnError
from pipelines.exits import Exit
from pipelines.folders import replacing, require_apart
from pipelines.languages import is_in
from pipelines.manifests import MANIFEST, content_of, files_of
from pipelines.printable import printable
from pipelines.translations.exports import FORMATS, Content, Writer, require_format
from pipelines.translations.stored import by_language, language_of, read_links, stored_groups
from pipelines.version import package_version
from scraper.cli.folders import add_folder_arguments, holder
from scraper.cli.stores import PassedOver, add_store_argument, reading
from scraper.cli.values import languages, path
from scraper.progress import ProgressLine

if TYPE_CHECKING:
    from pipelines.translations.align import Scorer

SUMMARY = "align language pairs and write a parallel corpus (tmx, moses, tsv, jsonl, parquet)"
EXITS = {
    Exit.DONE: "written (also where no unit was left: the manifest says so)",
    Exit.FAILED: (
        "the store cannot be read, the folder not be written, or something that the format needs is not installed"
    ),
    Exit.PARTIAL: (
        "written without rows of the store that are damaged (each is named), or nothing was done "
        "because another job is at work in the folder"
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_store_argument(parser)
    parser.add_argument(
        "--langs",
        type=languages,
        required=True,
        metavar="LANGUAGE,…|all",
        help="of the addresses, such as en,zh-Hant,French (or all)",
    )
    parser.add_argument(
        "--unit", choices=("paragraph", "sentence", "document"), default="paragraph", help="(default: paragraph)"
    )
    parser.add_argument("--format", choices=FORMATS, default="jsonl", help="(default: jsonl)")
    add_folder_arguments(parser)
    parser.add_argument(
        "--multiway", action="store_true", help="one row for each paragraph, all languages side by side"
    )
    parser.add_argument("--without-filter", metavar="NAME,…", help="filters that are not to be applied, or all")
    parser.add_argument(
        "--memo", type=path, metavar="FILE", help="keep alignments here: only changed texts align again"
    )
    similarity = parser.add_mutually_exclusive_group()
    similarity.add_argument(
        "--embeddings",
        metavar="MODEL",
        help="a model of sentence-transformers, its folder or name, as one more evidence",
    )
    similarity.add_argument(
        "--scorer", metavar="MODULE:FUNCTION", help="a similarity of your own, (texts, texts) -> matrix"
    )


def run(options: argparse.Namespace) -> int:
    """Write the corpus and say what it holds."""
    # numpy and Babel are read only by the command that needs them
    from pipelines.translations.corpus import Corpus, finish
    from pipelines.translations.filters import NAMES, filter_options
    from pipelines.translations.former import CORPUS
    from pipelines.translations.memo import Memo
    from pipelines.translations.units import Reading

    require_format(options.format, unit=options.unit, multiway=options.multiway)
    if options.multiway and options.unit == "sentence":
        raise UsageError("--multiway puts paragraphs side by side; leave out --unit sentence")
    if len(options.langs) == 1:
        raise UsageError(f"--langs {options.langs[0]}: give two languages or more, or all")
    without = list(NAMES) if options.without_filter == "all" else (options.without_filter or "").split(",")
    filters = filter_options([name for name in without if name])
    scorer = _scorer(options)
    require_apart(options.out, {"the store": options.store.path or None, "the file of --memo": options.memo})
    passed_over = PassedOver()
    with contextlib.ExitStack() as stack:
        memo = stack.enter_context(Memo(options.memo)) if options.memo else None
        store = stack.enter_context(reading(options.store, passed_over))
        stack.enter_context(store.snapshot())
        links, found = read_links(store)
        there = sorted({code for name in found if (code := language_of(name))})
        languages = _chosen(options.langs, there)
        _tell_unnamed(found)
        total = sum(found.values())
        folder = stack.enter_context(replacing(options.out, CORPUS, replace=options.replace, holder=holder()))
        bar = stack.enter_context(ProgressLine("aligning"))
        content = Content(
            version=package_version(), languages=tuple(languages), unit=options.unit, multiway=options.multiway
        )
        out = Writer(options.format, folder, content)
        corpus = Corpus(out, languages, unit=options.unit, filters=filters, scorer=scorer, memo=memo)
        add = corpus.add_multiway if options.multiway else corpus.add_pairs
        done = 0
        for group, texts in stored_groups(store, links):
            add(
                {
                    code: Reading(slug=group.slug, language=code, article=stored.article)
                    for code, stored in by_language(texts).items()
                    if code in languages
                }
            )
            done += len(texts)
            bar.show(done, total, rows=done, counts={})
        bar.show(done, done, rows=done, counts={}, last=True)
        settings = {
            "format": options.format,
            "unit": options.unit,
            "multiway": options.multiway,
            "languages": languages,
            "filters": [] if options.multiway else [name for name in NAMES if name in filters.names],
        }
        rows = out.close()
        if not any(rows.values()) and _holds_units(options.out):
            raise VietnamvnError(
                f"{options.out}: the store gives no unit for {','.join(languages)}; the corpus there stays as it is"
            )
        finish(folder, rows, corpus, settings=settings, version=package_version())
    for pair, counts in sorted(corpus.counts.items()):
        print(
            f"{'-'.join(pair)}\t{counts.articles}\t{counts.refused}\t{counts.written}\t{sum(counts.removed.values())}"
        )
    known = f", {memo.known:,} alignments known and {memo.aligned:,} made" if memo else ""
    many = f", {corpus.rows:,} rows" if options.multiway else ""
    written = f"{options.out}: {corpus.groups:,} articles{many}, {len(rows):,} files{known}"
    print(printable(written), file=sys.stderr)
    return Exit.PARTIAL if passed_over.rows else Exit.DONE


def _chosen(asked: tuple[str, ...], there: list[str]) -> list[str]:
    """The languages of the store that are asked for, in the order asked; `zh` is both scripts of Chinese."""
    unknown = [code for code in asked if not any(is_in(name, [code]) for name in there)]
    if unknown:
        raise UsageError(
            f"--langs {','.join(asked)}: the store has no text in {', '.join(unknown)}; "
            f"its languages are: {', '.join(there) or 'none'}"
        )
    return list(dict.fromkeys(name for code in asked for name in there if is_in(name, [code]))) if asked else there


def _holds_units(out: Path) -> bool:
    from pipelines.translations.former import CORPUS

    standing = content_of(out / MANIFEST)
    if standing is None or files_of(standing, CORPUS) is None:
        return False
    return any(file.get("rows") for file in json.loads(standing)["files"])


def _tell_unnamed(found: Mapping[str, int]) -> None:
    """Say which texts are left out because no file can be named by their language (an old store may have such)."""
    wrong = {code: number for code, number in found.items() if language_of(code) is None}
    if wrong:
        first = printable(ascii(min(wrong)))
        print(
            f"{sum(wrong.values()):,} texts are left out: their language is no language code, such as {first[:60]}",
            file=sys.stderr,
        )


def _scorer(options: argparse.Namespace) -> Scorer | None:
    if options.embeddings:
        from pipelines.translations.embeddings import load

        return load(options.embeddings)
    return _function(options.scorer) if options.scorer else None


def _function(given: str) -> Scorer:
    module, _, name = given.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        raise UsageError(f"--scorer {given}: cannot be imported ({error}); write MODULE:FUNCTION") from error
    if not callable(found):
        raise UsageError(f"--scorer {given}: is not a function of two lists of texts")
    scorer: Scorer = found
    return scorer
