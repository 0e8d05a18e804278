"""Generated articles, copies of them as other hosts have them, and texts that are none: for tests and benchmarks."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import samples

from pipelines.batch.shingles import pieces
from pipelines.unicode.words import has_unspaced

SCRIPTS = ("spaced", "unspaced")


@cache
def stock(script: str) -> tuple[list[str], list[float]]:
    """The words of the test texts, or their letters of scripts without spaces, with weights as in a language (Zipf)."""
    found = {piece for row in samples.texts() for piece in pieces(row["text"])}
    words = sorted(word for word in found if has_unspaced(word) == (script == "unspaced"))
    assert len(words) > (500 if script == "unspaced" else 2000)
    random.Random(5).shuffle(words)
    return words, [1 / (rank + 3) for rank in range(len(words))]


def text(randomness: random.Random, script: str, size: int) -> list[str]:
    """Paragraphs of so many words (letters) in all."""
    words, weights = stock(script)
    drawn = randomness.choices(words, weights, k=size)
    space = " " if script == "spaced" else ""
    paragraphs, at = [], 0
    while at < size:
        length = randomness.randrange(20, 80)
        paragraphs.append(space.join(drawn[at : at + length]) + ".")
        at += length
    return paragraphs


def _units(paragraphs: list[str], script: str) -> list[str]:
    return " ".join(paragraphs).split(" ") if script == "spaced" else pieces("".join(paragraphs))


def _reflowed(randomness: random.Random, paragraphs: list[str], script: str) -> str:
    units = _units(paragraphs, script)
    ends = [" " if script == "spaced" else "", "\n"]
    return "".join(unit + randomness.choices(ends, (9, 1))[0] for unit in units)


def _chrome(randomness: random.Random, paragraphs: list[str], script: str) -> str:
    size = len(_units(paragraphs, script)) // 3
    above, below = text(randomness, script, size), text(randomness, script, size)
    return "\n".join([*above, *paragraphs, *below])


def _truncated(randomness: random.Random, paragraphs: list[str], script: str) -> str:
    units = _units(paragraphs, script)
    return (" " if script == "spaced" else "").join(units[: len(units) * 7 // 10]) + " …"


def _normalised(randomness: random.Random, paragraphs: list[str], script: str) -> str:
    form = randomness.choice(["NFD", "NFKD", "NFC"])
    changed = unicodedata.normalize(form, "\n".join(paragraphs)).replace(" ", "\u00a0").replace(".", "\uff0e")
    return changed.upper() if randomness.random() < 0.3 else changed


def _edited(randomness: random.Random, paragraphs: list[str], script: str) -> str:
    words, _ = stock(script)
    units = [randomness.choice(words) if randomness.random() < 0.03 else u for u in _units(paragraphs, script)]
    return (" " if script == "spaced" else "").join(units)


def _both(randomness: random.Random, paragraphs: list[str], script: str) -> str:
    return _chrome(randomness, [_truncated(randomness, paragraphs, script)], script)


COPIES: dict[str, Callable[[random.Random, list[str], str], str]] = {
    "exact": lambda randomness, paragraphs, script: "\n".join(paragraphs),
    "reflowed": _reflowed,
    "other chrome": _chrome,
    "truncated to 70 %": _truncated,
    "truncated, other chrome": _both,
    "normalised otherwise": _normalised,
    "3 % edited": _edited,
}


def _other(randomness: random.Random, paragraphs: list[str], script: str) -> str:
    return "\n".join(text(randomness, script, len(_units(paragraphs, script))))


def _quoting(randomness: random.Random, paragraphs: list[str], script: str) -> str:
    units = _units(paragraphs, script)
    quote = (" " if script == "spaced" else "").join(units[: len(units) // 5])
    return "\n".join([*text(randomness, script, len(units)), quote, *text(randomness, script, len(units))])


def _long(randomness: random.Random, paragraphs: list[str], script: str) -> str:
    return "\n".join(text(randomness, script, 20_000))


OTHERS: dict[str, Callable[[random.Random, list[str], str], str]] = {
    "other text": _other,
    "a fifth quoted": _quoting,
    "a book": _long,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A row: its kind, whether it is a copy of the article of this number, and its text."""

    kind: str
    article: int
    is_copy: bool
    text: str


def articles(number: int, seed: int) -> list[tuple[str, list[str]]]:
    """So many articles of 120 to 900 words: script and paragraphs."""
    randomness = random.Random(seed)
    return [
        (script, text(randomness, script, randomness.randrange(120, 900) * (1 if script == "spaced" else 2)))
        for script in (SCRIPTS[i % len(SCRIPTS)] for i in range(number))
    ]


def planted(found: list[tuple[str, list[str]]], seed: int, *, books: bool = True) -> Iterator[Planted]:
    """For each article a copy of every kind, and a text of every kind that is none."""
    randomness = random.Random(seed + 1)
    for number, (script, paragraphs) in enumerate(found):
        for kind, make in {**COPIES, **OTHERS}.items():
            if kind == "a book" and not books:
                continue
            made = make(randomness, paragraphs, script)
            yield Planted(kind=kind, article=number, is_copy=kind in COPIES, text=made)
