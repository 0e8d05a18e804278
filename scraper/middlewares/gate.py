"""The last check of an answer before its callback."""

from __future__ import annotations

from scrapy import Request
from scrapy.http import Response

from scraper.visits import RefusedError, is_visit, visit_of


class GateMiddleware:
    """Lets pages through to their callbacks; everything else goes to the errback as `RefusedError` with its verdict."""

    def process_response(self, request: Request, response: Response) -> Response:
        """The response, if it is a page; raises `RefusedError` if not."""
        if is_visit(request):
            answer = visit_of(request).answer
            if answer is not None and answer.verdict.outcome != "ok":
                raise RefusedError(answer.verdict)
        return response
