"""What a report tells of runs: the account of one in a sentence, those of before, and what of the last is unusual."""

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
    """A run's own account, in words: its result, its sum and its reasons. Of a crawl or of a backfill.

    >>> account_sentence({"started_at": "2025-10-24T01:00:00Z", "result": "blocked", "reasons": ["robots.txt: no"]})
    'The run of 2025-10-24 01:00 was blocked. Reasons: robots.txt: no.'
    """
    totals = manifest.get("totals")
    said = f"The run of {moment(str(manifest.get('started_at')))} was {manifest.get('result')}"
    if isinstance(totals, Mapping):
        said += f": {sum_in_words(totals)}"
    return f"{said}.{_because(manifest.get('reasons'))}"


def sum_in_words(totals: Mapping[str, Any]) -> str:
    """The sum of an account, which holds: ``listed = stored + unchanged + (no text +) failed + left``.

    >>> sum_in_words({"listed": 9, "stored": 6, "unchanged": 0, "failed": {"timeout": 2}, "left": 1})
    '9 listed = 6 stored + 0 unchanged + 2 failed (2 timeout) + 1 left'
    """
    parts = [f"{totals['stored']:,} stored", f"{totals['unchanged']:,} unchanged"]
    if "outcomes" in totals:  # of a backfill: captures that are final and show no text
        parts.append(_by_reason("no text", totals["outcomes"]))
    parts += [_by_reason("failed", totals["failed"]), f"{totals['left']:,} left"]
    return f"{totals['listed']:,} listed = {' + '.join(parts)}"


def _by_reason(name: str, reasons: Mapping[str, int]) -> str:
    told = in_words(reasons)
    return f"{sum(reasons.values()):,} {name}{f' ({told})' if told else ''}"


def in_words(reasons: Mapping[str, int]) -> str:
    """How many of each, the most first.

    >>> in_words({"gone": 1, "timeout": 3})
    '3 timeout, 1 gone'
    """
    return ", ".join(f"{number:,} {reason}" for reason, number in sorted(reasons.items(), key=lambda r: (-r[1], r[0])))


def _because(reasons: object) -> str:
    if not isinstance(reasons, Sequence) or isinstance(reasons, str) or not reasons:
        return ""
    told = "; ".join(map(str, reasons))
    return f" Reasons: {told if len(told) <= _LONGEST else told[: _LONGEST - 1] + '…'}."


def history(runs: Sequence[RunRecord], *, told: bool) -> Iterator[Part]:
    """The runs of one command in their order: how the last one ended (unless that is `told`), what of it is unusual."""
    if not runs:
        return
    last = runs[-1]
    if last.finished_at is None:
        yield f"The last run began at {moment(last.started_at)} and has not ended."
    elif not told:
        ended = f"The last run, of {moment(last.started_at)}, was {last.outcome}."
        yield ended + _because(last.summary.get("reasons"))
    finished = [place for place, run in enumerate(runs) if run.finished_at is not None]
    compared = compare(runs[finished[-1]], runs[: finished[-1]]) if finished else None
    if compared is not None:
        said = "; ".join(map(str, compared.unusual)) or "nothing"
        yield f"Unusual about the last finished run, beside {compared.runs} before it: {said}."
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
