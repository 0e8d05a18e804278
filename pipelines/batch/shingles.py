"""What a text in any script is made of when its duplicates are looked for: pieces, and shingles of three."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from pipelines.unicode.scripts import BEYOND_FIRST_PLANE, first_plane
from pipelines.unicode.words import UNSPACED, marks

_PLAIN_PIECE = re.compile(r"[^\W_]+")


@cache
def _patterns(beyond: bool) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What needs more than the plain pattern, and the pattern for it.

    A letter of a script without spaces, with the marks on it; or a run of letters, digits and the marks within words
    that `\\w` leaves out: accents, points, the vowel signs of India.
    """
    inner, unspaced = (marks(), UNSPACED) if beyond else (first_plane(marks()), first_plane(UNSPACED))
    mark = f"[{inner}]"
    letter = f"(?!{mark})[{unspaced}]"
    other = f"[^\\W_{unspaced}]"
    piece = f"{letter}{mark}*|{other}(?:{other}|(?![{unspaced}]){mark})*"
    return re.compile(f"[{unspaced}{inner}]"), re.compile(piece)


# Three pieces: a shared phrase counts, a shared vocabulary does not, and one changed word costs only three shingles.
_SHINGLE_PIECES = 3


def pieces(text: str) -> list[str]:
    """What duplicates are compared by: words, and in scripts without spaces each letter with its marks.

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
