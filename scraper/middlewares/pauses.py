"""Pauses: if a host asks to be left alone for a while, all requests of the run wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler

from pipelines.web.addresses import read_address
from scraper.engine import is_ending
from scraper.visits import StoppedError

_NAP = 0.25


class PausesMiddleware:
    """Holds requests back until their host's pause is over; if the run ends meanwhile, they are not tried.

    The download handler calls `over` once more: a pause may begin while a request waits in the downloader's queue.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._until: dict[str, float] = {}
        self._spacing: dict[str, float] = {}
        self._next: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PausesMiddleware:
        """Made by Scrapy."""
        return cls(crawler)

    def pause(self, url: str, seconds: float) -> None:
        """Send no request to the host of `url` for `seconds`; a longer pause already set stays."""
        host = read_address(url).netloc
        self._until[host] = max(self._until.get(host, 0.0), time.monotonic() + seconds)

    def space(self, url: str, seconds: float) -> None:
        """Keep `seconds` between two requests to the host of `url` (its Crawl-delay); the longest value set counts."""
        host = read_address(url).netloc
        self._spacing[host] = max(seconds, self._spacing.get(host, 0.0))

    def process_request(self, request: Request) -> Coroutine[Any, Any, None] | None:
        """Let the request pass, or wait."""
        if is_ending(self._crawler):
            raise StoppedError
        if not self._until and not self._spacing:
            return None
        return self._ready(request)

    async def over(self, request: Request) -> None:
        """Wait for the end of the host's pause, if there is one; raises `StoppedError` if the run ends meanwhile."""
        if self._until:
            await self._wait(self._until, read_address(request.url).netloc)

    async def _ready(self, request: Request) -> None:
        host = read_address(request.url).netloc
        await self._wait(self._until, host)
        if delay := self._spacing.get(host):
            await self._wait(self._next, host)
            self._next[host] = time.monotonic() + delay

    async def _wait(self, ends: dict[str, float], host: str) -> None:
        while (left := ends.get(host, 0.0) - time.monotonic()) > 0:
            await asyncio.sleep(min(left, _NAP))
            if is_ending(self._crawler):
                raise StoppedError
