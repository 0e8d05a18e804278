"""Links of a page: read against its address and its <base href>; one that is none costs itself alone."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import extract
from pipelines.extraction.links import PageLinks
from pipelines.extraction.parsing import parse_html
from pipelines.models import Article, HtmlPage
from pipelines.web.addresses import NoAddressError, read_address

URL = "https://www.vietnam.vn/fr/nghe-moc"
TEXT = "".join(
    f"<p>Làng mộc thứ {n} bên sông vẫn giữ nghề cũ, và mỗi sáng tiếng đục lại vang khắp xóm nhỏ.</p>" for n in range(4)
)


def article(head: str = "", body: str = "", *, url: str | None = URL, layout: str = "post-detail-body") -> Article:
    """The article of a page with these parts."""
    page = (
        f"<html lang=vi><head><meta charset=utf-8>{head}</head><h1>Nghề mộc</h1><div class={layout}>{TEXT}{body}</div>"
    )
    result = extract(HtmlPage(body=page.encode("utf-8", "surrogatepass"), url=url))
    assert isinstance(result, Article), result
    return result


@pytest.mark.parametrize(
    ("base", "src"),
    [
        ("", "https://www.vietnam.vn/fr/anh/1.jpg"),
        ('<base href="/kho/">', "https://www.vietnam.vn/kho/anh/1.jpg"),
        ('<base href="//cdn.example/x/y">', "https://cdn.example/x/anh/1.jpg"),
        ('<base target="_blank"><base href="https://cdn.example/">', "https://cdn.example/anh/1.jpg"),
        ('<base href="/mot/"><base href="/hai/">', "https://www.vietnam.vn/mot/anh/1.jpg"),
        ('<base href="">', "https://www.vietnam.vn/fr/anh/1.jpg"),
        ('<base href="http://[x/">', "https://www.vietnam.vn/fr/anh/1.jpg"),
        ('<base href="javascript:x">', "https://www.vietnam.vn/fr/anh/1.jpg"),
        ('<base href="data:,x">', "https://www.vietnam.vn/fr/anh/1.jpg"),
    ],
)
def test_base_href_is_what_links_are_relative_to(base: str, src: str) -> None:
    """As in a browser: the first one with an address, itself read against the page's; a bad one is none."""
    found = article(base + '<link rel="canonical" href="anh/1.jpg">', '<img src="anh/1.jpg">')
    assert [image.src for image in found.images] == [src]
    assert found.canonical_url == src
    assert (found.slug, found.url_language) == ("nghe-moc", "fr")


@pytest.mark.parametrize(
    "bad", ["http://[x/1.jpg", "//[x", "http://a..b/1.jpg", "https://www.vietnam.vn\\@a/1.jpg", "data:x"]
)
def test_a_bad_address_costs_itself(bad: str) -> None:
    """Picture, link, alternate, canonical address and source: the others and the text stay."""
    head = f'<link rel=alternate hreflang=en href="{bad}"><link rel=alternate hreflang=de href="/de/nghe-moc">'
    head += f'<link rel=canonical href="{bad}"><meta property="og:url" content="{bad}">'
    found = article(
        head, f'<img src="{bad}" alt="x"><img src="2.jpg"><p>Xem <a href="{bad}">ở đây</a> để biết thêm về nghề.</p>'
    )
    assert len(found.paragraphs) == 5
    assert [image.src for image in found.images] == [None, "https://www.vietnam.vn/fr/2.jpg"]
    assert found.alternates == {"de": "https://www.vietnam.vn/de/nghe-moc"}
    assert found.canonical_url is None


def test_a_source_that_is_no_address_is_left_out() -> None:
    """The line is the source line all the same."""
    assert (
        article("", "<p>Nguồn: https://bao.vn/nghề-mộc-12345.html</p>").source_url
        == "https://bao.vn/nghề-mộc-12345.html"
    )
    found = article("", "<p>Nguồn: https://[bao.vn/nghe-moc-12345.html</p>")
    assert found.source_url is None
    assert len(found.paragraphs) == 4


def test_a_page_without_an_address_keeps_its_links_as_they_are_written() -> None:
    """A saved page whose address nobody told: relative links stay relative, bad ones go."""
    found = article(
        '<link rel=alternate hreflang=en href="/en/nghe-moc">', '<img src="1.jpg"><img src="http://[x">', url=None
    )
    assert found.alternates == {"en": "/en/nghe-moc"}
    assert [image.src for image in found.images] == ["1.jpg"]


def test_links_of_a_page_that_no_layout_knows() -> None:
    """Links are read there as on the known layouts; structured data alone is no text."""
    body = '<p><img src="http://[x/1.jpg"><a href="http://[x">Xem</a></p>'
    assert article("", body, layout="whatever").paragraphs
    data = {"@type": "NewsArticle", "headline": "Nghề mộc", "articleBody": TEXT + '<img src="http://[x/1.jpg">'}
    head = f'<script type="application/ld+json">{json.dumps(data)}</script><meta property="og:url" content="http://[x">'
    page = f"<html lang=vi><head><meta charset=utf-8>{head}</head><body></body></html>"
    assert not isinstance(extract(HtmlPage(body=page.encode(), url=URL)), Article)


ADDRESSES = st.lists(
    st.sampled_from(
        [
            "http:",
            "https:",
            "//",
            "/",
            "\\",
            "[",
            "]",
            "@",
            ":",
            "?",
            "#",
            "%",
            "%ff",
            ".",
            "..",
            "a",
            "à",
            " ",
            ";",
            "&",
        ]
    ),
    max_size=7,
).map("".join)


@settings(max_examples=60, deadline=None)
@given(ADDRESSES, ADDRESSES, ADDRESSES)
def test_no_address_breaks_a_page(base: str, link: str, source: str) -> None:
    """Whatever stands where an address belongs: an article, whose addresses everyone can read."""
    head = f'<base href="{base}"><link rel=alternate hreflang=en href="{link}"><link rel=canonical href="{source}">'
    found = article(head, f'<img src="{link}"><p><a href="{source}">Xem thêm</a></p><p>Nguồn: https://{source}</p>')
    for url in (*found.alternates.values(), found.canonical_url, *(image.src for image in found.images)):
        if url:
            assert read_address(url).host == urlsplit(url).hostname.strip("[]")


def test_links_resolve_as_the_reader_reads() -> None:
    """`resolve` is `join` on the page's base, and None where that has none."""
    tree = parse_html(b'<base href="/kho/"><p>x')
    links = PageLinks.of_page(tree, URL)
    assert links.resolve("a b") == "https://www.vietnam.vn/kho/a%20b"
    assert links.resolve("") is links.resolve(None) is links.resolve("http://[x") is None
    assert links.is_external("https://bao.vn/1")
    assert not links.is_external("https://m.vietnam.vn/1")
    with pytest.raises(NoAddressError):
        read_address("http://[x")
