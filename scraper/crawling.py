"""The crawl as the commands run it: whatever happens, it has an end and leaves its own manifest behind."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from pipelines.errors import UsageError
from pipelines.exits import Exit
from pipelines.times import VIETNAM
from scraper import settings
from scraper.backfill.options import backfill_options
from scraper.ending import RunEnd, end_of_run
from scraper.manifest import ManifestError, heading, manifest_path, write_manifest
from scraper.messages import tell
from scraper.options import RunOptions, crawl_options
from scraper.processes import this_holder


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """A finished crawl: how it ended, its manifest as JSON types, and where the manifest was written."""

    end: RunEnd
    manifest: dict[str, Any]
    path: Path

    def tell(self) -> Exit:
        """Print on standard error how it ended; returns its exit code."""
        for line in self.end.lines():
            good = self.end.code == Exit.DONE and not line.startswith("warning")
            tell(line, level=logging.INFO if good else logging.WARNING)
        return self.end.code


def crawl_articles(overrides: Mapping[str, Any], **arguments: Any) -> Crawled:
    """Crawl in this process (once per process); `overrides` are settings, `arguments` are the spider's.

    Raises `UsageError` for wrong arguments, and nothing else.
    """
    began = datetime.now(timezone.utc)
    options = crawl_options(arguments, vars(settings), today=began.astimezone(VIETNAM).date())
    return _run("scraper.spiders.articles.ArticlesSpider", options, began, overrides, arguments)


def backfill(overrides: Mapping[str, Any], **arguments: Any) -> Crawled:
    """Fetch the site's past from web archives; otherwise as `crawl_articles`."""
    options = backfill_options(arguments, vars(settings))
    return _run("scraper.spiders.backfill.BackfillSpider", options, datetime.now(timezone.utc), overrides, arguments)


def _run(
    spider_class: str,
    options: RunOptions,
    began: datetime,
    overrides: Mapping[str, Any],
    arguments: Mapping[str, Any],
) -> Crawled:
    error: BaseException | None = None
    try:
        # Imported here: Scrapy takes half a second to load, and Ctrl-C may come meanwhile.
        from scrapy.utils.misc import load_object

        from scraper.running import crawl_settings, try_spider

        spider, error = try_spider(load_object(spider_class), crawl_settings(overrides), **arguments)
        if spider is not None and spider.end is not None:
            if spider.end.code == Exit.USAGE:
                raise UsageError(spider.end.reasons[-1])
            return Crawled(end=spider.end, manifest=spider.manifest, path=manifest_path(options))
    except (Exception, KeyboardInterrupt) as raised:
        error = raised
    if isinstance(error, UsageError):
        raise error
    return _not_begun(options, began, error)


def _not_begun(options: RunOptions, began: datetime, error: BaseException | None) -> Crawled:
    """Scrapy did not get to run the spider, or Ctrl-C came first: this is the end of a run too."""
    errors = [error] if isinstance(error, Exception) else []
    path = manifest_path(options)
    while True:
        end = end_of_run(errors=errors, interrupted=not isinstance(error, Exception), begun=False)
        ended = datetime.now(timezone.utc)
        manifest = heading(options, holder=this_holder(), began=began, end=end, ended=ended)
        try:
            if path.parent.is_dir() and not any(isinstance(known, ManifestError) for known in errors):
                write_manifest(path, manifest)
            return Crawled(end=end, manifest=manifest, path=path)
        except ManifestError as unwritable:
            errors.append(unwritable)
