"""Reads a file on a server as a local one: by ranges, a piece at a time, from a thread beside the event loop."""

from __future__ import annotations

import asyncio
import concurrent.futures
import io
import re
from collections.abc import Callable
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO, cast

from scrapy.crawler import Crawler

from scraper import engine
from scraper.asking import asked
from scraper.backfill.answers import ExpectedAnswer, Received, UnfitError, asking, part_of, range_header
from scraper.visits import Answer, StoppedError, Visit

_FIRST = 2**18  # bytes, enough to see how a file is packed
_LARGEST_WHOLE = 2**28  # bytes of a file whose server does not send parts
_CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+)")
_LOOK_SECONDS = 0.5
_SMALLEST = 100_000  # bytes of any answer: an error page may be longer than a small part
_KEPT = 2**20  # bytes in memory, since readers go back a little


class RemoteError(OSError):
    """A file or a part of it could not be fetched; `answer` is what came instead."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.verdict.detail)
        self.answer = answer


async def open_remote(crawler: Crawler, url: str, *, piece: int) -> tuple[BinaryIO, int]:
    """A file for a thread to read, and its size; if the server sends no parts, the whole file. Raises `RemoteError`."""
    begun = min(_FIRST, piece)
    wanted = ExpectedAnswer(statuses=frozenset({206, 200, 416}), check=_first_check(begun))
    answer = await _answer(crawler, url, wanted, range_header(0, begun), longest=_LARGEST_WHOLE)
    if answer.status == 200:
        whole = cast("IO[bytes]", TemporaryFile())  # noqa: SIM115  # deleted when the reader closes it
        whole.write(answer.body)
        return cast("BinaryIO", whole), len(answer.body)
    size = _size(answer.headers)
    loop = asyncio.get_running_loop()

    async def part(offset: int, length: int) -> bytes:
        wanted = ExpectedAnswer(statuses=frozenset({206}), check=_same_file(part_of(offset, length), size))
        try:
            found = await _answer(crawler, url, wanted, range_header(offset, length), longest=max(length, _SMALLEST))
        except StoppedError:  # perhaps nobody waits for it any more
            raise asyncio.CancelledError from None
        return found.body

    def begin(offset: int, length: int) -> concurrent.futures.Future[bytes]:
        return asyncio.run_coroutine_threadsafe(part(offset, length), loop)

    first = answer.body if answer.status == 206 else b""
    return cast(
        "BinaryIO", RemoteFile(first, size, begin, piece=piece, is_over=lambda: engine.is_ending(crawler))
    ), size


async def _answer(
    crawler: Crawler, url: str, wanted: ExpectedAnswer, headers: dict[str, str], *, longest: int
) -> Answer:
    request = asking(url, Visit(kind="sitemap"), wanted, headers=headers, longest=longest)
    answer = await asked(crawler, request)
    if answer.verdict.outcome != "ok":
        raise RemoteError(answer)
    return answer


def _first_check(length: int) -> Callable[[Received], None]:
    def check(received: Received) -> None:
        if received.status == 200:
            if not received.body:
                raise UnfitError("it is empty")
            return
        size = _size(received.headers)
        if received.status == 206:
            part_of(0, min(length, size))(received)
        elif size:
            raise UnfitError(f"the file has {size} bytes")

    return check


def _same_file(check: Callable[[Received], None], size: int) -> Callable[[Received], None]:
    def both(received: Received) -> None:
        check(received)
        if (current := _size(received.headers)) != size:
            raise UnfitError(f"the file has {current} bytes now, not {size}")

    return both


def _size(headers: Any) -> int:
    found = _CONTENT_RANGE.fullmatch(headers.get("content-range", "").strip())
    if found is None:
        raise UnfitError("without a Content-Range with the size of the file")
    return int(found[3])


def waited(future: concurrent.futures.Future[Any], is_over: Callable[[], bool]) -> Any:
    """Wait in a thread for a future of the loop; raises `StoppedError` if the run, and so perhaps the loop, ends."""
    while True:
        # Not `result(timeout)`: its TimeoutError cannot be distinguished from one that the task raised.
        concurrent.futures.wait([future], _LOOK_SECONDS)
        if future.done():
            try:
                return future.result()
            except concurrent.futures.CancelledError:
                raise StoppedError from None
        if is_over():
            future.cancel()
            raise StoppedError


class RemoteFile(io.RawIOBase):
    """The bytes of a file on a server. In sequential reading the next piece is fetched while one is being read.

    `begin(offset, length)` requests a piece. Three pieces are in memory, or a megabyte of small ones.
    """

    def __init__(
        self,
        first: bytes,
        size: int,
        begin: Callable[[int, int], concurrent.futures.Future[bytes]],
        *,
        piece: int,
        is_over: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._first, self._size, self._begin, self._length, self._is_over = first, size, begin, piece, is_over
        self._at = 0
        self._pieces: list[tuple[int, bytes]] = []  # the last (offset, bytes)
        self._coming: tuple[int, concurrent.futures.Future[bytes]] | None = None

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """The offset of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Set the offset of the next byte, as `io.IOBase.seek`; returns it."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        """The next `size` bytes (-1: all), fewer only at the end; raises `RemoteError`, `StoppedError`."""
        end = self._size if size < 0 else min(self._size, self._at + size)
        found = []
        while self._at < end:
            offset, data = self._piece(self._at)
            part = data[self._at - offset : end - offset]
            found.append(part)
            self._at += len(part)
        return b"".join(found)

    def close(self) -> None:
        """Close, without waiting for a piece under way."""
        if self._coming is not None:
            self._coming[1].cancel()
            self._coming = None
        super().close()

    def _piece(self, at: int) -> tuple[int, bytes]:
        for offset, data in ((0, self._first), *self._pieces):
            if offset <= at < offset + len(data):
                return offset, data
        if self._coming is None or self._coming[0] != at:
            self._ask(at)
        assert self._coming is not None  # noqa: S101  # `_ask` set it
        offset, future = self._coming
        self._coming = None
        data = waited(future, self._is_over)
        self._pieces = [*self._pieces[-max(1, _KEPT // self._length) :], (offset, data)]
        self._ask(offset + len(data))
        return offset, data

    def _ask(self, offset: int) -> None:
        if self._coming is not None:
            self._coming[1].cancel()
        self._coming = None
        if offset < self._size:
            self._coming = offset, self._begin(offset, min(self._length, self._size - offset))
