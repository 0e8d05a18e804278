"""Full text, the same on both databases, in scripts with and without spaces."""

from __future__ import annotations

import pytest
from making_articles import TEXTS, make_article

from pipelines.storage import Selection, Store
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
    assert indexed.search("aube") == []


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
    assert store.search("aube", languages=["en"]) == []
    day = Selection(since="2025-10-03", until="2025-10-03")
    assert [s.slug for s in store.search("aube", selection=day)] == found[:6]  # the day is that of Vietnam
    assert store.found("aube", selection=day) == 6


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
