"""Sitemaps: a document's bytes in, its entries out, and a line about what is wrong with it.

The site's index names one sitemap for each day (``sitemap/sitemap-post/YYYY-MM-DD.xml``) and some without articles; a
day's sitemap lists the Vietnamese addresses with a true `lastmod`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipelines.printable import printable
from pipelines.times import calendar_day
from pipelines.web.charsets import decode_listing, encoding_by_bytes
from pipelines.web.site_files import unpacked
from scraper.sources.entries import MAX_ENTRIES, EnoughEntriesError, Entries, Listed, SitemapEntry
from scraper.sources.markup import BrokenError, read_strictly, repaired, scan

MAX_BYTES = 52_428_800
"""The most bytes of an unpacked sitemap: the standard's 50 MB."""
_DAY_SITEMAP = re.compile(r"/(\d{4}-\d{2}-\d{2})(?:[-_.](?:p|part|page)?[-_.]?\d{1,4})?\.xml(?:\.gz)?\Z")
_DECLARED = re.compile(rb"\A[^<]{0,100}<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")


__all__ = ["Sitemap", "SitemapEntry", "choose_days", "parse_sitemap", "sitemap_day"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """A sitemap document, and what could be read of it.

    `problem` is None if everything that it lists is among the entries, else one line. `note` is one line on faults that
    lost nothing. `unusable` counts the entries with an invalid address.
    """

    kind: Literal["index", "urlset", "none"]
    entries: tuple[SitemapEntry, ...] = ()
    problem: str | None = None
    note: str | None = None
    unusable: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether it is a sitemap without any entry."""
        return self.kind != "none" and not self.entries and not self.unusable


def parse_sitemap(body: bytes, *, base: str) -> Sitemap:
    """Read a sitemap or a sitemap index that came from `base`, without entities, document type or network.

    Invalid XML costs at most the entry that it is in. A cut or broken document gives the entries that can be read, and
    a `problem`. An empty document, a web page in its place and an empty list are problems too.
    """
    plain, damage = unpacked(body, limit=MAX_BYTES)
    if not plain.strip():
        return Sitemap(kind="none", problem=damage or "the sitemap is empty")
    declared = _DECLARED.match(plain[:512])
    text = decode_listing(plain, declared[1].decode() if declared else None)
    if encoding_by_bytes(plain) is None and text.count("\0", 0, 4096) > 64:
        return Sitemap(kind="none", problem="no sitemap: the bytes are no text")
    reading = Entries(base)
    repairs: str | None = None
    broken: str | None = damage
    try:
        read_strictly(text, reading)
    except BrokenError as error:
        mended = repaired(text)
        try:
            if mended is None:
                raise
            reading = Entries(base)
            read_strictly(mended[0], reading)
            repairs = mended[1]
        except (BrokenError, EnoughEntriesError):
            if not reading.found.full:
                reading = Entries(base, tolerant=True)
                broken = damage or f"broken or cut off ({error})"
                try:
                    scan(text, reading)
                    reading.finish()
                except EnoughEntriesError:
                    pass
    except EnoughEntriesError:
        pass
    return _judged(reading.found, broken=broken, repairs=repairs)


def _judged(found: Listed, *, broken: str | None, repairs: str | None) -> Sitemap:
    kind = found.kind
    problems: list[str] = []
    notes: list[str] = []
    if found.full:
        problems.append(f"it has more than {MAX_ENTRIES} entries, or is endless; the rest is left")
    elif broken is not None:
        problems.append(f"{broken}; {len(found.entries)} entries could be read")
    if found.unusable:
        first = _shown(found.first_unusable)
        problems.append(f"entries without an address that can be used: {found.unusable} (the first: {first})")
    if found.without:
        # In a broken document the address may be lost; else the site lists none.
        (notes if broken is None else problems).append(f"entries without an address: {found.without}")
    if repairs is not None:
        notes.append(f"no well-formed XML, repaired: {repairs}")
    if found.undeclared:
        notes.append(f"prefixes that are not declared: {_shown(' '.join(found.undeclared))}")
    if bad := found.bad_alternates:
        notes.append(f"alternates that are no addresses: {len(bad)} (the first: {_shown(bad[0])})")
    if found.root not in ("urlset", "sitemapindex"):
        problems.append(f"its root element is {_shown(found.root) if found.root else 'missing'}")
    elif not found.entries and not problems:
        problems.append("it lists nothing")
    name = "no sitemap" if kind == "none" else "the sitemap"
    return Sitemap(
        kind=kind,
        entries=tuple(found.entries),
        problem=f"{name}: {'; '.join(problems)}" if problems else None,
        note="; ".join(notes) or None,
        unusable=found.unusable,
    )


def _shown(text: str) -> str:
    return f"'{printable(text[:200])}'"


def sitemap_day(url: str) -> date | None:
    """The day of a day's sitemap (or of a part of one), by its address; None for other sitemaps.

    >>> sitemap_day("https://www.vietnam.vn/sitemap/sitemap-post/2025-10-23.xml")
    datetime.date(2025, 10, 23)
    >>> sitemap_day("https://www.vietnam.vn/sitemap-tag/1.xml")
    """
    match = _DAY_SITEMAP.search(re.split("[?#]", url, maxsplit=1)[0])
    return calendar_day(match[1]) if match else None


def choose_days(
    entries: Iterable[SitemapEntry], *, since: date | None = None, until: date | None = None
) -> list[tuple[date, tuple[SitemapEntry, ...]]]:
    """The days' sitemaps of an index within the window (both ends included), as (day, entries), newest first.

    A day may have several sitemaps; each address counts once.
    """
    chosen: dict[date, dict[str, SitemapEntry]] = {}
    for entry in entries:
        day = sitemap_day(entry.url)
        if day is not None and (since is None or day >= since) and (until is None or day <= until):
            chosen.setdefault(day, {}).setdefault(entry.url, entry)
    return [(day, tuple(found.values())) for day, found in sorted(chosen.items(), reverse=True)]
