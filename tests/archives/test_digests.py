"""Payloads and their digests, and blocks that are read only where they are wanted."""

from __future__ import annotations

import base64
import gzip
import hashlib
from dataclasses import replace
from io import BytesIO

import pytest

from pipelines.archives import Record, other_digest, read_records
from scraper.replica import ReplicaSite
from scraper.replica.archives import archives

PAYLOAD = "<p>Xin chào</p>".encode()
CHUNKED = b"%x\r\n%b\r\n0\r\n\r\n" % (len(PAYLOAD), PAYLOAD)


def record(body: bytes, head: bytes = b"HTTP/1.1 200 OK\r\n\r\n") -> Record:
    """A response with this body."""
    return Record(offset=0, length=0, type="response", headers={}, size=0, block=head + body)


def base32(data: bytes) -> str:
    """SHA-1 as archives write it."""
    return base64.b32encode(hashlib.sha1(data).digest()).decode()


@pytest.mark.parametrize("body", [PAYLOAD, CHUNKED])
@pytest.mark.parametrize(
    "told",
    [
        f"sha1:{base32(PAYLOAD)}",
        base32(PAYLOAD),
        f"SHA1:{hashlib.sha1(PAYLOAD).hexdigest()}",
        f"sha-256:{hashlib.sha256(PAYLOAD).hexdigest()}",
        None,
        "",
        "crc32:1234",
    ],
)
def test_a_payload_of_its_digest(body: bytes, told: str | None) -> None:
    """With or without its transfer coding, in either spelling; where nothing can be compared nothing is said."""
    assert other_digest(record(body), told) is None


def test_a_payload_of_another_digest_is_told_its_own() -> None:
    """SHA-1, whatever the other one was; what has no body, or was not read, says nothing."""
    for told in (f"sha1:{base32(b'other')}", base32(CHUNKED + b" "), f"md5:{'0' * 32}"):
        assert other_digest(record(PAYLOAD), told) == f"sha1:{base32(PAYLOAD)}"
    assert other_digest(record(b"", b"no HTTP"), "sha1:A") is None
    assert other_digest(replace(record(PAYLOAD), block=None), "sha1:A") is None


def test_only_blocks_that_are_wanted_are_read() -> None:
    """All else of every record stays as it is, in members of their own, in one member, and in a plain file."""
    site = ReplicaSite(articles=4, per_day=1, every=300, languages=("vi", "en"))
    with archives(site, share=1.0, months=()) as served:
        path = max(served.folder.rglob("*.warc.gz"), key=lambda file: file.stat().st_size)
        data = path.read_bytes()
    plain = gzip.decompress(data)
    for content in (data, plain, gzip.compress(plain)):
        every = list(read_records(BytesIO(content), limit=10**7))
        asked: list[str] = []

        def wants(headers: object, asked: list[str] = asked) -> bool:
            asked.append(headers["warc-type"])  # type: ignore[index]
            return asked[-1] == "response"

        some = list(read_records(BytesIO(content), limit=10**7, wants=wants))
        assert len(some) == len(asked) > 10
        assert some == [
            one if isinstance(one, Record) and one.type == "response" else replace(one, block=None) for one in every
        ]
