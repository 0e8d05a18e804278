"""Whether a WACZ is whole: its list of files, their hashes, the WARC records inside, and its index."""

from __future__ import annotations

import hashlib
import json
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final, cast

from pipelines.archives.checking import ArchiveAccount, FileFault, Kind, record_faults
from pipelines.errors import UsageError
from pipelines.listing import open_file

_PACKAGE: Final = "datapackage.json"
_DIGEST: Final = "datapackage-digest.json"
_LARGEST_JSON = 2**26
_PIECE = 2**20
_WARCS = (".warc", ".warc.gz")
# What `zipfile` raises for damage: a wrong bit can be a flag too, of encryption (RuntimeError) or of another packing.
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError, ValueError)


def check_wacz(path: Path, account: ArchiveAccount) -> Iterator[FileFault]:
    """Every fault of a WACZ file; `account` is filled on the way.

    Each file is listed with its size and hash, each WARC record is whole, each line of the index names a record that
    begins where it says, and the lines are in their order. Raises `UsageError` where there is no such file, or it is no
    ZIP.
    """
    try:
        stream = open_file(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); give an archive's folder or a WACZ") from None
    with stream:
        try:
            archive = zipfile.ZipFile(stream)
        except _BROKEN:
            raise UsageError(f"{path}: is no WACZ (no ZIP file, or its end is not there)") from None
        with archive:
            yield from _Check(path.name, archive, account).faults()


class _Check:
    """One check of a WACZ."""

    def __init__(self, name: str, archive: zipfile.ZipFile, account: ArchiveAccount) -> None:
        self._name, self._archive, self._account = name, archive, account
        self._records: dict[tuple[str, int], int] = {}  # lengths by (file, offset)

    def faults(self) -> Iterator[FileFault]:
        """All of them, in the order of the files."""
        package = self._json(_PACKAGE)
        if package is None:
            yield self._fault(_PACKAGE, None, "index", "is not there, or is no JSON object: no WACZ")
            return
        yield from self._listed(package)
        for name in sorted(self._archive.namelist()):
            if name.startswith("archive/") and name.endswith(_WARCS):
                yield from self._of_warc(name)
        yield from self._of_index()

    def _fault(self, entry: str, offset: int | None, kind: Kind, problem: str) -> FileFault:
        return FileFault(file=f"{self._name}/{entry}", offset=offset, kind=kind, problem=problem)

    def _json(self, entry: str) -> dict[str, Any] | None:
        try:
            if self._archive.getinfo(entry).file_size > _LARGEST_JSON:
                return None
            content = json.loads(self._archive.read(entry))
        except (KeyError, *_BROKEN):
            return None
        return content if isinstance(content, dict) else None

    def _listed(self, package: dict[str, Any]) -> Iterator[FileFault]:
        version, resources = package.get("wacz_version"), package.get("resources")
        if not isinstance(version, str) or not version.startswith("1."):
            yield self._fault(_PACKAGE, None, "index", "names no version of WACZ that is known (1.…)")
        there = {name for name in self._archive.namelist() if not name.endswith("/")} - {_PACKAGE, _DIGEST}
        listed: set[str] = set()
        for resource in resources if isinstance(resources, list) else []:
            entry = str(resource.get("path")) if isinstance(resource, dict) else ""
            listed.add(entry)
            if entry not in there:
                yield self._fault(_PACKAGE, None, "index", f"lists {entry}, which is not there")
            elif (problem := self._unlike(entry, resource)) is not None:
                yield self._fault(entry, None, "digest", problem)
        for entry in sorted(there - listed):
            yield self._fault(entry, None, "index", f"is not listed in {_PACKAGE}")
        if _DIGEST in self._archive.namelist():
            claimed = (self._json(_DIGEST) or {}).get("hash")
            if claimed != f"sha256:{hashlib.sha256(self._archive.read(_PACKAGE)).hexdigest()}":
                yield self._fault(_PACKAGE, None, "digest", f"is not the one whose hash {_DIGEST} has")

    def _unlike(self, entry: str, resource: dict[str, Any]) -> str | None:
        algorithm, _, claimed = str(resource.get("hash")).partition(":")
        if algorithm not in ("sha256", "md5"):
            self._account.unknown += 1
            return None
        digest, size = hashlib.new(algorithm, usedforsecurity=False), 0
        try:
            with self._archive.open(entry) as stream:
                while piece := stream.read(_PIECE):
                    digest.update(piece)
                    size += len(piece)
        except _BROKEN as error:
            return f"cannot be read ({' '.join(str(error).split())[:100]})"
        self._account.digests += 1
        if size != resource.get("bytes"):
            return f"has {size} bytes, and {_PACKAGE} says {resource.get('bytes')}"
        return None if digest.hexdigest() == claimed else f"is not the one whose hash {_PACKAGE} has"

    def _of_warc(self, entry: str) -> Iterator[FileFault]:
        self._account.files += 1
        name = PurePosixPath(entry).relative_to("archive").as_posix()
        if self._archive.getinfo(entry).compress_type != zipfile.ZIP_STORED:
            yield self._fault(entry, None, "member", "is packed once more: no record of it can be read by its offset")
        try:
            with self._archive.open(entry) as stream:
                for item in record_faults(cast("BinaryIO", stream), f"{self._name}/{entry}", self._account):
                    if isinstance(item, FileFault):
                        yield item
                    else:
                        self._records[name, item.offset] = item.length
        except _BROKEN as error:
            problem = f"cannot be read on ({' '.join(str(error).split())[:100]})"
            yield self._fault(entry, None, "damage", problem)

    def _of_index(self) -> Iterator[FileFault]:
        names = [n for n in self._archive.namelist() if n.startswith("indexes/") and not n.endswith((".idx", "/"))]
        if not names:
            yield self._fault("indexes", None, "index", "there is no index")
        for entry in names:
            try:
                content = self._archive.read(entry)
                lines = _unpacked(content).decode("utf-8").splitlines()
            except _BROKEN as error:
                problem = f"cannot be read ({' '.join(str(error).split())[:100]})"
                yield self._fault(entry, None, "index", problem)
                continue
            former = ""
            for number, line in enumerate(lines, 1):
                if line.startswith("!"):
                    continue
                if line.encode() < former.encode():
                    yield self._fault(entry, None, "index", f"line {number} is not in its order")
                former = line
                self._account.places += 1
                if not self._is_right(line):
                    yield self._fault(entry, None, "index", f"line {number}: no record begins where it says")

    def _is_right(self, line: str) -> bool:
        try:
            entry = json.loads(line[line.index("{") :])
            place, length = (str(entry["filename"]), int(entry["offset"])), int(entry["length"])
        except (ValueError, KeyError, TypeError):
            return False
        return self._records.get(place) == length


def _unpacked(content: bytes) -> bytes:
    """The bytes of a file, or of all gzip members in it. Raises `zlib.error`."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    found = []
    while content:
        decoder = zlib.decompressobj(31)
        found.append(decoder.decompress(content))
        if not decoder.eof:
            raise zlib.error("a gzip member is cut off")
        content = decoder.unused_data
    return b"".join(found)
