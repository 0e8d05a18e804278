"""Keys by address: the ones that stores already hold stay, and no two addresses that differ share one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.models import Rejected
from pipelines.site import article_url, asked_url, normalise_url, parse_address
from pipelines.storage.keys import address_key, reject_key
from pipelines.web.addresses import read_address

SITE = "https://www.vietnam.vn"

# Written by 0.1.0; a store that holds them must find them again.
KNOWN = [
    (f"{SITE}/bai-viet", ("bai-viet", "vi")),
    ("http://Vietnam.vn//en/Bai-Viet/?utm_source=x#top", ("bai-viet", "en")),
    (f"{SITE}/b%c3%a0i-vi%E1%BA%BFt.html", ("bài-viết", "vi")),
    (f"{SITE}/bài viết", ("bài viết", "vi")),
    (f"{SITE}/giam-100%25", ("giam-100%", "vi")),
    (f"{SITE}/giam-100%", ("giam-100%", "vi")),
    (f"{SITE}/a+b,c(d)'e'", ("a+b,c(d)'e'", "vi")),
    (f"{SITE}/zh_CN/bai", ("bai", "zh-cn")),
    (f"{SITE}/", ("PATH:/", "vi")),
    (f"{SITE}/fr", ("PATH:/fr", "fr")),
    (f"{SITE}/fr//tag/Hue/?page=2&fbclid=1", ("PATH:/fr/tag/Hue?page=2", "fr")),
    (f"{SITE}/a/b?x=%c3%a0+y&z", ("PATH:/a/b?x=%C3%A0+y&z=", "vi")),
    ("http://127.0.0.1:8000/bai", ("bai", "vi")),
    ("https://Bao.example:443/en/bai-1.html?id=7", ("URL:https://bao.example/en/bai-1.html?id=7", "en")),
    ("https://bao.example/b%c3%a0i/", ("URL:https://bao.example/b%C3%A0i", "und")),
]


@pytest.mark.parametrize(("url", "key"), KNOWN)
def test_keys_that_stores_hold_stay(url: str, key: tuple[str, str]) -> None:
    """The key of an address that was stored before is what it was."""
    assert address_key(url) == key


@pytest.mark.parametrize("url", ["http://[x", "http://a@www.vietnam.vn/bai", "bai", "ftp://www.vietnam.vn/bai", ""])
def test_what_is_no_address_has_no_key(url: str) -> None:
    """No error, and no key; a rejection of it is told from others by its text."""
    assert address_key(url) is None
    assert reject_key(Rejected(url=url, outcome="not_article", detail="")) == f"URL:{url}"


def test_addresses_that_differ_do_not_meet() -> None:
    """Escapes that are no text keep their bytes: each of these is a page of its own."""
    paths = ["/%ff", "/%fe", "/%25ff", "/%EF%BF%BD", "/%00", "/a%2fb", "/a%252fb", "/a%5cb", "/%ed%a0%80", "/%0a"]
    keys = {address_key(SITE + path) for path in paths}
    assert len(keys) == len(paths)
    assert len({normalise_url(SITE + path) for path in paths}) == len(paths)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["a", "B", "-", "à", "%C3%A0", "%ff", "%FE", "%2f", "%00", "%25", "%", "41", "%41", "%20", ";", "[", "'"]
        ),
        min_size=1,
        max_size=7,
    ).map("".join),
    st.sampled_from(["vi", "fr", "zh-cn"]),
)
def test_every_spelling_of_an_address_has_its_key(path: str, language: str) -> None:
    """The address as listed, as it is asked for, as compared, and as guessed from its slug: one slug, one key."""
    prefix = "" if language == "vi" else f"/{language}"
    listed = read_address(f"{SITE}{prefix}/{path}x-1")
    address, key = parse_address(listed), address_key(listed.href)
    assert address.slug
    guessed = article_url(address.slug, language)
    for url in (asked_url(listed), normalise_url(listed), normalise_url(normalise_url(listed)), guessed):
        assert (parse_address(url).slug, parse_address(url).language) == (address.slug, language)
        assert address_key(url) == key
