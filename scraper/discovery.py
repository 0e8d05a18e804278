"""Which addresses are articles, and in which languages. Pure: the spider does the fetching."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.site import asked_url, parse_address
from pipelines.web.addresses import NoAddressError, read_address
from scraper.hosts import AllowedHosts


def article_languages(
    alternates: Iterable[tuple[str, str]],
    *,
    slug: str,
    wanted: Sequence[str] | None,
    hosts: AllowedHosts,
    page: str | None = None,
) -> dict[str, str]:
    """The language versions that a page (or a sitemap entry) itself names: language -> address.

    Only addresses of the same slug, on hosts we may ask; the language is the address's, so `x-default` and spellings
    such as `zh-Hans` do no harm. `wanted` restricts them; None wants every one, known to us or not. `page` is the
    address of what names them, for those that are relative.
    """
    found: dict[str, str] = {}
    for _, url in alternates:
        try:
            web = read_address(url, page)
        except NoAddressError:
            continue
        address = parse_address(web)
        if address.slug != slug or address.language is None or not hosts.allows(web):
            continue
        if wanted is None or address.language in wanted:
            found.setdefault(address.language, asked_url(web))
    return found


def article_address(url: str) -> tuple[str, str, str] | None:
    """(slug, language, address to ask for) of what can be an article by its address; else None."""
    try:
        web = read_address(url)
    except NoAddressError:
        return None
    address = parse_address(web)
    if address.slug is None or address.language is None:
        return None
    return address.slug, address.language, asked_url(web)
