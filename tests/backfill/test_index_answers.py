"""Answers of the archives' indexes: what is read of them, what is asked next, and what is no answer at all."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pipelines.captures import Capture, IndexLineError
from scraper.backfill import commoncrawl, wayback
from scraper.backfill.answers import (
    ExpectedAnswer,
    Received,
    UnfitError,
    judge_answer,
    part_of,
    range_header,
    whole,
)
from scraper.backfill.options import backfill_options

SETTINGS = {"VIETNAMVN_STORE": "x.db", "VIETNAMVN_ARCHIVE": ""}


def received(content: object = b"", status: int = 200, **headers: str) -> Received:
    """An answer; what is not bytes is written as JSON."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Received(
        status=status, headers={name.replace("_", "-"): value for name, value in headers.items()}, body=body
    )


def line(slug: str, timestamp: str = "20240201000000") -> bytes:
    """A line of Common Crawl's index."""
    row = {
        "url": f"https://www.vietnam.vn/fr/{slug}", "timestamp": timestamp, "status": "200", "mime": "text/html",
        "digest": "D", "filename": "a.warc.gz", "offset": "1", "length": "2",
    }  # fmt: skip
    return json.dumps(row).encode()


class Index:
    """Stands in for an archive's index: gives the answers by a part of the address, and notes what it was asked."""

    def __init__(self, answers: Mapping[str, Received | None], **given: str) -> None:
        self.options = backfill_options({"from": "commoncrawl", **given}, SETTINGS)
        self.crawler: Any = SimpleNamespace(settings=SimpleNamespace(getint=lambda name: 3))
        self._answers = answers
        self.asked: list[str] = []
        self.notes: dict[str, dict[str, Any]] = {}
        self.entered: list[str] = []
        self.failed: list[tuple[str, str]] = []

    async def answer(self, name: str, url: str, wanted: ExpectedAnswer, *, is_kept: bool = True) -> Received | None:
        """The first answer whose part is in the address."""
        self.asked.append(name)
        found = next((answer for part, answer in self._answers.items() if part in url), None)
        if found is None or found.status not in wanted.statuses:
            self.failed.append((name, "no answer" if found is None else str(found.status)))
            return None
        wanted.check(found)
        return found

    async def noted(self, name: str) -> dict[str, Any] | None:
        """What an earlier run has noted."""
        return self.notes.get(name)

    async def enter(self, name: str, lines: Any, *, note: dict[str, Any]) -> None:
        """Keep the slugs, and the note."""
        self.entered += [one.slug if isinstance(one, Capture) else str(one) for one in lines]
        self.notes[name] = note

    def fail(self, name: str, url: str, outcome: str, detail: str) -> None:
        """Keep what failed."""
        self.failed.append((name, outcome))


# ---- Common Crawl

CRAWLS = [
    {"id": "CC-MAIN-2024-33", "cdx-api": "https://i/33", "from": "2024-08-02T00:00:00", "to": "2024-08-15T00:00:00"},
    {"id": "CC-MAIN-2024-10", "cdx-api": "https://i/10", "from": "2024-02-20T00:00:00", "to": "2024-03-05T00:00:00"},
    {"id": "CC-MAIN-2012", "cdx-api": "https://i/12"},
    {"id": 7, "cdx-api": "https://i/7"},
    {"id": "CC-MAIN-2009"},
    "no crawl",
]


def test_crawls_are_those_that_name_their_index() -> None:
    """With their days where the list has them."""
    found = commoncrawl.crawls_in(received(CRAWLS))
    assert [(crawl.id, crawl.first, crawl.last) for crawl in found] == [
        ("CC-MAIN-2024-33", "2024-08-02", "2024-08-15"),
        ("CC-MAIN-2024-10", "2024-02-20", "2024-03-05"),
        ("CC-MAIN-2012", None, None),
    ]


@pytest.mark.parametrize("content", [b"<html>busy</html>", {"id": "x"}, [], [{"id": 1}], "CC-MAIN-2024-33", 7])
def test_what_is_no_list_of_crawls_is_asked_for_again(content: object) -> None:
    """Never taken for an archive without any."""
    with pytest.raises(UnfitError):
        commoncrawl.crawls_in(received(content))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, ["33", "10", "12"]),
        ({"crawls": "last:2"}, ["33", "10"]),
        ({"crawls": "CC-MAIN-2024-10,CC-MAIN-2024-11"}, ["10"]),
        # A window takes the crawls that reach into it; of one whose days nobody knows it may be.
        ({"since": "2024-08-15"}, ["33", "12"]),
        ({"since": "2024-08-16"}, ["12"]),
        ({"until": "2024-02-20"}, ["10", "12"]),
        ({"until": "2024-02-19"}, ["12"]),
        ({"since": "2024-03-01", "until": "2024-07-01"}, ["10", "12"]),
        ({"since": "2024-08-01", "crawls": "last:1"}, ["33"]),
    ],
)
def test_crawls_that_can_hold_what_is_wanted(given: dict[str, str], wanted: list[str]) -> None:
    """By name, by number of the newest, and by the days of the window."""
    options = backfill_options({"from": "commoncrawl", **given}, SETTINGS)
    found = commoncrawl.chosen(commoncrawl.crawls_in(received(CRAWLS)), options)
    assert [crawl.id[-2:] for crawl in found] == wanted


@pytest.mark.parametrize(
    ("answer", "pages"),
    [
        (received({"pages": 3, "pageSize": 5}), 3),
        (received(3), 3),
        (received({"pages": 0}), 0),
        (received(b" \n"), 0),
        (received({"message": "no captures"}, 404), 0),
        (received(1_000_000), 1_000_000),
    ],
)
def test_pages_of_an_index_are_counted_as_any_server_tells_them(answer: Received, pages: int) -> None:
    """Older ones say the number alone; of a domain without captures nothing is found."""
    assert commoncrawl.pages_in(answer) == pages


@pytest.mark.parametrize(
    "content", [b"<html>", {"pages": "3"}, {"pages": -1}, -1, True, {"pages": True}, 1_000_001, None]
)
def test_what_is_no_number_of_pages_is_asked_for_again(content: object) -> None:
    """A million is more than any index has: whoever says more has made it up."""
    with pytest.raises(UnfitError):
        commoncrawl.pages_in(received(content))


def listed(answers: Mapping[str, Received | None], *, noted: Mapping[str, dict[str, Any]] | None = None) -> Index:
    """What was asked and found of one crawl."""
    index = Index({"collinfo": received(CRAWLS[:1]), **answers})
    index.notes.update(noted or {})
    asyncio.run(commoncrawl.list_common_crawl(index))  # type: ignore[arg-type]
    return index


NONE = received({"message": "no such page"}, 400)


def test_pages_are_asked_for_until_there_is_none() -> None:
    """Beyond the number that was told, so that nothing is missed: it may have been counted yesterday."""
    pages = {f"page={number}": received(line(f"bai-{number}")) for number in range(3)}
    found = listed({"showNumPages": received({"pages": 2}), **pages, "page=3": NONE})
    assert found.entered == ["bai-0", "bai-1", "bai-2"]
    assert found.asked[-1] == "CC-MAIN-2024-33: page 3"
    assert found.notes["CC-MAIN-2024-33: page 3"] == {"end": True}
    assert found.notes["CC-MAIN-2024-33: page 2"] == {"end": False}
    assert found.options.domain == "vietnam.vn"


@pytest.mark.parametrize("told", [received({"pages": 0}), received({"message": "no captures"}, 404), None])
def test_where_no_page_is_told_none_is_asked_for(told: Received | None) -> None:
    """A crawl without the site, which is no failure; or one that says nothing, which is."""
    found = listed({"showNumPages": told})
    assert found.asked == ["collinfo.json", "CC-MAIN-2024-33: number of pages"]
    assert found.failed == ([] if told else [("CC-MAIN-2024-33: number of pages", "no answer")])


@pytest.mark.parametrize("status", [400, 404])
def test_a_page_that_is_not_there_is_the_end(status: int) -> None:
    """Whichever way a server says so, it is no failure."""
    found = listed({"showNumPages": received(1), "page=0": received(line("bai")), "page=1": received(b"none", status)})
    assert (found.entered, found.failed) == (["bai"], [])
    assert found.notes["CC-MAIN-2024-33: page 1"] == {"end": True}


def test_an_empty_page_within_the_number_is_no_end() -> None:
    """Captures of others stand on it; behind the number it is."""
    found = listed(
        {"showNumPages": received(2), "page=0": received(b"\n"), "page=1": received(line("bai")), "page=2": received()}
    )
    assert found.entered == ["bai"]
    assert found.asked[-1].endswith("page 2")


def test_a_page_that_does_not_come_is_passed_over() -> None:
    """The next run asks for it; behind the number nothing more is asked for."""
    found = listed({"showNumPages": received(2), "page=1": received(line("bai"))})
    assert found.entered == ["bai"]
    assert found.asked[-3:] == [f"CC-MAIN-2024-33: page {number}" for number in range(3)]
    assert "CC-MAIN-2024-33: page 0" not in found.notes


def test_what_an_earlier_run_has_read_is_not_asked_for_again() -> None:
    """Up to the end that it has found."""
    before = {"CC-MAIN-2024-33: page 0": {"end": False}, "CC-MAIN-2024-33: page 1": {"end": True}}
    found = listed({"showNumPages": received(1)}, noted=before)
    assert found.asked == ["collinfo.json", "CC-MAIN-2024-33: number of pages"]


def test_a_crawl_that_is_not_in_the_list_is_told() -> None:
    """Those that are there are read all the same."""
    index = Index(
        {"collinfo": received(CRAWLS[:1]), "showNumPages": received(0)}, crawls="CC-MAIN-2024-33,CC-MAIN-2099-01"
    )
    assert asyncio.run(commoncrawl.list_common_crawl(index)) == ("CC-MAIN-2024-33",)  # type: ignore[arg-type]
    assert index.failed == [("CC-MAIN-2099-01", "not_found")]
    nobody = Index({})
    assert asyncio.run(commoncrawl.list_common_crawl(nobody)) == ()  # type: ignore[arg-type]


def test_a_bad_line_of_a_page_costs_itself() -> None:
    """An empty one is none."""
    body = b"\n".join((line("a"), b"", b"[1]", b"{no json", b'{"url": null}', line("b")))
    found = list(commoncrawl._captures(body, "CC-MAIN-2024-33", "vietnam.vn"))
    assert [type(one).__name__ if isinstance(one, IndexLineError) else one and one.slug for one in found] == [
        "a", "IndexLineError", "IndexLineError", "IndexLineError", "b"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "is_fit"),
    [
        (line("a") + b"\n" + line("b") + b"\n", 200, True),
        (b"", 200, True),
        (b"<html>", 404, True),  # a status of its own says what it is
        (line("a") + b"\n" + line("b")[:-9], 200, False),  # cut
        (b"<html>busy</html>", 200, False),
        (line("a") + b"\n<hr>\n" + line("b"), 200, True),  # a bad line between costs itself
        (b'{"message": "busy"}', 200, False),
        (b"[1]", 200, False),
    ],
)
def test_a_page_that_was_cut_is_no_page(body: bytes, status: int, is_fit: bool) -> None:
    """By its first and its last line."""
    check = commoncrawl._lines_check
    if is_fit:
        check(received(body, status))
    else:
        with pytest.raises(UnfitError):
            check(received(body, status))


# ---- the Internet Archive

HEAD = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]


def row(slug: str) -> list[str]:
    """A row of its index."""
    return ["k", "20240201000000", f"https://www.vietnam.vn/fr/{slug}", "text/html", "200", "D", "9"]


@pytest.mark.parametrize(
    ("content", "rows", "key"),
    [
        ([HEAD, row("a"), row("b")], 2, None),
        ([HEAD, row("a"), [], ["next key"]], 1, "next key"),
        ([HEAD, row("a"), [], row("b")], 2, None),  # an empty row, and no key
        ([HEAD], 0, None),
        ([HEAD, [], ["next key"]], 0, "next key"),
        ([["timestamp", "original"], ["1", "https://www.vietnam.vn/a"]], 1, None),
        ([], 0, None),
        (b"", 0, None),
    ],
)
def test_rows_of_the_internet_archive_and_where_they_go_on(content: object, rows: int, key: str | None) -> None:
    """The key stands behind an empty row at the end."""
    found, following = wayback.rows_in(received(content))
    assert (len(found), following) == (rows, key)
    assert all(one["original"].startswith("https://") for one in found)


@pytest.mark.parametrize(
    "content", [b"<html>", {"a": 1}, ["a"], [["urlkey", "timestamp"], ["k", "t"]], [["original"]], [HEAD, "x"]]
)
def test_what_is_no_rows_is_asked_for_again(content: object) -> None:
    """An error page, a list of something else."""
    with pytest.raises(UnfitError):
        wayback.rows_in(received(content))


def test_what_a_row_is_read_by_is_asked_for() -> None:
    """The archive gives the columns that were asked for, and no others."""
    captures: list[Capture] = []

    class Archive(Index):
        async def answer(self, name: str, url: str, wanted: ExpectedAnswer, *, is_kept: bool = True) -> Received | None:
            asked = parse_qs(urlsplit(url).query)
            names = asked["fl"][0].split(",")
            every = dict(
                zip(
                    HEAD,
                    ["k", "20240201000000", "https://www.vietnam.vn/fr/a", "text/html", "404", "D", "9"],
                    strict=True,
                )
            )
            again = {**every, "mimetype": "warc/revisit", "statuscode": "200"}
            assert (asked["collapse"], asked["limit"], asked["output"]) == (["digest"], ["3"], ["json"])
            return received([names, *([row[column] for column in names] for row in (every, again))])

        async def enter(self, name: str, lines: Any, *, note: dict[str, Any]) -> None:
            captures.extend(lines)

    asyncio.run(wayback.list_internet_archive(Archive({})))  # type: ignore[arg-type]
    assert [(one.slug, one.timestamp, one.digest, one.status, one.note) for one in captures] == [
        ("a", "20240201000000", "D", "404", ""), ("a", "20240201000000", "D", "200", "revisit")
    ]  # fmt: skip


def test_the_list_goes_on_from_key_to_key() -> None:
    """Within the window; a key that came before has no end, and is none."""
    answers = {
        "resumeKey=two": received([HEAD, row("c")]),
        "resumeKey=one": received([HEAD, row("b"), [], ["two"]]),
        "from=20240101&to=20240301": received([HEAD, row("a"), [], ["one"]]),
    }
    index = Index(answers, since="2024-01-01", until="2024-03-01")
    asyncio.run(wayback.list_internet_archive(index))  # type: ignore[arg-type]
    assert index.entered == ["a", "b", "c"]
    assert index.asked == [
        "internetarchive: page 0", "internetarchive: page 1 from one", "internetarchive: page 2 from two"
    ]  # fmt: skip
    index.asked.clear()
    asyncio.run(wayback.list_internet_archive(index))  # type: ignore[arg-type]
    assert index.asked == []  # all is noted
    answers["resumeKey=two"] = received([HEAD, [], ["one"]])
    with pytest.raises(UnfitError, match="earlier page"):
        asyncio.run(wayback.list_internet_archive(Index(answers, since="2024-01-01", until="2024-03-01")))  # type: ignore[arg-type]
    gone = Index({"domain": received(b"", 404)})
    asyncio.run(wayback.list_internet_archive(gone))  # type: ignore[arg-type]
    assert gone.entered == []
    assert gone.notes == {"internetarchive: page 0": {"next": None}}


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("https://web.archive.org/web/20200101000000id_/https://x.vn/", "the capture of 20200101000000"),
        ("/web/20200101000000/https://x.vn/", "the capture of 20200101000000"),
        ("https://x.vn/", "with a redirect"),
        (None, "with a redirect"),
    ],
)
def test_a_redirect_of_the_archive_is_another_moment(location: str | None, said: str) -> None:
    """Never the page that was asked for."""
    assert said in wayback.elsewhere(location)


# ---- what an answer is worth


def _never(_: Received) -> None:
    raise UnfitError("it is none")


@pytest.mark.parametrize(
    ("status", "check", "outcome", "retry"),
    [
        (200, whole, "ok", False),
        (200, _never, "parse_failed", True),
        (404, whole, "not_found", False),
        (403, whole, "blocked", True),  # so do archives answer to who asks too quickly
        (429, whole, "blocked", True),
        (408, whole, None, True),
        (425, whole, None, True),
        (421, whole, None, True),
        (202, whole, None, True),
        (204, whole, "empty", False),
        (499, whole, None, False),
        (500, whole, "server_error", True),
        (503, whole, "server_error", True),
        (302, whole, "redirected_away", False),
    ],
)
def test_answers_that_may_be_better_the_next_time(
    status: int, check: Callable[[Received], None], outcome: str | None, retry: bool
) -> None:
    """Busy, throttled, broken: asked again; not there, or elsewhere: told."""
    wanted = ExpectedAnswer(statuses=frozenset({200}), check=check)
    answer = received(b"<Code>SlowDown</Code>", status, retry_after="7", location="/x")
    verdict = judge_answer(wanted, answer, now=datetime(2025, 1, 1, tzinfo=timezone.utc))
    assert verdict.retry is retry
    if outcome is not None:
        assert verdict.outcome == outcome
    part = ExpectedAnswer(statuses=frozenset({206}), check=check)
    if status == 200:  # the whole file, for a request of a part
        verdict = judge_answer(part, answer, now=datetime(2025, 1, 1, tzinfo=timezone.utc))
        assert (verdict.outcome, verdict.retry) == ("partial", True)
    if status in (403, 503):
        assert (verdict.detail, verdict.retry_after) == (f"HTTP {status} (SlowDown)", 7.0)
    if status == 404:
        assert verdict.retry_after is None


@pytest.mark.parametrize("follow", [True, False])
def test_a_redirect_is_followed_where_it_may_be(follow: bool) -> None:
    """And told where it leads, in any case."""
    wanted = ExpectedAnswer(statuses=frozenset({200}), check=whole, follow=follow)
    moment = datetime(2025, 1, 1, tzinfo=timezone.utc)
    verdict = judge_answer(wanted, received(b"", 301, location="/there"), now=moment)
    assert verdict.location == ("/there" if follow else None)
    assert verdict.detail == "HTTP 301 to /there"
    assert judge_answer(wanted, received(b"", 301), now=moment).detail == "HTTP 301 to nowhere"


@pytest.mark.parametrize(
    ("given", "body", "said"),
    [
        ("bytes 10-19/500", b"x" * 10, None),
        ("bytes 10-19/*", b"x" * 10, None),
        (" bytes 10-19/500 ", b"x" * 10, None),
        ("bytes 0-9/500", b"x" * 10, "not the one asked for"),
        ("bytes 10-20/500", b"x" * 11, "not the one asked for"),
        ("bytes 10-19/500", b"x" * 9, "9 bytes came instead of 10"),
        ("", b"x" * 10, "without a Content-Range"),
        ("bytes */500", b"x" * 10, "without a Content-Range"),
    ],
)
def test_a_part_of_a_file_is_the_part_that_was_asked_for(given: str, body: bytes, said: str | None) -> None:
    """Its place and its length; a cache in between may give another one."""
    assert range_header(10, 10)["Range"] == "bytes=10-19"
    check, answer = part_of(10, 10), received(body, 206, content_range=given)
    if said is None:
        check(answer)
    else:
        with pytest.raises(UnfitError, match=said):
            check(answer)


# ---- pages of the Internet Archive


def page(status: str = "200") -> Capture:
    """A capture whose page is asked for."""
    return Capture(
        archive="internetarchive", crawl="", url="https://www.vietnam.vn/fr/a b?q=é&r=1", slug="a", language="fr",
        captured_at="2024-02-01T12:03:05.000000Z", status=status,
    )  # fmt: skip


def test_a_page_is_asked_for_as_it_was() -> None:
    """At its moment, without the archive's own lines; what the address itself uses stays."""
    url = wayback.page_url("https://web.archive.org", page())
    assert url == "https://web.archive.org/web/20240201120305id_/https://www.vietnam.vn/fr/a%20b?q=%C3%A9&r=1"


@pytest.mark.parametrize(
    ("status", "statuses"), [("200", {200}), ("404", {200, 404}), ("-", {200}), ("301", {200, 301})]
)
def test_the_status_of_a_page_is_that_of_its_capture(status: str, statuses: set[int]) -> None:
    """The archive repeats it; of one that it does not know it says 200. No page of another moment is followed to."""
    wanted = wayback.page_wanted(page(status))
    assert (set(wanted.statuses), wanted.follow) == (statuses, False)
    wanted.check(received(b"<p>x</p>"))
    with pytest.raises(UnfitError, match="without a body"):
        wanted.check(received(b" \n"))


PACKED = gzip.compress(b"<p>x</p>", mtime=0)  # the same in each process that runs tests


@pytest.mark.parametrize(
    ("body", "headers", "plain", "content_type"),
    [
        (
            b"<p>x</p>",
            {"x-archive-orig-content-type": "text/html; charset=utf-8"},
            b"<p>x</p>",
            "text/html; charset=utf-8",
        ),
        # The page's own coding may be undone already, or not; what is broken stays as it came.
        (
            b"<p>x</p>",
            {"x-archive-orig-content-encoding": "gzip", "content-type": "text/html"},
            b"<p>x</p>",
            "text/html",
        ),
        (PACKED, {"x-archive-orig-content-encoding": "gzip"}, b"<p>x</p>", None),
        (PACKED, {}, PACKED, None),
        (PACKED[:12], {"x-archive-orig-content-encoding": "gzip"}, PACKED[:12], None),
        # The archive's own type counts where the site's is not known.
        (b"x", {"content-type": "text/plain"}, b"x", "text/plain"),
        (b"x", {"content-type": "text/plain", "x-archive-orig-content-type": "text/html"}, b"x", "text/html"),
    ],
)
def test_the_response_of_the_site_is_in_that_of_the_archive(
    body: bytes, headers: dict[str, str], plain: bytes, content_type: str | None
) -> None:
    """Its headers under names of their own."""
    response = wayback.response_of(Received(status=200, headers={"server": "archive", **headers}, body=body))
    assert (response.status, response.body) == (200, plain)
    named = dict(response.headers)
    assert len(named) == len(response.headers)
    assert named.get("content-type") == content_type
    assert "server" not in named


def test_a_capture_is_archived_as_it_was_decoded() -> None:
    """Headers of a coding that is undone would make it unreadable."""
    headers = {
        f"x-archive-orig-{name}": "x" for name in ("content-encoding", "transfer-encoding", "content-length", "etag")
    }
    exchange = wayback.exchange_of(page(), wayback.response_of(Received(status=203, headers=headers, body=b"<p>x</p>")))
    assert exchange.headers == [("etag", "x")]
    assert (exchange.url, exchange.status, exchange.body) == (page().url, 203, b"<p>x</p>")
    assert exchange.fetched_at == "2024-02-01T12:03:05+00:00"


def test_an_index_that_does_not_answer_ends_the_list() -> None:
    """The failure is told; what was noted before stays."""
    index = Index({"resumeKey=one": None, "domain": received([HEAD, row("a"), [], ["one"]])})
    asyncio.run(wayback.list_internet_archive(index))  # type: ignore[arg-type]
    assert index.entered == ["a"]
    assert index.failed == [("internetarchive: page 1 from one", "no answer")]
