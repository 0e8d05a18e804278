"""The frontier of the crawl is the store's ledger: an address is leased, fetched, and done with its text's commit.

Results wait in memory for at most a moment and are stored in groups. An address stays leased until its group is
committed, so a kill loses only the fetches of that moment, and the next run repeats them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from pipelines.models import Article, Rejected
from pipelines.outcomes import ABSENT, Outcome
from pipelines.rights import Rights
from pipelines.site import ORIGINAL_LANGUAGE
from pipelines.storage import Lease, ListedAddress, Store, Validators, WarcLocation
from pipelines.storage.keys import article_key
from pipelines.times import instant
from scraper.archive import Archive, ArchiveError, Exchange, Member
from scraper.clock import now
from scraper.leases import Leases, Queue, Terms
from scraper.visits import Visit

T = TypeVar("T")

ORIGINAL, LISTED, GUESSED = 20, 10, 0
"""Priorities in the ledger: originals come first, since their alternates name the translations; `GUESSED` addresses
come from the slug rule alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOutcome:
    """What became of a leased address. `result` is set if a page was read, `place` is where the archive has it,
    `rights` are those of a response without a page."""

    lease: Lease
    outcome: Outcome
    detail: str
    fetched_at: str
    result: Article | Rejected | None = None
    http: Validators | None = None
    place: WarcLocation | None = None
    rights: Rights | None = None


Translations = Callable[[Lease, Article, str], Iterable[ListedAddress]]
"""Given an original's lease, its article and its address: the addresses of its translations."""


class Frontier:
    """`enter` takes addresses, `settle` takes what became of one, `flush` stores both in one transaction."""

    def __init__(
        self,
        store: Store,
        terms: Terms,
        *,
        queue: Queue | None = None,
        archive: Archive | None = None,
        translations: Translations | None = None,
    ) -> None:
        self.leases = Leases(queue or store, terms)
        self.outcomes: Counter[Outcome] = Counter()
        self.added: Counter[str] = Counter()
        self.archive = archive
        self.store, self._run_id = store, terms.run_id
        self._translations = translations
        store.tombstones()  # read once: nothing is taken down while a run works on the store
        self._settled: list[PageOutcome] = []
        self._entered: list[tuple[ListedAddress, bool]] = []
        self._broken = False

    def known(self, options: Any) -> Iterable[tuple[str, str, str, int]]:
        """Rows (day, language, state, number of addresses) of the run's window."""
        since, until = options.since.isoformat(), options.until.isoformat()
        return [(c.day or "", c.language, c.state, c.addresses) for c in self.store.counts(since=since, until=until)]

    @property
    def group(self) -> int:
        """How many results wait for their transaction."""
        return len(self._settled)

    @property
    def has_entered(self) -> bool:
        """Whether addresses wait for their transaction."""
        return bool(self._entered)

    @property
    def in_flight(self) -> int:
        """How many addresses are being fetched or read."""
        return self.leases.out - len(self._settled)

    def unsettled(self) -> list[Lease]:
        """The leases that were given out and not settled."""
        settled = {one.lease.id for one in self._settled}
        return [lease for lease in self.leases.given_out() if lease.id not in settled]

    def enter(self, entries: Iterable[ListedAddress], *, revisit: bool = False) -> None:
        """Take addresses for the ledger, with `revisit` also where they are done."""
        self._entered += [(entry, revisit) for entry in entries]

    def settle(self, settled: PageOutcome) -> None:
        """Take what became of an address, to be stored with its group."""
        self._settled.append(settled)

    def is_removed(self, visit: Visit, item: Any) -> bool:
        """Whether what a visit brought was taken down, under any of its addresses: nothing of it may be kept."""
        removed = self.store.taken_down
        if not removed:
            return False
        if isinstance(item, Article):
            return removed.holds_article(article_key(item, hosts=self.store.hosts), item)
        addresses = [getattr(item, "url", None), None if visit.exchange is None else visit.exchange.url]
        return any(map(removed.holds_address, addresses)) or removed.are_in(getattr(item, "detail", None))

    def archived(self, exchange: Exchange | Member) -> WarcLocation | None:
        """Write to the archive and return the place; None if there is no archive, or it has failed before."""
        archive = self.archive
        if archive is None or self._broken:
            return None
        return self._guarded(lambda: archive.write(exchange))

    def flush(self) -> None:
        """Store everything that waits, and extend the leases of what is still being fetched."""
        if self.archive is not None:
            self.archive.check()
        self.leases.extend()
        if not self._settled and not self._entered:
            return
        # They count as waiting until they are stored: while the server is away the run must not look finished.
        group, entered = list(self._settled), list(self._entered)
        if self.archive is not None and not self._broken:
            self._guarded(self.archive.sync)  # before the transaction: the store may only point at what is on disk

        def work() -> list[tuple[str, Outcome]]:
            for revisit in (False, True):
                entries = [entry for entry, again in entered if again is revisit]
                if entries:
                    self.store.enqueue(entries, now=now(), revisit=revisit)
            return [self._store_one(settled) for settled in group]

        try:
            stored = self.store.run(work)
        except Exception:
            self._forget(group, entered)
            raise
        self._forget(group, entered)
        for settled, (added, outcome) in zip(group, stored, strict=True):
            self.leases.done(settled.lease)
            self.outcomes["unchanged" if added == "unchanged" else outcome] += 1
            self.added[added] += 1
        self.leases.is_dry = False

    def _forget(self, group: list[PageOutcome], entered: list[tuple[ListedAddress, bool]]) -> None:
        del self._settled[: len(group)]
        del self._entered[: len(entered)]

    def close_archive(self) -> None:
        """Close the archive; raises `ArchiveError` if its end cannot be written."""
        if self.archive is not None:
            self._guarded(self.archive.close)

    def forget_lost(self) -> None:
        """Raise `ArchiveError` if a file of this run is gone, after removing its places from the store."""
        lost = [] if self.archive is None else self.archive.lost()
        if lost:
            texts = self.store.forget_archive(lost, now=now())
            names = lost[0] + (f" and {len(lost) - 1} more" if len(lost) > 1 else "")
            raise ArchiveError(
                f"{names}: gone from the archive or cut short, with the responses of {texts} pages; the next run "
                "fetches them again"
            )

    def give_back(self) -> int:
        """At the end of a run, store what is settled and release the other leases; returns how many.

        Leases of what cannot be stored are released too, and then the error is raised. Nothing more goes into a
        broken archive; what should be in it is fetched again.
        """
        try:
            if not self._broken:
                self.flush()
        finally:
            returned = self.leases.give_back()
        return returned

    def _guarded(self, step: Callable[[], T]) -> T:
        try:
            return step()
        except OSError as error:
            self._broken = True
            raise ArchiveError(f"the archive cannot be written ({error.strerror}); check its disk") from None
        except Exception:
            self._broken = True
            raise

    def _store_one(self, settled: PageOutcome) -> tuple[str, Outcome]:
        """What the store made of it, and the outcome, which may depend on what is stored already."""
        store, lease = self.store, self.leases.held(settled.lease) or settled.lease
        outcome, detail = settled.outcome, settled.detail
        if outcome in ABSENT and lease.priority == GUESSED and not store.has(lease.slug, lease.language):
            store.fail(lease, "no_translation", f"there is no such page ({detail})", settled.fetched_at)
            return "failed", "no_translation"
        added = "failed"
        if outcome == "removed":
            store.complete_removed(lease, now=instant(settled.fetched_at), found=detail)
            added = "removed"
        elif settled.result is not None:
            added = store.add(
                settled.result,
                seen_at=settled.fetched_at,
                run_id=self._run_id,
                lease=lease,
                http=settled.http,
                warc=settled.place,
            )
            if added == "removed":
                return added, "removed"
            if outcome == "not_found":
                store.mark_gone(lease.slug, lease.language, gone_at=settled.fetched_at)
        elif outcome == "unchanged":
            if store.touch(lease, seen_at=settled.fetched_at, http=settled.http, rights=settled.rights):
                added = "unchanged"
                self._look_for_translations(lease)
            else:
                outcome = "empty"
                store.fail(lease, outcome, "HTTP 304 for a page that is not stored", settled.fetched_at)
        else:
            if outcome in ("not_found", "gone"):
                store.mark_gone(lease.slug, lease.language, gone_at=settled.fetched_at)
            store.fail(lease, outcome, detail, settled.fetched_at)
        return added, outcome

    def _look_for_translations(self, lease: Lease) -> None:
        """Enter the translations that the stored text of an unchanged original names."""
        if lease.language == ORIGINAL_LANGUAGE and self._translations is not None:
            stored = self.store.get(lease.slug, lease.language)
            if stored is not None:
                self.store.enqueue(self._translations(lease, stored.article, lease.url), now=now())
