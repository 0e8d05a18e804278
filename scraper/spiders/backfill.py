"""The site's past from web archives: what they list, then every capture of it, the oldest first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure
from typing_extensions import Self

from pipelines.archives import HttpError, HttpResponse, other_digest, read_page
from pipelines.captures import Capture
from pipelines.errors import VietnamvnError, in_words
from pipelines.models import Article, HtmlPage
from pipelines.printable import printable
from pipelines.rights.page_signals import header_rights
from pipelines.site import LARGEST_BODY
from pipelines.storage import Lease, Store
from pipelines.storage.captures import OTHER_DIGEST, CaptureLease, Captures, Range
from scraper import settings as defaults
from scraper.archive import Archive, Member
from scraper.backfill.account import BackfillAccount
from scraper.backfill.answers import ExpectedAnswer, asking, range_header, received_of, wanted_of
from scraper.backfill.captured_pages import HeldCheck, RecordCheck
from scraper.backfill.ccnews import list_ccnews
from scraper.backfill.columnar import list_columnar
from scraper.backfill.commoncrawl import list_common_crawl
from scraper.backfill.frontier import CaptureFrontier
from scraper.backfill.listing import IndexListing
from scraper.backfill.options import BackfillOptions, backfill_options
from scraper.backfill.shelf import Shelf, shelf_folder
from scraper.backfill.stretches import ArchiveFile
from scraper.backfill.wayback import elsewhere, exchange_of, list_internet_archive, page_url, page_wanted, response_of
from scraper.backfill.whole_files import FilesReader
from scraper.frontier import Frontier
from scraper.items import UnreadAddress
from scraper.leases import Terms
from scraper.middlewares.archives import set_pace
from scraper.options import read_switch
from scraper.rights import reservation, respected
from scraper.spiders.run import RunSpider
from scraper.visits import Answer, StoppedError, Visit, answer_after, answer_to, key_of, request_of, visit_of

_SMALLEST_BOUND = 100_000  # bytes; an error page may be longer than a small record


class BackfillSpider(RunSpider):
    """``scrapy crawl backfill -a from=commoncrawl -a crawls=last:2``; the arguments are those of `backfill_options`.

    After the run, `end` says how it ended, and `manifest` is its account. With `dry_run` only the archives' listings
    are fetched.
    """

    name = "backfill"
    custom_settings = defaults.BACKFILL_SETTINGS
    options: BackfillOptions
    captures: Captures | None = None
    is_dry: bool = False
    reader: FilesReader | None = None
    accounting: BackfillAccount | None = None
    """Judges the run and makes its account."""

    @classmethod
    def check_arguments(cls, arguments: Mapping[str, Any], settings: BaseSettings) -> None:
        """Raise `UsageError` for wrong arguments; ``scrapy crawl`` calls this before it starts anything."""
        backfill_options(arguments, settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Read the arguments. Raises `UsageError`."""
        options = backfill_options(kwargs, crawler.settings)
        spider = super().from_crawler(crawler, *args, **{"name": cls.name})
        spider.options = options
        spider.is_dry = read_switch(kwargs.get("dry_run"))
        spider._shelf = Shelf(kwargs.get("shelf") or shelf_folder(options.store))
        return spider

    _shelf: Shelf

    @property
    def service_urls(self) -> tuple[str, ...]:
        """Addresses of the services that the run may ask."""
        return self.options.services.urls

    def begin(self, store: Store, terms: Terms, archive: Archive | None) -> Frontier:
        """Choose the captures, and make the frontier of the run that has begun."""
        options = self.options
        self.captures = Captures(
            store,
            Range(
                archives=options.sources,
                crawls=options.crawls if isinstance(options.crawls, tuple) else (),
                files=options.files,
                since=options.since,
                until=options.until,
            ),
        )
        self.accounting = BackfillAccount(self.captures, lambda: [] if self.reader is None else self.reader.readings)
        return CaptureFrontier(store, terms, self.captures, archive=archive)

    @property
    def doing(self) -> str:
        """The file that is being read, and how far, for the progress display."""
        return "" if self.reader is None else self.reader.current

    # ---- what the archives list

    async def start(self) -> AsyncIterator[Any]:
        """List the captures, then open the ledger so that they are fetched."""
        try:
            await self._list()
        except StoppedError:
            return
        except VietnamvnError as error:
            self._run.fail(error)
        except Exception as error:
            self._run.fail(error)
        return
        yield  # makes this the asynchronous generator that Scrapy wants

    async def _list(self) -> None:
        captures, ledger = self.captures, self._run.ledger
        if captures is None or ledger is None:
            return
        set_pace(self.crawler, self.options.services)
        listing = IndexListing(self.crawler, self._run, captures, self.options, self._shelf)
        if self.options.index:
            await list_columnar(listing)
        elif "commoncrawl" in self.options.sources:
            crawls = await list_common_crawl(listing)
            captures.wanted = replace(captures.wanted, crawls=crawls)
        if "internetarchive" in self.options.sources:
            await list_internet_archive(listing)
        files = [ArchiveFile(archive="file", crawl="", name=name, place=name) for name in self.options.files]
        if "ccnews" in self.options.sources:
            files += await list_ccnews(listing)
        known = await ledger.look_up(captures.languages)
        if self.options.languages is not None:
            languages = tuple(code for code in known if self.options.wants(code)) or ("none",)
            captures.wanted = replace(captures.wanted, languages=languages)
        self.reader = FilesReader(self.crawler, listing, ledger, captures, is_dry=self.is_dry)
        if self.is_dry:
            await self.reader.look(files)
            return
        await ledger.look_up(lambda: captures.retry(now=self._run.run.began))
        ledger.open()
        await self.reader.read(files)

    # ---- captures

    def leased_request(self, lease: Lease) -> Request:
        """The request for a capture that the ledger gave out."""
        capture = _capture(lease)
        visit, services = Visit(lease=lease), self.options.services
        if self.reader is not None and capture.archive in ("ccnews", "file"):
            check = HeldCheck(self.reader.take(capture.name))
            request = asking(capture.url, visit, ExpectedAnswer(statuses=frozenset({206}), check=check))
        elif capture.file:
            request = asking(
                f"{services.data}/{capture.file}",
                visit,
                ExpectedAnswer(statuses=frozenset({206}), check=RecordCheck(capture)),
                headers=range_header(capture.offset, capture.length),
                longest=max(capture.length, _SMALLEST_BOUND),
            )
        else:
            request = asking(page_url(services.wayback, capture), visit, page_wanted(capture))
        return request.replace(callback=self.parse, errback=self.page_failed)

    async def parse(self, response: Response) -> AsyncIterator[Article | UnreadAddress]:
        """Yield the article of a capture, or why it has none."""
        request = request_of(response)
        visit, answer = visit_of(request), answer_to(response)
        lease = visit.lease
        if not isinstance(lease, CaptureLease):
            raise TypeError("a backfill leases captures")
        capture, visit.exchange = lease.capture, None
        visit.lease = replace(lease, is_read=True)
        try:
            found = self._page(request, answer, visit, capture)
            if found is None:
                yield _unread(visit, capture, "not_article", "the page declares another type than HTML")
                return
            page, archived = found
            result = await self._run.extractor.extract(page)
            rights = result.rights if isinstance(result, Article) else header_rights(archived.headers)
            if isinstance(visit.lease, CaptureLease):
                visit.lease = replace(visit.lease, signals={one.source: one.said for one in rights.signals})
        except HttpError as error:
            yield _unread(visit, capture, "parse_failed", str(error))
            return
        except Exception as error:  # one page must not end the run
            self.logger.warning("%s: %s", printable(capture.url), printable(in_words(error)))
            yield _unread(visit, capture, "parse_failed", in_words(error))
            return
        if not isinstance(result, Article):
            unread = _unread(visit, capture, result.outcome, result.detail)
            yield replace(unread, rejected=result)
            return
        if (verdict := reservation(result.rights, respected(self.settings))) is not None:
            visit.exchange = None  # its text must not be archived either
            yield _unread(visit, capture, verdict.outcome, verdict.detail)
            return
        article = replace(result, capture=capture.source)
        if self._run.ledger is not None:
            self._run.ledger.visits[key_of(article)] = visit
        yield article

    def _page(
        self, request: Request, answer: Answer, visit: Visit, capture: Capture
    ) -> tuple[HtmlPage, HttpResponse] | None:
        wanted = wanted_of(request)
        check = None if wanted is None else wanted.check
        if isinstance(check, (RecordCheck, HeldCheck)) and check.record is not None:
            record, data = check.record, answer.body if isinstance(check, RecordCheck) else check.data
            visit.exchange = None if data is None else Member(url=capture.url, data=data)
            other = other_digest(record, record.headers.get("warc-payload-digest") or capture.digest)
            if other is not None and isinstance(visit.lease, CaptureLease):
                visit.lease = replace(visit.lease, note=f"{OTHER_DIGEST} {other}")
            found = read_page(record, limit=LARGEST_BODY, fetched_at=capture.fetched_at)
            if found is not None and data is None and self.options.archive is not None:
                visit.exchange = exchange_of(capture, found[1])  # its gzip member holds other records too
            return found
        response = response_of(received_of(answer))
        visit.exchange = exchange_of(capture, response)
        page = HtmlPage(
            body=response.body,
            url=capture.url,
            content_type=response.header("content-type"),
            status=response.status,
            fetched_at=capture.fetched_at,
            headers=response.headers,
        )
        return page, response

    def page_failed(self, failure: Failure) -> Iterator[UnreadAddress]:
        """Yield the outcome of a capture that the archive did not deliver."""
        request = request_of(failure)
        visit, answer = visit_of(request), answer_after(failure, request)
        lease = visit.lease
        if answer is None or not isinstance(lease, CaptureLease):
            return
        visit.exchange, outcome, detail = None, answer.verdict.outcome, answer.verdict.detail
        if outcome == "redirected_away" and not lease.capture.file:
            visit.lease, detail = replace(lease, is_read=True), elsewhere(answer.headers.get("location"))
        yield _unread(visit, lease.capture, outcome, detail)


def _capture(lease: Lease) -> Capture:
    if not isinstance(lease, CaptureLease):
        raise TypeError("a backfill leases captures")
    return lease.capture


def _unread(visit: Visit, capture: Capture, outcome: str, detail: str) -> UnreadAddress:
    return UnreadAddress(visit=visit, url=capture.url, outcome=outcome, detail=detail, fetched_at=capture.fetched_at)
