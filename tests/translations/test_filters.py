"""What each filter takes out, and what it leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making_articles import make_article

from pipelines.errors import UsageError
from pipelines.translations.align import align
from pipelines.translations.digests import Digests, digest_of
from pipelines.translations.filters import NAMES, FilterOptions, PairFilter, filter_options, numbers_equal
from pipelines.translations.units import Side, Unit, VersionText

EN, FR = (make_article("bai", code) for code in ("en", "fr"))


def _reading(**changes: Any) -> VersionText:
    return VersionText(slug="bai", language="en", article=make_article("bai", "en", **changes))


def _unit(source: str, target: str, *, shape: str = "1-1") -> Unit:
    sides = [
        Side(language=code, text=text, ids=("p0",), url=None, slug="bai", content_sha256="0")
        for code, text in (("en", source), ("fr", target))
    ]
    return Unit(source=sides[0], target=sides[1], shape=shape, score=0.9, kind="paragraph")


GOOD = _unit("In 2025, 1,200 boats moor there.", "En 2025, 1 200 barques y accostent.")


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        (_unit("In 2025, 1,200 boats moor there.", "En 2025, 1 200 barques y accostent.", shape="1-2"), "one_to_one"),
        (_unit("Vietnam News Agency!", "VIETNAM NEWS AGENCY"), "identical_sides"),
        (_unit("Thank you.", "Merci à tous, vraiment."), "min_tokens"),
        (
            _unit("One two three, and nothing more.", "Un deux trois, " + "et encore bien plus que cela " * 5),
            "length_ratio",
        ),
        (_unit("In 2025, 1,200 boats moor there.", "En 2025, 1 300 barques y accostent."), "equal_numbers"),
    ],
)
def test_each_filter_removes_its_own(unit: Unit, name: str) -> None:
    """A filter takes its case out when it is on, alone, and lets it stay when it is the only one off."""
    reading = _reading()
    assert PairFilter(filter_options(only=[name])).reason(unit, reading, reading, 0.15) == name
    assert PairFilter(filter_options([name])).reason(unit, reading, reading, 0.15) != name
    assert PairFilter(filter_options(only=[name])).reason(GOOD, reading, reading, 0.15) is None


def test_good_unit_passes_all() -> None:
    """A plain translation passes every filter."""
    reading = _reading()
    assert PairFilter(FilterOptions()).reason(GOOD, reading, reading, 0.15) is None


def test_unsure_sentences_go() -> None:
    """Sentences whose score is below the bound; paragraphs, and sentences at it, stay."""
    reading, bound = _reading(), FilterOptions().min_score
    unit = replace(GOOD, kind="sentence", score=bound - 0.01)
    found = [unit, replace(unit, score=bound), replace(unit, kind="paragraph")]
    assert [PairFilter(filter_options(only=["unsure"])).reason(u, reading, reading, 0.15) for u in found] == [
        "unsure",
        None,
        None,
    ]


def test_untranslated_paragraph() -> None:
    """A unit with a paragraph that the record marks as untranslated goes."""
    marked = _reading(untranslated=(0,))
    assert PairFilter(FilterOptions()).reason(GOOD, _reading(), marked, 0.15) == "untranslated"


def test_duplicates_are_remembered() -> None:
    """The second copy goes as an exact duplicate, one that differs in digits and case as a near one."""
    reading, filtering = _reading(), PairFilter(FilterOptions())
    near = _unit("in 2024, 1,300 boats MOOR there.", "En 2024, 1 300 barques y accostent !")
    found = [filtering.reason(unit, reading, reading, 0.15) for unit in (GOOD, GOOD, near)]
    assert found == [None, "exact_duplicate", "near_duplicate"]


def test_articles_in_another_language_than_claimed() -> None:
    """A pair with a side whose language is not the claimed one goes whole; with nothing claimed it stays."""
    source, wrong, unknown = _reading(), _reading(language_agrees=False), _reading(language_agrees=None)
    alignment = align(source.document, source.document)
    filtering = PairFilter(FilterOptions())
    assert filtering.article_reason(source, wrong, alignment) == "languages_agree"
    assert filtering.article_reason(source, unknown, alignment) is None


def test_articles_with_much_unaligned_text() -> None:
    """A pair of which more than 16 % has no counterpart goes whole."""
    source = _reading()
    apart = align(
        source.document, VersionText(slug="x", language="fr", article=make_article("x", paragraphs=())).document
    )
    assert PairFilter(FilterOptions()).article_reason(source, source, apart) == "unaligned"


def test_unknown_filter_is_named() -> None:
    """A filter that there is not is an error that lists those that there are."""
    with pytest.raises(UsageError, match="no filter nope; the filters are: languages_agree"):
        filter_options(["nope"])
    assert filter_options().names == frozenset(NAMES)


def test_numbers_are_compared_by_their_digits() -> None:
    """The decimal mark of a language is no difference, a digit is."""
    assert numbers_equal(_unit("1.5 million", "1,5 million"))
    assert not numbers_equal(_unit("1.5 million", "2,5 millions"))


@given(st.lists(st.integers(min_value=-9, max_value=9), max_size=60), st.integers(min_value=1, max_value=12))
def test_digests_know_what_they_met(met: list[int], most: int) -> None:
    """As a set does, however few of them may stay in memory."""
    digests, model = Digests(most), set[int]()
    for digest in met:
        assert (digest in digests) == (digest in model)
        digests.add(digest)
        model.add(digest)
    assert [number for number in range(-9, 10) if number in digests] == sorted(model)


def test_digests_are_of_one_pair_and_of_whole_texts() -> None:
    """Pairs share them; a text that goes over to the other side is another."""
    given_texts = [("exact", "en-fr", "a", "b"), ("exact", "en-de", "a", "b"), ("exact", "en-fr", "ab", ""), ("near",)]
    assert len({digest_of(*texts) for texts in given_texts}) == len(given_texts)
    assert all(-(2**63) <= digest_of(str(number)) < 2**63 for number in range(100))


def test_duplicates_are_found_on_the_disk_too() -> None:
    """A second copy and a near one, after the first has left the memory; another pair knows nothing of it."""
    reading, digests = _reading(), Digests(1)
    filtering = PairFilter(FilterOptions(), digests=digests)
    other = _unit("In 2024, 1,200 boats moor there.", "En 2024, 1 200 barques y accostent.")
    reasons = [filtering.reason(unit, reading, reading, 0.15) for unit in (GOOD, GOOD, other)]
    assert reasons == [None, "exact_duplicate", "near_duplicate"]
