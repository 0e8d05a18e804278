"""Keeps what went over the wire, for the archive."""

from __future__ import annotations

from weakref import WeakSet

from scrapy import Request
from scrapy.http import Response

from scraper.archive import Exchange, header_pairs
from scraper.clock import now
from scraper.visits import visit_of

_OF_THE_PROXY = "proxy-authorization"  # only for the proxy: the site never saw it


class WireMiddleware:
    """The middleware nearest to the network: keeps request and response, undecoded, in the visit.

    Responses from Scrapy's HTTP cache, or made by a middleware, did not go over the wire and are not archived.
    """

    def __init__(self) -> None:
        self._sent: WeakSet[Request] = WeakSet()

    def process_request(self, request: Request) -> None:
        """Drop the exchange of an earlier attempt or redirect."""
        visit = visit_of(request)
        visit.exchange = visit.answer = None
        self._sent.add(request)

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the exchange."""
        visit = visit_of(request)
        visit.exchange = None
        if request in self._sent and "cached" not in response.flags:
            visit.exchange = Exchange(
                url=request.url,
                request_headers=[(n, v) for n, v in header_pairs(request.headers) if n.lower() != _OF_THE_PROXY],
                status=response.status,
                headers=header_pairs(response.headers),
                body=response.body,
                fetched_at=now().isoformat(),
            )
        return response
