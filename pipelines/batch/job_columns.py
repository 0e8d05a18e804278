"""The columns of a whole job: one set of names and types, whatever the corpora that came in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.batch import schema
from pipelines.batch.model import RAW, CleanOptions, InputFile, Shard
from pipelines.batch.readers import parquet
from pipelines.batch.shards import ShardReport
from pipelines.batch.types import Columns, Type, settled


@dataclass(frozen=True, slots=True, kw_only=True)
class JobColumns:
    """The columns that came in, in the order of their first appearance.

    `written` is what the parts are written by: settled types, or for Parquet the serialised Arrow schema. `types` calls
    the type of each by its name; `mixed` has those that came in several types, with these.
    """

    written: Mapping[str, Type] | bytes
    types: Mapping[str, str]
    mixed: Mapping[str, tuple[str, ...]]


def gather(found: Iterable[tuple[Shard, ShardReport]], options: CleanOptions) -> JobColumns:
    """Bring together what the shards have learned, and the schemas of Parquet that stays Parquet."""
    learned, order = Columns(), dict[str, None]()
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
    if options.text_into is not None:  # also where no row has one
        learned.learn(options.text_into, "text")
        learned.learn(RAW, None)
        order |= dict.fromkeys((options.text_into, RAW))
    kinds = {name: set(of) for name, of in learned.kinds.items()}
    for arrow in files.values():
        for field in arrow:
            kinds.setdefault(field.name, set()).add(str(field.type))
    mixed = {name: tuple(sorted(kinds[name] - {"null"})) for name in order if len(kinds[name] - {"null"}) > 1}
    if options.format == "parquet":
        whole = schema.readable(schema.merge([schema.of_columns(learned.types), *files.values()]))
        fields = [whole.field(name) for name in order]
        types = {field.name: str(field.type) for field in fields}
        return JobColumns(written=schema.serialised(schema.of_fields(fields)), types=types, mixed=mixed)
    settled_types = {name: settled(learned.types[name]) for name in order}
    return JobColumns(written=settled_types, types={n: _called(t) for n, t in settled_types.items()}, mixed=mixed)


def _of_file(file: InputFile, options: CleanOptions) -> Any:
    return schema.placed(parquet.schema(file), options.text_into)


def _called(kind: Type) -> str:
    """
    >>> _called(["list", {"a": "integer", "b": "JSON"}])
    'list of (a integer, b text that holds JSON)'
    """
    if isinstance(kind, list):
        return f"list of {_called(kind[1])}"
    if isinstance(kind, dict):
        return f"({', '.join(f'{name} {_called(inner)}' for name, inner in kind.items())})"
    return "text that holds JSON" if kind == "JSON" else str(kind)
