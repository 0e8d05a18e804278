"""The one place that turns text into an address, or gives the reason why it is not one.

Addresses are read as browsers read them (the WHATWG URL standard, through ada-url), so that the host that is checked
is the host that is connected to. Narrower than the standard where that has no use but tricks: only http and https, no
user name, no backslash or line break where the host is written, and a host of letters, digits, hyphens and
underscores only. A final dot of the host (it is the same name) and an empty query are dropped, and what RFC 3986 wants
escaped is escaped, so that no later client writes the address in another way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ada_url import URL

from pipelines.errors import VietnamvnError
from pipelines.printable import printable

MAX_LENGTH = 8_192
"""Characters of an address: what web servers take in a request line. Addresses in sitemaps may have 2,048."""

# Addresses that need no parser: lower case, a name as host, no dot segment, and nothing to escape. The last
# label begins with a letter, so that it is no number, or it is four numbers as they are always written; `xn--` is
# checked by the standard's rules.
_BYTE = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_PLAIN = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>(?!.{0,249}xn--)(?:[a-z0-9_][a-z0-9_-]{0,62}\.)*[a-z][a-z0-9_-]{0,62}|"
    rf"{_BYTE}\.{_BYTE}\.{_BYTE}\.{_BYTE})(?::(?P<port>[1-9]\d{{1,3}}|[1-5]\d{{4}}))?"
    r"(?P<path>(?:/(?!\.|%2[Ee])(?:[\w~!$&()*+,;=:@.'-]|%(?!2[Ee]))*)+)(?:\?(?P<query>[\w~!$&()*+,;=:@.%/?-]+))?\Z",
    re.ASCII,
)
_ABSOLUTE = re.compile(r"https?:[/\\]{2}", re.I)
# Scheme, slashes and host as written, up to where the path, the query or the fragment begins.
_HEAD = re.compile(r"(?:(?P<scheme>[a-z][a-z0-9+.-]*):)?(?P<slashes>[/\\]*)[^/?#]*", re.I)
_BREAKS = re.compile("[\t\n\r]+")
# The standard drops line breaks and tabs anywhere, and control characters and spaces at both ends.
# So does this module with other spaces and invisible marks, which editors leave there.
AROUND = "".join(map(chr, range(33))) + "\x85\xa0\u1680\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
AROUND += "".join(map(chr, range(0x2000, 0x2010)))
"""Characters around an address that are no part of it."""
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\Z")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[^\[\]:@]*)(?::(?P<port>\d+))?\Z")
# Left as they are by the standard in paths or queries, escaped by RFC 3986 and so by other clients.
_ESCAPED = {ord(c): f"%{ord(c):02X}" for c in "[]\\^`{|}"}
_USER = re.compile(r"([/\\]{2})[^/\\?#@]*@")  # a password may follow, and no message shows one
_UNPAIRED = re.compile("[\ud800-\udfff]")
_ESCAPES = re.compile(r"((?:%[0-9A-Fa-f]{2})+)|%")
_AMBIGUOUS = re.compile("\x00(?=[0-9A-Fa-f]{2})")


class NoAddressError(VietnamvnError, ValueError):
    """The text is no web address; `reason` says why in a few words, the message also names the text."""

    def __init__(self, text: str, reason: str) -> None:
        shown = _USER.sub(r"\1…@", text if len(text) <= 200 else text[:200] + "…")
        super().__init__(f"no address: '{printable(shown)}' ({reason})")
        self.reason = reason


class RelativeAddressError(NoAddressError):
    """The text is relative, and no page was given that it could be relative to."""

    def __init__(self, text: str) -> None:
        super().__init__(text, "no scheme and host, and no page that it could be relative to")


@dataclass(frozen=True, slots=True)
class WebAddress:
    """An http(s) address in the form in which it is fetched, stored and compared.

    `href` is all of it without the fragment, ASCII only; `host` is in lower case, as ASCII (``xn--``), an IPv6
    address without its brackets; `port` is the one that is connected to; `path` begins with a slash; `query` and
    `fragment` come without their marks and are empty where there is none.
    """

    href: str
    scheme: str
    host: str
    port: int
    path: str
    query: str = ""
    fragment: str = ""

    @property
    def netloc(self) -> str:
        """Host and, where it is not the scheme's own, port, as a request's Host header has them."""
        return self.href.split("/", 3)[2].partition("?")[0]

    @property
    def origin(self) -> str:
        """Scheme, host and port: what robots.txt and connections go by."""
        return f"{self.scheme}://{self.netloc}"

    def __str__(self) -> str:
        return self.href


def read_address(text: str | bytes, base: str | WebAddress | None = None) -> WebAddress:
    r"""The address that a text means, relative to the address of the document it is in.

    Bytes (a header's) are taken as UTF-8; invalid ones become escapes. Raises `NoAddressError`.

    >>> read_address("HTTPS://WWW.Vietnam.VN:443/fr/../bài?a=1#top").href
    'https://www.vietnam.vn/b%C3%A0i?a=1'
    >>> read_address("../anh.jpg", "https://www.vietnam.vn/fr/bai/").href
    'https://www.vietnam.vn/fr/anh.jpg'
    >>> read_address("http://127.0.0.1\\.vietnam.vn/").host
    Traceback (most recent call last):
    pipelines.web.addresses.NoAddressError: no address: 'http://127.0.0.1\.vietnam.vn/' (a backslash in its host)
    """
    if isinstance(text, bytes):
        text = _UNPAIRED.sub(lambda m: f"%{ord(m[0]) - 0xDC00:02X}", text.decode("utf-8", "surrogateescape"))
    if len(text) > MAX_LENGTH:
        raise NoAddressError(text, f"longer than {MAX_LENGTH} characters")
    return _read(text, base.href if isinstance(base, WebAddress) else base)


def join(base: str | WebAddress | None, text: str | bytes) -> str:
    """A link as a page means it: `text` relative to the page's address, with its fragment. Raises `NoAddressError`.

    >>> join("https://www.vietnam.vn/fr/bai", "?page=2#binh-luan")
    'https://www.vietnam.vn/fr/bai?page=2#binh-luan'
    """
    address = read_address(text, base)
    return f"{address.href}#{address.fragment}" if address.fragment else address.href


def decoded(text: str) -> str:
    """A path, or a part of one, for people and for keys: escapes of UTF-8 text as that text.

    Two different paths never become one: escapes that are no UTF-8, of a slash or of a control character stay,
    and so does the escape of a percent sign that would make another escape.

    >>> decoded("b%C3%A0i-100%25"), decoded("%FF%00..%2fetc"), decoded("%2541")
    ('bài-100%', '%FF%00..%2Fetc', '%2541')
    """
    if "%" not in text:
        return text
    marked = _ESCAPES.sub(_decoded, text)
    return _AMBIGUOUS.sub("%25", marked).replace("\x00", "%")


def _decoded(match: re.Match[str]) -> str:
    if not match[1]:
        return "\x00"
    characters = bytes.fromhex(match[1].replace("%", "")).decode("utf-8", "surrogateescape")
    return "".join("\x00" if c == "%" else _kept(c) if _stays(c) else c for c in characters)


def _stays(character: str) -> bool:
    return character == "/" or character < " " or "\x7f" <= character <= "\x9f" or "\ud800" <= character <= "\udfff"


def _kept(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogateescape"))


@lru_cache(maxsize=4_096)
def _read(text: str, base: str | None) -> WebAddress:
    plain = _PLAIN.match(text)
    if plain is not None and len(plain["host"]) <= 253:
        scheme, host, number, path, query = plain.groups()
        port = 80 if scheme == "http" else 443
        if number is None or int(number) != port:
            return WebAddress(text, scheme, host, int(number or port), path, query or "")
    stripped = text.strip(AROUND)
    _check_head(text, stripped)
    return _parts(text, _href(text, stripped, base))


def _check_head(text: str, stripped: str) -> None:
    """Refuse what the standard repairs in a host: a client that repairs it differently would ask another host."""
    whole = _BREAKS.sub("", stripped)
    head = _HEAD.match(whole)
    if head is None:
        return
    if head["scheme"] is not None and head["scheme"].lower() not in ("http", "https"):
        raise NoAddressError(text, f"its scheme is {head['scheme'][:20].lower()!r}, not http or https")
    if head["scheme"] is None and len(head["slashes"]) < 2:
        return
    if "\\" in head[0]:
        raise NoAddressError(text, "a backslash in its host")
    if "@" in head[0]:
        raise NoAddressError(text, "a user name in it")
    if whole is not stripped and (
        not stripped.startswith(head[0]) or stripped[len(head[0]) : len(head[0]) + 1] not in ("", "/", "?", "#")
    ):
        raise NoAddressError(text, "a control character in its host")


def _href(text: str, stripped: str, base: str | None) -> str:
    """The standard's reading, in one string."""
    stripped = _UNPAIRED.sub("\ufffd", stripped)
    try:
        if _ABSOLUTE.match(stripped):
            return URL(stripped).href
        if base is None:
            raise RelativeAddressError(text)
        try:
            above = read_address(base).href
        except NoAddressError as error:
            raise NoAddressError(text, f"relative to what is no address itself: {error.reason}") from None
        return URL(stripped, above).href
    except NoAddressError:
        raise
    except ValueError:
        raise NoAddressError(text, "its host or port cannot be read") from None


def _parts(text: str, href: str) -> WebAddress:
    scheme, _, rest = href.partition("://")
    if scheme not in ("http", "https"):
        raise NoAddressError(text, "its scheme is not http or https")
    rest, _, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    authority, _, path = rest.partition("/")
    found = _AUTHORITY.match(authority)
    host = found["host"].removesuffix(".") if found is not None else ""
    if host.startswith("["):
        name = host[1:-1]
    elif _NAME.match(host):
        name = host
    else:
        raise NoAddressError(text, "its host is no name")
    number = found["port"] if found is not None else None
    path, query = f"/{path}".translate(_ESCAPED), query.translate(_ESCAPED)
    netloc = f"{host}:{number}" if number else host
    whole = f"{scheme}://{netloc}{path}?{query}" if query else f"{scheme}://{netloc}{path}"
    if len(whole) > MAX_LENGTH:
        raise NoAddressError(text, f"longer than {MAX_LENGTH} characters once it is escaped")
    port = int(number) if number else 80 if scheme == "http" else 443
    return WebAddress(whole, scheme, name, port, path, query, fragment)
