"""Any number of values: whether a column is one of them, and so many at once as a statement can have parameters for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ARRAY, any_, cast, func, select

T = TypeVar("T")


def among(dialect: str, column: Any, values: Sequence[int] | Sequence[str], kind: ARRAY[Any]) -> Any:
    """Whether a column is one of any number of values, which are one parameter."""
    if dialect == "sqlite":
        return column.in_(select(func.json_each(json.dumps(list(values))).table_valued("value").c.value))
    return column == any_(cast(list(values), kind))


def parts_of(values: Sequence[T], most: int = 300) -> Iterator[Sequence[T]]:
    """The values in their order, `most` of them at a time.

    >>> list(parts_of([1, 2, 3], 2)), list(parts_of([], 2))
    ([[1, 2], [3]], [])
    """
    for at in range(0, len(values), most):
        yield values[at : at + most]
