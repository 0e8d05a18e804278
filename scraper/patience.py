"""How long we wait for a database server that is away."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

# A restart of a server takes seconds, a failover a minute; what is away for longer needs a person.
PATIENCE_SECONDS = 300.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.5, 15.0


def patient(seconds: float = PATIENCE_SECONDS) -> Callable[[int, str], bool]:
    """A `wait` for `open_store`: says once that it waits, pauses longer each time, and gives up after `seconds`."""
    started = 0.0

    def wait(attempt: int, cause: str) -> bool:
        nonlocal started
        now = time.monotonic()
        if attempt == 1:
            started = now
            sys.stderr.write(f"vietnamvn: {cause} Waiting for it, {seconds:.0f} s at most.\n")
        pause = min(_FIRST_PAUSE_SECONDS * 2 ** min(attempt - 1, 10), _LONGEST_PAUSE_SECONDS)
        if now - started + pause > seconds:
            return False
        time.sleep(pause)
        return True

    return wait
