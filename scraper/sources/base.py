"""What a source is: a small class that reads addresses out of documents. A new one needs no change anywhere else.

Name it in the setting `VIETNAMVN_SOURCES`; it is made with the crawl's `SourceContext`, asked with `start` for the
documents to begin with, and given each of them with `read`::

    class RssSource(Source):
        def start(self, robots):
            yield WantedDocument(source=self, name="rss", url=f"{self.site.base_url}/rss")

        def read(self, wanted, answer):
            yield self.told(wanted, answer)
            if answer.verdict.outcome == "ok":
                yield Listing(entries=tuple(links_of(answer.body)))
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
    """What a source knows of the crawl: its options, the day that it is in Vietnam, and how we introduce ourselves.

    A Crawl-delay above `max_delay` seconds is not waited for.
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
        """Whether an address is one of the site's hosts."""
        return AllowedHosts(base_url=self.base_url).allows(url)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WantedDocument:
    """A document to be fetched. `name` is what the account calls it, `day` the day that it lists, `above` are the
    indexes that led to it; the higher the priority, the earlier it is asked for.
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
    """Addresses of articles, as a document lists them.

    `day` is the day that they belong to; None takes that of each entry's `lastmod`, if it has one. With `is_whole`
    they are all that the site lists for the day, so that what is not among them is delisted.
    """

    entries: tuple[SitemapEntry, ...]
    day: date | None = None
    is_whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """robots.txt lets us in; the other sources begin now."""

    robots: Robots


@dataclass(frozen=True, slots=True, kw_only=True)
class NoDays:
    """The site lists no day of the window, which is not success; `detail` is one line."""

    detail: str


Found = SourceDocument | WantedDocument | ListedArticles | Allowed | NoDays
"""What a source can find: an account of a document, documents to be fetched, addresses."""


@dataclass
class Source(ABC):
    """From documents to addresses; state of its own lives for one run."""

    site: SourceContext = field(repr=False)

    @abstractmethod
    def start(self, robots: Robots) -> Iterable[Found]:
        """The documents to begin with, or addresses that need none; `robots` names the site's sitemaps."""

    @abstractmethod
    def read(self, wanted: WantedDocument, answer: Answer) -> Iterable[Found]:
        """What a document holds, or why it was not had: see `answer.verdict`. Called once for each `WantedDocument`."""

    def told(self, wanted: WantedDocument, answer: Answer) -> SourceDocument:
        """What became of a document, for the account of the run."""
        return document(wanted, answer.verdict.outcome, answer.verdict.detail)


def document(wanted: WantedDocument, outcome: str, detail: str) -> SourceDocument:
    """What became of a document; whatever is not ``ok`` makes the run incomplete, and is a reason that it gives."""
    day = wanted.day.isoformat() if wanted.day else None
    return SourceDocument(name=wanted.name, url=wanted.url, outcome=outcome, detail=detail, day=day)
