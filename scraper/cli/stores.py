"""The option ``--store``: declared, read and opened in one place for every command."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from pipelines.errors import UsageError
from pipelines.store_address import StoreAddress, read_store_address, shown_address
from scraper import settings
from scraper.messages import tell
from scraper.progress import ProgressLine
from scraper.tombstones import tombstones

if TYPE_CHECKING:
    from pipelines.storage import Store

_HELP = "FILE, sqlite:///FILE or postgresql://USER@HOST/DATABASE"


def add_store_argument(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Declare ``--store``; `options.store` is a `StoreAddress`.

    Without it the store is what `VIETNAMVN_STORE` says, else the default; not so with `required=False`, for commands
    that use a store only where one is named: None.
    """
    # argparse reads a default that is a text like a given value, when the option is not given.
    default = settings.VIETNAMVN_STORE if required else None
    told = f"{_HELP} (default: %(shown)s)" if required else f"{_HELP} (default: no store)"
    shown = shown_address(settings.VIETNAMVN_STORE).replace("%", "%%")
    parser.add_argument(
        "--store", metavar="STORE", type=store_address, default=default, help=told.replace("%(shown)s", shown)
    )


def store_address(text: str) -> StoreAddress:
    """`read_store_address` for argparse, whose message then names the option."""
    try:
        return read_store_address(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


class PassedOver:
    """Tells of every stored row that cannot be read, once, and counts them."""

    def __init__(self) -> None:
        self.rows = 0
        self._told: set[str] = set()

    def __call__(self, fault: str) -> None:
        """Tell of one row, by the line that names it."""
        if fault not in self._told:
            self._told.add(fault)
            self.rows += 1
            tell(f"passed over: {fault}")


def reading(address: StoreAddress, passed_over: PassedOver) -> Store:
    """The store, for reading: waited for where its server is away, its damaged rows told and passed over."""
    from pipelines.storage import open_store  # the database's libraries take a while to load, and --help needs none
    from scraper.waiting import patient

    return open_store(address, read_only=True, wait=patient(), passed_over=passed_over, tombstones=tombstones())


def writing(address: StoreAddress, passed_over: PassedOver | None = None, *, create: bool = True) -> Store:
    """The store, for writing."""
    from pipelines.storage import open_store  # see `reading`
    from scraper.waiting import patient

    return open_store(address, create=create, wait=patient(), passed_over=passed_over, tombstones=tombstones())


def prepared(
    address: StoreAddress, passed_over: PassedOver, *, search: bool, measures: Collection[str], chosen: Collection[str]
) -> Store:
    """The store for reading, with every text in its full-text index and with these measures, where that is asked for.

    Where it cannot be written, this is said: what is not indexed is not found, what is not measured is not chosen by
    the `chosen` of the measures.
    """
    from pipelines.storage import StoreError, StoreUnavailableError  # see `reading`

    if not search and not measures:
        return reading(address, passed_over)
    is_written = False
    try:
        with writing(address, passed_over, create=False) as store:
            if search:
                _index(store)
            if measures:
                _measure(store, measures)
        is_written = True
    except StoreUnavailableError:
        raise
    except StoreError:
        pass  # opening it for reading tells what is wrong, if it is more than that nothing can be written
    store = reading(address, passed_over)
    if is_written:
        # A crawl may go on storing texts: those of a moment ago are measured once more where it counts.
        store.measured_by = partial(_measure_quietly, address, passed_over)
        return store
    if search and (waiting := store.unindexed()):
        tell(f"{store.name}: cannot be written: {waiting:,} texts are not indexed, not searched")
    if chosen and (waiting := store.unmeasured(chosen)):
        tell(f"{store.name}: cannot be written: {waiting:,} texts are not measured, not chosen")
    return store


def _index(store: Store) -> None:
    _shown("indexing", store.unindexed(), iter(store.index, 0))


def _measure(store: Store, names: Collection[str]) -> None:
    _shown("measuring", store.unmeasured(names), store.measure(names=names))


def _measure_quietly(address: StoreAddress, passed_over: PassedOver, names: Iterable[str]) -> None:
    with writing(address, passed_over, create=False) as store:
        for _ in store.measure(names=names):
            pass


def _shown(label: str, total: int, steps: Iterator[int]) -> None:
    """Do what is left, step by step, each of which says how many texts it did."""
    if not total:
        return
    done = 0
    with ProgressLine(label) as bar:
        for number in steps:
            done += number
            bar.show(min(done, total), total, rows=done)
        bar.show(total, total, rows=done, last=True)
