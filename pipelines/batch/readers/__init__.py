"""Readers: a shard in, its rows out, one after another and in the order of the file."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.batch.input_rows import Broken, CleanOptions, InputRow, Passed, Shard
from pipelines.batch.readers import lines, pages, parquet, warc


def read(shard: Shard, options: CleanOptions) -> Iterator[InputRow | Passed | Broken]:
    """The rows of a shard. Whatever cannot be read comes out as `Broken`, and the rest goes on."""
    if shard.kind == "pages":
        return pages.read(shard, options)
    if shard.kind == "warc":
        return warc.read(shard, options)
    if shard.kind == "lines":
        return lines.read(shard, options)
    return parquet.read(shard, options)
