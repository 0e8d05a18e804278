"""Extract every page of an archive again and store the results: a better extractor needs no new crawl.

Nothing is fetched. For an unchanged text only a time is updated; a changed text becomes a further revision.
Running it twice changes nothing the second time.
"""

from __future__ import annotations

import argparse

from pipelines.archives.folder import UnreadPlace, archive_files
from pipelines.exits import Exit
from scraper.cli.stores import add_store_argument
from scraper.messages import one_line, tell
from scraper.progress import ProgressLine, Reached
from scraper.tombstones import tombstones
from scraper.waiting import patient

EXITS = {
    Exit.DONE: "all of the archive was read",
    Exit.FAILED: "the store cannot be used",
    Exit.USAGE: "wrong usage, or no archive there",
    Exit.PARTIAL: "part of the archive cannot be read (each place is named on standard error); the rest is stored",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--archive", metavar="DIR", required=True, help="the folder of the crawl's --archive")
    add_store_argument(parser)
    parser.add_argument("--base-url", metavar="URL", help="the address that was crawled, if not the site itself")


def run(options: argparse.Namespace) -> int:
    """Extract, store, and print how many texts changed."""
    from pipelines.reextraction import reextract  # slow: extractor and database
    from pipelines.storage import open_store
    from scraper import settings  # the environment is read only when a command runs
    from scraper.hosts import AllowedHosts, checked_base_url

    base = AllowedHosts(base_url=checked_base_url(options.base_url or settings.VIETNAMVN_BASE_URL))
    files = archive_files(options.archive)  # before opening creates the store: a wrong folder must leave none behind
    with (
        open_store(options.store, hosts=[base.host], wait=patient(), tombstones=tombstones()) as store,
        ProgressLine("extracting", at_once=False) as bar,
    ):
        reached = Reached(files)
        made = reextract(
            options.archive,
            store,
            limit=settings.DOWNLOAD_MAXSIZE,
            tell=_report_unread,
            progress=lambda file, offset, pages: bar.show(reached.at(file, offset), reached.total, rows=pages),
        )
    counts = [f"{made.new} new", f"{made.changed} changed", f"{made.unchanged} unchanged"]
    counts += [f"{made.removed} removed (taken down, not stored)"] if made.removed else []
    counts += [f"{count} {outcome}" for outcome, count in made.rejected.items()]
    counts += [f"{made.unread} not read"] if made.unread else []
    print(one_line(f"{options.archive}: " + ", ".join(counts)))
    return Exit.PARTIAL if made.unread else Exit.DONE


def _report_unread(unread: UnreadPlace) -> None:
    where = f"{unread.file} at {unread.offset}: " + (f"{unread.url}: " if unread.url else "")
    tell(f"{where}{unread.problem}")
