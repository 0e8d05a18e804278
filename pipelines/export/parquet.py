"""Parquet as the hub of Hugging Face and its readers expect it: the one writer of every dataset."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from sys import getsizeof
from typing import Any

from pipelines.export.cutting import Cut, Row
from pipelines.export.errors import ExportError
from pipelines.export.rows import texts_of
from pipelines.record import DATASET, Field

ROWS_PER_GROUP = 1_000  # as the writer of Hugging Face has it
BYTES_PER_GROUP = 16 * 2**20  # of values in memory: a reader has to hold a group, and so do we

# Few different values in many rows; the others would only fill a dictionary and give it up.
_DICTIONARY = {
    *("language", "language_script", "language_iso", "language_fineweb2", "language_detector", "html_language", "host"),
    *("publisher", "published_day", "modified_day", "url_language", "extractor", "extractor_version", "category"),
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
        compression_level=3,
        use_dictionary=dictionary,
        **{name: value for name, value in _WANTED.items() if name in known},
    )


class RowGroups:
    """Rows, one after another, as row groups of a Parquet file: so many rows or so many bytes, whatever comes first.

    `bytes` are those of the groups written, before compression.
    """

    def __init__(self, writer: Any, schema: Any) -> None:
        self.bytes = 0
        self._writer, self._schema = writer, schema
        self._rows: list[Mapping[str, Any]] = []
        self._held = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row: a value as JSON has it for each column of the schema."""
        self._rows.append(row)
        self._held += sum(map(getsizeof, texts_of(row.values())))  # what values take in memory, nearly all of it
        if len(self._rows) >= ROWS_PER_GROUP or self._held >= BYTES_PER_GROUP:
            self.flush()

    def flush(self) -> None:
        """Write the rows that are left. The writer is closed by whoever opened it."""
        if self._rows:
            table = arrow_table(self._rows, self._schema)
            self.bytes += table.nbytes
            self._writer.write_table(table, row_group_size=len(self._rows))
            self._rows, self._held = [], 0


def arrow_schema(fields: Sequence[Field]) -> Any:
    """The Arrow schema of columns of a dataset."""
    arrow = require()
    return arrow.schema([(field.name, field.type.arrow(arrow)) for field in fields])


def arrow_table(rows: Sequence[Mapping[str, Any]], schema: Any) -> Any:
    """Rows as JSON has them as a table: texts of days and instants become values of those types."""
    # Row by row, and a schema asked once: both ways round it takes twice as long.
    names = schema.names
    columns = zip(*[[row[name] for name in names] for row in rows], strict=True) if rows else [()] * len(names)
    return require().table(
        [_column(list(v), kind) for v, kind in zip(columns, schema.types, strict=True)], schema=schema
    )


def _column(values: list[Any], kind: Any) -> Any:
    arrow = require()
    if arrow.types.is_temporal(kind):
        return arrow.array(values, arrow.string()).cast(kind)
    return arrow.array(values, kind)


def write_parquet(path: Path, rows: Iterator[Row], columns: Sequence[str], most: int) -> int:
    """Write up to `most` rows that have these columns of `pipelines.record.DATASET`, and return their number."""
    return write_fields(path, rows, [DATASET[name] for name in columns], most)


def write_fields(path: Path, rows: Iterator[Row], fields: Sequence[Field], most: int) -> int:
    """Write up to `most` rows of these columns, and return their number; without a row the file has its schema."""
    columns = {field.name for field in fields}
    cut = Cut(source=rows, most_rows=most)
    schema = arrow_schema(fields)
    with parquet_writer(path, schema, dictionary=sorted(_DICTIONARY & columns)) as writer:
        groups = RowGroups(writer, schema)
        for row in cut:
            groups.add(row)
            cut.bytes = groups.bytes
        groups.flush()
    return cut.rows
