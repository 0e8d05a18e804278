"""Checks an archive's answer against the request; what does not fit is retried or reported.

Public archives sometimes answer with error pages of status 200, half a body, or bytes from another place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from scrapy import Request

from pipelines.outcomes import Verdict, retry_after_seconds, status_outcome
from scraper.visits import Answer, Visit, visiting

_KEY = "vietnamvn_check"
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(?:\d+|\*)")
_S3 = re.compile(rb"<Code>(\w{1,60})</Code>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An answer: `body` is decoded, names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def received_of(answer: Answer) -> Received:
    """The parts of an `Answer` that checks need."""
    return Received(status=answer.status, headers=answer.headers, body=answer.body)


class UnfitError(ValueError):
    """An answer that does not fit the request: it is retried a few times."""


Check = Callable[[Received], None]
"""Raises `UnfitError`; called only for answers with an expected status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedAnswer:
    """The expected statuses, and a check of the answer. Redirects are followed only with `follow`."""

    statuses: frozenset[int]
    check: Check
    follow: bool = True


def whole(received: Received) -> None:
    """Accept any body."""


def asking(
    url: str,
    visit: Visit,
    wanted: ExpectedAnswer,
    *,
    headers: Mapping[str, str] | None = None,
    longest: int | None = None,
) -> Request:
    """A request to an archive; `longest` is the most bytes that its answer may have."""
    request = visiting(url, visit)
    for name, value in (headers or {}).items():
        request.headers[name] = value
    request.meta[_KEY] = wanted
    if longest is not None:
        request.meta["download_maxsize"] = longest
    return request


def wanted_of(request: Request) -> ExpectedAnswer | None:
    """What a request expects; None for robots.txt."""
    wanted: ExpectedAnswer | None = request.meta.get(_KEY)
    return wanted


def judge_answer(wanted: ExpectedAnswer, received: Received, *, now: datetime) -> Verdict:
    """The verdict on an archive's answer.

    With `retry` another attempt may bring a better answer; without it an outcome other than `ok` is final.
    """
    status, headers = received.status, received.headers
    if status in wanted.statuses:
        try:
            wanted.check(received)
        except UnfitError as error:
            return Verdict(outcome="parse_failed", detail=f"HTTP {status}, but {error}", retry=True)
        return Verdict(outcome="ok", detail=f"HTTP {status}")
    outcome = status_outcome(status)
    code = _S3.search(received.body[:2000])
    detail = f"HTTP {status}" + (f" ({code[1].decode()})" if code else "")
    if outcome == "redirected_away":
        location = headers.get("location")
        return Verdict(
            outcome=outcome,
            detail=f"{detail} to {location or 'nowhere'}",
            location=location if wanted.follow else None,
        )
    if outcome == "ok":  # 200 for a request of a part
        return Verdict(outcome="partial", detail=f"{detail}: not what was asked for", retry=True)
    # 403 too: archives answer so if requests come too quickly.
    retry = status in (403, 408, 421, 425, 429) or status >= 500 or status == 202
    retry_after = retry_after_seconds(headers.get("retry-after"), now=now) if retry else None
    return Verdict(outcome=outcome, detail=detail, retry=retry, retry_after=retry_after)


def part_of(offset: int, length: int) -> Check:
    """A check that an answer is these bytes of the file."""

    def check(received: Received) -> None:
        given = received.headers.get("content-range", "")
        match = _RANGE.fullmatch(given.strip())
        if match is None:
            raise UnfitError("without a Content-Range that can be read")
        if (int(match[1]), int(match[2])) != (offset, offset + length - 1):
            raise UnfitError(f"its Content-Range is not the one asked for ({given[:60]})")
        if len(received.body) != length:
            raise UnfitError(f"{len(received.body)} bytes came instead of {length}")

    return check


def range_header(offset: int, length: int) -> dict[str, str]:
    """Headers that ask for these bytes as they are in the file, without a coding."""
    return {"Range": f"bytes={offset}-{offset + length - 1}", "Accept-Encoding": "identity"}
