"""How web archives are asked: at whose pace, where to, how often, and how long they are waited for."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.settings import Settings

from pipelines.outcomes import Verdict
from scraper.backfill.answers import ExpectedAnswer, asking, whole
from scraper.backfill.captured_pages import HeldCheck
from scraper.backfill.options import Services
from scraper.connections import CutOffError
from scraper.middlewares import archives
from scraper.middlewares.archives import ArchiveAllowed, AtHandMiddleware, PatienceMiddleware, set_pace
from scraper.middlewares.pauses import PausesMiddleware
from scraper.visits import Answer, RefusedError, Visit, refused, visit_of

URL = "https://data.example/a.warc.gz"


class Pauses:
    """Keeps what is asked of it."""

    def __init__(self) -> None:
        self.spaced: dict[str, float] = {}
        self.paused: list[tuple[str, float]] = []

    def space(self, url: str, seconds: float) -> None:
        """Between two requests."""
        self.spaced[url] = seconds

    def pause(self, url: str, seconds: float) -> None:
        """Before the next one."""
        self.paused.append((url, seconds))


def crawler_of(*, pauses: Pauses | None = None, run: Any = None, spider: Any = None, **settings: float) -> Any:
    """A crawler with these settings."""
    given = {
        "RETRY_TIMES": 2,
        "VIETNAMVN_BACKOFF": 2,
        "VIETNAMVN_LONGEST_BACKOFF": 60,
        "VIETNAMVN_PATIENCE": 1000,
        **settings,
    }
    return SimpleNamespace(
        settings=Settings(given),
        spider=spider,
        get_extension=lambda kind: run,
        get_downloader_middleware=lambda kind: pauses if kind is PausesMiddleware else None,
    )


@pytest.mark.parametrize(
    ("status", "allowed"), [(404, True), (403, True), (400, True), (499, True), (429, False), (500, False), (200, None)]
)
def test_an_archive_that_refuses_its_robots_txt_disallows_nothing(
    status: int, allowed: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 9309: a client error means that there is none; too many requests, or a broken server, do not."""
    learnt: list[str] = []
    monkeypatch.setattr(
        archives.RobotsMiddleware, "_learn", lambda self, url, answer: learnt.append(answer.verdict.outcome)
    )
    middleware = archives.ArchiveRobotsMiddleware.__new__(archives.ArchiveRobotsMiddleware)
    outcome: Any = "ok" if status == 200 else "blocked"
    middleware._learn(URL, Answer(url=URL, verdict=Verdict(outcome=outcome, detail=""), fetched_at="", status=status))
    assert learnt == ["not_found" if allowed else outcome]


def test_each_service_has_its_pace() -> None:
    """Without pauses where somebody wants none."""
    services = Services(
        collinfo="https://i/c", data="https://d", wayback="https://w", ccnews="https://n", files=("https://f/a",)
    )
    pauses = Pauses()
    paces = {"VIETNAMVN_INDEX_DELAY": 1, "VIETNAMVN_DATA_DELAY": 0.5, "VIETNAMVN_WAYBACK_DELAY": 6}
    set_pace(crawler_of(pauses=pauses, **paces), services)
    assert pauses.spaced == {"https://i/c": 1, "https://d": 0.5, "https://w": 6, "https://n": 0.5, "https://f/a": 0.5}
    quick = Pauses()
    set_pace(crawler_of(pauses=quick, **{**paces, "VIETNAMVN_DATA_DELAY": 0}), services)
    assert set(quick.spaced) == {"https://i/c", "https://w"}
    set_pace(crawler_of(**paces), services)  # a project without pauses


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("https://data.example/other", True),
        ("https://data.example:443/other", True),
        ("http://data.example/a", False),
        ("https://data.example:8443/a", False),
        ("https://example/a", False),
    ],
)
def test_only_the_services_are_asked(url: str, is_allowed: bool) -> None:
    """By scheme, host and port, wherever a redirect leads."""
    assert ArchiveAllowed((URL, "http://127.0.0.1:8000/x")).allows(url) is is_allowed


def test_what_is_at_hand_needs_no_network() -> None:
    """What was to be, and is not, is read again."""
    middleware = AtHandMiddleware()
    assert middleware.process_request(Request(URL)) is None
    plain = asking(URL, Visit(), ExpectedAnswer(statuses=frozenset({200}), check=whole))
    assert middleware.process_request(plain) is None
    for record in (object(), None):
        check = HeldCheck.__new__(HeldCheck)
        object.__setattr__(check, "record", record)
        request = asking(URL, Visit(), ExpectedAnswer(statuses=frozenset({206}), check=check))
        if record is None:
            with pytest.raises(RefusedError):
                middleware.process_request(request)
        else:
            response = middleware.process_request(request)
            assert response is not None
            assert (response.status, response.body) == (206, b"")


# ---- patience


class Clock:
    """A clock that is put on by hand."""

    def __init__(self) -> None:
        self.now = 5_000.0

    def monotonic(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """In place of the machine's."""
    made = Clock()
    monkeypatch.setattr(archives, "time", made)
    return made


def answered(middleware: PatienceMiddleware, request: Request, verdict: Verdict) -> Request | Response:
    """What comes of an answer that was judged so."""
    visit_of(request).answer = Answer(url=request.url, verdict=verdict, fetched_at="")
    return middleware.process_response(request, Response(request.url))


AWAY = Verdict(outcome="server_error", detail="HTTP 503", retry=True)
UNFIT = Verdict(outcome="parse_failed", detail="it was cut", retry=True)
GOOD = Verdict(outcome="ok", detail="")


def test_pauses_double_up_to_a_minute(clock: Clock) -> None:
    """The whole host waits; what is asked again comes before what is new."""
    pauses = Pauses()
    middleware = PatienceMiddleware.from_crawler(crawler_of(pauses=pauses))
    request: Any = Request(URL)
    for number in range(8):
        again = answered(middleware, request, AWAY)
        assert isinstance(again, Request)
        assert (again.priority, again.url) == (number + 1, URL)
        request = again
    assert [seconds for _, seconds in pauses.paused] == [2, 4, 8, 16, 32, 60, 60, 60]


def test_a_service_says_how_long_it_wants_to_be_left_alone(clock: Clock) -> None:
    """Longer than a minute as well; no time at all is no pause."""
    pauses = Pauses()
    middleware = PatienceMiddleware(crawler_of(pauses=pauses))
    for seconds in (300.0, 0.0):
        assert isinstance(
            answered(middleware, Request(URL), Verdict(outcome="blocked", detail="", retry=True, retry_after=seconds)),
            Request,
        )
    assert pauses.paused == [(URL, 300.0)]


def test_pauses_after_unfit_answers_are_by_the_request(clock: Clock) -> None:
    """Another request of the host may fit at once; a good answer begins anew."""
    pauses = Pauses()
    middleware = PatienceMiddleware(crawler_of(pauses=pauses))
    first = answered(middleware, Request(URL), UNFIT)
    other = answered(middleware, Request(URL + "2"), UNFIT)
    assert isinstance(first, Request)
    assert isinstance(other, Request)
    assert isinstance(answered(middleware, first, UNFIT), Request)
    assert [seconds for _, seconds in pauses.paused] == [2, 2, 4]
    assert isinstance(answered(middleware, Request(URL + "3"), AWAY), Request)
    assert pauses.paused[-1][1] == 16  # the fourth trouble of the host in a row
    answered(middleware, Request(URL + "4"), GOOD)
    assert isinstance(answered(middleware, Request(URL + "3"), AWAY), Request)
    assert pauses.paused[-1][1] == 2


@pytest.mark.parametrize(("patience", "times"), [(13, 2), (14, 3), (1, 0)])
def test_a_service_that_does_not_answer_is_waited_for_so_long(patience: float, times: int, clock: Clock) -> None:
    """Together with the pause that would follow; then the run ends, and says since when."""
    told: list[tuple[str, bool]] = []
    run = SimpleNamespace(stop=lambda why, *, by_blocks: told.append((why, by_blocks)))
    middleware = PatienceMiddleware(crawler_of(run=run, VIETNAMVN_PATIENCE=patience))
    request: Any = Request(URL)
    for number in range(times):
        request = answered(middleware, request, AWAY)
        assert isinstance(request, Request)
        clock.now += 2 ** (number + 1)
    assert isinstance(answered(middleware, request, AWAY), Response)
    ((why, by_blocks),) = told
    assert why.startswith("stopped early: data.example has given no answer for ")
    assert "(HTTP 503)" in why
    assert not by_blocks


@pytest.mark.parametrize(("outcome", "by_blocks"), [("blocked", True), ("challenge", True), ("timeout", False)])
def test_a_service_that_refuses_is_told_as_that(outcome: Any, by_blocks: bool, clock: Clock) -> None:
    """The exit code follows from it."""
    told: list[bool] = []
    run = SimpleNamespace(stop=lambda why, *, by_blocks: told.append(by_blocks))
    middleware = PatienceMiddleware(crawler_of(run=run, VIETNAMVN_PATIENCE=1))
    answered(middleware, Request(URL), Verdict(outcome=outcome, detail="", retry=True))
    assert told == [by_blocks]
    answered(PatienceMiddleware(crawler_of(VIETNAMVN_PATIENCE=1)), Request(URL), AWAY)  # without a run nothing is told


@pytest.mark.parametrize(
    ("error", "again", "outcome"),
    [
        (TimeoutError(), True, "timeout"),
        (RefusedError(Verdict(outcome="offsite", detail="")), False, None),
        (CutOffError(), False, None),
    ],
)
def test_a_failure_without_an_answer_is_asked_again(
    error: Exception, again: bool, outcome: str | None, clock: Clock
) -> None:
    """Not what was refused, nor what the end of the run has cut off."""
    middleware = PatienceMiddleware(crawler_of())
    request = Request(URL)
    found = middleware.process_exception(request, error)
    assert (found is not None) is again
    answer = visit_of(request).answer
    assert (answer and answer.verdict.outcome) == outcome


def test_a_request_that_fits_too_seldom_is_left_to_the_next_run(clock: Clock) -> None:
    """After two further times where the answer does not fit, or where the host answers others."""
    middleware = PatienceMiddleware(crawler_of(RETRY_TIMES=2))
    for verdict, answers in ((UNFIT, False), (AWAY, True)):
        request: Any = Request(URL)
        for _ in range(2):
            request = answered(middleware, request, verdict)
            assert isinstance(request, Request)
            if answers:
                answered(middleware, Request(URL + "?other"), GOOD)
        assert isinstance(answered(middleware, request, verdict), Response)


def test_an_answer_longer_than_what_was_asked_for_does_not_fit(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a part of a file; a page that is too large is told as that."""
    middleware = PatienceMiddleware(crawler_of())
    error = RefusedError(Verdict(outcome="too_large", detail="more than 10 MB"))
    part = asking(URL, Visit(), ExpectedAnswer(statuses=frozenset({206}), check=whole))
    for request in (part, Request(URL)):
        assert middleware.process_exception(request, error) is None  # it was refused before it was sent
    monkeypatch.setattr(archives, "judge_failure", lambda *_, **__: Verdict(outcome="too_large", detail=""))
    assert middleware.process_exception(part, OSError()) is not None
    assert visit_of(part).answer.verdict.outcome == "partial"  # type: ignore[union-attr]
    assert middleware.process_exception(Request(URL), OSError()) is None


def test_a_response_that_nobody_judged_passes(clock: Clock) -> None:
    """And one whose verdict is final."""
    middleware = PatienceMiddleware(crawler_of())
    response = Response(URL)
    assert middleware.process_response(Request(URL), response) is response
    request = Request(URL)
    visit_of(request).answer = refused(URL, Verdict(outcome="not_found", detail=""))
    assert middleware.process_response(request, response) is response


def test_what_is_waited_for_is_said_once_a_minute(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """Pauses of two seconds and more; for how long already, once it is a minute."""
    spider = SimpleNamespace(logger=logging.getLogger("patience"))
    middleware = PatienceMiddleware(crawler_of(spider=spider))
    with caplog.at_level(logging.INFO, logger="patience"):
        request: Any = Request(URL)
        for seconds in (30, 29, 1, 60):
            request = answered(middleware, request, AWAY)
            clock.now += seconds
        said = [record.getMessage() for record in caplog.records]
        assert len(said) == 2
        assert said[0].startswith("waiting for data.example: HTTP 503; asked again in ")
        assert ", without an answer for " in said[1]
        caplog.clear()
        quiet = PatienceMiddleware(crawler_of(spider=spider, VIETNAMVN_BACKOFF=1.9))
        answered(quiet, Request(URL), AWAY)
        assert caplog.records == []


@pytest.mark.parametrize(
    ("wanted", "trouble", "status", "outcome", "retry"),
    [
        (True, None, 206, "ok", False),
        (True, None, 404, "not_found", False),
        (True, None, 503, "server_error", True),
        (True, "parse_failed", 206, "parse_failed", True),  # its coding is broken: another answer may be whole
        (True, "parse_failed", 404, "not_found", False),
        (False, None, 503, "blocked", False),  # robots.txt, judged as everywhere
    ],
)
def test_an_answer_is_judged_by_what_was_asked(
    wanted: bool, trouble: Any, status: int, outcome: str, retry: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not as a page of the site."""
    monkeypatch.setattr(archives.OutcomeMiddleware, "process_response", lambda self, request, response: response)
    visit = Visit()
    expected = ExpectedAnswer(statuses=frozenset({206}), check=whole)
    request = asking(URL, visit, expected) if wanted else Request(URL)
    visit = visit_of(request)
    visit.answer = Answer(url=URL, verdict=Verdict(outcome="blocked", detail=""), fetched_at="", status=status)
    visit.trouble = None if trouble is None else Verdict(outcome=trouble, detail="cut")
    middleware = archives.ArchiveAnswerMiddleware.__new__(archives.ArchiveAnswerMiddleware)
    response = Response(URL, status=status)
    assert middleware.process_response(request, response) is response
    assert (visit.answer.verdict.outcome, visit.answer.verdict.retry) == (outcome, retry)
    visit.answer = None
    assert middleware.process_response(request, response) is response
