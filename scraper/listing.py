"""What the site lists: robots.txt and sitemaps fetched, read and accounted for, an index through to its parts."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from pipelines.web.addresses import join
from scraper.fetching import NO_ROBOTS, Fetched, Fetcher
from scraper.reconciliation import Document
from scraper.sources.robots import Robots, parse_robots
from scraper.sources.sitemaps import Sitemap, SitemapEntry, parse_sitemap

MAX_DEPTH = 3
"""Indexes below a day's document that are read through."""
MAX_PARTS = 200
"""Documents that a day may have in all: ten million addresses by the standard of sitemaps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The entries of a document and of all its parts. `is_whole`: nothing of it is missing."""

    entries: tuple[SitemapEntry, ...]
    is_whole: bool


class SiteDocuments:
    """Fetches for one run. What becomes of each document is added to `documents`; `say` takes lines for people."""

    def __init__(
        self, fetcher: Fetcher, documents: list[Document], *, max_delay: float, say: Callable[[str], None]
    ) -> None:
        self._fetcher = fetcher
        self._documents = documents
        self._max_delay = max_delay
        self._say = say

    async def robots(self, base_url: str) -> Robots | None:
        """The site's robots.txt, obeyed from now on; None where the run has to end because of it."""
        url = f"{base_url}/robots.txt"
        fetched = await self._fetcher.fetch(url, kind="robots")
        outcome, detail = fetched.verdict.outcome, fetched.verdict.detail
        body = fetched.body
        if outcome in NO_ROBOTS:
            outcome, detail, body = "ok", f"{detail}: there is none, so nothing is disallowed", b""
        if outcome != "ok":
            self._add("robots.txt", url, outcome, detail)
            return None
        rules = parse_robots(body, fetched.url)
        agent = self._fetcher.user_agent
        if (refusal := rules.refusal(agent, max_delay=self._max_delay)) is not None:
            self._add("robots.txt", url, "parse_failed" if rules.problem else "robots", refusal)
            return None
        if delay := rules.delay(agent):
            hourly = 3600 / delay
            self._say(
                f"robots.txt asks for {delay:g} seconds between two requests (Crawl-delay); they are kept: "
                f"{hourly:.0f} requests an hour at most"
            )
        for note in rules.notes:
            self._say(f"robots.txt: {note}")
        self._add("robots.txt", url, outcome, "; ".join((detail, *rules.notes)))
        if rules.sitemaps_left:
            left = f"{rules.sitemaps_left} of the sitemaps that it names are not read"
            self._add("robots.txt", url, "too_large", left)
        self._fetcher.obey(url, rules)
        return rules

    def indexes(self, rules: Robots, base_url: str) -> list[str]:
        """The sitemaps that robots.txt names, on hosts that may be asked; the usual address where it names none."""
        named = [url for url in rules.sitemaps if self._fetcher.hosts.allows(url)]
        if others := [url for url in rules.sitemaps if url not in named]:
            self._say(f"robots.txt: {len(others)} sitemaps are not on the site's hosts (the first: {others[0]})")
        return named or [join(base_url + "/", "sitemap.xml")]

    async def sitemap(self, name: str, url: str, *, day: date | None = None) -> Sitemap:
        """One document, whatever became of it."""
        fetched = await self._fetcher.fetch(url, kind="sitemap")
        sitemap, outcome, detail = read_sitemap(fetched)
        if sitemap.note is not None:
            self._say(f"{name}: {sitemap.note}")
        self._add(name, url, outcome, detail, day=day)
        return sitemap

    async def through(self, name: str, urls: Iterable[str], *, day: date | None = None) -> Listing:
        """What documents list; where one turns out to be an index, what its parts list, down to `MAX_DEPTH`."""
        entries: list[SitemapEntry] = []
        is_whole = True
        waiting: deque[tuple[str, tuple[str, ...]]] = deque((url, (url,)) for url in dict.fromkeys(urls))
        known = {url for url, _ in waiting}
        read = 0

        def fail(url: str, detail: str) -> None:
            nonlocal is_whole
            is_whole = False
            self._add(name, url, "parse_failed", detail, day=day)

        while waiting:
            url, path = waiting.popleft()
            if read >= MAX_PARTS:
                fail(url, f"it has more than {MAX_PARTS} parts; {len(waiting) + 1} are left")
                break
            sitemap = await self.sitemap(name if read == 0 else f"{name}, part {read}", url, day=day)
            read += 1
            is_whole = is_whole and sitemap.problem is None
            if sitemap.kind != "index":
                entries += sitemap.entries
                continue
            parts = dict.fromkeys(entry.url for entry in sitemap.entries)
            if any(part in path for part in parts):
                fail(url, "it is an index that names itself among its parts")
            elif parts and len(path) > MAX_DEPTH:
                fail(url, f"indexes inside each other, more than {MAX_DEPTH} deep; {len(parts)} parts are left")
                continue
            for part in parts:
                if part not in known:
                    known.add(part)
                    waiting.append((part, (*path, part)))
        return Listing(entries=tuple(entries), is_whole=is_whole)

    def _add(self, name: str, url: str, outcome: str, detail: str, *, day: date | None = None) -> None:
        day_text = day.isoformat() if day else None
        self._documents.append(Document(name=name, url=url, outcome=outcome, detail=detail, day=day_text))


def read_sitemap(fetched: Fetched) -> tuple[Sitemap, str, str]:
    """A fetched sitemap, with the outcome and the detail of its document. What came of a body that was cut is read."""
    outcome, detail = fetched.verdict.outcome, fetched.verdict.detail
    cut = outcome == "parse_failed" and bool(fetched.body)
    if outcome != "ok" and not cut:
        return Sitemap(kind="none", problem=detail), outcome, detail
    sitemap = parse_sitemap(fetched.body, base=fetched.url)
    if cut:
        return replace(sitemap, problem=f"{detail}; {len(sitemap.entries)} entries could be read"), outcome, detail
    if sitemap.problem is not None:
        return sitemap, "empty" if sitemap.is_empty else "parse_failed", sitemap.problem
    return sitemap, outcome, f"{detail}; {sitemap.note}" if sitemap.note else detail
