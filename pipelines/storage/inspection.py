"""What a store holds, and whether it is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, case, func, select, text
from sqlalchemy.exc import DBAPIError

from pipelines.storage.errors import DamagedRecordError
from pipelines.storage.reading import in_slug_order, revision_columns, stream
from pipelines.storage.records import Codec, record_hash
from pipelines.storage.rows import named, read_row, to_revision
from pipelines.storage.schema import articles, ledger, records, rejects, revisions, unindexed
from pipelines.storage.selecting import in_rank_order
from pipelines.storage.values import Revision, Selection

_GROUP = 200  # revisions that are checked with one query


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageStats:
    """One language (of the addresses): articles, all their revisions, words of the current ones, first and last day.

    `gone` counts the articles that the site no longer has; days are those of publication.
    """

    language: str
    articles: int
    revisions: int
    words: int
    first_day: str | None
    last_day: str | None
    gone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """A store in numbers. `rejects` by reason and `ledger` by state are ordered by name."""

    languages: tuple[LanguageStats, ...]
    rejects: tuple[tuple[str, int], ...]
    ledger: tuple[tuple[str, int], ...]


def stats(connection: Connection) -> Stats:
    """The store in numbers."""
    current = articles.c.content_sha256 == revisions.c.content_sha256
    rows = connection.execute(
        select(
            articles.c.language,
            func.sum(case((current, 1), else_=0)).label("articles"),
            func.count().label("revisions"),
            func.sum(case((current, revisions.c.words), else_=0)).label("words"),
            func.min(case((current, revisions.c.published))).label("first_day"),
            func.max(case((current, revisions.c.published))).label("last_day"),
            func.sum(case((and_(current, articles.c.gone_at.is_not(None)), 1), else_=0)).label("gone"),
        )
        .join(revisions, revisions.c.article_id == articles.c.id)
        .group_by(articles.c.language)
        .order_by(articles.c.language)
    )
    return Stats(
        languages=tuple(
            LanguageStats(
                language=as_text(row.language),
                articles=row.articles,
                revisions=row.revisions,
                words=int(row.words or 0),
                first_day=None if row.first_day is None else as_text(row.first_day),
                last_day=None if row.last_day is None else as_text(row.last_day),
                gone=row.gone,
            )
            for row in rows
        ),
        rejects=_by_name(connection, rejects.c.outcome),
        ledger=_by_name(connection, ledger.c.state),
    )


def _by_name(connection: Connection, column: object) -> tuple[tuple[str, int], ...]:
    rows = connection.execute(select(column, func.count()).group_by(column))  # type: ignore[call-overload]  # a column
    return tuple(sorted((as_text(name), int(number)) for name, number in rows))


def as_text(value: object) -> str:
    """A text of the store; in a damaged file SQLite can find bytes, a number or nothing where text was stored."""
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def check(connection: Connection, codec: Codec) -> Iterator[str]:
    """Every fault of a store, one line each: of the database, missing rows, orphans, texts unlike their hash."""
    sections: tuple[Callable[[], Iterator[str]], ...] = (
        lambda: _engine_faults(connection),
        lambda: _broken_links(connection),
        lambda: _unfinished(connection),
        lambda: _unfinished_removal(connection),
        lambda: _search_faults(connection),
        lambda: _wrong_hashes(connection, codec),
    )
    seen: set[str] = set()
    for section in sections:
        for fault in _as_far_as_it_goes(connection, section()):
            seen.add(fault)
            yield fault
    if seen and connection.dialect.name == "sqlite":
        # Tables and indexes may disagree by now: read once more, in the orders that other commands use.
        for fault in _as_far_as_it_goes(connection, _unreadable(connection, codec)):
            if fault not in seen:
                seen.add(fault)
                yield fault


def _as_far_as_it_goes(connection: Connection, faults: Iterator[str]) -> Iterator[str]:
    """The faults that one section finds. A damaged page of SQLite ends the section and is a fault; the others go on.

    PostgreSQL ends the whole transaction with such an error.
    """
    try:
        yield from faults
    except DBAPIError as error:
        if connection.dialect.name != "sqlite":
            raise
        yield f"SQLite: {' '.join(str(error.orig).split())}"


def _engine_faults(connection: Connection) -> Iterator[str]:
    if connection.dialect.name != "sqlite":
        return  # PostgreSQL keeps foreign keys itself, and offers its data checksums to its own tools
    for (message,) in connection.execute(text("PRAGMA integrity_check")):
        if message != "ok":
            yield f"SQLite integrity: {message}"
    for row in connection.execute(text("PRAGMA foreign_key_check")):
        yield f"orphan: row {row[1]} of {row[0]} points to a row of {row[2]} that is not there"


def _broken_links(connection: Connection) -> Iterator[str]:
    own = and_(revisions.c.article_id == articles.c.id, revisions.c.content_sha256 == articles.c.content_sha256)
    for row in connection.execute(
        select(articles.c.slug, articles.c.language)
        .outerjoin(revisions, own)
        .where(revisions.c.id.is_(None))
        .order_by(articles.c.slug, articles.c.language)
    ):
        yield f"{row.language}/{row.slug}: its current revision is not there"
    for row in connection.execute(
        select(revisions.c.id, revisions.c.article_id)
        .outerjoin(articles, articles.c.id == revisions.c.article_id)
        .where(articles.c.id.is_(None))
        .order_by(revisions.c.id)
    ):
        yield f"revision {row.id}: orphan, its article {row.article_id} is not there"
    for (identifier,) in connection.execute(
        select(revisions.c.id)
        .outerjoin(records, records.c.revision_id == revisions.c.id)
        .where(records.c.revision_id.is_(None))
        .order_by(revisions.c.id)
    ):
        yield f"revision {identifier}: its text is not there"


def _unfinished(connection: Connection) -> Iterator[str]:
    for row in connection.execute(
        select(ledger.c.slug, ledger.c.language)
        .outerjoin(articles, and_(articles.c.slug == ledger.c.slug, articles.c.language == ledger.c.language))
        .where(
            ledger.c.state == "done",
            ledger.c.outcome == "ok",
            ledger.c.detail.is_(None),  # else it says under which other address the text was stored
            articles.c.id.is_(None),
        )
        .order_by(ledger.c.slug, ledger.c.language)
    ):
        yield f"{row.language}/{row.slug}: done in the ledger, but its article is not there"


def _unfinished_removal(connection: Connection) -> Iterator[str]:
    from pipelines.storage.sweeping import journal  # `stats`, too, is of this module, and needs none of it

    left = journal(connection)
    if left is None:
        return
    files = sorted(left["places"])
    where = f"; texts that went had responses in {len(files):,} files of the archive ({files[0]}, …)" if files else ""
    yield f"a removal is not finished: 'vietnamvn store remove --archive DIR' does the rest{where}"


def _search_faults(connection: Connection) -> Iterator[str]:
    indexed = connection.execute(text("SELECT count(*) FROM search")).scalar_one()
    waiting = connection.execute(select(func.count()).select_from(unindexed)).scalar_one()
    all_revisions = connection.execute(select(func.count()).select_from(revisions)).scalar_one()
    if indexed + waiting != all_revisions:
        yield f"search: {indexed} revisions indexed and {waiting} waiting, of {all_revisions}"


def _wrong_hashes(connection: Connection, codec: Codec) -> Iterator[str]:
    """Every revision read as all commands read it, in groups; a group that a damaged page ends is read one by one."""
    last = -1
    while True:
        following = select(revisions.c.id).where(revisions.c.id > last).order_by(revisions.c.id).limit(_GROUP)
        ids = [identifier for identifier in connection.execute(following).scalars() if isinstance(identifier, int)]
        if not ids:
            return
        last = ids[-1]
        try:
            faults = _faults_of(connection, codec, ids)
        except DBAPIError:
            if connection.dialect.name != "sqlite":
                raise
            faults = []
            for identifier in ids:
                try:
                    faults += _faults_of(connection, codec, [identifier])
                except DBAPIError as error:
                    faults.append(f"revision {identifier} of the table: cannot be read ({error.orig})")
        yield from faults


def _unreadable(connection: Connection, codec: Codec) -> Iterator[str]:
    faults: list[str] = []

    def read(row: Any) -> Revision | None:
        try:
            return read_row(row, codec)
        except DamagedRecordError as error:
            faults.append(str(error))
            return None

    for query in (in_slug_order(None), in_rank_order(connection, Selection(revisions="all"), {})):
        for _ in stream(connection, read, query):
            yield from faults
            faults.clear()
        yield from faults
        faults.clear()


def _faults_of(connection: Connection, codec: Codec, ids: list[int]) -> list[str]:
    faults = []
    for row in connection.execute(revision_columns().where(revisions.c.id.in_(ids)).order_by(revisions.c.id)):
        try:
            stored = to_revision(row, codec)
        except DamagedRecordError as error:
            faults.append(str(error))
            continue
        if stored.article.content_sha256 != row.content_sha256:
            faults.append(f"{named(row)}: the text is not the one whose hash was stored")
        elif record_hash(codec.record(row.record, row.stripped, row.boilerplate)) != row.record_hash:
            faults.append(f"{named(row)}: the record is not the one whose hash was stored")
    return faults
