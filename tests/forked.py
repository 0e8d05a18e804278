"""Commands in processes forked from a clean one that has imported what most of them need.

As real as those that a shell starts, and quick: loading Scrapy and a database takes longer than a small crawl. What a
command loads by itself, and how it starts from nothing, is seen by the tests that start Python.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

# No module of ours that reads the environment or the arguments when it is loaded: each command has its own.
_LOADED = [
    "scrapy.cmdline", "scrapy.crawler", "scrapy.core.downloader.handlers.http11", "scrapy.spidermiddlewares.referer",
    "twisted.web.client", "sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql", "warcio.archiveiterator",
    "pipelines.extraction", "pipelines.language", "pipelines.storage", "pipelines.storage.captures",
]  # fmt: skip
CLEAN = multiprocessing.get_context("forkserver")
CLEAN.set_forkserver_preload(_LOADED)
"""The way to start such processes; one for all tests, since Python has one for each process that starts others."""


def run_forked(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str] | None = None, timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    """`command`, which begins with this Python, ``-m`` and a module, in a folder to its end, as `subprocess.run` does.

    `environment` is all that it has; None: this process's. Killed after `timeout` seconds (`TimeoutExpired`).
    """
    python, option, *words = command
    assert (python, option) == (sys.executable, "-m")
    with tempfile.TemporaryDirectory(prefix="forked-") as written:
        files = [Path(written) / name for name in ("out", "err")]
        for file in files:
            file.touch()
        given = (words, str(folder), dict(os.environ if environment is None else environment), written)
        process = CLEAN.Process(target=_command, args=given)
        process.start()
        process.join(timeout)
        out, err = (file.read_text(encoding="utf-8", errors="replace") for file in files)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(list(command), timeout, out, err)
    return subprocess.CompletedProcess(list(command), process.exitcode, out, err)


def _command(words: list[str], folder: str, environment: dict[str, str], written: str) -> None:
    for number, name, errors in ((1, "out", "strict"), (2, "err", "backslashreplace")):
        os.dup2(os.open(f"{written}/{name}", os.O_WRONLY | os.O_APPEND), number)
        stream = open(number, "w", encoding="utf-8", errors=errors, closefd=False)  # noqa: SIM115  # to the end
        setattr(sys, {1: "stdout", 2: "stderr"}[number], stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = list(words)
    sys.path[:0] = [folder, *filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))]
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)


_PROGRESS = re.compile(r"^([\d-]{10} [\d:]{8} INFO )?(\d+ pages in \d+ s |[a-z][a-z ]*( +\d+%)? · )")


def without_progress(said: str) -> str:
    """What a run said, but how far it was: that comes after ten seconds or more, on a machine with much else to do."""
    return "".join(line for line in said.splitlines(keepends=True) if not _PROGRESS.search(line))
