"""What archives of the web hold of the site, capture by capture: a ledger of its own, beside that of the addresses.

A capture never changes, so its outcome is final: it is ``done``. One that the archive did not give is ``failed``, and
the next run asks for it again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, case, func, or_, select, union, update
from sqlalchemy.dialects import postgresql, sqlite

from pipelines.captures import Capture, known_outcome
from pipelines.storage import ledger
from pipelines.storage.compiled import Prepared
from pipelines.storage.keys import BY_MARK, bounded, storable
from pipelines.storage.schema import articles, captures, listings, revisions
from pipelines.storage.sets import parts_of
from pipelines.storage.store import Store
from pipelines.storage.tombstones import Tombstones
from pipelines.storage.values import Lease
from pipelines.times import Time, instant

OTHER_DIGEST = "the bytes are not those of the digest, but of"
"""How the detail of a capture says so; the digest of the bytes follows."""
_BATCH = 500
# The archives whose files are read from end to end: what they hold is leased by the run that has it at hand.
_HANDED = ("ccnews", "file")
_ORDER = (captures.c.captured_at, captures.c.name)
_INSERT = {
    name: dialect.insert(captures).on_conflict_do_nothing(index_elements=["name"])
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_FINISH = Prepared(
    update(captures)
    .where(
        captures.c.id == bindparam("the_id"), captures.c.token == bindparam("the_token"), captures.c.state == "leased"
    )
    .values(
        state=bindparam("new_state"),
        outcome=bindparam("new_outcome"),
        detail=bindparam("new_detail"),
        content_sha256=bindparam("new_sha256"),
        signals=bindparam("new_signals"),
        due_at=None,
        holder=None,
        changed_at=bindparam("now"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureLease(Lease):
    """The right to fetch one capture. Once it was read (`is_read`), its outcome is final. `signals` are those of its
    use (source to words), `note` is a remark that goes into the detail.
    """

    capture: Capture
    is_read: bool = False
    note: str = ""
    signals: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Which captures: of these archives and (Common Crawl's) crawls, `since` to `until` (days of UTC, both included),
    in these languages of addresses; of the archive ``file`` those of `files`. Empty and None: all.
    """

    archives: tuple[str, ...] = ()
    crawls: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    languages: tuple[str, ...] = ()

    def conditions(self) -> list[Any]:
        """As conditions on the table."""
        found: list[Any] = []
        if self.archives:
            found.append(captures.c.archive.in_(self.archives))
        if self.crawls:
            found.append(or_(captures.c.archive != "commoncrawl", captures.c.crawl.in_(self.crawls)))
        if self.files:
            found.append(or_(captures.c.archive != "file", captures.c.file.in_(self.files)))
        if self.since is not None:
            found.append(captures.c.captured_at >= self.since)
        if self.until is not None:
            found.append(captures.c.captured_at < f"{self.until}U")  # behind every time of that day
        if self.languages:
            found.append(captures.c.language.in_(self.languages))
        return found


class CaptureCount(NamedTuple):
    """How many captures of an archive's crawl, year and language are in a state, with an outcome; `first` of them
    are the earliest that showed their text."""

    archive: str
    crawl: str
    year: str
    language: str
    state: str
    outcome: str | None
    captures: int
    first: int


class Captures:
    """The captures of a store, within a `Range`: a queue like the ledger of its addresses."""

    def __init__(self, store: Store, wanted: Range | None = None) -> None:
        self.store = store
        self.wanted = wanted or Range()
        self.at_hand: dict[str, None] = {}
        """Names of captures whose records this run has read out of their files, in order: of those archives no others
        are leased."""

    def want_languages(self, more: Iterable[str]) -> None:
        """Take captures of these languages, too."""
        self.wanted = replace(self.wanted, languages=tuple(sorted({*self.wanted.languages, *more})))

    # ---- what is listed

    def enter(self, listed: Iterable[Capture], *, now: Time) -> None:
        """Take captures; those that are known stay as they are.

        A capture whose line in the index decides its outcome (a redirect, a revisit) is done at once; so is one of
        what was taken down, of which no name is kept.
        """
        moment, every = instant(now), list(listed)

        def work(connection: Connection) -> None:
            removed = self.store.tombstones_in(connection)
            made = (buried(_row(capture, moment), removed) for capture in every)
            rows = iter({row["name"]: row for row in made}.values())
            while batch := list(islice(rows, _BATCH)):
                batch.sort(key=lambda row: str(row["name"]))
                connection.execute(_INSERT[connection.dialect.name], batch)

        self.store.write(work)

    def note(self, name: str, found: Mapping[str, Any], *, now: Time) -> None:
        """Record that a part of an index, or a file up to here, was read, and what was found in it."""
        row = {"name": bounded(name), "read_at": instant(now), "found": json.dumps(found, sort_keys=True)}

        def work(connection: Connection) -> None:
            insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(listings).values(row)
            excluded = {key: insert.excluded[key] for key in ("read_at", "found")}
            connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_=excluded))

        self.store.write(work)

    def noted(self, name: str, *, since: Time | None = None) -> dict[str, Any] | None:
        """What `note` recorded of a part, not before `since`; None where nothing is recorded."""
        query = select(listings.c.found).where(listings.c.name == bounded(name))
        if since is not None:
            query = query.where(listings.c.read_at >= instant(since))
        found = self.store.read(lambda connection: connection.execute(query).scalar())
        return None if found is None else dict(json.loads(found))

    # ---- what a run does with them

    def lease(self, n: int, *, holder: str, now: Time, seconds: float) -> list[Lease]:
        """Take up to `n` captures: those at hand, then the oldest."""
        moment, known = instant(now), self.wanted.conditions()
        names = list(islice(self.at_hand, n))
        wanted = [[captures.c.name.in_(names)]] if names else []
        wanted.append([*known, captures.c.archive.not_in(_HANDED)])

        def work(connection: Connection) -> list[Lease]:
            ids: list[int] = []
            for conditions in wanted:
                if len(ids) < n:
                    ids += ledger.take(
                        connection, captures, n - len(ids),
                        order=_ORDER, wanted=conditions, holder=holder, now=moment, seconds=seconds,
                    )  # fmt: skip
            rows = {row.id: row for row in connection.execute(select(captures).where(captures.c.id.in_(ids)))}
            return [_to_lease(rows[identifier]) for identifier in ids]

        leases = self.store.write(work)
        for name in names:
            self.at_hand.pop(name, None)
        return leases

    def pending(self, names: Iterable[str]) -> set[str]:
        """Which of these captures are still to be done."""
        asked = list(names)

        def work(connection: Connection) -> set[str]:
            found: set[str] = set()
            for some in parts_of(asked, _BATCH):
                query = select(captures.c.name).where(captures.c.name.in_(some), captures.c.state == "pending")
                found.update(connection.execute(query).scalars())
            return found

        return self.store.read(work)

    def first_left(self, archive: str, file: str) -> int | None:
        """The offset of the first capture of a file that is still to be done; None where all are."""
        query = select(func.min(captures.c.offset)).where(
            captures.c.state.in_(("pending", "leased")), captures.c.archive == archive, captures.c.file == file,
            *self.wanted.conditions(),
        )  # fmt: skip
        return self.store.read(lambda connection: connection.execute(query).scalar())

    def finish(
        self,
        lease: Lease,
        *,
        final: bool,
        outcome: str,
        detail: str,
        now: Time,
        content_sha256: str | None = None,
        signals: Mapping[str, str] | None = None,
    ) -> bool:
        """End a lease; where that is not `final`, the next run tries again. False where the lease was lost."""
        row = {
            "the_id": lease.id,
            "the_token": lease.token,
            "new_state": "done" if final else "failed",
            "new_outcome": outcome,
            "new_detail": storable(detail),
            "new_sha256": content_sha256,
            "new_signals": storable(json.dumps(signals, sort_keys=True, ensure_ascii=False)) if signals else None,
            "now": instant(now),
        }
        return self.store.write(lambda connection: bool(_FINISH.run(connection, row)))

    def bury(self, lease: Lease) -> None:
        """The capture shows what was taken down: it is done with outcome ``removed``, and its name is forgotten."""

        def work(connection: Connection) -> None:
            row = connection.execute(select(captures).where(captures.c.id == lease.id)).mappings().first()
            if row is not None and not row["slug"].startswith(BY_MARK):
                values = buried(dict(row), self.store.tombstones_in(connection), found=True)
                values |= {"holder": None, "due_at": None}
                connection.execute(update(captures).where(captures.c.id == lease.id).values(values))

        self.store.write(work)

    def extend(self, leases: Iterable[Lease], *, now: Time, seconds: float) -> int:
        """Prolong leases that are still held; how many were."""
        held, moment = list(leases), instant(now)
        return self.store.write(
            lambda connection: ledger.extend(connection, held, now=moment, seconds=seconds, table=captures)
        )

    def release(self, leases: Iterable[Lease]) -> int:
        """Give captures back untried; how many were still held."""
        held = list(leases)
        return self.store.write(lambda connection: ledger.release(connection, held, table=captures))

    def lease_holders(self) -> list[str]:
        """Everyone who holds leases at this moment."""
        return self.store.read(lambda connection: ledger.lease_holders(connection, table=captures))

    def release_holder(self, holder: str) -> int:
        """Give back all leases of a holder that is known to be dead; how many."""
        return self.store.write(lambda connection: ledger.release_holder(connection, holder, table=captures))

    def retry(self, *, now: Time) -> int:
        """What an archive did not give is to be asked for again; how many."""
        statement = (
            update(captures)
            .where(captures.c.state == "failed", *self.wanted.conditions())
            .values(state="pending", outcome=None, detail=None, attempt=0, due_at=None, changed_at=instant(now))
        )
        return self.store.write(lambda connection: max(connection.execute(statement).rowcount, 0))

    # ---- what became of them

    def languages(self) -> list[str]:
        """The languages of the addresses of the range."""
        query = select(captures.c.language).where(*self.wanted.conditions()).distinct()
        return sorted(self.store.read(lambda connection: connection.execute(query).scalars().all()))

    def progress(self) -> list[tuple[str, str, str, int]]:
        """How many captures of the range there are, by (crawl or archive, language, state)."""
        keys = (captures.c.archive, captures.c.crawl, captures.c.language, captures.c.state)
        query = select(*keys, func.count()).where(*self.wanted.conditions()).group_by(*keys)
        rows = self.store.read(lambda connection: connection.execute(query).all())
        return [(row[1] or row[0], row[2], row[3], row[4]) for row in rows]

    def counts(self) -> list[CaptureCount]:
        """What became of the captures of the range.

        The first of those that showed one text is the one with the earliest time, whatever the order of storing.
        """
        number = func.row_number().over(
            partition_by=(captures.c.slug, captures.c.language, captures.c.content_sha256), order_by=_ORDER
        )
        year = func.substr(captures.c.captured_at, 1, 4).label("year")
        one = (
            select(
                captures.c.archive,
                captures.c.crawl,
                year,
                captures.c.language,
                captures.c.state,
                captures.c.outcome,
                case(((captures.c.content_sha256.is_not(None)) & (number == 1), 1), else_=0).label("is_first"),
            )
            .where(*self.wanted.conditions())
            .subquery()
        )
        keys = (one.c.archive, one.c.crawl, one.c.year, one.c.language, one.c.state, one.c.outcome)
        query = select(*keys, func.count(), func.sum(one.c.is_first)).group_by(*keys)
        rows = self.store.read(lambda connection: connection.execute(query).all())
        found = [CaptureCount(*row) for row in rows]
        return sorted(found, key=lambda count: [str(value or "") for value in count[:6]])

    def other_digests(self) -> int:
        """How many captures of the range have bytes that their digest was not made of."""
        query = select(func.count()).where(captures.c.detail.contains(OTHER_DIGEST, autoescape=True))
        return int(
            self.store.read(lambda connection: connection.execute(query.where(*self.wanted.conditions())).scalar_one())
        )

    def languages_by_year(self) -> list[tuple[str, str, int]]:
        """(language of the address, year, articles of which a text was seen in it), by captures and by crawls."""
        shown = (
            select(articles.c.id.label("article"), func.substr(captures.c.captured_at, 1, 4).label("year"))
            .select_from(captures)
            .join(articles, (articles.c.slug == captures.c.slug) & (articles.c.language == captures.c.language))
            .where(captures.c.content_sha256.is_not(None))
        )
        seen = [
            select(revisions.c.article_id, func.substr(moment, 1, 4))
            for moment in (revisions.c.first_seen, revisions.c.last_seen)
        ]
        every = union(shown, *seen).subquery()  # each article once for each year
        query = (
            select(articles.c.language, every.c.year, func.count())
            .join(articles, articles.c.id == every.c.article)
            .group_by(articles.c.language, every.c.year)
        )
        rows: Sequence[Any] = self.store.read(lambda connection: connection.execute(query).all())
        return sorted((str(row[0]), str(row[1]), int(row[2])) for row in rows)


def buried(row: dict[str, Any], removed: Tombstones, *, found: bool = False) -> dict[str, Any]:
    """A row as it is; of what was taken down (or was `found` to be) without its names: done, under its mark."""
    if not (found or removed.holds(row["slug"], row["language"]) or removed.holds_address(row["url"])):
        return row
    none: dict[str, Any] = {"url": "", "digest": None, "content_sha256": None, "signals": None, "detail": None}
    names = {"name": removed.mark("capture", row["name"]), "slug": removed.buried(row["slug"], row["language"])}
    return {**row, **none, **names, "state": "done", "outcome": "removed"}


def _row(capture: Capture, now: str) -> dict[str, Any]:
    known = known_outcome(capture)
    return {
        "name": capture.name,
        "archive": capture.archive,
        "crawl": bounded(capture.crawl),
        "slug": bounded(storable(capture.slug) or ""),
        "language": capture.language,
        "url": storable(capture.url),
        "captured_at": capture.captured_at,
        "file": capture.file,
        "offset": capture.offset,
        "length": capture.length,
        "digest": storable(capture.digest),
        "status": storable(capture.status),
        "state": "pending" if known is None else "done",
        "outcome": None if known is None else known[0],
        "detail": None if known is None else known[1],
        "attempt": 0,
        "token": 0,
        "changed_at": now,
    }


def _to_lease(row: Any) -> CaptureLease:
    names = ("archive", "crawl", "url", "slug", "language", "captured_at", "file", "offset", "length", "digest")
    return CaptureLease(
        id=row.id,
        token=row.token,
        url=row.url,
        slug=row.slug,
        language=row.language,
        day=row.captured_at[:10],
        lastmod=None,
        priority=0,
        attempt=row.attempt,
        holder=row.holder,
        expires_at=row.due_at,
        capture=Capture(status=row.status, **{name: getattr(row, name) for name in names}),
    )
