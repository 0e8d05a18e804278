"""Where a job writes: the output folder and who may write there, and how what it wrote is read back."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pipelines.batch import files
from pipelines.batch.cleaned_rows import record_of
from pipelines.batch.extras import require
from pipelines.batch.input_rows import NEW, PREFIX, WORK
from pipelines.errors import VietnamvnError
from pipelines.folders import FolderError, OutputFolder, in_the_way
from pipelines.locks import Holder
from pipelines.manifests import MANIFEST, FileDigest, Kind, file_of, files_of
from pipelines.models import Article
from pipelines.remote_folders import RemoteFolder, claimed_at

CLEANED = Kind(
    name="cleaned output",
    unmarked=frozenset(("inputs", "options", "versions", "summary", "outputs")),
    listed=("outputs", "name"),
)


class Output(Protocol):
    """The output folder of a job, on a disk or behind fsspec."""

    def standing(self, noted: Mapping[str, FileDigest]) -> dict[str, FileDigest]:
        """The parts that are in place, unchanged; `noted` are those that the job's own notes list.

        Raises `FolderError` where a part was changed since.
        """

    def require_free(self, paths: Iterable[str]) -> None:
        """Raise `FolderError` where something that this program did not write is at one of these places."""

    def publish(self, parts: Iterable[str], beside: Mapping[str, bytes], manifest: bytes) -> None:
        """Put the new parts, and what is `beside` them, in the place of the former ones; the manifest comes last."""


@contextmanager
def output(out: str, *, replace: bool, holder: Holder | None) -> Iterator[Output]:
    """The output folder for a job (`pipelines.remote_folders.claimed_at`)."""
    with claimed_at(out, CLEANED, replace=replace, holder=holder) as folder:
        if isinstance(folder, RemoteFolder):
            yield _Remote(folder)
            return
        waiting = (WORK, f"{WORK}/{NEW}", *(f"{WORK}/{NEW}/{name}" for name in _FOLDERS))
        # A link may have come with a folder from elsewhere; what it leads to may be neither filled nor swept.
        if links := [path for path in waiting if (folder.path / path).is_symlink()]:
            raise FolderError(in_the_way(out, links, CLEANED))
        yield _Local(folder)


@dataclass(frozen=True, slots=True)
class _Local:
    folder: OutputFolder

    def standing(self, noted: Mapping[str, FileDigest]) -> dict[str, FileDigest]:
        self.folder.adopt(noted)
        return self.folder.check()

    def require_free(self, paths: Iterable[str]) -> None:
        self.folder.require_free(paths)

    def publish(self, parts: Iterable[str], beside: Mapping[str, bytes], manifest: bytes) -> None:
        new = self.folder.path / WORK / NEW
        standing = self.folder.check()
        for name, content in {**beside, MANIFEST: manifest}.items():
            if standing.get(name) != file_of(content):
                files.write_bytes(str(new / name), content)
        with self.folder.staging() as staged:
            self.folder.publish(new, staged)
        _sweep(new)


def _sweep(new: Path) -> None:
    """Remove the parts of earlier, unfinished jobs; anything else there stays."""
    for name in _FOLDERS:
        for part in files.names_in(str(new / name)):
            if _PART.match(part) or files.is_temporary(part):
                (new / name / part).unlink()
    for folder in (*(new / name for name in reversed(_FOLDERS)), new):
        with suppress(OSError):  # not there, or not empty
            folder.rmdir()


@dataclass(frozen=True, slots=True)
class _Remote:
    """A folder behind fsspec: the parts wait in its work folder, and are known by size."""

    folder: RemoteFolder

    def standing(self, noted: Mapping[str, FileDigest]) -> dict[str, FileDigest]:
        return self.folder.adopt(noted)

    def require_free(self, paths: Iterable[str]) -> None:
        self.folder.require_free(paths)

    def publish(self, parts: Iterable[str], beside: Mapping[str, bytes], manifest: bytes) -> None:
        new, written = files.join(self.folder.out, WORK, NEW), {*parts}
        for name in _FOLDERS:
            for part in files.names_in(files.join(new, name)):
                if f"{name}/{part}" not in written:
                    files.remove(files.join(new, name, part))
        for name, content in beside.items():
            files.write_bytes(files.join(new, name), content)
        self.folder.publish(f"{WORK}/{NEW}", manifest)


CONFIG = "clean"
"""The one configuration of the dataset, and the folder of its files."""
_FOLDERS = (CONFIG, "rejects", "duplicates")
_PART = re.compile(r"(?:train-\d{5,}-of-|part-)\d{5,}\.")


def part_names(number: int, of: int, form: str) -> list[str]:
    """Where the parts of a shard go, below the output folder; there are `of` shards.

    >>> part_names(3, 12, "jsonl")
    ['clean/train-00003-of-00012.jsonl', 'rejects/part-00003.jsonl', 'duplicates/part-00003.jsonl']
    """
    name = f"part-{number:05d}"
    return [f"{CONFIG}/train-{number:05d}-of-{of:05d}.{form}", f"rejects/{name}.jsonl", f"duplicates/{name}.jsonl"]


def noted_parts(out: str) -> dict[str, FileDigest]:
    """The parts that earlier jobs in this folder noted as written, by their names."""
    found: dict[str, FileDigest] = {}
    for name in files.names_in(files.join(out, WORK)):
        is_note = re.fullmatch(r"part-\d{5,}\.json", name)
        if is_note and (content := files.read_bytes(files.join(out, WORK, name))):
            for part in json.loads(content)["parts"]:
                found[part["name"]] = FileDigest(part["bytes"], part["sha256"])
    return found


def read_articles(out: str) -> Iterator[Article]:
    """The articles in an output folder's data, in its order; kept rows of other sites are left out.

    Raises `VietnamvnError` where there is no manifest: an unfinished job's output is not to be relied on.
    """
    for part in data_files(out):
        for row in read_rows(files.join(out, part)):
            if (found := record_of(row)) is not None:
                yield Article.from_dict(found)


def data_files(out: str) -> list[str]:
    """The data files of an output folder, as paths in it, in their order.

    Raises `VietnamvnError` where there is no manifest of a cleaned output.
    """
    content = files.read_bytes(files.join(out, MANIFEST))
    listed = None if content is None else files_of(content, CLEANED)
    if listed is None:
        raise VietnamvnError(f"{out}: no manifest.json of a cleaned output; run 'vietnamvn clean' to its end first")
    return sorted(name for name in listed if name.startswith(f"{CONFIG}/"))


def no_articles(out: str) -> Counter[str]:
    """How many rows of the input are no articles but in the output's summary, by outcome.

    Raises `VietnamvnError` as `data_files` does.
    """
    data_files(out)
    summary = json.loads(files.read_bytes(files.join(out, MANIFEST)) or b"")["summary"]
    counts = Counter({str(name): int(number) for name, number in summary.get("rejected_by_outcome", {}).items()})
    if kept := int(summary.get("passed_over_kept", 0)):
        counts["other_site"] += kept
    return counts


def is_row(row: Mapping[str, Any]) -> bool:
    """Whether a row is one of a cleaned output, of its rejects, or of its dropped duplicates."""
    return PREFIX + "outcome" in row or {PREFIX + "source", PREFIX + "position"} <= row.keys()


def read_rows(uri: str) -> Iterator[dict[str, Any]]:
    """The rows of a data file."""
    with files.open_input(uri) as stream:
        if uri.endswith(".jsonl"):
            for line in stream:
                yield json.loads(line)
        else:
            parquet = require("pyarrow.parquet", extra="batch", purpose="reading Parquet")
            for batch in parquet.ParquetFile(stream).iter_batches(batch_size=256):
                yield from batch.to_pylist()
