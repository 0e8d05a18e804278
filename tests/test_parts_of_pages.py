"""What parts of a page hold, asked of the smallest ones: faults that no whole page showed."""

from __future__ import annotations

import pytest
from lxml import html

from pipelines.extraction.elements import before, own_text


@pytest.mark.parametrize(
    ("page", "text_first"),
    [
        ("<div><img></div>", False),
        ("<div><img>behind</div>", False),
        ("<div>in front<img></div>", True),
        ("<div><span><b></b>in front</span><img></div>", True),
        ("<div><span><img></span>behind</div>", False),
        ("<div><p><img></p><p>behind</p></div>", False),
        ("<div><b></b>in front<img></div>", True),
        ("<div><br>in front<img></div>", True),
        ("<div><p><i></i> in front <b><img></b></p></div>", True),
        ("<div><style>p {}</style><noscript><p>no reader sees it</p></noscript> <img></div>", False),
        ("<div><script>x</script>in front<img></div>", True),
    ],
)
def test_text_before_a_picture(page: str, text_first: bool) -> None:
    """Whether there is text between the beginning of an element and the picture in it, at any depth."""
    element = html.fragment_fromstring(page)
    (image,) = element.iter("img")
    assert before(element, image) is text_first


@pytest.mark.parametrize(
    ("page", "own"),
    [
        ("<div>a<b>b</b>c</div>", "abc"),
        ("<div>a<p>of another block</p>c</div>", "ac"),
        ("<div>a<a href='/'>a link</a>c</div>", "ac"),
        ("<div>a<button>a control</button>c<script>x</script>d</div>", "acd"),
        ("<div><p>of another block</p></div>", ""),
    ],
)
def test_a_blocks_own_text(page: str, own: str) -> None:
    """Its words, bold ones too; nothing of links, controls, scripts and the blocks inside it."""
    assert "".join(own_text(html.fragment_fromstring(page))) == own
