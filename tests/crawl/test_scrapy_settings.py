"""Settings of Scrapy that change what a crawl asks for: cookies, the HTTP cache, a bound on pages."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from projects import OURS, SOON, assert_told, crawl_arguments, manifest_of, scrapy, write_files
from raw_site import PATHS, Answer, RawSite, answer, article
from warcio.archiveiterator import ArchiveIterator

from pipelines.storage import open_store
from scraper.replica import ReplicaServer, ReplicaSite


class Cookies:
    """A site that gives a cookie with its first page; `sent` has what came back, page by page."""

    def __init__(self) -> None:
        self.sent: list[str | None] = []

    def page(self, path: str) -> Answer:
        """The answer to one path."""

        def given(base_url: str, headers: Mapping[str, str]) -> bytes:
            self.sent.append(headers.get("cookie"))
            return answer(article(path), "Set-Cookie: visitor=moi; Path=/")

        return given

    def page_and_pause(self, path: str) -> Answer:
        """The same, slowly, for the page that is asked for first; all others are to wait for 300 seconds."""

        def given(base_url: str, headers: Mapping[str, str]) -> bytes:
            self.sent.append(headers.get("cookie"))
            if len(self.sent) > 1:
                return answer(b"", "Retry-After: 300", status="429 Too Many Requests")
            time.sleep(1.5)
            return answer(article(path))

        return given


def test_cookies_are_kept_where_they_are_switched_on(tmp_path: Path) -> None:
    """With COOKIES_ENABLED the site knows us again."""
    folder, cookies = write_files(tmp_path, OURS), Cookies()
    with RawSite({path: cookies.page(path) for path in PATHS}) as site:
        switches = ("-s", "COOKIES_ENABLED=True", "-s", "CONCURRENT_REQUESTS=1")
        ended = scrapy(folder, *crawl_arguments(site.base_url), "-a", "lang=vi", *switches)
    assert ended.code == 0, ended.stderr
    assert cookies.sent == [None, *["visitor=moi"] * (len(PATHS) - 1)]


def test_a_bound_on_pages_ends_a_paused_crawl(tmp_path: Path) -> None:
    """CLOSESPIDER_PAGECOUNT is reached while the host is paused: the run ends at once, incomplete.

    A pause holds what stands in the downloader's queue, too.
    """
    folder, cookies = write_files(tmp_path, OURS), Cookies()
    with RawSite({path: cookies.page_and_pause(path) for path in PATHS}) as site:
        # robots.txt, two sitemaps, tdmrep.json and one page; a delay, so that requests stand in the downloader's queue
        bound = ("-s", "CLOSESPIDER_PAGECOUNT=5", "-s", "DOWNLOAD_DELAY=0.3")
        ended = scrapy(folder, *crawl_arguments(site.base_url), "-a", "lang=vi", *bound)
        asked = min(moment for path, moment in site.moments if path in PATHS)
    assert time.monotonic() - asked < 1.5 + SOON
    assert_told(ended, folder, "crawl.db", "incomplete")
    manifest = manifest_of(folder, "crawl.db")
    assert "stopped early by Scrapy (closespider_pagecount)" in " ".join(manifest["reasons"])
    assert (manifest["totals"]["stored"], manifest["totals"]["left"]) == (1, len(PATHS) - 1)
    assert cookies.sent == [None, None]  # a page and a refusal; no cookie where nobody has asked for it


def test_what_comes_from_the_cache_is_not_archived_anew(tmp_path: Path) -> None:
    """HTTPCACHE_ENABLED: a second crawl stores all articles, asks the site for nothing and archives nothing."""
    folder = write_files(tmp_path, OURS)
    cache = ("-s", "HTTPCACHE_ENABLED=True", "-s", f"HTTPCACHE_DIR={folder / 'cache'}", "-a", "archive=warc")
    site = ReplicaSite(articles=4, per_day=4, languages=("vi", "en"), last_day=date(2025, 10, 23))
    with ReplicaServer(site) as server:
        texts = {}
        for store in ("first.db", "second.db"):
            server.fetches.clear()
            ended = scrapy(folder, *crawl_arguments(server.base_url, store), *cache)
            assert ended.code == 0, ended.stderr
            with open_store(f"sqlite:///{folder / store}", read_only=True) as opened:
                texts[store] = {one.article.url: (one.article.text, one.warc is None) for one in opened.articles()}
    assert not server.fetches
    assert archived(folder / "warc") == sorted(texts["first.db"])
    assert texts["second.db"] == {url: (text, True) for url, (text, _) in texts["first.db"].items()}
    assert len(texts["second.db"]) == 8
    assert not any(missing for _, missing in texts["first.db"].values())


def archived(folder: Path) -> list[str]:
    """The addresses of all responses of an archive."""
    found = []
    for path in folder.glob("*.warc.gz"):
        with path.open("rb") as file:
            found += [r.rec_headers["WARC-Target-URI"] for r in ArchiveIterator(file) if r.rec_type == "response"]
    return sorted(found)
