"""A folder that is whole or not there: written under a temporary name beside it, then renamed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.export.errors import ExportError

MANIFEST = "manifest.json"


@contextmanager
def replaced(out: Path) -> Iterator[Path]:
    """A new folder to write into, which takes the place of `out` when the block ends well.

    Until then `out` is what it was: a kill leaves the old export, or none, and a folder ``.NAME.partial`` that the
    next export throws away. Raises `ExportError` where `out` holds anything but an earlier export.
    """
    out = out.absolute()
    partial, old = out.parent / f".{out.name}.partial", out.parent / f".{out.name}.old"
    try:
        _recover(out, old)
        if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / MANIFEST).is_file())):
            raise ExportError(f"{out}: is there and is no earlier export; give --out a folder that is new or empty")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            yield partial
            _sync(partial)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        if out.exists():
            out.rename(old)
        partial.rename(out)
        _sync_folder(out.parent)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        where = error.filename or out
        raise ExportError(
            f"{where}: {error.strerror or error}; nothing of the export was kept, start it again"
        ) from error


def _recover(out: Path, old: Path) -> None:
    # Killed between the two renames: the earlier export is whole under its other name.
    if old.exists() and not out.exists():
        old.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def _sync(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    for path in [*folder.rglob("*"), folder]:
        if path.is_dir():
            _sync_folder(path)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
