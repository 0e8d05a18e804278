"""Scrapy projects as their users have them: folders of files, and ``scrapy`` run in them in processes of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

QUICK = (
    *("-s", "DOWNLOAD_DELAY=0"),
    *("-s", "AUTOTHROTTLE_ENABLED=False"),
    *("-s", "RETRY_TIMES=1"),
    *("-s", "VIETNAMVN_BACKOFF=0.05"),
    *("-s", "VIETNAMVN_COMMIT_SECONDS=0.2"),
)
"""Arguments of a crawl of a site on loopback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a process ended: its exit code, what it wrote, and how many seconds it took."""

    code: int
    stdout: str
    stderr: str
    seconds: float


def write_files(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files with these names and texts, with the folders they need; the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def start_python(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start ``python`` with these arguments in a folder, from which it also imports."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("VIETNAMVN_", "SCRAPY_"))}
    environment["PYTHONPATH"] = os.pathsep.join((str(folder), str(ROOT)))
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], *, within: float = 100.0) -> Ended:
    """Wait for the end of a process; one that takes longer is killed, and the test fails."""
    started = time.monotonic()
    try:
        stdout, stderr = process.communicate(timeout=within)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError(f"still running after {within} s: {process.communicate()[1]}") from None
    return Ended(code=process.returncode, stdout=stdout, stderr=stderr, seconds=time.monotonic() - started)


def scrapy(folder: Path, *arguments: str, within: float = 100.0) -> Ended:
    """Run ``scrapy`` in a folder to its end."""
    return finish(start_python(folder, "-m", "scrapy", *arguments), within=within)
