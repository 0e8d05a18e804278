"""JSON Lines (plain, gzip, zstd)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import zstandard

from pipelines.export.cutting import Cut, Row
from pipelines.type_rows import Shape, shape_of, write_lines

# Ends of lines to many readers of text (JavaScript, Python's splitlines), and allowed in JSON as they stand.
JSONL = ("jsonl", "jsonl.gz", "jsonl.zst")
"""The endings of JSON Lines, plain and packed."""

_encode = json.JSONEncoder(ensure_ascii=False).encode  # made once: `dumps` makes one for each row
_LINE_ENDS = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}


Line = tuple[bytes, Shape]
"""A row as a line with its end, and its shape."""


def prepare_line(row: Row) -> tuple[Line, bytes]:
    """A row as its line, and what tells it from others: the same."""
    line = json_line(row).encode() + b"\n"
    return (line, shape_of(row)), line


def write_jsonl(path: Path, lines: Iterator[Line], columns: Sequence[str], most: int) -> int:
    """Up to `most` rows, one JSON object a line; packed as the ending says. Returns their number.

    The rows that show the types come first.
    """
    with _packed(path) as out:
        return write_lines(out, _counted(Cut(source=lines, most_rows=most)), scratch=path.parent)


def json_line(row: Row) -> str:
    r"""A row as a line of JSON without its end; no reader of text takes anything in it for the end of a line.

    >>> json_line({"title": "Chợ\u2028nổi", "lead": None})
    '{"title": "Chợ\\u2028nổi", "lead": null}'
    """
    line = _encode(row)
    for end, escape in _LINE_ENDS.items():
        if end in line:  # tens of times faster than to replace at once
            line = line.replace(end, escape)
    return line


def _counted(lines: Cut[Line]) -> Iterator[Line]:
    for line in lines:
        lines.bytes += len(line[0])
        yield line


@contextmanager
def _packed(path: Path) -> Iterator[IO[bytes]]:
    with path.open("wb") as raw:
        packed = _PACKINGS[path.suffix](raw)
        try:
            yield packed
        finally:
            if packed is not raw:
                packed.close()


# By the ending of the file's name; another ending is an error, never a plain file.
_PACKINGS: dict[str, Callable[[IO[bytes]], IO[bytes]]] = {
    ".jsonl": lambda raw: raw,
    # No name and no time inside: equal rows are equal bytes.
    ".gz": lambda raw: gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=6),  # type: ignore[return-value,dict-item,unused-ignore]  # close enough to IO
    ".zst": lambda raw: zstandard.ZstdCompressor(level=6).stream_writer(raw, closefd=False),
}
