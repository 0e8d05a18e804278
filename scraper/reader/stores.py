"""A pool of opened stores for reading: each page gets one, since one thread may use a store at a time."""

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
        self._idle.put(self._open())  # so that a store that cannot be opened fails at the start
        self.name = self._idle.queue[0].name
        self.older_version = self._idle.queue[0].older_version

    @contextmanager
    def lent(self) -> Iterator[Store]:
        """Lend a store while one page is made."""
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
        """Close all stores."""
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return

    def _open(self) -> Store:
        return open_store(self._address, read_only=True, passed_over=self._passed_over)
