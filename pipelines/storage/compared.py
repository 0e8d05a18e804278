"""Measures of current texts beside the others of their article (`pipelines.translations.lens`), in the store.

They are made when they are first asked for. The values of a text hold for the versions of its article that were seen:
each row has the hash of these, by their keys and records, so that a version that is new or changed costs its own
article alone. Which slugs are one article is found each time, as `groups` finds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select

from pipelines.record import COMPARED
from pipelines.storage.reading import is_current, revision_columns
from pipelines.storage.records import Codec
from pipelines.storage.rows import Reader
from pipelines.storage.schema import articles, compared, revisions
from pipelines.storage.sets import parts_of
from pipelines.storage.values import Revision
from pipelines.storage.versions import links, version_of
from pipelines.translations.groups import Links, make_group
from pipelines.translations.lens import VERSION, lens
from pipelines.translations.lens import compared as compared_columns

if TYPE_CHECKING:
    from pipelines.storage.store import Store

_IDS_AT_ONCE = 500


class StaleGroup(NamedTuple):
    """An article whose current texts have to be compared: the ids of their revisions, and the hash of its versions."""

    revisions: tuple[int, ...]
    versions: bytes


def stale(connection: Connection) -> list[StaleGroup]:
    """The articles of which a text was not compared, or with other versions than it has now."""
    rows = connection.execute(
        select(articles.c.slug, articles.c.language, revisions.c.id, revisions.c.record_hash, compared.c.versions)
        .select_from(articles)
        .join(revisions, is_current())
        .outerjoin(compared, compared.c.revision_id == revisions.c.id)
        .order_by(articles.c.slug, articles.c.language)
    )
    found = []
    for members in _articles(rows, links(connection, Codec(), lambda row: None)):
        versions = _hash(members)
        if any(member.versions != versions for member in members):
            found.append(StaleGroup(tuple(member.id for member in members), versions))
    return found


def _articles(rows: Iterable[Any], joined: Links) -> Iterator[list[Any]]:
    """Rows in the order of their slugs by article; those of several slugs come at the end."""
    several: dict[str, list[Any]] = {}
    members: list[Any] = []
    for row in rows:
        slugs = joined.slugs_of(row.slug)
        if len(slugs) > 1:
            several.setdefault(slugs[0], []).append(row)
            continue
        if members and members[-1].slug != row.slug:
            yield members
            members = []
        members.append(row)
    if members:
        yield members
    yield from several.values()


def _hash(members: Sequence[Any]) -> bytes:
    hashed = blake2b(str(VERSION).encode(), digest_size=16)
    for member in members:
        record_hash = member.record_hash  # in a damaged file anything
        record = record_hash.hex() if isinstance(record_hash, bytes) else ""
        hashed.update(f"\n{member.slug}\n{member.language}\n{record}".encode("utf-8", "surrogatepass"))
    return hashed.digest()


def unmeasured(connection: Connection) -> int:
    """How many texts have to be compared."""
    return sum(len(group.revisions) for group in stale(connection))


def measure(store: Store, read: Reader, limit: int) -> Iterator[int]:
    """Compare the texts for which it is to be done, of whole articles, `limit` and more in a transaction; how many."""
    waiting: list[StaleGroup] = []
    for group in store.read(stale):
        waiting.append(group)
        if sum(len(group.revisions) for group in waiting) >= limit:
            yield store.write(partial(_measure, read=read, groups=waiting))
            waiting = []
    if waiting:
        yield store.write(partial(_measure, read=read, groups=waiting))


def _measure(connection: Connection, read: Reader, groups: Sequence[StaleGroup]) -> int:
    made = []
    for group in groups:
        rows: dict[int, Any] = {}
        for some in parts_of(group.revisions, _IDS_AT_ONCE):
            asked = revisions.c.id.in_(some)
            rows.update((row.id, row) for row in connection.execute(revision_columns(lines=False).where(asked)))
        texts = [stored for number in group.revisions if (stored := read(rows.get(number, number))) is not None]
        values = _values(texts)
        nothing = dict.fromkeys(COMPARED)
        made += [
            {"revision_id": number, "versions": group.versions, **values.get(number, nothing)}
            for number in group.revisions
        ]
    ids = [row["revision_id"] for row in made]
    for some in parts_of(ids, _IDS_AT_ONCE):
        connection.execute(delete(compared).where(compared.c.revision_id.in_(some)))
    connection.execute(insert(compared), made)
    return len(made)


def _values(texts: Sequence[Revision]) -> dict[int, dict[str, int | float | None]]:
    """What is measured of each text of an article, by its revision's id."""
    if not texts:
        return {}
    by_version = {(stored.slug, stored.language): stored for stored in texts}
    group = make_group([version_of(stored) for stored in texts])
    chosen = {code: by_version[version.slug, code] for code, version in group.versions.items()}
    seen = lens({code: stored.article.paragraphs for code, stored in chosen.items()})
    found = {chosen[code].revision_id: compared_columns(of, len(chosen)) for code, of in seen.items()}
    for version in group.duplicates:  # a second text of a language is seen in the place of the first one
        stored = by_version[version.slug, version.language]
        instead = {**chosen, stored.language: stored}
        seen = lens({code: text.article.paragraphs for code, text in instead.items()})
        found[stored.revision_id] = compared_columns(seen[stored.language], len(chosen))
    return found


def values(connection: Connection, ids: Sequence[int]) -> Mapping[int, Mapping[str, int | float | None]]:
    """The stored measures of these revisions, also where an article has changed since."""
    if not ids:
        return {}
    rows = connection.execute(select(compared).where(compared.c.revision_id.in_(ids)))
    return {row.revision_id: {name: getattr(row, name) for name in COMPARED} for row in rows}
