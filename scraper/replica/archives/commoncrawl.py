"""The stand-in for Common Crawl's services: collinfo, the CDX server, and the data host."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from scraper.replica.archives.faults import s3_error
from scraper.replica.archives.holdings import HeldCapture, HeldCrawl
from scraper.replica.archives.index import (
    Index,
    Line,
    Question,
    QuestionError,
    passes_filter,
    read_question,
    within_time,
)
from scraper.replica.archives.warcs import LANGUAGES
from scraper.replica.archives.zipnum import cdxj
from scraper.replica.content import Reply

ALIASES = {"original": "url", "mimetype": "mime", "statuscode": "status"}
_JSON = ("Content-Type", "text/x-ndjson")
_MOST_LINES = 100_000  # in one answer without `limit`, as in pywb


def line_of(capture: HeldCapture) -> Line:
    """A capture's line in Common Crawl's index: every value is a string, and none is empty."""
    revisit, page = capture.kind == "revisit", capture.mime == "text/html"
    line = {
        "urlkey": capture.urlkey,
        "timestamp": capture.timestamp,
        "url": capture.url,
        "mime": "warc/revisit" if revisit else capture.mime,
        "mime-detected": "warc/revisit" if revisit else capture.mime,
        "status": str(capture.status),
        "digest": capture.digest,
        "length": str(capture.length),
        "offset": str(capture.offset),
        "filename": capture.filename,
    }
    if page and capture.status == 200:
        line["languages"] = LANGUAGES.get(capture.language or "", "eng")
        line["encoding"] = "UTF-8"
    if capture.location:
        line["redirect"] = capture.location
    if capture.kind == "truncated":
        line["truncated"] = "length"
    return line


class IndexService:
    """``/collinfo.json`` and ``/CRAWL-index?url=…``; `nothing` is the status of an answer without lines."""

    def __init__(
        self,
        crawls: Sequence[HeldCrawl],
        indexes: Mapping[str, Index],
        *,
        page_size: int,
        nothing: int,
        robots: str,
    ) -> None:
        self.base = ""
        self._crawls, self._indexes = crawls, indexes
        self._page_size, self._nothing, self._robots = page_size, nothing, robots

    def respond(self, path: str, headers: dict[str, str]) -> Reply:
        """The answer to a GET."""
        plain = path.partition("?")[0]
        if plain == "/robots.txt":
            return Reply(status=200, body=self._robots.encode(), headers=(("Content-Type", "text/plain"),))
        if plain == "/collinfo.json":
            return Reply(status=200, body=self._collinfo(), headers=(("Content-Type", "application/json"),))
        index = self._indexes.get(plain.removeprefix("/").removesuffix("-index"))
        if index is None or not plain.endswith("-index"):
            return _message(404, f"no such collection: {plain}")
        try:
            return self._answer(index, read_question(path))
        except (QuestionError, re.error) as error:
            return _message(400, str(error))

    def _collinfo(self) -> bytes:
        entries = [
            {
                "id": crawl.id,
                "name": crawl.name,
                "timegate": f"{self.base}/{crawl.id}/",
                "cdx-api": f"{self.base}/{crawl.id}-index",
                "from": f"{crawl.first}T00:00:00",
                "to": f"{crawl.last}T23:59:59",
            }
            for crawl in self._crawls
        ]
        return json.dumps(entries, indent=2).encode()

    def _answer(self, index: Index, question: Question) -> Reply:
        page_size = question.number("pageSize") or self._page_size
        if question.is_set("showNumPages"):
            pages, blocks = index.pages(question, page_size)
            found = json.dumps({"pages": pages, "pageSize": page_size, "blocks": blocks})
            return Reply(status=200, body=found.encode() + b"\n", headers=(_JSON,))
        filters = question.parameters.get("filter", ())
        lines = (
            line
            for line in index.page(question, question.number("page") or 0, page_size)
            if within_time(line, question) and all(passes_filter(line, text, ALIASES) for text in filters)
        )
        limit = question.number("limit")
        rows = [_row(line, question) for line in islice(lines, limit if limit is not None else _MOST_LINES)]
        if not rows and self._nothing != 200:
            return _message(self._nothing, f"No Captures found for: {question.text('url')}")
        kind = _JSON if question.text("output") == "json" else ("Content-Type", "text/x-cdxj")
        return Reply(status=200, body="".join(rows).encode(), headers=(kind,))


def _row(line: Line, question: Question) -> str:
    names = (question.text("fl") or question.text("fields") or "").split(",")
    shown = {name: line[name] for name in names if name in line} if names != [""] else dict(line)
    if question.text("output") == "json":
        return json.dumps(shown) + "\n"
    return cdxj({**shown, "urlkey": line["urlkey"], "timestamp": line["timestamp"]})


def _message(status: int, text: str) -> Reply:
    return Reply(status=status, body=json.dumps({"message": text}).encode() + b"\n", headers=(_JSON,))


class DataService:
    """Serves files under `folder`, whole or a byte range, as S3 does; other paths do not exist."""

    def __init__(self, folder: Path, *, robots: str) -> None:
        self.base = ""
        self._folder, self._robots = folder.resolve(), robots

    def respond(self, path: str, headers: dict[str, str]) -> Reply:
        """The answer to a GET."""
        plain = path.partition("?")[0].lstrip("/")
        if plain == "robots.txt":
            return Reply(status=200, body=self._robots.encode(), headers=(("Content-Type", "text/plain"),))
        file = (self._folder / plain).resolve()
        shared = (self._folder / "crawl-data", self._folder / "cc-index")
        if not file.is_file() or not any(top in file.parents for top in shared):
            return s3_error(404, "NoSuchKey", "The specified key does not exist.")
        size = file.stat().st_size
        kind = (("Content-Type", "application/octet-stream"), ("Accept-Ranges", "bytes"), ("ETag", f'"{size:x}"'))
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", headers.get("range", ""))
        if asked is None or asked[0] == "bytes=-":
            return Reply(status=200, headers=kind, part=(file, 0, size))
        if not asked[1]:  # a suffix range
            first, last = max(0, size - int(asked[2])), size - 1
        else:
            first, last = int(asked[1]), min(int(asked[2] or size), size - 1)
        if first >= size or first > last:
            missing = s3_error(416, "InvalidRange", "The requested range is not satisfiable")
            return Reply(status=416, body=missing.body, headers=(("Content-Range", f"bytes */{size}"),))
        spread = ("Content-Range", f"bytes {first}-{last}/{size}")
        return Reply(status=206, headers=(*kind, spread), part=(file, first, last - first + 1))
