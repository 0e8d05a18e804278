"""Drift: shares and lengths that changed on a day, each named with the day and the first page of the new state."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipelines.audit.findings import Alarm, AuditedText, Example

# Twice the gain in log likelihood of two states over one that is an alarm. Hundreds of days are examined, and
# articles of one day have more in common than chance would give them.
_LEAST_GAIN = 40.0
_LEAST_CHANGE = 0.12  # of a share
_LEAST_TIMES = 1.25  # of a length
_LEAST_ARTICLES = 12  # on either side
_MOST_DAYS = 1_000


@dataclass(slots=True)
class _Day:
    articles: int = 0
    having: int = 0
    total: float = 0.0  # of the logarithms of lengths
    squares: float = 0.0
    first: str | None = None  # the first page that has it


@dataclass(frozen=True, slots=True)
class _Split:
    gain: float
    day: str
    before: float
    after: float
    articles: int
    of: int
    example: str | None


@dataclass(slots=True)
class Drift:
    """Counts features by day and language; `alarms` names what changed."""

    _shares: dict[tuple[str, str], dict[str, _Day]] = field(default_factory=lambda: defaultdict(dict))
    _lengths: dict[tuple[str, str], dict[str, _Day]] = field(default_factory=lambda: defaultdict(dict))
    _articles: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    _pages: dict[tuple[str, str], str] = field(default_factory=dict)  # the first one of a language and day

    def add(self, text: AuditedText) -> None:
        """Count one text."""
        days = self._articles[text.language]
        if text.day not in days and len(days) >= _MOST_DAYS:
            return
        days[text.day] = days.get(text.day, 0) + 1
        self._pages.setdefault((text.language, text.day), text.url)
        for name, has in text.features.items():
            day = self._shares[text.language, name].setdefault(text.day, _Day())
            day.having += has
            if has:
                day.first = day.first or text.url
        for name, length in text.lengths.items():
            day = self._lengths[text.language, name].setdefault(text.day, _Day())
            value = math.log(max(length, 1.0))
            day.articles += 1
            day.total += value
            day.squares += value * value
            day.first = day.first or text.url

    def alarms(self) -> Iterator[Alarm]:
        """One alarm for what changed in several languages on one day; the largest first."""
        found: dict[tuple[str, str, bool], list[tuple[str, _Split]]] = defaultdict(list)
        for (language, name), days in sorted(self._shares.items()):
            all_days = sorted(self._articles[language].items())
            split = _share_split([(day, count, days.get(day, _Day())) for day, count in all_days])
            if split is not None:
                found[split.day, name, split.after > split.before].append((language, split))
        for (language, name), days in sorted(self._lengths.items()):
            split = _length_split(sorted(days.items()))
            if split is not None:
                found[split.day, name, split.after > split.before].append((language, split))
        alarms = []
        for (day, name, _), splits in found.items():
            of = sum(split.of for _, split in splits)
            alarms.append(
                Alarm(
                    kind="drift",
                    languages=tuple(language for language, _ in splits),
                    what=name,
                    articles=sum(split.articles for _, split in splits),
                    of=of,
                    day=day,
                    before=round(sum(split.before for _, split in splits) / len(splits), 4),
                    after=round(sum(split.after for _, split in splits) / len(splits), 4),
                    examples=tuple(
                        Example(url=split.example or self._pages[language, day]) for language, split in splits[:3]
                    ),
                )
            )
        yield from sorted(alarms, key=lambda alarm: (-len(alarm.languages), alarm.day or "", alarm.what))


def _share_split(days: Sequence[tuple[str, int, _Day]]) -> _Split | None:
    """The day on which a share changed most, if it did."""
    of, having = sum(count for _, count, _ in days), sum(day.having for *_, day in days)
    if having in (0, of):
        return None
    whole = _likelihood(having, of)
    best: tuple[float, int, int, int] | None = None
    count = had = 0
    for place, (_, articles, day) in enumerate(days[:-1], 1):
        count, had = count + articles, had + day.having
        if min(count, of - count) < _LEAST_ARTICLES:
            continue
        gain = 2 * (_likelihood(had, count) + _likelihood(having - had, of - count) - whole)
        if best is None or gain > best[0]:
            best = gain, place, count, had
    if best is None:
        return None
    gain, place, count, had = best
    before, after = had / count, (having - had) / (of - count)
    if gain < _LEAST_GAIN or abs(after - before) < _LEAST_CHANGE:
        return None
    days_after = [day for *_, day in days[place:]]
    example = next((day.first for day in days_after if day.first), None) if after > before else None
    return _Split(gain, days[place][0], round(before, 4), round(after, 4), having - had, of - count, example)


def _likelihood(having: int, of: int) -> float:
    """The log likelihood of a share, at its best."""
    if having in (0, of):
        return 0.0
    share = having / of
    return having * math.log(share) + (of - having) * math.log(1 - share)


def _length_split(days: Sequence[tuple[str, _Day]]) -> _Split | None:
    """The day on which a length changed most: logarithms, normal around two means in place of one."""
    of = sum(day.articles for _, day in days)
    total, squares = sum(day.total for _, day in days), sum(day.squares for _, day in days)
    best: tuple[float, int, int, float, float] | None = None
    count, sums, seconds = 0, 0.0, 0.0
    for place, (_, day) in enumerate(days[:-1], 1):
        count, sums, seconds = count + day.articles, sums + day.total, seconds + day.squares
        rest = of - count
        if min(count, rest) < _LEAST_ARTICLES:
            continue
        within = max(seconds - sums**2 / count, 0.0) + max(squares - seconds - (total - sums) ** 2 / rest, 0.0)
        gain = of * math.log(max(squares - total**2 / of, 1e-9) / max(within, 1e-9))
        if best is None or gain > best[0]:
            best = gain, place, count, sums / count, (total - sums) / rest
    if best is None:
        return None
    gain, place, count, before, after = best
    if gain < _LEAST_GAIN or abs(after - before) < math.log(_LEAST_TIMES):
        return None
    name, day = days[place]
    return _Split(gain, name, round(math.exp(before), 2), round(math.exp(after), 2), of - count, of - count, day.first)
