"""Words and search tokens, also in scripts that write no spaces.

No dictionary and no model: a run of a script without spaces is searched by its overlapping pairs of characters, which
finds every substring of two characters and more, and counted by the average length of its words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Code point ranges of scripts that put no spaces between words.
_HAN_KANA = "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_SOUTH_EAST = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u1000-\u1049\u1050-\u109f\u1780-\u17d3\u17dc\u17dd"
_HAN_KANA_CHARACTERS_A_WORD = 2  # averages of news text: close enough to compare, never to split by
_SOUTH_EAST_CHARACTERS_A_WORD = 5

_UNSPACED = re.compile(f"([{_HAN_KANA}])|[{_SOUTH_EAST}]")
_UNSPACED_RUN = re.compile(f"[{_HAN_KANA}]+|[{_SOUTH_EAST}]+")
_HAN_KANA_RUN = re.compile(f"[{_HAN_KANA}]")
_HAS_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_LATIN = re.compile("[A-Za-z\u00aa-\u024f\u1e00-\u1eff]")


def count_words(text: str) -> int:
    """How many words a text has: what spaces separate and holds a letter or digit.

    Where a script writes no spaces, one word for every two characters of Han or kana, for every five of Thai, Lao,
    Khmer or Burmese (rounded up for each run).

    >>> count_words("Hà Nội — 2025, mùa thu")
    5
    >>> count_words("東京で会談した")
    4
    """
    if not _UNSPACED.search(text):
        if text.isascii():  # quick, and the same: an ASCII word without letter and digit is punctuation
            return sum(1 for word in text.split() if word.isalnum() or _HAS_LETTER_OR_DIGIT.search(word))
        return sum(1 for word in text.split() if _HAS_LETTER_OR_DIGIT.search(word))
    count = 0
    for run in _UNSPACED_RUN.findall(text):
        size = _HAN_KANA_CHARACTERS_A_WORD if _HAN_KANA_RUN.match(run) else _SOUTH_EAST_CHARACTERS_A_WORD
        count += -(-len(run) // size)
    return count + sum(1 for word in _UNSPACED_RUN.sub(" ", text).split() if _HAS_LETTER_OR_DIGIT.search(word))


def tokens(text: str) -> list[str]:
    """The search tokens of a text, in order: folded words, and pairs of characters of scripts without spaces.

    Case and compatibility forms are folded everywhere, diacritics in Latin script (``ha noi`` finds ``Hà Nội``).

    >>> tokens("Thủ đô Hà Nội, 東京都")
    ['thu', 'do', 'ha', 'noi', '東京', '京都']
    """
    return [token for word in _words().findall(_folded(text)) for token in _split(word)]


def phrases(query: str) -> list[list[str]]:
    """What a query asks for: all of these token sequences. Words in double quotes are one sequence.

    >>> phrases('"Hà Nội" 2025 東京都')
    [['ha', 'noi'], ['2025'], ['東京', '京都']]
    """
    found: list[list[str]] = []
    for quoted, bare in re.findall(r'"([^"]*)"|([^\s"]+)', query):
        sequence = tokens(quoted or bare)
        if sequence:
            found.append(sequence)
    return found


def _split(word: str) -> list[str]:
    if not _UNSPACED.search(word):
        return [word]
    parts: list[str] = []
    position = 0
    for run in _UNSPACED_RUN.finditer(word):
        if run.start() > position:
            parts.append(word[position : run.start()])
        text = run.group()
        # A single character can only be found by itself; a longer run by its pairs.
        parts.extend([text] if len(text) == 1 else [text[i : i + 2] for i in range(len(text) - 1)])
        position = run.end()
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
    # \w leaves out the vowel signs of Indic and South-East Asian scripts, which would cut words to pieces. Collected
    # from Unicode's own table, once and only when searching.
    marks = "".join(
        re.escape(chr(point)) for point in range(0x300, 0x11000) if unicodedata.category(chr(point))[0] == "M"
    )
    return re.compile(f"(?:[^\\W_]|[{marks}])+")
