"""Which blocks of a page another reading holds: long ones anywhere, short ones only between their neighbours."""

from __future__ import annotations

import pytest

from pipelines.extraction.agreement import held

FIRST = "The first boats arrive before it is light, and bring crabs."
SECOND = "The traders have been waiting at the pier since midnight."
THIRD = "By nine o'clock everything has been sold to the last fish."
FAR = "Nobody remembers who built the old pier of the harbour. " * 4


@pytest.mark.parametrize(
    ("texts", "reading", "found"),
    [
        ([FIRST, "Home", SECOND], f"{FIRST} {SECOND}", [True, False, True]),
        ([FIRST.upper(), SECOND.replace(" ", "  ")], f"{FIRST} {SECOND}", [True, True]),
        ([SECOND, FIRST], f"{FIRST} {SECOND}", [True, True]),  # in any order
        ([FIRST, SECOND], "", [False, False]),
        ([], FIRST, []),
        (["Only short", "ones here"], "Only short ones here", [False, False]),
    ],
)
def test_long_texts_are_looked_up_anywhere(texts: list[str], reading: str, found: list[bool]) -> None:
    """Case, spaces and marks do not count."""
    assert held(texts, reading) == found


def test_a_text_of_which_the_reading_holds_the_most_is_held() -> None:
    """A word that another program reads otherwise costs some of its pieces; three fifths of them suffice."""
    assert held([FIRST.replace("crabs", "shrimps")], FIRST) == [True]
    assert held([FIRST.replace("bring", "carry")], FIRST) == [True]
    assert held(["A word in front: " + FIRST[:40]], FIRST) == [True]
    assert held([FIRST.replace("The first boats", "Dawn's early ships")], FIRST) == [False]
    assert held([FIRST.replace("light", "dark")], FIRST) == [False]
    assert held([FIRST[:20] + SECOND], FIRST) == [False]


def test_a_text_that_is_said_once_is_held_once() -> None:
    """Its repetition on the page is a teaser or a quotation; said twice, both are the article's."""
    assert held([FIRST, SECOND, FIRST], f"{FIRST} {SECOND}") == [True, True, False]
    assert held([FIRST, FIRST, FIRST], f"{FIRST} {FIRST}") == [True, True, False]
    assert held([FIRST, SECOND, FIRST], f"{FIRST} {SECOND} {FIRST}") == [True, True, True]
    longer = FIRST + " " + SECOND
    assert held([longer, FIRST], f"{longer} {FIRST}") == [True, True]  # within the other, and by itself
    assert held([longer, FIRST], longer) == [True, False]


@pytest.mark.parametrize(
    ("texts", "reading", "found"),
    [
        ([FIRST, "Yes.", SECOND], f"{FIRST} Yes. {SECOND}", [True, True, True]),
        ([FIRST, "Yes.", SECOND], f"{FIRST} {SECOND}", [True, False, True]),
        ([FIRST, SECOND, "Yes."], f"{FIRST} Yes. {SECOND}", [True, True, False]),  # it stands above on the page
        ([FIRST, "Yes.", "No.", SECOND], f"{FIRST} Yes. No. {SECOND}", [True, True, True, True]),
        ([FIRST, "No.", "Yes.", SECOND], f"{FIRST} Yes. No. {SECOND}", [True, True, False, True]),
        (["Yes.", FIRST], f"Yes. {FIRST}", [True, True]),
        ([FIRST, "Yes."], f"{FIRST} Yes.", [True, True]),
        ([FIRST, "Yes."], f"{FIRST} {FAR} Yes.", [True, True]),  # at the end of all
        ([FIRST, "Yes."], f"{FIRST} {FAR} Yes. {FAR}", [True, False]),  # far below the last long one
        (["Yes.", FIRST], f"Yes. {FAR} {FIRST}", [True, True]),  # at the beginning of all
        ([FIRST, "Yes.", SECOND], f"{FIRST} {FAR} Yes. {FAR} {SECOND}", [True, False, True]),
        ([FIRST, "Yes.", SECOND], f"{FIRST} Yes. {FAR} {SECOND}", [True, True, True]),
        ([FIRST, "Yes.", SECOND], f"{FIRST} {FAR} Yes. {SECOND}", [True, True, True]),
        ([FIRST, "…", SECOND], f"{FIRST} … {SECOND}", [True, False, True]),  # nothing to compare
        (["Yes.", *["Menu"] * 7, FIRST], f"Yes. {FIRST}", [True, *[False] * 7, True]),
        (["Yes.", *["Menu"] * 8, FIRST], f"Yes. {FIRST}", [False, *[False] * 8, True]),  # nine blocks above
        ([FIRST, *["Menu"] * 7, "Yes."], f"{FIRST} Yes.", [True, *[False] * 7, True]),
        ([FIRST, *["Menu"] * 8, "Yes."], f"{FIRST} Yes.", [True, *[False] * 8, False]),
    ],
)
def test_short_texts_count_only_between_their_neighbours(texts: list[str], reading: str, found: list[bool]) -> None:
    """In their order, near one of them, and not far from the article on the page."""
    assert held(texts, reading) == found
