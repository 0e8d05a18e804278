"""Rows of many configurations that come mixed, kept on disk until each configuration is written by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

# Rows are kept in memory until so many characters have gathered, then added to their files: hundreds of language pairs
# need no more open files than one.
_BUFFERED = 8_000_000


class Spool:
    """Takes rows and gives back those of one configuration, in the order in which they came.

    `folder` is there and its own; what is in it is nobody's when the spool is done with.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._buffers: dict[str, list[str]] = {}
        self._files: dict[str, Path] = {}
        self._gathered = 0

    def add(self, name: str, row: Mapping[str, Any]) -> None:
        """Add a row of JSON types to a configuration."""
        line = json.dumps(row, ensure_ascii=False)
        self._buffers.setdefault(name, []).append(line)
        self._gathered += len(line)
        if self._gathered >= _BUFFERED:
            self._flush()

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows of a configuration; none of one that has none. Nothing is added any more."""
        self._flush()
        path = self._files.get(name)
        if path is None:
            return
        with path.open("rb") as lines:
            for line in lines:
                yield json.loads(line)
        path.unlink()

    def names(self) -> list[str]:
        """The configurations that have rows."""
        return sorted({*self._files, *self._buffers})

    def _flush(self) -> None:
        for name, lines in self._buffers.items():
            path = self._files.setdefault(name, self._folder / str(len(self._files)))
            # A lone surrogate in a broken page is not text: it is replaced, in every format alike.
            data = "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")
            with path.open("ab") as file:
                file.write(data)
        self._buffers.clear()
        self._gathered = 0
