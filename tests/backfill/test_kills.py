"""Backfills that are killed: the store is that of an undisturbed run, row by row."""

from __future__ import annotations

import os
import random
import subprocess
import time
from pathlib import Path

import pytest
from backfills import ROOT, command, manifest, rows, run, scrapy_command

from scraper.replica import ReplicaSite
from scraper.replica.archives import archives

CASES = [pytest.param(8, 3, id="small"), pytest.param(40, 20, id="whole", marks=pytest.mark.soak)]


@pytest.mark.parametrize(("articles", "kills"), CASES)
def test_a_killed_run_goes_on_where_it_was(tmp_path: Path, articles: int, kills: int) -> None:
    """`kill -9` at random moments, then a run to the end; no capture is fetched much more often than once."""
    chance = random.Random(17)  # no secret
    sources = ("commoncrawl", "internetarchive")
    with archives(ReplicaSite(articles=articles, per_day=1, every=30)) as served:
        whole, killed = tmp_path / "whole.db", tmp_path / "killed.db"
        began = time.monotonic()
        assert run(command(served, whole, sources=sources)).returncode == 0
        longest = time.monotonic() - began
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        for _ in range(kills):
            called = command(served, killed, "--limit", str(5 * articles), sources=sources)
            with subprocess.Popen(  # our own command
                called, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT, env=environment
            ) as process:
                time.sleep(chance.uniform(0.8, 0.9 * longest))
                process.kill()
        ended = run(command(served, killed, sources=sources))
        assert ended.returncode == 0, ended.stderr
    assert rows(killed) == rows(whole)


@pytest.mark.parametrize(("articles", "kills"), CASES)
def test_a_killed_run_reads_files_on_where_it_was(tmp_path: Path, articles: int, kills: int) -> None:
    """The same for files that are read whole: `kill -9`, then on from the last record that the store knows."""
    chance = random.Random(18)  # no secret
    site = ReplicaSite(articles=articles, per_day=1, every=3)
    months = sorted({post.day.strftime("%Y/%m") for post in site.posts.values()})
    with archives(site, crawls=(), months=months) as served:
        whole, killed = tmp_path / "whole.db", tmp_path / "killed.db"

        def called(store: Path, *more: str) -> list[str]:
            pieces = ("VIETNAMVN_PIECE_BYTES=30000", "VIETNAMVN_BATCH=4", "VIETNAMVN_DATA_DELAY=0.02")
            window = (f"since={months[0].replace('/', '-')}-01", f"until={months[-1].replace('/', '-')}-28")
            given = [part for text in (*window, *more) for part in ("-a", text)]
            return [*scrapy_command(served, store, *pieces, source="ccnews"), *given]

        began = time.monotonic()
        assert run(called(whole)).returncode == 0
        longest = time.monotonic() - began
        for _ in range(kills):
            with subprocess.Popen(  # our own command
                called(killed, f"limit={3 * articles}"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            ) as process:  # fmt: skip
                time.sleep(chance.uniform(0.8, 0.9 * longest))
                process.kill()
        ended = run(called(killed))
        assert ended.returncode == 0, ended.stderr
        assert manifest(killed)["files"] == manifest(whole)["files"]
    assert rows(killed) == rows(whole)
