"""The lens over a store: what is odd in each language version of each article."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.storage import Store, require_store
from pipelines.translations.groups import Group
from pipelines.translations.lens import Lens, lens
from pipelines.translations.stored import links_around, read_links, stored_groups


def lenses(store: Store, *, slug: str | None = None) -> Iterator[tuple[Group, dict[str, Lens]]]:
    """Each article with what is odd in its versions, by code of the address; order and `slug` as in `stored.groups`."""
    require_store(store)
    with store.snapshot():
        links = read_links(store)[0] if slug is None else links_around(store, slug)
        for group, texts in stored_groups(store, links, None if slug is None else links.slugs_of(slug)):
            yield group, lens({code: stored.article.paragraphs for code, stored in texts.items()})
