"""Answers of servers out of records: as browsers take them; what is not whole is said."""

from __future__ import annotations

import gzip
import http.client
import io
import random
import zlib
from typing import Any, cast

import brotli
import pytest
import zstandard
from by_hand import http as answer
from by_hand import read, record
from hypothesis import given
from hypothesis import strategies as st

from pipelines.archives import HttpError, Record, read_page
from pipelines.archives.http import unchunk
from pipelines.models import HtmlPage

PAGE = "<html><body><p>Lò gốm cuối làng đỏ lửa trở lại.</p></body></html>".encode()
LIMIT = 2**20


def page(block: bytes, **options: Any) -> HtmlPage | None:
    """The page of a response with this block."""
    [item] = read(record(1, block, **options))
    assert isinstance(item, Record)
    found = read_page(item, limit=LIMIT, fetched_at=None)
    return found and found[0]


def body(block: bytes, **options: Any) -> bytes:
    """The body of that page."""
    found = page(block, **options)
    assert found is not None
    return found.body


def chunked(content: bytes, sizes: list[int], *, size: bytes = b"%x\r\n", end: bytes = b"\r\n") -> bytes:
    """A body in chunks of these sizes, the rest in a last one."""
    pieces = []
    for length in [*sizes, len(content)]:
        if piece := content[:length]:
            pieces.append(size % len(piece) + piece + end)
        content = content[length:]
    return b"".join(pieces)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"HTTP/1.0 200 OK", 200),
        (b"HTTP/1.1 200", 200),
        (b"HTTP/1.1 200 ", 200),
        (b"HTTP/2 200", 200),
        (b"HTTP/2.0 404", 404),
        (b"HTTP/3 503 \xc4\x91ang b\xe1\xba\xadn", 503),
        (b"http/1.1  206  Partial", 206),
        (b"ICY 200 OK", 200),
        (b"\r\nHTTP/1.1 301 Moved", 301),
    ],
)
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_status_lines(line: bytes, status: int, end: bytes) -> None:
    """Any version, with or without a reason, whatever ends the lines."""
    found = page(answer(PAGE, status=line, end=end))
    assert found is not None
    assert (found.status, found.body, found.content_type) == (status, PAGE, "text/html; charset=utf-8")


@pytest.mark.parametrize("line", [b"", b"<html>", b"HTTP/1.1 2000 OK", b"HTTP/1.1 OK", b"GET / HTTP/1.1"])
def test_no_status_line(line: bytes) -> None:
    """What has none is no answer of HTTP; nothing of its bytes is told."""
    with pytest.raises(HttpError, match=r"^damaged HTTP: no status line where one should begin$"):
        page(answer(PAGE, status=line))


def test_interim_answers_are_passed_over() -> None:
    """What comes before the answer (100, 103) is none; one that stays alone is all there is."""
    assert body(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n" + answer(PAGE)) == PAGE
    assert cast(HtmlPage, page(b"HTTP/1.1 100 Continue\r\n\r\n")).status == 100
    with pytest.raises(HttpError, match="interim"):
        page(b"HTTP/1.1 100 Continue\r\n\r\n" * 50 + answer(PAGE))


def test_header_lines() -> None:
    """Folded lines, lines without a colon, blanks, bytes of Latin-1; an empty value is no value."""
    lines = [b"no colon", b"X-Cache: a", b"\tb", b"X-Name : \xe9", b"ETag:", b'etag: "x"', b": nothing"]
    [item] = read(record(1, answer(PAGE, headers=lines)))
    assert isinstance(item, Record)
    found = read_page(item, limit=LIMIT, fetched_at=None)
    assert found is not None
    response = found[1]
    assert (response.header("x-cache"), response.header("X-NAME"), response.header("ETag")) == ("a b", "é", '"x"')
    assert response.header("Content-Length") is None


@pytest.mark.parametrize("end", [b"\r\n\r\n", b"\n\n", b"\r\n", b""])
def test_a_head_without_a_body(end: bytes) -> None:
    """An empty body, not an error: its outcome is `empty`."""
    assert body(b"HTTP/1.1 200 OK" + end) == b""


@pytest.mark.parametrize(
    ("declared", "is_page"),
    [
        ([], True),
        ([b"text/html"], True),
        ([b"TEXT/HTML;charset=x"], True),
        ([b"application/xhtml+xml"], True),
        ([b"text/html charset=utf-8"], True),
        ([b"text/html, text/html"], True),
        ([b"", b"text/html"], True),
        ([b"image/png"], False),
        ([b"application/json"], False),
        ([b"text/html+xml"], False),
        ([b"text/html", b"image/png"], False),  # the last one counts, as in browsers
    ],
)
def test_content_types(declared: list[bytes], is_page: bool) -> None:
    """What no server calls anything is taken for HTML. What is none costs nothing, even cut off."""
    head = b"".join(b"Content-Type: " + value + b"\r\n" for value in declared)
    block = b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + PAGE
    assert (page(block) is not None) == is_page
    if not is_page:
        cut = block.replace(b"200 OK\r\n", b"200 OK\r\nContent-Length: 9999\r\nContent-Encoding: gzip\r\n")
        assert page(cut, headers=["WARC-Truncated: length"]) is None


@given(st.binary(max_size=300), st.lists(st.integers(1, 90), max_size=6), st.booleans())
def test_chunks_as_the_standard_library_reads_them(content: bytes, sizes: list[int], upper: bool) -> None:
    """Whatever is in them and however they are cut; a trailer and what stands behind the end is no part of the body."""
    coded = chunked(content, sizes, size=b"%X\r\n" if upper else b"%x\r\n") + b"0\r\nX-Trailer: y\r\n\r\n"
    block = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + coded

    class Socket:
        def makefile(self, mode: str) -> io.BytesIO:
            return io.BytesIO(block)

    reference = http.client.HTTPResponse(cast(Any, Socket()))
    reference.begin()
    assert unchunk(coded) == (reference.read(), "whole") == (content, "whole")
    assert unchunk(coded + b"HTTP/1.1 400 Bad\r\n")[0] == content


@pytest.mark.parametrize("size", [b"%x\r\n", b"%X  \r\n", b"%x;a=b;c\r\n", b"000%x\r\n", b"%x\n", b" %x ; q\r\n"])
@pytest.mark.parametrize("end", [b"\r\n", b"\n", b""])
def test_forms_of_chunks(size: bytes, end: bytes) -> None:
    """Padded sizes, extensions, LF alone, no line end behind a chunk that is all there is."""
    coded = chunked(PAGE, [] if end == b"" else [5, 20], size=size, end=end) + (b"0\r\n\r\n" if end else b"")
    assert body(answer(coded, headers=[b"Transfer-Encoding: Chunked"])) == PAGE


def test_a_body_in_chunks_in_name_only() -> None:
    """Archives undo the chunks and keep the header: the body is taken as it is, also when it begins like a number."""
    head = [b"Transfer-Encoding: chunked", b"Content-Length: %d" % len(PAGE)]
    assert body(answer(PAGE, headers=head)) == PAGE
    text = b"7\nseven hills</html>"
    assert body(answer(text, headers=[b"Transfer-Encoding: chunked"])) == text


@pytest.mark.parametrize("gone", [1, 7, 30])
def test_cut_chunks(gone: int) -> None:
    """A body that ends within its chunks is no page, unless the page's own end was there."""
    coded = chunked(PAGE, [30, 20])
    with pytest.raises(HttpError, match="cut off within its chunks"):
        page(answer(coded[: -(gone + 16)], headers=[b"Transfer-Encoding: chunked"]))
    assert body(answer(coded, headers=[b"Transfer-Encoding: chunked"])) == PAGE  # only the last chunk of nothing lacks


def test_content_length() -> None:
    """A body shorter than its length is cut off, unless it ends like a page; other wrong lengths say nothing."""
    with pytest.raises(HttpError, match=r"cut off: 40 of \d+ bytes"):
        page(answer(PAGE[:40], headers=[b"Content-Length: %d" % len(PAGE)]))
    for length in (b"0", b"3", b"99999", b"-1", b"many", b"9" * 40):
        assert body(answer(PAGE, headers=[b"Content-Length: " + length])) == PAGE
    assert body(answer(b"", headers=[b"Content-Length: 5000"])) == b""  # an answer to HEAD


CODERS = {
    b"gzip": gzip.compress,
    b"x-gzip": gzip.compress,
    b"deflate": zlib.compress,
    b"br": brotli.compress,
    b"zstd": zstandard.compress,
}


@pytest.mark.parametrize("name", CODERS)
def test_codings(name: bytes) -> None:
    """Every coding, in chunks and not, as transfer coding too; kept by name where it was undone; cut is no page."""
    coded = CODERS[name](PAGE)
    assert body(answer(coded, headers=[b"Content-Encoding: " + name])) == PAGE
    assert body(answer(PAGE, headers=[b"Content-Encoding: " + name, b"Content-Length: 7"])) == PAGE
    both = [b"Content-Encoding: " + name.upper(), b"Transfer-Encoding: chunked"]
    assert body(answer(chunked(coded, [9]) + b"0\r\n\r\n", headers=both)) == PAGE
    transfer = [b"Transfer-Encoding: " + name + b", chunked"]
    assert body(answer(chunked(coded, [9]) + b"0\r\n\r\n", headers=transfer)) == PAGE
    assert body(answer(gzip.compress(coded), headers=[b"Content-Encoding: " + name + b", gzip"])) == PAGE
    long = PAGE + random.Random(1).randbytes(900).hex().encode()
    with pytest.raises(HttpError, match=r"cut off|damaged"):
        page(answer(CODERS[name](long)[:-300], headers=[b"Content-Encoding: " + name]))


def test_what_is_no_success_is_a_page_whatever_its_body() -> None:
    """A 404 is one, however its body was cut or coded."""
    block = answer(gzip.compress(PAGE)[:-9], status=b"HTTP/1.1 404 Not Found", headers=[b"Content-Encoding: gzip"])
    found = page(block, headers=["WARC-Truncated: length"])
    assert found is not None
    assert (found.status, found.body) == (404, b"")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("WARC-Truncated: length", "WARC-Truncated: length"),
        ("WARC-Truncated: \x1b[2J", "no known reason"),
        ("WARC-Segment-Number: 1", "segments"),
    ],
)
def test_records_that_hold_a_part(header: str, said: str) -> None:
    """Half an article is no article."""
    with pytest.raises(HttpError, match=said) as raised:
        page(answer(PAGE), headers=[header])
    assert str(raised.value).isprintable()


def test_a_page_over_the_limit() -> None:
    """Of its own, or when decompressed: refused before it is held."""
    bomb = gzip.compress(b"x" * (LIMIT + 1))
    for block in (answer(b"x" * (LIMIT + 1)), answer(bomb, headers=[b"Content-Encoding: gzip"])):
        with pytest.raises(HttpError, match="over the limit"):
            page(block)


def test_header_lines_without_number() -> None:
    """A million folded lines are put together once, not line by line: this would take minutes."""
    found = read(record(1, answer(PAGE, headers=[b"X: a", *[b" b"] * 100_000]), headers=["X: c", *[" d"] * 200_000]))
    assert isinstance(found[0], Record)
    assert len(found[0].headers["x"]) == 400_001
    response = read_page(found[0], limit=LIMIT * 9, fetched_at=None)
    assert response is not None
    assert len(response[1].header("X") or "") == 200_001


def test_headers_are_read_as_they_were_sent() -> None:
    """Each in its order, folded lines unfolded; a line without a colon is none, nor a folded one before the first."""
    lines = [
        b"HTTP/1.1 200 OK", b" Early: x", b"Content-Type: text/html;", b"\tcharset=utf-8", b"X-A:  b ", b"no colon",
        b"  more: c", b"x-a:", "X-É: ü".encode("latin-1"), b": nameless",
    ]  # fmt: skip
    found = page(b"\r\n".join([*lines, b"", PAGE]))
    assert found is not None
    assert found.headers == (
        ("Content-Type", "text/html; charset=utf-8"), ("X-A", "b more: c"), ("x-a", ""), ("X-É", "ü"), ("", "nameless"),
    )  # fmt: skip
