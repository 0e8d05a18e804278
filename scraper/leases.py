"""The addresses that this run has taken from the ledger and not yet given back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pipelines.storage import Lease, Time
from scraper.clock import Stopwatch, now
from scraper.processes import is_dead

# A clock that was moved by more than this is no longer trusted to know which leases have run out.
_JUMP_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a run takes addresses: so many at a time, for so many seconds, at most `limit` in all (None: no limit).

    With `share` other runs take from the same ledger.
    """

    holder: str
    run_id: int
    batch: int
    seconds: float
    limit: int | None = None
    share: bool = False


class Queue(Protocol):
    """What gives out leases: a store, for its addresses, or its `Captures`."""

    def lease(self, n: int, *, holder: str, now: Time, seconds: float) -> list[Lease]:
        """See `Store.lease`."""

    def extend(self, leases: Iterable[Lease], *, now: Time, seconds: float) -> int:
        """See `Store.extend`."""

    def release(self, leases: Iterable[Lease]) -> int:
        """See `Store.release`."""

    def lease_holders(self) -> list[str]:
        """See `Store.lease_holders`."""

    def release_holder(self, holder: str) -> int:
        """See `Store.release_holder`."""

    def counts(self) -> Sequence[Any]:
        """What there is, by (…, `state`, …)."""


class Leases:
    """`fill` takes addresses, `next` gives one out, `done` and `give_back` end what was taken."""

    def __init__(self, queue: Queue, terms: Terms) -> None:
        self.ready: deque[Lease] = deque()
        self._held: dict[int, Lease] = {}
        self.queue, self._terms = queue, terms
        self._left = terms.limit
        self._extended = Stopwatch()
        self.is_dry = False

    @property
    def out(self) -> int:
        """How many are held and were given out."""
        return len(self._held) - len(self.ready)

    @property
    def is_spent(self) -> bool:
        """Whether as many were taken as may be (`Terms.limit`)."""
        return self._left == 0

    def next(self) -> Lease | None:
        """An address to fetch, if one is at hand; never asks the store."""
        return self.ready.popleft() if self.ready else None

    def fill(self) -> None:
        """Take the next group, if the ledger has one; `is_dry` is whether it had none.

        What we hold already is not given out again, though its lease may have run out by the clock: the newer lease
        takes the place of the older, whose end would no longer be heard.
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
        """The lease that is valid now for the address of this one; None where it is no longer ours."""
        return self._held.get(lease.id)

    def given_out(self) -> list[Lease]:
        """The leases that `next` gave and that are held still."""
        ready = {lease.id for lease in self.ready}
        return [lease for lease in self._held.values() if lease.id not in ready]

    def done(self, lease: Lease) -> None:
        """The ledger knows what became of it."""
        self._held.pop(lease.id, None)

    def extend(self) -> None:
        """Keep alive what is being fetched: before a third of its time is over, and whenever the clock was moved."""
        if self._extended.seconds > self._terms.seconds / 3 or abs(self._extended.jump) > _JUMP_SECONDS:
            self.queue.extend(self._held.values(), now=now(), seconds=self._terms.seconds)
            self._extended.restart()

    def give_back(self) -> int:
        """Return what is held to the ledger, untried; how many were still ours."""
        returned = self.queue.release(list(self._held.values()))
        self._held.clear()
        self.ready.clear()
        return returned

    def _others_at_work(self) -> bool:
        # What another one finishes can bring new addresses in the same moment: only one look at everything tells that
        # nothing is left. It is the costlier question, so it comes second.
        if not self._terms.share or self._left == 0:
            return False
        recover_leases(self.queue)  # another crawler may have died with the last ones
        return bool(set(self.queue.lease_holders()) - {self._terms.holder}) or any(
            count.state == "pending" for count in self.queue.counts()
        )


def recover_leases(queue: Queue) -> int:
    """Give back what killed processes of this machine had leased, so that a restart need not wait; how many."""
    return sum(queue.release_holder(holder) for holder in queue.lease_holders() if is_dead(holder))
