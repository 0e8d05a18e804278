"""How many words a text has, in scripts with and without spaces between them: the one count of the project.

No dictionary and no model: where a script writes no spaces, words are counted by the average length of its words,
which is close enough to compare texts by and never to split one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import filterfalse

from pipelines.unicode.scripts import BEYOND_FIRST_PLANE, HAN_KANA, SOUTH_EAST, first_plane

UNSPACED = HAN_KANA + SOUTH_EAST
"""Letters of scripts that put no spaces between words, as the inside of a pattern's character class."""

_HAN_KANA_CHARACTERS_A_WORD = 2
_SOUTH_EAST_CHARACTERS_A_WORD = 5
_UNSPACED = re.compile(f"[{first_plane(UNSPACED)}]")
_UNSPACED_ANYWHERE = re.compile(f"[{UNSPACED}]")
_RUN = re.compile(f"[{HAN_KANA}]+|[{SOUTH_EAST}]+")
_HAN_KANA = re.compile(f"[{HAN_KANA}]")
_HAS_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


def count_words(text: str) -> int:
    """How many words a text has: parts between spaces with a letter or digit.

    Where a script writes no spaces, one word for every two characters of Han or kana, for every five of Thai, Lao,
    Khmer or Burmese (rounded up for each run).

    >>> count_words("Hà Nội — 2025, mùa thu")
    5
    >>> count_words("東京で会談した")
    4
    """
    if not has_unspaced(text):
        return _with_letters(text.split())
    count = 0
    for run in _RUN.findall(text):
        size = _HAN_KANA_CHARACTERS_A_WORD if _HAN_KANA.match(run) else _SOUTH_EAST_CHARACTERS_A_WORD
        count += -(-len(run) // size)
    return count + _with_letters(_RUN.sub(" ", text).split())


def _with_letters(words: list[str]) -> int:
    """How many words hold a letter or digit; most consist of them, which needs no pattern."""
    mixed = [*filterfalse(str.isalnum, words)]
    return len(words) - len(mixed) + sum(1 for _ in filter(_HAS_LETTER_OR_DIGIT.search, mixed))


def has_unspaced(text: str) -> bool:
    """Whether a letter of a script without spaces is in the text."""
    if text.isascii():
        return False
    return bool(_UNSPACED.search(text) or (BEYOND_FIRST_PLANE.search(text) and _UNSPACED_ANYWHERE.search(text)))


def unspaced_runs(text: str) -> list[tuple[int, int]]:
    """Where the runs of scripts without spaces begin and end.

    >>> unspaced_runs("Go 東京, ไทย")
    [(3, 5), (7, 10)]
    """
    return [run.span() for run in _RUN.finditer(text)] if has_unspaced(text) else []


@cache
def marks() -> str:
    """All combining marks, as the inside of a character class: `\\w` leaves out the vowel signs of Asian scripts."""
    found = [point for point in range(0x300, 0x1F000) if unicodedata.category(chr(point))[0] == "M"]
    found += range(0xE0100, 0xE01F0)  # variants of ideographs
    starts = [point for point, before in zip(found, [-1, *found], strict=False) if point != before + 1]
    ends = [point for point, after in zip(found, [*found[1:], -1], strict=True) if point + 1 != after]
    return "".join(f"{chr(a)}-{chr(b)}" if b > a else chr(a) for a, b in zip(starts, ends, strict=True))
