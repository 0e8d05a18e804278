"""Middlewares for requests to web archives, in place of those of the site's crawl.

Archives serve everybody, so they are asked slowly, and if one asks for patience, the run waits for hours.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from pipelines.outcomes import BLOCKS, Verdict
from pipelines.web.addresses import read_address
from scraper.backfill.answers import judge_answer, received_of, wanted_of
from scraper.backfill.captured_pages import HeldCheck
from scraper.backfill.options import Services
from scraper.clock import lasting, now
from scraper.connections import CutOffError, trust_host
from scraper.extensions.crawl_run import RunExtension
from scraper.middlewares.hosts import HostsMiddleware
from scraper.middlewares.outcome import OutcomeMiddleware
from scraper.middlewares.pauses import PausesMiddleware
from scraper.middlewares.redirect import SameArticleRedirectMiddleware
from scraper.middlewares.robots import RobotsMiddleware
from scraper.outcomes import judge_failure
from scraper.visits import Answer, RefusedError, host_of, refused, visit_of

_SAY_SECONDS = 60.0
_LOGGED_FROM = 2.0  # seconds; shorter pauses are not worth a line


def set_pace(crawler: Crawler, services: Services) -> None:
    """Set the pauses between requests to the services, by the settings."""
    pauses = crawler.get_downloader_middleware(PausesMiddleware)
    if pauses is None:
        return
    for url, name in (
        (services.collinfo, "VIETNAMVN_INDEX_DELAY"),
        (services.data, "VIETNAMVN_DATA_DELAY"),
        (services.wayback, "VIETNAMVN_WAYBACK_DELAY"),
        (services.ccnews, "VIETNAMVN_DATA_DELAY"),
        *((url, "VIETNAMVN_DATA_DELAY") for url in services.files),
    ):
        if (seconds := crawler.settings.getfloat(name)) > 0:
            pauses.space(url, seconds)


class AtHandMiddleware:
    """Answers a request for a record that was read from its file already, without the network."""

    def process_request(self, request: Request) -> Response | None:
        """An empty response if the record is in the request; None for other requests."""
        wanted = wanted_of(request)
        if wanted is None or not isinstance(wanted.check, HeldCheck):
            return None
        if wanted.check.record is None:
            raise RefusedError(Verdict(outcome="dropped", detail="the record is not at hand; it is read again"))
        return Response(request.url, status=next(iter(wanted.statuses)), request=request)


class ArchiveAllowed:
    """Allows only the services that the options name, by scheme, host and port."""

    def __init__(self, urls: tuple[str, ...]) -> None:
        self._origins = {read_address(url).origin for url in urls}

    def allows(self, url: object) -> bool:
        """Whether an address may be fetched."""
        origin = getattr(url, "origin", None) or read_address(str(url)).origin
        return origin in self._origins


class ArchiveHostsMiddleware(HostsMiddleware):
    """Lets requests go to the services of `spider.service_urls`."""

    def __init__(self, crawler: Crawler) -> None:
        urls: tuple[str, ...] = getattr(crawler.spider, "service_urls", ())
        self.allowed = ArchiveAllowed(urls)  # type: ignore[assignment]  # the same method `allows`
        for url in urls:
            trust_host(url)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchiveHostsMiddleware:
        """Made by Scrapy."""
        return cls(crawler)


class ArchiveRobotsMiddleware(RobotsMiddleware):
    """Obeys the archives' own robots.txt. If a host answers 4xx for it, nothing is disallowed (RFC 9309)."""

    def _learn(self, url: str, answer: Answer) -> None:
        if 400 <= answer.status < 500 and answer.status != 429:
            answer = replace(answer, verdict=Verdict(outcome="not_found", detail=answer.verdict.detail))
        super()._learn(url, answer)


class ArchiveRedirectMiddleware(SameArticleRedirectMiddleware):
    """Follows an archive's redirects only to allowed services; a captured page's redirect is its content."""

    def _allows(self, target: str) -> bool:
        return ArchiveAllowed(getattr(self.crawler.spider, "service_urls", ())).allows(target)

    def _is_same(self, first: str, target: str) -> bool:
        return True  # the check of the answer decides whether it fits


class ArchiveAnswerMiddleware(OutcomeMiddleware):
    """Judges an answer by what the request expects."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the answer with its verdict in the visit."""
        response = super().process_response(request, response)
        visit, wanted = visit_of(request), wanted_of(request)
        answer = visit.answer
        if answer is None or wanted is None:
            return response
        verdict = judge_answer(wanted, received_of(answer), now=now())
        if visit.trouble is not None and verdict.outcome == "ok":
            verdict = replace(visit.trouble, retry=True)
        visit.answer = replace(answer, verdict=verdict)
        return response


@dataclass(slots=True)
class _Host:
    """How a service has answered: failures (`troubles`) in a row, since when, and the number of good `answers`."""

    answers: int = 0
    troubles: int = 0
    since: float = 0.0
    logged: float = float("-inf")


class PatienceMiddleware:
    """Retries after pauses that double up to a minute, or as long as Retry-After says; the whole host waits.

    After an unfit answer a request is retried `RETRY_TIMES` times. A host that answers no request is waited for, for
    `VIETNAMVN_PATIENCE` seconds, with a line in the log; then the run ends. If it answers other requests, this one is
    retried `RETRY_TIMES` times too.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._times = settings.getint("RETRY_TIMES")
        self._first = settings.getfloat("VIETNAMVN_BACKOFF")
        self._longest = settings.getfloat("VIETNAMVN_LONGEST_BACKOFF")
        self._patience = settings.getfloat("VIETNAMVN_PATIENCE")
        self._hosts: dict[str, _Host] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PatienceMiddleware:
        """Made by Scrapy."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """A further request if that may help, else the response."""
        answer = visit_of(request).answer
        if answer is None:
            return response
        host = self._host(request)
        if not answer.verdict.retry:
            host.answers += 1
            host.troubles = 0
            return response
        return self._again(request, answer.verdict, host) or response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """A further request after a failure without a response, or None."""
        if isinstance(exception, (RefusedError, CutOffError)):
            return None
        verdict = judge_failure(exception, host=host_of(request.url))
        if verdict.outcome == "too_large" and wanted_of(request) is not None:
            verdict = Verdict(outcome="partial", detail="the answer is longer than what was asked for", retry=True)
        visit_of(request).answer = refused(request.url, verdict)
        return self._again(request, verdict, self._host(request)) if verdict.retry else None

    def _host(self, request: Request) -> _Host:
        return self._hosts.setdefault(read_address(request.url).netloc, _Host())

    def _again(self, request: Request, verdict: Verdict, host: _Host) -> Request | None:
        tries = request.meta.get("tries", 0) + 1
        answered = host.answers - request.meta.setdefault("answers_before", host.answers)
        moment = time.monotonic()
        if host.troubles == 0:
            host.since = moment
        host.troubles += 1
        is_unfit = verdict.outcome in ("parse_failed", "partial", "too_large")
        if tries > self._times and (is_unfit or answered > 0):
            return None
        power = 2 ** min((tries if is_unfit else host.troubles) - 1, 20)
        pause = min(self._first * power, self._longest) if verdict.retry_after is None else verdict.retry_after
        waited = moment - host.since
        if waited + pause > self._patience:
            self._give_up(request, verdict, waited)
            return None
        self._say(request, verdict, host, pause, waited)
        pauses = self._crawler.get_downloader_middleware(PausesMiddleware)
        if pauses is not None and pause > 0:
            pauses.pause(request.url, pause)
        again = request.copy()
        again.priority += 1
        again.meta["tries"] = tries
        return again

    def _say(self, request: Request, verdict: Verdict, host: _Host, pause: float, waited: float) -> None:
        moment = time.monotonic()
        if pause < _LOGGED_FROM or moment - host.logged < _SAY_SECONDS or self._crawler.spider is None:
            return
        host.logged = moment
        since = f", without an answer for {lasting(waited)}" if waited >= _SAY_SECONDS else ""
        self._crawler.spider.logger.info(
            "waiting for %s: %s%s; asked again in %s", read_address(request.url).netloc, verdict.detail, since,
            lasting(pause),
        )  # fmt: skip

    def _give_up(self, request: Request, verdict: Verdict, waited: float) -> None:
        run = self._crawler.get_extension(RunExtension)
        if run is not None:
            run.stop(
                f"stopped early: {read_address(request.url).netloc} has given no answer for {lasting(waited)} "
                f"({verdict.detail}); the next run goes on there",
                by_blocks=verdict.outcome in BLOCKS,
            )
