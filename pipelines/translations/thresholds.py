"""The thresholds of the alignment."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

Shape = tuple[int, int]
"""(k, h): a bead of k source passages and h target passages."""


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
    # The shapes of the first pass, whose 1-1 beads teach the article's own values; other shapes change little in them.
    first_shapes: frozenset[Shape] = frozenset({(1, 1)})
    gap_open: float = math.log(0.02)  # a caption, an advertisement, a paragraph left out
    gap_extend: float = math.log(0.3)  # whole sections are left out at once
    ratio_sd: float = 0.09  # of the log length ratio of long paragraphs (0.07 to 0.11 in the seeds' ten pairs)
    ratio_sd_first: float = 0.16  # the same before the article has corrected the expectation
    short_variance: float = 1.6  # divided by the length: short paragraphs vary more (16 letters against 12)
    anchor_weight: float = 0.75  # anchors of one paragraph are not independent evidence
    anchor_limit: float = 30.0  # one paragraph full of names must not outweigh a whole neighbourhood
    absent_limit: float = -4.0
    same_sentences: float = 0.85  # how often a translation has as many sentences, before the article's own values
    same_end: float = 0.93  # how often both sides end with a full stop or neither does
    sentence_weight: float = 0.65  # the number of sentences goes with the length
    cut_at_boundary: float = 0.85  # how often a split is where the translation too has the end of a sentence or clause
    kind_mismatch: float = -2.0  # a heading against a paragraph
    scorer_weight: float = 20.0  # log odds for a difference of 1 in a user's similarity, over the article's mean
    band: int = 60  # paragraphs on either side of the diagonal that are considered
    most_pairs: int = 4_000_000  # of paragraphs, one of each side: 2,000 and 2,000 take about 1 GB
    # Mean evidence per paragraph of the shorter side below which two texts are different articles. Measured, with the
    # leniency added: different articles at most 0.1 (1,426 pairs); versions of which half is missing 2.3 and more, but
    # -0.3 to 2 where paragraphs are short and without numbers; whole versions 4 to 13.
    refuse_below: float = 0.3
    # Divided by the number of paragraphs and taken off `refuse_below`: one paragraph alone proves little.
    refuse_leniency: float = 2.5
    # Whether a bead's score means that both sides say the same, no more and no less (`unit_scores`), or only that they
    # are translations at all.
    exact_scores: bool = False
    # Log odds that two sides of a bead on the best path are translations, before their text is looked at.
    score_prior: float = 3.0


def _of_sentences() -> dict[Shape, float]:
    shares = {(1, 1): 0.9, (1, 2): 0.02, (2, 2): 0.006, (1, 3): 0.004, (1, 4): 0.001, (2, 3): 0.002}
    return {shape: math.log(share) for (k, h), share in shares.items() for shape in dict.fromkeys([(k, h), (h, k)])}


SENTENCES = AlignOptions(
    # Translators split and join sentences where they leave paragraphs as they are, up to five of them in one bead.
    prior=_of_sentences(),
    first_shapes=frozenset(_of_sentences()),  # too few are 1-1
    # A sentence that seems to be missing is mostly a part of its neighbour.
    gap_open=math.log(0.01),
    gap_extend=math.log(0.1),
    sentence_weight=0.0,  # each is one sentence
    cut_at_boundary=0.5,  # a sentence that was split need not have had a comma there
    exact_scores=True,
    refuse_below=-math.inf,  # their aligned paragraphs already show that they are translations
)
"""The thresholds for sentences within aligned paragraphs; what helps here does harm between paragraphs."""
