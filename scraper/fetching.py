"""One address in, one typed answer out: hosts, robots, waiting, retries, redirects and decoding, written once.

The spiders, ``scrape URL`` and ``doctor`` all fetch through `Fetcher.fetch`. It works on Scrapy's downloader, which
brings the delay between requests, AutoThrottle, connection pooling, timeouts and size limits.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any, Literal

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from pipelines.models import HtmlPage
from pipelines.outcomes import Outcome, Verdict, judge
from pipelines.printable import printable
from pipelines.site import normalise_url, parse_address
from pipelines.web.addresses import NoAddressError, read_address
from pipelines.web.decoding import ACCEPT_ENCODING, TooLargeError, decode_body
from scraper.archive import Exchange, header_pairs
from scraper.connections import trust_host
from scraper.hosts import AllowedHosts
from scraper.outcomes import judge_failure
from scraper.sources.robots import Robots, parse_robots

Kind = Literal["page", "sitemap", "robots"]
"""What an address is asked for: rules and redirects differ."""

_NAP = 0.25
NO_ROBOTS: frozenset[Outcome] = frozenset({"not_found", "gone", "empty"})
"""Outcomes of robots.txt that mean there is none, so that nothing is disallowed."""


class StoppedError(Exception):
    """The run is ending: this address was not tried, and is nobody's failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What became of one address. `url` is where the answer came from, after redirects; `body` is decoded.

    `exchange` is the last one over the wire, for the archive; None where no response came. `requests` counts them all.
    """

    url: str
    verdict: Verdict
    fetched_at: str
    body: bytes = b""
    status: int = 0
    headers: dict[str, str]
    exchange: Exchange | None = None
    requests: int = 0

    @property
    def page(self) -> HtmlPage:
        """The answer as the extraction takes it."""
        return HtmlPage(
            body=self.body,
            url=self.url,
            content_type=self.headers.get("content-type"),
            status=self.status,
            fetched_at=self.fetched_at,
        )


class Fetcher:
    """Fetches for one run; what it learns of a host (pauses, robots.txt) holds for all its requests."""

    def __init__(self, crawler: Crawler, *, base_url: str, should_stop: Callable[[], bool] = lambda: False) -> None:
        settings = crawler.settings
        self.hosts = AllowedHosts(base_url=base_url)
        trust_host(base_url)
        self.robots: dict[str, Robots] = {}
        self.user_agent: str = settings["USER_AGENT"]
        self._crawler = crawler
        self._should_stop = should_stop
        self._retries = settings.getint("VIETNAMVN_RETRIES")
        self._backoff = settings.getfloat("VIETNAMVN_BACKOFF")
        self._max_retry_after = settings.getfloat("VIETNAMVN_MAX_RETRY_AFTER")
        self._max_crawl_delay = settings.getfloat("VIETNAMVN_MAX_CRAWL_DELAY")
        self._max_redirects = settings.getint("VIETNAMVN_MAX_REDIRECTS")
        self._limit = settings.getint("DOWNLOAD_MAXSIZE")
        self._timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._headers: dict[str, str] = {
            **settings.getdict("DEFAULT_REQUEST_HEADERS"),
            "User-Agent": self.user_agent,
            "Accept-Encoding": ACCEPT_ENCODING,
        }
        self._paused_until: dict[str, float] = {}
        self._crawl_delay: dict[str, float] = {}
        self._robots_locks: dict[str, asyncio.Lock] = {}
        self._robots_problems: dict[str, Verdict] = {}

    async def fetch(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, kind: Kind = "page"
    ) -> Fetched:
        """Fetch one address to its end; with validators, conditionally. Raises `StoppedError` if the run ends.

        robots.txt and sitemaps may be found behind a redirect to any path of a host we may ask, as RFC 9309 says of
        robots.txt, which no robots.txt forbids; a page only under its own slug and language, or it would be another.
        """
        try:
            url = read_address(url).href  # from here on it is asked for, archived and recorded in this one spelling
        except NoAddressError as error:
            verdict = Verdict(outcome="offsite", detail=f"not fetched: {error}")
            return Fetched(url=url, verdict=verdict, fetched_at=_now().isoformat(), headers={})
        first, seen, requests = url, {url}, 0
        headers = dict(self._headers)
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        while True:
            refusal = await self._refusal(url, kind)
            if refusal is not None:
                return Fetched(url=url, verdict=refusal, fetched_at=_now().isoformat(), headers={}, requests=requests)
            fetched = await self._attempts(url, headers)
            requests += fetched.requests
            location = fetched.verdict.location
            if location is None:
                return replace(fetched, requests=requests)
            target, problem = self._redirect(first, url, location, seen, kind)
            if problem is not None:
                verdict = Verdict(outcome="redirected_away", detail=printable(problem))
                return replace(fetched, verdict=verdict, requests=requests)
            seen.add(target)
            url = target

    def obey(self, url: str, robots: Robots) -> None:
        """From now on robots.txt of this host is obeyed, its Crawl-delay included."""
        host = read_address(url).netloc
        self.robots[host] = robots
        self._crawl_delay[host] = robots.delay(self.user_agent) or 0.0

    def pause(self, url: str, seconds: float) -> None:
        """No request goes to the host of `url` for so long; a longer pause already set stays."""
        host = read_address(url).netloc
        self._paused_until[host] = max(self._paused_until.get(host, 0.0), time.monotonic() + seconds)

    async def _refusal(self, url: str, kind: Kind) -> Verdict | None:
        """Why an address is not asked for at all, if so."""
        parts = read_address(url)
        if not self.hosts.allows(parts):
            return Verdict(outcome="offsite", detail=f"not fetched: {parts.netloc} is not a host of the site")
        if kind == "robots":
            return None
        if (problem := await self._learn_robots(parts.scheme, parts.netloc)) is not None:
            return problem
        if not self.robots[parts.netloc].allows(url, self.user_agent):
            return Verdict(outcome="robots", detail="not fetched: robots.txt disallows it")
        return None

    async def _learn_robots(self, scheme: str, host: str) -> Verdict | None:
        """Read a host's robots.txt once; where it cannot be read, its verdict holds for every address of the host."""
        async with self._robots_locks.setdefault(host, asyncio.Lock()):
            if host in self.robots or host in self._robots_problems:
                return self._robots_problems.get(host)
            url = f"{scheme}://{host}/robots.txt"
            fetched = await self.fetch(url, kind="robots")
            outcome = fetched.verdict.outcome
            if outcome in ("ok", *NO_ROBOTS):
                rules = parse_robots(fetched.body if outcome == "ok" else b"", fetched.url)
                refusal = rules.refusal(self.user_agent, max_delay=self._max_crawl_delay)
                if refusal is None:
                    self.obey(url, rules)
                    return None
                fetched = replace(fetched, verdict=Verdict(outcome="robots", detail=refusal))
            problem = replace(fetched.verdict, detail=f"robots.txt of {host}: {fetched.verdict.detail}", retry=False)
            self._robots_problems[host] = problem
            return problem

    def _redirect(self, first: str, url: str, location: str, seen: set[str], kind: Kind) -> tuple[str, str | None]:
        """Where a redirect leads, and why it is not followed if it is not."""
        try:
            target = read_address(location.encode("latin-1"), url).href  # its bytes, as they came
        except NoAddressError as error:
            return location, f"redirects to {location}, which is no address ({error.reason})"
        if target in seen or len(seen) > self._max_redirects:
            return target, f"redirects without end ({len(seen)} so far, the last one to {target})"
        if not self.hosts.allows(target):
            return target, f"redirects to {target}, which is not a host of the site (not followed)"
        if kind != "page":
            return target, None
        before, after = parse_address(first), parse_address(target)
        same = (before.slug, before.language) == (after.slug, after.language)
        same_path = read_address(normalise_url(first)).path == read_address(normalise_url(target)).path
        if (before.slug is not None and not same) or (before.slug is None and not same_path):
            return target, f"redirects to {target}, which is another page (not followed)"
        return target, None

    async def _attempts(self, url: str, headers: dict[str, str]) -> Fetched:
        """The same request again while that may help; the whole host waits in between."""
        attempt = 0
        while True:
            await self._ready(url)
            fetched = await self._once(url, headers)
            attempt += 1
            verdict = fetched.verdict
            if not verdict.retry or attempt > self._retries:
                return replace(fetched, requests=attempt)
            wait = verdict.retry_after
            if wait is not None and wait > self._max_retry_after:
                detail = f"{verdict.detail}; it asks to wait {wait:.0f} s, more than the limit"
                return replace(fetched, verdict=replace(verdict, detail=detail), requests=attempt)
            self.pause(url, wait if wait is not None else self._backoff * 2 ** (attempt - 1))

    async def _ready(self, url: str) -> None:
        host = read_address(url).netloc
        while (left := self._paused_until.get(host, 0.0) - time.monotonic()) > 0:
            self._stop_if_ending()
            await asyncio.sleep(min(left, _NAP))
        self._stop_if_ending()
        if delay := self._crawl_delay.get(host):
            self.pause(url, delay)

    def _stop_if_ending(self) -> None:
        # Scrapy's engine says first of all that it no longer runs: a request begun after that would break its shutdown.
        engine: Any = self._crawler.engine
        if self._should_stop() or not engine.running:
            raise StoppedError

    async def _once(self, url: str, headers: dict[str, str]) -> Fetched:
        # The address goes out as it was read and checked: Scrapy would escape some signs of it once more.
        meta = {
            "download_timeout": self._timeout, "dont_redirect": True, "handle_httpstatus_all": True,
            "verbatim_url": True,
        }  # fmt: skip
        request = Request(url, headers=headers, meta=meta, dont_filter=True)
        engine: Any = self._crawler.engine
        try:
            response: Response = await engine.download_async(request)
        except asyncio.CancelledError:
            raise StoppedError from None
        except Exception as error:  # whatever a downloader raises is this address's outcome
            return Fetched(
                url=url,
                verdict=judge_failure(error, host=read_address(url).host),
                fetched_at=_now().isoformat(),
                headers={},
            )
        moment = _now()
        pairs = header_pairs(response.headers)
        exchange = Exchange(
            url=url,
            request_headers=header_pairs(request.headers),
            status=response.status,
            headers=pairs,
            body=response.body,
            fetched_at=moment.isoformat(),
        )
        lower = {name.lower(): value for name, value in pairs}
        body = b""
        try:
            encodings = [value for name, value in pairs if name.lower() == "content-encoding"]
            decoded = decode_body(response.body, encodings, limit=self._limit)
            body = decoded.body
            verdict = judge(response.status, lower, body, now=moment)
            # What a status alone says (a redirect, a refusal) holds however its body came.
            if decoded.state != "whole" and verdict.outcome in ("ok", "empty"):
                verdict = Verdict(outcome="parse_failed", detail=decoded.detail)
        except TooLargeError as error:
            verdict = Verdict(outcome="too_large", detail=f"{error} (limit {self._limit})")
        return Fetched(
            url=url,
            verdict=verdict,
            fetched_at=exchange.fetched_at,
            body=body,
            status=response.status,
            headers=lower,
            exchange=exchange,
        )


def _now() -> datetime:
    return datetime.now(timezone.utc)
