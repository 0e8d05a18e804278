"""Boxes inside an article that are none of its text, known by their structure; and what looks alike and stays."""

from __future__ import annotations

import pytest

from pipelines import Article, HtmlPage, extract

_TEXTS = [
    "Before sunrise the salt makers rake the water into small heaps, and by noon the heaps are white and dry.",
    "A family fills twenty baskets on a good day, and the women carry them to the road two by two.",
    "When rain comes the work of a week is gone within an hour, and everybody runs for the covers.",
]


def read(part: str) -> Article:
    """The article of a page of the site with this part below its first paragraph."""
    first, *others = (f"<p>{line}</p>" for line in _TEXTS)
    body = f"<div class=post-detail-body>{first}{part}{''.join(others)}</div>"
    page = f"<html lang=en><meta charset=utf-8><title>White heaps</title><h1>White heaps</h1>{body}</html>"
    found = extract(HtmlPage(body=page.encode(), url="https://www.vietnam.vn/en/white-heaps"))
    assert isinstance(found, Article)
    return found


_CARD = "<a href=https://bao.example/reeds.htm>"
_HEADED = f"<ul><li>{_CARD}<img src=/r.jpg></a><h4>{_CARD}The reed cutters go home</a></h4></li></ul>"
_PLAN = "<a href=https://a.example/plan.pdf>"
_SHARER = "https://facebook.com/sharer/sharer.php?u=x"


@pytest.mark.parametrize(
    ("box", "rule"),
    [
        (f"<div>TIN LIÊN QUAN{_HEADED}</div>", "related-box"),
        (f"<div><p>Cùng đọc</p>{_HEADED}</div>", "related-box"),
        (f"<div><span>Related news</span>{_CARD}The reed cutters go home</a></div>", "related-box"),
        (f"<div><a href='{_SHARER}'>Facebook</a><a href='mailto:?body=x'>Mail</a></div>", "toolbar"),
        ("<div>Share: <a href='https://twitter.com/intent/tweet?url=x'>X</a></div>", "toolbar"),
        ("<div><h3>Do you eat salt?</h3><form><label><input type=radio>Yes</label><label><input type=radio>No</label>"
         "<button>Vote</button></form><p>12 votes</p></div>", "control"),
        ("<div><button>Play</button><span>Listen, 4 min</span></div>", "control"),
        ("<div class=kk-star-ratings><div>5/5 - (2 votes)</div></div>", "toolbar"),
        ("<blockquote class=wp-embedded-content><a href=https://a.example/b>Reeds</a></blockquote>", "embed"),
        ("<blockquote class=bluesky-embed><p>Salt!</p>— Mai (@mai)</blockquote>", "embed"),
    ],
)  # fmt: skip
def test_boxes_for_use_and_for_other_articles(box: str, rule: str) -> None:
    """Cards of other articles, links to share, polls, players' buttons, ratings, posts of networks."""
    found = read(box)
    assert list(found.paragraphs) == _TEXTS
    assert not found.images
    assert {line.rule for line in found.stripped} == {rule}


@pytest.mark.parametrize(
    ("box", "text"),
    [
        (f"<div><p>See</p>{_PLAN}<img src=/r.jpg></a>{_PLAN}The plan of the pans</a></div>", "The plan of the pans"),
        (f"<div>{_CARD}<img src=/r.jpg></a>{_CARD}The reed cutters go home</a></div>", "The reed cutters go home"),
        (f"<div>{_CARD}<img src=/r.jpg></a>Photo by {_CARD}Le Mau</a></div>", "Photo by Le Mau"),
        (f"<div>{_CARD}The reed cutters</a> also had a hard year</div>", "The reed cutters also had a hard year"),
        ("<div><a href=https://facebook.com/saltmakers>The makers' page</a></div>", "The makers' page"),
        ("<div><ul><li><input type=checkbox disabled>Rake the water</li></ul></div>", "Rake the water"),
        ("<div><button aria-expanded=false>Hours</button><div>Daily from five</div></div>", "Daily from five"),
        ("<div><button>Follow</button><span>Mai, 12/10/2025</span></div>", "Mai, 12/10/2025"),
        ("<div><button>Map</button><p>Ninety families</p></div>", "Ninety families"),
        ("<div class=rating><p>Our rating: four stars</p></div>", "Our rating: four stars"),
    ],
)  # fmt: skip
def test_what_looks_like_such_a_box_and_is_text(box: str, text: str) -> None:
    """The inverse: documents, headings of a list, credits, sentences with a link, lists to tick, unfolded text."""
    found = read(box)
    assert text in (*found.paragraphs, *(image.caption for image in found.images))
