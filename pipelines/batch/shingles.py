"""What a text in any script is made of when its duplicates are looked for: pieces, and shingles of three."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

from pipelines.unicode.scripts import BEYOND_FIRST_PLANE, first_plane
from pipelines.unicode.words import UNSPACED, has_unspaced, marks

_PLAIN_PIECE = re.compile(r"[^\W_]+")


@cache
def _patterns(beyond: bool) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A pattern for what the plain one does not cover, and the full pattern.

    A letter of a script without spaces, with the marks on it; or a run of letters, digits and the marks within words
    that `\\w` leaves out: accents, points, the vowel signs of India.
    """
    inner, unspaced = (marks(), UNSPACED) if beyond else (first_plane(marks()), first_plane(UNSPACED))
    mark = f"[{inner}]"
    letter = f"(?!{mark})[{unspaced}]"
    other = f"[^\\W_{unspaced}]"
    piece = f"{letter}{mark}*|{other}(?:{other}|(?![{unspaced}]){mark})*"
    return re.compile(f"[{unspaced}{inner}]"), re.compile(piece)


SHORTEST = 6
"""A text of fewer pieces identifies nothing: it is a caption, a line of contact or a notice."""

# Three pieces: a shared phrase counts, a shared vocabulary does not, and one changed word costs only three shingles.
_SHINGLE_PIECES = 3


def pieces(text: str) -> list[str]:
    """The pieces by which duplicates are compared: words, and in scripts without spaces each letter with its marks.

    >>> pieces("Hà Nội, 2025: 東京")
    ['Hà', 'Nội', '2025', '東', '京']
    """
    # The plain pattern is several times faster, and most texts need no other.
    if text.isascii():
        return _PLAIN_PIECE.findall(text)
    special, piece = _patterns(BEYOND_FIRST_PLANE.search(text) is not None)
    return (piece if special.search(text) else _PLAIN_PIECE).findall(text)


def normalised(found: Iterable[str]) -> str:
    """Pieces as one text, without what differs between two copies of it: compatibility forms, case, punctuation.

    >>> normalised(pieces("Ｈà Nội —  mùa THU."))
    'hà nội mùa thu'
    """
    return unicodedata.normalize("NFKC", " ".join(found)).casefold()


def shingles(normal: str) -> list[str]:
    """The runs of three pieces of a normalised text; the text itself where it is shorter.

    >>> shingles("a b c d")
    ['a b c', 'b c d']
    """
    parts = normal.split(" ")
    if len(parts) <= _SHINGLE_PIECES:
        return [normal]
    return list(map(" ".join, zip(parts, parts[1:], parts[2:], strict=False)))


# A run of this weight: three words, or nine letters of a script without spaces. Three letters occur in any long text.
_WORD, _LETTER, _RUN = 3, 1, 9


@lru_cache(maxsize=2**16)  # the letters of a script are few
def _weight(part: str) -> int:
    return _LETTER if has_unspaced(part) else _WORD


def long_shingles(normal: str) -> list[str]:
    """As `shingles`, but runs of nine letters in scripts without spaces, long enough to identify a text.

    >>> long_shingles("a b c d"), [run.replace(" ", "") for run in long_shingles(" ".join("東京都千代田区霞が関二"))]
    (['a b c', 'b c d'], ['東京都千代田区霞が', '京都千代田区霞が関', '都千代田区霞が関二'])
    """
    if not has_unspaced(normal):
        return shingles(normal)
    parts = normal.split(" ")
    weights = list(map(_weight, parts))
    runs: list[str] = []
    stop = weight = 0
    for start, first in enumerate(weights):
        while weight < _RUN and stop < len(parts):
            weight += weights[stop]
            stop += 1
        if weight < _RUN:
            break
        runs.append(" ".join(parts[start:stop]))
        weight -= first
    return runs or [normal]
