"""Quotations with who said them, what players say, posts of networks, tables of pictures and sentences."""

from __future__ import annotations

import pytest

from pipelines import Article, HtmlPage, extract

_TEXTS = [
    "The lamp lighter of the lower town goes out at dusk with his ladder and is home again before the soup is cold.",
    "There are nineteen lamps on his way, and each of them has a name that his grandfather gave it long ago.",
    "When the town wanted to replace them by electric ones, the children of the school wrote a letter to the mayor.",
    "So the nineteen lamps stayed, and on the first evening of winter people walk behind him through all the streets.",
]
SITE, ELSEWHERE = "https://www.vietnam.vn/en/lamps", "https://www.lowpost.example/town/lamps"
_LAYOUTS = pytest.mark.parametrize("url", [SITE, ELSEWHERE])


def read(part: str, url: str) -> Article:
    """The article of a page with this part in its middle."""
    before = "".join(f"<p>{line}</p>" for line in _TEXTS[:2])
    behind = "".join(f"<p>{line}</p>" for line in _TEXTS[2:])
    inner = f"<div class={'post-detail-body' if url == SITE else 'text'}>{before}{part}{behind}</div>"
    page = f"<html lang=en><head><title>Nineteen lamps</title></head><body><h1>Nineteen lamps</h1>{inner}</body></html>"
    found = extract(HtmlPage(body=page.encode(), url=url))
    assert isinstance(found, Article)
    return found


_SAID = "We knew every lamp by its name, and nobody asked us about it."


@_LAYOUTS
@pytest.mark.parametrize(
    ("quote", "lines"),
    [
        (f"<blockquote>{_SAID}<cite>Mrs Hoa</cite></blockquote>", [_SAID, "Mrs Hoa"]),
        (f"<blockquote><p>{_SAID}<cite>Mrs Hoa</cite></p></blockquote>", [_SAID, "Mrs Hoa"]),
        (f"<blockquote><p>{_SAID}</p><footer>Mrs Hoa</footer></blockquote>", [_SAID, "Mrs Hoa"]),
        (f"<blockquote><p>{_SAID}</p><p>Mrs Hoa, teacher</p></blockquote>", [_SAID, "Mrs Hoa, teacher"]),
        ("<blockquote>We knew every lamp, and we all read <cite>The Town</cite></blockquote>",
         ["We knew every lamp, and we all read The Town"]),
    ],
)  # fmt: skip
def test_a_quotation_has_who_said_it(quote: str, lines: list[str], url: str) -> None:
    """On a line of its own; a title within the sentence stays there."""
    found = read(quote, url)
    assert list(found.paragraphs) == [*_TEXTS[:2], *lines, *_TEXTS[2:]]
    assert set(found.kinds[2:-2]) == {"quote"}


@_LAYOUTS
@pytest.mark.parametrize("tag", ["video", "audio", "canvas"])
def test_what_a_player_says_to_old_browsers_is_no_text(tag: str, url: str) -> None:
    """Within a paragraph, too; the sentence beside it stays."""
    found = read(f"<p><{tag}>Your browser plays no films.</{tag}>The lamps seen from the tower of the town.</p>", url)
    assert list(found.paragraphs) == [*_TEXTS[:2], "The lamps seen from the tower of the town.", *_TEXTS[2:]]
    assert ("Your browser plays no films.", "player") in [(line.text, line.rule) for line in found.stripped]


@_LAYOUTS
def test_a_player_left_open_holds_the_rest_of_the_article(url: str) -> None:
    """The inverse: its paragraphs stay."""
    assert list(read("<video src=/a.mp4>", url).paragraphs) == _TEXTS


@_LAYOUTS
@pytest.mark.parametrize("name", ["twitter-tweet", "instagram-media", "bluesky-embed"])
def test_a_post_of_a_network_is_no_text(name: str, url: str) -> None:
    """Whatever the table of signs says of its words; a quotation with another name stays."""
    post = "<p>Nineteen lamps, one ladder, and a town that walks behind!</p>Lamps (@lamps)"
    found = read(f"<blockquote class={name}>{post}</blockquote>", url)
    assert list(found.paragraphs) == _TEXTS
    assert "Nineteen lamps, one ladder, and a town that walks behind!" in read(
        f"<blockquote class=big>{post}</blockquote>", url
    ).paragraphs  # fmt: skip


def test_sentences_beside_a_picture_in_a_table_are_text() -> None:
    """In a cell of the same row; a caption below, however long, and a short one beside are captions."""
    said = "The ladder is of ash. It was made in 1911."
    image = "<td><img src=/a.jpg></td>"
    assert said in read(f"<table><tr>{image}<td>{said}</td></tr></table>", SITE).paragraphs
    below = read(f"<table><tr>{image}{image}</tr><tr><td>{said}</td><td>{said}</td></tr></table>", SITE)
    assert [picture.caption for picture in below.images] == [said, said]
    beside = read(f"<table><tr>{image}<td>The ladder is of ash.</td></tr></table>", SITE)
    assert [picture.caption for picture in beside.images] == ["The ladder is of ash."]


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        ("<p><a href=/en/tag/lamps>#lamps</a> <a href=/en/tag/town>#town</a></p>", False),
        ("<p><a href=/en/tag/lamps>The lamps</a> and <a href=/en/tag/town>the town</a></p>", True),
        ("<p><a href=https://a.example/b>The lamps</a> <a href=/en/tag/town>the town</a></p>", True),
    ],
)
def test_a_paragraph_of_links_to_tags_is_no_text(line: str, stays: bool) -> None:
    """The inverse: with words between them, or with a link elsewhere."""
    found = read(line, SITE)
    assert (len(found.paragraphs) == len(_TEXTS) + 1) is stays
