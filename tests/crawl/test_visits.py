"""From a request to its answer: which of several verdicts counts when nothing reached the callback."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from pipelines.outcomes import Outcome, Verdict
from pipelines.storage import Lease
from scraper.connections import CutOffError
from scraper.visits import (
    Answer,
    RefusedError,
    StoppedError,
    Visit,
    answer_after,
    answer_to,
    host_of,
    is_visit,
    refused,
    request_of,
    visit_of,
    visiting,
)

URL = "https://www.vietnam.vn/cho-noi"
BLOCKED = Verdict(outcome="blocked", detail="HTTP 403")


def request_with(outcome: Outcome | None) -> Request:
    """A request whose last response had this verdict; None where there was no response."""
    verdict = BLOCKED if outcome == "blocked" else outcome and Verdict(outcome=outcome, detail="HTTP 200")
    answer = verdict and Answer(url=URL, verdict=verdict, fetched_at="", status=200)
    return visiting(URL, Visit(answer=answer or None))


@pytest.mark.parametrize(
    ("error", "last", "outcome", "is_last"),
    [
        (TimeoutError(), None, "timeout", False),
        (TimeoutError(), "server_error", "server_error", True),  # what the site said before it fell silent
        (TimeoutError(), "ok", "timeout", False),  # a good answer that did not arrive whole is none
        (ConnectionResetError(), "ok", "network_error", False),
        (RefusedError(BLOCKED), "blocked", "blocked", True),
        (RefusedError(BLOCKED), "ok", "blocked", False),
        (RefusedError(BLOCKED), "server_error", "blocked", False),
        (RefusedError(BLOCKED), None, "blocked", False),
        (StoppedError("it ends"), "ok", None, False),
        (CutOffError("it ends"), "server_error", None, False),
    ],
)
@pytest.mark.parametrize("wrap", [False, True])
def test_what_counts_when_a_request_failed(
    error: Exception, last: Outcome | None, outcome: Outcome | None, is_last: bool, wrap: bool
) -> None:
    """The refusal; else the verdict on the last response, if it was not a good one; else the failure itself."""
    request = request_with(last)
    answer = answer_after(Failure(error) if wrap else error, request)
    assert (answer and answer.verdict.outcome) == outcome
    assert (answer is not None and answer is visit_of(request).answer) is is_last


def test_an_answer_belongs_to_its_request() -> None:
    """What is called without one, or before anything was judged, is told what is missing."""
    request = request_with("ok")
    response = Response(URL, request=request)
    assert request_of(response) is request
    assert answer_to(response) is visit_of(request).answer
    with pytest.raises(ValueError, match="without its request"):
        request_of(Failure(asyncio.TimeoutError()))
    with pytest.raises(ValueError, match="OutcomeMiddleware is missing"):
        answer_to(Response(URL, request=visiting(URL, Visit())))


def test_a_request_has_one_visit() -> None:
    """One that users' own code made gets its own, and is known as a stranger's: its answers go where it says."""
    visit, strangers = Visit(), Request(URL)
    ours = visiting(URL, visit)
    assert visit_of(ours) is visit
    assert isinstance(visit_of(strangers), Visit)
    assert visit_of(strangers) is visit_of(strangers) is not visit
    assert (is_visit(ours), is_visit(strangers)) == (True, False)
    assert (ours.priority, visiting(URL, visit, priority=7).priority) == (Request(URL).priority, 7)


@pytest.mark.parametrize(
    ("etag", "last_modified", "names"),
    [
        (None, None, set()),
        ('"a"', None, {b"If-None-Match"}),
        (None, "Thu, 23 Oct 2025 04:00:01 GMT", {b"If-Modified-Since"}),
        ('"a"', "Thu, 23 Oct 2025 04:00:01 GMT", {b"If-None-Match", b"If-Modified-Since"}),
    ],
)
def test_a_page_that_is_known_is_asked_for_only_if_it_changed(
    etag: str | None, last_modified: str | None, names: set[bytes]
) -> None:
    """By whatever the site gave with it."""
    known: Any = {"etag": etag, "last_modified": last_modified}
    lease = Lease(
        id=1, token=1, url=URL, slug="cho-noi", language="vi", day=None, lastmod=None, priority=0, attempt=1,
        holder="h", expires_at="", **known,
    )  # fmt: skip
    assert set(visiting(URL, Visit(lease=lease)).headers) == names
    assert not visiting(URL, Visit()).headers


@pytest.mark.parametrize(
    ("url", "host"), [(URL, "www.vietnam.vn"), ("http://127.0.0.1:8000/a", "127.0.0.1"), ("http://[x/", ""), ("", "")]
)
def test_the_host_of_what_is_no_address_is_none(url: str, host: str) -> None:
    """It is said of failures, and must not be a further one."""
    assert host_of(url) == host
    assert refused(url, BLOCKED).url == url
