"""Boxes that ask readers for something, inside the text of a page of another layout."""

from __future__ import annotations

import pytest

from pipelines import Article, HtmlPage, extract
from pipelines.extraction.elements import asks_readers
from pipelines.extraction.html_lines import region_lines
from pipelines.extraction.links import PageLinks
from pipelines.extraction.parsing import parse_html
from pipelines.extraction.region import Region

_TEXTS = [
    "The glass blower of the lower street makes one green bottle each Friday, and he gives it to whoever comes first.",
    "People have stood at his door since five in the morning, some with a chair and a flask of tea for the others.",
    "Nobody sells the bottles on, and in most kitchens of the town one of them stands in the window with a flower.",
]


def kept(box: str) -> list[str]:
    """What remains of a text whose every block the table of signs has chosen."""
    texts = "".join(f"<p>{line}</p>" for line in _TEXTS)
    tree = parse_html(f"<html><body><div><div>{texts}</div>{box}</div></body></html>".encode())
    assert not isinstance(tree, str)
    every = frozenset(tree.iter("div", "p", "section", "article"))
    lines = region_lines(Region(tree[0][0], every, every), PageLinks(None))
    return [line.text for line in lines if line.rule is None]


@pytest.mark.parametrize(
    "called",
    ["newsletter-box", "signup", "sign-up-form", "subscribeBox", "paywall-note", "share", "social", "popup", "byline"],
)
def test_a_box_that_asks_is_no_text_even_if_chosen(called: str) -> None:
    """By its name, as far as it holds no running text."""
    assert kept(f"<div class={called}><p>Every Friday in your inbox</p></div>") == _TEXTS


@pytest.mark.parametrize("called", ["shared-history", "society", "signal", "bannerman", "unsubscribed"])
def test_other_names_say_nothing(called: str) -> None:
    """The inverse: words that begin alike."""
    assert not asks_readers(called)
    assert kept(f"<div class={called}><p>Every Friday at five</p></div>") == [*_TEXTS, "Every Friday at five"]


def test_a_wrapper_called_so_keeps_the_text_in_it() -> None:
    """A paragraph of running text, most of the page, and a paragraph that is called so itself."""
    prose = "He began in a cellar. " * 8
    assert prose.strip() in kept(f"<div class=newsletter><p>{prose}</p></div>")
    assert "Every Friday" in kept("<p class=share>Every Friday</p>")
    texts = "".join(f"<p>{line}</p>" for line in _TEXTS)
    page = (
        f"<html lang=en><title>Green bottles</title><body><h1>Green bottles</h1><div class=paywall>{texts}</div></body>"
    )
    found = extract(HtmlPage(body=page.encode(), url="https://street.example/a/bottles"))
    assert isinstance(found, Article)
    assert list(found.paragraphs) == _TEXTS
