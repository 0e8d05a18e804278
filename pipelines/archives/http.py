"""The HTTP response in a WARC record: status line, headers, and the body without its codings.

Read as leniently as browsers do, since archives hold what servers really sent (RFC 9112 says what they should send).
What is cut off or damaged is reported, never passed on as whole: half an article is no article.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from pipelines.archives.records import Record, text_of
from pipelines.models import HtmlPage
from pipelines.outcomes import status_outcome
from pipelines.web.decoding import TooLargeError, codings, decode_body

# HTTP/2 has no reason phrase, some older servers leave it out, and some write the version as they like.
_STATUS = re.compile(rb"\s*(?:HTTP(?:/\d{1,2}(?:\.\d{1,2})?)?|ICY)[ \t]+(\d{3})(?!\d)[^\r\n]*\r?\n?", re.I)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
# Old servers pad the size with blanks; extensions follow a semicolon.
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9a-f]{1,16})[ \t]*(?:;[^\n]{0,4096})?\r?\n", re.I)
_LINE_END = re.compile(rb"\r?\n")
_HTML = re.compile(r"\s*(?:text/html|application/xhtml\+xml)(?![\w.+-])", re.I)
_HTML_END = re.compile(rb"</(?:html|body)\s*>", re.I)
_TAIL = 2000  # bytes after the end of a page: comments of caches and the like
_MAX_INTERIM: Final = 10

Framing = Literal["whole", "cut", "plain"]


class HttpError(ValueError):
    """A record's block is no HTTP response that can be read; the message says why, without bytes of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """A server's response: `headers` as they came, in their order; `body` without transfer and content codings."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of a name that is not empty."""
        return next(iter(self.values(name)), None)

    def values(self, name: str) -> list[str]:
        """All values of a name that are not empty; the case of the name does not matter."""
        return [value for key, value in self.headers if value and key.lower() == name.lower()]


def read_page(record: Record, *, limit: int, fetched_at: str | None) -> tuple[HtmlPage, HttpResponse] | None:
    """The page in a `response` record, and the whole response; None for what the server says is no HTML.

    Without a Content-Type it is taken for HTML. An unsuccessful response is a page whatever its type and body: its
    status says what became of it. `limit` is the largest body in bytes, packed or not. Raises `HttpError` for a block
    that is no response, cut off, damaged or too large.
    """
    if record.block is None:
        raise HttpError(f"record of {record.size} bytes is over the limit of {limit} bytes")
    status, headers, body = read_head(record.block)
    response = HttpResponse(status=status, headers=headers, body=body)
    success = status_outcome(status) == "ok"
    types = response.values("Content-Type")
    if success and types and not any(_HTML.match(part) for part in types[-1].split(",")):
        return None
    try:
        response = _decoded(record, response, limit)
    except HttpError:
        if success:
            raise
        response = HttpResponse(status=status, headers=headers, body=b"")
    page = HtmlPage(
        body=response.body,
        url=record.url,
        content_type=types[-1] if types else None,
        status=status,
        fetched_at=fetched_at,
        headers=headers,
    )
    return page, response


def is_http(record: Record) -> bool:
    """Whether a record says that it holds HTTP; others are of DNS, FTP and the like."""
    return record.headers.get("content-type", "application/http").lower().startswith("application/http")


def unchunk(body: bytes) -> tuple[bytes, Framing]:
    r"""A body out of its chunks (RFC 9112, 7.1); as it is ("plain") where it is in none, as archives keep it.

    >>> unchunk(b"3;q=1\r\nXin\r\n4\r\n ch\xc3\r\n0\r\nTrailer: x\r\n\r\n")
    (b'Xin ch\xc3', 'whole')
    >>> unchunk(b"<p>Xin"), unchunk(b"3\nXin\n9\n ch")
    ((b'<p>Xin', 'plain'), (b'Xin ch', 'cut'))
    """
    start = _LINE_END.match(body)
    at = start.end() if start else 0
    found: list[bytes] = []
    while match := _CHUNK_SIZE.match(body, at):
        size = int(match[1], 16)
        if size == 0:
            return b"".join(found), "whole"
        chunk = body[match.end() : match.end() + size]
        found.append(chunk)
        at = match.end() + size
        if len(chunk) < size:
            return b"".join(found), "cut"
        if end := _LINE_END.match(body, at):
            at = end.end()
        elif at < len(body):
            # No chunk ends here: what looked like a size at the very beginning was text, anything later is damage.
            return (body, "plain") if len(found) == 1 else (b"".join(found), "cut")
    return (b"".join(found), "cut") if found else (body, "plain")


def read_head(block: bytes) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """(status, headers, body as sent). Interim responses (100 Continue) are passed over.

    Raises `HttpError` if it is not a response.
    """
    for _ in range(_MAX_INTERIM):
        status = _STATUS.match(block)
        if status is None:
            raise HttpError("damaged HTTP: no status line where one should begin")
        # The status line may be all there is: then its own end begins the blank line.
        end = _HEAD_END.search(block, max(0, status.end() - 2))
        head = block[status.end() : end.start() + 1 if end else len(block)]
        body = block[end.end() :] if end else b""
        code = int(status[1])
        if not (100 <= code < 200 and _STATUS.match(body)):
            return code, _headers(head), body
        block = body
    raise HttpError("damaged HTTP: no end of interim answers")


def _headers(head: bytes) -> tuple[tuple[str, str], ...]:
    """Header fields in their order; folded lines unfolded, lines without a colon left out."""
    found: list[tuple[str, list[str]]] = []
    for line in head.split(b"\n"):
        text = text_of(line).rstrip("\r")
        if text[:1] in (" ", "\t") and found:
            found[-1][1].append(text.strip())
        elif text[:1] not in ("", " ", "\t") and ":" in text:
            name, _, value = text.partition(":")
            found.append((name.strip(), [value.strip()]))
    return tuple((name, " ".join(parts).strip()) for name, parts in found)


def _decoded(record: Record, response: HttpResponse, limit: int) -> HttpResponse:
    """The response without its codings. Raises `HttpError` if it is not whole, or too large."""
    if (cause := record.headers.get("warc-truncated")) is not None:
        reason = cause if cause in ("length", "time", "disconnect", "unspecified") else "no known reason"
        raise HttpError(f"the page was cut off when it was archived (WARC-Truncated: {reason})")
    if "warc-segment-number" in record.headers:
        raise HttpError("the record is one of several segments, which are not put together")
    body = response.body
    state: Framing = "plain"
    transfer = codings(response.values("Transfer-Encoding"))
    if "chunked" in transfer:
        body, state = unchunk(body)
        if state == "cut" and not _ends_like_a_page(body):
            raise HttpError(f"the body is cut off within its chunks, after {len(body)} bytes")
    coded = [*response.values("Content-Encoding"), *(name for name in transfer if name != "chunked")]
    try:
        decoded = decode_body(body, coded, limit=limit)
    except TooLargeError:
        raise HttpError(f"page is over the limit of {limit} bytes when decompressed") from None
    if decoded.state != "whole":
        raise HttpError(decoded.detail)
    if not coded and state == "plain":
        _check_length(response)
    return HttpResponse(status=response.status, headers=response.headers, body=decoded.body)


def _check_length(response: HttpResponse) -> None:
    """Refuse a body that is shorter than its Content-Length, unless it ends like a page: then the length was wrong."""
    length = response.header("Content-Length") or ""
    if not (length.isascii() and length.isdigit() and len(length) < 19):
        return
    if 0 < len(response.body) < int(length) and not _ends_like_a_page(response.body):
        raise HttpError(f"the body is cut off: {len(response.body)} of {int(length)} bytes")


def _ends_like_a_page(body: bytes) -> bool:
    return _HTML_END.search(body, max(0, len(body) - _TAIL)) is not None
