"""The lens over a store: what is odd in each language version of each article."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelines.storage import Revision, Selection, Store, require_store
from pipelines.storage.overview import sampled_slugs
from pipelines.translations.groups import Group
from pipelines.translations.lens import Lens, lens
from pipelines.translations.stored import links_around, links_of, read_links, stored_groups


def lenses(store: Store, *, slug: str | None = None) -> Iterator[tuple[Group, dict[str, Lens]]]:
    """Each article with what is odd in its versions, by code of the address; order and `slug` as in `stored.groups`."""
    require_store(store)
    with store.snapshot():
        for group, texts in stored_groups(store, *links_of(store, slug)):
            yield group, _seen(texts)


def sampled_lenses(
    store: Store, selection: Selection, *, slugs: int, versions: int
) -> Iterator[tuple[Group, dict[str, Lens], int]]:
    """As `lenses`, for the articles of up to `slugs` slugs of a selection, those that hash lowest; and how many of
    these slugs each article has.

    No further article is begun after so many `versions`. Each article is compared in all its current versions,
    whichever of them were selected.
    """
    # Without its index, a store would be read again for each article.
    whole = read_links(store)[0] if store.unindexed() else None
    done: set[str] = set()
    seen = 0
    drawn = store.read(lambda connection: sampled_slugs(connection, selection, slugs))
    for slug in drawn:
        if seen >= versions:
            return
        if slug in done:
            continue
        links = whole or links_around(store, slug)
        family = links.slugs_of(slug)
        done.update(family)
        for group, texts in stored_groups(store, links, family):
            seen += len(texts)
            yield group, _seen(texts), sum(other in family for other in drawn)


def _seen(texts: Mapping[str, Revision]) -> dict[str, Lens]:
    return lens({code: stored.article.paragraphs for code, stored in texts.items()})
