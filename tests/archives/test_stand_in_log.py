"""What the archives' stand-in notes of its requests: by which tests see how archives are asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scraper.replica.archives import Served
from scraper.replica.server import ServedRequest


def served(*times: tuple[float, float | None]) -> Served:
    """Archives whose index was asked so: when each request came, and when its answer was sent."""
    made: Any = dict.fromkeys(("collinfo_url", "data_url", "wayback_url", "ccnews_url"), "")
    asked = [ServedRequest(path="/", headers={}, came=came, left=left) for came, left in times]
    return Served(**made, folder=Path(), captures=[], crawls=[], months=[], asked={"index": asked})


@pytest.mark.parametrize(
    ("times", "most"),
    [
        ([], 0),
        ([(1, 2)], 1),
        ([(1, 2), (3, 4)], 1),
        ([(1, 2), (2, 3)], 1),  # the one has gone when the other comes
        ([(1, 4), (2, 3), (3.5, 5)], 2),
        ([(1, 9), (2, 9), (3, 9), (10, 11)], 3),
        ([(1, None), (2, None)], 2),  # not answered yet
        ([(1, 2), (3, 9), (4, 9)], 2),  # one alone before two at once
    ],
)
def test_requests_at_the_same_moment_are_counted(times: list[tuple[float, float | None]], most: int) -> None:
    """The most that were under way together."""
    assert served(*times).most_at_once("index") == most


def test_gaps_are_between_arrivals() -> None:
    """However long the answers took; of one request there is none."""
    assert served((1, 9), (2.5, 3), (5, 6)).gaps("index") == [1.5, 2.5]
    assert served((1, 2)).gaps("index") == []
