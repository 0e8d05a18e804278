"""Short digests of what was met before: few in memory, the rest in an unnamed database on the disk."""

from __future__ import annotations

import hashlib
import sqlite3

_IN_MEMORY = 200_000  # some 15 MB; a corpus of one pair and 20,000 articles needs no disk


class Digests:
    """Digests of eight bytes that were met before; those in memory go to a temporary file when they become many."""

    def __init__(self, most: int = _IN_MEMORY) -> None:
        self._most = most
        self._recent: set[int] = set()
        self._disk: sqlite3.Connection | None = None

    def __contains__(self, digest: int) -> bool:
        if digest in self._recent:
            return True
        if self._disk is None:
            return False
        return self._disk.execute("SELECT 1 FROM met WHERE digest = ?", (digest,)).fetchone() is not None

    def add(self, digest: int) -> None:
        """Remember one more digest."""
        self._recent.add(digest)
        if len(self._recent) >= self._most:
            self._spill()

    def _spill(self) -> None:
        if self._disk is None:
            self._disk = sqlite3.connect("")  # SQLite's own temporary file, gone with this process whatever ends it
            self._disk.execute("PRAGMA journal_mode = OFF")
            self._disk.execute("CREATE TABLE met (digest INTEGER PRIMARY KEY)")
        # Sorted: the pages of the table are then written one after the other.
        self._disk.executemany("INSERT OR IGNORE INTO met VALUES (?)", ((digest,) for digest in sorted(self._recent)))
        self._recent.clear()


def digest_of(*texts: str) -> int:
    """Eight bytes of a hash over texts, as the signed number that databases take."""
    joined = b"\0".join(text.encode("utf-8", "surrogatepass") for text in texts)
    return int.from_bytes(hashlib.blake2b(joined, digest_size=8).digest(), "big", signed=True)
