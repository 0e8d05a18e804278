"""The groups of a store: its language versions joined into articles, with their texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeVar

from pipelines.languages import canonical, language_code_problem
from pipelines.storage import Revision, Store, require_store
from pipelines.storage.claims import languages_of, numbers, slug_number, slugs_with
from pipelines.storage.versions import version_of
from pipelines.translations.groups import Group, Links, Version, claims_of, make_group

T = TypeVar("T")


def groups(store: Store, *, slug: str | None = None) -> Iterator[Group]:
    """Which languages each article of a store has, in the order of their first slugs; with `slug` that article alone.

    `Group.versions` are its languages by code of the address, each with its own slug and address (`Store.get` gives
    the text); `Group.missing(["fr", "de"])` are those that it lacks. A slug that the store lacks gives nothing.
    """
    require_store(store)  # at the call, not where the first group is asked for
    return _groups(store, slug)


def _groups(store: Store, slug: str | None) -> Iterator[Group]:
    with store.snapshot():
        yield from groups_of(store, *links_of(store, slug))


def links_of(store: Store, slug: str | None) -> tuple[Links, tuple[str, ...] | None]:
    """The evidence that joins slugs, and the slugs of the article of `slug`; without `slug` all evidence, and None."""
    if slug is None:
        return read_links(store)[0], None
    links = links_around(store, slug)
    return links, links.slugs_of(slug)


def read_links(store: Store) -> tuple[Links, Counter[str]]:
    """The evidence that joins slugs, and how many articles each language of the addresses has.

    Only texts that name another slug, or share the source of one, are read.
    """
    return store.links(), Counter(store.read(languages_of))


def links_around(store: Store, slug: str) -> Links:
    """The evidence that joins other slugs to this one; only its own texts are read, and those that share a claim."""
    if store.unindexed():
        return read_links(store)[0]
    links, seen = Links(), set[str]()
    around = {slug}
    while around:
        seen |= around
        shared = {slug_number(member) for member in around}
        for version in _read(store, sorted(around), links):
            shared |= numbers(claims_of(version.slug, version.alternates, version.source_url, version.url))
        _read(store, sorted(store.read(partial(slugs_with, wanted=shared)) - seen), links)
        around = set(links.slugs_of(slug)) - seen
    return links


def _read(store: Store, slugs: list[str], links: Links) -> list[Version]:
    """Give `links` the versions of these slugs."""
    found = [version for _, versions in store.versions(slugs=slugs) for version in versions]
    for version in found:
        links.add(version)
    return found


def groups_of(store: Store, links: Links, slugs: tuple[str, ...] | None = None) -> Iterator[Group]:
    """Groups in the order of their first slug in the store; with `slugs` those of them alone."""
    for versions in _families(store.versions, links, slugs):
        yield make_group(versions, links)


def stored_groups(
    store: Store, links: Links, slugs: tuple[str, ...] | None = None
) -> Iterator[tuple[Group, dict[str, Revision]]]:
    """Groups as from `groups_of`, each with its current texts by language, without their stripped lines."""
    for texts in _families(partial(store.groups, lines=False), links, slugs):
        by_version = {(stored.slug, stored.language): stored for stored in texts}
        group = make_group(list(map(version_of, texts)), links)
        yield group, {code: by_version[v.slug, v.language] for code, v in group.versions.items()}


def _families(
    read: Callable[..., Iterator[tuple[str, list[T]]]], links: Links, slugs: tuple[str, ...] | None
) -> Iterator[list[T]]:
    """What `read` gives for each article, under all its slugs, in the order of the first ones."""
    done: set[str] = set()
    for slug, found in read(slugs=slugs):
        family = links.slugs_of(slug)
        if slug in done:
            continue
        if len(family) > 1:
            found = [member for _, members in list(read(slugs=family)) for member in members]
            done.update(family)
        yield found


def language_of(code: str) -> str | None:
    """The record's code for an address's (`zh-tw` is `zh-Hant`); None if it is not a code."""
    return canonical(code) if language_code_problem(code) is None else None


def by_language(texts: Mapping[str, Revision]) -> dict[str, Revision]:
    """Texts by the record's code, from texts by the code of the address.

    Where two codes are one language (`pt` and `pt-br`), the shorter one counts, then the first.
    """
    found: dict[str, Revision] = {}
    for code in sorted(texts, key=lambda code: (len(code), code)):
        if (language := language_of(code)) is not None:
            found.setdefault(language, texts[code])
    return found
