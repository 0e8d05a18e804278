"""Which revisions a `Selection` asks for, as SQL: the same for exports, search and the counts of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, case, false, func, select, text

from pipelines.languages import is_in
from pipelines.storage.query import match, parse
from pipelines.storage.schema import articles, revisions, unindexed
from pipelines.storage.values import Selection

_MATCH = {
    "sqlite": "revisions.id IN (SELECT rowid FROM search WHERE search MATCH :query)",
    "postgresql": "revisions.id IN (SELECT revision_id FROM search WHERE search.tokens @@ CAST(:query AS tsquery))",
}


def tally(connection: Connection, selection: Selection) -> dict[tuple[str | None, str | None], int]:
    """How many texts a selection has in each (language found, script found)."""
    columns = (revisions.c.found_language, revisions.c.found_script)
    query = narrowed(connection, select(*columns, func.count()), selection).group_by(*columns)
    return {(language, script): number for language, script, number in connection.execute(query)}


def in_rank_order(
    connection: Connection, selection: Selection, ranks: Mapping[tuple[str | None, str | None], int]
) -> Select[Any]:
    """Ids of a selection ordered by the rank of its (language found, script found), then key and first sighting."""
    rank = case(
        *(
            (
                and_(
                    revisions.c.found_language.is_not_distinct_from(language),
                    revisions.c.found_script.is_not_distinct_from(script),
                ),
                number,
            )
            for (language, script), number in ranks.items()
        ),
        else_=len(ranks),
    )
    first = (rank,) if ranks else ()
    return narrowed(connection, select(revisions.c.id), selection).order_by(
        *first,
        articles.c.slug,
        articles.c.language,
        revisions.c.first_seen,
        revisions.c.content_sha256,
    )


def newest_first(connection: Connection, selection: Selection, *, limit: int, offset: int) -> Select[Any]:
    """Ids of a selection by the time of publication, the last one first; those without one at the end."""
    return (
        narrowed(connection, select(revisions.c.id), selection)
        .order_by(
            # Rows of version 2 have the day alone until they are told anew.
            func.coalesce(revisions.c.published_at, revisions.c.published, "").desc(),
            articles.c.slug,
            articles.c.language,
            revisions.c.first_seen,
            revisions.c.content_sha256,
        )
        .limit(limit)
        .offset(offset)
    )


def in_hash_order(connection: Connection, selection: Selection, size: int) -> Select[Any]:
    """Ids of the texts of a selection with the lowest hashes."""
    return (
        narrowed(connection, select(revisions.c.id), selection)
        .order_by(revisions.c.content_sha256, articles.c.slug, articles.c.language)
        .limit(size)
    )


def narrowed(connection: Connection, query: Select[Any], selection: Selection) -> Select[Any]:
    """A query over `articles` and `revisions` for the texts of a selection alone."""
    query = query.select_from(revisions).join(articles, articles.c.id == revisions.c.article_id)
    conditions: list[Any] = []
    if selection.search is not None:
        conditions += _found(selection.search, connection.dialect.name)
    if selection.claimed:
        there = connection.execute(select(articles.c.language).distinct()).scalars()
        conditions.append(articles.c.language.in_([code for code in there if is_in(code, selection.claimed)]))
    if selection.revisions == "current":
        conditions.append(articles.c.content_sha256 == revisions.c.content_sha256)
    if selection.languages:
        conditions.append(revisions.c.found_language.in_(selection.languages))
    if selection.since is not None:
        conditions.append(revisions.c.published >= selection.since)
    if selection.until is not None:
        conditions.append(revisions.c.published <= selection.until)
    if selection.publishers:
        conditions.append(revisions.c.publisher.in_(selection.publishers))
    if selection.agreeing_only:
        conditions.append(revisions.c.agrees.is_(True))
    if selection.min_words > 0:
        conditions.append(revisions.c.words >= selection.min_words)
    return query.where(*conditions)


def _found(search: str, dialect: str) -> list[Any]:
    asked = parse(search)
    if asked is None:
        return [false()]
    words, reverse = match(asked, dialect)
    condition = _MATCH[dialect]
    matched = text(f"NOT ({condition})" if reverse else condition).bindparams(bindparam("query", words))
    # What is not indexed yet cannot be said to lack a word.
    return [matched, revisions.c.id.not_in(select(unindexed.c.revision_id))] if reverse else [matched]
