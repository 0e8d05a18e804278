"""The blocks of a page's visible text, from which the place of an article without known markup is guessed."""

from __future__ import annotations

import pytest
from lxml import html

from pipelines.extraction.blocks import page_blocks
from pipelines.extraction.parsing import parse_html
from pipelines.extraction.signs import is_running


def texts(body: str) -> list[str]:
    """The texts of the blocks of a page."""
    tree = parse_html(f"<html><body>{body}</body></html>".encode())
    assert not isinstance(tree, str)
    return [block.text for block in page_blocks(tree).blocks]


@pytest.mark.parametrize(
    ("body", "blocks"),
    [
        ("<p>The ferry<br>is back</p>", ["The ferry is back"]),
        ("<p><br>The ferry<br><br></p>", ["The ferry"]),
        ("<p>The fer<script>count()</script>ry is back</p>", ["The ferry is back"]),
        ("<p>The fer<noscript>gone</noscript>ry<style>b{}</style>s</p>", ["The ferrys"]),
        ("<p>The <b>fer</b>ry <a href='/a'>is</a> back</p>", ["The ferry is back"]),
        ("<div>The ferry<p>is back</p>today</div>", ["The ferry", "is back", "today"]),
        ("<b style='display:block'>The ferry</b>is back", ["The ferry", "is back"]),
    ],
)
def test_a_block_has_the_text_that_a_reader_sees(body: str, blocks: list[str]) -> None:
    """A break parts words; what nobody sees parts none, even within a word."""
    assert texts(body) == blocks


def test_text_right_in_the_element_is_a_block() -> None:
    """A part of a page is read as a whole page is: with the text before its first element."""
    part = html.fragment_fromstring("<div>The ferry<p>is back</p>today</div>")
    assert [block.text for block in page_blocks(part).blocks] == ["The ferry", "is back", "today"]


SENTENCE = "The ferry is back. It goes six times a day, and is not dear. Nobody knows why."


@pytest.mark.parametrize(
    ("text", "linked", "running"),
    [
        (SENTENCE, 0, True),
        (SENTENCE, len(SENTENCE) // 3 - 1, True),
        (SENTENCE, len(SENTENCE) // 3, False),  # a third of it in links: a list of links with some words
        (SENTENCE.replace(".", ""), 0, False),
        ("เรือกลับมาที่ท่าเรือ", 0, True),  # in Thai a space ends a sentence
        ("渔船今天早上回来了。", 0, True),
        ("The ferry is 3.5 metres long and v2.0 is not", 0, False),  # no space behind these stops
        ("“The ferry is back.”", 0, True),
    ],
)
def test_running_text_has_a_sentence_and_few_links(text: str, linked: int, running: bool) -> None:
    """Which of the long blocks count as prose."""
    assert len(SENTENCE) % 3 == 0
    assert is_running(text, linked) is running
