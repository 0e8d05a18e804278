"""Item pipelines, one item at a time: what is a page, what is archived, what is stored, and what later ones see."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from making_articles import make_article
from scrapy.exceptions import DropItem, NotConfigured
from scrapy.http import HtmlResponse, Response
from scrapy.settings import Settings

from pipelines.models import HtmlPage, Rejected
from pipelines.outcomes import Verdict
from pipelines.rights import Rights
from pipelines.storage import Lease, StoreError, Validators, WarcLocation, open_store
from scraper import engine, item_pipelines
from scraper.item_pipelines import (
    ArchivePipeline,
    ExtractionPipeline,
    RecordPipeline,
    StoragePipeline,
    _size,
    page_of,
    settled,
)
from scraper.items import UnreadAddress
from scraper.ledger import NotStoredError
from scraper.visits import Answer, Visit, key_of, visit_of, visiting

URL = "https://www.vietnam.vn/fr/bai"
AT = "2025-10-24T01:00:00+00:00"
PLACE = WarcLocation("a.warc.gz", 1, 2)
REJECTED = Rejected(url=URL, outcome="empty", detail="no text", fetched_at=AT)
LEASE = Lease(
    id=1, token=1, url=URL, slug="bai", language="fr", day=None, lastmod=None, priority=0, attempt=1, holder="h",
    expires_at="",
)  # fmt: skip


def answer(status: int = 200, **headers: str) -> Answer:
    """The answer of the address."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(url=URL, verdict=Verdict(outcome="ok", detail=""), fetched_at=AT, status=status, headers=named)


# ---- what is a page


def test_a_response_is_a_page_with_its_headers() -> None:
    """Fetched when its answer came; where nobody judged it, now."""
    request = visiting(URL, Visit())
    visit_of(request).answer = answer()
    found = page_of(
        HtmlResponse(URL, body=b"<p>x</p>", headers={"Content-Type": b"text/html", "X-A": b"1"}, request=request)
    )
    assert (found.body, found.url, found.content_type, found.status, found.fetched_at) == (
        b"<p>x</p>", URL, "text/html", 200, AT
    )  # fmt: skip
    assert ("X-A", "1") in list(found.headers)
    alone = page_of(Response(URL, status=404))
    assert (alone.content_type, alone.status) == (None, 404)
    assert alone.fetched_at is not None
    assert page_of(found) is found


@pytest.mark.parametrize(
    ("item", "content_type", "status", "body"),
    [
        ({"url": URL, "body": b"<p>x</p>"}, None, 200, b"<p>x</p>"),
        ({"url": URL, "body": "<p>é</p>"}, "text/html; charset=utf-8", 200, "<p>é</p>".encode()),
        ({"url": URL, "body": "\ud800"}, "text/html; charset=utf-8", 200, b"?"),
        ({"url": URL, "body": b"x", "content_type": b"text/html", "status": 404}, "text/html", 404, b"x"),
        ({"url": URL, "body": b"x", "content_type": None, "status": None, "more": 1}, None, 200, b"x"),
    ],
)
def test_an_item_with_a_body_is_a_page(
    item: dict[str, Any], content_type: str | None, status: int, body: bytes
) -> None:
    """Of any kind that Scrapy knows; what is not given is as usual."""
    found = page_of(item)
    assert (found.content_type, found.status, found.body, found.url) == (content_type, status, body, URL)
    assert found.fetched_at is not None
    assert page_of({**item, "fetched_at": AT}).fetched_at == AT


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (7, "takes responses, HtmlPage and items with url and body, not int"),
        ({"url": URL}, "body of dict has to be the page, as bytes or text"),
        ({"body": b"x"}, "url of dict has to be the page's address"),
        ({"url": URL, "body": b"x", "status": "200"}, "status of dict has to be the HTTP status"),
        ({"url": URL, "body": b"x", "content_type": 7}, "content_type of dict has to be"),
        ({"url": URL, "body": b"x", "fetched_at": 7}, "fetched_at of dict has to be a time"),
        (SimpleNamespace(), "not types.SimpleNamespace"),
    ],
)
def test_what_is_no_page_is_dropped_with_a_line(item: Any, said: str) -> None:
    """That says what is wrong with it."""
    with pytest.raises(DropItem, match=said):
        ExtractionPipeline().process_item(item)


def test_what_is_extracted_already_passes() -> None:
    """An article, a rejection; a page becomes one of the two."""
    for item in (make_article(), REJECTED):
        assert ExtractionPipeline().process_item(item) is item
    found = ExtractionPipeline().process_item(HtmlPage(body=b"", url=URL))
    assert isinstance(found, Rejected)


# ---- the archive


class Frontier:
    """Keeps what is archived."""

    def __init__(self, *, removed: bool = False, error: Exception | None = None) -> None:
        self.removed, self.error = removed, error
        self.kept: list[Any] = []

    def is_removed(self, visit: Visit, item: Any) -> bool:
        """Whether it was taken down."""
        return self.removed

    def archived(self, exchange: Any) -> WarcLocation:
        """Keep it."""
        if self.error is not None:
            raise self.error
        self.kept.append(exchange)
        return PLACE


class Ledger:
    """Keeps what is settled."""

    def __init__(self, frontier: Frontier | None = None, error: Exception | None = None) -> None:
        self.frontier, self.error = frontier or Frontier(), error
        self.visits: dict[Any, Visit] = {}
        self.settled: list[Any] = []
        self.broken: list[Exception] = []

    async def settle(self, visit: Visit, outcome: Any, *, size: int) -> None:
        """Store it."""
        if self.error is not None:
            raise self.error
        self.settled.append((outcome, size))

    def break_off(self, error: Exception) -> None:
        """End the run."""
        self.broken.append(error)


def run_of(visit: Visit | None, ledger: Ledger | None) -> Any:
    """A run to whose items this visit belongs."""
    return SimpleNamespace(ledger=ledger, visit=lambda item: visit)


def test_a_response_is_archived_once() -> None:
    """Its bytes are let go then."""
    exchange: Any = object()
    ledger, visit = Ledger(), Visit(lease=LEASE, exchange=exchange)
    pipeline = ArchivePipeline(run_of(visit, ledger))
    item = make_article()
    assert pipeline.process_item(item) is item
    assert (visit.place, visit.exchange, ledger.frontier.kept) == (PLACE, None, [exchange])
    visit.exchange = exchange
    pipeline.process_item(item)  # another item of the same response
    assert len(ledger.frontier.kept) == 1


def test_what_was_taken_down_is_not_archived() -> None:
    """The visit says so from then on."""
    exchange: Any = object()
    ledger, visit = Ledger(Frontier(removed=True)), Visit(lease=LEASE, exchange=exchange)
    ArchivePipeline(run_of(visit, ledger)).process_item(make_article())
    assert (visit.is_removed, visit.exchange, visit.place, ledger.frontier.kept) == (True, None, None, [])


def test_an_archive_that_fails_ends_the_run() -> None:
    """Nothing is stored whose response is not archived."""
    exchange: Any = object()
    error = OSError("full")
    ledger, visit = Ledger(Frontier(error=error)), Visit(lease=LEASE, exchange=exchange)
    with pytest.raises(NotStoredError):
        ArchivePipeline(run_of(visit, ledger)).process_item(make_article())
    assert ledger.broken == [error]


@pytest.mark.parametrize(("visit", "ledger"), [(None, Ledger()), (Visit(), None), (Visit(), Ledger())])
def test_what_has_no_response_passes(visit: Visit | None, ledger: Ledger | None) -> None:
    """An item of nobody's visit, a run without a ledger, an answer without bytes."""
    item = make_article()
    assert ArchivePipeline(run_of(visit, ledger)).process_item(item) is item
    with pytest.raises(NotConfigured):
        ArchivePipeline.from_crawler(SimpleNamespace(get_extension=lambda kind: None))  # type: ignore[arg-type]


# ---- the store of a crawl


def passed(pipeline: Any, item: Any) -> Any:
    """What comes of an item."""
    made: Coroutine[Any, Any, Any] = pipeline.process_item(item)
    return asyncio.run(made)


def storing(visit: Visit | None, ledger: Ledger | None) -> StoragePipeline:
    """The pipeline of a crawl."""
    run = run_of(visit, ledger)
    return StoragePipeline(SimpleNamespace(get_extension=lambda kind: run))  # type: ignore[arg-type]


def test_an_article_passes_once_it_is_durable() -> None:
    """With its headers and its place; its visit is over."""
    ledger, article = Ledger(), make_article("bai")
    visit = Visit(lease=LEASE, answer=answer(203, etag='"e"', last_modified="L"), place=PLACE)
    ledger.visits[key_of(article)] = visit
    assert passed(storing(visit, ledger), article) is article
    ((outcome, size),) = ledger.settled
    assert (outcome.lease, outcome.outcome, outcome.detail, outcome.result) == (LEASE, "ok", "", article)
    assert (outcome.http, outcome.place, outcome.fetched_at) == (Validators('"e"', "L", 203), PLACE, AT)
    assert size == sum(map(len, article.paragraphs)) == _size(article)
    assert ledger.visits == {}


@pytest.mark.parametrize(
    "item", [REJECTED, UnreadAddress(visit=Visit(), url=URL, outcome="timeout", detail="60 s", fetched_at=AT)]
)
def test_what_is_no_article_is_settled_and_goes_no_further(item: Any) -> None:
    """Later pipelines see stored articles alone."""
    ledger, visit = Ledger(), Visit(lease=LEASE, rights=Rights())
    with pytest.raises(DropItem, match=f"{item.outcome}: {item.detail}"):
        passed(storing(visit, ledger), item)
    ((outcome, size),) = ledger.settled
    assert (outcome.outcome, outcome.detail, outcome.http, size) == (item.outcome, item.detail, None, 0)
    assert outcome.rights == Rights()
    assert outcome.fetched_at == AT


def test_what_was_taken_down_is_settled_by_its_addresses() -> None:
    """By which the store finds what it is; it goes no further."""
    ledger = Ledger()
    visit = Visit(lease=LEASE, refusal=Verdict(outcome="removed", detail="x"))
    for item in (make_article("bai"), REJECTED):
        with pytest.raises(DropItem, match="taken down"):
            passed(storing(visit, ledger), item)
    (first, _), (second, _) = ledger.settled
    assert (first.outcome, first.result, first.detail.strip()) == ("removed", None, make_article("bai").url)
    assert second.detail == f"{URL} no text"


@pytest.mark.parametrize(("visit", "ledger"), [(None, Ledger()), (Visit(), Ledger()), (Visit(lease=LEASE), None)])
def test_what_no_ledger_has_asked_for_is_not_stored(visit: Visit | None, ledger: Ledger | None) -> None:
    """Somebody's pipeline made it up."""
    with pytest.raises(DropItem, match="is not an address that this crawl has asked for"):
        passed(storing(visit, ledger), make_article())
    with pytest.raises(DropItem, match="takes Article and Rejected, not dict"):
        passed(storing(Visit(lease=LEASE), Ledger()), {"url": URL})


def test_a_ledger_that_fails_ends_the_run() -> None:
    """Once: what it has refused itself is not told again."""
    error = ValueError("x")
    ledger = Ledger(error=error)
    with pytest.raises(NotStoredError):
        passed(storing(Visit(lease=LEASE), ledger), make_article())
    assert ledger.broken == [error]
    ledger = Ledger(error=NotStoredError())
    with pytest.raises(NotStoredError):
        passed(storing(Visit(lease=LEASE), ledger), make_article())
    assert ledger.broken == []


def test_a_time_is_always_told() -> None:
    """Of the answer, else of the item, else now; without a status there are no headers to remember."""
    article = make_article("bai", fetched_at="2025-01-01T00:00:00+00:00")
    assert settled(Visit(answer=answer()), LEASE, article).fetched_at == AT
    assert settled(Visit(), LEASE, article).fetched_at == "2025-01-01T00:00:00+00:00"
    assert settled(Visit(), LEASE, make_article("bai", fetched_at=None)).fetched_at.startswith("20")
    assert settled(Visit(answer=answer(0, etag='"e"')), LEASE, article).http is None


# ---- the store of another project


def project(tmp_path: Path, counts: list[str]) -> StoragePipeline:
    """The pipeline in a project without our run."""
    crawler = SimpleNamespace(
        get_extension=lambda kind: None,
        settings=Settings({"VIETNAMVN_STORE": f"sqlite:///{tmp_path}/own.db"}),
        stats=SimpleNamespace(inc_value=counts.append),
    )
    return StoragePipeline.from_crawler(crawler)  # type: ignore[arg-type]


def test_in_another_project_each_item_is_stored(tmp_path: Path) -> None:
    """And counted by what the store made of it; rejections pass too."""
    counts: list[str] = []

    async def work() -> list[Any]:
        pipeline = project(tmp_path, counts)
        await pipeline.open_spider()
        items = [make_article("a"), make_article("a"), REJECTED]
        found = [await pipeline.process_item(item) for item in items]
        unread = UnreadAddress(visit=Visit(), url=URL, outcome="timeout", detail="", fetched_at=AT)
        assert await pipeline.process_item(unread) is unread
        await pipeline.close_spider()
        assert found == items
        return found

    asyncio.run(work())
    assert counts == ["vietnamvn/store/new", "vietnamvn/store/unchanged", "vietnamvn/store/rejected"]
    with open_store(tmp_path / "own.db", read_only=True) as store:
        assert [stored.slug for stored in store.articles()] == ["a"]


def test_a_store_that_fails_closes_the_spider_and_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Later items would fail the same way."""
    closed: list[str] = []
    monkeypatch.setattr(engine, "close", lambda crawler, reason: closed.append(reason))

    def full(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    async def work() -> None:
        pipeline = project(tmp_path, [])
        await pipeline.open_spider()
        monkeypatch.setattr(pipeline._store, "add", full)
        for _ in range(2):
            with pytest.raises(NotStoredError):
                await pipeline.process_item(make_article())
        await pipeline.close_spider()

    asyncio.run(work())
    assert closed == ["no store"]
    assert caplog.text.count("the disk is full; the spider is closed") == 1


# ---- records


@pytest.mark.parametrize(("item", "is_record"), [(make_article(), True), (REJECTED, True), ({"a": 1}, False)])
def test_feeds_have_records(item: Any, is_record: bool) -> None:
    """What is neither an article nor a rejection is somebody's own."""
    found = RecordPipeline().process_item(item)
    assert found == (item.to_dict() if is_record else item)
    with pytest.raises(NotConfigured):
        RecordPipeline.from_crawler(SimpleNamespace(settings=Settings({"FEEDS": {}})))  # type: ignore[arg-type]
    assert RecordPipeline.from_crawler(SimpleNamespace(settings=Settings({"FEEDS": {"a": {}}})))  # type: ignore[arg-type]
    assert item_pipelines._kind({}) == "dict"
