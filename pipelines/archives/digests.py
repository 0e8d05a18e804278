"""Whether a record's payload is the one that its digest was made of.

Archives write a payload's hash beside it (``WARC-Payload-Digest``, an index's ``digest``). That of good records need
not be the hash of their bytes: some tools take the body as it was sent, others without its transfer coding, and what
was cut short has the digest of the whole. So readers do not refuse a record for it, and neither do we: it is said.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Final

from pipelines.archives.http import HttpError, payload_of, unchunk
from pipelines.archives.records import Record

_HASHES: Final = ("sha1", "sha256", "sha512", "md5")


def other_digest(record: Record, told: str | None) -> str | None:
    """The digest (SHA-1 in Base 32, with its name) of a response's payload, where that is another than `told`.

    `told` names its hash, or is SHA-1; Base 32 or hexadecimal. None where they agree, with or without the transfer
    coding, and where nothing is told, or nothing can be compared.

    >>> block = b"HTTP/1.1 200 OK\\r\\n\\r\\nXin"
    >>> record = Record(offset=0, length=0, type="response", headers={}, size=len(block), block=block)
    >>> other_digest(record, "sha1:PR7XGCLJAIPD2IKQOCFX7RWNKZ5PLUVV"), other_digest(record, "sha1:A")
    (None, 'sha1:PR7XGCLJAIPD2IKQOCFX7RWNKZ5PLUVV')
    """
    if not told or record.block is None:
        return None
    name, _, value = told.strip().rpartition(":")
    name = name.lower().replace("-", "") or "sha1"
    if name not in _HASHES or not value:
        return None
    try:
        body = payload_of(record)
    except HttpError:
        return None
    for payload in _payloads(body):
        found = hashlib.new(name, payload, usedforsecurity=False).digest()
        if value.upper().rstrip("=") in (base64.b32encode(found).decode().rstrip("="), found.hex().upper()):
            return None
    own = hashlib.sha1(body, usedforsecurity=False).digest()
    return f"sha1:{base64.b32encode(own).decode()}"


def _payloads(body: bytes) -> Iterator[bytes]:
    yield body
    plain, framing = unchunk(body)
    if framing != "plain":
        yield plain
