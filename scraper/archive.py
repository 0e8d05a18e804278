"""Raw responses in WARC 1.1, so that a better extractor needs only the archive and never a second crawl.

One gzip member for each record, as the format asks, so that a record can be read at its offset alone. No run appends
to a file of an earlier run. A file that a kill cut short ends in a broken member; readers stop there and report it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipelines.archives.folder import claim
from pipelines.errors import VietnamvnError
from pipelines.storage import WarcLocation

Headers = Sequence[tuple[str, str]]
# Headers of the connection, not of the document: the body is kept as it is without them.
_HOP_BY_HOP = frozenset({"transfer-encoding", "connection", "keep-alive", "content-length"})


_AGAIN = "the pages that were in it are fetched again by the next run"


class ArchiveError(VietnamvnError):
    """The archive's folder cannot be written, or is not a folder."""


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
class Member:
    """A response record as another archive has it: one gzip member, which is kept byte by byte."""

    url: str
    data: bytes


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
        if not os.access(folder, os.W_OK | os.X_OK):
            raise ArchiveError(f"{folder}: the archive cannot be written (no right to write there); give another one")
        self._serial = 0
        self._sizes: dict[Path, int] = {}
        self._file: BinaryIO | None = None
        self._writer: WARCWriter | None = None

    def write(self, exchange: Exchange | Member) -> WarcLocation:
        """Append an exchange as a response record (a revisit record for a 304) and its request record, or a `Member`.

        Returns where the response stands; it is on disk only after `sync`. A record that fails half-way is cut off
        again, so that the file ends with a whole one.
        """
        file, writer = self._open()
        self._check_size(file)
        start = file.tell()
        try:
            location = self._append(exchange, file, writer)
            file.flush()
        except BaseException:
            with suppress(OSError, ValueError):
                file.truncate(start)
                file.seek(start)
            raise
        if file.tell() >= self._max_bytes:
            self.close()
        return location

    def _append(self, exchange: Exchange | Member, file: BinaryIO, writer: WARCWriter) -> WarcLocation:
        start = file.tell()
        if isinstance(exchange, Member):
            file.write(exchange.data)
            return WarcLocation(file=Path(file.name).name, offset=start, length=len(exchange.data))
        protocol_headers = [(_ascii(n), v) for n, v in exchange.headers if n.lower() not in _HOP_BY_HOP]
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
        return WarcLocation(file=Path(file.name).name, offset=start, length=length)

    def sync(self) -> None:
        """Bring everything written to disk; called before the transaction that stores the offsets."""
        if self._file is not None:
            self._file.flush()
            self._check_size(self._file)
            os.fsync(self._file.fileno())
            self._sizes[Path(self._file.name)] = self._file.tell()
            self.check()

    def check(self) -> None:
        """Raise `ArchiveError` if the file being written is no longer the one under its name."""
        if self._file is None:
            return
        path, opened = Path(self._file.name), os.fstat(self._file.fileno())
        try:
            there = path.stat()
        except FileNotFoundError:
            raise ArchiveError(f"{path}: was deleted while the crawl wrote to it; {_AGAIN}") from None
        if (there.st_dev, there.st_ino) != (opened.st_dev, opened.st_ino):
            raise ArchiveError(f"{path}: was replaced by another file while the crawl wrote to it; {_AGAIN}")
        if there.st_size < self._sizes.get(path, 0):
            raise ArchiveError(f"{path}: was cut short while the crawl wrote to it; {_AGAIN}")

    def _check_size(self, file: BinaryIO) -> None:
        """Raise if the file was cut since the last record: the next one would follow a hole."""
        file.flush()
        if os.fstat(file.fileno()).st_size < file.tell():
            raise ArchiveError(f"{file.name}: was cut short while the crawl wrote to it; {_AGAIN}")

    def lost(self) -> list[str]:
        """Names of this run's files that are gone, or shorter than they were at the last `sync`."""
        return sorted(path.name for path, size in self._sizes.items() if not _is_there(path, size))

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
            claim(self._file)
            self._writer = WARCWriter(self._file, gzip=True, warc_version="WARC/1.1")
            information = {"software": self._software, "format": "WARC File Format 1.1", "robots": "obey"}
            self._writer.write_record(self._writer.create_warcinfo_record(path.name, information))
        return self._file, self._writer


def _is_there(path: Path, size: int) -> bool:
    try:
        return path.is_file() and path.stat().st_size >= size
    except OSError:
        return False


def _ascii(name: str) -> str:
    """A header's name as ASCII: warcio escapes values, but fails on names that are not ASCII."""
    return name if name.isascii() else quote(name, safe="")


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
