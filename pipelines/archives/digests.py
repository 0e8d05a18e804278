"""Digests of records: how they are written, what they may cover, and whether the bytes match.

Archives write a payload's hash beside it (``WARC-Payload-Digest``, an index's ``digest``). A good record may have the
hash of other bytes: some tools take the body as it was sent, others without its transfer coding, and a truncated record
has the digest of the whole. So readers do not refuse a record for it; this program reports it, and reads on.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from typing import Final

from pipelines.archives.http import is_http, unchunk
from pipelines.archives.records import Record

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_ALGORITHMS: Final = {"md5": 16, "sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}


def other_digest(record: Record, claimed: str | None) -> str | None:
    """The digest of a record's payload (as `sha1_of` writes it), where it differs from `claimed`.

    `claimed` names its hash, or is SHA-1. None where they agree, with or without the transfer coding, and where nothing
    is claimed, or nothing can be compared.

    >>> block = b"HTTP/1.1 200 OK\\r\\n\\r\\nXin"
    >>> record = Record(offset=0, length=0, type="response", headers={}, size=len(block), block=block)
    >>> own, other = "sha1:PR7XGCLJAIPD2IKQOCFX7RWNKZ5PLUVV", "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
    >>> other_digest(record, own), other_digest(record, other) == own
    (None, True)
    """
    digest = read_digest(claimed if claimed and ":" in claimed else f"sha1:{claimed}")
    payloads = payloads_of(record)
    return None if digest is None or not payloads or is_of(digest, payloads) else sha1_of(payloads[0])


def is_of(digest: tuple[str, bytes], contents: Iterable[bytes]) -> bool:
    """Whether a digest, as `read_digest` gives it, is that of one of `contents`."""
    return any(hashlib.new(digest[0], some, usedforsecurity=False).digest() == digest[1] for some in contents)


def sha1_of(content: bytes) -> str:
    """A digest as WARC writers write it.

    >>> sha1_of(b"")
    'sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ'
    """
    return "sha1:" + base64.b32encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


def payloads_of(record: Record) -> tuple[bytes, ...]:
    """The bytes that a payload digest may cover; none where the payload is elsewhere or was not read."""
    if record.block is None or record.type == "revisit" or "warc-segment-number" in record.headers:
        return ()
    if record.type not in ("response", "request") or not is_http(record):
        return (record.block,)
    end = _HEAD_END.search(record.block)
    body = record.block[end.end() :] if end else b""
    # Some writers digest the body as it is, others what is in its chunks.
    return body, unchunk(body)[0]


def read_digest(text: str) -> tuple[str, bytes] | None:
    """(algorithm, digest) of a labelled digest in base 32 or in hexadecimal; None where it is of another kind.

    >>> read_digest("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ")[1].hex()
    'da39a3ee5e6b4b0d3255bfef95601890afd80709'
    >>> read_digest("SHA-1:da39a3ee5e6b4b0d3255bfef95601890afd80709")[0], read_digest("crc:1"), read_digest("sha1:x")
    ('sha1', None, None)
    """
    label, _, value = text.partition(":")
    name = label.strip().lower().replace("-", "")
    size = _ALGORITHMS.get(name)
    if size is None:
        return None
    value = value.strip().rstrip("=")
    try:
        if len(value) == 2 * size:
            return name, bytes.fromhex(value)
        digest = base64.b32decode(value.upper() + "=" * (-len(value) % 8))
    except (ValueError, binascii.Error):
        return None
    return (name, digest) if len(digest) == size else None
