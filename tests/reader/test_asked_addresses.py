"""The query of a reader's address: what is taken of it, what is refused, and how it is written again."""

from __future__ import annotations

from string import printable
from typing import Any
from urllib.parse import quote

import pytest

from pipelines.errors import UsageError
from pipelines.storage import Selection
from pipelines.storage.browsing import LARGEST_SAMPLE
from scraper.reader.asked import SELECTING, QueryValues, conditions_of, measures_of, selection_of


def asked(query: str) -> QueryValues:
    """The values of a query, written as browsers write it."""
    return QueryValues.read(quote(query, safe=printable).encode())


def test_values_are_read_without_spaces_around_them() -> None:
    """An empty one is none; one that is repeated is there several times."""
    found = asked("q=%20ch%E1%BB%A3+n%E1%BB%95i%20&lang=fr&lang=en&since=&until=+")
    assert found.values == {"q": ["chợ nổi"], "lang": ["fr", "en"]}
    assert (found.get("q"), found.get("lang"), found.get("since")) == ("chợ nổi", "fr", None)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("&".join(f"a{n}=1" for n in range(51)), "more than 50 values"),
        ("q=" + "x" * 2001, "more than 2,000 characters"),
        ("x" * 2001 + "=1", "more than 2,000 characters"),
        ("q=a%00b", "holds a NUL"),
    ],
)
def test_a_query_without_end_is_refused(query: str, said: str) -> None:
    """Whoever writes it; what is just within the bounds is read."""
    with pytest.raises(UsageError, match=said):
        asked(query)
    assert len(asked("&".join(f"a{n}=1" for n in range(50))).values) == 50
    assert asked("q=" + "x" * 2000).get("q") == "x" * 2000


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("q=a&x=1", "knows no 'x'; it knows q, lang"),
        ("q=a&q=b", "q is there twice"),
        ("lang=fr&lang=en", None),
        ("", None),
    ],
)
def test_a_page_takes_what_it_knows(query: str, said: str | None) -> None:
    """Once, but for what may be several."""
    if said is None:
        asked(query).require("q", "lang")
    else:
        with pytest.raises(UsageError, match=said):
            asked(query).require("q", "lang")
    with pytest.raises(UsageError, match="it knows nothing"):
        asked("a=1").require()
    asked("publisher=A&publisher=B&quality=words>3&quality=words<9").require(*SELECTING)


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("7", 7), ("007", 7), (str(2**53), 2**53), ("9007199254740992", 2**53)],
)
def test_whole_numbers_are_taken(text: str, number: int) -> None:
    """Up to those that every browser counts exactly."""
    assert asked(f"n={text}").number("n") == number
    assert asked("").number("n") is None


@pytest.mark.parametrize("text", ["-1", "1.5", "x", "٣", str(2**53 + 1), "1" * 17, "1e3"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    """The parameter is named."""
    with pytest.raises(UsageError, match=r"^n: .* is not a whole number of 0 or more"):
        asked(f"n={text}").number("n")


def test_an_article_is_named_by_its_id() -> None:
    """Language and slug; without one it is told what is missing."""
    assert asked("id=fr/bai-viet").article() == ("fr/bai-viet", "fr", "bai-viet")
    assert asked("id=fr").article() == ("fr", "fr", "")
    assert asked("id=und/URL:https://x.vn/a").article()[2] == "URL:https://x.vn/a"
    with pytest.raises(UsageError, match="id is missing"):
        asked("q=a").article()


def test_a_link_has_the_named_values_and_more() -> None:
    """As they were; what is None is left out."""
    found = asked("q=chợ nổi&lang=fr&lang=en&since=2025-10-01")
    assert found.link("/texts", "q", "lang", "until", before=7, offset=None) == (
        "/texts?q=ch%E1%BB%A3+n%E1%BB%95i&lang=fr&lang=en&before=7"
    )
    assert found.link("/texts") == "/texts"
    assert found.link("/texts", "until") == "/texts"
    again = asked(found.link("", *SELECTING).removeprefix("?"))
    assert again.values == found.values


@pytest.mark.parametrize(
    ("query", "selection"),
    [
        ("", Selection()),
        ("q=chợ", Selection(search="chợ")),
        ("lang=fr&lang=zh-Hans", Selection(languages=("fr", "zh-Hans"))),
        ("lang=fr,en", Selection(languages=("fr", "en"))),
        ("since=2025-10-01&until=2025-10-01", Selection(since="2025-10-01", until="2025-10-01")),
        ("publisher=B&publisher=A&publisher=B", Selection(publishers=("A", "B"))),
        ("agreeing=1", Selection(agreeing_only=True)),
        ("min_words=50", Selection(min_words=50)),
        ("quality=words>3,digit_share<.2&quality=words>3", Selection(quality=("digit_share<0.2", "words>3"))),
        ("allowed=tdm", Selection(allowed=("tdm",))),
        ("allowed=tdm&unsaid=leave", Selection(allowed=("tdm",), rights_unsaid="leave")),
        ("unsaid=leave", Selection()),  # of no use that is asked for
        ("sample=5", Selection(sample=5, sample_by="row")),
        ("sample=5&seed=7", Selection(sample=5, sample_by="row", seed=7)),
        ("seed=7", Selection()),  # nothing is drawn
        (f"sample={LARGEST_SAMPLE}", Selection(sample=LARGEST_SAMPLE, sample_by="row")),
    ],
)
def test_texts_are_selected_as_on_the_command_line(query: str, selection: Selection) -> None:
    """In one order, so that one selection has one address."""
    found = selection_of(asked(query))
    assert sorted(found.languages) == sorted(selection.languages)
    assert {**_fields(found), "languages": ()} == {**_fields(selection), "languages": ()}


def _fields(selection: Selection) -> dict[str, Any]:
    return {name: getattr(selection, name) for name in Selection.__dataclass_fields__}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("q=!?", "holds no letter and no digit"),
        ("since=2025-13-01", "2025-13-01"),
        ("since=2025-10-02&until=2025-10-01", "2025-10-0"),
        ("sample=0", "is not between 1 and"),
        (f"sample={LARGEST_SAMPLE + 1}", "is not between 1 and"),
        ("agreeing=0", "agreeing is 1"),
        ("unsaid=keep", "unsaid is leave"),
        ("allowed=everything", "everything"),
        ("quality=words", "no condition"),
        ("lang=xx9", "xx9"),
        ("min_words=x", "min_words"),
    ],
)
def test_what_selects_nothing_is_refused(query: str, said: str) -> None:
    """In a line that names it."""
    with pytest.raises(UsageError, match=said):
        selection_of(asked(query))


def test_measures_are_those_of_the_conditions() -> None:
    """An empty condition is none."""
    assert conditions_of(asked("quality=words>3,,")) == ("words>3",)
    assert measures_of(Selection(quality=("digit_share<0.2", "words>3", "words<9"))) == {"digit_share", "words"}
