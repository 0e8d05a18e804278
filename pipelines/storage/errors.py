"""What can go wrong with a store, each in one line that a user can act on."""

from __future__ import annotations

from pipelines.errors import VietnamvnError


class StoreError(VietnamvnError):
    """The store cannot be opened or used: damaged, newer than this program, read-only, disk full, no such store."""


class DamagedRecordError(StoreError):
    """One stored row cannot be read; the others can."""


class DamagedLinesError(DamagedRecordError):
    """What was stripped from one stored page cannot be read; its article can."""


class StoreUnavailableError(StoreError):
    """The database does not answer, or is locked for longer than this program waits; later it may work.

    `conflict`: only another writer was in the way, and the work can be done again at once.
    """

    def __init__(self, message: str, *, conflict: bool = False) -> None:
        super().__init__(message)
        self.conflict = conflict
