"""Search tokens, also in scripts that write no spaces.

No dictionary and no model: a run of a script without spaces is searched by its overlapping pairs of characters, which
finds every substring of two characters and more.
"""

from __future__ import annotations

import re
import unicodedata

from pipelines.unicode.scripts import LATIN
from pipelines.unicode.words import has_unspaced, unspaced_runs

_LATIN = re.compile(f"[{LATIN}]")


def tokens(text: str) -> list[str]:
    """The search tokens of a text, in order: folded words, and pairs of characters of scripts without spaces.

    Case and compatibility forms are folded everywhere, diacritics in Latin script (``ha noi`` finds ``Hà Nội``).

    >>> tokens("Thủ đô Hà Nội, 東京都")
    ['thu', 'do', 'ha', 'noi', '東京', '京都']
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_TABLE)
    words = folded.split()
    if not has_unspaced(folded):
        return words
    return [token for word in words for token in ((word,) if word.isascii() else _split(word))]


def _split(word: str) -> list[str]:
    parts: list[str] = []
    position = 0
    for start, end in unspaced_runs(word):
        if start > position:
            parts.append(word[position:start])
        text = word[start:end]
        # A single character can only be found by itself; a longer run by its pairs.
        parts.extend([text] if len(text) == 1 else [text[i : i + 2] for i in range(len(text) - 1)])
        position = end
    if position < len(word):
        parts.append(word[position:])
    return parts


class _Table(dict[int, str]):
    """For `str.translate`: Latin letters without their marks, and spaces for all that is in no word.

    Filled as characters come up. Twice as quick as a pattern over the text.
    """

    def __missing__(self, point: int) -> str:
        folded = _fold_latin(chr(point))
        found = self[point] = "".join(c if _is_of_word(c) else " " for c in folded)
        return found


def _is_of_word(character: str) -> bool:
    """Letters and digits, and all combining marks: the vowel signs of Asian scripts are some."""
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _fold_latin(character: str) -> str:
    if character in "đð":
        return "d"
    if not _LATIN.match(character):
        return character
    return "".join(c for c in unicodedata.normalize("NFD", character) if not unicodedata.combining(c)) or character


_TABLE = _Table()
