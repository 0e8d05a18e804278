"""Which articles of a store hang together: translations of one article, and near duplicates of any of their texts.

The same signatures, clusters and groups as those of `clean` and `groups`, over every text that the store holds: what an
article hangs together with does not depend on what an export selects.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from pipelines.batch.duplicates import clusters, signature
from pipelines.batch.extras import require
from pipelines.batch.shingles import SHORTEST, pieces
from pipelines.joined import Joined
from pipelines.storage import Selection, Store, Stored
from pipelines.storage.versions import version_of
from pipelines.translations.groups import Links

EVERY_TEXT = Selection(revisions="all")
"""What families are found in."""
_NO_RANK = bytes(32)
_OFTEN = 500


def require_extra(purpose: str) -> None:
    """Raise `UsageError` where what finds near duplicates is not installed; `purpose` is what needs it."""
    for module in ("numpy", "rensa"):
        require(module, extra="batch", purpose=purpose)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """The clusters of near duplicates among texts, 36 bytes a text: by the revision's id in the store, ascending."""

    revisions: Any
    names: Any
    sizes: Any

    def of(self, revision: int) -> tuple[str, int] | None:
        """The cluster of a text (32 hexadecimal digits), and how many articles have a text in it.

        None of a text that was not there: one that cannot be read.
        """
        at = int(self.revisions.searchsorted(revision))
        if at == len(self.revisions) or int(self.revisions[at]) != revision:
            return None
        high, low = self.names[at].tolist()
        return f"{high:016x}{low:016x}", int(self.sizes[at])


@dataclass(frozen=True, slots=True)
class Families:
    """The families of a store's articles, and the clusters of its texts.

    The store has so many `articles` (slugs) in so many families (`number`); the `largest` has so many of them.
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
    """Read every text of a store and tell what hangs together.

    `progress` is called with the number of texts read, now and then. `scratch` is a folder for some 350 bytes a text
    meanwhile. A text of fewer than six words joins nothing: it is a line of contact, or says that there is no text, and
    would make one family of thousands of articles.
    """
    with TemporaryFile(dir=scratch) as file:
        texts = _Texts(file)
        for number, stored in enumerate(store.select(EVERY_TEXT, lines=False), 1):
            texts.add(stored)
            if number % _OFTEN == 0:
                progress(number)
        file.flush()
        return texts.families()


@dataclass(slots=True)
class _Texts:
    """The texts of a store as they go by in the order of their slugs: what is kept of each are some 370 bytes."""

    file: IO[bytes]
    links: Links = field(default_factory=Links)
    slugs: list[str] = field(default_factory=list)
    slug_of: array[int] = field(default_factory=lambda: array("q"))
    articles: array[int] = field(default_factory=lambda: array("q"))
    revisions: array[int] = field(default_factory=lambda: array("q"))
    short: bytearray = field(default_factory=bytearray)

    def add(self, stored: Stored) -> None:
        self.links.add(version_of(stored))
        if not self.slugs or self.slugs[-1] != stored.slug:
            self.slugs.append(stored.slug)
        found = pieces(stored.article.text)
        self.slug_of.append(len(self.slugs) - 1)
        self.articles.append(stored.article_id)
        self.revisions.append(stored.revision_id)
        self.short.append(len(found) < SHORTEST)
        # Of no language: a copy is one whatever language was found in it.
        self.file.write(signature(found, None, _NO_RANK, "near"))

    def families(self) -> Families:
        numpy = require("numpy", extra="batch", purpose="near duplicates")
        joined = self.links.joined()
        total = len(self.revisions)
        if not total:
            nothing = Duplicates(numpy.empty(0, "i8"), numpy.empty((0, 2), "u8"), numpy.empty(0, "i4"))
            return Families(joined, nothing, 0, 0, 0)
        numbers, names = clusters(self.file, total)
        articles, slug_of = numpy.frombuffer(self.articles, "i8"), numpy.frombuffer(self.slug_of, "i8")
        # Cluster by cluster, in each by slug and article, in which order the texts went by.
        order = numpy.argsort(numbers, kind="stable")
        first = numpy.ones(total, dtype=bool)
        first[1:] = numbers[order][1:] != numbers[order][:-1]
        another = first.copy()
        another[1:] |= articles[order][1:] != articles[order][:-1]
        sizes = numpy.bincount(numbers[order][another], minlength=len(names)).astype("i4")

        long = order[numpy.frombuffer(self.short, "u1")[order] == 0]
        same = numpy.flatnonzero(numbers[long][1:] == numbers[long][:-1])
        left, right = slug_of[long[same]], slug_of[long[same + 1]]
        for one, other in zip(left[left != right].tolist(), right[left != right].tolist(), strict=True):
            joined.join(self.slugs[one], self.slugs[other])

        revisions = numpy.frombuffer(self.revisions, "i8")
        by_revision = numpy.argsort(revisions)
        numbers = numbers[by_revision]
        duplicates = Duplicates(revisions[by_revision], names[numbers], sizes[numbers])
        members = Counter(joined.root(slug) for slug in self.slugs if slug in joined)
        number = len(self.slugs) - members.total() + len(members)
        return Families(joined, duplicates, len(self.slugs), number, max(members.values(), default=1))
