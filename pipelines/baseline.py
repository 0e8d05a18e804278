"""What a run's figures are, and which of them are far from those of earlier runs.

Figures are compared as counts of rare events are: by their square roots, whose spread is about the same for large and
for small counts. How far the earlier runs lie apart themselves counts as well, so that a restless site is no alarm.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

from pipelines.storage.values import RunRecord
from pipelines.times import VIETNAM, epoch_seconds, read_time

LEAST_RUNS = 4
"""The fewest earlier runs that make a baseline."""
MOST_RUNS = 29
"""The most earlier runs that are compared: the last ones."""

Kind = Literal["run", "pages", "texts", "language", "missing"]
Figures = Mapping[tuple[Kind, str], float]
_ARTICLES: tuple[Kind, str] = ("run", "articles")
_LOOKED_AT = 40 * MOST_RUNS  # a run every six hours for 29 weeks, and more
_FAR = 4.0  # deviations
# One deviation of a figure that is usually the same: this part of it. Time also depends on the machine.
_STEADY = {"seconds": 0.4}
_STEADY_ELSE = 0.15
_NORMAL = 1.4826  # times the median of the distances from a median: the deviation, where values are normal
_ENDED = (0, 3)  # exit codes of runs that can be a baseline: not what was interrupted, refused or failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusual:
    """A figure of a run that is far from those of other runs.

    `kind` is "run" (seconds, pages, articles), "pages" by outcome, "texts" (new, revision, unchanged), "language" (its
    articles) or "missing" (articles without that field); `usual` is what the earlier runs would have, for the last
    two at this run's number of articles; `deviations` is the distance, below 0 where there are fewer.
    """

    kind: Kind
    name: str
    value: float
    usual: float
    deviations: float

    def __str__(self) -> str:
        words = {
            "run": self.name,
            "pages": f"pages {self.name.replace('_', ' ')}",
            "texts": f"texts {self.name}",
            "language": f"articles in {self.name}",
            "missing": f"articles without {self.name}",
        }
        return f"{words[self.kind]} {self.value:,.0f} (usually {self.usual:,.0f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunComparison:
    """What is unusual about a run, the furthest first; `runs` were compared with it, all of its `weekday` or not."""

    runs: int
    weekday: bool
    unusual: tuple[Unusual, ...]


def compare(run: RunRecord, before: Sequence[RunRecord]) -> RunComparison | None:
    """A finished run beside earlier ones of the same command; None where there are too few to say.

    `before` is in order of time. Runs of the same weekday (in Vietnam) are the baseline where there are enough of
    them. Interrupted, refused and failed runs are left out.
    """
    known = [one for one in before[-_LOOKED_AT:] if one.command == run.command and _can_count(one)]
    same = [one for one in known if _weekday(one) == _weekday(run)]
    weekday = len(same) >= LEAST_RUNS
    chosen = (same if weekday else known)[-MOST_RUNS:]
    if len(chosen) < LEAST_RUNS:
        return None
    found = sorted(_far(figures(run), [figures(one) for one in chosen]), key=lambda u: (-abs(u.deviations), u.name))
    return RunComparison(runs=len(chosen), weekday=weekday, unusual=tuple(found))


def figures(run: RunRecord) -> dict[tuple[Kind, str], float]:
    """The numbers of a run, by kind and name as in `Unusual`."""
    found: dict[tuple[Kind, str], float] = {}
    seconds = [epoch_seconds(time) for time in (run.started_at, run.finished_at) if time is not None]
    if len(seconds) == 2 and seconds[0] is not None and seconds[1] is not None:
        found["run", "seconds"] = float(seconds[1] - seconds[0])
    tried = _numbers(run.summary, "tried")
    found["run", "pages"] = sum(tried.values())
    found.update({("pages", name): value for name, value in tried.items()})
    found.update({("texts", name): value for name, value in _numbers(run.summary, "texts").items()})
    if "articles" in run.summary:  # earlier versions did not count them
        articles = _numbers(run.summary, "articles")
        total = found["run", "articles"] = sum(articles.values())
        found.update({("language", code): value for code, value in articles.items()})
        found.update({("missing", name): total - value for name, value in _numbers(run.summary, "fields").items()})
    return found


def _numbers(summary: Mapping[str, Any], name: str) -> dict[str, float]:
    values = summary.get(name)
    if not isinstance(values, Mapping):
        return {}
    return {str(key): float(value) for key, value in values.items() if isinstance(value, (int, float))}


def _can_count(run: RunRecord) -> bool:
    return run.finished_at is not None and run.summary.get("exit_code", 0) in _ENDED


def _weekday(run: RunRecord) -> int | None:
    moment = read_time(run.started_at, zone=VIETNAM)
    return None if moment is None or not hasattr(moment, "astimezone") else moment.astimezone(VIETNAM).weekday()


def _far(now: Figures, before: Sequence[Figures]) -> Iterator[Unusual]:
    for kind, name in sorted({*now, *(key for numbers in before for key in numbers)}):
        values = list(_like(kind, name, now, before))
        if len(values) < LEAST_RUNS:
            continue
        value, usual = now.get((kind, name), 0.0), median(values)
        apart = [_root(one) - _root(usual) for one in values]
        steady = _root((1 + _STEADY.get(name, _STEADY_ELSE)) * usual) - _root(usual)
        deviation = max(1.0, steady, _NORMAL * median(map(abs, apart)))
        distance = (_root(value) - _root(usual)) / deviation
        if abs(distance) > _FAR:
            yield Unusual(kind=kind, name=name, value=value, usual=usual, deviations=round(distance, 2))


def _like(kind: Kind, name: str, now: Figures, before: Sequence[Figures]) -> Iterator[float]:
    """A figure in each earlier run; parts of the articles are scaled to this run's number of articles."""
    whole_now = now.get(_ARTICLES)
    is_part = kind in ("language", "missing")
    if is_part and not whole_now:
        return  # a run without articles lacks no field, and its number of articles says the rest
    if kind == "run" and (kind, name) not in now:
        return  # not counted yet
    for numbers in before:
        value = numbers.get((kind, name))
        if not is_part:
            # A figure of kind "run" that is missing was not counted then; one of another kind was 0.
            if value is not None or kind != "run":
                yield value or 0.0
        elif whole := numbers.get(_ARTICLES):
            yield (value or 0.0) * (whole_now or 0.0) / whole


def _root(count: float) -> float:
    """The transform of F. J. Anscombe (1948): its deviation is about 1 for counts of rare events."""
    return 2 * math.sqrt(max(count, 0.0) + 0.375)
