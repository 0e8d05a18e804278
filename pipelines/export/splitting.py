"""The splits of a dataset (train, test): their shares, and which of them an article belongs to."""

from __future__ import annotations

import hashlib
import math
import pickle
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from io import BufferedReader
from itertools import accumulate, groupby
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import zstandard

from pipelines.errors import UsageError
from pipelines.export.dataset import split_order
from pipelines.export.shards import Placed, RowPlace

SPLIT = "split"
"""The column of a dataset that is split."""

_NAME = re.compile(r"[a-z]+\Z")
_ALL = "all"  # the name of `datasets` for all splits together
_EXACT = 1e-9  # tolerance of a sum of shares in floating point
_REMEDY = "write for example train=0.98,test=0.02"


def shares_of(given: Mapping[str, float]) -> dict[str, float]:
    """The shares of the splits, in the order of splits. Raises `UsageError` where they are wrong.

    >>> shares_of({"test": 0.02, "train": 0.98})
    {'train': 0.98, 'test': 0.02}
    """
    for name, share in given.items():
        if not isinstance(name, str) or not _NAME.match(name) or name == _ALL:
            raise UsageError(f"{name!r} is no name of a split (a to z alone, and not 'all'); {_REMEDY}")
        if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 < share <= 1:
            raise UsageError(f"the share of the split {name} is {share!r}, no number above 0, and 1 at most; {_REMEDY}")
    if not math.isclose(math.fsum(given.values()), 1, abs_tol=_EXACT):
        raise UsageError(f"the shares of the splits add up to {math.fsum(given.values()):.12g}, not to 1; {_REMEDY}")
    return {name: float(given[name]) for name in sorted(given, key=split_order)}


def read_shares(text: str) -> dict[str, float]:
    """Shares as people write them (``train=0.98,test=0.02``). Raises `UsageError` where they are wrong."""
    shares: dict[str, float] = {}
    for part in text.split(","):
        name, equals, number = part.strip().partition("=")
        try:
            share = float(number)
        except ValueError:
            share = math.nan
        if not equals or math.isnan(share):
            raise UsageError(f"{part.strip()!r} is no NAME=SHARE; {_REMEDY}")
        if name in shares:
            raise UsageError(f"the split {name} is named twice; {_REMEDY}")
        shares[name] = share
    return shares_of(shares)


def split_of(family: str, shares: Mapping[str, float], seed: int) -> str:
    """The split of a family: the hash of its key and the seed decides, nothing else.

    >>> [split_of("cho-noi", {"train": 0.5, "test": 0.5}, seed) for seed in (4, 5)]
    ['train', 'test']
    """
    key = f"split\n{seed}\n{family}".encode("utf-8", "surrogatepass")
    place = int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "big") / 2**64
    ends = accumulate(shares.values())
    # The last one ends at 1, whatever floating point makes of the sum.
    return next((name for name, end in zip(shares, ends, strict=True) if place < end), [*shares][-1])


def split_lines(shares: Mapping[str, float], seed: int, families: Mapping[str, int]) -> tuple[str, ...]:
    """How the splits were made, in sentences; none where nothing is split.

    `families` has the number of ``articles`` in the store, of their ``families``, and of articles in the ``largest``.
    """
    if not shares:
        return ()
    asked = ", ".join(f"{name} {share:g}" for name, share in shares.items())
    return (
        f"Shares asked for: {asked} (seed {seed}), of families of articles, so that those of rows are near it.",
        "A family is an article in all its languages, with every article that has a near duplicate of one of its",
        "texts, and so on: it is whole in one split. The hash of its smallest `slug` and the seed decides in which,",
        "and families are those of the whole store: whatever is selected, an article is in the same split. Texts of",
        f"fewer than six words join nothing. The store has {families['articles']:,} articles in",
        f"{families['families']:,} families; the largest has {families['largest']:,}.",
    )


def in_split_order(placed: Iterator[Placed], first: str, scratch: Path) -> Iterator[Placed]:
    """Rows that come configuration by configuration, ordered within each split after split.

    Rows of the split `first` pass, those of the others wait in files of the folder `scratch`.
    """
    for _, of_config in groupby(placed, key=lambda row: row[0].config):
        with ExitStack() as stack:
            waiting: dict[RowPlace, _Spool] = {}
            for place, row in of_config:
                if place.split == first:
                    yield place, row
                    continue
                if place not in waiting:
                    waiting[place] = _Spool(stack.enter_context(TemporaryFile(dir=scratch)))
                waiting[place].add(row)
            for place in sorted(waiting, key=lambda place: split_order(place.split)):
                for row in waiting[place].rows():
                    yield place, row


class _Spool:
    """Rows that wait in a file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._number = file, 0
        self._packed = zstandard.ZstdCompressor(level=1).stream_writer(file, closefd=False)

    def add(self, content: Any) -> None:
        """Add one more row, in the form that a format writes."""
        self._number += 1
        self._packed.write(pickle.dumps(content))

    def rows(self) -> Iterator[Any]:
        """The rows in their order; no further one can be added."""
        self._packed.flush(zstandard.FLUSH_FRAME)
        self._file.seek(0)
        with zstandard.ZstdDecompressor().stream_reader(self._file) as packed:
            unpacked = BufferedReader(packed)
            for _ in range(self._number):
                yield pickle.load(unpacked)  # noqa: S301  # no one else can write to it: it has no name
