"""Opening a store: the way to every `Store`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from pipelines.errors import VietnamvnError
from pipelines.storage import schema
from pipelines.storage.database import connect, require_place
from pipelines.storage.errors import StoreError
from pipelines.storage.store import Store
from pipelines.store_address import StoreAddress, address_of

TOMBSTONES_SUFFIX = ".tombstones"
"""What the name of the file with a store's tombstones ends with, beside that of an SQLite store."""


def open_store(
    url: str | Path | StoreAddress,
    *,
    read_only: bool = False,
    create: bool = True,
    hosts: Iterable[str] = (),
    wait: Callable[[int, str], bool] | None = None,
    passed_over: Callable[[str], None] | None = None,
    tombstones: Path | None = None,
) -> Store:
    """Open the store at a database address, creating its tables where there are none.

    `url` is a path, ``sqlite:///file.db`` or ``postgresql://user@host/database``. `hosts` are further hosts that serve
    the site's articles (a mirror's): the site's own, and this machine, are known. `wait` is called with the number of
    the attempt and one line of cause when a server is away; it waits and returns whether to try again (None: never).
    `passed_over` is called with one line for every stored row that is damaged, and reading goes on without it; without
    `passed_over` reading such a row raises `DamagedRecordError`. `tombstones` is the file with those of a PostgreSQL
    store; that of an SQLite store is beside it. A backup that was put back may hold what they name: it is removed when
    the store is opened for writing, and the store is not opened for reading before. Raises `StoreError` in one line for
    a file that cannot be opened, is damaged, is no store, or is newer than this program.
    """
    address = address_of(url)
    engine, name = connect(address, read_only=read_only, create=create)
    store = Store(
        engine, name=name, address=address, read_only=read_only, hosts=hosts, wait=wait, passed_over=passed_over
    )
    try:
        store.prepare(create=create)
        _settle(store, tombstones)
    except BaseException:
        store.close()
        raise
    return store


def _settle(store: Store, path: Path | None) -> None:
    """What was taken down, and is there again or in part, goes; see `open_store`."""
    if store.address.kind == "sqlite":
        path = Path(f"{store.address.path}{TOMBSTONES_SUFFIX}")
    is_there = path is not None and path.exists()
    if not is_there and not store.read(schema.is_anything_removed):
        return
    from pipelines.storage.removing import Removal, catch_up, finish, lacking  # few stores need them
    from pipelines.storage.tombstone_file import TombstoneFile

    file = None if path is None else TombstoneFile(path)
    if store.read_only:
        if number := lacking(store, file):
            raise StoreError(
                f"{store.name}: lacks {number:,} tombstones of {path}, so that a backup seems to have been put back; "
                "'vietnamvn store remove' takes down again what they name"
            )
        return
    catch_up(store, file)
    with suppress(VietnamvnError):  # `store check` reports what is left, and the next opening tries again
        finish(store, Removal(), file=file, again=False)


def migrate(
    url: str | Path | StoreAddress, *, dry_run: bool = False, wait: Callable[[int, str], bool] | None = None
) -> tuple[int, int]:
    """Bring a store up to the newest version, as `open_store` does for writing; (from, to).

    With `dry_run` nothing is done. Raises `StoreError` where there is no store, or a newer one.
    """
    address = address_of(url)
    engine, name = connect(address, read_only=dry_run, create=False)
    store = Store(engine, name=name, address=address, read_only=dry_run, hosts=(), wait=wait)
    try:
        version = store.examine()
        if not dry_run or version is None:
            store.prepare(create=False)
    finally:
        store.close()
    assert version is not None  # noqa: S101  # without a store `prepare` has raised
    return version, schema.SCHEMA_VERSION


def require_store(given: object) -> None:
    """Raise `TypeError` for what is no opened store, such as its address."""
    if not isinstance(given, Store):
        raise TypeError(
            f"an opened store is wanted, not {type(given).__name__}: with open_store('corpus.sqlite') as store"
        )


def check_place(url: str | Path | StoreAddress, *, wait: Callable[[int, str], bool] | None = None) -> None:
    """Raise `StoreError` where `open_store` could not open or make a store for writing; makes nothing."""
    address = address_of(url)
    if address.kind == "sqlite" and not Path(address.path).exists():
        require_place(Path(address.path))
        return
    if address.kind == "sqlite" and not os.access(address.path, os.W_OK):
        raise StoreError(f"{address}: is read-only; make file and folder writable, or give another --store")
    engine, name = connect(address, read_only=True, create=False)
    store = Store(engine, name=name, address=address, read_only=True, hosts=(), wait=wait)
    try:
        store.examine()
    finally:
        store.close()
