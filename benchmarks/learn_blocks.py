"""Learn the table that classifies blocks of a page as article or not, and print its accuracy.

    python benchmarks/learn_blocks.py           # five folds, then pipelines/extraction/block_table.json from all pages
    python benchmarks/learn_blocks.py --folds   # the five folds alone

An additive model: each sign (`pipelines.extraction.signs`) has a few bins, each bin a weight; general names of classes
and roles have one each. Logistic loss, a block weighted by its share of its article's words; L-BFGS with numpy, without
randomness: the same pages give the same bytes. Folds are by host. The table holds only weights and common names; a
name is learned only if at least `FEWEST_PAGES` pages have it.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from page_truth import FOLDS, TruePage, f1, true_pages, words

from pipelines.extraction import chooser
from pipelines.extraction.agreement import held
from pipelines.extraction.blocks import page_blocks
from pipelines.extraction.draft import width
from pipelines.extraction.links import PageLinks
from pipelines.extraction.metadata import read_metadata
from pipelines.extraction.parsing import parse_html
from pipelines.extraction.signs import Signs
from pipelines.web.charsets import to_utf8

TABLE = Path(__file__).parents[1] / "pipelines" / "extraction" / "block_table.json"
FEWEST_PAGES = 40  # with a name, for it to count as general
PENALTY, ROUGHNESS = 2e-4, 2e-4
ITERATIONS = 60
NEWS_WEIGHT = 3.0  # of a newspaper's page: this program reads newspapers, and few of these pages are

Vector = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(slots=True)
class Sample:
    """A page to learn from: signs, names and truth of its blocks, without those of menus."""

    page: TruePage
    rows: Indices
    names: list[frozenset[str]]
    true: Vector
    weights: Vector
    live: list[int]
    texts: list[str]


def sample(page: TruePage) -> Sample | None:
    """The sample of a page; None if it cannot be parsed or has no block."""
    tree = parse_html(to_utf8(page.body, None))
    if isinstance(tree, str):
        return None
    title = read_metadata(tree, PageLinks(page.url)).title
    blocks = page_blocks(tree)
    signs = Signs(blocks, title)
    texts = [block.text for block in blocks.blocks]
    all_rows = signs.rows()
    live = [i for i, row in enumerate(all_rows) if row is not None]
    if not live:
        return None
    true = held(texts, page.text)
    size = sum(words(page.text).values())
    counts = np.array([sum(words(texts[i]).values()) for i in live], float)
    return Sample(
        page,
        np.array([all_rows[i] for i in live], dtype=np.int64),
        [signs.names(blocks.blocks[i]) for i in live],
        np.array([true[i] for i in live], float),
        (counts + 1.5) / (size + 150) * (NEWS_WEIGHT if page.group == "fundus" else 1.0),
        live,
        texts,
    )


def vocabulary(samples: Sequence[Sample]) -> list[str]:
    """Names of more than one letter that are on enough pages."""
    pages = Counter(name for s in samples for name in frozenset().union(*set(s.names)) if len(name) > 1)
    return sorted(name for name, n in pages.items() if n >= FEWEST_PAGES)


def learn(samples: Sequence[Sample]) -> chooser.WeightTable:
    """The table that fits these pages."""
    rows = np.concatenate([s.rows for s in samples])
    sizes = rows.max(0) + 1
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    places = rows + offsets[:-1]
    known = {name: i for i, name in enumerate(vocabulary(samples))}
    named = [[known[n] for n in sorted(names) if n in known] for s in samples for names in s.names]
    flat = np.array([i for names in named for i in names], dtype=np.int64) + offsets[-1]
    owner = np.repeat(np.arange(len(named)), [len(names) for names in named])
    true = np.concatenate([s.true for s in samples])
    weights = np.concatenate([s.weights for s in samples])
    weights = weights / weights.sum()
    steps = np.array([i for o, n in zip(offsets[:-1], sizes, strict=True) for i in range(o, o + n - 1)])
    count = int(offsets[-1]) + len(known)

    def loss(table: Vector) -> tuple[float, Vector]:
        values = table[:-1]
        score = values[places].sum(1) + table[-1] + np.bincount(owner, values[flat], len(true))
        likely = 1 / (1 + np.exp(-np.clip(score, -30, 30)))
        rough = values[steps + 1] - values[steps]
        value = -(weights * (true * np.log(likely + 1e-12) + (1 - true) * np.log(1 - likely + 1e-12))).sum()
        value += PENALTY * (values**2).sum() / 2 + ROUGHNESS * (rough**2).sum() / 2
        error = weights * (likely - true)
        slope = np.bincount(places.ravel(), np.repeat(error, places.shape[1]), count)
        slope = slope + np.bincount(flat, error[owner], count) + PENALTY * values
        np.add.at(slope, steps + 1, ROUGHNESS * rough)
        np.add.at(slope, steps, -ROUGHNESS * rough)
        return float(value), np.append(slope, error.sum())

    table = least(loss, np.zeros(count + 1))
    cuts = [table[o : o + n] for o, n in zip(offsets[:-1], sizes, strict=True)]
    return chooser.WeightTable(
        tuple(tuple(round(float(w), 3) for w in cut) for cut in cuts),
        {name: round(float(table[offsets[-1] + i]), 3) for name, i in known.items()},
        round(float(table[-1]), 3),
    )


def least(function: Callable[[Vector], tuple[float, Vector]], at: Vector, memory: int = 8) -> Vector:
    """The minimum of a smooth function, by L-BFGS with backtracking."""
    value, slope = function(at)
    steps: list[tuple[Vector, Vector]] = []
    for _ in range(ITERATIONS):
        direction = slope.copy()
        factors = []
        for step, change in reversed(steps):
            factor = (step * direction).sum() / (change * step).sum()
            factors.append(factor)
            direction -= factor * change
        if steps:
            step, change = steps[-1]
            direction *= (step * change).sum() / (change * change).sum()
        else:
            direction /= np.abs(slope).sum()
        for (step, change), factor in zip(steps, reversed(factors), strict=True):
            direction += step * (factor - (change * direction).sum() / (change * step).sum())
        down, size = -(slope * direction).sum(), 1.0
        while True:
            there = at - size * direction
            new_value, new_slope = function(there)
            if new_value <= value + 1e-4 * size * down or size < 1e-6:
                break
            size /= 2
        if ((there - at) * (new_slope - slope)).sum() > 1e-12:
            steps = [*steps[1 - memory :], (there - at, new_slope - slope)]
        done = abs(value - new_value) < 2e-5 * abs(value)
        at, value, slope = there, new_value, new_slope
        if done:
            break
    return at


def likely(of: Sample, table: chooser.WeightTable) -> list[float]:
    """The probability of every block of a page according to a table."""
    found = [0.0] * len(of.texts)
    for i, row, names in zip(of.live, of.rows, of.names, strict=True):
        score = table.constant + math.fsum(table.names.get(name, 0.0) for name in names)
        score += sum(bins[min(value, len(bins) - 1)] for bins, value in zip(table.weights, row, strict=True))
        found[i] = float(1 / (1 + np.exp(-np.clip(score, -30, 30))))
    return found


def judged(of: Sample, table: chooser.WeightTable) -> tuple[float, float]:
    """F1 of the blocks that a table chooses on a page, and the confidence."""
    chosen = chooser.cut(likely(of, table), [chooser.words_of(width(text)) for text in of.texts])
    text = "\n".join(text for text, take in zip(of.texts, chosen.blocks, strict=True) if take)
    return f1(words(text), words(of.page.text)), chosen.confidence


def stored(table: chooser.WeightTable) -> bytes:
    """The table as stored in the package: thousandths, one sign a line."""
    weights = ",\n".join(json.dumps([round(w * 1000) for w in row], separators=(",", ":")) for row in table.weights)
    names = json.dumps({name: round(w * 1000) for name, w in table.names.items() if w}, separators=(",", ":"))
    text = f'{{"constant":{round(table.constant * 1000)},\n"names":{names},\n"weights":[\n{weights}\n]}}\n'
    return text.encode("ascii")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", action="store_true", help="judge by five folds, and write no table")
    options = parser.parse_args()
    samples = [found for page in true_pages("wcxb", "fundus") if (found := sample(page)) is not None]
    assert len(samples) > 800, "too few pages"
    scores: dict[str, list[float]] = {}
    for fold in range(FOLDS):
        table = learn([s for s in samples if s.page.fold != fold])
        for s in samples:
            if s.page.fold == fold:
                scores.setdefault(s.page.group, []).append(judged(s, table)[0])
    for group, values in scores.items():
        print(f"{group}: {len(values)} pages, F1 of the chosen blocks in five folds {sum(values) / len(values):.4f}")
    if not options.folds:
        TABLE.write_bytes(stored(learn(samples)))
        print(f"{TABLE.name}: {TABLE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
