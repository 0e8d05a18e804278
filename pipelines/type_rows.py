"""JSON Lines for readers that guess a column's type from the first rows of a file (polars, DuckDB, datasets).

The rows that show the types come first: in front stand the rows of which each has a value in a place where no row
before it had one, so that no column, item of a list, or field of an object looks empty that is not. All other rows
follow in their order.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, cast

_COPIED_AT_A_TIME = 2**20
_ITEM = 0  # the place of a list's items: no field has a number for a name
_PLAIN = frozenset({str, int, float, bool})
_NOTHING = type(None)
_MOST_SHAPES = 10_000  # that are remembered: rows of somebody's corpus may each have one of their own

Place = tuple[Any, ...]
"""Where a row has a value: the name of a column, then of what objects and lists within it hold."""
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
    """The places in which some row had a value."""

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


def write_lines(out: IO[bytes], lines: Iterable[tuple[bytes, Shape]], *, scratch: Path | None = None) -> int:
    """Write lines (each with its end of line, and the shape of its row), those that show the types first; how many.

    All others wait in a temporary file (below `scratch`, else where the system has those).
    """
    shown, number = TypesShown(), 0
    with TemporaryFile(dir=scratch) as rest:
        for number, (line, shape) in enumerate(lines, 1):  # noqa: B007  # the count is the result
            (out if shown.shows_more(shape) else cast(IO[bytes], rest)).write(line)
        rest.seek(0)
        shutil.copyfileobj(rest, out, _COPIED_AT_A_TIME)
    return number
