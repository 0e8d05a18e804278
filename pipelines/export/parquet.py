"""Parquet as the hub of Hugging Face and its readers expect it: the one writer of every dataset."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from sys import getsizeof
from typing import Any

from pipelines.export.cutting import Feed, Row, chunks_of_file
from pipelines.export.failures import ExportError
from pipelines.export.rows import texts_of, told_of
from pipelines.record import DATASET, Field
from pipelines.rights.dataset_columns import ANSWERED

ROWS_PER_GROUP = 1_000  # as the writer of Hugging Face has it
BYTES_PER_GROUP = 16 * 2**20  # of values in memory: a reader has to hold a group, and so do we

# Few different values in many rows; the others would only fill a dictionary and give it up.
_DICTIONARY = {
    *("language", "language_script", "language_iso", "language_fineweb2", "language_detector", "html_language", "host"),
    *("publisher", "published_day", "modified_day", "url_language", "extractor", "extractor_version", "category"),
    *(name for name, _ in ANSWERED),
}
# A query reads the pages that it needs, not whole groups; and pages are cut by what they hold, so that a store of
# chunks (the hub's) takes of a dataset with some new rows what is new. An older pyarrow writes without these.
_WANTED = {"write_page_index": True, "use_content_defined_chunking": True}


def require() -> Any:
    """pyarrow, or `ExportError` that names the extra: it is large, and only Parquet needs it."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise ExportError("Parquet needs pyarrow, which is not installed; pip install 'vietnamvn[parquet]'") from None
    return pyarrow


def parquet_writer(path: Path, schema: Any, *, dictionary: Sequence[str] | bool = True) -> Any:
    """A `pyarrow.parquet.ParquetWriter` with this project's settings; each table that it is given is a row group.

    `dictionary` names the columns that have few different values (True: pyarrow tries all).
    """
    parquet = require().parquet
    known = inspect.signature(parquet.write_table).parameters
    return parquet.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=2,  # with 3 files are 6 % smaller, and writing takes a quarter longer
        use_dictionary=dictionary,
        **{name: value for name, value in _WANTED.items() if name in known},
    )


class TableGroups:
    """Tables, one after another, as row groups: so many rows or so many bytes, whatever comes first."""

    def __init__(self, writer: Any) -> None:
        self.rows = 0
        self._writer = writer
        self._held: list[ArrowColumns] = []

    def add(self, chunk: ArrowColumns) -> None:
        """Add the rows of a table of the writer's schema."""
        while len(chunk):
            rows, size = sum(map(len, self._held)), sum(held.size for held in self._held)
            taken = min(ROWS_PER_GROUP - rows, chunk.beginning_before(BYTES_PER_GROUP - size))
            self._held.append(chunk.only(range(taken)))
            if rows + taken >= ROWS_PER_GROUP or size + self._held[-1].size >= BYTES_PER_GROUP:
                self.flush()
            chunk = chunk.only(range(taken, len(chunk)))

    def flush(self) -> None:
        """Write the rows that are left. The writer is closed by whoever opened it."""
        if self._held:
            table = require().concat_tables([held.table for held in self._held]).combine_chunks()
            self._writer.write_table(table, row_group_size=table.num_rows)
            self.rows += table.num_rows
            self._held = []


@lru_cache(maxsize=64)
def _schema(fields: tuple[Field, ...]) -> Any:
    arrow = require()
    return arrow.schema([(field.name, field.type.arrow(arrow)) for field in fields])


def arrow_schema(fields: Sequence[Field]) -> Any:
    """The Arrow schema of columns of a dataset."""
    return _schema(tuple(fields))


def arrow_table(rows: Sequence[Mapping[str, Any]], schema: Any) -> Any:
    """Rows as JSON has them as a table: texts of days and instants become values of those types."""
    # Row by row, and a schema asked once: both ways round it takes twice as long.
    names = schema.names
    if not rows:
        columns: Iterable[Sequence[Any]] = [()] * len(names)
    elif len(names) == 1:
        columns = [[row[names[0]] for row in rows]]
    else:
        columns = zip(*map(itemgetter(*names), rows), strict=True)
    return require().table([_column(v, kind) for v, kind in zip(columns, schema.types, strict=True)], schema=schema)


def _column(values: Sequence[Any], kind: Any) -> Any:
    arrow = require()
    if arrow.types.is_temporal(kind):
        return arrow.array(values, arrow.string()).cast(kind)
    return arrow.array(values, kind)


@dataclass(frozen=True, slots=True)
class ArrowColumns:
    """Rows as a table of Arrow."""

    table: Any

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @property
    def size(self) -> int:
        """Their bytes."""
        return int(self.table.nbytes)

    def only(self, kept: Sequence[int]) -> ArrowColumns:
        """Those with these numbers."""
        if isinstance(kept, range):
            return ArrowColumns(self.table.slice(kept.start, len(kept)))
        return ArrowColumns(self.table.take(require().array(kept, require().int64())))

    def loaded(self) -> ArrowColumns:
        """They are."""
        return self

    def put_aside(self, file: Path) -> ColumnsAside:
        """As `RowChunk.put_aside` says."""
        arrow = require()
        with file.open("wb") as out, arrow.ipc.new_stream(out, self.table.schema) as writer:
            writer.write_table(self.table)
        return ColumnsAside(file)

    def beginning_before(self, size: int) -> int:
        """How many of them, one at least, begin before this byte, if all are of one size."""
        return min(len(self), max(1, -(-size * len(self) // max(1, self.size))))


@dataclass(frozen=True, slots=True)
class ColumnsAside:
    """Rows as a stream of Arrow in a file."""

    file: Path

    def taken(self) -> ArrowColumns:
        """The rows, of which the system keeps in memory what it has room for; the file's name is gone."""
        arrow = require()
        with arrow.memory_map(str(self.file)) as source:
            table = arrow.ipc.open_stream(source).read_all()
        with suppress(OSError):  # of a system that keeps what is in use: its folder goes later
            self.file.unlink()
        return ArrowColumns(table)


def prepare_columns(rows: Sequence[Row], columns: Sequence[str]) -> tuple[ArrowColumns, Sequence[bytes]]:
    """Rows of a dataset as a table, and what tells each from others.

    Raises `UnicodeEncodeError` where a text has half of a character.
    """
    table = arrow_table(rows, arrow_schema([DATASET[name] for name in columns]))
    return ArrowColumns(table), [told_of(row) for row in rows]


def write_parquet(path: Path, chunks: Feed[ArrowColumns], columns: Sequence[str], most: int) -> int:
    """Write up to `most` rows that have these columns of `pipelines.record.DATASET`, and return their number."""
    schema = arrow_schema([DATASET[name] for name in columns])
    with parquet_writer(path, schema, dictionary=sorted(_DICTIONARY & {*columns})) as writer:
        groups = TableGroups(writer)
        for chunk in chunks_of_file(chunks, most_rows=most):
            groups.add(chunk)
        groups.flush()
    return groups.rows


def fields_writer(path: Path, fields: Sequence[Field]) -> Any:
    """A `parquet_writer` of these columns."""
    return parquet_writer(path, arrow_schema(fields), dictionary=sorted(_DICTIONARY & {field.name for field in fields}))


def held_by(row: Row) -> int:
    """The bytes that the values of a row take in memory, nearly all of them."""
    return sum([getsizeof(text if text.isascii() else _unread(text)) for text in texts_of(row.values())])


def _unread(text: str) -> str:
    """A copy: a text that Arrow has read takes more, and it may have been in another row."""
    return (text + " ")[:-1]
