"""Where in the archive the responses lie that texts were made from, and what happens when such a file is lost."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, collate, false, func, null, select, tuple_, union_all, update

from pipelines.models import Rejected
from pipelines.storage.keys import address_key, reject_key
from pipelines.storage.schema import articles, ledger, rejects, revisions
from pipelines.storage.sets import parts_of

_NOWHERE: dict[str, Any] = {"warc_file": None, "warc_offset": None, "warc_length": None}


def forget(connection: Connection, files: Sequence[str], *, now: str) -> int:
    """Let nothing point into lost archive files, and their pages be fetched again, without conditions; how many."""
    lost = (
        select(articles.c.id, articles.c.slug, articles.c.language)
        .join(revisions, revisions.c.article_id == articles.c.id)
        .where(revisions.c.warc_file.in_(files))
        .distinct()
    )
    found = connection.execute(lost).all()
    for table in (revisions, rejects):
        connection.execute(update(table).where(table.c.warc_file.in_(files)).values(**_NOWHERE))
    for some in parts_of(found, 500):
        connection.execute(
            update(articles)
            .where(articles.c.id.in_([row.id for row in some]))
            .values(http_url=None, http_etag=None, http_last_modified=None)
        )
        keys = tuple_(ledger.c.slug, ledger.c.language).in_([(row.slug, row.language) for row in some])
        connection.execute(
            update(ledger)
            .where(and_(keys, ledger.c.state == "done"))
            .values(state="pending", outcome=None, detail=None, attempt=0, holder=None, due_at=None, changed_at=now)
        )
    return len(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsePlace:
    """Where the response of a text or of a reject lies. `named` is the row's name in messages.

    `is_current`: the text is the current one of its article.
    """

    file: str
    offset: int
    length: int
    named: str
    url: str | None
    key: tuple[str, str | None]
    hosts: Collection[str]
    is_current: bool

    def is_of(self, url: str) -> bool:
        """Whether a response from this address may be the row's."""
        slug, language = self.key
        if self.url in (None, url):
            return True
        if language is None:
            return slug == reject_key(Rejected(url=url, outcome="parse_failed", detail=""))
        return self.key == address_key(url, hosts=self.hosts)


def places(connection: Connection, hosts: Collection[str]) -> Iterator[ResponsePlace]:
    """Where responses lie, by the bytes of the file name, then the offset: of texts and of rejects."""
    texts = (
        select(
            revisions.c.warc_file, revisions.c.warc_offset, revisions.c.warc_length, revisions.c.url,
            articles.c.slug, articles.c.language,
            (revisions.c.content_sha256 == articles.c.content_sha256).label("is_current"),
        )
        .join(articles, articles.c.id == revisions.c.article_id)
        .where(revisions.c.warc_file.is_not(None))
    )  # fmt: skip
    no_texts = select(
        rejects.c.warc_file,
        rejects.c.warc_offset,
        rejects.c.warc_length,
        rejects.c.url,
        rejects.c.address,
        null(),
        false(),
    ).where(rejects.c.warc_file.is_not(None))
    every = union_all(texts, no_texts).subquery()
    file, offset, *_ = every.c
    ordered: Any = file if connection.dialect.name == "sqlite" else collate(file, "C")
    rows = connection.execution_options(yield_per=1000).execute(
        select(every).order_by(ordered, offset, every.c.slug, every.c.language)
    )
    for name, start, length, url, slug, language, is_current in rows:
        yield ResponsePlace(
            file=str(name),
            offset=int(start or 0),
            length=int(length or 0),
            named=f"{language}/{slug}" if language else f"the reject {slug}",
            url=url,
            key=(slug, language),
            hosts=hosts,
            is_current=bool(is_current),
        )


def counts(connection: Connection) -> dict[str, int]:
    """How many rows point into each file of the archive."""
    found: dict[str, int] = {}
    for table in (revisions, rejects):
        query = select(table.c.warc_file, func.count()).where(table.c.warc_file.is_not(None))
        for name, number in connection.execute(query.group_by(table.c.warc_file)):
            found[str(name)] = found.get(str(name), 0) + int(number)
    return found


def move(connection: Connection, file: str, *, to: str, offsets: Mapping[int, int]) -> None:
    """Let rows that point into `file` point into `to`, at their new offsets; a row without one points nowhere."""
    for table in (revisions, rejects):
        query = select(table.c.id, table.c.warc_offset).where(table.c.warc_file == file)
        moved = [
            {"the_id": identifier, "new": offsets[offset]}
            for identifier, offset in connection.execute(query)
            if offset in offsets
        ]
        if moved:
            values: dict[str, Any] = {"warc_file": to, "warc_offset": bindparam("new")}
            connection.execute(update(table).where(table.c.id == bindparam("the_id")).values(**values), moved)
        connection.execute(update(table).where(table.c.warc_file == file).values(**_NOWHERE))
