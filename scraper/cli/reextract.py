"""Extract every page of an archive again and store what comes out: a better extractor needs no new crawl.

Nothing is fetched. A text that comes out as it was costs a timestamp; another text becomes a further revision.
Running it twice changes nothing the second time.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from pipelines import extract
from pipelines.exits import Exit
from pipelines.models import Article, HtmlPage
from pipelines.storage import Http, WarcLocation, open_store
from scraper.cli.stores import add_store_argument
from scraper.messages import tell
from scraper.patience import patient

SUMMARY = "extract the pages of an archive again, without fetching"
EXITS = {
    Exit.DONE: "every archived page that was read before could be read again",
    Exit.FAILED: "the archive or the store cannot be used",
    Exit.PARTIAL: "part of the archive cannot be read (said on standard error); the rest is stored",
}

_GROUP = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--archive", metavar="DIR", required=True, help="the folder that the crawl's --archive named")
    add_store_argument(parser)
    parser.add_argument("--base-url", metavar="URL", help="where the archive was crawled from, if not the site itself")


def run(options: argparse.Namespace) -> int:
    """Extract, store, tell how many texts changed."""
    from scraper import settings  # the environment is read only when a command runs
    from scraper.archive import Archived, read_archive
    from scraper.hosts import AllowedHosts, checked_base_url

    base = AllowedHosts(base_url=checked_base_url(options.base_url or settings.VIETNAMVN_BASE_URL))
    # Before the store, which opening makes: a wrong folder must not leave an empty one behind.
    archive = read_archive(Path(options.archive), limit=settings.DOWNLOAD_MAXSIZE)
    store = open_store(options.store, hosts=[base.host], wait=patient())
    counts: Counter[str] = Counter()
    broken = 0
    group: list[tuple[Archived, HtmlPage, str]] = []

    def work() -> list[str]:
        return [_again(*item) for item in group]

    def _again(archived: Archived, page: HtmlPage, fetched_at: str) -> str:
        result = extract(page)
        if not isinstance(result, Article):
            # The crawl's account already has this outcome; only texts are made again.
            return result.outcome
        location = WarcLocation(file=archived.file, offset=archived.offset, length=archived.length)
        http = Http(archived.etag, archived.last_modified, page.status)
        return store.add(result, seen_at=fetched_at, http=http, warc=location)

    with store:
        for archived in archive:
            if archived.problem is not None:
                broken += 1
                tell(f"{archived.file}: {archived.url or ''} {archived.problem}")
            elif (page := archived.page) is not None and page.status == 200 and page.fetched_at is not None:
                group.append((archived, page, page.fetched_at))
            if len(group) >= _GROUP:
                counts.update(store.run(work))
                group.clear()
        if group:
            counts.update(store.run(work))
    names = {"new": "new", "revision": "changed", "unchanged": "unchanged"}
    told = [f"{counts.pop(key, 0)} {name}" for key, name in names.items()]
    told += [f"{count} {outcome}" for outcome, count in sorted(counts.items())]
    print(f"{options.archive}: " + ", ".join(told))
    return Exit.PARTIAL if broken else Exit.DONE
