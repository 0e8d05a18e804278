"""WARC ``response`` and WET ``conversion`` records, plain or ``.gz``, by ranges of record offsets.

The framing of records is ours, since it has to start in the middle of a file and go on behind a damaged record;
what is in a record (status, headers, transfer and content coding) is parsed by warcio.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from pipelines.batch import files
from pipelines.batch.columns import is_site_url
from pipelines.batch.extras import require
from pipelines.batch.model import Broken, CleanOptions, InputFile, Passed, Row, Shard
from pipelines.batch.readers.lines import DAMAGE, describe
from pipelines.models import HtmlPage, TextPage
from pipelines.times import iso_time

_CHUNK = 2**18
_GZIP_MAGIC = b"\x1f\x8b\x08"
_VERSION = re.compile(rb"WARC/\d\.\d\r?\n")
_RECORD_START = re.compile(rb"\r?\n\r?\n(?=WARC/\d\.\d\r?\n)")
# Headers of real records are below 10 kB; a "header" without end is damage.
_MAX_HEADER = 2**20
_HTML_TYPES = ("text/html", "application/xhtml+xml")


def is_gzipped(file: InputFile) -> bool:
    """Whether the records are gzip members."""
    return file.uri.endswith(".gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """A record as it stands in the file. `block` is None where it is of no interest or over the limit."""

    headers: dict[str, str]
    head: bytes
    length: int
    block: bytes | None


class _DamageError(Exception):
    """A record that cannot be read, and why."""


def read(shard: Shard, options: CleanOptions) -> Iterator[Row | Passed | Broken]:
    """The pages of the records that begin in the shard's range; positions are byte offsets in the file."""
    warcio = require("warcio", extra="batch", purpose="reading WARC")  # asked for once, before anything is read
    del warcio
    file = shard.files[0]
    position = shard.start or 0
    try:
        with files.open_input(file.uri) as stream:
            framed = _gzip_records if is_gzipped(file) else _plain_records
            for found, record in framed(stream, position, shard.stop, options):
                position = found  # where to say that the file became unreadable
                if isinstance(record, str):
                    yield Broken(source=file.name, position=position, detail=record)
                elif (item := _item(record, file.name, position, options)) is not None:
                    yield item
    except (*DAMAGE, files.StorageError) as error:
        yield Broken(source=file.name, position=position, detail=f"unreadable from here on: {describe(error)}")


def plain_offsets(file: InputFile, every: int) -> list[int]:
    """Offsets of records in an uncompressed WARC at least `every` bytes apart, the first of them 0.

    Only headers are read, so this takes a seek a record. Damage is stepped over as `read` does.
    """
    offsets = [0]
    with files.open_input(file.uri) as stream:
        for position, _ in _plain_records(stream, 0, None, None):
            if position - offsets[-1] >= every:
                offsets.append(position)
    return offsets


def _item(record: _Record, source: str, position: int, options: CleanOptions) -> Row | Passed | Broken | None:
    """What a record is to us; None for records that are no page (requests, metadata, ...)."""
    kind = record.headers.get("warc-type", "").lower()
    if kind not in ("response", "conversion", "revisit"):
        return None
    # wget writes the address in angle brackets, as WARC 1.0 had it.
    url = record.headers.get("warc-target-uri", "").strip("<>")
    columns: dict[str, Any] = {
        "url": url or None,
        "date": record.headers.get("warc-date"),
        "warc_record_id": record.headers.get("warc-record-id"),
    }
    if kind == "revisit":
        return Passed(source=source, position=position, reason="revisit")
    if not is_site_url(url):
        text = _text(record) if kind == "conversion" and options.keep_others else None
        kept = None if text is None else {**columns, "text": text}
        return Passed(source=source, position=position, reason="other_site", columns=kept)
    if record.block is None:
        detail = f"record of {record.length} bytes is over the limit of {options.max_row_bytes} bytes"
        return Broken(source=source, position=position, detail=detail, columns=columns)
    fetched_at = iso_time(columns["date"])
    if kind == "conversion":
        text = _text(record)
        if text is None:
            return Broken(source=source, position=position, detail="text is not UTF-8", columns=columns)
        page = TextPage(text=text, url=url, fetched_at=fetched_at)
        return Row(source=source, position=position, columns={**columns, "text": text}, page=page)
    if not record.headers.get("content-type", "application/http").lower().startswith("application/http"):
        return Passed(source=source, position=position, reason="not_html")  # a dns: record, say
    try:
        page_or_reason = _page(record, url, fetched_at, options)
    except Exception as error:  # warcio raises many kinds over damaged HTTP; each is a damaged record to us
        return Broken(source=source, position=position, detail=f"damaged HTTP: {describe(error)}", columns=columns)
    if page_or_reason is None:
        return Passed(source=source, position=position, reason="not_html")
    if isinstance(page_or_reason, str):
        return Broken(source=source, position=position, detail=page_or_reason, columns=columns)
    return Row(source=source, position=position, columns=columns, page=page_or_reason)


def _text(record: _Record) -> str | None:
    try:
        return None if record.block is None else record.block.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _page(record: _Record, url: str, fetched_at: str | None, options: CleanOptions) -> HtmlPage | str | None:
    """The page in a response record, None for what is no HTML, a line of text for what is damaged."""
    from warcio.recordloader import ArcWarcRecordLoader  # optional: see `read`

    assert record.block is not None  # noqa: S101  # `_item` has looked
    loader = ArcWarcRecordLoader(verify_http=True)
    parsed = loader.parse_record_stream(io.BytesIO(record.head + record.block), known_format="warc")
    http = parsed.http_headers
    status = int(http.get_statuscode()) if http else 200
    content_type = http.get_header("Content-Type") if http else None
    if status == 200 and content_type and content_type.partition(";")[0].strip().lower() not in _HTML_TYPES:
        return None
    body = parsed.content_stream().read(options.max_row_bytes + 1)
    if len(body) > options.max_row_bytes:
        return f"page is over the limit of {options.max_row_bytes} bytes when decompressed"
    return HtmlPage(body=body, url=url, content_type=content_type, status=status, fetched_at=fetched_at)


# --- framing -------------------------------------------------------------------------------------------------------


def _plain_records(
    stream: BinaryIO, start: int, stop: int | None, options: CleanOptions | None
) -> Iterator[tuple[int, _Record | str]]:
    """(offset, record or damage) in an uncompressed file, from a record's offset on. Blocks only with `options`."""
    position = start
    while stop is None or position < stop:
        stream.seek(position)
        try:
            record = _record(stream, options)
            if record is None:
                return
            following = stream.tell()
        except _DamageError as damage:
            yield position, str(damage)
            found = _search(stream, _RECORD_START, position + 1)
            if found is None:
                return
            position = found
            continue
        yield position, record
        position = following


def _gzip_records(
    stream: BinaryIO, start: int, stop: int | None, options: CleanOptions
) -> Iterator[tuple[int, _Record | str]]:
    """(offset of the member, record or damage) of the gzip members that begin in the range."""
    position = 0 if start == 0 else _next_member(stream, start)
    while position is not None and (stop is None or position < stop):
        member = _Member(stream, position)
        content = io.BufferedReader(member, _CHUNK)
        try:
            # One record a member is the rule, but some tools put the whole file into one.
            while (record := _record(content, options)) is not None:
                yield position, record
            following: int | None = member.end
        except (_DamageError, *DAMAGE) as error:
            yield position, str(error) if isinstance(error, _DamageError) else f"damaged gzip: {describe(error)}"
            following = _end_of_member(member)
            if following is None:
                following = _next_member(stream, position + 1)
        if following is not None:
            stream.seek(following)
            if not (ahead := stream.read(len(_GZIP_MAGIC))):
                return
            if ahead != _GZIP_MAGIC:
                yield following, "no gzip member where one should begin"
                following = _next_member(stream, following)
        position = following


def _record(stream: BinaryIO, options: CleanOptions | None) -> _Record | None:
    """The record at the stream's position, None at its end. Raises `_DamageError`."""
    head = stream.readline(100)
    while head in (b"\r\n", b"\n"):  # more blank lines than needed
        head = stream.readline(100)
    if not head:
        return None
    if not _VERSION.fullmatch(head):
        raise _DamageError(f"no WARC record where one should begin: {head[:20]!r}")
    lines = [head]
    size = 0
    while (line := stream.readline(_MAX_HEADER)) not in (b"\r\n", b"\n"):
        size += len(line)
        if not line or size > _MAX_HEADER:
            raise _DamageError("the record's header has no end")
        lines.append(line)
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, _, value = line.decode("utf-8", "replace").partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    try:
        length = int(headers["content-length"])
    except (KeyError, ValueError):
        raise _DamageError(f"bad Content-Length {headers.get('content-length')!r}") from None
    if length < 0:
        raise _DamageError(f"bad Content-Length {length}")
    wanted = options is not None and length <= options.max_row_bytes
    block = stream.read(length) if wanted else None
    read = len(block) if block is not None else _skip(stream, length)
    if read < length:
        raise _DamageError(f"Content-Length is {length}, but only {read} bytes follow")
    end = stream.readline(100)
    if end in (b"\r\n", b"\n"):
        end = stream.readline(100)
    if end not in (b"\r\n", b"\n", b""):
        raise _DamageError(f"Content-Length is {length}, but the record does not end there")
    return _Record(headers=headers, head=b"".join(lines) + b"\r\n", length=length, block=block)


def _skip(stream: BinaryIO, length: int) -> int:
    """Go forward; returns by how many bytes, fewer than `length` at the end of the file."""
    if stream.seekable():
        here = stream.tell()
        end = stream.seek(0, io.SEEK_END)
        stream.seek(min(here + length, end))
        return min(length, end - here)
    skipped = 0
    while skipped < length and (chunk := stream.read(min(_CHUNK, length - skipped))):
        skipped += len(chunk)
    return skipped


class _Member(io.RawIOBase):
    """The decompressed bytes of the gzip member at an offset; `end` is the offset behind it, once it was all read.

    Raises `EOFError` where the file ends before the member, `zlib.error` where it is damaged.
    """

    def __init__(self, stream: BinaryIO, position: int) -> None:
        self._stream = stream
        self._offset = position
        self._decompressor = zlib.decompressobj(31)
        self._pending = b""
        self.end: int | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while self.end is None:
            if not self._pending:
                # Others may have moved the file's position in between.
                self._stream.seek(self._offset)
                self._pending = self._stream.read(_CHUNK)
                self._offset += len(self._pending)
                if not self._pending:
                    raise EOFError("the file ends within a gzip member")
            data = self._decompressor.decompress(self._pending, len(buffer))
            self._pending = self._decompressor.unconsumed_tail
            if self._decompressor.eof:
                self.end = self._offset - len(self._decompressor.unused_data)
            if data:
                buffer[: len(data)] = data
                return len(data)
        return 0


def _end_of_member(member: _Member) -> int | None:
    """Read a member to its end, without keeping it; None where it is damaged itself."""
    scratch = bytearray(_CHUNK)
    try:
        while member.readinto(scratch):
            pass
    except DAMAGE:
        return None
    return member.end


def _next_member(stream: BinaryIO, start: int) -> int | None:
    """The offset of the first gzip member at or behind `start` that begins with a WARC record, None without one.

    The three magic bytes occur by chance; that they are followed by a deflate stream of ``WARC/`` does not.
    """
    while (found := _search(stream, re.compile(re.escape(_GZIP_MAGIC)), start)) is not None:
        stream.seek(found)
        try:
            if zlib.decompressobj(31).decompress(stream.read(4096), 16).startswith(b"WARC/"):
                return found
        except zlib.error:
            pass
        start = found + 1
    return None


def _search(stream: BinaryIO, pattern: re.Pattern[bytes], start: int) -> int | None:
    """Where the pattern's match begins (behind it, for the blank lines before a record), at or behind `start`."""
    overlap = 32  # longer than anything that is searched for
    stream.seek(start)
    window = b""
    offset = start
    while chunk := stream.read(_CHUNK):
        window += chunk
        if match := pattern.search(window):
            behind = pattern is _RECORD_START
            return offset + (match.end() if behind else match.start())
        offset += max(0, len(window) - overlap)
        window = window[-overlap:]
    return None
