"""Crawls that are killed, interrupted and shared: nothing is lost, nothing is fetched more often than that explains."""

from __future__ import annotations

import io
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
from forked import run_forked
from projects import QUICK
from warcio.archiveiterator import ArchiveIterator

from pipelines.storage import open_store
from scraper.replica import ReplicaServer, ReplicaSite

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
    return {path: count for path, count in server.fetches.items() if not path.endswith((".xml", ".txt", ".json"))}


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
    with ReplicaServer(ReplicaSite(articles=articles, per_day=200, languages=LANGUAGES)) as server:
        quiet, hard = f"sqlite:///{tmp_path}/quiet.db", f"sqlite:///{tmp_path}/hard.db"
        done = run_forked(_command(server, quiet), folder=_root(), timeout=900)
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
                _, told = process.communicate(timeout=300)
                if how == signal.SIGINT:
                    assert process.returncode in (130, 0), told
                    assert "Traceback" not in told
        done = run_forked(_command(server, hard), folder=_root(), timeout=900)
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
    """Three at work on one store, two of them killed at it: no address is shared, and none is lost."""
    total = articles * len(LANGUAGES)
    with (
        fresh_postgres_database() as store,
        ReplicaServer(ReplicaSite(articles=articles, per_day=200, languages=LANGUAGES)) as server,
    ):
        quiet = f"sqlite:///{tmp_path}/quiet.db"
        done = run_forked(_command(server, quiet), folder=_root(), timeout=900)
        assert done.returncode == 0, done.stderr
        server.fetches.clear()
        share = ("--share", "--manifest")
        with (
            _crawler(server, store, *share, str(tmp_path / "a.json")) as first,
            _crawler(server, store, *share, str(tmp_path / "b.json")) as second,
            _crawler(server, store, *share, str(tmp_path / "c.json")) as third,
        ):
            for process in (first, second):
                assert _wait_for_fetches(server, process, total // 4)
                assert _leases(store) > 0
                process.kill()
            told = third.communicate(timeout=600)[1]
            assert third.returncode == 0, told
        assert _rows(store) == _rows(quiet)
        fetched = _pages(server)
        assert len(fetched) == total
        assert max(fetched.values()) <= 3
        assert sum(fetched.values()) - total <= 2 * IN_FLIGHT


def _leases(store: str) -> int:
    """How many crawlers hold addresses."""
    with open_store(store, read_only=True) as opened:
        return len(opened.lease_holders())


@pytest.mark.parametrize(
    ("articles", "kills"), [pytest.param(*SMALL, id="small"), pytest.param(400, 30, id="whole", marks=pytest.mark.soak)]
)
def test_kills_leave_every_place_in_the_archive_readable(tmp_path: Path, articles: int, kills: int) -> None:
    """Files of 100 kB and kills: the place that the store names for a page holds that page, for any reader."""
    total = articles * len(LANGUAGES)
    chance = random.Random(articles)
    store = f"sqlite:///{tmp_path}/store.db"
    with ReplicaServer(ReplicaSite(articles=articles, per_day=200, languages=LANGUAGES)) as server:
        command = _scrapy_command(server, tmp_path / "store.db", tmp_path / "archive", warc_bytes=100_000)
        stops = 0
        while stops < kills:
            with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=_root()) as process:
                left = total - len(_pages(server))
                wanted = chance.randint(1, max(2, left // (kills - stops + 1)))
                if not _wait_for_fetches(server, process, wanted):
                    break
                process.kill()
                stops += 1
        done = subprocess.run(command, capture_output=True, text=True, cwd=_root(), timeout=900)
    assert done.returncode == 0, done.stderr
    assert stops == kills
    files = list((tmp_path / "archive").iterdir())
    assert len(files) > max(kills, total // 30)
    assert max(file.stat().st_size for file in files) < 2 * 100_000
    with open_store(store, read_only=True) as opened:
        places = {s.article.url or "": s.warc for s in opened.articles(revisions="all")}
    assert len(places) == total
    for url, place in places.items():
        assert place is not None
        packed = (tmp_path / "archive" / place.file).read_bytes()[place.offset : place.offset + place.length]
        assert len(packed) == place.length
        assert _urls_by_warcio(packed) == [url]
        assert _urls_by_fastwarc(packed) == [url]


def _scrapy_command(server: ReplicaServer, store: Path, archive: Path, *, warc_bytes: int) -> list[str]:
    arguments = {"base_url": server.base_url, "since": "2025-01-01", "until": "2025-12-31"}
    arguments |= {"store": str(store), "archive": str(archive)}
    given = [part for name, value in arguments.items() for part in ("-a", f"{name}={value}")]
    bound = ("-s", f"VIETNAMVN_WARC_BYTES={warc_bytes}")
    return [sys.executable, "-m", "scrapy", "crawl", "articles", *given, *QUICK, *bound]


def _urls_by_warcio(packed: bytes) -> list[str]:
    return [r.rec_headers["WARC-Target-URI"] for r in ArchiveIterator(io.BytesIO(packed)) if r.rec_type == "response"]


def _urls_by_fastwarc(packed: bytes) -> list[str]:
    warc = pytest.importorskip("fastwarc.warc", reason="fastwarc is not installed")
    records = warc.ArchiveIterator(io.BytesIO(packed), record_types=warc.WarcRecordType.response)
    return [record.headers["WARC-Target-URI"] for record in records]


def test_a_second_run_says_who_holds_the_lock(tmp_path: Path) -> None:
    """A run that finds another one at work on its store names it and ends in order; a dead one's lock is taken over."""
    store = f"sqlite:///{tmp_path}/store.db"
    with ReplicaServer(ReplicaSite(articles=50, per_day=200, languages=LANGUAGES)) as server:
        # At a second for each page it is at work for minutes, however fast the machine.
        with _crawler(server, store, "--delay", "1") as first:
            assert _wait_for_fetches(server, first, 5)
            second = run_forked(_command(server, store), folder=_root())
            assert second.returncode == 3
            assert f":{first.pid}:" in second.stderr
            assert len(second.stderr.strip().splitlines()) == 1
            os.kill(first.pid, signal.SIGKILL)
            first.wait()
        third = run_forked(_command(server, store), folder=_root())
        assert third.returncode == 0, third.stderr
