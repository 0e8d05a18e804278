"""Types of JSON columns, learned from rows without a library, so that all parts of a job have one set of columns.

A type is `None` (only nulls were seen), a `Scalar`, ``["list", type]`` or ``{field: type}``: JSON, since it goes
from the shards to the job. Types that cannot be merged become `TEXT_OF_JSON`, for the whole column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

from pipelines.batch.extras import require
from pipelines.times import plain_time

if TYPE_CHECKING:  # heavy and optional: imported when Parquet is written
    import pyarrow as pa

Scalar = Literal["boolean", "integer", "number", "text", "day", "moment", "instant", "JSON"]
Type = Scalar | list[Any] | dict[str, Any] | None
TEXT_OF_JSON: Scalar = "JSON"
"""A column of text: texts as they are, every other value as JSON."""

_TEXTS = ("text", "day", "moment", "instant")
"""All texts. In JSON Lines `datasets` takes a column of days alone, or of times all with or all without an offset, as
times, and writes it differently from text, even where its card calls the column text."""
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.\d{1,6})?(Z|[+-][01]\d:[0-5]\d)?)?\Z", re.ASCII)
_SCALARS: dict[type, Scalar] = {bool: "boolean", int: "integer", float: "number", str: "text"}
_OF_MAP = ("key", "value")  # a map becomes a list of these: few readers know the type
_DEEPEST = 20  # lists and objects in each other; a schema message of Arrow holds some sixty levels
_MOST_FIELDS = 200  # of an object; one with more has data for keys, which no reader takes as columns


def type_of(value: Any, depth: int = 0) -> Type:
    """The type of a value as JSON has it (`pipelines.batch.cleaned_rows.encode`); values of Parquet alone are text.

    >>> type_of([1, 2.5]), type_of({"a": None, "b": ["x"]}), type_of(2**64)
    (['list', 'number'], {'a': None, 'b': ['list', 'text']}, 'JSON')
    """
    if value is None:
        return None
    found = _SCALARS.get(type(value))
    if found == "text":
        return _of_text(value)
    if found is not None:
        return found if found != "integer" or -(2**63) <= value < 2**63 else TEXT_OF_JSON
    if isinstance(value, (Mapping, list, tuple)) and depth == _DEEPEST:
        return TEXT_OF_JSON
    if isinstance(value, Mapping):
        return _object({name: type_of(inner, depth + 1) for name, inner in value.items()})
    if isinstance(value, tuple):  # of a map, which Parquet alone has
        return _object(dict(zip(_OF_MAP, (type_of(inner, depth + 1) for inner in value), strict=False)))
    if isinstance(value, list):
        item: Type = None
        for inner in value:
            if type(inner) is not str or item != "text":  # most lists are of texts
                item = merged(item, type_of(inner, depth + 1))
        return TEXT_OF_JSON if item == TEXT_OF_JSON else ["list", item]
    return "number" if isinstance(value, timedelta) else "text"


def _of_text(value: str) -> Scalar:
    match = _TIME.match(value) if value[:1].isdigit() and len(value) <= 40 else None
    if match is None:
        return "text"
    found = plain_time(f"{match[1]} {match[2] or '00:00:00'}")
    if found is None:
        return "text"
    if not 1700 <= found.year < 2262:  # beyond it nanoseconds, in which some readers count, overflow
        return "text"
    return "day" if match[2] is None else "moment" if match[3] is None else "instant"


def merged(one: Type, other: Type) -> Type:
    """The type that holds the values of both.

    >>> merged("integer", "number"), merged("text", "integer"), merged(["list", None], ["list", "text"])
    ('number', 'JSON', ['list', 'text'])
    """
    if one == other or other is None:
        return one
    if one is None:
        return other
    if isinstance(one, list) and isinstance(other, list):
        item = merged(one[1], other[1])
        return TEXT_OF_JSON if item == TEXT_OF_JSON else ["list", item]
    if isinstance(one, dict) and isinstance(other, dict):
        return _object({name: merged(one.get(name), other.get(name)) for name in one | other})
    if one in _TEXTS and other in _TEXTS:
        return "text"
    return "number" if {str(one), str(other)} == {"integer", "number"} else TEXT_OF_JSON


def _object(fields: dict[str, Type]) -> Type:
    if TEXT_OF_JSON in fields.values() or len(fields) > _MOST_FIELDS or not all(map(_is_text, fields)):
        return TEXT_OF_JSON
    return fields


def _is_text(name: str) -> bool:
    return name.isascii() or not any("\ud800" <= c <= "\udfff" for c in name)


def settled(kind: Type) -> Type:
    """The type of a column once all its values are known: text where none was seen, JSON where an object has no field,
    since no column can be such.

    >>> settled(None), settled(["list", None]), settled({"a": {}})
    ('text', ['list', 'text'], 'JSON')
    """
    if kind is None:
        return "text"
    if isinstance(kind, list):
        item = settled(kind[1])
        return TEXT_OF_JSON if item == TEXT_OF_JSON else ["list", item]
    if isinstance(kind, dict):
        fields = {name: settled(inner) for name, inner in kind.items()}
        return _object(fields) if fields else TEXT_OF_JSON
    return kind


def conformed(value: Any, kind: Type, encode: Callable[[Any], str]) -> Any:
    """A JSON value as its column has it: every field of an object, floats in a column of numbers, other values as JSON
    text.

    `encode` makes JSON of a value. A whole number among floating ones is rounded, as every reader of JSON does; NaN and
    infinities become null, since JSON has no name for them.
    """
    if value is None or kind == "text":
        return value
    if isinstance(kind, list):
        return value if kind[1] == "text" else [conformed(item, kind[1], encode) for item in value]
    if isinstance(kind, dict):
        given = dict(zip(_OF_MAP, value, strict=False)) if isinstance(value, list) else value
        return {name: conformed(given.get(name), inner, encode) for name, inner in kind.items()}
    if kind == "number":
        number = float(value)
        return number if isfinite(number) else None
    return encode(value) if kind == TEXT_OF_JSON and not isinstance(value, str) else value


class ColumnTypes:
    """Learns the columns of rows: the type of each, and the kinds of its values."""

    def __init__(self) -> None:
        self.types: dict[str, Type] = {}
        self.kinds: dict[str, set[str]] = {}

    def add(self, row: Mapping[str, Any]) -> None:
        """Learn from one more row."""
        for name, value in row.items():
            if value is None or name not in self.types:
                self.types.setdefault(name, None)
                self.kinds.setdefault(name, set())
            if value is not None:
                self.learn(name, type_of(value))

    def learn(self, name: str, kind: Type, kinds: Iterable[str] = ()) -> None:
        """Learn one more type of a column, whose values were of these kinds."""
        self.types[name] = merged(self.types.get(name), kind)
        seen = self.kinds.setdefault(name, set())
        seen.update(kinds or ([] if kind is None else [_kind(kind)]))

    def to_json(self) -> dict[str, list[Any]]:
        """The type and the kinds of each column, in the order of their first appearance."""
        return {name: [kind, sorted(self.kinds[name])] for name, kind in self.types.items()}

    def extend(self, learned: Mapping[str, list[Any]]) -> None:
        """Learn what another one has learned (`to_json`)."""
        for name, (kind, kinds) in learned.items():
            self.learn(name, kind, kinds)


def _kind(kind: Type) -> str:
    if isinstance(kind, list):
        return "list"
    if kind in _TEXTS:
        return "text"
    return "object" if isinstance(kind, dict) else str(kind)


def arrow_type(kind: Type) -> pa.DataType:
    """The Arrow type of a column; null where no value was seen, to be merged with others."""
    arrow = require("pyarrow", extra="batch", purpose="writing Parquet")
    if isinstance(kind, list):
        return arrow.list_(arrow_type(kind[1]))
    if isinstance(kind, dict):
        return arrow.struct([arrow.field(name, arrow_type(inner)) for name, inner in kind.items()])
    named = {"None": arrow.null, "boolean": arrow.bool_, "integer": arrow.int64, "number": arrow.float64}
    return named.get(str(kind), arrow.string)()
