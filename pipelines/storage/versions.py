"""By what stored texts are grouped, read without making articles of them, and the links between slugs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, select, type_coerce
from sqlalchemy.types import NullType

from pipelines.record import check_types
from pipelines.storage.claims import joining
from pipelines.storage.errors import DamagedRecordError
from pipelines.storage.reading import by_chunks, in_slug_order, revision_columns, waiting
from pipelines.storage.records import Codec
from pipelines.storage.rows import Reader
from pipelines.storage.schema import articles, records, revisions
from pipelines.storage.sets import parts_of
from pipelines.storage.values import Revision
from pipelines.translations.groups import Links, Version

_COLUMNS = (
    select(
        revisions.c.id,
        articles.c.slug,
        articles.c.language,
        revisions.c.url,
        type_coerce(records.c.record, NullType()).label("record"),
    )
    .select_from(revisions)
    .join(articles, articles.c.id == revisions.c.article_id)
    .join(records, records.c.revision_id == revisions.c.id)
)
_REQUIRED = {"extractor", "extractor_version"}  # what `Article` has no default for, but for the address
_AT_ONCE = 500  # slugs in one question


def links(connection: Connection, codec: Codec, read: Reader, *, current_only: bool = True) -> Links:
    """The evidence that joins the slugs of a store, by its current texts or by all.

    Of the texts, those are read that name another slug or share a claim with one; all where the indexes lack some.
    """
    found = Links()
    asked: list[Sequence[str] | None] = [None]
    if not waiting(connection):
        slugs = sorted(joining(connection, current_only=current_only))
        asked = list(parts_of(slugs, _AT_ONCE))
    for some in asked:
        for version in versions(connection, codec, read, in_slug_order(some, current_only=current_only)):
            found.add(version)
    return found


def versions(connection: Connection, codec: Codec, read: Reader, identifiers: Select[Any]) -> Iterator[Version]:
    """The fields by which the revisions that `identifiers` selects are grouped, in its order.

    A row that is not clearly sound is read as all readers read it, which report what is damaged.
    """
    for ids, rows in by_chunks(connection, identifiers, _COLUMNS):
        for identifier in ids:
            version = _sound_version(rows.get(identifier), codec)
            if version is not None:
                yield version
                continue
            row = connection.execute(revision_columns().where(revisions.c.id == identifier)).first()
            stored = read(identifier if row is None else row)
            if stored is not None:
                yield version_of(stored)


def version_of(stored: Revision) -> Version:
    """The fields by which a text is grouped."""
    article = stored.article
    return Version(
        slug=stored.slug,
        language=stored.language,
        url=article.url,
        source_url=article.source_url,
        alternates=article.alternates,
    )


def _sound_version(row: Any, codec: Codec) -> Version | None:
    if row is None or {type(row.slug), type(row.language), type(row.url or "")} != {str}:
        return None
    try:
        record = codec.record(row.record, None, None)
    except DamagedRecordError:
        return None
    if not record.keys() >= _REQUIRED or check_types(record) is not None:
        return None
    source, alternates = record.get("source_url"), record.get("alternates", {})
    return Version(slug=row.slug, language=row.language, url=row.url, source_url=source, alternates=alternates)
