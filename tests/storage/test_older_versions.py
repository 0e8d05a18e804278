"""Stores of every older schema version, opened for reading: read as they are, and nothing is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from older_stores import VERSIONS, older_database, older_file

from pipelines.storage import Selection, Store, StoreError, open_store, schema
from pipelines.storage.browsing import RefusedSelection, page, refused
from pipelines.storage.overview import overview
from pipelines.storage.reading import newest
from pipelines.translations.stored import groups
from pipelines.translations.stored_revisions import revised

SELECTIONS = (
    Selection(),
    Selection(revisions="all"),
    Selection(languages=("fr", "ja"), since="2025-10-21", until="2025-10-22"),
    Selection(publishers=("Báo Cần Thơ",), min_words=5, agreeing_only=True, no_copies=True),
    Selection(sample=5, seed=2),
    Selection(sample=5, seed=2, sample_by="row", claimed=("vi",)),
    Selection(ids=("fr/cho-noi-0",), first_seen_since="2025-10-25", revisions="all"),
)


@contextmanager
def older(kind: str, version: int, folder: Path) -> Iterator[str]:
    """The address of a store of a version."""
    if kind == "sqlite":
        yield str(older_file(version, folder))
        return
    with older_database(version) as url:
        yield url


def asked(store: Store) -> dict[str, Any]:
    """All sorts of questions and what the store answers."""
    return {
        "articles": list(store.articles(revisions="all")),
        "one": store.get("cho-noi-0", "fr"),
        "revisions": store.revisions("cho-noi-0", "fr"),
        "selected": [[s.content_sha256 for s in store.select(selection)] for selection in SELECTIONS],
        "tallies": [store.tally(selection) for selection in SELECTIONS],
        "pages": [page(store, selection) for selection in SELECTIONS],
        "refused": refused(store, RefusedSelection()),
        "groups": list(groups(store, slug="cho-noi-1")),
        "changes": list(revised(store)),
        "numbers": (
            store.read(partial(overview, selection=Selection())),
            store.read(newest),
            store.unmeasured(),
            store.counts(),
            store.runs(),
        ),
        "validators": store.validators("https://www.vietnam.vn/fr/cho-noi-0"),
    }


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_store_is_read_as_it_is(kind: str, version: int, tmp_path: Path) -> None:
    """The same answers as when it has been brought up to date; the file stays, to the byte; nothing can be stored."""
    with older(kind, version, tmp_path) as where:
        before = Path(where).read_bytes() if kind == "sqlite" else b""
        with open_store(where, read_only=True) as store:
            assert store.older_version == (version if version < schema.SCHEMA_VERSION else None)
            found = asked(store)
            assert len(found["articles"]) == 13
            searched, waiting = [s.language for s in store.search("marché")], store.unindexed()
            assert list(store.check()) == []
            with pytest.raises(StoreError, match="for reading only"):
                store.mark_gone("cho-noi-0", "fr", gone_at="2025-11-01T00:00:00Z")
        if kind == "sqlite":
            assert hashlib.sha256(Path(where).read_bytes()).digest() == hashlib.sha256(before).digest()
        with open_store(where) as store:
            assert store.older_version is None
            assert asked(store) == found
            while store.index():
                pass
            assert [s.language for s in store.search("marché")] == ["fr"] * 4
        if version < 4:  # other tokens: what it has indexed is not today's
            assert (searched, waiting) == ([], 13)
        else:
            assert (searched, waiting) == (["fr"] * 4, 0)


def test_every_version_has_its_stores() -> None:
    """But the last one, which all other tests are about."""
    assert set(range(1, schema.SCHEMA_VERSION)) <= set(VERSIONS)
