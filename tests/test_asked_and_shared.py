"""What only looks like a question before the article, a widget or a share bar, and what React sent late."""

from __future__ import annotations

import pytest

from pipelines import Article, HtmlPage, Rejected, extract

TEXT = (
    "The weavers of the upper village have moved their looms to the school, which has stood empty since spring.",
    "Each of them has a window now, and the children who once sat there come back in the evening to watch.",
    "A cooperative in the valley buys what they make, and has asked for twice as much for the coming year.",
)
PROSE = "".join(f"<p>{text}</p>" for text in TEXT)
LAST = "<p>Nobody wants the old rooms back.</p>"


def page(body: str, url: str = "https://news.example.org/town/looms") -> Article | Rejected:
    """What comes of a page with this body."""
    return extract(HtmlPage(body=f"<html lang=en><title>Looms</title><body>{body}</body></html>".encode(), url=url))


@pytest.mark.parametrize(
    "around",
    [
        "<article class='post-12 tag-gdpr category-consent'>{}</article>",
        "<div class='site no-cookie-consent'><main>{}</main></div>",
        "<div class='layout has-cookie-banner'><main>{}</main></div>",
    ],
)
def test_an_article_about_consent_is_one(around: str) -> None:
    """A tag or a state in the names around it is no box that asks for consent."""
    assert isinstance(page(around.format(f"<h1>Looms in the school</h1>{PROSE * 2}")), Article)
    asked = f"<div class='cookie-consent'><h2>Before you go on</h2>{PROSE}<button>Agree</button></div>"
    assert isinstance(page(f"<h1>Looms</h1>{asked}"), Rejected)


def test_a_form_to_log_in_beside_a_short_article_is_not_in_its_place() -> None:
    """In another part of the page."""
    form = "<div class='box'><form><input name=u><input type=password><button>Log in</button></form></div>"
    text = f"<article><h1>Looms in the school</h1><p>{TEXT[0]} {TEXT[1]}</p></article>"
    assert isinstance(page(form + text), Article)


@pytest.mark.parametrize(
    "line",
    [
        "<div><input type='checkbox'> 500 g flour</div>",
        "<div>See <a href='https://example.com/submit'>the form at the ministry</a></div>",
    ],
)
def test_lists_and_links_of_the_article_stay(line: str) -> None:
    """Things to tick off, and links to documents whose addresses have a word for sharing."""
    found = page(
        f"<h1>Looms</h1><div class='post-detail-body'>{PROSE}{line}{LAST}</div>", "https://www.vietnam.vn/en/looms"
    )
    assert isinstance(found, Article)
    assert len(found.paragraphs) > len(TEXT) + 1
    assert found.paragraphs[-1] == "Nobody wants the old rooms back."
    shared = "<div>Share <a href='https://www.facebook.com/sharer/sharer.php?u=x'>Facebook</a></div>"
    bar = page(f"<h1>Looms</h1><div class='post-detail-body'>{PROSE}{shared}</div>", "https://www.vietnam.vn/en/looms")
    assert isinstance(bar, Article)
    assert list(bar.paragraphs) == list(TEXT)


def test_what_stands_behind_a_part_that_came_late_stays_in_its_place() -> None:
    """With or without an element before it."""
    for before in ("", "<i>FIRST</i>"):
        late = f"<div>{before}<div hidden id='S:1'><p>Streamed words of the article.</p></div>TAIL WORDS</div>"
        found = page(f"<main><h1>Looms</h1>{PROSE}<template id='B:1'></template>{PROSE.upper()}</main>{late}")
        assert isinstance(found, Article)
        said = "\n".join((*found.paragraphs, *(line.text for line in found.stripped)))
        assert said.count("TAIL WORDS") == said.count("Streamed words") == 1
