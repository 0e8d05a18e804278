"""The commands of "a year in one page" (docs/operations.md) are run, in their order; those of root are read."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from databases import fresh_postgres_database

from scraper.cli import COMMANDS, command_parser
from scraper.replica import ReplicaServer, ReplicaSite

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").split("## A year in one page")[1].split("\n## ")[0]
BLOCKS = [line.strip() for line in PAGE.splitlines() if line.startswith("    ")]
IN_TABLE = [call for call in re.findall(r"`([^`]+)`", PAGE) if call.startswith("vietnamvn ")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a crawl leaves, in the place that the page has it."""
    made = tmp_path_factory.mktemp("year")
    site = ReplicaSite(articles=4, per_day=2, languages=("vi", "en"))
    with ReplicaServer(site) as server:
        words = ["--base-url", server.base_url, "--since", min(site.by_day).isoformat(), "--archive", "archive"]
        assert run(made, ["crawl", "--delay", "0", *words]) == 0
    return made


def run(folder: Path, words: list[str], **more: str) -> int:
    """The code of a command that is started in a folder."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    done = subprocess.run([sys.executable, "-m", "scraper.cli", *words], cwd=folder, env=env, capture_output=True)
    assert b"Traceback" not in done.stderr
    return done.returncode


def given(call: str, database: str) -> list[str]:
    """The arguments of a line, with a day and a database of ours."""
    words = shlex.split(call.replace("DAY", (date.today() - timedelta(days=7)).isoformat()))
    return [database if word.startswith("postgresql://") else word for word in words[1:]]


def test_every_command_exists() -> None:
    """Names and options, of those as well that ask the live site."""
    assert len(IN_TABLE) >= 7
    for call in [*IN_TABLE, *(line for line in BLOCKS if line.startswith("vietnamvn "))]:
        name, *rest = given(call, "x.db")
        assert name in COMMANDS
        assert command_parser(name).parse_args(rest)


def test_the_year(folder: Path) -> None:
    """In the order of the page, each ends with 0; what came out of the upgrade is what was there."""
    pytest.importorskip("matplotlib", reason="the extra view is not installed")
    with fresh_postgres_database() as database:
        done = []
        for line in BLOCKS:
            if line.startswith("vietnamvn "):
                done.append(line)
                assert run(folder, given(line, database)) == 0, line
        for call in IN_TABLE:
            if not call.startswith("vietnamvn doctor"):
                done.append(call)
                assert run(folder, given(call, "vietnamvn.db")) == 0, call
    assert len(done) >= 14
    assert (folder / "report.html").exists()


def test_a_backup_that_is_put_back(folder: Path) -> None:
    """As the page has it: the store away with what stands beside it, the backup in its place."""
    backup = folder / "kept.db"
    assert run(folder, ["store", "backup", "kept.db", "--store", "vietnamvn.db"]) == 0
    for end in ("", "-wal", "-shm"):
        (folder / f"vietnamvn.db{end}").unlink(missing_ok=True)
    backup.rename(folder / "vietnamvn.db")
    assert run(folder, ["store", "check", "--store", "vietnamvn.db"]) == 0
    assert run(folder, ["audit", "--store", "vietnamvn.db"]) == 0
