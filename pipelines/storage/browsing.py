"""Pages of a selection, for people: bounded in what each looks through, so that a store of millions answers at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Select, Table, exists, func, select

from pipelines.languages import is_in
from pipelines.storage import Revision, Selection, Store
from pipelines.storage.keys import BY_URL, address_key
from pipelines.storage.schema import articles, ledger, rejects, revisions
from pipelines.storage.selecting import hits, narrowed, newest_first

_SIZE = 20  # texts of a page
_IN_ORDER = 5_000  # texts that are put in the order of their publication for one page
_LOOKED_THROUGH = 250_000  # revisions of the store for one page
_COUNTED = 1_000
_REFUSED = 2_000  # addresses that are looked at for one page, where their language is asked for
_SMALL = 20_000  # revisions
_MEASURED = 20_000  # revisions that are looked at for lacking measures
LARGEST_SAMPLE = _IN_ORDER


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionPage:
    """A page of a selection.

    `order` is by publication, the newest first, where few texts are found; else by when texts were stored, the last
    first, since many would take too long to sort. `counted` is how many the selection has, or, with `more`, at least
    has. `looked_through` is set where only so many of the last stored revisions were looked at. `offset` counts texts
    of earlier pages. `following` is the `before` of the next page (0 in the order of publication, which needs `offset`
    alone), None on the last page.
    """

    texts: tuple[Revision, ...]
    order: Literal["published", "stored"]
    counted: int
    more: bool
    offset: int
    following: int | None
    looked_through: int | None = None


def page(store: Store, selection: Selection, *, offset: int = 0, before: int | None = None) -> SelectionPage:
    """The page behind `offset` texts: of those stored before the revision `before`, where the last page said so.

    Raises `UsageError` for a query that is too long.
    """
    with store.snapshot():
        if selection.sample is not None or _is_rare(store, selection.search):
            return _by_publication(store, selection, offset)
        return _as_stored(store, selection, offset, before)


def _is_rare(store: Store, search: str | None) -> bool:
    return search is not None and store.read(lambda connection: hits(connection, search, _IN_ORDER)) < _IN_ORDER


def _by_publication(store: Store, selection: Selection, offset: int) -> SelectionPage:
    ids = store.read(lambda c: [int(row[0]) for row in c.execute(newest_first(c, selection))])
    texts = _texts(store, ids[offset : offset + _SIZE])
    following = 0 if offset + _SIZE < len(ids) else None
    return SelectionPage(
        texts=texts, order="published", counted=len(ids), more=False, offset=offset, following=following
    )


def _as_stored(store: Store, selection: Selection, offset: int, before: int | None) -> SelectionPage:
    last = store.read(lambda c: int(c.execute(select(func.max(revisions.c.id))).scalar() or 0))
    top = last + 1 if before is None else min(before, last + 1)
    low = max(0, top - _LOOKED_THROUGH)

    def found(connection: Connection) -> list[int]:
        query = narrowed(connection, select(revisions.c.id), selection, within=(low, top))
        return list(connection.execute(query.order_by(revisions.c.id.desc()).limit(_SIZE + 1)).scalars())

    def counted(connection: Connection) -> int:
        if selection == Selection():
            return int(connection.execute(select(func.count()).select_from(articles)).scalar_one())
        within = (max(0, last + 1 - _LOOKED_THROUGH), last + 1)
        some = narrowed(connection, select(revisions.c.id), selection, within=within).limit(_COUNTED + 1)
        return int(connection.execute(select(func.count()).select_from(some.subquery())).scalar_one())

    ids, number = store.read(found), store.read(counted)
    if len(ids) > _SIZE:
        following: int | None = ids[_SIZE - 1]
    else:
        following = low if low else None
    partly = selection != Selection() and last >= _LOOKED_THROUGH
    return SelectionPage(
        texts=_texts(store, ids[:_SIZE]),
        order="stored",
        counted=min(number, _COUNTED) if selection != Selection() else number,
        more=selection != Selection() and (number > _COUNTED or partly),
        offset=offset,
        following=following,
        looked_through=_LOOKED_THROUGH if len(ids) <= _SIZE and low else None,
    )


def _texts(store: Store, ids: list[int]) -> tuple[Revision, ...]:
    found = store.texts(lambda _: select(revisions.c.id).where(revisions.c.id.in_(ids)))
    place = {identifier: number for number, identifier in enumerate(ids)}
    return tuple(sorted(found, key=lambda stored: place[stored.revision_id]))


def is_small(store: Store) -> bool:
    """Whether a page may ask what looks at every article of the store."""
    return store.read(lambda c: int(c.execute(select(func.max(revisions.c.id))).scalar() or 0)) <= _SMALL


def unmeasured(store: Store) -> int:
    """How many of the texts that were stored last are not measured: conditions on measures do not find them."""
    from pipelines.storage import measures  # with it comes what measures

    def lacking(connection: Connection) -> int:
        last = int(connection.execute(select(func.max(revisions.c.id))).scalar() or 0)
        return measures.unmeasured(connection, since=last - _MEASURED + 1)

    return store.read(lacking)


class Refused(NamedTuple):
    """What became no article: a page, or with `page` false an address of which the crawl got none.

    Times are UTC, ISO 8601; of an address without a page only the last one is known.
    """

    id: int
    address: str
    url: str | None
    outcome: str
    detail: str
    first_seen: str
    last_seen: str
    page: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedSelection:
    """Which of what became no article are wanted: languages of the addresses, and days when it was seen last."""

    outcome: str | None = None
    languages: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None


def refused(store: Store, wanted: RefusedSelection, *, before: int | None = None) -> tuple[list[Refused], int | None]:
    """Pages that were no articles, the last recorded first, and the `before` of the next page of them."""
    columns = ("id", "address", "url", "outcome", "detail", "first_seen", "last_seen")
    query = select(*(rejects.c[name] for name in columns))
    return _some(store, _in_period(query, rejects, rejects.c.last_seen, wanted), rejects, wanted, before)


def unanswered(
    store: Store, wanted: RefusedSelection, *, before: int | None = None
) -> tuple[list[Refused], int | None]:
    """Addresses of the crawl that failed without a page, and so are not in `refused`; given in the same way."""
    recorded = exists(rejects.c.id).where(
        rejects.c.address == BY_URL + ledger.c.url, rejects.c.outcome == ledger.c.outcome
    )
    changed_at = ledger.c.changed_at
    query = select(
        ledger.c.id,
        ledger.c.url,
        ledger.c.url,
        ledger.c.outcome,
        func.coalesce(ledger.c.detail, ""),
        changed_at,
        changed_at,
    )
    query = query.where(ledger.c.state == "failed", ledger.c.outcome.is_not(None), ~recorded.correlate(ledger))
    found, following = _some(store, _in_period(query, ledger, changed_at, wanted), ledger, wanted, before)
    return [one._replace(page=False) for one in found], following


def _in_period(query: Select[Any], table: Table, time: Any, wanted: RefusedSelection) -> Select[Any]:
    if wanted.outcome is not None:
        query = query.where(table.c.outcome == wanted.outcome)
    if wanted.since is not None:
        query = query.where(time >= wanted.since)
    if wanted.until is not None:
        query = query.where(func.substr(time, 1, len(wanted.until)) <= wanted.until)
    return query


def _some(
    store: Store, query: Select[Any], table: Table, wanted: RefusedSelection, before: int | None
) -> tuple[list[Refused], int | None]:
    if before is not None:
        query = query.where(table.c.id < before)
    most = _REFUSED if wanted.languages else _SIZE
    query = query.order_by(table.c.id.desc()).limit(most + 1)
    rows = [Refused(*row) for row in store.read(lambda connection: list(connection.execute(query)))]
    found = [row for row in rows[:most] if _is_in(row, wanted.languages)]
    if len(found) > _SIZE:
        return found[:_SIZE], found[_SIZE - 1].id
    return found, rows[most - 1].id if len(rows) > most else None


def _is_in(row: Refused, languages: tuple[str, ...]) -> bool:
    """Whether an address is one of these languages (none: of any), which its address alone says."""
    key = address_key(row.url or row.address) if languages else None
    return not languages or (key is not None and is_in(key[1], languages))
