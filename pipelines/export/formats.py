"""The formats of a dataset: one row each says what it writes and which columns it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.export import lines, parquet, rows
from pipelines.export.shards import Placed, WriteFile, write_shards
from pipelines.record import DATASET


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format; its name is the ending of its files.

    `columns` are those that are written where none are chosen; any of `pipelines.record.DATASET` can be. `write_file`
    writes one file, `require` raises what is missing for it.
    """

    name: str
    columns: tuple[str, ...]
    write_file: WriteFile
    require: Callable[[], object] = lambda: None

    def chosen(self, columns: Sequence[str] | None) -> tuple[str, ...]:
        """The columns to write. Raises `UsageError` for those that there are not."""
        if columns is None:
            return self.columns
        rows.require_columns(columns)
        return tuple(columns)

    def write(
        self, folder: Path, placed: Iterator[Placed], columns: Sequence[str], rows_per_file: int
    ) -> list[tuple[Path, int]]:
        """Write rows, which come configuration by configuration, below a folder; the files, each with its rows."""
        return write_shards(folder, placed, self.write_file, columns, ending=self.name, rows_per_file=rows_per_file)


_ALL = (
    *(Format(name=name, columns=tuple(DATASET), write_file=lines.write_jsonl) for name in lines.JSONL),
    Format(name="csv", columns=rows.FLAT, write_file=lines.write_csv),
    Format(name="parquet", columns=tuple(DATASET), write_file=parquet.write_parquet, require=parquet.require),
)
FORMATS = {form.name: form for form in _ALL}
"""Every format by its name."""


def format_named(name: str) -> Format:
    """The format of this name. Raises `UsageError` where there is none."""
    if name not in FORMATS:
        raise UsageError(f"no format {name!r}; the formats are: {', '.join(FORMATS)}")
    return FORMATS[name]
