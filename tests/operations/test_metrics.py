"""Metrics as Prometheus reads them, by its own parser."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from watched_crawls import Crawl

from scraper.cli import main
from scraper.operations.metrics import METRICS, update_metrics
from scraper.replica import Fault, ReplicaSite

parser = pytest.importorskip("prometheus_client.parser", reason="the extra operations is not installed")


def read(path: Path) -> dict[tuple[str, Mapping[str, str] | tuple[tuple[str, str], ...]], float]:
    """Values by (name, labels but the job); help and type are there for each."""
    found = {}
    for family in parser.text_string_to_metric_families(path.read_text(encoding="utf-8")):
        assert (family.type, bool(family.documentation)) == ("gauge", True)
        for sample in family.samples:
            labels = tuple((k, v) for k, v in sorted(sample.labels.items()) if k != "job")
            found[sample.name.removeprefix("vietnamvn_"), labels] = sample.value
    return found


def test_a_crawl_and_one_that_fails(crawl: Crawl, site: ReplicaSite, tmp_path: Path) -> None:
    """All that is promised is there; a run that fails leaves the last success where it was."""
    file, archive = tmp_path / "crawl.prom", tmp_path / "archive"
    before = time.time()
    assert crawl("--metrics", str(file), "--archive", str(archive)).returncode == 0
    after = time.time()
    told = read(file)
    assert {name for name, _ in told} == set(METRICS)
    assert 'job="crawl"' in file.read_text(encoding="utf-8")
    assert told["last_exit_code", ()] == 0
    assert told["last_run_pages", (("outcome", "ok"),)] == 12
    assert told["last_run_texts", (("kind", "new"),)] == 12
    for state, number in (("listed", 6), ("stored", 6), ("unchanged", 0), ("failed", 0), ("left", 0)):
        assert told["last_run_articles", (("language", "en"), ("state", state))] == number
    start, end = told["last_start_timestamp_seconds", ()], told["last_end_timestamp_seconds", ()]
    assert before <= start < end == told["last_success_timestamp_seconds", ()] <= after
    assert told["last_duration_seconds", ()] == pytest.approx(end - start)
    assert told["store_bytes", ()] >= (tmp_path / "store.db").stat().st_size
    assert told["archive_bytes", ()] == sum(path.stat().st_size for path in archive.iterdir())
    # 2025-10-23 in Vietnam begins seven hours earlier.
    assert told["newest_article_timestamp_seconds", ()] == 1_761_152_400
    youngest, oldest = ((moment - 1_761_152_400) / 86_400 for moment in (start, after))
    assert youngest - 0.0005 <= told["newest_article_age_days", ()] <= oldest + 0.0005  # it has three digits
    site.faults.append(Fault(kind="challenge"))
    assert crawl("--metrics", str(file)).returncode == 4
    later = read(file)
    assert later["last_exit_code", ()] == 4
    assert later["last_success_timestamp_seconds", ()] == end < later["last_start_timestamp_seconds", ()]
    assert later["archive_bytes", ()] == told["archive_bytes", ()]


def test_other_jobs(empty_store: str, tmp_path: Path) -> None:
    """`export` and `clean` have theirs, each in a file of its own."""
    file = tmp_path / "export.prom"
    export = ["export", "jsonl", "--store", empty_store, "--out", str(tmp_path / "out")]
    assert main([*export, "--metrics", str(file)]) == 0
    assert read(file)["last_run_texts", (("kind", "written"),)] == 0
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"text": "no page", "url": "https://elsewhere.example/"}\n', encoding="utf-8")
    cleaning = ["clean", str(rows), "--out", str(tmp_path / "clean"), "--duplicates", "none"]
    assert main([*cleaning, "--metrics", str(tmp_path / "clean.prom")]) == 0
    assert read(tmp_path / "clean.prom")["last_run_texts", (("kind", "passed_over"),)] == 1


def test_files_that_are_not_ours(empty_store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They stay as they are, in one line, and the job does its work."""
    file = tmp_path / "some.prom"
    export = ["export", "jsonl", "--store", empty_store, "--out", str(tmp_path / "out"), "--metrics", str(file)]
    update_metrics(tmp_path / "crawl.prom", "crawl", {"last_exit_code": {(): 0}})
    of_another_job = (tmp_path / "crawl.prom").read_bytes()
    for content, said in (
        (b"my notes\n", "holds no metrics"),
        (b"\xff\xfe\n", "holds no metrics"),
        (b"node_load1 0.5\n", "holds other metrics"),
        (of_another_job, "give a file that only export uses"),
    ):
        file.write_bytes(content)
        assert main(export) == 0
        assert said in capsys.readouterr().err
        assert file.read_bytes() == content
    file.unlink()
    file.mkdir()
    assert main(export) == 0
    assert "the metrics cannot be written" in capsys.readouterr().err
