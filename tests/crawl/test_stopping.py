"""A crawl that is stopped, by Scrapy's own settings or by a signal, ends soon and gives an honest account."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from projects import OURS, SOON, assert_told, crawl_arguments, finish, manifest_of, scrapy, start_python, write_files

from scraper.replica import Fault, ReplicaServer, ReplicaSite

PAGES = 12


@pytest.fixture
def paused() -> Iterator[ReplicaServer]:
    """A site that asks after the first page to be left alone for 300 seconds."""
    site = ReplicaSite(articles=PAGES, per_day=PAGES, languages=("vi",), last_day=date(2025, 10, 23))
    site.faults.append(Fault(kind="status", where=r"/[^.]*", status=429, retry_after="300"))
    with ReplicaServer(site) as server:
        yield server


def own_command(base_url: str, store: str) -> tuple[str, ...]:
    """Arguments of ``python`` for the same crawl by our own command."""
    window = ("--since", "2025-10-01", "--until", "2025-10-31", "--delay", "0")
    return ("-m", "scraper.cli", "crawl", "--base-url", base_url, "--store", store, *window)


def seconds(manifest: dict[str, Any]) -> float:
    """How long a run took, by its account."""
    began, ended = (datetime.fromisoformat(manifest[name]) for name in ("started_at", "finished_at"))
    return (ended - began).total_seconds()


def test_a_paused_crawl_ends_soon_whoever_ends_it(tmp_path: Path, paused: ReplicaServer) -> None:
    """While a host is paused for 300 s: CLOSESPIDER_TIMEOUT, Ctrl-C and SIGTERM, by Scrapy's command and by ours."""
    folder = write_files(tmp_path, OURS)
    timeout = ("-m", "scrapy", *crawl_arguments(paused.base_url, "timeout.db"), "-s", "CLOSESPIDER_TIMEOUT=3")
    starts: dict[str, tuple[tuple[str, ...], signal.Signals | None]] = {
        "timeout.db": (timeout, None),
        "ctrl_c.db": (("-m", "scrapy", *crawl_arguments(paused.base_url, "ctrl_c.db")), signal.SIGINT),
        "own.db": (own_command(paused.base_url, "own.db"), signal.SIGTERM),
    }
    for store, (arguments, number) in starts.items():
        paused.fetches.clear()
        process = start_python(folder, *arguments)
        wait_for_page(process, paused)
        time.sleep(0.5)  # the answer has come back, and all requests wait
        if number is not None:
            process.send_signal(number)
        ended = finish(process, within=30)
        if number is None:
            assert 3 <= seconds(manifest_of(folder, store)) < 3 + SOON
            assert_told(ended, folder, store, "incomplete")
            assert "stopped early by Scrapy (closespider_timeout)" in ended.stderr
        else:
            assert ended.seconds < SOON
            assert_told(ended, folder, store, "interrupted")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_crawl_with_a_long_delay_ends_soon(tmp_path: Path, number: signal.Signals) -> None:
    """What waits in Scrapy's own queue for its turn is nobody's failure: it is left for the next run."""
    site = ReplicaSite(articles=PAGES, per_day=PAGES, languages=("vi",), last_day=date(2025, 10, 23))
    with ReplicaServer(site) as server:
        process = start_python(tmp_path, *own_command(server.base_url, "store.db"), "--delay", "3")
        wait_for_page(process, server)
        time.sleep(0.5)
        process.send_signal(number)
        ended = finish(process, within=30)
    assert ended.seconds < SOON
    assert_told(ended, tmp_path, "store.db", "interrupted")
    totals = manifest_of(tmp_path, "store.db")["totals"]
    assert (totals["stored"], totals["failed"], totals["holds"]) == (1, {}, True)
    assert totals["left"] >= PAGES - 1


def wait_for_page(process: subprocess.Popen[str], server: ReplicaServer) -> None:
    """Wait until a page was asked for."""
    for _ in range(600):
        if any("." not in path for path in list(server.fetches)):
            return
        if process.poll() is not None:
            raise AssertionError(finish(process).stderr)
        time.sleep(0.05)
    process.kill()
    raise AssertionError("no page was asked for")


EARLY = """
import os
import signal


class Early:
    @classmethod
    def from_crawler(cls, crawler):
        os.kill(os.getpid(), signal.SIGTERM)
        return cls()
"""

EARLY_COMMAND = """
import sys
from early import Early
from scraper.cli import main
from scraper.extensions.stop import StopAfterSeries

StopAfterSeries.from_crawler = Early.from_crawler
sys.exit(main(sys.argv[1:]))
"""


def test_sigterm_before_the_engine_runs(tmp_path: Path, paused: ReplicaServer) -> None:
    """The run is interrupted before it has begun: that is its account, and nothing was fetched."""
    folder = write_files(tmp_path, {**OURS, "early.py": EARLY, "command.py": EARLY_COMMAND})
    early = ("-m", "scrapy", *crawl_arguments(paused.base_url, "early.db"), "-s", 'EXTENSIONS={"early.Early": 1}')
    for store, arguments in (
        ("early.db", early),
        ("own.db", ("command.py", *own_command(paused.base_url, "own.db")[2:])),
    ):
        ended = finish(start_python(folder, *arguments), within=60)
        manifest = manifest_of(folder, store)
        assert (ended.code, manifest["exit_code"], manifest["result"]) == (130, 130, "interrupted"), ended.stderr
        assert "Traceback" not in ended.stderr
    assert not [path for path in paused.fetches if "." not in path]


def test_arguments_that_cannot_be_are_told_in_one_line(tmp_path: Path) -> None:
    """``scrapy crawl`` as `vietnamvn crawl`: exit code 2, and nothing is begun."""
    folder = write_files(tmp_path, OURS)
    for arguments in (["articles", "-a", "since=yesterday"], ["urls"], ["urls", "-a", "urls=nowhere.txt"]):
        ended = scrapy(folder, "crawl", *arguments)
        assert (ended.code, len(ended.stderr.strip().splitlines())) == (2, 1), ended.stderr
