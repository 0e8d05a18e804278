"""Output folders: what this program wrote is replaced as a whole, everything else is never touched.

A command writes into a hidden folder inside its output folder. When that is whole, a journal says what will be moved
where; then the former manifest goes, the files are moved, the former ones that have no successor go, and the new
manifest comes last. So a manifest never lists a file that is missing. A job that was killed before its
journal leaves the former output as it was; one that was killed later is completed by the next start.

This program's files are those that its manifest of the same kind lists, with the bytes that it lists. For addresses
behind fsspec see `pipelines.remote_folders`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from pipelines.errors import UsageError, VietnamvnError
from pipelines.listing import sync_folder
from pipelines.locks import Holder, held
from pipelines.manifests import MANIFEST, FileDigest, Kind, content_of, file_of, files_of, is_safe, sha256_of
from pipelines.printable import printable

_STAGED = re.compile(r"\.vietnamvn-[0-9a-f]{32}\Z")
_JOURNAL, _NEW = "journal.json", "new"
_NAMED = 5  # files in the way; a line with thousands of names helps nobody


class FolderError(VietnamvnError):
    """The output folder cannot be written, or holds what must not be replaced: nothing in it was touched."""


@contextmanager
def replacing(out: Path, kind: Kind, *, replace: bool = False, holder: Holder | None = None) -> Iterator[Path]:
    """A new folder to write files and their manifest into, which replace the former ones when the block ends well.

    Until then, and where it does not end well, `out` is what it was. Raises `FolderError` where something is in the
    way: a file that no former manifest of this kind lists, or, unless `replace` is set, one that differs from that
    manifest; `FolderBusyError` where another process is at work there.
    """
    with claimed(out, kind, replace=replace, holder=holder) as folder, folder.renewing() as new:
        yield new


@contextmanager
def claimed(out: Path, kind: Kind, *, replace: bool = False, holder: Holder | None = None) -> Iterator[OutputFolder]:
    """The folder `out`, made where it is not there, locked, and whole again after a kill; checked as `replacing` says.

    A folder that was made and stays empty is removed again. What the system refuses is a `FolderError` too.
    """
    real = Path(os.path.realpath(out))
    if os.path.lexists(real) and not real.is_dir():
        raise FolderError(f"{out}: is a file; give --out a folder")
    with _worded(out):
        made = [folder for folder in (real, *real.parents) if not folder.exists()]
        try:
            real.mkdir(parents=True, exist_ok=True)
            with held(real, holder) as is_held:
                folder = OutputFolder(real, kind, is_held, replace=replace)
                folder.recover()
                folder.check()
                yield folder
        finally:
            for empty in made:
                with suppress(OSError):
                    empty.rmdir()


@contextmanager
def _worded(out: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise  # from standard output, whose reader has gone
    except OSError as error:
        where = error.filename or out
        raise FolderError(
            f"{where}: {error.strerror or error}; see to {out} (its space and rights) and start again: what was there "
            "before is as it was, or is completed by the next start"
        ) from error


@dataclass(slots=True)
class OutputFolder:
    """An output folder while its lock is held: which files in it are this program's, and how they are replaced."""

    path: Path
    kind: Kind
    is_held: Callable[[], bool]
    replace: bool = field(default=False, kw_only=True)
    _manifest: FileDigest | None = field(default=None, init=False)
    _listed: dict[str, FileDigest] = field(default_factory=dict, init=False)
    _adopted: dict[str, FileDigest] = field(default_factory=dict, init=False)
    _hashes: dict[Path, tuple[tuple[int, ...], str]] = field(default_factory=dict, init=False)

    @property
    def manifest(self) -> bytes | None:
        """The content of the manifest that is there."""
        return content_of(self.path / MANIFEST)

    @contextmanager
    def renewing(self) -> Iterator[Path]:
        """A new folder whose files and manifest replace the former ones when the block ends well."""
        with self.staging() as staged:
            new = staged / _NEW
            new.mkdir()
            yield new
            self.publish(new, staged)

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A hidden folder in this one, which is gone afterwards unless moving what is in it was interrupted."""
        staged = self.path / f".vietnamvn-{uuid4().hex}"
        staged.mkdir()
        try:
            yield staged
        finally:
            if not os.path.lexists(staged / _JOURNAL):  # else it is completed by the next start
                shutil.rmtree(staged, ignore_errors=True)

    def recover(self) -> None:
        """Complete the move that a killed job had begun; remove the files of one that had not begun."""
        for entry in sorted(self.path.iterdir()):
            if _STAGED.match(entry.name) and entry.is_dir() and not entry.is_symlink():
                if (entry / _JOURNAL).exists():
                    self._complete(entry)
                shutil.rmtree(entry)

    def adopt(self, files: Mapping[str, FileDigest]) -> None:
        """Treat files with these bytes as this program's though no manifest lists them: a job's own notes do."""
        self._adopted = {path: file for path, file in files.items() if self._hash(path) == file.sha256}
        self.check()

    def check(self) -> dict[str, FileDigest]:
        """The files of the former manifest that have the bytes it lists.

        Raises `FolderError` where one differs, unless `replace` is set, or where the manifest is of another kind.
        """
        manifest = self.path / MANIFEST
        self._manifest, self._listed = None, dict(self._adopted)
        if os.path.lexists(manifest):
            raw = content_of(manifest)
            found = None if raw is None else files_of(raw, self.kind)
            if raw is None or found is None:
                raise FolderError(foreign_manifest(manifest, self.kind))
            self._manifest, self._listed = file_of(raw), found | self._adopted
        changed = [path for path, file in self._listed.items() if not self._is_as(path, {file.sha256})]
        if changed and not self.replace:
            raise FolderError(changed_files(self.path, changed, self.kind))
        return {path: file for path, file in self._listed.items() if self._hash(path) == file.sha256}

    def require_free(self, paths: Iterable[str]) -> None:
        """Raise `FolderError` where something else is at one of the places that files may be written to."""
        taken = [path for path in paths if path not in self._listed and os.path.lexists(self.path / path)]
        if taken:
            raise FolderError(in_the_way(self.path, taken, self.kind))

    def keep_same(self, new: Path) -> int:
        """Remove from `new` the files that are here already with the same bytes; how many they were."""
        listed = files_of((new / MANIFEST).read_bytes(), self.kind) or {}
        same = [path for path, file in self.check().items() if listed.get(path) == file]
        for path in same:
            (new / path).unlink()
        return len(same)

    def publish(self, new: Path, staged: Path) -> None:
        """Put the files below `new`, with their manifest, in the place of the former ones; `staged` is for the journal.

        `new` is on the same file system. A file that the manifest lists and `new` lacks has to be in place already;
        one that the manifest does not list is not moved.
        """
        raw = (new / MANIFEST).read_bytes()
        listed = files_of(raw, self.kind)
        if listed is None:
            raise AssertionError(f"{new}: its manifest is of no {self.kind.name}")
        if not self.is_held():
            raise FolderError(f"{self.path}: was removed while its new content was made; start again")
        self.check()  # again: the work may have taken hours
        # The hashes of what is there: with `replace` they may differ from the manifest's.
        before = {path: self._hash(path) or file.sha256 for path, file in self._listed.items()}
        if self._manifest is not None:
            before[MANIFEST] = self._manifest.sha256
        self.require_free(listed)
        listed[MANIFEST] = file_of(raw)
        journal = {
            "new": new.relative_to(self.path).as_posix(),
            "place": {path: [file.sha256, before.get(path)] for path, file in sorted(listed.items())},
            "remove": {path: sha256 for path, sha256 in sorted(before.items()) if path not in listed},
        }
        self._require_room(journal, new)
        _sync(new)
        sync_folder(self.path)
        _write(staged / _JOURNAL, json.dumps(journal).encode())
        self._complete(staged)
        (staged / _JOURNAL).unlink()

    def _complete(self, staged: Path) -> None:
        """Make the moves that a journal lists, or those that are left."""
        try:
            journal = json.loads(content_of(staged / _JOURNAL) or b"")
            new, place, remove = self.path / journal["new"], journal["place"], journal["remove"]
            self._require_inside(new, journal)
        except (ValueError, KeyError, TypeError) as error:
            raise FolderError(f"{staged}: its journal cannot be read ({error}); remove this folder") from error
        if not os.path.lexists(new / MANIFEST):
            return  # the manifest is moved last: all was done
        self._require_room(journal, new)
        former, files = self.path / MANIFEST, [path for path in place if path != MANIFEST]
        if os.path.lexists(former):
            former.unlink()
            sync_folder(self.path)
        folders = {self.path}
        for path in files:
            target = self.path / path
            if os.path.lexists(new / path):
                target.parent.mkdir(parents=True, exist_ok=True)
                (new / path).replace(target)
            folders |= {folder for folder in target.parents if self.path in folder.parents}
        for path, sha256 in remove.items():
            if self._is_as(path, {sha256}) and not self._through_a_link(path):
                self._remove(path)
        for folder in sorted(folders):
            sync_folder(folder)
        (new / MANIFEST).replace(former)
        sync_folder(self.path)

    def _require_inside(self, new: Path, journal: Mapping[str, Any]) -> None:
        """Raise `ValueError` where a journal leads out of the folder: somebody else may have made it."""
        paths = [*journal["place"], *journal["remove"]]
        sources = {new, *((new / path).parent for path in paths)}
        if not all(path == MANIFEST or is_safe(path) for path in paths) or not all(
            Path(os.path.realpath(source)).is_relative_to(self.path) for source in sources
        ):
            raise ValueError("it names places outside")

    def _require_room(self, journal: Mapping[str, Any], new: Path) -> None:
        """Raise `FolderError` where a file cannot go to its place, or from it, before the first one is moved."""
        strange, changed = set(), []
        device = new.stat().st_dev
        for folder in {parent for path in (*journal["place"], *journal["remove"]) for parent in Path(path).parents}:
            there = self.path / folder
            if not os.path.lexists(there):
                continue
            if folder.name and (there.is_symlink() or not there.is_dir()):
                if any(folder in Path(path).parents for path in journal["place"]):
                    strange.add(folder.as_posix())
            elif there.stat().st_dev != device or not os.access(there, os.W_OK | os.X_OK):
                raise FolderError(f"{there}: may not be written to, or is another disk; see to it, or move it away")
        for path, (sha256, before) in journal["place"].items():
            target = self.path / path
            if not os.path.lexists(new / path):  # placed already
                if not os.path.lexists(target) or not self._is_as(path, {sha256}):
                    changed.append(path)
            elif not self._is_as(path, {sha256, before}):
                if before is None or target.is_dir():
                    strange.add(path)
                elif not self.replace:
                    changed.append(path)
        if strange:
            raise FolderError(in_the_way(self.path, sorted(strange), self.kind))
        if changed:
            raise FolderError(changed_files(self.path, changed, self.kind))

    def _is_as(self, path: str, allowed: set[str] | set[str | None]) -> bool:
        """Whether a file has one of these hashes, or is not there."""
        return not os.path.lexists(self.path / path) or ((found := self._hash(path)) is not None and found in allowed)

    def _hash(self, path: str) -> str | None:
        """The hash of a file; None if there is no regular file."""
        target = self.path / path
        try:
            status = target.stat()
        except OSError:
            return None
        key = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        known = self._hashes.get(target)
        if known is None or known[0] != key:
            if (content := sha256_of(target)) is None:
                return None
            known = self._hashes[target] = (key, content)
        return known[1]

    def _through_a_link(self, path: str) -> bool:
        return any((self.path / parent).is_symlink() for parent in Path(path).parents[:-1])

    def _remove(self, path: str) -> None:
        target = self.path / path
        if not os.path.lexists(target) or (target.is_dir() and not target.is_symlink()):
            return
        target.unlink()
        for parent in Path(path).parents[:-1]:
            with suppress(OSError):  # something else is in it, and stays
                (self.path / parent).rmdir()


def unfinished_manifest(folder: Path) -> bytes | None:
    """The manifest of new content that a killed job had begun to move into a folder; None where there is none."""
    for staged in sorted(folder.glob(".vietnamvn-*")):
        if _STAGED.match(staged.name) and (staged / _JOURNAL).exists():
            return content_of(staged / _NEW / MANIFEST)
    return None


def foreign_manifest(manifest: str | Path, kind: Kind) -> str:
    """The message for a manifest that is of no earlier output of this kind."""
    return (
        f"{manifest}: is of no earlier {kind.name}, and stands where a new file must go; "
        "give --out another folder, or move it away"
    )


def in_the_way(folder: str | Path, paths: Sequence[str], kind: Kind) -> str:
    """The message for files that are where new ones must go and are not this program's."""
    return (
        f"{_named(folder, paths)}: in the way of a new file, and of no earlier {kind.name}; "
        "give --out another folder, or move it away"
    )


def changed_files(folder: str | Path, paths: Sequence[str], kind: Kind) -> str:
    """The message for files that differ from their manifest."""
    return (
        f"{_named(folder, paths)}: not as the earlier {kind.name} wrote it; "
        "keep a copy elsewhere, or say with --replace that it may go"
    )


def _named(folder: str | Path, paths: Sequence[str]) -> str:
    first = ", ".join(printable(f"{folder}/{path}") for path in paths[:_NAMED])
    return first + (f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else "")


def require_apart(out: str | Path, taken: Mapping[str, str | Path | None]) -> None:
    """Raise `UsageError` where the output folder is, holds, or lies in something else that the command reads or writes.

    `taken` has the path of each, by its name in messages; None and addresses behind fsspec are passed over.
    """
    if "://" in str(out):
        return
    above = _lineage(out)
    for name, path in taken.items():
        if path is None or "://" in str(path):
            continue
        other = _lineage(path)
        how = None
        if above[0] in other:
            how = "is" if above[0] == other[0] else "holds"
        elif other[0] in above:
            how = "lies in"
        if how is not None:
            raise UsageError(f"--out {out}: {how} {name} ({path}); give --out a folder of its own")


def _lineage(path: str | Path) -> list[object]:
    """A path and all folders above it, as device and inode: links, mounts and capital letters change names."""
    real = Path(os.path.realpath(path))
    found: list[object] = []
    for one in (real, *real.parents):
        try:
            status = one.stat()
            found.append((status.st_dev, status.st_ino))
        except OSError:  # not there yet
            found.append(str(one))
    return found


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if not path.is_dir())


def _write(path: Path, content: bytes) -> None:
    """Write a small file that is there whole or not at all, even after a power cut."""
    temporary = path.with_name(path.name + ".new")
    temporary.write_bytes(content)
    _sync_file(temporary)
    temporary.replace(path)
    sync_folder(path.parent)


def _sync(folder: Path) -> None:
    """Flush all files below a folder to the disk."""
    for path in _files(folder):
        _sync_file(path)
    for path in [*folder.rglob("*"), folder]:
        if path.is_dir():
            sync_folder(path)


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
