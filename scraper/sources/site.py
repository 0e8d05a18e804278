"""The site's own sources: robots.txt, the sitemap index, the sitemap of each day, the news sitemap."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from pipelines.times import day_in_vietnam
from pipelines.web.addresses import join
from pipelines.web.robots import Robots
from scraper.reconciliation import ROBOTS
from scraper.sources.base import Allowed, Found, ListedArticles, NoDays, Source, WantedDocument, document
from scraper.sources.robots_answers import is_absent, robots_in
from scraper.sources.sitemaps import Sitemap, SitemapEntry, choose_days, parse_sitemap
from scraper.visits import Answer

MAX_DEPTH = 3
"""Most levels of indexes below a day's document."""
MAX_PARTS = 200
"""Most documents of one day: ten million addresses at 50,000 each."""

_log = logging.getLogger("articles")
_NEWS = "/news-sitemap.xml"


@dataclass
class RobotsSource(Source):
    """robots.txt of the site, before everything else; if it cannot be fetched or obeyed, nothing else is fetched."""

    def start(self, robots: Robots | None = None) -> Iterable[Found]:
        """The document robots.txt."""
        yield WantedDocument(source=self, kind="robots", name=ROBOTS, url=f"{self.site.base_url}/robots.txt")

    def read(self, wanted: WantedDocument, answer: Answer) -> Iterator[Found]:
        """The document's outcome, and `Allowed` if its rules allow the crawl."""
        rules = robots_in(answer)
        if rules is None:
            yield self.told(wanted, answer)
            return
        detail = answer.verdict.detail
        if is_absent(answer):
            detail += ": there is none, so nothing is disallowed"
        agent = self.site.user_agent
        if (refusal := rules.refusal(agent, max_delay=self.site.max_delay)) is not None:
            yield document(wanted, "parse_failed" if rules.problem else "robots", refusal)
            return
        if delay := rules.delay(agent):
            _log.warning(
                "robots.txt asks for %g seconds between two requests (Crawl-delay), which is obeyed: %.0f requests an "
                "hour at most",
                delay,
                3600 / delay,
            )
        for note in rules.notes:
            _log.warning("robots.txt: %s", note)
        yield document(wanted, "ok", "; ".join((detail, *rules.notes)))
        if rules.sitemaps_left:
            left = f"{rules.sitemaps_left} of the sitemaps that it names are not read"
            yield document(wanted, "too_large", left)
        yield Allowed(robots=rules)


@dataclass
class SitemapIndexSource(Source):
    """The sitemap indexes that robots.txt names, and through them the sitemaps of the wanted days.

    If a site has one plain sitemap, its entries are taken by the days of their `lastmod`.
    """

    _waiting: int = 0
    _entries: list[SitemapEntry] = field(default_factory=list)
    _has_plain: bool = False

    def start(self, robots: Robots) -> Iterator[Found]:
        """The indexes on allowed hosts; the usual address if robots.txt names none."""
        urls = [url for url in robots.sitemaps if self.site.may_ask(url)]
        if others := [url for url in robots.sitemaps if url not in urls]:
            _log.warning("robots.txt: %d sitemaps are not on the site's hosts (the first: %s)", len(others), others[0])
        urls = urls or [join(self.site.base_url + "/", "sitemap.xml")]
        self._waiting = len(urls)
        for url in urls:
            yield WantedDocument(source=self, name="sitemap index", url=url)

    def read(self, wanted: WantedDocument, answer: Answer) -> Iterator[Found]:
        """After the last index: the days' sitemaps, newest first, and for today the news sitemap."""
        sitemap, outcome, detail = read_sitemap(answer, wanted.name)
        yield document(wanted, outcome, detail)
        if sitemap.kind == "index":
            self._entries += sitemap.entries
        elif sitemap.entries:
            self._has_plain = True
            yield ListedArticles(entries=sitemap.entries)
        self._waiting -= 1
        if not self._waiting:
            yield from self._chosen()

    def _chosen(self) -> Iterator[Found]:
        options = self.site.options
        days = choose_days(self._entries, since=options.since, until=options.until)
        if self._entries and not days and not self._has_plain:
            newest = choose_days(self._entries)
            tail = f"its newest is {newest[0][0]}" if newest else "it lists no day at all"
            yield NoDays(detail=f"the sitemap index lists no day from {options.since} to {options.until}; {tail}")
        for day, parts in days:
            yield from DaySource(self.site, day=day, urls=tuple(entry.url for entry in parts)).start()
        if options.until >= self.site.today:
            news = NewsSource(self.site)
            for url in dict.fromkeys(entry.url for entry in self._entries if entry.url.endswith(_NEWS)):
                yield WantedDocument(source=news, name="news sitemap", url=url)


@dataclass
class DaySource(Source):
    """What the site lists for one day: its document or, if that is an index, all of its parts."""

    day: date = date.min
    urls: tuple[str, ...] = ()
    _entries: list[SitemapEntry] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)
    _waiting: int = 0
    _read: int = 0
    _is_whole: bool = True

    def start(self, robots: Robots | None = None) -> Iterator[Found]:
        """The day's documents."""
        for url in dict.fromkeys(self.urls):
            yield self._wanted(url, above=())

    def read(self, wanted: WantedDocument, answer: Answer) -> Iterator[Found]:
        """The parts of an index; after the last document, all that the day lists."""
        self._waiting -= 1
        name = wanted.name if self._read == 0 else f"{self._name}, part {self._read}"
        wanted = replace(wanted, name=name)
        self._read += 1
        sitemap, outcome, detail = read_sitemap(answer, name)
        yield document(wanted, outcome, detail)
        self._is_whole = self._is_whole and sitemap.problem is None
        if sitemap.kind == "index":
            yield from self._parts(wanted, sitemap)
        else:
            self._entries += sitemap.entries
        if not self._waiting:
            yield ListedArticles(entries=tuple(self._entries), day=self.day, is_whole=self._is_whole)

    def _parts(self, wanted: WantedDocument, sitemap: Sitemap) -> Iterator[Found]:
        path = (*wanted.above, wanted.url)
        parts = list(dict.fromkeys(entry.url for entry in sitemap.entries))
        if any(part in path for part in parts):
            yield self._failed(wanted, "it is an index that names itself among its parts")
        elif parts and len(path) > MAX_DEPTH:
            deep = f"indexes inside each other, more than {MAX_DEPTH} deep; {len(parts)} parts are left"
            yield self._failed(wanted, deep)
            return
        new = [part for part in parts if part not in self._known]
        room = max(0, MAX_PARTS - len(self._known))
        for part in new[:room]:
            yield self._wanted(part, above=path)
        if new[room:]:
            yield self._failed(wanted, f"it has more than {MAX_PARTS} parts; {len(new) - room} are left")

    def _wanted(self, url: str, *, above: tuple[str, ...]) -> WantedDocument:
        self._known.add(url)
        self._waiting += 1
        # By its priority a day that has begun is read to its end before the next one.
        return WantedDocument(source=self, name=self._name, url=url, day=self.day, above=above, priority=len(above))

    def _failed(self, wanted: WantedDocument, detail: str) -> Found:
        self._is_whole = False
        return document(wanted, "parse_failed", detail)

    @property
    def _name(self) -> str:
        return f"sitemap of {self.day}"


@dataclass
class NewsSource(Source):
    """The news sitemap: today's articles before the day's own sitemap has them."""

    def start(self, robots: Robots | None = None) -> Iterator[Found]:
        """No documents: `SitemapIndexSource` names the news sitemap."""
        yield from ()

    def read(self, wanted: WantedDocument, answer: Answer) -> Iterator[Found]:
        """The entries of the wanted days."""
        sitemap, outcome, detail = read_sitemap(answer, wanted.name)
        yield document(wanted, outcome, detail)
        if sitemap.kind == "index":
            yield document(wanted, "parse_failed", "it is an index, and not a list of articles")
            return
        days = [(entry, day_in_vietnam(entry.lastmod)) for entry in sitemap.entries]
        options = self.site.options
        yield ListedArticles(entries=tuple(entry for entry, day in days if day is not None and options.has_day(day)))


def read_sitemap(answer: Answer, name: str = "sitemap") -> tuple[Sitemap, str, str]:
    """A fetched sitemap, with outcome and detail for the account. A body that was cut is read as far as it goes."""
    outcome, detail = answer.verdict.outcome, answer.verdict.detail
    cut = outcome == "parse_failed" and bool(answer.body)
    if outcome != "ok" and not cut:
        return Sitemap(kind="none", problem=detail), outcome, detail
    sitemap = parse_sitemap(answer.body, base=answer.url)
    if sitemap.note is not None:
        _log.warning("%s: %s", name, sitemap.note)
    if cut:
        return replace(sitemap, problem=f"{detail}; {len(sitemap.entries)} entries could be read"), outcome, detail
    if sitemap.problem is not None:
        return sitemap, "empty" if sitemap.is_empty else "parse_failed", sitemap.problem
    return sitemap, outcome, f"{detail}; {sitemap.note}" if sitemap.note else detail
