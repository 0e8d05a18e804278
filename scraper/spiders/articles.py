"""The scheduled crawl: what the site lists, then each listed article in every wanted language."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object
from twisted.python.failure import Failure
from typing_extensions import Self

from pipelines.errors import VietnamvnError, in_words
from pipelines.models import Article, Rejected
from pipelines.outcomes import TRANSIENT, Verdict
from pipelines.printable import printable
from pipelines.rights.page_signals import header_rights
from pipelines.storage import Lease, ListedAddress, Store
from pipelines.times import VIETNAM
from pipelines.web.addresses import NoAddressError
from scraper.archive import Archive
from scraper.clock import now
from scraper.discovery import Discovery
from scraper.frontier import Frontier
from scraper.item_pipelines import page_of
from scraper.items import UnreadAddress
from scraper.leases import Terms
from scraper.ledger import Ledger
from scraper.middlewares.site_rights import RightsMiddleware
from scraper.options import CrawlOptions, crawl_options
from scraper.reconciliation import SourceDocument
from scraper.rights import reservation, respected
from scraper.sources.base import Allowed, Found, ListedArticles, NoDays, Source, SourceContext, WantedDocument, document
from scraper.sources.robots_answers import robots_agent
from scraper.sources.site import RobotsSource
from scraper.spiders.run import RunSpider
from scraper.visits import Answer, Visit, answer_after, answer_to, key_of, request_of, visit_of, visiting

DOCUMENT = 1000
"""The priority of documents: they are read before pages are retried."""


class SourceError(VietnamvnError):
    """A source cannot be loaded, or failed."""


class ArticlesSpider(RunSpider):
    """``scrapy crawl articles -a since=2025-10-20 -a lang=en,fr``; the arguments are those of `crawl_options`.

    Addresses come from the sources of `VIETNAMVN_SOURCES` and go into the ledger; those that the ledger gives out
    become requests with the callback `parse`. After the run, `end` says how it ended, and `manifest` is its account.
    """

    name = "articles"
    base_url: str
    options: CrawlOptions
    discovery: Discovery

    @classmethod
    def check_arguments(cls, arguments: Mapping[str, Any], settings: BaseSettings) -> None:
        """Raise `UsageError` for wrong arguments; ``scrapy crawl`` calls this before it starts anything."""
        crawl_options(arguments, settings, today=now().astimezone(VIETNAM).date())

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Read the arguments. Raises `UsageError`."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.options = crawl_options(kwargs, crawler.settings, today=now().astimezone(VIETNAM).date())
        spider.base_url = spider.options.base_url
        return spider

    def begin(self, store: Store, terms: Terms, archive: Archive | None) -> Frontier:
        """Prepare discovery, and make the frontier of the run that has begun."""
        self.discovery = Discovery(self.options, self._run.findings, self.settings.getlist("VIETNAMVN_LANGUAGES"))
        self.discovery.remember(str(run.options.get("base_url") or self.base_url) for run in store.runs())
        return Frontier(store, terms, archive=archive, translations=self.discovery.translations)

    # ---- what the site lists

    async def start(self) -> AsyncIterator[Any]:
        """Request robots.txt; if it allows the crawl, the sources begin."""
        for found in RobotsSource(self._site).start():
            async for request in self._follow(found):
                yield request

    async def parse_document(self, response: Response, wanted: WantedDocument) -> AsyncIterator[Any]:
        """Give a document to its source, and follow what it lists."""
        async for request in self._read(wanted, answer_to(response)):
            yield request

    async def document_failed(self, failure: Failure) -> AsyncIterator[Any]:
        """Give the failure of a document to its source, which decides what it means."""
        request = request_of(failure)
        answer = answer_after(failure, request)
        if answer is not None:
            async for following in self._read(request.cb_kwargs["wanted"], answer):
                yield following

    async def _read(self, wanted: WantedDocument, answer: Answer) -> AsyncIterator[Any]:
        try:
            for found in wanted.source.read(wanted, answer):
                async for request in self._follow(found):
                    yield request
            self._run.findings.awaited.pop(wanted, None)
        except VietnamvnError as error:  # of the store or of the source: its message says enough
            self._run.fail(error)
        except Exception as error:
            name = type(wanted.source).__name__
            self._run.fail(SourceError(f"the source {name} failed on {wanted.url} ({type(error).__name__}: {error})"))

    async def _follow(self, found: Found) -> AsyncIterator[Request]:
        if isinstance(found, WantedDocument):
            detail = "no answer: a middleware dropped the request, or failed"
            self._run.findings.awaited[found] = document(found, "dropped", detail)
            yield visiting(
                found.url,
                Visit(kind=found.kind),
                callback=self.parse_document,
                errback=self.document_failed,
                priority=DOCUMENT + found.priority,
                wanted=found,
            )
        elif isinstance(found, ListedArticles):
            await self._enter(found)
        elif isinstance(found, Allowed):
            async for request in self._begin_sources(found):
                yield request
        elif isinstance(found, NoDays):
            self._run.findings.days_missing = found.detail
        elif isinstance(found, SourceDocument):
            self._run.findings.documents.append(found)
        else:
            raise SourceError(f"a source found {found!r:.100}, which is nothing of scraper.sources.base.Found")

    async def _begin_sources(self, allowed: Allowed) -> AsyncIterator[Request]:
        """Make addresses pending again whose failure may have passed, open the ledger, and start the sources."""
        ledger = self._ledger
        options, store = self.options, ledger.frontier.store
        since, until = options.since.isoformat(), options.until.isoformat()
        recent = max(options.since, options.revisit_since).isoformat()
        await ledger.look_up(lambda: store.retry(TRANSIENT, now=now(), since=since, until=until))
        await ledger.look_up(lambda: store.retry(["no_translation"], now=now(), since=recent, until=until))
        ledger.open()
        for path in self.settings.getlist("VIETNAMVN_SOURCES"):
            try:
                source: Source = load_object(path)(self._site)
                for found in source.start(allowed.robots):
                    async for request in self._follow(found):
                        yield request
            except VietnamvnError:
                raise
            except Exception as error:
                raise SourceError(f"the source {path} failed ({type(error).__name__}: {error})") from error

    async def _enter(self, listing: ListedArticles) -> None:
        """Enter what a document lists; some of it is fetched again though it is done."""
        ledger = self._ledger
        day, store = listing.day, ledger.frontier.store
        rows: Any = []
        if listing.is_whole and day is not None:
            rows = await ledger.look_up(lambda: store.ledger(day.isoformat()))
        ledger.enter(self.discovery.listed(listing))
        if listing.is_whole and day is not None:
            ledger.enter(self.discovery.again(day, rows), revisit=True)

    @property
    def _site(self) -> SourceContext:
        return SourceContext(
            options=self.options,
            today=now().astimezone(VIETNAM).date(),
            user_agent=robots_agent(self.settings),
            max_delay=self.settings.getfloat("VIETNAMVN_MAX_CRAWL_DELAY"),
        )

    # ---- articles

    def leased_request(self, lease: Lease) -> Request:
        """The request for an address that the ledger gave out."""
        visit = Visit(lease=lease)
        try:
            return self._page_request(self.discovery.address(lease), visit)
        except NoAddressError as error:  # a request needs some address; this one is refused, not sent
            visit.refusal = Verdict(outcome="offsite", detail=f"not fetched: {error}")
            return self._page_request(self.base_url, visit)

    def _page_request(self, url: str, visit: Visit) -> Request:
        return visiting(url, visit, callback=self.parse, errback=self.page_failed)

    async def parse(self, response: Response) -> AsyncIterator[Request | Article | Rejected | UnreadAddress]:
        """Yield requests for the translations that a page names, then its article, or why it has none."""
        visit = visit_of(request_of(response))
        try:
            result = self._with_rights(await self._run.extractor.extract(page_of(response)), response.url)
            found = self._translations(visit, result, response.url)
        except Exception as error:  # one page must not end the crawl: the next run would begin with it again
            self.logger.warning("%s: %s", printable(response.url), printable(in_words(error)))
            yield self._unread(visit, answer_to(response), "parse_failed", in_words(error))
            return
        for entry in found:
            yield visiting(entry.url, Visit(entry=entry))
        if (verdict := self._reservation(result)) is not None:
            visit.exchange = None  # its text must not be archived either
            yield self._unread(visit, answer_to(response), verdict.outcome, verdict.detail)
            return
        self._ledger.visits[key_of(result)] = visit
        yield result

    def _with_rights(self, result: Article | Rejected, url: str) -> Article | Rejected:
        known = self.crawler.get_downloader_middleware(RightsMiddleware)
        return result if known is None else known.on(result, url)

    def _reservation(self, result: Article | Rejected) -> Verdict | None:
        return reservation(result.rights, respected(self.settings)) if isinstance(result, Article) else None

    def _translations(self, visit: Visit, result: Article | Rejected, url: str) -> list[ListedAddress]:
        if visit.lease is None or not isinstance(result, Article):
            return []
        return self.discovery.translations(visit.lease, result, url)

    def page_failed(self, failure: Failure) -> Iterator[UnreadAddress]:
        """Yield the outcome of an address that brought no page, or an unchanged one."""
        request = request_of(failure)
        answer = answer_after(failure, request)
        if answer is not None:
            visit = visit_of(request)
            known = self.crawler.get_downloader_middleware(RightsMiddleware)
            if answer.verdict.outcome == "unchanged" and known is not None:
                visit.rights = header_rights(answer.pairs, fetched_at=answer.fetched_at).with_site(
                    known.site(answer.url)
                )
            yield self._unread(visit, answer, answer.verdict.outcome, answer.verdict.detail)

    def _unread(self, visit: Visit, answer: Answer, outcome: str, detail: str) -> UnreadAddress:
        return UnreadAddress(visit=visit, url=answer.url, outcome=outcome, detail=detail, fetched_at=answer.fetched_at)

    @property
    def _ledger(self) -> Ledger:
        ledger = self._run.ledger
        if ledger is None:
            raise RuntimeError("the run has not begun")
        return ledger
