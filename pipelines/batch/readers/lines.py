"""JSON Lines, plain or compressed, whatever the name says; plain files are read by byte ranges."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, cast

from pipelines import strict_json
from pipelines.batch import files
from pipelines.batch.columns import page_row
from pipelines.batch.input_rows import Broken, CleanOptions, InputFile, InputRow, Passed, Shard
from pipelines.web.decoders import packing
from pipelines.web.decoding import UndecodableError, open_unpacked

# How far a compressed file may expand: a few kB can be a billion line ends. Real corpora are packed to a tenth, logs
# that repeat themselves to a hundredth.
_MOST_EXPANSION, _ALWAYS_READ = 200, 2**28
_FIRST_ROWS, _FIRST_BYTES = 1_000, 2**24  # that are looked at for the names of columns
_ROW_COST = 400  # a row costs time beside its bytes


def is_compressed(file: InputFile) -> bool:
    """Whether a file has to be read from its beginning: compressed streams cannot be entered in the middle."""
    with files.open_input(file.uri) as stream:
        return packing(stream.read(4)) is not None


def read(shard: Shard, options: CleanOptions) -> Iterator[InputRow | Passed | Broken]:
    """The rows of the lines that begin in the shard's range; positions are byte offsets (decompressed)."""
    file = shard.files[0]
    position = shard.start or 0
    try:
        with _open(file, position) as stream:
            packed = position == 0 and is_compressed(file)
            left = max(_ALWAYS_READ, _MOST_EXPANSION * file.size) if packed else None
            if position:
                # A line that begins before the range belongs to the range before: go to the first one that begins here.
                stream.seek(position - 1)
                position += _skip_line(stream, None) - 1
            began = position
            while shard.stop is None or position < shard.stop:
                line = stream.readline(options.max_row_bytes + 1)
                if not line:
                    return
                if left is not None:
                    left -= _ROW_COST
                    if position - began > left:
                        detail = f"the file expands to more than {_MOST_EXPANSION} times its size: not read any further"
                        yield Broken(source=file.name, position=position, detail=detail)
                        return
                length = len(line)
                if length > options.max_row_bytes and not line.endswith(b"\n"):
                    length += _skip_line(stream, None if left is None else left - (position - began))
                    detail = f"line of {length} bytes is over the limit of {options.max_row_bytes} bytes"
                    yield Broken(source=file.name, position=position, detail=detail)
                elif line.isspace():
                    length += _skip_blank(stream, None if shard.stop is None else shard.stop - position - length)
                else:
                    yield _row(line, file, position, options)
                position += length
    except (OSError, files.StorageError, UndecodableError) as error:
        yield Broken(source=file.name, position=position, detail=f"unreadable from here on: {describe(error)}")


def first_columns(file: InputFile, options: CleanOptions) -> list[str]:
    """The names in the first rows of a file, in their order."""
    names: dict[str, None] = {}
    whole = Shard(kind="lines", files=(file,), bytes=file.size)
    for item in islice(read(whole, options), _FIRST_ROWS):
        names |= dict.fromkeys(item.columns or {})
        if item.position > _FIRST_BYTES:
            break
    return list(names)


def describe(error: BaseException) -> str:
    """An error in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def _open(file: InputFile, position: int) -> BinaryIO:
    """The file's lines from its beginning; or where a range begins within it, the file itself."""
    raw = files.open_input(file.uri)
    return cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, raw), 2**20)) if position else open_unpacked(raw)


def _skip_line(stream: BinaryIO, most: int | None) -> int:
    """Go past the end of the line, or `most` bytes and somewhat more; returns how many bytes that was."""
    skipped = 0
    while (most is None or skipped <= most) and (chunk := stream.readline(2**20)):
        skipped += len(chunk)
        if chunk.endswith(b"\n"):
            break
    return skipped


def _skip_blank(stream: BinaryIO, most: int | None) -> int:
    """Go past the blank lines in the buffer, which may be millions, but not `most` bytes; returns how many."""
    ahead = stream.peek(1) if isinstance(stream, io.BufferedReader) else b""
    blank = ahead.rfind(b"\n", 0, len(ahead) - len(ahead.lstrip(b" \t\r\n"))) + 1
    return len(stream.read(blank if most is None else max(0, min(blank, most))))


def _row(line: bytes, file: InputFile, position: int, options: CleanOptions) -> InputRow | Passed | Broken:
    try:
        columns = json.loads(strict_json.utf8(line), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        return Broken(source=file.name, position=position, detail=f"line is no JSON ({describe(error)})")
    if not isinstance(columns, dict):
        return Broken(source=file.name, position=position, detail="line is no JSON object")
    if not all(name.isascii() or name.isprintable() or _is_text(name) for name in columns):
        return Broken(source=file.name, position=position, detail="the name of a column is no text (a lone surrogate)")
    return page_row(columns, source=file.name, position=position, options=options)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")
