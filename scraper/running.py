"""Run one spider in this process, as the commands do; ``scrapy crawl`` and scrapyd run the same spiders themselves."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Mapping
from typing import Any, TypeVar, cast

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import ScrapyDeprecationWarning
from scrapy.settings import Settings

from scraper.messages import JsonFormatter, LineFormatter, LineHandler, manner
from scraper.settings import VIETNAMVN_DEBUG

SpiderT = TypeVar("SpiderT", bound=scrapy.Spider)


def crawl_settings(overrides: Mapping[str, Any] | None = None) -> Settings:
    """The project's settings, with `overrides` on top."""
    settings = Settings()
    settings.setmodule("scraper.settings", priority="project")
    settings.update(dict(overrides or {}), priority="cmdline")
    return settings


def run_spider(spider_class: type[SpiderT], settings: Settings, **arguments: Any) -> SpiderT:
    """Run a spider to its end and return it. Once for each process: Twisted's reactor cannot start twice.

    Ctrl-C ends it in order: requests under way are finished and stored. Raises what kept Scrapy from running it, for
    example the `UsageError` of the spider's `from_crawler`.
    """
    spider, error = try_spider(spider_class, settings, **arguments)
    if error is not None:
        raise error
    return cast("SpiderT", spider)


def try_spider(
    spider_class: type[SpiderT], settings: Settings, **arguments: Any
) -> tuple[SpiderT | None, BaseException | None]:
    """As `run_spider`, but returns the spider (None if it was not made) and the error (None if there was none)."""
    warnings.simplefilter("ignore", ScrapyDeprecationWarning)
    process = AsyncCrawlerProcess(settings, install_root_handler=False)
    log_to_stderr(settings["LOG_FORMAT"])
    crawler = process.create_crawler(spider_class)
    done = process.crawl(crawler, **arguments)
    process.start()
    error = done.exception() if done.done() and not done.cancelled() else None
    return cast("SpiderT | None", crawler.spider), error


def log_to_stderr(line: str) -> None:
    """Send log lines to standard error in the manner of messages: this program's, and from Scrapy only errors.

    Failures of single downloads are reported once, as outcomes. Call it after Scrapy has set up its logging.
    """
    handler = LineHandler(sys.stderr)
    people = LineFormatter(line, "%Y-%m-%d %H:%M:%S", tracebacks=VIETNAMVN_DEBUG)
    handler.setFormatter(JsonFormatter() if manner.is_json else people)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("articles", "backfill"):  # progress of the runs, by their spiders' names
        logging.getLogger(name).setLevel(manner.level)
    logging.getLogger("articles.end").setLevel(logging.CRITICAL)  # the commands print it themselves, last
    for name in ("scrapy", "twisted", "asyncio", "psycopg"):
        logging.getLogger(name).setLevel(logging.CRITICAL if name == "twisted" else logging.ERROR)
