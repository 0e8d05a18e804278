"""The formats of a dataset: one row each says what it writes and which columns it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from pipelines.errors import UsageError
from pipelines.export import lines, parquet, rows
from pipelines.record import DATASET

Placed = tuple[str, dict[str, Any]]
"""A row behind the name of the configuration (folder) that it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format.

    `write(folder, rows, columns, rows_per_file)` takes rows, each behind the name of its configuration, and gives the
    files it wrote, each with its number of rows.
    `columns` are those that are written where none are chosen; any of `pipelines.record.DATASET` can be.
    `by_language`: texts come language by language, and the dataset gets a card. `require` raises what is missing.
    """

    name: str
    columns: tuple[str, ...]
    write: Callable[[Path, Iterator[Placed], Sequence[str], int], list[tuple[Path, int]]]
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
        folder: Path, placed: Iterator[Placed], columns: Sequence[str], rows_per_file: int
    ) -> list[tuple[Path, int]]:
        path = folder / f"articles.{name}"
        return [(path, lines.write_jsonl(path, (row for _, row in placed)))]

    return Format(name=name, columns=tuple(DATASET), write=write)


def _write_csv(
    folder: Path, placed: Iterator[Placed], columns: Sequence[str], rows_per_file: int
) -> list[tuple[Path, int]]:
    path = folder / "articles.csv"
    return [(path, lines.write_csv(path, (row for _, row in placed), columns))]


def _write_parquet(
    folder: Path, placed: Iterator[Placed], columns: Sequence[str], rows_per_file: int
) -> list[tuple[Path, int]]:
    written: list[tuple[Path, int]] = []
    for config, of_config in groupby(placed, key=itemgetter(0)):
        made = (row for _, row in of_config)
        written += parquet.write_parquet(folder / config, made, columns, rows_per_file=rows_per_file)
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
