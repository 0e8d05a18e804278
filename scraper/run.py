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
_KEPT = ("tried", "texts", "articles", "fields", "totals")  # parts of the manifest that the store keeps
_end_log = logging.getLogger("articles.end")  # separate, since the commands print themselves how a run ended


@dataclass(slots=True, kw_only=True)
class _Lock:
    holder: str
    seconds: float
    is_held: bool = False


class CrawlRun:
    """Call `begin` before anything is fetched, `note` for what breaks, `finish` once: it sets `end` and `manifest`.

    The end includes every failure, also one in recording the end; then the places that have an earlier end recorded
    get the new one.
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
        # One for the whole run: after waiting in vain, or Ctrl-C, the ending does not wait again.
        self._wait = patient(is_over=lambda: self.interrupted or is_interrupted())
        self._store: Store | None = None
        self._lock = _Lock(holder=this_holder(), seconds=lock_seconds)

    @property
    def holder(self) -> str:
        """The name under which this run holds leases and lock."""
        return self._lock.holder

    def begin(self, prepare: Callable[[], T], *, hosts: list[str], described: Mapping[str, Any]) -> tuple[Store, T]:
        """Do everything that can refuse a run: the manifest's place, what `prepare` makes, the store, its lock.

        Returns the store and what `prepare` made; raises `VietnamvnError`. When it returns, the manifest says that this
        run is under way, so that even after a kill no other run's end is taken for this one's.
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
        """Take or renew the store's crawl lock; raises `LockedError` if another run has it."""
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
        """Keep an error for the end of the run."""
        _log.debug("an error ends the crawl", exc_info=error)
        self.errors.append(error)

    def attempt(self, step: Callable[[], T]) -> T | None:
        """Do one step of the ending; an error in it becomes part of the end. Returns its result, or None."""
        try:
            return step()
        except Exception as error:
            self.note(error)
            return None

    @contextmanager
    def reopened(self) -> Iterator[Store]:
        """The store opened anew by its name, for reading; raises `StoreError` if it is not this run's.

        The account is read here: the run's own connection would go on showing a deleted file.
        """
        if self._store is not None:
            with self._store.transaction():
                pass  # raises if the file was deleted or replaced
        with open_store(self._options.store, read_only=True, wait=self._wait) as again:
            if not any(run.id == self.id and run.holder == self.holder for run in again.runs()):
                raise StoreError(f"{again.name}: is no longer the store of this run; check who else writes there")
            yield again

    def finish(self, judge: Callable[[], RunEnd], details: Callable[[], dict[str, Any]]) -> None:
        """Make the end, record it in the manifest and in the store, then close the store.

        `judge` and `details` are called for a run that has begun; `errors` has all that was noted by then.
        """
        ended = now()
        seen = -1

        def known() -> RunEnd:
            """The end; made again only if something more has broken since."""
            nonlocal seen
            if self.end is None or len(self.errors) != seen:
                begun = self.id is not None
                more = self.attempt(details) if begun else None
                found = self.attempt(judge) if begun else None
                self.end = found or end_of_run(errors=self.errors, interrupted=self.interrupted, begun=begun)
                self.manifest = {**self._heading(end=self.end, ended=ended), **(more or {})}
                seen = len(self.errors)
            return self.end

        def recorded(record: Callable[[RunEnd, datetime], None]) -> bool:
            end, before = known(), len(self.errors)
            self.attempt(lambda: record(end, ended))
            return len(self.errors) == before

        recorded(self._record_in_manifest)
        if not recorded(self._record_in_store) and not recorded(self._record_in_manifest):
            path = manifest_path(self._options)
            with suppress(OSError):  # better no manifest than one that calls the run complete
                if path.is_file():
                    path.unlink()
        for line in known().lines():
            _end_log.warning(line)
        if self._store is not None:
            self._store.close()

    def _record_in_manifest(self, end: RunEnd, ended: datetime) -> None:
        """Write the manifest; one of a run that began nothing must not replace that of a run under way."""
        path = manifest_path(self._options)
        if end.code == Exit.USAGE:
            return  # wrong arguments: there was no run
        if self.id is None:
            if any(isinstance(error, LockedError) and is_at_work(path, error.holder) for error in self.errors):
                return
            if any(isinstance(error, ManifestError) for error in self.errors) or not path.parent.is_dir():
                return  # reported already, or there is no earlier manifest to replace
        write_manifest(path, self.manifest)

    def _record_in_store(self, end: RunEnd, ended: datetime) -> None:
        """Finish the run's row and release the lock, in one transaction."""
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
