"""``vietnamvn demo`` as a new user calls it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from forked import without_progress

from pipelines.storage import open_store

ROOT = Path(__file__).parents[2]


def test_the_demo_needs_no_proxy(tmp_path: Path) -> None:
    """A proxy of the environment, which cannot reach this machine's loopback, is not asked."""
    dead = dict.fromkeys(("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
    environment = {k: v for k, v in os.environ.items() if k.lower() != "no_proxy"} | dead
    command = [sys.executable, "-m", "scraper.cli", "demo", "--out", str(tmp_path / "demo")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, without_progress(done.stderr)) == (0, "")
    assert "Go on with:" in done.stdout
    said = "A stand-in for the site, 12 articles in 14 languages, is at http://127.0.0.1:"
    assert said in (ROOT / "README.md").read_text(encoding="utf-8")
    assert said in done.stdout
    assert "None" not in done.stdout  # the article that is shown has no publisher


_FULL = """
import sys
from scraper.archive import Archive
from scraper.cli import main

def sync(self):
    raise OSError(28, "No space left on device")

Archive.sync = sync
sys.exit(main(["demo", "--out", sys.argv[1]]))
"""


def test_a_full_disk_under_the_archive_ends_in_order(tmp_path: Path) -> None:
    """One line, exit code 1, an account that is written, and a run that is ended, its lock given back."""
    folder = str(tmp_path / "demo")
    done = subprocess.run(
        [sys.executable, "-c", _FULL, folder], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 1
    (line,) = without_progress(done.stderr).splitlines()
    assert line.startswith("vietnamvn: the archive cannot be written (No space left on device)")
    account = json.loads((tmp_path / "demo" / "vietnamvn.manifest.json").read_text(encoding="utf-8"))
    assert account["exit_code"] != 0
    with open_store(f"sqlite:///{folder}/vietnamvn.db", read_only=True) as store:
        assert not list(store.articles())  # nothing is stored that the archive does not have
    with sqlite3.connect(f"{folder}/vietnamvn.db") as connection:
        assert connection.execute("SELECT count(*) FROM locks").fetchone() == (0,)
        assert connection.execute("SELECT outcome FROM runs").fetchall() == [(account["result"],)]
