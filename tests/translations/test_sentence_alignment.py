"""Sentences within aligned paragraphs: options of their own, and what they do to paragraphs of a known truth."""

from __future__ import annotations

import itertools

import pytest
from disturbances import OTHER_SHAPES, SENTENCE_KINDS, Case, own_groups, sentence_cases

from pipelines.translations.align import SENTENCES, Alignment, AlignOptions, align, document
from pipelines.translations.evidence import Evidence
from pipelines.translations.filters import FilterOptions
from pipelines.translations.unit_scores import unit_scores

# Five paragraphs side by side of the project's own articles stand for the five sentences of one.
RUN = 5


def _cases(kind: str) -> list[Case]:
    found = []
    for group in own_groups(OTHER_SHAPES):
        runs = {
            code: ["\n".join(texts[start : start + RUN]) for start in range(0, len(texts) - RUN + 1, RUN)]
            for code, texts in group.items()
        }
        found += list(sentence_cases(runs, list(itertools.permutations(sorted(runs), 2)), kind))
    return found


def _aligned(case: Case, options: AlignOptions = SENTENCES) -> Alignment:
    source, target = document(case.source, case.languages[0]), document(case.target, case.languages[1])
    return align(source, target, options=options)


def _right(kind: str, options: AlignOptions = SENTENCES) -> float:
    """The share of the true beads that are found."""
    right = true = 0
    for case in _cases(kind):
        alignment = _aligned(case, options)
        right += len(case.truth & {(bead.source, bead.target) for bead in alignment.beads})
        true += len(case.truth)
    assert true > 400
    return right / true


# What is reached on texts of short paragraphs, half of them without any anchor, rounded down.
FLOORS = {
    "left out": 0.91,
    "put in": 0.92,
    "two joined": 0.97,
    "three joined": 0.97,
    "two split": 0.97,
    "as it was": 0.99,
}


@pytest.mark.parametrize("kind", SENTENCE_KINDS)
def test_what_translators_do_to_sentences_is_found(kind: str) -> None:
    """Left out, put in, joined and split sentences are found, and nothing is found where nothing was done."""
    assert _right(kind) >= FLOORS[kind]


def test_three_sentences_in_one_are_found_by_the_options_of_sentences_alone() -> None:
    """The options of paragraphs have no bead of 3-1."""
    assert _right("three joined", AlignOptions()) < 0.7


def test_no_paragraph_is_refused() -> None:
    """Whatever was done to it: that both sides are one paragraph is known, also where a sentence became three."""
    for kind in SENTENCE_KINDS:
        assert not any(_aligned(case).refused for case in _cases(kind))


def test_beads_have_up_to_five_sentences_and_cover_all() -> None:
    """Every sentence of both sides is in one bead, in order, and no bead is larger than five."""
    shapes = set()
    for kind in SENTENCE_KINDS:
        for case in _cases(kind):
            beads = _aligned(case).beads
            assert [i for bead in beads for i in bead.source] == list(range(len(case.source)))
            assert [j for bead in beads for j in bead.target] == list(range(len(case.target)))
            shapes.update((len(bead.source), len(bead.target)) for bead in beads)
    assert (3, 1) in shapes
    assert max(sum(shape) for shape in shapes) <= 5


def test_the_score_tells_exact_units_from_partial_ones() -> None:
    """Of the 1-1 units above the filter's threshold less than half as many are wrong, and most right ones stay."""
    threshold = FilterOptions().min_score
    units = [
        (bead.score >= threshold, (bead.source, bead.target) in case.truth)
        for kind in SENTENCE_KINDS
        for case in _cases(kind)
        for bead in _aligned(case).beads
        if bead.shape == "1-1"
    ]
    right, kept = sum(exact for _, exact in units), [exact for sure, exact in units if sure]
    assert right > 2_000
    assert sum(kept) > 0.75 * right
    assert 1 - sum(kept) / len(kept) < 0.5 * (1 - right / len(units))


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Trạm bơm mở cửa lúc 7h45.", "The pumping station opens at 9:20."),
        ("Có 1.250 hộ dân được cấp nước.", "There are 3,470 households with water."),
        ("Trời mưa suốt đêm.", "It rained all night, and nobody came to the market."),
    ],
)
def test_other_figures_or_lengths_make_a_unit_unsure(source: str, target: str) -> None:
    """Numbers, times of day, and more text than the ratio allows."""
    around = [("Mẹ đi chợ.", "Mother goes to the market."), ("Cha ở nhà.", "Father stays at home.")]
    (before, its), (behind, its_own) = around

    def score(first: str, second: str) -> float:
        case = document([before, first, behind], "vi"), document([its, second, its_own], "en")
        beads = align(*case, options=SENTENCES).beads
        return next(bead.score for bead in beads if bead.source == (1,) and bead.shape == "1-1")

    sure = score("Nước chảy qua đồng lúa về làng.", "Water runs through the paddy to the village.")
    assert sure >= FilterOptions().min_score > score(source, target)


def test_a_unit_beside_a_gap_is_less_sure_and_the_next_one_is_not() -> None:
    """Of two ways through one pair of texts, one leaves out the first sentence of the source."""
    source, target = document(["Một.", "Hai.", "Ba.", "Bốn."], "vi"), document(["Two.", "Three.", "Four."], "en")
    scores = Evidence(source, target, SENTENCES, None).scores(0.0, 0.3)
    units = [(1, 0, 1, 1), (2, 1, 1, 1), (3, 2, 1, 1)]
    with_gap, without = (
        unit_scores(path, scores, source, target, (0.0, 0.3), SENTENCES) for path in ([(0, 0, 1, 0), *units], units)
    )
    assert with_gap[0] == 0.0
    assert with_gap[1] < without[0]
    assert with_gap[2:] == without[1:]
