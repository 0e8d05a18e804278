"""Turns what the site lists and names into ledger addresses: originals, translations, guesses. Fetches nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from pipelines.languages import is_in
from pipelines.models import Article
from pipelines.site import ORIGINAL_LANGUAGE, article_url, asked_url, parse_address
from pipelines.storage import Lease, LedgerRow, ListedAddress
from pipelines.times import day_in_vietnam
from pipelines.web.addresses import NoAddressError, read_address
from scraper.findings import Findings
from scraper.frontier import GUESSED, LISTED, ORIGINAL
from scraper.hosts import AllowedHosts
from scraper.options import CrawlOptions
from scraper.sources.base import ListedArticles
from scraper.sources.sitemaps import SitemapEntry

MAX_LANGUAGES = 100
"""A page that names more language versions than this makes them up (the site has some thirty). Of such a page only
languages are followed that are configured or have answered before."""


# The site writes Chinese with a country: `zh-cn` has been seen.
_CHINESE = {"zh-Hans": "zh-cn", "zh-Hant": "zh-tw"}


class Discovery:
    """The discovery of one run. `languages` are those to guess if a page names none: the configured ones, and those
    in which an article was found.
    """

    def __init__(self, options: CrawlOptions, findings: Findings, configured: Iterable[str]) -> None:
        self.languages = _in_addresses(options.languages, tuple(configured))
        self._options = options
        self._findings = findings
        self._hosts = AllowedHosts(base_url=options.base_url)
        self._former: tuple[AllowedHosts, ...] = ()

    # ---- what is listed

    def listed(self, listing: ListedArticles) -> list[ListedAddress]:
        """The ledger's entries for what a document lists."""
        if listing.day is not None:
            if listing.is_whole or listing.entries:
                self._findings.listed.setdefault(listing.day.isoformat(), set())
            return [new for entry in listing.entries for new in self._entries(entry, listing.day)]
        return [new for entry in listing.entries for new in self._by_lastmod(entry)]

    def again(self, day: date, rows: Sequence[LedgerRow]) -> list[ListedAddress]:
        """Addresses of a day to fetch again though they are done; `rows` are the ledger's before this run.

        They are those that the site no longer lists, which may be gone (their stored text stays in any case), and
        originals of a recent day that lack a language, whose alternates may name more by now.
        """
        listed = self._findings.listed.get(day.isoformat(), set())
        before = {row.slug: row for row in rows if row.language == ORIGINAL_LANGUAGE and row.state == "done"}
        again = [row for slug, row in before.items() if slug not in listed]
        if day >= self._options.revisit_since and self._options.wants(ORIGINAL_LANGUAGE):
            have: dict[str, set[str]] = {}
            for row in rows:
                if row.state == "done":
                    have.setdefault(row.slug, set()).add(row.language)
            again += [
                row for slug, row in before.items() if slug in listed and not self.languages <= have.get(slug, set())
            ]
        return [ListedAddress(row.url, row.slug, row.language, day.isoformat(), row.lastmod, ORIGINAL) for row in again]

    def _by_lastmod(self, entry: SitemapEntry) -> list[ListedAddress]:
        day = day_in_vietnam(entry.lastmod)
        if day is not None and not self._options.has_day(day):
            return []
        known = self._findings.listed.setdefault(day.isoformat() if day else "", set())
        address = article_address(entry.url)
        return self._entries(entry, day) if address is not None and address[0] not in known else []

    def _entries(self, entry: SitemapEntry, day: date | None) -> list[ListedAddress]:
        """The original and the alternates of an entry, as far as their languages are wanted."""
        address = article_address(entry.url)
        if address is None:
            self._findings.not_articles += 1
            return []
        slug, language, url = address
        text = day.isoformat() if day else None
        if language != ORIGINAL_LANGUAGE:
            wanted = self._options.wants(language)
            return [ListedAddress(url, slug, language, text, entry.lastmod, LISTED)] if wanted else []
        lists = self._findings.listed
        if any(slug in slugs for name, slugs in lists.items() if name != (text or "")):
            return []  # listed on two days: the first one counts
        lists.setdefault(text or "", set()).add(slug)
        entries = [
            ListedAddress(target, slug, code, text, entry.lastmod, LISTED)
            for code, target in self._named(entry.alternates, slug=slug, page=None).items()
            if self._options.wants(code) and code != ORIGINAL_LANGUAGE
        ]
        if self._options.wants(ORIGINAL_LANGUAGE):
            return [ListedAddress(url, slug, language, text, entry.lastmod, ORIGINAL), *entries]
        return [*entries, *self._guesses(slug, text, entry.lastmod, exclude={e.language for e in entries})]

    # ---- what pages name

    def translations(self, lease: Lease, article: Article, url: str) -> list[ListedAddress]:
        """Addresses of an original's translations: those it names, or guesses by the slug rule if it names none."""
        if lease.language != ORIGINAL_LANGUAGE:
            self._learn(lease.language)
            return []
        every = self._named(article.alternates.items(), slug=lease.slug, page=url)
        if not set(every) - {ORIGINAL_LANGUAGE}:
            return self._guesses(lease.slug, lease.day, lease.lastmod, exclude=set())
        return [
            ListedAddress(target, lease.slug, code, lease.day, lease.lastmod, LISTED)
            for code, target in sorted(every.items())
            if code != ORIGINAL_LANGUAGE and self._options.wants(code)
        ]

    def _named(self, alternates: Iterable[tuple[str, str]], *, slug: str, page: str | None) -> Mapping[str, str]:
        every = article_languages(alternates, slug=slug, wanted=None, hosts=self._hosts, page=page)
        if len(every) <= MAX_LANGUAGES:
            return every
        self._findings.overfull.setdefault(slug, len(every))
        return {code: url for code, url in every.items() if code in self.languages}

    def _learn(self, language: str) -> None:
        """Note that the site has this language, configured or not: an article in it was found."""
        if self._options.languages is None:
            self.languages.add(language)

    def _guesses(self, slug: str, day: str | None, lastmod: str | None, *, exclude: set[str]) -> list[ListedAddress]:
        """Addresses by the slug rule alone, for every wanted language."""
        return [
            ListedAddress(article_url(slug, code, base=self._options.base_url), slug, code, day, lastmod, GUESSED)
            for code in sorted(self.languages - exclude - {ORIGINAL_LANGUAGE})
        ]

    # ---- where the site was before

    def remember(self, base_urls: Iterable[str]) -> None:
        """Note the base addresses that earlier runs on this store had."""
        others = dict.fromkeys(url for url in base_urls if url != self._options.base_url)
        self._former = tuple(AllowedHosts(base_url=url) for url in others)

    def address(self, lease: Lease) -> str:
        """Where to fetch a leased address: one left by a run with another base address is moved to this run's."""
        if self._hosts.allows(lease.url) or not any(hosts.allows(lease.url) for hosts in self._former):
            return lease.url
        web = read_address(lease.url)
        return f"{self._options.base_url}{web.path}" + (f"?{web.query}" if web.query else "")


def _in_addresses(asked: Collection[str] | None, configured: Collection[str]) -> set[str]:
    """The wanted languages as the site's addresses write them: as configured, or by their code."""
    if asked is None:
        return set(configured)
    known = {code for code in configured if is_in(code, asked)}
    others = [code for code in asked if not any(is_in(name, [code]) for name in known)]
    return known | {_CHINESE.get(code, code).lower() for code in others}


def article_languages(
    alternates: Iterable[tuple[str, str]],
    *,
    slug: str,
    wanted: Sequence[str] | None,
    hosts: AllowedHosts,
    page: str | None = None,
) -> dict[str, str]:
    """The language versions that a page (or a sitemap entry) itself names: language -> address.

    Only addresses of the same slug, on allowed hosts. The language is that of the address, so `x-default` and
    spellings such as `zh-Hans` do no harm. `wanted` restricts the languages; None takes every one. `page` is the
    address of the page itself, to resolve relative ones.
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
    """(slug, language, address to fetch) if the address can be an article's; else None."""
    try:
        web = read_address(url)
    except NoAddressError:
        return None
    address = parse_address(web)
    if address.slug is None or address.language is None:
        return None
    return address.slug, address.language, asked_url(web)
