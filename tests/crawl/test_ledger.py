"""The frontier and its leases without a crawl: what waits, what is held, what is given out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response

import scraper.clock
from pipelines.models import Rejected
from pipelines.storage import ListedAddress, Store, open_store
from scraper.frontier import ORIGINAL, Frontier, PageOutcome
from scraper.leases import Leases, Terms
from scraper.middlewares.cookies import RedirectCookiesMiddleware

NOW = "2025-10-23T04:00:00+00:00"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with ten addresses."""
    with open_store(f"sqlite:///{tmp_path}/s.db") as opened:
        assert opened.start_run("crawl", holder="here:1:1", now=NOW) == 1
        opened.enqueue([_entry(n) for n in range(10)], now=NOW)
        yield opened


def _entry(number: int) -> ListedAddress:
    return ListedAddress(f"https://www.vietnam.vn/bai-{number}", f"bai-{number}", "vi", "2025-10-23", None, ORIGINAL)


def _terms(**more: int) -> Terms:
    return Terms(holder="here:1:1", run_id=1, batch=4, seconds=300, **more)


def _ahead(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(seconds=seconds)

    monkeypatch.setattr(scraper.clock, "datetime", Shifted)


def _settled(frontier: Frontier) -> PageOutcome:
    lease = frontier.leases.next()
    assert lease is not None
    result = Rejected(url=lease.url, outcome="empty", detail="nothing")
    return PageOutcome(lease=lease, outcome="empty", detail="nothing", fetched_at=NOW, result=result)


@pytest.mark.parametrize("seconds", [600.0, 34_560_000.0])
def test_a_lease_that_ran_out_by_a_jump_is_not_given_out_again(
    store: Store, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    """What is being fetched is held under its newer lease, whose end the ledger hears; nobody fetches it twice."""
    leases = Leases(store, _terms())
    leases.fill()
    first = [leases.next() for _ in range(4)]
    _ahead(monkeypatch, seconds)
    leases.fill()  # the four leases have run out by the clock, and come first
    given = [lease.slug for lease in first if lease] + [lease.slug for lease in leases.ready]
    assert len(given) == len(set(given))
    for lease in first:
        assert lease is not None
        held = leases.held(lease)
        assert held is not None
        assert store.fail(held, "empty", "nothing", datetime.now(timezone.utc))


def test_a_limit_is_of_what_is_given_out(store: Store) -> None:
    """With a limit of six, six addresses are leased in all, and then there are none."""
    leases, given = Leases(store, _terms(limit=6)), 0
    while not leases.is_dry:
        leases.fill()
        while leases.next() is not None:
            given += 1
    assert given == 6


def test_what_waits_for_its_server_counts_as_waiting(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the transaction is not through, nobody may take the run for finished; after it, nothing waits."""
    frontier = Frontier(store, _terms())
    frontier.leases.fill()
    frontier.settle(_settled(frontier))
    frontier.enter([_entry(77)])
    seen: list[tuple[bool, int]] = []
    run = Store.run

    def slow(self: Store, work: object) -> object:
        seen.append((frontier.has_entered, frontier.group))
        return run(self, work)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "run", slow)
    frontier.flush()
    assert set(seen) == {(True, 1)}
    assert (frontier.has_entered, frontier.group, frontier.outcomes) == (False, 0, {"empty": 1})
    seen.clear()
    frontier.flush()
    assert seen == []  # nothing waits: no transaction for nothing


def test_a_304_for_a_page_that_is_not_stored_is_counted_as_what_it_is(store: Store) -> None:
    """A server that says so unasked has sent no page: the run's figures and the ledger both say `empty`."""
    frontier = Frontier(store, _terms(limit=1))
    frontier.leases.fill()
    lease = frontier.leases.next()
    assert lease is not None
    frontier.settle(PageOutcome(lease=lease, outcome="unchanged", detail="HTTP 304", fetched_at=NOW))
    frontier.flush()
    failed = [row for row in store.ledger("2025-10-23") if row.slug == lease.slug]
    assert [(row.state, row.outcome) for row in failed] == [("failed", "empty")]
    assert (frontier.outcomes, frontier.added) == ({"empty": 1}, {"failed": 1})


def test_what_was_given_out_and_came_to_nothing_is_known(store: Store) -> None:
    """Neither settled nor at hand: these are the ones that got lost on the way."""
    frontier = Frontier(store, _terms())
    frontier.leases.fill()
    lost = frontier.leases.next()
    frontier.settle(_settled(frontier))
    assert frontier.unsettled() == [lost]
    assert frontier.in_flight == 1
    assert frontier.give_back() == 3


@pytest.mark.parametrize("more", ["", "; Domain=vietnam.vn", "; Domain=.www.vietnam.vn; Path=/", "; Domain=vn"])
def test_the_cookies_of_a_redirect_die_with_its_address(more: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of redirects that lead nowhere leave no jar behind; no list of suffixes is fetched for them."""

    def fetched(domain: str) -> bool:
        raise AssertionError(f"the list of public suffixes was asked for {domain}")

    monkeypatch.setattr("scrapy.downloadermiddlewares.cookies._is_public_domain", fetched)
    cookies = RedirectCookiesMiddleware()
    for number in range(50):
        request = Request(f"https://www.vietnam.vn/bai-{number}")
        response = Response(request.url, status=302, headers={"Set-Cookie": f"a=1{more}", "Location": "/elsewhere"})
        cookies.process_response(request, response)
        again = request.replace(url=f"{request.url}?a")
        cookies.process_request(again)
        assert again.headers["Cookie"] == b"a=1"
        elsewhere = request.replace(url="https://m.vietnam.vn/bai")
        cookies.process_request(elsewhere)
        assert "Cookie" not in elsewhere.headers
    del request, again, elsewhere
    assert len(cookies.jars) == 0


def test_cookies_of_no_redirect_are_not_kept() -> None:
    """An ordinary page's cookie makes no jar, and is never sent."""
    cookies = RedirectCookiesMiddleware()
    request = Request("https://www.vietnam.vn/bai")
    cookies.process_response(request, Response(request.url, headers={"Set-Cookie": "a=1"}))
    cookies.process_request(request)
    assert "Cookie" not in request.headers
    assert len(cookies.jars) == 0


@pytest.mark.parametrize(
    ("seconds", "jump", "is_renewed"),
    [
        (100.0, 0.0, False),
        (100.1, 0.0, True),
        (76.0, 0.0, False),
        (1.0, 5.0, False),
        (1.0, 5.1, True),
        (1.0, -5.1, True),
    ],
)
def test_leases_are_renewed_after_a_third_of_their_time(
    seconds: float, jump: float, is_renewed: bool, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or once the clock was put forward or back; then the time begins anew."""
    leases = Leases(store, _terms())  # of 300 seconds
    leases.fill()
    asked: list[int] = []
    begun: list[bool] = []
    monkeypatch.setattr(store, "extend", lambda held, **_: asked.append(len(list(held))))
    watch: Any = SimpleNamespace(seconds=seconds, jump=jump, restart=lambda: begun.append(True))
    leases._extended = watch
    leases.extend()
    assert (asked, begun) == (([4], [True]) if is_renewed else ([], []))


def test_what_is_given_out_is_held_until_it_is_done(store: Store) -> None:
    """What waits is not out; what was given back is held by nobody."""
    leases = Leases(store, _terms())
    assert leases.next() is None
    leases.fill()
    first, second = leases.next(), leases.next()
    assert first is not None
    assert second is not None
    assert (leases.out, leases.given_out()) == (2, [first, second])
    leases.done(first)
    assert (leases.out, leases.held(first), leases.held(second)) == (1, None, second)
    assert leases.give_back() == 3
    assert (leases.out, leases.next(), leases.given_out()) == (0, None, [])


@pytest.mark.parametrize(("limit", "given"), [(1, 1), (4, 4), (5, 5), (None, 10)])
def test_a_group_is_no_larger_than_what_is_left_of_the_limit(limit: int | None, given: int, store: Store) -> None:
    """Four at a time; once the limit is reached, none are asked for."""
    more = {} if limit is None else {"limit": limit}
    leases = Leases(store, _terms(**more))
    groups = []
    while not leases.is_dry:
        leases.fill()
        groups.append(len(leases.ready))
        while leases.next() is not None:
            pass
    assert sum(groups) == given
    assert max(groups) == min(4, given)
    assert leases.is_spent is (limit is not None)
