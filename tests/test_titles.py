"""The title of an article: its own heading, never the newspaper's, and no two words glued."""

from __future__ import annotations

import pytest

from pipelines import Article, HtmlPage, extract
from pipelines.extraction.titles import House, _spelled

TEXT = (
    "The keeper of the weir has written down the height of the water every morning for thirty years.",
    "His notebooks fill two shelves in the town hall, and the engineers come once a year to copy them.",
    "Nobody has asked him to go on with it, but the river would be a stranger to him, he says, if he stopped.",
)


def page(head: str = "", heading: str = "", url: str = "https://www.weir-post.example/town/notebooks") -> Article:
    """The article of a page of another site with this head and heading."""
    text = "".join(f"<p>{line}</p>" for line in TEXT)
    body = f"<html lang=en><head>{head}</head><body>{heading}<main><div class=story>{text}</div></main></body></html>"
    found = extract(HtmlPage(body=body.encode(), url=url))
    assert isinstance(found, Article), found
    return found


@pytest.mark.parametrize(
    "masthead",
    [
        "<h1 class=logo><a href='/'>Weir Post</a></h1>",
        "<h1><a href='https://www.weir-post.example/'><span>The</span> Weir Post</a></h1>",
        "<h1><a href='https://www.weir-post.example'><img src=/logo.svg alt=''></a></h1>",
        "<h1>Weir Post</h1>",
    ],
)
@pytest.mark.parametrize("tag", ["h1", "h2"])
def test_the_name_of_the_newspaper_is_no_title(masthead: str, tag: str) -> None:
    """Where its h1 is a masthead, the heading of the article is another one, or what the page calls it."""
    own = f"<{tag}>Notebooks of a river</{tag}>"
    head = "<title>Notebooks of a river | Weir Post</title><meta property='og:site_name' content='Weir Post'>"
    assert page(head, masthead + own).title == "Notebooks of a river"
    assert page(head, masthead).title == "Notebooks of a river"


def test_a_heading_that_links_elsewhere_is_a_title() -> None:
    """To the article itself, or from a part of it."""
    own = "https://www.weir-post.example/town/notebooks"
    assert (
        page(heading=f"<header><h1><a href='{own}'>Notebooks of a river</a></h1></header>").title
        == "Notebooks of a river"
    )
    assert page(heading="<h1>Notebooks of a <a href='/'>river</a></h1>").title == "Notebooks of a river"


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("<h1>Notebooks<br>of a river</h1>", "Notebooks of a river"),
        ("<h1><div>Notebooks (1990)</div><div>of a river</div></h1>", "Notebooks (1990) of a river"),
        ("<h1>Note<b>books</b> of a river</h1>", "Notebooks of a river"),
    ],
)
@pytest.mark.parametrize("url", ["https://www.weir-post.example/town/notebooks", "https://www.vietnam.vn/en/notebooks"])
def test_lines_of_a_title_are_not_glued(heading: str, title: str, url: str) -> None:
    """A break or a block ends a word; bold letters do not."""
    assert page(heading=heading, url=url).title == title


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("Notebooks of a river | Weir Post", "Notebooks of a river"),
        ("Notebooks of a river • WeirPost", "Notebooks of a river"),
        ("Notebooks of a river – weir", "Notebooks of a river – weir"),
        ("Notebooks of a river - a portrait", "Notebooks of a river - a portrait"),
        ("Weir Post", "Weir Post"),
    ],
)
def test_the_pages_own_title_is_the_last_resort(stated: str, title: str) -> None:
    """Without the site's name as its host spells it; a short word that is in the host may be a place."""
    assert page(f"<title>{stated}</title>").title == title
    assert page(f"<title>{stated}</title>", "<h1>Another heading altogether</h1>").title == "Another heading altogether"


@pytest.mark.parametrize(
    ("host", "part", "called"),
    [
        ("www.weir-post.example", "Weir Post", True),
        ("blog.weir-lang.example", "Weir Blog", True),
        ("getweir.example", "Weir", False),
        ("getweirapp.example", "WeirApp", True),
        ("www.weir-post.example", "", False),
        ("127.0.0.1", "|", False),
    ],
)
def test_a_name_is_most_of_its_host(host: str, part: str, called: bool) -> None:
    """All its words are in it, and it leaves little over."""
    from pipelines.extraction.links import PageLinks

    url = f"https://{host}/a"
    assert House.of_page(None, [url], PageLinks(url)).is_called(part) is called
    assert _spelled("www.example") == ""
