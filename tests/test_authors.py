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
        ("<div class='author'><b>Ann Miller</b><time>22 October 2025</time></div>", "Ann Miller"),
        ("<p class='author'>Ann Miller<br>4 August 2010</p>", "Ann Miller"),
        ("<div class='author'><p>Ann Miller</p><p>Contributing Writer</p></div>", "Ann Miller"),
        ("<div class='author'><p>Author</p><p>Ann Miller</p></div>", "Ann Miller"),
        ("<ul class='authors'><li>Ann Miller</li><li>Jo Wolf</li></ul>", "Ann Miller, Jo Wolf"),
        ("<div class='byline'>Recipe by Ann Miller on <time>22 October 2025</time></div>", "Ann Miller"),
        ("<div class='author'>Photos by Ann Miller</div>", "Photos by Ann Miller"),
        ("<div>By <a href='/people/7'>Ann Miller</a></div>", "Ann Miller"),
        ("<div><a href='/authors/ann-miller'>Ann Miller</a></div>", "Ann Miller"),
        ("<div><a href='/authors/'>Our authors</a></div>", None),
        ("<p>By the old mill</p>", None),
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


@pytest.mark.parametrize(("minutes", "wanted"), [("4 Minuten", "Ann Miller"), ("In stock", None)])
def test_a_card_for_social_networks_names_the_author_beside_the_minutes_of_reading(
    minutes: str, wanted: str | None
) -> None:
    """As plugins of WordPress write it, with labels in the site's language; a shop's card has other facts."""
    card = "<meta name='twitter:label1' content='Verfasst von'><meta name='twitter:data1' content='Ann Miller'>"
    assert read(head=f"{card}<meta name='twitter:data2' content='{minutes}'>").author == wanted


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


def test_a_lower_heading_with_the_pages_title_is_the_articles() -> None:
    """Where no h1 is like it: the byline below it is read."""
    head = "<title>Cầu gỗ qua suối đã xong | Suối Nhỏ</title>"
    head += "<meta property='og:title' content='Cầu gỗ qua suối đã xong'>"
    byline = "<h2>Cầu gỗ qua suối đã xong</h2><div>By Ann Miller</div><div>22. 10. 2025</div>"
    for above in ("", "<h1>Suối Nhỏ</h1>"):
        page = f"<html><head>{head}</head><body>{above}<div>{byline}{BODY}</div></body></html>"
        found = extract(HtmlPage(body=page.encode(), url="https://example.vn/cau-go"))
        assert isinstance(found, Article)
        assert (found.title, found.author, found.published) == (
            "Cầu gỗ qua suối đã xong", "Ann Miller", "2025-10-22",
        )  # fmt: skip


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
    assert title("<h1>Cầu gỗ</h1><h1>Cầu gỗ qua suối xong</h1>", "https://b.vn/a") == "Cầu gỗ qua suối xong"
    assert title("<h1>The new bridge</h1>", "https://www.vietnam.vn/en/cau-go") == "The new bridge"
