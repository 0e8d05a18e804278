"""Scrapy's side of the store: thin adapters, for spiders of your own. Our crawl keeps its own transactions."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from scrapy.crawler import Crawler

from pipelines.models import Article, Rejected
from pipelines.storage import Store, open_store
from pipelines.store_address import DEFAULT_STORE
from scraper.patience import patient


class StoragePipeline:
    """Stores every `Article` and `Rejected` that a spider yields; other items pass.

    Enable it with ``ITEM_PIPELINES = {"scraper.item_pipelines.StoragePipeline": 300}``; the setting `VIETNAMVN_STORE`
    is the store's address. Each item is one transaction: what a callback has yielded is safe when it goes on.
    """

    def __init__(self, crawler: Crawler, url: str) -> None:
        self._crawler = crawler
        self._url = url
        self._store: Store | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StoragePipeline:
        """Made by Scrapy; reads the setting."""
        return cls(crawler, crawler.settings.get("VIETNAMVN_STORE") or DEFAULT_STORE)

    def open_spider(self) -> None:
        """Open the store."""
        self._store = open_store(self._url, wait=patient())

    def close_spider(self) -> None:
        """Close it."""
        if self._store is not None:
            self._store.close()

    def process_item(self, item: Any) -> Any:
        """Store the item and count what came of it in Scrapy's statistics."""
        if isinstance(item, (Article, Rejected)) and self._store is not None:
            added = self._store.add(item, seen_at=item.fetched_at or datetime.now(timezone.utc))
            if self._crawler.stats is not None:
                self._crawler.stats.inc_value(f"vietnamvn/store/{added}")
        return item
