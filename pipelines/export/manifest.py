"""What an export holds: every file with rows, bytes and SHA-256, the filters, and what the next export starts from."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from pipelines import notebook
from pipelines.batch import files
from pipelines.errors import UsageError
from pipelines.export.failures import ExportError
from pipelines.export.splitting import shares_of
from pipelines.export.state import FORMER_STATE, STATE, Earlier
from pipelines.listing import is_there
from pipelines.manifests import MANIFEST, MARK, Kind, content_of, files_of
from pipelines.storage import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """A file of the export: its path in it, rows, bytes and SHA-256 (lower-case hexadecimal)."""

    path: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """An export in numbers.

    `seen_until` is the last sighting of any text in it: the day the dataset stands for. For an incremental export
    `since_manifest` is the SHA-256 of the manifest it follows, `unchanged` how many of its rows are the same,
    and `changes` counts the others by change and reason (`pipelines.export.changes.REASONS`). `split` has the
    requested shares, `split_rows` the rows of each split, `families` how many articles the
    store has, in how many families, and how many the largest has; all are empty where the export is not split.
    `contact` is whom to ask, as the card names it.
    """

    format: str
    version: str
    filters: Selection
    columns: tuple[str, ...]
    rows_per_file: int
    rows: int
    languages: dict[str, int]
    seen_until: str | None
    files: tuple[ExportedFile, ...]
    since_manifest: str | None = None
    unchanged: int = 0
    changes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    split: Mapping[str, float] = field(default_factory=dict)
    split_rows: Mapping[str, int] = field(default_factory=dict)
    families: Mapping[str, int] = field(default_factory=dict)
    contact: str | None = None

    def __repr__(self) -> str:
        counts = (f"{self.rows:,} rows", f"{len(self.languages):,} languages", f"{len(self.files):,} files")
        return notebook.line("Manifest", self.format, *counts)

    def save(self, folder: Path) -> None:
        """Write it into the folder, as JSON with sorted keys."""
        text = json.dumps({MARK: EXPORT.mark, **asdict(self)}, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


EXPORT = Kind(
    name="export",
    unmarked=frozenset({"format", "version", "filters", "columns", "rows", "languages", "seen_until"})
    | {"files", "since_manifest", "unchanged", "withdrawn"},
)


def describe(path: Path, folder: Path, rows: int) -> ExportedFile:
    """The manifest's entry for a written file, which is read again for its hash and is then on the disk."""
    sha256 = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            sha256.update(block)
        os.fsync(file.fileno())
    return ExportedFile(
        path=path.relative_to(folder).as_posix(), rows=rows, bytes=path.stat().st_size, sha256=sha256.hexdigest()
    )


def manifest_at(given: Path | str) -> str:
    """The manifest of an earlier export, by its name or that of its folder, on a disk or behind fsspec.

    Raises `UsageError` where there is none.
    """
    name = str(given)
    if files.is_remote(name):
        path = name if name.endswith(f"/{MANIFEST}") else files.join(name, MANIFEST)
        missing = files.size(path) is None
    else:
        path = str(Path(name) / MANIFEST) if files.is_folder(name) else name
        missing = not is_there(path)
    if missing:
        raise UsageError(f"{path}: no such file; give the manifest.json of an earlier export")
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierExport:
    """An earlier export: how it was made, its state, and the SHA-256 of its manifest."""

    format: str
    filters: Selection
    columns: tuple[str, ...]
    rows_per_file: int
    split: Mapping[str, float]
    contact: str | None
    is_increment: bool
    state: Earlier
    sha256: str


def earlier(path: str) -> EarlierExport:
    """The earlier export of a manifest. Raises `ExportError` where it cannot be read, or its state is another."""
    try:
        with files.open_input(path) as file:
            raw = file.read()
        content: dict[str, Any] = json.loads(raw)
        listed = {file["path"]: file["sha256"] for file in content["files"]}
        if STATE not in listed and FORMER_STATE not in listed:
            raise ValueError(f"it lists no {STATE}")
        made = EarlierExport(
            format=_text(content["format"]),
            filters=selection_of(content["filters"]),
            columns=tuple(map(_text, content["columns"])),
            rows_per_file=int(content.get("rows_per_file", 0)),
            split=shares_of(content["split"]) if content.get("split") else {},
            contact=None if content.get("contact") is None else _text(content["contact"]),
            is_increment=content.get("since_manifest") is not None,
            state=_state(_folder_of(path), listed.get(STATE)),
            sha256=hashlib.sha256(raw).hexdigest(),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, UsageError) as error:
        raise ExportError(f"{path}: is no manifest of an earlier export ({error}); give its manifest.json") from error
    return made


def _state(folder: str, sha256: str | None) -> Earlier:
    if sha256 is None:
        raise ExportError(f"{folder}: was exported by an earlier vietnamvn, whose state has no ids; export everything")
    return Earlier(files.join(folder, STATE), sha256)


def _folder_of(path: str) -> str:
    return path.rpartition("/")[0] if files.is_remote(path) else str(Path(path).parent)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is no text")
    return value


def selection_of(content: Mapping[str, Any]) -> Selection:
    """A selection out of a manifest's filters. Raises `ValueError` or `TypeError` where they are of another version."""
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in content.items()
    }
    selection = Selection(**given)
    for known in fields(Selection):
        value = getattr(selection, known.name)
        kinds = (str, int, float, type(None)) if known.default is None else type(known.default)
        if not isinstance(value, kinds) or (isinstance(value, tuple) and not all(isinstance(v, str) for v in value)):
            raise TypeError(f"{known.name} is {value!r:.40}")
    return selection


def require_same(
    path: str, made: EarlierExport, *, form: str, filters: Selection, columns: Sequence[str], split: Mapping[str, float]
) -> None:
    """Raise `UsageError` where the export at `path` was made differently: an increment would mean nothing."""
    if dict(made.split) != dict(split):
        given = ",".join(f"{name}={share}" for name, share in made.split.items())
        remedy = f"repeat them (--split {given})" if given else "leave out --split"
        raise UsageError(f"{path}: was exported with {'other' if given else 'no'} splits; {remedy}, or export anew")
    if (made.format, made.filters) != (form, filters):
        raise UsageError(f"{path}: was exported with another format or other filters; repeat those, or export anew")
    if made.columns != tuple(columns):
        given = ",".join(made.columns)
        raise UsageError(f"{path}: was exported with other columns; repeat them (--columns {given}), or export anew")


def require_other_folder(since: str, out: Path | str) -> None:
    """Raise `UsageError` where an increment would replace the dataset it follows, or another whole one."""
    folder, standing, followed = _folder_of(since), _content(files.join(str(out), MANIFEST)), _content(since)
    remedy = (
        f"write the increment to a folder of its own (--out {out}-increment), "
        "or leave out --since-export to export everything anew"
    )
    if standing is not None and (standing == followed or _same_folder(folder, str(out))):
        raise UsageError(f"--since-export {since}: an increment would replace that very export; {remedy}")
    if standing and files_of(standing, EXPORT) is not None and json.loads(standing).get("since_manifest") is None:
        raise UsageError(f"--out {out}: holds a whole export, which an increment would replace; {remedy}")


def _same_folder(one: str, two: str) -> bool:
    if files.is_remote(one) or files.is_remote(two):
        return files.normal(one) == files.normal(two)
    try:
        return Path(one).samefile(two)
    except OSError:
        return False


def _content(path: str) -> bytes | None:
    return files.read_bytes(path) if files.is_remote(path) else content_of(Path(path))
