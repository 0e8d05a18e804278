"""Files that are read whole, a stretch at a time: what is handed over, and when reading ends."""

from __future__ import annotations

import asyncio
import concurrent.futures
import gzip
import threading
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
import zstandard
from scrapy.http import Response

from scraper import engine
from scraper.backfill.options import backfill_options
from scraper.backfill.remote import RemoteFile, waited
from scraper.backfill.stretches import ArchiveFile, FileProgress, Stretch, StretchReader
from scraper.backfill.whole_files import EnoughRecordsError, FilesReader
from scraper.middlewares.decoding import DecodingMiddleware
from scraper.visits import StoppedError, Visit, visit_of, visiting

PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>x</p>"
RECORD = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://www.vietnam.vn/bai-viet\r\n"
    b"WARC-Date: 2025-10-01T00:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
    b"Content-Length: %d\r\n\r\n%b\r\n\r\n" % (len(PAGE), PAGE)
)


@pytest.mark.parametrize("coding", ["gzip", "plain", "zstd"])
def test_only_gzip_members_are_kept_as_they_stand(coding: str) -> None:
    """An archive is of gzip members: what is packed otherwise is written anew."""
    packers = {"gzip": gzip.compress, "zstd": zstandard.ZstdCompressor().compress, "plain": bytes}
    content = packers[coding](RECORD)
    options = backfill_options({"from": "ccnews", "since": "2025-10-01", "store": "x.db", "archive": "kept"}, {})
    file = ArchiveFile(archive="file", crawl="", name="a.warc", place="a.warc")
    stretches: list[Stretch] = []
    reader = StretchReader(file, options, most=10, progress=FileProgress(), hand=stretches.append)
    reader.read(BytesIO(content), start=0, size=len(content))
    (found,) = [held for stretch in stretches for _, held in stretch.found]
    assert found is not None
    assert found.record.block == PAGE
    assert found.data == (content if coding == "gzip" else None)


class _Late(concurrent.futures.Future[bytes]):
    """Is done just when somebody has waited in vain."""

    def result(self, timeout: float | None = None) -> bytes:
        if timeout is not None and not self.done():
            self.set_result(b"it")
            raise concurrent.futures.TimeoutError
        return super().result(timeout)


def test_what_comes_in_the_moment_of_a_look_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces come about as often as is looked: that one was waited for in vain is asked of it once."""
    monkeypatch.setattr("scraper.backfill.remote._LOOK_SECONDS", 0.01)
    late = _Late()
    timer = threading.Timer(0.05, lambda: late.done() or late.set_result(b"it"))
    timer.start()
    assert waited(late, lambda: False) == b"it"
    timer.join()
    raised: concurrent.futures.Future[bytes] = concurrent.futures.Future()
    raised.set_exception(TimeoutError("of its own"))
    with pytest.raises(TimeoutError, match="of its own"):
        waited(raised, lambda: True)
    with pytest.raises(StoppedError):
        waited(concurrent.futures.Future(), lambda: True)


def test_a_piece_that_is_not_wanted_any_more_is_called_off() -> None:
    """The next piece is under way while one is read; who reads on elsewhere, or closes, does without it."""
    asked: dict[int, concurrent.futures.Future[bytes]] = {}

    def begin(offset: int, length: int) -> concurrent.futures.Future[bytes]:
        future = asked[offset] = concurrent.futures.Future()
        if offset in (0, 50):
            future.set_result(bytes(length))
        return future

    file = RemoteFile(b"", 100, begin, piece=10, is_over=lambda: False)
    file.read(10)
    assert list(asked) == [0, 10]
    file.seek(50)
    file.read(10)
    assert list(asked) == [0, 10, 50, 60]
    assert (asked[10].cancelled(), asked[60].cancelled()) == (True, False)
    file.close()
    assert asked[60].cancelled()


@pytest.mark.parametrize("is_spent", [True, False])
def test_nobody_waits_for_leases_that_cannot_come(is_spent: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where captures of other archives have used up the limit, what is held will not be asked for."""
    monkeypatch.setattr(engine, "is_ending", lambda crawler: False)
    monkeypatch.setattr("scraper.backfill.whole_files._MOST_RECORDS", 0)
    ledger: Any = SimpleNamespace(frontier=SimpleNamespace(leases=SimpleNamespace(is_spent=is_spent)))
    listing: Any = SimpleNamespace(options=SimpleNamespace(limit=1000))
    nothing: Any = None
    reader = FilesReader(nothing, listing, ledger, nothing, is_dry=False)
    with pytest.raises(EnoughRecordsError if is_spent else asyncio.TimeoutError):
        asyncio.run(asyncio.wait_for(reader._room(), 0.2))


@pytest.mark.parametrize("status", [206, 200])
def test_a_part_is_of_the_file_as_it_stands(status: int) -> None:
    """Some servers call the gzip of NAME.warc.gz a coding: a part of it is no whole one, and is not undone."""
    middleware = DecodingMiddleware.__new__(DecodingMiddleware)
    middleware._max_size = 10_000
    request = visiting("https://files.example/a.warc.gz", Visit(kind="sitemap"))
    request.headers["Range"] = "bytes=0-49"
    content = gzip.compress(RECORD)
    body = content[:50] if status == 206 else content
    response = Response(request.url, status=status, headers={"Content-Encoding": "gzip"}, body=body)
    found = middleware.process_response(request, response)
    assert found.body == (body if status == 206 else RECORD)
    assert visit_of(request).trouble is None
