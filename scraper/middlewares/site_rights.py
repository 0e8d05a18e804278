"""What the site's files (robots.txt and tdmrep.json) say about the use of its pages."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from pipelines.errors import VietnamvnError
from pipelines.models import Article
from pipelines.rights import Rights
from pipelines.rights.judging import NOT_HAD, NotHad, site_rights
from pipelines.rights.tdmrep import PATH
from pipelines.storage.rights_rows import add_file
from pipelines.web.addresses import WebAddress, read_address
from pipelines.web.robots import Robots
from scraper.asking import asked
from scraper.extensions.crawl_run import RunExtension
from scraper.middlewares.robots import RobotsMiddleware
from scraper.rights import reservation, respected
from scraper.sources.robots_answers import file_in, robots_agent
from scraper.visits import RefusedError, Visit, is_visit, visit_of, visiting

_SECONDS = 10.0  # for tdmrep.json, once per host: its pages wait for it

T = TypeVar("T")


class RightsMiddleware:
    """Fetches each host's tdmrep.json once, before its first page, without retries. The result is recorded, and no page
    fails for it. If rights are respected, pages that the files reserve are refused.

    Both files are stored as they came.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent = robots_agent(crawler.settings)
        self._respected = respected(crawler.settings)
        self._tdmrep: dict[str, bytes | NotHad] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RightsMiddleware:
        """Made by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> Coroutine[Any, Any, None] | None:
        """Fetch tdmrep.json before a host's first page; raises `RefusedError` for a page that the files reserve."""
        if not is_visit(request) or visit_of(request).kind != "page":
            return None
        address = read_address(request.url)
        if address.netloc not in self._tdmrep:
            return self._learned(request, address)
        self._check(request)
        return None

    async def process_response(self, request: Request, response: Response) -> Response:
        """Store robots.txt or tdmrep.json when one comes."""
        visit = visit_of(request)
        if visit.kind in ("robots", "rights") and visit.answer is not None:
            body = file_in(visit.answer)
            if body != NOT_HAD:
                await self._keep(request.meta.get("redirect_urls", [request.url])[0], body, visit.answer.fetched_at)
        return response

    async def _learned(self, request: Request, address: WebAddress) -> None:
        async with self._asking.setdefault(address.netloc, asyncio.Lock()):
            if address.netloc not in self._tdmrep:
                question = visiting(f"{address.scheme}://{address.netloc}{PATH}", Visit(kind="rights"))
                question.meta.update(dont_retry=True, download_timeout=_SECONDS)
                self._tdmrep[address.netloc] = file_in(await asked(self._crawler, question))
        self._check(request)

    def _check(self, request: Request) -> None:
        if self._respected and (verdict := reservation(self.site(request.url), self._respected)) is not None:
            raise RefusedError(verdict)

    async def _keep(self, url: str, body: bytes, fetched_at: str) -> None:
        run = self._crawler.get_extension(RunExtension)
        if run is None or run.ledger is None:
            return
        store = run.ledger.frontier.store
        try:
            await run.ledger.look_up(
                lambda: store.write(lambda connection: add_file(connection, url, body, seen_at=fetched_at))
            )
        except VietnamvnError as error:
            run.fail(error)

    def site(self, url: str) -> Rights:
        """What the files of a page's host say about it, as far as they are known."""
        netloc = read_address(url).netloc
        robots = self._crawler.get_downloader_middleware(RobotsMiddleware)
        rules = None if robots is None else robots.known(netloc)
        known = rules if isinstance(rules, Robots) else None
        return site_rights(url, agent=self._agent, robots=known, tdmrep=self._tdmrep.get(netloc))

    def on(self, result: T, url: str) -> T:
        """An article with the rights of the site's files added to the page's own; other results unchanged."""
        if not isinstance(result, Article):
            return result
        return replace(result, rights=result.rights.with_site(self.site(url)))
