"""Several processes at one store, and processes that are killed, on both databases."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from making_articles import make_article
from processes import fork, kill_after, wait

from pipelines.storage import ListedAddress, Store, StoreUnavailableError, open_store

T0 = datetime(2025, 10, 24, 1, 0, tzinfo=timezone.utc)


def entries(number: int) -> Iterator[ListedAddress]:
    """So many addresses of one day."""
    for index in range(number):
        yield ListedAddress(f"https://www.vietnam.vn/fr/s{index:04}", f"s{index:04}", "fr", "2025-10-23", "L1", 0)


def work_off(url: str, told: Path, holder: str, now: datetime) -> None:
    """Lease, store and finish addresses until there are none; tell of each group after it was committed."""
    with open_store(url) as store, told.open("a", encoding="ascii") as acknowledged:
        while leases := store.lease(7, holder=holder, now=now, seconds=60):
            with store.transaction():
                for lease in leases:
                    text = f"Texte de {lease.slug}. " * 50
                    article = make_article(lease.slug, paragraphs=(text,), kinds=("paragraph",))
                    store.add(article, seen_at=now, lease=lease, warc=("a.warc.gz", lease.id, 1))
            acknowledged.write("".join(f"{lease.slug} {lease.attempt}\n" for lease in leases))
            acknowledged.flush()


def acknowledged(told: Path) -> list[tuple[str, int]]:
    """(slug, attempt) of everything that was told as committed."""
    lines = told.read_text(encoding="ascii").splitlines()
    return [(slug, int(attempt)) for slug, attempt in (line.split() for line in lines)]


def assert_whole(store: Store, slugs: set[str]) -> None:
    """No fault, and every acknowledged article there once, with one revision."""
    assert list(store.check()) == []
    found = Counter(stored.slug for stored in store.articles(revisions="all"))
    assert slugs
    assert {slug: found[slug] for slug in slugs} == dict.fromkeys(slugs, 1)


def killed_writers(url: str, told: Path, *, kills: int, addresses: int, seed: int) -> None:
    """Writers that are killed at random moments, each going on after the last; then one that may finish."""
    chance = random.Random(seed)
    with open_store(url) as store:
        store.enqueue(entries(addresses), now=T0)
    killed = turn = 0
    patience = 1.0  # a busy machine takes longer to begin
    while killed < kills:
        turn += 1
        patience *= 1 if told.exists() and acknowledged(told) else 1.5
        assert turn < 10 * kills, "the writers end before they can be killed: give them more addresses"
        now = T0 + timedelta(hours=turn)
        child = fork(lambda: work_off(url, told, f"writer {turn}", now))  # noqa: B023  # called at once, in the child
        killed += kill_after(child, chance.uniform(0.01, 0.25) * patience)
        with open_store(url) as store:
            if not store.lease(1, holder="look", now=now + timedelta(hours=1), seconds=-3600):
                store.enqueue(entries(addresses), now=now, revisit=True)  # all done: the next writers do it again
    assert killed == kills
    done = {slug for slug, _ in acknowledged(told)}
    with open_store(url) as store:
        assert_whole(store, done)
    now = T0 + timedelta(hours=turn + 2)
    assert wait(fork(lambda: work_off(url, told, "last", now))) == 0
    with open_store(url) as store:
        assert_whole(store, {entry.slug or "" for entry in entries(addresses)})
        assert [(count.state, count.addresses) for count in store.counts() if count.state != "done"] == []


def test_killed_writers_lose_nothing(store_url: str, tmp_path: Path) -> None:
    """`kill -9` at random moments: check is clean, and what was acknowledged is there once."""
    killed_writers(store_url, tmp_path / "told", kills=6, addresses=700, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [2, 3])
def test_fifty_killed_writers_lose_nothing(store_url: str, tmp_path: Path, seed: int) -> None:
    """The same with fifty kills."""
    killed_writers(store_url, tmp_path / "told", kills=50, addresses=5_000, seed=seed)


def test_processes_share_a_ledger_without_sharing_an_address(store_url: str, tmp_path: Path) -> None:
    """Four processes lease at once: each address is taken once, and all are done."""
    told, number = tmp_path / "told", 400
    with open_store(store_url) as store:
        store.enqueue(entries(number), now=T0)
    children = [fork(lambda: work_off(store_url, told, f"p{index}", T0)) for index in range(4)]  # noqa: B023  # as above
    assert [wait(child) for child in children] == [0, 0, 0, 0]
    taken = acknowledged(told)
    assert len(taken) == number
    assert Counter(taken) == Counter((entry.slug, 1) for entry in entries(number))
    with open_store(store_url) as store:
        assert_whole(store, {slug for slug, _ in taken})


def test_writers_of_the_same_articles_take_turns(store_url: str) -> None:
    """Two processes store the same articles in opposite orders, in groups: no error, no second row."""
    slugs = [f"s{index:03}" for index in range(24)]

    def fill(order: list[str], day: int) -> None:
        with open_store(store_url) as store:
            for start in range(0, len(order), 8):
                group = order[start : start + 8]
                store.run(lambda: [store.add(make_article(s), seen_at=T0 + timedelta(days=day)) for s in group])  # noqa: B023  # run at once

    orders = [slugs, slugs[::-1]]
    with open_store(store_url):
        pass
    children = [fork(lambda: fill(order, day)) for day, order in enumerate(orders)]  # noqa: B023  # as above
    assert [wait(child) for child in children] == [0, 0]
    with open_store(store_url) as store:
        assert_whole(store, set(slugs))
        assert {stored.last_seen[:10] for stored in store.articles()} == {"2025-10-25"}


def test_a_writer_thrown_back_steps_aside(store_url: str) -> None:
    """The other one may be slow to go on: coming again at once, each time, would use up all the tries."""
    ends = time.monotonic() + 0.5
    tries = 0

    def work() -> str:
        nonlocal tries
        tries += 1
        if time.monotonic() < ends:
            raise StoreUnavailableError("the other one has not gone on yet", conflict=True)
        return "done"

    with open_store(store_url) as store:
        assert store.run(work) == "done"
    assert 3 <= tries <= 10


def test_an_empty_database_is_set_up_once(store_url: str) -> None:
    """Processes that open a new store at the same time all find it ready."""

    def use() -> None:
        with open_store(store_url) as store:
            store.add(make_article(f"s{os.getpid()}"), seen_at=T0)

    children = [fork(use) for _ in range(5)]
    assert [wait(child) for child in children] == [0] * 5
    with open_store(store_url) as store:
        assert len(list(store.articles())) == 5


def test_readers_never_wait_for_a_writer(store_url: str) -> None:
    """While one process holds a writing transaction open, another reads what was committed before."""
    with open_store(store_url) as store:
        store.add(make_article("before"), seen_at=T0)

        def read() -> None:
            with open_store(store_url, read_only=True) as other:
                assert [stored.slug for stored in other.articles()] == ["before"]

        with store.transaction():
            store.add(make_article("during"), seen_at=T0)
            started = time.monotonic()
            assert wait(fork(read)) == 0
            assert time.monotonic() - started < 20
        assert len(list(store.articles())) == 2
