"""Arrow types: those of the added columns, and those of the input's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipelines import record_types
from pipelines.batch.extras import require
from pipelines.batch.input_rows import PREFIX, RAW
from pipelines.batch.types import Type, arrow_type
from pipelines.record import FIELDS, Field

if TYPE_CHECKING:  # heavy and optional: imported when Parquet is read or written
    import pyarrow as pa

_PURPOSE = "writing Parquet"


def added_fields(names: Iterable[str]) -> list[pa.Field]:
    """Arrow fields for the added columns, from their names without the prefix."""
    pa = require("pyarrow", extra="batch", purpose=_PURPOSE)
    return [pa.field(PREFIX + name, _added_type(FIELDS[name]).arrow(pa)) for name in names]


def _added_type(field: Field) -> record_types.Type:
    """The record's type; where its keys are data, the type of a dataset's column (a list of objects)."""
    return field.column_type if field.type is record_types.BY_NAME and field.column_type else field.type


def of_fields(fields: Sequence[pa.Field]) -> pa.Schema:
    """The schema of these columns."""
    return require("pyarrow", extra="batch", purpose=_PURPOSE).schema(fields)


def of_columns(types: Mapping[str, Type]) -> pa.Schema:
    """The schema of columns learned from JSON."""
    pa = require("pyarrow", extra="batch", purpose=_PURPOSE)
    return pa.schema([(name, arrow_type(kind)) for name, kind in types.items()])


def merge(schemas: Iterable[pa.Schema]) -> pa.Schema:
    """One schema that holds the columns of all, in the order of their first appearance.

    Types are widened (null to any, integers to floats, and within lists and structs); a column whose
    types cannot be merged is text, which holds its values as JSON.
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


def readable(schema: pa.Schema) -> pa.Schema:
    """The schema with types that all readers know: text where no value was ever seen, lists of (key, value) for maps.

    A column with an object that has no field is text that holds JSON: no reader takes such a struct.
    """
    pa = require("pyarrow", extra="batch", purpose=_PURPOSE)
    return pa.schema([field.with_type(_readable(field.type) or pa.string()) for field in schema])


def _readable(kind: pa.DataType) -> pa.DataType | None:
    """The type for readers; None where it holds an object without a field."""
    pa = require("pyarrow", extra="batch", purpose=_PURPOSE)
    if pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_map(kind):
        return _readable(pa.list_(pa.struct([("key", kind.key_type), ("value", kind.item_type)])))
    if pa.types.is_list(kind):
        item = _readable(kind.value_type)
        return None if item is None else pa.list_(kind.value_field.with_type(item))
    if pa.types.is_struct(kind):
        fields = {field: _readable(field.type) for field in kind}
        return None if None in fields.values() or not fields else pa.struct([f.with_type(t) for f, t in fields.items()])
    return kind


def without_added(schema: pa.Schema) -> pa.Schema:
    """The schema without the columns of an earlier run of `clean`, which the new ones replace."""
    pa = require("pyarrow", extra="batch", purpose=_PURPOSE)
    return pa.schema([f for f in schema if not f.name.startswith(PREFIX)])


def kinds_of(kind: pa.DataType) -> list[str]:
    """The kinds of a type's values, as `pipelines.batch.types.ColumnTypes` names them; none for null."""
    types = require("pyarrow", extra="batch", purpose=_PURPOSE).types
    named = {
        "boolean": types.is_boolean,
        "integer": types.is_integer,
        "number": types.is_floating,
        "text": lambda of: types.is_string(of) or types.is_large_string(of),
        "list": lambda of: types.is_list(of) or types.is_large_list(of) or types.is_map(of),
        "object": types.is_struct,
    }
    if types.is_null(kind):
        return []
    return [next((name for name, is_one in named.items() if is_one(kind)), str(kind))]


# The names of `datasets` for Arrow types, where they differ.
_DTYPES = {"halffloat": "float16", "float": "float32", "double": "float64", "date32[day]": "date32"}
_DTYPES |= {"date64[ms]": "date64"}


def described(kind: pa.DataType) -> Any:
    """A type in the form of `pipelines.batch.job_columns.JobColumns.types`."""
    pa = require("pyarrow", extra="batch", purpose=_PURPOSE)
    if pa.types.is_fixed_size_list(kind):
        return ["list", described(kind.value_type), kind.list_size]
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return ["list", described(kind.value_type)]
    if pa.types.is_struct(kind):
        return {field.name: described(field.type) for field in kind}
    if pa.types.is_dictionary(kind):
        return described(kind.value_type)
    return _DTYPES.get(str(kind), str(kind))


def placed(schema: pa.Schema, into: str | None) -> pa.Schema:
    """The schema of the rows that `pipelines.batch.columns.placed` makes of rows with this schema."""
    pa = require("pyarrow", extra="batch", purpose=_PURPOSE)
    came_in = without_added(schema)
    if into is None:
        return came_in
    before = came_in.field(into).type if into in came_in.names else pa.null()
    text = pa.field(into, pa.string())
    fields = [text if f.name == into else f for f in came_in] + ([] if into in came_in.names else [text])
    return pa.schema([*fields, pa.field(RAW, before)])


def serialised(schema: pa.Schema) -> bytes:
    """The schema as bytes, for another process."""
    return bytes(schema.serialize())


def deserialised(content: bytes) -> pa.Schema:
    """The inverse of `serialised`."""
    pa = require("pyarrow", extra="batch", purpose=_PURPOSE)
    return pa.ipc.read_schema(pa.py_buffer(content))
