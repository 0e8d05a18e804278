"""The one function that every engine runs: a shard in, its cleaned rows and a report out.

It is pure but for its files, and idempotent: the files' names are made from everything that decides their content,
each appears whole or not at all, and the report comes last. A shard whose report is there is not done again.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import IO, Any, cast

from pipelines.batch import files
from pipelines.batch.columns import find_columns, placed, without_ours
from pipelines.batch.duplicates import algorithm
from pipelines.batch.model import PREFIX, WORK, Broken, CleanOptions, Passed, Shard
from pipelines.batch.readers import read
from pipelines.batch.rows import CleanRow, Extract, clean_row, encode
from pipelines.batch.types import Columns
from pipelines.models import Rejected

# Part of every shard's key: to be raised when the same input gives other bytes here (not in the extractor, which has
# its own version).
_FORMAT = 3
# The intermediate files are read once: little compression, so that it costs little.
_LEVEL = 1
# A file of garbage has millions of broken lines: all are in `rejects/`, so many are named in the manifest.
_BROKEN_NAMED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardReport:
    """What came of a shard, in rows. `rows` is the sum of `clean`, `rejected` and `passed`.

    `kept` are the passed rows that stay in the output (``--keep-others``); `broken` how many of the rejected ones
    could not be read, `broken_at` where the first of them are; `columns` is what `Columns` learned of those that came
    in, None for Parquet that stays Parquet.
    """

    key: str
    rows: int = 0
    clean: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    passed: Mapping[str, int] = field(default_factory=dict)
    kept: int = 0
    broken: int = 0
    broken_at: tuple[tuple[str, int, str], ...] = ()
    columns: Mapping[str, Any] | None = None
    reused: bool = False

    @classmethod
    def from_json(cls, content: bytes) -> ShardReport:
        """The report as it was written."""
        values = json.loads(content)
        values["broken_at"] = tuple((s, p, d) for s, p, d in values["broken_at"])
        return cls(**values)

    def to_json(self) -> bytes:
        """The report as JSON, columns in their order; whether it was reused is of this run only."""
        return json.dumps({n: v for n, v in asdict(self).items() if n != "reused"}).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanShard:
    """The work of one shard, ready to be sent to another process or machine."""

    shard: Shard
    options: CleanOptions
    out: str
    extract: Extract
    extractor: str

    @property
    def key(self) -> str:
        """A name made from everything that decides the output: input, range, options, versions."""
        shard, options = self.shard, self.options.to_dict()
        # What only matters later, or is in the range already.
        for name in ("drop_duplicates", "shard_bytes"):
            del options[name]
        deciding = [
            _FORMAT,
            shard.kind,
            [[f.name, f.size, f.stamp] for f in shard.files],
            [shard.start, shard.stop],
            options,
            self.extractor,
            algorithm(self.options.duplicates),
        ]
        return hashlib.sha256(json.dumps(deciding).encode()).hexdigest()[:32]

    def __call__(self) -> ShardReport:
        """Do it, or find that it was done."""
        return clean_shard(self)


def work_file(out: str, key: str, kind: str) -> str:
    """Where a shard's ``rows``, ``rejects``, ``signatures`` or ``report`` is."""
    suffix = {"rows": "rows.jsonl.gz", "rejects": "rejects.jsonl.gz", "signatures": "signatures", "report": "json"}
    return files.join(out, WORK, f"{key}.{suffix[kind]}")


def clean_shard(task: CleanShard) -> ShardReport:
    """Clean a shard into the work folder of the output. Raises `StorageError` where that cannot be written.

    Lines of ``rows`` begin with ``c`` for a clean row, ``o`` for one of another site that is kept; the JSON follows.
    """
    key = task.key
    done = files.read_bytes(work_file(task.out, key, "report"))
    if done is not None:
        report = ShardReport.from_json(done)
        return ShardReport(**{**_fields(report), "reused": True})
    with ExitStack() as stack:
        rows, rejects, signatures = (
            stack.enter_context(files.whole(work_file(task.out, key, kind)))
            for kind in ("rows", "rejects", "signatures")
        )
        with (
            rows.open("wb") as raw_rows,
            rejects.open("wb") as raw_rejects,
            signatures.open("wb") as raw_signatures,
            # No name and no time in the gzip header: they would differ from run to run.
            gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=raw_rows, mtime=0) as row_file,
            gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=raw_rejects, mtime=0) as reject_file,
        ):
            report = _clean_rows(
                task, key, cast(IO[bytes], row_file), cast(IO[bytes], reject_file), cast(IO[bytes], raw_signatures)
            )
    files.write_bytes(work_file(task.out, key, "report"), report.to_json())
    return report


def finished_rows(out: str, key: str) -> Iterator[tuple[bytes, bytes]]:
    """The rows of a finished shard: mark (``c`` clean, ``o`` kept of another site) and JSON without its end of line."""
    with files.open_input(work_file(out, key, "rows")) as raw, gzip.GzipFile(fileobj=raw) as lines:
        for line in cast(IO[bytes], lines):
            yield line[:1], line[1:-1]


def _clean_rows(
    task: CleanShard, key: str, row_file: IO[bytes], reject_file: IO[bytes], signature_file: IO[bytes]
) -> ShardReport:
    options = task.options
    rows = clean = kept = broken = 0
    rejected: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    broken_at: list[tuple[str, int, str]] = []
    # Parquet that stays Parquet takes its columns from the input once more, with their exact types.
    copies_columns = options.format == "parquet" and task.shard.kind == "parquet"
    columns = None if copies_columns else Columns()

    for item in read(task.shard, options):
        rows += 1
        if isinstance(item, Passed):
            passed[item.reason] += 1
            if options.keep_others and item.columns is not None:
                kept += 1
                own = find_columns(item.columns, options).text
                theirs = placed(item.columns, item.columns.get(own) if own else None, options, clean=False)
                if columns is not None:
                    columns.add(theirs)
                    _write(row_file, b"o", theirs)
                else:
                    _write(row_file, b"o", {**_text_of(theirs, options), PREFIX + "position": item.position})
            continue
        result = (
            item if isinstance(item, Broken) else clean_row(item, extract=task.extract, duplicates=options.duplicates)
        )
        if isinstance(result, CleanRow):
            clean += 1
            ours = dict(result.columns)
            text = ours[PREFIX + "text"] if options.text_into is None else ours.pop(PREFIX + "text")
            theirs = placed(item.columns, text, options, clean=True)
            if columns is not None:
                columns.add(theirs)
            _write(row_file, b"c", (theirs if columns is not None else _text_of(theirs, options)) | ours)
            signature_file.write(result.signature)
            continue
        outcome = result.outcome if isinstance(result, Rejected) else "broken"
        rejected[outcome] += 1
        if outcome == "broken":
            broken += 1
            if len(broken_at) < _BROKEN_NAMED:
                broken_at.append((item.source, item.position, result.detail))
        _write(reject_file, b"", _reject(item.source, item.position, item.columns, outcome, result.detail))
    return ShardReport(
        key=key,
        rows=rows,
        clean=clean,
        rejected=dict(sorted(rejected.items())),
        passed=dict(sorted(passed.items())),
        kept=kept,
        broken=broken,
        broken_at=tuple(broken_at),
        columns=None if columns is None else columns.to_json(),
    )


def _text_of(columns: Mapping[str, Any], options: CleanOptions) -> dict[str, Any]:
    """Of the columns that came in the one place that is filled anew: Parquet that stays Parquet has all others."""
    return {} if options.text_into is None else {options.text_into: columns[options.text_into]}


def _reject(source: str, position: int, columns: Mapping[str, Any], outcome: str, detail: str) -> dict[str, Any]:
    return {
        **without_ours(columns),
        PREFIX + "outcome": outcome,
        PREFIX + "detail": detail,
        PREFIX + "source": source,
        PREFIX + "position": position,
    }


def _write(file: IO[bytes], mark: bytes, record: Mapping[str, Any]) -> None:
    file.write(mark + encode(record) + b"\n")


def _fields(report: ShardReport) -> dict[str, Any]:
    return {name: getattr(report, name) for name in ShardReport.__dataclass_fields__}
