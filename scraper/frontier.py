"""The frontier of the crawl is the ledger of the store: leased, fetched, and done in the transaction of its text.

Results wait in memory for at most a moment and are stored in groups; an address is ours until its group is committed,
so a kill loses nothing but the fetches of that moment, and the next run makes them again.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from pipelines.models import Article, Rejected
from pipelines.outcomes import Outcome
from pipelines.storage import Entry, Http, Lease, Lock, Store, WarcLocation
from scraper.archive import Archive, ArchiveError, Exchange
from scraper.processes import is_dead

ORIGINAL, LISTED, GUESSED = 20, 10, 0
"""Priorities in the ledger: originals come first, since their alternates say what else there is; `GUESSED` addresses
are those that only the slug rule names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of a leased address. `result` is there where a page was read; `found` are addresses it named."""

    lease: Lease
    outcome: Outcome
    detail: str
    at: str
    result: Article | Rejected | None = None
    http: Http | None = None
    exchange: Exchange | None = None
    found: tuple[Entry, ...] = ()


class Frontier:
    """The addresses of one run: `next` gives one, `settle` takes what became of it, `flush` makes it lasting."""

    def __init__(
        self,
        store: Store,
        *,
        holder: str,
        run_id: int,
        batch: int,
        lease_seconds: float,
        clock: Callable[[], datetime],
        archive: Archive | None = None,
        limit: int | None = None,
    ) -> None:
        self.outcomes: Counter[Outcome] = Counter()
        self.added: Counter[str] = Counter()
        self.archive = archive
        self._store, self._holder, self._run_id = store, holder, run_id
        self._batch, self._lease_seconds, self._clock = batch, lease_seconds, clock
        self._left = limit
        self._ready: deque[Lease] = deque()
        self._held: dict[int, Lease] = {}
        self._settled: list[Settled] = []
        self._extended = clock()
        self._dry = False
        self._broken = False

    def put(self, entries: Iterable[Entry]) -> int:
        """Enter addresses; how many are to be fetched because of it."""
        self._dry = False
        return self._store.enqueue(entries, now=self._clock())

    def next(self) -> Lease | None:
        """An address to fetch, or None where there is none at the moment."""
        return self._ready.popleft() if self.fill() else None

    def fill(self) -> bool:
        """Lease the next group if none is waiting; whether one is waiting then."""
        if not self._ready and self._left != 0 and not self._dry:
            wanted = self._batch if self._left is None else min(self._batch, self._left)
            leases = self._store.lease(wanted, holder=self._holder, now=self._clock(), seconds=self._lease_seconds)
            self._ready.extend(leases)
            self._held.update((lease.id, lease) for lease in leases)
            if self._left is not None:
                self._left -= len(leases)
            self._dry = not leases
        return bool(self._ready)

    def look_again(self) -> None:
        """Ask the ledger at the next `next`, though it had nothing a moment ago: others may have given back."""
        self._dry = False

    @property
    def has_ready(self) -> bool:
        """Whether `next` can give an address without asking the store."""
        return bool(self._ready)

    def settle(self, settled: Settled) -> bool:
        """Take what became of an address, to be stored with its group; whether the group is full, and to be flushed."""
        self._settled.append(settled)
        return len(self._settled) >= self._batch

    def flush(self) -> None:
        """Store everything that is settled, in one transaction, and keep alive what is still being fetched."""
        if self.archive is not None:
            self.archive.check()
        now = self._clock()
        if (now - self._extended).total_seconds() > self._lease_seconds / 3:
            self._store.extend(self._held.values(), now=now, seconds=self._lease_seconds)
            self._extended = now
        if not self._settled:
            return
        group, self._settled = self._settled, []
        places: list[WarcLocation | None] = [None] * len(group)
        if self.archive is not None:
            try:
                places = [self.archive.write(s.exchange) if s.exchange is not None else None for s in group]
                self.archive.sync()  # before the transaction: what the store points at is on the disk
            except OSError as error:
                self._broken = True
                raise _unwritable(error) from None
            except Exception:
                self._broken = True
                raise

        def work() -> list[str]:
            return [self._store_one(settled, place) for settled, place in zip(group, places, strict=True)]

        for settled, added in zip(group, self._store.run(work), strict=True):
            del self._held[settled.lease.id]
            self.outcomes["unchanged" if added == "unchanged" else settled.outcome] += 1
            self.added[added] += 1
            self._dry = self._dry and not settled.found

    def close_archive(self) -> None:
        """Nothing more is archived; raises `ArchiveError` where the end of it cannot be written."""
        if self.archive is not None:
            try:
                self.archive.close()
            except OSError as error:
                raise _unwritable(error) from None

    def forget_lost(self) -> None:
        """Raise `ArchiveError` where a file of this run is gone; no text says any more that its response is there."""
        lost = [] if self.archive is None else self.archive.lost()
        if lost:
            texts = self._store.forget_archive(lost, now=self._clock())
            names = lost[0] + (f" and {len(lost) - 1} more" if len(lost) > 1 else "")
            raise ArchiveError(
                f"{names}: gone from the archive or cut short, with the responses of {texts} pages; the next run "
                "fetches them again"
            )

    def give_back(self) -> int:
        """Store what is settled and return what else was leased, at the end of a run; how many.

        What cannot be stored is returned too, and then the error raised. Nothing more goes into a broken archive.
        """
        try:
            if not self._broken:
                self.flush()
        finally:
            returned = self._store.release(list(self._held.values()))
            self._held.clear()
            self._ready.clear()
        return returned

    def _store_one(self, settled: Settled, place: WarcLocation | None) -> str:
        store, lease = self._store, settled.lease
        added = "failed"
        if settled.result is not None:
            added = store.add(
                settled.result, seen_at=settled.at, run_id=self._run_id, lease=lease, http=settled.http, warc=place
            )
            if settled.outcome == "not_found":
                store.mark_gone(lease.slug, lease.language, at=settled.at)
        elif settled.outcome == "unchanged":
            if store.touch(lease, seen_at=settled.at, http=settled.http):
                added = "unchanged"
            else:
                store.fail(lease, "empty", "HTTP 304 for a page that is not stored", settled.at)
        else:
            if settled.outcome in ("not_found", "gone"):
                store.mark_gone(lease.slug, lease.language, at=settled.at)
            store.fail(lease, settled.outcome, settled.detail, settled.at)
        if settled.found:
            store.enqueue(settled.found, now=settled.at)
        return added


# ---- who holds what

_LOCK = "crawl"


def take_lock(store: Store, *, holder: str, now: datetime, seconds: float) -> Lock | None:
    """Take the store's crawl lock, or say who has it. One that a killed process of this machine left is taken over."""
    lock = store.acquire_lock(_LOCK, holder=holder, now=now, seconds=seconds)
    if lock is not None and is_dead(lock.holder):
        store.release_lock(_LOCK, holder=lock.holder)
        lock = store.acquire_lock(_LOCK, holder=holder, now=now, seconds=seconds)
    return lock


def release_lock(store: Store, *, holder: str) -> None:
    """Let go of the store's crawl lock."""
    store.release_lock(_LOCK, holder=holder)


def recover_leases(store: Store) -> int:
    """Give back what killed processes of this machine had leased, so that a restart need not wait; how many."""
    return sum(store.release_holder(holder) for holder in store.lease_holders() if is_dead(holder))


def _unwritable(error: OSError) -> ArchiveError:
    return ArchiveError(f"the archive cannot be written ({error.strerror}); see to its disk")
