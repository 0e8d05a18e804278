"""The grammar of queries: both databases find what a plain reading of the query finds in the texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import fresh_postgres_database
from hypothesis import given, settings
from hypothesis import strategies as st
from making_articles import make_article
from sqlalchemy import text as sql

from pipelines.errors import UsageError
from pipelines.storage import Selection, Store, open_store
from pipelines.storage.query import And, Node, Not, Or, Phrase, parse
from pipelines.storage.segmentation import tokens

T1 = "2025-10-24T01:00:00Z"
TEXTS = (
    "Cà phê sữa đá ở Hà Nội",
    "Coffee, café and tea in Hanoi: a cafe",
    "Le café au lait; thé noir",
    "hà nội noi ha ha nội ca phe",
    "coffeehouse culture",
    "東京都の水上市場 café",
    "京都 東京",
    "ตลาดน้ำก๋ายรัง และกาแฟ",
    "ផ្សារបណ្តែត កាហ្វេ",
    "काई रांग का बाज़ार",
    "NOT AND OR and not or",
    "Covid-19, 2025: 1.200 ghe",
    "مقهى في هانوي",
    "кофе и чай",
    "tea tea tea",
    "!",
)
WORDS = (
    *("cà", "ca", "phê", "café", "CAFE", "tea", "thé", "noir", "hà", "nội", "Noi", "ha", "coffee", "coff", "not"),
    *(
        "東京",
        "京都",
        "水上市場",
        "東",
        "ตลาดน้ำ",
        "กาแฟ",
        "កាហ្វេ",
        "बाज़ार",
        "बाज",
        "кофе",
        "هانوي",
        "19",
        "2025",
        "absent",
    ),
)
SIGNS = ("😀", "!?", "-", "--", "—", "*", "'", "&", "|", ":", "\\", "\x00", "\ud800", "%", "NEAR", "{tokens}", "^")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def indexed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The texts above, each an article of its own, indexed."""

    def filled(url: str) -> Store:
        store = open_store(url)
        for number, text in enumerate(TEXTS):
            article = make_article(f"s{number:02}", title=None, paragraphs=(text,), kinds=("paragraph",))
            store.add(article, seen_at=T1)
        store.index()
        return store

    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("queries")
        with filled(f"sqlite:///{folder}/s.db") as store:
            yield store
    else:
        with fresh_postgres_database() as url, filled(url) as store:
            yield store


def found_by(store: Store, query: str) -> set[int]:
    """The texts that the store finds."""
    found = {int(stored.slug[1:]) for stored in store.search(query, limit=100)}
    assert store.found(query) == len(found)
    return found


def matches(node: Node, have: list[str]) -> bool:
    """Whether a text's tokens are what a query means, by going through them."""
    if isinstance(node, Not):
        return not matches(node.part, have)
    if isinstance(node, And):
        return all(matches(part, have) for part in node.parts)
    if isinstance(node, Or):
        return any(matches(part, have) for part in node.parts)
    # As one line with a sign before and after each: written otherwise than `holds`, which is under test elsewhere.
    line, wanted = f"|{'|'.join(have)}|", f"|{'|'.join(node.tokens)}"
    return (wanted if node.begins else f"{wanted}|") in line


def read(node: Node | None) -> set[int]:
    """The texts that a query means."""
    return {at for at, text in enumerate(TEXTS) if node is not None and matches(node, tokens(text))}


@st.composite
def phrases(draw: st.DrawFn) -> tuple[Node, str]:
    """A word or phrase, maybe only its beginning: what it means, and how it is written."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))
    begins = draw(st.booleans())
    star = "*" if begins else ""
    node = Phrase(tuple(tokens(" ".join(words))), begins)
    bare = len(words) == 1 and draw(st.booleans())
    return node, f"{words[0]}{star}" if bare else f'"{" ".join(words)}"{star}'


def larger(parts: st.SearchStrategy[tuple[Node, str]]) -> st.SearchStrategy[tuple[Node, str]]:
    """Queries of such parts, each part in parentheses."""
    several = st.lists(parts, min_size=2, max_size=3)
    gaps = st.sampled_from([" ", " AND ", "  AND  "])
    return st.one_of(
        parts.map(lambda part: (Not(part[0]), f"NOT ({part[1]})")),
        parts.map(lambda part: (Not(part[0]), f"-({part[1]})")),
        st.tuples(several, gaps).map(
            lambda given: (And(tuple(n for n, _ in given[0])), given[1].join(f"({q})" for _, q in given[0]))
        ),
        several.map(lambda given: (Or(tuple(n for n, _ in given)), " OR ".join(f"({q})" for _, q in given))),
    )


@settings(max_examples=60, deadline=None)
@given(st.recursive(phrases(), larger, max_leaves=8))
def test_what_is_written_is_what_is_found(indexed: Store, given: tuple[Node, str]) -> None:
    """A meaning, written down and asked for, gives the texts that have it."""
    node, query = given
    assert found_by(indexed, query) == read(node)


PIECES = [*WORDS, *SIGNS, "AND", "OR", "NOT", '"', "(", ")", "“", "-tea", "*"]


@settings(max_examples=80, deadline=None)
@given(
    st.one_of(
        st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join),
        st.lists(st.sampled_from([*PIECES, " "]), max_size=12).map("".join),
        st.text(max_size=40),
    )
)
def test_any_text_is_a_query(indexed: Store, query: str) -> None:
    """Nothing that a person types ends in an error, and the database finds what the parsed query means."""
    assert found_by(indexed, query) == read(parse(query))


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("coffee tea", {1}),
        ("coffee OR кофе", {1, 13}),
        ("café -coffee", {2, 5}),
        ("café NOT coffee", {2, 5}),
        ("café lait OR кофе чай", {2, 13}),
        ("(café OR кофе) чай", {13}),
        ("coffee*", {1, 4}),
        ('"ha noi"', {0, 3}),
        ("“Hà Nội” phê", {0, 3}),
        ('"hà nộ"*', {0, 3}),
        ('"ha noi', {0, 3}),
        ("hà - nội", {0, 3}),
        ("covid-19", {11}),
        ("and", {1, 10}),
        ("AND", set()),
        ("NOT", set()),
        ("tea OR", {1, 14}),
        ("OR tea", {1, 14}),
        ("tea )", {1, 14}),
        ("😀 tea", {1, 14}),
        ("東*", {5, 6}),
        ("-tea -café -ha", {4, 6, 7, 8, 9, 10, 11, 12, 13, 15}),
        ("tea OR -ha", set(range(16)) - {0, 3}),
        ("NOT NOT tea", {1, 14}),
    ],
)
def test_what_people_write(indexed: Store, query: str, texts: set[int]) -> None:
    """Written down by hand."""
    assert found_by(indexed, query) == texts


@pytest.mark.parametrize("query", ["a " * 6_000, "a " * 1_500, "(" * 500 + "a", "(a -(b " * 20])
def test_a_query_without_end_is_told(indexed: Store, query: str) -> None:
    """Neither database's parser, nor ours, is tried to its limit."""
    with pytest.raises(UsageError, match="the query has"):
        indexed.search(query)


def test_what_is_not_indexed_is_not_said_to_lack_a_word(store: Store) -> None:
    """A text that the index has not read may hold the word."""
    store.add(make_article("a", title=None, paragraphs=("coffee",), kinds=("paragraph",)), seen_at=T1)
    with store.transaction():
        store.add(make_article("b", title=None, paragraphs=("milk",), kinds=("paragraph",)), seen_at=T1)
        store._pending.forget()  # as a program left it that indexed later
        store.read(lambda c: c.execute(sql("INSERT INTO unindexed SELECT max(id) FROM revisions")))
    assert [stored.slug for stored in store.search("-tea")] == ["a"]
    store.index()
    assert {stored.slug for stored in store.select(Selection(search="-tea"))} == {"a", "b"}
