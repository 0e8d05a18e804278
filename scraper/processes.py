"""Names of the processes that hold locks and leases, which stay unique after the process has ended."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def this_holder() -> str:
    """A name for this process: host, process id and start time (process ids are reused)."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def is_dead(holder: str) -> bool:
    """Whether a holder was a process of this machine that has ended. False for other machines, which are unknown."""
    host, _, rest = holder.partition(":")
    pid, _, started = rest.partition(":")
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # it exists, and is another user's
    return _started(int(pid)) != started


def _started(pid: int) -> str:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""  # no /proc on this system: the process id must do
    # A zombie has ended, though its parent has not collected it yet.
    return "ended" if fields[0] == "Z" else fields[19]
