"""Exports of a store that may only be read: whole, or refused in a line that says what it lacks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from making_articles import make_article
from store_states import unindexed

from pipelines.export import export
from pipelines.storage import Selection, StoreError, open_store

SEEN = "2025-11-01T00:00:00Z"


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store of three texts, neither indexed nor measured."""
    address = f"sqlite:///{tmp_path}/store.db"
    with open_store(address) as store:
        for slug, word in (("a", "marché"), ("b", "pont"), ("c", "marché")):
            store.add(make_article(slug, paragraphs=(f"Le {word} est ouvert.",), kinds=("paragraph",)), seen_at=SEEN)
        store.write(unindexed)
    return address


def rows(url: str, out: Path, *, read_only: bool = True, measured_by: Any = None, **more: Any) -> int:
    """How many rows an export has."""
    with open_store(url, read_only=read_only) as store:
        store.measured_by = measured_by
        return export(store, out, form="jsonl", **more).rows


def test_a_search_needs_the_index(url: str, tmp_path: Path) -> None:
    """Where it lacks texts they would be missing: who may write brings it up to date, who may not is told."""
    wanted = Selection(search="pont")
    with pytest.raises(StoreError, match=r"3 texts are not in the full-text index; 'vietnamvn store search WORD'"):
        rows(url, tmp_path / "none", selection=wanted)
    assert rows(url, tmp_path / "written", read_only=False, selection=wanted) == 1
    assert rows(url, tmp_path / "read", selection=wanted) == 1


@pytest.mark.parametrize(
    "more", [{"selection": Selection(quality=("words>3",))}, {"columns": ("id", "loop_share", "length_ratio")}]
)
def test_a_filter_needs_the_measures(more: dict[str, Any], url: str, tmp_path: Path) -> None:
    """And so does a column that compares texts; another process may measure in place of this one."""
    with pytest.raises(StoreError, match="3 texts are not measured; open the store for writing"):
        rows(url, tmp_path / "none", **more)
    asked: list[set[str]] = []

    def measure(names: Iterable[str]) -> None:
        asked.append(set(names))
        with open_store(url) as store:
            for _ in store.measure(names=names):
                pass

    assert rows(url, tmp_path / "beside", measured_by=measure, **more) == 3
    assert len(asked) == 1
    assert rows(url, tmp_path / "read", measured_by=measure, **more) == 3
    assert len(asked) == 1  # all was there


def test_who_may_write_measures_what_is_needed(url: str, tmp_path: Path) -> None:
    """And finds it there the next time."""
    wanted = Selection(quality=("words>3",))
    assert rows(url, tmp_path / "written", read_only=False, selection=wanted) == 3
    assert rows(url, tmp_path / "read", selection=wanted) == 3


def test_what_is_stored_meanwhile_is_measured_too(url: str, tmp_path: Path) -> None:
    """A crawl goes on: where each look finds new texts, the last one is taken as it is."""
    looks: list[int] = []

    def measure_and_store(names: Iterable[str]) -> None:
        looks.append(len(looks))
        with open_store(url) as store:
            for _ in store.measure(names=names):
                pass
            store.add(make_article(f"s{len(looks)}"), seen_at=SEEN)

    wanted = Selection(quality=("words>0",))
    assert rows(url, tmp_path / "out", measured_by=measure_and_store, selection=wanted) == 3 + len(looks) - 1
    assert len(looks) == 5  # and no more


def test_without_search_or_filter_nothing_is_needed(url: str, tmp_path: Path) -> None:
    """A measure that is only a column is found by the export itself."""
    assert rows(url, tmp_path / "a") == 3
    assert rows(url, tmp_path / "b", columns=("id", "loop_share")) == 3
