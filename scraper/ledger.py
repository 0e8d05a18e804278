"""The frontier beside an event loop: only whoever settles an address waits, for its transaction."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TypeVar

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from pipelines.storage import Lease, ListedAddress
from scraper import engine, signals
from scraper.frontier import Frontier, PageOutcome
from scraper.visits import Visit
from scraper.waiting import Turns

T = TypeVar("T")

_OTHERS_SECONDS = 0.5  # between two looks at the ledger while another crawler holds its last addresses
_SHARED_SECONDS = 0.02  # what several pages bring within this time shares a transaction
_MAX_WAITING_BYTES = 16_000_000


class NotStoredError(DropItem):
    """The run ends because something broke; the next one fetches this result again."""

    def __init__(self) -> None:
        super().__init__("not stored: the run ends", log_level="DEBUG")


class Ledger:
    """Gives out addresses (`next`), takes new ones (`enter`) and results (`settle`); stores them in groups (`keep`).

    `open` it when the site may be asked. `visits` are the pages that were read and not yet settled, by `key_of` of
    their article. `tick` is called at every timed commit, `fail` with the error if one fails.
    """

    def __init__(
        self,
        crawler: Crawler,
        frontier: Frontier,
        *,
        tick: Callable[[], None],
        fail: Callable[[BaseException], None],
    ) -> None:
        settings = crawler.settings
        self.frontier = frontier
        self.visits: dict[tuple[str, str | None], Visit] = {}
        self._crawler = crawler
        self._tick, self._fail = tick, fail
        self._rhythm = _Rhythm(settings.getint("VIETNAMVN_BATCH"), settings.getfloat("VIETNAMVN_COMMIT_SECONDS"))
        self._waiting: list[asyncio.Future[None]] = []
        self._turns = Turns()
        self._is_open = False
        self._is_broken = False

    # ---- for the scheduler

    @property
    def has_more(self) -> bool:
        """Whether there is, or may be, something to fetch. Has no side effect."""
        frontier = self.frontier
        if not self._is_open or self._is_broken:
            return frontier.has_entered and not self._is_broken
        return bool(frontier.leases.ready) or frontier.has_entered or not frontier.leases.is_dry

    def next(self) -> Lease | None:
        """An address to fetch, or None. If few are at hand, the store is asked for more, and then the engine woken."""
        if not self._is_open or self._is_broken:
            return None
        lease = self.frontier.leases.next()
        if len(self.frontier.leases.ready) <= self._rhythm.low and self.has_more:
            self._rhythm.ask()
        return lease

    def enter(self, entries: Iterable[ListedAddress], *, revisit: bool = False) -> None:
        """Take addresses; they are stored with the next group, so not after the page that named them.

        With `revisit` they are fetched again though they are done.
        """
        self.frontier.enter(entries, revisit=revisit)
        engine.wake(self._crawler)

    # ---- for spiders and pipelines

    def open(self) -> None:
        """Start giving out addresses."""
        self._is_open = True
        self.frontier.leases.is_dry = False
        self._rhythm.ask()
        engine.wake(self._crawler)

    def settle(self, visit: Visit, settled: PageOutcome, *, size: int = 0) -> asyncio.Future[None]:
        """Take what became of an address; the future ends when that is stored, or raises `NotStoredError`.

        `size` is its size in memory, in bytes.
        """
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        visit.is_settled = True
        if self._is_broken:
            _answer([future], failed=True)
            return future
        self.frontier.settle(settled)
        self._waiting.append(future)
        self._rhythm.bytes += size
        if self._is_group_due:
            self._rhythm.ask(at_once=True)
        self._crawler.signals.send_catch_log(signals.address_settled, settled=settled, spider=self._crawler.spider)
        return future

    async def look_up(self, call: Callable[[], T]) -> T:
        """Call a method of the store when it is its turn; returns the result."""
        return await self._turns(call)

    def lost(self) -> list[Lease]:
        """Leases that were given out and never settled; call it when no request is under way."""
        return self.frontier.unsettled() if self._is_open and not self._is_broken else []

    def forget(self, visit: Visit) -> None:
        """Drop a visit whose article will not come."""
        for key in [key for key, known in self.visits.items() if known is visit]:
            del self.visits[key]

    # ---- the commits

    async def keep(self) -> None:
        """Store results and lease addresses whenever that is due, until cancelled or something fails."""
        while not self._is_broken:
            is_time = await self._rhythm.due()
            try:
                await self._turns(self._work, is_time=is_time)
            except Exception as error:
                self.break_off(error)
                return
            engine.wake(self._crawler)

    def break_off(self, error: BaseException) -> None:
        """After an error: give out and store nothing more, and fail the futures of waiting results."""
        self._is_broken = True
        self._answer(failed=True)
        self._fail(error)

    def store_rest(self) -> None:
        """At the end of a run, without an event loop: store what waits and release the rest. Raises what went wrong."""
        self._is_broken = True
        try:
            self.frontier.give_back()
        except BaseException:
            self._answer(failed=True)
            raise
        self._answer()

    def _work(self, *, is_time: bool) -> None:
        if self._is_broken:  # after Scrapy's forced stop its loop goes on for a moment
            return
        self._step()
        if is_time and not self._is_broken:
            self._tick()

    def _step(self) -> None:
        self._rhythm.bytes = 0
        waiting, self._waiting = self._waiting, []
        try:
            self.frontier.flush()
        except BaseException:
            self._waiting += waiting
            raise
        _answer(waiting)
        leases = self.frontier.leases
        if self._is_open and not self._is_broken and len(leases.ready) <= self._rhythm.low and not leases.is_dry:
            leases.fill()
            self._rhythm.wait_for_others(not leases.ready and not leases.is_dry)

    def _answer(self, *, failed: bool = False) -> None:
        waiting, self._waiting = self._waiting, []
        _answer(waiting, failed=failed)

    @property
    def _is_group_due(self) -> bool:
        frontier = self.frontier
        if frontier.group >= self._rhythm.batch or self._rhythm.bytes > _MAX_WAITING_BYTES:
            return True
        # Nothing else is under way, so waiting for the clock would waste time.
        return not frontier.in_flight and (not frontier.leases.ready or engine.is_ending(self._crawler))


def _answer(waiting: list[asyncio.Future[None]], *, failed: bool = False) -> None:
    for future in waiting:
        if future.done():
            continue
        if failed:
            future.set_exception(NotStoredError())
            future.exception()  # asyncio would log an exception that nobody has read
        else:
            future.set_result(None)


class _Rhythm:
    """When the next commit is due: as soon as one is asked for, else by the clock."""

    def __init__(self, batch: int, seconds: float) -> None:
        self.batch, self.low = batch, batch // 4
        self.bytes = 0
        self._seconds = seconds
        self._asked = asyncio.Event()
        self._at_once = False
        self._ticked = time.monotonic()
        self._not_before = 0.0

    def ask(self, *, at_once: bool = False) -> None:
        """Ask for a commit; unless `at_once`, it waits a moment so that others share it."""
        if time.monotonic() >= self._not_before:
            self._at_once = self._at_once or at_once
            self._asked.set()

    def wait_for_others(self, is_waiting: bool) -> None:
        """While only other crawlers hold addresses, put off the next look at the ledger."""
        self._not_before = time.monotonic() + _OTHERS_SECONDS if is_waiting else 0.0

    async def due(self) -> bool:
        """Wait for the next commit; returns whether the clock's time has come too."""
        left = self._ticked + self._seconds - time.monotonic()
        if self._not_before:
            left = min(left, _OTHERS_SECONDS)
        with suppress(TimeoutError, asyncio.TimeoutError):
            await asyncio.wait_for(self._asked.wait(), max(left, 0.001))
            if not self._at_once:
                await asyncio.sleep(_SHARED_SECONDS)
        self._asked.clear()
        self._at_once = False
        if time.monotonic() - self._ticked < self._seconds:
            return False
        self._ticked = time.monotonic()
        return True
