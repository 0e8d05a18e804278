"""Captures as a queue: what is leased, what is tried again, and what is told of them."""

from __future__ import annotations

import pytest
from making_articles import make_article
from sqlalchemy import select

from pipelines.captures import Capture
from pipelines.storage import Store
from pipelines.storage.captures import OTHER_DIGEST, CaptureCount, CaptureLease, Captures, Range
from pipelines.storage.keys import BY_MARK
from pipelines.storage.naming import Wanted
from pipelines.storage.removing import take_down
from pipelines.storage.schema import captures

NOW = "2025-10-24T01:00:00.000000Z"
LATER = "2025-10-24T02:00:00.000000Z"
HASHES = {"one": "1" * 64, "other": "2" * 64}


def capture(slug: str, *, at: str = "2024-05-01", archive: str = "internetarchive", **more: object) -> Capture:
    """A capture of a French article."""
    fields = {"crawl": "", "url": f"https://www.vietnam.vn/fr/{slug}", "slug": slug, "language": "fr", **more}
    return Capture(archive=archive, captured_at=f"{at}T00:00:00.000000Z", **fields)  # type: ignore[arg-type]


def lease(queue: Captures, number: int = 10) -> list[CaptureLease]:
    """What is given out."""
    found = queue.lease(number, holder="h", now=NOW, seconds=60)
    assert all(isinstance(one, CaptureLease) for one in found)
    return [one for one in found if isinstance(one, CaptureLease)]


def finish(queue: Captures, one: CaptureLease, outcome: str = "ok", text: str | None = "one", detail: str = "") -> None:
    """End a lease; what has timed out is tried again."""
    sha256 = HASHES[text] if text and outcome == "ok" else None
    final = outcome != "timeout"
    assert queue.finish(one, final=final, outcome=outcome, detail=detail, now=NOW, content_sha256=sha256)


def test_the_oldest_is_leased_first_and_only_once(store: Store) -> None:
    """Whatever the order in which an index lists them; a lease says where the record is."""
    queue = Captures(store)
    given = [
        capture("b", at="2024-03-01"),
        capture("a", at="2023-03-01", file="x.warc.gz", offset=7, length=9, digest="D", status="200"),
        capture("c", at="2025-03-01"),
    ]
    queue.enter(given, now=NOW)
    queue.enter(given[:2], now=LATER)
    first, second = lease(queue, 2)
    assert (first.capture, second.capture) == (given[1], given[0])
    assert (first.url, first.slug, first.language, first.day) == (given[1].url, "a", "fr", "2023-03-01")
    assert [one.slug for one in lease(queue)] == ["c"]
    assert queue.lease_holders() == ["h"]


def test_an_index_may_list_the_same_capture_twice(store: Store) -> None:
    """Once counts; and so it is where more are listed than are written at a time."""
    queue = Captures(store)
    queue.enter([capture("a"), capture("a")], now=NOW)
    queue.enter([capture(f"s{number}") for number in range(501)], now=NOW)
    assert sum(row[3] for row in queue.progress()) == 502


def test_a_capture_that_its_index_says_is_none_is_never_asked_for(store: Store) -> None:
    """A redirect is done as soon as it is listed."""
    queue = Captures(store)
    queue.enter([capture("a", status="301"), capture("b", note="revisit")], now=NOW)
    assert lease(queue) == []
    assert {count.state for count in queue.counts()} == {"done"}


def test_what_stands_in_whole_files_is_leased_where_it_was_read(store: Store) -> None:
    """Of the archives that are read from end to end only what is at hand, which comes first, in its order."""
    queue = Captures(store)
    read = [capture(slug, archive="file", file="x.warc.gz", at="2025-01-01") for slug in ("y", "x", "not-read")]
    queue.enter([*read, capture("old", at="2023-01-01"), capture("n", archive="ccnews", file="n.warc.gz")], now=NOW)
    queue.at_hand.update({one.name: None for one in read[:2]})
    assert [one.slug for one in lease(queue, 1)] == ["y"]
    assert list(queue.at_hand) == [read[1].name]
    assert [one.slug for one in lease(queue)] == ["x", "old"]
    assert not queue.at_hand
    assert lease(queue) == []


def test_what_the_archive_did_not_give_is_asked_for_again(store: Store) -> None:
    """And nothing else; what does not belong to the range stays as it is."""
    queue = Captures(store)
    queue.enter([capture("a"), capture("b"), capture("c", language="en")], now=NOW)
    for one in lease(queue):
        finish(queue, one, "ok" if one.slug == "a" else "timeout")
    assert lease(queue) == []
    french = Captures(store, Range(languages=("fr",)))
    assert french.retry(now=LATER) == 1
    assert [one.slug for one in lease(queue)] == ["b"]
    assert (french.retry(now=LATER), queue.retry(now=LATER)) == (0, 1)


def test_a_lease_that_was_lost_ends_nothing(store: Store) -> None:
    """Given back, prolonged while it is held, and worth nothing once another has it."""
    queue = Captures(store)
    queue.enter([capture("a")], now=NOW)
    (lost,) = lease(queue)
    assert queue.extend([lost], now=NOW, seconds=600) == 1
    assert queue.release([lost]) == 1
    assert (queue.extend([lost], now=NOW, seconds=600), queue.release([lost])) == (0, 0)
    (held,) = lease(queue)
    assert not queue.finish(lost, final=True, outcome="ok", detail="", now=NOW)
    assert queue.release_holder("another") == 0
    assert queue.release_holder("h") == 1
    assert not queue.finish(held, final=True, outcome="ok", detail="", now=NOW)
    assert queue.lease_holders() == []


def test_progress_is_by_crawl_or_archive(store: Store) -> None:
    """Common Crawl names its crawls; an archive without any is told by its own name."""
    queue = Captures(store)
    queue.enter([capture("a"), capture("b", archive="commoncrawl", crawl="CC-MAIN-2024-10", file="x")], now=NOW)
    (done,) = lease(queue, 1)
    finish(queue, done)
    assert sorted((name, code, number) for name, code, _, number in queue.progress()) == [
        ("CC-MAIN-2024-10", "fr", 1),
        ("internetarchive", "fr", 1),
    ]
    assert {state for _, _, state, _ in queue.progress()} == {"done", "pending"}
    assert Captures(store, Range(archives=("commoncrawl",))).progress()[0][0] == "CC-MAIN-2024-10"
    assert queue.languages() == ["fr"]


def test_the_first_capture_of_a_text_is_the_earliest(store: Store) -> None:
    """Whatever the order of storing; the same text of another article is its first too, and without one none is."""
    queue = Captures(store)
    days = ["2024-03-01", "2024-04-01", "2025-05-01"]
    queue.enter([capture("a", at=day) for day in days], now=NOW)
    queue.enter([capture("b", at=days[1]), capture("c", at=days[0])], now=NOW)
    for one in reversed(lease(queue)):
        finish(queue, one, "not_article" if one.slug == "c" else "ok", "other" if one.day == days[1] else "one")
    counts = queue.counts()
    assert counts == [
        CaptureCount("internetarchive", "", "2024", "fr", "done", "not_article", 1, 0),
        CaptureCount("internetarchive", "", "2024", "fr", "done", "ok", 3, 3),
        CaptureCount("internetarchive", "", "2025", "fr", "done", "ok", 1, 0),
    ]
    # A range counts by itself: what came before it is not seen.
    assert [count.first for count in Captures(store, Range(since="2025-01-01")).counts()] == [1]


def test_bytes_that_the_digest_was_not_made_of_are_counted(store: Store) -> None:
    """By the detail of the capture, within the range."""
    queue = Captures(store)
    queue.enter([capture("a"), capture("b", language="en"), capture("c")], now=NOW)
    for one in lease(queue):
        finish(queue, one, detail="" if one.slug == "c" else f"{OTHER_DIGEST} sha1:XYZ")
    assert queue.other_digests() == 2
    assert Captures(store, Range(languages=("en",))).other_digests() == 1
    assert Captures(store, Range(languages=("vi",))).other_digests() == 0


def test_a_file_goes_on_at_the_first_capture_that_is_left(store: Store) -> None:
    """Of this file of this archive; one that has failed waits for another run."""
    queue = Captures(store)
    names = ("a", "b", "c", "d")
    made = [
        capture(name, archive="file", file="x.warc.gz", offset=10 * at, at=f"2024-05-0{9 - at}")
        for at, name in enumerate(names)
    ]
    queue.enter([*made, capture("e", archive="file", file="y.warc.gz", offset=3)], now=NOW)
    assert queue.first_left("file", "x.warc.gz") == 0
    queue.at_hand.update({one.name: None for one in made[:3]})
    leases = {one.slug: one for one in lease(queue, 3)}
    assert queue.pending([one.name for one in made]) == {made[3].name}
    finish(queue, leases["a"])
    finish(queue, leases["b"], "timeout")
    assert queue.first_left("file", "x.warc.gz") == 20  # leased: a run that dies has not done it
    finish(queue, leases["c"])
    assert queue.first_left("file", "x.warc.gz") == 30
    assert queue.first_left("ccnews", "x.warc.gz") is None
    assert queue.first_left("file", "y.warc.gz") == 3


def test_many_names_are_asked_for_at_once(store: Store) -> None:
    """More than a database takes in one question."""
    queue = Captures(store)
    made = [capture(f"s{number}") for number in range(1001)]
    queue.enter(made, now=NOW)
    assert queue.pending([one.name for one in made] + ["unknown"]) == {one.name for one in made}


def test_what_was_read_of_an_index_is_noted(store: Store) -> None:
    """The last note counts; one from before a day is none."""
    queue = Captures(store)
    assert queue.noted("page 0") is None
    queue.note("page 0", {"end": False}, now=NOW)
    queue.note("page 0", {"end": True}, now=LATER)
    assert queue.noted("page 0") == {"end": True}
    assert queue.noted("page 0", since=LATER) == {"end": True}
    assert queue.noted("page 0", since="2025-10-24T02:00:01Z") is None
    assert queue.noted("page 1") is None


def test_what_shows_a_text_that_was_taken_down_loses_its_name(store: Store) -> None:
    """It is done, and its address is nowhere; so it is where the article is taken down before the capture is listed."""
    take_down(store, Wanted(slugs=("gone",)), removed_at=NOW, reason="request")
    queue = Captures(store)
    queue.enter([capture("gone", digest="D"), capture("another-name", digest="E")], now=NOW)
    (one,) = lease(queue)
    assert one.slug == "another-name"  # only its text tells
    queue.bury(one)
    queue.bury(one)
    assert queue.counts() == [CaptureCount("internetarchive", "", "2024", "fr", "done", "removed", 2, 0)]
    assert queue.lease_holders() == []
    query = select(captures.c.url, captures.c.digest, captures.c.slug)
    kept = [tuple(row) for row in store.read(lambda connection: connection.execute(query).all())]
    assert [(url, digest) for url, digest, _ in kept] == [("", None)] * 2
    assert all(slug.startswith(BY_MARK) for *_, slug in kept)


def test_languages_are_counted_by_the_year_in_which_a_text_was_seen(store: Store) -> None:
    """By crawls, and by captures of any year between; one whose capture has no text was not seen."""
    store.add(make_article("a", "fr"), seen_at="2025-10-24T01:00:00Z")
    queue = Captures(store)
    queue.enter([capture("a", at="2023-05-01"), capture("a", at="2024-05-01"), capture("z", at="2022-05-01")], now=NOW)
    for one in lease(queue):
        finish(queue, one, "ok" if one.day < "2024" else "not_article")
    assert queue.languages_by_year() == [("fr", "2023", 1), ("fr", "2025", 1)]


@pytest.mark.parametrize(("more", "found"), [(["en"], ["en", "fr"]), (["fr"], ["fr"])])
def test_further_languages_are_taken_too(store: Store, more: list[str], found: list[str]) -> None:
    """A run learns of a language while it goes on: each is wanted once."""
    queue = Captures(store, Range(languages=("fr",)))
    queue.want_languages(more)
    assert list(queue.wanted.languages) == found
