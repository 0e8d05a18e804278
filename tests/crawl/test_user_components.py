"""What Scrapy lets people add to a crawl works with ours: pipelines, middlewares, extensions, settings, feeds."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from projects import OURS, Ended, crawl_arguments, manifest_of, scrapy, write_files
from warcio.archiveiterator import ArchiveIterator

from pipelines.storage import LedgerRow, Store, open_store
from scraper.replica import ReplicaServer, ReplicaSite

DAY = date(2025, 10, 23)

COMPONENTS = """
import dataclasses
import json
from pathlib import Path

from scrapy import signals
from scrapy.exceptions import DropItem, IgnoreRequest
from scrapy.http import HtmlResponse

from pipelines.models import Article
from pipelines.storage import open_store
from scraper.signals import address_settled
from scraper.visits import visit_of

CHANGED, DROPPED, DICT, RAISES, SWALLOWED, IGNORED, ANSWERED, *_ = SLUGS
seen = {"decoded": [], "items": [], "durable": [], "settled": {}, "scraped": 0}


def is_original(item_or_request, slug):
    return item_or_request.url.endswith(f"/{slug}") and "/en/" not in item_or_request.url


class Before:
    def process_item(self, item):
        seen["items"].append(type(item).__name__)
        if not isinstance(item, Article):
            return item
        if is_original(item, CHANGED):
            return dataclasses.replace(item, title="Another title")
        if is_original(item, DROPPED):
            raise DropItem("not for this collection")
        if is_original(item, DICT):
            return item.to_dict()
        if is_original(item, RAISES):
            raise ZeroDivisionError("a fault in a pipeline")
        return item


class After:
    def process_item(self, item):
        with open_store("crawl.db", read_only=True) as store:
            stored = store.get(item.slug, item.url_language)
        seen["durable"].append(stored is not None and stored.article.title == item.title)
        return item


class Downloader:
    def process_request(self, request):
        if is_original(request, IGNORED):
            raise IgnoreRequest("not today")
        if is_original(request, ANSWERED):
            return HtmlResponse(request.url, body=PAGE.encode(), headers={"Content-Type": "text/html; charset=utf-8"})

    def process_response(self, request, response):
        if any(request.url.endswith(slug) for slug in SLUGS):
            answer = visit_of(request).answer
            whole = response.css("h1::text").get() is not None and "Content-Encoding" not in response.headers
            seen["decoded"].append([type(response).__name__, whole, answer.verdict.outcome])
        return response


class Swallow:
    async def process_spider_output(self, response, result):
        async for one in result:
            if not is_original(response, SWALLOWED):
                yield one


class Watch:
    def __init__(self, crawler):
        self.crawler = crawler
        crawler.signals.connect(self.settled, signal=address_settled)
        crawler.signals.connect(self.scraped, signal=signals.item_scraped)
        crawler.signals.connect(self.stopped, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler):
        return cls(crawler)

    def settled(self, settled, spider):
        seen["settled"][settled.outcome] = seen["settled"].get(settled.outcome, 0) + 1

    def scraped(self, item, response, spider):
        seen["scraped"] += 1

    def stopped(self):
        stats = {name: value for name, value in self.crawler.stats.get_stats().items() if "vietnamvn/" in name}
        Path("seen.json").write_text(json.dumps({**seen, "stats": stats}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """What a crawl with somebody's components left."""

    ended: Ended
    manifest: dict[str, Any]
    seen: dict[str, Any]
    store: Store
    slugs: list[str]
    fetched: list[str]
    base_url: str
    folder: Path

    def row(self, slug: str, language: str = "vi") -> LedgerRow:
        """The ledger's row of an article."""
        (row,) = [r for r in self.store.ledger(DAY.isoformat()) if (r.slug, r.language) == (slug, language)]
        return row

    def detail(self, slug: str) -> str:
        """What the ledger says of an original."""
        with closing(sqlite3.connect(self.folder / "crawl.db")) as database:
            query = "SELECT detail FROM ledger WHERE slug = ? AND language = 'vi'"
            return str(database.execute(query, [slug]).fetchone()[0])


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """One crawl of nine articles in two languages with components of every kind, and a feed."""
    folder = tmp_path_factory.mktemp("components")
    with ReplicaServer(ReplicaSite(articles=9, per_day=9, languages=("vi", "en"), last_day=DAY)) as server:
        slugs = list(server.site.posts)
        page = server.site.respond(f"/{slugs[6]}", {}).body.decode()
        texts = f"SLUGS = {slugs!r}\nPAGE = {page!r}\n"
        write_files(folder, {**OURS, "mine.py": texts + COMPONENTS})
        ended = scrapy(
            folder,
            *crawl_arguments(server.base_url),
            *("-a", "archive=warc"),
            *("-o", "feed.jsonl"),
            *("-s", 'ITEM_PIPELINES={"mine.Before": 300, "mine.After": 920}'),
            *("-s", 'DOWNLOADER_MIDDLEWARES={"mine.Downloader": 543}'),
            *("-s", 'SPIDER_MIDDLEWARES={"mine.Swallow": 500}'),
            *("-s", 'EXTENSIONS={"mine.Watch": 500}'),
            *(
                "-s",
                "AUTOTHROTTLE_ENABLED=True",
                "-s",
                "AUTOTHROTTLE_START_DELAY=0.02",
                "-s",
                "AUTOTHROTTLE_DEBUG=True",
            ),
            *("-L", "INFO"),
        )
    with open_store(f"sqlite:///{folder / 'crawl.db'}", read_only=True) as store:
        yield Crawled(
            ended=ended,
            manifest=manifest_of(folder, "crawl.db"),
            seen=json.loads((folder / "seen.json").read_text(encoding="utf-8")),
            store=store,
            slugs=slugs,
            fetched=list(server.fetches),
            base_url=server.base_url,
            folder=folder,
        )


def test_a_changed_article_is_the_one_that_is_stored(crawled: Crawled) -> None:
    """Before storage a pipeline may return another article of the same address."""
    stored = crawled.store.get(crawled.slugs[0], "vi")
    assert stored is not None
    assert stored.article.title == "Another title"


def test_what_pipelines_take_away_has_its_outcome(crawled: Crawled) -> None:
    """Dropped, made a dict before storage, an exception: each is settled and said once, its translation read."""
    slugs = crawled.slugs
    assert [crawled.row(slug).outcome for slug in slugs[1:4]] == ["dropped", "dropped", "item_error"]
    assert [crawled.row(slug, "en").outcome for slug in slugs[1:4]] == ["ok"] * 3
    assert crawled.detail(slugs[1]) == "an item pipeline dropped it: not for this collection"
    assert crawled.detail(slugs[2]).startswith(
        "an item pipeline dropped it: StoragePipeline takes Article and Rejected"
    )
    assert crawled.detail(slugs[3]) == "an item pipeline failed: ZeroDivisionError: a fault in a pipeline"
    dropped = [line.partition("Dropped: ")[2] for line in crawled.ended.stderr.splitlines() if "Dropped: " in line]
    assert sorted(dropped) == [
        "StoragePipeline takes Article and Rejected, not dict: put ExtractionPipeline before it, and pipelines "
        "that turn articles into something else after it",
        "not for this collection",
    ]
    assert crawled.ended.stderr.count("ZeroDivisionError: a fault in a pipeline") == 1


def test_behind_the_storage_there_are_only_durable_articles(crawled: Crawled) -> None:
    """A pipeline there, `item_scraped` and a feed see what is stored, all of it and nothing else."""
    articles = list(crawled.store.articles())
    assert crawled.seen["durable"] == [True] * len(articles)
    assert crawled.seen["scraped"] == len(articles) == 11
    lines = (crawled.folder / "feed.jsonl").read_text(encoding="utf-8").splitlines()
    assert {r["url"]: r["text"] for r in map(json.loads, lines)} == {a.article.url: a.article.text for a in articles}
    assert set(crawled.seen["items"]) == {"Article", "UnreadAddress"}


def test_a_downloader_middleware_sees_decoded_and_judged_pages(crawled: Crawled) -> None:
    """At 543, as Scrapy's template has it; what it refuses is `dropped`, what it answers itself is a page."""
    slugs = crawled.slugs
    assert crawled.seen["decoded"] == [["HtmlResponse", True, "ok"]] * len(crawled.seen["decoded"])
    assert len(crawled.seen["decoded"]) >= 14
    assert crawled.row(slugs[5]).outcome == "dropped"
    assert crawled.row(slugs[6]).outcome == "ok"
    assert f"/{slugs[5]}" not in crawled.fetched
    assert f"/{slugs[6]}" not in crawled.fetched


def test_output_that_a_spider_middleware_swallows_is_dropped(crawled: Crawled) -> None:
    """Its address is settled, and the run ends."""
    assert crawled.row(crawled.slugs[4]).outcome == "dropped"


def test_the_archive_has_what_went_over_the_wire(crawled: Crawled) -> None:
    """What a pipeline dropped is in it; what a middleware answered is not."""
    slugs = crawled.slugs
    (path,) = (crawled.folder / "warc").glob("*.warc.gz")
    with path.open("rb") as file:
        records = [r.rec_headers["WARC-Target-URI"] for r in ArchiveIterator(file) if r.rec_type == "response"]
    archived = {url.partition("/en/")[0].rpartition("/")[2] for url in records if "/en/" not in url}
    assert {slugs[1], slugs[2], slugs[3]} <= archived
    assert not {slugs[5], slugs[6]} & archived
    assert set(records) <= {f"{crawled.base_url}{path}" for path in crawled.fetched}


def test_account_signals_and_stats_say_the_same(crawled: Crawled) -> None:
    """Process, manifest, `address_settled` and `crawler.stats` count alike; Scrapy's exit code is the account's."""
    tried = {"ok": 11, "dropped": 4, "item_error": 1}
    assert crawled.ended.code == crawled.manifest["exit_code"] == 3
    assert crawled.manifest["reasons"] == ["failed: 4 dropped, 1 item_error"]
    assert crawled.manifest["tried"] == crawled.seen["settled"] == tried
    stats = crawled.seen["stats"]
    assert {name.removeprefix("vietnamvn/tried/"): n for name, n in stats.items() if "/tried/" in name} == tried
    assert (stats["vietnamvn/exit_code"], stats["vietnamvn/result"]) == (3, "incomplete")
    assert (stats["vietnamvn/texts/new"], stats["vietnamvn/stored"], stats["vietnamvn/listed"]) == (11, 11, 16)
    assert (stats["vietnamvn/failed/dropped"], stats["vietnamvn/left"]) == (4, 0)


def test_auto_throttle_sets_the_pace(crawled: Crawled) -> None:
    """Scrapy's extension finds the latency of each request and sets its delay."""
    assert crawled.ended.stderr.count("| latency:") > 10
