"""What is in a folder: one way of walking for all commands, which passes over nothing that it cannot read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The files below a folder, sorted; and what could not be looked into, each with its cause in a word or two."""

    files: tuple[Path, ...]
    unreadable: tuple[tuple[Path, str], ...]


def list_folder(folder: Path) -> Listing:
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
    return Listing(files=tuple(sorted(files)), unreadable=tuple(sorted(unreadable)))


def cause(error: OSError) -> str:
    """What the system says, without the path."""
    return error.strerror or type(error).__name__
