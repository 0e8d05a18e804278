"""The part of a report on what the store holds, from the numbers that the store counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelines.report.corpus import corpus_section
from pipelines.report.model import Bars, Chart, Heat, ReportTable, share
from pipelines.storage.overview import LENGTHS, Agreement, Length, Month, Overview

NUMBERS = Overview(
    months=(
        Month("en", "2025-02", 2, 900),
        Month("fr", "2025-01", 3, 1000),
        Month("fr", None, 1, 50),
        Month("vi", "2025-01", 4, 2000),
        Month("vi", "2025-02", 1, 100),
    ),
    agreement=(
        Agreement("en", True, 2),
        Agreement("fr", False, 1),
        Agreement("fr", None, 1),
        Agreement("fr", True, 2),
        Agreement("vi", True, 5),
    ),
    lengths=(Length("en", 2, 2), Length("fr", 0, 1), Length("fr", 2, 3), Length("vi", len(LENGTHS), 5)),
    publishers=(("Báo A", 6), ("Báo B", 3)),
    publishers_in_all=2,
    group_sizes=((1, 2), (3, 3)),
    without=(("en", 3), ("fr", 1), ("vi", 0)),
    revisions=((1, 9), (3, 2)),
    gone=0,
    slugs_by_month=(("2025-01", 4), ("2025-02", 2)),
)


def parts(numbers: Overview = NUMBERS, **more: Any) -> dict[str, Any]:
    """The parts of the section by their titles; sentences by their place."""
    found: dict[str, Any] = {}
    for at, part in enumerate(corpus_section(numbers, **more).parts):
        if isinstance(part, Chart):
            found[part.title] = part
        elif isinstance(part, ReportTable):
            found[part.caption] = part
        else:
            found[str(at)] = part
    return found


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {},
            "11 texts under 5 slugs in 3 languages, 4,050 words. "
            "4 earlier texts of these addresses are kept as revisions.",
        ),
        (
            {"gone": 2, "revisions": ((1, 9), (2, 1))},
            "11 texts under 5 slugs in 3 languages, 4,050 words. "
            "1 earlier text of these addresses is kept as revisions; "
            "the site has since deleted 2.",
        ),
        ({"months": ()}, "No text is selected."),
    ],
)
def test_the_corpus_in_a_sentence(changes: dict[str, Any], said: str) -> None:
    """Of an address that had three texts two are earlier ones."""
    assert corpus_section(replace(NUMBERS, **changes)).parts[0] == said


def test_texts_are_told_by_month_with_those_of_no_day_at_the_end() -> None:
    """They are in the table, and have no bar."""
    chart = parts()["Texts by month of publication"]
    assert chart.alternative == "2 months; most in 2025-01: 7."
    assert chart.drawing == Bars(labels=("2025-01", "2025-02"), series=(("texts", (7, 3)),))
    assert chart.table.columns == ("month", "all", "en", "fr", "vi")
    assert chart.table.rows == (
        ("2025-01", 7, 0, 3, 4),
        ("2025-02", 3, 2, 0, 1),
        ("(no day)", 1, 0, 1, 0),
    )
    words = parts()["Words by month and language"]
    assert words.rows[-1] == ("(no day)", 50, 0, 50, 0)
    assert words.folded


@pytest.mark.parametrize(("months", "unit", "labels"), [(60, "month", 60), (61, "year", 6)])
def test_a_long_time_is_told_by_years(months: int, unit: str, labels: int) -> None:
    """More than sixty bars beside each other are none; the months that are missing are those of the last sixty."""
    made = tuple(Month("fr", f"{2020 + n // 12}-{n % 12 + 1:02d}", 1, 10) for n in range(months))
    slugs = tuple((str(month.month), 1) for month in made)
    found = parts(replace(NUMBERS, months=made, slugs_by_month=slugs, without=(("en", 1), ("fr", 0))))
    drawing = found[f"Texts by {unit} of publication"].drawing
    assert len(drawing.labels) == labels
    assert drawing.labels[0] == ("2020" if unit == "year" else "2020-01")
    assert sum(drawing.series[0][1]) == months
    matrix = found["Share of the articles (slugs) that have a version, by language and month"]
    assert len(matrix.drawing.columns) == 60
    assert ("in the last 60 months" in matrix.alternative) is (months > 60)


def test_where_no_text_has_a_day_no_month_has_most() -> None:
    """Nothing is drawn of it."""
    found = parts(replace(NUMBERS, months=(Month("fr", None, 2, 10),), slugs_by_month=()))
    assert found["Texts by month of publication"].alternative == "0 months; most in -: 0."
    assert not [title for title in found if "by language and month" in title]


def test_languages_stand_in_order_of_their_texts() -> None:
    """With their names, and how long their texts are."""
    chart = parts()["Texts by language of their address"]
    assert chart.alternative == "Most in Vietnamese (vi): 5; fewest in English (en): 2."
    assert chart.drawing.series == (("texts", (5, 4, 2)),)
    assert chart.drawing.horizontal
    assert chart.table.rows == (
        ("vi", "Vietnamese", 5, 2100, 420),
        ("fr", "French", 4, 1050, 262),
        ("en", "English", 2, 900, 450),
    )
    strange = parts(replace(NUMBERS, months=(Month("xx", None, 1, 1),)))
    assert strange["Texts by language of their address"].alternative == "Most in xx: 1; fewest in xx: 1."


def test_lengths_are_told_by_classes() -> None:
    """From the shortest to those that have no upper bound; of two that are as frequent the shorter is named."""
    chart = parts()["Length of the texts, in words"]
    assert chart.drawing.labels == (
        "under 50", "50-99", "100-199", "200-399", "400-799", "800-1599", "1600-3199", "3200 up"
    )  # fmt: skip
    assert chart.drawing.series == (("texts", (1, 0, 5, 0, 0, 0, 0, 5)),)
    assert chart.alternative == "Most have 100-199 words: 45 %."
    assert chart.table.rows == (
        ("en", 0, 0, 2, 0, 0, 0, 0, 0),
        ("fr", 1, 0, 3, 0, 0, 0, 0, 0),
        ("vi", 0, 0, 0, 0, 0, 0, 0, 5),
    )


def test_languages_that_were_found_stand_against_those_that_were_claimed() -> None:
    """What is not known neither agrees nor disagrees."""
    found = corpus_section(NUMBERS).parts
    assert "The language found in the text is another than the address claims in 1 text (9 %)." in found
    assert parts()["Language found against language claimed"].rows == (
        ("en", 2, 0, 0, "0 %"),
        ("fr", 2, 1, 1, "25 %"),
        ("vi", 5, 0, 0, "0 %"),
    )


def test_slugs_are_told_by_the_number_of_their_languages() -> None:
    """A number that no slug has is told too."""
    chart = parts()["Slugs by the number of their languages"]
    assert chart.alternative == "Up to 3 languages; in one language alone: 2 slugs."
    assert chart.drawing == Bars(labels=("1", "2", "3"), series=(("slugs", (2, 0, 3)),))
    assert chart.table.rows == ((1, 2), (2, 0), (3, 3))
    none = parts(replace(NUMBERS, group_sizes=((2, 3),)))["Slugs by the number of their languages"]
    assert none.alternative == "Up to 2 languages; in one language alone: 0 slugs."


def test_versions_that_are_missing_are_told_by_language_and_month() -> None:
    """A month without any text in a language has none of its slugs in it."""
    assert parts()["Articles (slugs) without a text in a language"].rows == (
        ("en", "English", 2, 3, "60 %"),
        ("fr", "French", 4, 1, "20 %"),
        ("vi", "Vietnamese", 5, 0, "0 %"),
    )
    chart = parts()["Share of the articles (slugs) that have a version, by language and month"]
    assert chart.alternative == "8 versions missing of 18."
    assert isinstance(chart.drawing, Heat)
    assert chart.drawing.rows == ("en", "fr", "vi")
    assert chart.drawing.shares == ((0.0, 1.0), (0.75, 0.0), (1.0, 0.5))
    assert chart.drawing.wanted == 1
    assert chart.table.rows == (("2025-01", 4, 4, 1, 0), ("2025-02", 2, 0, 2, 1))


def test_one_language_alone_has_no_missing_versions_to_draw() -> None:
    """Two have."""
    title = "Share of the articles (slugs) that have a version, by language and month"
    assert title not in parts(replace(NUMBERS, without=(("fr", 0),)))
    assert title in parts(replace(NUMBERS, without=(("en", 1), ("fr", 0))))


@pytest.mark.parametrize(
    ("publishers", "in_all", "caption"),
    [
        ((("Báo A", 6), ("Báo B", 3)), 2, "Texts by publisher of the original"),
        ((("Báo A", 6), ("Báo B", 3)), 3, "Texts by publisher of the original; the largest 2 of 3"),
    ],
)
def test_the_largest_publishers_are_told(publishers: tuple[tuple[str, int], ...], in_all: int, caption: str) -> None:
    """And how many there are, where there are more."""
    found = parts(replace(NUMBERS, publishers=publishers, publishers_in_all=in_all))
    assert found[caption].rows == publishers
    assert "No text names a publisher." in corpus_section(replace(NUMBERS, publishers=())).parts


def test_years_are_told_by_language() -> None:
    """Also of a store of which nothing is selected; a year in which nothing was seen is 0."""
    caption = "Which language version exists in which year: articles seen in it, in the whole store"
    years = [("fr", "2024", 3), ("vi", "2025", 2)]
    table = parts(replace(NUMBERS, months=()), years=years)[caption]
    assert (table.columns, table.rows) == (("language", "2024", "2025"), (("fr", 3, 0), ("vi", 0, 2)))
    assert caption not in parts()


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (1, 1, "100 %"),
        (0, 5, "0 %"),
        (1, 100, "1 %"),
        (99, 100, "99 %"),
        (989, 1000, "99 %"),
        (995, 1000, "99.5 %"),
        (9_999, 10_000, "99.99 %"),
        (99_999, 100_000, "99.999 %"),
        (999_999, 1_000_000, "over 99.999 %"),
        (1, 1_000, "0.1 %"),
        (1, 100_000, "0.001 %"),
        (1, 1_000_000, "under 0.001 %"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(part: int, whole: int, said: str) -> None:
    """One missing article of a million is seen."""
    assert share(part, whole) == said
