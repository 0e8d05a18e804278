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
from pipelines.export.rows import row_bytes, texts_of
from pipelines.record import DATASET, Field
from pipelines.rights.dataset_columns import ANSWERED

ROWS_PER_GROUP = 1_000  # as Hugging Face's writer makes them
BYTES_PER_GROUP = 16 * 2**20  # of values in memory: readers and this writer have to hold a group

# Columns with few different values in many rows; others would fill a dictionary and then abandon it.
_DICTIONARY = {
    *("language", "language_script", "language_iso", "language_fineweb2", "language_detector", "html_language", "host"),
    *("publisher", "published_day", "modified_day", "url_language", "extractor", "extractor_version", "category"),
    *(name for name, _ in ANSWERED),
}
# A query reads the pages that it needs, not whole groups; and pages are cut by content, so that a store of chunks (the
# hub's) gets only what is new of a dataset with some new rows. An older pyarrow writes without these.
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
    """A `pyarrow.parquet.ParquetWriter` with this project's settings; each table written is a row group.

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
    """Tables, one after another, as row groups of so many rows or bytes, whichever comes first."""

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
        """Write the rows that are left. Whoever opened the writer closes it."""
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
    """Rows of JSON values as a table: texts of days and instants become values of those types."""
    # Row by row, and the schema asked once: either without the other takes twice as long.
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
        """Their size in bytes."""
        return int(self.table.nbytes)

    def only(self, kept: Sequence[int]) -> ArrowColumns:
        """The rows with these indices."""
        if isinstance(kept, range):
            return ArrowColumns(self.table.slice(kept.start, len(kept)))
        return ArrowColumns(self.table.take(require().array(kept, require().int64())))

    def loaded(self) -> ArrowColumns:
        """Always in memory."""
        return self

    def put_aside(self, file: Path) -> ColumnsAside:
        """As `Content.put_aside`: the table as a stream of Arrow."""
        arrow = require()
        with file.open("wb") as out, arrow.ipc.new_stream(out, self.table.schema) as writer:
            writer.write_table(self.table)
        return ColumnsAside(file)

    def beginning_before(self, size: int) -> int:
        """How many rows, one at least, begin before this byte, if all had one size."""
        return min(len(self), max(1, -(-size * len(self) // max(1, self.size))))


@dataclass(frozen=True, slots=True)
class ColumnsAside:
    """Rows as a stream of Arrow in a file."""

    file: Path

    def taken(self) -> ArrowColumns:
        """The rows, mapped into memory; the file's name is removed."""
        arrow = require()
        with arrow.memory_map(str(self.file)) as source:
            table = arrow.ipc.open_stream(source).read_all()
        with suppress(OSError):  # a system that keeps files in use; the folder is removed later
            self.file.unlink()
        return ArrowColumns(table)


def prepare_columns(rows: Sequence[Row], columns: Sequence[str]) -> tuple[ArrowColumns, Sequence[bytes]]:
    """Rows of a dataset as a table, and for each the bytes that differ where rows differ.

    Raises `UnicodeEncodeError` where a text has half of a character.
    """
    table = arrow_table(rows, arrow_schema([DATASET[name] for name in columns]))
    return ArrowColumns(table), [row_bytes(row) for row in rows]


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
    """About how many bytes the values of a row take in memory."""
    return sum([getsizeof(text if text.isascii() else _unread(text)) for text in texts_of(row.values())])


def _unread(text: str) -> str:
    """A copy: a text that Arrow has read is cached with its UTF-8, and takes more."""
    return (text + " ")[:-1]
