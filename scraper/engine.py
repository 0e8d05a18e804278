"""Uses of Scrapy's engine beyond its public names; no other module knows them.

`tests/crawl/test_scrapy_names.py` fails when an upgrade of Scrapy takes one of them away.
"""

from __future__ import annotations

import asyncio
from typing import Any

from scrapy.crawler import Crawler

_closing: set[asyncio.Task[None]] = set()


def is_ending(crawler: Crawler) -> bool:
    """Whether the run is being closed, for whatever reason: nothing new may begin."""
    engine: Any = crawler._engine
    if engine is None or engine.spider is None:
        return True
    return not engine.running or engine._slot is None or engine._slot.closing is not None


def is_closing(crawler: Crawler) -> bool:
    """Whether the spider is being closed, even if the engine never ran."""
    engine: Any = crawler._engine
    return engine is not None and engine._slot is not None and engine._slot.closing is not None


def is_interrupted(crawler: Crawler) -> bool:
    """Whether a signal or the end of the reactor stops the engine: nobody should wait any longer."""
    engine: Any = crawler._engine
    return engine is not None and bool(engine._stopping)


def wake(crawler: Crawler) -> None:
    """Make the engine ask the scheduler now; by itself it does so after its own events, or every five seconds."""
    slot: Any = crawler._engine and crawler._engine._slot
    if slot is not None and slot.closing is None:
        slot.nextcall.schedule()


def close(crawler: Crawler, reason: str) -> None:
    """End the run in order, soon; does nothing if it is being closed already."""
    if not is_ending(crawler):
        task = asyncio.ensure_future(crawler.engine.close_spider_async(reason=reason))
        _closing.add(task)  # the event loop itself holds tasks weakly
        task.add_done_callback(_closing.discard)


def release_waiting(crawler: Crawler, error: type[Exception]) -> None:
    """End the requests that wait in the downloader's queues for a delay, with `error` instead of an answer.

    The engine closes only once they are gone, which could take minutes.
    """
    engine: Any = crawler._engine
    for slot in () if engine is None else engine.downloader.slots.values():
        while slot.queue:
            _, answer = slot.queue.popleft()
            answer.errback(error())
