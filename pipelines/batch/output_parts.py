"""The last step of a shard: its cleaned rows and their clusters in, the parts of the output out."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from pipelines.batch import files
from pipelines.batch.arrow_columns import CopiedColumns, arrow_column, as_text
from pipelines.batch.cleaned_rows import encode
from pipelines.batch.duplicates import Membership, memberships
from pipelines.batch.extras import require
from pipelines.batch.input_rows import NEW, PREFIX, WORK, CleanOptions, OutputFormat, Shard
from pipelines.batch.output import part_names
from pipelines.batch.schema import added_fields, deserialised
from pipelines.batch.shards import finished_rows, work_file
from pipelines.batch.tally import Tally
from pipelines.batch.types import Type, conformed
from pipelines.type_rows import Lines, shape_of, write_lines

if TYPE_CHECKING:  # heavy and optional: imported when Parquet is written
    pass

_FORMAT = 2  # of a part's marker: raised when its content changes
# Rows of a row group, fewer where their bytes reach this bound: a reader has to hold one group.
_GROUP_ROWS, _GROUP_BYTES = 1000, 16 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputPart:
    """A file of the output: its name below the output folder, and what is in it."""

    name: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsReport:
    """What was written for a shard. `dropped` rows are duplicates that are not in the output; `tally` counts the rows
    that are."""

    parts: tuple[OutputPart, ...]
    dropped: int
    tally: Tally
    reused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteParts:
    """The work of writing one shard's parts, ready to be sent to another process or machine.

    `of` is the number of shards; with `even_empty` there is a data file even without rows.
    `clusters` is packed (`pipelines.batch.duplicates.memberships`); `columns` are the input's: their names with the
    settled types, for Parquet the serialised Arrow schema. `added` are the names of the added columns without their
    prefix. `standing` has the SHA-256 of those of its parts that are in place already.
    """

    number: int
    of: int
    shard: Shard
    key: str
    out: str
    options: CleanOptions
    clusters: bytes
    clean: int
    kept: int
    rejected: int
    columns: Mapping[str, Type] | bytes
    added: tuple[str, ...] = ()
    even_empty: bool = False
    standing: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Where its parts go."""
        return part_names(self.number, self.of, self.options.format)

    def __call__(self) -> PartsReport:
        """Write the parts, or find that they are written."""
        return write_parts(self)


def write_parts(task: WriteParts) -> PartsReport:
    """Write ``data/``, ``rejects/`` and ``duplicates/`` of a shard into the folder where they wait for the others.

    A folder gets no file where there are no rows.
    """
    columns = task.columns if isinstance(task.columns, bytes) else json.dumps(list(task.columns.items())).encode()
    digest = hashlib.sha256(task.clusters + columns).hexdigest()
    where = [task.number, task.of, task.even_empty]
    deciding = json.dumps([_FORMAT, task.key, where, task.options.to_dict(), digest, task.added])
    marker = files.join(task.out, WORK, f"part-{task.number:05d}.json")
    if (done := _finished(task, marker, deciding)) is not None:
        return done
    report = _write(task)
    parts = [asdict(part) for part in report.parts]
    content = {"of": deciding, "parts": parts, "dropped": report.dropped, "tally": report.tally.to_json()}
    files.write_bytes(marker, json.dumps(content, sort_keys=True).encode())
    return report


def _finished(task: WriteParts, marker: str, deciding: str) -> PartsReport | None:
    content = files.read_bytes(marker)
    if content is None:
        return None
    done = json.loads(content)
    parts = tuple(OutputPart(**p) for p in done["parts"])
    if done["of"] != deciding or not all(
        task.standing.get(p.name) == p.sha256 or files.size(_waiting(task, p.name)) == p.bytes for p in parts
    ):
        return None
    return PartsReport(parts=parts, dropped=done["dropped"], tally=Tally.from_json(done["tally"]), reused=True)


def _waiting(task: WriteParts, name: str) -> str:
    return files.join(task.out, WORK, NEW, name)


def _write(task: WriteParts) -> PartsReport:
    dropped = [not m.best for m in memberships(task.clusters)] if task.options.drop_duplicates else []
    tally = Tally()

    def write_data(path: Path, task: WriteParts) -> None:
        WRITERS[task.options.format](path, task, tally)

    writers: list[tuple[int, Callable[[Path, WriteParts], None]]] = [
        (task.clean + task.kept - sum(dropped), write_data),
        (task.rejected, _write_rejects),
        (sum(dropped), _write_dropped),
    ]
    parts = []
    for part, (rows, write) in zip(task.names, writers, strict=True):
        uri = _waiting(task, part)
        if rows == 0 and not (write is write_data and task.even_empty):
            files.remove(uri)  # a file of an earlier run
            continue
        with files.whole(uri) as path:
            write(path, task)
            with path.open("rb") as written:
                sha256 = _digest(written)
            parts.append(OutputPart(name=part, rows=rows, bytes=path.stat().st_size, sha256=sha256))
    return PartsReport(parts=tuple(parts), dropped=sum(dropped), tally=tally)


def _lines(task: WriteParts) -> Iterator[tuple[bytes, bytes, Membership | None]]:
    """The shard's rows: mark, JSON without its end of line, membership (None without clusters and for kept rows)."""
    clusters = memberships(task.clusters)
    for mark, line in finished_rows(task.out, task.key):
        yield mark, line, next(clusters) if mark == b"c" and task.clusters else None


def _write_lines(path: Path, task: WriteParts, tally: Tally) -> None:
    with path.open("wb") as out:
        lines = (Lines.of([encode(row) + b"\n"], [(0, shape_of(row))]) for row in _rows(task, tally))
        write_lines(out, lines, scratch=path.parent)


def _rows(task: WriteParts, tally: Tally) -> Iterator[dict[str, Any]]:
    """The rows to be written: each has all columns of the job, in one order, and each column has one type."""
    came_in = cast("Mapping[str, Type]", task.columns)
    added = [PREFIX + name for name in task.added]
    for _, line, member in _lines(task):
        if member is not None and not member.best and task.options.drop_duplicates:
            continue
        row = json.loads(line) | ({} if member is None else _cluster_columns(member))
        tally.add(row)
        given = {name: conformed(row.get(name), kind, as_text) for name, kind in came_in.items()}
        yield given | {name: row.get(name) for name in added}


def _write_rejects(path: Path, task: WriteParts) -> None:
    with (
        files.open_input(work_file(task.out, task.key, "rejects")) as raw,
        gzip.GzipFile(fileobj=raw) as lines,
        path.open("wb") as out,
    ):
        shutil.copyfileobj(lines, out, 2**20)


def _write_dropped(path: Path, task: WriteParts) -> None:
    """For each dropped row its place in the input, its address and its cluster, whose best row is in the output."""
    with path.open("wb") as out:
        for _, line, member in _lines(task):
            if member is not None and not member.best:
                row = json.loads(line)
                place = {PREFIX + name: row[PREFIX + name] for name in ("source", "position", "url")}
                out.write(encode({**place, **_cluster_columns(member)}) + b"\n")


def _cluster_columns(member: Membership) -> dict[str, Any]:
    return {PREFIX + "duplicate_cluster": member.cluster, PREFIX + "duplicate_size": member.size}


def _write_parquet(path: Path, task: WriteParts, tally: Tally) -> None:
    pa = require("pyarrow", extra="batch", purpose="writing Parquet")
    # It loads the libraries of the store, which takes a while.
    from pipelines.export.parquet import parquet_writer

    came_in = deserialised(cast(bytes, task.columns))
    schema = pa.schema([*came_in, *added_fields(task.added)])
    copied = CopiedColumns(task.shard, came_in, task.options) if task.shard.kind == "parquet" else None
    with parquet_writer(path, schema) as writer:
        for rows in _groups(task):
            for _, row in rows:
                tally.add(row)
            fields = schema if copied is None else [schema.field(i) for i in range(len(came_in), len(schema))]
            columns = [arrow_column([r.get(f.name) for _, r in rows], f.type) for f in fields]
            if copied is not None:
                columns = copied.take(rows) + columns
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def _groups(task: WriteParts) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    """The rows to be written with their positions, in groups that become row groups."""
    rows: list[tuple[int, dict[str, Any]]] = []
    size = 0
    for mark, line, member in _lines(task):
        if member is not None and not member.best and task.options.drop_duplicates:
            continue
        row = json.loads(line)
        # A kept row of a Parquet file is only its position here: all its columns are copied, and none are added.
        position = row.get(PREFIX + "position", 0) if mark == b"c" else row.pop(PREFIX + "position", 0)
        rows.append((position, row | ({} if member is None else _cluster_columns(member))))
        size += len(line)
        if len(rows) == _GROUP_ROWS or size >= _GROUP_BYTES:
            yield rows
            rows, size = [], 0
    if rows:
        yield rows


WRITERS: dict[OutputFormat, Callable[[Path, WriteParts, Tally], None]] = {
    "jsonl": _write_lines,
    "parquet": _write_parquet,
}
"""The writer of ``data/`` for each format; any other format is an error."""


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := file.read(2**20):
        digest.update(block)
    return digest.hexdigest()
