"""Sitemaps as servers send them: what can be told of a broken one is read, and nothing is invented."""

from __future__ import annotations

from datetime import date

import pytest

from scraper.sources.sitemaps import choose_days, parse_sitemap


def test_sitemaps_in_any_spelling() -> None:
    """Namespaces, comments, relative addresses and hreflang links are read."""
    body = b"""<?xml version="1.0"?><!-- made by hand -->
    <s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:x="http://www.w3.org/1999/xhtml">
    <s:url><s:loc> /bai-viet </s:loc><s:lastmod>2025-10-23</s:lastmod>
    <x:link rel="alternate" hreflang="fr" href="/fr/bai-viet"/></s:url></s:urlset>"""
    sitemap = parse_sitemap(body, base="https://www.vietnam.vn/sitemap.xml")
    assert sitemap.problem is None
    assert [(e.url, e.lastmod, e.alternates) for e in sitemap.entries] == [
        ("https://www.vietnam.vn/bai-viet", "2025-10-23", (("fr", "https://www.vietnam.vn/fr/bai-viet"),))
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"<html><body>403</body></html>",
        b"<!DOCTYPE html><html></html>",
        b"<urlset></urlset>",
        b"not xml at all",
        b"<urlset><url><loc>https://www.vietnam.vn/a</loc></url>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><urlset><url><loc>https://www.vietnam.vn/&a;</loc></url></urlset>',
        b"<urlset><url><loc>https://www.vietnam.vn/&nothing;</loc></url></urlset>",
    ],
)
def test_what_is_no_whole_sitemap_is_a_problem(body: bytes) -> None:
    """Nothing that is empty, cut off, a web page or dangerous passes for an empty day."""
    assert parse_sitemap(body, base="https://www.vietnam.vn/sitemap.xml").problem


def test_days_of_an_index() -> None:
    """Only the days' sitemaps within the window are chosen, newest first."""
    urls = ["sitemap-page.xml", "sitemap-tag/1.xml", "news-sitemap.xml", "sitemap/sitemap-post/2025-10-21.xml",
            "sitemap/sitemap-post/2025-10-23.xml", "sitemap/sitemap-post/2025-13-40.xml"]  # fmt: skip
    rows = "".join(f"<sitemap><loc>https://www.vietnam.vn/{url}</loc></sitemap>" for url in urls)
    sitemap = parse_sitemap(f"<sitemapindex>{rows}</sitemapindex>".encode(), base="https://www.vietnam.vn/")
    assert [day for day, _ in choose_days(sitemap.entries)] == [date(2025, 10, 23), date(2025, 10, 21)]
    assert [day for day, _ in choose_days(sitemap.entries, until=date(2025, 10, 22))] == [date(2025, 10, 21)]
