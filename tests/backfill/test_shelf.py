"""Where the answers of an index are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.store_address import read_store_address
from scraper import settings
from scraper.backfill.answers import Received
from scraper.backfill.shelf import Shelf, shelf_folder


def test_answers_are_beside_the_store_or_among_the_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never in the folder in which somebody happens to be."""
    monkeypatch.setattr(settings, "VIETNAMVN_CACHE", "/var/cache/vietnamvn")
    assert shelf_folder(read_store_address("a/b.db")) == Path("a/b.index")
    assert shelf_folder(read_store_address("postgresql://host/texts")) == Path("/var/cache/vietnamvn/index")


def test_an_answer_is_kept_for_its_time(tmp_path: Path) -> None:
    """By its question; one that is too old, cut short, or of another question is none."""
    answer = Received(status=200, headers={}, body=b"{}\n")
    shelf = Shelf(tmp_path / "index")
    shelf.put("https://index.example/?a", answer)
    assert shelf.get("https://index.example/?a") == answer
    assert shelf.get("https://index.example/?b") is None
    assert Shelf(tmp_path / "index", seconds=-1).get("https://index.example/?a") is None
    kept = next((tmp_path / "index").iterdir())
    kept.write_bytes(kept.read_bytes()[:-4])
    assert shelf.get("https://index.example/?a") is None
