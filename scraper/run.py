"""One run of the crawl from its start to its end: its lock, its row in the store, its manifest, what broke in it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pipelines.exits import Exit
from pipelines.storage import Store, StoreError, open_store
from scraper.clock import now
from scraper.crawl_lock import release_lock, take_lock
from scraper.ending import LockedError, RunEnd, end_of_run
from scraper.manifest import (
    ManifestError,
    check_manifest_path,
    heading,
    is_at_work,
    manifest_path,
    write_manifest,
)
from scraper.options import RunOptions
from scraper.processes import this_holder
from scraper.tombstones import tombstones
from scraper.waiting import patient

T = TypeVar("T")
_log = logging.getLogger("articles")
_KEPT = ("tried", "texts", "articles", "fields", "totals")  # of the account, in the store
_end_log = logging.getLogger("articles.end")  # the commands say themselves how a run ended


@dataclass(slots=True, kw_only=True)
class _Lock:
    holder: str
    seconds: float
    is_held: bool = False


class CrawlRun:
    """`begin` it before anything is fetched, `note` what breaks, `finish` it once: then `end` and `manifest` are there.

    Whatever fails on the way belongs to the end that is told, so that it is made last: a place that was told an
    earlier one is told again.
    """

    def __init__(
        self, options: RunOptions, *, lock_seconds: float, is_interrupted: Callable[[], bool] = lambda: False
    ) -> None:
        self.began = now()
        self.id: int | None = None
        self.end: RunEnd | None = None
        self.manifest: dict[str, Any] = {}
        self.errors: list[BaseException] = []
        self.interrupted = False
        self._options = options
        # One for the run: who has waited in vain, or was interrupted, does not wait again to tell of it.
        self._wait = patient(is_over=lambda: self.interrupted or is_interrupted())
        self._store: Store | None = None
        self._lock = _Lock(holder=this_holder(), seconds=lock_seconds)

    @property
    def holder(self) -> str:
        """The name under which this run holds leases and lock."""
        return self._lock.holder

    def begin(self, prepare: Callable[[], T], *, hosts: list[str], described: Mapping[str, Any]) -> tuple[Store, T]:
        """Everything that can refuse a run: the manifest's place, what `prepare` makes, the store, its lock.

        Raises `VietnamvnError`. When it returns, the manifest says that this run is under way, so that a kill, too,
        leaves no other run's end to be read as this one's.
        """
        check_manifest_path(self._options)
        prepared = prepare()
        self._store = store = open_store(self._options.store, hosts=hosts, wait=self._wait, tombstones=tombstones())
        if not self._options.share:
            self.keep_lock("another crawl is running")
            self._lock.is_held = True
        write_manifest(manifest_path(self._options), self._heading())
        options = {**self._options.texts(), **described}
        self.id = store.start_run(self._options.command, holder=self.holder, now=self.began, options=options)
        return store, prepared

    def keep_lock(self, found: str = "another crawl has taken the store over") -> None:
        """Take or renew the store's crawl lock; raises `LockedError` where another run has it."""
        if self._options.share or self._store is None:
            return
        lock = take_lock(self._store, holder=self.holder, now=now(), seconds=self._lock.seconds)
        if lock is not None:
            path = manifest_path(self._options)
            kept = f", and {path} stays its manifest" if is_at_work(path, lock.holder) else ""
            raise LockedError(
                f"{self._store.name}: {found} ({lock.holder}, since {lock.acquired_at}); nothing more is done{kept}",
                holder=lock.holder,
            )

    def note(self, error: BaseException) -> None:
        """Keep what was raised for the end of the run."""
        _log.debug("an error ends the crawl", exc_info=error)
        self.errors.append(error)

    def attempt(self, step: Callable[[], T]) -> T | None:
        """Do one step of the ending; what it raises belongs to the end of the run."""
        try:
            return step()
        except Exception as error:
            self.note(error)
            return None

    @contextmanager
    def reopened(self) -> Iterator[Store]:
        """The store as whoever opens it by its name finds it now; raises `StoreError` where it is not this run's.

        What is told of a run is read here: our own connection would go on showing a file that was deleted.
        """
        if self._store is not None:
            with self._store.transaction():
                pass  # it would not be committed into a file that was deleted or replaced
        with open_store(self._options.store, read_only=True, wait=self._wait) as again:
            if not any(run.id == self.id and run.holder == self.holder for run in again.runs()):
                raise StoreError(f"{again.name}: is no longer the store of this run; see to who else writes there")
            yield again

    def finish(self, judge: Callable[[], RunEnd], details: Callable[[], dict[str, Any]]) -> None:
        """Make the end, and tell it to the manifest and to the store; then let go of both.

        `judge` and `details` are asked for a run that has begun: they see `errors` as they are by then.
        """
        ended = now()
        seen = -1

        def known() -> RunEnd:
            """Made anew only where something more has broken: what was told of it stays the end."""
            nonlocal seen
            if self.end is None or len(self.errors) != seen:
                begun = self.id is not None
                more = self.attempt(details) if begun else None
                found = self.attempt(judge) if begun else None
                self.end = found or end_of_run(errors=self.errors, interrupted=self.interrupted, begun=begun)
                self.manifest = {**self._heading(end=self.end, ended=ended), **(more or {})}
                seen = len(self.errors)
            return self.end

        def told(tell: Callable[[RunEnd, datetime], None]) -> bool:
            end, before = known(), len(self.errors)
            self.attempt(lambda: tell(end, ended))
            return len(self.errors) == before

        told(self._tell_manifest)
        if not told(self._tell_store) and not told(self._tell_manifest):
            path = manifest_path(self._options)
            with suppress(OSError):  # better none than one that calls the run complete
                if path.is_file():
                    path.unlink()
        for line in known().lines():
            _end_log.warning(line)
        if self._store is not None:
            self._store.close()

    def _tell_manifest(self, end: RunEnd, ended: datetime) -> None:
        """That of a run which began nothing is written only where it is not in the way of another one's."""
        path = manifest_path(self._options)
        if end.code == Exit.USAGE:
            return  # the call was wrong: there was no run of which to tell
        if self.id is None:
            if any(isinstance(error, LockedError) and is_at_work(path, error.holder) for error in self.errors):
                return
            if any(isinstance(error, ManifestError) for error in self.errors) or not path.parent.is_dir():
                return  # said already, or there is no former one
        write_manifest(path, self.manifest)

    def _tell_store(self, end: RunEnd, ended: datetime) -> None:
        """The run's row and the lock, in one transaction."""
        store, run_id = self._store, self.id
        if store is None or not (run_id is not None or self._lock.is_held):
            return

        def work() -> None:
            if run_id is not None:
                summary = {**end.to_dict(), **{name: self.manifest.get(name) for name in _KEPT}}
                store.finish_run(run_id, now=ended, outcome=end.word, summary=summary)
            if self._lock.is_held:
                release_lock(store, holder=self.holder)

        store.run(work)

    def _heading(self, *, end: RunEnd | None = None, ended: datetime | None = None) -> dict[str, Any]:
        return heading(self._options, holder=self.holder, began=self.began, run=self.id, end=end, ended=ended)
