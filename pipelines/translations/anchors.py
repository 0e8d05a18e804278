"""What a paragraph carries into every translation: numbers, dates, addresses, names, marks and cognate words.

An anchor is a short string whose first letter is its class (`CLASSES`); two paragraphs share an anchor where the
strings are equal. Anchors come from one paragraph alone, so an article is read once for all its language pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from pipelines.translations.chunks import chunks, context_anchors
from pipelines.translations.vocabulary import vocabulary

CLASSES = {
    "n": "number of three digits or more, or with decimals: the same digits in any local format",
    "i": "small number, which a translation may write as a word",
    "s": "significant digits of a number, for units that move them (1.5 million, 150万)",
    "m": "month, by name or in a date of digits",
    "d": "weekday",
    "t": "country or territory named in CLDR",
    "c": "city named in CLDR",
    "a": "address: web, mail, handle",
    "l": "Latin word with a capital or a digit: names, acronyms",
    "w": "beginning of a word, in its own script",
    "k": "consonant skeleton of a word or of two names side by side",
    "v": "ordinary word of the vocabulary: government, river",
    "p": "marks: brackets, quotation marks, question marks, and how the paragraph begins and ends",
}
OPEN_END = "p.open"
BEGINNINGS, ENDINGS = frozenset({"p-begin"}), frozenset({OPEN_END, "p:end"})
"""Anchors of class ``p`` that say how a paragraph begins and how it ends."""

# Groups of three with any separator in use (Babel's CLDR symbols: . , ' ’ ٬ and spaces), then decimals.
# All begin with a digit, which `re` looks for quickly, and look behind it afterwards.
_NUMBER = re.compile(r"\d(?<!\d\d)(?:\d{0,2}(?:[ .,'’٬]\d{3})+(?!\d)(?:[.,٫]\d+)?|\d*(?:[.,٫]\d+)?)")
_INDIAN_NUMBER = re.compile(r"\d(?<!\d\d)\d?(?:,\d{2})+,\d{3}(?!\d)")
_DATE = re.compile(r"(\d(?<![\d/.-]\d)\d?)([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?![\d/]|[.-]\d)")
_ISO_DATE = re.compile(r"(\d(?<!\d\d)\d{3})-(\d{1,2})-(\d{1,2})(?!\d)")
# What dates and numbers always have in them; looking for them first is what makes reading quick.
_DATE_SIGN = re.compile(r"\d[/.-]\d")
_INDIAN_SIGN = re.compile(r"\d,\d\d,")
_DIGIT = re.compile(r"\d")
_MONTH_SIGN = re.compile(r"(?<!\d)(1[0-2]|[1-9])\s*[月월]")
_OPENING_DASH = re.compile(r"\s*[-–—•*−]\s*\S")
# Beginning with a set of characters, which `re` looks for quickly: a plain quotation mark, an opening one that no
# letter precedes, a closing one that no letter follows (else it is an apostrophe).
_QUOTES = re.compile(r"[\"“”„«»「」『』〝〟'‘’](?:(?<=[^'‘’])|(?<=['‘])(?<!\w.)|(?<=['’])(?!\w))")
_TERMINAL = tuple(".!?…。！？।॥؟۔։።။၊။՞")
_CLOSING = "\"'”’»」』)]）"
_BUDDHIST = ("th", "lo", "km")
_THAI_ERA = 543  # years of the Buddhist calendar run ahead by so many (CLDR, calendar `buddhist`)
# Marks and how scripts write them; quotation marks and colons are counted by rules of their own.
_MARKS = {"(": "(（", "?": "?？؟՞", "!": "!！", "%": "%％٪", "…": ("…", "..."), ";": ";；؛·"}
_SIGN = re.compile(
    "[" + re.escape("".join(sign for written in _MARKS.values() for sign in written if sign != "...")) + "]"
)
_COUNTED = {mark: tuple(f"p{mark}{number}" for number in (1, 2, 3)) for mark in (*_MARKS, '"', ":")}


# One version of an article is aligned with many: whoever does it pair by pair reads each text once all the same.
@lru_cache(maxsize=2048)
def anchors(text: str, language: str) -> frozenset[str]:
    """All anchors of one paragraph in a language (ISO 639 code as in the address).

    >>> sorted(a for a in anchors("Ngày 23/10/2025: 1.576 người (Hà Nội).", "vi") if a[0] in "nim")
    ['i10', 'i23', 'm10', 'n1576', 'n2025']
    """
    read = chunks(text, language)
    found: list[Iterable[str]] = [chunk.anchors for chunk in read]
    folded = " ".join([chunk.folded for chunk in read])
    found += marks(text), context_anchors(read, folded, language), numbers(folded, language)
    if not vocabulary(language).spaced:
        found.append(vocabulary(language).anchors(text))
    return frozenset().union(*found)


def numbers(folded: str, language: str = "") -> set[str]:
    """Anchors of the numbers and dates in a text that `fold` has passed.

    >>> sorted(numbers("1,576 = 1.576 = 1 576")), sorted(numbers("2,5"))
    (['n1576', 's1576'], ['n25', 's25'])
    """
    found: set[str] = set()
    if not _DIGIT.search(folded):
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


@lru_cache(maxsize=1 << 14)
def _of_number(written: str, buddhist: bool) -> tuple[str, ...]:
    digits = re.sub(r"\D", "", written).lstrip("0")
    if not digits:
        return ()
    if buddhist and len(digits) == 4 and 2440 <= int(digits) < 2640:
        digits = str(int(digits) - _THAI_ERA)
    anchor = ("i" if len(digits) <= 2 and written.isdigit() else "n") + digits
    significant = digits.rstrip("0")
    return (anchor, "s" + significant) if len(significant) >= 2 or len(digits) > 3 else (anchor,)


def marks(text: str) -> Iterable[str]:
    """Anchors of the marks, counted up to three, of a paragraph as it is written."""
    signs = "".join(_SIGN.findall(text))
    if signs or "..." in text:
        for mark, written in _MARKS.items():
            count = sum([(signs if len(sign) == 1 else text).count(sign) for sign in written])
            if count:
                yield from _COUNTED[mark][: min(count, 3)]
    quotes = len(_QUOTES.findall(text))
    if quotes:
        yield from _COUNTED['"'][: min((quotes + 1) // 2, 3)]
    colons = text.count(":") + text.count("：") - text.count("://")
    if colons:
        yield from _COUNTED[":"][: min(colons, 3)]
    stripped = text.rstrip()
    if stripped.endswith((":", "：")):
        yield "p:end"
    elif not stripped.rstrip(_CLOSING).endswith(_TERMINAL):
        yield OPEN_END
    if _OPENING_DASH.match(text):
        yield "p-begin"
    if stripped.endswith((")", "）", "]")) and stripped.startswith(("(", "（", "[")):
        yield "p()all"


def _month(first: int, second: int, *, separator: str, year: str | None) -> Iterable[str]:
    """The month of a date of digits; a pair without a year is a date only with the separators it is written with."""
    if year is None and separator == ".":
        return
    if 1 <= first <= 31 and 1 <= second <= 12:
        yield f"m{second}"
    elif 1 <= first <= 12 and 13 <= second <= 31:
        yield f"m{first}"
