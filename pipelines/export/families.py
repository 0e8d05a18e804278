"""Which articles of a store belong together: translations of one article, and near duplicates of any of their texts.

The same clusters and groups as those of `clean` and `groups`, over every text in the store: the family of an article
does not depend on what an export selects.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from pipelines.batch.extras import require
from pipelines.joined import Joined
from pipelines.storage import Store
from pipelines.storage.copies import Duplicates
from pipelines.storage.schema import articles, revisions


@dataclass(frozen=True, slots=True)
class Families:
    """The families of a store's articles, and the clusters of its texts.

    The store has `articles` (slugs) in a `number` of families, of which the `largest` has so many articles.
    """

    joined: Joined
    duplicates: Duplicates
    articles: int
    number: int
    largest: int

    def key(self, slug: str) -> str:
        """The family of an article: the smallest slug in it."""
        return self.joined.root(slug)


def find(store: Store, scratch: Path, progress: Callable[[int], None] = lambda done: None) -> Families:
    """Find the families of a store.

    Texts are read where the store has no valid clusters: `progress` is called with their number now and then, and
    `scratch` is a folder with room for some 350 bytes a text. A text of fewer than six words joins nothing.
    """
    found = store.duplicates(scratch, progress)
    joined = store.links(revisions="all").joined()
    slugs, slug_of = store.read(partial(_slugs, found=found))
    join(joined, found, slugs, slug_of)
    there = {slugs[number] for number in set(slug_of[found.sizes > 0].tolist())}
    members = Counter(joined.root(slug) for slug in there if slug in joined)
    number = len(there) - members.total() + len(members)
    return Families(joined, found, len(there), number, max(members.values(), default=min(1, len(there))))


def _slugs(connection: Connection, found: Duplicates) -> tuple[list[str], Any]:
    """The slugs of the store, and for each text the index of its slug."""
    numpy = require("numpy", extra="batch", purpose="near duplicates")
    places: dict[str, int] = {}
    ids, of = array("q"), array("q")
    query = select(revisions.c.id, articles.c.slug).join(articles, articles.c.id == revisions.c.article_id)
    for number, slug in connection.execute(query.order_by(revisions.c.id).execution_options(yield_per=10_000)):
        ids.append(number)
        of.append(places.setdefault(slug, len(places)))
    at = numpy.frombuffer(ids, "i8").searchsorted(found.revisions) if ids else numpy.empty(0, "i8")
    return list(places), numpy.frombuffer(of, "i8")[at] if ids else at


def join(joined: Joined, found: Duplicates, slugs: list[str], slug_of: Any) -> None:
    """Join the slugs whose long texts are in one cluster; `slug_of` has the index of each text's slug."""
    numpy = require("numpy", extra="batch", purpose="near duplicates")
    several = numpy.flatnonzero(found.joins & (found.sizes > 1))
    high, low = found.names[several, 0], found.names[several, 1]
    order = numpy.lexsort((low, high))
    high, low, of = high[order], low[order], slug_of[several[order]]
    same = numpy.flatnonzero((high[1:] == high[:-1]) & (low[1:] == low[:-1]) & (of[1:] != of[:-1]))
    for one, other in zip(of[same].tolist(), of[same + 1].tolist(), strict=True):
        joined.join(slugs[one], slugs[other])
