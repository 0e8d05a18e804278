"""A source of another site, as a user writes it: a class and a setting; and addresses that are given by hand."""

from __future__ import annotations

import json
import textwrap
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from projects import OURS, QUICK, crawl_arguments, manifest_of, scrapy, write_files
from raw_site import PATHS, Answer, RawSite, answer

from pipelines.errors import UsageError
from pipelines.storage import open_store
from pipelines.times import VIETNAM
from scraper.sources import base
from scraper.sources.given import addresses_in_file, given_addresses

RSS_SOURCE = '''
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

from scraper.sources.base import ListedArticles, Source, WantedDocument
from scraper.sources.sitemaps import SitemapEntry


class RssSource(Source):
    """The feeds of a magazine: the newest one names its archive."""

    def start(self, robots):
        yield WantedDocument(source=self, name="feed", url=f"{self.site.base_url}/feed.rss")

    def read(self, wanted, answer):
        yield self.told(wanted, answer)
        if answer.verdict.outcome != "ok":
            return
        channel = ElementTree.fromstring(answer.body).find("channel")
        for link in channel.findall("archive"):
            yield WantedDocument(source=self, name="archived feed", url=link.text, above=(*wanted.above, wanted.url))
        yield ListedArticles(entries=tuple(self.entry(item) for item in channel.findall("item")))

    def entry(self, item):
        published = parsedate_to_datetime(item.findtext("pubDate"))
        return SitemapEntry(url=item.findtext("link"), lastmod=published.isoformat())
'''


def feed(base_url: str, items: dict[str, int], *, archives: tuple[str, ...] = ()) -> bytes:
    """A feed of items by path, each with the day of October on which it was published."""
    links = "".join(f"<archive>{base_url}{path}</archive>" for path in archives)
    rows = "".join(
        f"<item><link>{base_url}{path}</link><pubDate>{format_datetime(datetime(2025, 10, day, 7, tzinfo=VIETNAM))}"
        "</pubDate></item>"
        for path, day in items.items()
    )
    return answer(f"<rss><channel>{links}{rows}</channel></rss>".encode())


def test_a_source_of_another_site_needs_no_other_change(tmp_path: Path) -> None:
    """Entries of two feeds are found and stored, those outside the window are not; the account names each feed."""
    folder = write_files(tmp_path, {**OURS, "magazine.py": RSS_SOURCE})
    one, two, old, three, *_ = PATHS
    archives = ("/archive.rss", "/lost.rss")
    odd: dict[str, Answer] = {
        "/feed.rss": lambda base, headers: feed(base, {one: 23, two: 22, old: 3}, archives=archives),
        "/archive.rss": lambda base, headers: feed(base, {two: 22, three: 21}),
        "/lost.rss": answer(b"", status="404 Not Found"),
    }
    with RawSite(odd) as site:
        source = ("-s", "VIETNAMVN_SOURCES=magazine.RssSource", "-a", "lang=vi", "-a", "since=2025-10-20")
        ended = scrapy(folder, *crawl_arguments(site.base_url), *source)
    manifest = manifest_of(folder, "crawl.db")
    told = [(d["name"], d["url"].rpartition("/")[2], d["outcome"]) for d in manifest["documents"]]
    assert sorted(told) == [
        ("archived feed", "archive.rss", "ok"),
        ("archived feed", "lost.rss", "not_found"),
        ("feed", "feed.rss", "ok"),
        ("robots.txt", "robots.txt", "ok"),
    ]
    assert (ended.code, manifest["totals"]["stored"]) == (3, 3), ended.stderr  # one feed could not be had
    with open_store(f"sqlite:///{folder / 'crawl.db'}", read_only=True) as store:
        stored = {one.article.url: one.article.paragraphs[0] for one in store.articles()}
        days = {row.slug: day for day in ("2025-10-21", "2025-10-22", "2025-10-23") for row in store.ledger(day)}
    assert {url.removeprefix(site.base_url) for url in stored} == {one, two, three}
    assert all("mở cửa từ sáng sớm" in text for text in stored.values())
    assert days == {one[1:]: "2025-10-23", two[1:]: "2025-10-22", three[1:]: "2025-10-21"}
    assert not {old, "/sitemap.xml"} & set(site.asked)


def test_the_example_in_the_docstring_runs(tmp_path: Path) -> None:
    """A source as `scraper.sources.base` shows it finds what a feed names."""
    example = textwrap.dedent((base.__doc__ or "").partition("::\n\n")[2].partition("\n\nAn address without")[0])
    folder = write_files(tmp_path, {**OURS, "magazine.py": example})
    with RawSite({"/rss": lambda base_url, headers: feed(base_url, {PATHS[0]: 23, PATHS[1]: 22})}) as site:
        source = ("-s", "VIETNAMVN_SOURCES=magazine.RssSource", "-a", "lang=vi", "-a", "since=2025-10-20")
        ended = scrapy(folder, *crawl_arguments(site.base_url), *source)
    manifest = manifest_of(folder, "crawl.db")
    assert [document["name"] for document in manifest["documents"]] == ["robots.txt", "rss"], ended.stderr
    assert (ended.code, manifest["totals"]["stored"]) == (0, 2), ended.stderr


def test_a_source_that_fails_ends_the_run(tmp_path: Path) -> None:
    """What a source raises is told in one line, and the run has failed."""
    folder = write_files(tmp_path, {**OURS, "magazine.py": RSS_SOURCE})
    with RawSite({"/feed.rss": answer(b"<rss><channel>")}) as site:
        ended = scrapy(folder, *crawl_arguments(site.base_url), "-s", "VIETNAMVN_SOURCES=magazine.RssSource")
    assert (ended.code, manifest_of(folder, "crawl.db")["result"]) == (1, "failed"), ended.stderr
    assert "no element found" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert set(site.asked) == {"/robots.txt", "/feed.rss"}


def test_given_addresses_by_scrapy_itself(tmp_path: Path) -> None:
    """``scrapy crawl urls`` reads them from a file: a record each, in the order asked, and nothing is stored."""
    odd: dict[str, Answer] = {"/khong-con": answer(b"", status="410 Gone")}
    with RawSite(odd) as site:
        asked = [f"{site.base_url}{path}" for path in (PATHS[2], "/khong-con", PATHS[0])] + [
            "https://elsewhere.example/a"
        ]
        folder = write_files(tmp_path, {**OURS, "addresses.txt": "\n".join([*asked, "", asked[0]])})
        given = ("-a", "urls=addresses.txt", "-a", f"base_url={site.base_url}", "-o", "records.jsonl")
        ended = scrapy(folder, "crawl", "urls", *given, *QUICK)
    records = [json.loads(line) for line in (folder / "records.jsonl").read_text(encoding="utf-8").splitlines()]
    assert ended.code == 0, ended.stderr
    assert [record["url"] for record in records] == asked
    assert [record.get("outcome") for record in records] == ["ok", "gone", "ok", "offsite"]
    assert not list(folder.glob("*.db"))


addresses = st.lists(st.sampled_from([f"https://www.example.org/{name}" for name in ("một", "two", "三", "d?a=1&b=2")]))


@given(addresses)
def test_addresses_are_the_same_however_they_are_given(
    tmp_path_factory: pytest.TempPathFactory, urls: list[str]
) -> None:
    """A list, texts with commas, a file with any ends of lines: each address once, in the order given."""
    once = list(dict.fromkeys(urls))
    assert given_addresses(urls) == given_addresses(tuple(urls)) == once
    path = tmp_path_factory.mktemp("given") / "addresses.txt"
    for end in ("\n", "\r\n", " \n\n"):
        path.write_bytes(("\ufeff" + "".join(url + end for url in urls)).encode())
        assert addresses_in_file(path) == given_addresses(str(path)) == once
    if urls:
        assert given_addresses(" , ".join(urls)) == once


@pytest.mark.parametrize("given", ["", None, "missing.txt"])
def test_no_addresses_are_said(given: object) -> None:
    """Nothing given, and a file that is not there, are wrong calls with a line that says so."""
    with pytest.raises(UsageError, match="addresses"):
        given_addresses(given)


def test_a_file_that_is_no_text_is_said(tmp_path: Path) -> None:
    """So is one in another encoding."""
    path = tmp_path / "latin.txt"
    path.write_bytes("https://www.example.org/café".encode("latin-1"))
    with pytest.raises(UsageError, match="write it in UTF-8"):
        given_addresses(str(path))
