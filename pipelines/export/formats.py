"""The formats of a dataset: one row each says what it writes and which columns it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.export import lines, parquet, rows
from pipelines.record import DATASET
from pipelines.storage import Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format.

    `write(folder, texts, columns, all_revisions, rows_per_file)` gives the files it wrote, each with its rows.
    `columns` are those that are written where none are chosen; any of `pipelines.record.DATASET` can be.
    `by_language`: texts come language by language, and the dataset gets a card. `require` raises what is missing.
    """

    name: str
    columns: tuple[str, ...]
    write: Callable[[Path, Iterator[Stored], Sequence[str], bool, int], list[tuple[Path, int]]]
    by_language: bool = False
    require: Callable[[], object] = lambda: None

    def chosen(self, columns: Sequence[str] | None) -> tuple[str, ...]:
        """The columns to write. Raises `UsageError` for those that there are not."""
        if columns is None:
            return self.columns
        rows.require_columns(columns)
        return tuple(columns)


def _jsonl(name: str) -> Format:
    def write(
        folder: Path, texts: Iterator[Stored], columns: Sequence[str], all_revisions: bool, rows_per_file: int
    ) -> list[tuple[Path, int]]:
        path = folder / f"articles.{name}"
        return [(path, lines.write_jsonl(path, rows.rows(texts, columns, all_revisions=all_revisions)))]

    return Format(name=name, columns=tuple(DATASET), write=write)


def _write_csv(
    folder: Path, texts: Iterator[Stored], columns: Sequence[str], all_revisions: bool, rows_per_file: int
) -> list[tuple[Path, int]]:
    path = folder / "articles.csv"
    return [(path, lines.write_csv(path, rows.rows(texts, columns, all_revisions=all_revisions), columns))]


def _write_parquet(
    folder: Path, texts: Iterator[Stored], columns: Sequence[str], all_revisions: bool, rows_per_file: int
) -> list[tuple[Path, int]]:
    written: list[tuple[Path, int]] = []
    for code, of_language in groupby(texts, key=rows.config_of):
        made = rows.rows(of_language, columns, all_revisions=all_revisions)
        written += parquet.write_parquet(folder / code, made, columns, rows_per_file=rows_per_file)
    return written


_ALL = (
    _jsonl("jsonl"),
    _jsonl("jsonl.gz"),
    _jsonl("jsonl.zst"),
    Format(name="csv", columns=rows.FLAT, write=_write_csv),
    Format(
        name="parquet",
        columns=tuple(DATASET),
        write=_write_parquet,
        by_language=True,
        require=parquet.require,
    ),
)
FORMATS = {form.name: form for form in _ALL}
"""Every format by its name."""


def format_named(name: str) -> Format:
    """The format of this name. Raises `UsageError` where there is none."""
    if name not in FORMATS:
        raise UsageError(f"no format {name!r}; the formats are: {', '.join(FORMATS)}")
    return FORMATS[name]
