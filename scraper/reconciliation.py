"""The account of a run: what the site lists, what became of it, and the exit code that follows.

Pure: rows in, a manifest out. For every day and language ``listed = stored + unchanged + failed + left``. What the
site lists and the ledger does not know is `unaccounted`, and never added to another number.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.exits import Exit
from pipelines.outcomes import BLOCKS, Outcome
from scraper.ending import RunEnd, end_of_run


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRow:
    """One address of the ledger, as the account needs it."""

    slug: str
    language: str
    state: str
    outcome: str | None


ROBOTS = "robots.txt"
"""The name of robots.txt in the account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDocument:
    """What became of robots.txt, the index or a sitemap; `day` is set if it is a day's."""

    name: str
    url: str
    outcome: Outcome
    detail: str
    day: str | None = None


@dataclass(slots=True, kw_only=True)
class DayAccount:
    """The addresses of one day and language. Not counted in `listed` are `delisted` ones, which earlier runs saw and
    the site no longer lists, and `removed` ones, which were taken down."""

    listed: int = 0
    stored: int = 0
    unchanged: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    left: int = 0
    unaccounted: int = 0
    delisted: int = 0
    no_translation: int = 0
    removed: int = 0

    @property
    def holds(self) -> bool:
        """Whether the numbers add up to `listed`."""
        return self.listed == self.stored + self.unchanged + sum(self.failed.values()) + self.left

    def to_dict(self) -> dict[str, Any]:
        """The account as JSON types."""
        return {
            "listed": self.listed,
            "stored": self.stored,
            "unchanged": self.unchanged,
            "failed": dict(sorted(self.failed.items())),
            "left": self.left,
            "unaccounted": self.unaccounted,
            "delisted": self.delisted,
            "no_translation": self.no_translation,
            "removed": self.removed,
            "holds": self.holds,
        }


def reconcile(
    listed: Mapping[str, frozenset[str]], rows: Mapping[str, Iterable[AddressRow]], *, original: str | None
) -> dict[tuple[str, str], DayAccount]:
    """The account of each (day, language).

    `listed` has the slugs of each day's sitemap, if that could be read; `rows` the ledger's addresses of the day. In
    the `original` language (None if the run did not want it) the sitemap defines what is listed; in the others, which
    no sitemap lists, the addresses that pages named or that answered.
    """
    accounts: dict[tuple[str, str], DayAccount] = defaultdict(DayAccount)
    for day in sorted({*listed, *rows}):
        known: set[str] = set()
        for row in rows.get(day, ()):
            account = accounts[day, row.language]
            if row.language == original:
                known.add(row.slug)
                if day in listed and row.slug not in listed[day] and row.outcome != "removed":
                    account.delisted += 1
                    continue
            if row.outcome == "removed":
                account.removed += 1
                continue
            if row.outcome == "no_translation" and row.state == "failed":
                account.no_translation += 1
                continue
            account.listed += 1
            if row.state == "done" and row.outcome == "unchanged":
                account.unchanged += 1
            elif row.state == "done":
                account.stored += 1
            elif row.state == "failed":
                account.failed[row.outcome or "unknown"] += 1
            else:
                account.left += 1
        if original is not None and (missing := listed.get(day, frozenset()) - known):
            account = accounts[day, original]
            account.unaccounted += len(missing)
            account.listed += len(missing)
    return dict(sorted(accounts.items()))


def judge_run(
    documents: Iterable[SourceDocument],
    accounts: Mapping[tuple[str, str], DayAccount] | None,
    tried: Mapping[Outcome, int],
    *,
    errors: Iterable[BaseException] = (),
    stopped: str | None = None,
    stopped_by_blocks: bool = False,
    interrupted: bool = False,
    limited: bool = False,
    blocked_share: float,
    layout_unknown: int = 0,
    layout_share: float,
    days_missing: str | None = None,
    notes: Iterable[str] = (),
) -> RunEnd:
    """How the run ended. It is complete (exit code 0) only if nothing is left, nothing failed and nothing broke.

    `accounts` is None if they could not be read; `errors` is everything that was raised; `stopped` says why the run
    ended early; `tried` counts its outcomes; `days_missing` says that the index lists no day of the window; `notes` are
    reported and do not change the outcome.
    """
    reasons: list[str] = []
    blocked = False
    for document in documents:
        if document.outcome in BLOCKS:
            blocked = True
            reasons.append(f"{document.name}: {document.outcome} ({document.detail}). The site refuses this client")
        elif document.outcome != "ok":
            reasons.append(f"{document.name}: {document.outcome} ({document.detail})")
    if days_missing:
        reasons.append(days_missing)
    total = sum(tried.values())
    refused = sum(tried.get(outcome, 0) for outcome in BLOCKS)
    if stopped:
        reasons.append(stopped)
        blocked = blocked or stopped_by_blocks
    if total and refused / total > blocked_share:
        blocked = True
        reasons.append(f"{refused} of {total} pages were blocked or challenged. The site refuses this client")
    failed: Counter[str] = Counter()
    known = [] if accounts is None else list(accounts.values())
    for account in known:
        failed.update(account.failed)
    left = sum(account.left for account in known)
    unaccounted = sum(account.unaccounted for account in known)
    if failed:
        reasons.append("failed: " + ", ".join(f"{count} {reason}" for reason, count in sorted(failed.items())))
    if left:
        reasons.append(
            f"not yet tried: {left}" + (" (--limit reached)" if limited else "") + "; the next run goes on there"
        )
    if unaccounted or not all(account.holds for account in known):
        reasons.append(f"the sums do not hold: {unaccounted} listed addresses are not in the ledger")
    if accounts is None:
        reasons.append("what became of the listed addresses could not be read from the store")
    codes = [Exit.BLOCKED] if blocked else [Exit.PARTIAL] if reasons else []
    remarks = list(notes)
    read = tried.get("ok", 0)
    if read and layout_unknown / read > layout_share:
        remarks.append(
            f"warning: no known layout matched on {layout_unknown} of {read} articles; the site may have changed"
        )
    raised = list(errors)
    if not (total or codes or raised or interrupted):
        remarks.append("nothing to do: everything the site lists for these days is already stored")
    return end_of_run(codes, [*remarks, *reasons], errors=raised, interrupted=interrupted)
