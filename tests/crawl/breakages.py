"""Crawls of a small site, each in a process of its own in which one part or several break, and what was told of it.

The processes are forked from a clean one that has imported everything: as real as those that a shell starts, and quick.
"""

from __future__ import annotations

import errno
import importlib
import inspect
import json
import os
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import psycopg
from forked import CLEAN

from pipelines.storage import RunRecord, StoreError, open_store
from scraper.replica import ReplicaServer


class OddError(Exception):
    """An error that nobody foresaw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakage:
    """What happens at a call of `at` (``module:Class.name``) once it was called `after` times.

    `how` is the name of an error that is raised in place of the call, from then on at every one (with `once`: only
    there), or of an action that is done to `path` before it.
    """

    at: str
    how: str = "odd"
    after: int = 0
    path: str = ""
    once: bool = False


def _full() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


ERRORS: dict[str, Callable[[], BaseException]] = {
    "odd": lambda: OddError("an odd error\nof two lines"),
    "full": _full,
    "gone": lambda: FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)),
    "store": lambda: StoreError("store.db: cannot be used"),
    "memory": MemoryError,
}


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _into_folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def _delete_files(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def _cut_files(folder: Path) -> None:
    for path in folder.iterdir():
        os.truncate(path, 100)


def _signal(number: int) -> Callable[[Path], None]:
    return lambda path: os.kill(os.getpid(), number)


def _replace(path: Path) -> None:
    """Another file stands where it was: whole, and of the same size."""
    other = path.with_name("other")
    shutil.copy(path, other)
    other.replace(path)


def _steal_lock(path: Path) -> None:
    """Another crawler takes the lock over, as after a suspend that was longer than it lasts."""
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE locks SET holder = 'elsewhere:1:1', expires_at = '9999-12-31T00:00:00.000000Z'")
    connection.close()


def _jump(seconds: Path) -> None:
    """The wall clock is set: from now on it is so many seconds ahead."""
    import scraper.clock

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(seconds=float(str(seconds)))

    scraper.clock.datetime = Shifted  # type: ignore[misc]


def _drop_database(path: Path) -> None:
    with psycopg.connect(path.read_text(encoding="utf-8"), autocommit=True) as server:
        server.execute((path.parent / "statement").read_text(encoding="utf-8"))  # type: ignore[arg-type]


ACTIONS: dict[str, Callable[[Path], Any]] = {
    "delete": _delete,
    "delete_wal": lambda path: Path(f"{path}-wal").unlink(),
    "delete_files": _delete_files,
    "replace": _replace,
    "rename": lambda path: path.rename(path.with_name("elsewhere")),
    "empty": lambda path: os.truncate(path, 0),
    "cut_files": _cut_files,
    "into_folder": _into_folder,
    "steal_lock": _steal_lock,
    "drop_database": _drop_database,
    "jump": _jump,
    "interrupt": _signal(signal.SIGINT),
    "terminate": _signal(signal.SIGTERM),
    "kill": _signal(signal.SIGKILL),
}


def _break(breakage: Breakage) -> None:
    module, _, dotted = breakage.at.partition(":")
    owner: Any = importlib.import_module(module)
    *outer, name = dotted.split(".")
    for part in outer:
        owner = getattr(owner, part)
    raw = inspect.getattr_static(owner, name)
    original = getattr(owner, name)
    calls = 0

    def strike() -> None:
        nonlocal calls
        calls += 1
        if calls <= breakage.after or (breakage.once and calls > breakage.after + 1):
            return
        if breakage.how in ERRORS:
            raise ERRORS[breakage.how]()
        if calls == breakage.after + 1:
            ACTIONS[breakage.how](Path(breakage.path))

    if inspect.iscoroutinefunction(original):

        async def broken(*args: Any, **kwargs: Any) -> Any:
            strike()
            return await original(*args, **kwargs)
    else:

        def broken(*args: Any, **kwargs: Any) -> Any:  # type: ignore[misc]
            strike()
            return original(*args, **kwargs)

    setattr(owner, name, staticmethod(broken) if isinstance(raw, staticmethod) else broken)


def _child(arguments: list[str], breakages: Sequence[Breakage], folder: str, scrapy: bool) -> None:
    for name, number in (("stdout", 1), ("stderr", 2)):
        opened = os.open(f"{folder}/{name}", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
        os.dup2(opened, number)
        setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115  # to the process's end
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for breakage in breakages:
        _break(breakage)
    if scrapy:
        from scrapy.cmdline import execute

        os.environ["SCRAPY_SETTINGS_MODULE"] = "scraper.settings"
        execute(["scrapy", *arguments])
    from scraper.cli import main

    code = main(arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(code)


@dataclass(slots=True, kw_only=True)
class Told:
    """What a process said at its end: exit code, manifest (None: there is none), its run in the store, its output."""

    code: int
    manifest: dict[str, Any] | None
    run: RunRecord | None
    stdout: str
    stderr: str
    seconds: float
    states: dict[str, int] = field(default_factory=dict)

    @property
    def last_line(self) -> str:
        """The last line on standard error."""
        lines = self.stderr.strip().splitlines()
        return lines[-1] if lines else ""


class Process:
    """One command in a process of its own; `wait` for its end."""

    def __init__(
        self, arguments: Sequence[str], folder: Path, breakages: Sequence[Breakage] = (), *, scrapy: bool = False
    ) -> None:
        self._folder = folder
        self._began = time.monotonic()
        arguments = [str(argument) for argument in arguments]
        self._process = CLEAN.Process(target=_child, args=(arguments, breakages, str(folder), scrapy))
        self._process.start()

    def send(self, number: int) -> None:
        """Send it a signal, if it is still there."""
        assert self._process.pid is not None
        with suppress(ProcessLookupError):
            os.kill(self._process.pid, number)

    def wait(self, store: str, manifest: Path, seconds: float = 60) -> Told:
        """What it told. `store` is read whatever became of it, as far as that goes."""
        self._process.join(seconds)
        code = self._process.exitcode
        if code is None:
            self._process.kill()
            raise AssertionError(f"it did not end; it said: {(self._folder / 'stderr').read_text()}")
        run, states = _stored(store)
        return Told(
            code=code,
            manifest=json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else None,
            run=run,
            states=states,
            stdout=(self._folder / "stdout").read_text(encoding="utf-8"),
            stderr=(self._folder / "stderr").read_text(encoding="utf-8"),
            seconds=time.monotonic() - self._began,
        )


def _stored(store: str) -> tuple[RunRecord | None, dict[str, int]]:
    try:
        with open_store(store, read_only=True) as opened:
            runs = opened.runs()
            states: dict[str, int] = {}
            for count in opened.counts():
                states[count.state] = states.get(count.state, 0) + count.addresses
    except StoreError:
        return None, {}
    return (runs[-1] if runs else None), states


def call(arguments: Sequence[str], folder: Path, *breakages: Breakage, scrapy: bool = False) -> Told:
    """One command to its end; its store and manifest are `folder`'s."""
    process = Process(arguments, folder, breakages, scrapy=scrapy)
    return process.wait(f"sqlite:///{folder}/store.db", folder / "manifest.json")


def crawling(server: ReplicaServer, folder: Path, *more: str) -> list[str]:
    """A crawl of the whole replica into `folder`."""
    return [
        "crawl", "--base-url", server.base_url, "--since", "2025-01-01", "--until", "2025-12-31", "--delay", "0",
        "--store", f"sqlite:///{folder}/store.db", "--manifest", f"{folder}/manifest.json", *more,
    ]  # fmt: skip
