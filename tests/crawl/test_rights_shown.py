"""What the site says of a page's use, as `doctor`, `scrape`, `store show` and a re-extraction show it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from pipelines.storage import open_store
from scraper.replica.content import ReplicaSite
from scraper.replica.server import ReplicaServer

DAY = "2025-10-23"


def command(*words: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "scraper.cli", *words], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def reserving() -> ReplicaSite:
    """A site of one article that reserves some uses of it, in three ways."""
    site = ReplicaSite(articles=1, languages=("vi",), robots="User-agent: *\nContent-Usage: search=y\n")
    site.tdmrep = '[{"location": "/*", "tdm-reservation": 1}]'
    site.headers[""] = (("X-Robots-Tag", "noai"),)
    site.metas[""] = (("robots", "noarchive"),)
    return site


def test_doctor_and_scrape(tmp_path: Path) -> None:
    """A line of the doctor's; the record of a scraped page; a page that is left out where rights are respected."""
    site = reserving()
    with ReplicaServer(site) as server:
        told = command("doctor", "--base-url", server.base_url, "--delay", "0").stdout
        page = f"{server.base_url}/{next(iter(site.posts))}"
        words = ("scrape", page, "--base-url", server.base_url, "--delay", "0", "--format", "jsonl")
        record = json.loads(command(*words).stdout)
        refused = command(*words, "--rights", "respect")
        other = command(*words, "--rights", "respect:images")
    line = next(line for line in told.splitlines() if "rights" in line)
    for part in (
        "train-ai disallowed",
        "tdm disallowed",
        "archive disallowed",
        "search allowed",
        "meta robots: noarchive",
    ):
        assert part in line
    assert [(one["source"], one["usages"]) for one in record["rights"]] == [
        ("robots.txt", "fetch=allowed"),
        ("robots.txt content-usage", "search=allowed"),
        ("tdmrep.json", "tdm=disallowed"),
        ("header x-robots-tag", "train-ai=disallowed"),
        ("meta robots", "archive=disallowed"),
    ]
    assert (refused.returncode, json.loads(refused.stdout)["outcome"]) == (3, "reserved")
    assert "the site reserves tdm" in refused.stderr
    assert other.returncode == 0


def test_the_archive_and_the_store_show_them(tmp_path: Path) -> None:
    """`store show` has a line; the archive's files give the page's own signals, and a re-extraction loses none."""
    store, folder = str(tmp_path / "store.db"), str(tmp_path / "warc")
    site = reserving()
    with ReplicaServer(site) as server:
        words = ("--base-url", server.base_url, "--since", DAY, "--until", DAY, "--lang", "vi", "--delay", "0")
        assert command("crawl", *words, "--store", store, "--archive", folder).returncode == 0
    shown = command("store", "show", next(iter(site.posts)), "--store", store).stdout
    assert (
        "    rights: fetch allowed, train-ai disallowed, search allowed, tdm disallowed, archive disallowed (" in shown
    )
    with open_store(store, read_only=True) as opened:
        (crawled,) = [stored.article.rights for stored in opened.articles()]
    assert command("reextract", "--archive", folder, "--store", store).returncode == 0
    other = str(tmp_path / "other.db")
    assert command("reextract", "--archive", folder, "--store", other).returncode == 0
    with open_store(store, read_only=True) as one, open_store(other, read_only=True) as another:
        assert [stored.article.rights for stored in one.articles()] == [crawled]
        assert [stored.article.rights for stored in another.articles()] == [crawled.page]
    assert command("store", "check", "--store", store).returncode == 0
