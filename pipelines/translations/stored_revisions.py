"""The revisions of a store: what each change of a language version most probably was."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.storage import Revision, Store, require_store
from pipelines.storage.versions import version_of
from pipelines.translations.groups import Group, make_group
from pipelines.translations.revisions import Change, RevisionText, changes
from pipelines.translations.stored import links_of


def revised(store: Store, *, slug: str | None = None) -> Iterator[tuple[Group, list[Change]]]:
    """Each article that has more than one text in some language, with its changes; ordered by the slugs of the groups.

    With `slug` that article alone, whether it changed or not; a slug that the store lacks gives nothing. Where an
    article has two addresses in a language, the changes are those of the group's version.
    """
    require_store(store)
    with store.snapshot():
        links, asked = links_of(store, slug)
        families = [asked] if asked is not None else sorted({links.slugs_of(changed) for changed in store.revised()})
        for family in families:
            found = [stored for _, texts in store.groups(slugs=family, revisions="all") for stored in texts]
            current = [stored for stored in found if stored.current]
            if not current:  # damaged texts, which were reported
                continue
            group = make_group(list(map(version_of, current)), links)
            by_version: dict[tuple[str, str], list[RevisionText]] = {}
            for stored in found:
                by_version.setdefault((stored.slug, stored.language), []).append(_revision(stored))
            yield group, changes({code: by_version[v.slug, code] for code, v in group.versions.items()})


def _revision(stored: Revision) -> RevisionText:
    article = stored.article
    return RevisionText(
        number=stored.revision,
        title=article.title,
        lead=article.lead,
        paragraphs=article.paragraphs,
        first_seen=stored.first_seen,
        last_seen=stored.last_seen,
        stripped=tuple(line.text for line in article.stripped),
        extractor=f"{article.extractor} {article.extractor_version}",
        fetched_at=article.fetched_at,
    )
