"""What a dataset says of itself: its card, croissant.json, and the selection in both."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from pipelines.export.selecting import TOLD, selection_lines
from pipelines.storage import Selection

# A value for each field of a selection, and what has to stand in its line.
SELECTED: dict[str, tuple[Any, str]] = {
    "search": ("coffee OR café", "coffee OR café"),
    "languages": (("fr", "zh-Hant"), "fr, zh-Hant"),
    "claimed": (("ja",), "ja"),
    "since": ("2025-10-01", "2025-10-01"),
    "until": ("2025-10-31", "2025-10-31"),
    "publishers": (("Báo A", "Báo B"), "Báo A, Báo B"),
    "agreeing_only": (True, "declared in"),
    "min_words": (50, "50"),
}


def test_every_field_of_a_selection_is_told() -> None:
    """A new filter without a line here would be a dataset that hides how it was chosen."""
    names = {field.name for field in fields(Selection)}
    assert set(TOLD) == names - {"revisions"}
    assert selection_lines(Selection())[0] != selection_lines(Selection(revisions="all"))[0]


@pytest.mark.parametrize("name", TOLD)
def test_a_filter_that_is_set_is_a_line(name: str) -> None:
    """With its value; one that is not set is none."""
    assert selection_lines(Selection())[1:] == ("", "No filter was set.")
    value, said = SELECTED[name]
    (line,) = selection_lines(Selection(**{name: value}))[2:]
    assert line.startswith("- ")
    assert said in line
