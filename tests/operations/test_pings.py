"""A dead man's switch hears of each end, and whatever it answers, the run is what it is."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from watched_crawls import ROOT, Crawl

from scraper.cli import main
from scraper.operations.ping import Ping
from scraper.replica import Fault, ReplicaSite


class Switch(ThreadingHTTPServer):
    """Notes every ping: path, run id, body; answers with `status`."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, str]] = []
        self.status = 200
        switch = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                parts = urlsplit(self.path)
                switch.heard.append((parts.path, parse_qs(parts.query)["rid"][0], body))
                self.send_response(switch.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: Any) -> None:
                """Nothing on standard error."""

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        """Its address, with what is a secret."""
        return f"http://127.0.0.1:{self.server_port}/secret-id"


@pytest.fixture
def switch() -> Iterator[Switch]:
    """One that listens."""
    with Switch() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def test_a_good_run(switch: Switch, crawl: Crawl) -> None:
    """Start, and exit code with the account; one run id for both, another one for another run."""
    assert crawl("--ping", switch.url).returncode == 0
    (start, first, nothing), (end, second, account) = switch.heard
    assert (start, end, nothing) == ("/secret-id/start", "/secret-id/0", "")
    assert first == second
    assert account.startswith("complete: 12 listed = 12 stored + 0 unchanged")
    assert crawl("--ping", f"{switch.url}/").returncode == 0
    assert [path for path, _, _ in switch.heard[2:]] == ["/secret-id/start", "/secret-id/0"]
    assert switch.heard[2][1] != first


def test_a_blocked_run(switch: Switch, crawl: Crawl, site: ReplicaSite) -> None:
    """The exit code says so, and the body why."""
    site.faults.append(Fault(kind="challenge"))
    done = crawl("--ping", switch.url)
    assert done.returncode == 4
    path, _, account = switch.heard[-1]
    assert path == "/secret-id/4"
    assert "blocked" in account


def test_a_run_that_could_not_begin(switch: Switch, crawl: Crawl, tmp_path: Path) -> None:
    """A wrong call, and a store that is none, are ends too."""
    assert crawl("--ping", switch.url, "--since", "2025-13-01").returncode == 2
    (tmp_path / "store.db").write_text("no database, but a text that is long enough to be one", encoding="utf-8")
    assert crawl("--ping", switch.url).returncode == 1
    assert [path for path, _, _ in switch.heard] == [f"/secret-id/{end}" for end in ("start", "2", "start", "1")]
    assert "2025-13-01" in switch.heard[1][2]
    assert "store.db" in switch.heard[3][2]


def test_signals(switch: Switch, command: list[str]) -> None:
    """SIGTERM is an end that is told; behind a kill there is silence, which is what the switch is for."""
    start, interrupted = "/secret-id/start", "/secret-id/130"
    for number, ends in ((signal.SIGTERM, [start, interrupted]), (signal.SIGKILL, [start])):
        switch.heard.clear()
        slow = [*command, "--delay", "20", "--ping", switch.url]
        with subprocess.Popen(slow, cwd=ROOT, stderr=subprocess.DEVNULL) as running:
            deadline = time.monotonic() + 60
            while not switch.heard and time.monotonic() < deadline:
                time.sleep(0.05)
            time.sleep(1.5)  # it is at work
            os.kill(running.pid, number)
            running.wait(60)
        assert [path for path, _, _ in switch.heard] == ends


@pytest.mark.parametrize("status", [404, 500])
def test_a_switch_that_refuses(switch: Switch, crawl: Crawl, status: int) -> None:
    """One line for start and end each, which does not give the address away; the exit code stays."""
    switch.status = status
    done = crawl("--ping", switch.url)
    assert done.returncode == 0
    told = [line for line in done.stderr.splitlines() if "--ping" in line]
    assert len(told) == 2
    assert all(f"HTTP {status}" in line and "secret" not in line for line in told)


def test_a_switch_that_is_not_there(capsys: pytest.CaptureFixture[str], empty_store: str, tmp_path: Path) -> None:
    """Nobody listens: a line, and the export is made."""
    with Switch() as gone:
        url = gone.url
    assert main(["export", "jsonl", "--store", empty_store, "--out", str(tmp_path / "out"), "--ping", url]) == 0
    assert capsys.readouterr().err.count("127.0.0.1 did not get the ping of") == 2


@pytest.mark.parametrize("url", ["hc.example/x", "file:///etc/passwd", "http://", "https://[::1", "ftp://x/y"])
def test_what_is_no_address(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong usage, told without the value, which may be a secret."""
    assert main(["export", "jsonl", "--store", "sqlite:///none.db", "--out", "none", "--ping", url]) == 2
    assert "--ping: not an http or https address" in capsys.readouterr().err


def test_a_long_account_keeps_its_end(switch: Switch) -> None:
    """The service keeps 100 kB."""
    Ping(switch.url).end(3, "x" * 200_000 + "the end")
    (path, _, body) = switch.heard[0]
    assert (path, len(body), body[-7:]) == ("/secret-id/3", 100_000, "the end")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (TimeoutError("timed out"), "(timed out)"), (TimeoutError(), "(TimeoutError)"),
        (http.client.BadStatusLine("no HTTP"), "(no HTTP)"), (http.client.IncompleteRead(b""), "(IncompleteRead("),
    ],
)  # fmt: skip
def test_what_a_switch_fails_with_is_said(
    error: Exception, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In its own words, or by its name where it has none; nothing of the address but its host."""

    def failing(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("urllib.request.urlopen", failing)
    Ping("https://switch.example/secret-id").end(0, "complete")
    (line,) = capsys.readouterr().err.splitlines()
    assert f"switch.example did not get the ping of the end {told}" in line
    assert "secret-id" not in line
