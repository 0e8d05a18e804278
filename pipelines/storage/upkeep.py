"""A store over the years: a copy of it while others write, its pages in order, another database, its size."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, func, insert, select, text

from pipelines.batch import files
from pipelines.errors import UsageError
from pipelines.listing import sync_folder
from pipelines.storage.database import connect, translated
from pipelines.storage.errors import StoreError
from pipelines.storage.opening import open_store
from pipelines.storage.schema import (
    claims,
    locks,
    meta,
    metadata,
    records,
    removed,
    revisions,
    tombstones,
    unindexed,
)
from pipelines.storage.store import Store
from pipelines.storage.sweeping import JOURNAL, SEEN
from pipelines.store_address import StoreAddress

Progress = Callable[[int, int], None]
"""Called with how much is done, and how much it is in all."""

_PAGES = 2_000  # of SQLite's at once: between two steps a backup shows its progress, and can be interrupted
_BATCH = 500  # rows
_SQLITE_HEAD: Final = b"SQLite format 3\0"
# Made anew in the other database, which has indexes of its own; a lock is of a process that knows the first one.
_NOT_COPIED: Final = frozenset({meta.name, locks.name, claims.name, unindexed.name})
# What a new store may have, too.
_OF_NO_TEXT: Final = frozenset({meta.name, locks.name, tombstones.name, removed.name})
# What finds texts: the index over words, and the one that joins the slugs of an article.
_INDEXES: Final = ("search", "claims")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How many bytes a store takes: in all, for its `indexes` (None: this SQLite cannot count them), and
    how many the `responses` take in the `files` of the archive that its texts and rejects point into."""

    store: int
    indexes: int | None
    responses: int
    files: int


def sizes(store: Store) -> Sizes:
    """What a store takes. On SQLite the indexes are read for it, some seconds for millions of articles."""
    return store.read(_sizes)


def _sizes(connection: Connection) -> Sizes:
    places: dict[str, int] = {}
    for table in (revisions, metadata.tables["rejects"]):
        rows = connection.execute(
            select(table.c.warc_file, func.sum(table.c.warc_length))
            .where(table.c.warc_file.is_not(None))
            .group_by(table.c.warc_file)
        )
        for file, length in rows:
            places[str(file)] = places.get(str(file), 0) + int(length or 0)
    of = _sqlite_sizes if connection.dialect.name == "sqlite" else _postgresql_sizes
    whole, indexes = of(connection)
    return Sizes(store=whole, indexes=indexes, responses=sum(places.values()), files=len(places))


def _sqlite_sizes(connection: Connection) -> tuple[int, int | None]:
    file = Path(next(row[2] for row in connection.execute(text("PRAGMA database_list"))))
    whole = 0
    for end in ("", "-wal"):
        with suppress(FileNotFoundError):
            whole += Path(f"{file}{end}").stat().st_size
    names = connection.execute(text("SELECT name, tbl_name, type FROM sqlite_master WHERE rootpage > 0"))
    wanted = [name for name, table, kind in names if kind == "index" or str(table).partition("_")[0] in _INDEXES]
    query, indexes = text("SELECT pgsize FROM dbstat WHERE name = :name AND aggregate = 1"), 0
    try:
        for name in wanted:
            indexes += int(connection.execute(query, {"name": name}).scalar() or 0)
    except Exception as error:  # of the driver, under a name of SQLAlchemy's
        if "dbstat" not in str(error):
            raise
        return whole, None
    return whole, indexes


def _postgresql_sizes(connection: Connection) -> tuple[int, int]:
    whole = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    indexes = 0
    for name in [*metadata.tables, "search"]:
        size = "pg_total_relation_size" if name in _INDEXES else "pg_indexes_size"
        indexes += int(connection.execute(text(f"SELECT {size}(to_regclass(:name))"), {"name": name}).scalar() or 0)
    return int(whole), indexes


def backup(address: StoreAddress, target: Path, *, progress: Progress = lambda done, total: None) -> int:
    """Copy an SQLite store as it is now, however much others write meanwhile, to the file `target`; its size in bytes.

    The file is there whole or not at all. One that is there is replaced if it is a store, too. Raises `UsageError` for
    a PostgreSQL database, and where `target` is the store itself or something else; `StoreError` where it cannot be
    read or written.
    """
    if address.kind != "sqlite":
        url = str(address).replace("postgresql+psycopg://", "postgresql://")
        raise UsageError(
            f"{url}: is a PostgreSQL database, which its own tool backs up while others write: "
            f"pg_dump --format=custom --file=FILE '{url}'"
        )
    engine, name = connect(address, read_only=True, create=False)
    _require_replaceable(target, Path(address.path))
    files.sweep(target.absolute().parent)
    temporary = files.temporary_in(target.parent)
    try:
        with translated(name, address), engine.connect() as connection:
            source: Any = connection.connection.driver_connection
            # One view for all steps: else a writer would let it begin again and again.
            connection.execute(select(func.count()).select_from(text("sqlite_master"))).scalar()
            with translated(str(target), address), closing(sqlite3.connect(temporary)) as copy:
                source.backup(copy, pages=_PAGES, progress=lambda _, left, total: progress(total - left, total))
                copy.execute(
                    "PRAGMA journal_mode = DELETE"
                )  # the copy alone is the whole store; no log stands beside it
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        size = temporary.stat().st_size
        temporary.replace(target)
        sync_folder(target.absolute().parent)
    except OSError as error:
        raise StoreError(f"{target}: cannot be written ({error.strerror}); give another file") from None
    finally:
        engine.dispose()
        for end in ("", "-journal", "-wal", "-shm"):
            Path(f"{temporary}{end}").unlink(missing_ok=True)
    return size


def _require_replaceable(target: Path, store: Path) -> None:
    if not target.absolute().parent.is_dir():
        raise UsageError(f"{target}: its folder does not exist; create it first")
    if not target.exists():
        return
    if target.samefile(store):
        raise UsageError(f"{target}: is the store itself; give another file")
    if not target.is_file() or target.open("rb").read(len(_SQLITE_HEAD)) not in (_SQLITE_HEAD, b""):
        raise UsageError(f"{target}: is there, and is no backup of a store; give another file")
    log = Path(f"{target}-wal")
    if log.exists() and log.stat().st_size:  # SQLite would play it into the new file
        raise UsageError(f"{target}: is in use (its log is not empty); give another file")


def optimise(address: StoreAddress) -> None:
    """Give back what deleted rows left, merge the full-text index into one piece, and give the planner its statistics.

    SQLite writes its file anew, which takes as much room again for a while, and nobody else may write meanwhile;
    PostgreSQL goes on serving (VACUUM without FULL, ANALYZE). Raises `StoreError`.
    """
    engine, name = connect(address, read_only=False, create=False)
    try:
        with translated(name, address), closing(engine.raw_connection()) as connection:
            driver: Any = connection.driver_connection
            if address.kind == "sqlite":
                statements = [
                    "INSERT INTO search (search) VALUES ('optimize')",
                    "VACUUM",
                    "ANALYZE",
                    "PRAGMA wal_checkpoint(TRUNCATE)",
                ]
            else:
                driver.autocommit = True  # VACUUM stands in no transaction
                statements = [f'VACUUM (ANALYZE) "{table}"' for table in [*metadata.tables, "search"]]
            for statement in statements:
                driver.execute(statement)
            if address.kind != "sqlite":
                driver.autocommit = False
    finally:
        engine.dispose()


def copy_store(source: Store, target: StoreAddress, *, progress: Progress = lambda done, total: None) -> int:
    """Copy every row of a store, as it is now, into another, empty one; how many.

    Rows keep their numbers. What finds texts (`search`, `claims`) is made anew, locks stay behind. One transaction: a
    copy that is cut off leaves the target empty. Raises `StoreError` where the target holds rows already.
    """
    with open_store(target) as store, source.snapshot():
        if store.read(_is_filled):
            raise StoreError(f"{store.name}: is not empty; a copy goes into a new file or an empty database")
        tables = [table for table in metadata.sorted_tables if table.name not in _NOT_COPIED]
        total = source.read(lambda connection: sum(_count(connection, table) for table in tables))
        texts = source.read(lambda connection: _count(connection, revisions))
        done = 0

        def step(number: int) -> None:
            nonlocal done
            done += number
            progress(done, total + texts)

        def work() -> None:
            nonlocal done
            done = 0
            for table in (tombstones, removed):  # the target may know its own, from the file beside it
                store.write(lambda writing, table=table: writing.execute(delete(table)))  # type: ignore[misc]
            for table in tables:
                source.read(lambda reading, table=table: _copy(store, reading, table, step))  # type: ignore[misc]
            notes = source.read(_notes)
            names = [row["name"] for row in notes]
            store.write(lambda writing: writing.execute(delete(meta).where(meta.c.name.in_(names))))
            store.write(lambda writing: writing.execute(insert(meta), notes))
            store.write(_number_on)
            store.write(lambda writing: writing.execute(_ALL_UNINDEXED))
            while number := store.index(_BATCH):
                step(number)

        store.run(work)
    with open_store(target):
        pass  # what the tombstones beside the target name is taken down in it
    return total


_ALL_UNINDEXED = insert(unindexed).from_select(["revision_id"], select(records.c.revision_id))


def _is_filled(connection: Connection) -> bool:
    tables = [table for table in metadata.tables.values() if table.name not in _OF_NO_TEXT]
    return any(connection.execute(select(table).limit(1)).first() is not None for table in tables)


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _copy(store: Store, reading: Connection, table: Table, step: Callable[[int], None]) -> None:
    rows = iter(reading.execution_options(yield_per=_BATCH).execute(select(table).order_by(*table.primary_key.columns)))
    while some := [dict(row._mapping) for row in islice(rows, _BATCH)]:
        store.write(lambda writing, some=some: writing.execute(insert(table), some))  # type: ignore[misc]
        step(len(some))


def _notes(connection: Connection) -> list[dict[str, Any]]:
    """What a store notes of its rows, such as how many were clustered: all but its version, which the copy has, and
    what is of its own files."""
    rows = connection.execute(select(meta).where(meta.c.name.not_in(("schema_version", JOURNAL, SEEN))))
    return [dict(row._mapping) for row in rows]


def _number_on(connection: Connection) -> None:
    """Let the next row of each table have the number behind the last; SQLite does so by itself."""
    if connection.dialect.name == "sqlite":
        return
    for table in metadata.sorted_tables:
        if "id" in table.c:
            last = connection.execute(select(func.max(table.c.id))).scalar()
            if last is not None:
                connection.execute(
                    text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"),
                    {"name": table.name, "last": last},
                )
