"""The groups of a store: its language versions joined into articles, with their texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from pipelines.languages import canonical, language_code_problem
from pipelines.storage import Store, Stored, require_store
from pipelines.translations.groups import Group, Links, Version, make_group


def groups(store: Store, *, slug: str | None = None) -> Iterator[Group]:
    """Which languages each article of a store has, in the order of the first slugs; with `slug` that article alone.

    `Group.versions` are its languages by code of the address, each with its own slug and address (`Store.get` gives
    the text); `Group.missing(["fr", "de"])` are those that it lacks. A slug that the store lacks gives nothing.
    """
    require_store(store)
    with store.snapshot():
        links, _ = read_links(store)
        for group, _ in stored_groups(store, links, None if slug is None else links.slugs_of(slug)):
            yield group


def read_links(store: Store) -> tuple[Links, Counter[str]]:
    """The evidence that joins slugs, and how many texts each language has; reads the store once."""
    links, languages = Links(), Counter[str]()
    for _, versions in store.groups():
        for stored in versions:
            links.add(_version(stored))
            languages[stored.language] += 1
    return links, languages


def stored_groups(
    store: Store, links: Links, slugs: tuple[str, ...] | None = None
) -> Iterator[tuple[Group, dict[str, Stored]]]:
    """Groups in the order of their first slug in the store, each with its current texts by language."""
    done: set[str] = set()
    for slug, versions in store.groups(slugs=slugs):
        family = links.slugs_of(slug)
        if slug in done:
            continue
        if len(family) > 1:
            versions = [stored for _, found in list(store.groups(slugs=family)) for stored in found]
            done.update(family)
        by_version = {(stored.slug, stored.language): stored for stored in versions}
        group = make_group([_version(stored) for stored in versions], links)
        yield group, {code: by_version[v.slug, v.language] for code, v in group.versions.items()}


def language_of(code: str) -> str | None:
    """The record's code for that of an address (`zh-tw` is `zh-Hant`); None for what is no code."""
    return canonical(code) if language_code_problem(code) is None else None


def by_language(texts: Mapping[str, Stored]) -> dict[str, Stored]:
    """Texts by the code of the address as texts by the record's code.

    Where two codes are one language (`pt` and `pt-br`), the shorter one counts, then the first.
    """
    found: dict[str, Stored] = {}
    for code in sorted(texts, key=lambda code: (len(code), code)):
        if (language := language_of(code)) is not None:
            found.setdefault(language, texts[code])
    return found


def _version(stored: Stored) -> Version:
    article = stored.article
    return Version(
        slug=stored.slug,
        language=stored.language,
        url=article.url,
        source_url=article.source_url,
        alternates=article.alternates,
    )
