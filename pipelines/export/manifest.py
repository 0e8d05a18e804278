"""What an export holds: every file with rows, bytes and SHA-256, the filters, and what the next one starts from."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from pipelines.errors import UsageError
from pipelines.export.errors import ExportError
from pipelines.export.state import STATE, State, load
from pipelines.listing import is_there, open_file
from pipelines.manifests import MANIFEST, MARK, Kind, content_of, files_of
from pipelines.storage import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of the export: its path in it, rows, bytes and SHA-256 (lower-case hexadecimal)."""

    path: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """An export in numbers.

    `seen_until` is the last sighting of any text in it: the day the dataset stands for. For an incremental export
    `since_manifest` is the SHA-256 of the manifest it follows, `unchanged` how many texts that one had already and
    `withdrawn` how many of its texts are not selected any more (another text took their place, or a filter).
    """

    format: str
    version: str
    filters: Selection
    columns: tuple[str, ...]
    rows: int
    languages: dict[str, int]
    seen_until: str | None
    files: tuple[File, ...]
    since_manifest: str | None = None
    unchanged: int = 0
    withdrawn: int = 0

    def save(self, folder: Path) -> None:
        """Write it into the folder, as JSON with sorted keys."""
        text = json.dumps({MARK: EXPORT.mark, **asdict(self)}, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


EXPORT = Kind(name="export", unmarked=frozenset(field.name for field in fields(Manifest)))


def describe(path: Path, folder: Path, rows: int) -> File:
    """A written file, read once more for its hash."""
    sha256 = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            sha256.update(block)
    return File(
        path=path.relative_to(folder).as_posix(), rows=rows, bytes=path.stat().st_size, sha256=sha256.hexdigest()
    )


def manifest_at(given: Path) -> Path:
    """The manifest of an earlier export, by its name or that of its folder. Raises `UsageError` where there is none."""
    path = given / MANIFEST if is_there(given) and given.is_dir() else given
    if not is_there(path):
        raise UsageError(f"{path}: no such file; give the manifest.json of an earlier export")
    return path


def earlier(path: Path, *, form: str, filters: Selection) -> tuple[State, str]:
    """The state behind an earlier export's manifest, and the manifest's SHA-256.

    Raises `ExportError` where it cannot be read, `UsageError` where it was made with other filters: the difference
    would mean nothing.
    """
    try:
        with open_file(path) as file:
            raw = file.read()
        told: dict[str, Any] = json.loads(raw)
        same = told["format"] == form and told["filters"] == json.loads(json.dumps(asdict(filters)))
        state = next(file for file in told["files"] if file["path"] == STATE)
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as error:
        raise ExportError(f"{path}: is no manifest of an earlier export ({error}); give its manifest.json") from error
    if not same:
        raise UsageError(f"{path}: was exported with another format or other filters; repeat those, or export anew")
    found = path.parent / STATE
    if not found.is_file() or describe(found, path.parent, 0).sha256 != state["sha256"]:
        raise ExportError(f"{found}: is not the state that the manifest tells of; export everything anew")
    return load(found), hashlib.sha256(raw).hexdigest()


def require_other_folder(since: Path, out: Path) -> None:
    """Raise `UsageError` where an increment would take the place of the dataset it follows, or of a whole one."""
    folder, standing, followed = since.parent, content_of(out / MANIFEST), content_of(since)
    remedy = (
        f"write the increment to a folder of its own (--out {out}-increment), "
        "or leave out --since-export to export everything anew"
    )
    if standing is not None and (standing == followed or _same_folder(folder, out)):
        raise UsageError(f"--since-export {since}: an increment would replace that very export; {remedy}")
    if standing and files_of(standing, EXPORT) is not None and json.loads(standing).get("since_manifest") is None:
        raise UsageError(f"--out {out}: holds a whole export, which an increment would replace; {remedy}")


def _same_folder(one: Path, two: Path) -> bool:
    try:
        return one.samefile(two)
    except OSError:
        return False
