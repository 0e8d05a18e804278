"""What a paragraph carries into every translation: numbers, dates, addresses, names, marks and cognate words.

An anchor is a short string whose first letter is its class (`CLASSES`); two paragraphs share an anchor where the
strings are equal. Anchors come from one paragraph alone, so an article is read once for all its language pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from pipelines.translations.letters import fold, skeleton
from pipelines.translations.lexicon import lexicon
from pipelines.translations.vocabulary import vocabulary
from pipelines.unicode.scripts import letters_of
from pipelines.unicode.words import UNSPACED

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

# Runs are looked at from their first sign only, here and below: else a long one would take time by its square.
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>()\"'«»“”]+|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w.-])[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.(?:vn|com|org|net|gov|edu|info|int|tv|io)(?:/[^\s<>()\"'«»“”]*)?(?![\w])"
    r"|(?<!\w)@\w{3,}",
)
# What every address has in it; the search for addresses itself costs much more.
_ADDRESS_SIGN = re.compile(r"[.@:](?:(?<=[A-Za-z\d][.@])[A-Za-z]|(?<=:)//|(?<=@)\w)")
# Groups of three with any separator in use (Babel's CLDR symbols: . , ' ’ ٬ and spaces), then decimals.
_NUMBER = re.compile(r"(?<!\d)(?:\d{1,3}(?:[ .,'’٬]\d{3})+(?!\d)(?:[.,٫]\d+)?|\d+(?:[.,٫]\d+)?)")
_INDIAN_NUMBER = re.compile(r"(?<!\d)\d{1,2}(?:,\d{2})+,\d{3}(?!\d)")
_DATE = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?![\d/]|[.-]\d)")
_ISO_DATE = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
# What dates and numbers always have in them; looking for them first is what makes reading quick.
_DATE_SIGN = re.compile(r"\d[/.-]\d")
_INDIAN_SIGN = re.compile(r"\d,\d\d,")
_DIGIT = re.compile(r"\d")
_MONTH_SIGN = re.compile(r"(?<!\d)(1[0-2]|[1-9])\s*[月월]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LATIN_CODE = re.compile(r"[A-Za-z]+\d[A-Za-z\d]*|(?<!\d)\d+[A-Za-z]+\d*|[A-Za-z]{2,}")
_KATAKANA = re.compile(r"[ァ-ヺー]{3,}")
_HAN = re.compile(f"[{letters_of('Hani')}]{{2,}}")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_OPENING_DASH = re.compile(r"\s*[-–—•*−]\s*\S")
# Beginning with a set of characters, which `re` looks for quickly: a plain quotation mark, an opening one that no
# letter precedes, a closing one that no letter follows (else it is an apostrophe).
_QUOTES = re.compile(r"[\"“”„«»「」『』〝〟'‘’](?:(?<=[^'‘’])|(?<=['‘])(?<!\w.)|(?<=['’])(?!\w))")
_TERMINAL = re.compile(r"(?<![.!?…。！？।॥؟۔։።។၊။՞])[.!?…。！？।॥؟۔։።។၊။՞]+[\"'”’»」』)\]）]*\s*\Z")
_THAI_ERA = 543  # years of the Buddhist calendar run ahead by so many (CLDR, calendar `buddhist`)
# Marks and how scripts write them; quotation marks and colons are counted by rules of their own.
_MARKS = {"(": "(（", "?": "?？؟՞", "!": "!！", "%": "%％٪", "…": ("…", "..."), ";": ";；؛·"}
_COUNTED = {mark: tuple(f"p{mark}{number}" for number in (1, 2, 3)) for mark in (*_MARKS, '"', ":")}


# One version of an article is aligned with many: whoever does it pair by pair reads each text once all the same.
@lru_cache(maxsize=2048)
def anchors(text: str, language: str) -> frozenset[str]:
    """All anchors of one paragraph in a language (ISO 639 code as in the address).

    >>> sorted(a for a in anchors("Ngày 23/10/2025: 1.576 người (Hà Nội).", "vi") if a[0] in "nim")
    ['i10', 'i23', 'm10', 'n1576', 'n2025']
    """
    folded = fold(text)
    found: set[str] = set(marks(text))
    names = lexicon(language)
    rest = folded
    if _ADDRESS_SIGN.search(folded):
        for address in _ADDRESS.findall(folded):
            found.add("a" + address.lower().removeprefix("https://").removeprefix("http://").rstrip("./,;:"))
        rest = _ADDRESS.sub(" ", folded)
    found.update(numbers(rest, language))
    matches = list(_WORD.finditer(rest))
    found.update([concept[0] + concept[2:] for concept in names.concepts(rest, [m.start() for m in matches])])
    found.update(_names_and_words(rest, [m.group() for m in matches]))
    found.update(vocabulary(language).anchors(text))
    return frozenset(found)


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
        written = match.group()
        digits = re.sub(r"\D", "", written).lstrip("0")
        if not digits:
            continue
        if language in ("th", "lo", "km") and len(digits) == 4 and 2440 <= int(digits) < 2640:
            digits = str(int(digits) - _THAI_ERA)
        found.add(("i" if len(digits) <= 2 and written.isdigit() else "n") + digits)
        significant = digits.rstrip("0")
        if len(significant) >= 2 or len(digits) > 3:
            found.add("s" + significant)
    return found


def marks(text: str) -> Iterable[str]:
    """Anchors of the marks, counted up to three, of a paragraph as it is written."""
    for mark, written in _MARKS.items():
        count = 0
        for sign in written:
            count += text.count(sign)
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
    elif not _TERMINAL.search(stripped):
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


def _names_and_words(folded: str, words: list[str]) -> set[str]:
    found: set[str] = set()
    for code in _LATIN_CODE.findall(folded):
        if len(code) >= 3 or not code.isalpha() or code.isupper():
            lower = code.lower()
            if lower != code or not code.isalpha():
                found.add("l" + lower)
    read = [_of_word(word) for word in words]
    names = [name for _, name in read]
    pairs = [_of_names(first, second) for first, second in pairwise(names) if first and second]
    found.update(*[anchors_of_word for anchors_of_word, _ in read], *pairs)
    return found


@lru_cache(maxsize=1 << 16)
def _of_names(first: str, second: str) -> tuple[str, ...]:
    """Names of two syllables side by side are one word in other languages: Cao Bang, Каобанг."""
    joined = skeleton(first + second)
    return ("k" + joined[:5],) if len(joined) >= 2 else ()


@lru_cache(maxsize=1 << 17)
def _of_word(word: str) -> tuple[tuple[str, ...], str]:
    """The anchors of a word alone, and the word in lower case if it may be a syllable of a name."""
    if not word.isascii() and _UNSPACED.match(word):
        return tuple(_unspaced(word)), ""
    lower = word.lower()
    cased = lower != word
    caseless = not cased and lower == word.upper()
    found = []
    if len(lower) >= 4:
        found.append("w" + lower[:5])
    bones = skeleton(lower)
    if (len(bones) >= 3 and len(lower) >= 4) or (len(bones) == 2 and cased):
        found.append("k" + bones[:5])
    return tuple(found), lower if (cased or caseless) and len(lower) <= 6 else ""


def _unspaced(word: str) -> Iterable[str]:
    """Anchors of a run in a script that does not separate words: katakana words, and pairs of Han characters."""
    for name in _KATAKANA.findall(word):
        bones = skeleton(name)
        if len(bones) >= 2:
            yield "k" + bones[:5]
        yield "w" + name
    for run in _HAN.findall(word):
        for start in range(len(run) - 1):
            yield "w" + run[start : start + 2]
