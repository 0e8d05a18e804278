"""Output folders behind fsspec (``s3://…``): what `pipelines.folders` promises of a disk, as far as object stores can.

Files are made on this machine, then put below a hidden name of the folder. When all are there, a journal says what is
moved where; then the former manifest goes, the files are moved, the former ones that have no successor go, and the new
manifest comes last. A job that was killed before its journal leaves the former output as it was; one that was killed
later is completed by the next start. There are no locks: of two jobs, the one that reaches the journal second ends.

This program's files are those that its manifest lists. A data file is known by its size, since a hash would need the
whole output; what is beside the data (cards, which people edit) by its hash.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from pipelines.batch import files
from pipelines.folders import FolderError, OutputFolder, changed_files, claimed, foreign_manifest, in_the_way
from pipelines.locks import FolderBusyError, Holder, unnamed
from pipelines.manifests import MANIFEST, FileDigest, Kind, file_of, files_of, is_safe
from pipelines.printable import printable

_STAGED = re.compile(r"\.vietnamvn-[0-9a-f]{32}\Z")
_JOURNAL = ".vietnamvn-journal.json"  # one name for all jobs: it can be made once
_NEW, _HOLDER = "new", "holder"
_MOVED_FROM = re.compile(r"(?:\.vietnamvn-[0-9a-f]{32}|\.work)/new\Z")  # the latter is where `clean` keeps its parts


@contextmanager
def claimed_at(
    out: Path | str, kind: Kind, *, replace: bool = False, holder: Holder | None = None
) -> Iterator[OutputFolder | RemoteFolder]:
    """An output folder, on a disk (`pipelines.folders.claimed`) or behind fsspec, whole again after a kill and checked.

    Raises what `claimed` raises, and `StorageError` where the address cannot be reached.
    """
    if not files.is_remote(str(out)):
        with claimed(Path(out), kind, replace=replace, holder=holder) as local:
            yield local
        return
    folder = RemoteFolder(files.normal(str(out)), kind, holder or unnamed(), replace=replace)
    folder.recover()
    folder.check()
    yield folder


@contextmanager
def replacing_at(out: Path | str, kind: Kind, *, replace: bool = False, holder: Holder | None = None) -> Iterator[Path]:
    """As `pipelines.folders.replacing`, for an address of fsspec too."""
    with claimed_at(out, kind, replace=replace, holder=holder) as folder, folder.renewing() as new:
        yield new


@dataclass(slots=True)
class RemoteFolder:
    """An output folder behind fsspec: which files in it are this program's, and how they are replaced."""

    out: str
    kind: Kind
    holder: Holder
    replace: bool = field(default=False, kw_only=True)
    _manifest: bytes | None = field(default=None, init=False)
    _listed: dict[str, FileDigest] = field(default_factory=dict, init=False)
    _adopted: dict[str, FileDigest] = field(default_factory=dict, init=False)

    @property
    def manifest(self) -> bytes | None:
        """The manifest that `check` found there."""
        return self._manifest

    @contextmanager
    def renewing(self) -> Iterator[Path]:
        """A new folder on this machine, whose files and manifest replace the former ones when the block ends well."""
        with self._worded(), tempfile.TemporaryDirectory(prefix="vietnamvn-") as scratch:
            new = Path(scratch) / _NEW
            new.mkdir()
            yield new
            raw = (new / MANIFEST).read_bytes()
            with self.staging() as staged:
                for path in _listed(raw, self.kind):
                    if (new / path).exists():
                        files.put(new / path, self._at(staged, _NEW, path))
                        (new / path).unlink()  # room for what this machine makes meanwhile
                self.publish(f"{staged}/{_NEW}", raw)

    @contextmanager
    def _worded(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise  # from standard output, whose reader has gone
        except OSError as error:
            where = tempfile.gettempdir()
            raise FolderError(
                f"{error.filename or where}: {error.strerror or error}; an output is made in {where} first: see to its "
                f"space and rights, or name another folder (TMPDIR); {self.out} is as it was"
            ) from error

    @contextmanager
    def staging(self) -> Iterator[str]:
        """The name of a hidden folder in this one, which is gone afterwards unless moving was interrupted."""
        staged = f".vietnamvn-{uuid4().hex}"
        files.write_bytes(self._at(staged, _HOLDER), self.holder.name.encode())
        try:
            yield staged
        finally:
            with suppress(files.StorageError):
                journal = self._journal()
                if journal is None or not str(journal.get("new")).startswith(f"{staged}/"):
                    files.remove_folder(self._at(staged))

    def recover(self) -> None:
        """Complete the move that a killed job had begun; remove what dead ones left there."""
        if (journal := self._journal()) is not None:
            self._require_dead(str(journal.get("holder")))
            self._complete(journal)
        for name in files.folders_in(self.out):
            if _STAGED.match(name) and self._is_dead(name):
                files.remove_folder(self._at(name))

    def _is_dead(self, staged: str) -> bool:
        owner = files.read_bytes(self._at(staged, _HOLDER))
        return owner is not None and self.holder.is_dead(owner.decode("utf-8", "replace"))

    def adopt(self, noted: Mapping[str, FileDigest]) -> dict[str, FileDigest]:
        """Treat files with these digests as this program's though no manifest lists them: a job's own notes do."""
        self._adopted = {path: file for path, file in noted.items() if is_safe(path)}
        return self.check()

    def check(self) -> dict[str, FileDigest]:
        """The files of the former manifest, and the adopted ones, that are as listed.

        Raises `FolderError` where one differs, unless `replace` is set, or where the manifest is of another kind.
        """
        manifest = self._at(MANIFEST)
        raw = files.read_bytes(manifest)
        found = {} if raw is None else files_of(raw, self.kind)
        if found is None:
            raise FolderError(foreign_manifest(manifest, self.kind))
        self._manifest = raw
        there = self._sizes({*found, *self._adopted})
        matching = {
            path: [
                file
                for file in (self._adopted.get(path), found.get(path))
                if file is not None and self._is_as(path, there.get(path), file)
            ]
            for path in {**found, **self._adopted}
        }
        changed = [path for path in found if not matching[path] and path in there]
        if changed and not self.replace:
            raise FolderError(changed_files(self.out, changed, self.kind))
        standing = {path: digests[0] for path, digests in matching.items() if digests}
        self._listed = found | standing
        return standing

    def _is_as(self, path: str, size: int | None, file: FileDigest) -> bool:
        if size != file.bytes:
            return False
        return "/" in path or file_of(files.read_bytes(self._at(path)) or b"") == file

    def require_free(self, paths: Iterable[str]) -> None:
        """Raise `FolderError` where something else is at one of the places that files may be written to."""
        asked = {*paths} - set(self._listed)
        if taken := sorted(self._sizes(asked)):
            raise FolderError(in_the_way(self.out, taken, self.kind))

    def keep_same(self, new: Path) -> int:
        """Remove from `new` the files that are here already with the same bytes; how many they were."""
        listed = _listed((new / MANIFEST).read_bytes(), self.kind)
        same = [path for path, file in self.check().items() if listed.get(path) == file and (new / path).exists()]
        for path in same:
            (new / path).unlink()
        return len(same)

    def publish(self, new: str, manifest: bytes) -> None:
        """Put the files below `new`, a name in this folder, with their manifest in the place of the former ones.

        A file that the manifest lists and `new` lacks has to be in place already. Raises `FolderBusyError` where
        another job has written there since the last look, or is doing so.
        """
        listed = _listed(manifest, self.kind)
        seen = self._manifest
        self.check()  # again: the work may have taken hours
        if self._manifest != seen:
            raise FolderBusyError(f"{self.out}: was written by another job meanwhile; look at it, and start again")
        self.require_free(listed)
        place: dict[str, list[int]] = {path: [file.bytes] for path, file in sorted(listed.items())}
        waiting = self._sizes(f"{new}/{path}" for path in place)
        there = self._sizes({*place, *self._listed})
        for path, sizes in place.items():
            if waiting.get(f"{new}/{path}", there.get(path)) != sizes[0]:
                raise FolderError(f"{self.out}/{path}: did not arrive whole; start again")
            if path in there:
                sizes.append(there[path])
        journal = {
            "holder": self.holder.name,
            "new": new,
            "manifest": manifest.decode("utf-8", "surrogateescape"),
            "place": place,
            "remove": {path: there[path] for path in sorted(self._listed) if path in there and path not in listed},
        }
        if not files.create(self._at(_JOURNAL), json.dumps(journal).encode()):
            raise FolderBusyError(f"{self.out}: another job is putting its files there; wait for it, and start again")
        self._complete(journal)

    def _complete(self, journal: Mapping[str, Any]) -> None:
        """Make the moves that a journal lists, or those that are left; harmless where another process does the same."""
        where = self._at(_JOURNAL)
        try:
            new, place, remove = journal["new"], journal["place"], journal["remove"]
            manifest = str(journal["manifest"]).encode("utf-8", "surrogateescape")
            if not _MOVED_FROM.match(new) or not all(is_safe(path) and path != MANIFEST for path in (*place, *remove)):
                raise ValueError("it names places outside")
            sizes = [*remove.values(), *(size for allowed in place.values() for size in [allowed[0], *allowed])]
            if not all(isinstance(size, int) for size in sizes):
                raise ValueError("it has sizes that are none")
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise FolderError(f"{where}: cannot be read ({error}); remove this file") from error
        waiting, there = self._sizes(f"{new}/{path}" for path in place), self._sizes({*place, *remove})
        changed = [
            path
            for path, allowed in place.items()
            if there.get(path) not in ((None, *allowed) if f"{new}/{path}" in waiting else allowed)
        ]
        if changed and not self.replace:
            raise FolderError(changed_files(self.out, changed, self.kind))
        files.remove(self._at(MANIFEST))
        for path in place:
            if f"{new}/{path}" in waiting:
                with suppress(FileNotFoundError):  # the other process was quicker
                    files.move(self._at(new, path), self._at(path))
        there = self._sizes({*place, *remove})
        if missing := [path for path, allowed in place.items() if there.get(path) != allowed[0]]:
            raise FolderError(f"{self.out}/{missing[0]}: did not arrive whole; start again")
        for path, size in remove.items():
            if there.get(path) == size:
                files.remove(self._at(path))
        files.write_bytes(self._at(MANIFEST), manifest)
        files.remove(where)
        if _STAGED.match(staged := new.partition("/")[0]):
            files.remove_folder(self._at(staged))

    def _require_dead(self, name: str) -> None:
        """Raise `FolderBusyError` where another process of this machine is at it; one elsewhere is helped."""
        mine, host = self.holder.name, self.holder.name.partition(":")[0]
        if name != mine and name.partition(":")[0] == host and not self.holder.is_dead(name):
            raise FolderBusyError(
                f"{self.out}: {printable(name)} is putting its files there; wait for it, and start again"
            )

    def _journal(self) -> dict[str, Any] | None:
        raw = files.read_bytes(self._at(_JOURNAL))
        if raw is None:
            return None
        try:
            found = json.loads(raw)
        except ValueError:
            found = None
        return found if isinstance(found, dict) else {}

    def _sizes(self, paths: Iterable[str]) -> dict[str, int]:
        """The sizes of those files that are there; one request for each folder, not for each file."""
        asked = {*paths}
        folders = {path.rpartition("/")[0] for path in asked}
        found: dict[str, int] = {}
        for folder in folders:
            for name, size in files.sizes_in(self._at(folder) if folder else self.out).items():
                path = f"{folder}/{name}" if folder else name
                if path in asked:
                    found[path] = size
        return found

    def _at(self, *parts: str) -> str:
        return files.join(self.out, *parts)


def _listed(manifest: bytes, kind: Kind) -> dict[str, FileDigest]:
    found = files_of(manifest, kind)
    if found is None:
        raise AssertionError(f"its manifest is of no {kind.name}")
    return found
