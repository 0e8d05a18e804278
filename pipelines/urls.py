"""What an address of the site says: host, language, slug, and whether it can be an article at all.

Facts from SITE.md: the original is ``/<slug>``, a translation ``/<lang>/<slug>`` with the same slug; ``/xx/tag/<slug>``
(once with a double slash) is a tag page; several hosts serve the same articles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

SITE_DOMAIN = "vietnam.vn"
ORIGINAL_LANGUAGE = "vi"

# A language segment is recognised by its form, not by a list: two letters, with a region or script where the site
# writes one (`zh-cn`, `zh-hant`). `fil` is the one three-letter code among news sites' spellings.
_LANGUAGE_SEGMENT = re.compile(r"(?:[a-z]{2}(?:[-_][a-z]{2,4})?|fil)\Z", re.I)
# Sections of the site that hold no articles (SITE.md); they may follow a language segment.
_NON_ARTICLE_SECTIONS = frozenset({"tag", "tags", "category", "author", "events", "sitemap", "search", "api", "_next"})
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|yclid|msclkid|mc_[ce]id|igshid|zarsrc|_ga|ref)\Z", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address taken apart. `slug` is None where the path cannot be an article's; `language` is the path's claim.

    An address without a language segment claims the original's language, Vietnamese.
    """

    host: str
    language: str | None
    slug: str | None
    section: str | None = None


def parse_address(url: str) -> Address:
    """Take an address apart, whatever its host.

    >>> parse_address("https://www.vietnam.vn/fr/mot-bai-viet/?utm_source=x#top")
    Address(host='www.vietnam.vn', language='fr', slug='mot-bai-viet', section=None)
    >>> parse_address("https://vietnam.vn/en//tag/ha-noi").section
    'tag'
    """
    parts = _split(url)
    segments = [unquote(s).strip() for s in parts.path.split("/")]
    segments = [s for s in segments if s]
    language: str | None = ORIGINAL_LANGUAGE
    if segments and _LANGUAGE_SEGMENT.match(segments[0]):
        language = segments.pop(0).lower().replace("_", "-")
    host = (parts.hostname or "").lower()
    if segments and segments[0].lower() in _NON_ARTICLE_SECTIONS:
        return Address(host=host, language=language, slug=None, section=segments[0].lower())
    if len(segments) != 1 or segments[0].lower().endswith((".xml", ".txt", ".json", ".js", ".css")):
        return Address(host=host, language=language, slug=None, section=segments[0].lower() if segments else None)
    slug = segments[0]
    if slug.lower().endswith(".html"):
        slug = slug[:-5]
    return Address(host=host, language=language, slug=slug.lower() or None)


def normalise_url(url: str) -> str:
    """The one spelling of an address: lower-case scheme and host, no fragment, no tracking, no trailing slash.

    Runs of slashes in the path become one. Raises `ValueError` where the text is no http(s) address.

    >>> normalise_url("HTTPS://WWW.Vietnam.VN//fr/bai-viet/?utm_source=a&page=2#x")
    'https://www.vietnam.vn/fr/bai-viet?page=2'
    """
    parts = _split(url)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not an http(s) address: {url!r}")
    host = parts.hostname.lower()
    if ":" in host:
        host = f"[{host}]"
    port = parts.port
    if port is not None and (parts.scheme.lower(), port) not in (("http", 80), ("https", 443)):
        host = f"{host}:{port}"
    path = quote(re.sub(r"/{2,}", "/", unquote(parts.path)), safe="/-._~!$&'()*+,;=:@").rstrip("/")
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(k)])
    return f"{parts.scheme.lower()}://{host}{path or '/'}" + (f"?{query}" if query else "")


def article_url(slug: str, language: str, *, base: str = "https://www.vietnam.vn") -> str:
    """The address of one language version by the slug rule.

    >>> article_url("bai-viet", "fr")
    'https://www.vietnam.vn/fr/bai-viet'
    >>> article_url("bai-viet", "vi")
    'https://www.vietnam.vn/bai-viet'
    """
    prefix = "" if language == ORIGINAL_LANGUAGE else f"/{language}"
    return f"{base.rstrip('/')}{prefix}/{quote(slug, safe='-._~')}"


def is_site_host(host: str | None) -> bool:
    """Whether a host serves Vietnam.vn: the domain itself or any name below it."""
    host = (host or "").lower().rstrip(".")
    return host == SITE_DOMAIN or host.endswith("." + SITE_DOMAIN)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        _ = parts.port, parts.hostname  # both are parsed on access, and raise there
    except ValueError as error:
        raise ValueError(f"not an address: {url!r} ({error})") from None
    return parts
