"""The option ``--store``, declared, read and opened in one place for every command."""

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

    Without it the store is that of `VIETNAMVN_STORE`, else the default. With `required=False`, for commands that use a
    store only if one is named, it is None.
    """
    # argparse applies `type` to a default that is a text, too.
    default = settings.VIETNAMVN_STORE if required else None
    help_text = f"{_HELP} (default: %(shown)s)" if required else f"{_HELP} (default: no store)"
    shown = shown_address(settings.VIETNAMVN_STORE).replace("%", "%%")
    parser.add_argument(
        "--store", metavar="STORE", type=store_address, default=default, help=help_text.replace("%(shown)s", shown)
    )


def store_address(text: str) -> StoreAddress:
    """`read_store_address` for argparse, whose error names the option."""
    try:
        return read_store_address(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


class PassedOver:
    """Reports every stored row that cannot be read, once, and counts them."""

    def __init__(self) -> None:
        self.rows = 0
        self._seen: set[str] = set()

    def __call__(self, fault: str) -> None:
        """Report one row, by a line that names it."""
        if fault not in self._seen:
            self._seen.add(fault)
            self.rows += 1
            tell(f"passed over: {fault}")


def reading(address: StoreAddress, passed_over: PassedOver) -> Store:
    """The store opened for reading; waits for its server, and skips damaged rows, which are reported."""
    from pipelines.storage import open_store  # slow: it loads the database's libraries
    from scraper.waiting import patient

    return open_store(address, read_only=True, wait=patient(), passed_over=passed_over, tombstones=tombstones())


def writing(address: StoreAddress, passed_over: PassedOver | None = None, *, create: bool = True) -> Store:
    """The store opened for writing; waits for its server."""
    from pipelines.storage import open_store  # see `reading`
    from scraper.waiting import patient

    return open_store(address, create=create, wait=patient(), passed_over=passed_over, tombstones=tombstones())


def prepared(
    address: StoreAddress, passed_over: PassedOver, *, search: bool, measures: Collection[str], chosen: Collection[str]
) -> Store:
    """The store opened for reading, after indexing all texts (`search`) and measuring them (`measures`).

    If it cannot be written, that is reported: texts that are not indexed are not found, and those without the `chosen`
    measures are not selected.
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
        pass  # opening it for reading reports any other fault
    store = reading(address, passed_over)
    if is_written:
        # A crawl may store more texts meanwhile: these are measured when they are needed.
        store.measured_by = partial(_measure_quietly, address, passed_over)
        return store
    if search and (waiting := store.unindexed()):
        tell(f"{store.name}: cannot be written: {waiting:,} texts are not indexed and not searched")
    if chosen and (waiting := store.unmeasured(chosen)):
        tell(f"{store.name}: cannot be written: {waiting:,} texts are not measured and not selected")
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
    """Run `steps` under a bar; each yields how many texts it did."""
    if not total:
        return
    done = 0
    with ProgressLine(label) as bar:
        for number in steps:
            done += number
            bar.show(min(done, total), total, rows=done)
        bar.show(total, total, rows=done, last=True)
