"""One export: a selection of the store as files of a format, in a folder that is whole or not there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pipelines.export import card, croissant, manifest, parquet, rows
from pipelines.export.formats import format_named
from pipelines.export.manifest import EXPORT, Manifest
from pipelines.export.state import STATE, Following, State
from pipelines.folders import replacing
from pipelines.locks import Holder
from pipelines.storage import Selection, Store, Stored, require_store
from pipelines.version import package_version


def export(
    store: Store,
    out: Path | str,
    *,
    form: str,
    selection: Selection | None = None,
    version: str | None = None,
    columns: Sequence[str] | None = None,
    since: Path | None = None,
    rows_per_file: int = parquet.ROWS_PER_FILE,
    progress: Callable[[int, int], None] = lambda done, total: None,
    replace_changed: bool = False,
    holder: Holder | None = None,
) -> Manifest:
    """Write a selection into the folder `out`, taking the place of an earlier export there.

    `form` is a name in `FORMATS`; without a selection all current texts are written. The same store, selection and
    program version give the same bytes. `columns` are those of JSON Lines and CSV; `since` is the manifest of an
    earlier export: then only what is new or changed since is written. `version` is the program's (default: this
    one's). `progress` is called with the number of texts read and of all, now and then. What else is in `out`
    stays; `replace_changed` and `holder` are those of `pipelines.folders.replacing`. Raises `UsageError` for a format
    or column that there is not, `FolderError` where `out` cannot be written.
    """
    require_store(store)
    out, selection, version = Path(out), selection or Selection(), version or package_version()
    writing = format_named(form)
    chosen = writing.chosen(columns)
    writing.require()
    state, since_manifest = State(), None
    if since is not None:
        since = manifest.manifest_at(since)
        manifest.require_other_folder(since, out)
        state, since_manifest = manifest.earlier(since, form=form, filters=selection)
    with replacing(out, EXPORT, replace=replace_changed, holder=holder) as folder, store.snapshot():
        tally = store.tally(selection)
        following, seen = Following(state), _Seen(sum(tally.values()), progress)
        # Languages in the order of their folders; two codes of one folder share its rank.
        codes = sorted({rows.folder_of(*found) for found in tally})
        ranks = {found: codes.index(rows.folder_of(*found)) for found in sorted(tally, key=str)}
        texts = seen.watch(store.select(selection, ranks=ranks if writing.by_language else None))
        written = writing.write(
            folder, seen.count(following.new(texts)), chosen, selection.revisions == "all", rows_per_file
        )
        files = [manifest.describe(path, folder, number) for path, number in written]
        following.save(folder)
        made = Manifest(
            format=form,
            version=version,
            filters=selection,
            columns=chosen,
            rows=sum(file.rows for file in files),
            languages=dict(sorted(seen.languages.items())),
            seen_until=seen.until,
            files=tuple(files),
            since_manifest=since_manifest,
            unchanged=following.unchanged,
            withdrawn=following.withdrawn if since is not None else 0,
        )
        extra = [manifest.describe(folder / STATE, folder, 0)]
        if writing.by_language:
            (folder / "README.md").write_text(card.card(made, seen.extractors), encoding="utf-8")
            (folder / "croissant.json").write_text(croissant.croissant(made), encoding="utf-8")
            extra += [manifest.describe(folder / name, folder, 0) for name in ("README.md", "croissant.json")]
        made = replace(made, files=(*made.files, *extra))
        made.save(folder)
    return made


class _Seen:
    """Counts what goes by, for the card, the manifest and the progress bar."""

    _OFTEN = 500

    def __init__(self, total: int, progress: Callable[[int, int], None]) -> None:
        self._total, self._progress = total, progress
        self.languages: Counter[str] = Counter()
        self.extractors: Counter[tuple[str, str]] = Counter()
        self.until: str | None = None

    def watch(self, texts: Iterator[Stored]) -> Iterator[Stored]:
        number = 0
        for number, stored in enumerate(texts, 1):
            self.until = max(self.until or "", stored.last_seen)
            if number % self._OFTEN == 0:
                self._progress(number, self._total)
            yield stored
        self._progress(number, self._total)

    def count(self, texts: Iterator[Stored]) -> Iterator[Stored]:
        for stored in texts:
            article = stored.article
            self.languages[rows.folder_of(article.language, article.language_script)] += 1
            self.extractors[article.extractor, article.extractor_version] += 1
            yield stored
