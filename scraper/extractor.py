"""Extraction beside the event loop, so that a page's CPU work does not hold up the loop's requests.

At the pace of a polite crawl, pages are extracted where they arrive. If that takes more than a share of the time
(an archive, a cache, the user's own site), they go to a separate process, as far as it keeps up. The result is the
same either way. A page that ends that process, or takes too long, is lost; the crawl is not.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import pickle
import struct
import sys
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipelines import extract
from pipelines.errors import VietnamvnError, in_words
from pipelines.models import Article, HtmlPage, Rejected
from pipelines.printable import printable
from pipelines.processors import usable_processors

LONGEST = 60.0
"""Most seconds for one page; the slowest of 20,000 hostile pages took 0.2."""
_WINDOW = 40  # pages after which the share is checked
_LOOKS = 10  # checks of the process within `LONGEST`
_MOST_WAITING = 32  # pages queued for the process; beyond them the loop does the work itself
_SECONDS_TO_END = 2.0
_PIPE = 1 << 20  # bytes; Linux gives ordinary users no more
_HEAD = struct.Struct("<Q")
_HELLO = b"\x06"
# Ctrl-C reaches all processes of the crawl at once, so it is ignored before the imports, which take a second. The
# packages come from where this process has them, even if another folder on the path has the same name.
_BEGIN = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    "sys.path[:] = sys.argv[1:]; import pipelines, scraper; del sys.path[0]; "
    f"from {__name__} import main; main()"
)

_log = logging.getLogger(__name__)


class ExtractionError(VietnamvnError):
    """A page has no result; the message says why."""


class _NotReachedError(Exception):
    """The process ended before it came to this page."""


@dataclass(slots=True, eq=False)
class _Waiting:
    page: HtmlPage
    result: asyncio.Future[Article | Rejected]


class Extractor:
    """`extract` for coroutines. `share` is the part of the time (0 to 1) above which a process is started; 1: never."""

    def __init__(self, share: float) -> None:
        self._share = share if usable_processors() > 1 else 1.0
        self._worker: _Worker | None = None
        self._pages = 0
        self._seconds = 0.0
        self._since = time.monotonic()

    @property
    def pid(self) -> int | None:
        """The id of the process that extracts; None if there is none, or it is not ready."""
        worker = self._worker
        return worker.pid if worker is not None and worker.is_ready and not worker.is_over else None

    async def extract(self, page: HtmlPage) -> Article | Rejected:
        """The result of `pipelines.extract` for a page. Raises `ExtractionError` if the process ended over it."""
        worker = self._worker
        if worker is not None and worker.is_over:
            self._worker = None
            self._share = self._share if worker.is_ready else 1.0  # one that cannot start is not tried again
        elif worker is not None and worker.takes_more:
            with suppress(_NotReachedError):
                return await worker.extract(page)
        began = time.perf_counter()
        result = extract(page)
        self._seconds += time.perf_counter() - began
        self._pages += 1
        if self._pages >= _WINDOW:
            await self._look()
        return result

    async def _look(self) -> None:
        share = self._seconds / max(time.monotonic() - self._since, 1e-9)
        self._pages, self._seconds, self._since = 0, 0.0, time.monotonic()
        if share > self._share and self._worker is None:
            try:
                self._worker = await _Worker.begin()
            except OSError as error:
                self._share = 1.0
                _log.warning("no process for the extraction (%s): pages are extracted in this one", in_words(error))

    async def close(self) -> None:
        """End the process, if there is one."""
        if self._worker is not None:
            await self._worker.close()
            self._worker = None


class _Worker:
    """One process that extracts pages in the order in which they come."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._waiting: deque[_Waiting] = deque()
        self.is_ready = False
        self.is_over = False
        self._reading = asyncio.ensure_future(self._read())
        self._watching = asyncio.ensure_future(self._watch())

    @classmethod
    async def begin(cls) -> _Worker:
        """Start a process; it is ready a moment later. Raises `OSError`."""
        # Packages may come from an egg or a folder that only this process knows. The working folder, which -m would
        # put first on the path, counts only if it is on this process's path too.
        pipe = asyncio.subprocess.PIPE
        command = (sys.executable, "-c", _BEGIN, str(Path(__file__).parents[1]), *sys.path)
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
        _widen(process.stdin)
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def takes_more(self) -> bool:
        return self.is_ready and not self.is_over and len(self._waiting) < _MOST_WAITING

    async def extract(self, page: HtmlPage) -> Article | Rejected:
        waiting = _Waiting(page, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        stdin = self._process.stdin
        if stdin is not None:
            stdin.write(_message(page))
        return await waiting.result

    async def _read(self) -> None:
        stdout = self._process.stdout
        try:
            if stdout is None or await stdout.readexactly(1) != _HELLO:
                return
            self.is_ready = True
            while True:
                size = _HEAD.unpack(await stdout.readexactly(_HEAD.size))[0]
                result = pickle.loads(await stdout.readexactly(size))  # noqa: S301 - from this program's own process
                _settle(self._waiting.popleft(), result)
        except (asyncio.IncompleteReadError, OSError):
            pass  # it is over
        except Exception as error:
            _log.warning("unexpected answer from the extraction process (%s)", in_words(error))
            with suppress(ProcessLookupError):
                self._process.kill()
        finally:
            self.is_over = True
            self._watching.cancel()
            self._end()

    def _end(self) -> None:
        """Fail the page that the process was at when it ended; the others are extracted in this process."""
        if self._waiting:
            _settle(self._waiting.popleft(), "the process that extracted it ended, or took too long")
        while self._waiting:
            _settle(self._waiting.popleft(), _NotReachedError())

    async def _watch(self) -> None:
        # Checks are counted, not seconds: if the loop itself stood still (a stopped crawl, a database that hangs), the
        # answer may already be in the pipe.
        first, looks = None, 0
        while True:
            await asyncio.sleep(LONGEST / _LOOKS)
            seen, first = first, self._waiting[0] if self._waiting else None
            looks = looks + 1 if first is not None and first is seen else 0
            if first is not None and looks >= _LOOKS:
                _log.warning("%s: extraction took over %.0f s", printable(first.page.url or "-"), LONGEST)
                self._process.kill()
                return

    async def close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), _SECONDS_TO_END)
        except asyncio.TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._reading


def _widen(stream: asyncio.StreamWriter | None) -> None:
    """Let a pipe hold several pages; otherwise each page takes two rounds of the loop."""
    pipe = None if stream is None else stream.get_extra_info("pipe")
    if pipe is not None and hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError, ValueError):  # not allowed, or the process has ended already
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)


def _settle(waiting: _Waiting, result: Article | Rejected | str | Exception) -> None:
    if waiting.result.done():  # whoever waited was cancelled
        return
    if isinstance(result, (str, Exception)):
        waiting.result.set_exception(ExtractionError(result) if isinstance(result, str) else result)
    else:
        waiting.result.set_result(result)


def _result(page: HtmlPage) -> Article | Rejected | str:
    try:
        return extract(page)
    except Exception as error:  # never lose a crawl to one page
        return in_words(error)


def _message(value: object) -> bytes:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return _HEAD.pack(len(data)) + data


# ---- the other side


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Read pages from `source` until it ends, and write each one's result, or what is wrong with it, to `sink`."""
    sink.write(_HELLO)
    sink.flush()
    while len(head := source.read(_HEAD.size)) == _HEAD.size:
        page = pickle.loads(source.read(_HEAD.unpack(head)[0]))  # noqa: S301 - from this program's own process
        sink.write(_message(_result(page)))
        sink.flush()


def main() -> None:
    """The extraction process: it ends when its parent closes its input, not by Ctrl-C."""
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not mix with the answers
    with suppress(BrokenPipeError, EOFError, pickle.UnpicklingError):  # the other side is gone
        serve(sys.stdin.buffer, sink)
