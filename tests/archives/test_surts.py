"""Keys of addresses beside those of the library that indexers and servers of archives use."""

from __future__ import annotations

import random

import pytest

from pipelines.archives.surts import surt

HOSTS = (
    "https://www.vietnam.vn", "http://vjs.vietnam.vn:80", "https://Vietnam.VN:443", "http://127.0.0.1:8080", "ftp://a.b",
    "https://www2.vietnam.vn.", "vietnam.vn", "http://u:p@vietnam.vn", "https://http://vietnam.vn", "https://x.vn:8443",
    "urn:a", "https://báo.vn", "HTTPS://WWW.VIETNAM.VN",
)  # fmt: skip
PIECES = (
    "/", "//", "a", "B", "bai-viet", "%20", "%25", "%2541", ".", "..", "é", "Đ", "?", "&", "=", "a=1", "A=2", "-b=3",
    "#x", ";p=1", "sid=" + "a1" * 16, "&jsessionid=" + "B2" * 16, "cfid=1&cftoken=2", "+", " ", "|", "%C3%A9", "%ff",
    "www.", "utm_source=x", "/./", "/../", "~", "!", "'", "*", ":", "@", "%3f", "%26", "%23", "&a", "&a=",
    "phpsessid=" + "0f" * 16, "&ASPSESSIONIDABCDEFGH=" + "ZY" * 12,
)  # fmt: skip


def test_as_the_library() -> None:
    """The same key for addresses of every kind."""
    library = pytest.importorskip("surt", reason="the extra archive is not installed")
    draw = random.Random(17)
    seen = set()
    for _ in range(6_000):
        url = draw.choice(HOSTS) + draw.choice("/?") + "".join(draw.choices(PIECES, k=draw.randint(0, 7)))
        assert surt(url) == library.surt(url), url
        seen.add(surt(url))
    assert len(seen) > 2_000


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.vietnam.vn/A/../b/./c//d/?y=1&x=%2541", "vn,vietnam)/b/c/d?x=a&y=1"),
        ("https://vietnam.vn/a?sid=0123456789abcdef0123456789abcdef&b", "vn,vietnam)/a?b"),
        *(
            (f"https://vietnam.vn/a?{session}&b", "vn,vietnam)/a?b")
            for session in (
                *(f"{name}=" + "a1" * 16 for name in ("jsessionid", "phpsessid", "sid")),
                "aspsessionidabcdefgh=" + "zy" * 12,
                "cfid=1&cftoken=2",
            )
        ),
        ("urn:Text:x", "urn:text:x"),
        ("https://vietnam.vn:x/", "https://vietnam.vn:x/"),
    ],
)
def test_keys(url: str, key: str) -> None:
    """Without the library too."""
    assert surt(url) == key
