"""Changes WARC files in place, for tests of readers: damaged, or packed as other tools do."""

from __future__ import annotations

import gzip
from pathlib import Path

from scraper.replica.archives.holdings import HeldCapture
from scraper.replica.archives.warcs import member


def as_one_member(path: Path) -> None:
    """Pack the whole file as one gzip member, as ``gzip`` does, so that no record can be read alone."""
    path.write_bytes(member(gzip.decompress(path.read_bytes()), 6))


def unpacked(path: Path) -> None:
    """Decompress the file."""
    path.write_bytes(gzip.decompress(path.read_bytes()))


def break_member(path: Path, capture: HeldCapture) -> None:
    """Overwrite the middle of the member of a capture's record with zeros."""
    data = bytearray(path.read_bytes())
    middle = capture.offset + capture.length // 2
    data[middle : middle + 8] = bytes(8)
    path.write_bytes(bytes(data))


def with_other_digest(path: Path, capture: HeldCapture) -> None:
    """Give the capture's record a digest that is not that of its bytes."""
    data = path.read_bytes()
    record = gzip.decompress(data[capture.offset : capture.offset + capture.length])
    digest = capture.digest.encode()
    packed = member(record.replace(digest, digest[::-1]), 6)
    path.write_bytes(data[: capture.offset] + packed + data[capture.offset + capture.length :])
