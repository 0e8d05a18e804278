"""What is taken out of a parallel corpus, each rule on its own and counted.

A rule is a function of a unit or of a pair of articles that says whether it must go.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pipelines.errors import UsageError
from pipelines.translations.align import Alignment
from pipelines.translations.digests import Digests, digest_of
from pipelines.translations.figures import figures, same_figures
from pipelines.translations.folding import fold
from pipelines.translations.lengths import length
from pipelines.translations.units import Unit, VersionText, unaligned_share
from pipelines.unicode.words import count_words

EXACT, NEAR = "exact_duplicate", "near_duplicate"
COPIES = frozenset({EXACT, NEAR})
"""The filters that know what came before."""
NAMES = (
    "languages_agree",
    "unaligned",
    "one_to_one",
    "untranslated",
    "identical_sides",
    "min_tokens",
    "length_ratio",
    "equal_numbers",
    "unsure",
    EXACT,
    NEAR,
)
"""All filters, in the order in which they are asked; what several would remove is counted for the first."""


_DIGITS, _OTHER_SIGNS = re.compile(r"\d+"), re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterOptions:
    """Which filters are on, and their thresholds."""

    names: frozenset[str] = frozenset(NAMES)
    max_unaligned: float = 0.16  # the share of the articles' text without a counterpart
    min_tokens: int = 3  # words on each side: shorter ones are captions, thanks and labels
    # Score of a sentence below which one side may say more than the other. On public development data the 1-1 units
    # that stay are exact in 97 of 100, and 90 of 100 exact ones stay (`benchmarks/alignment.py`).
    min_score: float = 0.9
    # Times by which a side may be longer or shorter than the pair's fitted ratio says: seven standard deviations of a
    # long paragraph's, so that only incomplete translations go; shorter ones are given more.
    max_length_ratio: float = 2.0


def filter_options(without: Iterable[str] = (), *, only: Iterable[str] | None = None) -> FilterOptions:
    """Filters by name. Raises `UsageError` for an unknown name."""
    chosen = set(NAMES if only is None else only)
    unknown = sorted((chosen | set(without)) - set(NAMES))
    if unknown:
        raise UsageError(f"no filter {', '.join(unknown)}; the filters are: {', '.join(NAMES)}")
    return FilterOptions(names=frozenset(chosen - set(without)))


def article_reason(
    options: FilterOptions, source: VersionText, target: VersionText, alignment: Alignment
) -> str | None:
    """The filter that takes a whole pair of articles out, or None."""
    if "languages_agree" in options.names and (
        source.article.language_agrees is False or target.article.language_agrees is False
    ):
        return "languages_agree"
    if "unaligned" in options.names and unaligned_share(alignment, source, target) > options.max_unaligned:
        return "unaligned"
    return None


def unit_reason(
    options: FilterOptions, unit: Unit, source: VersionText, target: VersionText, log_ratio: float
) -> str | None:
    """The first of the filters that takes a unit out, whatever else is in the corpus; or None."""
    for name, rule in _UNIT_RULES:
        if name in options.names and rule(unit, source, target, log_ratio, options):
            return name
    return None


def digests_of(unit: Unit) -> tuple[int, int]:
    """Two digests: equal for equal units of a language pair, and equal for near copies."""
    first, second = unit.source, unit.target
    pair = f"{first.language}-{second.language}"
    return (
        digest_of("exact", pair, first.text, second.text),
        digest_of("near", pair, _read(first.text).normal, _read(second.text).normal),
    )


class CopyFilter:
    """The filters that remember what stayed, so that a second copy is a duplicate; all pairs may share one."""

    def __init__(self, options: FilterOptions, digests: Digests | None = None) -> None:
        self._exact, self._near = (name in options.names for name in (EXACT, NEAR))
        self._met = Digests() if digests is None else digests  # two for each unit that stays

    def reason(self, exact: int, near: int) -> str | None:
        """The filter that takes out the unit with these digests, or None; a unit that stays is remembered."""
        if self._exact and exact in self._met:
            return EXACT
        if self._near and near in self._met:
            return NEAR
        self._met.add(exact)
        self._met.add(near)
        return None


class PairFilter:
    """All filters, for callers that ask about one unit after the other."""

    def __init__(self, options: FilterOptions, *, digests: Digests | None = None) -> None:
        self._options, self._copies = options, CopyFilter(options, digests)

    def article_reason(self, source: VersionText, target: VersionText, alignment: Alignment) -> str | None:
        """The filter that takes this pair of articles out, or None."""
        return article_reason(self._options, source, target, alignment)

    def reason(self, unit: Unit, source: VersionText, target: VersionText, log_ratio: float) -> str | None:
        """The first filter that takes this unit out, or None; a unit that stays is remembered."""
        return unit_reason(self._options, unit, source, target, log_ratio) or self._copies.reason(*digests_of(unit))


def one_to_one(unit: Unit) -> bool:
    """Whether a unit is one passage against one."""
    return unit.shape == "1-1"


def numbers_equal(unit: Unit) -> bool:
    """Whether both sides have the same numbers of three digits or more, or with decimals, and the same times of day.

    Smaller ones are often written as words in one language, and numbers with units that move the decimal point
    (1.5 million, 150万) have the same significant digits, which is what is compared (`figures.same_figures`).
    """
    source, target = (figures(side.text, side.language) for side in (unit.source, unit.target))
    return same_figures(source, target)


def _one_to_one(unit: Unit, source: VersionText, target: VersionText, log_ratio: float, options: FilterOptions) -> bool:
    return not one_to_one(unit)


def _untranslated(
    unit: Unit, source: VersionText, target: VersionText, log_ratio: float, options: FilterOptions
) -> bool:
    return _touches(unit.source.ids, source.article.untranslated) or _touches(
        unit.target.ids, target.article.untranslated
    )


def _identical(unit: Unit, source: VersionText, target: VersionText, log_ratio: float, options: FilterOptions) -> bool:
    return _read(unit.source.text).normal == _read(unit.target.text).normal


def _too_few_tokens(
    unit: Unit, source: VersionText, target: VersionText, log_ratio: float, options: FilterOptions
) -> bool:
    return min(_read(unit.source.text).words, _read(unit.target.text).words) < options.min_tokens


def _length_ratio(
    unit: Unit, source: VersionText, target: VersionText, log_ratio: float, options: FilterOptions
) -> bool:
    first, second = _read(unit.source.text).length, _read(unit.target.text).length
    allowed = math.log(options.max_length_ratio) + 2.0 / math.sqrt(min(first, second))
    return abs(math.log(second / first) - log_ratio) > allowed


def _unequal_numbers(
    unit: Unit, source: VersionText, target: VersionText, log_ratio: float, options: FilterOptions
) -> bool:
    return not numbers_equal(unit)


def _unsure(unit: Unit, source: VersionText, target: VersionText, log_ratio: float, options: FilterOptions) -> bool:
    return unit.kind == "sentence" and unit.score < options.min_score


_Rule = Callable[[Unit, VersionText, VersionText, float, FilterOptions], bool]
_UNIT_RULES: tuple[tuple[str, _Rule], ...] = (
    ("one_to_one", _one_to_one),
    ("untranslated", _untranslated),
    ("identical_sides", _identical),
    ("min_tokens", _too_few_tokens),
    ("length_ratio", _length_ratio),
    ("equal_numbers", _unequal_numbers),
    ("unsure", _unsure),
)


def _touches(ids: tuple[str, ...], paragraphs: tuple[int, ...]) -> bool:
    if not paragraphs:
        return False
    marked = set(paragraphs)
    return any(int(name[1:].partition("s")[0]) in marked for name in ids)


class _Text(NamedTuple):
    """What filters need of a text: its words, its length, and a form that near duplicates have in common."""

    normal: str
    words: int
    length: float


# A passage is in a unit with each other language of its article.
@lru_cache(maxsize=1024)
def _read(text: str) -> _Text:
    return _Text(_normal(text), count_words(text), length(text))


def _normal(text: str) -> str:
    """Letters without marks and case; digits are all the same."""
    return _OTHER_SIGNS.sub(" ", _DIGITS.sub("0", fold(text).lower())).strip()
