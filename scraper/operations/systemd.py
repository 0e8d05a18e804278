"""States for systemd, over its socket in ``NOTIFY_SOCKET`` (sd_notify(3)); without that, nothing is sent."""

from __future__ import annotations

import os
import socket
from contextlib import suppress

_STATUS_LENGTH = 500


def notify(**states: str | int) -> None:
    """Send states, such as ``READY=1`` or ``STATUS="12 pages"``; errors of the socket are ignored."""
    place = os.environ.get("NOTIFY_SOCKET", "")
    if place[:1] not in ("/", "@") or not hasattr(socket, "AF_UNIX"):
        return
    lines = (f"{name}={' '.join(str(value).split())[:_STATUS_LENGTH]}" for name, value in states.items())
    address = "\0" + place[1:] if place[0] == "@" else place  # in the abstract namespace
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
        # Do not wait for a full queue: the next state follows soon.
        to.setblocking(False)
        to.sendto("\n".join(lines).encode(), address)


def watchdog_seconds() -> float | None:
    """The longest time in seconds between signs of life that systemd accepts; None if it wants none."""
    text, pid = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", str(os.getpid()))
    if not text.isdecimal() or pid != str(os.getpid()) or int(text) == 0:
        return None
    return int(text) / 1e6
