"""What a crawl asks of its store beside storing: the ledger of addresses, runs and locks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection

from pipelines.lazily import Later
from pipelines.storage.values import Lease, LedgerCount, LedgerRow, ListedAddress, Lock, RunRecord
from pipelines.times import Time, instant

if TYPE_CHECKING:
    from pipelines.storage import archived
    from pipelines.storage import ledger as _ledger
    from pipelines.storage import runs as _runs
    from pipelines.storage.tombstones import Tombstones
else:  # reading the store needs none of them
    archived, _ledger, _runs = (Later(f"pipelines.storage.{name}") for name in ("archived", "ledger", "runs"))

T = TypeVar("T")


class CrawlPart:
    """The part of `Store` for crawls. Transactions are those of `Store`."""

    _hosts: frozenset[str]

    def write(self, work: Callable[[Connection], T]) -> T:
        """Change the tables, in the open transaction or in one of its own."""
        raise NotImplementedError

    def read(self, work: Callable[[Connection], T]) -> T:
        """Ask the tables; an open transaction sees its own changes."""
        raise NotImplementedError

    def tombstones_in(self, connection: Connection) -> Tombstones:
        """What was taken down, for a transaction that stores something."""
        raise NotImplementedError

    # ---- ledger

    def enqueue(
        self,
        entries: Iterable[ListedAddress | tuple[str, str | None, str, str | None, str | None, int]],
        *,
        now: Time,
        revisit: bool = False,
        retry_failed: bool = False,
    ) -> int:
        """Put addresses into the ledger; how many became pending.

        Idempotent: an address is one (slug, language), whatever its host. One that is done or failed becomes pending
        again if its `lastmod` changed, with `revisit` if it is done, with `retry_failed` if it failed. One that is
        leased stays leased, and becomes pending at its end if its `lastmod` changed meanwhile. One that was taken down
        is ``done`` with outcome ``removed``, without its name.
        """
        moment, all_entries = instant(now), list(entries)  # kept: the work may have to be done again
        return self.write(
            lambda connection: _ledger.enqueue(
                connection,
                all_entries,
                hosts=self._hosts,
                now=moment,
                revisit=revisit,
                retry_failed=retry_failed,
                removed=self.tombstones_in(connection),
            )
        )

    def lease(self, n: int, *, holder: str, now: Time, seconds: float) -> list[Lease]:
        """Take up to `n` addresses: pending ones whose time has come, and those whose lease has expired.

        Highest priority first, then in order of arrival. Processes that lease at once never get the same address.
        """
        moment = instant(now)
        return self.write(lambda connection: _ledger.lease(connection, n, holder=holder, now=moment, seconds=seconds))

    def extend(self, leases: Iterable[Lease], *, now: Time, seconds: float) -> int:
        """Prolong leases that are still held; how many were."""
        held, moment = list(leases), instant(now)
        return self.write(lambda connection: _ledger.extend(connection, held, now=moment, seconds=seconds))

    def complete(self, lease: Lease, *, outcome: str, now: Time, detail: str | None = None) -> bool:
        """The address is done without a text of its own (say ``unchanged``). False if the lease was lost."""
        moment = instant(now)
        return self.write(
            lambda connection: _ledger.finish(
                connection, lease, state="done", outcome=outcome, detail=detail, now=moment
            )
        )

    def fail(self, lease: Lease, outcome: str, detail: str, now: Time, *, retry_at: Time | None = None) -> bool:
        """The address failed for this reason; with `retry_at` it is pending again from then on. False if lost."""
        moment, later = instant(now), None if retry_at is None else instant(retry_at)
        state = "failed" if later is None else "pending"
        return self.write(
            lambda connection: _ledger.finish(
                connection, lease, state=state, outcome=outcome, detail=detail, now=moment, retry_at=later
            )
        )

    def release(self, leases: Iterable[Lease]) -> int:
        """Give addresses back untried, as if they had never been leased; how many were still held."""
        held = list(leases)
        return self.write(lambda connection: _ledger.release(connection, held))

    def counts(self, *, since: str | None = None, until: str | None = None) -> list[LedgerCount]:
        """Addresses by (day, language, state, outcome), ordered; days inclusive. Their sum is the ledger's size."""
        return self.read(lambda connection: _ledger.counts(connection, since=since, until=until))

    def ledger(self, day: str) -> list[LedgerRow]:
        """All addresses of one day (YYYY-MM-DD), by slug and language."""
        return self.read(lambda connection: _ledger.rows(connection, day))

    def retry(self, outcomes: Iterable[str], *, now: Time, since: str | None = None, until: str | None = None) -> int:
        """Make addresses that failed with one of these outcomes pending again; days inclusive. How many."""
        wanted, moment = list(outcomes), instant(now)
        return self.write(lambda connection: _ledger.retry(connection, wanted, now=moment, since=since, until=until))

    def lease_holders(self) -> list[str]:
        """Everyone who holds leases at this moment."""
        return self.read(_ledger.lease_holders)

    def release_holder(self, holder: str) -> int:
        """Give back all leases of a holder that is known to be dead; how many."""
        return self.write(lambda connection: _ledger.release_holder(connection, holder))

    # ---- runs and locks

    def start_run(self, command: str, *, holder: str, now: Time, options: Mapping[str, Any] | None = None) -> int:
        """Record that a run starts; its id."""
        moment = instant(now)
        return self.write(
            lambda connection: _runs.start(connection, command, holder=holder, now=moment, options=options or {})
        )

    def finish_run(self, run_id: int, *, now: Time, outcome: str, summary: Mapping[str, Any] | None = None) -> None:
        """Record how a run ended."""
        moment = instant(now)
        self.write(
            lambda connection: _runs.finish(connection, run_id, now=moment, outcome=outcome, summary=summary or {})
        )

    def forget_archive(self, files: Sequence[str], *, now: Time) -> int:
        """These archive files are lost: nothing points into them, and their pages are pending again. How many."""
        return self.write(lambda connection: archived.forget(connection, files, now=instant(now)))

    def archive_counts(self) -> dict[str, int]:
        """How many texts and rejects point into each file of the archive, by its name."""
        return self.read(archived.counts)

    def move_archive(self, file: str, *, to: str, offsets: Mapping[int, int]) -> None:
        """Responses of an archive file stand in the file `to` now, at these offsets; what is in none stands nowhere.

        `to` is another name than `file`. Texts and ledger stay as they are.
        """
        self.write(lambda connection: archived.move(connection, file, to=to, offsets=offsets))

    def runs(self) -> list[RunRecord]:
        """All runs, the first one first."""
        return self.read(_runs.listed)

    def acquire_lock(self, name: str, *, holder: str, now: Time, seconds: float) -> Lock | None:
        """Take or renew a named lock; None when taken, else the lock somebody else holds (and until when)."""
        moment = instant(now)
        return self.write(
            lambda connection: _runs.acquire_lock(connection, name, holder=holder, now=moment, seconds=seconds)
        )

    def release_lock(self, name: str, *, holder: str) -> bool:
        """Let go of a lock; False if this holder did not have it."""
        return self.write(lambda connection: _runs.release_lock(connection, name, holder=holder))
