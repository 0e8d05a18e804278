"""Fetch the site's past from public web archives into a store: the site itself is not asked.

Every capture that the archives list gets an outcome, and captures of one address become its revisions in order of
time. The next run continues one that was killed or gave up waiting.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipelines.errors import UsageError
from pipelines.exits import Exit
from scraper.cli.reports import add_report_argument, require_report, write_run_report
from scraper.cli.stores import add_store_argument
from scraper.cli.values import add_rights_argument, languages, rights_setting, seconds
from scraper.messages import as_json, one_line, tell
from scraper.operations.watch import Watch, add_watch_arguments, watching

EXITS = {
    Exit.DONE: "complete: every capture that the archives list has its text stored, or a final outcome",
    Exit.FAILED: "the store, the archive or the manifest cannot be used, or an internal error ended the run",
    Exit.PARTIAL: "incomplete: an index or a capture could not be fetched, some are left, or another run is at work",
    Exit.BLOCKED: "an archive refuses this client (its index, or hours of refusals)",
    Exit.INTERRUPTED: "interrupted; what was fetched is stored, the next run goes on there",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--from",
        dest="sources",
        nargs="+",
        required=True,
        metavar="ARCHIVE",
        help="commoncrawl, internetarchive, ccnews, or WARC files (paths, folders, globs, http addresses)",
    )
    parser.add_argument(
        "--index", nargs="+", metavar="FILE", help="Common Crawl's columnar index (Parquet), in place of its CDX server"
    )
    parser.add_argument("--crawls", metavar="WHICH", help="all (default), last:N, or such as CC-MAIN-2025-33")
    parser.add_argument("--since", metavar="DAY", help="only captures of this day (YYYY-MM-DD, UTC) and later")
    parser.add_argument("--until", metavar="DAY", help="only captures of this day and earlier")
    parser.add_argument(
        "--lang", type=languages, default="all", metavar="LANGUAGE,…",
        help="languages that the addresses claim: all (default), or such as en,fr",
    )  # fmt: skip
    parser.add_argument("--limit", metavar="N", help="fetch at most this many captures")
    add_store_argument(parser)
    parser.add_argument("--archive", metavar="DIR", help="keep the captures' records here, as WARC files")
    parser.add_argument("--domain", metavar="NAME", help="the domain of another site (default: vietnam.vn)")
    parser.add_argument("--dry-run", action="store_true", help="only say how many captures there are")
    parser.add_argument("--manifest", metavar="FILE", help="where to write the account (default: beside the store)")
    parser.add_argument("--json", action="store_true", help="print the manifest on standard output")
    add_rights_argument(parser)
    add_report_argument(parser, "a report on the store")
    add_watch_arguments(parser)
    parser.add_argument("--collinfo-url", metavar="URL", help="Common Crawl's list of crawls, such as a stand-in's")
    parser.add_argument("--data-url", metavar="URL", help="Common Crawl's data, such as a mirror's")
    parser.add_argument("--wayback-url", metavar="URL", help="the Internet Archive, or a stand-in")
    parser.add_argument("--ccnews-url", metavar="URL", help="the lists of CC-NEWS, such as a stand-in's")
    parser.add_argument(
        "--delay", type=seconds, metavar="SECONDS",
        help="between two requests to a service (default: by service, see docs/backfill.md); 0 is for stand-ins",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Backfill, print the account, return its exit code."""
    if options.report is not None and options.dry_run:
        raise UsageError("--report: a dry run stores nothing to report on; leave out --dry-run")
    require_report(options)
    with watching(options, "backfill") as watch:
        return _backfill(options, watch)


def _backfill(options: argparse.Namespace, watch: Watch) -> int:
    from scraper.cli.crawl import finish

    names = ("index", "crawls", "since", "until", "limit", "store", "archive", "domain", "manifest")
    services = ("collinfo_url", "data_url", "wayback_url", "ccnews_url")
    given = {name: getattr(options, name) for name in (*names, *services)}
    given.update({"from": options.sources, "lang": ",".join(options.lang)})
    if options.dry_run:
        watch.code = _dry_run(options, given)
        return watch.code
    from scraper.crawling import backfill  # slow: it loads the databases

    crawled = backfill({**pace(options.delay), **rights_setting(options)}, **given)
    code = finish(options, crawled, account(crawled.manifest, str(crawled.path)), watch)
    if options.report is not None and crawled.manifest.get("run") is not None:
        write_run_report(options.store, options.report, crawled.manifest)
    return code


def _dry_run(options: argparse.Namespace, given: dict[str, Any]) -> int:
    """List captures into a temporary store; the index's answers are kept beside the real store."""
    from pipelines.store_address import read_store_address
    from scraper.backfill.shelf import shelf_folder
    from scraper.crawling import backfill

    shelf = shelf_folder(options.store)
    with TemporaryDirectory(prefix="vietnamvn-") as folder:
        store = read_store_address(str(Path(folder) / "dry.db"))
        crawled = backfill(
            pace(options.delay), **{**given, "store": store, "archive": None, "manifest": None},
            shelf=shelf, dry_run="1",
        )  # fmt: skip
    manifest = crawled.manifest
    if manifest.get("totals") is None:
        return crawled.tell()
    print(as_json(manifest["crawls"], indent=2) if options.json else _plan(manifest, options.delay))
    for document in manifest["documents"]:
        tell(f"{document['name']}: {document['outcome']} ({document['detail']})")
    return Exit.PARTIAL if manifest["documents"] else Exit.DONE


def _plan(manifest: dict[str, Any], delay: float | None) -> str:
    """How many captures there are by crawl, year and language, and how long fetching takes."""
    from scraper.backfill.account import remote_files, seconds_for
    from scraper.clock import lasting

    lines = [
        f"{row['archive']} {row['crawl'] or '-'} {row['year']} {row['language']}: {row['listed']} captures, "
        f"{row['left']} to fetch"
        for row in manifest["crawls"]
    ]
    totals, files = manifest["totals"], remote_files(manifest)
    months: dict[str, list[int]] = {}
    for file in files:
        months.setdefault(" ".join(filter(None, (file["archive"], file["crawl"]))), []).append(file["bytes"])
    lines += [f"{name}: {len(sizes)} files to read, {sum(sizes) / 1e9:,.2f} GB" for name, sizes in months.items()]
    about = lasting(seconds_for(manifest, delay))
    read = f", and {sum(map(sum, months.values())) / 1e9:,.2f} GB to read" if files else ""
    lines.append(f"{totals['listed']} captures, {totals['left']} to fetch{read}: about {about} at this pace")
    return "\n".join(map(one_line, lines))


def pace(delay: float | None) -> dict[str, object]:
    """Settings for `delay` seconds between requests (None: the services' own pace); 0 removes every pause."""
    if delay is None:
        return {}
    names = ("VIETNAMVN_INDEX_DELAY", "VIETNAMVN_DATA_DELAY", "VIETNAMVN_WAYBACK_DELAY")
    found: dict[str, object] = dict.fromkeys(names, delay)
    if delay == 0:
        found |= {"CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}
    return found


def account(manifest: dict[str, Any], path: str) -> str:
    """The account in one line; empty if there is none."""
    totals = manifest.get("totals")
    if totals is None:
        return ""
    outcomes = ", ".join(f"{count} {name}" for name, count in totals["outcomes"].items()) or "0 other"
    failed = ", ".join(f"{count} {reason}" for reason, count in totals["failed"].items()) or "0 failed"
    return (
        f"{manifest['result']}: {totals['listed']} listed = {totals['stored']} stored + {totals['unchanged']} same text"
        f" + {sum(totals['outcomes'].values())} no text ({outcomes}) + {sum(totals['failed'].values())} failed"
        f" ({failed}) + {totals['left']} left; manifest: {one_line(path)}"
    )
