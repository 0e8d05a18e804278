"""Rows of bars below pictures in texts: captions, or a table that happens to stand there."""

from __future__ import annotations

import pytest

from pipelines import Article, TextPage, extract

BODY = [
    "Early in the morning the boats come back to the harbour with the first fish of the new season.",
    "The traders have been waiting since midnight, and by nine o'clock everything has been sold.",
]
PICTURES = "![]() | ![]() |"


def article(rows: list[str]) -> Article:
    """The article of a text with two pictures in bars, and these rows below them."""
    text = "\n".join([BODY[0], PICTURES, *rows, BODY[1]])
    found = extract(TextPage(url="https://www.vietnam.vn/en/bai-viet", text=text))
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize("row", ["| The old pier | The new pier |", "| 1990 | 2024 |", "| In 1990 | 2024 |"])
def test_a_single_row_below_pictures_is_their_caption(row: str) -> None:
    """Numbers too: the years of two photos."""
    found = article([row])
    assert list(found.paragraphs) == BODY
    assert [image.caption for image in found.images] == [row.strip("| ")]


def test_several_rows_of_words_below_pictures_are_no_table() -> None:
    """The first is their caption."""
    found = article(["| The old pier | The new pier |", "| The boats | The sea |"])
    assert "table_row" not in found.kinds
    assert [image.caption for image in found.images] == ["The old pier | The new pier"]


def test_rows_with_numbers_below_pictures_are_a_table() -> None:
    """A cell that is only a number is a table's."""
    found = article(["| The old pier | 12 |", "| The new pier | 30 |"])
    assert list(found.paragraphs) == [BODY[0], "The old pier | 12", "The new pier | 30", BODY[1]]
    assert found.kinds == ("paragraph", "table_row", "table_row", "paragraph")
    assert found.images == ()
