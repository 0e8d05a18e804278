"""What a killed command was writing is removed by the next one; what is being written stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from making_articles import make_article

from pipelines.batch import files
from pipelines.storage import open_store
from scraper.cli import main

ROOT = Path(__file__).resolve().parents[2]
_WRITER = """
import sys, time
from pathlib import Path
from pipelines.batch import files
with files.whole(sys.argv[1]) as path:
    path.write_bytes(b"half")
    print("writing", flush=True)
    time.sleep(60)
"""


def writer(target: Path) -> subprocess.Popen[str]:
    """A process that is in the middle of a file."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    job = subprocess.Popen([sys.executable, "-c", _WRITER, str(target)], env=env, stdout=subprocess.PIPE, text=True)
    assert job.stdout is not None
    assert job.stdout.readline() == "writing\n"
    return job


def test_the_dead_are_swept_up_and_the_living_not(tmp_path: Path) -> None:
    """By whom a name is; other people's files with such names stay, too."""
    dead, living = writer(tmp_path / "dead"), writer(tmp_path / "living")
    strange = tmp_path / f".{'0123456789abcdef' * 2}.part"
    strange.touch()
    try:
        dead.send_signal(signal.SIGKILL)
        dead.wait()
        assert len(list(tmp_path.glob(".*.part"))) == 3
        files.sweep(tmp_path)
        left = set(tmp_path.glob(".*.part"))
        assert strange in left
        assert len(left) == 2
    finally:
        living.kill()
        living.wait()
    files.sweep(tmp_path)
    assert list(tmp_path.iterdir()) == [strange]
    files.sweep(tmp_path / "none")


def test_a_backup_sweeps_up_what_a_killed_one_left(tmp_path: Path) -> None:
    """With SQLite's files beside it."""
    with open_store(tmp_path / "s.db") as store:
        store.add(make_article("bai", "fr"), seen_at="2025-10-24T01:00:00Z")
    dead = writer(tmp_path / "x")
    dead.kill()
    dead.wait()
    [half] = tmp_path.glob(".*.part")
    half.with_name(half.name + "-journal").touch()
    assert main(["store", "backup", str(tmp_path / "b.db"), "--store", str(tmp_path / "s.db")]) == 0
    assert list(tmp_path.glob(".*")) == []


def test_a_question_to_a_server_that_is_away_is_answered_soon() -> None:
    """`runs`, which watches others, waits for some seconds, not for minutes as work does."""
    began = time.monotonic()
    assert main(["runs", "--store", "postgresql://nobody@127.0.0.1:1/none"]) == 1
    assert time.monotonic() - began < 40
