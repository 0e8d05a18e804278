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
from pipelines.batch.cleaned_rows import CleanRow, Extract, clean_row, encode
from pipelines.batch.columns import own_text, placed, without_added
from pipelines.batch.duplicates import algorithm
from pipelines.batch.fingerprints import LISTED_OUTCOME, FingerprintList, Match, load
from pipelines.batch.input_rows import PREFIX, WORK, Broken, CleanOptions, InputRow, Passed, Shard
from pipelines.batch.readers import read
from pipelines.batch.types import ColumnTypes
from pipelines.models import Rejected

# Part of every shard's key: raised when the same input gives other bytes for a reason outside the extractor, which has
# its own version.
_FORMAT = 4
# The intermediate files are read once: little compression, so that it costs little.
_LEVEL = 1
# A file of garbage has millions of broken lines: all are in `rejects/`, this many are named in the manifest.
_BROKEN_NAMED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardReport:
    """What became of a shard, in rows. `rows` is the sum of `clean`, `rejected` and `passed`.

    `kept` are the passed rows that stay in the output (``--keep-others``); `broken` how many of the rejected ones could
    not be read, `broken_at` where the first of them are; `columns` is what `ColumnTypes` learned of the input's
    columns, None for Parquet that stays Parquet.
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
        """The inverse of `to_json`."""
        values = json.loads(content)
        values["broken_at"] = tuple((s, p, d) for s, p, d in values["broken_at"])
        return cls(**values)

    def to_json(self) -> bytes:
        """The report as JSON, columns in their order; without `reused`, which is of this run only."""
        return json.dumps({n: v for n, v in asdict(self).items() if n != "reused"}).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanShard:
    """The work of one shard, ready to be sent to another process or machine.

    `list_digest` is the SHA-256 of the fingerprint list that the options name.
    """

    shard: Shard
    options: CleanOptions
    out: str
    extract: Extract
    extractor: str
    list_digest: str | None = None

    @property
    def key(self) -> str:
        """A name made from everything that decides the output: input, range, options, versions."""
        shard, options = self.shard, self.options.to_dict()
        # What matters only later, or is in the key otherwise.
        for name in ("drop_duplicates", "shard_bytes", "drop_matches"):
            del options[name]
        deciding = [
            _FORMAT,
            shard.kind,
            [[f.name, f.size, f.stamp] for f in shard.files],
            [shard.start, shard.stop],
            options,
            self.extractor,
            algorithm(self.options.duplicates),
            self.list_digest,
        ]
        return hashlib.sha256(json.dumps(deciding).encode()).hexdigest()[:32]

    def __call__(self) -> ShardReport:
        """Clean the shard, or find that it was done."""
        return clean_shard(self)

    def listed(self) -> FingerprintList | None:
        """The list of texts to leave out, if there is one."""
        uri = self.options.drop_matches
        return None if uri is None or self.list_digest is None else load(uri, self.list_digest)


def work_file(out: str, key: str, kind: str) -> str:
    """The path of a shard's ``rows``, ``rejects``, ``signatures`` or ``report``."""
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
            written = _Rows(
                task, cast(IO[bytes], row_file), cast(IO[bytes], reject_file), cast(IO[bytes], raw_signatures)
            )
            for item in read(task.shard, task.options):
                written.add(item)
            report = written.report(key)
    files.write_bytes(work_file(task.out, key, "report"), report.to_json())
    return report


def finished_rows(out: str, key: str) -> Iterator[tuple[bytes, bytes]]:
    """The rows of a finished shard: mark (``c`` clean, ``o`` kept of another site) and JSON without its end of line."""
    with files.open_input(work_file(out, key, "rows")) as raw, gzip.GzipFile(fileobj=raw) as lines:
        for line in cast(IO[bytes], lines):
            yield line[:1], line[1:-1]


@dataclass(slots=True)
class _Rows:
    """The files of a shard as they are written, and the counts of what goes into them."""

    task: CleanShard
    row_file: IO[bytes]
    reject_file: IO[bytes]
    signature_file: IO[bytes]
    listed: FingerprintList | None = field(init=False)
    columns: ColumnTypes | None = field(init=False)
    rows: int = 0
    clean: int = 0
    kept: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    broken_at: list[tuple[str, int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Parquet that stays Parquet takes its columns from the input again, with their exact types.
        copies_columns = self.task.options.format == "parquet" and self.task.shard.kind == "parquet"
        self.columns = None if copies_columns else ColumnTypes()
        self.listed = self.task.listed()

    def add(self, item: InputRow | Passed | Broken) -> None:
        """Write one row to the file where it belongs, and count it."""
        self.rows += 1
        options = self.task.options
        if isinstance(item, Passed):
            text = own_text(item.columns, options)
            if (match := self._match(text)) is not None:
                self._reject(item, LISTED_OUTCOME, match.detail, {PREFIX + "similarity": match.similarity})
            else:
                self._pass(item, text)
            return
        if isinstance(item, Broken):
            self._reject(item, "broken", item.detail)
            return
        result = clean_row(item, extract=self.task.extract, duplicates=options.duplicates)
        if not isinstance(result, CleanRow):
            self._reject(item, result.outcome if isinstance(result, Rejected) else "broken", result.detail)
        elif (match := self._match(result.columns[PREFIX + "text"])) is not None:
            self._reject(item, LISTED_OUTCOME, match.detail, {PREFIX + "similarity": match.similarity})
        else:
            self._keep(item, result)

    def _match(self, text: str | None) -> Match | None:
        if self.listed is None or text is None:
            return None
        return self.listed.match(text, share=self.task.options.match_share)

    def _pass(self, item: Passed, text: str | None) -> None:
        self.passed[item.reason] += 1
        if self.task.options.keep_others and item.columns is not None:
            self.kept += 1
            came_in = placed(item.columns, text, self.task.options, clean=False)
            if self.columns is not None:
                self.columns.add(came_in)
                _write(self.row_file, b"o", came_in)
            else:
                position = {PREFIX + "position": item.position}
                _write(self.row_file, b"o", _text_of(came_in, self.task.options) | position)

    def _keep(self, item: InputRow, result: CleanRow) -> None:
        self.clean += 1
        options, added = self.task.options, dict(result.columns)
        text = added[PREFIX + "text"] if options.text_into is None else added.pop(PREFIX + "text")
        came_in = placed(item.columns, text, options, clean=True)
        if self.columns is not None:
            self.columns.add(came_in)
        _write(self.row_file, b"c", (came_in if self.columns is not None else _text_of(came_in, options)) | added)
        self.signature_file.write(result.signature)

    def _reject(
        self, item: InputRow | Passed | Broken, outcome: str, detail: str, more: Mapping[str, Any] | None = None
    ) -> None:
        self.rejected[outcome] += 1
        if outcome == "broken" and len(self.broken_at) < _BROKEN_NAMED:
            self.broken_at.append((item.source, item.position, detail))
        facts = {"outcome": outcome, "detail": detail, "source": item.source, "position": item.position}
        added = {PREFIX + name: value for name, value in facts.items()}
        _write(self.reject_file, b"", {**without_added(item.columns or {}), **added, **(more or {})})

    def report(self, key: str) -> ShardReport:
        """What became of the shard."""
        return ShardReport(
            key=key,
            rows=self.rows,
            clean=self.clean,
            rejected=dict(sorted(self.rejected.items())),
            passed=dict(sorted(self.passed.items())),
            kept=self.kept,
            broken=self.rejected["broken"],
            broken_at=tuple(self.broken_at),
            columns=None if self.columns is None else self.columns.to_json(),
        )


def _text_of(columns: Mapping[str, Any], options: CleanOptions) -> dict[str, Any]:
    """The one input column that is rewritten; for Parquet that stays Parquet all others are copied."""
    return {} if options.text_into is None else {options.text_into: columns[options.text_into]}


def _write(file: IO[bytes], mark: bytes, record: Mapping[str, Any]) -> None:
    file.write(mark + encode(record) + b"\n")


def _fields(report: ShardReport) -> dict[str, Any]:
    return {name: getattr(report, name) for name in ShardReport.__dataclass_fields__}
