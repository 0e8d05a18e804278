"""JSON Lines, plain, ``.gz`` or ``.zst``; plain files are read by byte ranges."""

from __future__ import annotations

import gzip
import io
import json
import sys
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from pipelines.batch import files
from pipelines.batch.columns import page_row
from pipelines.batch.extras import require
from pipelines.batch.model import Broken, CleanOptions, InputFile, Passed, Row, Shard

# Decompressors name a cut or damaged file by these.
DAMAGE = (OSError, EOFError, zlib.error)


def is_compressed(file: InputFile) -> bool:
    """Whether a file has to be read from its beginning: compressed streams cannot be entered in the middle."""
    return file.uri.endswith((".gz", ".zst"))


def read(shard: Shard, options: CleanOptions) -> Iterator[Row | Passed | Broken]:
    """The rows of the lines that begin in the shard's range; positions are byte offsets (decompressed)."""
    file = shard.files[0]
    position = shard.start or 0
    try:
        with _open(file) as stream:
            if position:
                # A line that begins before the range belongs to the range before: go to the first one that begins here.
                stream.seek(position - 1)
                position += _skip_line(stream) - 1
            while shard.stop is None or position < shard.stop:
                line = stream.readline(options.max_row_bytes + 1)
                if not line:
                    return
                length = len(line)
                if length > options.max_row_bytes and not line.endswith(b"\n"):
                    length += _skip_line(stream)
                    detail = f"line of {length} bytes is over the limit of {options.max_row_bytes} bytes"
                    yield Broken(source=file.name, position=position, detail=detail)
                elif not line.isspace():
                    yield _row(line, file, position, options)
                position += length
    except _damage() as error:
        yield Broken(source=file.name, position=position, detail=f"unreadable from here on: {describe(error)}")


def describe(error: BaseException) -> str:
    """An error in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def _damage() -> tuple[type[BaseException], ...]:
    return (*DAMAGE, files.StorageError, *_zstd_errors())


def _zstd_errors() -> tuple[type[BaseException], ...]:
    for name in _ZSTD_MODULES:
        if sys.modules.get(name) is not None:
            return (cast(type[BaseException], sys.modules[name].ZstdError),)
    return ()


# In the standard library from Python 3.14 on; before, its backport is in the extra.
_ZSTD_MODULES = ("compression.zstd", "backports.zstd")


def _open(file: InputFile) -> BinaryIO:
    raw = files.open_input(file.uri)
    if file.uri.endswith(".gz"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw))
    if file.uri.endswith(".zst"):
        name = _ZSTD_MODULES[0] if sys.version_info >= (3, 14) else _ZSTD_MODULES[1]
        return cast(BinaryIO, require(name, extra="batch", purpose=f"{file.name}: Zstandard").open(raw))
    return cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, raw), 2**20))


def _skip_line(stream: BinaryIO) -> int:
    """Go behind the end of the line; returns how many bytes that was. Memory stays bounded, however long the line."""
    skipped = 0
    while chunk := stream.readline(2**20):
        skipped += len(chunk)
        if chunk.endswith(b"\n"):
            break
    return skipped


def _row(line: bytes, file: InputFile, position: int, options: CleanOptions) -> Row | Passed | Broken:
    try:
        # The byte order mark is what some tools begin a file with.
        columns = json.loads(line.removeprefix(b"\xef\xbb\xbf"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        return Broken(source=file.name, position=position, detail=f"line is no JSON ({describe(error)})")
    if not isinstance(columns, dict):
        return Broken(source=file.name, position=position, detail="line is no JSON object")
    return page_row(columns, source=file.name, position=position, options=options)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")
