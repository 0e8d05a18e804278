"""The addresses that this run has leased from the ledger and not yet returned."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pipelines.storage import Lease, Time
from scraper.clock import Stopwatch, now
from scraper.processes import is_dead

# After a clock jump of more than this, leases are renewed: they may have run out by the new time.
_JUMP_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a run leases addresses: `batch` at a time, for `seconds`, at most `limit` in all (None: no limit).

    With `share` other runs lease from the same ledger. `run_id` is the run's row in the store, if it has one.
    """

    holder: str
    run_id: int | None
    batch: int
    seconds: float
    limit: int | None = None
    share: bool = False


class Queue(Protocol):
    """What gives out leases: a store (of its addresses), or its `Captures`."""

    def lease(self, n: int, *, holder: str, now: Time, seconds: float) -> list[Lease]:
        """Lease up to `n` pending addresses to `holder` for `seconds`, the most urgent first."""

    def extend(self, leases: Iterable[Lease], *, now: Time, seconds: float) -> int:
        """Renew leases for `seconds` from `now`; returns how many were still held."""

    def release(self, leases: Iterable[Lease]) -> int:
        """Return leases untried; returns how many were still held."""

    def lease_holders(self) -> list[str]:
        """The holders that have leases now."""

    def release_holder(self, holder: str) -> int:
        """Return all leases of a holder; returns how many."""

    def counts(self) -> Sequence[Any]:
        """Numbers of entries; each row has a `state`."""


class Leases:
    """`fill` leases addresses, `next` gives one out, `done` and `give_back` end leases."""

    def __init__(self, queue: Queue, terms: Terms) -> None:
        self.ready: deque[Lease] = deque()
        self._held: dict[int, Lease] = {}
        self.queue, self._terms = queue, terms
        self._left = terms.limit
        self._extended = Stopwatch()
        self.is_dry = False

    @property
    def out(self) -> int:
        """How many leases are held and given out by `next`."""
        return len(self._held) - len(self.ready)

    @property
    def is_spent(self) -> bool:
        """Whether `Terms.limit` is reached."""
        return self._left == 0

    def next(self) -> Lease | None:
        """An address to fetch, if one is at hand; never asks the store."""
        return self.ready.popleft() if self.ready else None

    def fill(self) -> None:
        """Lease the next group; `is_dry` is True if the ledger had none.

        An address that this run holds already is not given out again, though its lease may have run out: the new
        lease replaces the old one, which the store would no longer accept.
        """
        if self._left == 0 or self.is_dry:
            self.is_dry = True
            return
        terms = self._terms
        wanted = terms.batch if self._left is None else min(terms.batch, self._left)
        leases = self.queue.lease(wanted, holder=terms.holder, now=now(), seconds=terms.seconds)
        new = [lease for lease in leases if lease.id not in self._held]
        self._held.update((lease.id, lease) for lease in leases)
        self.ready.extend(new)
        if self._left is not None:
            self._left -= len(new)
        self.is_dry = not leases and not self._others_at_work()

    def held(self, lease: Lease) -> Lease | None:
        """The valid lease of this lease's address; None if this run no longer holds it."""
        return self._held.get(lease.id)

    def given_out(self) -> list[Lease]:
        """The leases that `next` gave out and that are still held."""
        ready = {lease.id for lease in self.ready}
        return [lease for lease in self._held.values() if lease.id not in ready]

    def done(self, lease: Lease) -> None:
        """Drop a lease whose outcome is stored."""
        self._held.pop(lease.id, None)

    def extend(self) -> None:
        """Renew all leases, after a third of their time or a jump of the clock."""
        if self._extended.seconds > self._terms.seconds / 3 or abs(self._extended.jump) > _JUMP_SECONDS:
            self.queue.extend(self._held.values(), now=now(), seconds=self._terms.seconds)
            self._extended.restart()

    def give_back(self) -> int:
        """Return all leases to the ledger, untried; returns how many were still held."""
        returned = self.queue.release(list(self._held.values()))
        self._held.clear()
        self.ready.clear()
        return returned

    def _others_at_work(self) -> bool:
        # A page that another crawler finishes may add addresses at once, so no holders alone does not mean that nothing
        # is left: `counts` decides. It costs more, so it is asked second.
        if not self._terms.share or self._left == 0:
            return False
        recover_leases(self.queue)  # another crawler may have died holding the last ones
        return bool(set(self.queue.lease_holders()) - {self._terms.holder}) or any(
            count.state == "pending" for count in self.queue.counts()
        )


def recover_leases(queue: Queue) -> int:
    """Release what dead processes of this machine had leased, so that a restart need not wait; returns how many."""
    return sum(queue.release_holder(holder) for holder in queue.lease_holders() if is_dead(holder))
