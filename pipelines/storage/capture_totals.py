"""What became of captures, summed up: the account of a backfill, for its manifest and for reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from pipelines.storage.captures import CaptureCount


def total(counts: Iterable[CaptureCount]) -> dict[str, Any]:
    """The sum over captures, in the shape of a crawl's account."""
    stored = unchanged = left = listed = 0
    outcomes: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for count in counts:
        listed += count.captures
        if count.state in ("pending", "leased"):
            left += count.captures
        elif count.state == "failed":
            failed[count.outcome or "unknown"] += count.captures
        elif count.outcome == "ok":
            stored += count.first
            unchanged += count.captures - count.first
        else:
            outcomes[count.outcome or "unknown"] += count.captures
    return {
        "listed": listed,
        "stored": stored,
        "unchanged": unchanged,
        "outcomes": dict(sorted(outcomes.items())),
        "failed": dict(sorted(failed.items())),
        "left": left,
        "holds": listed == stored + unchanged + sum(outcomes.values()) + sum(failed.values()) + left,
    }


def by_crawl(counts: Iterable[CaptureCount]) -> list[dict[str, Any]]:
    """The same for each archive, crawl, year and language."""
    groups: dict[tuple[str, str, str, str], list[CaptureCount]] = {}
    for count in counts:
        groups.setdefault(count[:4], []).append(count)
    names = ("archive", "crawl", "year", "language")
    return [{**dict(zip(names, key, strict=True)), **total(group)} for key, group in sorted(groups.items())]
