"""Where a file of a dataset ends: after so many rows, or so many bytes.

Rows come one by one, or as chunks: rows of one place that were prepared together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

BYTES_PER_FILE = 500_000_000
"""Before compression: the file size that `datasets` makes when it pushes to the hub."""

EVERY_ROW = 2**62
"""No bound on rows: a file ends by its bytes alone."""

Row = Mapping[str, Any]
T = TypeVar("T")
ChunkT = TypeVar("ChunkT", bound="RowChunk")


class RowChunk(Protocol):
    """Rows in the form that a file takes; ``len`` is their number."""

    def __len__(self) -> int: ...

    @property
    def size(self) -> int:
        """Their bytes, before compression."""
        ...

    def only(self: ChunkT, kept: Sequence[int]) -> ChunkT:
        """The rows with these indices."""
        ...

    def loaded(self: ChunkT) -> ChunkT:
        """The same rows in memory; a file they were put aside in is removed."""
        ...

    def beginning_before(self, size: int) -> int:
        """How many rows, one at least, begin before this byte."""
        ...


class Content(RowChunk, Protocol):
    """A chunk that can be put aside."""

    def put_aside(self, file: Path) -> Any:
        """The same for another process, which gets the name of a new file with everything large.

        There it is a chunk, or its `taken` makes one. Raises `OSError` where the file cannot be written.
        """
        ...


class Feed(Iterator[T]):
    """An iterator to which an item can be given back: it is then the next one.

    >>> feed = Feed("abc")
    >>> feed.give_back(next(feed))
    >>> [*feed]
    ['a', 'b', 'c']
    """

    def __init__(self, source: Iterable[T]) -> None:
        self._source = iter(source)

    def __next__(self) -> T:
        return next(self._source)

    def give_back(self, item: T) -> None:
        """Make this the next item."""
        self._source = chain((item,), self._source)


def chunks_of_file(source: Feed[ChunkT], *, most_rows: int, most_bytes: int | None = None) -> Iterator[ChunkT]:
    """The chunks of one file, which ends as `Cut` says; the rest of a chunk that is too long is given back."""
    rows, size, most = 0, 0, BYTES_PER_FILE if most_bytes is None else most_bytes
    while rows < most_rows and size < most:
        chunk = next(source, None)
        if chunk is None:
            return
        taken = min(most_rows - rows, chunk.beginning_before(most - size))
        if taken < len(chunk):
            chunk = chunk.loaded()
            source.give_back(chunk.only(range(taken, len(chunk))))
            chunk = chunk.only(range(taken))
        rows += taken
        size += chunk.size
        yield chunk


@dataclass(slots=True, kw_only=True)
class Cut(Generic[T]):
    """The rows of one file: it ends at `most_rows`, or when its writer has counted `most_bytes` in `bytes`.

    What is left in `source` is for the next file.

    >>> source, taken = iter([{"id": "a"}, {"id": "b"}, {"id": "c"}]), []
    >>> cut = Cut(source=source, most_rows=5, most_bytes=10)
    >>> for row in cut:
    ...     cut.bytes += 6
    >>> cut.rows, next(source)
    (2, {'id': 'c'})
    """

    source: Iterator[T]
    most_rows: int
    most_bytes: int = BYTES_PER_FILE
    rows: int = 0
    bytes: int = 0

    def __iter__(self) -> Iterator[T]:
        while self.rows < self.most_rows and self.bytes < self.most_bytes:
            row = next(self.source, None)
            if row is None:
                return
            self.rows += 1
            yield row
