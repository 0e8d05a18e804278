"""What a parallel corpus says of itself on its card: how its units were made, what was left out, and their origins."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from making_articles import make_article

from pipelines.export.dataset import Dataset
from pipelines.translations.corpus_card import Origins, dataset_of, origin_of

COUNTS: dict[str, Any] = {
    "vi-fr": {
        "articles": 3,
        "refused": 1,
        "beads": {"1-1": 40, "2-1": 3, "1-2": 2, "1-0": 4, "0-1": 7},
        "written": 38,
        "removed": {"too_short": 2, "copy": 5},
    },
    "en-fr": {"articles": 2, "refused": 0, "beads": {}, "written": 0, "removed": {}},
}


def described(origins: Origins | None = None, **settings: object) -> Dataset:
    """The description of a corpus of two pairs."""
    chosen = {"unit": "sentence", "multiway": False, "filters": (), "languages": ("en", "fr", "vi"), **settings}
    out: Any = SimpleNamespace(
        configs={"vi-fr": 38, "en-fr": 0},
        languages_of=lambda name: ("zh-Hant", "zh-Hans") if name == "zh" else tuple(name.split("-")),
        form="jsonl",
        fields=(),
    )
    return dataset_of(out, origins or Origins(), COUNTS, chosen, "1.0.0")


def test_each_pair_is_a_row_with_what_became_of_its_passages() -> None:
    """Of the beads, those of more than one passage are told together, and so are those that have no counterpart."""
    lines = described().selection
    at = lines.index("| pair | article pairs | refused | 1-1 | other beads | unaligned | units | removed |")
    assert lines[at - 1] == ""  # a table begins after an empty line
    assert lines[at + 1].count("|") == lines[at].count("|")
    assert lines[at + 2 :] == (
        "| vi-fr | 3 | 1 | 40 | 5 | 11 | 38 | too_short 2, copy 5 |",
        "| en-fr | 2 | 0 | 0 | 0 | 0 | 0 | - |",
    )


@pytest.mark.parametrize(
    ("settings", "first", "second"),
    [
        ({}, "Unit: sentence; many languages in a row: no.", "Filters: none."),
        ({"multiway": True}, "Unit: sentence; many languages in a row: yes.", "Filters: none."),
        (
            {"unit": "paragraph", "filters": ("copy", "length")},
            "Unit: paragraph; many languages in a row: no.",
            "Filters: copy, length.",
        ),
    ],
)
def test_how_the_units_were_made_is_told(settings: dict[str, Any], first: str, second: str) -> None:
    """The unit, and the filters by their names."""
    assert described(**settings).selection[:2] == (first, second)


@pytest.mark.parametrize(
    ("unit", "languages", "is_told"),
    [
        ("sentence", ("en", "th"), True),
        ("document", ("km", "vi"), True),
        ("paragraph", ("en", "th"), False),  # all units are paragraphs anyway
        ("sentence", ("en", "vi"), False),
    ],
)
def test_languages_without_marks_of_sentences_are_told_of(unit: str, languages: tuple[str, ...], is_told: bool) -> None:
    """Whoever asked for sentences must know which units are none."""
    said = "\n".join(described(unit=unit, languages=languages).selection)
    assert ("have no marks that end a sentence" in said) is is_told


@pytest.mark.parametrize(
    ("unit", "about", "rows"), [("document", "Whole articles", "documents"), ("paragraph", "Passages", "units")]
)
def test_what_a_row_is(unit: str, about: str, rows: str) -> None:
    """Whole articles side by side, or passages of them."""
    found = described(unit=unit)
    assert found.about[0].startswith(about)
    assert any(f" {rows} | removed |" in line for line in found.selection)
    assert found.tasks == ("translation",)


def test_what_users_must_know_of_the_texts_is_on_the_card() -> None:
    """Both sides may be made by machine, nobody has checked them, and an address may be wrong about its language."""
    said = " ".join(described().limits)
    assert "both sides were made by machine" in said
    assert "No human has checked" in said
    assert "`languages_agree`" in said


def test_a_configuration_is_a_pair() -> None:
    """With its rows, and each language once."""
    assert [(config.name, config.languages, config.rows) for config in described().configs] == [
        ("vi-fr", ("vi", "fr"), 38),
        ("en-fr", ("en", "fr"), 0),
    ]


def test_origins_are_counted_by_row() -> None:
    """By publisher and host where they are known; the days of fetching are the first and the last, in any order."""
    origins = Origins()
    made = [
        (make_article("a", "fr", publisher="Báo A", fetched_at="2025-10-05T01:00:00Z"), 2),
        (make_article("b", "fr", publisher="Báo A", fetched_at="2025-10-01T01:00:00Z"), 3),
        (make_article("c", "fr", publisher=None, fetched_at=None, url=None, host=None), 4),
        (make_article("d", "fr", publisher="\ud800", fetched_at="2025-10-03T01:00:00Z"), 1),
    ]
    for article, rows in made:
        origins.count(origin_of(article), rows)
    assert origins.publishers == {"Báo A": 5, "?": 1}
    assert origins.hosts == {"www.vietnam.vn": 6}
    assert sum(origins.extractors.values()) == 10
    found = described(origins)
    assert (found.seen_since, found.seen_until) == ("2025-10-01", "2025-10-05")
    assert (found.publishers, found.hosts) == (origins.publishers, origins.hosts)
    assert described().seen_since is None
