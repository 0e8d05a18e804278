"""Taking articles down, and lifting that; what was cut off, or is lacking in a backup, is done with the next start.

The order makes a kill harmless: first the tombstones beside the store (a line is on the disk whole or does not count),
then one transaction that takes out the rows and notes what is left to do, then the archive and the bytes of the
database, both of which can be done again. Whoever opens the store for writing goes on where it stopped.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, text

from pipelines.archives.folder import UnreadPlace
from pipelines.errors import UsageError
from pipelines.locks import Holder
from pipelines.storage import archived, schema, sweeping
from pipelines.storage.erasing import empty_log, erase
from pipelines.storage.naming import Named, Wanted, marked_by, named, widened
from pipelines.storage.notes import note, noted
from pipelines.storage.schema import removed
from pipelines.storage.store import Store
from pipelines.storage.sweeping import Swept, Tombstone
from pipelines.storage.tombstone_file import TombstoneFile, file_of
from pipelines.storage.tombstones import KEYS, change, keys_of, load
from pipelines.storage.values import REASONS
from pipelines.times import Time, instant

_ADVISORY_LOCK = 0x7669_7264  # any constant: one process at a time finishes a removal on PostgreSQL
Tell = Callable[[UnreadPlace], None]


@dataclass(slots=True, kw_only=True)
class Removal:
    """What was taken down (or would be). `archived` are records of the archive; `finished` is False where some are left
    there (each was given to `tell`), or another process is at it."""

    swept: Swept = field(default_factory=Swept)
    archived: int = 0
    finished: bool = True


def preview(store: Store, wanted: Wanted) -> Swept:
    """What `take_down` would find; changes nothing."""
    cases = widened(store, wanted)

    def look(connection: Connection) -> Swept:
        keys = keys_of(connection) or [bytes(32)]
        found = named(connection, keys, cases, store.hosts)
        return sweeping.look(connection, found.marked(keys, store.hosts), found.names)

    return store.read(look)


def take_down(
    store: Store,
    wanted: Wanted,
    *,
    removed_at: Time,
    reason: str,
    archive: Path | None = None,
    has_archive: bool = True,
    tombstones: TombstoneFile | None = None,
    holder: Holder | None = None,
    tell: Tell = lambda unread: None,
) -> Removal:
    """Take articles down for good: rows, index, records of the `archive`; nothing but `lift` lets them come back.

    Without `has_archive` there is no archive any more in which something could be left. `tombstones` is the file of a
    store that has none beside it. No crawl may be at work meanwhile. Raises `UsageError`
    for a reason that is none, and where nothing is named; `StoreError`.
    """
    if reason not in REASONS:
        raise UsageError(f"{reason}: is no reason; one of {', '.join(REASONS)}")
    if not (wanted.slugs or wanted.versions):
        raise UsageError("nothing is named that could be taken down")
    file = tombstones or file_of(store.address)
    catch_up(store, file)
    cases, when = widened(store, wanted), instant(removed_at)

    def look(connection: Connection) -> tuple[list[bytes], Named]:
        keys = keys_of(connection) or [secrets.token_bytes(32)]
        return keys, named(connection, keys, cases, store.hosts)

    keys, found = store.read(look)
    if file is not None:
        file.append({"at": when, "why": reason, "keys": [key.hex() for key in keys], "articles": found.entries()})
    stones = {mark: Tombstone(article, when, reason) for article, marks in found.marks.items() for mark in marks}
    folder = None if archive is None else str(archive.absolute())
    removal = Removal()

    removal.swept = store.write(partial(_do, store=store, keys=keys, stones=stones, archive=folder, names=found.names))
    _agree(store, file)
    finish(store, removal, file=file, archive=archive, has_archive=has_archive, holder=holder, tell=tell)
    return removal


def _do(
    connection: Connection,
    store: Store,
    keys: Iterable[bytes],
    stones: Mapping[str, Tombstone],
    archive: str | None,
    names: Collection[str] | None,
) -> Swept:
    """Make tombstones, take out what they mark, note what is left to do: in the caller's transaction."""
    change(connection)  # first: on PostgreSQL whoever stores something waits from here on, or has done so already
    there = keys_of(connection)
    note(connection, KEYS, " ".join(key.hex() for key in dict.fromkeys([*there, *keys])))
    sweeping.add_marks(connection, stones)
    standing = sweeping.standing(connection)  # with those of before: other addresses may have been found since
    swept = sweeping.sweep(connection, store.codec, load(connection, store.hosts), standing, names)
    sweeping.begin(connection, swept, archive)
    return swept


# ---- what is left to do


def finish(
    store: Store,
    removal: Removal,
    *,
    file: TombstoneFile | None,
    archive: Path | None = None,
    has_archive: bool = True,
    holder: Holder | None = None,
    tell: Tell = lambda unread: None,
    again: bool = True,
) -> None:
    """Do what the journal says is left: the records of the archive, then the bytes of the database.

    Without `again`, an archive in which something could not be read is not looked through once more, and readers are
    not waited for. Without `has_archive` there is no archive any more.
    """
    if store.read(sweeping.journal) is None:
        return
    with _alone(store, file) as is_alone:
        journal = store.read(sweeping.journal)
        if journal is None or not is_alone:
            removal.finished = removal.finished and is_alone
            return
        folder = archive or (Path(journal["archive"]) if journal["archive"] else None)
        if not has_archive:
            pass
        elif again or not journal["cut"]:
            _cut(store, journal, folder, removal, holder, tell)
        else:
            removal.finished = False
        if not journal["erased"]:
            erase(store.address, **({} if again else {"patience": 0}))
        if removal.finished:
            store.write(partial(sweeping.keep, left=None))
            empty_log(store.address)
        else:
            known = store.read(sweeping.journal) or journal
            store.write(partial(sweeping.keep, left={**known, "cut": True, "erased": True}))


def _cut(
    store: Store, journal: Mapping[str, Any], folder: Path | None, removal: Removal, holder: Holder | None, tell: Tell
) -> None:
    """Take the responses out of the archive, whose places in the store follow."""
    if folder is None:
        removal.finished = not journal["places"]
        return
    from pipelines.archives.cutting import cut  # with it comes the reading of archives

    moved = {(old, new) for old, new in journal["moved"]}

    def heard(unread: UnreadPlace) -> None:
        removal.finished = False
        tell(unread)

    def move(old: str, new: str | None, offsets: Mapping[int, int]) -> None:
        def work(connection: Connection) -> None:
            archived.move(connection, old, to=new or old, offsets=offsets)
            known = sweeping.journal(connection) or dict(journal)
            sweeping.keep(connection, {**known, "moved": [*known["moved"], [old, new]]})

        store.write(work)
        moved.add((old, new))

    for file in cut(
        folder,
        store.tombstones().holds_address,
        journal["places"],
        moved=move,
        # Also where rows point into the new file: then the old one came back out of a copy.
        is_moved=lambda old, new: (old, new) in moved or (new is not None and bool(store.archive_counts().get(new))),
        holder=holder,
        tell=heard,
    ):
        removal.archived += file.records


@contextmanager
def _alone(store: Store, file: TombstoneFile | None) -> Iterator[bool]:
    """Whether this process alone finishes a removal meanwhile."""
    if file is not None:
        with file.held() as is_alone:
            yield is_alone
        return
    with store.connected() as connection:
        key = {"key": _ADVISORY_LOCK}
        is_alone = bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar())
        try:
            yield is_alone
        finally:
            if is_alone:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


# ---- a backup that was put back


def catch_up(store: Store, file: TombstoneFile | None) -> Swept:
    """Make a store agree with the tombstones beside it: take down what it lacks, lift what was lifted."""
    if file is None or file.digest() == store.read(_seen):
        return Swept()
    state = file.read()

    def work(connection: Connection) -> Swept:
        change(connection)
        have = set(connection.execute(select(schema.tombstones.c.mark)).scalars())
        lacking = {mark: stone for mark, stone in state.marks.items() if mark not in have}
        swept = Swept()
        if state.lifted:
            sweeping.lift(connection, state.lifted)
        if lacking:
            swept = _do(connection, store, map(bytes.fromhex, state.keys), lacking, None, None)
        sweeping.add_texts(connection, list(state.texts.values()))
        return swept

    swept = store.write(work) if state.marks or state.lifted else Swept()
    _agree(store, file)
    return swept


def lacking(store: Store, file: TombstoneFile | None) -> int:
    """How many of the tombstones beside a store it lacks."""
    if file is None or file.digest() in ("", store.read(_seen)):
        return 0
    state = file.read()
    have = set(store.read(lambda connection: list(connection.execute(select(schema.tombstones.c.mark)).scalars())))
    return len(state.marks.keys() - have)


def _seen(connection: Connection) -> str:
    return noted(connection, sweeping.SEEN) or ""


def _agree(store: Store, file: TombstoneFile | None) -> None:
    """Write into the file what the store knows beyond it, and into the store the hash of the file."""
    if file is None:
        return
    state = file.read()

    def beyond(connection: Connection) -> tuple[list[str], list[tuple[Tombstone, dict[str, Any]]]]:
        found: dict[Tombstone, dict[str, Any]] = {}

        def one(row: Any) -> dict[str, Any]:
            stone = Tombstone(row.article, row.removed_at, row.reason)
            return found.setdefault(stone, {"article": row.article, "marks": [], "texts": []})

        for row in connection.execute(select(schema.tombstones).order_by(schema.tombstones.c.mark)):
            if row.mark not in state.marks and row.article not in state.lifted:
                one(row)["marks"].append(row.mark)
        for row in connection.execute(select(removed).order_by(removed.c.revision_sha256)):
            if row.revision_sha256 not in state.texts and row.article not in state.lifted:
                one(row)["texts"].append([row.revision_sha256, row.row_sha256, row.content_sha256])
        return [key.hex() for key in keys_of(connection)], sorted(found.items(), key=lambda item: item[0])

    keys, rest = store.read(beyond)
    for stone, one in rest:
        file.append({"at": stone.removed_at, "why": stone.reason, "keys": keys, "articles": [one]})
    digest = file.digest()
    store.write(lambda connection: note(connection, sweeping.SEEN, digest))


# ---- lifting


def lift(store: Store, wanted: Wanted, *, lifted_at: Time, tombstones: TombstoneFile | None = None) -> int:
    """Let articles be stored again; how many tombstones were lifted. What was removed does not come back by itself.

    With one slug of an article its other slugs and languages are lifted, too; a version is lifted alone where it was
    taken down alone.
    """
    file = tombstones or file_of(store.address)
    catch_up(store, file)

    def find(connection: Connection) -> set[str]:
        marked = load(connection, store.hosts)
        table = schema.tombstones
        marks = marked_by(marked, wanted) & marked.marks
        return set(connection.execute(select(table.c.article).where(table.c.mark.in_(sorted(marks)))).scalars())

    articles = store.read(find)
    if not articles:
        return 0
    if file is not None:
        file.append({"at": instant(lifted_at), "lifted": sorted(articles)})

    def work(connection: Connection) -> int:
        change(connection)
        return sweeping.lift(connection, articles)

    number = store.write(work)
    _agree(store, file)
    return number
