"""First contact with the live site: which assumptions about it hold, one line for each.

A line says what was found and, where something is wrong, what to do. Nothing is stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import scrapy
from scrapy.crawler import Crawler
from typing_extensions import Self

from pipelines import extract
from pipelines.errors import in_words
from pipelines.extraction.links import unreadable_links
from pipelines.extraction.parsing import parse_html
from pipelines.models import Article
from pipelines.outcomes import BLOCKS
from pipelines.rights import Rights
from pipelines.site import ORIGINAL_LANGUAGE, article_url, parse_address
from pipelines.times import VIETNAM
from pipelines.web.charsets import to_utf8
from scraper.asking import ask
from scraper.clock import now
from scraper.discovery import article_languages
from scraper.hosts import AllowedHosts, checked_base_url
from scraper.middlewares.site_rights import RightsMiddleware
from scraper.rights import RESPECTED
from scraper.sources.robots_answers import is_absent, robots_in
from scraper.sources.site import read_sitemap
from scraper.sources.sitemaps import Sitemap, SitemapEntry, choose_days
from scraper.visits import Answer, StoppedError

Level = Literal["ok", "note", "fail"]
_LONGEST_RIGHTS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: its name, how it went, what was found, and what to do if it is not ok."""

    check: str
    level: Level
    found: str
    remedy: str = ""


class Examination(scrapy.Spider):
    """Looks at something, check by check; `findings` holds the lines.

    `ended` is True once all checks are done, good or bad, and False after Ctrl-C.
    """

    findings: list[Check]
    ended: bool = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Made by Scrapy."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.findings = []
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Run the checks in order."""
        try:
            await self._examine()
        except (StoppedError, asyncio.CancelledError):
            return
        except Exception as error:
            self._say("doctor", "fail", in_words(error))
        self.ended = True
        return
        yield  # makes this the asynchronous generator that Scrapy wants

    async def _examine(self) -> None:
        raise NotImplementedError

    def _say(self, check: str, level: Level, found: str, remedy: str = "") -> None:
        self.findings.append(Check(check=check, level=level, found=found, remedy=remedy))


class DoctorSpider(Examination):
    """Goes from robots.txt to one article in its languages; each check uses what the one before found."""

    name = "doctor"
    custom_settings = {"ITEM_PIPELINES_BASE": {}}  # noqa: RUF012  # as Scrapy types it; nothing is stored

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Take the site's address."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.base_url = checked_base_url(kwargs.get("base_url") or crawler.settings["VIETNAMVN_BASE_URL"])
        spider._hosts = AllowedHosts(base_url=spider.base_url)
        spider._agent = crawler.settings["USER_AGENT"]
        return spider

    base_url: str
    _hosts: AllowedHosts
    _agent: str

    async def _examine(self) -> None:
        robots = await ask(self.crawler, f"{self.base_url}/robots.txt", kind="robots")
        self._firewall(robots)
        rules = robots_in(robots)
        if rules is None:
            self._say("robots.txt", "fail", robots.verdict.detail, "the crawl will stop here (exit 4 or 3)")
            return
        agent = self._agent
        refusal = rules.refusal(agent, max_delay=self.settings.getfloat("VIETNAMVN_MAX_CRAWL_DELAY"))
        if refusal is not None:
            self._say("robots.txt", "fail", refusal, "the crawl will stop here (exit 3)")
            return
        sitemaps = [url for url in rules.sitemaps if self._hosts.allows(url)]
        if is_absent(robots):
            self._say("robots.txt", "note", f"there is none ({robots.verdict.detail}); everything is allowed")
        else:
            delay = rules.delay(agent)
            home = rules.allows(self.base_url + "/", agent)
            named = f"{len(rules.sitemaps)} sitemaps named" + (f", Crawl-delay {delay:g} s (kept)" if delay else "")
            self._say(
                "robots.txt", "ok" if home else "fail", named if home else f"it disallows the site; {named}",
                "" if home else "ask the site for permission; the crawl obeys",
            )  # fmt: skip
        for note in rules.notes:
            self._say("robots.txt", "fail", note, "tell the site; the crawl goes on without them")
        index = await self._sitemap("sitemap index", sitemaps[0] if sitemaps else self.base_url + "/sitemap.xml")
        if index is None:
            return
        days = choose_days(index.entries)
        if index.kind != "index" or not days:
            self._say(
                "sitemap index", "fail", f"{len(index.entries)} entries, none of the form …/YYYY-MM-DD.xml",
                "the form has changed: adapt sitemap_day in scraper/sources/sitemaps.py",
            )  # fmt: skip
            return
        others = len(index.entries) - sum(len(parts) for _, parts in days)
        self._say(
            "sitemap index", "ok", f"{len(days)} days from {days[-1][0]} to {days[0][0]}, {others} other sitemaps"
        )
        await self._today(days)

    async def _today(self, days: list[tuple[date, tuple[SitemapEntry, ...]]]) -> None:
        today = now().astimezone(VIETNAM).date()
        day, parts = days[0]
        listing = await self._sitemap(f"day {day}", parts[0].url)
        if listing is not None and listing.kind == "index" and listing.entries:
            self._say(f"day {day}", "note", f"an index of {len(listing.entries)} parts", "the crawl reads them all")
            listing = await self._sitemap(f"day {day}, part 1", listing.entries[0].url)
        if listing is None:
            return
        articles = [e for e in listing.entries if _slug(e.url)]
        dated = sum(1 for e in articles if e.lastmod)
        late = (today - day).days
        found = (
            f"{day} ({'today' if late == 0 else f'{late} days ago'}): {len(articles)} articles, {dated} with lastmod"
        )
        if not articles and len(days) > 1 and not late:  # soon after midnight
            self._say("newest day", "note", found, "the day before is looked at")
            await self._today(days[1:])
        elif not articles:
            self._say("newest day", "fail", found, "no article could be looked at; see what the day lists in a browser")
        else:
            remedy = "the site has not listed anything since; look whether its sitemaps have moved"
            self._say("newest day", "ok" if late <= 1 else "note", found, remedy if late > 1 else "")
            await self._article(articles[0].url)

    async def _article(self, url: str) -> None:
        fetched = await ask(self.crawler, url)
        if fetched.verdict.outcome != "ok":
            self._say(
                "article",
                "fail",
                f"{url}: {fetched.verdict.outcome} ({fetched.verdict.detail})",
                "see the firewall line",
            )
            return
        result = extract(fetched.page)
        if not isinstance(result, Article):
            self._say(
                "article", "fail", f"{url}: {result.outcome} ({result.detail})",
                "save the page and add a layout for it (CONTRIBUTING)",
            )  # fmt: skip
            return
        self._rights(self._known_rights(result, fetched.url))
        title = result.title or "no title"
        self._say(
            "article", "ok", f"{url}: {title!r}, {len(result.paragraphs)} paragraphs, published {result.published}"
        )
        known = result.extractor.startswith("layout:")
        self._say(
            "layout", "ok" if known else "fail", result.extractor,
            "" if known else "no known layout matched: the site has changed; add a dated layout (CONTRIBUTING)",
        )  # fmt: skip
        tree = parse_html(to_utf8(fetched.body, fetched.headers.get("content-type")))
        faults = [] if isinstance(tree, str) else unreadable_links(tree, fetched.url)
        if faults:
            self._say(
                "addresses", "fail", f"{url} names {len(faults)} that cannot be read; {faults[0]}",
                "the crawl passes them over; tell the site",
            )  # fmt: skip
        slug = _slug(url) or ""
        named = article_languages(result.alternates.items(), slug=slug, wanted=None, hosts=self._hosts, page=url)
        named.pop(ORIGINAL_LANGUAGE, None)
        if named:
            self._say("alternates", "ok", f"{len(named)} languages: {' '.join(sorted(named))}")
        else:
            self._say(
                "alternates", "note", "the page names none", "the crawl guesses by the slug rule; --lang restricts it"
            )
        configured = set(self.settings.getlist("VIETNAMVN_LANGUAGES")) - {ORIGINAL_LANGUAGE}
        if named and (unknown := sorted(set(named) - configured)):
            self._say(
                "languages", "note", f"not in VIETNAMVN_LANGUAGES: {' '.join(unknown)}", "they are crawled all the same"
            )
        await self._languages(slug, named)

    def _known_rights(self, article: Article, url: str) -> Rights:
        known = self.crawler.get_downloader_middleware(RightsMiddleware)
        return (article if known is None else known.on(article, url)).rights

    def _rights(self, rights: Rights) -> None:
        """What the site says about the use of that page, and which uses it reserves."""
        verdicts = [f"{usage} {answer}" for usage, answer in rights.answers().items() if answer != "unsaid"]
        signals = [f"{one.source}: {one.said}" for one in rights.signals if one.source != "robots.txt"]
        found = ", ".join(verdicts) + (f" ({'; '.join(signals)})" if signals else "; no other signal")
        reserved = rights.disallowed(RESPECTED)
        remedy = "a crawl records it; with --rights respect it leaves such pages out (docs/rights.md)"
        self._say("rights", "note" if reserved else "ok", found[:_LONGEST_RIGHTS], remedy if reserved else "")

    async def _languages(self, slug: str, named: dict[str, str]) -> None:
        answered, refused = [], []
        sample = dict(sorted(named.items())[:4]) or {
            code: article_url(slug, code, base=self.base_url) for code in ("en", "fr", "ja")
        }
        for code, target in sample.items():
            fetched = await ask(self.crawler, target)
            result = extract(fetched.page) if fetched.verdict.outcome == "ok" else None
            if isinstance(result, Article):
                answered.append(f"{code} ({result.language or 'unsure'})")
            else:
                refused.append(f"{code} ({result.outcome if result is not None else fetched.verdict.outcome})")
        found = f"answer: {' '.join(answered) or 'none'}" + (f"; do not: {' '.join(refused)}" if refused else "")
        level: Level = "fail" if not answered else "note" if refused else "ok"
        self._say("translations", level, found, "" if answered else "the slug rule or the language codes have changed")

    def _firewall(self, first: Answer) -> None:
        agent = self._agent
        verdict = first.verdict
        if verdict.outcome in BLOCKS:
            self._say(
                "firewall", "fail", f"refuses this client: {verdict.detail} (user agent {agent!r})",
                "ask the site to allow it, and set VIETNAMVN_CONTACT; or try from another network",
            )  # fmt: skip
        elif verdict.outcome in ("timeout", "network_error", "redirected_away", "offsite"):
            self._say(
                "connection",
                "fail",
                f"{self.base_url}: {verdict.detail}",
                "check the address and this machine's network",
            )
        elif "no contact" in agent:
            self._say("firewall", "note", f"lets {agent!r} in", "set VIETNAMVN_CONTACT so that the site can reach you")
        else:
            self._say("firewall", "ok", f"lets {agent!r} in")

    async def _sitemap(self, name: str, url: str) -> Sitemap | None:
        """A sitemap, with a line for each fault in it; None if nothing of it could be read."""
        fetched = await ask(self.crawler, url, kind="sitemap")
        sitemap, outcome, detail = read_sitemap(fetched)
        if outcome == "ok":
            if sitemap.note is not None:
                self._say(name, "fail", f"{url}: {sitemap.note}", "tell the site; the crawl goes on all the same")
            return sitemap
        if sitemap.kind != "none":
            self._say(name, "fail", f"{url}: {detail}", "look at the address in a browser; the crawl would end with 3")
        else:
            remedy = "the crawl would end with 4 or 3"
            self._say(name, "fail", f"{url}: {outcome} ({detail})", remedy)
        return sitemap if sitemap.entries else None


def _slug(url: str) -> str | None:
    try:
        return parse_address(url).slug
    except ValueError:
        return None
