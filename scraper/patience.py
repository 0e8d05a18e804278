"""How long we wait for a database server that is away: the one policy, for commands, spiders and the crawl."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from scraper.messages import tell

# A restart of a server takes seconds, a failover a minute; what is away for longer needs a person.
PATIENCE_SECONDS = 300.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.5, 15.0
_SLICE_SECONDS = 0.25
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def patient(seconds: float = PATIENCE_SECONDS) -> Callable[[int, str], bool]:
    """A `wait` for `open_store`: says once that it waits, pauses longer each time, and gives up after `seconds`.

    Ctrl-C and SIGTERM end it, also where a crawl handles them by an event loop, which cannot run meanwhile. Once given
    up, for whichever reason, the next `seconds` are not waited for again: a run that ends for this ends soon.
    """
    started, given_up = 0.0, float("-inf")

    def wait(attempt: int, cause: str) -> bool:
        nonlocal started, given_up
        now = time.monotonic()
        if now - given_up < seconds:
            return False
        if attempt == 1:
            started = now
            tell(f"{cause} Waiting for it, {seconds:.0f} s at most.")
        pause = min(_FIRST_PAUSE_SECONDS * 2 ** min(attempt - 1, 10), _LONGEST_PAUSE_SECONDS)
        if now - started + pause > seconds or not _slept(pause):
            given_up = time.monotonic()
            return False
        return True

    return wait


def _slept(seconds: float) -> bool:
    """Whether the pause went by without a signal to end."""
    end = time.monotonic() + seconds
    with _heard() as heard:
        while not heard and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _SLICE_SECONDS))
        return not heard


@contextmanager
def _heard() -> Iterator[list[int]]:
    """The signals that come meanwhile. Whoever handles them is told too: by default Ctrl-C raises, a crawl winds up."""
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
            if callable(handler):
                signal.signal(number, handler)
