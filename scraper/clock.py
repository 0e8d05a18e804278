"""The clock of the crawl, and how far it was moved: a machine that slept or was restored wakes up at another time."""

from __future__ import annotations

import time
from datetime import datetime, timezone


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(timezone.utc)


class Stopwatch:
    """Seconds since its last `restart`, by a clock that nobody sets; and whether the wall clock went along with it."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Begin anew."""
        self._wall, self._steady = now(), time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds that have passed, those of a sleeping machine not counted."""
        return time.monotonic() - self._steady

    @property
    def jump(self) -> float:
        """Seconds by which the wall clock went ahead of the steady one; below zero where it was put back."""
        return (now() - self._wall).total_seconds() - self.seconds
