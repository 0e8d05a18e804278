"""How long to wait for a database server that is down: one policy for commands, spiders and the crawl."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import ParamSpec, TypeVar

from sqlalchemy.util.concurrency import await_only, greenlet_spawn, in_greenlet

from scraper.messages import tell

# A restart of a server takes seconds, a failover a minute; what is down for longer needs a person.
PATIENCE_SECONDS = 300.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.5, 15.0
_SLICE_SECONDS = 0.25
_SIGNALS = (signal.SIGINT, signal.SIGTERM)

P = ParamSpec("P")
T = TypeVar("T")


def patient(
    seconds: float = PATIENCE_SECONDS, *, is_over: Callable[[], bool] = lambda: False
) -> Callable[[int, str], bool]:
    """A `wait` for `open_store`: it says once that it waits, pauses longer each time, and gives up after `seconds`.

    Ctrl-C, SIGTERM and a true `is_over` end it too. Inside `Turns` the event loop runs on meanwhile, elsewhere the
    thread sleeps. After giving up it does not wait again for the next `seconds`, so that a run that ends for this
    ends soon.
    """
    started, given_up, last = 0.0, float("-inf"), float("-inf")

    def wait(attempt: int, cause: str) -> bool:
        nonlocal started, given_up, last
        now = time.monotonic()
        if now - given_up < seconds or is_over():
            return False
        if attempt == 1:
            started = now
            if now - last > _LONGEST_PAUSE_SECONDS:  # once, not for each call during the same outage
                tell(f"{cause} Waiting for it, {seconds:.0f} s at most.")
        pause = min(_FIRST_PAUSE_SECONDS * 2 ** min(attempt - 1, 10), _LONGEST_PAUSE_SECONDS)
        slept = False
        try:
            slept = now - started + pause <= seconds and _slept(pause) and not is_over()
        finally:  # also if the waiting task is cancelled, as by Ctrl-C in a crawl
            last = time.monotonic()
            if not slept:
                given_up = last
        return slept

    return wait


def _slept(seconds: float) -> bool:
    """Pause; returns whether no signal to end came meanwhile."""
    end = time.monotonic() + seconds
    with _heard() as heard:
        while not heard and (left := end - time.monotonic()) > 0:
            _pause(min(left, _SLICE_SECONDS))
        return not heard


def _pause(seconds: float) -> None:
    if in_greenlet():
        await_only(asyncio.sleep(seconds))
    else:
        time.sleep(seconds)


class Turns:
    """Calls of a store from an event loop, one at a time: while one waits for its server, the loop goes on.

    ``await turns(store.lease, 64, holder=...)`` is the plain call as long as nothing waits.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def __call__(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call it when it is its turn; returns what it returns, or raises."""
        async with self._turn:
            return await greenlet_spawn(partial(call, *args, **kwargs))


@contextmanager
def _heard() -> Iterator[list[int]]:
    """Collect signals that come meanwhile, and pass them on to their handlers: Ctrl-C raises, or a crawl winds up."""
    heard: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield heard
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def hear(number: int, frame: FrameType | None) -> None:
        heard.append(number)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number, handler in before.items():
        if callable(handler):  # what is ignored stays ignored, what kills still kills
            signal.signal(number, hear)
    try:
        yield heard
    finally:
        for number, handler in before.items():
            # A handler that was set meanwhile (by Scrapy, for a second Ctrl-C) stays.
            if callable(handler) and signal.getsignal(number) is hear:
                signal.signal(number, handler)
