"""Item pipelines: archive, storage and feeds of this crawl; extraction and storage also for other projects' spiders.

In a project of your own, with `settings.py` like this, ::

    ITEM_PIPELINES = {
        "scraper.item_pipelines.ExtractionPipeline": 200,
        "scraper.item_pipelines.StoragePipeline": 900,
    }
    VIETNAMVN_STORE = "articles.db"

a callback that yields its response is enough. Items of other kinds are dropped with a line that says so.
"""

from __future__ import annotations

import logging
from typing import Any

from itemadapter import ItemAdapter
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DropItem, NotConfigured
from scrapy.http import Response
from scrapy.utils.python import global_object_name

from pipelines import extract
from pipelines.errors import VietnamvnError, in_words
from pipelines.models import Article, HtmlPage, Rejected
from pipelines.outcomes import Verdict
from pipelines.storage import Lease, Store, Validators, open_store
from pipelines.store_address import DEFAULT_STORE
from scraper import engine
from scraper.archive import header_pairs
from scraper.clock import now
from scraper.extensions.crawl_run import RunExtension
from scraper.frontier import PageOutcome
from scraper.items import UnreadAddress
from scraper.ledger import NotStoredError
from scraper.visits import Visit, key_of, visit_of
from scraper.waiting import Turns, patient

_log = logging.getLogger(__name__)
_TAKEN_DOWN = "removed: it was taken down, and is not stored again"


class ExtractionPipeline:
    """Makes an `Article` or a `Rejected` of a page: a `scrapy.http.Response`, an `HtmlPage`, or an item of any kind
    that ItemAdapter knows with `body` (undecoded bytes, or text) and `url`, and if it has them `content_type`,
    `status` and `fetched_at`. Articles and rejections pass.
    """

    def process_item(self, item: Any) -> Article | Rejected:
        """Extract; raises `DropItem` for what is not a page."""
        if isinstance(item, (Article, Rejected)):
            return item
        return extract(page_of(item))


def page_of(item: Any) -> HtmlPage:
    """The page in what a callback yields; raises `DropItem` if it is not one."""
    if isinstance(item, HtmlPage):
        return item
    if isinstance(item, Response):
        content_type = item.headers.get("Content-Type")
        answer = visit_of(item.request).answer if item.request is not None else None
        return HtmlPage(
            body=item.body,
            url=item.url,
            content_type=None if content_type is None else content_type.decode("latin-1"),
            status=item.status,
            fetched_at=now().isoformat() if answer is None else answer.fetched_at,
            headers=header_pairs(item.headers),
        )
    if not ItemAdapter.is_item(item):
        raise DropItem(f"ExtractionPipeline takes responses, HtmlPage and items with url and body, not {_kind(item)}")
    given: dict[str, Any] = {"status": 200, "fetched_at": now().isoformat(), "content_type": None}
    given.update((name, value) for name, value in ItemAdapter(item).items() if value is not None)
    if isinstance(given.get("body"), str):
        given.update(body=given["body"].encode("utf-8", "replace"), content_type="text/html; charset=utf-8")
    if isinstance(given["content_type"], bytes):  # as in the headers of Scrapy's responses
        given["content_type"] = given["content_type"].decode("latin-1")
    for name, (kind, words) in _FIELDS.items():
        if not isinstance(given.get(name), kind):
            raise DropItem(f"ExtractionPipeline: {name} of {_kind(item)} has to be {words}")
    return HtmlPage(**{name: given[name] for name in _FIELDS})


_FIELDS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "body": (bytes, "the page, as bytes or text"),
    "url": (str, "the page's address, as text"),
    "content_type": ((str, type(None)), "the header of that name, as text or bytes"),
    "status": (int, "the HTTP status, as a number"),
    "fetched_at": (str, "a time in ISO 8601, as text"),
}


class ArchivePipeline:
    """Writes a crawl's responses to its archive, before all other pipelines: what they drop is archived too."""

    def __init__(self, run: RunExtension) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchivePipeline:
        """Made by Scrapy; only runs with a ledger have an archive."""
        run = crawler.get_extension(RunExtension)
        if run is None:
            raise NotConfigured
        return cls(run)

    def process_item(self, item: Any) -> Any:
        """Archive the response and note its place; an archive that fails ends the run."""
        ledger = self._run.ledger
        visit = self._run.visit(item)
        if ledger is not None and visit is not None and ledger.frontier.is_removed(visit, item):
            visit.refusal, visit.exchange = Verdict(outcome="removed", detail=_TAKEN_DOWN), None
        if ledger is not None and visit is not None and visit.exchange is not None and visit.place is None:
            try:
                visit.place = ledger.frontier.archived(visit.exchange)
            except Exception as error:
                ledger.break_off(error)
                raise NotStoredError from None
            visit.exchange = None
        return item


class StoragePipeline:
    """Stores every `Article` and `Rejected`, and passes articles on once they are durable.

    In this program's crawl it settles the lease of the address in the same transaction, a group of pages at a time,
    and drops what is not an article: later pipelines, feeds and `item_scraped` see only stored articles. In other
    projects the setting `VIETNAMVN_STORE` is the store's address, and each item is one transaction.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._run = crawler.get_extension(RunExtension)
        self._store: Store | None = None
        self._turns = Turns()
        self._is_broken = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StoragePipeline:
        """Made by Scrapy."""
        return cls(crawler)

    async def open_spider(self) -> None:
        """Open the store; if that fails, the spider is closed before it sends a request."""
        if self._run is None:
            url = self._crawler.settings.get("VIETNAMVN_STORE") or DEFAULT_STORE
            wait = patient(is_over=lambda: engine.is_interrupted(self._crawler))
            try:
                self._store = await self._turns(open_store, url, wait=wait)
            except VietnamvnError as error:
                _log.error("%s; the spider is closed", in_words(error))
                raise CloseSpider("no store") from None

    async def close_spider(self) -> None:
        """Close the store."""
        if self._store is not None:
            await self._turns(self._store.close)

    async def process_item(self, item: Any) -> Any:
        """Store the item, then pass an article on."""
        if not isinstance(item, (Article, Rejected, UnreadAddress)):
            raise DropItem(
                f"StoragePipeline takes Article and Rejected, not {_kind(item)}: put ExtractionPipeline before it, and "
                "pipelines that turn articles into something else after it"
            )
        if self._run is not None:
            await self._settled(item, self._run)
        elif self._store is not None and not isinstance(item, UnreadAddress):
            await self._stored(item, self._store)
        return item

    async def _stored(self, item: Article | Rejected, store: Store) -> None:
        if self._is_broken:
            raise NotStoredError
        try:
            added = await self._turns(store.add, item, seen_at=item.fetched_at or now())
        except VietnamvnError as error:
            if not self._is_broken:  # logged once: later items would fail the same way
                _log.error("%s; the spider is closed", in_words(error))
            self._is_broken = True
            engine.close(self._crawler, "no store")
            raise NotStoredError from None
        self._crawler.stats.inc_value(f"vietnamvn/store/{added}")
        if added == "removed":
            raise DropItem(_TAKEN_DOWN, log_level="DEBUG")

    async def _settled(self, item: Article | Rejected | UnreadAddress, run: RunExtension) -> None:
        visit = run.visit(item)
        if visit is None or visit.lease is None or run.ledger is None:
            raise DropItem(f"StoragePipeline: {item.url} is not an address that this crawl has asked for")
        run.ledger.visits.pop(key_of(item), None)
        try:
            await run.ledger.settle(visit, settled(visit, visit.lease, item), size=_size(item))
        except NotStoredError:
            raise
        except Exception as error:
            run.ledger.break_off(error)
            raise NotStoredError from None
        if visit.is_removed:
            raise DropItem(_TAKEN_DOWN, log_level="DEBUG")
        if not isinstance(item, Article):
            raise DropItem(f"{item.outcome}: {item.detail}", log_level="DEBUG")


def settled(visit: Visit, lease: Lease, item: Article | Rejected | UnreadAddress) -> PageOutcome:
    """What became of a leased address, as the ledger takes it."""
    answer = visit.answer
    http = None
    if answer is not None and answer.status:
        http = Validators(answer.headers.get("etag"), answer.headers.get("last-modified"), answer.status)
    fetched_at = (answer.fetched_at if answer is not None else item.fetched_at) or now().isoformat()
    if visit.is_removed:
        # Not stored: `detail` only carries the addresses, by which the store finds what was taken down.
        return PageOutcome(
            lease=lease, outcome="removed", detail=f"{item.url} {getattr(item, 'detail', '')}", fetched_at=fetched_at
        )
    return PageOutcome(
        lease=lease,
        outcome=item.outcome,
        detail="" if isinstance(item, Article) else item.detail,
        fetched_at=fetched_at,
        result=item.rejected if isinstance(item, UnreadAddress) else item,
        http=http,
        place=visit.place,
        rights=visit.rights,
    )


class RecordPipeline:
    """Turns an article or a rejection into its record (`to_dict`), which feeds (``-o FILE``) write."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RecordPipeline:
        """Made by Scrapy; records are needed only for feeds."""
        if not crawler.settings["FEEDS"]:
            raise NotConfigured
        return cls()

    def process_item(self, item: Any) -> Any:
        """The record of an article or a rejection; other items pass."""
        return item.to_dict() if isinstance(item, (Article, Rejected)) else item


def _kind(item: Any) -> str:
    return global_object_name(type(item)) if type(item).__module__ != "builtins" else type(item).__name__


def _size(item: Article | Rejected | UnreadAddress) -> int:
    """About how many bytes of memory an item takes: its characters, of which most take one or two."""
    return sum(map(len, item.paragraphs)) if isinstance(item, Article) else 0
