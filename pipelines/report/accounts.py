"""Runs in a report: the account of one in a sentence, the earlier ones, and what is unusual about the last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.baseline import Kind, compare, figures
from pipelines.report.model import Cell, Part, ReportTable
from pipelines.storage import RunRecord

_SHOWN_RUNS = 30
_SHOWN_FIGURES: tuple[tuple[Kind, str], ...] = (("run", "pages"), ("texts", "new"), ("texts", "revision"))
_LONGEST = 600  # characters of a run's reasons


def account_sentence(manifest: Mapping[str, Any]) -> str:
    """The account of a crawl or backfill in words: its result, its sum and its reasons.

    >>> account_sentence({"started_at": "2025-10-24T01:00:00Z", "result": "blocked", "reasons": ["robots.txt: no"]})
    'The run of 2025-10-24 01:00 was blocked. Reasons: robots.txt: no.'
    """
    totals = manifest.get("totals")
    sentence = f"The run of {moment(str(manifest.get('started_at')))} was {manifest.get('result')}"
    if isinstance(totals, Mapping):
        sentence += f": {sum_in_words(totals)}"
    return f"{sentence}.{_because(manifest.get('reasons'))}"


def sum_in_words(totals: Mapping[str, Any]) -> str:
    """The sum of an account: ``listed = stored + unchanged + (no text +) failed + left``.

    >>> sum_in_words({"listed": 9, "stored": 6, "unchanged": 0, "failed": {"timeout": 2}, "left": 1})
    '9 listed = 6 stored + 0 unchanged + 2 failed (2 timeout) + 1 left'
    """
    parts = [f"{totals['stored']:,} stored", f"{totals['unchanged']:,} unchanged"]
    if "outcomes" in totals:  # a backfill: captures that are final and have no text
        parts.append(_by_reason("no text", totals["outcomes"]))
    parts += [_by_reason("failed", totals["failed"]), f"{totals['left']:,} left"]
    return f"{totals['listed']:,} listed = {' + '.join(parts)}"


def _by_reason(name: str, reasons: Mapping[str, int]) -> str:
    numbers = in_words(reasons)
    return f"{sum(reasons.values()):,} {name}{f' ({numbers})' if numbers else ''}"


def in_words(reasons: Mapping[str, int]) -> str:
    """The reasons with their numbers, the most frequent first.

    >>> in_words({"gone": 1, "timeout": 3})
    '3 timeout, 1 gone'
    """
    return ", ".join(f"{number:,} {reason}" for reason, number in sorted(reasons.items(), key=lambda r: (-r[1], r[0])))


def _because(reasons: object) -> str:
    if not isinstance(reasons, Sequence) or isinstance(reasons, str) or not reasons:
        return ""
    joined = "; ".join(map(str, reasons))
    return f" Reasons: {joined if len(joined) <= _LONGEST else joined[: _LONGEST - 1] + '…'}."


def history(runs: Sequence[RunRecord], *, shows_last: bool) -> Iterator[Part]:
    """The runs of one command in their order: how the last one ended (`shows_last`), and what is unusual about it."""
    if not runs:
        return
    last = runs[-1]
    if last.finished_at is None:
        yield f"The last run began at {moment(last.started_at)} and has not ended."
    elif shows_last:
        ended = f"The last run, of {moment(last.started_at)}, was {last.outcome}."
        yield ended + _because(last.summary.get("reasons"))
    finished = [place for place, run in enumerate(runs) if run.finished_at is not None]
    compared = compare(runs[finished[-1]], runs[: finished[-1]]) if finished else None
    if compared is not None:
        unusual = "; ".join(map(str, compared.unusual)) or "nothing"
        yield f"Unusual about the last finished run, beside {compared.runs} before it: {unusual}."
    shown = runs[-_SHOWN_RUNS:]
    before = len(runs) - len(shown)
    yield ReportTable(
        caption="Runs, the last one first" + (f"; {before:,} earlier ones are not shown" if before else ""),
        columns=("began", "result", "minutes", "pages", "new", "revised", "reasons"),
        rows=tuple(_row(run) for run in reversed(shown)),
    )


def _row(run: RunRecord) -> tuple[Cell, ...]:
    numbers = figures(run)
    seconds = numbers.get(("run", "seconds"))
    return (
        moment(run.started_at),
        run.outcome or "not ended",
        None if seconds is None else round(seconds / 60, 1),
        *(None if (n := numbers.get(key)) is None else round(n) for key in _SHOWN_FIGURES),
        _because(run.summary.get("reasons")).removeprefix(" Reasons: "),
    )


def moment(time: str) -> str:
    """A time to the minute, for people."""
    return time[:16].replace("T", " ")
