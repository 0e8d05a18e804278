"""Fetches given addresses as the crawl does: same politeness, outcomes and records; nothing is stored."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import scrapy
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure
from typing_extensions import Self

from pipelines import extract
from pipelines.errors import in_words
from pipelines.models import Article, Rejected
from pipelines.web.addresses import NoAddressError
from scraper.clock import now
from scraper.hosts import checked_base_url
from scraper.item_pipelines import page_of
from scraper.middlewares.site_rights import RightsMiddleware
from scraper.rights import reservation, respected
from scraper.sources.given import given_addresses
from scraper.visits import Answer, Visit, answer_after, answer_to, request_of, visiting


class UrlsSpider(scrapy.Spider):
    """``scrapy crawl urls -a urls=https://…,https://… -o articles.jsonl``; `urls` may also name a file, one a line.

    Yields a record for each address, an article's or a rejection's, in the order asked; `results` holds them. After
    Ctrl-C those that were not fetched are absent.
    """

    name = "urls"
    # No ledger, so nothing to settle.
    custom_settings = {"ITEM_PIPELINES_BASE": {"scraper.item_pipelines.RecordPipeline": 950}}  # noqa: RUF012  # as Scrapy types it
    addresses: list[str]
    base_url: str
    results: dict[str, Article | Rejected]

    @classmethod
    def check_arguments(cls, arguments: Mapping[str, Any], settings: BaseSettings) -> None:
        """Raise `UsageError` for wrong arguments; ``scrapy crawl`` calls this before it starts anything."""
        given_addresses(arguments.get("urls"))
        respected(settings)
        checked_base_url(arguments.get("base_url") or settings["VIETNAMVN_BASE_URL"])

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Read the addresses."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.addresses = given_addresses(kwargs.get("urls"))
        spider.base_url = checked_base_url(kwargs.get("base_url") or crawler.settings["VIETNAMVN_BASE_URL"])
        spider.results = {}
        spider._progress = progress if callable(progress := kwargs.get("progress")) else lambda done, total: None
        spider._waiting = list(spider.addresses)
        return spider

    _waiting: list[str]
    _progress: Callable[[int, int], object]

    async def start(self) -> AsyncIterator[Any]:
        """A request for each address."""
        for asked in self.addresses:
            try:
                yield visiting(asked, Visit(), callback=self.parse, errback=self.page_failed, asked=asked)
            except NoAddressError as error:
                rejected = _rejected(asked, "offsite", f"not fetched: {error}", now().isoformat())
                for item in self._take(asked, rejected):
                    yield item

    def parse(self, response: Response, asked: str) -> Iterator[Article | Rejected]:
        """Yield the article of a page, or why it has none."""
        try:
            known = self.crawler.get_downloader_middleware(RightsMiddleware)
            result = extract(page_of(response))
            result = result if known is None else known.on(result, response.url)
            if isinstance(result, Article) and (verdict := reservation(result.rights, respected(self.settings))):
                result = _rejected(asked, verdict.outcome, verdict.detail, answer_to(response).fetched_at)
        except Exception as error:  # as in a crawl: only this page is lost
            result = _rejected(asked, "parse_failed", in_words(error), answer_to(response).fetched_at)
        yield from self._take(asked, result)

    def page_failed(self, failure: Failure) -> Iterator[Article | Rejected]:
        """Yield the rejection of an address that brought no page."""
        request = request_of(failure)
        answer = answer_after(failure, request)
        if answer is not None:
            asked = request.cb_kwargs["asked"]
            yield from self._take(asked, rejection(asked, answer))

    def _take(self, asked: str, result: Article | Rejected) -> Iterator[Article | Rejected]:
        """Keep a result; yields those that are next in the order asked."""
        self.results[asked] = result
        self._progress(len(self.results), len(self.addresses))
        while self._waiting and self._waiting[0] in self.results:
            yield self.results[self._waiting.pop(0)]


def rejection(url: str, answer: Answer) -> Rejected:
    """The record of an address that brought no page."""
    # Never "ok", which is a page, nor "unchanged", which only a conditional request brings.
    return _rejected(url, answer.verdict.outcome, answer.verdict.detail, answer.fetched_at)


def _rejected(url: str, outcome: str, detail: str, fetched_at: str) -> Rejected:
    return Rejected(url=url, outcome=outcome, detail=detail, fetched_at=fetched_at)
