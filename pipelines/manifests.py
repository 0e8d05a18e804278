"""Manifests of output folders: which files of a folder are this program's, and what bytes they have."""

from __future__ import annotations

import hashlib
import json
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

MANIFEST = "manifest.json"
MARK = "manifest"
"""The key of every manifest that says what wrote it (`Kind.mark`)."""
BESIDE = "beside"
"""The key of further files that are not data, such as the card of a corpus."""

# A manifest is a file like others: no path in it may lead out of the folder, or to what is hidden there.
_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,3}\Z")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_LARGEST = 2**30


class FileDigest(NamedTuple):
    """A file by its size in bytes and its SHA-256 in lower-case hexadecimal."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a command writes, and how its manifests are known.

    `unmarked` are the keys of the manifests of 0.1.0, which have no mark; `listed` the key of the list of files and of
    the path in each; `unlisted` gives what 0.1.0 wrote beside the listed files, from its manifest.
    """

    name: str
    unmarked: frozenset[str]
    listed: tuple[str, str] = ("files", "path")
    unlisted: Callable[[Mapping[str, Any]], Mapping[str, bytes]] = lambda manifest: {}

    @property
    def mark(self) -> str:
        """The value of `MARK` in its manifests."""
        return f"vietnamvn {self.name} 1"


def files_of(manifest: bytes, kind: Kind) -> dict[str, FileDigest] | None:
    """The files that a manifest of this kind lists, by path; None where it is of another kind or names unsafe paths."""
    try:
        listing = json.loads(manifest)
        if not isinstance(listing, dict):
            return None
        marked = listing.get(MARK) == kind.mark
        if not marked and set(listing) != kind.unmarked:
            return None
        names, path = kind.listed
        rows = [(row[path], row) for row in listing[names]] + [(row["path"], row) for row in listing.get(BESIDE, [])]
        found = {name: FileDigest(row["bytes"], row["sha256"]) for name, row in rows}
        if len(found) != len(rows) or not all(map(_sound, found, found.values())):
            return None
        beside = {} if marked else kind.unlisted(listing)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return {name: file_of(content) for name, content in beside.items()} | found


def is_safe(path: object) -> bool:
    """Whether a path stays in its folder, and is of nothing hidden there."""
    return isinstance(path, str) and _PATH.match(path) is not None


def _sound(path: object, file: FileDigest) -> bool:
    return (
        path != MANIFEST
        and is_safe(path)
        and type(file.bytes) is int
        and isinstance(file.sha256, str)
        and _SHA256.match(file.sha256) is not None
    )


def file_of(content: bytes) -> FileDigest:
    """A file of this content."""
    return FileDigest(len(content), hashlib.sha256(content).hexdigest())


def sha256_of(path: Path) -> str | None:
    """The hash of a regular file; None for anything else, and for what may not be read."""
    digest = hashlib.sha256()
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for its other end
            return None
        with path.open("rb") as file:
            while block := file.read(2**20):
                digest.update(block)
    except OSError:
        return None
    return digest.hexdigest()


def content_of(path: Path) -> bytes | None:
    """The content of a manifest; None if it is not a file, may not be read, or is too large."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            return None
        return path.read_bytes()
    except OSError:
        return None
