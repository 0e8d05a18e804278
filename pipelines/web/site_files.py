"""The bytes of a robots.txt or a sitemap: what is packed unpacked, what is no text fit for an address.

A file may be gzip by its own bytes, whatever its name and its Content-Encoding say: servers hand out ``.xml.gz`` as it
lies on the disk, and compress what is compressed already.
"""

from __future__ import annotations

import re

from pipelines.web.decoding import TooLargeError, unpack


def unpacked(body: bytes, *, limit: int) -> tuple[bytes, str | None]:
    """A file's content, and what is wrong with it where it is: cut off, damaged (what could be read), or too large.

    >>> unpacked(b"<urlset/>", limit=100)
    (b'<urlset/>', None)
    """
    try:
        decoded = unpack(body, limit=limit)
    except TooLargeError as error:
        return b"", f"too large: {error} (limit {limit})"
    return decoded.body, decoded.detail or None


def percent_encoded(text: str) -> str:
    """The text with each byte that was no UTF-8 percent-encoded, which is how such a byte is asked for in an address.

    >>> percent_encoded("/café".encode("latin-1").decode("utf-8", "surrogateescape"))
    '/caf%E9'
    """
    return _BAD_BYTE.sub(lambda match: f"%{ord(match[0]) - 0xDC00:02X}", text)


_BAD_BYTE = re.compile("[\udc80-\udcff]")
