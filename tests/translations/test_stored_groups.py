"""The groups of a store, as a function."""

from __future__ import annotations

from pathlib import Path

import pytest
from making_articles import make_article

from pipelines.storage import Store, open_store
from pipelines.translations.stored import groups

SEEN = "2025-10-24T01:00:00Z"
SOURCE = "https://bao.example/treo-co-to-quoc-217135.html"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Article `a` in three languages under two slugs, `b` in two."""
    opened = open_store(tmp_path / "s.db")
    for slug, language, source in (
        ("a", "vi", SOURCE),
        ("a", "fr", None),
        ("a-2", "en", SOURCE),
        ("b", "vi", None),
        ("b", "ja", None),
    ):
        opened.add(make_article(slug, language, source_url=source, alternates={}), seen_at=SEEN)
    return opened


def test_groups_of_a_store(store: Store) -> None:
    """In the order of slugs, each with its languages, what joined it and what it lacks."""
    first, second = groups(store)
    assert (first.slug, list(first.versions), first.evidence) == ("a", ["en", "fr", "vi"], {"a-2": "source_url"})
    assert (second.slug, list(second.versions), second.missing(["vi", "fr"])) == ("b", ["ja", "vi"], ("fr",))


@pytest.mark.parametrize("slug", ["a", "a-2"])
def test_one_group(store: Store, slug: str) -> None:
    """By any of its slugs; one that is not there gives none."""
    assert [group.slug for group in groups(store, slug=slug)] == ["a"]
    assert list(groups(store, slug="c")) == []
