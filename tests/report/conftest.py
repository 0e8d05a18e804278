"""What the tests of the report have in common."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest

from pipelines.report import charts
from pipelines.storage import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store in a file."""
    with open_store(str(tmp_path / "store.db")) as opened:
        yield opened


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts as what they are drawn of, which takes no time: for tests of numbers."""
    monkeypatch.setattr(charts, "svg", lambda chart, number: f"<svg>{escape(repr(chart.drawing))}</svg>")
