"""What differs between two texts, word by word; where a script writes no spaces, by the language's own parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from pipelines.unicode.segments import segments
from pipelines.unicode.words import marks, unspaced_runs

_MOST_PIECES = 4_000  # of both texts; beyond it texts are shown whole: comparing takes quadratic time
_ALIKE = 0.4  # of two paragraphs' words, from which on one is taken for the other's new wording

Kind = Literal["same", "old", "new"]


class Piece(NamedTuple):
    """A part of both texts, of the old one alone, or of the new one alone."""

    kind: Kind
    text: str


def pieces(text: str, language: str | None = None) -> list[str]:
    """A text in words, spaces and signs; runs of a script without spaces as `segments` splits them.

    >>> pieces("Go on, 東京: 1.200!")
    ['Go', ' ', 'on', ',', ' ', '東', '京', ':', ' ', '1.200', '!']
    """
    found: list[str] = []
    position = 0
    for start, end in unspaced_runs(text):
        found += _words(text[position:start])
        found += segments(text[start:end], language)
        position = end
    return found + _words(text[position:])


def _words(text: str) -> list[str]:
    return re.findall(rf"\d+(?:[.,]\d+)+|[\w{marks()}]+|\s+|[^\w\s]", text)


def difference(old: str, new: str, language: str | None = None) -> list[Piece]:
    """Both texts in one, in order.

    >>> [tuple(piece) for piece in difference("the red boat", "the blue boat")]
    [('same', 'the '), ('old', 'red'), ('new', 'blue'), ('same', ' boat')]
    """
    before, after = pieces(old, language), pieces(new, language)
    if len(before) + len(after) > _MOST_PIECES:
        whole = [Piece("same", old)] if old == new else [Piece("old", old), Piece("new", new)]
        return [piece for piece in whole if piece.text]
    found = []
    for operation, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if operation == "equal":
            found.append(Piece("same", "".join(before[i1:i2])))
            continue
        found += [Piece("old", "".join(before[i1:i2]))] if i2 > i1 else []
        found += [Piece("new", "".join(after[j1:j2]))] if j2 > j1 else []
    return found


def by_paragraph(old: Sequence[str], new: Sequence[str], language: str | None = None) -> Iterator[list[Piece]]:
    """The difference of two lists of paragraphs: a reworded one word by word, others whole."""
    for operation, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            yield from ([Piece("same", text)] for text in old[i1:i2])
            continue
        j = j1
        for text in old[i1:i2]:
            like = next((k for k in range(j, j2) if _alike(text, new[k])), None)
            if like is None:
                yield [Piece("old", text)]
                continue
            yield from ([Piece("new", added)] for added in new[j:like])
            yield difference(text, new[like], language)
            j = like + 1
        yield from ([Piece("new", added)] for added in new[j:j2])


def _alike(one: str, other: str) -> bool:
    first, second = pieces(one), pieces(other)
    if len(first) + len(second) > _MOST_PIECES:
        return one == other
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE
