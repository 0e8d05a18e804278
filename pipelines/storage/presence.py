"""Whether an SQLite store is still where its name leads: a file that was deleted takes writes in silence."""

from __future__ import annotations

from pathlib import Path

from pipelines.storage.errors import StoreError


class Presence:
    """The identity of a store's files since it was first opened; `check` costs three calls of ``stat``.

    On Unix an open file that is deleted, or replaced by another of its name, goes on existing for whoever has it
    open: SQLite commits into it, and all of it is gone when the process ends.
    """

    def __init__(self, path: Path) -> None:
        self._name = path
        self._path = path.absolute()
        self._log = Path(f"{self._path}-wal")
        self._known: tuple[int, int] | None = None
        self._known_log: tuple[int, int] | None = None
        self._had_bytes = False

    def learn(self) -> None:
        """The store has just been opened: from the first time on it has to stay this file."""
        if self._known is None:
            self._known = _identity(self._path)

    def check(self) -> None:
        """Raise `StoreError` in one line where the file or its log is no longer the one that was opened."""
        now = _identity(self._path)
        if now != self._known:
            raise StoreError(
                f"{self._name}: was {_what(now)} while it was in use; what was stored since may be lost: put the file "
                "back or start with a new one"
            )
        # Not left to SQLite: a connection that finds an empty file deletes the log, in which it may all still be.
        if self._had_bytes and not _has_bytes(self._path):
            raise StoreError(f"{self._name}: was emptied while it was in use; see to it with 'vietnamvn store check'")
        self._had_bytes = self._had_bytes or _has_bytes(self._path)
        log = _identity(self._log)
        if self._known_log is None:
            self._known_log = log  # SQLite makes it with the first transaction
        elif log != self._known_log:
            raise StoreError(
                f"{self._log}: was {_what(log)} while the store was in use; what was stored since may be lost: see to "
                f"it with 'vietnamvn store check'"
            )


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _has_bytes(path: Path) -> bool:
    return path.stat().st_size > 0


def _what(now: tuple[int, int] | None) -> str:
    return "deleted" if now is None else "replaced by another file"
