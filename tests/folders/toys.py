"""A small kind of output, and a file system that can fail at any of its calls."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipelines.folders import replacing
from pipelines.locks import LOCK, Holder
from pipelines.manifests import MANIFEST, MARK, Kind

TOY = Kind(name="toy", unmarked=frozenset(("files", "toys")))
OTHER = Kind(name="other toy", unmarked=frozenset(("files", "others")))


def fill(folder: Path, content: Mapping[str, bytes], kind: Kind = TOY) -> None:
    """Write files and the manifest that lists them."""
    files = []
    for name, data in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        files.append({"path": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})
    (folder / MANIFEST).write_bytes(json.dumps({MARK: kind.mark, "files": files}).encode())


def write(
    out: Path, content: Mapping[str, bytes], kind: Kind = TOY, *, replace: bool = False, holder: Holder | None = None
) -> None:
    """One whole output."""
    with replacing(out, kind, replace=replace, holder=holder) as folder:
        fill(folder, content, kind)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but what a killed job leaves: its lock, and its hidden folder."""
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    return {name: data for name, data in found.items() if name != LOCK and not name.startswith(".vietnamvn-")}


def listed(folder: Path) -> dict[str, str] | None:
    """The hashes that the manifest of a folder says; None where there is none of ours."""
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
        return {file["path"]: file["sha256"] for file in told["files"]}
    except (OSError, ValueError, KeyError):
        return None


def as_a_reader_checks(folder: Path) -> dict[str, bytes] | None:
    """The files that the manifest lists, if each has the hash that it says; else None."""
    files = listed(folder)
    if files is None:
        return None
    found = {}
    for name, sha256 in files.items():
        try:
            found[name] = (folder / name).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(found[name]).hexdigest() != sha256:
            return None
    return found


class Killed(BaseException):
    """What stands for the end of the process: no handler of the program's catches it."""


@contextmanager
def failing(at: int, error: Callable[[], BaseException], *, for_good: bool) -> Iterator[list[int]]:
    """Let the call number `at` (from 0) that changes the file system fail, and with `for_good` all after it too.

    Gives a list whose one number is how many calls there were.
    """
    calls = [0]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            number = calls[0]
            calls[0] += 1
            if number == at or (for_good and number > at):
                if real is unpatched["write_bytes"] and number == at:  # half of it is written
                    real(arguments[0], arguments[1][: len(arguments[1]) // 2])
                raise error()
            return real(*arguments, **options)

        return call

    real_rmtree = shutil.rmtree

    def rmtree(folder: Path, ignore_errors: bool = False, **options: Any) -> None:
        """File by file, so that it can be interrupted between two of them."""
        for path in sorted(Path(folder).rglob("*"), reverse=True):
            if not path.is_dir():
                try:
                    path.unlink()
                except OSError:
                    if not ignore_errors:
                        raise
        with calls_uncounted():
            real_rmtree(folder, ignore_errors=True)

    patch = pytest.MonkeyPatch()
    unpatched = {name: getattr(Path, name) for name in ("mkdir", "unlink", "rmdir", "replace", "write_bytes")}

    @contextmanager
    def calls_uncounted() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as inner:
            for name, real in unpatched.items():
                inner.setattr(Path, name, real)
            yield

    with patch.context() as here:
        for name, real in unpatched.items():
            here.setattr(Path, name, counted(real))
        for name in ("fsync", "pwrite", "ftruncate"):
            here.setattr(os, name, counted(getattr(os, name)))
        here.setattr(shutil, "rmtree", rmtree)
        yield calls
