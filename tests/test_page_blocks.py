"""The blocks of a page's visible text, from which the place of an article without known markup is guessed."""

from __future__ import annotations

import pytest

from pipelines.extraction.blocks import page_blocks
from pipelines.extraction.parsing import parse_html


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
