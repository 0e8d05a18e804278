"""Which blocks of a page are the article: a learned table of weights over signs, and how sure that is."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pipelines.extraction.blocks import PageBlocks
from pipelines.extraction.lines import width
from pipelines.extraction.signs import Signs

_TABLE: Final = Path(__file__).with_name("block_table.json")
_NEVER: Final = 0.0
_LETTERS_A_WORD: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The decision for each block of a page.

    `confidence` is the F1 that the table expects of it, 0 to 1; `words` how many the chosen blocks hold, about.
    """

    blocks: list[bool]
    confidence: float
    words: int


@dataclass(frozen=True, slots=True)
class Table:
    """What `benchmarks/learn_blocks.py` learned: `weights[sign][bin]`, a weight for each general name, a constant."""

    weights: tuple[tuple[float, ...], ...]
    names: dict[str, float]
    constant: float


@cache
def table() -> Table:
    """The table of this package, read once."""
    stored = json.loads(_TABLE.read_text("ascii"))
    return Table(
        tuple(tuple(weight / 1000 for weight in row) for row in stored["weights"]),
        {name: weight / 1000 for name, weight in stored["names"].items()},
        stored["constant"] / 1000,
    )


def probabilities(page: PageBlocks, title: str | None, learned: Table) -> list[float]:
    """For each block, how likely it is the article's."""
    signs = Signs(page, title)
    weights, names = learned.weights, learned.names
    of_names: dict[frozenset[str], float] = {}
    found = []
    for row, above in zip(signs.rows(), signs.names, strict=True):
        if row is None:
            found.append(_NEVER)
            continue
        named = of_names.get(above)
        if named is None:
            named = of_names[above] = sum([names[name] for name in above if name in names])
        score = learned.constant + named
        for bins, value in zip(weights, row, strict=True):
            score += bins[value] if value < len(bins) else bins[-1]
        found.append(1 / (1 + math.exp(-max(-30.0, min(30.0, score)))))
    return found


def choose(page: PageBlocks, title: str | None) -> Chosen:
    """The blocks with the greatest expected F1 of words: the likeliest first, until one more would harm."""
    likely = probabilities(page, title, table())
    return cut(likely, [words_of_block(block.text) for block in page.blocks])


def words_of_block(text: str) -> int:
    """About how many words a block holds, in any script."""
    return 1 + width(text) // _LETTERS_A_WORD


def cut(likely: list[float], words: list[int]) -> Chosen:
    """The cut of `choose`, given each block's probability and its count of words."""
    order = sorted(range(len(likely)), key=lambda i: -likely[i])
    total = sum(p * n for p, n in zip(likely, words, strict=True))
    best, best_at, right, taken = 0.0, 0, 0.0, 0
    for at, i in enumerate(order):
        if likely[i] <= _NEVER:
            break
        right += likely[i] * words[i]
        taken += words[i]
        expected = 2 * right / (taken + total)
        if expected > best:
            best, best_at = expected, at + 1
    chosen = [False] * len(likely)
    for i in order[:best_at]:
        chosen[i] = True
    return Chosen(blocks=chosen, confidence=best, words=sum(words[i] for i in order[:best_at]))
