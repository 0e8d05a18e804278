"""What a name leads to, and what is in a folder: one way of looking for all commands.

What cannot be read is reported, and nothing is opened that would block.
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

# The system's errors for a name that nothing has or can have.
_NOTHING_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG})
_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def is_special(path: Path) -> bool:
    """Whether a path leads to something else than a file or a folder: a device, a pipe, a socket."""
    return path.exists() and not path.is_file() and not path.is_dir()


def is_there(name: str | Path) -> bool:
    """Whether something has this name; what may not be looked at counts as there, and fails when it is read.

    >>> is_there("."), is_there("x" * 300)
    (True, False)
    """
    try:
        Path(name).stat()
    except OSError as error:
        return error.errno not in _NOTHING_THERE
    except ValueError:  # a zero byte
        return False
    return True


def open_file(path: Path) -> BinaryIO:
    """A file for reading, in bytes. Raises `OSError` as `open` does, and for a pipe, a socket or a device.

    Opening a pipe waits for its other end, reading a terminal for somebody to type. Pipes that are open already, and
    have only a number (``/dev/stdin``, ``<(…)`` of shells), are read.
    """
    if (kind := no_file(path)) is not None:
        raise OSError(errno.EINVAL, kind, str(path))
    return path.open("rb")


def no_file(path: Path) -> str | None:
    """What is there, if `open_file` refuses it; None if not. Raises `OSError` as `stat` does."""
    kind = stat.S_IFMT(path.stat().st_mode)
    if kind not in _KINDS or (kind == stat.S_IFIFO and not Path(os.path.realpath(path)).exists()):
        return None
    return f"{_KINDS[kind]}, no file"


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderListing:
    """The files below a folder, sorted; and what could not be looked into, each with its cause in a word or two."""

    files: tuple[Path, ...]
    unreadable: tuple[tuple[Path, str], ...]


def list_folder(folder: Path) -> FolderListing:
    """The files below a folder, hidden ones and those in hidden folders left out; links to folders are not followed.

    Never raises for what is in it: a folder without permission, one that goes away meanwhile, or `folder` itself is
    among the `unreadable`.
    """
    files: list[Path] = []
    unreadable: list[tuple[Path, str]] = []

    def note(error: OSError) -> None:
        unreadable.append((Path(error.filename or folder), cause(error)))

    for parent, folders, names in os.walk(folder, onerror=note):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(parent, name)
            if name.startswith("."):
                continue
            try:
                if path.is_file():  # pipes and devices are none, nor links to nowhere
                    files.append(path)
            except OSError as error:
                unreadable.append((path, cause(error)))
    return FolderListing(files=tuple(sorted(files)), unreadable=tuple(sorted(unreadable)))


def cause(error: OSError) -> str:
    """What the system says, without the path."""
    return error.strerror or type(error).__name__


def sync_folder(folder: Path) -> None:
    """See that the names in a folder are on the disk. Raises `OSError`."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
