"""Given addresses, fetched as the crawl fetches: same politeness, same outcomes, same records."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import Crawler
from typing_extensions import Self

from pipelines import extract
from pipelines.errors import UsageError, in_words
from pipelines.models import Article, Rejected
from scraper.fetching import Fetched, Fetcher, StoppedError
from scraper.hosts import checked_base_url


class UrlsSpider(scrapy.Spider):
    """``scrapy crawl urls -a urls=https://…,https://… -o articles.jsonl``; `urls` may also name a file, one a line.

    Yields a record for each address, an article's or a rejection's; `results` holds them in the order asked. After
    Ctrl-C those that were not fetched are absent.
    """

    name = "urls"

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Read the addresses."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.addresses = _addresses(kwargs.get("urls"))
        base = checked_base_url(kwargs.get("base_url") or crawler.settings["VIETNAMVN_BASE_URL"])
        spider._fetcher = Fetcher(crawler, base_url=base)
        spider.results = {}
        return spider

    addresses: list[str]
    results: dict[str, Article | Rejected]
    _fetcher: Fetcher

    async def start(self) -> AsyncIterator[dict[str, Any]]:
        """Fetch and extract every address; a few at a time, as the settings allow."""
        room = asyncio.Semaphore(self.settings.getint("CONCURRENT_REQUESTS"))

        async def one(url: str) -> Article | Rejected:
            async with room:
                return await self._one(url)

        tasks = [asyncio.ensure_future(one(url)) for url in self.addresses]
        try:
            for url, task in zip(self.addresses, tasks, strict=True):
                self.results[url] = await task
                yield self.results[url].to_dict()
        except StoppedError:
            return
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _one(self, url: str) -> Article | Rejected:
        try:
            fetched = await self._fetcher.fetch(url)
            return extract(fetched.page) if fetched.verdict.outcome == "ok" else rejection(url, fetched)
        except StoppedError:
            raise
        except Exception as error:  # as in a crawl: one page costs itself only
            now = datetime.now(timezone.utc).isoformat()
            return Rejected(url=url, outcome="parse_failed", detail=in_words(error), fetched_at=now)


def rejection(url: str, fetched: Fetched) -> Rejected:
    """What is recorded of an address that brought no page."""
    verdict = fetched.verdict
    # Not "ok", which is a page, and not "unchanged", which only a conditional request can bring.
    return Rejected(url=url, outcome=verdict.outcome, detail=verdict.detail, fetched_at=fetched.fetched_at)


def _addresses(given: object) -> list[str]:
    if isinstance(given, (list, tuple)):
        return [str(url) for url in given]
    if not given:
        raise UsageError("no addresses; give -a urls=https://…,https://… or a file with one on each line")
    text = str(given)
    if not text.startswith(("http://", "https://")):
        try:
            text = Path(text).read_text(encoding="utf-8-sig")
        except OSError as error:
            raise UsageError(f"{text}: no addresses can be read from it ({error.strerror})") from None
        except ValueError as error:
            raise UsageError(f"{text}: no addresses can be read from it ({error}); write it in UTF-8") from None
        return [line.strip() for line in text.splitlines() if line.strip()]
    return [url.strip() for url in text.split(",") if url.strip()]
