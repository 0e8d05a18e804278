"""Run one spider in this process, as the commands do; ``scrapy crawl`` and scrapyd run the same spiders their way."""

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
    """The project's settings, with these on top."""
    settings = Settings()
    settings.setmodule("scraper.settings", priority="project")
    settings.update(dict(overrides or {}), priority="cmdline")
    return settings


def run_spider(spider_class: type[SpiderT], settings: Settings, **arguments: Any) -> SpiderT:
    """Run a spider to its end and return it. Once for each process: Twisted's reactor cannot start twice.

    Ctrl-C ends it in order: what is in flight is finished and stored. Raises what kept Scrapy from running it, say
    wrong arguments, told by the spider's `from_crawler`.
    """
    spider, error = try_spider(spider_class, settings, **arguments)
    if error is not None:
        raise error
    return cast("SpiderT", spider)


def try_spider(
    spider_class: type[SpiderT], settings: Settings, **arguments: Any
) -> tuple[SpiderT | None, BaseException | None]:
    """The same, with what was raised beside the spider, if it came so far."""
    warnings.simplefilter("ignore", ScrapyDeprecationWarning)
    process = AsyncCrawlerProcess(settings, install_root_handler=False)
    log_to_stderr(settings["LOG_FORMAT"])
    crawler = process.create_crawler(spider_class)
    done = process.crawl(crawler, **arguments)
    process.start()
    error = done.exception() if done.done() and not done.cancelled() else None
    return cast("SpiderT | None", crawler.spider), error


def log_to_stderr(line: str) -> None:
    """Lines on standard error in the manner of messages: our own, and Scrapy's only where it gives up.

    Failures of single downloads are outcomes of ours, told once, in the account. After Scrapy has set up its logging.
    """
    handler = LineHandler(sys.stderr)
    people = LineFormatter(line, "%Y-%m-%d %H:%M:%S", tracebacks=VIETNAMVN_DEBUG)
    handler.setFormatter(JsonFormatter() if manner.is_json else people)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("articles", "backfill"):  # the runs, by their spiders' names: how far they are, what they wait for
        logging.getLogger(name).setLevel(manner.level)
    logging.getLogger("articles.end").setLevel(logging.CRITICAL)  # the commands say it, as their last words
    for name in ("scrapy", "twisted", "asyncio", "psycopg"):
        logging.getLogger(name).setLevel(logging.CRITICAL if name == "twisted" else logging.ERROR)
