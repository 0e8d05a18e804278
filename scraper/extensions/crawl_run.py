"""The run of a crawl: lock, store, archive and ledger from `spider_opened` on, the account at `spider_closed`."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from pathlib import Path
from typing import Any

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DontCloseSpider, DropItem, NotConfigured

from pipelines.models import Article
from pipelines.printable import printable
from scraper import engine
from scraper import findings as crawl_findings
from scraper.archive import Archive
from scraper.clock import now
from scraper.ending import RunEnd
from scraper.extractor import Extractor
from scraper.findings import Findings, statistics
from scraper.frontier import Frontier, PageOutcome
from scraper.leases import Terms, recover_leases
from scraper.ledger import Ledger
from scraper.options import RunOptions
from scraper.run import CrawlRun
from scraper.signals import address_settled, run_broken
from scraper.visits import StoppedError, Visit, key_of, visit_of
from scraper.waiting import Turns

_NAP = 0.25  # seconds
_OWN_REASONS = ("finished", "shutdown", "failed", "stopped", "not begun")


class RunExtension:
    """Runs every spider that has `options` (`scraper.options.RunOptions`) and `begin`, which makes its frontier.

    `ledger` is set once the run has begun. The run is judged by `scraper.findings`, or by the spider's `accounting`.

    After an error, `fail` ends the run at once. After the run, `end` says how it ended.
    """

    def __init__(self, crawler: Crawler, options: RunOptions) -> None:
        self._crawler = crawler
        self._options = options
        self.run = CrawlRun(
            options,
            lock_seconds=crawler.settings.getfloat("VIETNAMVN_LEASE_SECONDS"),
            is_interrupted=self._is_over,
        )
        self.findings = Findings()
        self.ledger: Ledger | None = None
        self.extractor = Extractor(crawler.settings.getfloat("VIETNAMVN_EXTRACTION_SHARE"))
        self._turns = Turns()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_finishing = False
        for handler, signal in (
            (self._opened, signals.spider_opened),
            (self._idle, signals.spider_idle),
            (self._dropped, signals.item_dropped),
            (self._erred, signals.item_error),
            (self._closed, signals.spider_closed),
            (self._settled, address_settled),
        ):
            crawler.signals.connect(handler, signal=signal)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RunExtension:
        """Made by Scrapy."""
        options = getattr(crawler.spider, "options", None)
        if not isinstance(options, RunOptions):
            raise NotConfigured
        return cls(crawler, options)

    def _is_over(self) -> bool:
        """Whether to stop waiting for a store: after a signal, or if a run is closed before it began."""
        crawler = self._crawler
        return engine.is_interrupted(crawler) or (self.run.id is None and engine.is_closing(crawler))

    @property
    def end(self) -> RunEnd | None:
        """How the run ended; None before that."""
        return self.run.end

    def visit(self, item: Any) -> Visit | None:
        """The visit that brought an item."""
        visit = getattr(item, "visit", None)
        if isinstance(visit, Visit):
            return visit
        return None if self.ledger is None else self.ledger.visits.get(key_of(item))

    def fail(self, error: BaseException) -> None:
        """End the run at once after an error; requests under way are dropped."""
        self.run.note(error)
        self._crawler.signals.send_catch_log(run_broken, error=error, spider=self._crawler.spider)
        engine.close(self._crawler, "failed")

    def stop(self, why: str, *, by_blocks: bool = False) -> None:
        """End the run early and in order."""
        if self.findings.stopped is None:
            self.findings.stopped, self.findings.stopped_by_blocks = why, by_blocks
            engine.close(self._crawler, "stopped")

    # ---- from its beginning to its end

    async def _opened(self, spider: Spider) -> None:
        from twisted.internet import reactor  # only now: whoever runs the spider installs it

        # A second Ctrl-C makes Scrapy stop without waiting: this still stores what is settled, and writes the account.
        at_the_end: Any = reactor.addSystemEventTrigger  # its stubs have the arguments of another method
        at_the_end("after", "shutdown", self._finish, interrupted=True)
        try:
            self.ledger = await self._turns(self._begin)
        except Exception as error:
            self.run.note(error)
            raise CloseSpider("not begun") from None
        self._tasks = [asyncio.ensure_future(task) for task in (self.ledger.keep(), self._release())]

    async def _release(self) -> None:
        """Once the run ends, for whatever reason, release the requests that wait for their turn at the site."""
        while True:
            await asyncio.sleep(_NAP)
            if engine.is_ending(self._crawler):
                engine.release_waiting(self._crawler, StoppedError)

    def _begin(self) -> Ledger:
        settings, options = self._crawler.settings, self._options
        described = {"user_agent": settings["USER_AGENT"]}
        store, archive = self.run.begin(self._archive, hosts=options.hosts, described=described)
        terms = Terms(
            holder=self.run.holder,
            run_id=self.run.id,
            batch=settings.getint("VIETNAMVN_BATCH"),
            seconds=settings.getfloat("VIETNAMVN_LEASE_SECONDS"),
            limit=options.limit,
            share=options.share,
        )
        spider: Any = self._crawler.spider
        frontier: Frontier = spider.begin(store, terms, archive)
        recovered = recover_leases(frontier.leases.queue)
        if recovered:
            self._say("%d addresses that a killed run had taken are free again", recovered)
        return Ledger(self._crawler, frontier, tick=self.run.keep_lock, fail=self.fail)

    def _archive(self) -> Archive | None:
        if self._options.archive is None:
            return None
        settings = self._crawler.settings
        return Archive(
            Path(self._options.archive),
            name=f"vietnamvn-{self.run.began:%Y%m%d%H%M%S%f}-{os.getpid()}",
            software=settings["USER_AGENT"],
            max_bytes=settings.getint("VIETNAMVN_WARC_BYTES"),
        )

    async def _closed(self, spider: Spider, reason: str) -> None:
        if reason not in _OWN_REASONS and self.findings.stopped is None:
            self.findings.stopped = f"stopped early by Scrapy ({reason})"
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.extractor.close()
        interrupted = reason == "shutdown" or engine.is_interrupted(self._crawler)
        await self._turns(self._finish, interrupted=interrupted)

    def _finish(self, *, interrupted: bool) -> None:
        """Store what is settled, release the rest and write the account; done once, by whichever end comes first."""
        run, ledger = self.run, self.ledger
        run.interrupted = run.interrupted or interrupted
        if self._is_finishing:  # the other end came first, and may still wait for the store
            return
        self._is_finishing = True
        accounts = None
        if ledger is not None:
            for step in (ledger.store_rest, ledger.frontier.close_archive, ledger.frontier.forget_lost):
                run.attempt(step)
            accounts = run.attempt(self._accounts)
            if not run.interrupted and self._accounting is crawl_findings:
                run.attempt(self._audit)
        tried: Counter[str] = Counter() if ledger is None else ledger.frontier.outcomes
        added: Counter[str] = Counter() if ledger is None else ledger.frontier.added
        run.finish(
            lambda: self._accounting.judge(
                self.findings,
                accounts,
                tried,
                self._options,
                self._crawler.settings,
                errors=run.errors,
                interrupted=run.interrupted,
            ),
            lambda: self._accounting.details(self.findings, accounts, tried, added),
        )
        for name, value in statistics(run.manifest).items():
            self._crawler.stats.set_value(name, value)

    @property
    def _accounting(self) -> Any:
        return getattr(self._crawler.spider, "accounting", crawl_findings)

    def _accounts(self) -> Any:
        with self.run.reopened() as store:
            return self._accounting.accounts_of(store, self._options, self.findings)

    def _audit(self) -> None:
        least = self._crawler.settings.getint("VIETNAMVN_AUDIT_ARTICLES")
        with self.run.reopened() as store:
            self.findings.alarms = crawl_findings.audited(store, self.findings, self.run.began, least)

    def _settled(self, settled: PageOutcome, spider: Spider) -> None:
        if isinstance(settled.result, Article):
            self.findings.coverage.add(settled.result)

    # ---- addresses that were not settled

    def _idle(self, spider: Spider) -> None:
        """No request is under way: addresses that are still leased were lost in other components; settle them."""
        ledger = self.ledger
        if ledger is None or engine.is_ending(self._crawler):
            return
        self.findings.documents += self.findings.awaited.values()
        self.findings.awaited.clear()
        lost = ledger.lost()
        for lease in lost:
            detail = "nothing came of it: a middleware or a callback took it away"
            settled = PageOutcome(lease=lease, outcome="dropped", detail=detail, fetched_at=now().isoformat())
            ledger.settle(Visit(lease=lease), settled)
        if lost:
            raise DontCloseSpider

    def _dropped(self, item: Any, response: Any, exception: DropItem) -> None:
        self._settle_lost(item, response, "dropped", f"an item pipeline dropped it: {_one_line(exception)}")

    def _erred(self, item: Any, response: Any, failure: Any) -> None:
        error = failure.value
        self._settle_lost(item, response, "item_error", f"an item pipeline failed: {_one_line(error, named=True)}")

    def _settle_lost(self, item: Any, response: Any, outcome: str, detail: str) -> None:
        request = getattr(response, "request", None)
        visit = self.visit(item) or (None if request is None else visit_of(request))
        if self.ledger is None or visit is None or visit.lease is None or visit.is_settled:
            return
        self.ledger.forget(visit)
        if not isinstance(item, Article) and getattr(item, "outcome", None) is not None:
            outcome, detail = item.outcome, item.detail  # it was not an article anyway
        fetched_at = visit.answer.fetched_at if visit.answer is not None else now().isoformat()
        settled = PageOutcome(
            lease=visit.lease, outcome=outcome, detail=detail, fetched_at=fetched_at, place=visit.place
        )
        self.ledger.settle(visit, settled)

    def _say(self, line: str, *values: object) -> None:
        spider: Any = self._crawler.spider
        spider.logger.info(line, *values)


def _one_line(error: BaseException, *, named: bool = False) -> str:
    """What a pipeline raised, in one line; not shown as an internal error, since most pipelines are users' own."""
    message = " ".join(str(error).split())[:300] or type(error).__name__
    return printable(f"{type(error).__name__}: {message}" if named else message)
