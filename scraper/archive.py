"""Raw responses in WARC 1.1, so that a better extractor is a re-run over the archive and never a re-crawl.

One gzip member for each record, as the format wants it: a record can be read at its offset alone. A file is never
appended to by a later run; one that a kill cut short ends in a broken member, which reading stops at and reports.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipelines.errors import VietnamvnError
from pipelines.models import HtmlPage
from pipelines.storage import WarcLocation
from pipelines.web.decoding import TooLargeError, UndecodableError, whole_body

Headers = Sequence[tuple[str, str]]
# Of the connection, not of the document: the body is kept without them.
_HOP_BY_HOP = frozenset({"transfer-encoding", "connection", "keep-alive", "content-length"})


class ArchiveError(VietnamvnError):
    """The archive's folder cannot be written, or is no folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its response as they went over the wire; `fetched_at` ISO 8601 UTC."""

    url: str
    request_headers: Headers
    status: int
    headers: Headers
    body: bytes
    fetched_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """A response read back: where it stands, and the page; `problem` in place of the page where it cannot be read."""

    file: str
    offset: int
    url: str | None
    length: int = 0
    page: HtmlPage | None = None
    etag: str | None = None
    last_modified: str | None = None
    problem: str | None = None


class Archive:
    """Writes the exchanges of one run into `folder`; each file closes once it is larger than `max_bytes`."""

    def __init__(self, folder: Path, *, name: str, software: str, max_bytes: int) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(
                f"{folder}: no folder for the archive ({error.strerror}); give another --archive"
            ) from None
        self._folder, self._name, self._software, self._max_bytes = folder, name, software, max_bytes
        self._serial = 0
        self._file: BinaryIO | None = None
        self._writer: WARCWriter | None = None

    def write(self, exchange: Exchange) -> WarcLocation:
        """Append an exchange: a response record and its request record; for a 304 a revisit record.

        Returns where the response stands. It is on the disk only after `sync`.
        """
        file, writer = self._open()
        start = file.tell()
        protocol_headers = [(n, v) for n, v in exchange.headers if n.lower() not in _HOP_BY_HOP]
        status = f"{exchange.status} {_phrase(exchange.status)}"
        date = {"WARC-Date": _warc_date(exchange.fetched_at)}
        if exchange.status == 304:
            response = writer.create_warc_record(
                exchange.url,
                "revisit",
                http_headers=StatusAndHeaders(status, protocol_headers, protocol="HTTP/1.1"),
                warc_headers_dict={
                    **date,
                    "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/server-not-modified",
                    "WARC-Refers-To-Target-URI": exchange.url,
                },
            )
        else:
            protocol_headers.append(("Content-Length", str(len(exchange.body))))
            response = writer.create_warc_record(
                exchange.url,
                "response",
                payload=BytesIO(exchange.body),
                length=len(exchange.body),
                http_headers=StatusAndHeaders(status, protocol_headers, protocol="HTTP/1.1"),
                warc_headers_dict=dict(date),
            )
        writer.write_record(response)
        length = file.tell() - start
        path = exchange.url.split("/", 3)[3] if exchange.url.count("/") >= 3 else ""
        request = writer.create_warc_record(
            exchange.url,
            "request",
            http_headers=StatusAndHeaders(
                f"GET /{path} HTTP/1.1", list(exchange.request_headers), is_http_request=True
            ),
            warc_headers_dict={**date, "WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID")},
        )
        writer.write_record(request)
        location = WarcLocation(file=Path(file.name).name, offset=start, length=length)
        if file.tell() >= self._max_bytes:
            self.close()
        return location

    def sync(self) -> None:
        """Bring everything written to the disk; before the transaction that names its offsets."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the current file; a further `write` begins the next one."""
        if self._file is not None:
            file, self._writer = self._file, None
            try:
                self.sync()
            finally:
                self._file = None
                file.close()

    def _open(self) -> tuple[BinaryIO, WARCWriter]:
        if self._file is None or self._writer is None:
            path = self._folder / f"{self._name}-{self._serial:05d}.warc.gz"
            self._serial += 1
            try:
                self._file = path.open("xb")
            except OSError as error:
                raise ArchiveError(f"{path}: cannot be written ({error.strerror}); give another --archive") from None
            self._writer = WARCWriter(self._file, gzip=True, warc_version="WARC/1.1")
            information = {"software": self._software, "format": "WARC File Format 1.1", "robots": "obey"}
            self._writer.write_record(self._writer.create_warcinfo_record(path.name, information))
        return self._file, self._writer


def read_archive(folder: Path, *, limit: int) -> Iterator[Archived]:
    """Every response of an archive, files by name and records in their order; bodies decoded to `limit` bytes at most.

    Records that cannot be read, and a file's broken end, come as `Archived` with a `problem`. Raises `ArchiveError` at
    once, before anything is read, where the folder holds no archive.
    """
    files = sorted([*folder.glob("*.warc.gz"), *folder.glob("*.warc")])
    if not files:
        raise ArchiveError(f"{folder}: no .warc.gz in it; give the folder that the crawl's --archive named")
    return _responses(files, limit)


def _responses(files: list[Path], limit: int) -> Iterator[Archived]:
    for path in files:
        with path.open("rb") as file:
            offset = 0
            iterator = ArchiveIterator(file)
            try:
                for record in iterator:
                    wanted = record.rec_type == "response" and record.http_headers is not None
                    body = record.raw_stream.read() if wanted else b""
                    # Only now: asking for the offset reads to the record's end.
                    offset, length = iterator.get_record_offset(), iterator.get_record_length()
                    if wanted and not record.raw_stream.limit:
                        yield replace(_archived(path.name, offset, record, body, limit), length=length)
                if path.suffix == ".gz" and not _ends_whole(file, offset):
                    raise EOFError("its last record is cut off")
            except (ArchiveLoadFailed, EOFError, ValueError) as error:
                problem = f"the file is broken after offset {offset} ({' '.join(str(error).split())[:120]})"
                yield Archived(file=path.name, offset=offset, url=None, problem=problem)


def _ends_whole(file: BinaryIO, offset: int) -> bool:
    """Whether the gzip member at `offset`, the last one, is complete: warcio passes over one that is not."""
    file.seek(offset)
    stream = zlib.decompressobj(31)
    while chunk := file.read(1 << 16):
        while chunk and not stream.eof:
            stream.decompress(chunk, 1 << 20)
            chunk = stream.unconsumed_tail
        if stream.eof:
            return not (stream.unused_data or file.read(1))
    return False


def _archived(file: str, offset: int, record: object, wire: bytes, limit: int) -> Archived:
    headers = record.http_headers  # type: ignore[attr-defined]  # warcio has no types
    url = record.rec_headers.get_header("WARC-Target-URI")  # type: ignore[attr-defined]
    encodings = [value for name, value in headers.headers if name.lower() == "content-encoding"]
    try:
        body = whole_body(wire, encodings, limit=limit)
    except (TooLargeError, UndecodableError) as error:
        return Archived(file=file, offset=offset, url=url, problem=str(error))
    page = HtmlPage(
        body=body,
        url=url,
        content_type=headers.get_header("Content-Type"),
        status=int(headers.get_statuscode()),
        fetched_at=record.rec_headers.get_header("WARC-Date").replace("Z", "+00:00"),  # type: ignore[attr-defined]
    )
    return Archived(
        file=file,
        offset=offset,
        url=url,
        page=page,
        etag=headers.get_header("ETag"),
        last_modified=headers.get_header("Last-Modified"),
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _warc_date(moment: str) -> str:
    """WARC 1.1 dates: UTC with a ``Z``, fractions allowed."""
    return moment.replace("+00:00", "Z")


def header_pairs(headers: Mapping[bytes, Sequence[bytes]]) -> list[tuple[str, str]]:
    """Scrapy's headers as pairs, several values of a name one after another."""
    return [(name.decode("latin-1"), v.decode("latin-1")) for name, values in headers.items() for v in values]
