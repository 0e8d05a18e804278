"""Whether a folder of data is what its manifest says: each file there with its bytes, and no unlisted file among them.

It works for what `export`, `align` and `clean` write, of this version and of earlier ones, also where the files are
links, as in the cache of the Hugging Face hub: a link counts by the file that it leads to. Behind fsspec (``s3://…``)
files are copied to this machine one after the other, and looked at there.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, Protocol

from pipelines.batch import files
from pipelines.batch.output import CLEANED
from pipelines.errors import UnreadableError, UsageError, VietnamvnError
from pipelines.export.manifest import EXPORT
from pipelines.manifests import MANIFEST, FileDigest, Kind, content_of, files_of, sha256_of
from pipelines.row_counts import count_rows
from pipelines.translations.former import CORPUS

KINDS = (EXPORT, CORPUS, CLEANED)
Progress = Callable[[int, int, int], None]
CARD, CROISSANT = "README.md", "croissant.json"
_DATA = "data"
_STRANGE = "is strange here: the manifest does not list it, and readers may take it for data"


class FileProblem(NamedTuple):
    """What is wrong with a file: its path below the folder, and the problem in words."""

    path: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was looked at, and what is wrong with it; `rows` are those of the files that are intact."""

    kind: str
    files: int
    bytes: int
    rows: int
    findings: tuple[FileProblem, ...]


def verify(folder: Path | str, *, progress: Progress = lambda done, total, rows: None) -> Verified:
    """Compare a folder, or an address of fsspec, with its manifest.

    `progress` gets the bytes looked at, all bytes, and the rows. Raises `UsageError` where there is no folder or no
    manifest in it, `VietnamvnError` for a manifest of something else and one that names what lies outside the folder,
    `UnreadableError` where it may not be read or was replaced in the meantime.
    """
    if not files.is_remote(str(folder)):
        return _verify(_OnDisk(Path(folder)), progress)
    with TemporaryDirectory(prefix="vietnamvn-") as scratch:
        return _verify(_Behind(files.normal(str(folder)), Path(scratch)), progress)


def _verify(folder: _Folder, progress: Progress) -> Verified:
    raw = folder.manifest()
    kind, listed = _listed(folder, raw)
    manifest = json.loads(raw)
    rows = _listed_rows(manifest, kind)
    looked = _look(folder, listed, rows, progress)
    findings = [finding for finding in looked if finding is not None]
    bad = {finding.path for finding in findings}
    findings += folder.strange(listed)
    findings += [FileProblem(MANIFEST, problem) for problem in _sums(manifest, rows)]
    for name, look in ((CROISSANT, _croissant), (CARD, _card)):
        if name in listed and name not in bad:
            with folder.file(name) as path:
                findings += look(path, listed)
    if folder.content(MANIFEST) != raw:
        raise UnreadableError(f"{folder}: its {MANIFEST} was replaced in the meantime; look again when that job ended")
    return Verified(
        kind=kind.name,
        files=len(listed),
        bytes=sum(file.bytes for file in listed.values()),
        rows=sum(number for path, number in rows.items() if path not in bad and type(number) is int),
        findings=tuple(findings),
    )


def _listed(folder: _Folder, raw: bytes) -> tuple[Kind, dict[str, FileDigest]]:
    for kind in KINDS:
        if (found := files_of(raw, kind)) is not None:
            return kind, found
    raise VietnamvnError(
        f"{folder}/{MANIFEST}: is no manifest of export, align or clean, or it lists files that they never write, such "
        "as some outside the folder; no file was looked at"
    )


def _listed_rows(manifest: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    names, path = kind.listed
    return {row[path]: row.get("rows") for row in manifest[names]}


# --- the files ------------------------------------------------------------------------------------------------


def _look(
    folder: _Folder, listed: Mapping[str, FileDigest], rows: Mapping[str, Any], progress: Progress
) -> Iterator[FileProblem | None]:
    total, done, counted = sum(file.bytes for file in listed.values()), 0, 0
    by_size = {file.bytes for file in listed.values()}
    by_hash = {file.sha256: path for path, file in sorted(listed.items(), reverse=True)}
    for path, file in sorted(listed.items()):
        with folder.file(path) as target:
            problem = _problem(target, file, by_size, by_hash)
            if problem is None and rows.get(path) is not None and _is_data(path):
                problem = _rows_problem(target, rows[path])
        yield None if problem is None else FileProblem(path, problem)
        done += file.bytes
        counted += rows[path] if type(rows.get(path)) is int else 0
        progress(done, total, counted)


def _problem(target: Path, file: FileDigest, by_size: set[int], by_hash: Mapping[str, str]) -> str | None:
    try:
        status = target.stat()
    except PermissionError:
        return "may not be looked at; see to its rights"
    except OSError:
        return "is a link that leads nowhere" if os.path.lexists(target) else "is not there"
    if not stat.S_ISREG(status.st_mode):
        return "is no file"
    size = status.st_size
    lengths = f"has {size:,} bytes, not {file.bytes:,}"
    if size not in by_size:
        return lengths
    found = sha256_of(target)
    if found is None:
        return "cannot be read; see to its rights"
    if found == file.sha256:
        return None
    if found in by_hash:
        return f"holds what {by_hash[found]} should hold"
    return "was changed: its SHA-256 is another one" if size == file.bytes else lengths


def _rows_problem(target: Path, listed: object) -> str | None:
    """What is wrong with the number of rows, `listed` by the manifest, of a file whose bytes are right."""
    try:
        found = count_rows(target)
    except (ValueError, OSError) as error:
        return f"cannot be read as what its name says ({error})"
    return f"has {found:,} rows, and the manifest says {listed!r:.40}" if found not in (None, listed) else None


def _is_data(path: str) -> bool:
    return "/" in path


def _folders(listed: Mapping[str, FileDigest]) -> set[str]:
    """The folders of the data: what else is in the output folder does not matter."""
    return {parent.as_posix() for path in listed for parent in PurePosixPath(path).parents} - {"."} | {_DATA}


# --- where they are -------------------------------------------------------------------------------------------


class _Folder(Protocol):
    def content(self, name: str) -> bytes | None:
        """The content of a small file; None if it is no file or cannot be read."""

    def manifest(self) -> bytes:
        """The manifest, which has to be there."""

    def file(self, path: str) -> AbstractContextManager[Path]:
        """A file as a path on this machine, for the time of the block; it need not exist."""

    def strange(self, listed: Mapping[str, FileDigest]) -> list[FileProblem]:
        """Files among those of the data that the manifest does not list."""


@dataclass(frozen=True, slots=True)
class _OnDisk:
    path: Path

    def __str__(self) -> str:
        return str(self.path)

    def content(self, name: str) -> bytes | None:
        return content_of(self.path / name)

    def manifest(self) -> bytes:
        if not self.path.is_dir():
            raise UsageError(f"{self}: no such folder; give what export, align or clean wrote")
        if not os.path.lexists(self.path / MANIFEST):
            raise UsageError(_NO_MANIFEST.format(self))
        raw = self.content(MANIFEST)
        if raw is None:
            raise UnreadableError(f"{self}/{MANIFEST}: cannot be read; it is no file, or see to its rights")
        return raw

    def file(self, path: str) -> AbstractContextManager[Path]:
        return nullcontext(self.path / path)

    def strange(self, listed: Mapping[str, FileDigest]) -> list[FileProblem]:
        folders = _folders(listed)
        found, waiting = [], sorted(folders)
        while waiting:
            name = waiting.pop()
            try:
                entries = list(os.scandir(self.path / name))
            except (FileNotFoundError, NotADirectoryError):
                continue  # what is missing is reported already
            except OSError as error:
                found.append(FileProblem(name, f"cannot be looked into ({error.strerror})"))
                continue
            for entry in entries:
                path = f"{name}/{entry.name}"
                if entry.is_dir(follow_symlinks=False) and path not in listed:
                    waiting += [] if path in folders else [path]
                elif path not in listed and path not in folders:
                    found.append(FileProblem(path, _STRANGE))
        return sorted(found)


@dataclass(frozen=True, slots=True)
class _Behind:
    address: str
    scratch: Path

    def __str__(self) -> str:
        return self.address

    def content(self, name: str) -> bytes | None:
        return files.read_bytes(files.join(self.address, name))

    def manifest(self) -> bytes:
        raw = self.content(MANIFEST)
        if raw is None:
            raise UsageError(_NO_MANIFEST.format(self))
        return raw

    @contextmanager
    def file(self, path: str) -> Iterator[Path]:
        local = self.scratch / path.rpartition("/")[2]  # rows are counted by the ending
        try:
            with suppress(FileNotFoundError):
                files.fetch(files.join(self.address, path), local)
            yield local
        finally:
            local.unlink(missing_ok=True)

    def strange(self, listed: Mapping[str, FileDigest]) -> list[FileProblem]:
        found = [
            f"{folder}/{inside}"
            for folder in {name.partition("/")[0] for name in _folders(listed)}
            for inside in files.paths_below(files.join(self.address, folder))
        ]
        return [FileProblem(path, _STRANGE) for path in sorted(found) if path not in listed]


_NO_MANIFEST = (
    f"{{}}/{MANIFEST}: no such file; give a folder that export, align or clean wrote (a job that was interrupted "
    "writes it when it is started again)"
)


# --- what describes them --------------------------------------------------------------------------------------


def _sums(manifest: Mapping[str, Any], rows: Mapping[str, Any]) -> Iterator[str]:
    """Whether a manifest of an export adds up."""
    numbers = [number for number in rows.values() if type(number) is int]
    if "rows" in manifest and manifest["rows"] != sum(numbers):
        yield f"says {manifest['rows']!r:.40} rows, and those of its files are {sum(numbers):,}"
    languages = manifest.get("languages")
    if "rows" in manifest and isinstance(languages, dict) and sum(_numbers(languages)) != manifest["rows"]:
        yield f"says {manifest['rows']!r:.40} rows, and those of its languages are {sum(_numbers(languages)):,}"


def _numbers(counts: Mapping[str, Any]) -> list[int]:
    return [number for number in counts.values() if type(number) is int]


def _data(listed: Mapping[str, FileDigest]) -> dict[str, FileDigest]:
    """The files of the data; 0.1.0 had its folders beside the card."""
    found = {path: file for path, file in listed.items() if path.startswith(f"{_DATA}/")}
    return found or {path: file for path, file in listed.items() if _is_data(path)}


def _croissant(path: Path, listed: Mapping[str, FileDigest]) -> Iterator[FileProblem]:
    """Whether the description for machines lists the same files as the manifest."""
    try:
        entries = [entry for entry in json.loads(path.read_bytes())["distribution"] if "sha256" in entry]
        described = {entry["contentUrl"]: entry["sha256"] for entry in entries}
    except (ValueError, KeyError, TypeError, RecursionError, OSError):
        yield FileProblem(path.name, "is no description in the form of Croissant")
        return
    data = _data(listed)
    for name in sorted({str(name) for name in described} | set(data)):
        if name not in described:
            yield FileProblem(path.name, f"does not list {name}")
        elif name in listed and described[name] != listed[name].sha256:
            yield FileProblem(path.name, f"has another SHA-256 of {name} than the manifest")
        elif name not in listed:
            yield FileProblem(path.name, f"lists {name!r:.200}, which the manifest does not list")


def _card(path: Path, listed: Mapping[str, FileDigest]) -> Iterator[FileProblem]:
    """Whether each pattern of the card's configurations finds files, and each file of the data is found by one."""
    try:
        head = path.read_text(encoding="utf-8").split("---\n", 2)[1]
    except (ValueError, IndexError, OSError):
        yield FileProblem(path.name, "has no head that readers could take the configurations from")
        return
    patterns = [line.partition(" path: ")[2].strip().strip('"') for line in head.splitlines() if " path: " in line]
    data = _data(listed)
    for pattern in patterns:
        if not pattern or not any(PurePosixPath(name).match(pattern) for name in data):
            yield FileProblem(path.name, f"names {pattern}, which is no file of the data")
    for name in sorted(data) if patterns else ():
        if not any(pattern and PurePosixPath(name).match(pattern) for pattern in patterns):
            yield FileProblem(path.name, f"has no configuration with {name}")
