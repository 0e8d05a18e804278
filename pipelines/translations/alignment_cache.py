"""Alignments that are known already, so that a changed version re-aligns only its own pairs.

A SQLite file: the key is the two texts' hashes with their languages, so a new revision is simply another key.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path
from types import TracebackType

from pipelines.errors import VietnamvnError
from pipelines.listing import is_there, no_file
from pipelines.translations.align import Alignment, Bead
from pipelines.translations.units import VersionText

# Goes into every key: raise it whenever the alignment of the same texts changes.
METHOD = 6
_COMMIT_EVERY = 1000


class Memo:
    """Known alignments in a file; a context manager that commits what was added, also when work is interrupted.

    Raises `VietnamvnError` where the file is no memo or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.known = self.aligned = 0
        try:
            if is_there(path) and (kind := no_file(path)) is not None:  # SQLite would wait for what a pipe never gives
                raise sqlite3.OperationalError(kind)
            self._connection = sqlite3.connect(path)
            tables = {name for (name,) in self._connection.execute("SELECT name FROM sqlite_master")}
            if any(name != "alignments" and not name.startswith("sqlite_") for name in tables):
                raise sqlite3.DatabaseError("it is another database, say a store")
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS alignments (key BLOB PRIMARY KEY, value TEXT NOT NULL)"
            )
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def __enter__(self) -> Memo:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._connection.commit()
        self._connection.close()

    def get(self, source: VersionText, target: VersionText) -> Alignment | None:
        """The alignment of these very texts, if it is known."""
        try:
            row = self._connection.execute(
                "SELECT value FROM alignments WHERE key = ?", (_key(source, target),)
            ).fetchone()
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        if row is None:
            return None
        self.known += 1
        beads, evidence, log_ratio, refused = json.loads(row[0])
        return Alignment(
            beads=tuple(Bead(source=tuple(a), target=tuple(b), score=score) for a, b, score in beads),
            evidence=evidence,
            log_ratio=log_ratio,
            refused=refused,
        )

    def put(self, source: VersionText, target: VersionText, alignment: Alignment) -> None:
        """Remember an alignment."""
        beads = [[bead.source, bead.target, bead.score] for bead in alignment.beads]
        value = json.dumps([beads, alignment.evidence, alignment.log_ratio, alignment.refused], ensure_ascii=False)
        try:
            self._connection.execute("INSERT OR REPLACE INTO alignments VALUES (?, ?)", (_key(source, target), value))
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        self.aligned += 1
        if self.aligned % _COMMIT_EVERY == 0:
            self._connection.commit()

    def _unusable(self, error: sqlite3.Error) -> VietnamvnError:
        return VietnamvnError(f"{self._path}: cannot be used for known alignments ({error}); give --memo another file")


def _key(source: VersionText, target: VersionText) -> bytes:
    parts = [METHOD, source.language, target.language, list(source.article.kinds), list(target.article.kinds)]
    parts += [source.content_sha256, target.content_sha256]
    return hashlib.blake2b(json.dumps(parts).encode("ascii"), digest_size=16).digest()
