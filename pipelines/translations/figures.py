"""Whether two passages have the same figures: numbers in any local format, and times of day in any spelling.

``7:45``, ``7h45``, ``7.45`` and ``7時45分`` are one time, and ``19:30`` is ``7:30`` in the evening. A dot makes a time
only where the other side has that time in a spelling that nothing else has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.translations.folding import fold
from pipelines.translations.numbers import numbers

_HALF_DAY, _LAST_HOUR, _QUARTER = 12, 24, 15
# Hours and minutes in spellings that no other number has, after `fold`: 7:45, 7h45, 7 h 45, 7u45, 7時45分, 7시 45분,
# 7 giờ 45. Not in 1:23:45, in a scale of 1:25 000 or in an address.
_CLOCK = re.compile(
    r"(?<![A-Za-z\d_.,:/])([01]?\d|2[0-4])"
    r"(?::([0-5]\d)|\s?[hHu]\s?([0-5]\d)|\s?[時时点點시]\s?([0-5]?\d)|\sgio\s([0-5]?\d))"
    r"(?![\d:/]|[.,]\d|\s\d{3})"
)
_CLOCK_SIGN = re.compile(r"\d\s?[:hHu時时点點시]|\dgio|\d\sgio")
# The same with a decimal sign, which alone proves nothing.
_DOTTED = re.compile(r"(?<![A-Za-z\d_.,:/])([01]?\d|2[0-4])[.,]([0-5]\d)(?![\d:/]|[.,]\d)")
_SMALL = 2  # digits of a number that a translation may write as a word

Time = tuple[int, int]
"""Hour of the half day, and minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The numbers of a text that a translation writes in digits too, its times of day, and its small numbers.

    `numbers` are significant digits: 1.5 million and 150万 have the same. `dotted` says which of them may be a time;
    `beside` are the small numbers that are no part of a time.
    """

    numbers: frozenset[str]
    times: frozenset[Time]
    dotted: frozenset[tuple[str, Time]]
    small: frozenset[int]
    beside: frozenset[int]


# The score of a unit and the filter ask for the same texts.
@lru_cache(maxsize=1024)
def figures(text: str, language: str) -> Figures:
    """The figures of a text in a language (ISO 639 code as in the address).

    >>> found = figures("At 19:30, 1,200 guests", "en")
    >>> sorted(found.numbers), sorted(found.times)
    (['12'], [(7, 30)])
    """
    folded = fold(text)
    times = clock_times(folded)
    # A time is no number.
    rest = _CLOCK.sub(" ", folded) if times else folded
    anchors = numbers(rest, language)
    return Figures(
        numbers=frozenset(anchor[1:].rstrip("0") for anchor in anchors if anchor[0] == "n"),
        times=times,
        dotted=frozenset((_significant(match), _time(match[1], match[2])) for match in _DOTTED.finditer(rest)),
        small=_small(numbers(folded, language) if times else anchors),
        beside=_small({anchor for anchor in anchors if anchor[0] == "i"}),
    )


def _small(anchors: set[str]) -> frozenset[int]:
    return frozenset(int(anchor[1:]) for anchor in anchors if len(anchor) - 1 <= _SMALL)


def clock_times(folded: str) -> frozenset[Time]:
    """The times of day in a text after `fold`, in spellings that nothing else has.

    >>> sorted(clock_times("7h45, 19:30, 7.45, 1:25 000"))
    [(7, 30), (7, 45)]
    """
    if not _CLOCK_SIGN.search(folded):
        return frozenset()
    return frozenset(
        _time(match[1], next(group for group in match.groups()[1:] if group)) for match in _CLOCK.finditer(folded)
    )


def same_figures(one: Figures, other: Figures) -> bool:
    """Whether each side has the other's numbers and times.

    A time may stand on the other side with a dot, or as an hour and minutes apart. Whole hours and quarters may be
    words there, but not where it has another time that this side has not.

    >>> same_figures(figures("at 7:45", "en"), figures("alle 7.45", "it"))
    True
    >>> same_figures(figures("at 7:45", "en"), figures("à 8h45", "fr"))
    False
    """
    if lost_numbers(one, other) or lost_numbers(other, one):
        return False
    lost = [lost_times(one, other), lost_times(other, one)]
    return not all(lost) and all(minute % _QUARTER == 0 for times in lost for _, minute in times)


def lost_figures(one: Figures, other: Figures) -> int:
    """How many numbers and times of either side the other has not.

    >>> lost_figures(figures("1,200 at 7:45", "en"), figures("1.300 à 7h45", "fr"))
    2
    """
    pairs = ((one, other), (other, one))
    return sum(len(lost_numbers(*pair)) + len(lost_times(*pair)) for pair in pairs)


def lost_numbers(one: Figures, other: Figures) -> set[str]:
    """The first side's numbers that the second has neither as numbers nor as times."""
    return set(one.numbers - other.numbers) - {digits for digits, time in one.dotted if time in other.times}


def lost_times(one: Figures, other: Figures) -> list[Time]:
    """The first side's times that the second has in no spelling, and not as two small numbers either."""
    dotted = {time for _, time in other.dotted}
    return [time for time in one.times if time not in other.times and time not in dotted and not _apart(time, other)]


def _apart(time: Time, other: Figures) -> bool:
    """Whether the other side has a time as two small numbers: 7 hours and 45 minutes; of a whole hour, as one."""
    hour, minute = time
    hours = any(number <= _LAST_HOUR and number % _HALF_DAY == hour for number in other.small)
    return hours and (not minute or minute in other.small)


def _time(hour: str, minute: str) -> Time:
    return int(hour) % _HALF_DAY, int(minute)


def _significant(match: re.Match[str]) -> str:
    return (match[1] + match[2]).lstrip("0").rstrip("0")
