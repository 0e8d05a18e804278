"""Exact and near duplicates among the clean rows of a whole job.

Exact: the hash of the normalised text and its language. Near: MinHash over shingles of three words, found by locality-
sensitive hashing and then verified against the whole signature. A cluster is a connected component over both; its id
is the smallest exact hash in it, so that neither order nor sharding can change it.

rensa rather than datasketch: at the same error it makes a signature 80 times faster (benchmarks/duplicates.py).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, cast

from pipelines.batch.extras import require
from pipelines.batch.input_rows import DuplicateMode
from pipelines.batch.shingles import normalised, shingles

if TYPE_CHECKING:  # optional: near duplicates alone need it
    import numpy as np
    from numpy.typing import NDArray

_PERMUTATIONS = 128
_SEED = 42
# 21 bands of 6: a pair of Jaccard 0.8 meets in a band with probability 0.998, one of 0.9 with 1 - 1e-7.
_BANDS, _BAND_ROWS = 21, 6
# A pair that met counts if its estimated Jaccard is at least this: the estimate's standard deviation is 0.035 at
# 0.8 and 0.044 at 0.5, so 99 % of the former are above it, and fewer than 1 in 100,000 of the latter.
THRESHOLD = 0.7
# Within a bucket of equal bands each text is compared to so many that follow it: buckets of thousands are boilerplate,
# or one text with small changes, which is connected through its neighbours and the other bands.
_NEIGHBOURS = 32
# Pairs verified at a time: each touches two pages of memory, 8 kB.
_PAIRS = 8192

_EXACT, _RANK = 16, 32
_SIZES: dict[DuplicateMode, int] = {
    "none": 0,
    "exact": _EXACT + _RANK,
    "near": _EXACT + _RANK + _PERMUTATIONS + _BANDS * 8,
}
_NEAR = "finding near duplicates (--duplicates exact does without)"
_MEMBER = struct.Struct(f">{_EXACT}sIB")
# Rows whose hashes are in memory at a time when only exact duplicates are looked for; about 200 bytes each.
_ROWS_AT_A_TIME = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A row's cluster: its id (32 hexadecimal digits), how many rows it has, and whether this row is its best."""

    cluster: str
    size: int
    best: bool


def rank(*, truncated: bool, untranslated: float, length: int, seconds: int | None, digest: bytes) -> bytes:
    """A row's place within its cluster, as bytes: the smallest is the best.

    Whole before cut off; less untranslated; longer; fetched later (`seconds` since 1970, unknown is earliest); then
    the smaller `digest` (16 bytes) of the row, which decides the same way in every run.
    """
    age = 2**63 - max(0, seconds if seconds is not None else 0)
    share = round(untranslated * 10_000)
    return struct.pack(">BHIQ16sx", truncated, share, max(0, 2**32 - 1 - length), age, digest)


def signature(found: Sequence[str], language: str | None, ranking: bytes, mode: DuplicateMode) -> bytes:
    """The signature of a text, from its pieces, for finding its duplicates: a fixed number of bytes for each mode."""
    if mode == "none":
        return b""
    normal = normalised(found)
    code = (language or "").encode()
    exact = exact_hash(normal, language)
    if mode == "exact":
        return exact + ranking
    sketch = _rensa().RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
    sketch.update(shingles(normal.encode("utf-8", "replace").decode()))  # rensa takes no lone surrogates
    values = struct.pack(f">{_PERMUTATIONS}I", *sketch.digest())
    width = _BAND_ROWS * 4
    bands = b"".join(
        hashlib.blake2b(values[i * width : (i + 1) * width], digest_size=8, key=code[:32]).digest()
        for i in range(_BANDS)
    )
    # One byte of each value is enough to verify: two different ones agree once in 256, which is corrected for.
    return exact + ranking + values[3::4] + bands


def unranked(whole: bytes) -> bytes:
    """A signature of ``near`` without its ranking, as it is kept for texts of which none is the best."""
    return whole[:_EXACT] + whole[_EXACT + _RANK :]


def ranked(kept: bytes) -> bytes:
    """The inverse of `unranked`, with a ranking of zeros."""
    return kept[:_EXACT] + bytes(_RANK) + kept[_EXACT:]


def exact_hash(normal: str, language: str | None) -> bytes:
    """The hash (16 bytes) of a normalised text and its language: equal for exact duplicates."""
    code = (language or "").encode()
    return hashlib.blake2b(code + b"\0" + normal.encode("utf-8", "surrogatepass"), digest_size=_EXACT).digest()


def require_mode(mode: DuplicateMode) -> None:
    """Raise `UsageError` where the optional modules of a mode are missing."""
    if mode == "near":
        for module in ("rensa", "numpy"):
            require(module, extra="batch", purpose=_NEAR)


def algorithm(mode: DuplicateMode) -> str:
    """The name and version of what makes the signatures."""
    if mode != "near":
        return mode
    return f"rensa.RMinHash {_rensa().RMinHash.ALGORITHM_VERSION}, {_PERMUTATIONS} permutations, seed {_SEED}"


def cluster(signatures: IO[bytes], rows: Sequence[int], mode: DuplicateMode) -> list[bytes]:
    """Cluster the rows of a job, from their signatures one after another in a (seekable) file.

    `rows` is the number of rows of each shard, in the order of the file. Returns for each shard its rows' memberships,
    packed (see `memberships`).
    """
    total = sum(rows)
    if mode == "none" or total == 0:
        return [b""] * len(rows)
    packed = _near(signatures, total) if mode == "near" else _exact(signatures, total)
    result, start = [], 0
    for count in rows:
        result.append(bytes(packed[start * _MEMBER.size : (start + count) * _MEMBER.size]))
        start += count
    return result


def memberships(packed: bytes) -> Iterator[Membership]:
    """The memberships of a shard's clean rows, in their order."""
    for exact, size, best in _MEMBER.iter_unpack(packed):
        yield Membership(cluster=exact.hex(), size=size, best=bool(best))


def _exact(signatures: IO[bytes], total: int) -> bytearray:
    packed = bytearray(total * _MEMBER.size)
    passes = -(-total // _ROWS_AT_A_TIME)
    for number in range(passes):
        found: dict[bytes, list[Any]] = {}  # hash -> [size, best ranking, index of the best]
        for index, exact, ranking in _each(signatures):
            if int.from_bytes(exact[:4], "big") % passes != number:
                continue
            entry = found.setdefault(exact, [0, ranking, index])
            entry[0] += 1
            if ranking < entry[1]:
                entry[1:] = [ranking, index]
        for index, exact, _ in _each(signatures):
            if (entry := found.get(exact, [])) != []:
                _MEMBER.pack_into(packed, index * _MEMBER.size, exact, entry[0], entry[2] == index)
    return packed


def _each(signatures: IO[bytes]) -> Iterator[tuple[int, bytes, bytes]]:
    signatures.seek(0)
    index = 0
    while block := signatures.read(_SIZES["exact"] * 4096):
        for at in range(0, len(block), _SIZES["exact"]):
            yield index, block[at : at + _EXACT], block[at + _EXACT : at + _SIZES["exact"]]
            index += 1


def clusters(signatures: IO[bytes], total: int) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """The near duplicates among `total` signatures of ``near``, one after another in a (seekable) file.

    Returns for each row the number of its cluster, and for each such number the cluster's name, the smallest exact hash
    in it, as two numbers of eight bytes. Not every number below the largest is a cluster's.
    """
    np = require("numpy", extra="batch", purpose=_NEAR)
    table = _Table(signatures, total)
    # Texts: the distinct exact hashes, numbered in the order of the hashes.
    high, low = table.column("exact", 0), table.column("exact", 1)
    order = np.lexsort((low, high))
    starts = np.ones(total, dtype=bool)
    starts[1:] = (high[order][1:] != high[order][:-1]) | (low[order][1:] != low[order][:-1])
    text_of_row = np.empty(total, dtype="i8")
    text_of_row[order] = np.cumsum(starts) - 1
    row_of_text = order[starts]
    cluster_of_row = _components(table, row_of_text)[text_of_row]  # each cluster is named by its smallest text
    return cluster_of_row, np.stack((high[row_of_text], low[row_of_text]), axis=1)


def _near(signatures: IO[bytes], total: int) -> bytearray:
    np = require("numpy", extra="batch", purpose=_NEAR)
    cluster_of_row, names = clusters(signatures, total)
    table = _Table(signatures, total)
    sizes = np.bincount(cluster_of_row, minlength=len(names))
    best = sizes[cluster_of_row] == 1
    shared = np.flatnonzero(~best)
    ranks = [table.column("rank", i)[shared] for i in range(_RANK // 8)]
    by_rank = shared[np.lexsort((shared, *reversed(ranks), cluster_of_row[shared]))]
    first = np.ones(len(by_rank), dtype=bool)
    first[1:] = cluster_of_row[by_rank][1:] != cluster_of_row[by_rank][:-1]
    best[by_rank[first]] = True

    out = np.empty(total, dtype=np.dtype([("exact", ">u8", 2), ("size", ">u4"), ("best", "u1")]))
    out["exact"] = names[cluster_of_row]
    out["size"] = sizes[cluster_of_row]
    out["best"] = best
    return bytearray(out.tobytes())


class _Table:
    """The signatures of ``near`` as columns, read from their file on demand: one is 344 bytes."""

    def __init__(self, file: IO[bytes], rows: int) -> None:
        self._numpy = require("numpy", extra="batch", purpose=_NEAR)
        self._file, self._rows = file, rows
        self._record = self._numpy.dtype(
            [
                ("exact", ">u8", _EXACT // 8),
                ("rank", ">u8", _RANK // 8),
                ("sketch", "u1", _PERMUTATIONS),
                ("bands", ">u8", _BANDS),
            ]
        )

    def column(self, name: str, index: int) -> NDArray[np.uint64]:
        """One number of each row: element `index` of the field `name`."""
        values = self._numpy.empty(self._rows, dtype="u8")
        self._file.seek(0)
        at = 0
        while block := self._file.read(self._record.itemsize * 16384):
            part = self._numpy.frombuffer(block, dtype=self._record)[name][:, index]
            values[at : at + len(part)] = part
            at += len(part)
        return cast("NDArray[np.uint64]", values)

    def similarity(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float64]:
        """The estimated Jaccard similarity of each pair of rows."""
        # Mapped again each time: what was read of a mapping stays in memory for as long as it lives.
        table = self._numpy.memmap(self._file, dtype=self._record, mode="r", shape=(self._rows,))
        equal = (table["sketch"][left] == table["sketch"][right]).mean(axis=1)
        return cast("NDArray[np.float64]", (equal - 1 / 256) / (1 - 1 / 256))


def _components(table: _Table, row_of_text: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each text the smallest text it is connected with, by pairs that share a band and are similar."""
    numpy = require("numpy", extra="batch", purpose=_NEAR)
    count = len(row_of_text)
    parents = numpy.arange(count)
    for band in range(_BANDS):
        keys = table.column("bands", band)[row_of_text]
        order = numpy.argsort(keys, kind="stable")  # stable: within a bucket in the order of the hashes
        keys = keys[order]
        for distance in range(1, min(_NEIGHBOURS, count - 1) + 1):
            met = numpy.flatnonzero(keys[distance:] == keys[:-distance])
            if not len(met):
                break
            left, right = order[met], order[met + distance]
            apart = parents[left] != parents[right]
            left, right = left[apart], right[apart]
            for at in range(0, len(left), _PAIRS):
                a, b = left[at : at + _PAIRS], right[at : at + _PAIRS]
                alike = table.similarity(row_of_text[a], row_of_text[b]) >= THRESHOLD
                _join(parents, a[alike], b[alike])
            # Every text points at its root again, so that `apart` sees what was just joined.
            while not numpy.array_equal(up := parents[parents], parents):
                parents = up
    return cast("NDArray[np.int64]", parents)


def _join(parents: Any, left: Any, right: Any) -> None:
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        while parents[a] != a:
            a = parents[a]
        while parents[b] != b:
            b = parents[b]
        # The smaller one is the root: the name of a cluster does not depend on the order of joining.
        if a < b:
            parents[b] = a
        elif b < a:
            parents[a] = b


def _rensa() -> Any:
    return require("rensa", extra="batch", purpose=_NEAR)
