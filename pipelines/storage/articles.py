"""Articles and their revisions: what a sighting changes, and how they are read back.

Which revision of an article is current depends only on what was seen, never on the order of adding: the one that was
seen last; of several, the one of the newest extractor; of those, the one with the highest hash. One exception: a
response that is extracted again (same place in the archive) takes over from its earlier extraction.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from pipelines.models import Article, Rejected
from pipelines.rights import Rights
from pipelines.site import normalise_url
from pipelines.storage.boilerplate import Packer
from pipelines.storage.compiled import Prepared
from pipelines.storage.keys import reject_key, storable
from pipelines.storage.reading import is_current
from pipelines.storage.records import PackedArticle, pack
from pipelines.storage.rights_rows import Known
from pipelines.storage.schema import articles, records, rejects, revisions
from pipelines.storage.schema import rights as rights_table
from pipelines.storage.search import Pending
from pipelines.storage.values import Added, Validators, WarcLocation
from pipelines.times import day_and_instant, instant
from pipelines.unicode.words import count_words

_current = revisions.alias("current")
_seen = revisions.alias("seen")

_FIND = Prepared(
    select(
        articles.c.id,
        articles.c.content_sha256.label("current_sha256"),
        articles.c.gone_at,
        articles.c.http_url,
        articles.c.http_etag,
        articles.c.http_last_modified,
        articles.c.http_status,
        _current.c.last_seen.label("current_last_seen"),
        _current.c.extractor_version.label("current_version"),
        _current.c.warc_file.label("current_warc_file"),
        _current.c.warc_offset.label("current_warc_offset"),
        _seen.c.id.label("revision_id"),
        _seen.c.record_hash,
        _seen.c.first_seen,
        _seen.c.last_seen,
        _seen.c.url,
        _seen.c.capture,
        _seen.c.rights_id,
        _seen.c.extractor_version,
        _seen.c.warc_file,
        _seen.c.warc_offset,
    )
    .select_from(articles)
    .join(_current, (_current.c.article_id == articles.c.id) & (_current.c.content_sha256 == articles.c.content_sha256))
    .outerjoin(_seen, (_seen.c.article_id == articles.c.id) & (_seen.c.content_sha256 == bindparam("sha256")))
    .where(articles.c.slug == bindparam("slug"), articles.c.language == bindparam("language"))
)
# Two writers of one article take turns. The lock is a statement of its own: in one with `_FIND`, PostgreSQL would wait
# and then show the revisions as they were before the wait. SQLite has one writer anyway.
_LOCK = Prepared(
    select(articles.c.id)
    .where(articles.c.slug == bindparam("slug"), articles.c.language == bindparam("language"))
    .with_for_update()
)
_NEW_REVISION = Prepared(
    revisions.insert().returning(revisions.c.id), tuple(c.name for c in revisions.c if c.name != "id")
)
_NEW_RECORD = Prepared(records.insert(), ("revision_id", "record", "stripped", "boilerplate_id"))
_SEEN_AGAIN = Prepared(
    update(revisions)
    .where(revisions.c.id == bindparam("revision"))
    .values(
        last_seen=bindparam("new_last_seen"),
        url=bindparam("new_url"),
        host=bindparam("new_host"),
        fetched_at=bindparam("new_fetched_at"),
        capture=bindparam("new_capture"),
        rights_id=bindparam("new_rights_id"),
    )
)
_NEW_WARC = (
    update(revisions)
    .where(revisions.c.id == bindparam("revision"))
    .values(warc_file=bindparam("file"), warc_offset=bindparam("offset"), warc_length=bindparam("length"))
)
_SEEN_EARLIER = (
    update(revisions).where(revisions.c.id == bindparam("revision")).values(first_seen=bindparam("new_first_seen"))
)
_NEW_VALIDATORS = (
    update(articles)
    .where(articles.c.id == bindparam("article"))
    .values(
        http_url=bindparam("new_url"),
        http_etag=bindparam("etag"),
        http_last_modified=bindparam("last_modified"),
        http_status=bindparam("status"),
    )
)
_SWITCH = update(articles).where(articles.c.id == bindparam("article")).values(content_sha256=bindparam("new_sha256"))
_NO_LONGER_GONE = update(articles).where(articles.c.id == bindparam("article")).values(gone_at=None)

_HTTP_COLUMNS = ("http_url", "http_etag", "http_last_modified", "http_status")
_NEW_ARTICLE = {
    name: Prepared(
        dialect.insert(articles).on_conflict_do_nothing().returning(articles.c.id),
        ("slug", "language", "content_sha256", *_HTTP_COLUMNS),
    )
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


def add_article(
    connection: Connection,
    packer: Packer,
    pending: Pending,
    article: Article,
    *,
    key: tuple[str, str],
    seen_at: str,
    run_id: int | None,
    http: Validators | None,
    warc: WarcLocation | None,
) -> Added:
    """Store one sighting of an article under its key."""
    packed = pack(article)
    slug, language = key
    parameters = {"slug": slug, "language": language, "sha256": packed.content_sha256}
    found = _find(connection, parameters)
    if found is None:
        created = _NEW_ARTICLE[connection.dialect.name].first(
            connection,
            {
                "slug": slug,
                "language": language,
                "content_sha256": packed.content_sha256,
                **_http_columns(article, http),
            },
        )
        if created is not None:
            _add_revision(connection, packer, pending, article, key, packed, created.id, seen_at, run_id, warc)
            return "new"
        # Another writer committed it between the query and the insert: it is there now.
        found = _find(connection, parameters)
    if found.revision_id is None:
        _add_revision(connection, packer, pending, article, key, packed, found.id, seen_at, run_id, warc)
        added: Added = "revision"
        last_seen = seen_at
    else:
        added = "unchanged"
        last_seen = max(found.last_seen, seen_at)
        _see_again(connection, packer, pending, article, key, packed, found, seen_at, warc)
    if packed.content_sha256 != found.current_sha256 and _takes_over(
        found, (last_seen, article.extractor_version, packed.content_sha256), warc
    ):
        connection.execute(_SWITCH, {"article": found.id, "new_sha256": packed.content_sha256})
        added = "revision"
    if seen_at >= found.current_last_seen:
        _remember_http(connection, article, found, http)
    if found.gone_at is not None and seen_at > found.gone_at:
        connection.execute(_NO_LONGER_GONE, {"article": found.id})
    return added


def _find(connection: Connection, parameters: dict[str, str]) -> Any:
    if connection.dialect.name == "postgresql":
        _LOCK.first(connection, parameters)
    return _FIND.first(connection, parameters)


def _add_revision(
    connection: Connection,
    packer: Packer,
    pending: Pending,
    article: Article,
    key: tuple[str, str],
    packed: PackedArticle,
    article_id: int,
    seen_at: str,
    run_id: int | None,
    warc: WarcLocation | None,
) -> None:
    revision_id = _NEW_REVISION.first(
        connection,
        {
            "article_id": article_id,
            "first_seen": seen_at,
            "last_seen": seen_at,
            "run_id": run_id,
            **_sighting(article),
            "rights_id": packer.rights.number(connection, article.rights),
            **_from_record(article, packed),
            **_warc_columns(warc),
        },
    ).id
    _NEW_RECORD.run(connection, {"revision_id": revision_id, **packer.columns(connection, article, packed)})
    pending.add(connection, revision_id, key[0], article)


def _see_again(
    connection: Connection,
    packer: Packer,
    pending: Pending,
    article: Article,
    key: tuple[str, str],
    packed: PackedArticle,
    found: Any,
    seen_at: str,
    warc: WarcLocation | None,
) -> None:
    if seen_at < found.first_seen:
        connection.execute(_SEEN_EARLIER, {"revision": found.revision_id, "new_first_seen": seen_at})
    if seen_at < found.last_seen:
        return
    extracted_again = warc is not None and (warc.file, warc.offset) == (found.warc_file, found.warc_offset)
    if packed.record_hash != found.record_hash:
        known = (found.last_seen, version_order(found.extractor_version), found.record_hash)
        new = (seen_at, version_order(article.extractor_version), packed.record_hash)
        if new > known or (extracted_again and new[:2] >= known[:2]):
            # The same text with other metadata (a corrected date, a better extractor): the newer record is kept.
            connection.execute(
                update(revisions).where(revisions.c.id == found.revision_id).values(**_from_record(article, packed))
            )
            connection.execute(
                update(records)
                .where(records.c.revision_id == found.revision_id)
                .values(**packer.columns(connection, article, packed))
            )
            pending.renew_claims(found.revision_id, key[0], article)
    # Of two responses of the same time, the one with the higher place stays, whichever comes first.
    known_place = (found.warc_file or "", found.warc_offset or 0)
    if warc is not None and not extracted_again and (seen_at > found.last_seen or tuple(warc)[:2] > known_place):
        connection.execute(
            _NEW_WARC,
            {"revision": found.revision_id, "file": warc.file, "offset": warc.offset, "length": warc.length},
        )
    rights_id = packer.rights.number(connection, article.rights)
    if extracted_again and found.rights_id is not None:
        rights_id = found.rights_id  # what the site's files said then is not in the response
    latest = (seen_at, article.url or "", article.capture or "", rights_id or 0)
    if latest > (found.last_seen, found.url or "", found.capture or "", found.rights_id or 0):
        sighting = {f"new_{name}": value for name, value in _sighting(article).items()}
        seen = {"revision": found.revision_id, "new_last_seen": seen_at, "new_rights_id": rights_id}
        _SEEN_AGAIN.run(connection, {**seen, **sighting})


def _takes_over(found: Any, rank: tuple[str, str, str], warc: WarcLocation | None) -> bool:
    last_seen, version, sha256 = rank
    current = (found.current_last_seen, version_order(found.current_version), found.current_sha256)
    mine = (last_seen, version_order(version), sha256)
    extracted_again = warc is not None and (warc.file, warc.offset) == (
        found.current_warc_file,
        found.current_warc_offset,
    )
    return mine > current or (extracted_again and mine[:2] >= current[:2])


def version_order(version: str) -> tuple[tuple[int, int, str], ...]:
    """A key that orders versions as people do.

    >>> version_order("1.9") < version_order("1.10")
    True
    """
    parts = re.findall(r"\d+|[^\d.]+", version)
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts)


def _sighting(article: Article) -> dict[str, Any]:
    return {
        "url": storable(article.url),
        "host": storable(article.host),
        "fetched_at": storable(article.fetched_at),
        "capture": storable(article.capture),
    }


def _from_record(article: Article, packed: PackedArticle) -> dict[str, Any]:
    day, moment = day_and_instant(article.published)
    if day is not None and moment is None:
        moment = instant(f"{day}T00:00:00+07:00")
    return {
        "content_sha256": packed.content_sha256,
        "record_hash": packed.record_hash,
        "found_language": storable(article.language),
        "found_script": storable(article.language_script),
        "agrees": article.language_agrees,
        "publisher": storable(article.publisher),
        "published": day,
        "published_at": moment,
        "words": count_words(article.text),
        "extractor_version": storable(article.extractor_version),
    }


def _warc_columns(warc: WarcLocation | None) -> dict[str, Any]:
    file, offset, length = warc or (None, None, None)
    return {"warc_file": file, "warc_offset": offset, "warc_length": length}


def _http_columns(article: Article, http: Validators | None) -> dict[str, Any]:
    if http is None:
        return {"http_url": None, "http_etag": None, "http_last_modified": None, "http_status": None}
    return {
        "http_url": _plain(article.url),
        "http_etag": storable(http.etag),
        "http_last_modified": storable(http.last_modified),
        "http_status": http.status,
    }


def _remember_http(connection: Connection, article: Article, found: Any, http: Validators | None) -> None:
    if http is None:
        return
    columns = _http_columns(article, http)
    if all(getattr(found, name) == value for name, value in columns.items()):
        return
    connection.execute(
        _NEW_VALIDATORS,
        {
            "article": found.id,
            "new_url": columns["http_url"],
            "etag": columns["http_etag"],
            "last_modified": columns["http_last_modified"],
            "status": columns["http_status"],
        },
    )


def _plain(url: str | None) -> str | None:
    try:
        return None if url is None else storable(normalise_url(url))
    except ValueError:
        return None


_UPSERT_REJECT = {name: dialect.insert(rejects) for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))}
for _name, _statement in _UPSERT_REJECT.items():
    _excluded = _statement.excluded
    _UPSERT_REJECT[_name] = _statement.on_conflict_do_update(
        index_elements=["address", "outcome"],
        set_={
            "url": _excluded.url,
            "detail": _excluded.detail,
            "last_seen": _excluded.last_seen,
            "warc_file": _excluded.warc_file,
            "warc_offset": _excluded.warc_offset,
            "warc_length": _excluded.warc_length,
        },
        where=rejects.c.last_seen <= _excluded.last_seen,
    )
_REJECTED_EARLIER = (
    update(rejects)
    .where(
        rejects.c.address == bindparam("the_address"),
        rejects.c.outcome == bindparam("the_outcome"),
        rejects.c.first_seen > bindparam("seen_at"),
    )
    .values(first_seen=bindparam("seen_at"))
)


def add_reject(
    connection: Connection, rejected: Rejected, *, seen_at: str, run_id: int | None, warc: WarcLocation | None
) -> None:
    """Record a rejection: one row for each address and reason, with its first and last time."""
    address = reject_key(rejected)
    connection.execute(
        _UPSERT_REJECT[connection.dialect.name],
        {
            "address": address,
            "outcome": rejected.outcome,
            "url": storable(rejected.url),
            "detail": storable(rejected.detail),
            "first_seen": seen_at,
            "last_seen": seen_at,
            "run_id": run_id,
            **_warc_columns(warc),
        },
    )
    connection.execute(_REJECTED_EARLIER, {"the_address": address, "the_outcome": rejected.outcome, "seen_at": seen_at})


def touch(
    connection: Connection,
    slug: str,
    language: str,
    *,
    seen_at: str,
    http: Validators | None,
    known: Known,
    rights: Rights | None,
) -> bool:
    """Move the current revision's last sighting to `seen_at`; False where there is no article.

    `rights` are those of that sighting, `known` what the store has of them.
    """
    row = connection.execute(
        select(articles.c.id, articles.c.content_sha256, articles.c.gone_at)
        .where(articles.c.slug == slug, articles.c.language == language)
        .with_for_update()
    ).first()
    if row is None:
        return False
    if rights is not None:
        _update_rights(connection, row.id, row.content_sha256, seen_at, known, rights)
    connection.execute(
        update(revisions)
        .where(
            revisions.c.article_id == row.id,
            revisions.c.content_sha256 == row.content_sha256,
            revisions.c.last_seen < seen_at,
        )
        .values(last_seen=seen_at)
    )
    changed: dict[str, Any] = {}
    if row.gone_at is not None and seen_at > row.gone_at:
        changed["gone_at"] = None
    if http is not None and http.etag:  # a 304 may bring new validators, and may leave them out
        changed["http_etag"] = storable(http.etag)
    if http is not None and http.last_modified:
        changed["http_last_modified"] = storable(http.last_modified)
    if changed:
        connection.execute(update(articles).where(articles.c.id == row.id).values(**changed))
    return True


def _update_rights(
    connection: Connection, article: int, content_sha256: str, seen_at: str, known: Known, later: Rights
) -> None:
    """Keep the rights of a 304 for the current text, if it is later than all sightings that are known."""
    current = connection.execute(
        select(revisions.c.id, revisions.c.last_seen, rights_table.c.signals)
        .outerjoin(rights_table, rights_table.c.id == revisions.c.rights_id)
        .where(revisions.c.article_id == article, revisions.c.content_sha256 == content_sha256)
    ).first()
    if current is None or current.last_seen >= seen_at:
        return
    before = Rights()
    if current.signals is not None:
        with suppress(ValueError):  # damaged: `check` reports it
            before = Rights.from_json(current.signals)
    number = known.number(connection, before.again(later))
    connection.execute(update(revisions).where(revisions.c.id == current.id).values(rights_id=number))


def mark_gone(connection: Connection, slug: str, language: str, *, gone_at: str) -> bool:
    """Mark an article as gone from the site since `gone_at`, unless it was seen later than that."""
    _LOCK.first(connection, {"slug": slug, "language": language})
    row = connection.execute(
        select(articles.c.id, articles.c.gone_at, revisions.c.last_seen)
        .join(revisions, is_current())
        .where(articles.c.slug == slug, articles.c.language == language)
    ).first()
    if row is None or row.last_seen > gone_at:
        return False
    if row.gone_at is None or gone_at < row.gone_at:
        connection.execute(update(articles).where(articles.c.id == row.id).values(gone_at=gone_at))
    return True


def validators(connection: Connection, slug: str, language: str, *, url: str) -> Validators | None:
    """The validators of the text that was fetched from `url`; None if it was fetched from elsewhere."""
    row = connection.execute(
        select(articles.c.http_etag, articles.c.http_last_modified, articles.c.http_status).where(
            articles.c.slug == slug, articles.c.language == language, articles.c.http_url == _plain(url)
        )
    ).first()
    return None if row is None else Validators(row.http_etag, row.http_last_modified, row.http_status)
