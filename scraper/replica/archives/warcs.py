"""Writes captures as WARC files, one gzip member per record, as Common Crawl and the Internet Archive do."""

from __future__ import annotations

import json
import uuid
import zlib
from collections.abc import Iterable
from http.client import responses
from io import BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from scraper.replica.archives.holdings import NO_PAYLOAD, HeldCapture
from scraper.replica.archives.responses import response
from scraper.replica.content import ReplicaSite

_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
LANGUAGES = {
    "vi": "vie", "en": "eng", "fr": "fra", "de": "deu", "es": "spa", "sv": "swe", "id": "ind", "ru": "rus", "uk": "ukr",
    "ja": "jpn", "ko": "kor", "th": "tha", "ar": "ara", "hi": "hin",
}  # fmt: skip
"""Common Crawl's language codes (ISO 639-3)."""


def write_warc(site: ReplicaSite, folder: Path, name: str, captures: Iterable[HeldCapture], *, level: int = 6) -> None:
    """Write a file `name` under `folder` and set each capture's place. The same captures give the same bytes.

    Common Crawl and CC-NEWS write the request before and metadata after a response; the Internet Archive's file has
    only responses and revisits. One record is in memory at a time.
    """
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        writer = _Writer(name, level)
        file.write(writer.information())
        for capture in captures:
            capture.filename = name
            if capture.archive != "internetarchive":
                file.write(writer.request(capture))
            capture.offset = file.tell()
            member = writer.capture(site, capture)
            capture.length = len(member)
            file.write(member)
            if capture.archive == "commoncrawl":
                file.write(writer.metadata(capture))


def member(data: bytes, level: int) -> bytes:
    """One gzip member, without time and name in its header."""
    packer = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS + 16)
    return packer.compress(data) + packer.flush()


class _Writer:
    """Makes the records of one file with warcio; record ids follow from the file's name."""

    def __init__(self, name: str, level: int) -> None:
        self._name, self._level, self._count = name, level, 0
        self._buffer = BytesIO()
        self._writer = WARCWriter(self._buffer, gzip=False, warc_version="WARC/1.0")

    def information(self) -> bytes:
        record = self._writer.create_warcinfo_record(
            Path(self._name).name, {"software": "replica", "format": "WARC File Format 1.0"}
        )
        record.rec_headers.replace_header("WARC-Date", "2000-01-01T00:00:00Z")
        record.rec_headers.replace_header("WARC-Record-ID", self._id())
        return self._member(record)

    def request(self, capture: HeldCapture) -> bytes:
        host, _, path = capture.url.partition("://")[2].partition("/")
        headers = StatusAndHeaders(
            f"GET /{path} HTTP/1.1", [("User-Agent", "CCBot/2.0"), ("Host", host)], is_http_request=True
        )
        return self._member(
            self._writer.create_warc_record(
                capture.url, "request", http_headers=headers, warc_headers_dict=self._head(capture)
            )
        )

    def metadata(self, capture: HeldCapture) -> bytes:
        code = LANGUAGES.get(capture.language or "", "eng")
        languages = json.dumps({"reliable": True, "text-bytes": 2000, "languages": [{"code-iso-639-3": code}]})
        body = f"fetchTimeMs: 120\r\ncharset-detected: UTF-8\r\nlanguages-cld2: {languages}\r\n".encode()
        return self._member(
            self._writer.create_warc_record(
                capture.url,
                "metadata",
                payload=BytesIO(body),
                length=len(body),
                warc_content_type="application/warc-fields",
                warc_headers_dict=self._head(capture),
            )
        )

    def capture(self, site: ReplicaSite, capture: HeldCapture) -> bytes:
        """The response or revisit record as one gzip member; sets the capture's digest."""
        status = 304 if capture.kind == "revisit" and capture.original is None else capture.status
        if status == 304:
            capture.status = 304
        headers, body = response(site, capture)
        line = f"{status} {responses.get(status, 'Unknown')}"
        head = self._head(capture)
        if capture.kind == "truncated":
            head["WARC-Truncated"] = "length"
        if capture.kind == "revisit":
            original = capture.original
            digest = NO_PAYLOAD if original is None else original.digest
            head["WARC-Profile"] = _NOT_MODIFIED if original is None else _IDENTICAL
            head["WARC-Payload-Digest"] = f"sha1:{digest}"
            if original is not None:
                head["WARC-Refers-To-Target-URI"] = original.url
                head["WARC-Refers-To-Date"] = original.moment.strftime("%Y-%m-%dT%H:%M:%SZ")
            record = self._writer.create_warc_record(
                capture.url,
                "revisit",
                http_headers=StatusAndHeaders(line, list(headers), protocol="HTTP/1.1"),
                warc_headers_dict=head,
            )
        else:
            sent = []
            if capture.archive != "internetarchive":  # bodies are decoded, and the coding header is renamed
                sent.append(("X-Crawl-Content-Encoding", "gzip"))
            elif capture.kind == "article" and (capture.number or 0) % 3 == 0:  # kept as they came
                sent.append(("Content-Encoding", "gzip"))
                body = member(body, self._level)
            record = self._writer.create_warc_record(
                capture.url,
                "response",
                payload=BytesIO(body),
                length=len(body),
                http_headers=StatusAndHeaders(
                    line, [*headers, *sent, ("Content-Length", str(len(body)))], protocol="HTTP/1.1"
                ),
                warc_headers_dict=head,
            )
        capture.digest = record.rec_headers.get_header("WARC-Payload-Digest").removeprefix("sha1:")
        return self._member(record)

    def _head(self, capture: HeldCapture) -> dict[str, str]:
        return {"WARC-Record-ID": self._id(), "WARC-Date": capture.moment.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def _id(self) -> str:
        self._count += 1
        return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{self._name}#{self._count}')}>"

    def _member(self, record: object) -> bytes:
        self._buffer.seek(0)
        self._buffer.truncate()
        self._writer.write_record(record)
        return member(self._buffer.getvalue(), self._level)
