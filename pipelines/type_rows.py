"""JSON Lines for readers that guess a column's type from the first rows of a file (polars, DuckDB, datasets).

The rows that show the types come first: each of them has a value in a place where no earlier row had one, so that no
column, list item or object field looks empty that is not. All other rows follow in their order.
"""

from __future__ import annotations

import json
import shutil
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, cast

_COPIED_AT_A_TIME = 2**20
_ITEM = 0  # the place of a list's items: no field has a number for a name
_PLAIN = frozenset({str, int, float, bool})
_NOTHING = type(None)
_MOST_SHAPES = 10_000  # that are remembered: in some corpora every row has a shape of its own

Place = tuple[Any, ...]
"""Where a row has a value: the name of a column, then the keys of the objects and lists within it."""
Shape = tuple[Place, ...]
"""The places in which a row has values, each once."""


def shape_of(row: Mapping[str, Any]) -> Shape:
    """The places in which a row has values.

    >>> shape_of({"a": 1, "b": None, "c": [], "d": ["x", None], "e": [{"f": 1, "g": None}]})
    (('a',), ('c',), ('d',), ('d', 0), ('e',), ('e', 0), ('e', 0, 'f'))
    """
    places: dict[Place, None] = {}
    _note(row, (), places)
    return tuple(places)


def _note(values: Mapping[Any, Any], above: Place, places: dict[Place, None]) -> None:
    for name, value in values.items():
        kind = value.__class__  # not `isinstance`: a row has a hundred values
        if kind is _NOTHING:
            continue
        place = (*above, name)
        places[place] = None
        if kind in _PLAIN:
            continue
        if kind is list or kind is tuple:
            inner, below = {*map(type, value)} - {_NOTHING}, (*place, _ITEM)
            if inner:
                places[below] = None
            if not inner <= _PLAIN:
                for item in value:
                    if item.__class__ is dict:
                        _note(item, below, places)
                    else:
                        _note({_ITEM: item}, place, places)
        elif isinstance(value, Mapping):
            _note(value, place, places)


class TypesShown:
    """The places in which some earlier row had a value."""

    def __init__(self) -> None:
        self._shapes: set[Shape] = set()
        self._places: set[Place] = set()

    def shows_more(self, shape: Shape) -> bool:
        """Whether a row of this shape has a value in a place where no row before it had one.

        >>> shown = TypesShown()
        >>> rows = [{"a": 1, "b": []}, {"a": 2, "b": None}, {"a": 3, "b": ["x"]}, {"a": None, "b": ["y"]}]
        >>> [shown.shows_more(shape_of(row)) for row in rows]
        [True, False, True, False]
        """
        if shape in self._shapes:  # thousands of rows have one shape
            return False
        if len(self._shapes) >= _MOST_SHAPES:
            self._shapes.clear()
        self._shapes.add(shape)
        more = not self._places.issuperset(shape)
        self._places.update(shape)
        return more


class NewPlaces:
    """The places in which rows have values, each given once, with the first row that has one there.

    `columns` has, for each column of the rows, all places that there can be.

    >>> new = NewPlaces({"a": {("a",)}, "b": {("b",), ("b", 0)}})
    >>> [new.of(row) for row in ({"a": 1, "b": []}, {"a": 2, "b": ["x"]}, {"a": 3, "b": ["y"]})]
    [(('a',), ('b',)), (('b', 0),), ()]
    """

    def __init__(self, columns: Mapping[str, Iterable[Place]]) -> None:
        self._missing = {name: {*places} for name, places in columns.items()}

    def of(self, row: Mapping[str, Any]) -> Shape:
        """The places of a row that no earlier row had."""
        found: list[Place] = []
        for name, missing in self._missing.items():
            value = row[name]
            # Most columns are done after one row; of those that stay, most are null or empty in every row.
            if value is not None and (value or (name,) in missing):
                places: dict[Place, None] = {}
                _note({name: value}, (), places)
                found += missing.intersection(places)
        for place in found:
            left = self._missing[place[0]]
            left.discard(place)
            if not left:
                del self._missing[place[0]]
        return tuple(sorted(found, key=str))


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of JSON, each with its end of line: all of them in `data`, and where each one `ends` there.

    `showing` has the numbers of the rows that have values in places where no earlier row of these has one, with all
    such places. Lines that were put aside are all that is in `file`, and their `data` is empty.
    """

    data: bytes
    ends: Sequence[int]
    showing: Sequence[tuple[int, Shape]]
    file: Path | None = None

    @classmethod
    def of(cls, lines: Sequence[bytes], showing: Sequence[tuple[int, Shape]]) -> Lines:
        """Join separate lines."""
        return cls(b"".join(lines), tuple(accumulate(map(len, lines))), showing)

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def size(self) -> int:
        """Their bytes."""
        return self.ends[-1] if self.ends else 0

    def put_aside(self, file: Path) -> Lines:
        """The same, in a new file: another process gets its name alone. Raises `OSError` where it cannot be written."""
        file.write_bytes(self.data)
        return replace(self, data=b"", file=file)

    def loaded(self) -> Lines:
        """The same, in memory. Their file is removed, so this works once."""
        if self.file is None:
            return self
        data = self.file.read_bytes()
        self.file.unlink()
        return replace(self, data=data, file=None)

    def line(self, number: int) -> bytes:
        """The line with this number, from 0."""
        return self.data[self.ends[number - 1] if number else 0 : self.ends[number]]

    def only(self, kept: Sequence[int]) -> Lines:
        """The lines with these numbers. Their shapes are read again: they may now be the first to show a type."""
        loaded = self.loaded()
        lines = [loaded.line(number) for number in kept]
        return Lines.of(lines, [(at, shape_of(json.loads(line))) for at, line in enumerate(lines)])

    def beginning_before(self, size: int) -> int:
        r"""How many lines, one at least, begin before this byte.

        >>> [Lines(b"a\nb\nc\n", (2, 4, 6), ()).beginning_before(size) for size in (1, 2, 3, 9)]
        [1, 1, 2, 3]
        """
        return 1 + bisect_left(self.ends, size, 0, len(self.ends) - 1)


def write_lines(out: IO[bytes], chunks: Iterable[Lines], *, scratch: Path | None = None) -> int:
    """Write lines, those that show the types first; returns their number.

    All others wait: those put aside in their file, which is read once and removed, the rest in a
    temporary file (below `scratch`, else in the system's place for them).
    """
    shown, number = TypesShown(), 0
    with TemporaryFile(dir=scratch) as file:
        waiting = _Waiting(cast(IO[bytes], file))
        for chunk in chunks:
            number += len(chunk)
            written = 0
            for at, shape in chunk.showing:
                if shown.shows_more(shape):
                    chunk = chunk.loaded()
                    start = chunk.ends[at - 1] if at else 0
                    waiting.add(memoryview(chunk.data)[written:start])
                    written = chunk.ends[at]
                    out.write(chunk.data[start:written])
            if chunk.file is None:
                waiting.add(memoryview(chunk.data)[written:])
            else:
                waiting.add_file(chunk.file)
        waiting.write(out)
    return number


class _Waiting:
    """Bytes, and files of bytes, that are written one after the other at the end."""

    def __init__(self, own: IO[bytes]) -> None:
        self._own = own
        self._held = 0  # bytes in the last stretch of the own file
        self._pieces: list[int | Path] = []  # so many bytes of the own file, or all of another

    def add(self, data: memoryview) -> None:
        self._held += self._own.write(data)

    def add_file(self, file: Path) -> None:
        self._pieces += [self._held, file]
        self._held = 0

    def write(self, out: IO[bytes]) -> None:
        self._own.seek(0)
        for piece in (*self._pieces, self._held):
            if isinstance(piece, Path):
                with piece.open("rb") as file:
                    shutil.copyfileobj(file, out, _COPIED_AT_A_TIME)
                piece.unlink()
            else:
                _copy(self._own, out, piece)


def _copy(source: IO[bytes], out: IO[bytes], size: int) -> None:
    while size:
        data = source.read(min(size, _COPIED_AT_A_TIME))
        out.write(data)
        size -= len(data)
