"""The common part of spiders that have a run: how it ended, and its account."""

from __future__ import annotations

from typing import Any

import scrapy
from scrapy.exceptions import NotConfigured

from scraper.ending import RunEnd
from scraper.extensions.crawl_run import RunExtension


class RunSpider(scrapy.Spider):
    """A spider with `options`, whose run `scraper.extensions.crawl_run.RunExtension` manages."""

    @property
    def end(self) -> RunEnd | None:
        """How the run ended; None before that, or if there was no run."""
        run = self.crawler.get_extension(RunExtension)
        return None if run is None else run.end

    @property
    def manifest(self) -> dict[str, Any]:
        """The account as JSON types."""
        return self._run.run.manifest

    @property
    def _run(self) -> RunExtension:
        run = self.crawler.get_extension(RunExtension)
        if run is None:
            raise NotConfigured(
                f"the spider {self.name} needs scraper.extensions.crawl_run.RunExtension in EXTENSIONS_BASE"
            )
        return run
