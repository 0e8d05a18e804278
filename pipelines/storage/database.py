"""Connections to the two databases, and their errors in words."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, NoSuchModuleError
from sqlalchemy.pool import QueuePool

from pipelines.listing import no_file
from pipelines.storage import postgresql
from pipelines.storage.errors import StoreError, StoreUnavailableError
from pipelines.storage.presence import Presence
from pipelines.store_address import StoreAddress

# A writer waits for another one this long before SQLite says "locked": longer than any batch takes to commit.
_BUSY_SECONDS = 60
_CACHE_KIB = 64 * 1024  # the index over slugs is hit at random: with 2 MB (the default) it is read again and again
# Far above SQLite's 4 kB: a compressed record then lies on one page with others, not on a chain of overflow pages.
_PAGE_BYTES = 8192
_CHECKPOINT_PAGES = 4000  # 32 MB: random pages of the index are then written back once for many commits


def connect(address: StoreAddress, *, read_only: bool, create: bool) -> tuple[Engine, str]:
    """An engine for a store's address, and the name by which messages call the store (never its password).

    Nothing is opened yet. Raises `StoreError` for a missing SQLite file, and for a place that cannot be one.
    """
    if address.kind == "sqlite":
        return _sqlite(Path(address.path), read_only=read_only, create=create)
    return _postgresql(address, read_only=read_only)


def _sqlite(path: Path, *, read_only: bool, create: bool) -> tuple[Engine, str]:
    try:
        if path.is_dir():
            raise StoreError(f"{path}: is a folder; give the store a file name")
        if not path.exists():
            if read_only or not create:
                raise StoreError(f"{path}: no such store; fill one with 'vietnamvn store add' or 'vietnamvn crawl'")
            require_place(path)
        elif (kind := no_file(path)) is not None:  # SQLite would wait for what a pipe never gives, deaf to signals
            raise StoreError(f"{path}: {kind}; give the store a file name")
    except OSError as error:
        raise StoreError(f"{path}: cannot be a store's file ({error.strerror}); give another --store") from None
    # As bytes: a file's name need not be UTF-8.
    uri = f"file:{quote(os.fsencode(path.absolute()))}"

    mode, presence = "rw" if path.exists() else "rwc", Presence(path)

    def opened() -> sqlite3.Connection:
        # Made once at most: a file that is deleted while it is in use shall not come back as an empty store.
        nonlocal mode
        connection = _reading(path, uri) if read_only else _writing(uri, mode)
        mode = "rw"
        presence.learn()
        return connection

    engine = create_engine("sqlite://", creator=opened, poolclass=QueuePool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # IMMEDIATE: a writer queues before it has read anything, so it never has to give up half-way.
        mode = "IMMEDIATE" if connection.get_execution_options().get("writes") else "DEFERRED"
        connection.exec_driver_sql(f"BEGIN {mode}")

    @event.listens_for(engine, "commit")
    def _commit(connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            presence.check()  # what is committed into a file that has no name any more is not stored

    return engine, str(path)


def _writing(uri: str, mode: str) -> sqlite3.Connection:
    connection = _connected(f"{uri}?mode={mode}")
    connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")  # heeded only by a new file
    connection.execute("PRAGMA journal_mode = WAL")
    # FULL: the log is on the disk when a commit returns. NORMAL would lose acknowledged articles in a power cut; the
    # price is one sync for each transaction, which is why adds are grouped.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    return connection


def _reading(path: Path, uri: str) -> sqlite3.Connection:
    connection = _connected(f"{uri}?mode=ro")
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        connection.close()
        # Readers too need two small files beside the store, and a read-only folder has no place for them. Where no
        # writer has left its log there, the file alone is the whole store.
        log = Path(f"{path}-wal")
        if log.exists() and log.stat().st_size:
            raise
        connection = _connected(f"{uri}?mode=ro&immutable=1")
    connection.text_factory = _text  # for readers alone: a crawl adds 5 % faster without
    return connection


def _connected(uri: str) -> sqlite3.Connection:
    # One thread at a time is the store's rule; which thread may change (a crawler's thread pool).
    return sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)


class BrokenText(str):
    """A text of a damaged file that is no UTF-8: its row is damaged, the query over all rows is not."""

    __slots__ = ()


def _text(stored: bytes) -> str:
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return BrokenText(stored.decode("utf-8", "backslashreplace"))


def require_place(path: Path) -> None:
    """Raise `StoreError` where no new file can be made at `path`; nothing is made."""
    folder = path.absolute().parent
    if not folder.is_dir():
        raise StoreError(f"{path}: its folder does not exist; create it first")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError(f"{path}: its folder is read-only; make it writable, or give another --store")


def _postgresql(address: StoreAddress, *, read_only: bool) -> tuple[Engine, str]:
    name, reached = str(address), False

    def opened() -> Any:
        nonlocal reached
        connection = postgresql.opened(address, name=name, read_only=read_only, reached=reached)
        reached = True
        return connection

    try:
        return create_engine("postgresql+psycopg://", creator=opened), name
    except (NoSuchModuleError, ImportError):
        raise StoreError(f"{name}: the driver is not installed; pip install 'vietnamvn[postgres]'") from None


@contextmanager
def translated(name: str, address: StoreAddress) -> Iterator[None]:
    """Turn the databases' errors into `StoreError` in one line; programming errors pass."""
    try:
        yield
    except DBAPIError as error:
        raise _worded(error.orig, name, address, away=error.connection_invalidated) from error
    except Exception as error:  # of the driver itself: while connecting, and from prepared statements
        if isinstance(error, sqlite3.Error) or hasattr(error, "sqlstate"):
            raise _worded(error, name, address, away=False) from error
        if address.kind == "sqlite" and isinstance(error, (TypeError, ValueError)) and _of_the_library(error):
            # A damaged file gives values of any type, and words of SQLite's that are no UTF-8.
            raise _worded(sqlite3.DatabaseError("malformed"), name, address, away=False) from error
        raise


def _of_the_library(error: Exception) -> bool:
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return at is not None and str(at.tb_frame.f_globals.get("__name__")).startswith(("sqlalchemy", __name__))


def _worded(error: BaseException | None, name: str, address: StoreAddress, *, away: bool) -> BaseException:
    if not isinstance(error, sqlite3.Error):
        return postgresql.worded(error or StoreError(name), name=name, address=address, away=away)
    message = " ".join(str(error).split())
    for sign, kind, words in _SQLITE_ERRORS:
        if sign in message:
            return kind(f"{name}: {words}")
    return StoreError(f"{name}: SQLite says: {message}")


_SQLITE_ERRORS: tuple[tuple[str, type[StoreError], str], ...] = (
    ("disk is full", StoreError, "the disk is full; make room and start again: nothing stored was lost"),
    ("disk I/O error", StoreError, "cannot be written or read (disk full, over a limit, or failing); see to the disk"),
    ("readonly database", StoreError, "is read-only; make file and folder writable, or give another --store"),
    ("malformed", StoreError, "is damaged; take the last backup, or save what is left with 'sqlite3 FILE .recover'"),
    ("not a database", StoreError, "is not an SQLite database, or is damaged; give another --store"),
    ("unable to open", StoreError, "cannot be opened; see to the rights of the file and its folder"),
    ("is locked", StoreUnavailableError, f"another program has been writing for over {_BUSY_SECONDS} s; try later"),
)
