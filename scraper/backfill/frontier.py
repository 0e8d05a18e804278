"""The frontier of a backfill: captures instead of addresses, each with its own time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipelines.models import Article
from pipelines.outcomes import Outcome
from pipelines.storage import Store
from pipelines.storage.captures import CaptureLease, Captures
from scraper.archive import Archive
from scraper.clock import now
from scraper.frontier import Frontier, PageOutcome
from scraper.leases import Terms


class CaptureFrontier(Frontier):
    """Stores texts of captures as seen at the capture's time, even if later ones are stored already."""

    def __init__(self, store: Store, terms: Terms, captures: Captures, *, archive: Archive | None) -> None:
        super().__init__(store, terms, queue=captures, archive=archive)
        self.captures = captures

    def known(self, options: Any) -> Iterable[tuple[str, str, str, int]]:
        """Rows (crawl, language, state, number of captures) of the run's range."""
        return self.captures.progress()

    def _store_one(self, settled: PageOutcome) -> tuple[str, Outcome]:
        lease = settled.lease
        if not isinstance(lease, CaptureLease):
            raise TypeError(f"a backfill settles captures, not {type(lease).__name__}")
        capture, result = lease.capture, settled.result
        outcome, added = settled.outcome, "failed"
        if result is not None:
            added = self.store.add(result, seen_at=capture.captured_at, run_id=self._run_id, warc=settled.place)
        if added == "removed" or outcome == "removed":
            self.captures.bury(lease)
            return "removed", "removed"
        self.captures.finish(
            self.leases.held(lease) or lease,
            final=lease.is_read and outcome != "item_error",
            outcome=outcome,
            detail="; ".join(part for part in (settled.detail, lease.note) if part),
            now=now(),
            content_sha256=result.content_sha256 if isinstance(result, Article) else None,
            signals=lease.signals,
        )
        return added, outcome
