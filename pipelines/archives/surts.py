"""Keys of addresses in the order of hosts read backwards (SURT), as indexes of archives sort them.

The library that CDX servers use, `surt`, has a licence that asks more than this project's; the rule for web addresses
is short, and tests compare both where the library is installed.
"""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

_SAFE = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d+(?:/|$))")
_SEVERAL_SCHEMES = re.compile(r"(?:https?://)+(?=https?://)", re.I)
# Session ids, from before cookies: the last of each kind is left out, with its "&".
_SESSIONS = (
    re.compile(rb"(.*)jsessionid=[0-9a-z]{32}(?:&|$)"),
    re.compile(rb"(.*)phpsessid=[0-9a-z]{32}(?:&|$)"),
    re.compile(rb"(.*)sid=[0-9a-z]{32}(?:&|$)"),
    re.compile(rb"(.*)aspsessionid[a-z]{8}=[a-z]{24}(?:&|$)"),
    re.compile(rb"(.*)cfid=[^&]+&cftoken=[^&]+(?:&|$)"),
)


def surt(url: str) -> str:
    """The key: no scheme, no ``www``, host backwards, everything in lower case, no slash at the end, query sorted.

    An address without a host (``urn:…``) keeps its scheme.

    >>> surt("https://www.vietnam.vn/en/Bai-Viet/?b=2&a=1#top")
    'vn,vietnam)/en/bai-viet?a=1&b=2'
    >>> surt("vjs.vietnam.vn"), surt("http://www.vietnam.vn:80/"), surt("urn:Text:x")
    ('vn,vietnam,vjs)/', 'vn,vietnam)/', 'urn:text:x')
    """
    url = url.strip()
    if not _SCHEME.match(url):
        url = f"http://{url}"
    scheme, _, rest = _SEVERAL_SCHEMES.sub("", url).partition(":")
    if not rest.startswith("//"):
        path, _, query = rest.partition("#")[0].partition("?")
        return f"{scheme}:{_escaped(_cut(_plain(path)))}{_query(query)}"
    try:
        parts = urlsplit(f"{scheme}:{rest}")
        host, port = parts.hostname or "", parts.port
    except ValueError:  # no port, or half an IPv6 address: sorted as it is
        return _escaped(_plain(url))
    if not host.isascii():
        with suppress(UnicodeError):  # sorted as it is
            host = host.encode("idna").decode()
    host = re.sub(r"^www\d*\.", "", host.replace("..", ".").strip("."))
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    name = ",".join(reversed(host.split("."))) + (f":{port}" if port not in (None, usual) else "")
    return f"{_escaped(name.encode())}){_escaped(_cut(_without_dots(_plain(parts.path))))}{_query(parts.query)}"


def _cut(path: bytes) -> bytes:
    return path[:-1] if len(path) > 1 and path.endswith(b"/") else path


def _query(text: str) -> str:
    query = _escaped(_plain(text)).encode()
    for session in _SESSIONS:
        query = session.sub(rb"\1", query, count=1)
    ordered = sorted(part.split(b"=", 1) for part in query.split(b"&"))
    return "?" + b"&".join(b"=".join(part) for part in ordered).decode() if query else ""


def _without_dots(path: bytes) -> bytes:
    kept: list[bytes] = []
    parts = path.split(b"/")[1:]
    for part in parts:
        if part == b".." and kept:
            kept.pop()
        elif part != b".":
            kept.append(part)
    *folders, last = kept or [b""]
    return b"/" + b"".join(folder + b"/" for folder in folders if folder) + last


def _plain(text: str) -> bytes:
    """Without escapes, even of escapes."""
    raw = text.encode("utf-8", "surrogateescape")
    while (plain := unquote_to_bytes(raw)) != raw:
        raw = plain
    return raw


def _escaped(raw: bytes) -> str:
    return quote_from_bytes(raw, safe=_SAFE).lower()
