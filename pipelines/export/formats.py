"""The formats of a dataset: one row each says what it writes and which columns it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.export import lines, parquet, rows, sqlite, tables, xlsx
from pipelines.export.cutting import Content, Feed, Row
from pipelines.export.dataset import DATA
from pipelines.export.endings import file_facts
from pipelines.export.shards import Placed, WriteFile, write_shards
from pipelines.export.splitting import SPLIT
from pipelines.record import COLUMNS

ONE_FILE = "articles"
"""The file name of a format with all rows in one file."""

EXCEL_CSV = "csv-excel"
"""CSV for spreadsheets: a format of its own, since its cells differ from the data."""


class Rows(list[Row]):
    """Unprepared rows, which a file takes one by one."""

    @property
    def size(self) -> int:
        """Unknown before they are written: the file counts their bytes."""
        return 0

    def only(self, kept: Sequence[int]) -> Rows:
        """The rows with these indices."""
        return Rows(self[number] for number in kept)

    def loaded(self) -> Rows:
        """Always in memory."""
        return self

    def put_aside(self, file: Path) -> Rows:
        """Rows go to another process unchanged."""
        return self

    def beginning_before(self, size: int) -> int:
        """All of them: their sizes are not known."""
        return len(self)


def _as_they_are(given: Sequence[Row], columns: Sequence[str]) -> tuple[Rows, Sequence[bytes]]:
    for row in given:
        rows.require_whole(row.values())
    return Rows(given), [rows.row_bytes(row) for row in given]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format, with the ending of its files.

    `columns` are the default ones; any of `pipelines.record.DATASET` can be chosen. `write_file` writes one file
    (`tables.write_csv` is a plain one), `require` raises what is missing for it. `prepare` makes of rows with these
    columns a chunk of what `write_file` takes (`Rows` one by one), and for each row bytes that differ where rows
    differ: all the work that needs no other rows. It raises `UnicodeEncodeError` where a text has half of a character.
    The facts on files of this ending are a row of `pipelines.export.endings`; rows are taken out of them by
    `pipelines.removals.file_forms`.
    """

    name: str
    columns: tuple[str, ...]
    ending: str
    write_file: WriteFile
    prepare: Callable[[Sequence[Row], Sequence[str]], tuple[Content, Sequence[bytes]]] = _as_they_are
    require: Callable[[], object] = lambda: None

    @property
    def one_file(self) -> bool:
        """Whether all rows are in one file, of no configuration."""
        return file_facts(self.ending).one_file

    def chosen(self, columns: Sequence[str] | None, *, split: bool = False) -> tuple[str, ...]:
        """The columns to write, by default those of the format; with `split` the column of this name too.

        Where the first one begins with ``+``, they come after those of the format. Raises `UsageError` for unknown
        columns, and where no column would show the splits.
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
            raise UsageError(f"--split: {self.name} writes one file for all parts; add {SPLIT} to the columns")
        return tuple(columns)

    def write(
        self, folder: Path, placed: Iterator[Placed], columns: Sequence[str], rows_per_file: int
    ) -> Iterator[tuple[Path, int]]:
        """Write chunks of rows, which come place by place, below a folder; gives each file and its rows when done."""
        if self.prepare is _as_they_are:
            placed = ((place, row) for place, chunk in placed for row in chunk)
        if self.one_file:
            path = folder / DATA / f"{ONE_FILE}.{self.ending}"
            path.parent.mkdir()
            yield path, self.write_file(path, Feed(row for _, row in placed), columns, rows_per_file)
            return
        files = write_shards(folder, placed, self.write_file, columns, ending=self.ending, rows_per_file=rows_per_file)
        yield from files


_ALL = (
    *(
        Format(name=name, ending=name, columns=COLUMNS, write_file=lines.write_jsonl, prepare=lines.prepare_lines)
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
        prepare=parquet.prepare_columns,
        require=parquet.require,
    ),
    Format(
        name="sqlite",
        ending="sqlite",
        columns=sqlite.COLUMNS,
        write_file=sqlite.write_sqlite,
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
