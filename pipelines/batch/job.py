"""A whole job: plan, clean the shards, cluster the duplicates, write the parts, and account for every row."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Literal, cast

from pipelines.batch import duplicates, files, fingerprints
from pipelines.batch.engines import Engine, Lost
from pipelines.batch.engines.local import LocalEngine
from pipelines.batch.extras import require
from pipelines.batch.job_columns import JobColumns, gather
from pipelines.batch.model import WORK, CleanOptions, Shard
from pipelines.batch.output import CLEANED, noted_parts, output, part_names
from pipelines.batch.parts import Part, PartsReport, WriteParts
from pipelines.batch.plan import Inputs, find_inputs, plan, require_columns
from pipelines.batch.rows import Extract, our_names
from pipelines.batch.shards import CleanShard, ShardReport, work_file
from pipelines.errors import VietnamvnError
from pipelines.extraction import extract as our_extract
from pipelines.extraction.pages import EXTRACTOR_VERSION
from pipelines.folders import require_apart
from pipelines.locks import Holder
from pipelines.manifests import MARK, File
from pipelines.processors import usable_processors
from pipelines.version import package_version

Phase = Literal["clean", "write"]

# As many places of broken input are named in the manifest; all of them are in `rejects/`.
_BROKEN_NAMED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a phase is. `bytes` of input and `shards` are done so far; `counts` are rows by outcome so far."""

    phase: Phase
    shards: int
    shards_total: int
    bytes: int
    bytes_total: int
    counts: Counter[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What became of every row: `rows` = `clean` + `rejected` + `passed_over` + `duplicates`.

    `duplicates` are the rows that were dropped; `broken` are those of the rejected ones that could not be read, with
    the first places and reasons; `kept` those of the passed-over ones that are in the output. `lost` shards took
    their worker down each time: their rows are not counted. `unreadable` are folders that could not be looked
    into. `shards_reused` were done by an earlier run. `mixed` are the columns that came in several types, with these.
    """

    rows: int
    clean: int
    rejected: Counter[str]
    passed_over: Counter[str]
    duplicates: int
    kept: int
    broken: int
    broken_at: tuple[tuple[str, int, str], ...]
    lost: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]
    unreadable: tuple[tuple[str, str], ...]
    shards: int
    shards_reused: int
    mixed: Mapping[str, tuple[str, ...]]

    def to_dict(self) -> dict[str, Any]:
        """The counts as JSON types; without what depends on the run rather than on the input."""
        return {
            "rows": self.rows,
            "clean": self.clean,
            "rejected": sum(self.rejected.values()),
            "passed_over": sum(self.passed_over.values()),
            "duplicates": self.duplicates,
            "rejected_by_outcome": dict(sorted(self.rejected.items())),
            "passed_over_by_reason": dict(sorted(self.passed_over.items())),
            "passed_over_kept": self.kept,
            "broken": self.broken,
            "broken_at": [{"source": s, "position": p, "detail": d} for s, p, d in self.broken_at],
            "lost_shards": [{"shard": s, "detail": d} for s, d in self.lost],
            "ignored_files": list(self.ignored),
            "unreadable_folders": [{"name": n, "detail": d} for n, d in self.unreadable],
            "shards": self.shards,
        }


def clean(
    inputs: str | Path | Iterable[str | Path],
    out: str | Path,
    *,
    options: CleanOptions | None = None,
    engine: Engine | None = None,
    extract: Extract = our_extract,
    extractor: str | None = None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    replace_changed: bool = False,
    holder: Holder | None = None,
) -> Summary:
    """Clean files, folders, globs or fsspec addresses (one, or several) into the folder `out`, which gets

    ``clean/``, ``rejects/`` and ``duplicates/`` with a part for each shard that has such rows, ``manifest.json``, and
    ``.work/`` with what finished shards left for the next run. The parts of an earlier job are replaced when all new
    ones are there; what else is in `out` stays. `extract` has to be a function that can be pickled; `extractor` names
    it and its version; `engine` runs the shards (default: a process for each processor, so that a script has to call
    this under ``if __name__ == "__main__":``); `replace_changed` and `holder` are those of
    `pipelines.folders.replacing`. Raises `UsageError` for inputs that are not there, `StorageError` or `FolderError`
    where the output cannot be written.
    """
    out, options = files.normal(str(out)), options or CleanOptions()
    engine = engine or LocalEngine(workers=usable_processors())
    arguments = [str(given) for given in ([inputs] if isinstance(inputs, (str, Path)) else inputs)]
    require_apart(out, {f"the input {argument}": argument for argument in arguments})
    found, tasks = plan_tasks(arguments, out, options=options, extract=extract, extractor=extractor)
    shards = [t.shard for t in tasks]
    with output(out, replace=replace_changed, holder=holder) as folder:
        standing = folder.standing(noted_parts(out))
        folder.require_free(name for number in range(len(shards)) for name in part_names(number, options.format))
        reports = _clean(tasks, engine, on_progress)
        clusters = _cluster(out, reports, options)
        columns = gather(((s, r) for s, r in zip(shards, reports, strict=True) if isinstance(r, ShardReport)), options)
        writes = _writes(shards, reports, clusters, out, options, columns, standing)
        parts = _write(writes, engine, on_progress)
        summary = _summary(found, shards, reports, parts, columns)
        finished = [report for _, report in sorted(parts.items()) if isinstance(report, PartsReport)]
        written = [part for report in finished for part in report.parts]
        manifest = _manifest(found, options, tasks[0], columns, summary, written)
        folder.publish([part.name for part in written], manifest)
        _sweep(out, {t.key for t in tasks}, {p.name for p in written})
    return summary


def plan_tasks(
    arguments: Iterable[str],
    out: str,
    *,
    options: CleanOptions,
    extract: Extract = our_extract,
    extractor: str | None = None,
) -> tuple[Inputs, list[CleanShard]]:
    """The inputs of a job and its first half, one task a shard; raises `UsageError` where the job cannot start."""
    duplicates.require_mode(options.duplicates)
    if options.format == "parquet":
        require("pyarrow", extra="batch", purpose="--format parquet")
    inputs = find_inputs(arguments, without=out)
    require_columns(inputs.files, options)
    name = extractor or f"vietnamvn {package_version()}, extractor {EXTRACTOR_VERSION}"
    digest = None
    if options.drop_matches is not None:
        digest = fingerprints.digest_of(options.drop_matches)
        fingerprints.load(options.drop_matches, digest)  # what is no list is told before the work of hours
    shards = plan(inputs.files, shard_bytes=options.shard_bytes)
    return inputs, [
        CleanShard(shard=s, options=options, out=out, extract=extract, extractor=name, list_digest=digest)
        for s in shards
    ]


def _clean(
    tasks: Sequence[CleanShard], engine: Engine, on_progress: Callable[[Progress], None]
) -> list[ShardReport | Lost]:
    reports: dict[int, ShardReport | Lost] = {}
    counts: Counter[str] = Counter()
    start = Progress(
        phase="clean",
        shards=0,
        shards_total=len(tasks),
        bytes=0,
        bytes_total=sum(t.shard.bytes for t in tasks),
        counts=counts,
    )
    done = 0
    on_progress(start)
    for number, report in engine.run(tasks):
        reports[number] = report
        done += tasks[number].shard.bytes
        if isinstance(report, ShardReport):
            counts["rows"] += report.rows
            counts["clean"] += report.clean
            counts["rejected"] += sum(report.rejected.values())
            counts["passed over"] += sum(report.passed.values())
            counts["broken"] += report.broken
            counts["reused"] += report.reused and report.rows
        on_progress(replace(start, shards=len(reports), bytes=done, counts=Counter(counts)))
    return [reports[number] for number in range(len(tasks))]


def _cluster(out: str, reports: Sequence[ShardReport | Lost], options: CleanOptions) -> list[bytes]:
    """The packed memberships of each shard's clean rows."""
    rows = [r.clean if isinstance(r, ShardReport) else 0 for r in reports]
    with TemporaryFile() as signatures:
        if options.duplicates != "none":
            for report in reports:
                if isinstance(report, ShardReport) and report.clean:
                    with files.open_input(work_file(out, report.key, "signatures")) as part:
                        shutil.copyfileobj(part, signatures, 2**20)
        return duplicates.cluster(cast(IO[bytes], signatures), rows, options.duplicates)


def _writes(
    shards: Sequence[Shard],
    reports: Sequence[ShardReport | Lost],
    clusters: Sequence[bytes],
    out: str,
    options: CleanOptions,
    columns: JobColumns,
    standing: Mapping[str, File],
) -> list[WriteParts]:
    return [
        WriteParts(
            number=number,
            shard=shard,
            key=report.key,
            out=out,
            options=options,
            clusters=packed,
            clean=report.clean,
            kept=report.kept,
            rejected=sum(report.rejected.values()),
            columns=columns.written,
            ours=our_names(options),
            standing={n: standing[n].sha256 for n in part_names(number, options.format) if n in standing},
        )
        for number, (shard, report, packed) in enumerate(zip(shards, reports, clusters, strict=True))
        if isinstance(report, ShardReport)
    ]


def _write(
    writes: Sequence[WriteParts], engine: Engine, on_progress: Callable[[Progress], None]
) -> dict[int, PartsReport | Lost]:
    """The reports by the number of the part."""
    parts: dict[int, PartsReport | Lost] = {}
    size = sum(w.shard.bytes for w in writes)
    start = Progress(phase="write", shards=0, shards_total=len(writes), bytes=0, bytes_total=size, counts=Counter())
    done = 0
    counts: Counter[str] = Counter()
    for index, report in engine.run(writes):
        write = writes[index]
        parts[write.number] = report
        done += write.shard.bytes
        if isinstance(report, PartsReport):
            counts["written"] += write.clean + write.kept - report.dropped
            counts["duplicates"] += report.dropped
        on_progress(replace(start, shards=len(parts), bytes=done, counts=Counter(counts)))
    return parts


def _summary(
    inputs: Inputs,
    shards: Sequence[Shard],
    reports: Sequence[ShardReport | Lost],
    parts: Mapping[int, PartsReport | Lost],
    columns: JobColumns,
) -> Summary:
    rejected: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    rows = clean = dropped = kept = broken = reused = 0
    broken_at: list[tuple[str, int, str]] = []
    lost: list[tuple[str, str]] = []
    for number, (shard, report) in enumerate(zip(shards, reports, strict=True)):
        part = parts.get(number)
        if isinstance(report, Lost) or isinstance(part, Lost):
            lost.append((shard.name, (report if isinstance(report, Lost) else cast(Lost, part)).detail))
            continue
        rows += report.rows
        clean += report.clean
        dropped += cast(PartsReport, part).dropped
        kept += report.kept
        broken += report.broken
        reused += report.reused
        rejected.update(report.rejected)
        passed.update(report.passed)
        if len(broken_at) < _BROKEN_NAMED:
            broken_at.extend(report.broken_at[: _BROKEN_NAMED - len(broken_at)])
    if rows != clean + sum(rejected.values()) + sum(passed.values()):
        raise VietnamvnError(f"the rows do not add up: {rows} came in; this is a bug, please report it")
    return Summary(
        rows=rows,
        clean=clean - dropped,
        rejected=rejected,
        passed_over=passed,
        duplicates=dropped,
        kept=kept,
        broken=broken,
        broken_at=tuple(broken_at),
        lost=tuple(lost),
        ignored=inputs.ignored,
        unreadable=inputs.unreadable,
        shards=len(shards),
        shards_reused=reused,
        mixed=columns.mixed,
    )


def _manifest(
    inputs: Inputs,
    options: CleanOptions,
    task: CleanShard,
    columns: JobColumns,
    summary: Summary,
    parts: Sequence[Part],
) -> bytes:
    """What went in, what came out, and what did it. No times and no paths: the same work gives the same manifest."""
    manifest = {
        MARK: CLEANED.mark,
        "inputs": [{"name": f.name, "bytes": f.size} for f in inputs.files],
        "options": options.to_dict(),
        "versions": {
            "vietnamvn": package_version(),
            "extractor": task.extractor,
            "duplicates": duplicates.algorithm(options.duplicates),
            "ftfy": version("ftfy"),
            **(
                {}
                if task.list_digest is None
                else {"fingerprints": f"{fingerprints.FORMAT}, SHA-256 {task.list_digest}"}
            ),
        },
        "columns": [
            {"name": name, "type": kind, "came_in_as": columns.mixed.get(name, [])}
            for name, kind in columns.types.items()
        ],
        "summary": summary.to_dict(),
        "outputs": [asdict(part) for part in parts],
    }
    return json.dumps(manifest, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace") + b"\n"


# What this program leaves in its work folder; whatever else somebody put there stays.
_WORK_FILE = re.compile(r"([0-9a-f]{32}|part-\d{5,})\.(?:rows\.jsonl\.gz|rejects\.jsonl\.gz|signatures|json)\Z")


def _sweep(out: str, keys: set[str], parts: set[str]) -> None:
    """Remove what earlier runs left for their next run that is not of this job: finished shards, half-written files."""
    numbers = {name.partition("/")[2].partition(".")[0] for name in parts}
    for name in files.names_in(files.join(out, WORK)):
        match = _WORK_FILE.match(name)
        if files.is_temporary(name) or (match and match[1] not in keys and match[1] not in numbers):
            files.remove(files.join(out, WORK, name))
