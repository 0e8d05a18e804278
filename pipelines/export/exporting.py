"""One export: a selection of the store as files of a format, in a folder that is whole or not there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.export import card, croissant, lines, manifest, parquet, rows
from pipelines.export.folder import replaced
from pipelines.export.manifest import File, Manifest
from pipelines.export.state import STATE, Following, State
from pipelines.storage import Selection, Store, Stored

FORMATS = ("jsonl", "jsonl.gz", "jsonl.zst", "csv", "parquet")


def export(
    store: Store,
    out: Path,
    *,
    form: str,
    selection: Selection,
    version: str,
    columns: Sequence[str] | None = None,
    since: Path | None = None,
    rows_per_file: int = parquet.ROWS_PER_FILE,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Manifest:
    """Write a selection into the folder `out`, taking the place of an earlier export there.

    The same store, selection and program version give the same bytes. `columns` are those of JSON Lines and CSV;
    `since` is the manifest of an earlier export: then only what is new or changed since is written. `version` is the
    program's. `progress` is called with the number of texts read and of all, now and then.
    """
    if form not in FORMATS:
        raise UsageError(f"no format {form!r}; the formats are: {', '.join(FORMATS)}")
    if form == "parquet" and columns is not None:
        raise UsageError("the columns of Parquet are fixed; --columns goes with jsonl and csv")
    if form == "parquet":
        parquet.require()
        chosen = tuple(parquet.SCHEMA)
    else:
        chosen = tuple(columns) if columns is not None else rows.CSV_DEFAULT if form == "csv" else rows.COLUMNS
        rows.require_columns(chosen)
    state, since_manifest = (State(), None) if since is None else manifest.earlier(since, form=form, filters=selection)
    with replaced(out) as folder, store.snapshot():
        tally = store.tally(selection)
        following, seen = Following(state), _Seen(sum(tally.values()), progress)
        # Languages in the order of their folders; two codes of one folder share its rank.
        codes = sorted({rows.folder_of(*found) for found in tally})
        ranks = {found: codes.index(rows.folder_of(*found)) for found in sorted(tally, key=str)}
        texts = seen.watch(store.select(selection, ranks=ranks if form == "parquet" else None))
        files = _write(folder, following.new(texts), form, chosen, seen, selection, rows_per_file)
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
        if form == "parquet":
            (folder / "README.md").write_text(card.card(made, seen.extractors), encoding="utf-8")
            (folder / "croissant.json").write_text(croissant.croissant(made), encoding="utf-8")
            extra += [manifest.describe(folder / name, folder, 0) for name in ("README.md", "croissant.json")]
        made = replace(made, files=(*made.files, *extra))
        made.save(folder)
    return made


def _write(
    folder: Path,
    texts: Iterator[Stored],
    form: str,
    columns: tuple[str, ...],
    seen: _Seen,
    selection: Selection,
    rows_per_file: int,
) -> list[File]:
    all_revisions = selection.revisions == "all"
    if form == "parquet":
        corpus = (rows.corpus_row(stored, all_revisions=all_revisions) for stored in seen.count(texts))
        written = parquet.write_parquet(folder, corpus, rows_per_file=rows_per_file)
    else:
        path = folder / f"articles.{form}"
        records = (rows.record_row(stored, columns, all_revisions=all_revisions) for stored in seen.count(texts))
        number = lines.write_csv(path, records, columns) if form == "csv" else lines.write_jsonl(path, records)
        written = [(path, number)]
    return [manifest.describe(path, folder, number) for path, number in written]


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
