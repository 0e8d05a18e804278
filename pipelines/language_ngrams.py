"""How well the words of a short text fit each language: n-grams of two to five letters, word boundaries included.

The tables are package data (`ngrams/`, made by benchmarks/learn_languages.py; its NOTICE names the sources and the
licence): one for each script in which several languages are written, read when it is first needed. An n-gram has a
number for each language, twice the logarithm of how much commoner it is there than what is never seen; 0 where it is
unknown. A word's numbers are added up and kept, for half of the words of any text are the same few hundred.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_FOLDER = Path(__file__).with_name("ngrams")

ORDERS = (2, 3, 4, 5)
"""Lengths of n-grams; the blank before or after a word is one of the letters."""

# Longer n-grams say more, and each letter is in n-grams of every length. Whole numbers, so that no order of adding
# changes a sum.
_WEIGHTS = (2, 5, 10, 15)
_UNIT = 20.0  # of weighted numbers in a table to the nat: numbers are half nats, weights tenths
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST_WORD = 40  # letters; longer ones are skipped

# Nats per n-gram that the best language must have: 1 pair of words in 1,000 has less, and so do most shuffled letters
# and words read with the wrong charset. A small table knows less of any text.
_LEAST_MEAN = {"Arab": 1.0, "Cyrl": 1.5, "Latn": 2.2}
SCRIPTS = frozenset(_LEAST_MEAN)
"""The scripts that have a table; the source lacks some languages of Devanagari."""


class NgramScores(NamedTuple):
    """How likely each language is by the n-grams of a text: a logarithm (nats), 0 where all of them are unknown.

    `strange`: the best fits so badly that the text is in none of them, or in no language at all.
    """

    fit: Mapping[str, float]
    strange: bool


class _Table(NamedTuple):
    languages: tuple[str, ...]  # of the columns; a language written in two ways has two
    places: Mapping[str, int]
    numbers: NDArray[np.uint8]  # n-grams x languages


@lru_cache(maxsize=len(SCRIPTS))
def _table(script: str) -> _Table:
    raw = zlib.decompress((_FOLDER / f"{script}.bin").read_bytes())
    head, ngrams, numbers = raw.split(b"\n", 2)
    languages, listed = tuple(head.decode().split(" ")), ngrams.decode().split("\t")
    shape = (len(listed), len(languages))
    places = dict(zip(listed, range(len(listed)), strict=True))
    return _Table(languages, places, np.frombuffer(numbers, np.uint8).reshape(shape))


@lru_cache(maxsize=8192)
def _word(word: str, script: str) -> tuple[NDArray[np.int64], int]:
    """A word's sum for each column, and how many n-grams it has."""
    _, places, numbers = _table(script)
    padded = f" {word} "
    rows, weights, count = [], [], 0
    for order, weight in zip(ORDERS, _WEIGHTS, strict=True):
        number = len(padded) - order + 1
        for start in range(number):
            if (place := places.get(padded[start : start + order])) is not None:
                rows.append(place)
                weights.append(weight)
        count += max(0, number)
    return np.array(weights, np.int64) @ numbers[rows].astype(np.int64), count


def read(text: str, script: str) -> NgramScores | None:
    """What the n-grams of a text say; None where its script has no table or it has no words.

    >>> reading = read("Regjeringen vil bygge nye veier", "Latn")
    >>> max(reading.fit, key=reading.fit.get), reading.strange
    ('no', False)
    >>> read("xqzt wkjv pfgh qqrw", "Latn").strange
    True
    """
    words = [word for word in _WORD.findall(text.lower()) if len(word) <= _LONGEST_WORD] if script in SCRIPTS else []
    if not words:
        return None
    found = [_word(word, script) for word in words]
    sums = np.sum([numbers for numbers, _ in found], axis=0)
    fit: dict[str, float] = {}
    for language, total in zip(_table(script).languages, sums.tolist(), strict=True):
        fit[language] = max(fit.get(language, 0.0), total / _UNIT)
    return NgramScores(fit, max(fit.values()) < _LEAST_MEAN[script] * sum(count for _, count in found))
