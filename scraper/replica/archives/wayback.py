"""The stand-in for the Internet Archive's two services: the CDX server, and pages as they were."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote_plus, unquote_plus

from warcio.archiveiterator import ArchiveIterator

from pipelines.archives.surts import surt
from scraper.replica.archives.holdings import HeldCapture
from scraper.replica.archives.index import Index, Line, Question, QuestionError, read_question, within_time
from scraper.replica.content import Reply

COLUMNS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
_NOT_ARCHIVED = "<html><body><p>The Wayback Machine has not archived that URL.</p></body></html>\n"


def line_of(capture: HeldCapture) -> Line:
    """A capture's line; a revisit has no status of its own."""
    revisit = capture.kind == "revisit"
    values = (
        capture.urlkey,
        capture.timestamp,
        capture.url,
        "warc/revisit" if revisit else capture.mime,
        "-" if revisit else str(capture.status),
        capture.digest,
        str(capture.length),
    )
    return dict(zip(COLUMNS, values, strict=True))


class WaybackService:
    """``/cdx/search/cdx?url=…`` and ``/web/TIMESTAMPid_/URL``."""

    def __init__(self, captures: Sequence[HeldCapture], folder: Path, *, robots: str) -> None:
        self.base = ""
        self._index = Index(captures, line_of, block_lines=3000)
        self._folder, self._robots = folder, robots
        self._by_key: dict[str, list[HeldCapture]] = {}
        for capture in sorted(captures, key=lambda capture: capture.timestamp):
            self._by_key.setdefault(capture.urlkey, []).append(capture)

    def respond(self, path: str, headers: dict[str, str]) -> Reply:
        """The answer to a GET."""
        plain = path.partition("?")[0]
        if plain == "/robots.txt":
            return Reply(status=200, body=self._robots.encode(), headers=(("Content-Type", "text/plain"),))
        if plain == "/cdx/search/cdx":
            try:
                return self._cdx(read_question(path))
            except (QuestionError, re.error) as error:
                return Reply(status=400, body=f"{error}\n".encode(), headers=(("Content-Type", "text/plain"),))
        asked = re.fullmatch(r"/web/(\d{4,14})id_/(.+)", path)
        if asked is None:
            return _html(404, "<html><body>Not found</body></html>\n")
        return self._page(asked[1], asked[2])

    # ---- the index

    def _cdx(self, question: Question) -> Reply:
        names = (question.text("fl") or ",".join(COLUMNS)).split(",")
        size = question.number("pageSize") or 5
        if question.is_set("showNumPages"):
            pages, _ = self._index.pages(question, size)
            return Reply(status=200, body=f"{pages}\n".encode(), headers=(("Content-Type", "text/plain"),))
        page = question.number("page")
        found: Iterable[Line] = (
            self._index.matching(question) if page is None else self._index.page(question, page, size)
        )
        lines = list(_chosen(found, question))
        limit, more = question.number("limit"), ""
        if limit is not None and limit < 0:
            lines = lines[limit:]
        elif limit is not None and limit < len(lines):
            last = lines[limit - 1] if limit else lines[0]
            more = quote_plus(f"{last['urlkey']} {last['timestamp']}!") if question.is_set("showResumeKey") else ""
            lines = lines[:limit]
        rows = [[line.get(name, "-") for name in names] for line in lines]
        if question.text("output") != "json":
            text = "".join(" ".join(row) + "\n" for row in rows) + (f"\n{more}\n" if more else "")
            return Reply(status=200, body=text.encode(), headers=(("Content-Type", "text/plain"),))
        table = [names, *rows, *([[], [more]] if more else [])] if rows else []
        text = "[" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in table) + "]\n"
        return Reply(status=200, body=text.encode(), headers=(("Content-Type", "application/json"),))

    # ---- the pages

    def _page(self, stamp: str, url: str) -> Reply:
        captures = self._by_key.get(surt(url), [])
        if not captures:
            return _html(404, _NOT_ARCHIVED)
        nearest = _nearest(captures, stamp)
        if nearest.timestamp != stamp:
            location = f"{self.base}/web/{nearest.timestamp}id_/{nearest.url}"
            return Reply(status=302, headers=(("Location", location), ("Content-Type", "text/html")))
        headers, body = self._read(nearest.original or nearest)
        own = [
            ("Memento-Datetime", format_datetime(nearest.moment, usegmt=True)),
            ("Link", f'<{nearest.url}>; rel="original"'),
            ("X-Archive-Src", nearest.filename),
        ]
        own += [(name, value) for name, value in headers if name in ("Content-Type", "Content-Encoding")]
        if nearest.location:
            target = f"{self.base}/web/{nearest.timestamp}id_/{nearest.location}"
            own += [("Location", target), ("X-Archive-Redirect-Reason", f"found capture at {nearest.timestamp}")]
        kept = [(f"X-Archive-Orig-{name}", value) for name, value in headers]
        return Reply(status=nearest.status, body=body, headers=(*own, *kept))

    def _read(self, capture: HeldCapture) -> tuple[list[tuple[str, str]], bytes]:
        with (self._folder / capture.filename).open("rb") as file:
            file.seek(capture.offset)
            record = next(iter(ArchiveIterator(file)))
            return list(record.http_headers.headers), record.raw_stream.read()


def _chosen(lines: Iterable[Line], question: Question) -> Iterator[Line]:
    """The lines after the resume key that pass times and filters, and are not collapsed into the one before."""
    resume = unquote_plus(question.text("resumeKey") or "")
    filters = [_filter(text) for text in question.parameters.get("filter", ())]
    name, _, digits = (question.text("collapse") or "").partition(":")
    before = None
    passing = (
        line
        for line in lines
        if f"{line['urlkey']} {line['timestamp']}" >= resume
        and within_time(line, question)
        and all((re.fullmatch(pattern, line.get(field, "")) is not None) != no for field, pattern, no in filters)
    )
    for line in passing:
        value = line.get(name, "")[: int(digits)] if digits else line.get(name, "")
        if name and value == before:
            continue
        before = value
        yield line


def _filter(text: str) -> tuple[str, str, bool]:
    """``[!]field:pattern``: field, pattern (of the whole value), and whether it must not match."""
    field, _, pattern = text.removeprefix("!").partition(":")
    return field, pattern, text.startswith("!")


def _nearest(captures: Sequence[HeldCapture], stamp: str) -> HeldCapture:
    wanted = int(stamp.ljust(14, "0"))
    place = bisect_left([int(capture.timestamp) for capture in captures], wanted)
    return min(captures[max(0, place - 1) : place + 1], key=lambda capture: abs(int(capture.timestamp) - wanted))


def _html(status: int, text: str) -> Reply:
    return Reply(status=status, body=text.encode(), headers=(("Content-Type", "text/html"),))


__all__ = ["COLUMNS", "WaybackService", "line_of"]
