"""What other sites' pages state beside their text: tags, category, comments and authors, as programs write them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines import Article, HtmlPage, extract

_TEXTS = [
    "The ferryman of the upper bend has rowed for fifty years, and last week he took his grandson along at last.",
    "The boy is nine and can already tell by the colour of the water whether it has rained in the mountains.",
    "On Sundays forty people cross to the market, and on the way back each of them carries more than before.",
]
_URL = "https://www.bendpost.example/people/ferryman"
_BASE = {"@type": "NewsArticle", "headline": "The ferryman", "author": {"name": "Lan Ho"}}


def read(*, data: Any = None, head: str = "", above: str = "", below: str = "") -> Article:
    """The article of a page with this object of JSON-LD, head, and markup around its text."""
    script = "" if data is None else f'<script type="application/ld+json">{json.dumps(data)}</script>'
    body = "".join(f"<p>{line}</p>" for line in _TEXTS)
    page = f"<html lang=en><title>The ferryman</title>{head}{script}{above}<h1>The ferryman</h1>{body}{below}</html>"
    found = extract(HtmlPage(body=page.encode(), url=_URL))
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize(
    ("below", "tags"),
    [
        ("<p>Topics: <a rel=tag href=/t/river>river</a>, <a rel=tag href=/t/boats>boats</a></p>", ("river", "boats")),
        (
            "<ul class=article-tags><li><a href=/x/river>river</a><li><a href=/x/boats>boats</a></ul>",
            ("river", "boats"),
        ),
        ("<div class='tags'>Tags: <a href=/x/river>river</a> <a href=/x/boats>boats</a></div>", ("river", "boats")),
        ("<p>Tags: <a href=/tag/river>river</a>, <a href=/tag/boats>boats</a></p>", ("river", "boats")),
        ("<p>Filed in <a rel='category tag' href=/c/people>People</a></p>", ()),
        ("<ul class=vantage><li><a href=/x/river>river</a></ul>", ()),
        ("<aside><ul class=tags><li><a href=/x/river>river</a></ul></aside>", ()),
        ("<div class=tags>The old boats of this bend, told by <a href=/x/river>those who rowed</a></div>", ()),
        ("<p>He says that the <a href=/tag/river>river</a> is low.</p>", ()),
    ],
)
def test_tags_by_their_links(below: str, tags: tuple[str, ...]) -> None:
    """By `rel`, by their address, or in a box called so; no categories, no terms of a sentence, no other box."""
    assert read(below=below).tags == tags


def test_a_tag_by_its_rel_alone_is_the_last_resort() -> None:
    """Some themes mark their categories so: keywords of the page's data are surer."""
    below = "<p>In <a rel=tag href=/c/people>People</a></p>"
    assert read(below=below).tags == ("People",)
    assert read(data={**_BASE, "keywords": "river"}, below=below).tags == ("river",)


@pytest.mark.parametrize("words", ["river; boats", "river, boats", "river；boats"])
def test_keywords_in_one_text(words: str) -> None:
    """Whatever mark parts them."""
    assert read(data={**_BASE, "keywords": words}).tags == ("river", "boats")
    assert read(head=f"<meta name=keywords content='{words}'>").tags == ("river", "boats")


@pytest.mark.parametrize(
    ("stated", "count"),
    [
        ({"commentCount": 12}, 12),
        ({"commentCount": "12"}, None),
        (
            {
                "interactionStatistic": {
                    "interactionType": "https://schema.org/CommentAction",
                    "userInteractionCount": 7,
                }
            },
            7,
        ),
        ({"interactionStatistic": [{"interactionType": {"@type": "CommentAction"}, "userInteractionCount": 7}]}, 7),
        (
            {"interactionStatistic": {"interactionType": "https://schema.org/LikeAction", "userInteractionCount": 7}},
            None,
        ),
        ({"commentCount": "many"}, None),
        ({"commentCount": -1}, None),
    ],
)
def test_the_count_of_comments(stated: dict[str, Any], count: int | None) -> None:
    """As a number, alone or in a counter of comments; other counters are not asked."""
    assert read(data={**_BASE, **stated}).comment_count == count


_PLACES = [{"name": "Home", "item": "/"}, {"item": {"@id": "/people", "name": "People"}}, {"name": "The ferryman"}]


@pytest.mark.parametrize(
    ("above", "places", "category"),
    [
        ("<ul class=breadcrumbs><a href=/>Home</a><a href=/p>People</a><a href=/f>The ferryman</a></ul>", [], "People"),
        ("<nav aria-label=Breadcrumb><a href=/>Home</a><a href=/p>People</a></nav>", [], "People"),
        ("", _PLACES, "People"),
        ("", _PLACES[:1] + _PLACES[2:], None),
        ("", [*_PLACES[:2], {"name": "The ferryman of the bend"}], "People"),
        ("<nav><a href=/>Home</a><a href=/p>People</a></nav>", [], None),
    ],
)  # fmt: skip
def test_the_category_is_the_place_above_the_article(above: str, places: list[Any], category: str | None) -> None:
    """In a breadcrumb that is shown, or in that of the data; never the title, the first place alone, or a menu."""
    data = {"@type": "BreadcrumbList", "itemListElement": places} if places else None
    assert read(above=above, data=data).category == category


@pytest.mark.parametrize("name", ["admin", "Administrator", "Super User", "null"])
def test_the_name_of_a_program_is_no_author(name: str) -> None:
    """Then the byline says who it was; a person whose name begins so stays."""
    assert read(data={**_BASE, "author": {"name": name}}).author is None
    assert read(head=f"<meta name=author content='{name}'>").author is None
    assert read(data={**_BASE, "author": {"name": f"{name} Nguyen"}}).author == f"{name} Nguyen"
    above = "<body><article><p class=byline>By Lan Ho</p>"
    assert read(data={**_BASE, "author": {"name": name}}, above=above, below="</article>").author == "Lan Ho"


def test_an_address_of_mail_beside_the_name_is_none_of_it() -> None:
    """As feeds write the author."""
    assert read(head="<meta name=author content='lan@bend.example (Lan Ho)'>").author == "Lan Ho"


@pytest.mark.parametrize("kind", ["Recipe", "Review", "CreativeWork", "HowTo"])
def test_a_recipe_or_a_review_has_author_and_date(kind: str) -> None:
    """Where the page has no object of an article; of a film nothing is taken."""
    data = {"@type": kind, "name": "The ferryman", "author": {"name": "Lan Ho"}, "datePublished": "2025-10-12"}
    found = read(data=data)
    assert (found.author, found.published) == ("Lan Ho", "2025-10-12")
    other = read(data={**data, "@type": "Movie"})
    assert (other.author, other.published) == (None, None)
    article = read(data=[data, {**_BASE, "author": {"name": "Mai"}, "datePublished": "2025-11-01"}])
    assert (article.author, article.published) == ("Mai", "2025-11-01")


@pytest.mark.parametrize(
    ("byline", "author"),
    [
        ("<div itemprop=author><svg></svg></div><a href=/authors/lan-ho>Lan Ho</a>", "Lan Ho"),
        ("<span itemprop=author></span><p class=byline>By Lan Ho</p>", "Lan Ho"),
        ("<p>By Lan Ho - Mar 27, 2024</p>", "Lan Ho"),
        ("<p>By Lan Ho – 27/03/2024</p>", "Lan Ho"),
        ("<p class=byline>By Lan Ho-Minh</p>", "Lan Ho-Minh"),
        ("<span itemprop=author>Mai</span><p class=byline>By Lan Ho</p>", "Mai"),
    ],
)
def test_a_byline_whose_marked_part_is_empty(byline: str, author: str) -> None:
    """The next sign of the author counts; a date behind the name is none of it, a name with a hyphen stays whole."""
    article = f"<body><article><h1>The ferryman</h1>{byline}"
    body = "".join(f"<p>{line}</p>" for line in _TEXTS)
    page = f"<html lang=en><head><title>The ferryman</title></head>{article}{body}</article></body></html>"
    found = extract(HtmlPage(body=page.encode(), url=_URL))
    assert isinstance(found, Article)
    assert found.author == author
