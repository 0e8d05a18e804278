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


class TypesShown:
    """The places in which some row had a value; a place is a column, or what lists and objects within it hold."""

    def __init__(self) -> None:
        self._shown: dict[Any, Any] = {}

    def shows_more(self, row: Mapping[str, Any]) -> bool:
        """Whether the row has a value in a place where no row before it had one.

        >>> shown = TypesShown()
        >>> rows = [{"a": 1, "b": []}, {"a": 2, "b": None}, {"a": 3, "b": ["x"]}, {"a": None, "b": ["y"]}]
        >>> [shown.shows_more(row) for row in rows]
        [True, False, True, False]
        """
        return _shows_more(row, self._shown)


def _shows_more(value: Mapping[str, Any], shown: dict[Any, Any]) -> bool:
    more = False
    for name, inner in value.items():
        if inner is None:
            continue
        below = shown.get(name)
        if below is None:
            below = shown[name] = {}
            more = True
        if isinstance(inner, Mapping):
            more = _shows_more(inner, below) or more
        elif isinstance(inner, (list, tuple)):
            for item in inner:
                more = _shows_more({0: item}, below) or more  # type: ignore[dict-item]  # a place of its own
    return more


def write_lines(out: IO[bytes], rows: Iterable[tuple[bytes, Mapping[str, Any]]], *, scratch: Path | None = None) -> int:
    """Write lines (each with its end of line, and the row it holds), those that show the types first; how many.

    All others wait in a temporary file (below `scratch`, else where the system has those).
    """
    shown, number = TypesShown(), 0
    with TemporaryFile(dir=scratch) as rest:
        for number, (line, row) in enumerate(rows, 1):  # noqa: B007  # the count is the result
            (out if shown.shows_more(row) else cast(IO[bytes], rest)).write(line)
        rest.seek(0)
        shutil.copyfileobj(rest, out, _COPIED_AT_A_TIME)
    return number
