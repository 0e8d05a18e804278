"""Every test of the store that asks for `store` or `store_url` runs on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.storage import Store, open_store


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store."""
    with open_store(store_url) as opened:
        yield opened
