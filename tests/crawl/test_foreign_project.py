"""A project with a site, settings and a spider of its own takes two pipelines of ours, and nothing else."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from projects import Ended, finish, scrapy, start_python, write_files
from raw_site import Answer, RawSite, answer

from pipelines.storage import open_store

SETTINGS = """
BOT_NAME = "library"
SPIDER_MODULES = ["library.spiders"]
ITEM_PIPELINES = {
    "scraper.item_pipelines.ExtractionPipeline": 200,
    "library.pipelines.Seen": 500,
    "scraper.item_pipelines.StoragePipeline": 900,
    "library.pipelines.Durable": 950,
    "scraper.item_pipelines.RecordPipeline": 960,
}
VIETNAMVN_STORE = "articles.db"
TELNETCONSOLE_ENABLED = False
DOWNLOAD_DELAY = 0
LOG_FORMAT = "%(levelname)s %(message)s"
LOG_LEVEL = "INFO"
"""

PIPELINES = """
from pathlib import Path

from pipelines.storage import open_store


class Seen:
    def __init__(self, crawler):
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler):
        return cls(crawler)

    def process_item(self, item):
        if self.crawler.settings.getbool("TAKE_AWAY"):
            Path("articles.db").unlink(missing_ok=True)
        print("seen", type(item).__name__, item.url, flush=True)
        return item


class Durable:
    def process_item(self, item):
        with open_store("articles.db", read_only=True) as store:
            stored = any(one.article.url == item.url for one in store.articles())
        print("durable" if stored else "not stored", item.url, flush=True)
        return item
"""

SPIDER = """
from dataclasses import dataclass

import scrapy
from pipelines import HtmlPage


@dataclass
class Page:
    url: str
    body: bytes
    content_type: str = "text/html"


class Field(scrapy.Item):
    url = scrapy.Field()
    body = scrapy.Field()
    status = scrapy.Field()
    fetched_at = scrapy.Field()


class LibrarySpider(scrapy.Spider):
    name = "library"

    async def start(self):
        for path in self.paths.split(","):
            yield scrapy.Request(self.site + path, callback=getattr(self, path.strip("/").replace("-", "_")))

    def as_response(self, response):
        yield response

    def as_page(self, response):
        yield HtmlPage(body=response.body, url=response.url, content_type="text/html; charset=utf-8")

    def as_dict(self, response):
        yield {"url": response.url, "body": response.text}

    def as_dataclass(self, response):
        yield Page(url=response.url, body=response.body)

    def as_item(self, response):
        yield Field(url=response.url, body=response.body, status=200, fetched_at="2025-10-23T04:05:06+00:00")

    def in_latin(self, response):
        yield response

    def no_article(self, response):
        yield response

    def wrong(self, response):
        yield {"url": response.url}
        yield {"url": None, "body": b"<p>text</p>"}
        yield {"url": response.url, "body": response.body, "status": "fine"}
        yield {"url": response.url, "body": response.body, "content_type": b"text/html"}
        yield {"url": response.url, "body": response.body, "fetched_at": 1234}
        yield 42
        yield "a text"
"""


def project(folder: Path) -> Path:
    """The folder of a project as ``scrapy startproject`` makes it."""
    return write_files(
        folder,
        {
            "scrapy.cfg": "[settings]\ndefault = library.settings\n",
            "library/__init__.py": "",
            "library/settings.py": SETTINGS,
            "library/pipelines.py": PIPELINES,
            "library/spiders/__init__.py": "",
            "library/spiders/library.py": SPIDER,
        },
    )


def essay(title: str, town: str, *, encoding: str = "utf-8") -> bytes:
    """A page of a magazine, with the marks that most sites have and none of Vietnam.vn's."""
    paragraphs = "".join(
        f"<p>Im Lesesaal von {town} brennt das Licht bis spät in die Nacht, und wer das Buch Nummer {number} sucht, "
        "fragt die Frau am Schalter, die seit zwanzig Jahren jedes Regal kennt und für jeden Gast ein Wort hat.</p>"
        for number in range(1, 5)
    )
    return (
        f'<!DOCTYPE html><html lang="de"><head><meta charset="{encoding}"><title>{title} | Blatt</title>'
        f'<meta property="og:type" content="article"><meta property="og:title" content="{title}"></head><body>'
        f'<nav><a href="/">Start</a></nav><main><article><h1>{title}</h1>{paragraphs}</article></main></body></html>'
    ).encode(encoding)


LATIN = "/in-latin"
FORMS = ("/as-response", "/as-page", "/as-dict", "/as-dataclass", "/as-item")


@pytest.fixture
def site() -> Iterator[RawSite]:
    """Six essays, each at an address that says how the spider yields it; a list; one that is yielded wrongly."""
    odd: dict[str, Answer] = {path: answer(essay(f"Haus {path[1:]}", path[1:])) for path in FORMS}
    latin = essay("Müßiggang", "Köln", encoding="iso-8859-1")
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=iso-8859-1\r\nContent-Length: %d\r\n\r\n" % len(latin)
    odd[LATIN] = head + latin
    odd["/no-article"] = answer(b"<html><title>Start</title><ul><li><a href='/a'>a</a></ul></html>")
    odd["/wrong"] = answer(essay("Falsch", "Nirgendwo"))
    with RawSite(odd) as running:
        yield running


def arguments(site: RawSite, *paths: str) -> tuple[str, ...]:
    """Of a crawl of these pages."""
    return ("crawl", "library", "-a", f"site={site.base_url}", "-a", f"paths={','.join(paths)}")


def errors(ended: Ended) -> list[str]:
    """The lines that tell of errors."""
    return [line for line in ended.stderr.splitlines() if line.startswith(("ERROR", "CRITICAL", "Traceback"))]


def test_pages_in_every_form_are_stored(tmp_path: Path, site: RawSite) -> None:
    """A response, a page, a dict, a dataclass, an Item: each becomes an article, durable before the next pipeline.

    What is no article is stored with its reason; what is no page is dropped, with a line that says what it lacks.
    """
    folder = project(tmp_path)
    ended = scrapy(folder, *arguments(site, *FORMS, LATIN, "/no-article", "/wrong"), "-o", "feed.jsonl")
    assert (ended.code, errors(ended)) == (0, []), ended.stderr

    good = {f"{site.base_url}{path}" for path in (*FORMS, LATIN)}
    said = [line.split() for line in ended.stdout.splitlines()]
    assert {words[2] for words in said if words[:2] == ["seen", "Article"]} == good | {f"{site.base_url}/wrong"}
    assert {words[1] for words in said if words[0] == "durable"} == good | {f"{site.base_url}/wrong"}
    with open_store(f"sqlite:///{folder / 'articles.db'}", read_only=True) as store:
        articles = {one.article.url: one.article for one in store.articles()}
        tally = store.stats()
    assert set(articles) == good | {f"{site.base_url}/wrong"}
    for path in FORMS:
        article = articles[f"{site.base_url}{path}"]
        assert (article.title, len(article.paragraphs), article.language) == (f"Haus {path[1:]}", 4, "de")
        assert article.paragraphs[3].startswith(f"Im Lesesaal von {path[1:]} brennt das Licht bis spät")
    assert "Köln brennt das Licht bis spät" in articles[f"{site.base_url}{LATIN}"].paragraphs[0]
    assert articles[f"{site.base_url}/as-item"].fetched_at == "2025-10-23T04:05:06+00:00"
    assert tally.rejects == (("not_article", 1),)

    records = [json.loads(line) for line in (folder / "feed.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = {record["url"]: record["text"] for record in records if "text" in record}
    assert texts == {url: article.text for url, article in articles.items()}
    assert [record["outcome"] for record in records if "text" not in record] == ["not_article"]

    dropped = [line.partition("Dropped: ")[2] for line in ended.stderr.splitlines() if "Dropped: " in line]
    assert dropped == [
        "ExtractionPipeline: body of dict has to be the page, as bytes or text",
        "ExtractionPipeline: url of dict has to be the page's address, as text",
        "ExtractionPipeline: status of dict has to be the HTTP status, as a number",
        "ExtractionPipeline: fetched_at of dict has to be a time in ISO 8601, as text",
        "ExtractionPipeline takes responses, HtmlPage and items with url and body, not int",
        "ExtractionPipeline takes responses, HtmlPage and items with url and body, not str",
    ]
    assert "'vietnamvn/store/new': 7" in ended.stderr
    assert "'vietnamvn/store/rejected': 1" in ended.stderr


def test_a_store_that_cannot_be_used_is_said_once(tmp_path: Path, site: RawSite) -> None:
    """No folder for it, no database, away in mid-run: one line each, and nothing is fetched in vain."""
    folder = project(tmp_path)
    (folder / "novel.db").write_text("Es war einmal ein Haus am See. " * 200, encoding="utf-8")
    for store, told in (
        ("missing/articles.db", "missing/articles.db: its folder does not exist; create it first"),
        ("novel.db", "novel.db: is not an SQLite database, or is damaged; give another --store"),
    ):
        ended = scrapy(folder, *arguments(site, *FORMS), "-s", f"VIETNAMVN_STORE={store}")
        assert errors(ended) == [f"ERROR {told}; the spider is closed"], ended.stderr
        assert "'finish_reason': 'no store'" in ended.stderr
    assert not site.asked

    ended = scrapy(folder, *arguments(site, *FORMS), "-s", "CONCURRENT_REQUESTS=1", "-s", "TAKE_AWAY=1")
    assert len(errors(ended)) == 1, ended.stderr
    assert errors(ended)[0].startswith("ERROR articles.db: ")
    assert "'finish_reason': 'no store'" in ended.stderr
    assert site.asked.total() < len(FORMS)


def test_who_waits_for_a_database_can_be_interrupted(tmp_path: Path, site: RawSite) -> None:
    """A server that does not answer is waited for, and Ctrl-C ends that at once."""
    folder = project(tmp_path)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        address = f"postgresql://127.0.0.1:{nobody.getsockname()[1]}/articles"
        process = start_python(folder, "-m", "scrapy", *arguments(site, *FORMS), "-s", f"VIETNAMVN_STORE={address}")
        assert process.stderr is not None
        before = ""
        for line in process.stderr:
            before += line
            if "Waiting for it" in line:
                break
        process.send_signal(signal.SIGINT)
        ended = finish(process, within=20)
    assert ended.seconds < 3
    assert "does not answer" in before
    assert "Traceback" not in before + ended.stderr, ended.stderr
    assert not site.asked
