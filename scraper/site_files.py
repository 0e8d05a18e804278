"""Fetches files in which a site speaks for all its pages, as the crawl does; nothing is stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import scrapy
from scrapy.crawler import Crawler
from typing_extensions import Self

from pipelines.rights.judging import NOT_HAD, NotHad
from scraper.asking import ask
from scraper.hosts import checked_base_url
from scraper.sources.robots_answers import file_in
from scraper.visits import Kind, StoppedError


class SiteFilesSpider(scrapy.Spider):
    """Fetches files such as robots.txt and tdmrep.json by their `urls`.

    `files` has the content by address (empty if the file does not exist), `faults` a line for each failed fetch.
    `ended` is False after Ctrl-C.
    """

    name = "site-files"
    custom_settings = {"ITEM_PIPELINES_BASE": {}}  # noqa: RUF012  # as Scrapy types it; nothing is stored
    base_url: str
    files: dict[str, bytes | NotHad]
    faults: list[str]
    ended: bool = False
    _urls: list[str]

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Take the addresses; tdmrep.json is fetched only from hosts of the site at `base_url`."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.base_url = checked_base_url(kwargs.get("base_url") or crawler.settings["VIETNAMVN_BASE_URL"])
        spider._urls = list(kwargs["urls"])
        spider.files, spider.faults = {}, []
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Fetch them one after another."""
        try:
            for url in self._urls:
                kind: Kind = "robots" if url.endswith("/robots.txt") else "sitemap"
                answer = await ask(self.crawler, url, kind=kind)
                self.files[url] = file_in(answer)
                if self.files[url] == NOT_HAD:
                    self.faults.append(f"{url}: {answer.verdict.detail}")
        except (StoppedError, asyncio.CancelledError):
            return
        self.ended = True
        return
        yield  # makes this the asynchronous generator that Scrapy wants
