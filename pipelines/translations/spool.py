"""Rows of many configurations that come mixed, kept on disk until each configuration is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from struct import Struct

# This many bytes are kept in memory, then appended to their files, so that hundreds of language pairs need no more open
# files than one.
_BUFFERED = 8_000_000
_LENGTH = Struct("<Q")


class Spool:
    """Takes chunks of a configuration, each a few parts of bytes, and gives them back in the order in which they came
    in.

    All chunks have the same number of parts. `folder` exists and is for the spool alone; it may be removed afterwards.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._buffers: dict[str, list[bytes]] = {}
        self._files: dict[str, Path] = {}
        self._gathered = self._parts = 0

    def add(self, name: str, parts: Sequence[bytes]) -> None:
        """Add a chunk to a configuration."""
        self._parts = len(parts)
        buffer = self._buffers.setdefault(name, [])
        for part in parts:
            buffer += (_LENGTH.pack(len(part)), part)
            self._gathered += len(part)
        if self._gathered >= _BUFFERED:
            self._flush()

    def chunks(self, name: str) -> Iterator[list[bytes]]:
        """The chunks of a configuration, if any; nothing may be added afterwards."""
        self._flush()
        path = self._files.get(name)
        if path is None:
            return
        with path.open("rb") as file:
            while head := file.read(_LENGTH.size):
                parts = [file.read(*_LENGTH.unpack(head))]
                parts += [file.read(*_LENGTH.unpack(file.read(_LENGTH.size))) for _ in range(self._parts - 1)]
                yield parts
        path.unlink()

    def _flush(self) -> None:
        for name, written in self._buffers.items():
            path = self._files.setdefault(name, self._folder / str(len(self._files)))
            with path.open("ab") as file:
                file.writelines(written)
        self._buffers.clear()
        self._gathered = 0
