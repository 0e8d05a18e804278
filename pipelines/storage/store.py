"""The one interface to a store, whichever database holds it."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sqlalchemy import Connection, Engine, Select

from pipelines import notebook
from pipelines.lazily import Later
from pipelines.models import Article, Rejected
from pipelines.record import QUALITY
from pipelines.rights import Rights
from pipelines.storage import reading as _reading
from pipelines.storage import schema
from pipelines.storage.apart import RowsApart, Unchanged, watched
from pipelines.storage.boilerplate import Packer
from pipelines.storage.crawl_part import CrawlPart
from pipelines.storage.database import translated
from pipelines.storage.errors import DamagedRecordError, StoreError, StoreUnavailableError
from pipelines.storage.keys import address_key, article_key
from pipelines.storage.records import Codec
from pipelines.storage.removal_part import RemovalPart
from pipelines.storage.rows import RawRow, read_or_tell
from pipelines.storage.search_part import SearchPart
from pipelines.storage.values import (
    Added,
    Extent,
    Lease,
    Revision,
    Selection,
    Standing,
    Validators,
    WarcLocation,
)
from pipelines.store_address import StoreAddress
from pipelines.times import Time, instant

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.storage import archived, inspection, older, search, selecting
    from pipelines.storage import articles as _articles
    from pipelines.storage import compared as _compared
    from pipelines.storage import copies as _copies
    from pipelines.storage import ledger as _ledger
    from pipelines.storage import measures as _measures
    from pipelines.storage import versions as _versions
    from pipelines.storage.copies import Duplicates
    from pipelines.storage.inspection import Stats
    from pipelines.translations.groups import Links, Version
else:  # a command asks for one article, or writes, or counts: their statements take longer to make than to run
    archived, inspection, older, search, selecting, _articles, _ledger, _measures, _versions = (
        Later(f"pipelines.storage.{name}")
        for name in (
            "archived", "inspection", "older", "search", "selecting", "articles", "ledger", "measures", "versions",
        )
    )  # fmt: skip
    _compared, _copies = (Later(f"pipelines.storage.{name}") for name in ("compared", "copies"))

T = TypeVar("T")

# A deadlock is solved by the server throwing one of two writers back. One that came again at once would meet the other
# where it left it: it waits, each time for longer, by chance. So many times in a row is no chance any more.
_CONFLICTS_IN_A_ROW = 20
_STEP_ASIDE_SECONDS = 0.02
_LONGEST_ASIDE_SECONDS = 2.0


class Store(RemovalPart, CrawlPart, SearchPart):
    """Articles with all their revisions, rejects, runs and the crawl's ledger, in one database.

    Made by `open_store`; used by one thread at a time. Every method is one transaction of its own, unless it is
    called inside `with store.transaction():` (or a function given to `run`), which makes many of them one: what a
    transaction has committed survives a kill and a power cut, and committing in groups is what makes storing fast.
    `name` is how messages call it; `older_version` is set where it is read as an older program left it. `measured_by`
    may be set where the store is open for reading alone: it is called with names of measures, and measures elsewhere.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        name: str,
        address: StoreAddress,
        read_only: bool,
        hosts: Iterable[str],
        wait: Callable[[int, str], bool] | None,
        passed_over: Callable[[str], None] | None = None,
    ) -> None:
        self.name = name
        self.older_version: int | None = None
        self.measured_by: Callable[[Iterable[str]], None] | None = None
        self._address = address
        self.read_only = read_only
        self._engine = engine
        self._hosts = frozenset(host.lower() for host in hosts)
        self._wait = wait
        self._passed_over = passed_over
        self._codec = Codec()
        self._packer = Packer(self._codec)
        self._connection: Connection | None = None  # of the open transaction
        self._pending: search.Pending  # of it
        self._failed = False
        self._asked = False  # whether it knows what was taken down
        self._snapshot: Connection | None = None
        self._unchanged: Unchanged | None = None  # since the snapshot began

    def __repr__(self) -> str:
        return notebook.line("Store", self.name, "read-only" if self.read_only else None)

    def _repr_html_(self) -> str:
        hint = "store.articles(…) and store.search(…) give its texts, store.stats() its numbers"
        return notebook.table((), [("store", self.name), ("read-only", str(self.read_only)), ("ask", hint)])

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database. Open transactions are rolled back."""
        self._engine.dispose()

    # ---- transactions

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All calls inside are committed together at its end, or not at all. Nested ones join the outer one.

        If the server goes away inside, `StoreUnavailableError` is raised and nothing of it is stored; where the work
        can be done again, give it to `run` instead.
        """
        if self._connection is not None:
            yield
            return
        writing = self._engine.execution_options(writes=True)
        try:
            with translated(self.name, self._address), writing.begin() as self._connection:
                self._failed, self._asked, self._pending = False, False, search.Pending()
                yield
                if self._failed:
                    raise StoreError(f"{self.name}: a step of this transaction failed, so nothing of it is stored")
                self._pending.flush(self._connection)
        except BaseException:
            self._packer.forget()  # its rows may be gone with the transaction
            raise
        finally:
            self._connection = None

    def run(self, work: Callable[[], T]) -> T:
        """Do `work` in one transaction; if the server goes away, do it again when it is back.

        `work` may therefore run more than once: it must only call this store. All of its methods are idempotent.
        """
        if self._connection is not None:
            return work()

        def once() -> T:
            with self.transaction():
                return work()

        return self._patiently(once)

    # ---- articles

    def add(
        self,
        result: Article | Rejected,
        *,
        seen_at: Time,
        run_id: int | None = None,
        lease: Lease | None = None,
        http: Validators | tuple[str | None, str | None, int | None] | None = None,
        warc: WarcLocation | tuple[str, int, int] | None = None,
    ) -> Added:
        """Store what a page gave, and with `lease` finish its address, in one transaction.

        An article becomes ``done`` in the ledger with outcome ``ok`` (``unchanged`` where its text was already
        current); a rejection is recorded and its address becomes ``failed`` with the rejection's outcome. Nothing is
        stored of what was taken down: its address becomes ``done`` with outcome ``removed``.
        """
        if not isinstance(result, (Article, Rejected)):
            raise TypeError(
                f"a store keeps an Article or a Rejected, as extract gives them, not {type(result).__name__}"
            )
        seen = instant(seen_at)
        validators = None if http is None else Validators(*http)
        place = None if warc is None else WarcLocation(*warc)
        if isinstance(result, Rejected):
            rejected = result

            def reject(connection: Connection) -> Added:
                if self.tombstones_in(connection).holds_rejected(rejected):
                    return self._leave_removed(lease, seen, rejected.url or rejected.detail)
                _articles.add_reject(connection, rejected, seen_at=seen, run_id=run_id, warc=place)
                if lease is not None:
                    outcome, detail = rejected.outcome, rejected.detail
                    _ledger.finish(connection, lease, state="failed", outcome=outcome, detail=detail, now=seen)
                return "rejected"

            return self.write(reject)
        article = result
        key = article_key(article, hosts=self._hosts)

        def store(connection: Connection) -> Added:
            if self.tombstones_in(connection).holds_article(key, article):
                return self._leave_removed(lease, seen, article.url or f"{key[1]}/{key[0]}")
            added = _articles.add_article(
                connection,
                self._packer,
                self._pending,
                article,
                key=key,
                seen_at=seen,
                run_id=run_id,
                http=validators,
                warc=place,
            )
            if lease is not None:
                # After a redirect the text belongs to the address where it was found, and the ledger says which.
                elsewhere = None if key == (lease.slug, lease.language) else f"stored as {key[1]}/{key[0]}"
                outcome = "unchanged" if added == "unchanged" else "ok"
                _ledger.finish(connection, lease, state="done", outcome=outcome, detail=elsewhere, now=seen)
            return added

        return self.write(store)

    def touch(
        self, lease: Lease, *, seen_at: Time, http: Validators | None = None, rights: Rights | None = None
    ) -> bool:
        """A 304: the current text was seen again, unchanged; the address is done with outcome ``unchanged``.

        `rights` are those of that answer and of the site.

        False (and the address is not done) where there is no such article.
        """
        seen = instant(seen_at)

        def see(connection: Connection) -> bool:
            known = self._packer.rights
            if not _articles.touch(
                connection, lease.slug, lease.language, seen_at=seen, http=http, known=known, rights=rights
            ):
                return False
            _ledger.finish(connection, lease, state="done", outcome="unchanged", detail=None, now=seen)
            return True

        return self.write(see)

    def mark_gone(self, slug: str, language: str, *, gone_at: Time) -> bool:
        """The site no longer has this article: its text is kept and marked. False where it is not stored.

        Seeing the article again at a later time takes the mark away.
        """
        since = instant(gone_at)
        return self.write(lambda connection: _articles.mark_gone(connection, slug, language, gone_at=since))

    def _leave_removed(self, lease: Lease | None, now: str, found: str) -> Added:
        if lease is not None:
            self.complete_removed(lease, now=now, found=found)
        return "removed"

    def get(self, slug: str, language: str) -> Revision | None:
        """The current revision of one article."""
        found = self._current(schema.articles.c.slug == slug, schema.articles.c.language == language)
        return found[0] if found else None

    def languages_of(self, slug: str) -> list[Revision]:
        """The current revisions of a slug in all its languages, by language code."""
        return self._current(schema.articles.c.slug == slug)

    def revisions(self, slug: str, language: str) -> list[Revision]:
        """Every text ever seen there, in the order of first sighting."""
        query = (
            _reading.revision_columns()
            .where(schema.articles.c.slug == slug, schema.articles.c.language == language)
            .order_by(schema.revisions.c.first_seen, schema.revisions.c.content_sha256)
        )
        return self.read(lambda connection: self._all(connection.execute(query)))

    def revised(self) -> list[str]:
        """The slugs that have more than one revision in some language, sorted."""
        return self.read(_reading.revised)

    def texts(self, identifiers: Callable[[Connection], Select[Any]], *, lines: bool = True) -> Iterator[Revision]:
        """Stream the revisions whose ids (first column) a query selects, in its order; memory is flat."""
        with self._streaming() as connection:
            yield from _reading.stream(connection, self._read_row, identifiers(connection), lines=lines)

    def groups(
        self,
        *,
        slugs: Sequence[str] | None = None,
        lines: bool = True,
        revisions: Literal["current", "all"] = "current",
    ) -> Iterator[tuple[str, list[Revision]]]:
        """Stream slugs in order, each with the current revisions of all its languages, or all; memory is flat.

        Twice as quickly without `lines`: menus, footers and the like that were stripped from the pages are not read.
        All revisions of a language stand in the order of first sighting.
        """
        with self._streaming() as connection:
            ordered = _reading.in_slug_order(slugs, current_only=revisions == "current")
            found = _reading.stream(connection, self._read_row, ordered, lines=lines)
            for slug, versions in groupby(found, key=lambda stored: stored.slug):
                yield slug, list(versions)

    def versions(self, *, slugs: Sequence[str] | None = None) -> Iterator[tuple[str, list[Version]]]:
        """Stream what `groups` does, of each text only what its group is found by: twice as quickly again."""
        with self._streaming() as connection:
            found = _versions.versions(connection, self._codec, self._read_row, _reading.in_slug_order(slugs))
            for slug, versions in groupby(found, key=lambda version: version.slug):
                yield slug, list(versions)

    def tally(self, selection: Selection) -> dict[tuple[str | None, str | None], int]:
        """How many texts a selection has in each (language found, script found)."""
        return self.read(lambda connection: selecting.tally(connection, selection))

    def extent(self, selection: Selection) -> Extent:
        """How many texts, articles and words a selection has, and of which days."""
        return self.read(lambda connection: selecting.extent(connection, selection))

    def select(
        self,
        selection: Selection,
        *,
        ranks: Mapping[tuple[str | None, str | None], int] | None = None,
        lines: bool = True,
    ) -> Iterator[Revision]:
        """Stream a selection by (slug, language, first sighting), the same on both backends; memory is flat.

        With `ranks`, texts come by the rank of their (language found, script found) first; without `lines` they lack
        what was stripped from their pages.
        """
        return self.texts(lambda connection: selecting.in_rank_order(connection, selection, ranks or {}), lines=lines)

    def ids(
        self, selection: Selection, *, ranks: Mapping[tuple[str | None, str | None], int] | None = None
    ) -> Iterator[list[int]]:
        """The ids of what `select` reads, in its order, some at a time, for `raw`: inside `snapshot`, of one view."""
        with self._streaming() as connection:
            yield from _reading.chunks(connection, selecting.in_rank_order(connection, selection, ranks or {}))

    def raw(self, ids: Sequence[int]) -> list[RawRow]:
        """The rows of these revisions, as `rows.read_or_tell` takes them, here or in another process."""
        return self.read(lambda connection: _reading.raw(connection, ids))

    def raw_apart(self, ids: Sequence[int]) -> RowsApart | None:
        """The same for another process to read by itself: good while `is_unchanged`, None where that cannot be."""
        return self._unchanged.rows(ids, self.read(_reading.sql_of_raw)) if self._unchanged else None

    def is_unchanged(self) -> bool:
        """Whether it is known that nothing was written since `snapshot` began: others see what it shows."""
        return bool(self._unchanged)

    def pass_over(self, fault: str) -> None:
        """Report a row that cannot be read. Raises `DamagedRecordError` where the store has no `passed_over`."""
        if self._passed_over is None:
            raise DamagedRecordError(f"{self.name}: {fault}; 'vietnamvn store check' lists all") from None
        self._passed_over(fault)

    def standing(self, slugs: Sequence[str]) -> list[Standing]:
        """Every text of these slugs, in no order: which is current, and whether it can be read."""
        return self.read(lambda connection: _reading.standing(connection, self._codec, slugs))

    def sample(self, selection: Selection, size: int) -> Iterator[Revision]:
        """Stream up to `size` texts of a selection by their hashes: a sample by chance, and the same each time."""
        return self.texts(lambda connection: selecting.in_hash_order(connection, selection, size))

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reading inside sees the store as it is now, however much others write meanwhile; nothing may be added."""
        with watched(self._address) as self._unchanged, self._streaming() as self._snapshot:
            try:
                yield
            finally:
                self._snapshot, self._unchanged = None, None

    def has(self, slug: str, language: str, *, lastmod: str | None = None) -> bool:
        """Whether this article is stored and, with `lastmod`, was fetched when the sitemap had this very value."""
        return self.read(lambda connection: _ledger.has(connection, slug, language, lastmod=lastmod))

    def validators(self, url: str) -> Validators | None:
        """ETag and Last-Modified of the stored text, if it was fetched from this very address."""
        key = address_key(url, hosts=self._hosts)
        if key is None:
            return None
        return self.read(lambda connection: _articles.validators(connection, *key, url=url))

    # ---- search and inspection

    def index(self, limit: int = 500) -> int:
        """Let the indexes read up to `limit` revisions that an older program stored; how many (0: none is left)."""
        return self.write(lambda connection: search.index(connection, self._read_row, limit))

    def measure(self, limit: int = 500, *, names: Iterable[str] = QUALITY) -> Iterator[int]:
        """Measure the texts that lack it, for `Selection.quality`, up to `limit` in a transaction; how many, each time.

        Nothing is measured but by going on. `names` are measures (`pipelines.record.MEASURES`): those of a text alone
        (the default), beside its article's others, or of its duplicates, which the extra ``batch`` finds; one name
        stands for all of its kind, and other names for nothing.
        """
        return _measures.measure(self, self._read_row, limit, names)

    def unmeasured(self, names: Iterable[str] = QUALITY) -> int:
        """How many texts have no measures of these kinds, or such that do not hold: of another record or program, or
        of an article or a store that is another one now."""
        return self.read(lambda connection: _measures.lacking(connection, names))

    def links(self, *, revisions: Literal["current", "all"] = "current") -> Links:
        """The evidence that joins slugs into articles, by the current texts or by all."""
        asked = partial(_versions.links, codec=self._codec, read=self._read_row, current_only=revisions == "current")
        return self.read(asked)

    def duplicates(
        self, scratch: Path | None = None, progress: Callable[[int], None] = lambda done: None
    ) -> Duplicates:
        """The clusters of near duplicates among all texts, found anew where those that are kept do not hold.

        For `progress` and `scratch` see `pipelines.storage.copies.duplicates_of`.
        """
        asked = partial(_copies.duplicates_of, read=self._read_row, scratch=scratch, progress=progress)
        return self.read(asked)

    def compared(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, int | float | None]]:
        """What these revisions were measured to be beside the others of their articles; those of which it holds."""
        return self.read(lambda connection: _compared.values(connection, ids))

    def unindexed(self) -> int:
        """How many revisions the full-text index has not read yet."""
        return self.read(_reading.waiting)

    def stats(self) -> Stats:
        """The store in numbers."""
        return self.read(inspection.stats)

    def check(self) -> Iterator[str]:
        """Every fault, one line each: what the database finds, missing rows, orphans, texts unlike their hash."""
        with self._streaming() as connection:
            yield from inspection.check(connection, self._codec)

    def archive_places(self) -> Iterator[archived.ResponsePlace]:
        """Stream where the store says that responses lie in the archive, by the bytes of the file name and offset."""
        with self._streaming() as connection:
            yield from archived.places(connection, self._hosts)

    # ---- how

    def write(self, work: Callable[[Connection], T]) -> T:
        """Change the tables themselves, in the open transaction or in one of its own."""
        if self.read_only:
            raise StoreError(f"{self.name}: was opened for reading only")

        def step() -> T:
            if self._connection is None:  # only `run` calls this, inside its transaction
                raise RuntimeError("no transaction")
            try:
                return work(self._connection)
            except BaseException:
                self._failed = True
                raise

        return self.run(step)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Ask the tables themselves; an open transaction sees what it has not committed yet."""
        if self._connection is not None:
            self._pending.flush(self._connection)
            return work(self._connection)

        def once() -> T:
            with self._streaming() as connection:
                return work(connection)

        return self._patiently(once)

    def _patiently(self, work: Callable[[], T]) -> T:
        attempt = 0
        while True:
            try:
                return work()
            except StoreUnavailableError as error:
                attempt += 1
                if error.conflict and attempt < _CONFLICTS_IN_A_ROW:
                    longest = min(_STEP_ASIDE_SECONDS * 2**attempt, _LONGEST_ASIDE_SECONDS)
                    threading.Event().wait(random.uniform(longest / 2, longest))  # noqa: S311  # no secret
                    continue
                if self._wait is None or not self._wait(attempt, str(error)):
                    raise

    @contextmanager
    def _streaming(self) -> Iterator[Connection]:
        if self._snapshot is not None:
            yield self._snapshot
            return
        # A connection of its own: one unchanging view of the store, however much is written meanwhile.
        with translated(self.name, self._address), self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def _current(self, *conditions: Any) -> list[Revision]:
        query = (
            _reading.revision_columns()
            .where(schema.articles.c.content_sha256 == schema.revisions.c.content_sha256, *conditions)
            .order_by(schema.articles.c.language)
        )
        return self.read(lambda connection: self._all(connection.execute(query)))

    def _all(self, rows: Iterable[Any]) -> list[Revision]:
        return [stored for row in rows if (stored := self._read_row(row)) is not None]

    def _read_row(self, row: Any) -> Revision | None:
        """A row of `revision_columns`, or the id of one that is not there; None where it was passed over."""
        return read_or_tell(row, self._codec, self.pass_over)

    def examine(self) -> int | None:
        """The version of the store that is there, None of none; makes nothing. Raises `StoreError` for a newer one."""
        return self._patiently(self._examine)

    def prepare(self, *, create: bool) -> None:
        """Make or migrate the tables, as `open_store` does."""
        self._patiently(lambda: self._prepare(create=create))

    def _examine(self) -> int | None:
        """The store's version, None where there is no store yet. Raises `StoreError` for a newer one."""
        with self._streaming() as connection:
            version = schema.stored_version(connection)
        if version is not None:
            schema.require_known(version, name=self.name)
        return version

    def _prepare(self, *, create: bool) -> None:
        version = self._examine()
        if version == schema.SCHEMA_VERSION:
            return
        if self.read_only:
            if version is None:
                raise StoreError(
                    f"{self.name}: holds no store; fill one with 'vietnamvn store add' or 'vietnamvn crawl'"
                )
            with self._streaming() as connection:
                self._engine = older.as_today(self._engine, connection, version)
            self.older_version = version
            return
        with translated(self.name, self._address), self._engine.execution_options(writes=True).begin() as connection:
            schema.prepare(connection, name=self.name, create=create)
