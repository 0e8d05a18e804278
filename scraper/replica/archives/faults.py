"""Faults of public archives, which can be switched on while they serve."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import quote_plus, unquote_plus

from scraper.replica.content import Reply

Service = Literal["index", "data", "wayback"]
FaultKind = Literal[
    "status",  # answers `status` with a page, and `Retry-After: retry_after` if that is set
    "s3_error",  # 500 with S3's XML: InternalError
    "slow_down",  # 503 with S3's XML: SlowDown
    "empty",  # 200 without a body
    "cut",  # the connection ends in the middle of the body
    "stall",  # half of the body, then nothing
    "silent",  # no answer at all
    "reset",  # the connection is reset in mid-answer
    "whole",  # 200 and the whole file, whatever range was asked for
    "wrong_range",  # 206 with the Content-Range of another place
    "other_bytes",  # 206 with the right Content-Range and the bytes of another place
    "wrong_offset",  # lines whose offset is not where the record begins
    "other_record",  # lines that lead to the record of another line
    "page_count",  # one page more at each request
    "same_resume_key",  # the answer ends with the resume key of the query
]


@dataclass(slots=True, kw_only=True)
class ArchiveFault:
    """One fault of a service, for requests whose path and query match `where` (a regular expression, searched).

    The first `after` of them are answered correctly, the next `times` (None: all) are hit; `each` counts every path
    and query separately. For faults of lines, `lines` chooses those in which it is found.
    """

    service: Service
    kind: FaultKind
    where: str = ""
    after: int = 0
    times: int | None = None
    each: bool = False
    status: int = 403
    retry_after: str | None = None
    lines: str = ""
    seen: dict[str, int] = field(default_factory=dict)

    def strikes(self, service: Service, path: str) -> bool:
        """Count this request; returns whether it is hit."""
        if service != self.service or not re.search(self.where, path):
            return False
        key = path if self.each else ""
        count = self.seen[key] = self.seen.get(key, 0) + 1
        return count > self.after and (self.times is None or count <= self.after + self.times)

    def answer(self, path: str, headers: dict[str, str], healthy: Callable[[str, dict[str, str]], Reply]) -> Reply:
        """The faulty answer in place of the healthy one."""
        if self.kind == "status":
            extra = (("Retry-After", self.retry_after),) if self.retry_after is not None else ()
            return Reply(status=self.status, body=b"<html><body>No</body></html>\n", headers=(_HTML, *extra))
        if self.kind == "s3_error":
            return s3_error(500, "InternalError", "We encountered an internal error. Please try again.")
        if self.kind == "slow_down":
            return s3_error(503, "SlowDown", "Please reduce your request rate.")
        if self.kind == "whole":
            return healthy(path, {name: value for name, value in headers.items() if name != "range"})
        reply = _in_memory(healthy(path, headers))
        if self.kind == "empty":
            return Reply(status=200, headers=reply.headers)
        if self.kind in ("cut", "stall", "silent", "reset"):
            return replace(reply, fault="cut_half" if self.kind == "cut" else self.kind)
        if self.kind in ("wrong_range", "other_bytes"):
            return _of_elsewhere(reply, self.kind)
        if reply.status != 200:
            return reply
        if self.kind == "page_count":
            if "showNumPages" not in path:
                return reply
            return _more_pages(reply, self.seen[path if self.each else ""])
        if self.kind == "same_resume_key":
            return _same_key(reply, path)
        return replace(reply, body=_misled(reply.body, self.kind, self.lines))


_HTML = ("Content-Type", "text/html")
_EMPTY = "\n\n"  # between lines and key


def s3_error(status: int, code: str, message: str) -> Reply:
    """An error answer of S3."""
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message>'
        "<RequestId>REPLICA</RequestId><HostId>replica</HostId></Error>"
    )
    return Reply(status=status, body=text.encode(), headers=(("Content-Type", "application/xml"),))


def _in_memory(reply: Reply) -> Reply:
    if reply.part is None:
        return reply
    path, start, size = reply.part
    with path.open("rb") as file:
        file.seek(start)
        return replace(reply, body=file.read(size), part=None)


def _of_elsewhere(reply: Reply, kind: FaultKind) -> Reply:
    """A partial answer from another place, visible in its headers or not."""
    if reply.status != 206:
        return reply
    if kind == "other_bytes":
        return replace(reply, body=reply.body[1:] + reply.body[:1])
    numbers = {name: value for name, value in reply.headers if name == "Content-Range"}["Content-Range"]
    first, last, whole = map(int, re.findall(r"\d+", numbers))
    moved = ("Content-Range", f"bytes {first + 100}-{last + 100}/{whole + 100}")
    return replace(reply, headers=(*(h for h in reply.headers if h[0] != "Content-Range"), moved))


def _more_pages(reply: Reply, more: int) -> Reply:
    found = json.loads(reply.body)
    return replace(reply, body=json.dumps({**found, "pages": found["pages"] + more}).encode() + b"\n")


def _same_key(reply: Reply, path: str) -> Reply:
    """The answer, ending with the query's own resume key; unchanged if the query has none."""
    asked = re.search(r"[?&]resumeKey=([^&]*)", path)
    if asked is None:
        return reply
    key, text = asked[1], reply.body.decode()
    while (plain := unquote_plus(key)) != key:  # a client may have quoted the key a second time
        key = plain
    key = quote_plus(key)
    if not text.startswith("["):
        return replace(reply, body=f"{text.partition(_EMPTY)[0].rstrip()}{_EMPTY}{key}\n".encode())
    rows = json.loads(text)
    if [] in rows:
        rows = rows[: rows.index([])]
    return replace(reply, body=json.dumps([*rows, [], [key]]).encode())


def _misled(body: bytes, kind: FaultKind, chosen: str) -> bytes:
    """Common Crawl's lines (JSON objects) with wrong places."""
    rows = body.decode().splitlines()
    if not all(row.startswith("{") for row in rows):
        return body
    lines = [json.loads(row) for row in rows]
    places = [tuple(line.get(name) for name in ("offset", "length", "filename")) for line in lines]
    for number, line in enumerate(lines):
        if "offset" not in line or not re.search(chosen, rows[number]):
            continue
        if kind == "wrong_offset":
            line["offset"] = str(int(line["offset"]) + 5)
            continue
        others = (place for place, other in zip(places, lines, strict=True) if other.get("url") != line.get("url"))
        line.update(zip(("offset", "length", "filename"), next(others, places[number]), strict=True))
    return "".join(json.dumps(line) + "\n" for line in lines).encode()
