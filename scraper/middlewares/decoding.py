"""Decodes content codings the same way as re-extraction from the archive does."""

from __future__ import annotations

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response, TextResponse
from scrapy.responsetypes import responsetypes

from pipelines.outcomes import Verdict
from pipelines.web.decoding import ACCEPT_ENCODING, Decoded, TooLargeError, decode_body
from scraper.visits import visit_of


class DecodingMiddleware(HttpCompressionMiddleware):
    """Scrapy's middleware with `pipelines.web.decoding`: a cut, damaged or too large body never counts as whole.

    The fault becomes the visit's `trouble`; what could be decoded becomes the body.
    """

    def process_request(self, request: Request) -> None:  # type: ignore[override]
        """Set Accept-Encoding."""
        request.headers.setdefault("Accept-Encoding", ACCEPT_ENCODING)

    def process_response(self, request: Request, response: Response) -> Response:  # type: ignore[override]
        """The response with its body decoded."""
        visit = visit_of(request)
        visit.trouble = None
        # A partial body (206) cannot be decoded; some servers also call a file's own gzip a coding.
        if request.method == "HEAD" or (response.status == 206 and "Range" in request.headers):
            return response
        encodings = [value.decode("latin-1") for value in response.headers.getlist("Content-Encoding")]
        limit = request.meta.get("download_maxsize", self._max_size)
        try:
            decoded = decode_body(response.body, encodings, limit=limit)
        except TooLargeError as error:
            visit.trouble = Verdict(outcome="too_large", detail=f"{error} (limit {limit})")
            decoded = Decoded(body=b"")
        if decoded.state != "whole":
            visit.trouble = Verdict(outcome="parse_failed", detail=decoded.detail)
        if not encodings:
            return response
        del response.headers["Content-Encoding"]
        kind = responsetypes.from_args(headers=response.headers, url=response.url)
        if kind is Response:  # neither headers nor address decide: look at the bytes
            kind = responsetypes.from_args(body=decoded.body)
        more = {"encoding": None} if issubclass(kind, TextResponse) else {}
        return response.replace(cls=kind, body=decoded.body, **more)
