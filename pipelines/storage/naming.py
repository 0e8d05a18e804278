"""From what somebody names to the tombstones that it takes: other slugs, addresses and languages of an article."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from pipelines.storage import sweeping
from pipelines.storage.keys import BY_CONTENT
from pipelines.storage.reading import in_slug_order
from pipelines.storage.records import Codec
from pipelines.storage.schema import articles, revisions
from pipelines.storage.sets import parts_of
from pipelines.storage.store import Store
from pipelines.storage.tombstones import Tombstones
from pipelines.storage.versions import versions
from pipelines.translations.groups import source_keys
from pipelines.translations.stored import links_around


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be taken down: whole articles by `slugs`, or single `versions` of one, by slug and language."""

    slugs: frozenset[str] = frozenset()
    versions: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One article that is taken down whole, by all its `slugs`, or one `language` of one."""

    slugs: tuple[str, ...]
    language: str | None = None


@dataclass(slots=True)
class Named:
    """The marks of each case, and its texts as rows of `removed` (hashes), both by what they are lifted with; the slugs
    that are in it."""

    marks: dict[str, set[str]] = field(default_factory=dict)
    texts: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def marked(self, keys: Sequence[bytes], hosts: Collection[str]) -> Tombstones:
        """These tombstones alone."""
        return Tombstones(keys, {mark for marks in self.marks.values() for mark in marks}, hosts)

    def entries(self) -> list[dict[str, Any]]:
        """The same for the file of tombstones."""
        return [
            {"article": article, "marks": sorted(marks), "texts": sorted(self.texts.get(article, []))}
            for article, marks in sorted(self.marks.items())
        ]


def by_publisher(store: Store, name: str) -> Wanted:
    """The articles of which a text names this very publisher."""
    query = (
        select(articles.c.slug)
        .join(revisions, revisions.c.article_id == articles.c.id)
        .where(revisions.c.publisher == name)
        .distinct()
    )
    return Wanted(slugs=frozenset(store.read(lambda connection: list(connection.execute(query).scalars()))))


def absent(store: Store, wanted: Wanted) -> list[str]:
    """What is wanted and the store has no text of, sorted: ``fr/slug`` or a slug; it may be a slip of the pen."""
    asked = sorted(wanted.slugs | {slug for slug, _ in wanted.versions})

    def look(connection: Connection) -> set[tuple[str, str]]:
        query = select(articles.c.slug, articles.c.language)
        return {(slug, language) for part in parts_of(asked)
                for slug, language in connection.execute(query.where(articles.c.slug.in_(part)))}  # fmt: skip

    have = store.read(look)
    slugs = {slug for slug, _ in have}
    return sorted([*(wanted.slugs - slugs), *(f"{language}/{slug}" for slug, language in wanted.versions - have)])


def widened(store: Store, wanted: Wanted) -> list[Case]:
    """Each article with every slug that is one with it, by what the site links and by a common source."""
    cases, done = [], set[str]()
    for slug in sorted(wanted.slugs):
        if slug not in done:
            slugs = links_around(store, slug).slugs_of(slug)
            done.update(slugs)
            cases.append(Case(slugs=tuple(sorted(slugs))))
    alone = sorted(version for version in wanted.versions if version[0] not in done)
    return [*cases, *(Case(slugs=(slug,), language=language) for slug, language in alone)]


def marked_by(marked: Tombstones, wanted: Wanted) -> set[str]:
    """The marks that name what is wanted."""
    marks = {mark for slug in wanted.slugs for mark in marked.marks_of("slug", slug)}
    return marks | {mark for slug, language in wanted.versions for mark in marked.marks_of("version", language, slug)}


def named(connection: Connection, keys: Sequence[bytes], cases: Sequence[Case], hosts: Collection[str]) -> Named:
    """The tombstones of these cases: of their keys, of addresses that led to them, of their texts without an address,
    and of the sources by which another slug would be one of them."""
    made, found = Tombstones(keys, (), hosts), Named()
    of: dict[str, str] = {}
    for case in cases:
        own = [_mark(made, slug, case.language) for slug in case.slugs]
        found.marks.setdefault(own[0], set()).update(own)
        of.update(dict.fromkeys(own, own[0]))
        found.names.update(case.slugs)
    whole = {own for case in cases if case.language is None for own in (_mark(made, s, None) for s in case.slugs)}
    base = Tombstones(keys, of, hosts)
    for slug, language, mark in sweeping.aliases(connection, base, found.names):
        found.marks[of[mark]].add(_mark(made, slug, None if mark in whole else language))
        found.names.add(slug)
    marked = found.marked(keys, hosts)
    by_mark = {mark: article for article, marks in found.marks.items() for mark in marks}
    for row in sweeping.doomed(connection, marked, found.names):
        article = by_mark[marked.hit(row.slug, row.language) or ""]
        query = select(revisions.c.content_sha256).where(revisions.c.article_id == row.id)
        for content in connection.execute(query).scalars():
            revision, text = sweeping.ids_of(row.language, row.slug, content)
            found.texts.setdefault(article, []).append((revision, text, content))
            found.marks[article].add(made.mark("slug", BY_CONTENT + content))
    slugs = sorted(slug for slug in found.names if _mark(made, slug, None) in by_mark)
    for some in parts_of(slugs):
        asked = in_slug_order(some, current_only=False)
        for version in versions(connection, Codec(), lambda row: None, asked):
            if (source := source_keys(version.source_url)) is not None:
                found.marks[by_mark[_mark(made, version.slug, None)]].add(made.mark("source", source[0]))
    return found


def _mark(made: Tombstones, slug: str, language: str | None) -> str:
    return made.mark("slug", slug) if language is None else made.mark("version", language, slug)
