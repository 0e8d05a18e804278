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
from typing import IO, Literal, cast

from pipelines.batch import duplicates, files, fingerprints
from pipelines.batch.cleaned_rows import Extract, added_names
from pipelines.batch.describing import describe
from pipelines.batch.engines import Engine, Lost
from pipelines.batch.engines.local import LocalEngine
from pipelines.batch.extras import require
from pipelines.batch.input_rows import WORK, CleanOptions, Shard
from pipelines.batch.job_columns import JobColumns, gather
from pipelines.batch.output import CLEANED, noted_parts, output, part_names
from pipelines.batch.output_parts import OutputPart, PartsReport, WriteParts
from pipelines.batch.plan import Inputs, find_inputs, plan, require_columns
from pipelines.batch.shards import CleanShard, ShardReport, work_file
from pipelines.batch.summary import Summary, summarise
from pipelines.extraction import extract as default_extract
from pipelines.extraction.extractor import EXTRACTOR_VERSION
from pipelines.folders import require_apart
from pipelines.locks import Holder
from pipelines.manifests import BESIDE, MARK, FileDigest, file_of
from pipelines.processors import usable_processors
from pipelines.version import package_version

Phase = Literal["clean", "write"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseProgress:
    """How far a phase is. `bytes` of input, `shards` and rows (`counts`, by outcome) are those done so far."""

    phase: Phase
    shards: int
    shards_total: int
    bytes: int
    bytes_total: int
    counts: Counter[str]


def clean(
    inputs: str | Path | Iterable[str | Path],
    out: str | Path,
    *,
    options: CleanOptions | None = None,
    engine: Engine | None = None,
    extract: Extract = default_extract,
    extractor: str | None = None,
    on_progress: Callable[[PhaseProgress], None] = lambda progress: None,
    replace_changed: bool = False,
    holder: Holder | None = None,
) -> Summary:
    """Clean files, folders, globs or fsspec addresses (one, or several) into the folder `out`, which gets

    ``data/``, ``rejects/`` and ``duplicates/`` with a part for each shard that has such rows, a card (``README.md``),
    ``croissant.json``, ``manifest.json``, and ``.work/`` with what finished shards left for the next run. The parts of
    an earlier job are replaced when all new ones are there; what else is in `out` stays. `extract` has to be a function
    that can be pickled; `extractor` names it and its version; `engine` runs the shards (default: a process for each
    processor, so that a script has to call this under ``if __name__ == "__main__":``); `replace_changed` and `holder`
    are those of `pipelines.folders.replacing`. Raises `UsageError` for inputs that are not there, `StorageError` or
    `FolderError` where the output cannot be written.
    """
    out, options = files.normal(str(out)), options or CleanOptions()
    engine = engine or LocalEngine(workers=usable_processors())
    arguments = [str(given) for given in ([inputs] if isinstance(inputs, (str, Path)) else inputs)]
    require_apart(out, {f"the input {argument}": argument for argument in arguments})
    found, tasks = plan_tasks(arguments, out, options=options, extract=extract, extractor=extractor)
    shards = [t.shard for t in tasks]
    with output(out, replace=replace_changed, holder=holder) as folder:
        standing = folder.standing(noted_parts(out))
        of = len(shards)
        folder.require_free(name for number in range(of) for name in part_names(number, of, options.format))
        reports = _clean(tasks, engine, on_progress)
        clusters = _cluster(out, reports, options)
        columns = gather(((s, r) for s, r in zip(shards, reports, strict=True) if isinstance(r, ShardReport)), options)
        writes = _writes(shards, reports, clusters, out, options, columns, standing)
        parts = _write(writes, engine, on_progress)
        summary = summarise(found, shards, reports, parts, columns)
        finished = [report for _, report in sorted(parts.items()) if isinstance(report, PartsReport)]
        written = [part for report in finished for part in report.parts]
        beside = describe(columns, summary.tally, written, options, version=package_version())
        manifest = _manifest(found, options, tasks[0], columns, summary, written, beside)
        folder.publish([part.name for part in written], beside, manifest)
        _sweep(out, {t.key for t in tasks}, of)
    return summary


def plan_tasks(
    arguments: Iterable[str],
    out: str,
    *,
    options: CleanOptions,
    extract: Extract = default_extract,
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
        fingerprints.load(options.drop_matches, digest)  # a wrong file is reported before hours of work
    shards = plan(inputs.files, shard_bytes=options.shard_bytes)
    return inputs, [
        CleanShard(shard=s, options=options, out=out, extract=extract, extractor=name, list_digest=digest)
        for s in shards
    ]


def _clean(
    tasks: Sequence[CleanShard], engine: Engine, on_progress: Callable[[PhaseProgress], None]
) -> list[ShardReport | Lost]:
    reports: dict[int, ShardReport | Lost] = {}
    counts: Counter[str] = Counter()
    start = PhaseProgress(
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
    standing: Mapping[str, FileDigest],
) -> list[WriteParts]:
    done = [number for number, report in enumerate(reports) if isinstance(report, ShardReport)]
    rows = sum(report.clean + report.kept for report in reports if isinstance(report, ShardReport))
    first_of_none = done[0] if done and not rows else None
    return [
        WriteParts(
            number=number,
            of=len(shards),
            shard=shard,
            key=report.key,
            out=out,
            options=options,
            clusters=packed,
            clean=report.clean,
            kept=report.kept,
            rejected=sum(report.rejected.values()),
            columns=columns.written,
            added=added_names(options),
            even_empty=number == first_of_none,
            standing={n: standing[n].sha256 for n in part_names(number, len(shards), options.format) if n in standing},
        )
        for number, (shard, report, packed) in enumerate(zip(shards, reports, clusters, strict=True))
        if isinstance(report, ShardReport)
    ]


def _write(
    writes: Sequence[WriteParts], engine: Engine, on_progress: Callable[[PhaseProgress], None]
) -> dict[int, PartsReport | Lost]:
    """The reports by the number of their part."""
    parts: dict[int, PartsReport | Lost] = {}
    size = sum(w.shard.bytes for w in writes)
    start = PhaseProgress(
        phase="write", shards=0, shards_total=len(writes), bytes=0, bytes_total=size, counts=Counter()
    )
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


def _manifest(
    inputs: Inputs,
    options: CleanOptions,
    task: CleanShard,
    columns: JobColumns,
    summary: Summary,
    parts: Sequence[OutputPart],
    beside: Mapping[str, bytes],
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
        BESIDE: [{"path": name, **file_of(content)._asdict()} for name, content in beside.items()],
    }
    return json.dumps(manifest, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace") + b"\n"


# The files this program leaves in its work folder; anything else there stays.
_WORK_FILE = re.compile(r"([0-9a-f]{32}|part-\d{5,})\.(?:rows\.jsonl\.gz|rejects\.jsonl\.gz|signatures|json)\Z")


def _sweep(out: str, keys: set[str], shards: int) -> None:
    """Remove what earlier runs left that is not of this job: finished shards, half-written files."""
    numbers = {f"part-{number:05d}" for number in range(shards)}
    for name in files.names_in(files.join(out, WORK)):
        match = _WORK_FILE.match(name)
        if files.is_temporary(name) or (match and match[1] not in keys and match[1] not in numbers):
            files.remove(files.join(out, WORK, name))
