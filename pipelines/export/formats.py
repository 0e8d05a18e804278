"""The formats of a dataset: one row each says what it writes and which columns it has."""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import UsageError
from pipelines.export import lines, parquet, rows, sqlite, tables, xlsx
from pipelines.export.dataset import DATA
from pipelines.export.shards import Placed, RowOfData, WriteFile, write_shards
from pipelines.export.splitting import SPLIT
from pipelines.record import COLUMNS

ONE_FILE = "articles"
"""The name of the file of a format that has all rows in one."""

EXCEL_CSV = "csv-excel"
"""CSV for spreadsheets: a format of its own, since its cells are not what the others hold."""


def _as_it_is(row: RowOfData) -> tuple[RowOfData, bytes]:
    # Four times as quick as JSON. Of this version equal values are equal bytes, in every Python.
    return row, marshal.dumps(row, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format, with the ending of its files.

    `columns` are those that are written where none are chosen; any of `pipelines.record.DATASET` can be. `write_file`
    writes one file, `require` raises what is missing for it. `prepare` makes of a row what `write_file` takes, and
    bytes that tell it from others: all that can be done of it apart. `one_file`: all rows are in one file, of no
    configuration.
    """

    name: str
    columns: tuple[str, ...]
    ending: str
    write_file: WriteFile
    prepare: Callable[[RowOfData], tuple[Any, bytes]] = _as_it_is
    one_file: bool = False
    require: Callable[[], object] = lambda: None

    def chosen(self, columns: Sequence[str] | None, *, split: bool = False) -> tuple[str, ...]:
        """The columns to write: those of the format where none are chosen, with `split` the one of this name too.

        Where the first one begins with ``+``, they are written behind those of the format. Raises `UsageError` for
        those that there are not, and where nothing would tell the splits.
        """
        own = (*self.columns, SPLIT) if split else self.columns
        if columns is None:
            return own
        if columns and columns[0].startswith("+"):
            columns = (*own, columns[0][1:], *columns[1:])
        rows.require_columns(columns)
        if SPLIT in columns and not split:
            raise UsageError(f"the column {SPLIT} goes with --split; say the shares (--split train=0.98,test=0.02)")
        if split and self.one_file and SPLIT not in columns:
            raise UsageError(f"--split: {self.name} is one file, in which a column tells; add {SPLIT} to the columns")
        return tuple(columns)

    def write(
        self, folder: Path, placed: Iterator[Placed], columns: Sequence[str], rows_per_file: int
    ) -> list[tuple[Path, int]]:
        """Write rows, which come place by place, below a folder; the files, each with its rows."""
        if self.one_file:
            path = folder / DATA / f"{ONE_FILE}.{self.ending}"
            path.parent.mkdir()
            return [(path, self.write_file(path, (row for _, row in placed), columns, rows_per_file))]
        return write_shards(folder, placed, self.write_file, columns, ending=self.ending, rows_per_file=rows_per_file)


_ALL = (
    *(
        Format(name=name, ending=name, columns=COLUMNS, write_file=lines.write_jsonl, prepare=lines.prepare_line)
        for name in lines.JSONL
    ),
    Format(name="csv", ending="csv", columns=rows.FLAT, write_file=tables.write_csv),
    Format(name=EXCEL_CSV, ending="csv", columns=rows.FLAT, write_file=tables.write_excel_csv),
    Format(name="xlsx", ending="xlsx", columns=rows.FLAT, write_file=xlsx.write_xlsx, require=xlsx.require),
    Format(
        name="parquet",
        ending="parquet",
        columns=COLUMNS,
        write_file=parquet.write_parquet,
        require=parquet.require,
    ),
    Format(
        name="sqlite",
        ending="sqlite",
        columns=sqlite.COLUMNS,
        write_file=sqlite.write_sqlite,
        one_file=True,
        require=sqlite.require,
    ),
)
FORMATS = {form.name: form for form in _ALL}
"""Every format by its name."""


def format_named(name: str) -> Format:
    """The format of this name. Raises `UsageError` where there is none."""
    if name not in FORMATS:
        raise UsageError(f"no format {name!r}; the formats are: {', '.join(FORMATS)}")
    return FORMATS[name]
