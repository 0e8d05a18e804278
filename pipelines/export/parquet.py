"""Parquet, one folder a language, as the hub of Hugging Face and its readers expect it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from pipelines.export.errors import ExportError
from pipelines.record import DATASET

ROWS_PER_FILE = 200_000  # about half a gigabyte of compressed news text, as files on the hub are
ROWS_PER_GROUP = 1_000  # as the writer of Hugging Face has it; some 4 MB of text, which we hold at once

# Few different values in many rows; the others would only fill a dictionary and give it up.
_DICTIONARY = [
    "language",
    "language_script",
    "publisher",
    "published",
    "url_language",
    "extractor",
    "extractor_version",
]


def require() -> Any:
    """pyarrow, or `ExportError` that names the extra: it is large, and only Parquet needs it."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise ExportError("Parquet needs pyarrow, which is not installed; pip install 'vietnamvn[parquet]'") from None
    return pyarrow


def write_parquet(folder: Path, rows: Iterator[dict[str, Any]], *, rows_per_file: int) -> list[tuple[Path, int]]:
    """Write rows that come grouped by language and script; the files in order, each with its number of rows."""
    arrow = require()
    schema = arrow.schema([(name, field.type.arrow(arrow)) for name, field in DATASET.items()])
    written: list[tuple[Path, int]] = []
    for code, of_language in groupby(rows, key=lambda row: f"{row['language']}_{row['language_script']}"):
        (folder / code).mkdir()
        written += _write_language(arrow, schema, folder / code, of_language, rows_per_file)
    return written


def _write_language(
    arrow: Any, schema: Any, folder: Path, rows: Iterator[dict[str, Any]], rows_per_file: int
) -> list[tuple[Path, int]]:
    parts: list[tuple[Path, int]] = []
    while number := _write_file(arrow, schema, path := folder / f"part-{len(parts)}", islice(rows, rows_per_file)):
        parts.append((path, number))
    # Only now their number is known, which is in every name.
    final = [(folder / f"train-{i:05d}-of-{len(parts):05d}.parquet", n) for i, (_, n) in enumerate(parts)]
    for (path, _), (name, _) in zip(parts, final, strict=True):
        path.rename(name)
    return final


def _write_file(arrow: Any, schema: Any, path: Path, rows: Iterator[dict[str, Any]]) -> int:
    first = list(islice(rows, ROWS_PER_GROUP))
    if not first:
        return 0
    count = 0
    with arrow.parquet.ParquetWriter(
        path, schema, compression="zstd", compression_level=3, use_dictionary=_DICTIONARY
    ) as writer:
        group = first
        while group:
            writer.write_table(arrow.Table.from_pylist(group, schema=schema), row_group_size=len(group))
            count += len(group)
            group.clear()
            group.extend(islice(rows, ROWS_PER_GROUP))
    return count
