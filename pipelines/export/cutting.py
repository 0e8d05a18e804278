"""Where a file of a dataset ends: after so many rows, or so many bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

BYTES_PER_FILE = 500_000_000
"""Before compression: the size of the files that `datasets` makes when it pushes to the hub."""

EVERY_ROW = 2**62
"""More rows than there are: a file ends by its bytes alone."""

Row = Mapping[str, Any]
T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Cut(Generic[T]):
    """The rows of one file: it ends at `most_rows`, or where its writer has counted `most_bytes` in `bytes`.

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
