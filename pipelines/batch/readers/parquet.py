"""Parquet, by row groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from pipelines.batch import files
from pipelines.batch.columns import find_columns, is_site_url, page_row
from pipelines.batch.extras import require
from pipelines.batch.input_rows import Broken, CleanOptions, InputFile, InputRow, Passed, Shard
from pipelines.batch.readers.lines import describe

if TYPE_CHECKING:  # heavy and optional: imported when there is a Parquet file
    import pyarrow as pa
    import pyarrow.parquet as pq

# Rows that are in memory at a time: at 5 kB a row a third of a megabyte, and still fast to convert.
_BATCH_ROWS = 64
# What pyarrow raises for a value without a Python object; most of its own errors are ValueErrors.
_UNREADABLE = (ValueError, OverflowError, TypeError, LookupError)


def row_groups(file: InputFile) -> list[tuple[int, int]]:
    """The (rows, bytes) of each row group. Raises what pyarrow raises for a file that is no whole Parquet file."""
    with files.open_input(file.uri) as stream:
        metadata = _open(stream).metadata
        return [
            (metadata.row_group(i).num_rows, metadata.row_group(i).total_byte_size)
            for i in range(metadata.num_row_groups)
        ]


def schema(file: InputFile) -> pa.Schema:
    """The file's Arrow schema."""
    with files.open_input(file.uri) as stream:
        return _open(stream).schema_arrow


def read(shard: Shard, options: CleanOptions) -> Iterator[InputRow | Passed | Broken]:
    """The rows of the shard's row groups; positions are row numbers in the file, from 0."""
    name = shard.files[0].name
    for position, batch in batches(shard):
        if isinstance(batch, str):
            yield Broken(source=name, position=position, detail=batch)
            continue
        names = find_columns(batch.schema.names, options)
        # A batch is converted as a whole, or row by row where its rows are large: Python objects take twice the room.
        step = batch.num_rows if batch.nbytes <= options.max_row_bytes else 1
        for first in range(0, batch.num_rows, step):
            part = batch.slice(first, step)
            if part.nbytes > options.max_row_bytes:
                part = part.select([n for n in part.schema.names if n == names.url])
                detail = f"row is over the limit of {options.max_row_bytes} bytes"
                columns = part.to_pylist()[0] if part.num_columns else {}
                url = columns.get(names.url)
                if isinstance(url, str) and not is_site_url(url):
                    yield Passed(source=name, position=position + first, reason="other_site")
                else:
                    yield Broken(source=name, position=position + first, detail=detail, columns=columns)
                continue
            for offset, (columns, problem) in enumerate(rows(part)):
                place = position + first + offset
                url = columns.get(names.url) if names.url else None
                if problem is None:
                    yield page_row(columns, source=name, position=place, options=options, names=names)
                elif isinstance(url, str) and not is_site_url(url):
                    yield Passed(source=name, position=place, reason="other_site")
                else:
                    yield Broken(source=name, position=place, detail=problem, columns=columns)


def rows(batch: pa.RecordBatch) -> Iterator[tuple[dict[str, Any], str | None]]:
    """The rows of a batch as Python objects, each with None; for a row with a value that cannot be one (no UTF-8, a
    time beyond the calendar) its other columns, and what is wrong with the first such value."""
    try:
        yield from ((columns, None) for columns in batch.to_pylist())
        return
    except _UNREADABLE:
        pass
    for number in range(batch.num_rows):
        columns: dict[str, Any] = {}
        problem = None
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            try:
                columns[name] = column[number].as_py()
            except _UNREADABLE as error:
                problem = problem or f"column {name!r} cannot be read: {describe(error)}"
        yield columns, problem


def batches(shard: Shard) -> Iterator[tuple[int, pa.RecordBatch | str]]:
    """The shard's (number of the first row, record batch); an unreadable row group comes out as a line of text."""
    pa = require("pyarrow", extra="batch", purpose="reading Parquet")
    damage = (OSError, ValueError, pa.ArrowException, files.StorageError)
    position, group = 0, None
    try:
        with files.open_input(shard.files[0].uri) as stream:
            parquet = _open(stream)
            metadata = parquet.metadata
            stop = metadata.num_row_groups if shard.stop is None else shard.stop
            starts = [0]
            for i in range(metadata.num_row_groups):
                starts.append(starts[-1] + metadata.row_group(i).num_rows)
            for group in range(shard.start or 0, stop):
                position = starts[group]
                try:
                    for batch in parquet.iter_batches(batch_size=_BATCH_ROWS, row_groups=[group], use_threads=False):
                        yield position, batch
                        position += batch.num_rows
                except damage as error:
                    lost = starts[group + 1] - position
                    yield position, f"row group {group} is unreadable from here on, {lost} rows: {describe(error)}"
    except damage as error:
        yield position, f"no whole Parquet file: {describe(error)}"


def _open(stream: BinaryIO) -> pq.ParquetFile:
    # pre_buffer would hold whole row groups in memory.
    pq = require("pyarrow.parquet", extra="batch", purpose="reading Parquet")
    return pq.ParquetFile(stream, pre_buffer=False)
