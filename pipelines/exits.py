"""What every command's exit code means: one table for the code, the manifests, --help and docs/exit-codes.md."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of the program; `MEANINGS` says what each is for. Where several hold, see `worst`."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    PARTIAL = 3
    BLOCKED = 4
    INTERRUPTED = 130


MEANINGS: Mapping[Exit, str] = {
    Exit.DONE: "all of it was done",
    Exit.FAILED: "it could not be done: the output, the store, the network, or an error of the program's own",
    Exit.USAGE: "wrong usage, or an input that is not there: nothing was done",
    Exit.PARTIAL: "done in part, or not at all for now: some inputs failed, pages are left, another job holds the lock",
    Exit.BLOCKED: "the site refuses this client",
    Exit.INTERRUPTED: "interrupted (Ctrl-C or SIGTERM); what was done is kept",
}

_GRAVEST_FIRST = (Exit.INTERRUPTED, Exit.USAGE, Exit.FAILED, Exit.BLOCKED, Exit.PARTIAL, Exit.DONE)


def worst(*codes: Exit) -> Exit:
    """The code that stands for several, the gravest; none is done.

    >>> worst(Exit.PARTIAL, Exit.DONE, Exit.BLOCKED).name
    'BLOCKED'
    """
    return min((Exit.DONE, *codes), key=_GRAVEST_FIRST.index)
