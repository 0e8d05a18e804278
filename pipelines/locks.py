"""A lock on a folder: a file that names its holder, taken over when the holder is no more."""

from __future__ import annotations

import errno
import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import VietnamvnError
from pipelines.exits import Exit
from pipelines.printable import printable

LOCK = ".vietnamvn.lock"
_LONGEST_NAME = 4096
# The errors of a file system without locks; there the holder's name alone decides.
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL})


class FolderBusyError(VietnamvnError):
    """Another job is at work in the folder: nothing was done."""

    exit_code = Exit.PARTIAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who takes a lock, by a name that other processes can judge; `is_dead` says whether a name's process is no more.

    `scraper.processes` makes both. Without them a process is known by its number, and whether a holder lives by the
    operating system's lock on the file, which ends with the process.
    """

    name: str
    is_dead: Callable[[str], bool] = lambda name: False


def unnamed() -> Holder:
    """This process, for callers that have no name for it."""
    return Holder(name=f"process {os.getpid()}")


@contextmanager
def held(folder: Path, holder: Holder | None = None) -> Iterator[Callable[[], bool]]:
    """Hold the lock of a folder that is there. Raises `FolderBusyError` at once where a living process has it.

    Gives a function that says whether it is held still: somebody may remove the folder.
    """
    path = folder / LOCK
    descriptor = _taken(path, holder or unnamed())
    try:
        yield lambda: _is(path, descriptor)
    finally:
        _release(path, descriptor)


def _taken(path: Path, holder: Holder) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        try:
            locked = _lock(descriptor)
            name, _, kernel = os.pread(descriptor, _LONGEST_NAME, 0).decode("utf-8", "replace").partition("\n")
            # With the system's lock taken, no living process of this machine holds the folder, whatever the name says.
            free = not name or holder.is_dead(name) or (locked is True and kernel.strip() == _kernel() != "")
            if locked is False or not free:
                raise FolderBusyError(_busy(path, name, alive=locked is False))
            if _is(path, descriptor):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, f"{holder.name}\n{_kernel()}\n".encode(), 0)
                os.fsync(descriptor)
                return descriptor
            os.close(descriptor)  # its holder was done, and took the file away, before the file was locked here
        except BaseException:
            with suppress(OSError):
                os.close(descriptor)
            raise


def _release(path: Path, descriptor: int) -> None:
    try:
        with suppress(OSError):  # the folder may have been removed or made read-only
            if _is(path, descriptor):
                path.unlink()
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool | None:
    """Whether this process now has the system's lock on the file; None where there are no such locks."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return None
        raise
    return True


def _is(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.lstat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _kernel() -> str:
    """What identifies this running system: containers on one machine have host names of their own."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _busy(path: Path, name: str, *, alive: bool) -> str:
    match = re.fullmatch(r"(.+):(\d+):\w*", name)
    who = f"process {match[2]} on {match[1]}" if match else name or "another process"
    remedy = "wait for it, or give another folder"
    if not alive:
        remedy = f"wait for it, or remove {path.name} there if it is no more"
    return f"{path.parent}: {printable(who)} is at work in this folder; {remedy}"
