"""The actions of ``vietnamvn store`` for upkeep: backup, optimise, migrate, copy."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import UsageError
from pipelines.exits import Exit
from pipelines.store_address import StoreAddress
from scraper.cli.stores import PassedOver, add_store_argument, reading, store_address, writing
from scraper.cli.values import path
from scraper.messages import note, one_line
from scraper.progress import ProgressLine
from scraper.waiting import patient

if TYPE_CHECKING:
    from pipelines.storage import Store


def add_upkeep_arguments(actions: Any) -> None:
    """Declare the actions."""
    backup = actions.add_parser("backup", help="copy the store as it is now, even while a crawl writes")
    backup.add_argument("file", type=path, metavar="FILE", help="the copy; an earlier backup there is replaced")
    optimise = actions.add_parser("optimise", help="free space, merge the indexes; not while a crawl runs")
    migrate = actions.add_parser("migrate", help="bring a store of an older version up to date")
    migrate.add_argument("--dry-run", action="store_true", help="only print the versions")
    copy = actions.add_parser("copy", help="copy every row into another, empty store, of either database")
    copy.add_argument("target", type=store_address, metavar="TO", help="the new store: FILE or postgresql://…")
    for action in (backup, optimise, migrate, copy):
        add_store_argument(action)


def backup(options: argparse.Namespace) -> int:
    """Copy the store's file."""
    from pipelines.storage.upkeep import backup

    with ProgressLine("backing up", at_once=False) as bar:
        size = backup(options.store, options.file, progress=bar.show)
    note(f"{options.file}: {size:,} bytes")
    return Exit.DONE


def optimise(options: argparse.Namespace) -> int:
    """Optimise, and print the size before and after."""
    from pipelines.storage.upkeep import optimise, sizes

    with _alone(options.store), ProgressLine("optimising") as bar, bar.watching():
        with reading(options.store, PassedOver()) as store:
            before = sizes(store).store
        optimise(options.store)
        with reading(options.store, PassedOver()) as store:
            after = sizes(store).store
    note(f"{options.store}: {before:,} bytes before, {after:,} after")
    return Exit.DONE


@contextmanager
def _alone(address: StoreAddress) -> Iterator[None]:
    """Hold the crawl lock of an SQLite store, whose writers would wait in vain; PostgreSQL needs no lock.

    The store is closed meanwhile, since SQLite rewrites its file.
    """
    from scraper.crawl_lock import keep_crawls_out, release_lock

    if address.kind != "sqlite":
        yield
        return
    with writing(address, create=False) as store:
        holder = keep_crawls_out(store)
    try:
        yield
    finally:
        with writing(address, create=False) as store:
            release_lock(store, holder=holder)


def migrate(options: argparse.Namespace) -> int:
    """Migrate, and print the versions."""
    from pipelines.storage.opening import migrate

    with ProgressLine("migrating") as bar, bar.watching():
        old, new = migrate(options.store, dry_run=options.dry_run, wait=patient())
    if old == new:
        done = f"of version {new}, the newest: nothing to do"
    else:
        done = (
            f"of version {old}, to be brought to {new}" if options.dry_run else f"brought from version {old} to {new}"
        )
    print(one_line(f"{options.store}: {done}"))
    return Exit.DONE


def copy(options: argparse.Namespace) -> int:
    """Copy the store into another."""
    from pipelines.storage.upkeep import copy_store

    if options.store == options.target:
        raise UsageError(f"{options.target}: is the store itself; name another")
    with reading(options.store, PassedOver()) as store, ProgressLine("copying") as bar:
        rows = copy_store(
            store,
            options.target,
            progress=lambda done, total: bar.show(done, total, rows=done, last=done == total),
        )
    note(f"{options.target}: {rows:,} rows, copied from {options.store}")
    return Exit.DONE


def sizes_of(store: Store, archive: Path | None) -> dict[str, Any]:
    """Bytes that store and archive take on disk, for `store stats --sizes`."""
    from pipelines.storage.upkeep import sizes

    found = sizes(store)
    return {**asdict(found), "archive": None if archive is None else _folder_bytes(archive)}


def _folder_bytes(folder: Path) -> int:
    try:
        return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    except OSError as error:
        raise UsageError(f"{folder}: cannot be read ({error.strerror}); give the crawl's --archive") from None


def print_sizes(found: dict[str, Any]) -> None:
    """Print the result of `sizes_of` for people."""
    indexes = "unknown" if found["indexes"] is None else f"{found['indexes']:,}"
    archive = "" if found["archive"] is None else f"; the archive's folder {found['archive']:,}"
    print(
        f"\nbytes: store {found['store']:,}, of which indexes {indexes}; responses in the archive "
        f"{found['responses']:,} in {found['files']:,} files{archive}"
    )
