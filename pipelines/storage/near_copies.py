"""Clusters of near duplicates among the current texts of a selection, as the store keeps them (see `copies`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, func, select

from pipelines.storage.inspection import as_text
from pipelines.storage.schema import articles, duplicates, revisions
from pipelines.storage.selecting import narrowed
from pipelines.storage.values import Selection

_SHOWN = 10  # clusters
_TEXTS = 5  # of each


class NearCount(NamedTuple):
    """Of a language of addresses how many texts were compared, and how many have a near duplicate at another address,
    selected or not."""

    language: str
    texts: int
    near: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NearCopies:
    """Counts by language; how many clusters have so many addresses; the largest clusters, with first ids of each."""

    languages: tuple[NearCount, ...]
    sizes: tuple[tuple[int, int], ...]
    largest: tuple[tuple[int, tuple[str, ...]], ...]


def near_copies(connection: Connection, selection: Selection) -> NearCopies:
    """The clusters that are kept. That they hold is to be asked before (`Store.unmeasured`)."""

    def asked(*columns: Any) -> Any:
        query = narrowed(connection, select(*columns), selection)
        return query.join(duplicates, duplicates.c.revision_id == revisions.c.id)

    near = func.sum(case((duplicates.c.size > 1, 1), else_=0))
    by_language = asked(articles.c.language, func.count(), near).group_by(articles.c.language)
    languages = [NearCount(as_text(code), int(n), int(m)) for code, n, m in connection.execute(by_language)]
    several = asked(duplicates.c.cluster, func.max(duplicates.c.size).label("size")).where(duplicates.c.size > 1)
    clusters = several.group_by(duplicates.c.cluster).subquery()
    sizes = connection.execute(select(clusters.c.size, func.count()).group_by(clusters.c.size))
    first = select(clusters).order_by(clusters.c.size.desc(), clusters.c.cluster).limit(_SHOWN)
    key = articles.c.language + "/" + articles.c.slug
    largest = []
    for cluster, size in connection.execute(first).all():
        ids = asked(key).where(duplicates.c.cluster == cluster).order_by(articles.c.language, articles.c.slug)
        shown = connection.execute(ids.limit(_TEXTS)).scalars()
        largest.append((int(size), tuple(map(as_text, shown))))
    return NearCopies(
        languages=tuple(sorted(languages)),
        sizes=tuple(sorted((int(size), int(number)) for size, number in sizes)),
        largest=tuple(largest),
    )
