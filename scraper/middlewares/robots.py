"""robots.txt. Replaces Scrapy's `RobotsTxtMiddleware`, which reads rules from answers of any status, takes a 403 or a
timeout for "everything is allowed", and ignores Crawl-delay.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from pipelines.outcomes import Verdict
from pipelines.web.addresses import WebAddress, read_address
from pipelines.web.robots import Robots
from scraper.asking import ask
from scraper.middlewares.pauses import PausesMiddleware
from scraper.sources.robots_answers import robots_agent, robots_in
from scraper.visits import Answer, RefusedError, visit_of


class RobotsMiddleware:
    """Fetches each host's robots.txt once, and refuses what it disallows (outcome `robots`).

    If that fails, every address of the host gets the outcome of the failure: for 403 `blocked`.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        if not settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._agent = robots_agent(settings)
        self._max_delay = settings.getfloat("VIETNAMVN_MAX_CRAWL_DELAY")
        self._rules: dict[str, Robots | Verdict] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Made by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> Coroutine[Any, Any, None] | None:
        """Raise `RefusedError` for a disallowed address; an unknown host's robots.txt is fetched first."""
        if visit_of(request).kind == "robots":
            return None
        address = read_address(request.url)
        if address.netloc not in self._rules:
            return self._learned(request, address)
        self._check(request, address)
        return None

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the rules of every robots.txt response, whichever component asked for it."""
        visit = visit_of(request)
        if visit.kind == "robots" and visit.answer is not None:
            first = request.meta.get("redirect_urls", [request.url])[0]
            self._learn(first, visit.answer)
        return response

    def known(self, netloc: str) -> Robots | Verdict | None:
        """The rules of a host, or why they are missing; None if it was not asked yet."""
        return self._rules.get(netloc)

    async def _learned(self, request: Request, address: WebAddress) -> None:
        async with self._asking.setdefault(address.netloc, asyncio.Lock()):
            if address.netloc not in self._rules:
                url = f"{address.scheme}://{address.netloc}/robots.txt"
                answer = await ask(self._crawler, url, kind="robots")
                if address.netloc not in self._rules:  # no response came: the failure is the outcome of every address
                    self._learn(url, answer)
        self._check(request, address)

    def _learn(self, url: str, answer: Answer) -> None:
        host = read_address(url).netloc
        rules = robots_in(answer)
        if rules is None:
            detail = f"robots.txt of {host}: {answer.verdict.detail}"
            self._rules[host] = replace(answer.verdict, detail=detail, retry=False)
            return
        refusal = rules.refusal(self._agent, max_delay=self._max_delay)
        if refusal is not None:
            self._rules[host] = Verdict(outcome="robots", detail=f"robots.txt of {host}: {refusal}")
            return
        self._rules[host] = rules
        pauses = self._crawler.get_downloader_middleware(PausesMiddleware)
        delay = rules.delay(self._agent)
        if pauses is not None and delay:
            pauses.space(url, delay)

    def _check(self, request: Request, address: WebAddress) -> None:
        known = self._rules[address.netloc]
        if isinstance(known, Verdict):
            raise RefusedError(known)
        if not known.allows(request.url, self._agent):
            raise RefusedError(Verdict(outcome="robots", detail="not fetched: robots.txt disallows it"))
