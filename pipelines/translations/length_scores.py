"""How likely the lengths of passages are as translations of each other, against unrelated passages of the articles."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pipelines.translations.documents import VersionDocument
from pipelines.translations.thresholds import AlignOptions, Shape

Matrix = NDArray[np.float64]

# A heading has no mark at its end, so a join after it need not show: at most this much counts against it.
_UNMARKED_JOIN = 0.5

# The background's part for headings, captions and thanks: its share, and how many times wider it is.
_WIDE_SHARE, _WIDE_TIMES = 0.2, 3.0


def length_scores(
    source: VersionDocument,
    target: VersionDocument,
    expected: float,
    sd: float,
    options: AlignOptions,
    shapes: Iterable[Shape],
) -> dict[Shape, Matrix]:
    """Log likelihood ratios of the lengths for each of the shapes, for which there must be enough paragraphs.

    The lengths of unrelated paragraphs are log-normal with the articles' own mean and deviation. `_cut_scores` judges
    where the parts of a split or joined passage meet.
    """
    a, b = np.array(source.lengths), np.array(target.lengths) * math.exp(-expected)
    both = np.log(np.concatenate([a, b]))
    mean, deviation = _moments(both)
    unrelated = _background(both, mean, max(deviation, 0.35))
    log_a, log_b = unrelated[: len(a)], unrelated[len(a) :]
    result: dict[Shape, Matrix] = {}
    asked = list(shapes)
    sums_a, sums_b = ({size: summed(x, size) for size in {s[side] for s in asked}} for x, side in ((a, 0), (b, 1)))
    logs_a, logs_b = ({size: np.log(sums) for size, sums in x.items()} for x in (sums_a, sums_b))
    for k, h in asked:
        variance = sd**2 + options.short_variance / np.minimum(sums_a[k][:, None], sums_b[h])
        fits = _log_normal(logs_b[h] - logs_a[k][:, None], 0.0, variance)
        if k == h == 1:
            # The joint density is symmetric: the mean of "target given source" and "source given target".
            result[k, h] = fits - (log_a[:, None] + log_b) / 2
        elif (k, h) == (1, 2):
            result[k, h] = _merged(fits, log_a, log_b, _cut_scores(source, b, _unmarked(target), sd, options))
        elif (k, h) == (2, 1):
            result[k, h] = _merged(fits.T, log_b, log_a, _cut_scores(target, a, _unmarked(source), sd, options)).T
        else:
            apart_a = summed(log_a, k) - _parts(a, k)
            apart_b = summed(log_b, h) - _parts(b, h)
            result[k, h] = fits - (apart_a[:, None] + apart_b) / 2
    return result


def _moments(values: Matrix) -> tuple[float, float]:
    """Mean and standard deviation, as numpy's own methods give them, without their overhead."""
    mean = np.add.reduce(values) / len(values)
    apart = values - mean
    apart *= apart
    return float(mean), math.sqrt(np.add.reduce(apart) / len(values))


def summed(values: Matrix, size: int) -> Matrix:
    """A value of each passage of `size` texts side by side, the sum over its texts; of a matrix, row by row."""
    if size == 1:
        return values
    rows = len(values) - size + 1
    result = values[:rows]
    for part in range(1, size):
        result = result + values[part : part + rows]
    return result


def _background(logs: Matrix, mean: float, deviation: float) -> Matrix:
    """Log density of the log lengths of an article's paragraphs; the wide part covers headings and thanks."""
    result: Matrix = np.logaddexp(
        math.log(1.0 - _WIDE_SHARE) + _log_normal(logs, mean, deviation**2),
        math.log(_WIDE_SHARE) + _log_normal(logs, mean, (_WIDE_TIMES * deviation) ** 2),
    )
    return result


def _merged(fits: Matrix, whole: Matrix, parts: Matrix, meeting: tuple[Matrix, Matrix]) -> Matrix:
    """Log likelihood ratios of two neighbours with a whole passage: split by the translation, or joined by it."""
    halves, boundary = meeting
    split = fits - summed(parts, 2) + halves
    joined = fits - whole[:, None] + boundary
    result: Matrix = np.logaddexp(split, joined) + math.log(0.6)
    return result


def _parts(lengths: Matrix, size: int) -> Matrix:
    """Log density of neighbours as the parts of one passage, given the sum of their lengths.

    The shares are Dirichlet with parameters of 3, near to equal parts; their product is the change of variables from
    the logarithms of the parts.
    """
    shares = np.log(lengths)
    whole = np.log(summed(lengths, size))
    result: Matrix = math.lgamma(3 * size) - size * math.lgamma(3) + 3 * (summed(shares, size) - size * whole)
    return result


def _unmarked(version: VersionDocument) -> NDArray[np.bool_]:
    """Which paragraphs end without a mark, in a language that has marks."""
    return version.open_ends if version.sentences is not None else np.zeros_like(version.open_ends)


def _cut_scores(
    whole: VersionDocument, parts: Matrix, unmarked: NDArray[np.bool_], sd: float, options: AlignOptions
) -> tuple[Matrix, Matrix]:
    """Two neighbours as the parts of each whole passage of the other side: whole passages x (parts - 1), twice.

    First the log density of the parts given the sum of their lengths, if the passage was split; then the log density
    of where they meet, against anywhere, if they were joined. Both expect the parts to meet, give or take what
    translation does to their lengths, at a boundary (`sentences.cuts`) within the whole passage. A split elsewhere is
    at a proportion f with density 30 f² (1 - f)²: near the middle rather than after a few letters. f (1 - f) once
    more is the change of variables from (log part, log part) to (log sum, f).

    Outside the band, which no path leaves, the logarithms are 0.
    """
    total = parts[:-1] + parts[1:]
    fraction = parts[:-1] / total
    product = fraction * (1.0 - fraction)
    variance = product**2 * (2 * sd**2 + options.short_variance * (1.0 / parts[:-1] + 1.0 / parts[1:]))
    anywhere = 30.0 * product**2
    sure = options.cut_at_boundary
    density = np.log(product)
    halves, boundary = np.zeros((2, len(whole.paragraphs), len(fraction)))
    low, high = band(len(whole.paragraphs), len(parts), options)
    stop = 0
    for places, weights in whole.boundaries:
        start, stop = stop, stop + len(weights)
        # Two more on either side: the band limits where beads end.
        near = slice(max(0, start + low - 2), max(0, stop + high + 2))
        at = np.exp(_log_normal(fraction[near], places[:, None], variance[near]))
        totals = weights.sum(axis=1, keepdims=True)
        bounded = sure * (totals > 0.0)
        central = weights * places * (1.0 - places)  # an editor rather splits near the middle
        middle = central.sum(axis=1, keepdims=True)
        split = bounded * (central @ at) / np.where(middle, middle, 1.0) + (1.0 - bounded) * anywhere[near]
        joined = bounded * (weights @ at) / np.where(totals, totals, 1.0) + 1.0 - bounded
        halves[start:stop, near] = np.log(split) + density[near]
        boundary[start:stop, near] = np.log(np.where(unmarked[:-1][near], np.maximum(joined, _UNMARKED_JOIN), joined))
    return halves, boundary


def band(n: int, m: int, options: AlignOptions) -> tuple[int, int]:
    """How much further along the target than along the source a path may be, at least and at most."""
    return min(0, m - n) - options.band, max(0, m - n) + options.band


def _log_normal(value: Matrix, mean: Matrix | float, variance: Matrix | float) -> Matrix:
    result: Matrix = value - mean
    result *= result
    result /= variance
    result += np.log(2.0 * math.pi * variance)
    result *= -0.5
    return result
