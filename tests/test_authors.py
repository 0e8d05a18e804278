"""Who wrote an article: persons by its own data, else by its byline; on the site's pages the publisher is none."""

from __future__ import annotations

import json

import pytest

from pipelines import Article, HtmlPage, extract

BODY = (
    "<div class='post-detail-body'><p>Cây cầu gỗ bắc qua con suối đã được người trong xóm dựng lại hôm qua.</p>"
    "<p>Ba mươi người khiêng gỗ từ sáng, và đến chiều thì lũ trẻ đã chạy qua chạy lại trên cầu.</p></div>"
)


def read(head: str = "", byline: str = "", below: str = "", url: str = "https://example.vn/cau-go") -> Article:
    """The article of a page with this in its head, below its title and below its text."""
    page = (
        f"<html><head><title>T</title>{head}</head><body><div><h1>Cầu gỗ</h1>{byline}{BODY}</div>{below}</body></html>"
    )
    found = extract(HtmlPage(body=page.encode(), url=url))
    assert isinstance(found, Article)
    return found


def data(**fields: object) -> str:
    """A script of JSON-LD."""
    return f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', **fields})}</script>"


def test_the_element_named_author_is_the_publisher_on_the_site_and_a_person_elsewhere() -> None:
    """SITE.md; elsewhere the publisher is who the data says."""
    head = "<meta name='author' content='Báo Suối Nhỏ'><meta property='og:site_name' content='Suối Nhỏ'>"
    here, there = read(head, url="https://www.vietnam.vn/cau-go"), read(head)
    assert (here.publisher, here.author) == ("Báo Suối Nhỏ", None)
    assert (there.publisher, there.author) == ("Suối Nhỏ", "Báo Suối Nhỏ")


@pytest.mark.parametrize(
    ("byline", "wanted"),
    [
        ("<a rel='author' href='/an'>An Nguyễn</a>", "An Nguyễn"),
        ("<a rel='author' href='/an'>An Nguyễn</a>, <a rel='author' href='/bi'>Bi Lê</a>", "An Nguyễn, Bi Lê"),
        ("<div class='byline'>By Ann Miller and Jo Wolf</div>", "Ann Miller, Jo Wolf"),
        ("<span class='article-author'>Von Jan Wolf</span>", "Jan Wolf"),
        ("<span itemprop='author'><span itemprop='name'>Ana Gil</span></span>", "Ana Gil"),
        ("<div class='authority'>Ministry of Works</div>", None),
        ("<div class='byline'>Updated 3 hours ago</div>", None),
        ("<div class='author-bio'>Jo likes bridges and has two dogs.</div>", None),
    ],
)
def test_a_byline_names_the_authors_where_the_data_is_silent(byline: str, wanted: str | None) -> None:
    """Links of authors and lines that are called so, without their labels."""
    assert read(byline=byline).author == wanted
    assert read(head=data(author={"name": "Mai Trần"}), byline=byline).author == "Mai Trần"
    house = read(head=data(author={"name": "Suối Nhỏ"}, publisher={"name": "Suối Nhỏ"}), byline=byline)
    assert house.author == (wanted or "Suối Nhỏ")


def test_authors_of_other_articles_and_of_comments_are_not_its_own() -> None:
    """In boxes beside and below the article."""
    for box in ("<aside>{}</aside>", "<div class='related-posts'>{}</div>", "<div class='comments'>{}</div>"):
        assert read(below=box.format("<a rel='author' href='/x'>Xuân Khác</a>")).author is None


def test_a_name_in_the_data_keeps_what_looks_like_a_label() -> None:
    """Given names and particles in front of names."""
    for name in ("Von Trier", "Theo An", "Di Wang", "Par Lind"):
        assert read(head=data(author=[{"name": name}])).author == name


def test_addresses_are_no_names() -> None:
    """Some pages link a profile in place of the name."""
    assert read("<meta property='article:author' content='https://example.vn/an'>").author is None


def test_the_title_is_the_heading_that_the_rest_of_the_page_repeats() -> None:
    """Of several; one that nothing repeats is a section's, but never on the site: its data may be left untranslated."""
    head = "<meta property='og:title' content='Cầu gỗ qua suối đã xong'>" + data(headline="Cầu gỗ qua suối đã xong")
    page = "<html><head>{}</head><body>{}<div>{}</div></body></html>"

    def title(headings: str, url: str) -> str | None:
        found = extract(HtmlPage(body=page.format(head, headings, BODY).encode(), url=url))
        assert isinstance(found, Article)
        return found.title

    both = "<h1>Thời sự trong ngày</h1><h1>Cầu gỗ qua suối đã xong rồi</h1>"
    assert title(both, "https://example.vn/cau-go") == "Cầu gỗ qua suối đã xong rồi"
    assert title("<h1>Kinh tế</h1>", "https://example.vn/cau-go") == "Cầu gỗ qua suối đã xong"
    assert title("<h1>The new bridge</h1>", "https://www.vietnam.vn/en/cau-go") == "The new bridge"
