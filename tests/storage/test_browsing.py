"""Pages for people: what each shows, where the next one begins, and how far it looks."""

from __future__ import annotations

import pytest
from making_articles import make_article

from pipelines.models import Rejected
from pipelines.storage import ListedAddress, Selection, Store, browsing
from pipelines.storage.browsing import RefusedSelection, SelectionPage, is_small, page, refused, unanswered, unmeasured

SEEN = "2025-11-01T00:00:00Z"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that a test can reach."""
    for name, number in {
        "_SIZE": 3, "_IN_ORDER": 5, "_LOOKED_THROUGH": 8, "_COUNTED": 4, "_REFUSED": 5, "_SMALL": 4, "_MEASURED": 3
    }.items():  # fmt: skip
        monkeypatch.setattr(browsing, name, number)


def fill(store: Store, number: int, *, first: int = 0, word: str = "chợ") -> None:
    """Texts that are published the earlier, the later they are stored."""
    with store.transaction():
        for at in range(first, first + number):
            day = f"2025-10-{30 - at:02d}"
            language = ("vi", "fr")[at % 2]
            body = (f"{word} {at}",)
            article = make_article(
                f"s{at:02d}", language, title="T", paragraphs=body, kinds=("paragraph",), published=day
            )
            store.add(article, seen_at=SEEN)


def slugs(shown: SelectionPage) -> list[int]:
    """The numbers of the texts of a page."""
    return [int(text.slug[1:]) for text in shown.texts]


def all_pages(store: Store, selection: Selection) -> list[SelectionPage]:
    """From the first to the last, as a reader goes on."""
    found, offset, before = [], 0, None
    while True:
        shown = page(store, selection, offset=offset, before=before)
        found.append(shown)
        assert len(found) < 20
        if shown.following is None:
            return found
        offset, before = offset + len(shown.texts), shown.following or None


@pytest.mark.usefixtures("small")
def test_where_few_are_found_the_newest_comes_first(store: Store) -> None:
    """Pages of three in order of publication, each once."""
    fill(store, 4)
    pages = all_pages(store, Selection(search="chợ"))
    assert [slugs(one) for one in pages] == [[0, 1, 2], [3]]
    assert {(one.order, one.counted, one.more, one.looked_through) for one in pages} == {("published", 4, False, None)}
    assert [one.following for one in pages] == [0, None]
    whole = page(store, Selection(search="chợ", claimed=("vi",)))
    assert (slugs(whole), whole.following) == ([0, 2], None)
    (exact,) = all_pages(store, Selection(search="chợ", until="2025-10-29"))
    assert (slugs(exact), exact.following) == ([1, 2, 3], None)


@pytest.mark.usefixtures("small")
def test_where_many_are_found_the_last_stored_comes_first(store: Store) -> None:
    """To put them in order would take too long; all are shown, each once."""
    fill(store, 7)
    for selection in (Selection(search="chợ"), Selection()):
        pages = all_pages(store, selection)
        assert [slugs(one) for one in pages] == [[6, 5, 4], [3, 2, 1], [0]]
        assert {one.order for one in pages} == {"stored"}
    first = page(store, Selection(search="chợ"))
    assert (first.counted, first.more) == (4, True)  # at least
    assert (page(store, Selection()).counted, page(store, Selection()).more) == (7, False)
    few = page(store, Selection(claimed=("fr",)))
    assert (slugs(few), few.counted, few.more) == ([5, 3, 1], 3, False)


@pytest.mark.usefixtures("small")
def test_five_that_are_found_are_too_many_to_be_put_in_order(store: Store) -> None:
    """Four are not; a sample always is."""
    fill(store, 5)
    assert page(store, Selection(search="chợ")).order == "stored"
    assert page(store, Selection(search="chợ", sample=5)).order == "published"
    assert page(store, Selection(sample=2)).counted == 2
    assert page(store, Selection(search="chợ 3")).order == "published"


@pytest.mark.usefixtures("small")
def test_of_a_large_store_a_page_looks_through_a_part(store: Store) -> None:
    """The page says how far it looked, and the next one goes on there; what is found is at least so much."""
    fill(store, 2, word="muối")
    fill(store, 10, first=2)
    selection = Selection(publishers=("Báo Cần Thơ",), until="2025-10-29", claimed=("fr",))
    assert [slugs(one) for one in all_pages(store, selection)] == [[11, 9, 7], [5, 3, 1]]
    rare = Selection(since="2025-10-29", claimed=("vi", "fr"))
    pages = all_pages(store, rare)
    assert [slugs(one) for one in pages] == [[], [1, 0]]
    assert [one.looked_through for one in pages] == [8, None]
    assert (pages[0].counted, pages[0].more) == (0, True)
    assert pages[0].following == 13 - 8


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("texts", "small_enough"), [(0, True), (4, True), (5, False)])
def test_a_small_store_may_be_asked_for_all(texts: int, small_enough: bool, store: Store) -> None:
    """Up to its bound."""
    fill(store, texts)
    assert is_small(store) is small_enough


@pytest.mark.usefixtures("small")
def test_what_is_not_measured_is_looked_for_among_the_last(store: Store) -> None:
    """Three of them, however many there are."""
    assert unmeasured(store) == 0
    fill(store, 2)
    assert unmeasured(store) == 2
    fill(store, 3, first=2)
    assert unmeasured(store) == 3
    sum(store.measure())
    assert unmeasured(store) == 0


def reject(slug: str, *, outcome: str = "empty", at: str = SEEN, language: str = "fr") -> tuple[Rejected, str]:
    """A page that is no article, and when it was seen."""
    url = f"https://www.vietnam.vn/{language}/{slug}"
    return Rejected(url=url, outcome=outcome, detail=f"of {slug}"), at  # type: ignore[arg-type]


@pytest.mark.usefixtures("small")
def test_what_became_no_article_is_shown_from_the_last_on(store: Store) -> None:
    """In pages of three; by reason, by the days when it was seen last, both included, and by language."""
    days = [f"2025-11-0{1 + at // 2}T12:00:00Z" for at in range(7)]
    for at, day in enumerate(days):
        made, seen = reject(
            f"bai-{at}", at=day, outcome=("empty", "not_article")[at % 2], language=("fr", "en")[at % 2]
        )
        store.add(made, seen_at=seen)

    def every(wanted: RefusedSelection) -> list[list[str]]:
        found, before = [], None
        while True:
            rows, before = refused(store, wanted, before=before)
            found.append([row.detail[-1] for row in rows])
            assert all(row.page for row in rows)
            assert len(found) < 9
            if before is None:
                return found

    assert every(RefusedSelection()) == [["6", "5", "4"], ["3", "2", "1"], ["0"]]
    assert every(RefusedSelection(outcome="empty")) == [["6", "4", "2"], ["0"]]
    assert every(RefusedSelection(since="2025-11-02", until="2025-11-03")) == [["5", "4", "3"], ["2"]]
    assert every(RefusedSelection(until="2025-11-01")) == [["1", "0"]]
    # Five are looked at for a page, of which only those of the language are shown.
    assert every(RefusedSelection(languages=("en",))) == [["5", "3"], ["1"]]
    assert every(RefusedSelection(languages=("vi",))) == [[], []]
    assert every(RefusedSelection(languages=("fr", "en"))) == [["6", "5", "4"], ["3", "2", "1"], ["0"]]
    assert every(RefusedSelection(languages=("fr",), since="2025-11-02")) == [["6", "4", "2"]]


@pytest.mark.usefixtures("small")
def test_addresses_without_a_page_are_shown_apart(store: Store) -> None:
    """Those that failed, unless the page that came is among the refused ones; what was stored, or waits, is none."""
    entries = [ListedAddress(f"https://www.vietnam.vn/fr/{slug}", slug, "fr") for slug in ("a", "b", "c", "d")]
    store.enqueue(entries, now=SEEN)
    leases = {lease.slug: lease for lease in store.lease(3, holder="h", now=SEEN, seconds=60)}
    store.fail(leases["a"], "timeout", "no answer", SEEN)
    store.fail(leases["b"], "empty", "no text", SEEN)
    store.add(Rejected(url=entries[1].url, outcome="empty", detail="no text"), seen_at=SEEN)
    store.complete(leases["c"], outcome="ok", now=SEEN)
    found, following = unanswered(store, RefusedSelection())
    assert [(row.url, row.outcome, row.detail, row.page) for row in found] == [
        ("https://www.vietnam.vn/fr/a", "timeout", "no answer", False)
    ]
    assert following is None
    assert unanswered(store, RefusedSelection(outcome="gone"))[0] == []
    assert unanswered(store, RefusedSelection(languages=("fr",)))[0] == found
