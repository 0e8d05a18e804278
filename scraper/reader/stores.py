"""The store, opened for reading once for each page that is being made: a store is used by one thread at a time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pipelines.storage import Store, open_store
from pipelines.store_address import StoreAddress
from scraper.cli.stores import PassedOver

_MOST = 4  # pages made at once; further ones wait


class Stores:
    """Up to four opened stores, lent to one page each."""

    def __init__(self, address: StoreAddress) -> None:
        self._address = address
        self._idle: queue.LifoQueue[Store] = queue.LifoQueue()
        self._places = threading.BoundedSemaphore(_MOST)
        self._passed_over = PassedOver()
        self._idle.put(self._open())  # what cannot be opened is told at the start
        self.name = self._idle.queue[0].name
        self.older_version = self._idle.queue[0].older_version

    @contextmanager
    def lent(self) -> Iterator[Store]:
        """A store for the time of one page."""
        with self._places:
            try:
                store = self._idle.get_nowait()
            except queue.Empty:
                store = self._open()
            try:
                yield store
            finally:
                self._idle.put(store)

    def close(self) -> None:
        """Let go of the database."""
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return

    def _open(self) -> Store:
        return open_store(self._address, read_only=True, passed_over=self._passed_over)
