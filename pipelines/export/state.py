"""What an export held, one short entry a row; the next one is compared with it.

A file of some 40 bytes a row, written row by row. To compare, the entries are put by the hash of their id into a file
without a name, 45 bytes a row: memory does not grow with the export. The ids are read once more where some are gone.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from io import BufferedReader, BufferedWriter
from itertools import accumulate
from mmap import mmap
from pathlib import Path
from typing import IO, NamedTuple

import zstandard

from pipelines.batch import files
from pipelines.export.failures import ExportError
from pipelines.export.shards import RowPlace
from pipelines.manifests import sha256_of
from pipelines.storage import Revision

STATE = "state.bin.zst"
FORMER_STATE = "state.bin.z"  # of 0.1.0: digests without ids
_MAGIC = b"vietnamvn export state 2\n"
_TIME, _ID, _ROW, _PART = 32, 2, 16, 2  # bytes of the newest time, of an id's length, of the digest of a row, of a part
_LEVEL = zstandard.ZstdCompressionParameters.from_level(3, enable_ldm=True, window_log=25)  # a slug has many languages
_BUCKETS = 1 << 16
_NOT_GONE = bytes(_PART)


class RowState(NamedTuple):
    """A row in the state: the digest of all of it, and short ones of the parts that may change."""

    row: bytes
    text: bytes
    record: bytes
    extractor: bytes
    page: bytes
    seen: bytes
    gone: bytes

    @property
    def is_gone(self) -> bool:
        """Whether the site had deleted the article."""
        return self.gone != _NOT_GONE


_SIZE = _ROW + _PART * (len(RowState._fields) - 1)
_SLOT = _ROW + _SIZE + 1  # hash of the id, entry, whether it was found


def entry_of(stored: Revision, place: RowPlace, content: bytes) -> RowState:
    """The entry of a row; `content` are the bytes of `Format.prepare` for it."""
    article = stored.article
    page = f"{article.fetched_at}\n{article.host}\n{article.url}" + (f"\n{article.capture}" if article.capture else "")
    beside = f"{place.config}\n{place.split}\n{stored.gone_at}\n"
    rights = article.rights.as_json() if article.rights.signals else ""
    written = hashlib.blake2b(beside.encode("utf-8", "surrogatepass"), digest_size=_ROW)
    written.update(content)
    return RowState(
        row=written.digest(),
        text=_digest(stored.content_sha256, _PART),
        record=_digest(stored.record_hash + rights, _PART),
        extractor=_extractor(article.extractor, article.extractor_version),
        page=_digest(page, _PART),
        seen=_digest(f"{page}\n{stored.first_seen}\n{stored.last_seen}\n{stored.revision}", _PART),
        gone=_NOT_GONE if stored.gone_at is None else _digest(stored.gone_at, _PART),
    )


@lru_cache(maxsize=256)
def _extractor(name: str, version: str) -> bytes:
    return _digest(f"{name}\n{version}", _PART)


def text_part(content_sha256: str) -> bytes:
    """The `RowState.text` of a text with this hash."""
    return _digest(content_sha256, _PART)


def _digest(text: str, size: int) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).digest()


def packed(identifier: str, entry: RowState) -> bytes:
    """A row of the export in the form of the state file."""
    name = identifier.encode("utf-8", "surrogatepass")
    return len(name).to_bytes(_ID, "big") + name + b"".join(entry)


def unpacked(rows: bytes) -> Iterator[tuple[str, RowState]]:
    """The inverse of `packed`, for rows one after another."""
    at = 0
    while at < len(rows):
        start = at + _ID
        end = start + int.from_bytes(rows[at:start], "big")
        at = end + _SIZE
        yield rows[start:end].decode("utf-8", "surrogatepass"), _entry(rows[end:at])


class Writing:
    """A state that is being written."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out

    def add(self, rows: bytes) -> None:
        """Add more rows of the export, as `packed` gives them."""
        self._out.write(rows)


@contextmanager
def writing(path: Path, newest: str | None) -> Iterator[Writing]:
    """Write the state of an export of a store whose newest sighting is `newest`."""
    packing = zstandard.ZstdCompressor(compression_params=_LEVEL)
    with path.open("wb") as raw, BufferedWriter(packing.stream_writer(raw)) as out:  # type: ignore[type-var]  # it is raw
        out.write(_MAGIC + (newest or "").encode("ascii").ljust(_TIME))
        yield Writing(out)


def _take_room(file: int, size: int) -> None:
    try:
        os.posix_fallocate(file, 0, size)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):  # a file system that cannot do it
            raise


def _scratch(size: int) -> mmap:
    """A file without a name, of so many bytes. Raises `ExportError` where there is no room for it."""
    try:
        with tempfile.TemporaryFile(prefix="vietnamvn-") as scratch:
            scratch.truncate(size)
            if hasattr(os, "posix_fallocate"):  # on a full disk a later write would end the process
                _take_room(scratch.fileno(), size)
            return mmap(scratch.fileno(), 0)
    except OSError as error:
        folder = tempfile.gettempdir()
        raise ExportError(
            f"{folder}: {error.strerror or error}; what the earlier export held takes {size:,} bytes there meanwhile: "
            "see to its space, or name another folder (TMPDIR)"
        ) from error


class Earlier:
    """The rows of an earlier export, each to be taken once; those left are gone.

    `path` may be an address of fsspec; `sha256` is the file's expected hash. Raises `ExportError` where it holds no
    state of this version, or another hash.
    """

    def __init__(self, path: Path | str, sha256: str | None = None) -> None:
        self._name = str(path)
        self.newest = ""
        """The newest sighting in the store that it was made from."""
        self._path, self._fetched = Path(path), None
        if files.is_remote(self._name):
            self._fetched = tempfile.NamedTemporaryFile(prefix="vietnamvn-")  # noqa: SIM115  # gone when this is
            self._path = Path(self._fetched.name)
            with suppress(FileNotFoundError):  # then the hash differs
                files.fetch(self._name, self._path)
        if sha256 is not None and sha256_of(self._path) != sha256:
            raise ExportError(f"{path}: is not the state that the manifest lists; export everything anew")
        counts = [0] * _BUCKETS
        for name, _ in self._read():
            counts[_bucket(_key(name))] += 1
        ends = list(accumulate(counts, initial=0))
        self._begins, self._length = [end * _SLOT for end in ends], ends[-1]
        # On the disk: the system keeps in memory what there is room for.
        self._slots = _scratch(max(1, self._length * _SLOT))
        free = self._begins[:-1]
        for name, entry in self._read():
            key = _key(name)
            bucket = _bucket(key)
            self._slots[free[bucket] : free[bucket] + _SLOT] = key + entry + b"\0"
            free[bucket] += _SLOT

    def __len__(self) -> int:
        return self._length

    def take(self, identifier: str) -> RowState | None:
        """The entry of a row, which is then not left; None where the export had none of this id."""
        at = self._find(identifier.encode("utf-8", "surrogatepass"))
        if at is None:
            return None
        self._slots[at + _SLOT - 1] = 1
        return _entry(self._slots[at + _ROW : at + _SLOT - 1])

    def left(self) -> Iterator[tuple[str, RowState]]:
        """Id and entry of every row that was not taken, in the order of that export."""
        for name, entry in self._read():
            at = self._find(name)
            if at is not None and not self._slots[at + _SLOT - 1]:
                yield name.decode("utf-8", "surrogatepass"), _entry(entry)

    def _find(self, name: bytes) -> int | None:
        key = _key(name)
        bucket = _bucket(key)
        begin, end = self._begins[bucket], self._begins[bucket + 1]
        at = begin
        while (at := self._slots.find(key, at, end)) >= 0:
            if (at - begin) % _SLOT == 0:
                return at
            at += 1
        return None

    def _read(self) -> Iterator[tuple[bytes, bytes]]:
        try:
            unpacking = zstandard.ZstdDecompressor()
            with self._path.open("rb") as raw, BufferedReader(unpacking.stream_reader(raw)) as packed:
                if packed.read(len(_MAGIC)) != _MAGIC:
                    raise ExportError(f"{self._name}: is of another version of vietnamvn; export everything anew")
                self.newest = packed.read(_TIME).decode("ascii").strip()
                while head := packed.read(_ID):
                    name = packed.read(int.from_bytes(head, "big"))
                    entry = packed.read(_SIZE)
                    if len(entry) < _SIZE:
                        raise ValueError("it ends in the middle")
                    name.decode("utf-8", "surrogatepass")  # raises here, not where it is used
                    yield name, entry
        except (OSError, ValueError, zstandard.ZstdError) as error:
            raise ExportError(
                f"{self._name}: the state of the earlier export cannot be read ({error}); export everything anew"
            ) from error


def write_without(path: Path, target: Path, is_gone: Callable[[str], bool]) -> None:
    """Rewrite a state without the rows whose ids are gone. Raises `ExportError` where it cannot be read."""
    earlier = Earlier(path)
    with writing(target, earlier.newest) as out:
        for name, entry in earlier._read():
            if not is_gone(name.decode("utf-8", "surrogatepass")):
                out.add(len(name).to_bytes(_ID, "big") + name + entry)


def _key(name: bytes) -> bytes:
    return hashlib.blake2b(name, digest_size=_ROW).digest()


def _bucket(key: bytes) -> int:
    return int.from_bytes(key[:2], "big")


def _entry(packed: bytes) -> RowState:
    return RowState(packed[:_ROW], *(packed[at : at + _PART] for at in range(_ROW, _SIZE, _PART)))
