"""Bylines of text rows: a publisher's name, twice or with a bullet, and a day as the site or a translator writes it."""

from __future__ import annotations

import pytest

from pipelines import Article, TextPage, extract

BODY = [
    "The lighthouse on the southern cape has been lit again, and fishermen say that they see it from the third reef.",
    "Two keepers take turns on the stairs, since the lift that was promised to them has been late for eleven months.",
]
TITLE = "Light returns to the southern cape"


def article(*lines: str, above: str = "Vietnam.vn - Nền tảng quảng bá Việt Nam") -> Article:
    """The article of a row with a title, these lines and the body."""
    text = "\n\n".join([*([above] if above else []), TITLE, *lines, *BODY])
    found = extract(TextPage(url="https://www.vietnam.vn/en/bai-viet", text=text))
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize(
    "day",
    [
        "03/11/2025",
        "3 / 11 / 2025",
        "03/11/2025.",
        "2025/11/03",
        "2025-11-3",
        "2025年11月3日",
        "2025년 11월 3일",
        "٠٣/١١/٢٠٢٥",
    ],
)
@pytest.mark.parametrize("name", ["Báo Cà MauBáo Cà Mau", "Báo Cà Mau Báo Cà Mau ", "Báo Cà Mau•", "Báo Cà Mau • "])
def test_a_day_may_be_written_as_translators_do(name: str, day: str) -> None:
    """With spaces, a full stop, the year first, the signs of Chinese and Korean, digits of another script."""
    found = article(f"{name}{day}")
    assert (found.title, found.publisher, found.published) == (TITLE, "Báo Cà Mau", "2025-11-03")
    assert list(found.paragraphs) == BODY


@pytest.mark.parametrize("above", ["Vietnam.vn - Nền tảng quảng bá Việt Nam", ""])
def test_a_doubled_name_may_stand_above_its_day(above: str) -> None:
    """On a line of its own: it is the publisher, once."""
    found = article("Báo Cà MauBáo Cà Mau", "03/11/2025", above=above)
    assert (found.title, found.publisher, found.published) == (TITLE, "Báo Cà Mau", "2025-11-03")
    assert list(found.paragraphs) == BODY


@pytest.mark.parametrize(
    "line", ["Cà Mau, 03/11/2025", "Read on 2025/11/03", "2025年11月", "From 03/11/2025 to 04/11/2025."]
)
def test_a_place_or_a_sentence_with_a_day_is_no_byline(line: str) -> None:
    """The inverse: without the site's line, no name is doubled and none has a bullet."""
    found = article(line, above="")
    assert list(found.paragraphs) == [TITLE, line, *BODY]
    assert (found.publisher, found.published) == (None, None)


def test_a_list_of_days_in_another_form_is_no_list_of_bylines() -> None:
    """It writes the bullet alike in each line; the byline above has it without spaces."""
    days = ["Huế • 12/05/2025", "Vinh • 13/05/2025"]
    found = article("Báo Cà Mau•03/11/2025", *days, above="")
    assert (found.title, found.published, list(found.paragraphs)) == (TITLE, "2025-11-03", [*days, *BODY])
    assert list(article("Cà Mau • 11/05/2025", *days, above="").paragraphs)[1:4] == ["Cà Mau • 11/05/2025", *days]


def test_a_place_and_a_day_below_a_paragraph_are_no_byline() -> None:
    """A text that begins with several sentences has no title above that line; a doubled name is a byline there too."""
    prose = f"{BODY[0]} {BODY[1]}"
    for line, kept in (("Cà Mau • 03/11/2025", True), ("Báo Cà MauBáo Cà Mau03/11/2025", False)):
        url = "https://www.vietnam.vn/en/bai-viet"
        found = extract(TextPage(url=url, text="\n".join([prose, line, *BODY])))
        assert isinstance(found, Article)
        assert (found.published is None) is kept
        assert (line in found.paragraphs) is kept
