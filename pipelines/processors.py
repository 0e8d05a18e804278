"""How many processors this process may use."""

from __future__ import annotations

import os


def usable_processors() -> int:
    """Those the system grants it, where the system says; a container often has fewer than the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
