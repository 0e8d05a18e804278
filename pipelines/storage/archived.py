"""Where the responses lie from which texts were made, when such a file is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, select, tuple_, update

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
