"""The formats of a dataset: one row each says what it writes and which columns it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import UsageError
from pipelines.export import lines, parquet, rows
from pipelines.record import DATASET
from pipelines.storage import Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format.

    `write(folder, texts, columns, all_revisions, rows_per_file)` gives the files it wrote, each with its rows.
    `columns` are its own, in their order, or those that are written where none are chosen (`fixed` says which).
    `by_language`: texts come language by language, and the dataset gets a card. `require` raises what is missing.
    """

    name: str
    columns: tuple[str, ...]
    write: Callable[[Path, Iterator[Stored], Sequence[str], bool, int], list[tuple[Path, int]]]
    fixed: bool = False
    by_language: bool = False
    require: Callable[[], object] = lambda: None

    def chosen(self, columns: Sequence[str] | None) -> tuple[str, ...]:
        """The columns to write. Raises `UsageError` for those that there are not."""
        if columns is None:
            return self.columns
        if self.fixed:
            raise UsageError(f"the columns of {self.name} are fixed; --columns goes with {', '.join(_WITH_COLUMNS)}")
        rows.require_columns(columns)
        return tuple(columns)


def _jsonl(name: str) -> Format:
    def write(
        folder: Path, texts: Iterator[Stored], columns: Sequence[str], all_revisions: bool, rows_per_file: int
    ) -> list[tuple[Path, int]]:
        path = folder / f"articles.{name}"
        return [(path, lines.write_jsonl(path, _records(texts, columns, all_revisions)))]

    return Format(name=name, columns=rows.COLUMNS, write=write)


def _write_csv(
    folder: Path, texts: Iterator[Stored], columns: Sequence[str], all_revisions: bool, rows_per_file: int
) -> list[tuple[Path, int]]:
    path = folder / "articles.csv"
    return [(path, lines.write_csv(path, _records(texts, columns, all_revisions), columns))]


def _write_parquet(
    folder: Path, texts: Iterator[Stored], columns: Sequence[str], all_revisions: bool, rows_per_file: int
) -> list[tuple[Path, int]]:
    corpus = (rows.corpus_row(stored, all_revisions=all_revisions) for stored in texts)
    return parquet.write_parquet(folder, corpus, rows_per_file=rows_per_file)


def _records(texts: Iterator[Stored], columns: Sequence[str], all_revisions: bool) -> Iterator[dict[str, Any]]:
    return (rows.record_row(stored, columns, all_revisions=all_revisions) for stored in texts)


_ALL = (
    _jsonl("jsonl"),
    _jsonl("jsonl.gz"),
    _jsonl("jsonl.zst"),
    Format(name="csv", columns=rows.CSV_DEFAULT, write=_write_csv),
    Format(
        name="parquet",
        columns=tuple(DATASET),
        write=_write_parquet,
        fixed=True,
        by_language=True,
        require=parquet.require,
    ),
)
FORMATS = {form.name: form for form in _ALL}
"""Every format by its name."""

_WITH_COLUMNS = [form.name for form in _ALL if not form.fixed]


def format_named(name: str) -> Format:
    """The format of this name. Raises `UsageError` where there is none."""
    if name not in FORMATS:
        raise UsageError(f"no format {name!r}; the formats are: {', '.join(FORMATS)}")
    return FORMATS[name]
