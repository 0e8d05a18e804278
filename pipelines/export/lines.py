"""JSON Lines (plain, gzip, zstd)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from json.encoder import encode_basestring
from pathlib import Path
from typing import IO

import zstandard

from pipelines.export.cutting import Feed, Row, chunks_of_file
from pipelines.record import DATASET
from pipelines.type_rows import Lines, NewPlaces, Place, write_lines

# Ends of lines to many readers of text (JavaScript, Python's splitlines), and allowed in JSON unescaped.
JSONL = ("jsonl", "jsonl.gz", "jsonl.zst")
"""The endings of JSON Lines, plain and packed."""

_encode = json.JSONEncoder(ensure_ascii=False).encode  # made once: `dumps` makes one for each row
_LINE_ENDS = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_TEXT, _PARTS = "text", "paragraphs"
_BETWEEN = "\\n\\n"  # as JSON has it


def prepare_lines(rows: Sequence[Row], columns: Sequence[str]) -> tuple[Lines, Sequence[bytes]]:
    """Rows of a dataset as lines, and for each the bytes that differ where rows differ: its line.

    Raises `UnicodeEncodeError` where a text has half of a character.
    """
    new = NewPlaces({name: places_of(name) for name in columns})
    lines = [_line_of_text(row).encode() for row in rows]
    showing = [(at, places) for at, row in enumerate(rows) if (places := new.of(row))]
    return Lines.of(lines, showing), lines


@lru_cache(maxsize=256)
def places_of(column: str) -> frozenset[Place]:
    """All places (`pipelines.type_rows.Place`) in which a column of a dataset can have values.

    >>> sorted(places_of("stripped"), key=len)[:2], places_of("title")
    ([('stripped',), ('stripped', 0)], frozenset({('title',)}))
    """
    kind, here = DATASET[column].type, (column,)
    if kind.flat:
        return frozenset((here,))
    return frozenset((here, (*here, 0), *((*here, 0, part) for part in kind.parts)))


def write_jsonl(path: Path, lines: Iterator[Lines], columns: Sequence[str], most: int) -> int:
    """Up to `most` rows, one JSON object a line; packed as the file's ending says. Returns their number.

    The rows that show the types come first.
    """
    with packed_file(path) as out:
        feed = lines if isinstance(lines, Feed) else Feed(lines)
        return write_lines(out, chunks_of_file(feed, most_rows=most), scratch=path.parent)


def json_line(row: Row) -> str:
    r"""A row as a line of JSON without its end; it has no character that readers of text take for the end of a line.

    >>> json_line({"title": "Chợ\u2028nổi", "lead": None})
    '{"title": "Chợ\\u2028nổi", "lead": null}'
    """
    return _escaped(_encode(row))


def _line_of_text(row: Row) -> str:
    """`json_line` with its end; a text and the paragraphs that it is made of are escaped once."""
    names = [*row]
    if names[:1] != [_TEXT] or _PARTS not in row or "\n\n".join(row[_PARTS]) != row[_TEXT]:
        return json_line(row) + "\n"
    parts = [encode_basestring(part) for part in row[_PARTS]]
    text = _BETWEEN.join([part[1:-1] for part in parts])
    at = names.index(_PARTS)
    before = _encode({name: row[name] for name in names[1:at]})[1:-1]
    after = _encode({name: row[name] for name in names[at + 1 :]})[1:-1]
    members = [f'"{_TEXT}": "{text}"', before, f'"{_PARTS}": [{", ".join(parts)}]', after]
    return _escaped("{" + ", ".join(filter(None, members)) + "}\n")


def _escaped(line: str) -> str:
    for end, escape in _LINE_ENDS.items():
        if end in line:  # tens of times faster than replacing without a look
            line = line.replace(end, escape)
    return line


@contextmanager
def packed_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to, packed as its ending says; equal contents are equal bytes."""
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
