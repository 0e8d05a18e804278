"""The bytes of a robots.txt or a sitemap: unpacked, and with invalid bytes fit for an address.

A file may be gzip by its own bytes, whatever its name and its Content-Encoding say: servers send ``.xml.gz`` as it is
on the disk, and compress what is compressed already.
"""

from __future__ import annotations

import re

from pipelines.web.decoding import TooLargeError, unpack


def unpacked(body: bytes, *, limit: int) -> tuple[bytes, str | None]:
    """A file's content, as far as it can be read, and its fault or None: cut off, damaged, or too large.

    >>> unpacked(b"<urlset/>", limit=100)
    (b'<urlset/>', None)
    """
    try:
        decoded = unpack(body, limit=limit)
    except TooLargeError as error:
        return b"", f"too large: {error} (limit {limit})"
    return decoded.body, decoded.detail or None


def percent_encoded(text: str) -> str:
    """The text with each byte that was no UTF-8 percent-encoded, as such a byte is requested in an address.

    >>> percent_encoded("/café".encode("latin-1").decode("utf-8", "surrogateescape"))
    '/caf%E9'
    """
    return _BAD_BYTE.sub(lambda match: f"%{ord(match[0]) - 0xDC00:02X}", text)


_BAD_BYTE = re.compile("[\udc80-\udcff]")
