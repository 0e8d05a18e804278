"""The columns of a whole job: one set of names and types, whatever the corpora that came in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.batch import schema
from pipelines.batch.input_rows import RAW, CleanOptions, InputFile, Shard
from pipelines.batch.readers import parquet
from pipelines.batch.shards import ShardReport
from pipelines.batch.types import ColumnTypes, Type, settled


@dataclass(frozen=True, slots=True, kw_only=True)
class JobColumns:
    """The input's columns, in the order of their first appearance.

    `written` is what the writers of the parts need: settled types, or for Parquet the serialised Arrow schema. `types`
    has the types by the names of `datasets` (and ``JSON`` for text that holds it), lists as ``["list", type]``, with a
    third item where their length is fixed, and objects as ``{field: type}``. `mixed` has the columns whose values were
    of several types, with these.
    """

    written: Mapping[str, Type] | bytes
    types: Mapping[str, Any]
    mixed: Mapping[str, tuple[str, ...]]


def gather(found: Iterable[tuple[Shard, ShardReport]], options: CleanOptions) -> JobColumns:
    """Bring together what the shards have learned, and the schemas of Parquet that stays Parquet."""
    learned, order = ColumnTypes(), dict[str, None]()
    files: dict[str, Any] = {}
    for shard, report in found:
        if not report.clean + report.kept:
            continue
        if report.columns is not None:
            learned.extend(report.columns)
            order |= dict.fromkeys(report.columns)
        elif shard.files[0].uri not in files:
            files[shard.files[0].uri] = arrow = _of_file(shard.files[0], options)
            order |= dict.fromkeys(arrow.names)
    if options.text_into is not None:  # even where no row has one
        learned.learn(options.text_into, "text")
        learned.learn(RAW, None)
        order |= dict.fromkeys((options.text_into, RAW))
    kinds = {name: set(of) for name, of in learned.kinds.items()}
    for arrow in files.values():
        for field in arrow:
            kinds.setdefault(field.name, set()).update(schema.kinds_of(field.type))
    mixed = {name: tuple(sorted(kinds[name])) for name in order if len(kinds[name]) > 1}
    if options.format == "parquet":
        whole = schema.readable(schema.merge([schema.of_columns(learned.types), *files.values()]))
        fields = [whole.field(name) for name in order]
        types = {field.name: schema.described(field.type) for field in fields}
        return JobColumns(written=schema.serialised(schema.of_fields(fields)), types=types, mixed=mixed)
    written = {name: settled(learned.types[name]) for name in order}
    return JobColumns(written=written, types={name: _described(kind) for name, kind in written.items()}, mixed=mixed)


def _of_file(file: InputFile, options: CleanOptions) -> Any:
    return schema.placed(parquet.schema(file), options.text_into)


_DTYPES = {"boolean": "bool", "integer": "int64", "number": "float64", "text": "string", "day": "date32"}
_DTYPES |= {"moment": "timestamp[us]", "instant": "timestamp[us, tz=UTC]"}


def _described(kind: Type) -> Any:
    if isinstance(kind, list):
        return ["list", _described(kind[1])]
    if isinstance(kind, dict):
        return {name: _described(inner) for name, inner in kind.items()}
    return _DTYPES.get(str(kind), kind)


def called(kind: Any) -> str:
    """A type of `JobColumns.types` in words.

    >>> called(["list", {"a": "int64", "b": "JSON"}])
    'list of (a int64, b string that holds JSON)'
    """
    if isinstance(kind, list):
        return f"list of {called(kind[1])}"
    if isinstance(kind, dict):
        return f"({', '.join(f'{name} {called(inner)}' for name, inner in kind.items())})"
    return "string that holds JSON" if kind == "JSON" else str(kind)
