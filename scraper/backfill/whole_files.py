"""Reads whole files: enters their captures into the store, and holds their records for the leases.

How far a file was read is noted in the transaction of what was found. After a kill the next run continues there, or
earlier if captures were left: their records are read again.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from scrapy.crawler import Crawler

from pipelines.listing import cause, open_file
from pipelines.printable import printable
from pipelines.storage.captures import Captures
from scraper import engine
from scraper.backfill.given import is_remote
from scraper.backfill.listing import IndexListing
from scraper.backfill.remote import RemoteError, open_remote, waited
from scraper.backfill.stretches import ArchiveFile, FileProgress, HeldRecord, Stretch, StretchReader
from scraper.ledger import Ledger
from scraper.visits import StoppedError

_MOST_BYTES, _MOST_RECORDS = 32_000_000, 400  # limits for records that wait for their lease
_NAP = 0.02
_SHOWN_DAMAGES = 3


class EnoughRecordsError(Exception):
    """As many records were read as ``--limit`` allows to lease."""


@dataclass(slots=True, kw_only=True)
class FileReading:
    """How far a file was read, and counts of its records by name.

    >>> file = ArchiveFile(archive="file", crawl="", name="a/b.warc.gz", place="a/b.warc.gz")
    >>> str(FileReading(file=file, size=10**9, place=10**8, counts=Counter(records=50, of_the_domain=2)))
    'b.warc.gz: 10% of 1,000 MB, 2 of 50 records are of the domain'
    >>> str(FileReading(file=file))
    'b.warc.gz: begun, 0 of 0 records are of the domain'
    """

    file: ArchiveFile
    size: int = 0
    place: int = 0
    is_read: bool = False
    counts: Counter[str] = field(default_factory=Counter)

    def to_dict(self) -> dict[str, Any]:
        """The account of the file, as JSON types."""
        counts = {name: self.counts[name] for name in sorted(self.counts)}
        heading = {"archive": self.file.archive, "crawl": self.file.crawl, "file": self.file.name}
        return {**heading, "bytes": self.size, "is_read": self.is_read, **counts}

    def __str__(self) -> str:
        share = f"{self.place / self.size:.0%} of {self.size / 1e6:,.0f} MB" if self.size else "begun"
        counts = f"{self.counts['of_the_domain']:,} of {self.counts['records']:,} records are of the domain"
        return f"{printable(Path(self.file.name).name)}: {share}, {counts}"


class FilesReader:
    """Reads files one after the other; `take` gives the record of a leased capture."""

    def __init__(
        self, crawler: Crawler, listing: IndexListing, ledger: Ledger, captures: Captures, *, is_dry: bool
    ) -> None:
        self.readings: list[FileReading] = []
        self._crawler, self._listing, self._ledger, self._captures = crawler, listing, ledger, captures
        self._is_dry = is_dry
        self._held: dict[str, HeldRecord] = {}
        self._bytes = self._handed = 0
        self._current: FileReading | None = None

    @property
    def current(self) -> str:
        """What is being read, for display; empty if nothing is."""
        return "" if self._current is None else str(self._current)

    @property
    def unread(self) -> int:
        """How many files were not read to their end."""
        return sum(not reading.is_read for reading in self.readings)

    def take(self, name: str) -> HeldRecord | None:
        """Hand over the record of a capture, once; None if it is not held."""
        held = self._held.pop(name, None)
        if held is not None:
            self._bytes -= held.size
        return held

    async def read(self, files: list[ArchiveFile]) -> None:
        """Read all files, as far as possible; failures are noted in the account."""
        self.readings = [FileReading(file=file) for file in files]
        for reading in self.readings:
            self._current = reading
            try:
                await self._read(reading)
            except EnoughRecordsError:
                return
            except RemoteError as error:
                verdict = error.answer.verdict
                self._listing.fail(reading.file.name, reading.file.place, verdict.outcome, verdict.detail)
            except OSError as error:
                detail = f"the file cannot be read ({cause(error)})"
                self._listing.fail(reading.file.name, reading.file.place, "parse_failed", detail)
        self._current = None

    async def look(self, files: list[ArchiveFile]) -> None:
        """For a dry run: read local files, and fetch only the sizes of others.

        All files of a month of CC-NEWS are assumed to be as large as the first one.
        """
        await self.read([file for file in files if not is_remote(file.place)])
        sizes: dict[str, int] = {}
        for file in files:
            if not is_remote(file.place):
                continue
            reading = FileReading(file=file)
            self.readings.append(reading)
            if file.crawl not in sizes or not file.crawl:
                try:
                    stream, sizes[file.crawl] = await self._open(file)
                    stream.close()
                except RemoteError as error:
                    verdict = error.answer.verdict
                    self._listing.fail(file.name, file.place, verdict.outcome, verdict.detail)
                    continue
            reading.size = sizes[file.crawl]

    async def _read(self, reading: FileReading) -> None:
        file = reading.file
        noted = await self._listing.noted(self._name(file), lasting=True) or {}
        left = await self._ledger.look_up(lambda: self._captures.first_left(file.archive, file.name))
        reading.counts = Counter(noted.get("counts", {}))
        if noted.get("end") and left is None and _is_the_same(file, noted["size"]):
            reading.is_read, reading.size = True, noted["size"]
            self._report_damages(reading, noted.get("damages", []))
            return
        stream, size = await self._open(file)
        with stream:
            reading.size = size
            if noted.get("size", size) != size:
                noted, reading.counts = {}, Counter()  # the file has changed: read all of it
            progress = FileProgress(position=noted.get("position", 0), counts=reading.counts.copy())
            start = progress.position if left is None else min(left, progress.position)
            damages: list[list[Any]] = noted.get("damages", [])
            loop = asyncio.get_running_loop()

            def hand(stretch: Stretch) -> None:
                taken = asyncio.run_coroutine_threadsafe(self._enter(reading, stretch, damages), loop)
                waited(taken, self._is_over)

            most = self._crawler.settings.getint("VIETNAMVN_BATCH")
            reader = StretchReader(file, self._listing.options, most=most, progress=progress, hand=hand)
            await _in_thread(lambda: reader.read(stream, start=start, size=size))
        self._report_damages(reading, damages)

    async def _open(self, file: ArchiveFile) -> tuple[BinaryIO, int]:
        if is_remote(file.place):
            piece = self._crawler.settings.getint("VIETNAMVN_PIECE_BYTES")
            return await open_remote(self._crawler, file.place, piece=piece)
        path = Path(file.place)
        return open_file(path), path.stat().st_size

    async def _enter(self, reading: FileReading, stretch: Stretch, damages: list[list[Any]]) -> None:
        """Enter a stretch into the store and hold its records for the leases; waits if too many are held."""
        await self._room()
        reading.place, reading.counts = stretch.place, Counter(stretch.progress.counts)
        damages += [[place, detail] for place, detail in stretch.damages]
        behind = stretch.progress.position
        note = {
            "position": behind,
            "size": reading.size,
            "end": stretch.is_end,
            "counts": dict(stretch.progress.counts),
            "damages": [damage for damage in damages if damage[0] < behind],
        }
        records = {capture.name: held for capture, held in stretch.found if held is not None}
        found = [capture for capture, _ in stretch.found]
        await self._listing.enter_file(self._name(reading.file), found, note, then=lambda: self._hold(records))
        if records and not self._is_dry:
            self._ledger.open()
        reading.is_read = stretch.is_end

    def _hold(self, records: dict[str, HeldRecord]) -> None:
        """Hold records of pending captures. Called in the store's turn, so that no lease comes in between."""
        if self._is_dry:
            return
        for name in self._captures.pending(records):
            if name not in self._held:
                self._held[name] = records[name]
                self._bytes += records[name].size
                self._handed += 1
        self._captures.at_hand.update((name, None) for name in records if name in self._held)
        self._ledger.frontier.leases.is_dry = False

    async def _room(self) -> None:
        limit = self._listing.options.limit
        while True:
            if self._is_over():
                raise StoppedError
            # Captures of other archives count towards the limit too; records beyond it would never be leased.
            is_spent = self._ledger.frontier.leases.is_spent
            if not self._is_dry and limit is not None and (is_spent or self._handed >= limit):
                raise EnoughRecordsError
            if self._bytes < _MOST_BYTES and len(self._held) < _MOST_RECORDS:
                return
            await asyncio.sleep(_NAP)

    def _is_over(self) -> bool:
        return engine.is_ending(self._crawler)

    def _report_damages(self, reading: FileReading, damages: list[list[Any]]) -> None:
        if not damages:
            return
        places = "; ".join(f"at byte {place}: {detail}" for place, detail in damages[:_SHOWN_DAMAGES])
        more = f"; and {len(damages) - _SHOWN_DAMAGES} more" if len(damages) > _SHOWN_DAMAGES else ""
        file = reading.file
        detail = f"{len(damages)} places of the file cannot be read: {places}{more}"
        self._listing.fail(file.name, file.place, "parse_failed", detail)

    @staticmethod
    def _name(file: ArchiveFile) -> str:
        return f"{file.archive}: {file.name}"


def _is_the_same(file: ArchiveFile, size: int) -> bool:
    """Whether a file that was read still has that size; files on servers are assumed to."""
    return is_remote(file.place) or Path(file.place).stat().st_size == size


async def _in_thread(work: Callable[[], None]) -> None:
    """Run `work` in a daemon thread, which does not keep the process alive if the loop ends first."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def settle(error: BaseException | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def run() -> None:
        error: BaseException | None = None
        try:
            work()
        except BaseException as raised:
            error = raised
        try:
            loop.call_soon_threadsafe(settle, error)
        except RuntimeError:  # the loop is closed, so nobody waits
            return

    threading.Thread(target=run, name="files", daemon=True).start()
    await done
