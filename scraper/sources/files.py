"""The bytes of a robots.txt or a sitemap as text: what is packed unpacked, the encoding found.

A file may be gzip by its own bytes, whatever its name and its Content-Encoding say: servers hand out ``.xml.gz`` as it
lies on the disk, and compress what is compressed already.
"""

from __future__ import annotations

import re

from pipelines.web.charsets import encoding_by_bytes
from pipelines.web.decoding import TooLargeError, unpack
from pipelines.web.labels import readers


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


def text_of(body: bytes, *, declared: str | None = None) -> str:
    """The text of a file, without its byte-order mark. A byte that is no UTF-8 stays as its surrogate escape.

    `declared` is the encoding that the file names itself; UTF-8 where it names none, or one that cannot be.
    """
    encoding = encoding_by_bytes(body)
    if encoding is None and (codecs := readers(declared or "")) and not codecs[0].startswith("utf"):
        return body.decode(codecs[0], "replace")
    if encoding is None or encoding == "utf-8":
        return body.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    return body.decode(encoding, "replace").removeprefix("\ufeff")


def percent_encoded(text: str) -> str:
    """The text with each byte that was no UTF-8 percent-encoded, which is how such a byte is asked for in an address.

    >>> percent_encoded(text_of("/café".encode("latin-1")))
    '/caf%E9'
    """
    return _BAD_BYTE.sub(lambda match: f"%{ord(match[0]) - 0xDC00:02X}", text)


_BAD_BYTE = re.compile("[\udc80-\udcff]")
