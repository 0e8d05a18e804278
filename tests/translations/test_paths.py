"""Ways through two texts: against all of them where they are few, and without the short cut."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from pipelines.translations import paths
from pipelines.translations.paths import Matrix, Step, best_path, posteriors
from pipelines.translations.thresholds import SENTENCES, AlignOptions, Shape


def _scores(rng: np.random.Generator, options: AlignOptions, n: int, m: int, diagonal: float) -> dict[Shape, Matrix]:
    scores = {(k, h): rng.normal(0.0, 3.0, (n - k + 1, m - h + 1)) for k, h in options.prior if k <= n and h <= m}
    single = scores[1, 1]
    np.fill_diagonal(single, single.diagonal() + diagonal)
    return scores


def _all(
    scores: dict[Shape, Matrix], options: AlignOptions, i: int, j: int, gap: bool = False
) -> Iterator[tuple[float, tuple[Step, ...]]]:
    """Every way from a place to the end, with what it is worth."""
    n, m = scores[1, 1].shape
    if (i, j) == (n, m):
        yield 0.0, ()
    steps: list[tuple[Shape, float, bool]] = [
        (shape, scores[shape][i, j] + options.prior[shape], False)
        for shape in scores
        if i + shape[0] <= n and j + shape[1] <= m
    ]
    cost = options.gap_extend if gap else options.gap_open
    steps += [((1, 0), cost, True)] if i < n else []
    steps += [((0, 1), cost, True)] if j < m else []
    for (k, h), worth, is_gap in steps:
        for rest, ways in _all(scores, options, i + k, j + h, is_gap):
            yield worth + rest, ((i, j, k, h), *ways)


@pytest.mark.parametrize("options", [AlignOptions(), SENTENCES], ids=["paragraphs", "sentences"])
def test_the_best_way_and_the_shares_are_those_of_all_ways(options: AlignOptions) -> None:
    """For texts so short that every way can be counted."""
    rng = np.random.default_rng(14)
    for n, m in [(1, 1), (2, 3), (3, 3), (4, 2), (3, 4)]:
        for diagonal in (0.0, 4.0):
            scores = _scores(rng, options, n, m, diagonal)
            ways = list(_all(scores, options, 0, 0))
            worth, best = max(ways, key=lambda way: way[0])
            path, total = best_path(scores, options)
            assert total == pytest.approx(worth)
            assert sum(map(_gap, path)) == sum(map(_gap, best))
            weights = np.exp([way - worth for way, _ in ways])
            found = posteriors(scores, options)
            for (k, h), matrix in found.items():
                for i, j in np.ndindex(matrix.shape):
                    through = sum(w for w, (_, steps) in zip(weights, ways, strict=True) if (i, j, k, h) in steps)
                    assert matrix[i, j] == pytest.approx(through / weights.sum(), abs=1e-9)


EVEN = AlignOptions(prior={(1, 1): 0.0}, gap_open=-2.0, gap_extend=-1.0)
"""Of round numbers, whose sums are exact: two gaps cost what a bead of -3 does."""


def test_of_equal_ways_beads_come_before_gaps() -> None:
    """At the end of the texts and before a bead; a little worse, and the bead gives way."""
    bead = [(0, 0, 1, 1), (1, 1, 1, 1)]
    gaps = [(0, 0, 0, 1), (0, 1, 1, 0)]
    for worth, first in ((-3.0, bead[:1]), (-3.125, gaps)):
        assert best_path({(1, 1): np.array([[worth]])}, EVEN) == (first, -3.0)
        scores = {(1, 1): np.array([[worth, -99.0], [-99.0, 8.0]])}
        assert best_path(scores, EVEN) == ([*first, bead[1]], 5.0)


def _gap(step: Step) -> bool:
    return not (step[2] and step[3])


@pytest.mark.parametrize("options", [AlignOptions(), SENTENCES], ids=["paragraphs", "sentences"])
def test_the_short_cut_changes_nothing(options: AlignOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that is seen without search is the one that the search finds, also where texts repeat themselves."""
    rng = np.random.default_rng(15)
    taken = 0
    for number in range(300):
        n = int(rng.integers(1, 9))
        scores = _scores(rng, options, n, n, diagonal=float(rng.choice([0.0, 5.0, 9.0, 14.0])))
        if number % 3 == 0 and n > 2:
            scores[1, 1][0, :2] = scores[1, 1][0, 0]
        short = best_path(scores, options)
        with monkeypatch.context() as patch:
            patch.setattr(paths, "_diagonal", lambda *_: None)
            searched = best_path(scores, options)
        assert short[0] == searched[0]
        assert math.isclose(short[1], searched[1], abs_tol=1e-9)
        taken += paths._diagonal(scores, options) is not None
    assert 30 < taken < 270
