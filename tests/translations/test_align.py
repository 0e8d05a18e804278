"""Alignment of paragraphs: known truth, known disturbances."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from disturbances import OTHER_SHAPES, Beads, Group, cases, own_groups, seed_group

from pipelines.errors import UsageError
from pipelines.translations.align import Alignment, AlignOptions, align, document
from pipelines.translations.anchors import CLASSES
from pipelines.translations.evidence import Evidence
from pipelines.translations.paths import best_path

OWN = own_groups()
OTHERS = own_groups(OTHER_SHAPES)


def _beads(alignment: Alignment) -> Beads:
    return frozenset((bead.source, bead.target) for bead in alignment.beads)


def _aligned(source: list[str], target: list[str], languages: tuple[str, str]) -> Alignment:
    return align(document(source, languages[0]), document(target, languages[1]))


def _undisturbed(group: Group) -> None:
    for first, second in itertools.permutations(group, 2):
        alignment = _aligned(group[first], group[second], (first, second))
        assert [bead.shape for bead in alignment.beads] == ["1-1"] * len(group[first]), (first, second)
        assert [bead.source for bead in alignment.beads] == [bead.target for bead in alignment.beads]
        mean = sum(bead.score for bead in alignment.beads) / len(alignment.beads)
        assert mean > 0.9, (first, second, mean)


@pytest.fixture(scope="session")
def seeds(shared_dir: Path) -> Group:
    """The five seeds' gold paragraphs."""
    group = seed_group(shared_dir / "gold")
    assert len(group) == 5
    assert {len(paragraphs) for paragraphs in group.values()} == {19}
    return group


def test_seeds_align_one_to_one(seeds: Group) -> None:
    """All pairs of the five seeds give 19 beads 1-1, in order, with high scores."""
    _undisturbed(seeds)


def test_own_articles_align_one_to_one() -> None:
    """Every pair of the project's own parallel articles aligns 1-1 throughout."""
    assert OWN
    for group in OWN:
        assert len(group) >= 9
        _undisturbed(group)


def test_articles_of_other_shapes_align_one_to_one() -> None:
    """So does every pair of an interview with a list, and of a story in short paragraphs without a number."""
    assert [len(group) for group in OTHERS] == [6, 6]
    for group in OTHERS:
        for first, second in itertools.permutations(group, 2):
            alignment = _aligned(group[first], group[second], (first, second))
            assert [bead.shape for bead in alignment.beads] == ["1-1"] * len(group[first]), (first, second)


def test_different_articles_of_other_shapes_are_refused() -> None:
    """Articles of short paragraphs are told from one another as well."""
    checked = 0
    for one, other in itertools.permutations([*OWN, *OTHERS], 2):
        for (first, source), (second, target) in itertools.product(sorted(one.items()), sorted(other.items())):
            if sum(map(ord, first + second)) % 3 == 0:  # a third of the pairs is quick
                assert _aligned(source, target, (first, second)).refused, (first, second)
                checked += 1
    assert checked > 100


@pytest.mark.parametrize("kind", ["removed", "added", "split", "joined"])
def test_disturbed_seeds(kind: str, seeds: Group) -> None:
    """A paragraph removed, added, split or joined in a seed is found: precision and recall 0.99 over all pairs."""
    _precise([seeds], kind, per_pair=6, floor=0.99)


@pytest.mark.parametrize("kind", ["removed", "added", "split", "joined"])
def test_disturbed_articles_together(kind: str, seeds: Group) -> None:
    """The same over all language pairs of the seeds and the project's own articles."""
    _precise([*OWN, seeds], kind, per_pair=2, floor=0.99)


# What the code reaches on the project's own articles, rounded down (docs/alignment.md has the figures).
OWN_FLOORS = {"removed": 0.99, "added": 0.99, "split": 0.99, "joined": 0.99, "halved": 0.99, "captions": 0.98}


@pytest.mark.parametrize("kind", OWN_FLOORS)
def test_disturbed_own_articles(kind: str) -> None:
    """The same on seventeen languages of ten scripts."""
    _precise(OWN, kind, per_pair=2, floor=OWN_FLOORS[kind])


# The same for articles of short paragraphs in six languages, half of them questions, list items or without any anchor.
OTHER_FLOORS = {"removed": 0.985, "added": 0.985, "split": 0.985, "joined": 0.97}


@pytest.mark.parametrize("kind", OTHER_FLOORS)
def test_disturbed_articles_of_other_shapes(kind: str) -> None:
    """An interview with dashes, a list and many numbers, and a story without any number."""
    assert len(OTHERS) == 2
    _precise(OTHERS, kind, per_pair=3, floor=OTHER_FLOORS[kind], running=20)


def test_sentences_tell_paragraphs_of_one_length_apart() -> None:
    """Of two paragraphs of one length without an anchor, the one with as many sentences is the translation."""
    around = [f"{year}: {year * 7} / {year * 3}." for year in range(1991, 1999)]
    one, two = "Cha tôi đi biển từ khi còn nhỏ.", "Mẹ chờ ở trên bến. Trời lặng."
    source = [*around[:4], one, two, *around[4:]]
    for english, kept in (("Father sailed from his boyhood.", 4), ("Mother waits there. It is calm.", 5)):
        target = [*around[:4], english, *around[4:]]
        beads = _beads(_aligned(source, target, ("vi", "en")))
        assert ((kept,), (4,)) in beads
        assert ((9 - kept,), ()) in beads


def _precise(groups: list[Group], kind: str, *, per_pair: int, floor: float, running: int = 50) -> None:
    right = found = true = 0
    for case in cases(groups, kind, per_pair=per_pair, running=running):
        alignment = align(document(case.source, case.languages[0]), document(case.target, case.languages[1]))
        assert alignment.refused is None
        beads = _beads(alignment)
        right, found, true = right + len(beads & case.truth), found + len(beads), true + len(case.truth)
    assert true > 500
    assert right / found >= floor, f"precision {right / found:.4f}"
    assert right / true >= floor, f"recall {right / true:.4f}"


def test_swapped_paragraphs_are_one_bead() -> None:
    """Two neighbours that changed places come as one 2-2 bead: no wrong 1-1 pair is made of them."""
    vietnamese, english = OWN[0]["vi"], list(OWN[0]["en"])
    english[3], english[4] = english[4], english[3]
    assert ((3, 4), (3, 4)) in _beads(_aligned(vietnamese, english, ("vi", "en")))


def test_different_articles_are_refused(seeds: Group) -> None:
    """Two articles that have nothing to do with each other give a reason and no aligned bead."""
    pairs = list(itertools.product(seeds.items(), OWN[0].items()))
    assert len(pairs) >= 45
    for (first, source), (second, target) in pairs:
        alignment = _aligned(source, target, (first, second))
        assert alignment.refused, (first, second)
        assert {bead.shape for bead in alignment.beads} == {"1-0", "0-1"}


def test_empty_side_is_refused() -> None:
    """A version without paragraphs is refused, and the other side's paragraphs are all accounted for."""
    alignment = _aligned([], ["Một đoạn."], ("en", "vi"))
    assert alignment.refused == "one side is empty"
    assert _beads(alignment) == {((), (0,))}


def test_every_paragraph_is_in_one_bead() -> None:
    """Whatever the disturbance, each paragraph of both sides is in exactly one bead."""
    seen = 0
    for kind in ("halved", "captions", "swapped"):
        for case in itertools.islice(cases(OWN, kind, per_pair=1), 20):
            alignment = align(document(case.source, case.languages[0]), document(case.target, case.languages[1]))
            assert [i for bead in alignment.beads for i in bead.source] == list(range(len(case.source)))
            assert [j for bead in alignment.beads for j in bead.target] == list(range(len(case.target)))
            seen += 1
    assert seen == 60


def test_direction_does_not_matter() -> None:
    """Aligning B with A gives the beads of A with B, turned round."""
    group = OWN[0]
    there = _beads(_aligned(group["ja"][2:], group["en"][:-2], ("ja", "en")))
    back = _beads(_aligned(group["en"][:-2], group["ja"][2:], ("en", "ja")))
    assert {(target, source) for source, target in there} == back


def test_kinds_tell_headings_from_paragraphs() -> None:
    """With kinds, a heading that one side lacks is not paired with a short paragraph."""
    source = document(["Chợ mới", "Chợ đông.", "Hết."], "vi", ["heading", "paragraph", "paragraph"])
    target = document(["It is full.", "The end."], "en", ["paragraph", "paragraph"])
    beads = _beads(align(source, target))
    assert ((0,), ()) in beads


def test_kinds_must_fit() -> None:
    """Kinds in another number than paragraphs are an error that says so."""
    with pytest.raises(UsageError, match="1 kinds for 2 paragraphs"):
        document(["a", "b"], "en", ["paragraph"])


def test_scorer_of_the_user_decides() -> None:
    """A similarity of the user's own finds what length and anchors cannot."""
    source = ["aaa bbb ccc.", "ddd eee fff.", "ggg hhh iii.", "jjj kkk lll."]
    target = ["Ddd mmm nnn.", "Ggg ooo ppp.", "Jjj qqq rrr."]
    wanted = {"aaa": "Aaa", "ddd": "Ddd", "ggg": "Ggg", "jjj": "Jjj"}

    def scorer(left: object, right: object) -> list[list[float]]:
        assert isinstance(left, tuple)
        assert isinstance(right, tuple)
        return [[1.0 if b.startswith(wanted[a[:3]]) else 0.0 for b in right] for a in left]

    alignment = align(document(source, "xx"), document(target, "yy"), scorer=scorer)
    assert _beads(alignment) == {((0,), ()), ((1,), (0,)), ((2,), (1,)), ((3,), (2,))}


def test_scorer_that_fails_is_named() -> None:
    """What a scorer raises, or a result that holds no numbers, is an error of ours that tells the cause."""
    for wrong in (lambda left, right: left[99], lambda left, right: "text"):
        with pytest.raises(UsageError, match=r"the scorer failed on 2 and 1 texts \((Index|Value)Error"):
            align(document(["a", "b"], "en"), document(["c"], "fr"), scorer=wrong)


def test_scorer_with_a_wrong_matrix_is_named() -> None:
    """A scorer that returns another shape is an error that names both shapes."""
    with pytest.raises(UsageError, match=r"shape \(1, 1\) for 2 and 1 texts"):
        align(document(["a", "b"], "en"), document(["c"], "fr"), scorer=lambda left, right: [[1.0]])


def test_long_articles() -> None:
    """Three hundred paragraphs with a gap align without a wrong bead, within the band."""
    group = OWN[0]
    source = [f"{p} ({n})" for n in range(1000, 1020) for p in group["vi"]]
    target = [f"{p} ({n})" for n in range(1000, 1020) for p in group["en"]]
    count = len(source)
    del target[100:120]
    beads = _beads(_aligned(source, target, ("vi", "en")))
    expected = {((i,), (i - 20 * (i >= 120),)) for i in range(count) if not 100 <= i < 120}
    assert len(beads & expected) >= 0.99 * len(expected)


def test_a_long_article_is_aligned_in_a_band_as_without_one() -> None:
    """What lies outside the band is not looked at, and nothing within it changes."""
    words = ["river", "school", "government", "market", "doctor", "hospital", "bridge", "forest", "music", "winter"]
    named = [" ".join(words[i * k % 10] for k in range(1, 4 + i % 7)) for i in range(240)]
    texts = [f"{names}, {i * 37 % 101}. And so on." for i, names in enumerate(named)]
    source, target = document(texts, "en"), document([*texts[:50], *texts[60:]], "en")
    banded = align(source, target, options=AlignOptions(band=30))
    whole = align(source, target, options=AlignOptions(band=1_000))
    assert replace(banded, evidence=whole.evidence) == whole
    assert banded.evidence == pytest.approx(whole.evidence)
    assert sum(bead.shape == "1-1" for bead in banded.beads) > 225
    assert align(target, source, options=AlignOptions(band=30)) == align(target, source)


def test_articles_too_long_for_memory_are_refused() -> None:
    """With the reason, and every paragraph alone; those at the limit are aligned."""
    source, target = document([f"One {i}." for i in range(12)], "en"), document([f"Un {i}." for i in range(11)], "fr")
    refused = align(source, target, options=AlignOptions(most_pairs=131))
    assert refused.refused == "too long to be aligned (12 and 11 paragraphs)"
    assert len(refused.beads) == 23
    assert align(source, target, options=AlignOptions(most_pairs=132)).refused is None


def test_to_open_a_gap_costs_more_than_to_go_on() -> None:
    """Of two paragraphs that are left out, neighbours are likelier than two apart, unless the text says otherwise."""
    options = AlignOptions()
    assert options.gap_open < options.gap_extend < 0

    def kept(second: float, third: float) -> int:
        scores = np.full((4, 2), -50.0)
        scores[0, 0], scores[1, 1], scores[2, 1] = 5.0, second, third
        path, _ = best_path({(1, 1): scores}, options)
        return next(i for i, j, k, h in path if (j, k, h) == (1, 1, 1))

    between = (options.gap_extend - options.gap_open) / 2
    assert kept(5.0, 5.0 + between) == 1
    assert kept(5.0, 5.0 + 4 * between) == 2


def test_numbers_that_are_lost_once_leave_one_that_is_kept_as_sure_as_it_was() -> None:
    """What comes but once is judged apart from what comes again and again."""
    source = ["Có 4242 người.", "Có 4242 xe.", "Năm 711.", "Và 812 nữa."]
    kept = ["There are 4242 people.", "There are 4242 cars.", "Year 711 again.", "And 812 more."]
    swapped = ["There are 4242 people, 711.", "There are 4242 cars, 812.", "Year again.", "And more."]
    found = []
    for target in (kept, swapped):
        evidence = Evidence(document(source, "vi"), document(target, "en"), AlignOptions(), None)
        evidence.refit([(place, place, 1, 1) for place in range(4)], 0.0)
        found.append(dict(zip(("4242", "711", "812"), evidence.reliability.tolist(), strict=False)))
    assert found[0]["4242"] == found[1]["4242"]
    assert found[0]["711"] > found[1]["711"]


def test_one_sentence_more_is_not_counted_against_a_pair_as_two_are() -> None:
    """Who translates may part a sentence, or join two."""
    said = ["It rains.", "It snows.", "It hails.", "It thaws."]
    source = document([" ".join(said[:number]) for number in (1, 2, 4)], "en")
    target = document([" ".join(said[:number]) for number in (1, 3, 4)], "en")
    assert (source.sentences, target.sentences) == ((1, 2, 4), (1, 3, 4))
    _, same, far = Evidence(source, target, AlignOptions(), None).counted[1, 1]
    assert same.tolist() == [[True, False, False], [False, False, False], [False, False, True]]
    assert (far < 0).tolist() == [[False, True, True], [False, False, True], [True, False, False]]


def _refitted(pairs: list[tuple[str, str]]) -> tuple[float, float]:
    """What is learnt of lengths where each source text stands beside its target."""
    evidence = Evidence(
        document([source for source, _ in pairs], "en"),
        document([target for _, target in pairs], "en"),
        AlignOptions(),
        None,
    )
    return evidence.refit([(place, place, 1, 1) for place in range(len(pairs))], 0.0)


def test_scores_have_four_digits() -> None:
    """As they stand in files: more would say nothing, and make them larger."""
    target = ["Le marché ouvre à 5 h 30.", "Il y a 1200 barques.", "Rien."]
    alignment = _aligned(["The market opens at 5:30.", "There are 1200 boats.", "Nothing."], target, ("en", "fr"))
    scores = [bead.score for bead in alignment.beads]
    assert any(scores)
    assert scores == [round(score, 4) for score in scores]


LONG = "The market opens at dawn, and closes before noon."


@pytest.mark.parametrize(
    ("pairs", "expected", "spread"),
    [
        ([], 0.0, 1.0),  # nothing is learnt
        # What was expected counts as four paragraphs: as many that differ by nothing halve the variance.
        ([(LONG, LONG)] * 4, 0.0, (4 / 8) ** 0.5),
        ([(LONG, LONG)] * 12, 0.0, (4 / 16) ** 0.5),
        ([(LONG, LONG * 2)] * 4, np.log(2) * 4 / 8, None),
        ([(LONG, LONG * 2)] * 3 + [(LONG, LONG)], np.log(2) * 4 / 8, None),  # the median: one is no evidence
        ([("At dawn.", "At dawn. At dawn.")] * 4, 0.0, None),  # short ones say nothing of the ratio
    ],
)
def test_of_lengths_is_learnt_what_many_paragraphs_say(
    pairs: list[tuple[str, str]], expected: float, spread: float | None
) -> None:
    """The ratio of the long ones, by their number; the spread is smaller the more of them are as expected."""
    found, sd = _refitted(pairs)
    assert found == pytest.approx(expected, abs=0.03)
    if spread is not None:
        assert sd == pytest.approx(AlignOptions().ratio_sd * spread)


def test_one_outlier_does_not_make_every_length_credible() -> None:
    """A paragraph ten times as long counts no more than one that is twice the usual spread away."""
    usual = [(LONG, LONG)] * 8
    found = {times: _refitted([*usual, (LONG, " ".join([LONG] * times))])[1] for times in (1, 10, 40)}
    assert found[1] < found[10] == pytest.approx(found[40])
    assert found[10] < AlignOptions().ratio_sd


def test_in_one_script_words_are_compared_as_they_are_written() -> None:
    """Their consonants alone say less; between two scripts they are all there is."""
    english = document(["Professor Kovalenko presented the museum catalogue in Odessa.", "Nothing more."], "en")
    french = document(["Le professeur Kovalenko a présenté le catalogue du musée à Odessa.", "Rien de plus."], "fr")
    russian = document(["Профессор Коваленко представил каталог музея в Одессе.", "Больше ничего."], "ru")
    classes = {
        other: set(Evidence(english, target, AlignOptions(), None).classes.tolist())
        for other, target in (("fr", french), ("ru", russian))
    }
    words, skeletons = (list(CLASSES).index(name) for name in "wk")
    assert words in classes["fr"]
    assert skeletons not in classes["fr"]
    assert skeletons in classes["ru"]
    assert words not in classes["ru"]
