"""What the store makes of an address: by the outcome of its page, by what is stored already, and by the archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from making_articles import make_article

from pipelines.models import Article, Rejected
from pipelines.rights import Rights, Signal
from pipelines.storage import Lease, ListedAddress, Store, Validators, WarcLocation, open_store
from pipelines.storage.naming import Wanted
from pipelines.storage.removing import take_down
from scraper.archive import ArchiveError
from scraper.frontier import GUESSED, LISTED, ORIGINAL, Frontier, PageOutcome
from scraper.leases import Terms

NOW, LATER = "2025-10-23T04:00:00+00:00", "2025-10-23T05:00:00+00:00"
PLACE = WarcLocation("a.warc.gz", 1, 2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with open_store(f"sqlite:///{tmp_path}/s.db") as opened:
        assert opened.start_run("crawl", holder="here:1:1", now=NOW) == 1
        yield opened


def frontier_of(store: Store, *addresses: tuple[str, str, int], **more: Any) -> Frontier:
    """A frontier whose ledger has these addresses: slug, language, priority."""
    entries = [
        ListedAddress(
            f"https://www.vietnam.vn/{'' if code == 'vi' else code + '/'}{slug}", slug, code, "2025-10-23", None, at
        )
        for slug, code, at in addresses
    ]
    store.enqueue(entries, now=NOW)
    terms = Terms(holder="here:1:1", run_id=1, batch=10, seconds=300)
    frontier = Frontier(store, terms, **more)
    frontier.leases.fill()
    return frontier


def leased(frontier: Frontier) -> Lease:
    """The next address."""
    lease = frontier.leases.next()
    assert lease is not None
    return lease


def settle(frontier: Frontier, outcome: str, *, detail: str = "so it is", at: str = LATER, **more: Any) -> Lease:
    """The next address becomes this, and is stored."""
    lease = leased(frontier)
    frontier.settle(PageOutcome(lease=lease, outcome=outcome, detail=detail, fetched_at=at, **more))  # type: ignore[arg-type]
    frontier.flush()
    return lease


def states(store: Store) -> list[tuple[str, str | None, int]]:
    """(state, outcome, addresses) of the whole ledger."""
    return [(count.state, count.outcome, count.addresses) for count in store.counts()]


def test_an_article_is_stored_with_its_headers_and_its_place(store: Store) -> None:
    """Its address is done; the same text again says so."""
    frontier = frontier_of(store, ("a", "fr", LISTED))
    settle(frontier, "ok", result=make_article("a"), http=Validators('"e"', None, 200), place=PLACE)
    stored = store.get("a", "fr")
    assert stored is not None
    assert (stored.warc, stored.last_seen[:13]) == (PLACE, "2025-10-23T05")
    assert store.validators("https://www.vietnam.vn/fr/a") == Validators('"e"', None, 200)
    assert states(store) == [("done", "ok", 1)]
    assert (frontier.outcomes, frontier.added) == ({"ok": 1}, {"new": 1})
    store.enqueue([ListedAddress("https://www.vietnam.vn/fr/a", "a", "fr", "2025-10-23")], now=LATER, revisit=True)
    frontier.leases.fill()
    settle(frontier, "ok", result=make_article("a"))
    assert (frontier.outcomes, frontier.added) == ({"ok": 1, "unchanged": 1}, {"new": 1, "unchanged": 1})


@pytest.mark.parametrize(
    ("outcome", "priority", "is_stored", "state"),
    [
        ("not_found", GUESSED, False, ("failed", "no_translation", 1)),  # there never was one
        ("gone", GUESSED, False, ("failed", "no_translation", 1)),
        ("not_found", GUESSED, True, ("failed", "not_found", 1)),  # there was one
        ("not_found", LISTED, False, ("failed", "not_found", 1)),
        ("timeout", GUESSED, False, ("failed", "timeout", 1)),
    ],
)
def test_a_guess_that_is_no_page_is_no_failure(
    outcome: str, priority: int, is_stored: bool, state: tuple[str, str, int], store: Store
) -> None:
    """Only where nobody named it, and nothing is stored of it; what was stored is gone now."""
    if is_stored:
        store.add(make_article("a"), seen_at=NOW)
    frontier = frontier_of(store, ("a", "fr", priority))
    settle(frontier, outcome)
    assert states(store) == [state]
    assert frontier.outcomes == {state[1]: 1}
    stored = store.get("a", "fr")
    assert (stored is not None and stored.gone_at is not None) is is_stored


@pytest.mark.parametrize(
    ("outcome", "is_gone"), [("not_found", True), ("gone", True), ("timeout", False), ("blocked", False)]
)
def test_a_page_that_is_not_there_any_more_marks_its_article(outcome: str, is_gone: bool, store: Store) -> None:
    """Its text is kept; a failure of another kind says nothing."""
    store.add(make_article("a"), seen_at=NOW)
    settle(frontier_of(store, ("a", "fr", LISTED)), outcome)
    stored = store.get("a", "fr")
    assert stored is not None
    assert (stored.gone_at is not None) is is_gone


def test_a_page_that_says_that_it_is_none_marks_its_article_too(store: Store) -> None:
    """With a status of success, or a page of its own."""
    store.add(make_article("a"), seen_at=NOW)
    rejected = Rejected(url="https://www.vietnam.vn/fr/a", outcome="not_found", detail="the page says so")
    settle(frontier_of(store, ("a", "fr", LISTED)), "not_found", result=rejected)
    stored = store.get("a", "fr")
    assert stored is not None
    assert stored.gone_at is not None
    assert store.stats().rejects == (("not_found", 1),)


def test_an_unchanged_page_moves_its_last_sighting(store: Store) -> None:
    """With new headers and rights; of an original the translations are entered that its text names."""
    said = Rights((Signal("robots.txt", "allow", {"fetch": "allowed"}),))
    original = make_article("a", "vi", alternates={"vi": "/a", "fr": "/fr/a"})
    store.add(original, seen_at=NOW)
    asked: list[tuple[str, Article, str]] = []

    def translations(lease: Lease, article: Article, url: str) -> list[ListedAddress]:
        asked.append((lease.slug, article, url))
        return [ListedAddress("https://www.vietnam.vn/fr/a", "a", "fr", "2025-10-23", None, LISTED)]

    frontier = frontier_of(store, ("a", "vi", ORIGINAL), translations=translations)
    settle(frontier, "unchanged", http=Validators('"f"'), rights=said)
    stored = store.get("a", "vi")
    assert stored is not None
    assert stored.last_seen.startswith("2025-10-23T05")
    assert stored.article.rights == said
    assert (frontier.outcomes, frontier.added) == ({"unchanged": 1}, {"unchanged": 1})
    assert sorted(states(store)) == [("done", "unchanged", 1), ("pending", None, 1)]
    assert [(slug, url) for slug, _, url in asked] == [("a", "https://www.vietnam.vn/a")]
    store.add(make_article("b"), seen_at=NOW)
    settle(frontier_of(store, ("b", "fr", ORIGINAL), translations=translations), "unchanged")
    assert len(asked) == 1  # a translation names none


def test_an_unchanged_page_that_is_not_stored_is_a_failure(store: Store) -> None:
    """Somebody else's validators were sent: the next run asks without."""
    frontier = frontier_of(store, ("a", "fr", LISTED))
    settle(frontier, "unchanged")
    assert states(store) == [("failed", "empty", 1)]
    assert (frontier.outcomes, frontier.added) == ({"empty": 1}, {"failed": 1})


def test_what_was_taken_down_is_kept_under_no_name(store: Store) -> None:
    """Whether the address tells, or the text under another one."""
    take_down(store, Wanted(slugs=("xau",)), removed_at=NOW, reason="request")
    frontier = frontier_of(store, ("a", "fr", LISTED), ("b", "fr", LISTED))
    settle(frontier, "removed", detail="")
    settle(frontier, "ok", result=make_article("b", alternates={"vi": "https://www.vietnam.vn/xau"}))
    assert list(store.articles()) == []
    assert (frontier.outcomes, frontier.added) == ({"removed": 2}, {"removed": 2})
    assert {(state, outcome) for state, outcome, _ in states(store)} == {("done", "removed")}


def visit(url: str | None = None) -> Any:
    """A visit with the bytes of an address."""
    return SimpleNamespace(exchange=None if url is None else SimpleNamespace(url=url))


def test_what_was_taken_down_is_known_before_it_is_archived(store: Store) -> None:
    """By the article, by the address of the bytes, by what a rejection names."""
    bad = "https://www.vietnam.vn/fr/bai-xau"
    assert not frontier_of(store).is_removed(visit(bad), make_article("bai-xau"))
    take_down(store, Wanted(slugs=("bai-xau",)), removed_at=NOW, reason="request")
    frontier = frontier_of(store)
    assert frontier.is_removed(visit(), make_article("bai-xau"))
    assert not frontier.is_removed(visit(bad), make_article("a", alternates=None))  # an article is known by itself
    assert frontier.is_removed(visit(bad), Rejected(url="https://www.vietnam.vn/fr/tag", outcome="empty", detail=""))
    assert frontier.is_removed(visit(), Rejected(url=None, outcome="redirected_away", detail=f"to {bad}"))
    assert not frontier.is_removed(
        visit(), Rejected(url="https://www.vietnam.vn/fr/tag", outcome="empty", detail="no text")
    )


# ---- what waits


def test_what_waits_is_counted(store: Store) -> None:
    """Addresses that are entered, results that are settled, and what is still under way."""
    frontier = frontier_of(store, ("a", "fr", LISTED), ("b", "fr", LISTED))
    lease = leased(frontier)
    other = leased(frontier)
    assert (frontier.group, frontier.in_flight, frontier.has_entered) == (0, 2, False)
    frontier.settle(PageOutcome(lease=lease, outcome="timeout", detail="", fetched_at=LATER))
    frontier.enter([ListedAddress("https://www.vietnam.vn/fr/c", "c", "fr")])
    assert (frontier.group, frontier.in_flight, frontier.has_entered) == (1, 1, True)
    assert frontier.unsettled() == [other]
    frontier.flush()
    assert (frontier.group, frontier.in_flight, frontier.has_entered) == (0, 1, False)
    assert sorted(states(store)) == [("failed", "timeout", 1), ("leased", None, 1), ("pending", None, 1)]


@pytest.mark.parametrize(("revisit", "state"), [(False, "done"), (True, "pending")])
def test_what_is_done_is_entered_again_where_it_is_to_be_revisited(revisit: bool, state: str, store: Store) -> None:
    """Else it stays done."""
    frontier = frontier_of(store, ("a", "fr", LISTED))
    settle(frontier, "ok", result=make_article("a"))
    frontier.enter([ListedAddress("https://www.vietnam.vn/fr/a", "a", "fr", "2025-10-23")], revisit=revisit)
    frontier.flush()
    assert [one for one, *_ in states(store)] == [state]


def test_the_window_is_told_by_day_language_and_state(store: Store) -> None:
    """Addresses without a day are of none."""
    frontier = frontier_of(store, ("a", "fr", LISTED), ("b", "vi", LISTED))
    window: Any = SimpleNamespace(
        since=SimpleNamespace(isoformat=lambda: "2025-10-23"), until=SimpleNamespace(isoformat=lambda: "2025-10-23")
    )
    assert sorted(frontier.known(window)) == [("2025-10-23", "fr", "leased", 1), ("2025-10-23", "vi", "leased", 1)]
    window.since = window.until = SimpleNamespace(isoformat=lambda: "2025-10-24")
    assert list(frontier.known(window)) == []


# ---- the archive


class Archive:
    """Keeps what it is asked for, and fails when it is told to."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.error: Exception | None = None
        self.gone: list[str] = []

    def _step(self, name: str) -> None:
        self.calls.append(name)
        if self.error is not None:
            raise self.error

    def check(self) -> None:
        """Whether its files are there."""
        self.calls.append("check")

    def write(self, exchange: Any) -> WarcLocation:
        """Write one."""
        self._step("write")
        return PLACE

    def sync(self) -> None:
        """Bring it to the disk."""
        self._step("sync")

    def close(self) -> None:
        """End it."""
        self._step("close")

    def lost(self) -> list[str]:
        """Files of the run that are gone."""
        return self.gone


def test_the_archive_is_on_the_disk_before_the_store_points_to_it(store: Store) -> None:
    """Where nothing waits, it need not be."""
    archive: Any = Archive()
    frontier = frontier_of(store, ("a", "fr", LISTED), archive=archive)
    frontier.flush()
    assert archive.calls == ["check"]
    exchange: Any = object()
    assert frontier.archived(exchange) == PLACE
    settle(frontier, "ok", result=make_article("a"), place=PLACE)
    frontier.close_archive()
    assert archive.calls == ["check", "write", "check", "sync", "close"]
    assert frontier_of(store).archived(exchange) is None


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), ValueError("a fault")])
def test_nothing_more_goes_into_a_broken_archive(error: Exception, store: Store) -> None:
    """What should be in it is fetched again: its leases are released, and nothing of it is stored."""
    archive: Any = Archive()
    frontier = frontier_of(store, ("a", "fr", LISTED), archive=archive)
    archive.error = error
    exchange: Any = object()
    expected = ArchiveError if isinstance(error, OSError) else ValueError
    with pytest.raises(expected, match=r"No space left|a fault"):
        frontier.archived(exchange)
    assert frontier.archived(exchange) is None
    assert archive.calls == ["write"]
    lease = leased(frontier)
    frontier.settle(PageOutcome(lease=lease, outcome="ok", detail="", fetched_at=LATER, result=make_article("a")))
    assert frontier.give_back() == 1
    assert states(store) == [("pending", None, 1)]
    assert list(store.articles()) == []


def test_at_the_end_what_is_settled_is_stored_and_the_rest_released(store: Store) -> None:
    """Whoever comes next goes on with it."""
    frontier = frontier_of(store, ("a", "fr", LISTED), ("b", "fr", LISTED), ("c", "fr", LISTED))
    lease = leased(frontier)
    leased(frontier)
    frontier.settle(
        PageOutcome(lease=lease, outcome="ok", detail="", fetched_at=LATER, result=make_article(lease.slug))
    )
    assert frontier.give_back() == 2
    assert sorted(states(store)) == [("done", "ok", 1), ("pending", None, 2)]


@pytest.mark.parametrize(
    ("gone", "said"),
    [([], None), (["a.warc.gz"], "a.warc.gz: gone"), (["a.warc.gz", "b"], "a.warc.gz and 1 more: gone")],
)
def test_a_file_of_the_run_that_is_gone_is_told(gone: list[str], said: str | None, store: Store) -> None:
    """With the number of pages whose responses were in it; the store does not point there any more."""
    archive: Any = Archive()
    frontier = frontier_of(store, ("a", "fr", LISTED), archive=archive)
    settle(frontier, "ok", result=make_article("a"), place=PLACE)
    archive.gone = gone
    if said is None:
        frontier.forget_lost()
    else:
        with pytest.raises(ArchiveError, match=f"{said} from the archive .* with the responses of 1 pages"):
            frontier.forget_lost()
    stored = store.get("a", "fr")
    assert stored is not None
    assert (stored.warc is None) is (said is not None)
