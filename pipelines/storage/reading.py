"""The statements that read revisions; `rows` makes values of what they give."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, Select, any_, bindparam, func, null, select, type_coerce
from sqlalchemy.types import NullType

from pipelines.storage.apart import in_order
from pipelines.storage.compiled import Prepared
from pipelines.storage.errors import DamagedRecordError
from pipelines.storage.records import Codec
from pipelines.storage.rows import RawRow, Reader, to_revision
from pipelines.storage.schema import articles, boilerplate, records, revisions, rights, unindexed
from pipelines.storage.sets import parts_of
from pipelines.storage.values import Revision, Standing


def is_current() -> Any:
    """The condition that joins an article to its current revision."""
    return (revisions.c.article_id == articles.c.id) & (revisions.c.content_sha256 == articles.c.content_sha256)


_earlier = revisions.alias("earlier")
_NUMBER = (
    select(func.count())
    .select_from(_earlier)
    .where(
        _earlier.c.article_id == revisions.c.article_id,
        (_earlier.c.first_seen < revisions.c.first_seen)
        | (
            (_earlier.c.first_seen == revisions.c.first_seen)
            & (_earlier.c.content_sha256 <= revisions.c.content_sha256)
        ),
    )
    .correlate(revisions)
    .scalar_subquery()
)


def revision_columns(*, lines: bool = True) -> Select[Any]:
    """What `to_revision` needs of each revision, joined; to be narrowed by the caller.

    Without `lines`, stripped lines that are stored apart are left out: half of what a text takes.
    """
    apart = (records.c.stripped, boilerplate.c.lines) if lines else (null(), null())
    found = (
        select(
            articles.c.slug,
            articles.c.language,
            articles.c.gone_at,
            (articles.c.content_sha256 == revisions.c.content_sha256).label("current"),
            revisions.c.id,
            revisions.c.article_id,
            revisions.c.content_sha256,
            type_coerce(revisions.c.record_hash, NullType()).label("record_hash"),
            revisions.c.first_seen,
            revisions.c.last_seen,
            revisions.c.url,
            revisions.c.host,
            revisions.c.fetched_at,
            revisions.c.capture,
            revisions.c.warc_file,
            revisions.c.warc_offset,
            revisions.c.warc_length,
            type_coerce(records.c.record, NullType()).label("record"),  # as it is: see `to_revision`
            type_coerce(apart[0], NullType()).label("stripped"),
            type_coerce(apart[1], NullType()).label("boilerplate"),
            rights.c.signals.label("rights"),
            _NUMBER.label("number"),
        )
        .select_from(revisions)
        .join(articles, articles.c.id == revisions.c.article_id)
        .join(records, records.c.revision_id == revisions.c.id)
        .outerjoin(rights, rights.c.id == revisions.c.rights_id)
    )
    return found.outerjoin(boilerplate, boilerplate.c.id == records.c.boilerplate_id) if lines else found


# Records are fetched by so many: the sort runs over narrow rows, and one chunk of texts is what memory holds.
_CHUNK = 200


_BY_IDS = {
    "sqlite": Prepared(
        revision_columns().where(
            revisions.c.id.in_(select(func.json_each(bindparam("ids")).table_valued("value").c.value))
        )
    ),
    "postgresql": Prepared(revision_columns().where(revisions.c.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))),
}


def chunks(connection: Connection, identifiers: Select[Any]) -> Iterator[list[int]]:
    """The ids of the revisions that `identifiers` selects (first column), in its order, some at a time."""
    yield from _chunks_of(connection, identifiers)


def raw(connection: Connection, ids: Sequence[int]) -> list[RawRow]:
    """The rows of revisions, in the order of these ids; what is in them is not read yet."""
    dialect = connection.dialect.name
    asked = json.dumps(ids) if dialect == "sqlite" else list(ids)
    return in_order(_BY_IDS[dialect].tuples(connection, {"ids": asked}), ids)


def sql_of_raw(connection: Connection) -> str:
    """The statement by which `raw` asks SQLite; its one parameter is the ids as an array of JSON."""
    return _BY_IDS["sqlite"].sql(connection)


def stream(
    connection: Connection, read: Reader, identifiers: Select[Any] | Sequence[int], *, lines: bool = True
) -> Iterator[Revision]:
    """The revisions with these ids, or those that a query selects (first column), in this order.

    In the caller's transaction. For `lines` see `revision_columns`.
    """
    for ids, rows in by_chunks(connection, identifiers, revision_columns(lines=lines)):
        for identifier in ids:
            stored = read(rows.get(identifier, identifier))
            if stored is not None:
                yield stored


def by_chunks(
    connection: Connection, identifiers: Select[Any] | Sequence[int], columns: Select[Any]
) -> Iterator[tuple[list[int], dict[int, Any]]]:
    """The ids of revisions, given or selected by a query, a chunk at a time, and by them the rows of `columns`."""
    by_ids = columns.where(revisions.c.id.in_(bindparam("ids", expanding=True)))
    for ids in _chunks_of(connection, identifiers):
        yield ids, {row.id: row for row in connection.execute(by_ids, {"ids": ids})}


def _chunks_of(connection: Connection, identifiers: Select[Any] | Sequence[int]) -> Iterator[list[int]]:
    if isinstance(identifiers, Select):
        result = connection.execute(identifiers.execution_options(yield_per=_CHUNK))
        yield from ([row[0] for row in partition] for partition in result.partitions())
    else:
        yield from map(list, parts_of(identifiers, _CHUNK))


def in_key_order(
    *,
    current_only: bool,
    languages: Sequence[str] | None,
    gone: bool,
    since: str | None = None,
    until: str | None = None,
    publisher: str | None = None,
) -> Select[Any]:
    """Revision ids ordered by (language, slug, first sighting)."""
    query = select(revisions.c.id).join(articles, articles.c.id == revisions.c.article_id)
    if current_only:
        query = query.where(articles.c.content_sha256 == revisions.c.content_sha256)
    if languages is not None:
        query = query.where(articles.c.language.in_(languages))
    if since is not None:
        query = query.where(revisions.c.published >= since)
    if until is not None:
        query = query.where(revisions.c.published <= until)
    if publisher is not None:
        query = query.where(revisions.c.publisher == publisher)
    if not gone:
        query = query.where(articles.c.gone_at.is_(None))
    return query.order_by(articles.c.language, articles.c.slug, revisions.c.first_seen, revisions.c.content_sha256)


def in_slug_order(slugs: Sequence[str] | None, *, current_only: bool = True) -> Select[Any]:
    """Ids of current revisions ordered by (slug, language), which the index over articles gives without a sort.

    Of all revisions those of a text stand in the order of first sighting.
    """
    of_article = revisions.c.article_id == articles.c.id
    query = select(revisions.c.id).join(articles, is_current() if current_only else of_article)
    if slugs is not None:
        query = query.where(articles.c.slug.in_(slugs))
    query = query.order_by(articles.c.slug, articles.c.language)
    return query if current_only else query.order_by(revisions.c.first_seen, revisions.c.content_sha256)


def revised(connection: Connection) -> list[str]:
    """The slugs that have more than one revision in some language, sorted."""
    several = select(revisions.c.article_id).group_by(revisions.c.article_id).having(func.count() > 1)
    slugs = set(connection.execute(select(articles.c.slug).where(articles.c.id.in_(several))).scalars())
    return sorted(slug for slug in slugs if isinstance(slug, str))  # a damaged row can hold anything


def standing(connection: Connection, codec: Codec, slugs: Sequence[str]) -> list[Standing]:
    """Every text of these slugs, in no order: which is current, and whether it can be read."""
    found = []
    for row in connection.execute(revision_columns().where(articles.c.slug.in_(slugs))):
        try:
            readable = to_revision(row, codec, lines=False) is not None
        except DamagedRecordError:
            readable = False
        found.append(Standing(row.slug, row.language, row.content_sha256, bool(row.current), readable))
    return found


def newest(connection: Connection) -> str | None:
    """The time of the latest sighting in the store; None where it is empty."""
    found = connection.execute(select(func.max(revisions.c.last_seen))).scalar()
    return found if isinstance(found, str) else None


def waiting(connection: Connection) -> int:
    """How many revisions the indexes have not read."""
    return int(connection.execute(select(func.count()).select_from(unindexed)).scalar_one())


def languages_there(connection: Connection) -> set[str]:
    """The languages (of the addresses) of all articles."""
    return set(connection.execute(select(articles.c.language).distinct()).scalars())
