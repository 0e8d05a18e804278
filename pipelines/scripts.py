"""Which script carries a text (ISO 15924), and how much of it; Latin names inside another script do not count."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

SCRIPT_LANGUAGES: Mapping[str, str] = {
    "Thai": "th",
    "Laoo": "lo",
    "Khmr": "km",
    "Mymr": "my",
    "Hang": "ko",
    "Jpan": "ja",
    "Grek": "el",
    "Hebr": "he",
    "Beng": "bn",
    "Taml": "ta",
    "Mlym": "ml",
    "Telu": "te",
    "Knda": "kn",
    "Gujr": "gu",
    "Guru": "pa",
    "Sinh": "si",
    "Geor": "ka",
    "Armn": "hy",
}
"""Scripts that one language of the news owns; the others (Latn, Cyrl, Arab, Deva, Hani) need a detector."""

_RANGES: tuple[tuple[str, int, int], ...] = (
    ("Grek", 0x0370, 0x03FF),
    ("Grek", 0x1F00, 0x1FFF),
    ("Cyrl", 0x0400, 0x052F),
    ("Armn", 0x0531, 0x0587),
    ("Hebr", 0x05D0, 0x05EA),
    ("Arab", 0x0620, 0x065F),
    ("Arab", 0x066E, 0x06D3),
    ("Arab", 0x06FA, 0x06FF),
    ("Arab", 0x0750, 0x077F),
    ("Deva", 0x0900, 0x0963),
    ("Deva", 0x0971, 0x097F),
    ("Beng", 0x0980, 0x09E3),
    ("Guru", 0x0A01, 0x0A5E),
    ("Gujr", 0x0A81, 0x0AE3),
    ("Taml", 0x0B82, 0x0BD7),
    ("Telu", 0x0C00, 0x0C63),
    ("Knda", 0x0C80, 0x0CE3),
    ("Mlym", 0x0D00, 0x0D63),
    ("Sinh", 0x0D81, 0x0DDF),
    ("Thai", 0x0E01, 0x0E4E),
    ("Laoo", 0x0E81, 0x0ECE),
    ("Laoo", 0x0EDC, 0x0EDF),
    ("Mymr", 0x1000, 0x103F),
    ("Mymr", 0x1050, 0x109F),
    ("Geor", 0x10A0, 0x10FF),
    ("Hang", 0x1100, 0x11FF),
    ("Hang", 0x3131, 0x318E),
    ("Hang", 0xAC00, 0xD7A3),
    ("Khmr", 0x1780, 0x17D3),
    ("Kana", 0x3041, 0x309F),
    ("Kana", 0x30A1, 0x30FA),
    ("Kana", 0x30FC, 0x30FF),
    ("Hani", 0x3400, 0x4DBF),
    ("Hani", 0x4E00, 0x9FFF),
    ("Hani", 0x3005, 0x3007),
    ("Hani", 0xF900, 0xFAFF),
)
LATIN = "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
"""Latin letters, as the inside of a regular expression's character class."""

# Lower case: ASCII, Latin-1, every second letter of Latin Extended-A, ơ ư ș ț, and of the Vietnamese block.
_LOWER = "a-z\u00df-\u00f6\u00f8-\u00ff" + "".join(
    chr(point)
    for first, last in ((0x0100, 0x024F), (0x1EA0, 0x1EFF))
    for point in range(first, last + 1)
    if chr(point).islower()
)
# The look behind stands after the first letter: a pattern that begins with a class passes over other scripts fast.
LOWER_WORD = re.compile(f"[{_LOWER}](?<![{LATIN}'’-].)[{_LOWER}]*(?![{LATIN}])")
"""A Latin word in lower case throughout: prose, where capitalised words may be names."""

_LATIN_RUN = re.compile(f"[{LATIN}]+")
_FOREIGN = re.compile("[\u0370-\u1dff\u1f00-\u1fff\u2e80-\ud7ff\uf900-\ufdff\ufe70-\ufeff]")
# What a letter of a dense script is worth beside Latin letters when a text mixes the two: about the letters that its
# English translation would have.
_WEIGHT = {"Hani": 3.0, "Jpan": 2.0, "Hang": 2.5}


def _script_of(char: str) -> str | None:
    if "\u4e00" <= char <= "\u9fff":  # the two large blocks first: most letters of a Chinese or Korean text are new
        return "Hani"
    if "\uac00" <= char <= "\ud7a3":
        return "Hang"
    return _LETTER_SCRIPT.get(char)


# Every letter of the alphabets, syllabaries and small Han blocks; the two large blocks are told by their bounds.
_LETTER_SCRIPT = {
    chr(point): name
    for name, first, last in _RANGES
    if (name, first) not in (("Hani", 0x4E00), ("Hang", 0xAC00))
    for point in range(first, last + 1)
}


def count_scripts(text: str) -> dict[str, int]:
    """Letters of each script but Latin: `{"Thai": 120}`; kana with Han characters count together as Jpan."""
    counts: dict[str, int] = {}
    if text.isascii() or not _FOREIGN.search(text):
        return counts
    for char, number in Counter(text).items():
        if char < "\u0370":
            continue
        if name := _script_of(char):
            counts[name] = counts.get(name, 0) + number
    kana = counts.pop("Kana", 0)
    if kana:
        # A brand's の in a Chinese text makes no Japanese; prose has a kana for every two Han characters or more.
        if kana * 12 >= counts.get("Hani", 0):
            counts["Jpan"] = kana + counts.pop("Hani", 0)
        else:
            counts["Hani"] += kana
    return counts


@lru_cache(maxsize=32)
def _letters_of(script: str) -> re.Pattern[str]:
    names = ("Kana",) if script == "Jpan" else (script,)  # Han characters alone would be Chinese
    return re.compile("[" + "".join(f"{chr(a)}-{chr(b)}" for name, a, b in _RANGES if name in names) + "]+")


def script_share(text: str, script: str) -> float:
    """The share of a text's characters, 0 to 1, that are letters of a script."""
    return sum(map(len, _letters_of(script).findall(text))) / (len(text) or 1)


def latin_letters(text: str) -> int:
    """How many Latin letters a text has."""
    return sum(map(len, _LATIN_RUN.findall(text)))


def carrying_script(text: str) -> tuple[str, int]:
    """The script that carries the text, and its letters: `("Thai", 120)`, `("Latn", 0)` where there are none.

    A text is in a script other than Latin where its letters outweigh the Latin words in lower case: the names of
    people, places and firms in a Thai sentence are capitalised, the prose around a Thai word in an English one is not.
    """
    counts = count_scripts(text)
    if counts:
        name = max(sorted(counts), key=lambda n: counts[n] * _WEIGHT.get(n, 1.0))
        prose = sum(map(len, LOWER_WORD.findall(text)))
        if counts[name] * _WEIGHT.get(name, 1.0) > prose:
            return name, counts[name]
    return "Latn", latin_letters(text)
