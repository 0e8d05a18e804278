"""Which paragraphs of two language versions translate each other: dynamic programming over length, order and anchors.

Every bead has a log likelihood ratio: how much likelier its two sides are as translations of each other than as two
unrelated passages of the same two articles. Four sources of evidence add up:

- length: the logarithm of the length ratio is normal around the expectation of the language pair, which the article
  itself corrects in a second pass (W. A. Gale and K. W. Church, "A Program for Aligning Sentences in Bilingual
  Corpora", 1993, with the ratio's logarithm in place of their variance per character, since the variation of
  paragraphs grows with their length);
- anchors (`pipelines.translations.anchors`): an anchor that both sides have counts the more, the rarer it is in the
  articles; one that only one side has counts against. How reliably a class of anchors survives the translation is
  fitted on the article too, so that the same code fits English-German and Japanese-Thai;
- sentences, where both languages mark them: as many on both sides, and the last one complete on both or on neither;
  how reliable that is, the article says too;
- order: beads that merge or leave out are rarer than 1-1, and leaving out goes on more easily than it begins.

The same texts always give the same beads. Memory and time grow with the number of paragraphs times the width of a band
around the diagonal.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import UsageError
from pipelines.models import Kind
from pipelines.translations.anchors import BEGINNINGS, ENDINGS, OPEN_END, anchors
from pipelines.translations.lengths import length, log_ratio
from pipelines.translations.sentences import has_sentences, sentence_ends

Matrix = NDArray[np.float64]
Scorer = Callable[[Sequence[str], Sequence[str]], Any]
"""A user's similarity: (n texts, m texts) -> n x m matrix (anything numpy reads), such as cosines, in -1 to 1."""

Shape = tuple[int, int]
Step = tuple[int, int, int, int]
"""(i, j, k, h): k source paragraphs from i and h target paragraphs from j."""
SHAPES: tuple[Shape, ...] = ((1, 1), (1, 2), (2, 1), (2, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignOptions:
    """Thresholds of the alignment, each with its reason; the defaults are meant for news articles.

    The priors are log probabilities. They are wide on purpose: what decides is the evidence of the text.
    """

    prior: Mapping[Shape, float] = field(
        default_factory=lambda: {
            (1, 1): math.log(0.9),  # machine translation keeps paragraphs
            (1, 2): math.log(0.008),  # a split or a join comes from the extraction or from an editor
            (2, 1): math.log(0.008),
            (2, 2): math.log(0.003),  # two paragraphs that changed places
        }
    )
    gap_open: float = math.log(0.02)  # a caption, an advertisement, a paragraph left out
    gap_extend: float = math.log(0.3)  # whole sections are left out at once
    ratio_sd: float = 0.09  # of the log length ratio of long paragraphs (0.07 to 0.11 in the seeds' ten pairs)
    ratio_sd_first: float = 0.16  # the same before the article has corrected the expectation
    short_variance: float = 1.6  # divided by the length: short paragraphs vary more (16 letters against 12)
    anchor_weight: float = 0.7  # anchors of one paragraph are not independent evidence
    anchor_limit: float = 30.0  # one paragraph full of names shall not outweigh a whole neighbourhood
    absent_limit: float = -4.0
    same_sentences: float = 0.85  # how often a translation has as many sentences, before the article is asked
    same_end: float = 0.93  # how often both sides end with a full stop or neither does
    sentence_weight: float = 0.65  # the number of sentences goes with the length
    kind_mismatch: float = -2.0  # a heading against a paragraph
    scorer_weight: float = 20.0  # log odds for a difference of 1 in a user's similarity, over the article's mean
    band: int = 60  # paragraphs on either side of the diagonal that are considered
    # Mean evidence per paragraph of the shorter side below which two texts are different ones. Measured, with
    # the leniency added: different articles at most 0.02; versions of which half is missing 1.4 and more, but -0.2 to
    # 1.6 where paragraphs are short and without numbers; whole versions 4 to 13.
    refuse_below: float = 0.25
    # The same paragraph by paragraph, divided by their number and taken off: one paragraph alone proves little.
    refuse_leniency: float = 2.5
    # Log odds that what faces each other on the best path is a translation, before its text is looked at.
    score_prior: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bead:
    """Indices of paragraphs that translate each other (either may be empty), and how sure that is, 0 to 1."""

    source: tuple[int, ...]
    target: tuple[int, ...]
    score: float

    @property
    def shape(self) -> str:
        """``1-1``, ``1-2``, ``2-1``, ``2-2``, ``1-0`` or ``0-1``."""
        return f"{len(self.source)}-{len(self.target)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """Beads in order, covering every paragraph of both sides once.

    `refused` is a reason where the two texts are not versions of one article; all beads are then 1-0 and 0-1.
    `evidence` is the mean log likelihood ratio per paragraph of the shorter side, `log_ratio` the fitted logarithm
    of target length over source length.
    """

    beads: tuple[Bead, ...]
    evidence: float
    log_ratio: float
    refused: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One language version, read once for all its language pairs; made by `document`."""

    language: str
    paragraphs: tuple[str, ...]
    kinds: tuple[Kind, ...] | None
    lengths: tuple[float, ...]
    anchors: tuple[frozenset[str], ...]
    sentences: tuple[int, ...] | None  # ends of sentences in each paragraph, where the language marks them


def document(paragraphs: Sequence[str], language: str, kinds: Sequence[Kind] | None = None) -> Document:
    """Read the paragraphs of one language version; `language` is an ISO 639 code as in the address.

    Raises `UsageError` where there are kinds, but not one for each paragraph.
    """
    if kinds is not None and len(kinds) != len(paragraphs):
        raise UsageError(
            f"{len(kinds)} kinds for {len(paragraphs)} paragraphs; give one kind for each paragraph or none"
        )
    return Document(
        language=language,
        paragraphs=tuple(paragraphs),
        kinds=tuple(kinds) if kinds is not None else None,
        lengths=tuple(length(p) for p in paragraphs),
        anchors=tuple(anchors(p, language) for p in paragraphs),
        sentences=tuple(sentence_ends(p) for p in paragraphs) if has_sentences(language) else None,
    )


def align(
    source: Document,
    target: Document,
    *,
    options: AlignOptions | None = None,
    ratios: Mapping[tuple[str, str], float] | None = None,
    scorer: Scorer | None = None,
) -> Alignment:
    """Align two language versions of one article.

    `ratios` are fitted log length ratios (`lengths.fit`); `scorer` is a similarity of the user's own, used beside
    length and anchors.
    """
    options = options or AlignOptions()
    expected = log_ratio(source.language, target.language, ratios)
    if not source.paragraphs or not target.paragraphs:
        return _apart(source, target, expected, 0.0, "one side is empty")
    evidence = _Evidence(source, target, options, scorer)
    scores = evidence.scores(expected, options.ratio_sd_first)
    path, _ = _best_path(scores, options)
    expected, sd = evidence.refit(path, expected)
    scores = evidence.scores(expected, sd)
    path, total = _best_path(scores, options)
    shorter = min(len(source.paragraphs), len(target.paragraphs))
    mean = total / shorter
    if mean < options.refuse_below - options.refuse_leniency / shorter:
        return _apart(source, target, expected, mean, f"not versions of one article (evidence {mean:.2f})")
    beads = tuple(
        Bead(
            source=tuple(range(i, i + k)),
            target=tuple(range(j, j + h)),
            score=_confidence(float(scores[k, h][i, j]) / max(k, h), options) if k and h else 0.0,
        )
        for i, j, k, h in path
    )
    return Alignment(beads=beads, evidence=mean, log_ratio=expected)


def _apart(source: Document, target: Document, expected: float, mean: float, reason: str) -> Alignment:
    beads = [Bead(source=(i,), target=(), score=0.0) for i in range(len(source.paragraphs))]
    beads += [Bead(source=(), target=(j,), score=0.0) for j in range(len(target.paragraphs))]
    return Alignment(beads=tuple(beads), evidence=mean, log_ratio=expected, refused=reason)


def _confidence(evidence: float, options: AlignOptions) -> float:
    """Evidence per paragraph as a probability; halved, since its parts are not independent."""
    return round(1.0 / (1.0 + math.exp(-(evidence + options.score_prior) / 2.0)), 4)


# How reliably an anchor of a class is in the translation too, before the article itself is asked; the beta prior's
# weight says how much the article may change it.
_RELIABILITY = {"n": 0.93, "i": 0.75, "s": 0.9, "m": 0.9, "d": 0.9, "t": 0.85, "c": 0.85, "a": 0.97, "l": 0.8,
                "w": 0.5, "k": 0.45, "p": 0.75}  # fmt: skip
_CLASS_NUMBER = {name: number for number, name in enumerate(_RELIABILITY)}
_PRIOR = np.repeat(list(_RELIABILITY.values()), 2)
_CLASS_WEIGHT = 6.0
_TYPE_WEIGHT = 2.0
# Words and marks that one side lacks are many and come together: each counts less than a missing number.
_SOFT = 0.5
# Log likelihood of an anchor that the whole other article has nowhere: small where languages may write it otherwise.
_ABSENT = {"n": math.log(0.4), "a": math.log(0.6)}


# Anchors that fall into one part come together, as words of one clause: each says half as much.
_PART_WEIGHT = 0.5
# The background's part for headings, captions and thanks: its share, and how many times wider it is.
_WIDE_SHARE, _WIDE_TIMES = 0.2, 3.0


class _Evidence:
    """The log likelihood ratios of all beads of one pair of articles."""

    def __init__(self, source: Document, target: Document, options: AlignOptions, scorer: Scorer | None) -> None:
        self.source, self.target, self.options = source, target, options
        shared = frozenset().union(*source.anchors) & frozenset().union(*target.anchors)
        drop = "k" if _same_script(shared) else ""
        self.types = sorted(a for a in shared if a[0] != drop and a != OPEN_END)
        index = {a: number for number, a in enumerate(self.types)}
        has_source, has_target = _incidence(source.anchors, index), _incidence(target.anchors, index)
        # By the number of paragraphs side by side.
        self.has_source = {size: _merged(has_source, size, self.types) for size in (1, 2)}
        self.has_target = {size: _merged(has_target, size, self.types) for size in (1, 2)}
        self.part_source = _part_shares(has_source, source.lengths)
        self.part_target = _part_shares(has_target, target.lengths)
        self.classes = np.array([_CLASS_NUMBER[a[0]] for a in self.types], dtype=np.intp)
        self.reliability = _PRIOR[2 * self.classes]
        self.soft = np.array([_SOFT if a[0] in "wk" else 1.0 for a in self.types])
        lone_source, lone_target = _absent(source.anchors, shared), _absent(target.anchors, shared)
        limit = options.absent_limit
        self.absent_source = {size: np.maximum(_summed(lone_source, size), limit) for size in (1, 2)}
        self.absent_target = {size: np.maximum(_summed(lone_target, size), limit) for size in (1, 2)}
        self.similarity = _similarity(source, target, scorer)
        self.same_sentences, self.same_end = options.same_sentences, options.same_end
        self.counted: dict[Shape, tuple[Matrix, Matrix]] = {}
        self.ended: dict[Shape, tuple[Matrix, Matrix]] = {}
        if source.sentences is not None and target.sentences is not None:
            counts_source, counts_target = np.array(source.sentences, float), np.array(target.sentences, float)
            open_source, open_target = _open_ends(source), _open_ends(target)
            for k, h in SHAPES:
                self.counted[k, h] = _compared(_summed(counts_source, k), _summed(counts_target, h))
                self.ended[k, h] = _compared(open_source[k - 1 :], open_target[h - 1 :])

    def scores(self, expected: float, sd: float) -> dict[Shape, Matrix]:
        """One matrix for each shape of bead: entry (i, j) is the bead that begins with paragraphs i and j."""
        lengths = _length_scores(self.source.lengths, self.target.lengths, expected, sd, self.options)
        result = {}
        anchored = self._anchor_scores()
        for shape in SHAPES:
            if shape not in lengths:
                continue
            matrix = lengths[shape] + anchored[shape] + self._kind_scores(shape) + self._sentence_scores(shape)
            if self.similarity is not None:
                matrix = matrix + self.options.scorer_weight * _merged_similarity(self.similarity, shape)
            result[shape] = matrix
        if (2, 2) in result:
            single = result[1, 1]
            result[2, 2] = np.maximum(result[2, 2], single[:-1, 1:] + single[1:, :-1])
        return result

    def _anchor_scores(self) -> dict[Shape, Matrix]:
        """Shared anchors against those that one side lacks, clipped: for each shape."""
        top, weight = self.options.anchor_limit, self.options.anchor_weight
        if not self.types:
            return {(k, h): self.absent_source[k][:, None] + self.absent_target[h] for k, h in SHAPES}
        in_source = np.minimum(self.has_source[1].mean(axis=0), 0.95)
        in_target = np.minimum(self.has_target[1].mean(axis=0), 0.95)
        hit = np.maximum(np.log(self.reliability / np.maximum(in_source, in_target)), 0.0)
        # Two paragraphs side by side have an anchor by chance about twice as often as one.
        missed = np.log(1.0 - self.reliability)
        miss_source, miss_target = (
            {
                size: self.soft * np.minimum(missed - np.log(1.0 - np.minimum(size * chance, 0.95)), 0.0)
                for size in (1, 2)
            }
            for chance in (in_target, in_source)
        )
        # What translates a passage that was split falls into each part as often as the part is long.
        part_source = _PART_WEIGHT * np.maximum(self.part_source, -hit)
        part_target = _PART_WEIGHT * np.maximum(self.part_target, -hit)
        result: dict[Shape, Matrix] = {}
        for k, h in SHAPES:
            source, target = self.has_source[k], self.has_target[h]
            lacks_source, lacks_target = miss_source[h], miss_target[k]
            columns = target * (hit - lacks_source - lacks_target)
            if h == 2:
                columns = columns + part_target
            total = source @ columns.T
            if k == 2:
                total += part_source @ target.T
            total += (source @ lacks_source)[:, None] + target @ lacks_target
            absent = self.absent_source[k][:, None] + self.absent_target[h]
            result[k, h] = np.clip(weight * total, -top, top) + absent
        return result

    def _kind_scores(self, shape: Shape) -> Matrix | float:
        if self.source.kinds is None or self.target.kinds is None:
            return 0.0
        k, h = shape
        heading_source = np.array([kind == "heading" for kind in self.source.kinds], dtype=float)
        heading_target = np.array([kind == "heading" for kind in self.target.kinds], dtype=float)
        differs = _summed(heading_source, k)[:, None] / k - _summed(heading_target, h) / h
        result: Matrix = self.options.kind_mismatch * np.abs(differs)
        return result

    def _sentence_scores(self, shape: Shape) -> Matrix | float:
        """As many sentences on both sides, and whether the last one is complete, against what is common here."""
        if not self.counted:
            return 0.0
        counted = _agreement(*self.counted[shape], self.same_sentences)
        return self.options.sentence_weight * (counted + _agreement(*self.ended[shape], self.same_end))

    def refit(self, path: Sequence[Step], expected: float) -> tuple[float, float]:
        """Learn from the 1-1 beads of a path the reliability of the anchors.

        Returns the corrected log length ratio and its standard deviation.
        """
        pairs = [(i, j) for i, j, k, h in path if k == h == 1]
        if not pairs:
            return expected, self.options.ratio_sd
        rows, columns = [i for i, _ in pairs], [j for _, j in pairs]
        if self.counted:
            same = float((self.counted[1, 1][1][rows, columns] == 0.0).sum())
            self.same_sentences = (same + self.options.same_sentences * 4) / (len(pairs) + 4)
            same = float((self.ended[1, 1][1][rows, columns] == 0.0).sum())
            self.same_end = (same + self.options.same_end * 4) / (len(pairs) + 4)
        if self.types:
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
        lengths = [(self.source.lengths[i], self.target.lengths[j]) for i, j in pairs]
        values = [math.log(b / a) for a, b in lengths if a > 40]
        prior = self.options.ratio_sd**2
        # The expectations count as four paragraphs: enough to hold where few are aligned.
        if values:
            expected = float((expected * 4 + np.median(values) * len(values)) / (4 + len(values)))
        excess = [
            min((math.log(b / a) - expected) ** 2 / (1 + self.options.short_variance / min(a, b) / prior), 4 * prior)
            for a, b in lengths
        ]
        return expected, math.sqrt((prior * 4 + sum(excess)) / (4 + len(excess)))


def _same_script(shared: frozenset[str]) -> bool:
    """Whether the two languages share their script: then words as they are written say more than skeletons."""
    first = [a[0] for a in shared]
    return first.count("w") > 0.3 * first.count("k")


def _incidence(sets: Sequence[frozenset[str]], index: Mapping[str, int]) -> Matrix:
    matrix = np.zeros((len(sets), len(index)))
    for row, found in enumerate(sets):
        columns = [index[a] for a in found if a in index]
        matrix[row, columns] = 1.0
    return matrix


def _open_ends(version: Document) -> Matrix:
    return np.array([float(OPEN_END in found) for found in version.anchors])


def _compared(source: Matrix, target: Matrix) -> tuple[Matrix, Matrix]:
    """How common each source passage's value is among the passages of both sides, and the distances between them."""
    every = np.concatenate([source, target])
    # One more than there is, so that no value is certain or impossible.
    chance: Matrix = ((every == source[:, None]).sum(axis=1) + 1.0) / (len(every) + 1.0)
    distance: Matrix = np.minimum(np.abs(source[:, None] - target), 2.0)
    return chance, distance


def _agreement(chance: Matrix, distance: Matrix, reliability: float) -> Matrix:
    """Log likelihood ratios where a translation has the same value with that reliability, else any by chance."""
    alike = np.log(reliability / chance + 1.0 - reliability)[:, None]
    apart = math.log(1.0 - reliability) - math.log(2.0) * (distance > 1.0)
    result: Matrix = np.where(distance == 0.0, alike, apart)
    return result


def _absent(sets: Sequence[frozenset[str]], shared: frozenset[str]) -> Matrix:
    return np.array([sum(_ABSENT[a[0]] for a in found if a[0] in _ABSENT and a not in shared) for found in sets])


def _part_shares(matrix: Matrix, lengths: Sequence[float]) -> Matrix:
    """For two neighbours and each anchor that only one of them has: the logarithm of its share of their length."""
    sizes = np.array(lengths)
    total = sizes[:-1] + sizes[1:]
    first, second = matrix[:-1], matrix[1:]
    result: Matrix = (
        first * (1.0 - second) * np.log(sizes[:-1] / total)[:, None]
        + second * (1.0 - first) * np.log(sizes[1:] / total)[:, None]
    )
    return result


def _merged(matrix: Matrix, size: int, types: Sequence[str]) -> Matrix:
    """What a passage has that one of its parts has; how it begins is the first part's, how it ends the last one's."""
    if size == 1:
        return matrix
    merged: Matrix = np.maximum(matrix[:-1], matrix[1:])
    for column, anchor in enumerate(types):
        if anchor in BEGINNINGS:
            merged[:, column] = matrix[:-1, column]
        elif anchor in ENDINGS:
            merged[:, column] = matrix[1:, column]
    return merged


def _summed(vector: Matrix, size: int) -> Matrix:
    return vector if size == 1 else vector[:-1] + vector[1:]


def _similarity(source: Document, target: Document, scorer: Scorer | None) -> Matrix | None:
    if scorer is None:
        return None
    matrix = np.asarray(scorer(source.paragraphs, target.paragraphs), dtype=float)
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
    rows = similarity if h == 1 else np.maximum(similarity[:, :-1], similarity[:, 1:])
    columns = similarity if k == 1 else np.maximum(similarity[:-1], similarity[1:])
    rows = rows if k == 1 else (rows[:-1] + rows[1:]) / 2
    columns = columns if h == 1 else (columns[:, :-1] + columns[:, 1:]) / 2
    result: Matrix = (rows + columns) / 2
    return result


def _length_scores(
    source: Sequence[float], target: Sequence[float], expected: float, sd: float, options: AlignOptions
) -> dict[Shape, Matrix]:
    """Log likelihood ratios of the lengths for each shape.

    The lengths of unrelated paragraphs are log-normal with the articles' own mean and deviation. A passage that was
    split has its halves at a proportion f with density 30 f² (1 - f)²: a split near the middle is likelier than one
    that leaves a few letters. f (1 - f) once more is the change of variables from (log part, log part) to (log sum, f).
    """
    a, b = np.array(source), np.array(target) * math.exp(-expected)
    logs = np.concatenate([np.log(a), np.log(b)])
    mean, deviation = float(logs.mean()), max(float(logs.std()), 0.35)
    log_a, log_b = _background(a, mean, deviation), _background(b, mean, deviation)
    result: dict[Shape, Matrix] = {}
    for k, h in SHAPES:
        if len(a) < k or len(b) < h:
            continue
        sum_a, sum_b = _summed(a, k), _summed(b, h)
        variance = sd**2 + options.short_variance / np.minimum(sum_a[:, None], sum_b)
        fits = _log_normal(np.log(sum_b) - np.log(sum_a)[:, None], 0.0, variance)
        if k == h:
            # The joint density is symmetric: the mean of "target given source" and "source given target".
            apart = (_background(sum_a, mean, deviation)[:, None] + _background(sum_b, mean, deviation)) / 2
            if k == 2:
                apart = (_summed(log_a, 2)[:, None] - _halves(a)[:, None] + _summed(log_b, 2) - _halves(b)) / 2
        elif h == 2:
            split = fits - (_summed(log_b, 2) - _halves(b))
            joined = fits - log_a[:, None]
            result[k, h] = np.logaddexp(split, joined) + math.log(0.6)
            continue
        else:
            split = fits - (_summed(log_a, 2) - _halves(a))[:, None]
            joined = fits - log_b
            result[k, h] = np.logaddexp(split, joined) + math.log(0.6)
            continue
        result[k, h] = fits - apart
    return result


def _background(lengths: Matrix, mean: float, deviation: float) -> Matrix:
    """Log density of the log lengths of an article's paragraphs; a wide part stands for headings and thanks."""
    logs = np.log(lengths)
    result: Matrix = np.logaddexp(
        math.log(1.0 - _WIDE_SHARE) + _log_normal(logs, mean, deviation**2),
        math.log(_WIDE_SHARE) + _log_normal(logs, mean, (_WIDE_TIMES * deviation) ** 2),
    )
    return result


def _halves(lengths: Matrix) -> Matrix:
    """Log density of two neighbours as the parts of one passage, given the sum of their lengths."""
    total = lengths[:-1] + lengths[1:]
    fraction = lengths[:-1] / total
    product = fraction * (1.0 - fraction)
    result: Matrix = np.log(30.0 * product**3)
    return result


def _log_normal(value: Matrix, mean: float, variance: Matrix | float) -> Matrix:
    result: Matrix = -0.5 * ((value - mean) ** 2 / variance + np.log(2.0 * math.pi * variance))
    return result


def _best_path(scores: Mapping[Shape, Matrix], options: AlignOptions) -> tuple[list[Step], float]:
    """The best sequence of steps and its log likelihood ratio, by the Viterbi algorithm.

    Two states: after a bead, and after a gap (where a further gap is cheaper). Ties go to the earlier of `SHAPES`, and
    of gaps to the source's.
    """
    n, m = scores[1, 1].shape
    low, high = min(0, m - n) - options.band, max(0, m - n) + options.band
    worst = -math.inf
    # Two rows and columns of padding before the first: entry (i + 2, j + 2) is before paragraphs i and j.
    ending = np.full((len(SHAPES), n + 3, m + 3), worst)
    for number, (k, h) in enumerate(SHAPES):
        if (k, h) in scores:
            ending[number, k + 2 :, h + 2 :] = scores[k, h] + options.prior[k, h]
    bead, gap, best = (np.full((n + 3, m + 3), worst) for _ in range(3))
    bead[2, 2] = best[2, 2] = 0.0
    opened, extended = options.gap_open, options.gap_extend
    slope = extended * np.arange(m + 1)
    for i in range(n + 1):
        first, last = max(0, i + low) + 2, min(m, i + high) + 3
        row, width = i + 2, last - first
        if i:
            ends = ending[:, row, first:last]
            before, before_two = best[row - 1], best[row - 2]
            beads = np.maximum(before[first - 1 : last - 1] + ends[0], before[first - 2 : last - 2] + ends[1])
            np.maximum(beads, before_two[first - 1 : last - 1] + ends[2], out=beads)
            np.maximum(beads, before_two[first - 2 : last - 2] + ends[3], out=beads)
            bead[row, first:last] = beads
        gaps = np.maximum(bead[row - 1, first:last] + opened, gap[row - 1, first:last] + extended)
        np.maximum(gaps, bead[row, first - 1 : last - 1] + opened, out=gaps)
        # A gap goes on along the row: the best beginning, by what going on from it has cost.
        gaps = np.maximum.accumulate(gaps - slope[:width]) + slope[:width]
        gap[row, first:last] = gaps
        np.maximum(bead[row, first:last], gaps, out=best[row, first:last])
    path: list[Step] = []
    i, j = n, m
    in_gap = bool(gap[-1, -1] > bead[-1, -1])
    while i or j:
        row, column = i + 2, j + 2
        if in_gap:
            ways = (
                bead[row - 1, column] + opened,
                gap[row - 1, column] + extended,
                bead[row, column - 1] + opened,
                gap[row, column - 1] + extended,
            )
            step = ways.index(max(ways))
            k, h = (1, 0) if step < 2 else (0, 1)
            in_gap = step % 2 == 1
        else:
            totals = [best[row - k, column - h] + ending[number, row, column] for number, (k, h) in enumerate(SHAPES)]
            k, h = SHAPES[totals.index(max(totals))]
            in_gap = bool(gap[row - k, column - h] > bead[row - k, column - h])
        i, j = i - k, j - h
        path.append((i, j, k, h))
    return path[::-1], float(best[-1, -1])
