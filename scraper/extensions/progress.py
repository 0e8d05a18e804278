"""Shows a crawl while it runs: on a terminal a screen of bars, elsewhere a line now and then.

With ``--verbose`` each page is a line too.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import Counter
from contextlib import suppress

from scrapy import Spider, signals
from scrapy.crawler import Crawler

from scraper.clock import Stopwatch
from scraper.crawl_progress import Bar, plain_line, screen, terminal_room
from scraper.extensions.crawl_run import RunExtension
from scraper.frontier import PageOutcome
from scraper.ledger import Ledger
from scraper.messages import drawing, is_drawn, manner, no_longer_drawn, now_drawn
from scraper.progress import trimmed
from scraper.signals import address_settled

_LOG_SECONDS, _SCREEN_SECONDS = 30.0, 2.0


class ProgressExtension:
    """Shows pages, rate and outcomes; a closed output does not stop the crawl."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._since_start = Stopwatch()
        self._task: asyncio.Task[None] | None = None
        self._lines = 0  # height of the screen that is drawn now
        crawler.signals.connect(self._opened, signal=signals.spider_opened)
        crawler.signals.connect(self._closed, signal=signals.spider_closed)
        crawler.signals.connect(self._settled, signal=address_settled)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ProgressExtension:
        """Made by Scrapy."""
        return cls(crawler)

    def _opened(self, spider: Spider) -> None:
        self._since_start.restart()
        run = self._crawler.get_extension(RunExtension)
        if run is not None:
            self._task = asyncio.ensure_future(self._go_on(run))

    def _closed(self, spider: Spider) -> None:
        if self._task is not None:
            self._task.cancel()
        no_longer_drawn(self)

    async def _go_on(self, run: RunExtension) -> None:
        while True:
            await asyncio.sleep(_SCREEN_SECONDS if _is_screen() else _LOG_SECONDS)
            try:
                with suppress(OSError):  # the terminal is closed: no reason to stop
                    if run.ledger is not None:
                        await self.show(run.ledger)
            except Exception as error:
                run.fail(error)
                return

    async def show(self, ledger: Ledger) -> None:
        """Show the crawl's progress."""
        outcomes = {str(outcome): count for outcome, count in ledger.frontier.outcomes.items()}
        seconds = self._since_start.seconds
        if not _is_screen():
            if self._crawler.spider is not None:
                fields = {"event": "progress", "seconds": round(seconds, 1), "outcomes": outcomes}
                line = plain_line(outcomes, seconds=seconds)
                message = "; ".join(filter(None, (line, self._doing)))
                self._crawler.spider.logger.info(message, extra={"event_fields": fields})
            return
        bars = await ledger.look_up(lambda: self._bars(ledger))
        columns, height = terminal_room()
        doing = [trimmed(self._doing, columns)] if self._doing else []
        lines = [*doing, *screen(bars, outcomes, seconds=seconds, room=(columns, height - len(doing)))]
        with drawing:
            self.wipe()
            sys.stderr.write("".join(f"{line}\n" for line in lines))
            sys.stderr.flush()
            self._lines = len(lines)
            now_drawn(self)

    def wipe(self) -> None:
        """Clear the screen of bars."""
        if self._lines:
            sys.stderr.write(f"\x1b[{self._lines}A\x1b[J")
            self._lines = 0

    def end(self) -> None:
        """Leave the screen as it is."""
        self._lines = 0

    def _settled(self, settled: PageOutcome, spider: Spider) -> None:
        if not spider.logger.isEnabledFor(logging.DEBUG):
            return
        lease = settled.lease
        fields = {"event": "page", "run": self._run_id, "day": lease.day, "language": lease.language, "url": lease.url}
        fields |= {"outcome": str(settled.outcome), "detail": settled.detail or None}
        spider.logger.debug("%s: %s", lease.url, settled.outcome, extra={"event_fields": fields})

    @property
    def _doing(self) -> str:
        """What the spider does besides its pages, if it has `doing`."""
        return str(getattr(self._crawler.spider, "doing", ""))

    @property
    def _run_id(self) -> int | None:
        run = self._crawler.get_extension(RunExtension)
        return None if run is None else run.run.id

    def _bars(self, ledger: Ledger) -> list[Bar]:
        options = getattr(self._crawler.spider, "options", None)
        if options is None:
            return []
        known: Counter[tuple[str, str]] = Counter()
        settled: Counter[tuple[str, str]] = Counter()
        for day, language, state, number in ledger.frontier.known(options):
            known[day, language] += number
            settled[day, language] += number if state in ("done", "failed") else 0
        return [Bar(day=d, language=code, settled=settled[d, code], known=n) for (d, code), n in known.items()]


def _is_screen() -> bool:
    """Whether bars are drawn: on a terminal, if not each page is a line."""
    return is_drawn() and manner.level == logging.INFO
