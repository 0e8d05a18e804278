"""The stand-in's archives, one for all tests that only read them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scraper.replica import ReplicaSite
from scraper.replica.archives import Served, archives


@pytest.fixture(scope="session")
def past() -> Iterator[Served]:
    """Archives of a site of eight articles, with all that archives hold beside articles."""
    with archives(ReplicaSite(articles=8, per_day=1, every=100)) as served:
        yield served
