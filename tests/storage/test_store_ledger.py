"""The ledger, runs and locks, the same on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from making_articles import make_article

from pipelines.models import Rejected
from pipelines.rights import Rights, Signal
from pipelines.storage import Lease, LedgerCount, ListedAddress, Store, Validators

NOW = datetime(2025, 10, 24, 1, 0, tzinfo=timezone.utc)
LATER = NOW + timedelta(hours=1)


def entry(slug: str = "a", language: str = "fr", **changes: object) -> ListedAddress:
    """An address of 23 October as the sitemap lists it."""
    plain = ListedAddress(f"https://www.vietnam.vn/{language}/{slug}", slug, language, "2025-10-23", "L1", 0)
    return plain._replace(**changes)  # type: ignore[arg-type]  # test values


def take(store: Store, n: int = 10, *, holder: str = "me", now: datetime = NOW, seconds: float = 60) -> list[Lease]:
    """Leases with the usual arguments."""
    return store.lease(n, holder=holder, now=now, seconds=seconds)


def states(store: Store) -> list[tuple[str, str | None, int]]:
    """(state, outcome, addresses) of the whole ledger."""
    return [(count.state, count.outcome, count.addresses) for count in store.counts()]


def test_enqueue_is_idempotent(store: Store) -> None:
    """The same address, also from another host or as a plain tuple, is one row."""
    assert store.enqueue([entry("a"), entry("b")], now=NOW) == 2
    assert store.enqueue([entry("a"), tuple(entry("b")), entry("a", url="https://vjs.vietnam.vn/fr/a")], now=NOW) == 0
    assert states(store) == [("pending", None, 2)]


def test_a_slug_is_found_out_where_it_is_not_given(store: Store) -> None:
    """An address alone is enough, and is the same row as with its slug."""
    store.enqueue([entry(slug="a")], now=NOW)
    assert store.enqueue([entry(slug="a")._replace(slug=None)], now=NOW) == 0


def test_leases_come_by_priority_then_arrival(store: Store) -> None:
    """Each address once, the urgent one first, at most n of them."""
    store.enqueue([entry("a"), entry("b"), entry("c", priority=5)], now=NOW)
    assert [lease.slug for lease in take(store, 2)] == ["c", "a"]
    assert [lease.slug for lease in take(store, 5)] == ["b"]
    assert take(store) == []


def test_a_lease_expires_and_is_lost(store: Store) -> None:
    """After its time another holder gets the address, and the first one can no longer end it."""
    store.enqueue([entry()], now=NOW)
    (first,) = take(store)
    assert take(store, holder="other", now=NOW + timedelta(seconds=59)) == []
    (second,) = take(store, holder="other", now=NOW + timedelta(seconds=60))
    assert (second.attempt, second.holder) == (2, "other")
    assert store.fail(first, "timeout", "slow", LATER) is False
    assert store.extend([first], now=LATER, seconds=60) == 0
    assert store.complete(second, outcome="ok", now=LATER, detail="x") is True
    assert states(store) == [("done", "ok", 1)]


def test_extending_keeps_a_lease(store: Store) -> None:
    """A prolonged lease is not given to others before its new end."""
    store.enqueue([entry()], now=NOW)
    leases = take(store)
    assert store.extend(leases, now=NOW + timedelta(seconds=50), seconds=60) == 1
    assert take(store, holder="other", now=NOW + timedelta(seconds=100)) == []


def test_an_address_is_done_with_its_text(store: Store) -> None:
    """Storing under a lease ends it in the same transaction; the text's own address is told where it differs."""
    store.enqueue([entry("a"), entry("b"), entry("old")], now=NOW)
    a, b, old = take(store)
    assert store.add(make_article("a"), seen_at=LATER, lease=a) == "new"
    store.add(Rejected(url=b.url, outcome="challenge", detail="a firewall page"), seen_at=LATER, lease=b)
    store.add(make_article("new"), seen_at=LATER, lease=old)
    assert states(store) == [("done", "ok", 2), ("failed", "challenge", 1)]
    assert list(store.check()) == []


def test_a_rolled_back_text_leaves_its_address_undone(store: Store) -> None:
    """Text and state are one: without the one there is not the other."""
    store.enqueue([entry()], now=NOW)
    (lease,) = take(store)

    def interrupted() -> None:
        with store.transaction():
            store.add(make_article("a"), seen_at=LATER, lease=lease)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        interrupted()
    assert states(store) == [("leased", None, 1)]
    assert store.get("a", "fr") is None


def test_unchanged_texts_say_so(store: Store) -> None:
    """A second fetch with the same text, and a 304, are done with outcome unchanged; a 304 without a text is not."""
    store.add(make_article("a"), seen_at=NOW, http=Validators('"e"', None, 200))
    store.add(make_article("b"), seen_at=NOW)
    store.enqueue([entry("a"), entry("b"), entry("c")], now=NOW)
    a, b, c = take(store)
    assert (a.etag, b.etag) == ('"e"', None)
    assert store.touch(a, seen_at=LATER, http=Validators('"f"')) is True
    store.add(make_article("b"), seen_at=LATER, lease=b)
    assert store.touch(c, seen_at=LATER) is False
    assert states(store) == [("done", "unchanged", 2), ("leased", None, 1)]
    stored = store.get("a", "fr")
    assert stored is not None
    assert stored.last_seen.startswith("2025-10-24T02")
    assert store.validators(a.url) == Validators('"f"', None, 200)


def test_a_304_may_bring_new_headers_and_takes_back_that_a_text_is_gone(store: Store) -> None:
    """What it leaves out is as before; one from before the text was gone changes nothing of that."""
    before, after = "Fri, 24 Oct 2025 01:00:00 GMT", "Sat, 25 Oct 2025 01:00:00 GMT"
    store.add(make_article("a"), seen_at=NOW, http=Validators('"e"', before, 200))
    store.enqueue([entry("a")], now=NOW)
    (a,) = take(store)
    store.mark_gone("a", "fr", gone_at=LATER)
    assert store.touch(a, seen_at=LATER, http=Validators(None, None)) is True
    assert store.validators(a.url) == Validators('"e"', before, 200)
    assert [stored.gone_at is None for stored in store.articles()] == [False]
    assert store.touch(a, seen_at="2025-10-24T03:00:00+00:00", http=Validators(None, after)) is True
    assert store.validators(a.url) == Validators('"e"', after, 200)
    assert [stored.gone_at is None for stored in store.articles()] == [True]


def test_the_rights_of_a_304_are_those_of_the_text(store: Store) -> None:
    """What the site says later counts, and what the page said of itself stays; of an older answer nothing is kept."""
    page = Signal("meta robots", "noai", {"train-ai": "disallowed"})
    site, older = (Signal("robots.txt", said, {"fetch": "allowed"}) for said in ("allow", "older"))
    store.add(make_article("a", rights=Rights((page,))), seen_at=NOW)
    store.add(make_article("b"), seen_at=NOW)
    store.enqueue([entry("a"), entry("b")], now=NOW)
    a, b = take(store)
    for lease in (a, b):
        assert store.touch(lease, seen_at=LATER, rights=Rights((site,)))
        assert store.touch(lease, seen_at=LATER, rights=Rights((older,)))  # no later than what is known
        assert store.touch(lease, seen_at="2025-10-24T03:00:00+00:00")  # nothing is said of it
    found = {stored.slug: stored.article.rights.signals for stored in store.articles()}
    assert set(found["a"]) == {site, page}
    assert set(found["b"]) == {site}


def test_a_new_lastmod_makes_an_address_pending_again(store: Store) -> None:
    """Done and failed addresses come back when the sitemap tells of a change, and not otherwise."""
    store.enqueue([entry("a"), entry("b")], now=NOW)
    a, b = take(store)
    store.add(make_article("a"), seen_at=NOW, lease=a)
    store.fail(b, "timeout", "slow", NOW)
    assert store.has("a", "fr", lastmod="L1") is True
    assert store.has("a", "fr", lastmod="L2") is False
    assert store.has("a", "fr") is True
    assert store.has("b", "fr") is False
    assert store.enqueue([entry("a"), entry("b", lastmod=None)], now=LATER) == 0
    assert store.enqueue([entry("a", lastmod="L2"), entry("b", lastmod="L2")], now=LATER) == 2
    assert [(lease.lastmod, lease.attempt) for lease in take(store, now=LATER)] == [("L2", 1), ("L2", 1)]


def test_revisiting_and_retrying_are_asked_for(store: Store) -> None:
    """`revisit` brings back what is done, `retry_failed` what failed, each only that."""
    store.enqueue([entry("a"), entry("b")], now=NOW)
    a, b = take(store)
    store.complete(a, outcome="unchanged", now=NOW)
    store.fail(b, "timeout", "slow", NOW)
    assert store.enqueue([entry("a"), entry("b")], now=LATER, revisit=True) == 1
    assert store.enqueue([entry("a"), entry("b")], now=LATER, retry_failed=True) == 1
    assert states(store) == [("pending", None, 2)]


def test_a_change_during_the_fetch_is_not_missed(store: Store) -> None:
    """If the sitemap tells of a newer version while an address is leased, it is pending again at its end."""
    store.enqueue([entry("a")], now=NOW)
    (lease,) = take(store)
    store.enqueue([entry("a", lastmod="L2")], now=NOW)
    store.add(make_article("a"), seen_at=LATER, lease=lease)
    assert states(store) == [("pending", "ok", 1)]
    (again,) = take(store, now=LATER)
    assert again.lastmod == "L2"


def test_a_retry_waits_for_its_time(store: Store) -> None:
    """A failure with `retry_at` is pending, keeps its reason, and is leased again from then on."""
    store.enqueue([entry()], now=NOW)
    (lease,) = take(store)
    store.fail(lease, "server_error", "500", NOW, retry_at=LATER)
    assert states(store) == [("pending", "server_error", 1)]
    assert take(store, now=LATER - timedelta(seconds=1)) == []
    assert [again.attempt for again in take(store, now=LATER)] == [2]


def test_released_addresses_were_never_tried(store: Store) -> None:
    """Ctrl-C gives leases back at once, without a counted attempt."""
    store.enqueue([entry("a"), entry("b")], now=NOW)
    leases = take(store)
    assert store.release(leases) == 2
    assert store.release(leases) == 0
    assert [lease.attempt for lease in take(store, holder="other")] == [1, 1]


def test_ending_twice_is_ending_once(store: Store) -> None:
    """After a lost connection the same end may be told again; another end is refused."""
    store.enqueue([entry()], now=NOW)
    (lease,) = take(store)
    assert store.fail(lease, "timeout", "slow", NOW) is True
    assert store.fail(lease, "timeout", "slow", NOW) is True
    assert store.complete(lease, outcome="ok", now=NOW) is False


def test_counts_reconcile(store: Store) -> None:
    """By day, language, state and outcome; the sum is the number of addresses; days limit it."""
    store.enqueue([entry("a"), entry("a", "en"), entry("b", day="2025-10-24"), entry("c", day=None)], now=NOW)
    by_slug = {(lease.slug, lease.language): lease for lease in take(store)}
    store.complete(by_slug["a", "fr"], outcome="ok", now=NOW, detail="x")
    store.fail(by_slug["a", "en"], "gone", "410", NOW)
    assert store.counts() == [
        LedgerCount(day=None, language="fr", state="leased", outcome=None, addresses=1),
        LedgerCount(day="2025-10-23", language="en", state="failed", outcome="gone", addresses=1),
        LedgerCount(day="2025-10-23", language="fr", state="done", outcome="ok", addresses=1),
        LedgerCount(day="2025-10-24", language="fr", state="leased", outcome=None, addresses=1),
    ]
    assert [c.day for c in store.counts(since="2025-10-24")] == ["2025-10-24"]
    assert len(store.counts(since="2025-10-23", until="2025-10-23")) == 2


def test_a_lock_has_one_holder_until_it_expires(store: Store) -> None:
    """The second run learns who holds it and until when; the holder renews; an expired lock is free."""
    assert store.acquire_lock("crawl", holder="a", now=NOW, seconds=60) is None
    held = store.acquire_lock("crawl", holder="b", now=NOW, seconds=60)
    assert held is not None
    assert (held.holder, held.expires_at) == ("a", "2025-10-24T01:01:00.000000Z")
    assert store.acquire_lock("crawl", holder="a", now=NOW + timedelta(seconds=30), seconds=60) is None
    assert store.acquire_lock("crawl", holder="b", now=NOW + timedelta(seconds=70), seconds=60) is not None
    assert store.acquire_lock("crawl", holder="b", now=NOW + timedelta(seconds=90), seconds=60) is None
    assert store.release_lock("crawl", holder="a") is False
    assert store.release_lock("crawl", holder="b") is True


def test_runs_are_recorded(store: Store) -> None:
    """A run's start, options, end and summary come back; one that was killed has no end."""
    first = store.start_run("crawl", holder="me", now=NOW, options={"lang": ["fr"]})
    store.start_run("crawl", holder="me", now=LATER)
    store.finish_run(first, now=LATER, outcome="complete", summary={"stored": 3})
    done, killed = store.runs()
    assert (done.command, done.outcome, done.options, done.summary) == (
        "crawl",
        "complete",
        {"lang": ["fr"]},
        {"stored": 3},
    )
    assert (killed.finished_at, killed.outcome) == (None, None)
