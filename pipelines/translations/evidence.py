"""The evidence of all beads of two versions of an article: lengths, anchors, sentences, kinds, a user's similarity."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import UsageError
from pipelines.translations.anchors import CLASSES
from pipelines.translations.documents import Inventory, VersionDocument
from pipelines.translations.length_scores import Matrix, length_scores, summed
from pipelines.translations.marks import BEGINNINGS, ENDINGS, OPEN_END
from pipelines.translations.paths import Step
from pipelines.translations.thresholds import AlignOptions, Shape

Scorer = Callable[[Sequence[str], Sequence[str]], Any]
"""A user's similarity: (n texts, m texts) -> n x m matrix (anything numpy reads), such as cosines, in -1 to 1."""

# The prior probability that an anchor of a class is in the translation too; the weight of the beta prior limits how
# much the article may change it.
_RELIABILITY = {"n": 0.93, "i": 0.75, "s": 0.9, "m": 0.9, "d": 0.9, "t": 0.85, "c": 0.85, "a": 0.97, "l": 0.8,
                "w": 0.5, "k": 0.45, "p": 0.75, "v": 0.7}  # fmt: skip
_PRIOR = np.repeat([_RELIABILITY[name] for name in CLASSES], 2)
_CLASS_WEIGHT = 6.0
_TYPE_WEIGHT = 2.0
# Words and marks that one side lacks are many and come together: each counts less than a missing number.
_SOFT = np.array([0.5 if name in "wkv" else 1.0 for name in CLASSES])
_WORDS, _SKELETONS = list(CLASSES).index("w"), list(CLASSES).index("k")
# Log likelihood of an anchor that the other article lacks altogether: small where languages may write it differently.
_ABSENT = np.array([{"n": math.log(0.4), "a": math.log(0.6)}.get(name, 0.0) for name in CLASSES])


# Anchors that fall into one part come together, as words of one clause: each says half as much.
_PART_WEIGHT = 0.5


class Evidence:
    """The log likelihood ratios of all beads of one pair of articles."""

    def __init__(
        self, source: VersionDocument, target: VersionDocument, options: AlignOptions, scorer: Scorer | None
    ) -> None:
        self.source, self.target, self.options = source, target, options
        shared = _Shared(source.inventory, target.inventory)
        has_source = _incidence(source.inventory, shared.in_source, len(source.paragraphs))
        has_target = _incidence(target.inventory, shared.in_target, len(target.paragraphs))
        # By the number of passages side by side.
        self.shapes = [(k, h) for k, h in options.prior if k <= len(has_source) and h <= len(has_target)]
        sizes_source, sizes_target = sorted({k for k, _ in self.shapes}), sorted({h for _, h in self.shapes})
        self.has_source = {size: _merged(has_source, size, shared.first, shared.last) for size in sizes_source}
        self.has_target = {size: _merged(has_target, size, shared.first, shared.last) for size in sizes_target}
        self.part_source = {size: _part_shares(has_source, source.lengths, size) for size in sizes_source if size > 1}
        self.part_target = {size: _part_shares(has_target, target.lengths, size) for size in sizes_target if size > 1}
        in_source, in_target = (
            np.minimum(np.add.reduce(has, axis=0) / len(has), 0.95) for has in (has_source, has_target)
        )
        self.common = np.maximum(in_source, in_target)
        self.lacking_source, self.lacking_target = _lacking(in_source, sizes_source), _lacking(in_target, sizes_target)
        self.classes = source.inventory.classes[shared.in_source]
        self.reliability = _PRIOR[2 * self.classes]
        self.soft = _SOFT[self.classes]
        lone_source = _absent(source.inventory, target.inventory, len(source.paragraphs))
        lone_target = _absent(target.inventory, source.inventory, len(target.paragraphs))
        limit = options.absent_limit
        self.absent_source = {size: np.maximum(summed(lone_source, size), limit) for size in sizes_source}
        self.absent_target = {size: np.maximum(summed(lone_target, size), limit) for size in sizes_target}
        self.similarity = _similarity(source, target, scorer)
        self.same_sentences, self.same_end = options.same_sentences, options.same_end
        self.counted: dict[Shape, tuple[Matrix, NDArray[np.bool_], Matrix]] = {}
        self.ended: dict[Shape, tuple[Matrix, NDArray[np.bool_], Matrix]] = {}
        if source.sentences is not None and target.sentences is not None:
            counts_source, counts_target = np.array(source.sentences, float), np.array(target.sentences, float)
            open_source, open_target = source.open_ends.astype(float), target.open_ends.astype(float)
            for k, h in self.shapes:
                self.counted[k, h] = _compared(summed(counts_source, k), summed(counts_target, h))
                self.ended[k, h] = _compared(open_source[k - 1 :], open_target[h - 1 :])

    def scores(self, expected: float, sd: float, shapes: Collection[Shape] | None = None) -> dict[Shape, Matrix]:
        """One matrix for each shape of bead: entry (i, j) is the bead that begins with paragraphs i and j.

        `shapes` limits which; all by default.
        """
        asked = [shape for shape in self.shapes if shapes is None or shape in shapes]
        lengths = length_scores(self.source, self.target, expected, sd, self.options, asked)
        result = {}
        anchored = self._anchor_scores(asked)
        for shape in asked:
            matrix = lengths[shape]
            matrix += anchored[shape]
            for more in (self._kind_scores(shape), self._sentence_scores(shape)):
                if more is not None:
                    matrix += more
            if self.similarity is not None:
                matrix += self.options.scorer_weight * _merged_similarity(self.similarity, shape)
            result[shape] = matrix
        if (2, 2) in result:
            single = result[1, 1]
            result[2, 2] = np.maximum(result[2, 2], single[:-1, 1:] + single[1:, :-1])
        return result

    def _anchor_scores(self, shapes: Sequence[Shape]) -> dict[Shape, Matrix]:
        """Log likelihood ratios of shared anchors and of those that one side lacks, clipped, for each shape."""
        top, weight = self.options.anchor_limit, self.options.anchor_weight
        if not len(self.classes):
            return {(k, h): self.absent_source[k][:, None] + self.absent_target[h] for k, h in shapes}
        hit = np.maximum(np.log(self.reliability / self.common), 0.0)
        missed = np.log(1.0 - self.reliability)
        miss_source, miss_target = (
            {size: self.soft * np.minimum(missed - lacking[size], 0.0) for size in {shape[side] for shape in shapes}}
            for lacking, side in ((self.lacking_target, 1), (self.lacking_source, 0))
        )
        result: dict[Shape, Matrix] = {}
        for k, h in shapes:
            source, target = self.has_source[k], self.has_target[h]
            lacks_source, lacks_target = miss_source[h], miss_target[k]
            columns = target * (hit - lacks_source - lacks_target)
            # The anchors of a split passage fall into its parts in proportion to their lengths.
            if h > 1:
                columns += _PART_WEIGHT * np.maximum(self.part_target[h], -hit)
            total = source @ columns.T
            if k > 1:
                total += _PART_WEIGHT * np.maximum(self.part_source[k], -hit) @ target.T
            total += (source @ lacks_source)[:, None] + target @ lacks_target
            absent = self.absent_source[k][:, None] + self.absent_target[h]
            total *= weight
            np.maximum(total, -top, out=total)
            np.minimum(total, top, out=total)
            total += absent
            result[k, h] = total
        return result

    def _kind_scores(self, shape: Shape) -> Matrix | None:
        if self.source.kinds is None or self.target.kinds is None:
            return None
        k, h = shape
        heading_source = np.array([kind == "heading" for kind in self.source.kinds], dtype=float)
        heading_target = np.array([kind == "heading" for kind in self.target.kinds], dtype=float)
        differs = summed(heading_source, k)[:, None] / k - summed(heading_target, h) / h
        result: Matrix = self.options.kind_mismatch * np.abs(differs)
        return result

    def _sentence_scores(self, shape: Shape) -> Matrix | None:
        """As many sentences on both sides, and whether the last one is complete, against what is common here."""
        if not self.counted or not self.options.sentence_weight:
            return None
        result = _agreement(*self.counted[shape], self.same_sentences)
        result += _agreement(*self.ended[shape], self.same_end)
        result *= self.options.sentence_weight
        return result

    def refit(self, path: Sequence[Step], expected: float) -> tuple[float, float]:
        """Learn from the 1-1 beads of a path the reliability of the anchors.

        Returns the corrected log length ratio and its standard deviation.
        """
        pairs = [(i, j) for i, j, k, h in path if k == h == 1]
        if not pairs:
            return expected, self.options.ratio_sd
        rows, columns = [i for i, _ in pairs], [j for _, j in pairs]
        if self.counted:
            same = float(self.counted[1, 1][1][rows, columns].sum())
            self.same_sentences = (same + self.options.same_sentences * 4) / (len(pairs) + 4)
            same = float(self.ended[1, 1][1][rows, columns].sum())
            self.same_end = (same + self.options.same_end * 4) / (len(pairs) + 4)
        if len(self.classes):
            source, target = self.has_source[1][rows], self.has_target[1][columns]
            both, either = (source * target).sum(axis=0), (source + target).sum(axis=0) / 2.0
            # By class, and rare anchors apart from common ones.
            group = 2 * self.classes + (either <= 1.0)
            size = 2 * len(_RELIABILITY)
            hits, seen = np.bincount(group, both, size), np.bincount(group, either, size)
            self.reliability = ((hits + _PRIOR * _CLASS_WEIGHT) / (seen + _CLASS_WEIGHT))[group]
            # A type's own record, without the bead that is to be judged by it.
            once = np.minimum(both, 1.0)
            self.reliability = (both - once + self.reliability * _TYPE_WEIGHT) / (
                np.maximum(either - once, both - once) + _TYPE_WEIGHT
            )
            self.reliability = np.clip(self.reliability, 0.02, 0.97)
        first, second = np.array(self.source.lengths)[rows], np.array(self.target.lengths)[columns]
        values, prior = np.log(second / first), self.options.ratio_sd**2
        # The expectations count as four paragraphs: enough to hold where few are aligned.
        long = values[first > 40]
        if len(long):
            expected = (expected * 4 + median(long.tolist()) * len(long)) / (4 + len(long))
        widened = 1 + self.options.short_variance / np.minimum(first, second) / prior
        excess = np.minimum((values - expected) ** 2 / widened, 4 * prior)
        return expected, math.sqrt((prior * 4 + float(excess.sum())) / (4 + len(excess)))


class _Shared:
    """The anchors that two articles share, by their numbers in both; `first` and `last`: those of a passage's ends."""

    def __init__(self, source: Inventory, target: Inventory) -> None:
        # Sorted, whatever the order of sets: sums of floats depend on the order.
        shared = sorted((source.number.keys() & target.number.keys()) - {OPEN_END})
        in_source = np.fromiter(map(source.number.__getitem__, shared), np.intp, len(shared))
        classes = source.classes[in_source]
        skeletons = classes == _SKELETONS
        # In one script, words as they are written say more than skeletons.
        if (classes == _WORDS).sum() > 0.3 * skeletons.sum():
            in_source = in_source[~skeletons]
        types = [source.types[number] for number in in_source.tolist()]
        self.in_source = in_source
        self.in_target = np.fromiter(map(target.number.__getitem__, types), np.intp, len(types))
        places = {name: types.index(name) for name in BEGINNINGS | ENDINGS if name in shared}
        self.first = [place for name, place in places.items() if name in BEGINNINGS]
        self.last = [place for name, place in places.items() if name in ENDINGS]


def _lacking(chance: Matrix, sizes: Iterable[int]) -> dict[int, Matrix]:
    """By how many passages side by side, the log likelihood that they lack an anchor by chance: two have it about twice
    as often as one."""
    return {size: np.log(1.0 - np.minimum(size * chance, 0.95)) for size in sizes}


def _incidence(inventory: Inventory, numbers: NDArray[np.intp], rows: int) -> Matrix:
    """Which paragraph has which of the anchors of these numbers."""
    place = np.full(len(inventory.types), len(numbers), dtype=np.intp)
    place[numbers] = np.arange(len(numbers))
    matrix = np.zeros((rows, len(numbers) + 1))  # the last column takes the others
    matrix[inventory.rows, place[inventory.columns]] = 1.0
    return matrix[:, :-1]


def _absent(inventory: Inventory, other: Inventory, rows: int) -> Matrix:
    """How much the anchors that the other article lacks altogether count against each paragraph."""
    weights = _ABSENT[inventory.classes]
    types, there = inventory.types, other.number
    weights[[number for number in np.flatnonzero(weights).tolist() if types[number] in there]] = 0.0
    result: Matrix = np.bincount(inventory.rows, weights=weights[inventory.columns], minlength=rows).astype(float)
    return result


def _compared(source: Matrix, target: Matrix) -> tuple[Matrix, NDArray[np.bool_], Matrix]:
    """How common each source passage's value is among the passages of both sides; where both sides have the same value;
    and the log likelihood of a distance of more than one elsewhere."""
    every = np.concatenate([source, target]).astype(np.intp)  # sentences and ends are whole numbers
    # One more than there is, so that no value is certain or impossible.
    chance: Matrix = np.bincount(every)[every[: len(source)]].astype(float)
    chance += 1.0
    chance /= len(every) + 1.0
    distance = np.abs(source[:, None] - target)
    same: NDArray[np.bool_] = distance == 0.0
    far: Matrix = np.multiply(distance > 1.0, -math.log(2.0), dtype=float)
    return chance, same, far


def _agreement(chance: Matrix, same: NDArray[np.bool_], far: Matrix, reliability: float) -> Matrix:
    """Log likelihood ratios where a translation has the same value with that reliability, else any by chance."""
    alike = np.log(reliability / chance + 1.0 - reliability)[:, None]
    result: Matrix = far + math.log(1.0 - reliability)
    np.copyto(result, alike, where=same)
    return result


def _part_shares(matrix: Matrix, lengths: Sequence[float], size: int) -> Matrix:
    """For neighbours and each anchor: the logarithm of the share, by length, of those that have the anchor."""
    sizes = np.array(lengths)
    share = summed(matrix * sizes[:, None], size) / summed(sizes, size)[:, None]
    result: Matrix = np.log(np.where(share > 0.0, share, 1.0))
    return result


def _merged(matrix: Matrix, size: int, first: list[int], last: list[int]) -> Matrix:
    """The anchors of merged passages: those of any part; beginnings are the first part's, endings the last one's."""
    if size == 1:
        return matrix
    rows = len(matrix) - size + 1
    merged: Matrix = matrix[:rows].copy()
    for part in range(1, size):
        np.maximum(merged, matrix[part : part + rows], out=merged)
    merged[:, first] = matrix[:rows, first]
    merged[:, last] = matrix[size - 1 :, last]
    return merged


def _similarity(source: VersionDocument, target: VersionDocument, scorer: Scorer | None) -> Matrix | None:
    if scorer is None:
        return None
    try:
        matrix = np.asarray(scorer(source.paragraphs, target.paragraphs), dtype=float)
    except UsageError:
        raise
    except Exception as error:
        cause = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise UsageError(
            f"the scorer failed on {len(source.paragraphs)} and {len(target.paragraphs)} texts ({cause}); "
            "it must take two lists of texts and return a matrix of numbers"
        ) from error
    wanted = (len(source.paragraphs), len(target.paragraphs))
    if matrix.shape != wanted or not np.isfinite(matrix).all():
        raise UsageError(
            f"the scorer returned a matrix of shape {matrix.shape} for {wanted[0]} and {wanted[1]} texts; "
            "it must return one finite number for each pair of texts"
        )
    centred: Matrix = matrix - matrix.mean()
    return centred


def _merged_similarity(similarity: Matrix, shape: Shape) -> Matrix:
    """Of the single texts' similarities, the mean of each part's best: a part that fits nothing pulls it down."""
    k, h = shape
    rows, columns = _highest(similarity.T, h).T, _highest(similarity, k)
    result: Matrix = (summed(rows, k) / k + summed(columns.T, h).T / h) / 2
    return result


def _highest(matrix: Matrix, size: int) -> Matrix:
    """The highest of `size` rows side by side, column by column."""
    rows = len(matrix) - size + 1
    result: Matrix = np.max([matrix[part : part + rows] for part in range(size)], axis=0)
    return result
