"""Which addresses are articles, in which languages, and on whose hosts. Pure: the spider does the fetching."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipelines.urls import is_site_host, normalise_url, parse_address


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
