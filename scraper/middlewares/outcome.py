"""Judges every response."""

from __future__ import annotations

from scrapy import Request
from scrapy.http import Response

from pipelines.outcomes import judge
from scraper.archive import Exchange, header_pairs
from scraper.clock import now
from scraper.visits import Answer, visit_of


class OutcomeMiddleware:
    """Judges each decoded response once, by the table of `pipelines.outcomes.judge`."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the answer with its verdict in the visit."""
        visit = visit_of(request)
        moment = now()
        exchange = visit.exchange if isinstance(visit.exchange, Exchange) else None
        pairs = header_pairs(response.headers) if exchange is None else exchange.headers
        headers = {name.lower(): value for name, value in pairs}
        verdict = judge(response.status, headers, response.body, now=moment)
        # A verdict by status alone (a redirect, a refusal) holds even if the body is damaged.
        if visit.trouble is not None and (verdict.outcome in ("ok", "empty") or visit.trouble.outcome == "too_large"):
            verdict = visit.trouble
        visit.answer = Answer(
            url=request.url,
            verdict=verdict,
            fetched_at=moment.isoformat() if exchange is None else exchange.fetched_at,
            body=response.body,
            status=response.status,
            headers=headers,
            pairs=pairs,
        )
        return response
