"""Content codings, undone as re-extraction from the archive undoes them."""

from __future__ import annotations

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response, TextResponse
from scrapy.responsetypes import responsetypes

from pipelines.outcomes import Verdict
from pipelines.web.decoding import ACCEPT_ENCODING, Decoded, TooLargeError, decode_body
from scraper.visits import visit_of


class DecodingMiddleware(HttpCompressionMiddleware):
    """Scrapy's, with `pipelines.web.decoding`: a body that is cut, damaged or too large is never taken for a whole one.

    What is wrong with it is the visit's `trouble`; what could be read goes on as the body.
    """

    def process_request(self, request: Request) -> None:  # type: ignore[override]
        """Say what can be read."""
        request.headers.setdefault("Accept-Encoding", ACCEPT_ENCODING)

    def process_response(self, request: Request, response: Response) -> Response:  # type: ignore[override]
        """The response without its codings."""
        visit = visit_of(request)
        visit.trouble = None
        # A part is one of the coded bytes: servers that call a file's own gzip a coding give it as it stands.
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
        if kind is Response:  # neither header nor name tell: only then it is worth a look at the bytes
            kind = responsetypes.from_args(body=decoded.body)
        more = {"encoding": None} if issubclass(kind, TextResponse) else {}
        return response.replace(cls=kind, body=decoded.body, **more)
