"""Scrapy projects as their users have them: folders of files, and ``scrapy`` run in them in processes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.storage import open_store

ROOT = Path(__file__).resolve().parents[2]

QUICK = (
    *("-s", "DOWNLOAD_DELAY=0"),
    *("-s", "AUTOTHROTTLE_ENABLED=False"),
    *("-s", "RETRY_TIMES=1"),
    *("-s", "VIETNAMVN_BACKOFF=0.05"),
    *("-s", "VIETNAMVN_COMMIT_SECONDS=0.2"),
)
"""Arguments of a crawl of a site on loopback."""


OURS = {"scrapy.cfg": "[settings]\ndefault = scraper.settings\n"}
"""Files of a folder in which ``scrapy`` runs with our settings."""

SOON = 6.0 if "PYTEST_XDIST_WORKER" in os.environ else 2.0
"""Seconds in which a crawl that is stopped has ended; beside other tests it waits for its turn, too."""


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


def crawl_arguments(base_url: str, store: str = "crawl.db") -> tuple[str, ...]:
    """Of a crawl of all days of a replica into a store of the folder."""
    given = {"base_url": base_url, "since": "2025-10-01", "until": "2025-10-31", "store": store}
    return ("crawl", "articles", *(part for name, value in given.items() for part in ("-a", f"{name}={value}")), *QUICK)


def manifest_of(folder: Path, store: str) -> dict[str, Any]:
    """The account beside a store."""
    (path,) = folder.glob(f"{Path(store).stem}*manifest*.json")
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def assert_told(ended: Ended, folder: Path, store: str, result: str) -> None:
    """Process, account and store tell the same end, and no address was left leased."""
    manifest = manifest_of(folder, store)
    code = {"interrupted": 130, "incomplete": 3}[result]
    assert (ended.code, manifest["exit_code"], manifest["result"]) == (code, code, result), ended.stderr
    assert "Traceback" not in ended.stderr, ended.stderr
    with open_store(f"sqlite:///{folder / store}", read_only=True) as opened:
        assert opened.lease_holders() == []
        assert [run.outcome for run in opened.runs()] == [result]
