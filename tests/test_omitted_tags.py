"""Pages that leave out the tags that HTML allows to leave out, as minifying programs write them."""

from __future__ import annotations

import pytest
from lxml import etree

from pipelines import Article, HtmlPage, extract
from pipelines.extraction.parsing import parse_html

_TEXTS = [
    "The baker of the square gets up at two, and by four the first loaves lie in the window under a lamp.",
    "Night workers from the mill knock at the back door, where she sells them the broken ones for half the price.",
    "Nobody has ever asked her why she does it, and nobody in the town would know what she would answer.",
]


@pytest.mark.parametrize(
    "page",
    [
        "<!doctype html><html lang=en><meta charset=utf-8><title>Two in the morning</title><article>@</article>",
        "<!doctype html><title>Two in the morning</title><header><a href=/>Home</a></header><main>@</main>",
        "<title>Two in the morning</title><nav><a href=/>Home</a></nav><section><div>@</div></section>",
        "<title>Two in the morning</title><app-root><app-story>@</app-story></app-root>",
        "<head><title>Two in the morning</title></head><main>@</main>",
        "<html><head><title>Two in the morning</title></head><body><main>@</main></body></html>",
    ],
)
def test_a_page_without_the_tag_of_its_body_is_read(page: str) -> None:
    """Whatever element begins the body."""
    inner = "<h1>Two in the morning</h1>" + "".join(f"<p>{line}</p>" for line in _TEXTS)
    found = extract(HtmlPage(body=page.replace("@", inner).encode(), url="https://square.example/night/baker"))
    assert isinstance(found, Article)
    assert (found.title, list(found.paragraphs)) == ("Two in the morning", _TEXTS)


@pytest.mark.parametrize(
    ("page", "head", "body"),
    [
        ("<title>T</title><nav>a</nav>b<main>c</main>", "<title/>", "<body><nav>a</nav>b<main>c</main></body>"),
        ("<title>T</title><nav>a</nav><div>b</div>", "<title/>", "<body><nav>a</nav><div>b</div></body>"),
        ("<head><title>T</title><noscript><img></noscript><script>1</script></head><body>a<p>b</p></body>",
         "<title/><noscript/><script/>", "<body>a<p>b</p></body>"),
    ],
)  # fmt: skip
def test_only_what_is_no_part_of_a_head_is_moved(page: str, head: str, body: str) -> None:
    """In its order, with the text behind it; titles, programs and the like stay where they are."""
    tree = parse_html(page.encode())
    assert isinstance(tree, etree._Element)
    assert "".join(f"<{e.tag}/>" for e in tree[0]) == head
    assert etree.tostring(tree[1]).decode() == body
