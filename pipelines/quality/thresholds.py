"""Thresholds that corpus builders filter texts by, and which of them a text's measures pass.

They are for reports (how much each would remove, by language); nothing is removed here.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

_KEEPS: Mapping[str, Callable[[Any, Any], bool]] = {">=": operator.ge, "<=": operator.le, "=": operator.eq}


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A measure (a column of `pipelines.quality`) and which values are kept; `why` says where the bound is from."""

    measure: str
    sign: Literal[">=", "<=", "="]
    value: float | bool
    why: str

    @property
    def condition(self) -> str:
        """The condition as `Selection` and ``--quality`` take it.

        >>> THRESHOLDS[0].condition
        'words>=50'
        """
        value = str(self.value).lower() if isinstance(self.value, bool) else f"{self.value:.12g}"
        return f"{self.measure}{self.sign}{value}"

    def removes(self, value: float | bool | None) -> bool:
        """Whether a text with this value is removed; so is one that could not be measured."""
        return value is None or not _KEEPS[self.sign](value, self.value)


_GOPHER = "Gopher's rules for quality, which MassiveText, RefinedWeb and FineWeb took over"
_OWN = "no rule of others: what this project's measures call suspicious"

THRESHOLDS: tuple[Threshold, ...] = (
    Threshold(measure="words", sign=">=", value=50, why=_GOPHER),
    Threshold(measure="mean_word_length", sign=">=", value=3, why=f"{_GOPHER}; words of languages with spaces"),
    Threshold(measure="mean_word_length", sign="<=", value=10, why=f"{_GOPHER}; words of languages with spaces"),
    Threshold(measure="repeated_line_share", sign="<=", value=0.3, why=_GOPHER),
    Threshold(
        measure="symbol_share", sign="<=", value=0.1, why="after Gopher's symbols to words; here punctuation too"
    ),
    Threshold(measure="digit_share", sign="<=", value=0.2, why="tables, results and prices rather than sentences"),
    Threshold(measure="foreign_script_share", sign="<=", value=0.2, why=_OWN),
    Threshold(measure="untranslated_share", sign="<=", value=0.1, why=_OWN),
    Threshold(measure="loop_share", sign="<=", value=0.02, why=_OWN),
    Threshold(measure="mojibake", sign="=", value=0, why="ftfy's badness: wrong decoding is suspected above 0"),
    Threshold(measure="truncated_end", sign="=", value=False, why="C4 asks lines to end as sentences do"),
)
"""All thresholds, in the order of reports."""


class Kept(NamedTuple):
    """For a language: how many texts were measured, how many each threshold keeps, and how many pass all."""

    language: str
    texts: int
    by_limit: tuple[int, ...]
    every: int


def total(rows: Iterable[Kept], language: str = "all") -> Kept:
    """The sums over languages.

    >>> total([Kept("fr", 3, (2, 3), 2), Kept("vi", 2, (2, 1), 1)])
    Kept(language='all', texts=5, by_limit=(4, 4), every=3)
    """
    found = list(rows)
    by_limit = tuple(map(sum, zip(*(row.by_limit for row in found), strict=True)))
    return Kept(language, sum(row.texts for row in found), by_limit, sum(row.every for row in found))


@dataclass(slots=True)
class Sieve:
    """Counts what thresholds keep, text by text; their order does not matter."""

    limits: tuple[Threshold, ...] = THRESHOLDS
    counts: dict[str, list[int]] = field(default_factory=dict)
    """Language -> number of texts, of those that pass all limits, and of those that pass each."""

    def add(self, language: str, measures: Mapping[str, Any]) -> None:
        """Count one more text, by its measures."""
        kept = [not limit.removes(measures[limit.measure]) for limit in self.limits]
        self._add(language, [1, all(kept), *kept])

    def extend(self, other: Sieve) -> None:
        """Add the counts of another one with the same limits."""
        for language, counts in other.counts.items():
            self._add(language, counts)

    def _add(self, language: str, counts: list[int]) -> None:
        mine = self.counts.setdefault(language, [0] * (2 + len(self.limits)))
        for at, number in enumerate(counts):
            mine[at] += number

    def kept(self) -> list[Kept]:
        """The counts by language, in order."""
        return [Kept(code, texts, tuple(by), every) for code, (texts, every, *by) in sorted(self.counts.items())]
