"""The clock of the crawl, and how far it jumped: a machine that slept or was restored wakes up at another time."""

from __future__ import annotations

import time
from datetime import datetime, timezone


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(timezone.utc)


def lasting(seconds: float) -> str:
    """A duration for people.

    >>> lasting(42), lasting(600), lasting(9000)
    ('42 s', '10 min', '2.5 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


class Stopwatch:
    """Seconds since its last `restart`, by the monotonic clock; and how far the wall clock went another way."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Start again from 0."""
        self._wall, self._steady = now(), time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since `restart`, without those in which the machine slept."""
        return time.monotonic() - self._steady

    @property
    def jump(self) -> float:
        """Seconds by which the wall clock ran ahead of the monotonic one; negative if it was set back."""
        return (now() - self._wall).total_seconds() - self.seconds
