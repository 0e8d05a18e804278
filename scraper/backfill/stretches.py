"""Reads a WARC file from beginning to end, a stretch at a time: the records of the domain, and how far it got.

Runs in a thread beside the event loop, without the store and the network. Of other sites' records only the headers are
read.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from pipelines.archives import Damage, Record, is_http, read_records
from pipelines.captures import Capture, IndexLineError, from_record, is_of
from pipelines.site import LARGEST_BODY
from pipelines.web.addresses import NoAddressError, read_address
from scraper.backfill.options import BackfillOptions

_BYTES, _SECONDS = 8_000_000, 1.0  # limits of a stretch
_TYPES = ("response", "revisit")
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFile:
    """A file that is read whole. `name` is its name in captures, `place` its path or address."""

    archive: str
    crawl: str
    name: str
    place: str


@dataclass(slots=True, kw_only=True)
class HeldRecord:
    """A record in memory; `data` are its bytes in the file, if it is a gzip member of its own and they are wanted."""

    record: Record
    data: bytes | None

    @property
    def size(self) -> int:
        """Bytes in memory, roughly."""
        return len(self.record.block or b"") + len(self.data or b"")


@dataclass(slots=True, kw_only=True)
class FileProgress:
    """How far a file was read: the records before byte `position` are in the store and in `counts`."""

    position: int = 0
    counts: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True, kw_only=True)
class Stretch:
    """What was read since the last stretch: captures with their records, `damages` as (place, cause). A later reading
    can begin at `progress`; `place` is where this one is.
    """

    found: list[tuple[Capture, HeldRecord | None]] = field(default_factory=list)
    damages: list[tuple[int, str]] = field(default_factory=list)
    size: int = 0
    place: int = 0
    progress: FileProgress = field(default_factory=FileProgress)
    is_end: bool = False


class StretchReader:
    """Reads a file from a place on, and calls `hand` with each stretch of `most` captures; it may raise to end it."""

    def __init__(
        self,
        file: ArchiveFile,
        options: BackfillOptions,
        *,
        most: int,
        progress: FileProgress,
        hand: Callable[[Stretch], None],
    ) -> None:
        self._most = most
        self._file, self._options, self._hand = file, options, hand
        self._keeps_bytes = options.archive is not None
        # Where a later run can continue, with the counts up to there; and the counts of everything so far.
        self._known = progress
        self._from = progress.position
        self._counts = Counter(progress.counts)
        self._stretch, self._began = Stretch(), time.monotonic()

    def read(self, stream: BinaryIO, *, start: int, size: int) -> None:
        """Read from `start` to the end; records before the known position are not counted again. Raises `OSError`."""
        for item in read_records(stream, limit=LARGEST_BODY, start=start, wants=self._is_wanted):
            if isinstance(item, Damage):
                self._count("damaged", item.offset)
                if item.offset >= self._from:
                    self._stretch.damages.append((item.offset, item.detail))
            else:
                self._take(item, stream)
            self._stretch.place = item.offset
            if self._is_due:
                self._pass_on()
        self._known = FileProgress(position=max(size, self._from), counts=Counter(self._counts))
        self._stretch.place, self._stretch.is_end = size, True
        self._pass_on()

    def _take(self, record: Record, stream: BinaryIO) -> None:
        self._count("records", record.offset)
        found = self._capture(record)
        if found is not None:
            data = None
            if self._keeps_bytes and record.length:
                stream.seek(record.offset)
                member = stream.read(record.length)
                data = member if member.startswith(_GZIP) else None  # the archive takes only gzip members
            held = HeldRecord(record=record, data=data) if record.type == "response" else None
            self._stretch.found.append((found, held))
            self._stretch.size += 0 if held is None else held.size
        if record.length:  # reading can begin behind a member, not inside one
            end = record.offset + record.length
            if end > self._known.position:
                self._known = FileProgress(position=end, counts=Counter(self._counts))

    def _capture(self, record: Record) -> Capture | None:
        if not self._is_of_domain(record.type, record.headers):
            return None
        place = record.offset
        self._count("of_the_domain", place)
        if record.type == "response" and not is_http(record):
            self._count("not_http", place)
            return None
        file = self._file
        try:
            capture = from_record(
                record.url or "", record.headers, kind=record.type, archive=file.archive, crawl=file.crawl,
                file=file.name, offset=place, length=record.length, domain=self._options.domain,
            )  # fmt: skip
        except IndexLineError:
            self._count("unreadable", place)
            return None
        if capture is None:
            self._count("not_articles_by_address", place)
        elif not (self._options.has_time(capture.captured_at) and self._options.wants(capture.language)):
            self._count("not_asked_for", place)
        else:
            self._count("captures", place)
            return capture
        return None

    def _is_wanted(self, headers: Mapping[str, str]) -> bool:
        return headers.get("warc-type", "").lower() == "response" and self._is_of_domain("response", headers)

    def _is_of_domain(self, kind: str, headers: Mapping[str, str]) -> bool:
        """Whether a record is of the domain. Nearly none is, so the cheap check comes first."""
        url = headers.get("warc-target-uri", "")
        if kind not in _TYPES or self._options.domain not in url.lower():
            return False
        try:
            return is_of(read_address(url.strip().strip("<>").strip()).host, self._options.domain)
        except NoAddressError:
            return False

    def _count(self, name: str, offset: int) -> None:
        if offset >= self._from:
            self._counts[name] += 1

    @property
    def _is_due(self) -> bool:
        stretch = self._stretch
        return len(stretch.found) >= self._most or stretch.size >= _BYTES or time.monotonic() - self._began >= _SECONDS

    def _pass_on(self) -> None:
        stretch, self._stretch = self._stretch, Stretch(place=self._stretch.place)
        stretch.progress = self._known
        self._hand(stretch)
        self._began = time.monotonic()
