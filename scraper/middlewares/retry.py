"""Retries by the verdict on an answer, not by its status alone."""

from __future__ import annotations

from dataclasses import replace

from scrapy import Request
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response
from scrapy.settings import BaseSettings

from pipelines.outcomes import Verdict
from scraper.connections import CutOffError
from scraper.middlewares.pauses import PausesMiddleware
from scraper.outcomes import judge_failure
from scraper.visits import RefusedError, host_of, refused, visit_of


class TypedRetryMiddleware(RetryMiddleware):
    """Scrapy's retries, decided by `Verdict.retry`; before each retry the whole host waits.

    It waits as long as Retry-After says (but not beyond `VIETNAMVN_MAX_RETRY_AFTER` seconds), else longer each time.
    """

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._backoff = settings.getfloat("VIETNAMVN_BACKOFF")
        self._max_wait = settings.getfloat("VIETNAMVN_MAX_RETRY_AFTER")

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """A further request if that may help, else the response."""
        visit = visit_of(request)
        if visit.answer is None:
            return response
        again, verdict = self._again(request, visit.answer.verdict)
        visit.answer = replace(visit.answer, verdict=verdict)
        return response if again is None else again

    def process_exception(self, request: Request, exception: Exception) -> Request | None:  # type: ignore[override]
        """A further request after a failure without a response, or None; the verdict is kept for the errback."""
        if isinstance(exception, (RefusedError, CutOffError)):
            return None
        again, verdict = self._again(request, judge_failure(exception, host=host_of(request.url)))
        visit_of(request).answer = refused(request.url, verdict)
        return again

    def _again(self, request: Request, verdict: Verdict) -> tuple[Request | None, Verdict]:
        if not verdict.retry or request.meta.get("dont_retry"):
            return None, verdict
        if verdict.retry_after is not None and verdict.retry_after > self._max_wait:
            detail = f"{verdict.detail}; it asks to wait {verdict.retry_after:.0f} s, more than the limit"
            return None, replace(verdict, detail=detail)
        again = self._retry(request, verdict.outcome)
        if again is not None:
            wait = verdict.retry_after
            times = again.meta["retry_times"]
            pauses = self.crawler.get_downloader_middleware(PausesMiddleware)
            if pauses is not None:
                pauses.pause(request.url, wait if wait is not None else self._backoff * 2 ** (times - 1))
        return again, verdict
