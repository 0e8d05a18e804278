"""Notifies systemd of a crawl: ready once it has begun, a status now and then, signs of life for the watchdog."""

from __future__ import annotations

import asyncio
import os

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from scraper.clock import Stopwatch
from scraper.crawl_progress import plain_line
from scraper.extensions.crawl_run import RunExtension
from scraper.operations.systemd import notify, watchdog_seconds

_STATUS_SECONDS = 15.0


class SystemdNotify:
    """Active only if systemd asks for it (``Type=notify``). Signs of life come from the event loop that does the work:
    if that hangs, systemd ends the service and starts what ``OnFailure=`` names."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._since_start = Stopwatch()
        self._tasks: list[asyncio.Task[None]] = []
        crawler.signals.connect(self._opened, signal=signals.spider_opened)
        crawler.signals.connect(self._closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SystemdNotify:
        """Made by Scrapy."""
        if not os.environ.get("NOTIFY_SOCKET"):
            raise NotConfigured
        return cls(crawler)

    def _opened(self, spider: Spider) -> None:
        self._since_start.restart()
        notify(READY=1, STATUS="crawling")
        self._tasks.append(asyncio.ensure_future(self._send_status()))
        if (seconds := watchdog_seconds()) is not None:
            self._tasks.append(asyncio.ensure_future(self._live(seconds / 2)))

    def _closed(self, spider: Spider) -> None:
        for task in self._tasks:
            task.cancel()
        notify(STOPPING=1, STATUS="storing what was fetched")

    async def _live(self, seconds: float) -> None:
        while True:
            notify(WATCHDOG=1)
            await asyncio.sleep(seconds)

    async def _send_status(self) -> None:
        while True:
            run = self._crawler.get_extension(RunExtension)
            if run is not None and run.ledger is not None:
                outcomes = {str(outcome): count for outcome, count in run.ledger.frontier.outcomes.items()}
                notify(STATUS=plain_line(outcomes, seconds=self._since_start.seconds))
            await asyncio.sleep(_STATUS_SECONDS)
