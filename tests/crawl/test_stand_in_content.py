"""The site's stand-in, address by address: what it answers, how it changes, and what goes wrong where that is asked."""

from __future__ import annotations

import gzip
import re
import zlib
from datetime import date
from typing import Any

import pytest

from scraper.replica import Fault, ReplicaSite
from scraper.replica.content import LANGUAGES, Reply, article_path, content
from scraper.replica.texts import SLUGS, STORIES

BASE = "http://127.0.0.1:1"


def site_of(**more: Any) -> ReplicaSite:
    """A site that has its address."""
    site = ReplicaSite(**more)
    site.base = BASE
    return site


def text(reply: Reply) -> str:
    """The body as text."""
    return reply.body.decode()


def locations(reply: Reply) -> list[str]:
    """The addresses that a sitemap lists."""
    return re.findall(r"<loc>([^<]*)</loc>", text(reply))


def test_articles_are_spread_over_days() -> None:
    """So many a day, back from the last one; on one day in so many."""
    site = site_of(articles=7, per_day=3, every=2, last_day=date(2025, 10, 23))
    assert {day.isoformat(): len(posts) for day, posts in site.by_day.items()} == {
        "2025-10-23": 3, "2025-10-21": 3, "2025-10-19": 1
    }  # fmt: skip
    assert len(site.posts) == 7
    assert [len(posts) for posts in site_of(articles=60).by_day.values()] == [50, 10]
    many = site_of(articles=len(SLUGS) + 2)
    assert [*many.posts][-2:] == [f"{SLUGS[0]}-{len(SLUGS)}", f"{SLUGS[1]}-{len(SLUGS) + 1}"]
    assert len({post.lastmod for post in many.posts.values()}) == len(many.posts)
    with pytest.raises(ValueError, match="always with vi"):
        ReplicaSite(languages=("en",))
    with pytest.raises(ValueError, match="asked for: vi, xx"):
        ReplicaSite(languages=("vi", "xx"))


def test_the_index_lists_days_the_newest_first() -> None:
    """With the time of the last change, and other sitemaps that have no article."""
    site = site_of(articles=5, per_day=2)
    index = site.respond("/sitemap.xml", {})
    days = [url for url in locations(index) if "sitemap-post" in url]
    assert days == [f"{BASE}/sitemap/sitemap-post/2025-10-{day}.xml" for day in (23, 22, 21)]
    assert text(index).count("<lastmod>2025-10-23T04:00:01.339Z</lastmod>") == 1
    others = {"page", "author", "organization", "category", "tag"}  # of which the site lists no article
    assert {f"{BASE}/sitemap/sitemap-{name}.xml" for name in others} <= set(locations(index))
    for url in locations(index):
        reply = site.respond(url.removeprefix(BASE), {})
        assert (reply.status, dict(reply.headers)["Content-Type"]) == (200, "application/xml")
        assert len(locations(reply)) == (0 if url not in days and "news" not in url else 1 if url == days[-1] else 2)
    assert site.respond("/sitemap/sitemap-post/2025-10-20.xml", {}).status == 404
    assert site.respond("/sitemap/sitemap-post/x.xml", {}).status == 404


@pytest.mark.parametrize(
    ("path", "status", "inside"),
    [
        (f"/{SLUGS[0]}", 200, 'lang="vi"'),
        (f"/fr/{SLUGS[0]}?utm_source=x", 200, 'lang="fr"'),
        ("/vi/" + SLUGS[0], 404, ""),  # the original has no prefix
        (f"/{SLUGS[0]}/2", 404, ""),
        ("/khong-co", 404, ""),
        ("/xx/" + SLUGS[0], 404, ""),
        ("/", 200, "Vietnam.vn"),
        ("/fr", 200, 'lang="fr"'),
        ("/tag/cho-noi", 200, "tag cho-noi"),
        ("/category/x", 200, "category x"),
        ("/events", 200, "events"),
        ("/robots.txt", 200, "Disallow: /api/"),
        ("/.well-known/tdmrep.json", 404, ""),
    ],
)
def test_every_address_has_its_answer(path: str, status: int, inside: str) -> None:
    """As the site has them."""
    reply = site_of(articles=3).respond(path, {})
    assert reply.status == status
    assert inside in text(reply)


def test_what_the_site_says_of_its_use_can_be_set() -> None:
    """robots.txt, tdmrep.json, headers and elements, for all pages or one."""
    site = site_of(articles=2, robots="User-agent: *\nDisallow: /\n")
    site.tdmrep = "[]"
    site.headers = {"": (("X-Robots-Tag", "noai"),), SLUGS[1]: (("X-Robots-Tag", "all"),)}
    site.metas = {SLUGS[0]: (("robots", "noarchive"),)}
    robots = text(site.respond("/robots.txt", {}))
    assert robots.startswith("User-agent: *\nDisallow: /\n")
    assert f"Sitemap: {BASE}/sitemap.xml" in robots
    assert text(site.respond("/.well-known/tdmrep.json", {})) == "[]"
    first, second = (site.respond(f"/{slug}", {}) for slug in SLUGS[:2])
    assert [dict(reply.headers)["X-Robots-Tag"] for reply in (first, second)] == ["noai", "all"]
    assert ["noarchive" in text(reply) for reply in (first, second)] == [True, False]


def test_a_page_that_has_not_changed_is_not_sent_again() -> None:
    """By its tag, which another language or version has not."""
    site = site_of(articles=1)
    path = f"/fr/{SLUGS[0]}"
    whole = site.respond(path, {})
    named = dict(whole.headers)
    assert site.respond(path, {"if-none-match": named["ETag"]}).status == 304
    assert site.respond(f"/{SLUGS[0]}", {"if-none-match": named["ETag"]}).status == 200
    site.retranslate(SLUGS[0], "fr")
    again = site.respond(path, {"if-none-match": named["ETag"]})
    assert again.status == 200
    assert dict(again.headers)["Last-Modified"] != named["Last-Modified"]
    assert again.body != whole.body
    site.retranslate(SLUGS[0], "fr")
    assert site.respond(path, {}).body != again.body
    assert "<lastmod>2025-10-23T06:00:00.339Z</lastmod>" in text(
        site.respond("/sitemap/sitemap-post/2025-10-23.xml", {})
    )


def test_a_deleted_article_is_gone_and_still_listed() -> None:
    """Where nothing else is said; a version that was made anew is the first one."""
    site = site_of(articles=1)
    site.retranslate(SLUGS[0], "fr")
    assert site.posts[SLUGS[0]].versions == {"fr": 1}
    assert content(0, "fr", 1)[2][-1] in text(site.respond(article_path(SLUGS[0], "fr"), {}))
    site.delete(SLUGS[0])
    assert site.respond(f"/{SLUGS[0]}", {}).status == 410
    assert "<lastmod>2025-10-23T06:00:00.339Z</lastmod>" in text(site.respond("/news-sitemap.xml", {}))
    assert (article_path("a", "vi"), article_path("a", "fr")) == ("/a", "/fr/a")


@pytest.mark.parametrize(("status", "listed"), [(410, True), (404, False), (200, True)])
def test_an_article_can_be_deleted(status: int, listed: bool) -> None:
    """Its entry changes, or goes too; where the status is one of success, the page says it."""
    site = site_of(articles=2)
    site.delete(SLUGS[0], status=status, listed=listed)
    gone, missing = site.respond(f"/{SLUGS[0]}", {}), site.respond("/khong-co", {})
    assert (gone.status, gone.body) == (status, missing.body)
    for path in ("/sitemap/sitemap-post/2025-10-23.xml", "/news-sitemap.xml"):
        assert (f"{BASE}/{SLUGS[0]}" in locations(site.respond(path, {}))) is listed


def test_packed_pages_are_the_same_pages() -> None:
    """For clients that take gzip; scripts at the end make a page as long as is asked for."""
    site, long = site_of(articles=1), site_of(articles=1, padding=1400)
    for path in (f"/{SLUGS[0]}", "/khong-co", "/"):
        packed = site.respond(path, {"accept-encoding": "gzip, br"})
        assert dict(packed.headers)["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.body) == site.respond(path, {}).body
    more = len(long.respond(f"/{SLUGS[0]}", {}).body) - len(site.respond(f"/{SLUGS[0]}", {}).body)
    assert 1400 <= more <= 1440


def test_alternates_can_be_left_out() -> None:
    """Else each page names all languages."""
    site = site_of(articles=1)
    assert all(f'{BASE}{article_path(SLUGS[0], code)}"' in text(site.respond(f"/{SLUGS[0]}", {})) for code in LANGUAGES)
    assert "hreflang" not in text(site_of(articles=1, alternates=False).respond(f"/{SLUGS[0]}", {}))


@pytest.mark.parametrize("number", [0, len(STORIES["vi"]) - 1, len(STORIES["vi"]), 50])
def test_paragraphs_of_all_languages_translate_each_other(number: int) -> None:
    """One by one; none stands twice; a translation that was made anew ends otherwise."""
    found = {code: content(number, code) for code in LANGUAGES}
    assert len({len(paragraphs) for *_, paragraphs in found.values()}) == 1
    for code, (title, lead, paragraphs) in found.items():
        assert title
        assert lead
        assert len(set(paragraphs)) == len(paragraphs)
        again = content(number, code, 1)
        assert (again[0], again[1], again[2][:-1]) == (title, lead, paragraphs)
        assert content(number, code, 2)[2] != again[2]
        assert (f"({number})" in title) is (number >= len(STORIES["vi"]))


@pytest.mark.parametrize(
    ("number", "told"), [(0, "06:00"), (1, "07:01"), (11, "17:11"), (12, "06:12"), (59, "17:59"), (60, "06:00")]
)
def test_articles_come_out_by_day(number: int, told: str) -> None:
    """From six to six in Vietnam, so that an article's day is the same there and in UTC but for the first hour."""
    site = site_of(articles=61, per_day=100, languages=("vi",), last_day=date(2025, 10, 23))
    (slug,) = (slug for slug, post in site.posts.items() if post.number == number)
    assert f'"2025-10-23T{told}:00+07:00"' in text(site.respond(f"/{slug}", {}))


# ---- what goes wrong


def faulty(kind: Any, path: str = f"/{SLUGS[0]}", **more: Any) -> Reply:
    """The answer with a fault."""
    site = site_of(articles=1)
    site.faults = [Fault(kind=kind, **more)]
    return site.respond(path, {"accept-encoding": "gzip"})


def test_faults_are_what_they_are_called() -> None:
    """Each as a site might have it."""
    whole = site_of(articles=1).respond(f"/{SLUGS[0]}", {}).body
    refused = faulty("status", status=503, retry_after="7")
    assert (refused.status, dict(refused.headers)["Retry-After"]) == (503, "7")
    assert "Retry-After" not in dict(faulty("status", status=403).headers)
    assert "Just a moment" in text(faulty("challenge"))
    assert (faulty("empty").status, faulty("empty").body) == (200, b"")
    assert dict(faulty("empty", "/sitemap.xml").headers)["Content-Type"] == "application/xml"
    assert (faulty("soft_404").status, faulty("soft_404").body) == (200, site_of().respond("/khong-co", {}).body)
    assert dict(faulty("redirect", to="/x").headers) == {"Location": "/x"}
    assert dict(faulty("redirect_loop").headers) == {"Location": f"{BASE}/{SLUGS[0]}?loop=1"}
    assert dict(faulty("redirect_loop", f"/{SLUGS[0]}?loop=4").headers)["Location"].endswith("?loop=5")
    assert faulty("truncated").body == whole[: len(whole) // 2]
    assert (faulty("relabelled", status=404).status, faulty("relabelled", status=404).body) == (404, whole)
    assert dict(faulty("wrong_charset").headers)["Content-Type"] == "text/html; charset=ISO-8859-1"
    kinds = ("challenge", "empty", "soft_404", "billion_laughs", "external_entity", "gzip_bomb", "truncated")
    assert {faulty(kind).status for kind in (*kinds, "wrong_charset")} == {200}
    assert {faulty(kind).status for kind in ("redirect", "redirect_loop")} == {302}
    assert b"<!ENTITY l9" in faulty("billion_laughs", "/sitemap.xml").body
    assert b"file:///etc/hostname" in faulty("external_entity", "/sitemap.xml").body


def test_a_small_answer_can_become_a_large_one() -> None:
    """2 GB of nothing in 2 MB."""
    bomb = faulty("gzip_bomb")
    assert dict(bomb.headers)["Content-Encoding"] == "gzip"
    assert len(bomb.body) < 3_000_000
    first = zlib.decompressobj(31)
    assert len(first.decompress(bomb.body)) == 16 * 2**20
    assert len(bomb.body) == 128 * (len(bomb.body) - len(first.unused_data))


@pytest.mark.parametrize(
    ("fault", "paths", "struck"),
    [
        (Fault(kind="empty"), ["/a", "/a?x=1", "/b"], [True, True, True]),
        (Fault(kind="empty", where="/a"), ["/a", "/a?x=1", "/ab", "/b"], [True, True, False, False]),
        (Fault(kind="empty", where="/.*", times=1), ["/a", "/a", "/b"], [True, False, True]),
        (Fault(kind="empty", times=2), ["/a", "/a", "/a"], [True, True, False]),
    ],
)
def test_a_fault_strikes_where_and_as_often_as_it_says(fault: Fault, paths: list[str], struck: list[bool]) -> None:
    """Each address for itself; its query does not count for where."""
    assert [fault.strikes(path) for path in paths] == struck
