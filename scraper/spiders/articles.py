"""The scheduled crawl: discover the days' articles, fetch what the store does not have, account for all of it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from typing_extensions import Self

from pipelines import extract
from pipelines.errors import VietnamvnError, in_words
from pipelines.models import Article, Rejected
from pipelines.outcomes import ABSENT, BLOCKS, NO_ANSWER, TRANSIENT
from pipelines.printable import printable
from pipelines.site import ORIGINAL_LANGUAGE, article_url
from pipelines.storage import Entry, Http, Lease
from pipelines.times import VIETNAM, day_in_vietnam
from scraper.archive import Archive
from scraper.crawl_progress import Bar, plain_line, screen, terminal_size
from scraper.discovery import (
    article_address,
    article_languages,
)
from scraper.ending import RunEnd
from scraper.fetching import Fetched, Fetcher, StoppedError
from scraper.frontier import (
    GUESSED,
    LISTED,
    ORIGINAL,
    Frontier,
    Settled,
    recover_leases,
)
from scraper.hosts import AllowedHosts
from scraper.listing import SiteDocuments
from scraper.manifest import total_account
from scraper.options import CrawlOptions, crawl_options
from scraper.patience import Turns
from scraper.reconciliation import Account, Document, Row, judge_run, reconcile
from scraper.run import Run
from scraper.sources.sitemaps import SitemapEntry, choose_days

_NO_LAYOUT = ("json-ld", "trafilatura")  # what the extraction falls back on where no layout matched
_LOG_SECONDS, _SCREEN_SECONDS = 30.0, 2.0


class ArticlesSpider(scrapy.Spider):
    """``scrapy crawl articles -a since=2025-10-20 -a lang=en,fr``; the arguments are those of `crawl_options`.

    After the run `end` says how it ended, and `manifest` is its account.
    """

    name = "articles"

    options: CrawlOptions
    _run: Run

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Read the arguments; a wrong one is told before anything starts."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.options = crawl_options(kwargs, crawler.settings, today=_now().astimezone(VIETNAM).date())
        crawler.signals.connect(spider._closed, signal=signals.spider_closed)
        return spider

    @property
    def end(self) -> RunEnd | None:
        """How the run ended; None where it was never started."""
        return self._run.end if hasattr(self, "_run") else None

    @property
    def manifest(self) -> dict[str, Any]:
        """The account as JSON types."""
        return self._run.manifest if hasattr(self, "_run") else {}

    # ---- the run, in order

    async def start(self) -> AsyncIterator[Any]:
        """Run the whole crawl; yields the records themselves only where a feed (``-o``) wants them."""
        self._begin()
        self._main = asyncio.ensure_future(self._guarded())
        try:
            if self._items is not None:
                while (item := await self._items.get()) is not None:
                    yield item
            # Shielded: Ctrl-C cancels this generator, while what is in flight shall still be stored.
            await asyncio.shield(self._main)
        except asyncio.CancelledError:
            self._stopping = self._run.interrupted = True
            raise

    def _begin(self) -> None:
        options, settings = self.options, self.settings
        self._run = Run(options, clock=_now, lock_seconds=settings.getfloat("VIETNAMVN_LEASE_SECONDS"))
        self._today = self._run.began.astimezone(VIETNAM).date()
        self._stopping = False
        self._stop_reason: str | None = None
        self._items: asyncio.Queue[dict[str, Any] | None] | None = asyncio.Queue() if settings["FEEDS"] else None
        self._documents: list[Document] = []
        self._listed: dict[str, set[str]] = {}
        self._not_articles = 0
        self._days_missing: str | None = None
        self._languages: set[str] = set(options.languages or settings.getlist("VIETNAMVN_LANGUAGES"))
        self._layout_unknown = 0
        self._blocks_in_a_row = self._failures_in_a_row = 0
        self._busy = 0
        self._in_turn = Turns()  # calls of the store that may have to wait for it
        self._discovering = True
        self._last_shown = self._run.began
        self._screen = ""
        from twisted.internet import reactor  # installed only now, by whoever runs us

        # After a second Ctrl-C Scrapy waits for nothing: what is settled is stored all the same, and the account made.
        at_the_end: Any = reactor.addSystemEventTrigger  # its stubs have the arguments of another method
        at_the_end("after", "shutdown", self._finish, interrupted=True)

    async def _guarded(self) -> None:
        try:
            await self._in_turn(self._set_up)
            await self._work()
        except Exception as error:
            self._run.note(error)
        finally:
            self._stopping = True
            if self._items is not None:
                self._items.put_nowait(None)

    def _set_up(self) -> None:
        settings = self.settings
        self._store, archive = self._run.begin(
            self._archive, hosts=[_host(self.options.base_url)], described={"user_agent": settings["USER_AGENT"]}
        )
        self._fetcher = Fetcher(self.crawler, base_url=self.options.base_url, should_stop=lambda: self._stopping)
        self._frontier = Frontier(
            self._store,
            holder=self._run.holder,
            run_id=self._run.id or 0,
            batch=settings.getint("VIETNAMVN_BATCH"),
            lease_seconds=settings.getfloat("VIETNAMVN_LEASE_SECONDS"),
            clock=_now,
            archive=archive,
            limit=self.options.limit,
        )
        recovered = recover_leases(self._store)
        if recovered:
            self.logger.info("%d addresses that a killed run had taken are free again", recovered)

    async def _work(self) -> None:
        """Discovery, workers and commits side by side, until there is no more to do or one of them fails."""
        work = {asyncio.ensure_future(self._discover_all())}
        work |= {asyncio.ensure_future(self._worker()) for _ in range(self.settings.getint("CONCURRENT_REQUESTS"))}
        parts = {asyncio.ensure_future(self._commit_now_and_then()), *work}
        try:
            while parts & work:
                done, parts = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
                for part in done:
                    part.result()
        finally:
            # At once, where one has failed: what the others are fetching goes back to pending.
            self._stopping = True
            for part in parts:
                part.cancel()
            for ended in await asyncio.gather(*parts, return_exceptions=True):
                if isinstance(ended, Exception):
                    self._run.note(ended)

    # ---- the end of the run

    async def _closed(self, spider: scrapy.Spider, reason: str) -> None:
        """The last word, when everything has come to rest."""
        if hasattr(self, "_main"):
            self._stopping = True
            await self._main
            await self._in_turn(self._finish, interrupted=reason == "shutdown")

    def _finish(self, *, interrupted: bool) -> None:
        """Store what is settled, give back the rest, and tell of the run. Once, by whichever end comes first."""
        run = self._run
        if run.end is not None:
            return
        self._stopping, run.interrupted = True, interrupted
        accounts: dict[tuple[str, str], Account] | None = None
        if hasattr(self, "_frontier"):
            for step in (self._frontier.give_back, self._frontier.close_archive, self._frontier.forget_lost):
                run.attempt(step)
            accounts = run.attempt(self._accounts)
        run.finish(lambda: self._judge(accounts), lambda: self._details(accounts))

    def _judge(self, accounts: Mapping[tuple[str, str], Account] | None) -> RunEnd:
        left = sum(account.left for account in (accounts or {}).values())
        return judge_run(
            self._documents,
            accounts,
            self._frontier.outcomes,
            errors=self._run.errors,
            stopped=self._stop_reason,
            stopped_by_blocks=self._blocks_in_a_row >= self.settings.getint("VIETNAMVN_STOP_AFTER_BLOCKS"),
            interrupted=self._run.interrupted,
            limited=self.options.limit is not None and left > 0,
            blocked_share=self.settings.getfloat("VIETNAMVN_BLOCKED_SHARE"),
            days_missing=self._days_missing,
            layout_unknown=self._layout_unknown,
            layout_share=self.settings.getfloat("VIETNAMVN_LAYOUT_SHARE"),
        )

    # ---- discovery

    async def _discover_all(self) -> None:
        try:
            await self._discover()
        except StoppedError:
            pass
        finally:
            self._discovering = False

    async def _discover(self) -> None:
        options = self.options
        self._site = site = SiteDocuments(
            self._fetcher,
            self._documents,
            max_delay=self.settings.getfloat("VIETNAMVN_MAX_CRAWL_DELAY"),
            say=self.logger.warning,
        )
        rules = await site.robots(options.base_url)
        if rules is None:
            return
        window = {"since": options.since.isoformat(), "until": options.until.isoformat()}
        await self._in_turn(self._store.retry, TRANSIENT, now=_now(), **window)
        recent = max(options.since, options.revisit_since)
        await self._in_turn(
            self._store.retry,
            ["no_translation"],
            now=_now(),
            since=recent.isoformat(),
            until=options.until.isoformat(),
        )
        self._frontier.look_again()
        entries: list[SitemapEntry] = []
        for url in site.indexes(rules, options.base_url):
            entries += await self._index(url)
        days = choose_days(entries, since=options.since, until=options.until)
        if entries and not days and not self._listed:
            newest = choose_days(entries)
            tail = f"its newest is {newest[0][0]}" if newest else "it lists no day at all"
            self._days_missing = f"the sitemap index lists no day from {options.since} to {options.until}; {tail}"
        for day, parts in days:
            await self._day(day, [entry.url for entry in parts])
        if options.until >= self._today:
            for url in dict.fromkeys(entry.url for entry in entries if entry.url.endswith("/news-sitemap.xml")):
                await self._news(url)

    async def _index(self, url: str) -> list[SitemapEntry]:
        sitemap = await self._site.sitemap("sitemap index", url)
        if sitemap.kind == "index":
            return list(sitemap.entries)
        for entry in sitemap.entries:  # a site with one plain sitemap: its days are those of its lastmods
            await self._take(entry, day_in_vietnam(entry.lastmod))
        return []

    async def _day(self, day: date, urls: list[str]) -> None:
        ledger = await self._in_turn(self._store.ledger, day.isoformat())
        before = {row.slug: row for row in ledger if row.language == ORIGINAL_LANGUAGE}
        listing = await self._site.through(f"sitemap of {day}", urls, day=day)
        if listing.is_whole or listing.entries:
            self._listed.setdefault(day.isoformat(), set())
        found = [new for listed in listing.entries for new in self._entries(listed, day)]
        await self._in_turn(self._frontier.put, found)
        if not listing.is_whole:
            return
        listed = self._listed[day.isoformat()]
        # What the site no longer lists may be gone: ask once more. Its text stays whatever the answer.
        again = [row for row in before.values() if row.state == "done" and row.slug not in listed]
        if day >= self.options.revisit_since and self._wants(ORIGINAL_LANGUAGE):
            again += await self._in_turn(self._incomplete, day, before, listed)
        await self._in_turn(
            self._store.enqueue,
            [Entry(row.url, row.slug, row.language, day.isoformat(), row.lastmod, ORIGINAL) for row in again],
            now=_now(),
            revisit=True,
        )
        self._frontier.look_again()

    def _incomplete(self, day: date, before: Mapping[str, Any], listed: set[str]) -> list[Any]:
        """Originals of a recent day that do not yet have every language: their alternates may name more by now."""
        have: dict[str, set[str]] = {}
        for row in self._store.ledger(day.isoformat()):
            if row.state == "done":
                have.setdefault(row.slug, set()).add(row.language)
        return [
            row
            for slug, row in before.items()
            if row.state == "done" and slug in listed and not self._languages <= have.get(slug, set())
        ]

    async def _news(self, url: str) -> None:
        for listed in (await self._site.through("news sitemap", [url])).entries:
            day = day_in_vietnam(listed.lastmod)
            if day is not None and self.options.since <= day <= self.options.until:
                await self._take(listed, day)

    async def _take(self, entry: SitemapEntry, day: date | None) -> None:
        if day is not None and not self.options.since <= day <= self.options.until:
            return
        known = self._listed.setdefault(day.isoformat() if day else "", set())
        address = article_address(entry.url)
        if address is not None and address[0] not in known:
            await self._in_turn(self._frontier.put, self._entries(entry, day))

    def _entries(self, entry: SitemapEntry, day: date | None) -> list[Entry]:
        """The ledger's entries for one of a sitemap's: the original first, or the languages that are asked for."""
        address = article_address(entry.url)
        if address is None:
            self._not_articles += 1
            return []
        slug, language, url = address
        text = day.isoformat() if day else None
        if language != ORIGINAL_LANGUAGE:
            return [Entry(url, slug, language, text, entry.lastmod, LISTED)] if self._wants(language) else []
        if any(slug in slugs for name, slugs in self._listed.items() if name != (text or "")):
            return []  # listed on two days: the first one counts
        self._listed.setdefault(text or "", set()).add(slug)
        own = article_languages(entry.alternates, slug=slug, wanted=self.options.languages, hosts=self._fetcher.hosts)
        entries = [Entry(u, slug, code, text, entry.lastmod, LISTED) for code, u in own.items() if code != language]
        if self._wants(ORIGINAL_LANGUAGE):
            return [Entry(url, slug, language, text, entry.lastmod, ORIGINAL), *entries]
        named = {e.language for e in entries}
        return [*entries, *self._guesses(slug, text, entry.lastmod, exclude=named)]

    def _guesses(self, slug: str, day: str | None, lastmod: str | None, *, exclude: set[str]) -> list[Entry]:
        """Addresses by the slug rule alone, for every language that is wanted."""
        return [
            Entry(article_url(slug, code, base=self.options.base_url), slug, code, day, lastmod, GUESSED)
            for code in sorted(self._languages - exclude - {ORIGINAL_LANGUAGE})
        ]

    def _wants(self, language: str) -> bool:
        return self.options.languages is None or language in self.options.languages

    # ---- pages

    async def _worker(self) -> None:
        frontier = self._frontier
        while not self._stopping:
            lease = frontier.next() if frontier.has_ready else await self._in_turn(frontier.next)
            if lease is None:
                if not await self._more():
                    return
                continue
            self._busy += 1
            try:
                if frontier.settle(await self._one(lease)):
                    await self._in_turn(frontier.flush)
            except StoppedError:
                return
            finally:
                self._busy -= 1

    async def _more(self) -> bool:
        """Wait for more addresses; False where none can come."""
        if self._discovering or self._busy:
            await asyncio.sleep(0.02)
            return True
        await self._in_turn(self._frontier.flush)
        self._frontier.look_again()
        if await self._in_turn(self._frontier.fill):
            return True
        if self.options.share and self.options.limit is None and await self._in_turn(self._others_at_work):
            await asyncio.sleep(0.5)  # another crawler has the last ones; if it dies, they come to us
            await self._in_turn(recover_leases, self._store)
            return True
        return False

    def _others_at_work(self) -> bool:
        # What another one finishes can bring new addresses in the same moment: only one look at everything tells that
        # nothing is left. It is the costlier question, so it comes second.
        return bool(self._store.lease_holders()) or any(c.state in ("pending", "leased") for c in self._store.counts())

    async def _one(self, lease: Lease) -> Settled:
        fetched: Fetched | None = None
        try:
            fetched = await self._fetcher.fetch(lease.url, etag=lease.etag, last_modified=lease.last_modified)
            asks = fetched.verdict.outcome != "ok" or lease.priority == GUESSED  # what is stored may decide
            settled = await self._in_turn(self._settled, lease, fetched) if asks else self._settled(lease, fetched)
        except (StoppedError, VietnamvnError):
            raise
        except Exception as error:
            # Never lose a crawl to one page: it would be the first one of the next run again, and end that too.
            detail = in_words(error)
            self.logger.warning("%s: %s", printable(lease.url), printable(detail))
            at, exchange = (_now().isoformat(), None) if fetched is None else (fetched.fetched_at, fetched.exchange)
            settled = Settled(lease=lease, outcome="parse_failed", detail=detail, at=at, exchange=exchange)
        self._stop_after_series(settled)
        return settled

    def _stop_after_series(self, settled: Settled) -> None:
        """End the run early where the site refuses or does not answer, page after page: no hammering."""
        if settled.outcome in BLOCKS:
            self._blocks_in_a_row += 1
        elif settled.outcome in NO_ANSWER:
            self._failures_in_a_row += 1
        elif settled.outcome not in ("robots", "offsite"):
            self._blocks_in_a_row = self._failures_in_a_row = 0
        if self._stopping:
            return
        if self._blocks_in_a_row >= self.settings.getint("VIETNAMVN_STOP_AFTER_BLOCKS"):
            self._stop_reason = (
                f"stopped early: {self._blocks_in_a_row} pages in a row were blocked ({settled.detail}); "
                "wait, lower the rate, or ask the site to let this user agent in"
            )
        elif self._failures_in_a_row >= self.settings.getint("VIETNAMVN_STOP_AFTER_FAILURES"):
            self._stop_reason = (
                f"stopped early: {self._failures_in_a_row} pages in a row brought no answer ({settled.detail}); "
                "see to the network, or try again when the site is back"
            )
        self._stopping = self._stop_reason is not None

    def _settled(self, lease: Lease, fetched: Fetched) -> Settled:
        verdict = fetched.verdict
        outcome, detail = verdict.outcome, verdict.detail
        result: Article | Rejected | None = None
        found: tuple[Entry, ...] = ()
        if outcome == "ok":
            result = extract(fetched.page)
            if isinstance(result, Article):
                found = self._found(lease, result, fetched.url)
                self._layout_unknown += result.extractor.startswith(_NO_LAYOUT)
                if self._items is not None:
                    self._items.put_nowait(result.to_dict())
            else:
                outcome, detail = result.outcome, result.detail
        elif outcome == "unchanged" and lease.language == ORIGINAL_LANGUAGE:
            stored = self._store.get(lease.slug, lease.language)
            if stored is not None:
                found = self._found(lease, stored.article, lease.url)
        if outcome in ABSENT and lease.priority == GUESSED and not self._store.has(lease.slug, lease.language):
            outcome, detail, result = "no_translation", f"there is no such page ({detail})", None
        return Settled(
            lease=lease,
            outcome=outcome,
            detail=detail,
            at=fetched.fetched_at,
            result=result,
            http=Http(fetched.headers.get("etag"), fetched.headers.get("last-modified"), fetched.status),
            exchange=fetched.exchange,
            found=found,
        )

    def _found(self, lease: Lease, article: Article, url: str) -> tuple[Entry, ...]:
        """The translations that an original leads to: those it names, or by the slug rule where it names none."""
        if lease.language != ORIGINAL_LANGUAGE:
            return ()
        every = article_languages(
            article.alternates.items(), slug=lease.slug, wanted=None, hosts=self._fetcher.hosts, page=url
        )
        if self.options.languages is None:
            self._languages.update(every)  # languages that the configuration does not know are learned
        if not set(every) - {ORIGINAL_LANGUAGE}:
            return tuple(self._guesses(lease.slug, lease.day, lease.lastmod, exclude=set()))
        return tuple(
            Entry(target, lease.slug, code, lease.day, lease.lastmod, LISTED)
            for code, target in sorted(every.items())
            if code != ORIGINAL_LANGUAGE and self._wants(code)
        )

    async def _commit_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(self.settings.getfloat("VIETNAMVN_COMMIT_SECONDS"))
            await self._in_turn(self._frontier.flush)
            await self._in_turn(self._run.keep_lock)
            with suppress(OSError):  # who watched us has gone: no reason to stop
                await self._in_turn(self._show)

    def _show(self) -> None:
        now = _now()
        seconds = (now - self._run.began).total_seconds()
        terminal = sys.stderr.isatty()
        if (now - self._last_shown).total_seconds() < (_SCREEN_SECONDS if terminal else _LOG_SECONDS):
            return
        self._last_shown = now
        outcomes = {str(outcome): count for outcome, count in self._frontier.outcomes.items()}
        if not terminal:
            self.logger.info(plain_line(outcomes, seconds=seconds))
            return
        known: Counter[tuple[str, str]] = Counter()
        settled: Counter[tuple[str, str]] = Counter()
        for c in self._store.counts(since=self.options.since.isoformat(), until=self.options.until.isoformat()):
            known[c.day or "", c.language] += c.addresses
            settled[c.day or "", c.language] += c.addresses if c.state in ("done", "failed") else 0
        bars = [Bar(day=d, language=code, settled=settled[d, code], known=n) for (d, code), n in known.items()]
        lines = screen(bars, outcomes, seconds=seconds, room=terminal_size())
        sys.stderr.write(self._screen + "".join(f"\x1b[K{line}\n" for line in lines) + "\x1b[J")
        sys.stderr.flush()
        self._screen = f"\x1b[{len(lines)}A"  # the next screen is written over this one

    # ---- the account

    def _accounts(self) -> dict[tuple[str, str], Account]:
        since, until = self.options.since.isoformat(), self.options.until.isoformat()
        with self._run.reopened() as store:
            days = {c.day for c in store.counts(since=since, until=until)}
            rows = {
                day: [
                    Row(slug=r.slug, language=r.language, state=r.state, outcome=r.outcome) for r in store.ledger(day)
                ]
                for day in sorted(d for d in days if d is not None)
            }
        listed = {day: frozenset(slugs) for day, slugs in self._listed.items() if day}
        return reconcile(listed, rows, original=ORIGINAL_LANGUAGE if self._wants(ORIGINAL_LANGUAGE) else None)

    def _details(self, accounts: Mapping[tuple[str, str], Account] | None) -> dict[str, Any]:
        """What the manifest tells beyond its heading; sums that could not be read are null, never 0."""
        days = [{"day": day, "language": code, **a.to_dict()} for (day, code), a in (accounts or {}).items()]
        return {
            "tried": dict(sorted(self._frontier.outcomes.items())),
            "texts": {name: self._frontier.added[name] for name in ("new", "revision", "unchanged")},
            "documents": [
                {"name": d.name, "url": d.url, "day": d.day, "outcome": d.outcome, "detail": d.detail}
                for d in self._documents
            ],
            "not_articles_by_address": self._not_articles,
            "layout_unknown": self._layout_unknown,
            "totals": None if accounts is None else total_account(accounts).to_dict(),
            "days": None if accounts is None else days,
        }

    def _archive(self) -> Archive | None:
        if self.options.archive is None:
            return None
        name = f"vietnamvn-{self._run.began:%Y%m%d%H%M%S%f}-{os.getpid()}"
        software = self.settings["USER_AGENT"]
        return Archive(
            Path(self.options.archive),
            name=name,
            software=software,
            max_bytes=self.settings.getint("VIETNAMVN_WARC_BYTES"),
        )


def _host(url: str) -> str:
    return AllowedHosts(base_url=url).host


def _now() -> datetime:
    return datetime.now(timezone.utc)
