"""What was deleted is gone from the disk: no page of the database file, of its log or of a relation holds it still."""

from __future__ import annotations

from contextlib import closing, suppress
from typing import Any

from pipelines.storage.database import connect, translated
from pipelines.storage.errors import StoreError
from pipelines.storage.schema import metadata
from pipelines.store_address import StoreAddress

_PATIENCE_SECONDS = 60


def erase(address: StoreAddress, *, patience: int = _PATIENCE_SECONDS) -> None:
    """Write the database anew without what was deleted. Raises `StoreError` where that cannot be done now.

    SQLite: the full-text index is merged into one piece, the file is written anew (as much room again for a while) and
    its log emptied. PostgreSQL: VACUUM FULL, table by table, each locked meanwhile, and the planner forgets values that
    are gone. `patience` is how many seconds it waits for sessions that read since before.
    """
    engine, name = connect(address, read_only=False, create=False)
    try:
        with translated(name, address), closing(engine.raw_connection()) as connection:
            driver: Any = connection.driver_connection
            if address.kind == "sqlite":
                _erase_file(driver, name)
            else:
                _erase_tables(driver, name, patience)
    finally:
        engine.dispose()


def _erase_file(driver: Any, name: str) -> None:
    driver.execute("PRAGMA secure_delete = ON")
    driver.execute("INSERT INTO search (search) VALUES ('optimize')")
    # Samples of values, which another program may have given the planner.
    if driver.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat4'").fetchone():
        driver.execute("ANALYZE")
    driver.execute("VACUUM")
    busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StoreError(
            f"{name}: another program reads it, so that its log still holds what was removed; end that one, then "
            "'vietnamvn store remove' finishes"
        )


def empty_log(address: StoreAddress) -> None:
    """Empty SQLite's log once more, where nobody reads: what is in it by now names nothing."""
    if address.kind != "sqlite":
        return
    engine, name = connect(address, read_only=False, create=False)
    try:
        with translated(name, address), closing(engine.raw_connection()) as connection:
            driver: Any = connection.driver_connection
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        engine.dispose()


def _erase_tables(driver: Any, name: str, patience: int) -> None:
    import psycopg  # an extra

    driver.autocommit = True  # VACUUM stands in no transaction
    try:
        _wait_for_readers(driver, name, patience)
        for table in [*metadata.tables, "search"]:
            driver.execute(f'VACUUM (FULL, ANALYZE) "{table}"')
        with suppress(psycopg.errors.InsufficientPrivilege):  # docs/removal.md names this limit
            driver.execute("VACUUM (FULL) pg_catalog.pg_statistic")
    finally:
        driver.autocommit = False


def _wait_for_readers(driver: Any, name: str, patience: int) -> None:
    """Wait for transactions that began before: what they may still see is left where it is."""
    before = driver.execute("SELECT clock_timestamp()").fetchone()[0]
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_xmin IS NOT NULL AND xact_start <= %s"
    )
    for _ in range(patience + 1):
        if not driver.execute(query, (before,)).fetchone()[0]:
            return
        driver.execute("SELECT pg_sleep(1)")
    raise StoreError(
        f"{name}: another session has been reading for over {patience} s, so that the tables still hold what "
        "was removed; end it, then 'vietnamvn store remove' finishes"
    )
