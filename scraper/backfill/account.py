"""The account of a backfill: every capture that the archives list, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipelines.exits import Exit
from pipelines.outcomes import BLOCKS, Outcome
from pipelines.storage import Store
from pipelines.storage.capture_totals import by_crawl, total
from pipelines.storage.captures import CaptureCount, Captures
from scraper.backfill.given import is_remote
from scraper.backfill.options import BackfillOptions
from scraper.backfill.whole_files import FileReading
from scraper.ending import RunEnd, end_of_run
from scraper.findings import Findings


class BackfillAccount:
    """Judges a backfill and makes its account: `listed = stored + unchanged + outcomes + failed + left`.

    `stored` are the captures that showed a text first, `unchanged` those that showed it again; `outcomes` are final
    outcomes without a text, `failed` captures that an archive did not deliver.
    """

    def __init__(self, captures: Captures, readings: Callable[[], Sequence[FileReading]] = list) -> None:
        self._captures, self._readings = captures, readings
        self._other_digests = 0

    def accounts_of(self, store: Store, options: BackfillOptions, findings: Findings) -> list[CaptureCount]:
        """The counts of all captures of the range, by outcome."""
        captures = Captures(store, self._captures.wanted)
        self._other_digests = captures.other_digests()
        return captures.counts()

    def judge(
        self,
        findings: Findings,
        accounts: list[CaptureCount] | None,
        tried: Mapping[Outcome, int],
        options: BackfillOptions,
        settings: Mapping[str, Any],
        *,
        errors: list[BaseException],
        interrupted: bool,
    ) -> RunEnd:
        """How the run ended; `accounts` is None if they could not be read."""
        reasons: list[str] = []
        is_blocked = findings.stopped_by_blocks
        for document in findings.documents:
            is_blocked = is_blocked or document.outcome in BLOCKS
            reasons.append(f"{document.name}: {document.outcome} ({document.detail})")
        if findings.stopped:
            reasons.append(findings.stopped)
        totals = total(accounts or [])
        if failed := totals["failed"]:
            failures = ", ".join(f"{count} {reason}" for reason, count in failed.items())
            reasons.append(f"not delivered by the archive: {failures}; the next run asks again")
        if totals["left"]:
            limited = " (--limit reached)" if options.limit is not None else ""
            reasons.append(f"not yet tried: {totals['left']}{limited}; the next run goes on there")
        if unread := sum(not reading.is_read for reading in self._readings()):
            reasons.append(f"not read to their end: {unread} files; the next run goes on there")
        if accounts is None:
            reasons.append("what became of the captures could not be read from the store")
        elif not (totals["listed"] or reasons or errors or interrupted):
            reasons.append("the archives list no capture of this domain, time and language")
        codes = [Exit.BLOCKED] if is_blocked else [Exit.PARTIAL] if reasons else []
        notes = [] if tried or codes or errors or interrupted else ["nothing to do: every capture listed is stored"]
        return end_of_run(codes, [*notes, *reasons], errors=errors, interrupted=interrupted)

    def details(
        self,
        findings: Findings,
        accounts: list[CaptureCount] | None,
        tried: Mapping[Outcome, int],
        added: Mapping[str, int],
    ) -> dict[str, Any]:
        """The manifest's content after its heading, as JSON types."""
        return {
            "tried": dict(sorted(tried.items())),
            "texts": {name: added.get(name, 0) for name in ("new", "revision", "unchanged")},
            **findings.coverage.to_dict(),
            "documents": [
                {"name": d.name, "url": d.url, "outcome": d.outcome, "detail": d.detail} for d in findings.documents
            ],
            "totals": None if accounts is None else total(accounts),
            "crawls": None if accounts is None else by_crawl(accounts),
            "other_digests": self._other_digests,
            "files": [reading.to_dict() for reading in self._readings()],
        }


def seconds_for(manifest: Mapping[str, Any], delay: float | None) -> float:
    """Seconds to fetch what is left, at the services' pace or with `delay` seconds between requests."""
    from scraper import settings

    paces = {
        "commoncrawl": settings.VIETNAMVN_DATA_DELAY,
        "internetarchive": settings.VIETNAMVN_WAYBACK_DELAY,
    }  # captures in files need no requests of their own
    requests: list[tuple[int, float]] = [(row["left"], paces.get(row["archive"], 0.0)) for row in manifest["crawls"]]
    requests += [
        (-(-file["bytes"] // settings.VIETNAMVN_PIECE_BYTES), settings.VIETNAMVN_DATA_DELAY)
        for file in remote_files(manifest)
    ]
    return sum(number * (usual if delay is None else delay) for number, usual in requests if usual)


def remote_files(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The files of an account that are read over the network."""
    return [file for file in manifest["files"] if file["archive"] == "ccnews" or is_remote(file["file"])]
