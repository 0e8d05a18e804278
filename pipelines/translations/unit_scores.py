"""How sure it is that the two sides of a sentence bead say the same, no more and no less.

The path cannot show what one side has more than the other: a clause of the neighbour's, half of a sentence that was
split. A logistic model of four signs separates such units from exact ones. Its weights are fitted on public truth
(Text+Berg's development document and disturbed paragraphs of PUD; `benchmarks/alignment.py` prints what it reaches).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from pipelines.translations.documents import VersionDocument
from pipelines.translations.figures import Figures, figures, lost_figures
from pipelines.translations.length_scores import Matrix
from pipelines.translations.paths import Step, posteriors
from pipelines.translations.thresholds import AlignOptions, Shape

_CONSTANT = 2.1
_POSTERIOR = 0.35  # of the log odds of the bead against all other ways through the paragraph
_DEVIATION = -0.4  # of the square of the length's deviation from the pair's ratio, in standard deviations
_FIGURES = -1.1  # of numbers and times that one side lacks
_GAPS = -0.9  # of neighbours that are left out, which may belong to this unit
# Beyond these bounds, more of a sign means nothing.
_SUREST, _FARTHEST, _MOST_FIGURES = 0.999, 4.0, 2


def unit_scores(
    path: Sequence[Step],
    scores: Mapping[Shape, Matrix],
    source: VersionDocument,
    target: VersionDocument,
    ratio: tuple[float, float],
    options: AlignOptions,
) -> list[float]:
    """The score of each step of a path, 0 to 1; 0 for what is left out.

    `scores` are the log likelihood ratios of all beads, `ratio` the expected logarithm of the length ratio and its
    standard deviation.
    """
    chances = posteriors(scores, options)
    left_out = [not (k and h) for _, _, k, h in path]
    found = []
    for number, (i, j, k, h) in enumerate(path):
        if left_out[number]:
            found.append(0.0)
            continue
        first, second = range(i, i + k), range(j, j + h)
        gaps = sum(left_out[max(0, number - 1) : number + 2])
        lost = lost_figures(_figures(source, first), _figures(target, second))
        lengths = sum(source.lengths[a] for a in first), sum(target.lengths[b] for b in second)
        odds = _CONSTANT + _POSTERIOR * _log_odds(float(chances[k, h][i, j]))
        odds += _DEVIATION * min(_deviation(*lengths, *ratio, options), _FARTHEST) ** 2
        odds += _FIGURES * min(lost, _MOST_FIGURES) + _GAPS * gaps
        found.append(round(1.0 / (1.0 + math.exp(-odds)), 4))
    return found


def _figures(version: VersionDocument, places: range) -> Figures:
    return figures(" ".join(version.paragraphs[place] for place in places), version.language)


def _log_odds(chance: float) -> float:
    bounded = min(max(chance, 1.0 - _SUREST), _SUREST)
    return math.log(bounded / (1.0 - bounded))


def _deviation(first: float, second: float, expected: float, sd: float, options: AlignOptions) -> float:
    variance = sd**2 + options.short_variance / min(first, second)
    return abs(math.log(second / first) - expected) / math.sqrt(variance)
