"""Arrow types: those of our columns, and those of the columns that came in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pipelines.batch.columns import PREFIX
from pipelines.batch.extras import require
from pipelines.record import FIELDS

if TYPE_CHECKING:  # heavy and optional: imported when Parquet is read or written
    import pyarrow as pa

_PURPOSE = "writing Parquet"
# Rows whose types are looked at together: inference costs per call.
_ROWS = 512
_DEEPEST = 20  # lists and objects in each other; a schema message of Arrow holds some sixty levels


def our_fields(names: Iterable[str]) -> list[pa.Field]:
    """Arrow fields for our columns, by their names without the prefix."""
    pa = require("pyarrow", extra="batch", purpose=_PURPOSE)
    return [pa.field(PREFIX + name, FIELDS[name].type.arrow(pa)) for name in names]


class SchemaOfRows:
    """Learns the Arrow schema of JSON rows as they pass."""

    def __init__(self) -> None:
        self._pa = require("pyarrow", extra="batch", purpose=_PURPOSE)
        self._rows: list[Mapping[str, Any]] = []
        self._schema = self._pa.schema([])

    def add(self, row: Mapping[str, Any]) -> None:
        """Look at one more row."""
        self._rows.append(row)
        if len(self._rows) == _ROWS:
            self._learn()

    def serialised(self) -> bytes:
        """The schema of all rows so far."""
        self._learn()
        return serialised(self._schema)

    def _learn(self) -> None:
        names = list(dict.fromkeys(n for row in self._rows for n in row))
        fields = [self._pa.field(n, self._infer([row.get(n) for row in self._rows])) for n in names]
        self._schema = merge([self._schema, self._pa.schema(fields)])
        self._rows = []

    def _infer(self, values: list[Any]) -> pa.DataType:
        if any(_no_type_holds(value) for value in values):
            return self._pa.string()  # pyarrow infers a type for them, and fails when they are written
        try:
            return self._pa.infer_type(values)
        except (self._pa.ArrowException, ValueError, TypeError, OverflowError):
            return self._pa.string()  # of several kinds: kept as JSON text


def _no_type_holds(value: Any) -> bool:
    """Whether a value has a whole number beyond 64 bits, an object without a key, or lists and objects in each other
    beyond what Arrow reads."""
    level, depth = [value], 0
    while level and depth <= _DEEPEST:
        if any(isinstance(v, int) and not -(2**63) <= v < 2**63 for v in level):
            return True
        if any(isinstance(v, dict) and not v for v in level):
            return True  # a struct without a field is written, and read by nobody
        inner = [v.values() if isinstance(v, dict) else v for v in level if isinstance(v, (dict, list))]
        level, depth = [v for values in inner for v in values], depth + 1
    return bool(level)


def merge(schemas: Iterable[pa.Schema]) -> pa.Schema:
    """One schema that holds the columns of all, in the order of their first appearance.

    Types are widened (nothing to something, whole to floating numbers, and within lists and structs); a column whose
    types cannot be brought together is text, which holds its values as JSON.
    """
    arrow = require("pyarrow", extra="batch", purpose=_PURPOSE)
    merged: dict[str, pa.Field] = {}
    for schema in schemas:
        for field in schema:
            known = merged.get(field.name)
            merged[field.name] = field if known is None else _merge_field(known, field)
    return arrow.schema([f.with_nullable(True).remove_metadata() for f in merged.values()])


def _merge_field(left: pa.Field, right: pa.Field) -> pa.Field:
    arrow = require("pyarrow", extra="batch", purpose=_PURPOSE)
    if left.type == right.type:
        return left
    for one, other in ((left.type, right.type), (right.type, left.type)):
        if arrow.types.is_uint64(one) and arrow.types.is_signed_integer(other):
            return arrow.field(left.name, arrow.string())  # no integer type holds both; pyarrow would take int64
    try:
        schemas = [arrow.schema([left]), arrow.schema([right])]
        return arrow.unify_schemas(schemas, promote_options="permissive").field(0)
    except arrow.ArrowException:
        return arrow.field(left.name, arrow.string())


def without_nulls(schema: pa.Schema) -> pa.Schema:
    """The schema with text in place of columns of which no value was ever seen: few readers know the null type."""
    pa = require("pyarrow", extra="batch", purpose=_PURPOSE)
    return pa.schema([f.with_type(pa.string()) if pa.types.is_null(f.type) else f for f in schema])


def without_ours(schema: pa.Schema) -> pa.Schema:
    """The schema without the columns of an earlier run of ours, which the new ones replace."""
    pa = require("pyarrow", extra="batch", purpose=_PURPOSE)
    return pa.schema([f for f in schema if not f.name.startswith(PREFIX)])


def serialised(schema: pa.Schema) -> bytes:
    """The schema as bytes, for another process."""
    return bytes(schema.serialize())


def deserialised(content: bytes) -> pa.Schema:
    """The inverse of `serialised`."""
    pa = require("pyarrow", extra="batch", purpose=_PURPOSE)
    return pa.ipc.read_schema(pa.py_buffer(content))
