"""What the site lists, read through to its parts: whole, or said not to be."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pipelines.outcomes import Verdict
from scraper.fetching import Fetched
from scraper.listing import MAX_DEPTH, MAX_PARTS, Listing, SiteDocuments, read_sitemap
from scraper.reconciliation import Document
from scraper.sources.robots import Robots

SITE = "https://www.vietnam.vn"
DAY = f"{SITE}/day.xml"


def index(*parts: str) -> str:
    """An index of these paths."""
    return "<sitemapindex>" + "".join(f"<sitemap><loc>{part}</loc></sitemap>" for part in parts) + "</sitemapindex>"


def urlset(*slugs: str) -> str:
    """A sitemap of these slugs."""
    return "<urlset>" + "".join(f"<url><loc>/{slug}</loc></url>" for slug in slugs) + "</urlset>"


class Site:
    """Stands for the fetcher: answers from `files`, else with 404, and keeps what was asked for."""

    user_agent = "vietnamvn"

    def __init__(self, files: dict[str, str], *, outcomes: dict[str, str] | None = None) -> None:
        self.files, self.outcomes = files, outcomes or {}
        self.asked: list[str] = []
        self.obeyed: list[Robots] = []
        self.hosts = self

    def allows(self, url: str) -> bool:
        """Only the site itself."""
        return url.startswith(SITE)

    def obey(self, url: str, robots: Robots) -> None:
        """Keep the rules."""
        self.obeyed.append(robots)

    async def fetch(self, url: str, *, kind: str) -> Fetched:
        """Answer at once."""
        path = url.removeprefix(SITE)
        self.asked.append(path)
        outcome = self.outcomes.get(path, "ok" if path in self.files else "not_found")
        body = self.files.get(path, "").encode()
        return Fetched(url=url, verdict=Verdict(outcome=outcome, detail=outcome), fetched_at="", body=body, headers={})


def documents(site: Site) -> tuple[SiteDocuments, list[Document], list[str]]:
    """A reader of this site, with what it adds to the account and what it says."""
    account: list[Document] = []
    said: list[str] = []
    fetcher: Any = site
    return SiteDocuments(fetcher, account, max_delay=600, say=said.append), account, said


def through(site: Site) -> tuple[Listing, list[Document]]:
    """The day read through."""
    reader, account, _ = documents(site)
    return asyncio.run(reader.through("day", [DAY])), account


def slugs(listing: Listing) -> list[str]:
    """What was listed."""
    return [entry.url.removeprefix(f"{SITE}/") for entry in listing.entries]


def test_a_day_in_parts_is_read_through() -> None:
    """Parts, and the parts of a part, are read in their order, each once."""
    files = {
        "/day.xml": index("/1.xml", "/2.xml", "/1.xml"),
        "/1.xml": urlset("a"),
        "/2.xml": index("/3.xml", "/1.xml"),
    }
    site = Site({**files, "/3.xml": urlset("b", "c")})
    listing, account = through(site)
    assert (slugs(listing), listing.is_whole) == (["a", "b", "c"], True)
    assert site.asked == ["/day.xml", "/1.xml", "/2.xml", "/3.xml"]
    assert {document.outcome for document in account} == {"ok"}


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
    listing, account = through(Site(files))
    assert (slugs(listing), listing.is_whole) == (found, False)
    assert outcome in {document.outcome for document in account}


def test_depth_and_number_are_bounded() -> None:
    """Indexes inside each other end at the greatest depth, and no day has more parts than the bound."""
    chain = {f"/{n}.xml": index(f"/{n + 1}.xml") for n in range(50)}
    deep = Site({"/day.xml": index("/0.xml"), **chain})
    assert not through(deep)[0].is_whole
    assert len(deep.asked) == MAX_DEPTH + 1
    many = [f"/{n}.xml" for n in range(MAX_PARTS + 50)]
    wide = Site({"/day.xml": index(*many), **{path: urlset(path[1:-4]) for path in many}})
    listing, account = through(wide)
    assert not listing.is_whole
    assert len(wide.asked) == MAX_PARTS
    assert "51 are left" in account[-1].detail


def test_what_came_of_a_cut_answer_is_read() -> None:
    """A sitemap whose coding is cut off gives its whole entries, and is a failure."""
    body = urlset("a", "b")[:-20].encode()
    verdict = Verdict(outcome="parse_failed", detail="the body, gzip, is cut off")
    sitemap, outcome, detail = read_sitemap(Fetched(url=DAY, verdict=verdict, fetched_at="", body=body, headers={}))
    assert [entry.url for entry in sitemap.entries] == [f"{SITE}/a"]
    assert sitemap.problem is not None
    assert (outcome, detail) == ("parse_failed", "the body, gzip, is cut off")


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
def test_robots_is_obeyed_refused_or_bounded_and_said(
    robots: str, outcomes: list[str], goes_on: bool, said: str
) -> None:
    """A delay is kept and said, or ends the run with its reason; a bound that is reached makes the run incomplete."""
    site = Site({"/robots.txt": robots})
    reader, account, lines = documents(site)
    rules = asyncio.run(reader.robots(SITE))
    assert (rules is not None, bool(site.obeyed)) == (goes_on, goes_on)
    assert [document.outcome for document in account] == outcomes
    assert len(lines) == bool(said)
    assert said in " ".join(lines)
    assert goes_on or "Crawl-delay" in account[0].detail


def test_sitemaps_of_other_hosts_are_said_and_not_read() -> None:
    """Where robots.txt names none that may be asked, the usual address is."""
    site = Site({"/robots.txt": "Sitemap: https://example.org/a.xml\n"})
    reader, _, lines = documents(site)
    rules = asyncio.run(reader.robots(SITE))
    assert rules is not None
    assert reader.indexes(rules, SITE) == [f"{SITE}/sitemap.xml"]
    assert "example.org" in lines[-1]
