"""A crawl records what the site says; when the site says otherwise, a recheck tells which of its texts that closes."""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from pathlib import Path

from forked import run_forked

from pipelines.export import export, update
from pipelines.storage import Selection, open_store
from scraper.replica import ReplicaServer, ReplicaSite

ROOT = Path(__file__).resolve().parents[2]
NO = "User-agent: *\nContent-Usage: train-ai=n\nDisallow: /fr/\n"


def test_a_crawl_a_changed_robots_txt_and_a_recheck(tmp_path: Path) -> None:
    """Nothing is closed; then all to training, and one language to us; the next crawl takes them out of the export."""
    store, out = tmp_path / "store.db", tmp_path / "out"
    wanted = Selection(allowed=("train-ai", "fetch"))
    site = ReplicaSite(articles=4, per_day=2, languages=("vi", "fr"), last_day=date(2025, 10, 23))
    with ReplicaServer(site) as server:

        def call(*words: str) -> tuple[int, str, str]:
            command = [sys.executable, "-m", "scraper.cli", *words, "--store", str(store), "--delay", "0"]
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            done = run_forked([*command, "--base-url", server.base_url], folder=tmp_path, environment=environment)
            return done.returncode, done.stdout, done.stderr

        def recheck() -> tuple[int, dict[tuple[str, str], tuple[int, int]]]:
            code, shown, told = call("rights", "recheck", "--format", "jsonl", "--fail-on", "left-out")
            assert code in (0, 1), told
            rows = map(json.loads, shown.splitlines())
            return code, {(row["by"], row["name"]): (row["left_out"], row["new"]) for row in rows}

        days = ("--since", "2025-10-20", "--until", "2025-10-23")
        assert call("crawl", *days)[0] == 0
        with open_store(f"sqlite:///{store}", read_only=True) as opened:
            assert export(opened, out, form="jsonl", selection=wanted).rows == 8
        assert recheck() == (0, {("all", ""): (0, 0)})
        site.robots = NO
        code, found = recheck()
        assert (code, found["all", ""], found["language", "fr"], found["language", "vi"]) == (1, (8, 8), (4, 4), (4, 4))
        assert found["signal", "robots.txt: disallows it"] == (4, 4)
        assert found["signal", "robots.txt content-usage: train-ai=n"] == (8, 8)
        site.robots = "User-agent: *\nContent-Usage: train-ai=n\n"
        for slug in site.posts:
            site.retranslate(slug, "vi")
        assert call("crawl", *days)[0] == 0
        assert recheck()[1]["all", ""][0] == 8
    with open_store(f"sqlite:///{store}", read_only=True) as opened:
        done = update(opened, out)
    assert done.changes["removed"] == {"superseded": 4, "not-selected": 4}
    assert done.manifest.rows == 0
