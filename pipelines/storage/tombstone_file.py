"""The tombstones beside a store: a restored backup learns from them what was taken down since.

One line of JSON for each removal and each lifting, appended and brought to the disk before the store changes. A line
that a kill cut off does not count. The file has marks and hashes alone, as the store has (`tombstones`).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.listing import cause, sync_folder
from pipelines.storage.errors import StoreError
from pipelines.storage.opening import TOMBSTONES_SUFFIX
from pipelines.storage.sweeping import Tombstone
from pipelines.storage.values import REASONS
from pipelines.store_address import StoreAddress

_HASH = re.compile(r"[0-9a-f]{64}\Z")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{1,20}Z?\Z")


@dataclass(slots=True)
class TombstoneState:
    """What a file says: the `keys` of its marks, the `marks` that stand, articles that were `lifted` and not taken down
    again, and the texts that were taken down, as rows of `removed`, by the revision's hash."""

    keys: list[str] = field(default_factory=list)
    marks: dict[str, Tombstone] = field(default_factory=dict)
    lifted: set[str] = field(default_factory=set)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)


class TombstoneFile:
    """The file at a path; it need not be there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def digest(self) -> str:
        """A hash of all that it says; empty where there is no file."""
        data = self._data()
        return hashlib.sha256(data).hexdigest() if data else ""

    def read(self) -> TombstoneState:
        """All that it says. Raises `StoreError` where it cannot be read, or says what no such file says."""
        data, state = self._data(), TombstoneState()
        for number, line in enumerate(data.split(b"\n")[:-1], 1):  # behind the last end of a line: what a kill cut off
            try:
                self._take(state, json.loads(line))
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                raise StoreError(
                    f"{self.path}: line {number} is no tombstone; take the file out of a backup, or mend that line"
                ) from None
        return state

    def append(self, line: Mapping[str, Any]) -> None:
        """Say something more; it is on the disk when this returns. Raises `StoreError`."""
        try:
            is_new = not self.path.exists()
            with self.path.open("ab+") as file:
                file.seek(0)
                whole = file.read().rfind(b"\n") + 1
                file.truncate(whole)
                file.write(json.dumps(line, separators=(",", ":"), sort_keys=True).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            if is_new:
                sync_folder(self.path.absolute().parent)
        except OSError as error:
            raise StoreError(
                f"{self.path}: the tombstones cannot be written ({cause(error)}); nothing was removed"
            ) from None

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Whether nobody else is at it meanwhile: True for one process at a time, which ends with it."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            yield True
            return
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            except OSError:
                pass  # a file system without locks
            yield True
        finally:
            os.close(descriptor)

    def _data(self) -> bytes:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise StoreError(f"{self.path}: the tombstones cannot be read ({cause(error)}); see to the file") from None

    @staticmethod
    def _take(state: TombstoneState, line: dict[str, Any]) -> None:
        for key in line.get("keys", ()):
            bytes.fromhex(key)
            if key not in state.keys:
                state.keys.append(key)
        lifted = set(_hashes(line.get("lifted", ())))
        if lifted:
            state.lifted |= lifted
            state.marks = {mark: stone for mark, stone in state.marks.items() if stone.article not in lifted}
            state.texts = {key: row for key, row in state.texts.items() if row["article"] not in lifted}
        when, why = line["at"], line.get("why", "other")
        if not _TIME.match(when) or why not in REASONS:
            raise ValueError
        for one in line.get("articles", ()):
            (article,) = _hashes([one["article"]])
            stone = Tombstone(article, when, why)
            state.lifted.discard(article)
            state.marks.update(dict.fromkeys(_hashes(one["marks"]), stone))
            for text in one["texts"]:
                names = ("revision_sha256", "row_sha256", "content_sha256")
                row = dict(zip(names, _hashes(text), strict=True))
                state.texts[row["revision_sha256"]] = {**row, **stone._asdict()}


def _hashes(given: Sequence[str]) -> list[str]:
    if not all(_HASH.match(one) for one in given):
        raise ValueError
    return list(given)


def file_of(address: StoreAddress, path: Path | None = None) -> TombstoneFile | None:
    """The tombstones of a store: beside an SQLite file, of another one at `path`; None: they are nowhere else."""
    if address.kind == "sqlite":
        return TombstoneFile(Path(f"{address.path}{TOMBSTONES_SUFFIX}"))
    return None if path is None else TombstoneFile(path)
