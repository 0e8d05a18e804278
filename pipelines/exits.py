"""What every command's exit code means: one table for the code, the manifests and the docs."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of the program. Where several hold, the first of 130, 2, 1, 4, 3 is taken."""

    DONE = 0
    """All of it was done."""
    FAILED = 1
    """It could not be done: the output, the store, the network of this machine, or an error of the program's own."""
    USAGE = 2
    """The call is wrong, or an input that it names is not there: nothing was done."""
    PARTIAL = 3
    """Done in part, or not at all for now: some inputs failed, pages are left, or another job holds the lock."""
    BLOCKED = 4
    """The site refuses this client."""
    INTERRUPTED = 130
    """Ctrl-C or SIGTERM; what was done is kept."""
