"""The groups of a store, as a function."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
import zstandard
from making_articles import make_article
from sqlalchemy import text

from pipelines.storage import Store, open_store
from pipelines.storage.claims import numbers, slugs_with
from pipelines.storage.versions import version_of
from pipelines.translations.groups import claims_of
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


def test_an_article_of_one_slug_is_not_asked_for_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """All articles are read in one go; only those of several slugs are looked up by themselves."""
    asked, versions = [], Store.versions

    def noted(of: Store, **names: Any) -> Any:
        asked.append(names["slugs"])
        return versions(of, **names)

    monkeypatch.setattr(Store, "versions", noted)
    assert len(list(groups(store))) == 2
    assert asked == [None, ("a", "a-2")]


def test_what_tells_the_groups_is_what_the_texts_say(store: Store) -> None:
    """Read without making articles, by slug as they are; a text that is damaged is told of and left out by both."""
    told: list[str] = []
    store._passed_over = told.append
    texts = [(slug, list(map(version_of, found))) for slug, found in store.groups()]
    assert list(store.versions()) == texts
    assert list(store.versions(slugs=["a-2"])) == [texts[1]]
    assert told == []
    damage = {
        0: b"no record",
        1: zstandard.compress(b'{"paragraphs":["A."],"extractor_version":"1"}'),
        2: zstandard.compress(b'{"paragraphs":["A."],"extractor":"x","extractor_version":"1","alternates":[1]}'),
    }
    ids = [stored.revision_id for _, found in store.groups() for stored in found]
    with store._engine.begin() as connection:
        for place, record in damage.items():
            values = {"record": record, "id": ids[place]}
            connection.execute(text("UPDATE records SET record = :record WHERE revision_id = :id"), values)
    texts = [(slug, list(map(version_of, found))) for slug, found in store.groups()]
    named, told[:] = list(told), []
    assert list(store.versions()) == texts
    assert (told, len(told)) == (named, len(damage))


def test_claims_wait_for_the_end_of_their_transaction_unless_they_are_asked_for(tmp_path: Path) -> None:
    """And those that are told anew take the place of the former ones, also in one transaction."""
    first, second = (make_article("a", "vi", source_url=url, alternates={}) for url in (SOURCE, SOURCE + "?id=7"))

    def claimed(store: Store, source: str | None) -> set[str]:
        wanted = numbers(claims_of("x", {}, source, None))
        return {slug for claim in wanted for slug in store.read(partial(slugs_with, wanted={claim}))}

    with open_store(tmp_path / "s.db") as store:
        with store.transaction():
            store.add(first, seen_at=SEEN)
            assert store._pending._claims
            assert claimed(store, first.source_url) == {"a"}
            assert not store._pending._claims
            store.add(second, seen_at="2025-10-25T01:00:00Z")
        assert claimed(store, second.source_url) == {"a"}
        only_first = numbers(claims_of("x", {}, first.source_url, None)) - numbers(
            claims_of("x", {}, second.source_url, None)
        )
        assert only_first
        assert store.read(partial(slugs_with, wanted=only_first)) == set()
