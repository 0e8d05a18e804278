"""A source is a small class that reads addresses out of documents. A new one needs no change anywhere else.

Name it in the setting `VIETNAMVN_SOURCES`. It is made with the crawl's `SourceContext`; `start` names the documents to
begin with, `read` gets each of them::

    from email.utils import parsedate_to_datetime
    from xml.etree import ElementTree

    from scraper.sources.base import ListedArticles, Source, WantedDocument
    from scraper.sources.sitemaps import SitemapEntry

    class RssSource(Source):
        def start(self, robots):
            yield WantedDocument(source=self, name="rss", url=f"{self.site.base_url}/rss")

        def read(self, wanted, answer):
            yield self.told(wanted, answer)
            if answer.verdict.outcome == "ok":
                items = ElementTree.fromstring(answer.body).iterfind("channel/item")
                yield ListedArticles(entries=tuple(self.entry(item) for item in items))

        def entry(self, item):
            published = parsedate_to_datetime(item.findtext("pubDate"))
            return SitemapEntry(url=item.findtext("link"), lastmod=published.isoformat())

An address without a day (`ListedArticles.day`, or that of its `lastmod`) is fetched and stored, but is in no day's
account.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from pipelines.web.robots import Robots
from scraper.hosts import AllowedHosts
from scraper.options import CrawlOptions
from scraper.reconciliation import SourceDocument
from scraper.sources.sitemaps import SitemapEntry
from scraper.visits import Answer, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceContext:
    """What a source knows of the crawl: its options, today's date in Vietnam, and the user agent.

    With a Crawl-delay above `max_delay` seconds the site is not crawled.
    """

    options: CrawlOptions
    today: date
    user_agent: str
    max_delay: float

    @property
    def base_url(self) -> str:
        """The site's address: scheme, host and port."""
        return self.options.base_url

    def may_ask(self, url: str) -> bool:
        """Whether an address is on one of the site's hosts."""
        return AllowedHosts(base_url=self.base_url).allows(url)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WantedDocument:
    """A document to be fetched. `name` is its name in the account, `day` the day that it lists, `above` are the indexes
    that led to it. A higher priority is fetched earlier.
    """

    source: Source
    url: str
    name: str
    kind: Kind = "sitemap"
    day: date | None = None
    above: tuple[str, ...] = ()
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedArticles:
    """Addresses of articles that a document lists.

    `day` is the day that they belong to; None takes the day of each entry's `lastmod`, if it has one. With `is_whole`
    they are all that the site lists for the day, so that a stored article that is not among them is delisted.
    """

    entries: tuple[SitemapEntry, ...]
    day: date | None = None
    is_whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """robots.txt allows the crawl; the other sources begin now."""

    robots: Robots


@dataclass(frozen=True, slots=True, kw_only=True)
class NoDays:
    """The site lists no day of the window, which is not success; `detail` is one line."""

    detail: str


Found = SourceDocument | WantedDocument | ListedArticles | Allowed | NoDays
"""What a source can yield: outcomes of documents, documents to be fetched, addresses."""


@dataclass
class Source(ABC):
    """Turns documents into addresses; an instance, with its state, is for one run."""

    site: SourceContext = field(repr=False)

    @abstractmethod
    def start(self, robots: Robots) -> Iterable[Found]:
        """The documents to begin with, or addresses that need no document; `robots` names the site's sitemaps."""

    @abstractmethod
    def read(self, wanted: WantedDocument, answer: Answer) -> Iterable[Found]:
        """What a document lists; `answer.verdict` says whether it came. Called once for each `WantedDocument`."""

    def told(self, wanted: WantedDocument, answer: Answer) -> SourceDocument:
        """The outcome of a document, for the account of the run."""
        return document(wanted, answer.verdict.outcome, answer.verdict.detail)


def document(wanted: WantedDocument, outcome: str, detail: str) -> SourceDocument:
    """The outcome of a document; one that is not ``ok`` makes the run incomplete and is among its reasons."""
    day = wanted.day.isoformat() if wanted.day else None
    return SourceDocument(name=wanted.name, url=wanted.url, outcome=outcome, detail=detail, day=day)
