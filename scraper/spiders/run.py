"""What the spiders of a run have in common: how it ended, and its account."""

from __future__ import annotations

from typing import Any

import scrapy
from scrapy.exceptions import NotConfigured

from scraper.ending import RunEnd
from scraper.extensions.run import CrawlRun


class RunSpider(scrapy.Spider):
    """A spider with `options`, whose run `scraper.extensions.run.CrawlRun` keeps."""

    @property
    def end(self) -> RunEnd | None:
        """How the run ended; None before that, and where there was none."""
        run = self.crawler.get_extension(CrawlRun)
        return None if run is None else run.end

    @property
    def manifest(self) -> dict[str, Any]:
        """The account as JSON types."""
        return self._run.run.manifest

    @property
    def _run(self) -> CrawlRun:
        run = self.crawler.get_extension(CrawlRun)
        if run is None:
            raise NotConfigured(f"the spider {self.name} needs scraper.extensions.run.CrawlRun in EXTENSIONS_BASE")
        return run
