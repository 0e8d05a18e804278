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
"""The name of the file of a format that has all rows in one."""

EXCEL_CSV = "csv-excel"
"""CSV for spreadsheets: a format of its own, since its cells are not what the others hold."""


class Rows(list[Row]):
    """Rows as they are, which a file takes one by one."""

    @property
    def size(self) -> int:
        """Not known before they are written: a file counts them itself."""
        return 0

    def only(self, kept: Sequence[int]) -> Rows:
        """Those with these numbers."""
        return Rows(self[number] for number in kept)

    def loaded(self) -> Rows:
        """They are."""
        return self

    def put_aside(self, file: Path) -> Rows:
        """As they are."""
        return self

    def beginning_before(self, size: int) -> int:
        """All."""
        return len(self)


def _as_they_are(given: Sequence[Row], columns: Sequence[str]) -> tuple[Rows, Sequence[bytes]]:
    for row in given:
        rows.require_whole(row.values())
    return Rows(given), [rows.told_of(row) for row in given]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format, with the ending of its files.

    `columns` are those that are written where none are chosen; any of `pipelines.record.DATASET` can be. `write_file`
    writes one file (`tables.write_csv` is a plain one), `require` raises what is missing for it. `prepare` makes of
    rows with these columns a chunk of what `write_file` takes (`Rows` one by one), and for each bytes that tell it from
    others: all that can be done of them apart; it raises `UnicodeEncodeError` where a text has half of a character.
    What is to be known of files that end so is a row of `pipelines.export.endings`; what takes rows out of them is in
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
    ) -> Iterator[tuple[Path, int]]:
        """Write chunks of rows, which come place by place, below a folder; each file with its rows, once it is done."""
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
