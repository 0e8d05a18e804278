"""Taking rows out of the tables by the marks of what was taken down: it can be done again in a restored backup."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote

from sqlalchemy import Connection, delete, func, or_, select, update

from pipelines.models import Rejected
from pipelines.storage import boilerplate, captures, ledger, schema, search
from pipelines.storage.errors import DamagedRecordError
from pipelines.storage.keys import BY_MARK, REVISION_DIGITS
from pipelines.storage.notes import note, noted
from pipelines.storage.reading import revision_columns
from pipelines.storage.records import Codec
from pipelines.storage.rows import to_revision
from pipelines.storage.schema import articles, rejects, removed, revisions, unindexed
from pipelines.storage.sets import parts_of
from pipelines.storage.statements import unless_there
from pipelines.storage.tombstones import Tombstones

JOURNAL = "removal"
"""The row of `meta` that says what of a removal is still to be done outside the tables."""

SEEN = "tombstones_seen"
"""The row of `meta` with the hash of the file of tombstones that the store agrees with."""

_PLAIN_NAME = re.compile(r"[a-z0-9._-]+\Z")
_MOST_NAMES = 50  # in one condition; with more all rows are looked at
_OF_REVISIONS = ("claims", "measures", "compared", "signatures", "duplicates", "unindexed", "records")


class Tombstone(NamedTuple):
    """What is recorded with a mark."""

    article: str
    removed_at: str
    reason: str


@dataclass(slots=True)
class Swept:
    """What went: numbers, the keys of the texts (``fr/slug``), and where their responses lie in the archive."""

    texts: list[str] = field(default_factory=list)
    revisions: int = 0
    rejects: int = 0
    addresses: int = 0
    captures: int = 0
    places: dict[str, set[int]] = field(default_factory=dict)

    @property
    def is_any(self) -> bool:
        """Whether anything went."""
        return bool(self.texts or self.rejects or self.addresses or self.captures)

    def place(self, file: Any, offset: Any) -> None:
        """A response that goes."""
        if file is not None:
            self.places.setdefault(str(file), set()).add(int(offset or 0))


def ids_of(language: str, slug: str, content_sha256: str) -> tuple[str, str]:
    """The hashes of a text's ids in an export: of its revision, and of its article."""
    row = f"{language}/{slug}"
    revision = f"{row}#{content_sha256[:REVISION_DIGITS]}"
    hashed = [hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest() for name in (revision, row)]
    return hashed[0], hashed[1]


def doomed(connection: Connection, marked: Tombstones, names: Collection[str] | None) -> list[Any]:
    """The articles (id, slug, language) that are marked; `names` are slugs beside which there can be none."""
    query = select(articles.c.id, articles.c.slug, articles.c.language)
    if (narrow := _narrow(names, articles.c.slug)) is not None:
        query = query.where(narrow)
    rows = connection.execute(query.execution_options(yield_per=5_000))
    return [row for row in rows if marked.holds(row.slug, row.language)]


def look(connection: Connection, marked: Tombstones, names: Collection[str]) -> Swept:
    """The texts that `sweep` would take out, and where their responses lie; changes nothing."""
    swept = Swept()
    for some in parts_of(doomed(connection, marked, names)):
        swept.texts += [f"{row.language}/{row.slug}" for row in some]
        query = select(revisions.c.warc_file, revisions.c.warc_offset)
        for row in connection.execute(query.where(revisions.c.article_id.in_([row.id for row in some]))):
            swept.revisions += 1
            swept.place(*row)
    return swept


def sweep(
    connection: Connection,
    codec: Codec,
    marked: Tombstones,
    stones: Mapping[str, Tombstone],
    names: Collection[str] | None = None,
) -> Swept:
    """Take out of the tables whatever is marked; `stones` has its tombstones by their marks."""
    swept = Swept()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    found = doomed(connection, marked, names)
    sites: set[str] = set()
    texts: set[str] = set()
    for some in parts_of(found):
        _take_out(connection, codec, marked, stones, some, swept, sites, texts)
    boilerplate.part_from(connection, codec, sites, texts)
    _rejects(connection, marked, names, swept)
    _ledger(connection, marked, names, swept)
    _captures(connection, marked, names, swept)
    _notes(connection, marked)
    return swept


def _take_out(
    connection: Connection,
    codec: Codec,
    marked: Tombstones,
    stones: Mapping[str, Tombstone],
    some: Sequence[Any],
    swept: Swept,
    sites: set[str],
    texts: set[str],
) -> None:
    keys = {row.id: (row.slug, row.language) for row in some}
    rows = connection.execute(
        select(
            revisions.c.id, revisions.c.article_id, revisions.c.content_sha256, revisions.c.warc_file,
            revisions.c.warc_offset,
        ).where(revisions.c.article_id.in_(list(keys)))
    ).all()  # fmt: skip
    for row in rows:
        slug, language = keys[row.article_id]
        revision, text_row = ids_of(language, slug, row.content_sha256)
        hashes = {"revision_sha256": revision, "row_sha256": text_row, "content_sha256": row.content_sha256}
        stone = stones[marked.hit(slug, language) or ""]
        connection.execute(unless_there(connection.dialect.name, removed), {**hashes, **stone._asdict()})
        swept.place(row.warc_file, row.warc_offset)
    ids = [row.id for row in rows]
    for part in parts_of(ids):
        _unsearch(connection, codec, part, sites, texts)
        for name in _OF_REVISIONS:
            table = schema.metadata.tables[name]
            connection.execute(delete(table).where(table.c.revision_id.in_(part)))
        connection.execute(delete(revisions).where(revisions.c.id.in_(part)))
    connection.execute(delete(articles).where(articles.c.id.in_(list(keys))))
    swept.texts += [f"{language}/{slug}" for slug, language in keys.values()]
    swept.revisions += len(ids)


def _unsearch(connection: Connection, codec: Codec, ids: Sequence[int], sites: set[str], texts: set[str]) -> None:
    """Take texts out of the full-text index, and note what their pages have in common with others."""
    waiting = set(connection.execute(select(unindexed.c.revision_id).where(unindexed.c.revision_id.in_(ids))).scalars())
    words: dict[int, list[str] | None] = dict.fromkeys(ids)
    for row in connection.execute(revision_columns().where(revisions.c.id.in_(ids))):
        try:
            article = to_revision(row, codec, lines=False).article
        except DamagedRecordError:
            continue
        words[row.id] = search.article_tokens(article)
        sites.add(boilerplate.site_of(article))
        texts.update(part for part in (article.title, article.lead, *article.paragraphs) if part)
        with suppress(DamagedRecordError):
            texts.update(line.text for line in to_revision(row, codec).article.stripped)
    for identifier, found in words.items():
        if identifier not in waiting:
            search.forget(connection, identifier, found)


def _rejects(connection: Connection, marked: Tombstones, names: Collection[str] | None, swept: Swept) -> None:
    query = select(rejects)
    if (narrow := _narrow(names, rejects.c.address, rejects.c.url, rejects.c.detail)) is not None:
        query = query.where(narrow)
    gone = []
    for row in connection.execute(query.execution_options(yield_per=5_000)):
        address = row.url or row.address.partition(":")[2]
        if marked.holds_rejected(Rejected(url=address, outcome="empty", detail=row.detail)):
            gone.append(row.id)
            swept.place(row.warc_file, row.warc_offset)
    for some in parts_of(gone):
        connection.execute(delete(rejects).where(rejects.c.id.in_(some)))
    swept.rejects = len(gone)


def _ledger(connection: Connection, marked: Tombstones, names: Collection[str] | None, swept: Swept) -> None:
    table = schema.ledger
    query = select(table.c.id, table.c.slug, table.c.language, table.c.url, table.c.detail)
    if (narrow := _narrow(names, table.c.slug, table.c.url, table.c.detail)) is not None:
        query = query.where(narrow)
    rows = connection.execute(query.execution_options(yield_per=5_000))
    for row in [row for row in rows if not row.slug.startswith(BY_MARK) and _leads_to(marked, row)]:
        ledger.bury_row(connection, row.id, marked.buried(row.slug, row.language), row.language)
        swept.addresses += 1


def _leads_to(marked: Tombstones, row: Any) -> bool:
    return marked.holds(row.slug, row.language) or marked.holds_address(row.url) or marked.are_in(row.detail)


def aliases(connection: Connection, marked: Tombstones, names: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """The keys of addresses that led to what is marked, and by which mark: from the details in the ledger."""
    table = schema.ledger
    query = select(table.c.slug, table.c.language, table.c.detail).where(table.c.detail.is_not(None))
    if (narrow := _narrow(names, table.c.detail)) is not None:
        query = query.where(narrow)
    for slug, language, detail in connection.execute(query).all():
        if not marked.holds(slug, language):
            for mark in sorted(marked.hits_in(detail)):
                yield slug, language, mark


def _captures(connection: Connection, marked: Tombstones, names: Collection[str] | None, swept: Swept) -> None:
    table = schema.captures
    query = select(table).where(table.c.slug.not_like(f"{BY_MARK}%"))
    if (narrow := _narrow(names, table.c.slug, table.c.url, table.c.detail)) is not None:
        query = query.where(narrow)
    rows = connection.execute(query.execution_options(yield_per=1_000)).mappings()
    for row in [dict(row) for row in rows if _shows(marked, row)]:
        values = captures.buried(row, marked, found=True)
        there = select(table.c.id).where(table.c.name == values["name"], table.c.id != row["id"])
        if connection.execute(there).first() is not None:
            connection.execute(delete(table).where(table.c.id == row["id"]))
        else:
            connection.execute(update(table).where(table.c.id == row["id"]).values(**{**values, "holder": None}))
        swept.captures += 1


def _shows(marked: Tombstones, row: Any) -> bool:
    return marked.holds(row["slug"], row["language"]) or marked.holds_address(row["url"])


def _notes(connection: Connection, marked: Tombstones) -> None:
    """Options and accounts of runs, and what is noted of parts of indexes, lose the words that name it."""
    runs, listings = schema.runs, schema.listings
    for row in connection.execute(select(runs.c.id, runs.c.options, runs.c.summary)).all():
        values = {"options": marked.without(row.options), "summary": marked.without(row.summary)}
        if (row.options, row.summary) != (values["options"], values["summary"]):
            connection.execute(update(runs).where(runs.c.id == row.id).values(**values))
    for row in connection.execute(select(listings)).all():
        if marked.are_in(row.name):
            connection.execute(delete(listings).where(listings.c.name == row.name))
        elif (found := marked.without(row.found)) != row.found:
            connection.execute(update(listings).where(listings.c.name == row.name).values(found=found))


def lift(connection: Connection, lifted: Collection[str]) -> int:
    """Forget the tombstones of articles, their texts in the list of what was removed, and that their addresses are
    done: they are new when they are listed again. How many tombstones it were.
    """
    table, number = schema.tombstones, 0
    for some in parts_of(sorted(lifted)):
        marks = list(connection.execute(select(table.c.mark).where(table.c.article.in_(some))).scalars())
        number += len(marks)
        for part in parts_of(marks):
            for rows in (schema.ledger, schema.captures):
                connection.execute(delete(rows).where(rows.c.slug.in_([BY_MARK + mark for mark in part])))
            connection.execute(delete(table).where(table.c.mark.in_(part)))
        connection.execute(delete(removed).where(removed.c.article.in_(some)))
    return number


# ---- the journal


def journal(connection: Connection) -> dict[str, Any] | None:
    """What of a removal is still to be done: the folder of the `archive`, `places` in it, files that `moved`,
    whether all of it was `cut` that can be read, and whether the database is `erased`. None: nothing."""
    value = noted(connection, JOURNAL)
    return None if value is None else dict(json.loads(value))


def begin(connection: Connection, swept: Swept, archive: str | None) -> None:
    """Note what is to be done outside the tables, with what is noted there already."""
    before = journal(connection) or {}
    places = {file: set(offsets) for file, offsets in before.get("places", {}).items()}
    for file, offsets in swept.places.items():
        places.setdefault(file, set()).update(offsets)
    keep(
        connection,
        {
            "archive": archive or before.get("archive"),
            "places": {file: sorted(offsets) for file, offsets in sorted(places.items())},
            "moved": before.get("moved", []),
            "cut": False,
            "erased": False,
        },
    )


def keep(connection: Connection, left: Mapping[str, Any] | None) -> None:
    """Write the journal; None: all is done."""
    note(connection, JOURNAL, None if left is None else json.dumps(left))


# ---- how


def _narrow(names: Collection[str] | None, *columns: Any) -> Any:
    """The condition that a column holds one of the names in some spelling; None where all rows have to be looked at.

    SQLite's `lower` knows ASCII alone, a letter with marks has several forms, and a key may say more than an address.
    """
    if names is None or len(names) > _MOST_NAMES or not all(map(_PLAIN_NAME.match, names)):
        return None
    spelled = sorted({word for name in names for word in (name.lower(), quote(name).lower())})
    return or_(*(func.lower(column).contains(word, autoescape=True) for column in columns for word in spelled))


def add_marks(connection: Connection, stones: Mapping[str, Tombstone]) -> None:
    """Make tombstones, by their marks."""
    rows = [{"mark": mark, **stone._asdict()} for mark, stone in sorted(stones.items())]
    for some in parts_of(rows):
        connection.execute(unless_there(connection.dialect.name, schema.tombstones), list(some))


def standing(connection: Connection) -> dict[str, Tombstone]:
    """All tombstones, by their marks."""
    rows = connection.execute(select(schema.tombstones))
    return {row.mark: Tombstone(row.article, row.removed_at, row.reason) for row in rows}


def add_texts(connection: Connection, texts: Sequence[Mapping[str, str]]) -> None:
    """Make rows of `removed` as the file of tombstones has them."""
    for some in parts_of(texts):
        connection.execute(unless_there(connection.dialect.name, removed), [dict(row) for row in some])
