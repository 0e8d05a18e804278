"""Which revisions a `Selection` asks for, as SQL: the same for exports, search and the counts of both."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Select,
    Text,
    and_,
    case,
    exists,
    false,
    func,
    or_,
    select,
    text,
)

from pipelines.languages import is_in
from pipelines.rights import COLUMNS
from pipelines.rights.choosing import CLOSED, require_usages
from pipelines.site import ORIGINAL_LANGUAGE
from pipelines.storage.drawing import Shuffle, drawing_hash
from pipelines.storage.keys import REVISION_DIGITS, storable
from pipelines.storage.older import UNSEARCHED
from pipelines.storage.reading import languages_there
from pipelines.storage.schema import PUBLICATION, articles, revisions, rights, unindexed
from pipelines.storage.sets import among
from pipelines.storage.values import Extent, Selection
from pipelines.times import calendar_day

_MATCH = {
    "sqlite": "SELECT rowid FROM search WHERE search MATCH :query",
    "postgresql": "SELECT revision_id FROM search WHERE search.tokens @@ CAST(:query AS tsquery)",
}
_WITHIN = {
    "sqlite": " AND rowid >= :low AND rowid < :top",
    "postgresql": " AND revision_id >= :low AND revision_id < :top",
}

# Numbers that a sample by row looks up before it looks at all rows: about what takes as long.
_TRIED = 50_000

# A page of what is found so often is looked for among so many texts that were published last.
_FREQUENT, _LAST = 5_000, 20_000

Range = tuple[int, int]
"""Ids of revisions: the first one, and the one behind the last one."""


def tally(connection: Connection, selection: Selection) -> dict[tuple[str | None, str | None], int]:
    """How many texts a selection has in each (language found, script found)."""
    columns = (revisions.c.found_language, revisions.c.found_script)
    query = narrowed(connection, select(*columns, func.count()), selection).group_by(*columns)
    return {(language, script): number for language, script, number in connection.execute(query)}


def extent(connection: Connection, selection: Selection) -> Extent:
    """How many texts, articles and words a selection has, and of which days."""
    columns = (
        func.count(),
        func.count(articles.c.slug.distinct()),
        func.coalesce(func.sum(revisions.c.words), 0),
        func.min(revisions.c.published),
        func.max(revisions.c.published),
    )
    texts, slugs, words, first, last = connection.execute(narrowed(connection, select(*columns), selection)).one()
    return Extent(texts, slugs, int(words), first, last)


def count(connection: Connection, selection: Selection) -> int:
    """How many texts a selection has."""
    return int(connection.execute(narrowed(connection, select(func.count()), selection)).scalar_one())


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


def newest_first(
    connection: Connection, selection: Selection, *, limit: int | None = None, offset: int = 0
) -> Select[Any]:
    """Ids of a selection by the time of publication, the last one first; those without one at the end."""
    return _newest_first(narrowed(connection, select(revisions.c.id), selection), limit, offset)


def newest(connection: Connection, selection: Selection, *, limit: int, offset: int) -> list[int]:
    """The ids of a page of `newest_first`.

    What is found often is looked for among the texts published last, before all that is found is put in order.
    """
    if _is_frequent(connection, selection):
        before = _not_behind(selection.until)
        last = select(PUBLICATION).where(*before).order_by(PUBLICATION.desc()).offset(_LAST).limit(1)
        earlier = connection.execute(last).scalar()
        if isinstance(earlier, str):
            query = narrowed(connection, select(revisions.c.id).where(*before), selection, after=earlier)
            found = connection.execute(_newest_first(query, limit, offset)).scalars().all()
            if len(found) == limit:
                return list(found)
    return list(connection.execute(newest_first(connection, selection, limit=limit, offset=offset)).scalars())


def _not_behind(until: str | None) -> list[Any]:
    """Conditions by the index, which hold for all texts that were published until this day and for few others."""
    last_day = None if until is None else calendar_day(until)
    if last_day is None or last_day == date.max:
        return []
    return [(last_day + timedelta(days=1)).isoformat() > PUBLICATION]


def _is_frequent(connection: Connection, selection: Selection) -> bool:
    if selection.search is None or selection.sample is not None:
        return False
    return hits(connection, selection.search, _FREQUENT) == _FREQUENT


def _newest_first(query: Select[Any], limit: int | None, offset: int) -> Select[Any]:
    return (
        query.order_by(
            PUBLICATION.desc(),
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


def narrowed(
    connection: Connection,
    query: Select[Any],
    selection: Selection,
    *,
    within: Range | None = None,
    after: str | None = None,
) -> Select[Any]:
    """A query over `articles` and `revisions` for the texts of a selection alone.

    With `within`, for those with ids in a range; with `after`, for those published after a time (see `PUBLICATION`),
    which are few.
    """
    query = query.select_from(revisions).join(articles, articles.c.id == revisions.c.article_id)
    if within is not None:
        query = query.where(revisions.c.id >= within[0], revisions.c.id < within[1])
    if after is not None:
        query = query.where(after < PUBLICATION)
    if selection.sample is None:
        return query.where(*_conditions(connection, selection, within, by_id=after is None))
    draw = _drawn_by_row if selection.sample_by == "row" else _drawn
    return query.where(_is_one_of(connection, draw(connection, selection, selection.sample)))


def _is_one_of(connection: Connection, ids: Sequence[int]) -> Any:
    return among(connection.dialect.name, revisions.c.id, ids, ARRAY(BigInteger))


def hits(connection: Connection, search: str, most: int) -> int:
    """How many revisions hold what a query asks for, whatever else is asked; no more than `most` are counted."""
    asked = _asked(search, connection)
    if asked is None:
        return 0
    words, reverse = asked
    if reverse:
        return most
    counted = f"SELECT count(*) FROM ({_MATCH[connection.dialect.name]} LIMIT :most) AS hits"  # noqa: S608  # see there
    return int(connection.execute(text(counted), {"query": words, "most": most}).scalar_one())


def _conditions(
    connection: Connection, selection: Selection, within: Range | None = None, *, by_id: bool = True
) -> list[Any]:
    conditions: list[Any] = []
    if selection.search is not None:
        conditions += _found(selection.search, connection, within, by_id=by_id)
    if selection.claimed:
        there = languages_there(connection)
        conditions.append(articles.c.language.in_(sorted(code for code in there if is_in(code, selection.claimed))))
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
    if selection.ids:
        conditions.append(_has_id(selection.ids, connection.dialect.name))
    if selection.first_seen_since is not None:
        conditions.append(revisions.c.first_seen >= selection.first_seen_since)
    if selection.first_seen_until is not None:
        conditions.append(_not_after(selection.first_seen_until))
    if selection.quality:
        from pipelines.storage.measures import holds  # with it comes what measures, which most questions do without

        conditions += holds(connection, selection.quality)
    if selection.no_copies:
        conditions.append(_is_no_copy())
    if selection.allowed:
        conditions.append(_is_allowed(selection.allowed, keeps_unsaid=selection.rights_unsaid == "keep"))
    return conditions


def _not_after(until: str) -> Any:
    last_day = calendar_day(until)
    if last_day is None:
        return revisions.c.first_seen <= until
    return revisions.c.first_seen < (last_day + timedelta(days=1)).isoformat()


def _has_id(ids: Sequence[str], dialect: str) -> Any:
    asked = [identifier for given in ids if (identifier := storable(given)) is not None]
    key = articles.c.language + "/" + articles.c.slug
    found = among(dialect, key, asked, ARRAY(Text))
    if not any("#" in identifier for identifier in asked):
        return found
    digits = func.substr(revisions.c.content_sha256, 1, REVISION_DIGITS)
    return found | among(dialect, key + "#" + digits, asked, ARRAY(Text))


def _is_allowed(usages: Sequence[str], *, keeps_unsaid: bool) -> Any:
    """Whether the rights recorded at the fetch leave all of these usages open.

    The table of rights is small and is asked once; a text without a row there has no signals.
    """
    answers = [rights.c[COLUMNS[usage]] for usage in require_usages(usages)]
    if not keeps_unsaid:
        return revisions.c.rights_id.in_(select(rights.c.id).where(*(answer == "allowed" for answer in answers)))
    closed = select(rights.c.id).where(or_(*(answer.in_(CLOSED) for answer in answers)))
    return revisions.c.rights_id.is_(None) | revisions.c.rights_id.not_in(closed)


def _is_no_copy() -> Any:
    """Whether no address of the same slug that goes before this one has the same text."""
    other, former = articles.alias("other"), revisions.alias("former")
    original = (
        exists(former.c.id)
        .where(former.c.article_id == other.c.id, former.c.content_sha256 == revisions.c.content_sha256)
        .correlate(other, revisions)
    )
    before = (other.c.language < articles.c.language) & (other.c.content_sha256 == revisions.c.content_sha256)
    same = (
        exists(other.c.id)
        .where(other.c.slug == articles.c.slug, ((other.c.language == ORIGINAL_LANGUAGE) & original) | before)
        .correlate(articles, revisions)
    )
    return (articles.c.language == ORIGINAL_LANGUAGE) | ~same


def _drawn(connection: Connection, selection: Selection, size: int) -> list[int]:
    """The revisions of a sample: the keys of all that it is drawn from go by once, `size` of them are kept."""
    columns = (revisions.c.id, articles.c.language, articles.c.slug, revisions.c.content_sha256)
    query = narrowed(connection, select(*columns), replace(selection, sample=None))
    rows = connection.execute(query.execution_options(yield_per=10_000))
    all_revisions = selection.revisions == "all"

    def hashed(row: Any) -> bytes:
        return drawing_hash(
            f"{selection.seed}\n{row.language}/{row.slug}\n{row.content_sha256 if all_revisions else ''}"
        )

    return [row.id for row in heapq.nsmallest(size, rows, key=hashed)]


def _drawn_by_row(connection: Connection, selection: Selection, size: int) -> list[int]:
    """The same by the order that the seed gives the ids of rows: first come so many as are expected to do."""
    last = int(connection.execute(select(func.max(revisions.c.id))).scalar() or 0)
    order = Shuffle(selection.seed, last.bit_length())
    wanted = narrowed(connection, select(revisions.c.id), replace(selection, sample=None))
    found: list[int] = []
    start, step = 0, 2 * size
    while start < min(order.size, _TRIED):
        end = min(start + step, order.size, _TRIED)
        tried = [number for number in map(order.number, range(start, end)) if 0 < number <= last]
        there = set(connection.execute(wanted.where(_is_one_of(connection, tried))).scalars())
        found += [number for number in tried if number in there]
        if len(found) >= size or end == order.size:
            return found[:size]
        start, step = end, max(step, int(1.2 * (size - len(found)) * end / max(1, len(found))))
    # Few texts are wanted, or nearly all of them: they go by once.
    every = connection.execute(wanted.execution_options(yield_per=10_000)).scalars()
    return heapq.nsmallest(size, every, key=order.place)


def keys_of(connection: Connection, selection: Selection) -> tuple[str, ...]:
    """The ids (``fr/slug``) of the current texts of a selection, in order."""
    query = narrowed(connection, select(articles.c.language + "/" + articles.c.slug), selection)
    return tuple(sorted(connection.execute(query).scalars()))


def _asked(search: str, connection: Connection) -> tuple[str, bool] | None:
    """What the index is asked, and whether for the rest; None where nothing can be found."""
    from pipelines.storage.query import match, parse  # with it come the tables of all scripts

    asked = parse(search)
    if asked is None or connection.get_execution_options().get(UNSEARCHED):
        return None
    return match(asked, connection.dialect.name)


def _found(search: str, connection: Connection, within: Range | None, *, by_id: bool) -> list[Any]:
    asked = _asked(search, connection)
    if asked is None:
        return [false()]
    words, reverse = asked
    dialect = connection.dialect.name
    values: dict[str, Any] = {"query": words}
    matching = _MATCH[dialect]
    if within is not None:
        matching += _WITHIN[dialect]
        values |= {"low": within[0], "top": within[1]}
    # SQLite goes through the ids that are found; with a plus before the column it goes by other conditions.
    column = "revisions.id" if by_id else "+revisions.id"
    matched = text(f"{column} {'NOT ' if reverse else ''}IN ({matching})").bindparams(**values)
    # Of what is not indexed yet it is not known whether it lacks a word.
    return [matched, revisions.c.id.not_in(select(unindexed.c.revision_id))] if reverse else [matched]
