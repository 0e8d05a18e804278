"""WARC files as they should not be, and as other tools pack them: changed in their place, for tests of readers."""

from __future__ import annotations

import gzip
from pathlib import Path

from scraper.replica.archives.holdings import HeldCapture
from scraper.replica.archives.warcs import member


def as_one_member(path: Path) -> None:
    """The whole file in one gzip member, as ``gzip`` packs it: no record can be had by itself."""
    path.write_bytes(member(gzip.decompress(path.read_bytes()), 6))


def unpacked(path: Path) -> None:
    """The file without its gzip."""
    path.write_bytes(gzip.decompress(path.read_bytes()))


def break_member(path: Path, capture: HeldCapture) -> None:
    """Zeros in the middle of the member that holds a capture's record; the others stay."""
    data = bytearray(path.read_bytes())
    middle = capture.offset + capture.length // 2
    data[middle : middle + 8] = bytes(8)
    path.write_bytes(bytes(data))


def with_other_digest(path: Path, capture: HeldCapture) -> None:
    """The capture's record says another digest than that of its bytes."""
    data = path.read_bytes()
    record = gzip.decompress(data[capture.offset : capture.offset + capture.length])
    told = capture.digest.encode()
    packed = member(record.replace(told, told[::-1]), 6)
    path.write_bytes(data[: capture.offset] + packed + data[capture.offset + capture.length :])
