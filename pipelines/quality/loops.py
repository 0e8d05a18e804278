"""Repetition loops of machine translation: a word or phrase repeated again and again, side by side."""

from __future__ import annotations

import re
import unicodedata

import numpy as np

from pipelines.unicode.words import UNSPACED

# A token is a letter where words are not spaced, else a run without spaces and signs, with marks of letters.
_SIGNS = r"!-/:-@\[-`{-~\xa0-\xbf\u0964\u0965\u2000-\u206f\u3000-\u303f\uff01-\uff0f"
_TOKEN = re.compile(f"[{UNSPACED}]|[^\\s{_SIGNS}{UNSPACED}]+")
_LONGEST = 80  # tokens of a phrase; a sentence has no more
_TIMES = 3  # repetitions in a row: people say a word twice
_FEWEST = 8  # tokens of a loop, or twice as many letters: "ha ha ha" is no loop


def loops(text: str) -> tuple[tuple[int, int], ...]:
    """Where a text loops: (start, end) in characters, in order, without overlap.

    >>> loops("They came. We know that they came, that they came, that they came, that they came.")
    ((19, 81),)
    """
    tokens = list(_TOKEN.finditer(text.lower()))
    number: dict[str, int] = {}
    values = np.fromiter((number.setdefault(match[0], len(number)) for match in tokens), np.int64, len(tokens))
    found: list[tuple[int, int]] = []
    for period in range(1, min(_LONGEST, len(tokens) // _TIMES) + 1):
        same = values[period:] == values[:-period]
        if np.count_nonzero(same) < (_TIMES - 1) * period:
            continue  # most of the time: no run can be long enough
        for begin, end in _runs(same):
            if end - begin >= (_TIMES - 1) * period:
                span = tokens[begin].start(), tokens[end + period - 1].end()
                if _counts(text[slice(*span)], end - begin + period):
                    found.append(span)
    return _joined(found)


def _runs(same: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[tuple[int, int]]:
    """The runs of true values: start and end of each."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], same, [False])).astype(np.int8)))
    return [(int(begin), int(end)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def _counts(repeated: str, tokens: int) -> bool:
    """Whether a repetition is one of prose: tables repeat digits."""
    seen = [sign for sign in repeated if not sign.isspace()]
    letters = sum(unicodedata.category(sign)[0] in "LM" for sign in seen)
    return letters * 4 > len(seen) and (tokens >= _FEWEST or letters >= 2 * _FEWEST)


def _joined(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((begin, end))
    return tuple(joined)
