"""Words and shingles of a text in any script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# Scripts that put no spaces between words: each of their letters, with the marks on it, counts as a word.
# Han and kana; Thai, Lao, Myanmar, Khmer.
_UNSPACED = "\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f" + (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u1000-\u102a\u1780-\u17b3"
)
_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u17b4-\u17d3"
# Marks that stand within words of spaced scripts and that `\w` leaves out: Latin and Greek accents, Hebrew and Arabic
# points, the vowel signs of India (without the danda, which is a full stop).
_WITHIN = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff"
_WORD = re.compile(rf"[{_UNSPACED}][{_MARKS}]*|[^\W_{_UNSPACED}](?:[^\W_{_UNSPACED}]|[{_WITHIN}])*")
_SPECIAL = re.compile(rf"[{_UNSPACED}{_WITHIN}]")
_PLAIN_WORD = re.compile(r"[^\W_]+")

# Three words: a shared phrase counts, a shared vocabulary does not, and one changed word costs only three shingles.
_SHINGLE_WORDS = 3


def words(text: str) -> list[str]:
    """The words of a text, in order; in scripts without spaces, each letter with its marks.

    >>> words("Hà Nội, 2025: 東京")
    ['Hà', 'Nội', '2025', '東', '京']
    """
    # The plain pattern is several times faster, and most texts need no other.
    return _WORD.findall(text) if not text.isascii() and _SPECIAL.search(text) else _PLAIN_WORD.findall(text)


def normalised(found: Iterable[str]) -> str:
    """Words as one text, without what differs between two copies of it: compatibility forms, case, punctuation.

    >>> normalised(words("Ｈà Nội —  mùa THU."))
    'hà nội mùa thu'
    """
    return unicodedata.normalize("NFKC", " ".join(found)).casefold()


def shingles(normal: str) -> list[str]:
    """The runs of three words of a normalised text; the text itself where it is shorter.

    >>> shingles("a b c d")
    ['a b c', 'b c d']
    """
    parts = normal.split(" ")
    if len(parts) <= _SHINGLE_WORDS:
        return [normal]
    return list(map(" ".join, zip(parts, parts[1:], parts[2:], strict=False)))
