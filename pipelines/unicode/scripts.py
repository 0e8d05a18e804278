"""Which script carries a text (ISO 15924), and how much of it; Latin names inside another script do not count."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from functools import cache

from pipelines.unicode.script_table import RANGES

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
"""Scripts that only one language of the news uses; the others (Latn, Cyrl, Arab, Deva, Hani) need a detector."""

COMMON = "Zyyy"
"""The script of what all scripts share: digits, punctuation, signs, and unassigned characters."""

SCRIPTS = frozenset(script for _, _, script in RANGES)
"""The codes of all scripts that Unicode has."""

_STARTS = [first for first, _, _ in RANGES]
# Sound marks and the length mark of kana are shared by two scripts that are one here.
_KANA_SHARED = frozenset("\u3031\u3032\u3033\u3034\u3035\u309b\u309c\u30a0\u30fc\uff70\uff9e\uff9f")


_BLOCK = 2_000  # larger ranges are blocks of ideographs and syllables, letters throughout


class _Scripts(dict[str, str]):
    """Character -> script, filled as characters come."""

    def __missing__(self, character: str) -> str:
        point = ord(character)
        _, last, script = RANGES[bisect_right(_STARTS, point) - 1] if point >= _STARTS[0] else (0, -1, COMMON)
        found = script if point <= last else "Kana" if character in _KANA_SHARED else COMMON
        self[character] = found
        return found


_SCRIPTS = _Scripts()


def script_of(character: str) -> str:
    """The script of a character, as Unicode assigns it (ISO 15924); `COMMON` where it is no single script's.

    >>> [script_of(c) for c in "aДあ漢ไ7."]
    ['Latn', 'Cyrl', 'Hira', 'Hani', 'Thai', 'Zyyy', 'Zyyy']
    """
    return _SCRIPTS[character]


@cache
def letters_of(*scripts: str) -> str:
    """The letters of scripts and the marks that belong to one of them, as the inside of a pattern's character class.

    Digits and punctuation are not among them, nor characters common to all scripts.
    """
    ranges: list[list[int]] = []
    for first, last, script in RANGES:
        if script not in scripts:
            continue
        if last - first >= _BLOCK:
            ranges.append([first, last])
            continue
        for point in range(first, last + 1):
            if not _is_letter(chr(point)):
                continue
            if ranges and point == ranges[-1][1] + 1:
                ranges[-1][1] = point
            else:
                ranges.append([point, point])
    shared = sorted(_KANA_SHARED) if "Kana" in scripts else []
    return "".join(f"{chr(a)}-{chr(b)}" if b > a else chr(a) for a, b in ranges) + "".join(shared)


def _is_letter(character: str) -> bool:
    # Unknown characters count as letters: the table's Unicode may be newer than Python's, and most additions are.
    return unicodedata.category(character)[0] in "LM" or unicodedata.category(character) == "Cn"


def first_plane(characters: str) -> str:
    """A character class without characters beyond the first plane: `re` then looks it up, and need not search it.

    >>> first_plane("a-z\U00020000-\U0002a6df7")
    'a-z7'
    """
    return re.sub("[\U00010000-\U0010ffff](?:-[\U00010000-\U0010ffff])?", "", characters)


BEYOND_FIRST_PLANE = re.compile("[\U00010000-\U0010ffff]")
"""A character outside the first plane: emoji, rare ideographs, historic scripts."""

LATIN = letters_of("Latn")
"""Latin letters, as the inside of a regular expression's character class."""

HAN_KANA = letters_of("Hani", "Hira", "Kana", "Bopo")
"""Ideographs, kana and bopomofo: written without spaces, about two characters a word."""

SOUTH_EAST = letters_of("Thai", "Laoo", "Khmr", "Mymr", "Tale", "Talu", "Lana", "Tavt")
"""Letters of South-East Asia with their vowels and tones: written without spaces between words."""

# Lower case: ASCII, Latin-1, every second letter of Latin Extended-A, ơ ư ș ț, and of the Vietnamese block.
_LOWER = "a-z\u00df-\u00f6\u00f8-\u00ff" + "".join(
    chr(point)
    for first, last in ((0x0100, 0x024F), (0x1EA0, 0x1EFF))
    for point in range(first, last + 1)
    if chr(point).islower()
)
# The lookbehind comes after the first letter: a pattern that begins with a class skips other scripts fast.
LOWER_WORD = re.compile(f"[{_LOWER}](?<![{LATIN}'’-].)[{_LOWER}]*(?![{LATIN}])")
"""A Latin word in lower case throughout: prose, where capitalised words may be names."""

_LATIN_RUN = re.compile(f"[{LATIN}]+")
# Letters of other scripts than Latin: exact where most of them are, and coarse (but for emoji) in the other planes,
# since a class that reaches there is searched for range by range, thirty times as slowly.
_FOREIGN = re.compile(
    "[" + "".join(f"{chr(a)}-{chr(b)}" for a, b, script in RANGES if script != "Latn" and b <= 0xFFFF) + "]"
)
_FOREIGN_BEYOND = re.compile("[\U00010000-\U0001efff\U00020000-\U0003ffff]")
# How many Latin letters a letter of a dense script counts for in a mixed text: about as many as its
# English translation has.
_WEIGHT = {"Hani": 3.0, "Jpan": 2.0, "Hang": 2.5}


class _LetterScripts(dict[str, str | None]):
    """Letter -> the script that it is counted for; None if it is not a letter."""

    def __missing__(self, character: str) -> str | None:
        script = script_of(character)
        found = _COUNTED_AS.get(script, script) if script != COMMON and _is_letter(character) else None
        self[character] = found
        return found


_COUNTED_AS = {"Hira": "Kana", "Bopo": "Hani"}
_LETTER_SCRIPTS = _LetterScripts()


def count_scripts(text: str) -> dict[str, int]:
    """Letters of each script but Latin: `{"Thai": 120}`; kana with Han characters count together as Jpan."""
    counts: dict[str, int] = {}
    if text.isascii() or not (_FOREIGN.search(text) or _FOREIGN_BEYOND.search(text)):
        return counts
    for char, number in Counter(text).items():
        if char < "\u0370":
            continue
        if (name := _LETTER_SCRIPTS[char]) and name != "Latn":
            counts[name] = counts.get(name, 0) + number
    kana = counts.pop("Kana", 0)
    if kana:
        # A brand's の in a Chinese text makes no Japanese; prose has a kana for every two Han characters or more.
        if kana * 12 >= counts.get("Hani", 0):
            counts["Jpan"] = kana + counts.pop("Hani", 0)
        else:
            counts["Hani"] += kana
    return counts


def script_share(text: str, script: str) -> float:
    """The share of a text's characters, 0 to 1, that are letters of a script."""
    return sum(map(len, _runs_of(script).findall(text))) / (len(text) or 1)


@cache
def _runs_of(script: str) -> re.Pattern[str]:
    names = ("Hira", "Kana") if script == "Jpan" else (script,)  # Han characters alone would be Chinese
    return re.compile(f"[{letters_of(*names)}]+")


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
