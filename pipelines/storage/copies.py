"""Near duplicates among all texts of a store, in two tables of it: signatures, made once of each text, and clusters.

The signatures and clusters are those of `clean` (`pipelines.batch.duplicates`), over every text that the store holds,
whatever language was found in it. Clusters follow from all signatures together, so that neither the order of storing
nor that of signing counts; they hold where every text has its signature and its cluster.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, delete, exists, func, insert, or_, select, text

from pipelines.batch.duplicates import algorithm, clusters, ranked, signature, unranked
from pipelines.batch.extras import require
from pipelines.batch.shingles import SHORTEST, pieces
from pipelines.storage.notes import note, noted
from pipelines.storage.reading import revision_columns, stream
from pipelines.storage.rows import Reader
from pipelines.storage.schema import duplicates, revisions, signatures

if TYPE_CHECKING:
    from pipelines.storage.store import Store

_PURPOSE = "finding near duplicates"
_NO_RANK = bytes(32)
_CLUSTERED = "clustered"  # the row of `meta` with the number of texts that were clustered
_AT_ONCE = 5000
_OFTEN = 500


def require_extra(purpose: str) -> None:
    """Raise `UsageError` where what finds near duplicates is not installed; `purpose` is what needs it."""
    for module in ("numpy", "rensa"):
        require(module, extra="batch", purpose=purpose)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """The clusters of near duplicates among texts, 37 bytes a text: by the revision's id in the store, ascending.

    `names` has two numbers of eight bytes for each; `sizes` counts articles, 0 of a text that cannot be read. `joins`
    says whether a text is long enough to join its article to others.
    """

    revisions: Any
    names: Any
    sizes: Any
    joins: Any

    def of(self, revision: int) -> tuple[str, int] | None:
        """The cluster of a text (32 hexadecimal digits), and how many articles have a text in it.

        None of a text that was not there, and of one that cannot be read.
        """
        at = int(self.revisions.searchsorted(revision))
        if at == len(self.revisions) or int(self.revisions[at]) != revision or not self.sizes[at]:
            return None
        high, low = self.names[at].tolist()
        return f"{high:016x}{low:016x}", int(self.sizes[at])


# ---- what is kept


@lru_cache(maxsize=1)
def _version() -> int:
    """Changes with whatever makes the signatures; 31 bits."""
    return zlib.crc32(f"1 {algorithm('near')}".encode()) >> 1


def _signed() -> Any:
    return exists(signatures.c.revision_id).where(
        and_(
            signatures.c.revision_id == revisions.c.id,
            signatures.c.record_hash == revisions.c.record_hash,
            signatures.c.version == _version(),
        )
    )


def _clustered() -> Any:
    return exists(duplicates.c.revision_id).where(duplicates.c.revision_id == revisions.c.id)


def _stamp(connection: Connection) -> int:
    value = noted(connection, _CLUSTERED)
    return int(value) if value is not None else 0


def _number(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(duplicates)).scalar_one())


def unmeasured(connection: Connection) -> int:
    """How many texts have no signature or no cluster; all of them where a text is gone that was clustered with them."""
    lacking = or_(~_signed().correlate(revisions), ~_clustered().correlate(revisions))
    found = int(connection.execute(select(func.count()).select_from(revisions).where(lacking)).scalar_one())
    number = _number(connection)
    return found or (number if _stamp(connection) != number else 0)


def duplicates_of(
    connection: Connection,
    read: Reader,
    *,
    scratch: Path | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Duplicates:
    """The clusters of all texts: the stored ones, if they still hold.

    Else they are computed: texts without a signature are read, and `progress` is called with their number now and
    then; nothing is stored. `scratch` is a folder for some 350 bytes a text meanwhile.
    """
    if not unmeasured(connection):
        return _kept(connection)
    with TemporaryFile(dir=scratch) as file:
        texts = TextSignatures(file)
        rows = connection.execute(
            select(signatures.c.revision_id, revisions.c.article_id, signatures.c.joins, signatures.c.signature)
            .join(revisions, revisions.c.id == signatures.c.revision_id)
            .where(_signed().correlate(revisions))
            .execution_options(yield_per=_AT_ONCE)
        )
        for row in rows:
            texts.add(*row)
        lacking = select(revisions.c.id).where(~_signed().correlate(revisions)).order_by(revisions.c.id)
        for number, stored in enumerate(stream(connection, read, lacking, lines=False), 1):
            texts.add(stored.revision_id, stored.article_id, *sign(stored.article.text))
            if number % _OFTEN == 0:
                progress(number)
        file.flush()
        return texts.duplicates()


def sign(content: str) -> tuple[bool, bytes]:
    """Whether a text is long enough to join articles, and its signature.

    A text of fewer than six words joins nothing: it is a line of contact, or says that there is no text, and would make
    one family of thousands of articles.
    """
    found = pieces(content)
    # Of no language: a copy is one whatever language was found in it.
    return len(found) >= SHORTEST, unranked(signature(found, None, _NO_RANK, "near"))


def _kept(connection: Connection) -> Duplicates:
    numpy = require("numpy", extra="batch", purpose=_PURPOSE)
    numbers, sizes, names, joins = array("q"), array("i"), bytearray(), bytearray()
    rows = connection.execute(select(duplicates).order_by(duplicates.c.revision_id).execution_options(yield_per=10_000))
    for row in rows:
        numbers.append(row.revision_id)
        sizes.append(row.size or 0)
        names += row.cluster or bytes(16)
        joins.append(bool(row.joins))
    return Duplicates(
        numpy.frombuffer(numbers, "i8"),
        numpy.frombuffer(names, ">u8").reshape(-1, 2).astype("u8"),
        numpy.frombuffer(sizes, "i4"),
        numpy.frombuffer(joins, "u1").astype(bool),
    )


@dataclass(slots=True)
class TextSignatures:
    """Texts as they go by, in any order: what is kept of each are some 370 bytes, most of them in a file."""

    file: IO[bytes]
    revisions: array[int] = field(default_factory=lambda: array("q"))
    articles: array[int] = field(default_factory=lambda: array("q"))
    joins: bytearray = field(default_factory=bytearray)
    unreadable: array[int] = field(default_factory=lambda: array("q"))

    def add(self, revision: int, article: int, joins: bool, kept: bytes | None) -> None:
        """One more text, by what `sign` gives of it; None of one that cannot be read."""
        if kept is None:
            self.unreadable.append(revision)
            return
        self.revisions.append(revision)
        self.articles.append(article)
        self.joins.append(bool(joins))
        self.file.write(ranked(kept))

    def duplicates(self) -> Duplicates:
        """The clusters of all that were added, once their file is flushed."""
        numpy = require("numpy", extra="batch", purpose=_PURPOSE)
        total, ids = len(self.revisions), numpy.array([*self.revisions, *self.unreadable], "i8")
        # What cannot be read is in no cluster.
        names, sizes = numpy.zeros((len(ids), 2), "u8"), numpy.zeros(len(ids), "i4")
        joins = numpy.zeros(len(ids), dtype=bool)
        if total:
            numbers, clustered = clusters(self.file, total)
            articles = numpy.frombuffer(self.articles, "i8")
            # Cluster by cluster, in each by article, which counts once.
            order = numpy.lexsort((articles, numbers))
            another = numpy.ones(total, dtype=bool)
            another[1:] = (numbers[order][1:] != numbers[order][:-1]) | (articles[order][1:] != articles[order][:-1])
            counted = numpy.bincount(numbers[order][another], minlength=len(clustered))
            names[:total], sizes[:total], joins[:total] = clustered[numbers], counted[numbers], self.joins
        by_id = numpy.argsort(ids)
        return Duplicates(ids[by_id], names[by_id], sizes[by_id], joins[by_id])


# ---- how it is made


def measure(store: Store, read: Reader, limit: int) -> Iterator[int]:
    """Sign the texts that lack it, up to `limit` in a transaction, how many each time; then cluster all, which is 0.

    Raises `UsageError` where what finds near duplicates is not installed.
    """
    require_extra(_PURPOSE)
    number, last = 1, 0
    while number:
        number, last = store.write(partial(_sign, read=read, limit=limit, after=last))
        if number:
            yield number
    while store.read(unmeasured):
        # In a view of its own, which no writer waits for; another process may have written clusters meanwhile.
        before, found = store.read(lambda connection: (_number(connection), duplicates_of(connection, read)))
        if store.write(partial(_keep, found=found, before=before)):
            yield 0
            return


def _alone(connection: Connection) -> None:
    """Let nobody else write signatures and clusters in this transaction; of SQLite there is one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE signatures IN SHARE ROW EXCLUSIVE MODE"))


def _sign(connection: Connection, read: Reader, limit: int, after: int) -> tuple[int, int]:
    _alone(connection)
    lacking = select(revisions.c.id, revisions.c.record_hash).where(
        ~_signed().correlate(revisions), revisions.c.id > after
    )
    hashes = {row.id: row.record_hash for row in connection.execute(lacking.order_by(revisions.c.id).limit(limit))}
    if not hashes:
        return 0, after
    ids = sorted(hashes)
    rows = {row.id: row for row in connection.execute(revision_columns(lines=False).where(revisions.c.id.in_(ids)))}
    made = []
    for number in ids:
        stored = read(rows.get(number, number))
        # A text that cannot be read has a row without a signature: else it would be tried for ever.
        joins, kept = (False, None) if stored is None else sign(stored.article.text)
        columns = {"record_hash": hashes[number], "version": _version(), "joins": joins, "signature": kept}
        made.append({"revision_id": number, **columns})
    former = {
        row.revision_id: row.signature
        for row in connection.execute(
            select(signatures.c.revision_id, signatures.c.signature).where(signatures.c.revision_id.in_(ids))
        )
    }
    # Most records that changed have the same text as before: its cluster stays.
    changed = [row["revision_id"] for row in made if former.get(row["revision_id"], row) != row["signature"]]
    connection.execute(delete(duplicates).where(duplicates.c.revision_id.in_(changed)))
    connection.execute(delete(signatures).where(signatures.c.revision_id.in_(ids)))
    connection.execute(insert(signatures), made)
    return len(ids), ids[-1]


def _keep(connection: Connection, found: Duplicates, before: int) -> bool:
    """Keep the clusters of all texts, by the rows that are others now; False where another process did in between."""
    _alone(connection)
    if _number(connection) != before:
        return False
    numpy = require("numpy", extra="batch", purpose=_PURPOSE)
    known = _kept(connection)
    at = known.revisions.searchsorted(found.revisions)
    same = numpy.zeros(len(found.revisions), dtype=bool)
    there = numpy.flatnonzero(at < len(known.revisions))
    place = at[there]
    same[there] = (
        (known.revisions[place] == found.revisions[there])
        & (known.names[place] == found.names[there]).all(axis=1)
        & (known.sizes[place] == found.sizes[there])
        & (known.joins[place] == found.joins[there])
    )
    ids = found.revisions[~same].tolist()
    values = zip(
        ids, found.names[~same].tolist(), found.sizes[~same].tolist(), found.joins[~same].tolist(), strict=True
    )
    made = [
        {
            "revision_id": number,
            "joins": joins,
            "cluster": high.to_bytes(8, "big") + low.to_bytes(8, "big") if size else None,
            "size": size or None,
        }
        for number, (high, low), size, joins in values
    ]
    for start in range(0, len(made), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        connection.execute(delete(duplicates).where(duplicates.c.revision_id.in_(some)))
        connection.execute(insert(duplicates), made[start : start + _AT_ONCE])
    note(connection, _CLUSTERED, str(_number(connection)))
    return True
