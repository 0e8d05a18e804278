"""What goes with the numbers of a text in any language: signs of units, and the months of dates."""

from __future__ import annotations

import re

from pipelines.translations.chunks import chunks, of_chunks
from pipelines.translations.folding import fold
from pipelines.translations.numbers import as_written, has_digit

Measure = tuple[str, str]
"""Significant digits of a number, and the sign of its unit."""

# Signs that are the same in most languages, and how scripts write them; the alignment compares words for units.
_UNITS = {
    "%": "%|٪",
    "°": "°",
    "km": "km|км|χλμ|กม|كم|किमी|कि.मी",
    "m": "m|м",
    "cm": "cm|см",
    "mm": "mm|мм",
    "ha": "ha|га",
    "kg": "kg|кг|กก|كجم|كغ",
    "USD": "USD|US$|$",
    "EUR": "EUR|€",
    "VND": "VND|₫",
}
_FORMS = {fold(form): unit for unit, forms in _UNITS.items() for form in forms.split("|")}
_UNIT = "|".join(map(re.escape, sorted(_FORMS, key=len, reverse=True)))
_NUMBER = r"\d[\d.,'’٬ ]*(?<=\d)"
_BEHIND = re.compile(rf"({_NUMBER})\s?({_UNIT})(?![^\W\d_])")
_BEFORE = re.compile(rf"(?<![^\W\d_])(US\$|\$|€|₫|USD|EUR|VND|%)\s?({_NUMBER})")
_AROUND = 2  # how many pieces between spaces, on either side of a number, may have the month of a date
_UNSPACED = ("th", "lo", "km", "my", "ja", "zh")


def measures(text: str, language: str) -> frozenset[Measure]:
    """The numbers of a text with the sign of a unit, each as (digits, unit).

    >>> sorted(measures("40 % of 1,200 km for $3.5", "en")), sorted(measures("1.200 км, 40%", "ru"))
    ([('12', 'km'), ('35', 'USD'), ('4', '%')], [('12', 'km'), ('4', '%')])
    """
    folded = fold(text)
    found = [(match[1], match[2]) for match in _BEHIND.finditer(folded)]
    found += [(match[2], match[1]) for match in _BEFORE.finditer(folded)]
    return frozenset((_significant(number, language), _FORMS.get(sign, sign)) for number, sign in found)


def months(text: str, language: str) -> frozenset[int]:
    """The months, 1 to 12, that are near a number: by name, or in a date of digits.

    >>> sorted(months("on 23 October 2025, from 1/11/2025 on", "en")), sorted(months("3월 5일", "ko"))
    ([10, 11], [3])
    """
    pieces = text.split()
    if language.partition("-")[0] not in _UNSPACED:
        near = {i + by for i, p in enumerate(pieces) if has_digit(fold(p)) for by in range(-_AROUND, _AROUND + 1)}
        pieces = [piece for i, piece in enumerate(pieces) if i in near]
    anchors, _ = of_chunks(chunks(" ".join(pieces), language), language)
    return frozenset(int(anchor[1:]) for anchor in anchors if anchor[0] == "m" and anchor[1:].isdigit())


def _significant(number: str, language: str) -> str:
    digits = next(iter(as_written(number, language)), None)
    return digits if digits is not None else re.sub(r"\D", "", number).strip("0")
