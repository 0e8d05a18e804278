"""Parquet, as the hub of Hugging Face and its readers expect it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from pipelines.export.errors import ExportError
from pipelines.record import DATASET

ROWS_PER_GROUP = 1_000  # as the writer of Hugging Face has it; some 4 MB of text, which we hold at once

# Few different values in many rows; the others would only fill a dictionary and give it up.
_DICTIONARY = {
    *("language", "language_script", "language_iso", "language_fineweb2", "language_detector", "html_language", "host"),
    *("publisher", "published_day", "modified_day", "url_language", "extractor", "extractor_version", "category"),
}


def require() -> Any:
    """pyarrow, or `ExportError` that names the extra: it is large, and only Parquet needs it."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise ExportError("Parquet needs pyarrow, which is not installed; pip install 'vietnamvn[parquet]'") from None
    return pyarrow


def arrow_schema(columns: Sequence[str]) -> Any:
    """The Arrow schema of columns of a dataset."""
    arrow = require()
    return arrow.schema([(name, DATASET[name].type.arrow(arrow)) for name in columns])


def arrow_table(rows: Sequence[Mapping[str, Any]], schema: Any) -> Any:
    """Rows as JSON has them as a table: texts of days and instants become values of those types."""
    arrow = require()
    return arrow.table([_column([row[f.name] for row in rows], f.type) for f in schema], schema=schema)


def _column(values: list[Any], kind: Any) -> Any:
    arrow = require()
    if arrow.types.is_temporal(kind):
        return arrow.array(values, arrow.string()).cast(kind)
    return arrow.array(values, kind)


def write_parquet(path: Path, rows: Iterator[dict[str, Any]], columns: Sequence[str], most: int) -> int:
    """Write up to `most` rows as one file, and return their number; without a row it has its schema."""
    schema = arrow_schema(columns)
    count = 0
    with require().parquet.ParquetWriter(
        path, schema, compression="zstd", compression_level=3, use_dictionary=sorted(_DICTIONARY & {*schema.names})
    ) as writer:
        while group := list(islice(rows, min(ROWS_PER_GROUP, most - count))):
            writer.write_table(arrow_table(group, schema), row_group_size=len(group))
            count += len(group)
    return count
