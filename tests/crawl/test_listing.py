"""What the site lists, read through to its parts: whole, or said not to be."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date

import pytest

from pipelines.outcomes import Verdict
from pipelines.web.robots import Robots, parse_robots
from scraper.options import crawl_options
from scraper.reconciliation import SourceDocument
from scraper.sources.base import Allowed, Found, ListedArticles, NoDays, SourceContext, WantedDocument
from scraper.sources.site import (
    MAX_DEPTH,
    MAX_PARTS,
    DaySource,
    NewsSource,
    RobotsSource,
    SitemapIndexSource,
    read_sitemap,
)
from scraper.visits import Answer

BASE = "https://www.vietnam.vn"
DAY = f"{BASE}/day.xml"
TODAY = date(2025, 10, 23)


def index(*parts: str) -> str:
    """An index of these paths."""
    return "<sitemapindex>" + "".join(f"<sitemap><loc>{part}</loc></sitemap>" for part in parts) + "</sitemapindex>"


def urlset(*slugs: str, lastmod: str = "") -> str:
    """A sitemap of these slugs."""
    dated = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    return "<urlset>" + "".join(f"<url><loc>/{slug}</loc>{dated}</url>" for slug in slugs) + "</urlset>"


def site(since: str = "2025-10-22", until: str = "2025-10-23") -> SourceContext:
    """A crawl of these days."""
    settings = {"VIETNAMVN_BASE_URL": BASE, "VIETNAMVN_STORE": "store.db", "VIETNAMVN_ARCHIVE": ""}
    options = crawl_options({"since": since, "until": until}, settings, today=TODAY)
    return SourceContext(options=options, today=TODAY, user_agent="vietnamvn", max_delay=600)


def answer(url: str, body: str | None, outcome: str | None = None) -> Answer:
    """What came of a document; None for one that is not there."""
    outcome = outcome or ("not_found" if body is None else "ok")
    return Answer(url=url, verdict=Verdict(outcome=outcome, detail=outcome), fetched_at="", body=(body or "").encode())


class Reading:
    """Follows what sources want, in the order of the crawl, and keeps what they found."""

    def __init__(self, files: dict[str, str]) -> None:
        self.files = files
        self.asked: list[str] = []
        self.found: list[Found] = []

    def follow(self, founds: Iterator[Found]) -> Reading:
        """Take everything, documents first come first served, deeper ones first."""
        waiting: list[tuple[int, int, WantedDocument]] = []
        self._take(founds, waiting)
        while waiting:
            waiting.sort(key=lambda each: each[:2])
            wanted = waiting.pop(0)[2]
            path = wanted.url.removeprefix(BASE)
            self.asked.append(path)
            self._take(iter(wanted.source.read(wanted, answer(wanted.url, self.files.get(path)))), waiting)
        return self

    def _take(self, founds: Iterator[Found], waiting: list[tuple[int, int, WantedDocument]]) -> None:
        for found in founds:
            if isinstance(found, WantedDocument):
                waiting.append((-found.priority, len(self.asked) * 1000 + len(waiting), found))
            else:
                self.found.append(found)

    @property
    def documents(self) -> list[SourceDocument]:
        """The account of the documents."""
        return [found for found in self.found if isinstance(found, SourceDocument)]

    @property
    def listings(self) -> list[ListedArticles]:
        """What was listed."""
        return [found for found in self.found if isinstance(found, ListedArticles)]


def through(files: dict[str, str]) -> tuple[Reading, ListedArticles]:
    """The day read through."""
    reading = Reading(files).follow(DaySource(site(), day=TODAY, urls=(DAY, DAY)).start())
    [listing] = reading.listings
    return reading, listing


def slugs(listing: ListedArticles) -> list[str]:
    """What was listed."""
    return [entry.url.removeprefix(f"{BASE}/") for entry in listing.entries]


def test_a_day_in_parts_is_read_through() -> None:
    """Parts, and the parts of a part, are read each once, and listed as one day."""
    files = {
        "/day.xml": index("/1.xml", "/2.xml", "/1.xml"),
        "/1.xml": urlset("a"),
        "/2.xml": index("/3.xml", "/1.xml"),
        "/3.xml": urlset("b", "c"),
    }
    reading, listing = through(files)
    assert (sorted(slugs(listing)), listing.is_whole, listing.day) == (["a", "b", "c"], True, TODAY)
    assert sorted(reading.asked) == ["/1.xml", "/2.xml", "/3.xml", "/day.xml"]
    assert {document.outcome for document in reading.documents} == {"ok"}


@pytest.mark.parametrize(
    ("files", "found", "outcome"),
    [
        ({"/day.xml": index("/day.xml")}, [], "parse_failed"),
        (
            {"/day.xml": index("/1.xml"), "/1.xml": index("/day.xml", "/2.xml"), "/2.xml": urlset("a")},
            ["a"],
            "parse_failed",
        ),
        ({"/day.xml": index("/1.xml", "/2.xml"), "/1.xml": urlset("a")}, ["a"], "not_found"),
        ({"/day.xml": index("/1.xml", "/2.xml"), "/1.xml": "", "/2.xml": urlset("a")}, ["a"], "parse_failed"),
        ({"/day.xml": index("/1.xml", "/2.xml"), "/1.xml": urlset(), "/2.xml": urlset("a")}, ["a"], "empty"),
        ({"/day.xml": index("/1.xml", "http://[x"), "/1.xml": urlset("a")}, ["a"], "parse_failed"),
        ({"/day.xml": index()}, [], "empty"),
    ],
)  # fmt: skip
def test_a_day_that_is_not_whole_is_said_not_to_be(files: dict[str, str], found: list[str], outcome: str) -> None:
    """An index of itself, a missing, broken or empty part, no address: the others are read all the same."""
    reading, listing = through(files)
    assert (slugs(listing), listing.is_whole) == (found, False)
    assert outcome in {document.outcome for document in reading.documents}


def test_depth_and_number_are_bounded() -> None:
    """Indexes inside each other end at the greatest depth, and no day has more parts than the bound."""
    chain = {f"/{n}.xml": index(f"/{n + 1}.xml") for n in range(50)}
    deep, listing = through({"/day.xml": index("/0.xml"), **chain})
    assert not listing.is_whole
    assert len(deep.asked) == MAX_DEPTH + 1
    many = [f"/{n}.xml" for n in range(MAX_PARTS + 50)]
    wide, listing = through({"/day.xml": index(*many), **{path: urlset(path[1:-4]) for path in many}})
    assert not listing.is_whole
    assert len(wide.asked) == MAX_PARTS
    assert "51 are left" in " ".join(document.detail for document in wide.documents)


def test_what_came_of_a_cut_answer_is_read() -> None:
    """A sitemap whose coding is cut off gives its whole entries, and is a failure."""
    body = urlset("a", "b")[:-20].encode()
    verdict = Verdict(outcome="parse_failed", detail="the body, gzip, is cut off")
    sitemap, outcome, detail = read_sitemap(Answer(url=DAY, verdict=verdict, fetched_at="", body=body))
    assert [entry.url for entry in sitemap.entries] == [f"{BASE}/a"]
    assert sitemap.problem is not None
    assert (outcome, detail) == ("parse_failed", "the body, gzip, is cut off")


def test_days_of_several_indexes_are_chosen_together() -> None:
    """Newest first, a day of two indexes once; a missing index is said; the news sitemap is asked for today's sake."""
    files = {
        "/a.xml": index("/sitemap/2025-10-22.xml", "/sitemap/2025-10-23.xml", "/news-sitemap.xml"),
        "/b.xml": index("/sitemap/2025-10-23.xml", "/sitemap/2025-10-21.xml"),
        "/sitemap/2025-10-22.xml": urlset("older"),
        "/sitemap/2025-10-23.xml": urlset("newer"),
        "/news-sitemap.xml": urlset("newest", lastmod="2025-10-23T08:00:00+07:00"),
    }
    rules = parse_robots(b"".join(f"Sitemap: /{name}.xml\n".encode() for name in "abc"), f"{BASE}/robots.txt")
    reading = Reading(files).follow(iter(SitemapIndexSource(site()).start(rules)))
    assert [(listing.day and listing.day.day, slugs(listing)) for listing in reading.listings] == [
        (23, ["newer"]),
        (22, ["older"]),
        (None, ["newest"]),
    ]
    assert [document.outcome for document in reading.documents].count("not_found") == 1


def test_an_index_without_the_days_says_so() -> None:
    """No day of the window is not success; its newest day is named."""
    rules = parse_robots(b"", f"{BASE}/robots.txt")
    files = {"/sitemap.xml": index("/sitemap/2025-10-22.xml")}
    reading = Reading(files).follow(iter(SitemapIndexSource(site("2024-01-01", "2024-01-02")).start(rules)))
    [missing] = [found for found in reading.found if isinstance(found, NoDays)]
    assert "lists no day from 2024-01-01 to 2024-01-02; its newest is 2025-10-22" in missing.detail


def test_news_of_other_days_and_without_a_day_are_left() -> None:
    """The news sitemap adds what is new of the days that are wanted, and nothing else."""
    files = {
        "/news.xml": urlset("a", lastmod="2025-10-21")[:-9] + urlset("b", lastmod="2025-10-22")[8:-9] + urlset("c")[8:]
    }
    news = NewsSource(site())
    wanted = WantedDocument(source=news, name="news sitemap", url=f"{BASE}/news.xml")
    [listing] = [
        each for each in news.read(wanted, answer(wanted.url, files["/news.xml"])) if isinstance(each, ListedArticles)
    ]
    assert slugs(listing) == ["b"]


@pytest.mark.parametrize(
    ("robots", "outcomes", "goes_on", "said"),
    [
        ("User-agent: *\nCrawl-delay: 30\n", ["ok"], True, "120 requests an hour"),
        ("User-agent: *\nCrawl-delay: 100000\n", ["robots"], False, ""),
        ("".join(f"Sitemap: /{n}.xml\n" for n in range(3000)), ["ok", "too_large"], True, "only the first 500"),
        ("Sitemap: http://[x\n", ["ok"], True, "no address"),
        ("User-agent: *\nDisallow:\n", ["ok"], True, ""),
    ],
)
def test_robots_is_kept_refused_or_bounded_and_said(
    robots: str, outcomes: list[str], goes_on: bool, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A delay is kept and said, or ends the run with its reason; a bound that is reached makes the run incomplete."""
    with caplog.at_level(logging.WARNING, logger="articles"):
        reading = Reading({"/robots.txt": robots}).follow(iter(RobotsSource(site()).start()))
    lines = [record.getMessage() for record in caplog.records]
    assert any(isinstance(found, Allowed) for found in reading.found) == goes_on
    assert [document.outcome for document in reading.documents] == outcomes
    assert len(lines) == bool(said)
    assert said in " ".join(lines)
    assert goes_on or "Crawl-delay" in reading.documents[0].detail


def test_sitemaps_of_other_hosts_are_said_and_not_read(caplog: pytest.LogCaptureFixture) -> None:
    """Where robots.txt names none that may be asked, the usual address is."""
    rules: Robots = parse_robots(b"Sitemap: https://example.org/a.xml\n", f"{BASE}/robots.txt")
    with caplog.at_level(logging.WARNING, logger="articles"):
        [wanted] = SitemapIndexSource(site()).start(rules)
    assert isinstance(wanted, WantedDocument)
    assert wanted.url == f"{BASE}/sitemap.xml"
    assert "example.org" in caplog.records[-1].getMessage()
