"""Which language versions belong to one article: the slug, then alternates and the common source address.

The site gives a translation its original's slug, so the slug is the key. ``ten-bai-2`` is another article than
``ten-bai``, unless a version of one names the other among its alternates, or both say they come from the same source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from pipelines import notebook
from pipelines.joined import Joined
from pipelines.site import is_site_host, parse_address
from pipelines.translations.folding import fold
from pipelines.web.addresses import NoAddressError, decoded, read_address

Evidence = Literal["slug", "alternate", "source_url"]

# The number by which newspapers' addresses end; up to four digits could be a year or a part of the title.
_IDENTIFIER = re.compile(r"(\d{5,})(?:\.\w+)?/?\Z")
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\Z")
# What the links of a page without an address are relative to; only their paths are looked at.
_SOMEWHERE = "http://page.invalid/"
# An address of one article has a path that says more than a section's or a front page's.
_SHORTEST_PATH = 12
_PLAIN = re.compile(r"[0-9a-z-]{3,}")
# How alike two addresses with the same host and number must be where a translation altered words of one.
_ALIKE = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What grouping needs to know of one language version. `language` is the address's claim."""

    slug: str
    language: str
    url: str | None = None
    source_url: str | None = None
    alternates: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a version says of the article that it belongs to: other slugs that its alternates name, and what its source
    address is compared by (`source_keys`). Two slugs can be one article only where they share a claim."""

    named: tuple[str, ...]
    path: str | None
    number: str | None


def claims_of(slug: str, alternates: Mapping[str, str] | None, source_url: str | None, url: str | None) -> Claims:
    """The claims of the version at `url` under this slug."""
    named = {_slug_of(other, url) for other in (alternates or {}).values() if not _names(other, slug)}
    path, number = source_keys(source_url) or (None, None)
    return Claims(named=tuple(sorted(other for other in named if other and other != slug)), path=path, number=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Versions of one article: the first of each language, by code; further ones of a language are `duplicates`.

    `evidence` says for each slug beside the group's own what joined it. `named` are languages that the versions'
    alternates name, stored or not.
    """

    slug: str
    versions: Mapping[str, Version]
    duplicates: tuple[Version, ...] = ()
    evidence: Mapping[str, Evidence] | None = None
    named: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return notebook.line("Group", self.slug, f"{len(self.versions)} languages: {' '.join(sorted(self.versions))}")

    def _repr_html_(self) -> str:
        return notebook.group(self)

    def missing(self, languages: Iterable[str]) -> tuple[str, ...]:
        """Those of `languages` (codes of addresses) that the group lacks, sorted."""
        if isinstance(languages, str):
            raise TypeError(f"several codes are wanted, not one text: group.missing([{languages!r}])")
        return tuple(sorted(set(languages) - set(self.versions)))


def source_keys(url: str | None) -> tuple[str, str | None] | None:
    """How a source address is compared: (host and path without marks, host and number or None).

    Machine translation puts marks back into an address, and percent-encoding hides them. None where the address is
    missing, a bare host, or a section: such a source is common to many articles.

    >>> source_keys("https://bao.vn/treo-co-to-quoc-217135.html") == source_keys("http://www.bao.vn/tréo-cờ-tổ-quốc-217135.html")
    True
    """
    if not url:
        return None
    try:
        web = read_address(fold(url))  # before it is read: marks would make another host of it
    except NoAddressError:
        return None
    host = web.host.removeprefix("www.")
    path = re.sub(r"[^0-9a-z]+", "-", fold(decoded(web.path)).lower().removesuffix("/")).strip("-")
    query = ""
    if re.search(r"\bid=\d", web.query):
        query = re.sub(r"[^0-9a-z=&]+", "-", fold(decoded(web.query)).lower())
    if not host or is_site_host(host) or len(path) < _SHORTEST_PATH:
        return None
    path = re.sub(r"-(?:html?|amp|aspx|php)\Z", "", path)
    number = _IDENTIFIER.search(path)
    identified = f"{host}#{number[1]}" if number and not _DATE.match(number[1]) else None
    return f"{host}/{path}?{query}" if query else f"{host}/{path}", identified


def same_source(first: str | None, second: str | None) -> bool:
    """Whether two source addresses are of one article.

    >>> same_source("https://bao.vn/treo-co-217135.html", "https://bao.vn/gia-vang-217135.html")
    False
    """
    keys, others = source_keys(first), source_keys(second)
    if keys is None or others is None:
        return False
    return keys[0] == others[0] or (keys[1] is not None and keys[1] == others[1] and _alike(keys[0], others[0]))


class Links:
    """Which slugs are one article, gathered from all versions; give each to `add`, then ask `slugs_of`.

    Holds a few hundred bytes for each slug that has a source address or names another slug.
    """

    def __init__(self) -> None:
        self._joined = Joined()
        self._evidence: dict[str, Evidence] = {}
        self._by_path: dict[str, str] = {}
        self._by_number: dict[str, list[tuple[str, str]]] = {}
        self._members: dict[str, list[str]] | None = None

    def add(self, version: Version) -> None:
        """Take in one version's evidence."""
        self._members = None
        claims = claims_of(version.slug, version.alternates, version.source_url, version.url)
        for other in claims.named:
            self._join(version.slug, other, "alternate")
        if claims.path is None:
            return
        known = self._by_path.setdefault(claims.path, version.slug)
        if known != version.slug:
            self._join(known, version.slug, "source_url")
        if claims.number is not None:
            same_number = self._by_number.setdefault(claims.number, [])
            for path, slug in same_number:
                if slug != version.slug and _alike(path, claims.path):
                    self._join(slug, version.slug, "source_url")
            if (claims.path, version.slug) not in same_number:
                same_number.append((claims.path, version.slug))

    def slugs_of(self, slug: str) -> tuple[str, ...]:
        """All slugs of the article of this slug, sorted by length, then alphabet: the first is the group's."""
        if slug not in self._joined:
            return (slug,)
        if self._members is None:
            self._members = {}
            for member, root in self._joined.items():
                self._members.setdefault(root, []).append(member)
        return tuple(sorted(self._members[self._joined.root(slug)], key=lambda s: (len(s), s)))

    def evidence(self, slug: str) -> Evidence:
        """What joined this slug to others; ``slug`` where nothing did."""
        return self._evidence.get(slug, "slug")

    def joined(self) -> Joined:
        """Which slugs belong together."""
        return self._joined

    def _join(self, first: str, second: str, evidence: Evidence) -> None:
        self._joined.join(first, second)
        for slug in (first, second):
            # An alternate is the site's own word, so it is named first whatever the order of the versions.
            if evidence == "alternate" or slug not in self._evidence:
                self._evidence[slug] = evidence


def make_group(versions: Sequence[Version], links: Links | None = None) -> Group:
    """One group of versions that belong together; of several in one language the group's own slug comes first.

    >>> make_group([Version(slug="a-2", language="fr"), Version(slug="a", language="vi")]).slug
    'a'
    """
    ordered = sorted(versions, key=lambda v: (len(v.slug), v.slug, v.language, v.url or ""))
    chosen: dict[str, Version] = {}
    duplicates = []
    for version in ordered:
        if version.language in chosen:
            duplicates.append(version)
        else:
            chosen[version.language] = version
    slug = ordered[0].slug
    others = sorted({v.slug for v in ordered} - {slug})
    return Group(
        slug=slug,
        versions=dict(sorted(chosen.items())),
        duplicates=tuple(duplicates),
        evidence={other: links.evidence(other) if links else "slug" for other in others},
        named=tuple(sorted({code for v in ordered for code in (v.alternates or {}) if code != "x-default"})),
    )


def group_versions(versions: Iterable[Version]) -> Iterator[Group]:
    """Group versions that fit in memory, in the order of the groups' slugs."""
    everything = list(versions)
    links = Links()
    for version in everything:
        links.add(version)
    by_slug: dict[str, list[Version]] = {}
    for version in everything:
        by_slug.setdefault(links.slugs_of(version.slug)[0], []).append(version)
    groups = [make_group(members, links) for members in by_slug.values()]
    yield from sorted(groups, key=lambda group: group.slug)


def _names(url: str, slug: str) -> bool:
    """Whether an address ends with this very slug, as most alternates do: seen without parsing."""
    return url.rpartition("/")[2] == slug and _PLAIN.fullmatch(slug) is not None


def _slug_of(url: str, page: str | None) -> str | None:
    try:
        return parse_address(read_address(url, page or _SOMEWHERE)).slug
    except NoAddressError:
        return None


def _alike(first: str, second: str) -> bool:
    title, other = (_IDENTIFIER.sub("", key.partition("/")[2]) for key in (first, second))
    return SequenceMatcher(None, title, other, autojunk=False).ratio() >= _ALIKE
