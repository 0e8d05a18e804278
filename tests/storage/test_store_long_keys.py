"""Addresses that no index of a database could hold cost themselves alone."""

from __future__ import annotations

import random

import pytest
from making_articles import make_article

from pipelines.models import Rejected
from pipelines.storage import ListedAddress, Selection, Store

SEEN = "2025-10-24T01:00:00Z"


def wide(length: int, seed: int) -> str:
    """Letters of three bytes without any pattern, which no database can make shorter."""
    chosen = random.Random(seed)
    return "".join(chr(chosen.randrange(0x4E00, 0x9FFF)) for _ in range(length))


@pytest.mark.parametrize("length", [10, 200, 700])
def test_long_addresses_are_stored(store: Store, length: int) -> None:
    """As articles of the site and of others, as rejections and in the ledger; what is unlike stays apart."""
    slugs = [wide(length, seed) for seed in (1, 2)]
    for slug in [*slugs, *slugs]:
        store.add(make_article(slug=slug), seen_at=SEEN)
        store.add(make_article(url=f"https://a.example/{slug}", host="a.example", slug=None), seen_at=SEEN)
        store.add(Rejected(url=f"https://www.vietnam.vn/fr/{slug}", outcome="gone", detail="410"), seen_at=SEEN)
        store.enqueue([ListedAddress(f"https://www.vietnam.vn/en/{slug}", slug, "en")], now=SEEN)
    store.add(make_article(slug="\ud800" * length), seen_at=SEEN)
    assert sum(1 for _ in store.select(Selection())) == 5
    assert store.stats().rejects == (("gone", 2),)
    assert len(store.lease(10, holder="test", now=SEEN, seconds=60)) == 2
