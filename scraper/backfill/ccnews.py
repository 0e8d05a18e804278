"""CC-NEWS, Common Crawl's news crawl: WARC files listed by month, without an index of their contents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from pipelines.times import instant
from pipelines.web.decoding import TooLargeError, decode_body
from scraper.backfill.answers import ExpectedAnswer, Received, UnfitError
from scraper.backfill.listing import IndexListing
from scraper.backfill.options import BackfillOptions
from scraper.backfill.stretches import ArchiveFile
from scraper.clock import now

_FIRST = (2016, 8)
_PATH = re.compile(r"[\w./+-]{1,500}\.warc(?:\.gz|\.zst)?")
_BEGUN = re.compile(r"CC-NEWS-(\d{4})(\d{2})(\d{2})\d{6}-")
_LARGEST_LIST = 20_000_000


async def list_ccnews(listing: IndexListing) -> list[ArchiveFile]:
    """The files that can hold captures of the window, the oldest month first; months without a list are reported."""
    options, missing = listing.options, []
    months: dict[str, list[str]] = {}
    first = _month(options.since or "")
    for month in months_of(options):
        url = f"{options.services.ccnews}/{month}/warc.paths.gz"
        received = await listing.answer(
            f"CC-NEWS {month}", url, ExpectedAnswer(statuses=frozenset({200, 404}), check=_check)
        )
        if received is None:
            continue
        if received.status == 404:
            # The current month may have no list yet, and of the month before the window little is wanted.
            if first <= month != _month(instant(now())):
                missing.append((month, url))
            continue
        months[month] = paths_in(received)
    wanted = set(chosen([path for paths in months.values() for path in paths], options))
    found = [
        ArchiveFile(archive="ccnews", crawl=month, name=path, place=f"{options.services.data}/{path}")
        for month, paths in months.items()
        for path in paths
        if path in wanted
    ]
    if missing:
        (first, url), (last, _) = missing[0], missing[-1]
        months_shown = first if len(missing) == 1 else f"{len(missing)} months from {first} to {last}"
        listing.fail(f"CC-NEWS {months_shown}", url, "not_found", "there is no list of files")
    return found


def months_of(options: BackfillOptions) -> Iterator[str]:
    """The months of the window, such as ``2024/08``.

    If it begins on the first of a month, the month before is included: its last files reach into the window.

    >>> from scraper.backfill.options import backfill_options
    >>> given = {"from": "ccnews", "since": "2024-08-01", "until": "2024-09-20"}
    >>> list(months_of(backfill_options(given, {"VIETNAMVN_STORE": "x.db", "VIETNAMVN_ARCHIVE": ""})))
    ['2024/07', '2024/08', '2024/09']
    """
    last = _month(options.until or instant(now()))
    begin = _FIRST if options.since is None else _day_before(options.since)
    year, month = max(_FIRST, begin)
    while (name := f"{year}/{month:02}") <= last:
        yield name
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def chosen(paths: list[str], options: BackfillOptions) -> list[str]:
    """The `paths` of files that can hold captures of the window, by the days on which they were begun.

    A file is assumed to end before the next but one is begun, since two may be written at a time.

    >>> from scraper.backfill.options import backfill_options
    >>> given = {"from": "ccnews", "since": "2024-08-20", "until": "2024-08-20"}
    >>> options = backfill_options(given, {"VIETNAMVN_STORE": "x.db", "VIETNAMVN_ARCHIVE": ""})
    >>> days = (1, 10, 19, 20, 21)
    >>> [path[-18:-16] for path in chosen([f"CC-NEWS-202408{day:02}000000-0.warc.gz" for day in days], options)]
    ['10', '19', '20']
    """
    begun = [_day(path) for path in paths]
    taken = []
    for number, path in enumerate(paths):
        first, later = begun[number], [day for day in begun[number + 2 : number + 3] if day is not None]
        if first is not None and options.until is not None and first > options.until:
            continue
        if options.since is not None and later and later[0] < options.since:
            continue
        taken.append(path)
    return taken


def paths_in(received: Received) -> list[str]:
    """The paths of a list, sorted; raises `UnfitError` if it is not one. Some servers send it without its gzip."""
    body = received.body
    if body.startswith(b"\x1f\x8b"):
        try:
            decoded = decode_body(body, ["gzip"], limit=_LARGEST_LIST)
        except TooLargeError:
            raise UnfitError("the list of files has no end") from None
        if decoded.state != "whole":
            raise UnfitError(f"the list of files cannot be read ({decoded.detail})")
        body = decoded.body
    paths = body.decode("utf-8", "replace").split()
    if not all(_PATH.fullmatch(path) for path in paths):
        raise UnfitError("it is not a list of WARC files")
    return sorted(path.lstrip("/") for path in paths)


def _check(received: Received) -> None:
    if received.status == 200:
        paths_in(received)


def _day_before(day: str) -> tuple[int, int]:
    """The year and the month of the day before."""
    year, month = int(day[:4]), int(day[5:7])
    if not day.endswith("-01"):
        return year, month
    return (year, month - 1) if month > 1 else (year - 1, 12)


def _month(day: str) -> str:
    return day[:7].replace("-", "/")


def _day(path: str) -> str | None:
    match = _BEGUN.search(path)
    if match is None:
        return None
    try:
        return date(*map(int, match.groups())).isoformat()
    except ValueError:
        return None
