"""Crawl the site's articles of some days into a store, and account for every one of them.

Made for cron and systemd: one run at a time for a store, no questions, a manifest beside the store. The next run
continues one that was killed.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import VietnamvnError
from pipelines.exits import Exit
from scraper.cli.reports import add_report_argument, require_report, write_run_report
from scraper.cli.stores import add_store_argument
from scraper.cli.values import add_rights_argument, languages, rights_setting, seconds
from scraper.messages import abandon_stdout, as_json, one_line, tell
from scraper.operations.watch import Watch, add_watch_arguments, watching

if TYPE_CHECKING:
    from scraper.crawling import Crawled

EXITS = {
    Exit.DONE: "complete: every article that the site lists for these days is stored (or there was nothing to do)",
    Exit.FAILED: "the store, the archive or the manifest cannot be used, or an internal error ended the run",
    Exit.PARTIAL: (
        "incomplete: something failed or is left, or another run is at work; the reasons are on standard error"
    ),
    Exit.BLOCKED: "the site refuses this client (robots.txt, a sitemap, or many pages)",
    Exit.INTERRUPTED: "interrupted; what was fetched is stored, the next run goes on there",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--lang",
        type=languages,
        default="all",
        metavar="LANGUAGE,…",
        help="all (default), or such as en,zh-Hant,French",
    )
    parser.add_argument("--since", metavar="DAY", help="first day (YYYY-MM-DD, in Vietnam)")
    parser.add_argument("--until", metavar="DAY", help="last day (default: today)")
    parser.add_argument("--days", metavar="N", help="number of days up to the last one (default: 2)")
    parser.add_argument("--limit", metavar="N", help="fetch at most this many pages")
    add_store_argument(parser)
    parser.add_argument("--archive", metavar="DIR", help="keep the raw responses here, as WARC files")
    parser.add_argument("--base-url", metavar="URL", help="another address of the site, for example of a replica")
    parser.add_argument(
        "--revisit", default="3d", help="look for new translations of articles of this many last days (default: 3d)"
    )
    parser.add_argument("--share", action="store_true", help="share one PostgreSQL store with other crawlers")
    parser.add_argument("--manifest", metavar="FILE", help="where to write the account (default: beside the store)")
    parser.add_argument(
        "--delay", type=seconds, metavar="SECONDS", help="between two requests (default: 1); 0 is for replicas"
    )
    add_rights_argument(parser)
    add_report_argument(parser, "a report on the store")
    parser.add_argument("--json", action="store_true", help="print the manifest on standard output")
    add_watch_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Crawl, print the account, return its exit code."""
    require_report(options)
    with watching(options, "crawl") as watch:
        return _crawl(options, watch)


def _crawl(options: argparse.Namespace, watch: Watch) -> int:
    from scraper.crawling import crawl_articles  # slow: it loads the databases

    names = ("lang", "since", "until", "days", "limit", "store", "archive", "base_url", "revisit", "share", "manifest")
    given = {name: getattr(options, name) for name in names}
    given["lang"] = ",".join(options.lang)
    crawled = crawl_articles({**pace(options.delay), **rights_setting(options)}, **given)
    code = finish(options, crawled, account(crawled.manifest, str(crawled.path)), watch)
    if options.report is not None and crawled.manifest.get("run") is not None:
        write_run_report(options.store, options.report, crawled.manifest)
    return code


def finish(options: argparse.Namespace, crawled: Crawled, account_line: str, watch: Watch) -> Exit:
    """Print a run's account, or its manifest, and put it into `watch`; returns the run's exit code."""
    _show(options, crawled, account_line)
    watch.code = code = crawled.tell()
    watch.account = "\n".join([account_line, *crawled.end.lines()]).strip()
    if options.metrics is not None:
        _measure(options, crawled.manifest, watch)
    return code


def _show(options: argparse.Namespace, crawled: Crawled, account_line: str) -> None:
    """Print on standard output; with ``--quiet`` nothing about a complete run."""
    text = as_json(crawled.manifest, indent=2) if options.json else account_line
    if options.quiet and not options.json and crawled.end.code == Exit.DONE:
        return
    try:
        if text:
            print(text, flush=True)
    except OSError as error:
        # The exit code stays that of the manifest, even if the account cannot be printed.
        if not isinstance(error, BrokenPipeError):
            tell(f"standard output: {error.strerror}; the account is in {crawled.path}")
        abandon_stdout()


def _measure(options: argparse.Namespace, manifest: dict[str, Any], watch: Watch) -> None:
    """Put metrics into `watch`; a failure is one line and does not change the exit code."""
    from scraper.operations.figures import of_account, of_store

    watch.values.update(of_account(manifest))
    try:
        watch.values.update(of_store(options.store, None if options.archive is None else Path(options.archive)))
    except (VietnamvnError, OSError) as error:
        tell(f"--metrics: {error}")


def pace(delay: float | None) -> dict[str, object]:
    """Settings for `delay` seconds between requests (None: the default); with 0, requests go as fast as possible."""
    if delay is None:
        return {}
    if delay > 0:
        return {"DOWNLOAD_DELAY": delay}
    unbounded = {"DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False}
    return {**unbounded, "CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}


def account(manifest: dict[str, Any], path: str) -> str:
    """The account in one line; empty if there is none."""
    totals = manifest.get("totals")
    if totals is None:
        return ""
    failed = ", ".join(f"{count} {reason}" for reason, count in totals["failed"].items()) or "0 failed"
    return (
        f"{manifest['result']}: {totals['listed']} listed = {totals['stored']} stored + {totals['unchanged']} unchanged"
        f" + {sum(totals['failed'].values())} failed ({failed}) + {totals['left']} left; manifest: {one_line(path)}"
    )
