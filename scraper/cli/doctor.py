"""Look at the live site once and say which assumptions about it hold, one line each.

A dozen requests at the usual pace show within a minute what a crawl would meet. Nothing is stored.
With --archives it does the same for the web archives that `backfill` uses.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pipelines.errors import UsageError
from pipelines.exits import Exit
from scraper.cli.values import seconds
from scraper.messages import one_line, tell

if TYPE_CHECKING:
    from scraper.backfill.first_contact import ArchivesDoctorSpider

EXITS = {
    Exit.DONE: "everything is as expected (notes may remain)",
    Exit.FAILED: "an assumption fails, or the checks could not be made; a line says which, and what to do",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--base-url", metavar="URL", help="another address of the site (default: https://www.vietnam.vn)"
    )
    parser.add_argument(
        "--archives", action="store_true", help="look at the web archives instead, as backfill would meet them"
    )
    parser.add_argument("--collinfo-url", metavar="URL", help="with --archives: Common Crawl's list of crawls")
    parser.add_argument("--data-url", metavar="URL", help="with --archives: Common Crawl's data")
    parser.add_argument("--wayback-url", metavar="URL", help="with --archives: the Internet Archive")
    parser.add_argument("--ccnews-url", metavar="URL", help="with --archives: the lists of CC-NEWS")
    parser.add_argument("--domain", metavar="NAME", help="with --archives: another site's domain (default: vietnam.vn)")
    parser.add_argument("--delay", type=seconds, metavar="SECONDS", help="between two requests (default: 1)")


def run(options: argparse.Namespace) -> int:
    """Check and print; returns 1 if something fails."""
    from scraper.cli.crawl import pace  # Scrapy is slow to import
    from scraper.doctor import DoctorSpider
    from scraper.running import crawl_settings, run_spider

    settings = crawl_settings({**pace(options.delay), "DOWNLOAD_TIMEOUT": 15, "RETRY_TIMES": 1})
    services = ("collinfo_url", "data_url", "wayback_url", "ccnews_url", "domain")
    given = {name: getattr(options, name) for name in services}
    spider: ArchivesDoctorSpider | DoctorSpider
    if options.archives:
        from scraper.backfill.first_contact import ArchivesDoctorSpider
        from scraper.cli.backfill import pace as archives_pace

        patience = {"DOWNLOAD_TIMEOUT": 60, "RETRY_TIMES": 1, "VIETNAMVN_PATIENCE": 60.0}
        settings = crawl_settings({**archives_pace(options.delay), **patience})
        spider = run_spider(ArchivesDoctorSpider, settings, **given)
    elif any(given.values()):
        raise UsageError("--collinfo-url, --data-url, --wayback-url, --ccnews-url and --domain need --archives")
    else:
        spider = run_spider(DoctorSpider, settings, base_url=options.base_url)
    for finding in spider.findings:
        remedy = f" -> {finding.remedy}" if finding.remedy else ""
        print(one_line(f"{finding.level.upper():4} {finding.check}: {finding.found}{remedy}"))
    if not spider.ended:
        tell("interrupted before all checks were made; run it again")
        return Exit.INTERRUPTED
    sound = spider.findings and all(finding.level != "fail" for finding in spider.findings)
    return Exit.DONE if sound else Exit.FAILED
