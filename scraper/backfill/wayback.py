"""The Internet Archive: its index, read from resume key to resume key, and its pages as they were."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote, urlencode

from pipelines.archives import HttpResponse
from pipelines.captures import Capture, from_wayback
from pipelines.web.decoding import decode_body
from scraper.archive import Exchange
from scraper.backfill.answers import ExpectedAnswer, Received, UnfitError
from scraper.backfill.listing import IndexListing, each

_COLUMNS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
_MOST_PAGES = 100_000
_PLACE = re.compile(r"/web/(\d{14})(?:id_)?/")
_ORIGINAL = "x-archive-orig-"
# Headers of the archive's connection to the site; the body here is already decoded.
_CODED = frozenset({"content-encoding", "transfer-encoding", "content-length"})


async def list_internet_archive(listing: IndexListing) -> None:
    """Enter the captures that the Internet Archive lists."""
    options = listing.options
    asked = {
        "url": options.domain,
        "matchType": "domain",
        "output": "json",
        "fl": ",".join(_COLUMNS),
        "collapse": "digest",
        "limit": str(listing.crawler.settings.getint("VIETNAMVN_WAYBACK_LINES")),
        "showResumeKey": "true",
    }
    if options.since is not None:
        asked["from"] = options.since.replace("-", "")
    if options.until is not None:
        asked["to"] = options.until.replace("-", "")
    key: str | None = None
    seen: set[str] = set()
    for number in range(_MOST_PAGES):
        name = f"internetarchive: page {number}" + ("" if key is None else f" from {key}")
        noted = await listing.noted(name)
        if noted is None:
            question = asked if key is None else {**asked, "resumeKey": key}
            url = f"{options.services.wayback}/cdx/search/cdx?{urlencode(question)}"
            received = await listing.answer(
                name, url, ExpectedAnswer(statuses=frozenset({200, 404}), check=_fresh(seen))
            )
            if received is None:
                return
            rows, following = rows_in(received)
            noted = {"next": following}
            lines = each(rows, lambda row: from_wayback(row, domain=options.domain))
            await listing.enter(name, lines, note=noted)
        key = noted.get("next")
        if key is None:
            return
        seen.add(key)


def rows_in(received: Received) -> tuple[list[dict[str, Any]], str | None]:
    """The rows of an answer, by the column names in its first row, and the next resume key; raises `UnfitError`."""
    if received.status == 404 or not received.body.strip():
        return [], None
    try:
        rows = json.loads(received.body)
    except ValueError:
        raise UnfitError("it is not JSON, or was cut") from None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise UnfitError("it is not a list of rows")
    if not rows:
        return [], None
    key = None
    if len(rows) > 2 and rows[-2] == [] and len(rows[-1]) == 1:
        key = str(rows[-1][0])
        rows = rows[:-2]
    names = [str(name) for name in rows[0]]
    if not {"timestamp", "original"} <= set(names):
        raise UnfitError("its first row names no columns")
    return [dict(zip(names, row, strict=False)) for row in rows[1:] if row], key


def _fresh(seen: set[str]) -> Any:
    def check(received: Received) -> None:
        key = rows_in(received)[1]
        if key is not None and key in seen:
            raise UnfitError("its resume key is that of an earlier page, so the list would have no end")

    return check


# ---- pages


def page_url(base: str, capture: Capture) -> str:
    """The address of a capture's page as it was."""
    return f"{base}/web/{capture.timestamp}id_/{quote(capture.url, safe=_SAFE)}"


_SAFE = "/:?&=%+,;@!$'()*~#[]"


def page_wanted(capture: Capture) -> ExpectedAnswer:
    """The expected answer: the page of exactly this capture."""

    def check(received: Received) -> None:
        if not received.body.strip():
            raise UnfitError("without a body")

    known = int(capture.status) if capture.status.isdigit() else 200
    return ExpectedAnswer(statuses=frozenset({200, known}), check=check, follow=False)


def elsewhere(location: str | None) -> str:
    """What a redirect of the archive means: it has the page of another moment."""
    match = _PLACE.search(location or "")
    return f"the archive answers with the capture of {match[1]}" if match else "the archive answers with a redirect"


def response_of(received: Received) -> HttpResponse:
    """The site's response in an archive's answer; its headers are those that begin with ``X-Archive-Orig-``.

    `received.body` is without the archive's own codings; the page's own are decoded if it still has them.
    """
    headers = tuple(
        (name.removeprefix(_ORIGINAL), value) for name, value in received.headers.items() if name.startswith(_ORIGINAL)
    )
    named = dict(headers)
    body = received.body
    coding = named.get("content-encoding")
    if coding and body[:2] == b"\x1f\x8b":
        decoded = decode_body(body, [coding], limit=10 * len(body) + 50_000_000)
        body = decoded.body if decoded.state == "whole" else body
    if "content-type" not in named and "content-type" in received.headers:
        headers = (*headers, ("content-type", received.headers["content-type"]))
    return HttpResponse(status=received.status, headers=headers, body=body)


def exchange_of(capture: Capture, response: HttpResponse) -> Exchange:
    """The capture as an exchange for this program's archive."""
    return Exchange(
        url=capture.url,
        request_headers=[],
        status=response.status,
        headers=[(name, value) for name, value in response.headers if name not in _CODED],
        body=response.body,
        fetched_at=capture.fetched_at,
    )
