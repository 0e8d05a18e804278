"""The scheduled crawl: what the site lists, then every article of it in every language that is wanted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import scrapy
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.utils.misc import load_object
from twisted.python.failure import Failure
from typing_extensions import Self

from pipelines import extract
from pipelines.errors import in_words
from pipelines.models import Article, Rejected
from pipelines.outcomes import TRANSIENT, Verdict
from pipelines.printable import printable
from pipelines.storage import Entry, Lease, Store
from pipelines.times import VIETNAM
from pipelines.web.addresses import NoAddressError, read_address
from scraper.clock import now
from scraper.discovery import Discovery
from scraper.ending import RunEnd
from scraper.extensions.run import CrawlRun
from scraper.item_pipelines import page_of
from scraper.items import Unread
from scraper.ledger import Ledger
from scraper.options import CrawlOptions, crawl_options
from scraper.sources.base import Allowed, Found, Listing, NoDays, Site, Source, Wanted
from scraper.sources.site import RobotsSource
from scraper.visits import Answer, Visit, answer_after, answer_to, request_of, visit_of, visiting

DOCUMENT = 1000
"""The priority of documents: what the site lists is read before further attempts at pages."""


class ArticlesSpider(scrapy.Spider):
    """``scrapy crawl articles -a since=2025-10-20 -a lang=en,fr``; the arguments are those of `crawl_options`.

    Addresses come from the sources of `VIETNAMVN_SOURCES` and go into the ledger; what the ledger gives out comes back
    as requests whose callback is `parse`. After the run `end` says how it ended, and `manifest` is its account.
    """

    name = "articles"
    base_url: str
    options: CrawlOptions
    discovery: Discovery

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Read the arguments; a wrong one is told before anything starts."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.options = crawl_options(kwargs, crawler.settings, today=now().astimezone(VIETNAM).date())
        spider.base_url = spider.options.base_url
        return spider

    def begin(self, store: Store) -> None:
        """The run has begun: what it is to do, and where the site was before."""
        self.discovery = Discovery(self.options, self._run.findings, self.settings.getlist("VIETNAMVN_LANGUAGES"))
        self.discovery.remember(str(run.options.get("base_url") or self.base_url) for run in store.runs())

    @property
    def end(self) -> RunEnd | None:
        """How the run ended; None before that."""
        return self._run.end

    @property
    def manifest(self) -> dict[str, Any]:
        """The account as JSON types."""
        return self._run.run.manifest

    # ---- what the site lists

    async def start(self) -> AsyncIterator[Any]:
        """robots.txt; when it lets us in, the sources begin."""
        for found in RobotsSource(self._site).start():
            async for request in self._follow(found):
                yield request

    async def parse_document(self, response: Response, wanted: Wanted) -> AsyncIterator[Any]:
        """What a document lists."""
        async for request in self._read(wanted, answer_to(response)):
            yield request

    async def document_failed(self, failure: Failure) -> AsyncIterator[Any]:
        """A document that could not be had; its source knows what that means."""
        request = request_of(failure)
        answer = answer_after(failure, request)
        if answer is not None:
            async for following in self._read(request.cb_kwargs["wanted"], answer):
                yield following

    async def _read(self, wanted: Wanted, answer: Answer) -> AsyncIterator[Any]:
        try:
            for found in wanted.source.read(wanted, answer):
                async for request in self._follow(found):
                    yield request
        except Exception as error:
            self._run.fail(error)

    async def _follow(self, found: Found) -> AsyncIterator[Request]:
        if isinstance(found, Wanted):
            yield visiting(
                found.url,
                Visit(kind=found.kind),
                callback=self.parse_document,
                errback=self.document_failed,
                priority=DOCUMENT + found.priority,
                wanted=found,
            )
        elif isinstance(found, Listing):
            async for entry, revisit in self._listed(found):
                yield visiting(entry.url, Visit(entry=entry, revisit=revisit))
        elif isinstance(found, Allowed):
            async for request in self._begin_sources(found):
                yield request
        elif isinstance(found, NoDays):
            self._run.findings.days_missing = found.detail
        else:
            self._run.findings.documents.append(found)

    async def _begin_sources(self, allowed: Allowed) -> AsyncIterator[Request]:
        """What failed before and may heal is pending again, the ledger is opened, and the sources begin."""
        ledger = self._ledger
        options, store = self.options, ledger.frontier.store
        since, until = options.since.isoformat(), options.until.isoformat()
        recent = max(options.since, options.revisit_since).isoformat()
        await ledger.look_up(lambda: store.retry(TRANSIENT, now=now(), since=since, until=until))
        await ledger.look_up(lambda: store.retry(["no_translation"], now=now(), since=recent, until=until))
        ledger.open()
        for path in self.settings.getlist("VIETNAMVN_SOURCES"):
            source: Source = load_object(path)(self._site)
            for found in source.start(allowed.robots):
                async for request in self._follow(found):
                    yield request

    async def _listed(self, listing: Listing) -> AsyncIterator[tuple[Entry, bool]]:
        """Entries for the ledger, and whether they are asked for though they are done."""
        ledger = self._ledger
        day, store = listing.day, ledger.frontier.store
        rows: Any = []
        if listing.is_whole and day is not None:
            rows = await ledger.look_up(lambda: store.ledger(day.isoformat()))
        for entry in self.discovery.listed(listing):
            yield entry, False
        if listing.is_whole and day is not None:
            for entry in self.discovery.again(day, rows):
                yield entry, True

    @property
    def _site(self) -> Site:
        return Site(
            options=self.options,
            today=now().astimezone(VIETNAM).date(),
            user_agent=self.settings["USER_AGENT"],
            max_delay=self.settings.getfloat("VIETNAMVN_MAX_CRAWL_DELAY"),
        )

    # ---- articles

    def leased_request(self, lease: Lease) -> Request:
        """The request for an address that the ledger gave out."""
        visit, url = Visit(lease=lease), self.base_url
        try:
            url = read_address(self.discovery.address(lease)).href
        except NoAddressError as error:
            visit.refusal = Verdict(outcome="offsite", detail=f"not fetched: {error}")
        return visiting(url, visit, callback=self.parse, errback=self.page_failed)

    def parse(self, response: Response) -> Iterator[Request | Article | Rejected | Unread]:
        """The translations that a page names, then its article, or why it is none."""
        visit = visit_of(request_of(response))
        try:
            result = extract(page_of(response))
            found = self._translations(visit, result, response.url)
        except Exception as error:  # never lose a crawl to one page: it would be the first of the next run again
            self.logger.warning("%s: %s", printable(response.url), printable(in_words(error)))
            yield self._unread(visit, answer_to(response), "parse_failed", in_words(error))
            return
        for entry in found:
            yield visiting(entry.url, Visit(entry=entry))
        self._ledger.visits[result.url or ""] = visit
        yield result

    def _translations(self, visit: Visit, result: Article | Rejected, url: str) -> list[Entry]:
        if visit.lease is None or not isinstance(result, Article):
            return []
        return self.discovery.translations(visit.lease, result, url)

    def page_failed(self, failure: Failure) -> Iterator[Unread]:
        """An address that brought no page, or the same as before."""
        request = request_of(failure)
        answer = answer_after(failure, request)
        if answer is not None:
            yield self._unread(visit_of(request), answer, answer.verdict.outcome, answer.verdict.detail)

    def _unread(self, visit: Visit, answer: Answer, outcome: str, detail: str) -> Unread:
        return Unread(visit=visit, url=answer.url, outcome=outcome, detail=detail, fetched_at=answer.fetched_at)

    @property
    def _run(self) -> CrawlRun:
        run = self.crawler.get_extension(CrawlRun)
        if run is None:
            raise NotConfigured(f"the spider {self.name} needs scraper.extensions.run.CrawlRun in EXTENSIONS_BASE")
        return run

    @property
    def _ledger(self) -> Ledger:
        ledger = self._run.ledger
        if ledger is None:
            raise RuntimeError("the run has not begun")
        return ledger
