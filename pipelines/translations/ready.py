"""Rows of a corpus ready for a file, made in any process; some may still be left out, and they are joined.

They wait on the disk as the bytes that `parts` gives (`pipelines.translations.spool`).
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pipelines.export import cutting
from pipelines.export.cutting import Feed, Row
from pipelines.export.parquet import (
    BYTES_PER_GROUP,
    ROWS_PER_GROUP,
    arrow_schema,
    arrow_table,
    fields_writer,
    held_by,
    require,
)
from pipelines.record import Field
from pipelines.type_rows import Lines, Shape

ReadyT = TypeVar("ReadyT", bound="Ready")


class Ready(Protocol):
    """Rows in the form that a file takes; ``len`` is their number."""

    def __len__(self) -> int: ...

    def only(self: ReadyT, kept: Sequence[int]) -> ReadyT:
        """The rows with these numbers."""
        ...

    def parts(self) -> tuple[bytes, ...]:
        """The rows as bytes, for the disk."""
        ...

    @classmethod
    def of_parts(cls: type[ReadyT], parts: Sequence[bytes]) -> ReadyT:
        """The inverse of `parts`."""
        ...


def _numbers() -> array[int]:
    return array("I")


@dataclass(frozen=True, slots=True)
class TextRows:
    """Rows as texts, one after the other in `data`; `ends` has where each one ends there.

    `shapes` are those of JSON Lines (`pipelines.type_rows`), each once, and `shaped` has the number of each row's
    shape; both are empty for other formats.
    """

    data: bytes
    ends: array[int]
    shapes: tuple[Shape, ...] = ()
    shaped: array[int] = field(default_factory=_numbers)

    @classmethod
    def of(cls, texts: Sequence[bytes], shapes: Sequence[Shape] = ()) -> TextRows:
        """Join separate texts, each with its shape where there are shapes.

        >>> rows = TextRows.of([b"a", b"bc", b"d"], [(("x",),), (("y",),), (("x",),)])
        >>> rows.data, [*rows.ends], [*rows.shaped], rows.only([0, 2]).data
        (b'abcd', [1, 3, 4], [0, 1, 0], b'ad')
        """
        numbers: dict[Shape, int] = {}
        shaped = array("I", [numbers.setdefault(shape, len(numbers)) for shape in shapes])
        return cls(b"".join(texts), array("Q", accumulate(map(len, texts))), tuple(numbers), shaped)

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def size(self) -> int:
        """Their size in bytes, before compression."""
        return len(self.data)

    def loaded(self) -> TextRows:
        """The rows themselves: they are in memory already."""
        return self

    def only(self, kept: Sequence[int]) -> TextRows:
        """The rows with these numbers."""
        texts = [self.data[self.ends[number - 1] if number else 0 : self.ends[number]] for number in kept]
        return TextRows.of(texts, [self.shapes[self.shaped[number]] for number in kept] if self.shapes else ())

    def beginning_before(self, size: int) -> int:
        """How many rows, one at least, begin before this byte."""
        return 1 + bisect_left(self.ends, size, 0, len(self.ends) - 1)

    def lines(self) -> Lines:
        """Lines of JSON, with the first row of each shape: no later one shows more."""
        first: dict[int, int] = {}
        for at, number in enumerate(self.shaped):
            first.setdefault(number, at)
        return Lines(self.data, self.ends, [(at, self.shapes[number]) for number, at in first.items()])

    def parts(self) -> tuple[bytes, ...]:
        """The texts, where they end, and their shapes."""
        shapes = json.dumps(self.shapes, ensure_ascii=False).encode()
        return self.data, self.ends.tobytes(), shapes, self.shaped.tobytes()

    @classmethod
    def of_parts(cls, parts: Sequence[bytes]) -> TextRows:
        """The inverse of `parts`.

        >>> rows = TextRows.of([b"a", b"b"], [(("x", 0, "y"),), ()])
        >>> TextRows.of_parts(rows.parts()) == rows
        True
        """
        data, ends, shapes, shaped = parts
        known = tuple(tuple(map(tuple, shape)) for shape in json.loads(shapes))
        return cls(data, array("Q", ends), known, array("I", shaped))


@dataclass(frozen=True, slots=True)
class TableRows:
    """Rows as a stream of Arrow in `data`; `held` has each one's size in memory, by which row groups are cut."""

    data: bytes
    held: array[int]

    @classmethod
    def of(cls, rows: Sequence[Row], fields: Sequence[Field]) -> TableRows:
        """Rows of these columns. Raises `UnicodeEncodeError` where a text has half of a character."""
        return cls(_streamed(arrow_table(rows, arrow_schema(fields))), array("Q", map(held_by, rows)))

    @property
    def table(self) -> Any:
        """The rows as an Arrow table."""
        arrow = require()
        return arrow.ipc.open_stream(arrow.py_buffer(self.data)).read_all()

    def __len__(self) -> int:
        return len(self.held)

    def only(self, kept: Sequence[int]) -> TableRows:
        """The rows with these numbers."""
        if isinstance(kept, range):
            return TableRows(_streamed(self.table.slice(kept.start, len(kept))), self.held[kept.start : kept.stop])
        chosen = self.table.take(require().array(kept, require().int64()))
        return TableRows(_streamed(chosen), array("Q", [self.held[number] for number in kept]))

    def parts(self) -> tuple[bytes, ...]:
        """The stream and the sizes."""
        return self.data, self.held.tobytes()

    @classmethod
    def of_parts(cls, parts: Sequence[bytes]) -> TableRows:
        """The inverse of `parts`."""
        return cls(parts[0], array("Q", parts[1]))


def _streamed(table: Any) -> bytes:
    arrow = require()
    out = arrow.BufferOutputStream()
    with arrow.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table)
    return bytes(out.getvalue())


def write_tables(path: Path, feed: Feed[TableRows], fields: Sequence[Field]) -> int:
    """Write a Parquet file of the next rows, and return their number; without a row the file has its schema."""
    rows = size = 0
    with fields_writer(path, fields) as writer:
        while size < cutting.BYTES_PER_FILE and (group := _row_group(feed)) is not None:
            writer.write_table(group, row_group_size=group.num_rows)
            rows += group.num_rows
            size += group.nbytes
    return rows


def _row_group(feed: Feed[TableRows]) -> Any:
    """The next rows as one table: so many rows or bytes, whichever comes first. None where none is left."""
    tables: list[Any] = []
    rows = held = 0
    while rows < ROWS_PER_GROUP and held < BYTES_PER_GROUP and (chunk := next(feed, None)) is not None:
        taken = 0
        for taken, size in enumerate(chunk.held, 1):  # noqa: B007  # how many fit
            rows += 1
            held += size
            if rows >= ROWS_PER_GROUP or held >= BYTES_PER_GROUP:
                break
        tables.append(chunk.table.slice(0, taken))
        if taken < len(chunk):
            feed.give_back(chunk.only(range(taken, len(chunk))))
    return require().concat_tables(tables).combine_chunks() if tables else None
