"""What went over the wire, for the archive."""

from __future__ import annotations

from weakref import WeakSet

from scrapy import Request
from scrapy.http import Response

from scraper.archive import Exchange, header_pairs
from scraper.clock import now
from scraper.visits import visit_of

_OF_THE_PROXY = "proxy-authorization"  # of the proxy alone: the site never saw it


class WireMiddleware:
    """Nearest to the network: keeps request and response as they were, undecoded, in the visit.

    What came out of Scrapy's HTTP cache, or what a middleware answered itself, did not go over the wire, and is not
    archived.
    """

    def __init__(self) -> None:
        self._sent: WeakSet[Request] = WeakSet()

    def process_request(self, request: Request) -> None:
        """Forget the exchange of an earlier attempt or of the address that redirected."""
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
