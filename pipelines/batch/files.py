"""Files on a local disk or behind any fsspec address (``s3://…``), read by ranges and written whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from glob import glob
from hashlib import blake2b
from inspect import signature
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast
from uuid import uuid4

from pipelines.batch.extras import require
from pipelines.errors import VietnamvnError
from pipelines.listing import cause, is_special, is_there, list_folder, no_file, open_file
from pipelines.store_address import masked

_T = TypeVar("_T")
# Marks files that are being written; whatever carries it after a kill is rubbish.
_TEMPORARY = ".part"
_TEMPORARY_NAME = re.compile(r"(?:.*\.|\.)[0-9a-f]{32}\.part\Z")


class StorageError(VietnamvnError):
    """A file that cannot be listed, read or written."""


def is_remote(uri: str) -> bool:
    """Whether an address goes through fsspec rather than the operating system."""
    return "://" in uri


def join(base: str, *parts: str) -> str:
    """An address below another one."""
    return "/".join([base.rstrip("/"), *parts])


def normal(uri: str) -> str:
    """The one spelling of an address: no trailing slash, no ``./``. Raises `StorageError` for a scheme alone."""
    if not is_remote(uri):
        return str(Path(uri))
    if not is_remote(found := uri.rstrip("/")):  # without its slashes it would be a folder of this machine
        raise StorageError(f"{uri}: names no place; give a bucket or a folder in it")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Files as (address, size in bytes, stamp), sorted by address; `unreadable` as (address, cause).

    The stamp changes when the file does: size and time of change locally, the store's own stamp remotely.
    """

    files: tuple[tuple[str, int, str], ...]
    unreadable: tuple[tuple[str, str], ...] = ()


def find(pattern: str) -> Found:
    """Files under a folder, matching a glob, or the file itself; nothing at all where nothing is there.

    Hidden files and folders are left out, unless they were named.
    """
    if is_remote(pattern):
        return Found(files=tuple(_guarded(pattern, lambda: _find_remote(pattern))))
    path = Path(pattern)
    unreadable: list[tuple[str, str]] = []
    try:
        if not is_there(path):
            # Not pathlib's glob, which finds hidden files too.
            found = [p for name in glob(pattern, recursive=True) if (p := Path(name)).is_file()]  # noqa: PTH207
        elif path.is_dir():
            listing = list_folder(path)
            found = list(listing.files)
            unreadable += [(str(p), why) for p, why in listing.unreadable]
        elif (kind := no_file(path)) is not None:
            return Found(files=(), unreadable=((pattern, kind),))
        else:
            found = [path]
    except OSError as error:  # of the path itself, or of a folder above it
        return Found(files=(), unreadable=((pattern, cause(error)),))
    except ValueError as error:
        raise StorageError(f"{pattern}: cannot be listed ({error}); check the path") from error
    files = []
    for file in found:
        try:
            stat = file.stat()
        except OSError as error:
            unreadable.append((str(file), cause(error)))
        else:
            files.append((str(file), stat.st_size, f"{stat.st_size}-{stat.st_mtime_ns}"))
    return Found(files=tuple(sorted(files)), unreadable=tuple(sorted(unreadable)))


def is_folder(name: str) -> bool:
    """Whether a name is a folder of this machine; remote stores have none without files."""
    return not is_remote(name) and is_there(name) and Path(name).is_dir()


# What drivers of fsspec call the mark or the time of a file's content, the surest first.
_STAMPS = ("ETag", "etag", "md5Hash", "content_md5", "mtime", "LastModified", "last_modified", "updated", "created")


def _find_remote(pattern: str) -> list[tuple[str, int, str]]:
    filesystem, path = _filesystem(pattern)
    filesystem.invalidate_cache()
    search = filesystem.glob if any(c in path for c in "*?[") else filesystem.find
    try:
        found = search(path, detail=True)
    except FileNotFoundError:  # a bucket that is not there
        return []
    scheme = pattern.partition("://")[0]
    result = []
    for name, info in found.items():
        if info.get("type") != "file":
            continue
        stamp = next((str(info[key]) for key in _STAMPS if info.get(key)), "")
        result.append((f"{scheme}://{name.removeprefix(f'{scheme}://')}", int(info["size"]), f"{info['size']}-{stamp}"))
    return sorted(result)


def open_input(uri: str) -> BinaryIO:
    """A file for reading, seekable, in bytes. Raises `OSError` as `open` does, `StorageError` for a remote's errors."""
    if is_remote(uri):
        filesystem, path = _filesystem(uri)
        try:
            return cast(BinaryIO, _guarded(uri, lambda: filesystem.open(path, "rb")))
        except FileNotFoundError as error:  # drivers give no `filename`, which handlers of `OSError` need
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), uri) from error
    return open_file(Path(uri))


def read_bytes(uri: str) -> bytes | None:
    """The content of a small file, or None where there is none."""
    if is_remote(uri):
        filesystem, path = _filesystem(uri)

        def read() -> bytes | None:
            try:
                return cast(bytes, filesystem.cat_file(path))
            except FileNotFoundError:
                return None

        return _guarded(uri, read)
    try:
        with open_file(Path(uri)) as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(f"{uri}: cannot be read ({error}); check the path and its permissions") from error


def size(uri: str) -> int | None:
    """The size of a file in bytes, None where there is none."""
    if is_remote(uri):
        filesystem, path = _filesystem(uri)

        def measure() -> int | None:
            try:
                filesystem.invalidate_cache()
                return int(filesystem.size(path))
            except FileNotFoundError:
                return None

        return _guarded(uri, measure)
    try:
        return Path(uri).stat().st_size
    except OSError:
        return None


def temporary_in(folder: Path) -> Path:
    """A name for a file while it is written there; it shows later processes whether its writer is still alive."""
    return folder / f".{_place()}{os.getpid():08x}{uuid4().hex[:16]}{_TEMPORARY}"


def sweep(folder: Path) -> None:
    """Remove the unfinished files of killed processes of this machine."""
    with suppress(OSError):
        for path in sorted(folder.iterdir()):
            name = path.name
            if is_temporary(name) and name.startswith(f".{_place()}") and not _is_alive(int(name[9:17], 16)):
                for end in ("", "-journal", "-wal", "-shm"):
                    with suppress(OSError):
                        path.with_name(name + end).unlink()


@lru_cache(maxsize=1)
def _place() -> str:
    """A short hash of the machine and, in a container, of its process namespace."""
    try:
        numbers = str(Path("/proc/self/ns/pid").readlink())
    except OSError:  # no Linux
        numbers = ""
    return blake2b(f"{os.uname().nodename} {numbers}".encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # a process of another user
        return True
    return True


@contextmanager
def whole(uri: str) -> Iterator[Path]:
    """A local path to write to; when the block ends well, the file stands at `uri`, whole, replacing what was there.

    When it does not, nothing is at `uri` that was not there before. Raises `StorageError` where it cannot be
    written (a full disk, a missing permission), or a device, a pipe or a socket is there: a rename would remove it.
    """
    remote = is_remote(uri)
    if not remote and is_special(Path(uri)):
        raise StorageError(f"{uri}: is a device, a pipe or a socket, which no file can replace; name a file")
    folder = Path(tempfile.gettempdir()) if remote else Path(uri).parent
    temporary = temporary_in(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield temporary
        if remote:
            _guarded(uri, lambda: _put(temporary, uri))
        else:
            temporary.replace(uri)
    except OSError as error:
        raise StorageError(f"{uri}: cannot be written ({error}); check the path, its permissions and space") from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def _put(local: Path, uri: str) -> None:
    filesystem, path = _filesystem(uri)
    temporary = f"{path}.{local.name.strip('.')}"
    _make_folder(uri.rpartition("/")[0])
    filesystem.put_file(str(local), temporary)
    filesystem.mv(temporary, path)


@lru_cache(maxsize=1024)
def _make_folder(uri: str) -> None:
    """Make a folder and those above it, but never the first: a typing error would make a bucket."""
    filesystem, path = _filesystem(uri)
    parts = path.split("/")
    for depth in range(2, len(parts) + 1):
        with suppress(FileExistsError):
            filesystem.mkdir("/".join(parts[:depth]), create_parents=False)


def write_bytes(uri: str, content: bytes) -> None:
    """Write a small file, whole or not at all."""
    with whole(uri) as path:
        path.write_bytes(content)


def names_in(folder: str) -> list[str]:
    """The names of the files directly in a folder, hidden ones too; none where there is no folder."""
    if is_remote(folder):
        return list(sizes_in(folder))
    try:
        return sorted(e.name for e in Path(folder).iterdir() if e.is_file())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StorageError(f"{folder}: cannot be listed ({error}); it has to be a folder") from error


def sizes_in(folder: str) -> dict[str, int]:
    """The files directly in a folder behind fsspec, hidden ones too, with their sizes in bytes."""
    return {name: int(entry["size"]) for name, entry in _entries(folder).items() if entry["type"] == "file"}


def folders_in(folder: str) -> list[str]:
    """The names of the folders directly in a folder behind fsspec, hidden ones too."""
    return [name for name, entry in _entries(folder).items() if entry["type"] == "directory"]


def _entries(folder: str) -> dict[str, Any]:
    filesystem, path = _filesystem(folder)

    def entries() -> dict[str, Any]:
        filesystem.invalidate_cache()
        try:
            found = filesystem.ls(path, detail=True)
        except (FileNotFoundError, NotADirectoryError):
            return {}
        return {entry["name"].rstrip("/").rpartition("/")[2]: entry for entry in sorted(found, key=itemgetter("name"))}

    return _guarded(folder, entries)


def paths_below(folder: str) -> list[str]:
    """All files below a folder behind fsspec, hidden ones too, by their paths in it."""
    filesystem, path = _filesystem(folder)

    def below() -> list[str]:
        filesystem.invalidate_cache()
        try:
            found = filesystem.find(path)
        except FileNotFoundError:
            return []
        return sorted(inside for name in found if (inside := name.removeprefix(path).strip("/")))

    return _guarded(folder, below)


def put(local: Path, uri: str) -> None:
    """Copy a file of this machine to an address of fsspec, not by way of a temporary name: there is no reader yet."""
    filesystem, path = _filesystem(uri)
    _make_folder(uri.rpartition("/")[0])
    _guarded(uri, lambda: filesystem.put_file(str(local), path))


def fetch(uri: str, local: Path) -> None:
    """Copy a file behind fsspec to this machine. Raises `FileNotFoundError` where there is none."""
    filesystem, path = _filesystem(uri)
    _guarded(uri, lambda: filesystem.get_file(path, str(local)))


def create(uri: str, content: bytes) -> bool:
    """Write a small file behind fsspec unless one of this name is there; returns whether it was written.

    Some object stores let only one of two writers win (S3's ``If-None-Match``); for others it looks first.
    """
    filesystem, path = _filesystem(uri)
    _make_folder(uri.rpartition("/")[0])

    def write() -> bool:
        if "mode" in signature(getattr(filesystem, "_pipe_file", filesystem.pipe_file)).parameters:
            try:
                filesystem.pipe_file(path, content, mode="create")
            except FileExistsError:
                return False
            except Exception:  # noqa: S110  # a store without such writes; any other fault shows in the next call
                pass
            else:
                return True
        filesystem.invalidate_cache()  # a cached listing lacks what another writer has made since
        if filesystem.exists(path):
            return False
        filesystem.pipe_file(path, content)
        return True

    return _guarded(uri, write)


def remove_folder(uri: str) -> None:
    """Remove a folder behind fsspec with all that is in it, if it is there."""
    filesystem, path = _filesystem(uri)

    def delete() -> None:
        filesystem.invalidate_cache()
        with suppress(FileNotFoundError):
            filesystem.rm(path, recursive=True)

    _guarded(uri, delete)
    _make_folder.cache_clear()


def is_temporary(name: str) -> bool:
    """Whether a file's name is one that `whole` gives while it writes."""
    return _TEMPORARY_NAME.match(name) is not None


def move(source: str, target: str) -> None:
    """Move a file behind one address of fsspec, replacing what is there."""
    filesystem, path = _filesystem(source)
    _, to = _filesystem(target)
    _make_folder(target.rpartition("/")[0])
    _guarded(target, lambda: filesystem.mv(path, to))


def remove(uri: str) -> None:
    """Remove a file, if it is there."""
    if is_remote(uri):
        filesystem, path = _filesystem(uri)

        def delete() -> None:
            with suppress(FileNotFoundError):
                filesystem.rm_file(path)

        _guarded(uri, delete)
    else:
        Path(uri).unlink(missing_ok=True)


def _filesystem(uri: str) -> tuple[Any, str]:
    fsspec = require("fsspec", extra="batch", purpose=f"{uri}: a remote address")

    def resolve() -> tuple[Any, str]:
        filesystem, path = fsspec.core.url_to_fs(uri)
        return filesystem, path

    return _guarded(uri, resolve)


def _guarded(uri: str, action: Callable[[], _T]) -> _T:
    """Run something remote; whatever its driver raises becomes a `StorageError` of one line.

    Drivers have exception trees of their own (botocore's are no `OSError`), which is why all are caught here.
    """
    try:
        return action()
    except (VietnamvnError, FileNotFoundError):
        raise
    except Exception as error:
        cause = f"{type(error).__name__}: {error}".replace("\n", " ")
        raise StorageError(
            masked(f"{uri}: {cause}") + "; check the address, the credentials and that its driver is installed"
        ) from error
