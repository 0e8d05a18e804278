"""Titles: the words of a heading as a reader sees them, and which part of it is the title."""

from __future__ import annotations

import pytest

from pipelines import Article, HtmlPage, extract

_TEXTS = [
    "The kiln on the hill was fired again on Sunday, for the first time since the potter's children left the village.",
    "Forty bowls stood in it for two nights, and in the morning the neighbours came to see how many had held.",
    "Three were cracked, one had lost its foot, and the others rang when the old woman knocked at them.",
]
_URL = "https://www.hillpost.example/news/kiln"


def read(heading: str, head: str = "", url: str = _URL, text: str = "") -> Article:
    """The article of a page with this heading above its paragraphs."""
    body = "".join(f"<p>{line}</p>" for line in _TEXTS)
    article = f"<body><article>{heading}{text}{body}</article></body>"
    page = f"<html lang=en><head><meta charset=utf-8>{head}</head>{article}</html>"
    found = extract(HtmlPage(body=page.encode(), url=url))
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize(
    "heading",
    [
        "<h1>The kiln<br>burns again</h1>",
        "<h1><div>The kiln</div><div>burns again</div></h1>",
        "<h1>The kiln burns again <button>Save</button></h1>",
        "<h1><span class=sr-only>Article: </span>The kiln burns again</h1>",
        "<h1><button aria-expanded=true>The kiln burns again</button></h1>",
        "<h1>The <em>kiln</em> burns <b>a</b>gain</h1>",
    ],
)
def test_a_heading_is_read_as_it_is_seen(heading: str) -> None:
    """Lines and blocks are words apart, buttons and words for screen readers none of it; it is no paragraph too."""
    found = read(heading)
    assert found.title == "The kiln burns again"
    assert list(found.paragraphs) == _TEXTS


_OG = '<meta property="og:title" content="The kiln burns again">'


@pytest.mark.parametrize("layout", ["story", "post-detail-container"])
@pytest.mark.parametrize(
    "heading",
    [
        "<h1><span>Crafts</span> <span>The kiln burns again</span></h1>",
        "<h1><span class=kicker>Crafts</span><strong>The kiln burns again</strong></h1>",
        "<h1>The kiln burns again <small>Crafts</small></h1>",
    ],
)
def test_a_kicker_in_the_heading_is_no_part_of_the_title(heading: str, layout: str) -> None:
    """Where the page's data have the title, and it is an element of its own; the kicker is told as taken away."""
    body = "".join(f"<p>{line}</p>" for line in _TEXTS)
    page = f"<html lang=en><title>x</title>{_OG}<div class={layout}>{heading}{body}</div></html>"
    url = "https://www.vietnam.vn/en/kiln" if layout != "story" else _URL
    found = extract(HtmlPage(body=page.encode(), url=url))
    assert isinstance(found, Article)
    assert found.title == "The kiln burns again"
    assert list(found.paragraphs) == _TEXTS
    assert [line.text for line in found.stripped] == ["Crafts"]


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("<h1>Why the kiln burns again</h1>", "Why the kiln burns again"),
        ("<h1>The kiln burns again<em>st its maker</em></h1>", "The kiln burns against its maker"),
    ],
)
def test_a_heading_without_such_a_part_is_the_title(heading: str, title: str) -> None:
    """The inverse: a longer heading stays whole where the data's title is not a part of the markup."""
    assert read(heading, _OG.replace("The kiln", "the kiln") if "Why" in heading else "").title == title


def test_a_later_heading_that_begins_as_the_title_stays() -> None:
    """Only the heading of the title gives its part away."""
    found = read(
        "<h1><span>Crafts</span> <span>The kiln burns again</span></h1>", _OG, text="<h2>Crafts of the hill</h2>"
    )
    assert found.paragraphs[0] == "Crafts of the hill"
    again = read("<h1>The kiln</h1>", text="<h2>The kiln burns again</h2>")
    assert (again.title, again.paragraphs[0]) == ("The kiln", "The kiln burns again")


@pytest.mark.parametrize(
    ("window", "shown", "title"),
    [
        ("The kiln burns again", "", "The kiln burns again"),
        ("The kiln burns again | Hill Post", "", "The kiln burns again"),
        ("The kiln burns again | Crafts Weekly", "<div>The kiln burns again</div>", "The kiln burns again"),
        ("The kiln burns again | a story", "", "The kiln burns again | a story"),
    ],
)
def test_a_page_without_heading_and_data_has_the_title_of_its_window(window: str, shown: str, title: str) -> None:
    """Without the name of the site, which the host or the page's own text tells; other parts stay."""
    assert read(shown, f"<title>{window}</title>").title == title


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("The kiln burns again | Hill Post", "The kiln burns again"),
        ("The kiln &amp;#x26; the hill", "The kiln & the hill"),
        ("The kiln - and what came of it", "The kiln - and what came of it"),
    ],
)
def test_a_stated_title_is_without_the_hosts_name(stated: str, title: str) -> None:
    """Also where no data names the site; references that were encoded twice are characters."""
    assert read("", f'<meta property="og:title" content="{stated}">').title == title
