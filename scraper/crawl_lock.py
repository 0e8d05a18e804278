"""One run at a time is at work on a store."""

from __future__ import annotations

from datetime import datetime

from pipelines.storage import Lock, Store
from scraper.processes import is_dead

_NAME = "crawl"


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
