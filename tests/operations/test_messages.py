"""How commands speak: nothing on a good run where nobody wants to hear of it, or JSON Lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from watched_crawls import Crawl

from scraper.cli import main
from scraper.replica import Fault, ReplicaSite


def events(text: str) -> list[dict[str, Any]]:
    """Every line is an object with the four that all have."""
    found = [json.loads(line) for line in text.splitlines()]
    for event in found:
        assert {"time", "level", "event", "message"} <= event.keys()
        assert event["level"] in ("debug", "info", "warning", "error")
        assert event["time"].endswith("Z")
    return found


def test_cron_stays_silent(crawl: Crawl, site: ReplicaSite) -> None:
    """A good run prints nothing at all; one that fails says why."""
    done = crawl("--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    site.faults.append(Fault(kind="challenge"))
    done = crawl("--quiet")
    assert done.returncode == 4
    assert "blocked" in done.stderr + done.stdout


def test_each_page_is_an_event(crawl: Crawl) -> None:
    """With --verbose; the account is on standard output as ever."""
    done = crawl("--log-format", "json", "--verbose")
    assert done.returncode == 0
    assert done.stdout.startswith("complete: 12 listed")
    pages = [event for event in events(done.stderr) if event["event"] == "page"]
    assert len(pages) == 12
    assert {page["language"] for page in pages} == {"vi", "en"}
    assert {page["day"] for page in pages} == {"2025-10-22", "2025-10-23"}
    assert {(page["run"], page["outcome"]) for page in pages} == {(1, "ok")}
    assert all(page["url"].startswith("http://127.0.0.1") for page in pages)


def test_every_line_parses_where_much_goes_wrong(crawl: Crawl, site: ReplicaSite) -> None:
    """Faults, stops and the last words are events too."""
    site.faults.append(Fault(kind="empty", where="/en/.*"))
    done = crawl("--log-format", "json", "-v")
    assert done.returncode == 3
    found = events(done.stderr)
    assert {"page", "message"} <= {event["event"] for event in found}
    assert any(event["level"] == "warning" for event in found)
    text = crawl("-v")
    assert text.returncode == 3
    assert "Traceback" not in text.stderr


def test_errors_are_events(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """With their level; wrong usage too, once the form is known."""
    assert main(["store", "stats", "--store", f"sqlite:///{tmp_path}/none.db", "--log-format", "json"]) != 0
    (event,) = events(capsys.readouterr().err)
    assert (event["level"], event["event"]) == ("error", "message")
    assert "none.db" in event["message"]


def test_progress_is_an_event(capsys: pytest.CaptureFixture[str], empty_store: str, tmp_path: Path) -> None:
    """With its figures; quiet says nothing."""
    export = ["export", "jsonl", "--store", empty_store, "--out", str(tmp_path / "out")]
    assert main([*export, "--log-format", "json"]) == 0
    *_, progress, written = events(capsys.readouterr().err)
    assert (progress["event"], progress["work"], progress["share"], progress["rows"]) == ("progress", "exporting", 1, 0)
    assert written["event"] == "message"
    assert main([*export, "--quiet"]) == 0
    assert capsys.readouterr().err == ""
