"""Anchors of the numbers and dates of a text: the same digits in any local format, and the months of dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from pipelines.times import THAI_ERA

# Groups of three with any separator in use (Babel's CLDR symbols: . , ' ’ ٬ and spaces), then decimals.
# All begin with a digit, which `re` finds quickly, and check what precedes it afterwards.
_NUMBER = re.compile(r"\d(?<!\d\d)(?:\d{0,2}(?:[ .,'’٬]\d{3})+(?!\d)(?:[.,٫]\d+)?|\d*(?:[.,٫]\d+)?)")
_INDIAN_NUMBER = re.compile(r"\d(?<!\d\d)\d?(?:,\d{2})+,\d{3}(?!\d)")
_DATE = re.compile(r"(\d(?<![\d/.-]\d)\d?)([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?![\d/]|[.-]\d)")
_ISO_DATE = re.compile(r"(\d(?<!\d\d)\d{3})-(\d{1,2})-(\d{1,2})(?!\d)")
# Signs that dates and numbers always contain; a search for them first makes reading quick.
_DATE_SIGN = re.compile(r"\d[/.-]\d")
_INDIAN_SIGN = re.compile(r"\d,\d\d,")
_DIGIT = re.compile(r"\d")
_MONTH_SIGN = re.compile(r"(?<!\d)(1[0-2]|[1-9])\s*[月월]")
_BUDDHIST = ("th", "lo", "km")


def has_digit(folded: str) -> bool:
    """Whether a text after `fold` has a digit."""
    return _DIGIT.search(folded) is not None


def numbers(folded: str, language: str = "") -> set[str]:
    """Anchors of the numbers and dates in a text after `fold`.

    >>> sorted(numbers("1,576 = 1.576 = 1 576")), sorted(numbers("2,5"))
    (['n1576', 's1576'], ['n25', 's25'])
    """
    found: set[str] = set()
    if not has_digit(folded):
        return found
    if "月" in folded or "월" in folded:
        found.update(f"m{int(number)}" for number in _MONTH_SIGN.findall(folded))
    if _DATE_SIGN.search(folded):
        for match in _DATE.finditer(folded):
            found.update(_month(int(match[1]), int(match[3]), separator=match[2], year=match[4]))
        for match in _ISO_DATE.finditer(folded):
            found.update(_month(int(match[3]), int(match[2]), separator="-", year=match[1]))
    spans = list(_INDIAN_NUMBER.finditer(folded)) if _INDIAN_SIGN.search(folded) else []
    rest = _INDIAN_NUMBER.sub(" ", folded) if spans else folded
    for match in (*spans, *_NUMBER.finditer(rest)):
        found.update(_of_number(match.group(), language in _BUDDHIST))
    return found


def as_written(folded: str, language: str = "") -> dict[str, str]:
    """The numbers of three digits or more, or with decimals: significant digits -> how it is written first.

    >>> as_written("12 of 1,200 and 2.50")
    {'12': '1,200', '25': '2.50'}
    """
    found: dict[str, str] = {}
    for match in (*_INDIAN_NUMBER.finditer(folded), *_NUMBER.finditer(_INDIAN_NUMBER.sub(" ", folded))):
        for anchor in _of_number(match.group(), language in _BUDDHIST):
            if anchor[0] == "n":
                found.setdefault(anchor[1:].rstrip("0"), match.group())
    return found


@lru_cache(maxsize=1 << 14)
def _of_number(written: str, buddhist: bool) -> tuple[str, ...]:
    digits = re.sub(r"\D", "", written).lstrip("0")
    if not digits:
        return ()
    if buddhist and len(digits) == 4 and 2440 <= int(digits) < 2640:
        digits = str(int(digits) - THAI_ERA)
    anchor = ("i" if len(digits) <= 2 and written.isdigit() else "n") + digits
    significant = digits.rstrip("0")
    return (anchor, "s" + significant) if len(significant) >= 2 or len(digits) > 3 else (anchor,)


def _month(first: int, second: int, *, separator: str, year: str | None) -> Iterable[str]:
    """The month of a date of digits; a pair without a year is a date only with the separators it is written with."""
    if year is None and separator == ".":
        return
    if 1 <= first <= 31 and 1 <= second <= 12:
        yield f"m{second}"
    elif 1 <= first <= 12 and 13 <= second <= 31:
        yield f"m{first}"
