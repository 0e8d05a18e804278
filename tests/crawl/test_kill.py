"""Crawls that are killed, interrupted and shared: nothing is lost, nothing is fetched more often than that explains."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from databases import fresh_postgres_database

from pipelines.storage import open_store
from scraper.replica import ReplicaServer, Site

LANGUAGES = ("vi", "en", "fr", "ru", "th")
IN_FLIGHT = 64 + 16  # results that wait for their transaction, and requests on their way: a kill costs no more
SOAK = (1000, 50)  # the issue's: 1,000 articles in 5 languages, 50 kills
SMALL = (30, 2)

CASES = [pytest.param(*SMALL, id="small"), pytest.param(*SOAK, id="whole", marks=pytest.mark.soak)]


def _command(server: ReplicaServer, store: str, *more: str) -> list[str]:
    command = [sys.executable, "-m", "scraper.cli", "crawl", "--base-url", server.base_url, "--store", store]
    return [*command, "--since", "2025-01-01", "--until", "2025-12-31", "--delay", "0", *more]


@contextmanager
def _crawler(server: ReplicaServer, store: str, *more: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        _command(server, store, *more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=_root()
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def _root() -> Path:
    return Path(__file__).resolve().parents[2]


def _pages(server: ReplicaServer) -> dict[str, int]:
    return {path: count for path, count in server.fetches.items() if not path.endswith((".xml", ".txt"))}


def _rows(store: str) -> list[tuple[Any, ...]]:
    """Every row that says what is stored, times and archive offsets left out."""
    with open_store(store, read_only=True) as opened:
        articles = [
            (
                s.slug,
                s.language,
                s.current,
                s.revision,
                s.gone_at,
                _timeless(replace(s.article, fetched_at=None).to_dict()),
            )
            for s in opened.articles(revisions="all")
        ]
        counts = [(c.day, c.language, c.state, c.outcome, c.addresses) for c in opened.counts()]
    return [*articles, *counts]


def _timeless(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, sort_keys=True)


def _wait_for_fetches(server: ReplicaServer, process: subprocess.Popen[str], more: int) -> bool:
    """Wait until so many further requests have come; False where the crawl ended first."""
    target = sum(server.fetches.values()) + more
    deadline = time.monotonic() + 120
    while sum(server.fetches.values()) < target:
        if process.poll() is not None:
            return False
        assert time.monotonic() < deadline, "the crawl stands still"
        time.sleep(0.002)
    return True


@pytest.mark.parametrize(("articles", "kills"), CASES)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill", "ctrl_c"])
def test_restarts_end_in_the_undisturbed_store(tmp_path: Path, how: signal.Signals, articles: int, kills: int) -> None:
    """Stopped at random moments and started again, the crawl ends as if nothing had been."""
    total = articles * len(LANGUAGES)
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    with ReplicaServer(Site(articles=articles, per_day=200, languages=LANGUAGES)) as server:
        quiet, hard = f"sqlite:///{tmp_path}/quiet.db", f"sqlite:///{tmp_path}/hard.db"
        done = subprocess.run(_command(server, quiet), capture_output=True, text=True, cwd=_root(), timeout=900)
        assert done.returncode == 0, done.stderr
        assert set(_pages(server).values()) == {1}
        assert len(_pages(server)) == total
        server.fetches.clear()
        stops = 0
        while stops < kills:
            with _crawler(server, hard, "--archive", str(tmp_path / "archive")) as process:
                left = total - len(_pages(server))
                if not _wait_for_fetches(server, process, chance.randint(1, max(2, left // (kills - stops + 1)))):
                    break
                process.send_signal(how)
                stops += 1
                _, told = process.communicate(timeout=60)
                if how == signal.SIGINT:
                    assert process.returncode in (130, 0), told
                    assert "Traceback" not in told
        done = subprocess.run(_command(server, hard), capture_output=True, text=True, cwd=_root(), timeout=900)
        assert done.returncode == 0, f"seed {seed}: {done.stderr}"
        assert stops == kills, f"seed {seed}: only {stops} stops came in time"
        assert _rows(hard) == _rows(quiet), f"seed {seed}"
        fetched = _pages(server)
        assert len(fetched) == total
        assert max(fetched.values()) <= 1 + stops, f"seed {seed}"
        again = sum(fetched.values()) - total
        # Ctrl-C stores what it has fetched: nothing at all is fetched twice.
        assert again <= (stops * IN_FLIGHT if how == signal.SIGKILL else 0), f"seed {seed}: {again} fetched again"


@pytest.mark.parametrize(
    "articles", [pytest.param(24, id="small"), pytest.param(1000, id="whole", marks=pytest.mark.soak)]
)
def test_three_crawlers_share_one_postgresql(tmp_path: Path, articles: int) -> None:
    """Three at work on one store, one of them killed: no address is shared, and none is lost."""
    total = articles * len(LANGUAGES)
    with (
        fresh_postgres_database() as store,
        ReplicaServer(Site(articles=articles, per_day=200, languages=LANGUAGES)) as server,
    ):
        quiet = f"sqlite:///{tmp_path}/quiet.db"
        done = subprocess.run(_command(server, quiet), capture_output=True, text=True, cwd=_root(), timeout=900)
        assert done.returncode == 0, done.stderr
        server.fetches.clear()
        share = ("--share", "--manifest")
        with (
            _crawler(server, store, *share, str(tmp_path / "a.json")) as first,
            _crawler(server, store, *share, str(tmp_path / "b.json")) as second,
            _crawler(server, store, *share, str(tmp_path / "c.json")) as third,
        ):
            assert _wait_for_fetches(server, first, total // 3)
            first.kill()
            told = [process.communicate(timeout=600)[1] for process in (second, third)]
            assert [second.returncode, third.returncode] == [0, 0], told
        assert _rows(store) == _rows(quiet)
        fetched = _pages(server)
        assert len(fetched) == total
        assert max(fetched.values()) <= 2
        assert sum(fetched.values()) - total <= IN_FLIGHT


def test_a_second_run_says_who_holds_the_lock(tmp_path: Path) -> None:
    """A run that finds another one at work on its store names it and ends in order; a dead one's lock is taken over."""
    store = f"sqlite:///{tmp_path}/store.db"
    with ReplicaServer(Site(articles=50, per_day=200, languages=LANGUAGES)) as server:
        # At a second for each page it is at work for minutes, however fast the machine.
        with _crawler(server, store, "--delay", "1") as first:
            assert _wait_for_fetches(server, first, 5)
            second = subprocess.run(_command(server, store), capture_output=True, text=True, cwd=_root(), timeout=60)
            assert second.returncode == 3
            assert f":{first.pid}:" in second.stderr
            assert len(second.stderr.strip().splitlines()) == 1
            os.kill(first.pid, signal.SIGKILL)
            first.wait()
        third = subprocess.run(_command(server, store), capture_output=True, text=True, cwd=_root(), timeout=120)
        assert third.returncode == 0, third.stderr
