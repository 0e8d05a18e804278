"""Revisions as they are read back: each row by itself, so that a damaged one costs no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, null, select, type_coerce
from sqlalchemy.types import NullType

from pipelines.models import Article
from pipelines.storage.errors import DamagedLinesError, DamagedRecordError
from pipelines.storage.records import Codec
from pipelines.storage.schema import articles, boilerplate, records, revisions, unindexed
from pipelines.storage.values import Standing, Stored, WarcLocation


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


def stored_columns(*, lines: bool = True) -> Select[Any]:
    """What `to_stored` needs of each revision, joined; to be narrowed by the caller.

    Without `lines` what was stripped from the pages is left out where it is stored apart: half of what a text takes.
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
            type_coerce(records.c.record, NullType()).label("record"),  # as it is: see `to_stored`
            type_coerce(apart[0], NullType()).label("stripped"),
            type_coerce(apart[1], NullType()).label("boilerplate"),
            _NUMBER.label("number"),
        )
        .select_from(revisions)
        .join(articles, articles.c.id == revisions.c.article_id)
        .join(records, records.c.revision_id == revisions.c.id)
    )
    return found.outerjoin(boilerplate, boilerplate.c.id == records.c.boilerplate_id) if lines else found


class Raw(NamedTuple):
    """A row of `stored_columns` as another process can have it; of a damaged file, values can be of any type."""

    slug: Any
    language: Any
    gone_at: Any
    current: Any
    id: Any
    article_id: Any
    content_sha256: Any
    record_hash: Any
    first_seen: Any
    last_seen: Any
    url: Any
    host: Any
    fetched_at: Any
    capture: Any
    warc_file: Any
    warc_offset: Any
    warc_length: Any
    record: Any
    stripped: Any
    boilerplate: Any
    number: Any


RawRow = Raw | int
"""A row, or the id of a revision whose text is not there."""

_TEXTS = attrgetter("slug", "language", "content_sha256", "first_seen", "last_seen")
_SOUND: set[tuple[type, ...]] = set()
_TEXTS_OR_NONE = attrgetter("gone_at", "url", "host", "fetched_at", "capture", "warc_file")
Reader = Callable[[Any], "Stored | None"]
"""Makes a value of a row of `stored_columns`; None where the row is damaged and has been told of."""


def to_stored(row: Any, codec: Codec, *, lines: bool = True) -> Stored:
    """A row of `stored_columns` as a value, with the lines that were stripped from its page or without them.

    Raises `DamagedRecordError`, which names the row: a `DamagedLinesError` where it can be read without its lines.
    """
    try:
        # What SQLite gives from a damaged file can be of any type: a text that is none, a number for a text.
        types = tuple(map(type, row))
        if types not in _SOUND:  # a few dozen: what may be missing is, or is not
            texts = {*map(type, _TEXTS(row))} | ({*map(type, _TEXTS_OR_NONE(row))} - {type(None)})
            if texts != {str}:
                raise DamagedRecordError("what is stored beside its record is damaged")
            _SOUND.add(types)
        article = codec.article(
            row.record,
            stripped=row.stripped if lines else None,
            boilerplate=row.boilerplate,
            url=row.url,
            host=row.host,
            fetched_at=row.fetched_at,
            capture=row.capture,
        )
        return _stored(row, article)
    except DamagedRecordError as error:
        raise type(error)(f"{named(row)}: {error}") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise DamagedRecordError(f"{named(row)}: what is stored beside its record is damaged ({error})") from error


def read_row(row: Any, codec: Codec, *, lines: bool = True) -> Stored:
    """`to_stored` of a row, or of the id of one that is not there. Raises `DamagedRecordError`."""
    if isinstance(row, int):
        raise DamagedRecordError(f"revision {row} of the table: its text is not there")
    return to_stored(row, codec, lines=lines)


def read_or_tell(row: Any, codec: Codec, tell: Callable[[str], None]) -> Stored | None:
    """`read_row`; where it raises, `tell` has its one line, and there is no value.

    Where only what was stripped from the page is damaged, the value comes without: one row of `boilerplate` must not
    cost thousands of texts.
    """
    for lines in (True, False):
        try:
            return read_row(row, codec, lines=lines)
        except DamagedRecordError as error:
            tell(str(error))
            if not isinstance(error, DamagedLinesError):
                break
    return None


def named(row: Any) -> str:
    """How messages call a row of `stored_columns`."""
    return f"{row.language}/{row.slug}, revision {row.number}"


def _stored(row: Any, article: Article) -> Stored:
    return Stored(
        article_id=row.article_id,
        revision_id=row.id,
        slug=row.slug,
        language=row.language,
        article=article,
        current=bool(row.current),
        revision=row.number,
        content_sha256=row.content_sha256,
        fingerprint=row.record_hash.hex(),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        gone_at=row.gone_at,
        warc=None
        if row.warc_file is None
        else WarcLocation(row.warc_file, int(row.warc_offset or 0), int(row.warc_length or 0)),
    )


# Records are fetched by so many: the sort runs over narrow rows, and one chunk of texts is what memory holds.
_CHUNK = 200


def chunks(connection: Connection, identifiers: Select[Any]) -> Iterator[list[RawRow]]:
    """The rows of the revisions whose ids `identifiers` selects (first column), in its order, some at a time.

    In the caller's transaction; what is in them is not read yet.
    """
    for ids, found in by_chunks(connection, identifiers, stored_columns()):
        shared: dict[bytes, bytes] = {}  # pages of one time have one, which then goes to another process once
        rows: dict[int, RawRow] = {}
        for row in map(Raw._make, found.values()):
            lines = row.boilerplate
            rows[row.id] = row._replace(boilerplate=shared.setdefault(lines, lines)) if type(lines) is bytes else row
        yield [rows.get(identifier, identifier) for identifier in ids]


def stream(
    connection: Connection, read: Reader, identifiers: Select[Any] | Sequence[int], *, lines: bool = True
) -> Iterator[Stored]:
    """The revisions with these ids, or those that a query selects (first column), in this order.

    In the caller's transaction. For `lines` see `stored_columns`.
    """
    for ids, rows in by_chunks(connection, identifiers, stored_columns(lines=lines)):
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
        yield from (list(identifiers[start : start + _CHUNK]) for start in range(0, len(identifiers), _CHUNK))


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
    """See `Store.revised`."""
    several = select(revisions.c.article_id).group_by(revisions.c.article_id).having(func.count() > 1)
    slugs = set(connection.execute(select(articles.c.slug).where(articles.c.id.in_(several))).scalars())
    return sorted(slug for slug in slugs if isinstance(slug, str))  # a damaged row can hold anything


def standing(connection: Connection, codec: Codec, slugs: Sequence[str]) -> list[Standing]:
    """See `Store.standing`."""
    found = []
    for row in connection.execute(stored_columns().where(articles.c.slug.in_(slugs))):
        try:
            readable = to_stored(row, codec, lines=False) is not None
        except DamagedRecordError:
            readable = False
        found.append(Standing(row.slug, row.language, row.content_sha256, bool(row.current), readable))
    return found


def newest(connection: Connection) -> str | None:
    """See `Store.newest`."""
    found = connection.execute(select(func.max(revisions.c.last_seen))).scalar()
    return found if isinstance(found, str) else None


def waiting(connection: Connection) -> int:
    """How many revisions the indexes have not read."""
    return int(connection.execute(select(func.count()).select_from(unindexed)).scalar_one())


def languages_there(connection: Connection) -> set[str]:
    """The languages (of the addresses) of all articles."""
    return set(connection.execute(select(articles.c.language).distinct()).scalars())
