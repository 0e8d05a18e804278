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
  how reliable that is, the article says too; the parts of a passage that was split or joined meet where it has the end
  of a sentence or clause;
- order: beads that merge or leave out are rarer than 1-1, and leaving out goes on more easily than it begins.

The same texts always give the same beads. Most of the time goes into a band around the diagonal; memory grows with the
product of the two numbers of paragraphs, so that pairs beyond `AlignOptions.most_pairs` are refused.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines import notebook
from pipelines.translations.documents import VersionDocument, document
from pipelines.translations.evidence import Evidence, Scorer
from pipelines.translations.lengths import log_ratio
from pipelines.translations.paths import best_path
from pipelines.translations.thresholds import SENTENCES, AlignOptions
from pipelines.translations.unit_scores import unit_scores

__all__ = ["SENTENCES", "AlignOptions", "Alignment", "Bead", "Scorer", "VersionDocument", "align", "document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bead:
    """Indices of paragraphs that translate each other (either may be empty), and how sure that is, 0 to 1."""

    source: tuple[int, ...]
    target: tuple[int, ...]
    score: float

    @property
    def shape(self) -> str:
        """``1-1``, ``1-2``, ``2-1``, ``2-2``, ``1-0`` or ``0-1``; of sentences also ``1-3``, ``3-2`` and their like."""
        return f"{len(self.source)}-{len(self.target)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """Beads in order, covering every paragraph of both sides once.

    `refused` is a reason where the two texts are not versions of one article, or are too long; all beads are then 1-0
    and 0-1. `evidence` is the mean log likelihood ratio per paragraph of the shorter side, `log_ratio` the fitted
    logarithm of target length over source length.
    """

    beads: tuple[Bead, ...]
    evidence: float
    log_ratio: float
    refused: str | None = None

    def __repr__(self) -> str:
        shapes = notebook.shapes(self)
        return notebook.line(
            "Alignment", f"{len(self.beads)} beads: {shapes}", f"evidence {self.evidence:.2f}", self.refused
        )

    def _repr_html_(self) -> str:
        return notebook.alignment(self)


def align(
    source: VersionDocument,
    target: VersionDocument,
    *,
    options: AlignOptions | None = None,
    ratios: Mapping[tuple[str, str], float] | None = None,
    scorer: Scorer | None = None,
) -> Alignment:
    """Align two language versions of one article; with the options `SENTENCES`, the sentences of aligned paragraphs.

    `ratios` are fitted log length ratios (`lengths.fit`); `scorer` is a similarity of the user's own, used beside
    length and anchors.
    """
    options = options or AlignOptions()
    expected = log_ratio(source.language, target.language, ratios)
    if not source.paragraphs or not target.paragraphs:
        return _apart(source, target, expected, 0.0, "one side is empty")
    n, m = len(source.paragraphs), len(target.paragraphs)
    if n * m > options.most_pairs:
        return _apart(source, target, expected, 0.0, f"too long to be aligned ({n:,} and {m:,} paragraphs)")
    evidence = Evidence(source, target, options, scorer)
    scores = evidence.scores(expected, options.ratio_sd_first, options.first_shapes)
    path, _ = best_path(scores, options)
    expected, sd = evidence.refit(path, expected)
    scores = evidence.scores(expected, sd)
    path, total = best_path(scores, options)
    shorter = min(n, m)
    mean = total / shorter
    if mean < options.refuse_below - options.refuse_leniency / shorter:
        return _apart(source, target, expected, mean, f"not versions of one article (evidence {mean:.2f})")
    if options.exact_scores:
        sure = unit_scores(path, scores, source, target, (expected, sd), options)
    else:
        sure = [_confidence(float(scores[k, h][i, j]) / max(k, h), options) if k and h else 0.0 for i, j, k, h in path]
    beads = tuple(
        Bead(source=tuple(range(i, i + k)), target=tuple(range(j, j + h)), score=score)
        for (i, j, k, h), score in zip(path, sure, strict=True)
    )
    return Alignment(beads=beads, evidence=mean, log_ratio=expected)


def _apart(source: VersionDocument, target: VersionDocument, expected: float, mean: float, reason: str) -> Alignment:
    beads = [Bead(source=(i,), target=(), score=0.0) for i in range(len(source.paragraphs))]
    beads += [Bead(source=(), target=(j,), score=0.0) for j in range(len(target.paragraphs))]
    return Alignment(beads=tuple(beads), evidence=mean, log_ratio=expected, refused=reason)


def _confidence(evidence: float, options: AlignOptions) -> float:
    """Evidence per paragraph as a probability; halved, since its parts are not independent."""
    return round(1.0 / (1.0 + math.exp(-(evidence + options.score_prior) / 2.0)), 4)
