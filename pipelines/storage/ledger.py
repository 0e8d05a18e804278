"""The state of every address: the frontier of a crawl, and its account afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Table,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from pipelines.site import normalise_url
from pipelines.storage.compiled import Prepared
from pipelines.storage.keys import BY_MARK, address_key, bounded, storable
from pipelines.storage.schema import articles, ledger, tombstones
from pipelines.storage.statements import unless_there
from pipelines.storage.tombstones import Tombstones, change
from pipelines.storage.values import Lease, LedgerCount, LedgerRow, ListedAddress
from pipelines.times import canonical, later

_BATCH = 1000


def enqueue(
    connection: Connection,
    entries: Iterable[ListedAddress | tuple[str, str | None, str, str | None, str | None, int]],
    *,
    hosts: Iterable[str],
    now: str,
    revisit: bool,
    retry_failed: bool,
    removed: Tombstones,
) -> int:
    """Put addresses into the ledger; how many became pending."""
    upsert = _upsert(connection.dialect.name, revisit=revisit, retry_failed=retry_failed)
    became_pending = 0
    rows = iter(_row(ListedAddress(*entry), frozenset(hosts), now) for entry in entries)
    while batch := list(islice(rows, _BATCH)):
        if removed:
            batch = _without_removed(connection, batch, removed)
            if not batch:
                continue
        # In one order, so that two processes that enqueue the same day do not wait for each other in a circle.
        unique = {(row["slug"], row["language"]): row for row in batch}
        batch = [unique[key] for key in sorted(unique)]
        connection.execute(_REFRESH, [{f"new_{name}": value for name, value in row.items()} for row in batch])
        became_pending += len(connection.execute(upsert, batch).all())
    return became_pending


def _row(entry: ListedAddress, hosts: frozenset[str], now: str) -> dict[str, Any]:
    slug, language = entry.slug, entry.language
    if slug is None:
        key = address_key(entry.url, hosts=hosts)
        slug = key[0] if key else entry.url
    return {
        "slug": bounded(storable(slug) or ""),
        "language": language,
        "url": storable(entry.url),
        "day": entry.day,
        # The same instant in another notation is no change: `+00:00`, `Z`, `+07:00`, with and without fractions.
        "lastmod": storable(None if entry.lastmod is None else canonical(entry.lastmod)),
        "priority": entry.priority,
        "state": "pending",
        "attempt": 0,
        "token": 0,
        "changed_at": now,
    }


def _without_removed(connection: Connection, rows: list[dict[str, Any]], removed: Tombstones) -> list[dict[str, Any]]:
    """The rows without those of what was taken down, which are entered under their marks, as done."""
    buried, rest = {}, []
    for row in rows:
        if row["slug"].startswith(BY_MARK):  # one of the ledger's own rows, given back
            continue
        if removed.holds(row["slug"], row["language"]) or removed.holds_address(row["url"]):
            slug = removed.buried(row["slug"], row["language"])
            buried[slug, row["language"]] = {**row, "slug": slug, "url": "", "state": "done", "outcome": "removed"}
        else:
            rest.append(row)
    if buried:
        connection.execute(unless_there(connection.dialect.name, ledger), [buried[key] for key in sorted(buried)])
    return rest


def bury(connection: Connection, lease: Lease, removed: Tombstones, *, article: str | None, now: str) -> None:
    """The address of a lease led to what was taken down: it counts as taken down, too, and its name is forgotten.

    `article` is what its tombstone is lifted with.
    """
    if not removed.holds(lease.slug, lease.language):
        own = removed.mark("version", lease.language, lease.slug)
        tombstone = {"mark": own, "article": article or own, "removed_at": now, "reason": "other"}
        connection.execute(unless_there(connection.dialect.name, tombstones), tombstone)
        change(connection)
    bury_row(connection, lease.id, removed.buried(lease.slug, lease.language), lease.language)


def bury_row(connection: Connection, identifier: int, name: str, language: str) -> None:
    """Give a row of the ledger another name, as done; where another row has that name, delete it."""
    there = select(ledger.c.id).where(ledger.c.slug == name, ledger.c.language == language, ledger.c.id != identifier)
    if connection.execute(there).first() is not None:
        connection.execute(delete(ledger).where(ledger.c.id == identifier))
        return
    values = {"slug": name, "url": "", "state": "done", "outcome": "removed", "detail": None}
    connection.execute(
        update(ledger).where(ledger.c.id == identifier).values(**values, holder=None, due_at=None, attempt=0)
    )


# An address that is pending or leased takes the newer values of the sitemap; a lease notices at its end (`_FINISH`).
_REFRESH = (
    update(ledger)
    .where(
        ledger.c.slug == bindparam("new_slug"),
        ledger.c.language == bindparam("new_language"),
        or_(ledger.c.state == "pending", ledger.c.state == "leased"),
        or_(
            ledger.c.lastmod.is_distinct_from(func.coalesce(bindparam("new_lastmod"), ledger.c.lastmod)),
            ledger.c.day.is_distinct_from(func.coalesce(bindparam("new_day"), ledger.c.day)),
            ledger.c.priority != bindparam("new_priority"),
        ),
    )
    .values(
        lastmod=func.coalesce(bindparam("new_lastmod"), ledger.c.lastmod),
        day=func.coalesce(bindparam("new_day"), ledger.c.day),
        priority=bindparam("new_priority"),
        url=bindparam("new_url"),
    )
)


def _upsert(dialect: str, *, revisit: bool, retry_failed: bool) -> Any:
    statement = (sqlite if dialect == "sqlite" else postgresql).insert(ledger)
    excluded = statement.excluded
    changed = and_(excluded.lastmod.is_not(None), ledger.c.lastmod.is_distinct_from(excluded.lastmod))
    again = [and_(or_(ledger.c.state == "done", ledger.c.state == "failed"), changed)]
    if revisit:
        again.append(ledger.c.state == "done")
    if retry_failed:
        again.append(ledger.c.state == "failed")
    return statement.on_conflict_do_update(
        index_elements=["slug", "language"],
        set_={
            "url": excluded.url,
            "day": func.coalesce(excluded.day, ledger.c.day),
            "lastmod": func.coalesce(excluded.lastmod, ledger.c.lastmod),
            "priority": excluded.priority,
            "state": "pending",
            "outcome": None,
            "detail": None,
            "attempt": 0,
            "holder": None,
            "due_at": None,
            "changed_at": excluded.changed_at,
        },
        where=or_(*again),
    ).returning(ledger.c.id)


def _candidates(table: Table, order: Sequence[Any], wanted: Sequence[Any], state: str, now: str, n: int) -> Any:
    query = select(table.c.id).where(table.c.state == state, *wanted)
    if state == "leased":
        query = query.where(table.c.due_at <= now)
    else:
        query = query.where(or_(table.c.due_at.is_(None), table.c.due_at <= now))
    # SKIP LOCKED: what another process is taking at this moment is passed over, not waited for.
    return query.order_by(*order).limit(n).with_for_update(skip_locked=True)


def take(
    connection: Connection,
    table: Table,
    n: int,
    *,
    order: Sequence[Any],
    wanted: Sequence[Any] = (),
    holder: str,
    now: str,
    seconds: float,
) -> list[int]:
    """Lease up to `n` rows of a table with a ledger's columns, in their order, of those `wanted`; their ids."""
    ids = list(connection.execute(_candidates(table, order, wanted, "leased", now, n)).scalars())
    if len(ids) < n:
        ids += connection.execute(_candidates(table, order, wanted, "pending", now, n - len(ids))).scalars()
    if ids:
        connection.execute(
            update(table)
            .where(table.c.id.in_(ids))
            .values(
                state="leased",
                holder=holder,
                due_at=later(now, seconds),
                attempt=table.c.attempt + 1,
                token=table.c.token + 1,
                outcome=None,
                detail=None,
                changed_at=now,
            )
        )
    return ids


def lease(connection: Connection, n: int, *, holder: str, now: str, seconds: float) -> list[Lease]:
    """Take up to `n` addresses, those of the highest priority first, then in order of arrival."""
    order = (ledger.c.priority.desc(), ledger.c.id)
    ids = take(connection, ledger, n, order=order, holder=holder, now=now, seconds=seconds)
    if not ids:
        return []
    rows = connection.execute(
        select(ledger, articles.c.http_url, articles.c.http_etag, articles.c.http_last_modified)
        .outerjoin(articles, and_(articles.c.slug == ledger.c.slug, articles.c.language == ledger.c.language))
        .where(ledger.c.id.in_(ids))
    )
    by_id = {row.id: row for row in rows}
    return [_to_lease(by_id[identifier]) for identifier in ids]


def _to_lease(row: Any) -> Lease:
    same_address = row.http_url is not None and row.http_url == _plain(row.url)
    return Lease(
        id=row.id,
        token=row.token,
        url=row.url,
        slug=row.slug,
        language=row.language,
        day=row.day,
        lastmod=row.lastmod,
        priority=row.priority,
        attempt=row.attempt,
        holder=row.holder,
        expires_at=row.due_at,
        etag=row.http_etag if same_address else None,
        last_modified=row.http_last_modified if same_address else None,
    )


def _plain(url: str) -> str | None:
    try:
        return normalise_url(url)
    except ValueError:
        return None


_FINISH = Prepared(
    update(ledger)
    .where(ledger.c.id == bindparam("the_id"), ledger.c.token == bindparam("the_token"), ledger.c.state == "leased")
    .values(
        # The sitemap listed a newer version while this one was being fetched: it has to be fetched again.
        state=case(
            (
                and_(
                    bindparam("new_state") == "done",
                    ledger.c.lastmod.is_distinct_from(cast(bindparam("the_lastmod"), ledger.c.lastmod.type)),
                ),
                "pending",
            ),
            else_=bindparam("new_state"),
        ),
        outcome=bindparam("new_outcome"),
        detail=bindparam("new_detail"),
        due_at=bindparam("new_due_at"),
        holder=None,
        changed_at=bindparam("now"),
    )
)


def finish(
    connection: Connection,
    lease: Lease,
    *,
    state: str,
    outcome: str,
    detail: str | None,
    now: str,
    retry_at: str | None = None,
) -> bool:
    """End a lease; False where it was lost to another holder meanwhile. Ending it twice in the same way is True."""
    ended = _FINISH.run(
        connection,
        {
            "the_id": lease.id,
            "the_token": lease.token,
            "the_lastmod": lease.lastmod,
            "new_state": state,
            "new_outcome": outcome,
            "new_detail": storable(detail),
            "new_due_at": retry_at,
            "now": now,
        },
    )
    if ended:
        return True
    # The connection was lost after the commit and the work is done again: the lease was ended by this holder already.
    row = connection.execute(
        select(ledger.c.token, ledger.c.outcome, ledger.c.state).where(ledger.c.id == lease.id)
    ).first()
    return row is not None and row.state != "leased" and row.token == lease.token and row.outcome == outcome


def extend(connection: Connection, leases: Iterable[Lease], *, now: str, seconds: float, table: Table = ledger) -> int:
    """Prolong leases that are still held; how many were."""
    return _each(
        connection,
        table,
        update(table).values(due_at=bindparam("until")),
        [{"the_id": held.id, "the_token": held.token, "until": later(now, seconds)} for held in leases],
    )


def release(connection: Connection, leases: Iterable[Lease], *, table: Table = ledger) -> int:
    """Give addresses back untried; how many were still held."""
    return _each(
        connection,
        table,
        update(table).values(state="pending", attempt=table.c.attempt - 1, holder=None, due_at=None),
        [{"the_id": held.id, "the_token": held.token} for held in leases],
    )


def _each(connection: Connection, table: Table, statement: Any, rows: Sequence[dict[str, Any]]) -> int:
    if not rows:
        return 0
    held = statement.where(
        table.c.id == bindparam("the_id"), table.c.token == bindparam("the_token"), table.c.state == "leased"
    )
    return max(connection.execute(held, sorted(rows, key=lambda row: row["the_id"])).rowcount, 0)


def counts(connection: Connection, *, since: str | None, until: str | None) -> list[LedgerCount]:
    """How many addresses each (day, language, state, outcome) has, ordered."""
    columns = (ledger.c.day, ledger.c.language, ledger.c.state, ledger.c.outcome)
    query = select(*columns, func.count().label("addresses")).group_by(*columns)
    if since is not None:
        query = query.where(ledger.c.day >= since)
    if until is not None:
        query = query.where(ledger.c.day <= until)
    found = [
        LedgerCount(day=r.day, language=r.language, state=r.state, outcome=r.outcome, addresses=r.addresses)
        for r in connection.execute(query)
    ]
    # Sorted here: the databases disagree on where NULL goes.
    return sorted(found, key=lambda c: (c.day or "", c.language, c.state, c.outcome or ""))


def rows(connection: Connection, day: str) -> list[LedgerRow]:
    """All addresses of one day, by slug and language."""
    columns = (ledger.c.slug, ledger.c.language, ledger.c.url, ledger.c.state, ledger.c.outcome, ledger.c.lastmod)
    query = select(*columns).where(ledger.c.day == day).order_by(ledger.c.slug, ledger.c.language)
    return [LedgerRow(*row) for row in connection.execute(query)]


def retry(connection: Connection, outcomes: Iterable[str], *, now: str, since: str | None, until: str | None) -> int:
    """Make addresses that failed with one of these outcomes pending again; how many."""
    statement = (
        update(ledger)
        .where(ledger.c.state == "failed", ledger.c.outcome.in_(sorted(outcomes)))
        .values(state="pending", outcome=None, detail=None, attempt=0, holder=None, due_at=None, changed_at=now)
    )
    if since is not None:
        statement = statement.where(ledger.c.day >= since)
    if until is not None:
        statement = statement.where(ledger.c.day <= until)
    return max(connection.execute(statement).rowcount, 0)


def lease_holders(connection: Connection, *, table: Table = ledger) -> list[str]:
    """Everyone who holds leases at this moment."""
    query = select(table.c.holder).where(table.c.state == "leased").distinct()
    return sorted(holder for holder in connection.execute(query).scalars() if holder is not None)


def release_holder(connection: Connection, holder: str, *, table: Table = ledger) -> int:
    """Give back all leases of a holder; how many."""
    statement = (
        update(table)
        .where(table.c.state == "leased", table.c.holder == holder)
        .values(state="pending", attempt=table.c.attempt - 1, holder=None, due_at=None)
    )
    return max(connection.execute(statement).rowcount, 0)


def has(connection: Connection, slug: str, language: str, *, lastmod: str | None) -> bool:
    """Whether an article is stored and, with `lastmod`, was fetched when the sitemap had this very value."""
    known = select(articles.c.id).where(articles.c.slug == slug, articles.c.language == language)
    if connection.execute(known).first() is None:
        return False
    return lastmod is None or is_done(connection, slug, language, lastmod=lastmod)


def is_done(connection: Connection, slug: str, language: str, *, lastmod: str) -> bool:
    """Whether the address was fetched when the sitemap had this very `lastmod`."""
    row = connection.execute(
        select(literal(1, Integer)).where(
            ledger.c.slug == slug,
            ledger.c.language == language,
            ledger.c.state == "done",
            ledger.c.lastmod == canonical(lastmod),
        )
    ).first()
    return row is not None
