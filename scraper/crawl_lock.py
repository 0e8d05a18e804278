"""Only one run works on a store at a time."""

from __future__ import annotations

from datetime import datetime, timezone

from pipelines.errors import VietnamvnError
from pipelines.exits import Exit
from pipelines.storage import Lock, Store
from scraper.processes import is_dead, this_holder

_NAME = "crawl"
_LONGEST_UPKEEP = 86_400.0  # seconds; rewriting a file of 100 GB takes less


class BusyError(VietnamvnError):
    """A crawl is working on the store: nothing was done."""

    exit_code = Exit.PARTIAL


def take_lock(store: Store, *, holder: str, now: datetime, seconds: float) -> Lock | None:
    """Take the crawl lock (also from a dead process of this machine), or return the lock that another holder has."""
    lock = store.acquire_lock(_NAME, holder=holder, now=now, seconds=seconds)
    if lock is not None and is_dead(lock.holder):
        store.release_lock(_NAME, holder=lock.holder)
        lock = store.acquire_lock(_NAME, holder=holder, now=now, seconds=seconds)
    return lock


def release_lock(store: Store, *, holder: str) -> None:
    """Release the store's crawl lock."""
    store.release_lock(_NAME, holder=holder)


def keep_crawls_out(store: Store) -> str:
    """Take the crawl lock for work during which no crawl may run; returns the holder, for `release_lock`.

    Raises `BusyError` if a crawl has it.
    """
    holder = this_holder()
    lock = take_lock(store, holder=holder, now=datetime.now(timezone.utc), seconds=_LONGEST_UPKEEP)
    if lock is not None:
        raise BusyError(f"{store.name}: a crawl is running ({lock.holder}, since {lock.acquired_at}); nothing was done")
    return holder
