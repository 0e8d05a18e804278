"""Where the responses lie from which texts were made; what to do when such a file is lost."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, collate, null, select, tuple_, union_all, update

from pipelines.models import Rejected
from pipelines.storage.keys import address_key, reject_key
from pipelines.storage.schema import articles, ledger, rejects, revisions

_NOWHERE: dict[str, Any] = {"warc_file": None, "warc_offset": None, "warc_length": None}


def forget(connection: Connection, files: Sequence[str], *, now: str) -> int:
    """See `Store.forget_archive`. The pages are to be asked without conditions, so that they are archived anew."""
    lost = (
        select(articles.c.id, articles.c.slug, articles.c.language)
        .join(revisions, revisions.c.article_id == articles.c.id)
        .where(revisions.c.warc_file.in_(files))
        .distinct()
    )
    found = connection.execute(lost).all()
    for table in (revisions, rejects):
        connection.execute(update(table).where(table.c.warc_file.in_(files)).values(**_NOWHERE))
    for at in range(0, len(found), 500):
        some = found[at : at + 500]
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
class Place:
    """Where a response lies of which a text was made, or which was rejected; `named` is how messages call its row."""

    file: str
    offset: int
    length: int
    named: str
    url: str | None
    key: tuple[str, str | None]
    hosts: Collection[str]

    def is_of(self, url: str) -> bool:
        """Whether a response from this address may be the row's."""
        slug, language = self.key
        if self.url in (None, url):
            return True
        if language is None:
            return slug == reject_key(Rejected(url=url, outcome="parse_failed", detail=""))
        return self.key == address_key(url, hosts=self.hosts)


def places(connection: Connection, hosts: Collection[str]) -> Iterator[Place]:
    """See `Store.archive_places`."""
    texts = (
        select(
            revisions.c.warc_file, revisions.c.warc_offset, revisions.c.warc_length, revisions.c.url,
            articles.c.slug, articles.c.language,
        )
        .join(articles, articles.c.id == revisions.c.article_id)
        .where(revisions.c.warc_file.is_not(None))
    )  # fmt: skip
    no_texts = select(
        rejects.c.warc_file, rejects.c.warc_offset, rejects.c.warc_length, rejects.c.url, rejects.c.address, null()
    ).where(rejects.c.warc_file.is_not(None))
    every = union_all(texts, no_texts).subquery()
    file, offset, *_ = every.c
    ordered: Any = file if connection.dialect.name == "sqlite" else collate(file, "C")
    rows = connection.execution_options(yield_per=1000).execute(
        select(every).order_by(ordered, offset, every.c.slug, every.c.language)
    )
    for name, start, length, url, slug, language in rows:
        yield Place(
            file=str(name),
            offset=int(start or 0),
            length=int(length or 0),
            named=f"{language}/{slug}" if language else f"the reject {slug}",
            url=url,
            key=(slug, language),
            hosts=hosts,
        )
