"""Common Crawl's stand-in, answer by answer: its index, its list of crawls, its files."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scraper.replica.archives.commoncrawl import DataService, IndexService
from scraper.replica.archives.holdings import HeldCrawl
from scraper.replica.archives.index import Index
from scraper.replica.content import Reply

CRAWL = HeldCrawl(id="CC-MAIN-2024-10", name="March 2024", first=date(2024, 2, 20), last=date(2024, 3, 5))


def service(*, captures: int = 5, nothing: int = 404) -> IndexService:
    """An index of so many captures, two in a block, one block in a page."""
    held: Any = [
        SimpleNamespace(urlkey=f"vn,vietnam)/s{number}", timestamp=f"2024022{number}000000")
        for number in range(captures)
    ]

    def line(capture: Any) -> dict[str, str]:
        url = f"https://vietnam.vn/{capture.urlkey.partition('/')[2]}"
        return {"urlkey": capture.urlkey, "timestamp": capture.timestamp, "url": url, "status": "200"}

    made = IndexService(
        [CRAWL], {CRAWL.id: Index(held, line, block_lines=2)}, page_size=1, nothing=nothing, robots="User-agent: *\n"
    )
    made.base = "http://i"
    return made


def ask(question: str, made: IndexService | None = None) -> Reply:
    """The answer to a question about the domain."""
    return (made or service()).respond(f"/{CRAWL.id}-index?url=*.vietnam.vn{question}", {})


def kind(reply: Reply) -> str:
    """The type of an answer."""
    return dict(reply.headers)["Content-Type"]


def test_lines_are_objects_where_that_is_asked_for() -> None:
    """Else they are lines of CDXJ: key, time, and the rest."""
    asked = ask("&output=json&page=0")
    rows = [json.loads(line) for line in asked.body.splitlines()]
    assert (asked.status, kind(asked)) == (200, "text/x-ndjson")
    assert [row["timestamp"][:8] for row in rows] == ["20240220", "20240221"]
    plain = ask("&page=0")
    assert kind(plain) == "text/x-cdxj"
    first = plain.body.decode().splitlines()[0]
    assert first.startswith("vn,vietnam)/s0 20240220000000 {")
    assert "urlkey" not in first


@pytest.mark.parametrize("name", ["fl", "fields"])
def test_only_the_columns_that_are_asked_for_are_shown(name: str) -> None:
    """Those that there are."""
    rows = [json.loads(line) for line in ask(f"&output=json&{name}=url,nothing,status").body.splitlines()]
    assert {tuple(row) for row in rows} == {("url", "status")}


def test_pages_are_counted_and_end() -> None:
    """A page after the last is told as a bad question."""
    told = json.loads(ask("&showNumPages=true").body)
    assert told == {"pages": 3, "pageSize": 1, "blocks": 3}
    assert json.loads(ask("&showNumPages=true&pageSize=2").body)["pages"] == 2
    assert [len(ask(f"&output=json&page={page}").body.splitlines()) for page in range(3)] == [2, 2, 1]
    assert ask("&page=3").status == 400
    assert len(ask("&output=json&page=0&limit=1").body.splitlines()) == 1


@pytest.mark.parametrize(("nothing", "status"), [(404, 404), (200, 200)])
def test_where_nothing_is_found_a_server_may_say_so(nothing: int, status: int) -> None:
    """Or answer with nothing."""
    found = ask("&output=json", service(captures=0, nothing=nothing))
    assert (found.status, b"No Captures found" in found.body) == (status, status == 404)


def test_times_and_filters_narrow_what_is_found() -> None:
    """By the capture's time; by a column."""
    found = ask("&output=json&page=0&from=20240221")
    assert [json.loads(line)["timestamp"][:8] for line in found.body.splitlines()] == ["20240221"]
    assert ask("&output=json&page=0&filter=status:404").status == 404
    assert ask("&output=json&page=0&filter=status:200").status == 200


def test_the_list_of_crawls_names_their_indexes() -> None:
    """With their days; what is no crawl is none."""
    (row,) = json.loads(service().respond("/collinfo.json", {}).body)
    assert (row["id"], row["cdx-api"]) == (CRAWL.id, f"http://i/{CRAWL.id}-index")
    assert (row["from"], row["to"]) == ("2024-02-20T00:00:00", "2024-03-05T23:59:59")
    found = [service().respond(path, {}) for path in ("/robots.txt", "/collinfo.json")]
    assert [reply.status for reply in (*found, ask("&showNumPages=true"))] == [200] * 3
    assert found[0].body == b"User-agent: *\n"
    for path in ("/nothing-index?url=x", f"/{CRAWL.id}?url=x", "/"):
        assert service().respond(path, {}).status == 404


@pytest.fixture
def data(tmp_path: Path) -> DataService:
    """A data host with a file of ten bytes, and one beside what it shares."""
    (tmp_path / "crawl-data").mkdir()
    (tmp_path / "crawl-data" / "a.warc.gz").write_bytes(b"0123456789")
    (tmp_path / "secret").write_bytes(b"x")
    return DataService(tmp_path, robots="User-agent: *\n")


@pytest.mark.parametrize(
    ("asked", "status", "spread", "part"),
    [
        (None, 200, None, (0, 10)),
        ("bytes=0-9", 206, "bytes 0-9/10", (0, 10)),
        ("bytes=2-4", 206, "bytes 2-4/10", (2, 3)),
        ("bytes=9-9", 206, "bytes 9-9/10", (9, 1)),
        ("bytes=8-", 206, "bytes 8-9/10", (8, 2)),
        ("bytes=8-99", 206, "bytes 8-9/10", (8, 2)),
        ("bytes=-3", 206, "bytes 7-9/10", (7, 3)),
        ("bytes=-99", 206, "bytes 0-9/10", (0, 10)),
        ("bytes=10-", 416, "bytes */10", None),
        ("bytes=4-3", 416, "bytes */10", None),
        ("bytes=-", 200, None, (0, 10)),
        ("pages=1-2", 200, None, (0, 10)),
    ],
)
def test_files_come_whole_or_in_parts(
    asked: str | None, status: int, spread: str | None, part: tuple[int, int] | None, data: DataService
) -> None:
    """As S3 gives them; a part that cannot be is refused with the size."""
    found = data.respond("/crawl-data/a.warc.gz", {} if asked is None else {"range": asked})
    assert (found.status, dict(found.headers).get("Content-Range")) == (status, spread)
    assert (None if found.part is None else found.part[1:]) == part


@pytest.mark.parametrize("path", ["/secret", "/crawl-data/../secret", "/crawl-data/none", "/crawl-data", "/"])
def test_nothing_else_is_shared(path: str, data: DataService) -> None:
    """Wherever a path leads."""
    assert data.respond(path, {}).status == 404
    robots = data.respond("/robots.txt", {})
    assert (robots.status, robots.body) == (200, b"User-agent: *\n")
