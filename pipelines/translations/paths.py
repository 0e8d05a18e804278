"""Paths through two texts, bead by bead: the best one, and how much all of them agree on a bead.

Two states: after a bead, and after a gap (where a further gap is cheaper).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from pipelines.translations.length_scores import Matrix, band
from pipelines.translations.thresholds import AlignOptions, Shape

Step = tuple[int, int, int, int]
"""(i, j, k, h): k source paragraphs from i and h target paragraphs from j."""


def best_path(scores: Mapping[Shape, Matrix], options: AlignOptions) -> tuple[list[Step], float]:
    """The best sequence of steps and its log likelihood ratio, by the Viterbi algorithm.

    Ties go to the earlier shape, and among gaps to the source's.
    """
    if (diagonal := _diagonal(scores, options)) is not None:
        return diagonal
    ways = _Ways(scores, options, np.maximum)
    bead, gap, best, ending, pad = ways.bead, ways.gap, ways.all, ways.ending, ways.pad
    opened, extended = options.gap_open, options.gap_extend
    path: list[Step] = []
    i, j = (size - 1 for size in ways.ends.shape)
    in_gap = bool(gap[-1, -1] > bead[-1, -1])
    while i or j:
        row, column = i + pad, j + pad
        if in_gap:
            gaps = (
                bead[row - 1, column] + opened,
                gap[row - 1, column] + extended,
                bead[row, column - 1] + opened,
                gap[row, column - 1] + extended,
            )
            step = gaps.index(max(gaps))
            k, h = (1, 0) if step < 2 else (0, 1)
            in_gap = step % 2 == 1
        else:
            sums = [best[row - k, column - h] + ending[number, row, column] for number, (k, h) in enumerate(scores)]
            k, h = list(scores)[sums.index(max(sums))]
            in_gap = bool(gap[row - k, column - h] > bead[row - k, column - h])
        i, j = i - k, j - h
        path.append((i, j, k, h))
    return path[::-1], float(best[-1, -1])


def _diagonal(scores: Mapping[Shape, Matrix], options: AlignOptions) -> tuple[list[Step], float] | None:
    """The path of 1-1 beads alone, where it is clear without search that no other is as good; else None.

    A path covers every source paragraph once, and each has its own 1-1 bead on the diagonal. Any other path has a gap
    or a larger bead. It is worse if that costs more, compared with the diagonal's beads of the same paragraphs, than
    all other 1-1 beads together can gain. Most articles are so.
    """
    single = scores[1, 1] + options.prior[1, 1]
    n, m = single.shape
    own = single.diagonal()
    if n != m or own.min() <= 0.0:
        return None
    cost = -max(options.gap_open, options.gap_extend)
    for (k, h), matrix in scores.items():
        if (k, h) != (1, 1):
            worth = own[: n - k + 1] if k == 1 else np.convolve(own, np.ones(k), "valid")
            cost = min(cost, float((worth - matrix.max(axis=1)).min()) - options.prior[k, h])
    if float((single.max(axis=1) - own).sum()) >= cost:
        return None
    return [(i, i, 1, 1) for i in range(n)], float(own.sum())


def posteriors(scores: Mapping[Shape, Matrix], options: AlignOptions) -> dict[Shape, Matrix]:
    """The share of all paths that go through each bead, by the forward-backward algorithm.

    Entry (i, j) is the bead that begins with paragraphs i and j.
    """
    before = _Ways(scores, options, np.logaddexp).ends
    turned = {shape: matrix[::-1, ::-1] for shape, matrix in scores.items()}
    behind = _Ways(turned, options, np.logaddexp).ends[::-1, ::-1]
    result: dict[Shape, Matrix] = {}
    for (k, h), matrix in scores.items():
        rows, columns = matrix.shape
        logs = before[:rows, :columns] + matrix + options.prior[k, h] + behind[k:, h:] - before[-1, -1]
        result[k, h] = np.exp(np.minimum(logs, 0.0))
    return result


class _Ways:
    """The sums over paths to each place: `total` is `np.maximum` for the best path, `np.logaddexp` for all paths.

    `bead` and `gap` are of paths that end with a bead or a gap, `all` is of both; entry (i + pad, j + pad) is before
    paragraphs i and j, with as many rows and columns before the first as the largest bead has. `ending` is the score
    of the bead of each shape that ends there.
    """

    def __init__(self, scores: Mapping[Shape, Matrix], options: AlignOptions, total: np.ufunc) -> None:
        n, m = scores[1, 1].shape
        low, high = band(n, m, options)
        pad = self.pad = max(map(max, scores))
        size = (n + pad + 1, m + pad + 1)
        ending = self.ending = np.full((len(scores), *size), -math.inf)
        for number, (k, h) in enumerate(scores):
            ending[number, k + pad :, h + pad :] = scores[k, h] + options.prior[k, h]
        bead, gap, both = (np.full(size, -math.inf) for _ in range(3))
        self.bead, self.gap, self.all = bead, gap, both
        bead[pad, pad] = both[pad, pad] = 0.0
        opened, extended = options.gap_open, options.gap_extend
        slope = extended * np.arange(m + 1)
        # For each column, where the row's beads begin in `all`; a line for each shape.
        begins = np.array([[-k * size[1] - h] for k, h in scores]) + np.arange(size[1]) + pad * size[1]
        flat = both.ravel()
        for i in range(n + 1):
            first, last = max(0, i + low) + pad, min(m, i + high) + pad + 1
            row, width = i + pad, last - first
            if i:
                begins += size[1]
                beads = flat.take(begins[:, first:last])
                beads += ending[:, row, first:last]
                total.reduce(beads, axis=0, out=bead[row, first:last])
            gaps = total(bead[row - 1, first:last] + opened, gap[row - 1, first:last] + extended)
            total(gaps, bead[row, first - 1 : last - 1] + opened, out=gaps)
            # A gap goes on along the row: from its beginning, at the cost of going on.
            gaps = total.accumulate(gaps - slope[:width]) + slope[:width]
            gap[row, first:last] = gaps
            total(bead[row, first:last], gaps, out=both[row, first:last])

    @property
    def ends(self) -> Matrix:
        """`all` without the rows and columns before the first."""
        return self.all[self.pad :, self.pad :]
