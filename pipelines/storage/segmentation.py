"""Search tokens, also in scripts that write no spaces.

No dictionary and no model: a run of a script without spaces is searched by its overlapping pairs of characters, which
finds every substring of two characters and more.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pipelines.unicode.scripts import LATIN
from pipelines.unicode.words import marks, unspaced_runs

_LATIN = re.compile(f"[{LATIN}]")


def tokens(text: str) -> list[str]:
    """The search tokens of a text, in order: folded words, and pairs of characters of scripts without spaces.

    Case and compatibility forms are folded everywhere, diacritics in Latin script (``ha noi`` finds ``Hà Nội``).

    >>> tokens("Thủ đô Hà Nội, 東京都")
    ['thu', 'do', 'ha', 'noi', '東京', '京都']
    """
    return [token for word in _words().findall(_folded(text)) for token in _split(word)]


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


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    if not text.isascii() and _LATIN.search(text):
        text = "".join(_fold_latin(c) if c > "\x7f" else c for c in text)
    return text


@lru_cache(maxsize=4096)
def _fold_latin(character: str) -> str:
    if character in "đð":
        return "d"
    if not _LATIN.match(character):
        return character
    return "".join(c for c in unicodedata.normalize("NFD", character) if not unicodedata.combining(c)) or character


@lru_cache(maxsize=1)
def _words() -> re.Pattern[str]:
    # Collected from Unicode's own table, once and only when searching.
    return re.compile(f"(?:[^\\W_]|[{marks()}])+")
