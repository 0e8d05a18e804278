"""One run at a time is at work on a store."""

from __future__ import annotations

from datetime import datetime, timezone

from pipelines.errors import VietnamvnError
from pipelines.exits import Exit
from pipelines.storage import Lock, Store
from scraper.processes import is_dead, this_holder

_NAME = "crawl"
_LONGEST_UPKEEP = 86_400.0  # seconds; a file of 100 GB is written anew in less


class BusyError(VietnamvnError):
    """A crawl is at work on the store: nothing was done."""

    exit_code = Exit.PARTIAL


def take_lock(store: Store, *, holder: str, now: datetime, seconds: float) -> Lock | None:
    """Take the store's crawl lock, or say who has it. One that a killed process of this machine left is taken over."""
    lock = store.acquire_lock(_NAME, holder=holder, now=now, seconds=seconds)
    if lock is not None and is_dead(lock.holder):
        store.release_lock(_NAME, holder=lock.holder)
        lock = store.acquire_lock(_NAME, holder=holder, now=now, seconds=seconds)
    return lock


def release_lock(store: Store, *, holder: str) -> None:
    """Let go of the store's crawl lock."""
    store.release_lock(_NAME, holder=holder)


def keep_crawls_out(store: Store) -> str:
    """Take the crawl lock for work beside which no crawl may run; the holder, for `release_lock`.

    Raises `BusyError` where a crawl has it.
    """
    holder = this_holder()
    lock = take_lock(store, holder=holder, now=datetime.now(timezone.utc), seconds=_LONGEST_UPKEEP)
    if lock is not None:
        raise BusyError(f"{store.name}: a crawl is running ({lock.holder}, since {lock.acquired_at}); nothing was done")
    return holder
