"""Which process holds a lock or a lease, by a name that outlives it."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def this_holder() -> str:
    """A name for this process: host, process id and when it started, so that a reused id is not taken for it."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def is_dead(holder: str) -> bool:
    """Whether a holder was a process of this machine that is no more. Of other machines we cannot know: False."""
    host, _, rest = holder.partition(":")
    pid, _, started = rest.partition(":")
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # it is there, and another user's
    return _started(int(pid)) != started


def _started(pid: int) -> str:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""  # no /proc on this system: the process id has to do
    # A zombie has ended; it only waits for its parent to hear of it.
    return "ended" if fields[0] == "Z" else fields[19]
