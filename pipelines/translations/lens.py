"""What is odd in the language versions of an article, compared with each other and without a model.

A version is compared with the others of its group: figures that most of them have and it has not, figures that none of
them has; its length and number of sentences; brackets. Loops and runs in another language show in the version alone.
The Vietnamese version is the original: its figures are taken as right, and in a group of two it is not compared at all.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import median
from typing import Literal, TypeVar

from pipelines.quality.balance import unbalanced
from pipelines.quality.loops import loops
from pipelines.site import ORIGINAL_LANGUAGE
from pipelines.translations.figures import Figures, Time, figures, lost_numbers, lost_times
from pipelines.translations.folding import fold
from pipelines.translations.lengths import length, log_ratio
from pipelines.translations.numbers import as_written
from pipelines.translations.sentences import has_sentences, sentences
from pipelines.translations.units_of_measure import Measure, measures, months
from pipelines.untranslated import foreign_parts, untranslated

Kind = Literal["number", "date", "time", "unit", "foreign", "loop", "length", "sentences", "brackets"]
KINDS: Mapping[Kind, str] = {
    "number": "numbers that most of the others have and it has not, or that none of the others has",
    "date": "the same of the months of dates",
    "time": "the same of times of day",
    "unit": "a number with another unit than the others have it with",
    "foreign": "a run in another language, mostly Vietnamese or English",
    "loop": "a phrase that is said three times and more in a row",
    "length": "a length far from what the others let expect",
    "sentences": "a number of sentences far from that of the others",
    "brackets": "brackets or quotation marks without their partner, in more paragraphs than the others have",
}
"""Every kind of finding, and its meaning."""
_COMPARED: tuple[Kind, ...] = ("number", "date", "time", "unit")
VERSION = 2
"""The version of the findings: a store with another one compares its texts again."""
_FAR, _FAR_SENTENCES = 1.5, 2.0  # times longer or shorter than expected
_SHORTEST, _FEWEST = 200.0, 4  # below so many letters and sentences of the others, length and sentences say nothing
_DIGITS, _SURE = 3, 13  # numbers below are words in some languages: hardly ever from the second on
_SHOWN = 60  # characters quoted of a passage
T = TypeVar("T")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """One odd thing. `lost` and `alone` are figures, `text` the beginning of a passage of `paragraph`."""

    kind: Kind
    lost: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    text: str | None = None
    paragraph: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """One version compared with the others.

    `figures_differ` counts the numbers, months, times and units that it lacks or has alone; `unbalanced` brackets and
    quotation marks without partner. `foreign_share` and `loop_share` are shares of its characters, 0 to 1. The ratios
    are its length and number of sentences over what the median of the others suggests; None without others, or where
    they are too short.
    """

    findings: tuple[Oddity, ...]
    figures_differ: int
    foreign_share: float
    loop_share: float
    unbalanced: int
    length_ratio: float | None
    sentence_ratio: float | None


@dataclass(frozen=True, slots=True)
class _Numerals:
    """The figures of a version or of a paragraph of it, and how its numbers are written."""

    figures: Figures
    written: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    language: str
    paragraphs: tuple[str, ...]
    numerals: _Numerals
    months: frozenset[int]
    measures: frozenset[Measure]
    length: float
    sentences: int | None
    unbalanced: tuple[tuple[int, str], ...]


def lens(versions: Mapping[str, Sequence[str]]) -> dict[str, Lens]:
    """What is odd in each version: paragraphs by language (ISO 639 code as in the address).

    >>> found = lens({"vi": ["Có 1.200 khách."], "en": ["There were 1,300 guests."], "fr": ["Il y avait 1 200 hôtes."]})
    >>> found["en"].findings, found["fr"].findings
    ((Oddity(kind='number', lost=('1.200',), alone=('1,300',), text=None, paragraph=None),), ())
    """
    # The original first: figures are given as it writes them.
    ordered = sorted(versions, key=lambda language: (language != ORIGINAL_LANGUAGE, language))
    read = {language: _read(language, tuple(versions[language])) for language in ordered}
    return {language: _seen(read[language], [read[o] for o in ordered if o != language]) for language in versions}


def compared(seen: Lens, languages: int) -> dict[str, int | float | None]:
    """The measures of a version compared with the others, by the names of `pipelines.record.COMPARED`."""
    differ = {finding.kind: len(finding.lost) + len(finding.alone) for finding in seen.findings}
    return {
        "group_languages": languages,
        **{f"{kind}s_differ": differ.get(kind, 0) for kind in _COMPARED},
        "figures_differ": seen.figures_differ,
        "foreign_share": seen.foreign_share,
        "length_ratio": seen.length_ratio,
        "sentence_ratio": seen.sentence_ratio,
        "odd_kinds": len(differ),
    }


@lru_cache(maxsize=64)
def _read(language: str, paragraphs: tuple[str, ...]) -> _Version:
    text = "\n".join(paragraphs)
    return _Version(
        language=language,
        paragraphs=paragraphs,
        numerals=_numerals(text, language),
        months=months(text, language),
        measures=measures(text, language),
        length=length(text),
        sentences=sum(len(sentences(p, language)) for p in paragraphs) if has_sentences(language) else None,
        unbalanced=tuple((number, sign) for number, p in enumerate(paragraphs) for sign in unbalanced(p)),
    )


def _seen(mine: _Version, others: Sequence[_Version]) -> Lens:
    if len(others) == 1 and mine.language == ORIGINAL_LANGUAGE:
        others = ()
    judges = others if mine.language != ORIGINAL_LANGUAGE else ()
    foreign, loop = _foreign(mine), _looping(mine)
    length_ratio, sentence_ratio = _length_ratio(mine, others), _sentence_ratio(mine, others)
    compared = (_numbers(mine, judges), _months(mine, judges), _times(mine, judges), _units(mine, judges))
    found = [finding for finding in compared if finding.lost or finding.alone]
    for kind, passages in (("foreign", foreign), ("loop", loop)):
        found += [_quoted(kind, mine, *passage) for passage in passages]  # type: ignore[arg-type]  # both are kinds
    found += [Oddity(kind="length")] if _is_far(length_ratio, _FAR) else []
    found += [Oddity(kind="sentences")] if _is_far(sentence_ratio, _FAR_SENTENCES) else []
    usual = median(len(other.unbalanced) for other in others) if others else 0
    if len(mine.unbalanced) > usual:
        found += [Oddity(kind="brackets", text=sign, paragraph=number) for number, sign in mine.unbalanced]
    return Lens(
        findings=tuple(found),
        figures_differ=sum(len(finding.lost) + len(finding.alone) for finding in compared),
        foreign_share=_share(foreign, mine),
        loop_share=_share(loop, mine),
        unbalanced=len(mine.unbalanced),
        length_ratio=length_ratio,
        sentence_ratio=sentence_ratio,
    )


# ---- figures


@lru_cache(maxsize=4096)
def _numerals(text: str, language: str) -> _Numerals:
    return _Numerals(figures(text, language), as_written(fold(text), language))


def _numbers(mine: _Version, others: Sequence[_Version]) -> Oddity:
    lost, alone = _number_differences(mine.numerals, [other.numerals for other in others])
    # Where most versions have as many paragraphs, also numbers that are in another paragraph.
    alike = [other for other in others if len(other.paragraphs) == len(mine.paragraphs)]
    if 2 * len(alike) > len(others):
        for number, paragraph in enumerate(mine.paragraphs):
            matching = [_numerals(other.paragraphs[number], other.language) for other in alike]
            lost_here, alone_here = _number_differences(_numerals(paragraph, mine.language), matching)
            if lost_here and alone_here:
                lost, alone = lost | lost_here, alone | alone_here
    return Oddity(kind="number", lost=_sorted(lost), alone=_sorted(alone))


def _number_differences(mine: _Numerals, others: Sequence[_Numerals]) -> tuple[set[str], set[str]]:
    """The numbers that are lost and those that are alone, as the texts write them."""
    lost, alone = _differing(mine, others, lambda one, other: lost_numbers(one.figures, other.figures))
    in_parts = {digits: parts for digits in lost if (parts := _parts(digits, mine))}
    lost -= set(in_parts)
    alone -= {part for parts in in_parts.values() for part in parts}
    alone = {digits for digits in alone if not any(_parts(digits, other) for other in others)}
    lost_small, alone_small = _differing(mine, others, _lost_small)
    lost_small = {number for number in lost_small if not _parts(str(number).rstrip("0"), mine)}
    if not (lost_small and alone_small and max(lost_small | alone_small) >= _SURE):  # words here, digits there
        lost_small, alone_small = set(), set()
    written = {digits: how for numerals in (mine, *reversed(others)) for digits, how in numerals.written.items()}
    return (
        {written.get(digits, digits) for digits in lost} | set(map(str, lost_small)),
        {mine.written.get(digits, digits) for digits in alone} | set(map(str, alone_small)),
    )


def _parts(digits: str, numerals: _Numerals) -> tuple[str, ...]:
    """The numbers that a larger one is written with, if any: 31万8000 has 31 and 8000, 42万 has 42."""
    present = numerals.figures.numbers | {str(number).rstrip("0") for number in numerals.figures.small}
    if len(digits) > 1 and digits in present:
        return (digits,)
    splits = ((digits[:at].rstrip("0"), digits[at:].lstrip("0")) for at in range(1, len(digits)))
    return next((split for split in splits if split[0] in present and split[1] in present), ())


def _lost_small(one: _Numerals, other: _Numerals) -> set[int]:
    """The first one's small numbers that the second has neither alone nor in a larger number: 22 thousand is 22,000."""
    small = {number for number in one.figures.beside if number >= _DIGITS} - other.figures.beside
    return {number for number in small if str(number) not in other.figures.numbers}


def _months(mine: _Version, others: Sequence[_Version]) -> Oddity:
    lost, alone = _differing(mine, others, lambda one, other: set(one.months - other.months))
    # A date may be given as a weekday or "last month", and the name of a month may be another word.
    return Oddity(kind="date", lost=_sorted(lost), alone=_sorted(alone)) if lost and alone else Oddity(kind="date")


def _times(mine: _Version, others: Sequence[_Version]) -> Oddity:
    lost, alone = _differing(mine, others, lambda one, other: set(lost_times(_apart(one), _apart(other))))
    known = {time for other in others for time in (*other.numerals.figures.times, *_dotted(other))}
    alone |= _dotted(mine) - known
    if not (lost and alone):
        return Oddity(kind="time")
    lost_shown, alone_shown = ([f"{hour}:{minute:02}" for hour, minute in times] for times in (lost, alone))
    return Oddity(kind="time", lost=_sorted(lost_shown), alone=_sorted(alone_shown))


def _apart(version: _Version) -> Figures:
    """Its figures; hours and minutes written apart are not parts of other times."""
    return replace(version.numerals.figures, small=version.numerals.figures.beside)


def _dotted(version: _Version) -> set[Time]:
    return {time for _, time in version.numerals.figures.dotted}


def _units(mine: _Version, others: Sequence[_Version]) -> Oddity:
    lost, alone = [], []
    for digits, unit in mine.measures:
        units = Counter(sign for other in others for number, sign in other.measures if number == digits)
        if units and unit not in units:
            lost.append(f"{digits} {min(units, key=lambda sign: (-units[sign], sign))}")
            alone.append(f"{digits} {unit}")
    return Oddity(kind="unit", lost=_sorted(lost), alone=_sorted(alone))


def _differing(mine: V, others: Sequence[V], lost: Callable[[V, V], Collection[T]]) -> tuple[set[T], set[T]]:
    """What more than half of the others have and this version lacks, and what only this version has.

    `lost(one, other)` is what the first version has and the second has not.
    """
    if not others:
        return set(), set()
    count: dict[T, int] = {}
    for other in others:
        for thing in lost(other, mine):
            count[thing] = count.get(thing, 0) + 1
    alone = set(lost(mine, others[0]))
    for other in others[1:]:
        alone &= set(lost(mine, other))
    return {thing for thing, having in count.items() if 2 * having > len(others)}, alone


def _sorted(*groups: Collection[object]) -> tuple[str, ...]:
    return tuple(sorted({str(thing) for things in groups for thing in things}, key=lambda text: (len(text), text)))


# ---- passages

_Passage = tuple[int, int, int]  # paragraph, begin, end


def _foreign(mine: _Version) -> list[_Passage]:
    places = untranslated(mine.paragraphs, mine.language)
    return [(n, begin, end) for n in places for begin, end in foreign_parts(mine.paragraphs[n], mine.language)]


def _looping(mine: _Version) -> list[_Passage]:
    return [(number, begin, end) for number, p in enumerate(mine.paragraphs) for begin, end in loops(p)]


def _quoted(kind: Kind, mine: _Version, paragraph: int, begin: int, end: int) -> Oddity:
    return Oddity(kind=kind, text=mine.paragraphs[paragraph][begin : min(end, begin + _SHOWN)], paragraph=paragraph)


def _share(passages: Sequence[_Passage], mine: _Version) -> float:
    return round(sum(end - begin for _, begin, end in passages) / (sum(map(len, mine.paragraphs)) or 1), 4)


# ---- lengths


def _length_ratio(mine: _Version, others: Sequence[_Version]) -> float | None:
    expected = [other.length * math.exp(log_ratio(other.language, mine.language)) for other in others]
    return round(mine.length / median(expected), 3) if expected and median(expected) >= _SHORTEST else None


def _sentence_ratio(mine: _Version, others: Sequence[_Version]) -> float | None:
    counted = [other.sentences for other in others if other.sentences is not None]
    if mine.sentences is None or not counted or median(counted) < _FEWEST:
        return None
    return round(mine.sentences / median(counted), 3)


def _is_far(ratio: float | None, times: float) -> bool:
    return ratio is not None and not 1 / times <= ratio <= times
