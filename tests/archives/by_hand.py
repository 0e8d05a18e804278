"""WARC records and files, written by hand: what warcio and wget do not write, others do."""

from __future__ import annotations

import gzip
import io
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import zstandard

from pipelines.archives import Damage, Record, read_records

LIMIT = 2**20
URL = "https://www.vietnam.vn/fr/lo-gom-{}"


def http(
    body: bytes = b"<p>x</p>",
    *,
    status: bytes = b"HTTP/1.1 200 OK",
    headers: Sequence[bytes] = (),
    end: bytes = b"\r\n",
) -> bytes:
    """An answer of a server, as it goes over the wire."""
    return end.join([status, b"Content-Type: text/html; charset=utf-8", *headers, b"", b""]) + body


def record(
    number: int,
    block: bytes,
    *,
    kind: str = "response",
    version: str = "1.1",
    date: str | None = "2025-10-23T04:04:10Z",
    headers: Sequence[str] = (),
    end: bytes = b"\r\n",
    apart: bytes | None = None,
    length: int | str | None = None,
) -> bytes:
    """A record; `length` in place of the right Content-Length, `apart` in place of the two line ends behind it."""
    lines = [f"WARC/{version}", f"WARC-Type: {kind}", f"WARC-Target-URI: {URL.format(number)}"]
    lines += [] if date is None else [f"WARC-Date: {date}"]
    lines += [f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012}>"]
    lines += ["Content-Type: application/http; msgtype=response", *headers]
    lines += [] if length == "" else [f"Content-Length: {len(block) if length is None else length}"]
    head = end.join(line.encode() for line in [*lines, "", ""])
    return head + block + (2 * end if apart is None else apart)


def some(count: int = 5, **options: Any) -> list[bytes]:
    """Records of answers of different sizes, which do not compress to nothing."""
    blocks = [http(bytes((n * 7 + i * i) % 251 for i in range(300 + 900 * n)).hex().encode()) for n in range(count)]
    return [record(n, block, **options) for n, block in enumerate(blocks)]


def packed(records: Sequence[bytes], coding: str) -> list[bytes]:
    """Each record by itself in the coding: "plain", "gzip" or "zstd"."""
    if coding == "gzip":
        return [gzip.compress(r, mtime=0) for r in records]
    compressor = zstandard.ZstdCompressor(write_checksum=True)  # without it a wrong bit is not seen
    return [compressor.compress(r) for r in records] if coding == "zstd" else list(records)


def read(content: bytes, cuts: Sequence[int] = (), *, limit: int | None = LIMIT) -> list[Record | Damage]:
    """All that is read of a file, range by range."""
    stream = io.BytesIO(content)
    bounds = [0, *cuts, None]
    items: list[Record | Damage] = []
    for start, stop in pairwise(bounds):
        items += read_records(stream, limit=limit, start=start or 0, stop=stop)
    return items


def told(items: Sequence[Record | Damage]) -> list[str]:
    """The numbers of the records in their addresses, and an exclamation mark for damage."""
    return ["!" if isinstance(item, Damage) else (item.url or "?").rpartition("-")[2] for item in items]
