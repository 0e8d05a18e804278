"""Arrow columns for Parquet: those made of JSON, and those copied from Parquet input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.batch.cleaned_rows import encode
from pipelines.batch.columns import find_columns
from pipelines.batch.extras import require
from pipelines.batch.input_rows import PREFIX, RAW, CleanOptions, Shard
from pipelines.batch.readers import parquet
from pipelines.errors import VietnamvnError

if TYPE_CHECKING:  # heavy and optional: imported when Parquet is written
    import pyarrow as pa


def as_text(value: Any) -> str:
    """A value as JSON text."""
    return encode({"": value})[4:-1].decode()


def arrow_column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """JSON values as a column; texts of days and times become values of those types."""
    pa = require("pyarrow", extra="batch", purpose="writing Parquet")
    if pa.types.is_temporal(kind):
        return pa.array(values, pa.string()).cast(kind)
    return pa.array([arrow_value(value, kind) for value in values], kind)


def arrow_value(value: Any, kind: pa.DataType) -> Any:
    """A JSON value as pyarrow takes it for a type: JSON for other values in a text column, floats.

    A whole number among floating ones is rounded as every reader of JSON does it; pyarrow would refuse those over 2^53.
    """
    pa = require("pyarrow", extra="batch", purpose="writing Parquet")
    if value is None:
        return None
    if pa.types.is_floating(kind):
        return float(value)
    if pa.types.is_list(kind):
        return [arrow_value(v, kind.value_type) for v in value]
    if pa.types.is_struct(kind):
        if isinstance(value, (list, tuple)):  # of a map
            value = dict(zip(("key", "value"), value, strict=False))
        return {field.name: arrow_value(value.get(field.name), field.type) for field in kind}
    if pa.types.is_string(kind):
        text = value if isinstance(value, str) else as_text(value)
        return text.encode("utf-8", "replace").decode()  # lone surrogates become question marks: Parquet is UTF-8
    return value


class CopiedColumns:
    """The columns of a Parquet shard, by row number, in rising order: read again, beside the cleaned rows."""

    def __init__(self, shard: Shard, schema: pa.Schema, options: CleanOptions) -> None:
        self._batches = parquet.batches(shard)
        self._schema, self._options = schema, options
        self._first = 0
        self._batch: Any = None  # a record batch, once there is one
        self._names: list[str] = []

    def take(self, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> list[pa.Array]:
        """The columns at these positions, the text from the rows where it has a place of its own.

        Raises `VietnamvnError` where the file has changed since it was cleaned.
        """
        arrow = require("pyarrow", extra="batch", purpose="writing Parquet")
        columns = dict(zip(self._schema.names, self._copies([position for position, _ in rows]), strict=True))
        if (into := self._options.text_into) is not None:
            texts = [arrow_value(row[into], arrow.string()) for _, row in rows]
            columns[into] = arrow.array(texts, arrow.string())
            # A kept row of another site keeps its text where and as it was.
            stays = find_columns(self._names, self._options).text == into
            aside = arrow.array([not stays or PREFIX + "outcome" in row for _, row in rows])
            columns[RAW] = arrow.compute.if_else(aside, columns[RAW], arrow.scalar(None, columns[RAW].type))
        return list(columns.values())

    def _copies(self, positions: list[int]) -> list[pa.Array]:
        arrow = require("pyarrow", extra="batch", purpose="writing Parquet")
        pieces: list[list[pa.Array]] = [[] for _ in self._schema]
        while positions:
            here = [
                p - self._first for p in positions if self._batch is not None and p < self._first + len(self._batch)
            ]
            if here:
                taken = self._batch.take(arrow.array(here))
                for piece, field in zip(pieces, self._schema, strict=True):
                    piece.append(self._column(taken, field))
                positions = positions[len(here) :]
            if positions:
                self._advance()
        return [arrow.concat_arrays(piece) for piece in pieces]

    def _column(self, batch: pa.RecordBatch, field: pa.Field) -> pa.Array:
        pa = require("pyarrow", extra="batch", purpose="writing Parquet")
        name = self._options.text_into if field.name == RAW else field.name
        if name not in batch.schema.names or field.name == self._options.text_into:
            return pa.nulls(len(batch), field.type)
        column = batch.column(name)
        if column.type == field.type:
            return column
        try:
            return column.cast(field.type)
        except pa.ArrowException:
            return pa.array([arrow_value(v, field.type) for v in column.to_pylist()], field.type)

    def _advance(self) -> None:
        for first, batch in self._batches:
            if not isinstance(batch, str):
                self._first, self._batch, self._names = first, batch, batch.schema.names
                return
        raise VietnamvnError("an input file has changed since it was cleaned: run the command again")
