"""What a run learns besides its pages, for its account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipelines.audit import Alarm, audit, text_of
from pipelines.outcomes import BLOCKS, NO_ANSWER, UNASKED, Outcome
from pipelines.printable import printable
from pipelines.site import ORIGINAL_LANGUAGE
from pipelines.storage import Store
from pipelines.storage.values import Selection
from pipelines.times import instant
from scraper.coverage import Coverage
from scraper.ending import RunEnd
from scraper.frontier import PageOutcome
from scraper.manifest import total_account
from scraper.options import CrawlOptions
from scraper.progress import ProgressLine, counted
from scraper.reconciliation import ROBOTS, AddressRow, DayAccount, SourceDocument, judge_run, reconcile

_MOST_ALARMS, _LONGEST = 5, 200  # alarms about new texts, and characters of each line

Accounts = Mapping[tuple[str, str], DayAccount]
"""`DayAccount` by (day, language)."""


@dataclass(slots=True, kw_only=True)
class Findings:
    """`documents` and `listed` (slugs of originals by day) come from the sources; `awaited` are documents that were
    asked for and not read to the end. `days_missing` says that the index has no day of the window, `stopped` why the
    run ended early (`stopped_by_blocks`: the site refused it). `overfull` maps slugs of articles that name too many
    language versions to how many they name.
    """

    documents: list[SourceDocument] = field(default_factory=list)
    listed: dict[str, set[str]] = field(default_factory=dict)
    awaited: dict[object, SourceDocument] = field(default_factory=dict)
    not_articles: int = 0
    days_missing: str | None = None
    stopped: str | None = None
    stopped_by_blocks: bool = False
    overfull: dict[str, int] = field(default_factory=dict)
    coverage: Coverage = field(default_factory=Coverage)
    alarms: tuple[Alarm, ...] = ()

    @property
    def notes(self) -> list[str]:
        """Lines for the end of the run that do not change its outcome."""
        notes = [f"warning: new texts: {printable(str(alarm))[:_LONGEST]}" for alarm in self.alarms[:_MOST_ALARMS]]
        if (more := len(self.alarms) - _MOST_ALARMS) > 0:
            notes.append(f"warning: new texts: {more} more alarms are in the account; see 'vietnamvn audit'")
        if self.overfull:
            slug, count = next(iter(self.overfull.items()))
            notes.append(
                f"warning: {len(self.overfull)} articles name more language versions than there can be (the first, "
                f"{slug}, {count}); those of languages that are not known are left"
            )
        return notes


class Series:
    """Counts pages in a row that the site refused or did not answer, so that a run can stop hammering it."""

    def __init__(self, *, blocks: int, failures: int) -> None:
        self._most_blocks, self._most_failures = blocks, failures
        self._blocks = self._failures = 0

    @property
    def is_blocked(self) -> bool:
        """Whether there were too many refusals in a row."""
        return self._blocks >= self._most_blocks

    def stop(self, settled: PageOutcome) -> str | None:
        """Count a page; returns why the run should end, or None."""
        if settled.outcome in BLOCKS:
            self._blocks += 1
        elif settled.outcome in NO_ANSWER:
            self._failures += 1
        elif settled.outcome not in UNASKED:
            self._blocks = self._failures = 0
        if self.is_blocked:
            return (
                f"stopped early: {self._blocks} pages in a row were blocked ({settled.detail}); "
                "wait, lower the rate, or ask the site to let this user agent in"
            )
        if self._failures >= self._most_failures:
            return (
                f"stopped early: {self._failures} pages in a row brought no answer ({settled.detail}); "
                "see to the network, or try again when the site is back"
            )
        return None


def accounts_of(store: Store, options: CrawlOptions, findings: Findings) -> Accounts:
    """The account of every address of the window, from the ledger as it is now."""
    since, until = options.since.isoformat(), options.until.isoformat()
    days = {count.day for count in store.counts(since=since, until=until)}
    rows = {
        day: [AddressRow(slug=r.slug, language=r.language, state=r.state, outcome=r.outcome) for r in store.ledger(day)]
        for day in sorted(day for day in days if day is not None)
    }
    removed = store.tombstones()  # the ledger keeps them under tombstone names
    listed = {
        day: frozenset(removed.in_ledger(slug, ORIGINAL_LANGUAGE) for slug in slugs)
        for day, slugs in findings.listed.items()
        if day
    }
    return reconcile(listed, rows, original=ORIGINAL_LANGUAGE if options.wants(ORIGINAL_LANGUAGE) else None)


def audited(store: Store, findings: Findings, began: datetime, least: int) -> tuple[Alarm, ...]:
    """Alarms of the audit of this run's new texts, in languages with at least `least` new articles (0: no audit)."""
    languages = tuple(sorted(code for code, number in findings.coverage.articles.items() if number >= least > 0))
    if not languages:
        return ()
    new = Selection(claimed=languages, first_seen_since=instant(began))
    with ProgressLine("auditing", at_once=False) as bar:
        texts = counted(store.select(new), sum(store.tally(new).values()), bar)
        return audit(map(text_of, texts)).alarms


def judge(
    findings: Findings,
    accounts: Accounts | None,
    tried: Mapping[Outcome, int],
    options: CrawlOptions,
    settings: Mapping[str, Any],
    *,
    errors: list[BaseException],
    interrupted: bool,
) -> RunEnd:
    """How the run ended; `accounts` is None if they could not be read."""
    left = sum(account.left for account in (accounts or {}).values())
    missing = findings.days_missing
    nothing = {(document.name, document.outcome) for document in findings.documents} == {(ROBOTS, "ok")}
    if nothing and not (findings.listed or findings.stopped or errors or interrupted):
        missing = "no source named a document or listed an address"
    return judge_run(
        findings.documents,
        accounts,
        tried,
        errors=errors,
        stopped=findings.stopped,
        stopped_by_blocks=findings.stopped_by_blocks,
        interrupted=interrupted,
        limited=options.limit is not None and left > 0,
        blocked_share=float(settings["VIETNAMVN_BLOCKED_SHARE"]),
        days_missing=missing,
        layout_unknown=findings.coverage.layout_unknown,
        layout_share=float(settings["VIETNAMVN_LAYOUT_SHARE"]),
        notes=findings.notes,
    )


def details(
    findings: Findings, accounts: Accounts | None, tried: Mapping[Outcome, int], added: Mapping[str, int]
) -> dict[str, Any]:
    """The manifest's content after its heading, as JSON types; sums that could not be read are null, never 0."""
    days = [{"day": day, "language": code, **a.to_dict()} for (day, code), a in (accounts or {}).items()]
    return {
        "tried": dict(sorted(tried.items())),
        "texts": {name: added.get(name, 0) for name in ("new", "revision", "unchanged")},
        **findings.coverage.to_dict(),
        "audit": [alarm.to_dict() for alarm in findings.alarms],
        "documents": [
            {"name": d.name, "url": d.url, "day": d.day, "outcome": d.outcome, "detail": d.detail}
            for d in findings.documents
        ],
        "not_articles_by_address": findings.not_articles,
        "layout_unknown": findings.coverage.layout_unknown,
        "totals": None if accounts is None else total_account(accounts).to_dict(),
        "days": None if accounts is None else days,
    }


def statistics(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest's numbers by their names in `crawler.stats` (docs/crawl.md)."""
    found: dict[str, Any] = {"exit_code": manifest.get("exit_code"), "result": manifest.get("result")}
    for name, count in (manifest.get("tried") or {}).items():
        found[f"tried/{name}"] = count
    for name, count in (manifest.get("texts") or {}).items():
        found[f"texts/{name}"] = count
    for name, count in (manifest.get("totals") or {}).items():
        if name == "failed":
            found.update({f"failed/{outcome}": number for outcome, number in count.items()})
        else:
            found[name] = count
    return {f"vietnamvn/{name}": value for name, value in found.items()}
