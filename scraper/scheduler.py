"""Scrapy's `SCHEDULER`: addresses come from the store's ledger, documents and retries from memory."""

from __future__ import annotations

import heapq
from itertools import count
from typing import Any

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.dupefilters import BaseDupeFilter
from scrapy.utils.misc import build_from_crawler, load_object
from twisted.internet.defer import Deferred
from typing_extensions import Self

from scraper.extensions.crawl_run import RunExtension
from scraper.visits import visit_of


class LedgerScheduler(BaseScheduler):
    """A request whose visit has an `entry` goes into the ledger, whose key recognises duplicates.

    All others (robots.txt, sitemaps, retries and redirects of leased addresses) wait in memory by priority and come
    first. So do requests of users' own code, unless `DUPEFILTER_CLASS` has seen them. Leased addresses become requests
    by the spider's `leased_request`. A spider without a ledger has the memory alone.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._run = crawler.get_extension(RunExtension)
        self._waiting: list[tuple[int, int, Request]] = []
        self._serial = count()
        self._dupefilter: BaseDupeFilter = build_from_crawler(
            load_object(crawler.settings["DUPEFILTER_CLASS"]), crawler
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        return cls(crawler)

    def open(self, spider: Spider) -> Deferred[None] | None:
        """Open the filter of duplicates."""
        return self._dupefilter.open()

    def close(self, reason: str) -> Deferred[None] | None:
        """Forget what waits in memory; the end of the run releases the leases."""
        self._waiting.clear()
        return self._dupefilter.close(reason)

    def has_pending_requests(self) -> bool:
        """Whether there is, or may be, a request. No side effect: Scrapy asks twice before it closes a run."""
        if self._waiting:
            return True
        return self._run is not None and self._run.ledger is not None and self._run.ledger.has_more

    def enqueue_request(self, request: Request) -> bool:
        """Take a request; returns False if it is a duplicate."""
        if not request.dont_filter and self._dupefilter.request_seen(request):
            spider: Any = self._crawler.spider
            self._dupefilter.log(request, spider)
            return False
        visit = visit_of(request)
        if visit.entry is not None and visit.lease is None and self._run is not None and self._run.ledger is not None:
            self._run.ledger.enter([visit.entry])
        else:
            heapq.heappush(self._waiting, (-request.priority, next(self._serial), request))
        return True

    def next_request(self) -> Request | None:
        """The next request to download, or None if there is none now."""
        if self._waiting:
            return heapq.heappop(self._waiting)[2]
        if self._run is None or self._run.ledger is None:
            return None
        try:
            lease = self._run.ledger.next()
            spider: Any = self._crawler.spider  # one with `leased_request`, such as `ArticlesSpider`
            request: Request | None = None if lease is None else spider.leased_request(lease)
        except Exception as error:  # the engine would call this again and again
            self._run.ledger.break_off(error)
            return None
        return request
