"""Extract every page of an archive again and store what comes out: a better extractor needs no new crawl.

Nothing is fetched. A text that comes out as it was costs a timestamp; another text becomes a further revision.
Running it twice changes nothing the second time.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from pipelines import extract
from pipelines.archives.folder import Archived, Unread, read_archive
from pipelines.exits import Exit
from pipelines.models import Article
from pipelines.outcomes import status_outcome
from pipelines.storage import Http, Store, WarcLocation, open_store
from scraper.cli.stores import add_store_argument
from scraper.messages import one_line, tell
from scraper.patience import patient

SUMMARY = "extract the pages of an archive again, without fetching"
EXITS = {
    Exit.DONE: "all of the archive was read",
    Exit.FAILED: "the store cannot be used",
    Exit.USAGE: "wrong usage, or no archive there",
    Exit.PARTIAL: "part of the archive cannot be read (each place is named on standard error); the rest is stored",
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
    from scraper.hosts import AllowedHosts, checked_base_url

    base = AllowedHosts(base_url=checked_base_url(options.base_url or settings.VIETNAMVN_BASE_URL))
    # Before the store, which opening makes: a wrong folder must not leave an empty one behind.
    archive = read_archive(Path(options.archive), limit=settings.DOWNLOAD_MAXSIZE)
    store = open_store(options.store, hosts=[base.host], wait=patient())
    counts: Counter[str] = Counter()
    unread = 0
    group: list[tuple[Archived, Article]] = []

    def work() -> list[str]:
        return [_add(store, archived, article) for archived, article in group]

    with store:
        for found in archive:
            item = _again(found) if isinstance(found, Archived) else found
            if isinstance(item, Unread):
                unread += 1
                where = f"{item.file} at {item.offset}: " + (f"{item.url}: " if item.url else "")
                tell(f"{where}{item.problem}")
            elif isinstance(item, str):
                counts[item] += 1
            elif item is not None:
                group.append(item)
            if len(group) >= _GROUP:
                counts.update(store.run(work))
                group.clear()
        if group:
            counts.update(store.run(work))
    names = {"new": "new", "revision": "changed", "unchanged": "unchanged"}
    told = [f"{counts.pop(key, 0)} {name}" for key, name in names.items()]
    told += [f"{count} {outcome}" for outcome, count in sorted(counts.items())]
    told += [f"{unread} not read"] if unread else []
    print(one_line(f"{options.archive}: " + ", ".join(told)))
    return Exit.PARTIAL if unread else Exit.DONE


def _again(archived: Archived) -> tuple[Archived, Article] | str | Unread | None:
    """The article of an archived page; the outcome where it is none. None for answers other than success: those are in
    the crawl's account, and only texts are made again."""
    if status_outcome(archived.page.status) != "ok":
        return None
    try:
        result = extract(archived.page)
    except Exception as error:  # a fault of ours on one page may not cost the others
        problem = f"the extractor failed ({type(error).__name__}: {error})"
        return Unread(file=archived.file, offset=archived.offset, url=archived.page.url, problem=problem)
    return (archived, result) if isinstance(result, Article) else result.outcome


def _add(store: Store, archived: Archived, article: Article) -> str:
    response = archived.response
    http = Http(response.header("ETag"), response.header("Last-Modified"), response.status)
    location = WarcLocation(file=archived.file, offset=archived.offset, length=archived.length)
    return store.add(article, seen_at=archived.fetched_at, http=http, warc=location)
