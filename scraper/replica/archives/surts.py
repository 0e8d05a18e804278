"""Keys of addresses in the order of hosts read backwards (SURT), as indexes of archives sort them.

The library that CDX servers use, `surt`, is under a licence that asks more than this project's; the rule for the
addresses that the stand-in has is short, and a test asks both where the library is at hand.
"""

from __future__ import annotations

import re
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

_SAFE = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"


def surt(url: str) -> str:
    """The key: no scheme, no ``www``, host backwards, everything in lower case, no slash at the end, query sorted.

    >>> surt("https://www.vietnam.vn/en/Bai-Viet/?b=2&a=1#top")
    'vn,vietnam)/en/bai-viet?a=1&b=2'
    >>> surt("vjs.vietnam.vn"), surt("http://www.vietnam.vn:80/")
    ('vn,vietnam,vjs)/', 'vn,vietnam)/')
    """
    parts = urlsplit(url if re.match(r"[A-Za-z][\w+.-]*://", url) else f"http://{url}")
    host = re.sub(r"^www\d*\.", "", (parts.hostname or "").strip("."))
    try:
        port = parts.port
    except ValueError:
        port = None
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    name = ",".join(reversed(host.split("."))) + (f":{port}" if port not in (None, usual) else "")
    path = re.sub("/+", "/", _plain(parts.path)).rstrip("/") or "/"
    query = "&".join(sorted(part for part in _plain(parts.query).split("&"))) if parts.query else ""
    return f"{name}){path}" + (f"?{query}" if query else "")


def _plain(text: str) -> str:
    """Lower case, with as few escapes as can be."""
    raw = text.encode()
    while (plain := unquote_to_bytes(raw)) != raw:
        raw = plain
    return quote_from_bytes(raw.lower(), safe=_SAFE).lower()
