"""What is kept of a request and its response for the archive, and what never went over the wire."""

from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.http import Response

from pipelines.outcomes import Verdict
from scraper.middlewares.wire import WireMiddleware
from scraper.visits import Visit, refused, visit_of, visiting

URL = "https://www.vietnam.vn/cho-noi"


def response_to(request: Request, *flags: str) -> Response:
    """A response with two headers of one name."""
    headers = {"Content-Type": "text/html", "Link": ["a", "b"]}
    return Response(request.url, status=203, headers=headers, body=b"<p>x", flags=list(flags), request=request)


@pytest.mark.parametrize(
    ("is_sent", "flags", "is_kept"),
    [
        (True, (), True),
        (True, ("dataloss",), True),
        (True, ("cached",), False),  # the site said that what is in the cache still counts
        (False, ("cached",), False),
        (False, (), False),  # made by a middleware
    ],
)
def test_only_what_the_site_sent_is_archived(is_sent: bool, flags: tuple[str, ...], is_kept: bool) -> None:
    """A response of the cache, or of a middleware, would stand in the archive as if the site had sent it now."""
    wire, request = WireMiddleware(), visiting(URL, Visit())
    if is_sent:
        wire.process_request(request)
    response = response_to(request, *flags)
    assert wire.process_response(request, response) is response
    exchange = visit_of(request).exchange
    assert (exchange is not None) is is_kept


def test_an_exchange_is_what_was_sent_and_received() -> None:
    """All headers, but for the password of a proxy, which the site never saw."""
    wire, request = WireMiddleware(), visiting(URL, Visit())
    request.headers["Accept"] = "text/html"
    request.headers["Proxy-Authorization"] = "Basic eDp5"
    wire.process_request(request)
    wire.process_response(request, response_to(request))
    exchange = visit_of(request).exchange
    assert exchange is not None
    assert (exchange.url, exchange.status, exchange.body) == (URL, 203, b"<p>x")
    assert exchange.request_headers == [("Accept", "text/html")]
    assert exchange.headers == [("Content-Type", "text/html"), ("Link", "a"), ("Link", "b")]
    assert exchange.fetched_at.endswith("+00:00")


def test_a_further_attempt_has_nothing_of_the_one_before() -> None:
    """Else, where it brings nothing, the earlier response would be archived and judged in its place."""
    wire, request = WireMiddleware(), visiting(URL, Visit())
    wire.process_request(request)
    wire.process_response(request, response_to(request))
    visit = visit_of(request)
    visit.answer = refused(URL, Verdict(outcome="timeout", detail=""))
    wire.process_request(request)
    assert (visit.exchange, visit.answer) == (None, None)
    wire.process_response(request, response_to(request))
    assert visit.exchange is not None
    wire.process_response(request, response_to(request, "cached"))
    assert visit.exchange is None
