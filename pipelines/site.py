"""What the site's addresses say: host, language, slug, and whether there can be an article at all.

Facts from SITE.md: the original is ``/<slug>``, a translation ``/<lang>/<slug>`` with the same slug; ``/xx/tag/<slug>``
(once with a double slash) is a tag page; several hosts serve the same articles.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from pipelines.web.addresses import WebAddress, decoded, read_address

SITE_NAME = "Vietnam.vn"  # never translated, in any language version
SITE_DOMAIN = "vietnam.vn"
SITE_URL = f"https://www.{SITE_DOMAIN}"
ORIGINAL_LANGUAGE = "vi"
# The largest real page is well under 1 MB and a full sitemap is bounded at 50 MB by its standard.
LARGEST_BODY = 52_428_800

# A language segment is recognised by its form, not by a list: two letters, with a country or a script where the site
# writes one (`zh-cn`, `zh-hant`). `fil` is the one three-letter code among news sites' spellings.
_LANGUAGE_SEGMENT = re.compile(r"(?:[a-z]{2}(?:[-_](?:[a-z]{2}|chs|cht|hans|hant|latn|cyrl|arab))?|fil)\Z", re.I)
# Alone in a path it is a language's front page. A slug of two short words (`an-do`) has the same form, so only those
# regions count here that sites write in addresses.
_FRONT_PAGE = re.compile(
    r"(?:[a-z]{2}|fil|zh[-_](?:cn|tw|hk|mo|sg|my|chs|cht|hans|hant)|sr[-_](?:latn|cyrl)|pt[-_](?:br|pt)|en[-_](?:us|gb)"
    r"|es[-_](?:es|mx)|fr[-_](?:fr|ca))\Z",
    re.I,
)
# Sections of the site that hold no articles (SITE.md); they may follow a language segment.
_NON_ARTICLE_SECTIONS = frozenset({"tag", "tags", "category", "author", "events", "sitemap", "search", "api", "_next"})
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})  # replicas of the site are served from here
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|yclid|msclkid|mc_[ce]id|igshid|zarsrc|_ga|ref)\Z", re.I)
_SAFE = "/-._~!$&'()*+,;=:@"
# Already normalised: no escape, no doubled or final slash, no query.
_SPELLED = re.compile(r"/|(?:/[\w\-.~!$&'()*+,;=:@]+)+\Z", re.ASCII)
_ESCAPES = re.compile(r"((?:%[0-9A-Fa-f]{2})+)|([^\w/\-.~!$&'()*+,;=:@])", re.ASCII)
_ESCAPE = re.compile(r"(%[0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address taken apart. `slug` is None where the path cannot be an article's; `language` is the path's claim.

    An address without a language segment claims the original's language, Vietnamese.
    """

    host: str
    language: str | None
    slug: str | None
    section: str | None = None


def parse_address(url: str | WebAddress) -> Address:
    """Take an address apart, whatever its host. Raises `NoAddressError` (a `ValueError`) for anything else.

    >>> parse_address("https://www.vietnam.vn/fr/mot-bai-viet/?utm_source=x#top")
    Address(host='www.vietnam.vn', language='fr', slug='mot-bai-viet', section=None)
    >>> parse_address("https://vietnam.vn/en//tag/ha-noi").section
    'tag'
    >>> parse_address("https://www.vietnam.vn/ha-noi").slug, parse_address("https://www.vietnam.vn/tag").slug
    ('ha-noi', None)
    """
    web = url if isinstance(url, WebAddress) else read_address(url)
    segments = [decoded(s).strip() for s in web.path.split("/")]
    segments = [s for s in segments if s]
    language: str | None = ORIGINAL_LANGUAGE
    if segments and (_LANGUAGE_SEGMENT if len(segments) > 1 else _FRONT_PAGE).match(segments[0]):
        language = segments.pop(0).lower().replace("_", "-")
    if segments and segments[0].lower() in _NON_ARTICLE_SECTIONS:
        return Address(host=web.host, language=language, slug=None, section=segments[0].lower())
    if len(segments) != 1 or segments[0].lower().endswith((".xml", ".txt", ".json", ".js", ".css")):
        return Address(host=web.host, language=language, slug=None, section=segments[0].lower() if segments else None)
    slug = segments[0]
    if slug.lower().endswith(".html"):
        slug = slug[:-5]
    return Address(host=web.host, language=language, slug=slug.lower() or None)


def normalise_url(url: str | WebAddress) -> str:
    """The one spelling by which addresses are compared: no tracking, no doubled slashes, no final slash.

    Escapes of text are written in one way; those that are no UTF-8 or hide a slash stay as they are. Raises
    `NoAddressError` (a `ValueError`) where the text is no http(s) address.

    >>> normalise_url("HTTPS://WWW.Vietnam.VN//fr/bai-viet/?utm_source=a&page=2#x")
    'https://www.vietnam.vn/fr/bai-viet?page=2'
    """
    web = url if isinstance(url, WebAddress) else read_address(url)
    path = web.path
    if not _SPELLED.fullmatch(path):
        path = re.sub(r"/{2,}", "/", _ESCAPES.sub(_spelled, path)).rstrip("/") or "/"
    if not web.query:
        return f"{web.origin}{path}"
    pairs = parse_qsl(web.query, keep_blank_values=True, errors="surrogateescape")
    query = urlencode([(k, v) for k, v in pairs if not _TRACKING.match(k)], errors="surrogateescape")
    return f"{web.origin}{path}" + (f"?{query}" if query else "")


def asked_url(web: WebAddress) -> str:
    """The address as it is fetched: as it was listed, without tracking parameters.

    >>> asked_url(read_address("https://www.vietnam.vn//m%e1%bb%99t/?utm_source=rss&trang=2#cuoi"))
    'https://www.vietnam.vn//m%e1%bb%99t/?trang=2'
    """
    if not web.query:
        return web.href
    query = "&".join(pair for pair in web.query.split("&") if not _TRACKING.match(pair.partition("=")[0]))
    return f"{web.origin}{web.path}" + (f"?{query}" if query else "")


def article_url(slug: str, language: str, *, base: str = SITE_URL) -> str:
    """The address of one language version by the slug rule: the inverse of `parse_address`.

    >>> article_url("bai-viet", "fr")
    'https://www.vietnam.vn/fr/bai-viet'
    >>> article_url("bai-viet", "vi")
    'https://www.vietnam.vn/bai-viet'
    """
    prefix = "" if language == ORIGINAL_LANGUAGE else f"/{language}"
    pieces = _ESCAPE.split(slug)  # an escape left in a slug encodes no text
    path = "".join(piece if place % 2 else quote(piece, safe="-._~") for place, piece in enumerate(pieces))
    return f"{base.rstrip('/')}{prefix}/{path}"


def is_site_host(host: str | None) -> bool:
    """Whether a host serves Vietnam.vn: the domain itself or any name below it."""
    host = (host or "").lower().rstrip(".")
    return host == SITE_DOMAIN or host.endswith("." + SITE_DOMAIN)


def has_site_addresses(host: str | None) -> bool:
    """Whether a host's addresses follow the site's rules: it serves the site, or is this machine with a replica of it.

    >>> has_site_addresses("en.vietnam.vn"), has_site_addresses("127.0.0.1"), has_site_addresses("news.example")
    (True, True, False)
    """
    return is_site_host(host) or host in _THIS_MACHINE


def claimed_language(address: Address, *, hosts: Collection[str] = ()) -> str | None:
    """The language that an address claims: without a segment for it the original's, if it is one of the site's.

    `hosts` have the site's addresses too.

    >>> claimed_language(parse_address("https://vietnam.vn/bai")), claimed_language(parse_address("https://a.example/fr/b"))
    ('vi', 'fr')
    >>> claimed_language(parse_address("https://a.example/bai"))
    """
    if address.language == ORIGINAL_LANGUAGE and not (has_site_addresses(address.host) or address.host in hosts):
        return None
    return address.language


def _spelled(match: re.Match[str]) -> str:
    """One spelling for escapes of UTF-8 text, as `quote` writes it; a hidden slash and other bytes as they came."""
    if match[1] is None:
        return quote(match[2], safe=_SAFE)
    written = match[1]
    at, pieces = 0, []
    for character in bytes.fromhex(written.replace("%", "")).decode("utf-8", "surrogateescape"):
        piece = written[at : (at := at + 3 * len(character.encode("utf-8", "surrogateescape")))]
        pieces.append(piece if character == "/" or "\udc80" <= character <= "\udcff" else quote(character, safe=_SAFE))
    return "".join(pieces)
