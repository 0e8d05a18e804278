"""Full text, the same on both databases, in scripts with and without spaces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from making_articles import TEXTS, make_article
from sqlalchemy import Connection, select

from pipelines.errors import UsageError
from pipelines.storage import Selection, Store, open_store, selecting
from pipelines.storage.schema import PUBLICATION, revisions
from pipelines.storage.search import excerpt
from pipelines.storage.segmentation import tokens

T1, T2 = "2025-10-24T01:00:00Z", "2025-10-25T01:00:00Z"


@pytest.fixture
def indexed(store: Store) -> Store:
    """One article in each of our languages, indexed."""
    for language in TEXTS:
        store.add(make_article(language=language), seen_at=T1)
    assert (store.unindexed(), store.index()) == (0, 0)
    return store


def test_how_long_a_query_may_be(store: Store) -> None:
    """All that its message promises, and no character more."""
    assert list(store.search("a" * 10_000)) == []
    with pytest.raises(UsageError, match="10,001 characters; 10,000 are taken"):
        list(store.search("a" * 10_001))


@pytest.mark.parametrize(
    ("query", "languages"),
    [
        ("chợ nổi", ["vi"]),
        ("CHO NOI", ["vi"]),
        ('"floating market"', ["en"]),
        ('"market floating"', []),
        ("水上市場", ["ja"]),
        ("市水", []),
        ("ตลาดน้ำ", ["th"]),
        ("القوارب", []),
        ("العائم الفجر", ["ar"]),
        ("плавучий", ["ru"]),
        ("बाज़ार", ["hi"]),
        ("बाज", []),
        ("cái răng dawn", ["en"]),
        ("cai rang aube", ["fr"]),
        ("nothing-of-the-kind", []),
        ("!?", []),
        ("dawn' OR 1=1 --", ["en"]),
        ("dawn' AND 1=1 --", []),
    ],
)
def test_words_are_found_in_every_script(indexed: Store, query: str, languages: list[str]) -> None:
    """All words and phrases must be there; parts of a word do not count where words are separated."""
    assert [stored.language for stored in indexed.search(query)] == languages


def test_only_current_texts_are_found(indexed: Store) -> None:
    """After a re-translation its words are found, those of the old text no longer."""
    indexed.add(make_article(paragraphs=("Tout autre chose.",), kinds=("paragraph",)), seen_at=T2)
    assert [s.language for s in indexed.search("chose")] == ["fr"]
    assert list(indexed.search("aube")) == []


def test_the_newest_comes_first(store: Store) -> None:
    """Results are ordered by time, then address; offsets from UTC count. They can be limited in number and language."""
    times = {
        "a": "2025-10-01",
        "b": "2025-10-03",
        "c": None,
        "d": "2025-10-03",
        "e": "2025-10-03T08:00:00+07:00",
        "f": "2025-10-03T02:00:00Z",
        "g": "2025-10-02T23:30:00-02:30",
        "h": "2025-10-02T18:00:00Z",
    }
    for slug, published in times.items():
        store.add(make_article(slug, published=published), seen_at=T1)
    store.index()
    found = ["f", "g", "e", "h", "b", "d", "a", "c"]
    assert [s.slug for s in store.search("aube")] == found
    assert [s.slug for s in store.search("aube", limit=2, offset=3)] == found[3:5]
    assert store.found("aube") == len(found)
    assert list(store.search("aube", languages=["en"])) == []
    day = Selection(since="2025-10-03", until="2025-10-03")
    assert [s.slug for s in store.search("aube", selection=day)] == found[:6]  # the day is that of Vietnam
    assert store.found("aube", selection=day) == 6


@pytest.mark.parametrize("asked", [Selection(), Selection(claimed=("fr",)), Selection(until="2025-10-06")])
def test_what_is_found_often_has_the_same_order(
    store: Store, monkeypatch: pytest.MonkeyPatch, asked: Selection
) -> None:
    """A page of a frequent word is that of all that is found, put in order; equal times and none do not matter."""
    with store.transaction():
        for number in range(40):
            day = None if number % 7 == 0 else f"2025-10-{1 + number % 12:02}"
            language = ("fr", "en")[number % 2]
            store.add(make_article(f"s{number:02}", language=language, published=day), seen_at=T1)
    pages = [(1, 0), (5, 0), (5, 3), (4, 8), (50, 0), (50, 39), (50, 41)]
    words = {"fr": "aube", "en": "market"}
    query = "aube OR market"
    assert {next(store.search(word)).language for word in words.values()} == {*words}
    whole = [[s.slug for s in store.search(query, selection=asked, limit=n, offset=at)] for n, at in pages]
    for last in (0, 1, 11, 12, 30, 39, 60):
        monkeypatch.setattr(selecting, "_FREQUENT", 3)
        monkeypatch.setattr(selecting, "_LAST", last)
        found = [[s.slug for s in store.search(query, selection=asked, limit=n, offset=at)] for n, at in pages]
        assert found == whole, last


@pytest.mark.parametrize(("found", "by_time"), [(2, False), (3, True), (4, True)])
def test_a_rare_word_is_not_looked_for_by_time(
    store: Store, monkeypatch: pytest.MonkeyPatch, found: int, by_time: bool
) -> None:
    """Few hits are quickly put in order; going through the texts published last would take longer than that."""
    for number in range(5):
        language = "fr" if number < found else "en"
        store.add(make_article(f"s{number}", language=language, published=f"2025-10-0{number + 1}"), seen_at=T1)
    monkeypatch.setattr(selecting, "_FREQUENT", 3)
    monkeypatch.setattr(selecting, "_LAST", 4)
    asked: list[bool] = []
    really = selecting.narrowed

    def noted(*arguments: Any, **more: Any) -> Any:
        asked.append("after" in more)
        return really(*arguments, **more)

    monkeypatch.setattr(selecting, "narrowed", noted)
    assert [s.slug for s in store.search("aube", limit=1)] == [f"s{found - 1}"]
    assert (True in asked) == by_time


def test_a_page_of_a_frequent_word_is_read_by_time(tmp_path: Path) -> None:
    """SQLite goes through the texts published last, not through all that is found."""
    with open_store(tmp_path / "store.db") as store:

        def plan(connection: Connection) -> str:
            asked = Selection(search="market", claimed=("fr",))
            ids = select(revisions.c.id)
            query = selecting.narrowed(connection, ids, asked, after="2025").order_by(PUBLICATION.desc()).limit(20)
            compiled = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
            return " ".join(row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}"))

        assert store.read(plan).startswith("SEARCH revisions USING INDEX revisions_by_publication")


def test_a_very_long_text_is_indexed(store: Store) -> None:
    """A text of a megabyte with words of any length goes into either index."""
    words = [f"mot{number}" for number in range(120_000)] + ["x" * 5000]
    store.add(make_article(paragraphs=(" ".join(words),), kinds=("paragraph",)), seen_at=T1)
    store.add(make_article("b", paragraphs=("y" * 3000,), kinds=("paragraph",)), seen_at=T1)
    assert [s.slug for s in store.search("mot15000")] == ["cho-noi-cai-rang"]
    assert [s.slug for s in store.search("y" * 3000)] == ["b"]


def test_marks_belong_to_their_word() -> None:
    """Vowel signs of Indic scripts do not cut a word."""
    assert tokens("काई रांग") == ["काई", "रांग"]


def test_an_excerpt_shows_the_place() -> None:
    """The paragraph that holds the words, cut to a line."""
    article = make_article(paragraphs=("Rien ici.", "Ici le " + "long " * 60 + "texte."), kinds=("paragraph",) * 2)
    shown = excerpt(article, '"le long"')
    assert shown.startswith("Ici le long")
    assert len(shown) <= 160
    assert excerpt(article, "absent") == "Rien ici."


@pytest.mark.parametrize(
    ("part", "characters", "shown"),
    [
        ("x" * 160, 160, "x" * 160),
        ("x" * 161, 160, "x" * 159 + "…"),
        ("one two three", 9, "one two…"),  # no space before the mark
        (" one\n two ", 7, "one two"),
    ],
)
def test_an_excerpt_is_one_line_of_so_many_characters(part: str, characters: int, shown: str) -> None:
    """With a mark where it goes on."""
    article = make_article(paragraphs=(part,), kinds=("paragraph",))
    assert excerpt(article, "absent", characters=characters) == shown


def test_an_excerpt_is_of_the_lead_where_the_words_are_there() -> None:
    """Else of the first paragraph that has one of them; of a query that asks for nothing, the beginning."""
    article = make_article(lead="Le chapeau.", paragraphs=("Rien.", "Ici un mot.", "Le mot."), kinds=("paragraph",) * 3)
    assert excerpt(article, "chapeau") == "Le chapeau."
    assert excerpt(article, "mot OR absent") == "Ici un mot."
    assert excerpt(article, "!?") == "Le chapeau."
    assert excerpt(make_article(lead=None, paragraphs=(), kinds=()), "mot") == ""


@pytest.mark.parametrize("times", [255, 256, 300])
def test_a_word_that_comes_hundreds_of_times_is_found(store: Store, times: int) -> None:
    """PostgreSQL keeps 255 places of it; phrases there are found."""
    body = "gạo " * times + "và muối"
    store.add(make_article("a", "vi", paragraphs=(body,), kinds=("paragraph",)), seen_at=T1)
    for query in ("gạo", '"gạo gạo gạo"', '"và muối"'):
        assert [found.slug for found in store.search(query)] == ["a"]
