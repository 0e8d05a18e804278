"""What became of every row of a job, in numbers that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pipelines import notebook
from pipelines.batch.engines import Lost
from pipelines.batch.input_rows import Shard
from pipelines.batch.job_columns import JobColumns
from pipelines.batch.output_parts import PartsReport
from pipelines.batch.plan import Inputs
from pipelines.batch.shards import ShardReport
from pipelines.batch.tally import Tally, total
from pipelines.errors import VietnamvnError

# The manifest names this many places of broken input; all of them are in `rejects/`.
_BROKEN_NAMED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What became of every row: `rows` = `clean` + `rejected` + `passed_over` + `duplicates`.

    `duplicates` are the rows that were dropped; `broken` are those of the rejected ones that could not be read, with
    the first places and reasons; `kept` those of the passed-over ones that are in the output. `lost` shards ended
    their worker at every attempt: their rows are not counted. `unreadable` are folders that could not be looked
    into. `shards_reused` were done by an earlier run. `mixed` are the columns whose values were of several types, with
    these. `tally` counts what is in the rows that were written, and the lines stripped from their pages.
    """

    rows: int
    clean: int
    rejected: Counter[str]
    passed_over: Counter[str]
    duplicates: int
    kept: int
    broken: int
    broken_at: tuple[tuple[str, int, str], ...]
    lost: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]
    unreadable: tuple[tuple[str, str], ...]
    shards: int
    shards_reused: int
    mixed: Mapping[str, tuple[str, ...]]
    tally: Tally

    def __repr__(self) -> str:
        counts = {
            "clean": self.clean,
            "rejected": sum(self.rejected.values()),
            "passed over": sum(self.passed_over.values()),
            "duplicates": self.duplicates,
        }
        lost = f"{len(self.lost):,} of {self.shards:,} shards lost" if self.lost else ""
        sums = " + ".join(f"{number:,} {name}" for name, number in counts.items())
        return notebook.line("Summary", f"{self.rows:,} rows = {sums}", lost)

    def to_dict(self) -> dict[str, Any]:
        """The counts as JSON types; without what depends on the run rather than on the input."""
        return {
            "rows": self.rows,
            "clean": self.clean,
            "rejected": sum(self.rejected.values()),
            "passed_over": sum(self.passed_over.values()),
            "duplicates": self.duplicates,
            "rejected_by_outcome": dict(sorted(self.rejected.items())),
            "passed_over_by_reason": dict(sorted(self.passed_over.items())),
            "passed_over_kept": self.kept,
            "stripped_by_rule": dict(sorted(self._stripped().items())),
            "broken": self.broken,
            "broken_at": [{"source": s, "position": p, "detail": d} for s, p, d in self.broken_at],
            "lost_shards": [{"shard": s, "detail": d} for s, d in self.lost],
            "ignored_files": list(self.ignored),
            "unreadable_folders": [{"name": n, "detail": d} for n, d in self.unreadable],
            "shards": self.shards,
        }

    def _stripped(self) -> Counter[str]:
        """Lines that were stripped from the pages of the rows that were written, by rule."""
        found: Counter[str] = Counter()
        for (rule, _), lines in self.tally.stripped.items():
            found[rule] += lines
        return found


def summarise(
    inputs: Inputs,
    shards: Sequence[Shard],
    reports: Sequence[ShardReport | Lost],
    parts: Mapping[int, PartsReport | Lost],
    columns: JobColumns,
) -> Summary:
    """The summary of a job from the reports of its shards and of their parts (by number)."""
    rejected: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    rows = clean = dropped = kept = broken = reused = 0
    broken_at: list[tuple[str, int, str]] = []
    lost: list[tuple[str, str]] = []
    for number, (shard, report) in enumerate(zip(shards, reports, strict=True)):
        part = parts.get(number)
        if isinstance(report, Lost) or isinstance(part, Lost):
            lost.append((shard.name, (report if isinstance(report, Lost) else cast(Lost, part)).detail))
            continue
        rows += report.rows
        clean += report.clean
        dropped += cast(PartsReport, part).dropped
        kept += report.kept
        broken += report.broken
        reused += report.reused
        rejected.update(report.rejected)
        passed.update(report.passed)
        if len(broken_at) < _BROKEN_NAMED:
            broken_at.extend(report.broken_at[: _BROKEN_NAMED - len(broken_at)])
    if rows != clean + sum(rejected.values()) + sum(passed.values()):
        raise VietnamvnError(f"the rows do not add up: {rows} came in; this is a bug, please report it")
    return Summary(
        rows=rows,
        clean=clean - dropped,
        rejected=rejected,
        passed_over=passed,
        duplicates=dropped,
        kept=kept,
        broken=broken,
        broken_at=tuple(broken_at),
        lost=tuple(lost),
        ignored=inputs.ignored,
        unreadable=inputs.unreadable,
        shards=len(shards),
        shards_reused=reused,
        mixed=columns.mixed,
        tally=total(part.tally for _, part in sorted(parts.items()) if isinstance(part, PartsReport)),
    )
