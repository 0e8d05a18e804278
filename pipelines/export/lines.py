"""JSON Lines (plain, gzip, zstd) and CSV."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

import zstandard

JSONL = ("jsonl", "jsonl.gz", "jsonl.zst")
"""The endings of JSON Lines, plain and packed."""


def write_jsonl(path: Path, rows: Iterator[dict[str, Any]], columns: Sequence[str], most: int) -> int:
    """Up to `most` rows, one JSON object a line; packed as the ending says. Returns their number."""
    count = 0
    with _text(path) as out:
        for count, row in enumerate(islice(rows, most), 1):  # noqa: B007  # the count is the result
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return count


def write_csv(path: Path, rows: Iterator[dict[str, Any]], columns: Sequence[str], most: int) -> int:
    """RFC 4180 in UTF-8 with a header. Lists and objects are JSON in their cell; null is an empty cell."""
    count = 0
    with _text(path) as out:
        writer = csv.DictWriter(out, columns)
        writer.writeheader()
        for count, row in enumerate(islice(rows, most), 1):  # noqa: B007  # the count is the result
            writer.writerow({name: _cell(value) for name, value in row.items()})
    return count


def _cell(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    # Python 3.10 cannot write a NUL here, and few readers of CSV take one.
    return value.replace("\x00", "\ufffd") if isinstance(value, str) else value


@contextmanager
def _text(path: Path) -> Iterator[IO[str]]:
    with path.open("wb") as raw:
        packed = _PACKINGS[path.suffix](raw)
        out = io.TextIOWrapper(packed, encoding="utf-8", newline="")
        try:
            yield out
            out.flush()
        finally:
            out.detach()
            if packed is not raw:
                packed.close()


# By the ending of the file's name; another ending is an error, never a plain file.
_PACKINGS: dict[str, Callable[[IO[bytes]], IO[bytes]]] = {
    ".jsonl": lambda raw: raw,
    ".csv": lambda raw: raw,
    # No name and no time inside: equal rows are equal bytes.
    ".gz": lambda raw: gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=6),  # type: ignore[return-value,dict-item,unused-ignore]  # close enough to IO
    ".zst": lambda raw: zstandard.ZstdCompressor(level=6).stream_writer(raw, closefd=False),
}
