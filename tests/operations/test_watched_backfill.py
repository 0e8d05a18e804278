"""A backfill is watched as a crawl is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from forked import run_forked
from watched_crawls import ROOT

from scraper.replica import ReplicaSite
from scraper.replica.archives import archives


def test_metrics_and_silence(tmp_path: Path) -> None:
    """A good run under cron prints nothing; its metrics are those of its account."""
    parser = pytest.importorskip("prometheus_client.parser", reason="the extra operations is not installed")
    with archives(ReplicaSite(articles=3, per_day=1, every=100)) as served:
        command = [sys.executable, "-m", "scraper.cli", "backfill", "--from", "commoncrawl", "--delay", "0", "--quiet"]
        command += ["--collinfo-url", served.collinfo_url, "--data-url", served.data_url]
        command += ["--store", f"sqlite:///{tmp_path}/store.db", "--metrics", str(tmp_path / "backfill.prom")]
        done = run_forked(command, folder=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    text = (tmp_path / "backfill.prom").read_text(encoding="utf-8")
    samples = [sample for family in parser.text_string_to_metric_families(text) for sample in family.samples]
    assert {sample.labels["job"] for sample in samples} == {"backfill"}
    values = {sample.name: sample.value for sample in samples}
    assert values["vietnamvn_last_exit_code"] == 0
    assert values["vietnamvn_last_success_timestamp_seconds"] == values["vietnamvn_last_end_timestamp_seconds"]
    assert values["vietnamvn_store_bytes"] > 0
    texts = {s.labels["kind"]: s.value for s in samples if s.name == "vietnamvn_last_run_texts"}
    assert texts["new"] + texts["revision"] > 10
