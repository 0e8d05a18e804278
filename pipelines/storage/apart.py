"""Rows of a store that another process reads by itself, as long as it sees the same store.

SQLite has no view of a store that two processes could share. So each reads what is there, and the process
that takes the rows asks `Unchanged` whether anything was written since its view began: if not, both have seen the same.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from pipelines.storage.rows import Raw, RawRow, share_lines
from pipelines.store_address import StoreAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsApart:
    """Revisions by their ids, in the file of a store; `sql` gives their rows, for ids as an array of JSON.

    `file` is the device and number of the file, by which another one in its place is noticed.
    """

    path: str
    file: tuple[int, int]
    sql: str
    ids: Sequence[int]

    def read(self) -> list[RawRow] | None:
        """The rows, for an id that is not there the id; None where this process cannot read them."""
        with suppress(OSError, sqlite3.Error):
            found = _connection(self.path, self.file).execute(self.sql, (json.dumps(self.ids),)).fetchall()
            return in_order(found, self.ids)
        return None


def in_order(found: Sequence[tuple[object, ...]], ids: Sequence[int]) -> list[RawRow]:
    """Rows in the order of these ids, for one that is not there the id."""
    rows = {row.id: row for row in share_lines(map(Raw._make, found))}
    return [rows.get(identifier, identifier) for identifier in ids]


@lru_cache(maxsize=1)
def _connection(path: str, file: tuple[int, int]) -> sqlite3.Connection:
    """For reading alone. Raises `sqlite3.Error`, and `OSError` where there is another file by now."""
    connection = sqlite3.connect(uri_of(Path(path)), uri=True, isolation_level=None)
    connection.execute("PRAGMA query_only = ON")
    connection.execute("SELECT count(*) FROM sqlite_master")  # it is open only now
    if file_of(Path(path)) != file:
        raise FileNotFoundError(path)
    return connection


def uri_of(path: Path, mode: str = "ro") -> str:
    """How SQLite is asked for a file, whose name need not be UTF-8."""
    return f"file:{quote(os.fsencode(path.absolute()))}?mode={mode}"


def file_of(path: Path) -> tuple[int, int]:
    """The device and number of a file, which another one in its place has not. Raises `OSError` where there is none."""
    status = path.stat()
    return status.st_dev, status.st_ino


class Unchanged:
    """Whether nothing was written to the file of a store since this was made, by any process."""

    def __init__(self, path: Path) -> None:
        self.path, self.file = str(path.absolute()), file_of(path)
        # A connection of its own: SQLite counts for each connection what others have committed.
        self._connection = sqlite3.connect(uri_of(path), uri=True, isolation_level=None, check_same_thread=False)
        self._version = self._read()

    def __bool__(self) -> bool:
        with suppress(OSError, sqlite3.Error):
            return self._read() == self._version and file_of(Path(self.path)) == self.file
        return False

    def rows(self, ids: Sequence[int], sql: str) -> RowsApart:
        """These revisions, for another process."""
        return RowsApart(path=self.path, file=self.file, sql=sql, ids=ids)

    def _read(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


@contextmanager
def watched(address: StoreAddress) -> Iterator[Unchanged | None]:
    """Whether a store is written to from now on; None where that cannot be known."""
    found = None
    if address.kind == "sqlite":
        with suppress(OSError, sqlite3.Error):  # a folder where nothing can be written
            found = Unchanged(Path(address.path))
    if found is None:
        yield None
        return
    with closing(found):
        yield found
