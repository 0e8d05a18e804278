"""From robots.txt and sitemaps to addresses. Pure: bytes in, values out; the spider does the fetching.

Facts are from SITE.md: the index names one sitemap for each day (``sitemap/sitemap-post/YYYY-MM-DD.xml``) and some that
hold no articles; a day's sitemap lists the Vietnamese addresses with a true `lastmod`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from urllib.parse import urljoin, urlsplit

from lxml import etree
from protego import Protego

from pipelines.times import calendar_day
from pipelines.urls import is_site_host, normalise_url, parse_address

_DAY_SITEMAP = re.compile(r"/(\d{4}-\d{2}-\d{2})\.xml(?:\.gz)?\Z")
# An honest sitemap has 50,000 entries at most; what is beyond several times that is cut, and said.
_MAX_ENTRIES = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapEntry:
    """One ``<url>`` or ``<sitemap>``: its address, its `lastmod` as written, and its own hreflang alternates."""

    url: str
    lastmod: str | None = None
    alternates: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """A sitemap document. `problem` is None where it was whole; else one line, and `entries` what could be read."""

    kind: Literal["index", "urlset", "none"]
    entries: tuple[SitemapEntry, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedHosts:
    """Whom we may ask: Vietnam.vn and its subdomains, or with another `base_url` that host and port alone."""

    base_url: str

    @property
    def host(self) -> str:
        """The host of the base address."""
        return urlsplit(self.base_url).hostname or ""

    def allows(self, url: str) -> bool:
        """Whether an address may be fetched; checked before every request, redirects included."""
        try:
            parts, base = urlsplit(url), urlsplit(self.base_url)
            port = parts.port
        except ValueError:
            return False
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            return False
        if is_site_host(base.hostname):
            return is_site_host(parts.hostname) and port in (None, 80, 443)
        return (parts.scheme, parts.hostname, port) == (base.scheme, base.hostname, base.port)


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """robots.txt, read once for a run."""

    parser: Protego
    sitemaps: tuple[str, ...]

    def allows(self, url: str, user_agent: str) -> bool:
        """Whether robots.txt lets this user agent fetch the address."""
        return bool(self.parser.can_fetch(url, user_agent))

    def delay(self, user_agent: str) -> float | None:
        """Its Crawl-delay in seconds, if it has one for us."""
        value = self.parser.crawl_delay(user_agent)
        return None if value is None else float(value)


def parse_robots(body: bytes) -> Robots:
    """Read robots.txt; an empty one allows everything."""
    parser = Protego.parse(body[:500_000].decode("utf-8", "replace"))
    return Robots(parser=parser, sitemaps=tuple(parser.sitemaps))


def parse_sitemap(body: bytes, *, base: str) -> Sitemap:
    """Read a sitemap or a sitemap index, without entities, DTD or network.

    What is cut off or broken gives the entries before the break and a `problem`, never silence: an empty document, an
    HTML page in its place and a list without entries are problems too.
    """
    if not body.strip():
        return Sitemap(kind="none", problem="the sitemap is empty")
    # Before any parser sees it: a sitemap has no use for a document type, and every XML attack needs one.
    if re.search(rb"<!\s*(?:DOCTYPE|ENTITY)", body[:4096], re.I):
        return Sitemap(kind="none", problem="the sitemap has a document type or entities (refused), or is a web page")
    parser = etree.XMLPullParser(
        events=("end",), resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, recover=False
    )
    root_name: str | None = None
    entries: list[SitemapEntry] = []
    problem: str | None = None
    try:
        for start in range(0, len(body), 65_536):
            parser.feed(body[start : start + 65_536])
            root_name = _take(parser, entries, root_name, base)
            if len(entries) > _MAX_ENTRIES:
                problem = f"the sitemap has more than {_MAX_ENTRIES} entries; the rest is left"
                break
        else:
            parser.close()
            root_name = _take(parser, entries, root_name, base)
    except etree.XMLSyntaxError as error:
        problem = f"the sitemap is broken or cut off ({' '.join(str(error).split())})"
        root_name = _take(parser, entries, root_name, base, tolerant=True)
    kind: Literal["index", "urlset", "none"] = (
        "index" if root_name == "sitemapindex" else "urlset" if root_name == "urlset" else "none"
    )
    if problem is None and kind == "none":
        problem = f"no sitemap: its root element is {root_name or 'missing'}"
    elif problem is None and not entries:
        problem = "the sitemap lists nothing"
    return Sitemap(kind=kind, entries=tuple(entries), problem=problem)


def _take(
    parser: etree.XMLPullParser,
    entries: list[SitemapEntry],
    root_name: str | None,
    base: str,
    *,
    tolerant: bool = False,
) -> str | None:
    """Move what the parser has finished into `entries`; returns the root element's name once it is known."""
    try:
        for _, element in parser.read_events():
            if not isinstance(element, etree._Element) or not isinstance(element.tag, str):
                continue
            name = etree.QName(element).localname
            parent = element.getparent()
            if root_name is None:
                top = element
                while (above := top.getparent()) is not None:
                    top = above
                root_name = etree.QName(top).localname
            if name in ("url", "sitemap") and parent is not None:
                if (entry := _entry(element, base)) is not None:
                    entries.append(entry)
                element.clear()
                while element.getprevious() is not None:
                    del parent[0]
    except etree.XMLSyntaxError:
        if not tolerant:
            raise
    return root_name


def _entry(element: etree._Element, base: str) -> SitemapEntry | None:
    url: str | None = None
    lastmod: str | None = None
    alternates: list[tuple[str, str]] = []
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name, text = etree.QName(child).localname, (child.text or "").strip()
        if name == "loc" and text:
            url = urljoin(base, text)
        elif name == "lastmod" and text:
            lastmod = text
        elif name == "link" and child.get("hreflang") and child.get("href"):
            alternates.append((str(child.get("hreflang")).lower(), urljoin(base, str(child.get("href")))))
    return None if url is None else SitemapEntry(url=url, lastmod=lastmod, alternates=tuple(alternates))


def sitemap_day(url: str) -> date | None:
    """The day of a day's sitemap, by its address; None for every other sitemap.

    >>> sitemap_day("https://www.vietnam.vn/sitemap/sitemap-post/2025-10-23.xml")
    datetime.date(2025, 10, 23)
    >>> sitemap_day("https://www.vietnam.vn/sitemap-tag/1.xml")
    """
    match = _DAY_SITEMAP.search(urlsplit(url).path)
    return calendar_day(match[1]) if match else None


def choose_days(
    entries: Iterable[SitemapEntry], *, since: date | None = None, until: date | None = None
) -> list[tuple[date, SitemapEntry]]:
    """The days' sitemaps of an index within the window (both ends included), newest day first."""
    chosen: dict[date, SitemapEntry] = {}
    for entry in entries:
        day = sitemap_day(entry.url)
        if day is not None and (since is None or day >= since) and (until is None or day <= until):
            chosen.setdefault(day, entry)
    return sorted(chosen.items(), reverse=True)


def article_languages(
    alternates: Iterable[tuple[str, str]], *, slug: str, wanted: Sequence[str] | None, hosts: AllowedHosts
) -> dict[str, str]:
    """The language versions that a page (or a sitemap entry) itself names: language -> address.

    Only addresses of the same slug, on hosts we may ask; the language is the address's, so `x-default` and spellings
    such as `zh-Hans` do no harm. `wanted` restricts them; None wants every one, known to us or not.
    """
    found: dict[str, str] = {}
    for _, url in alternates:
        try:
            address, url = parse_address(url), normalise_url(url)
        except ValueError:
            continue
        if address.slug != slug or address.language is None or not hosts.allows(url):
            continue
        if wanted is None or address.language in wanted:
            found.setdefault(address.language, url)
    return found


def article_address(url: str) -> tuple[str, str, str] | None:
    """(slug, language, normalised address) of what can be an article by its address; else None."""
    try:
        address, url = parse_address(url), normalise_url(url)
    except ValueError:
        return None
    if address.slug is None or address.language is None:
        return None
    return address.slug, address.language, url
