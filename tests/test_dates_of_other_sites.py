"""Dates on pages of other sites, whose data may say when a program made the page: what a reader sees counts."""

from __future__ import annotations

import pytest

from pipelines import Article, HtmlPage, extract

TEXT = (
    "<p>The baker on the corner has lit the same oven since her grandmother showed her how to stack the beech.</p>"
    "<p>Every second loaf goes to the school across the street, which pays in flour from the children's own field.</p>"
)
DATA = "<meta property='article:published_time' content='{}'>"


def published(
    below: str = "", *, above: str = "", head: str = "", foot: str = "", title: str = "<h1>The oven</h1>"
) -> str | None:
    """The date of a page of another site with this around its title and text."""
    body = (
        f"<html lang=en><head><title>The oven</title>{head}</head><body>{above}<article>{title}{below}<div>{TEXT}</div>"
        f"</article>{foot}</body></html>"
    )
    found = extract(HtmlPage(body=body.encode(), url="https://paper.example/town/the-oven"))
    assert isinstance(found, Article), found
    return found.published


@pytest.mark.parametrize(
    "line",
    [
        "<p>April 8, 2024</p>",
        "<small>8 April 2024</small>",
        "<div><span>Monday, 8 April 2024</span></div>",
        "<h3>08 April 2024</h3>",
        "<div class=x9><span>8 Apr 2024, 11:59</span></div>",
    ],
)
def test_a_day_that_stands_alone_is_the_articles(line: str) -> None:
    """Wherever it is below the title, if it is the only such day; not on a card, in a list of days or in the foot."""
    lead = "<p>She has never let it go cold. Not once in forty years did the corner smell of nothing.</p>"
    for found in (published(lead + line), published(foot=f"<div>{line}</div>")):
        assert found is not None
        assert found.startswith("2024-04-08")
    assert published(foot=f"<div>{line}</div><p>May 1, 2019</p>") is None
    assert published(lead, foot=f"<footer>{line}</footer>") is None
    assert published(lead, foot=f"<aside>{line}</aside>") is None
    assert published(lead, foot=f"<div><h3><a href='/b'>The mill beside the brook opens</a></h3>{line}</div>") is None
    assert published(lead, above=f"<div>{line}</div>" + "<nav><a href='/'>Home</a></nav>") is None


@pytest.mark.parametrize(
    "line",
    [
        "<p>Closed on Monday, April 8, 2024</p>",
        "<p>From April 8, 2024 to April 9, 2024</p>",
        "<p>12 loaves</p>",
        "<p><b>When</b> Easter market, April 8, 2024</p>",
    ],
)
def test_a_line_with_more_than_a_day_is_something_else(line: str) -> None:
    """Opening hours, spans and events."""
    assert published(foot=f"<div>{line}</div>") is None


def test_of_two_dates_the_earlier_one_is_that_of_publication() -> None:
    """Seen before the page's data say that it was published, it was; a later one may be the last change."""
    byline = "<div>By Ann Hill | Oct. 2, 2025</div>"
    assert published(byline, head=DATA.format("2025-11-20")) == "2025-10-02"
    assert published(byline, head=DATA.format("2025-10-02T08:00:00Z")) == "2025-10-02T15:00:00+07:00"
    assert published(byline, head=DATA.format("2025-09-01")) == "2025-09-01"
    assert published("<p>Updated Oct. 2, 2025</p>", head=DATA.format("2025-11-20")) == "2025-11-20"


def test_on_the_sites_own_pages_their_data_come_first() -> None:
    """They state the day, and days alone may be of anything."""
    body = (
        "<html lang=en><head>{}<title>The oven</title></head><body><h1>The oven</h1><p>{}</p>"
        f"<div class=post-detail-body>{TEXT}</div></body></html>"
    )
    for head, line, day in (
        (DATA.format("2025-11-20"), "By Ann Hill, Oct. 2, 2025", "2025-11-20"),
        ("", "By Ann Hill, Oct. 2, 2025", "2025-10-02"),
    ):
        found = extract(HtmlPage(body=body.format(head, line).encode(), url="https://www.vietnam.vn/en/the-oven"))
        assert isinstance(found, Article)
        assert found.published == day


@pytest.mark.parametrize("name", ["Ann Marcus", "Jo Decker", "Product", "Sepp Mai"])
def test_a_name_glued_to_a_day_is_no_month(name: str) -> None:
    """The name and the day are in elements of their own, and the name begins as a month does."""
    assert published(f"<div><div>{name}</div><div>Jan 14, 2025</div></div>") == "2025-01-14"
    assert published(f"<p><span>{name}</span><span>January 14, 2025</span></p>") == "2025-01-14"
