"""Addresses are read once, as browsers read them, and what is no address says why."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from ada_url import URL
from hypothesis import example, given, settings
from hypothesis import strategies as st
from w3lib.url import safe_url_string

from pipelines.printable import printable
from pipelines.web.addresses import MAX_LENGTH, NoAddressError, WebAddress, decoded, join, read_address

PAGE = "https://www.vietnam.vn/fr/du-lich/bai?trang=2#dau"

# Facts of the URL standard: (text, what it is against PAGE).
MEANINGS = [
    ("HTTP://Bao.VN", "http://bao.vn/"),
    ("https://bao.vn:443/a", "https://bao.vn/a"),
    ("http://bao.vn:0080/a", "http://bao.vn/a"),
    ("http://bao.vn:8080/a", "http://bao.vn:8080/a"),
    ("http://127.0.0.1:59999/a", "http://127.0.0.1:59999/a"),
    ("http://127.0.0.1:80/a", "http://127.0.0.1/a"),
    ("http://bao.vn:443/a", "http://bao.vn:443/a"),
    ("http://1.2.3.012/a", "http://1.2.3.10/a"),
    ("http://1.2.3/a", "http://1.2.0.3/a"),
    ("https://bao.vn:/a", "https://bao.vn/a"),
    ("  \n https://bao.vn/a \x00", "https://bao.vn/a"),
    ("https://bao.vn/a\r\n  b", "https://bao.vn/a%20%20b"),
    ("//bao.vn/a", "https://bao.vn/a"),
    ("/a/./b/../c", "https://www.vietnam.vn/a/c"),
    ("/%2e%2E/a/%2e/b", "https://www.vietnam.vn/a/b"),
    ("../../../../a", "https://www.vietnam.vn/a"),
    ("\\a\\b", "https://www.vietnam.vn/a/b"),
    ("?trang=3", "https://www.vietnam.vn/fr/du-lich/bai?trang=3"),
    ("", "https://www.vietnam.vn/fr/du-lich/bai?trang=2"),
    ("#cuoi", "https://www.vietnam.vn/fr/du-lich/bai?trang=2"),
    ("https:anh.jpg", "https://www.vietnam.vn/fr/du-lich/anh.jpg"),
    ("http:anh.jpg", "http://anh.jpg/"),
    ("http:///bao.vn/a", "http://bao.vn/a"),
    ("/tìm?q=tìm", "https://www.vietnam.vn/t%C3%ACm?q=t%C3%ACm"),
    ("/“lời”", "https://www.vietnam.vn/%E2%80%9Cl%E1%BB%9Di%E2%80%9D"),
    ("/a b\"<>`{}", "https://www.vietnam.vn/a%20b%22%3C%3E%60%7B%7D"),
    ("/[1]|^?[1]|^'", "https://www.vietnam.vn/%5B1%5D%7C%5E?%5B1%5D%7C%5E%27"),
    ("/%ff%ed%a0%80", "https://www.vietnam.vn/%ff%ed%a0%80"),
    ("/a%00b/..%2f..%2fc", "https://www.vietnam.vn/a%00b/..%2f..%2fc"),
    ("/100%-50%x", "https://www.vietnam.vn/100%-50%x"),
    ("/a:b@c//d;e", "https://www.vietnam.vn/a:b@c//d;e"),
    ("/\ud800", "https://www.vietnam.vn/%EF%BF%BD"),
    ("https://bão.vn/", "https://xn--bo-sia.vn/"),
    ("https://xn--bo-sia.vn/", "https://xn--bo-sia.vn/"),
    ("https://ＶＩＥＴＮＡＭ.vn/", "https://vietnam.vn/"),
    ("https://viet\u00adnam.vn/", "https://vietnam.vn/"),
    ("https://vietnam。vn/", "https://vietnam.vn/"),
    ("https://faß.vn/", "https://xn--fa-hia.vn/"),
    ("https://b%61o.vn/", "https://bao.vn/"),
    ("https://bao_1.vn/", "https://bao_1.vn/"),
    ("https://bao.vn./a", "https://bao.vn/a"),
    ("http://127.1/", "http://127.0.0.1/"),
    ("http://0x7f000001/", "http://127.0.0.1/"),
    ("http://2130706433./", "http://127.0.0.1/"),
    ("http://0177.0.0.01/", "http://127.0.0.1/"),
    ("http://１２７.0.0.1/", "http://127.0.0.1/"),
    ("http://[::FFFF:127.0.0.1]:80/", "http://[::ffff:7f00:1]/"),
    ("http://[0:0::1]:8/", "http://[::1]:8/"),
    (b"/bai?tu=t\xc3\xacm", "https://www.vietnam.vn/bai?tu=t%C3%ACm"),
    (b"/caf\xe9", "https://www.vietnam.vn/caf%E9"),
]  # fmt: skip

# What is no address, whatever it stands in. The second half is read by the standard, and refused here.
NONE = [
    "http://[x", "//[x", "http://]", "http://[hong/bai-2", "http://[::1", "http://[::1]x/", "http://[fe80::1%25eth0]/",
    "http://bao.vn:70000/", "http://bao.vn:8a/", "http://bao.vn:-1/", "http://", "http:", "http://?a", "http://#",
    "http://bao vn/", "http://bao\x00.vn/", "http://bao%00.vn/", "http://bao%2fx.vn/", "http://bao%5cx.vn/",
    "http://%zz.vn/", "http://bao.vn%/", "http://<bao>.vn/", "http://1.2.3.4.5/", "http://256.1.1.1/", "http://0x1.b.0xg.9/",
    "http://bao\u0085.vn/", "http://\u00ad/", "mailto:a@bao.vn", "javascript:alert(1)",
    "data:image/png;base64,AAAA", "ftp://bao.vn/", "file:///etc/passwd",
    "blob:https://bao.vn/1", "about:blank", "tel:113",
    "http://127.0.0.1\\.vietnam.vn/", "http://localhost\\.vietnam.vn/", "http://127.0.0.1\\x.vietnam.vn/",
    "http:\\\\bao.vn/", "\\\\bao.vn/a", "/\\bao.vn/a", "\\/bao.vn", "http:/\\bao.vn",
    "http://bao.vn\\@www.vietnam.vn/", "http://bao.vn\t.vietnam.vn/", "http://bao.vn\n/", "h\nttp://bao.vn/",
    "http://a:b@www.vietnam.vn/", "http://127.0.0.1@www.vietnam.vn/", "http://www.vietnam.vn@127.0.0.1/", "//a@bao.vn/",
    "http://@bao.vn/", "http://:@bao.vn/", "http://bao.vn;a.vietnam.vn/", "http://*.vietnam.vn/", "http://bao..vn/",
    "http://.bao.vn/", "http://bao.vn../", "http://./", "http://bao'vn/", "http://bao\"vn/", "http://bao,vn/",
    "http://(bao).vn/", "http://{bao}.vn/", "http://bao!.vn/", "http://$bao.vn/", "http://bao&x.vn/", "http://bao=.vn/",
    f"http://{'a' * 64}.vn/", f"http://{'a.' * 127}vn/", f"https://bao.vn/{'a' * MAX_LENGTH}", f"/{'ờ' * 3_000}",
]  # fmt: skip


@pytest.mark.parametrize(("text", "href"), MEANINGS, ids=repr)
def test_an_address_means_what_it_means_to_a_browser(text: str | bytes, href: str) -> None:
    """The standard's reading, and for what the standard leaves unescaped RFC 3986's spelling."""
    assert read_address(text, PAGE).href == href


@pytest.mark.parametrize("text", NONE, ids=lambda text: repr(text[:40]))
@pytest.mark.parametrize("base", [None, PAGE, "http://[x"], ids=["alone", "in a page", "in no page"])
def test_what_is_no_address_says_why_in_one_line(text: str, base: str | None) -> None:
    """No other error, one printable line, bounded in length, with the text in it."""
    with pytest.raises(NoAddressError) as caught:
        read_address(text, base)
    message = str(caught.value)
    assert printable(message) == message
    assert len(message) < 1_500
    assert caught.value.reason in message


@pytest.mark.parametrize("text", ["", "bai", "/bai", "//bao.vn/", "?a", "#a", "bao.vn/bai", "https:bai"])
def test_a_relative_address_needs_a_page(text: str) -> None:
    """Without a page's address there is nothing that it could be relative to."""
    with pytest.raises(NoAddressError, match="no page that it could be relative to"):
        read_address(text)


def test_an_address_in_parts() -> None:
    """Each part as its name says, brackets and marks left out."""
    address = read_address("https://[2001:db8::1]:8443/a/b?c=d#e")
    assert (address.scheme, address.host, address.port, address.netloc) == (
        "https", "2001:db8::1", 8443, "[2001:db8::1]:8443",
    )  # fmt: skip
    assert (address.path, address.query, address.fragment) == ("/a/b", "c=d", "e")
    assert address.origin == "https://[2001:db8::1]:8443"
    assert str(address) == address.href == "https://[2001:db8::1]:8443/a/b?c=d"
    assert [read_address(f"{scheme}://bao.vn").port for scheme in ("http", "https")] == [80, 443]


def test_no_message_shows_a_password() -> None:
    """What stands before an @ is left out of the reason."""
    with pytest.raises(NoAddressError, match="…@bao") as caught:
        read_address("http://me:secret@bao.vn/")
    assert "secret" not in str(caught.value)


def test_a_page_is_given_as_text_or_as_an_address() -> None:
    """An address that was read before serves as the page."""
    assert read_address("../anh", read_address(PAGE)) == read_address("../anh", PAGE)


def test_a_link_keeps_its_fragment() -> None:
    """`join` gives the link as the page means it; what is asked for has no fragment."""
    assert join(PAGE, "#cuoi") == "https://www.vietnam.vn/fr/du-lich/bai?trang=2#cuoi"
    assert join(PAGE, "/a#") == "https://www.vietnam.vn/a"


# ---- properties

_PIECES = st.sampled_from(
    [
        "http:", "https:", "HTTPS:", "ftp:", "/", "//", "\\", "\\\\", "@", ":", "::", "[", "]", "[::1]", "?", "#",
        "%", "%2f", "%00", "%ff", "%2e", "%25", ".", "..", "...", ";", "*", " ", "\t", "\n", "\x00", "\x85", "\xa0",
        "\u200b", "\ufeff", "127.0.0.1", "0x7f.1", "localhost", "www.vietnam.vn", "vietnam.vn", "bão.vn",
        "xn--bo-sia", "xn--", "80", "443", "8080", "99999", "a", "bai-viet", "à", "“", "\ud800", "ß", "-", "_", "'",
        '"', "|", "^", "`", "{", "}", "=", "&", "~", "+",
    ]
)  # fmt: skip
TEXTS = st.lists(_PIECES, max_size=9).map("".join) | st.text(max_size=30)
ABSOLUTE = TEXTS.map(lambda text: f"http://{text}") | TEXTS.map(lambda text: f"https://www.vietnam.vn/{text}")


def reading(text: str, base: str | None = None) -> WebAddress | None:
    """The address, or None where there is none."""
    try:
        return read_address(text, base)
    except NoAddressError:
        return None


def by_standard(text: str, base: str | None = None) -> str | None:
    """What the standard makes of it, by ada-url alone."""
    try:
        return URL(re.sub("[\ud800-\udfff]", "\ufffd", text), base).href
    except ValueError:
        return None


@settings(max_examples=600, deadline=None)
@given(TEXTS | ABSOLUTE, st.none() | st.just(PAGE) | ABSOLUTE)
@example("http://www.vietnam.vn/%2", None)
def test_reading_never_fails_otherwise_and_never_changes_what_was_read(text: str, base: str | None) -> None:
    """An address that was read reads as itself; its text is ASCII and holds nothing to be escaped."""
    address = reading(text, base)
    if address is None:
        return
    again = read_address(address.href)
    assert (again.href, again.host, again.port) == (address.href, address.host, address.port)
    assert address.href.isascii()
    assert not set(address.href) & set(' \t\r\n"<>\\^`{|}')


@settings(max_examples=600, deadline=None)
@given(TEXTS | ABSOLUTE, st.none() | st.just(PAGE))
@example("https://www.vietnam.vn/a/.b/%2E", None)
@example("https://www.vietnam.vn?", None)
@example("http://0x7f", None)
@example("http://xn--a.vn/", None)
def test_what_is_read_is_what_the_standard_reads(text: str, base: str | None) -> None:
    """Where there is an address it is the standard's, but for the final dot of a host and the escapes of RFC 3986."""
    try:
        ours = join(base, text)
    except NoAddressError:
        return
    stripped = text.strip("".join(map(chr, range(33))) + "\x85\u00a0\u200b\ufeff\u2028\u2029\u3000")
    expected = by_standard(stripped, base)
    assert expected is not None
    host, port = re.fullmatch(r"(\[.*\]|[^:]*)(:\d+)?", expected.split("/")[2]).groups()
    expected = expected.replace(f"{host}{port or ''}", f"{host.removesuffix('.')}{port or ''}", 1)
    assert unescaped(ours) == unescaped(expected)


def unescaped(href: str) -> str:
    """Without the escapes that RFC 3986 wants and the standard does not, and without an empty query or fragment."""
    head, mark, fragment = href.partition("#")
    for character in "\\^`{|}[]":
        head = head.replace(f"%{ord(character):02X}", character)
    return head.removesuffix("?") + (mark + fragment if fragment else "")


@settings(max_examples=600, deadline=None)
@given(ABSOLUTE)
@example("http://127.0.0.1\\.vietnam.vn/")
@example("http://www.vietnam.vn#@127.0.0.1/")
@example("http://www.vietnam.vn?@127.0.0.1/")
def test_every_reader_downstream_sees_the_same_host_and_writes_the_same_address(text: str) -> None:
    """Python's parser, and w3lib, through which Scrapy puts every request: same host, same port, same text."""
    address = reading(text)
    if address is None:
        return
    parts = urlsplit(address.href)
    assert (parts.hostname, parts.port or address.port) == (address.host, address.port)
    assert safe_url_string(address.href) == address.href


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(["%25", "%", "41", "%41", "%2F", "/", "%ff", "%C3%A0", "%c3", "%00", "a", "%0A"]), max_size=8
    )
)
def test_two_paths_never_become_one_text(pieces: list[str]) -> None:
    """What is decoded can be told apart: encoding it again gives the path, but for the spelling of text."""
    path = "".join(pieces)
    text = decoded(path)
    assert decoded(text) in (text, decoded(text.replace("%25", "%")))
    assert "\x00" not in text
    assert text.count("/") == path.count("/")


def test_bytes_that_are_no_text_stay_escapes() -> None:
    """Text is shown as text; what is none, or would be a separator or a command, stays an escape."""
    assert decoded("b%C3%A0i-m%e1%bb%9bi") == "bài-mới"
    assert decoded("%ff-%ED%A0%80-%c3") == "%FF-%ED%A0%80-%C3"
    assert decoded("..%2f..%2Fetc%00%1b%7F%C2%85") == "..%2F..%2Fetc%00%1B%7F%C2%85"
    assert decoded("100%-%25-%2541") == "100%-%-%2541"
