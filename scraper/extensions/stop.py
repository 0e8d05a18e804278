"""Ends a run early if the site refuses, or does not answer, page after page."""

from __future__ import annotations

from scrapy import Spider
from scrapy.crawler import Crawler

from scraper.extensions.crawl_run import RunExtension
from scraper.findings import Series
from scraper.frontier import PageOutcome
from scraper.signals import address_settled


class StopAfterSeries:
    """Ends the run after `VIETNAMVN_STOP_AFTER_BLOCKS` or `VIETNAMVN_STOP_AFTER_FAILURES` pages in a row."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._series = Series(
            blocks=settings.getint("VIETNAMVN_STOP_AFTER_BLOCKS"),
            failures=settings.getint("VIETNAMVN_STOP_AFTER_FAILURES"),
        )
        crawler.signals.connect(self._settled, signal=address_settled)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StopAfterSeries:
        """Made by Scrapy."""
        return cls(crawler)

    def _settled(self, settled: PageOutcome, spider: Spider) -> None:
        why = self._series.stop(settled)
        run = self._crawler.get_extension(RunExtension)
        if why is not None and run is not None:
            run.stop(why, by_blocks=self._series.is_blocked)
