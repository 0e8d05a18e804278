"""Pages of other sites: their addresses follow their own rules, and say neither what is an article nor its language."""

from __future__ import annotations

import pytest

from pipelines import Article, HtmlPage, Rejected, TextPage, extract

TEXTS = (
    "The lighthouse keeper counts the boats each evening, and writes the number in a book that his father began.",
    "Since the harbour was dredged there are more of them, and the book is filled in half the time it used to be.",
    "He has asked the council for a new one; the shop that sold the last closed eleven years ago.",
)
PAGE = (
    "<!doctype html><html lang=en><head><meta charset=utf-8><title>The book of boats</title></head><body><main>"
    f"<h1>The book of boats</h1><div class=story>{''.join(f'<p>{text}</p>' for text in TEXTS)}</div></main></body>"
).encode()
FOLDERS = (
    "https://news.example.com/2026/05/12/the-book-of-boats/",
    "https://news.example.com/blog/the-book-of-boats",
    "https://news.example.com/en-gb/world/sea/the-book-of-boats.html",
    "https://news.example.com/category/sea/the-book-of-boats",
    "https://news.example.com/tag/the-book-of-boats",
    "https://news.example.com/search/",
    "https://news.example.com/?p=1234",
    "https://news.example.com/index.php?id=7",
)


@pytest.mark.parametrize("url", FOLDERS)
def test_articles_of_other_sites_lie_in_any_folder(url: str) -> None:
    """The page decides: from its HTML as from its text."""
    found = extract(HtmlPage(body=PAGE, url=url))
    assert isinstance(found, Article), found
    assert list(found.paragraphs) == list(TEXTS)
    assert found.url == url
    assert isinstance(extract(TextPage(text="\n".join(TEXTS), url=url)), Article)


@pytest.mark.parametrize("url", ["https://news.example.com/", "https://news.example.com/en/"])
def test_a_front_page_is_none_anywhere(url: str) -> None:
    """The site's or of its version in a language."""
    found = extract(HtmlPage(body=PAGE, url=url))
    assert isinstance(found, Rejected)
    assert (found.outcome, found.detail) == ("not_article", "an address of a front page, not of an article")


@pytest.mark.parametrize("host", ["www.vietnam.vn", "vjs.vietnam.vn", "127.0.0.1:8000", "localhost"])
@pytest.mark.parametrize("path", ["tag/the-book-of-boats", "fr/category/sea", "2026/05/12/the-book-of-boats"])
def test_the_sites_sections_hold_no_articles(host: str, path: str) -> None:
    """On its hosts and on this machine, which serves replicas of it, the path is enough to know."""
    found = extract(HtmlPage(body=PAGE, url=f"http://{host}/{path}"))
    assert isinstance(found, Rejected)
    assert found.outcome == "not_article"


@pytest.mark.parametrize(
    ("url", "claimed"),
    [
        ("https://news.example.com/the-book-of-boats", None),
        ("https://news.example.com/sea/the-book-of-boats", None),
        ("https://news.example.com/fr/the-book-of-boats", "fr"),
        ("https://www.vietnam.vn/the-book-of-boats", "vi"),
        ("http://127.0.0.1:8000/the-book-of-boats", "vi"),
    ],
)
def test_only_the_sites_addresses_claim_vietnamese_by_silence(url: str, claimed: str | None) -> None:
    """Elsewhere an address without a language has none, and the text does not disagree with it."""
    found = extract(HtmlPage(body=PAGE, url=url))
    assert isinstance(found, Article)
    assert (found.url_language, found.language) == (claimed, "en")
    assert found.language_agrees is (claimed is None)
    saved = PAGE.replace(b"<title>", f"<link rel=canonical href='{url}'><title>".encode())
    found = extract(HtmlPage(body=saved))
    assert isinstance(found, Article)
    assert (found.canonical_url, found.url_language) == (url, claimed)


@pytest.mark.parametrize(
    ("title", "head", "refused"),
    [
        ("Error 404", "", True),
        ("Seite nicht gefunden | Die Post", "", True),
        ("Halaman tidak ditemukan", "", True),
        ("ページが見つかりません - 新聞", "", True),
        ("Page not found", "<meta property='og:type' content='article'>", True),
        ("Sailor of the Aurora still not found after a week", "", False),
        ("An old Peugeot 404 comes home", "", False),
        ("Page not found: a novel of the sea", "<meta property='og:type' content='article'>", False),
    ],
)
def test_a_page_is_none_if_its_title_says_little_else(title: str, head: str, refused: bool) -> None:
    """Headlines tell of what was not found, too."""
    body = PAGE.decode().replace("The book of boats", title).replace("</title>", f"</title>{head}").encode()
    found = extract(HtmlPage(body=body, url="https://news.example.com/a/b"))
    assert isinstance(found, Rejected) == refused


def test_a_body_in_several_containers_is_whole() -> None:
    """Beside one another around a box; a copy is none of them, nor what stands under another title."""

    def texts(between: str, *parts: str) -> list[str]:
        bodies = [f"<div class='post-detail-body'><p>{part}</p></div>" for part in parts]
        page = f"<html><body><main><h1>Boats</h1>{between.join(bodies)}</main></body></html>"
        found = extract(HtmlPage(body=page.encode(), url="https://www.vietnam.vn/en/boats"))
        assert isinstance(found, Article)
        return list(found.paragraphs)

    assert texts("<div class='ad-slot'>Advertisement</div>", *TEXTS) == list(TEXTS)
    assert texts("", TEXTS[0], TEXTS[0]) == [TEXTS[0]]
    assert texts("<h1>Another</h1>", TEXTS[0], TEXTS[1]) == [TEXTS[1]]


def test_a_portrait_in_the_authors_box_is_no_picture_of_the_article() -> None:
    """A picture beside the text is one of the article, but for the one that stands for its author."""
    for called, pictured in (("photo-of-the-harbour", True), ("author-avatar", False), ("postAuthorPhoto", False)):
        picture = f'<div class="{called}"><img src="/a.jpg" alt=""></div>'
        page = PAGE.replace(f"<p>{TEXTS[1]}".encode(), f"{picture}<p>{TEXTS[1]}".encode())
        found = extract(HtmlPage(body=page, url=FOLDERS[0]))
        assert isinstance(found, Article)
        assert [image.src for image in found.images] == ["https://news.example.com/a.jpg"] * pictured
        assert list(found.paragraphs) == list(TEXTS)


@pytest.mark.parametrize(
    "called", ["sr-only", "visually-hidden", "visuallyHidden", "screen-reader-text", "x ScreenReader"]
)
@pytest.mark.parametrize("url", [FOLDERS[0], "https://www.vietnam.vn/en/the-book-of-boats"])
def test_words_for_screen_readers_are_no_words_of_the_text(called: str, url: str) -> None:
    """Within a sentence and in a caption; what a reader sees closes behind them, and they are listed."""
    spoken = f'<span class="{called}">(opens in a new tab)</span>'
    figure = f'<figure><img src="/a.jpg" alt=""><figcaption>{spoken} The harbour in May.</figcaption></figure>'
    page = PAGE.replace(b"each evening,", f"each evening{spoken},".encode())
    page = page.replace(f"<p>{TEXTS[1]}".encode(), f"{figure}<p>{TEXTS[1]}".encode())
    if "vietnam.vn" in url:
        page = page.replace(b"class=story", b"class=post-detail-body")
    found = extract(HtmlPage(body=page, url=url))
    assert isinstance(found, Article)
    assert list(found.paragraphs) == list(TEXTS)
    assert [image.caption for image in found.images] == ["The harbour in May."]
    assert [line.rule for line in found.stripped if "new tab" in line.text] == ["not-article: hidden"] * 2


def test_a_name_that_only_begins_like_theirs_hides_nothing() -> None:
    """A word of it is not enough."""
    for called in ("reader-letter", "unhidden", "visually"):
        page = PAGE.replace(b"each evening,", f'each <span class="{called}">evening</span>,'.encode())
        found = extract(HtmlPage(body=page, url=FOLDERS[0]))
        assert isinstance(found, Article)
        assert list(found.paragraphs) == list(TEXTS)
