"""Common Crawl's index: its crawls, and the pages of each that list the domain's captures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pipelines.captures import Capture, IndexLineError, from_cdx
from pipelines.times import iso_time
from scraper.backfill.answers import ExpectedAnswer, Received, UnfitError
from scraper.backfill.listing import IndexListing
from scraper.backfill.options import BackfillOptions

_NAME = re.compile(r"CC-MAIN-(\d{4})-(\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedCrawl:
    """One crawl: its id, its CDX server, and its first and last day (None if the list does not give them)."""

    id: str
    api: str
    first: str | None
    last: str | None


async def list_common_crawl(listing: IndexListing) -> tuple[str, ...]:
    """Enter the captures that Common Crawl lists; returns the ids of the crawls used."""
    url = listing.options.services.collinfo
    received = await listing.answer(
        "collinfo.json", url, ExpectedAnswer(statuses=frozenset({200}), check=_crawls_check)
    )
    if received is None:
        return ()
    every = crawls_in(received)
    wanted = chosen(every, listing.options)
    for crawl in wanted:
        await _list_crawl(listing, crawl)
    if isinstance(listing.options.crawls, tuple):
        for name in set(listing.options.crawls) - {crawl.id for crawl in every}:
            listing.fail(name, url, "not_found", "collinfo.json has no such crawl")
    return tuple(crawl.id for crawl in wanted)


def crawls_in(received: Received) -> list[ArchivedCrawl]:
    """The crawls in ``collinfo.json``, newest first as it lists them; raises `UnfitError`."""
    try:
        rows = json.loads(received.body)
    except ValueError:
        raise UnfitError("it is not JSON") from None
    if not isinstance(rows, list):
        raise UnfitError("it is not a list of crawls")
    found = []
    for row in rows:
        if isinstance(row, dict) and isinstance(row.get("id"), str) and isinstance(row.get("cdx-api"), str):
            first, last = (_day(row.get(name)) for name in ("from", "to"))
            found.append(ArchivedCrawl(id=row["id"], api=row["cdx-api"], first=first, last=last))
    if not found:
        raise UnfitError("it names no crawl")
    return found


def chosen(crawls: list[ArchivedCrawl], options: BackfillOptions) -> list[ArchivedCrawl]:
    """The wanted crawls that can have captures of the window."""
    if isinstance(options.crawls, tuple):
        crawls = [crawl for crawl in crawls if crawl.id in options.crawls]
    elif options.crawls is not None:
        crawls = crawls[: options.crawls]
    return [crawl for crawl in crawls if _meets(crawl, options)]


def _meets(crawl: ArchivedCrawl, options: BackfillOptions) -> bool:
    if options.since is not None and crawl.last is not None and crawl.last < options.since:
        return False
    return options.until is None or crawl.first is None or crawl.first <= options.until


def question_of(crawl: ArchivedCrawl, domain: str) -> str:
    """The address of a crawl's CDX query for all captures of a domain; more parameters may be appended."""
    return f"{crawl.api}?url={quote('*.' + domain, safe='*')}&output=json"


async def _list_crawl(listing: IndexListing, crawl: ArchivedCrawl) -> None:
    base = question_of(crawl, listing.options.domain)
    counted = await listing.answer(
        f"{crawl.id}: number of pages",
        f"{base}&showNumPages=true",
        ExpectedAnswer(statuses=_COUNTED, check=_pages_check),
    )
    if counted is None:
        return
    pages = pages_in(counted)
    # Ask beyond the counted pages until a page does not exist, so that nothing of the list is missed.
    for page in range(pages + _MOST_MORE if pages else 0):
        name = f"{crawl.id}: page {page}"
        noted = await listing.noted(name)
        if noted is None:
            received = await listing.answer(
                name, f"{base}&page={page}", ExpectedAnswer(statuses=_PAGE, check=_lines_check)
            )
            if received is None:
                if page < pages:
                    continue
                return
            is_end = received.status != 200 or (page >= pages and not received.body.strip())
            noted = {"end": is_end}
            lines = [] if is_end else _captures(received.body, crawl.id, listing.options.domain)
            await listing.enter(name, lines, note=noted)
        if noted.get("end"):
            return


_MOST_MORE = 1000  # pages asked for beyond the counted ones, at most
_COUNTED, _PAGE = frozenset({200, 404}), frozenset({200, 400, 404})


def pages_in(received: Received) -> int:
    """The number of pages in an answer to ``showNumPages``; raises `UnfitError`."""
    if received.status == 404 or not received.body.strip():
        return 0
    try:
        given = json.loads(received.body)
    except ValueError:
        raise UnfitError("it is not JSON") from None
    pages = given.get("pages") if isinstance(given, dict) else given  # older servers answer with the number alone
    if isinstance(pages, bool) or not isinstance(pages, int) or not 0 <= pages <= 10**6:
        raise UnfitError("it gives no number of pages")
    return pages


def _captures(body: bytes, crawl: str, domain: str) -> Iterator[Capture | IndexLineError | None]:
    for line in body.splitlines():
        if not line.strip():
            continue
        try:
            row: Any = json.loads(line)
            if not isinstance(row, dict):
                raise IndexLineError("not an object")
            yield from_cdx(row, crawl=crawl, domain=domain)
        except IndexLineError as error:
            yield error
        except ValueError:
            yield IndexLineError("not JSON")


def _crawls_check(received: Received) -> None:
    crawls_in(received)


def _pages_check(received: Received) -> None:
    pages_in(received)


def _lines_check(received: Received) -> None:
    """Check that the first and last line are whole: a cut list or an error page is not a list."""
    if received.status != 200 or not received.body.strip():
        return
    lines = received.body.strip().split(b"\n")
    for line in (lines[0], lines[-1]):
        try:
            row = json.loads(line)
        except ValueError:
            raise UnfitError("it is not a list of captures, or was cut") from None
        if not isinstance(row, dict) or "url" not in row:
            raise UnfitError("its lines are not captures")


def _day(value: object) -> str | None:
    found = iso_time(value)
    return None if found is None else found[:10]
