"""Which blocks of a page are the article: a learned table of weights over signs, and how sure that is."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from functools import cache
from operator import getitem
from pathlib import Path
from typing import Final

from pipelines.extraction.blocks import PageBlocks
from pipelines.extraction.draft import ends_sentence
from pipelines.extraction.signs import Signs

_TABLE: Final = Path(__file__).with_name("block_table.json")
_NEVER: Final = 0.0
_LETTERS_A_WORD: Final = 6
_MOST_BINS: Final = 128
_HEADLINE: Final = 16  # characters
_SENTENCE: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The decision for each block of a page.

    `confidence` is the expected F1, 0 to 1. `prose` counts the chosen blocks of running text,
    `teasers` those of them that are summaries below another page's headline. `likely` holds each block's probability.
    """

    blocks: list[bool]
    confidence: float
    likely: list[float]
    prose: int = 0
    teasers: int = 0


@dataclass(frozen=True, slots=True)
class WeightTable:
    """What `benchmarks/learn_blocks.py` learned: `weights[sign][bin]`, a weight for each general name, a constant."""

    weights: tuple[tuple[float, ...], ...]
    names: dict[str, float]
    constant: float
    bins: list[tuple[float, ...]] = field(init=False)
    """`weights` with the last one of each sign for all bins that were never seen."""

    def __post_init__(self) -> None:
        padded = [(*row, *(row[-1:] * (_MOST_BINS - len(row)))) for row in self.weights]
        object.__setattr__(self, "bins", padded)


@cache
def table() -> WeightTable:
    """The table of this package, read once."""
    stored = json.loads(_TABLE.read_text("ascii"))
    return WeightTable(
        tuple(tuple(weight / 1000 for weight in row) for row in stored["weights"]),
        {name: weight / 1000 for name, weight in stored["names"].items()},
        stored["constant"] / 1000,
    )


def probabilities(signs: Signs, learned: WeightTable) -> list[float]:
    """For each block, how likely it is the article's."""
    page, names, constant = signs.page, learned.names, learned.constant
    of_names: dict[frozenset[str], float] = {}
    of_holders: dict[int, float] = {}
    found = []
    for i, block in enumerate(page.blocks):
        if signs.is_plain(i):
            found.append(_NEVER)
            continue
        above = signs.names(block)
        named = of_names.get(above)
        if named is None:
            # Exact, so that the order of a set, another one in each run, changes no digit.
            total = math.fsum([names[name] for name in above if name in names])
            named = of_names[above] = constant + total
        holder = signs.holder(block)
        held = of_holders.get(holder)
        if held is None:
            row = signs.above(holder)
            held = of_holders[holder] = sum(map(getitem, learned.bins[-len(row) :], row))
        score = named + held + sum(map(getitem, learned.bins, signs.own(i)))  # own signs come first
        found.append(1 / (1 + math.exp(-max(-30.0, min(30.0, score)))))
    return found


def choose(page: PageBlocks, title: str | None) -> Chosen:
    """The blocks with the greatest expected F1 of words: the likeliest first, until one more would harm."""
    signs = Signs(page, title)
    found = cut(probabilities(signs, table()), [words_of(wide) for wide in signs.widths])
    prose = [i for i, take in enumerate(found.blocks) if take and (signs.running[i] or _is_sentence(signs, i))]
    return replace(found, prose=len(prose), teasers=sum(is_teaser(page, i, title) for i in prose))


def _is_sentence(signs: Signs, i: int) -> bool:
    """Whether a block too short to count as running text is still a sentence."""
    block = signs.page.blocks[i]
    return signs.widths[i] >= _SENTENCE and not block.linked and ends_sentence(block.text)


def is_teaser(page: PageBlocks, i: int, title: str | None) -> bool:
    """Whether a block is right below a headline that is a link, like the summary on a card; not the page's own one."""
    above = (block for block in page.blocks[max(0, i - 2) : i] if block.text != title)
    return any(block.linked * 10 > len(block.text) * 9 and len(block.text) >= _HEADLINE for block in above)


def words_of(wide: int) -> int:
    """About how many words a block of a width holds, in any script."""
    return 1 + wide // _LETTERS_A_WORD


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
    return Chosen(blocks=chosen, confidence=best, likely=likely)
