"""Names that the Unicode CLDR translates into every language: countries, cities of time zones, months, weekdays.

``Китай``, ``中国`` and ``Trung Quốc`` are one concept, so they anchor a paragraph in whatever script it is written.
The data comes with Babel (CLDR, Unicode licence); nothing is listed here by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, count
from operator import add

from babel import Locale
from babel.core import get_global

from pipelines.cldr import locale_of
from pipelines.translations.folding import fold

UNSPACED = frozenset({"th", "lo", "km", "my", "ja", "zh"})
"""Languages that write no spaces between words."""

# Names shorter than this, folded, are too often another word's beginning.
_SHORTEST_CASED, _SHORTEST_UNCASED, _SHORTEST_UNSPACED = 4, 3, 2
# The Arabic article, with the particles that are written together with it.
_ARTICLE = re.compile(r"\b[وبفك]?(?:ال|لل)")
_IN_ARTICLES = "ل"
# What an ending may add to a stem: case endings of Slavic, Uralic or Turkic languages.
_LONGEST_ENDING = 4


Entry = tuple[str, str, bool]
"""Folded stem, concept, and whether the name is written with a capital."""
Start = tuple[int, tuple[Entry, ...]]
"""A place in a text, and the names that may begin there, the longest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Names of one language by their first letters (`width` of them): (folded stem, concept), longest first.

    `spaced`: names begin only where a word begins; in languages without spaces they begin anywhere.
    """

    spaced: bool
    width: int
    entries: dict[str, tuple[Entry, ...]]
    cut: dict[str, tuple[Entry, ...]]  # the same by what comes before a space in the first letters
    openings: frozenset[str]  # the first three letters of each, which are far more selective than two

    def starts(self, folded: str, words: Sequence[int]) -> tuple[list[Start], list[str]]:
        """Where names may begin in a text after `fold`; `words` are the beginnings of its words.

        A name may continue after the end of the text and a space: the second list has these continuations, in lower
        case.
        """
        lower, entries, width = folded.lower(), self.entries, self.width
        found: list[Start] = []
        rests: list[str] = []
        for start in _beginnings(folded, words) if self.spaced else _anywhere(lower, entries, self.openings):
            first = lower[start : start + width]
            known = entries.get(first, ()) or self.cut.get(first, ())
            if known:
                tail = lower[start:] + " "
                fitting = [entry for entry in known if lower.startswith(entry[0], start) or entry[0].startswith(tail)]
                if fitting:
                    found.append((start, tuple(fitting)))
                    rests += [entry[0][len(tail) :] for entry in fitting if len(entry[0]) >= len(tail)]
        return found, rests

    def concepts(self, folded: str, starts: Sequence[Start]) -> list[str]:
        """The concepts named in a text after `fold`, from places where names may begin (`starts`)."""
        found = []
        lower = folded.lower()
        position_end = 0
        for start, entries in starts:
            if start < position_end:
                continue
            for stem, concept, capital in entries:
                if not lower.startswith(stem, start) or (capital and folded[start].islower()):
                    continue
                end = start + len(stem)
                if self.spaced and _ending(lower, end) > _LONGEST_ENDING:
                    continue
                found.append(concept)
                position_end = end
                break
        return found


def _anywhere(lower: str, entries: Mapping[str, object], openings: frozenset[str]) -> list[int]:
    """The places where names may begin, and the last letter, where one may begin that goes on."""
    return [*anywhere(lower, entries, openings), len(lower) - 1] if lower else []


def anywhere(lower: str, entries: Mapping[str, object], openings: frozenset[str]) -> list[int]:
    """The places in a text where its two letters are among `entries`, and its three, or these two, in `openings`.

    At the end of the text two letters are enough.
    """
    pairs = compress(count(), map(entries.__contains__, map(add, lower, lower[1:])))
    last = len(lower) - 2
    return [s for s in pairs if lower[s : s + 3] in openings or lower[s : s + 2] in openings or s == last]


def _beginnings(folded: str, starts: Sequence[int]) -> Sequence[int]:
    """Where names can begin: at the words, and after an Arabic article."""
    if folded.isascii() or _IN_ARTICLES not in folded:
        return starts
    behind = [article.end() for start in starts if (article := _ARTICLE.match(folded, start))]
    return sorted([*starts, *behind])


@lru_cache(maxsize=128)
def lexicon(language: str) -> Lexicon:
    """The names CLDR has for a language (ISO 639 code as in an address); an unknown language has an empty lexicon."""
    locale = locale_of(language)
    if locale is None:
        return Lexicon(spaced=True, width=2, entries={}, cut={}, openings=frozenset())
    spaced = locale.language not in UNSPACED
    width = _SHORTEST_UNCASED if spaced else _SHORTEST_UNSPACED
    entries: dict[str, set[Entry]] = {}
    for name, concept in _names(locale):
        folded = _ARTICLE.sub("", fold(name).strip())
        digits = any(c.isdigit() for c in folded)
        stem = folded.lower() if digits else _stem(folded.lower(), spaced)
        if len(stem) < _shortest(stem, spaced):
            continue
        entries.setdefault(stem[:width], set()).add((stem, concept, spaced and folded[0].isupper()))
    cut: dict[str, set[Entry]] = {}
    for first, found in entries.items():
        if " " in first:
            cut.setdefault(first.partition(" ")[0], set()).update(found)
    openings = frozenset(stem[:3] for found in entries.values() for stem, _, _ in found)
    return Lexicon(spaced=spaced, width=width, entries=_ordered(entries), cut=_ordered(cut), openings=openings)


def _ordered(entries: Mapping[str, set[Entry]]) -> dict[str, tuple[Entry, ...]]:
    return {first: tuple(sorted(found, key=lambda e: (-len(e[0]), e[0], e[1]))) for first, found in entries.items()}


def _names(locale: Locale) -> Iterator[tuple[str, str]]:
    for code, name in locale.territories.items():
        if len(code) == 2:
            yield re.sub(r"\s*[(\[（].*", "", name), f"t:{code}"
    # `japonais` means Japan: a language means the country where CLDR's likely subtags put it.
    likely = get_global("likely_subtags")
    for code, name in locale.languages.items():
        country = likely.get(code, "").rpartition("_")[2]
        if len(code) == 2 and len(country) == 2 and locale.language not in ("ja", "zh", "ko"):
            yield name, f"t:{country}"
    for zone, names in locale.time_zones.items():
        if "city" in names:
            yield names["city"], f"c:{zone}"
    for context in ("format", "stand-alone"):
        for number, name in locale.months[context]["wide"].items():
            yield name, f"m:{number}"
        for number, name in locale.days[context]["wide"].items():
            yield name, f"d:{number}"


def _shortest(stem: str, spaced: bool) -> int:
    if not spaced:
        return _SHORTEST_UNSPACED
    return _SHORTEST_CASED if stem[0].upper() != stem[0] else _SHORTEST_UNCASED


def _stem(name: str, spaced: bool) -> str:
    """The name without what inflection changes: ``китай`` and ``китаю`` share ``кита``."""
    if not spaced or len(name) < 5:
        return name
    return name[: -2 if len(name) >= 8 else -1]


def _ending(text: str, position: int) -> int:
    length = 0
    while position + length < len(text) and text[position + length].isalpha():
        length += 1
    return length
