"""What is shipped for schedulers, tried as far as a test can."""

from __future__ import annotations

import configparser
import importlib.util
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scraper.cli import command_parser
from scraper.replica import ReplicaServer, ReplicaSite

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy"
SPIDERS = ["articles", "backfill", "urls"]


def _arguments(command: str) -> list[str]:
    words = shlex.split(command)
    start = words.index("crawl")
    assert words[start - 1] == "/opt/vietnamvn/bin/vietnamvn"
    return words[start + 1 :]


def _parsed(arguments: list[str]) -> object:
    return command_parser("crawl").parse_args(arguments)


def test_systemd_service_runs_a_command_that_exists() -> None:
    """The service's command line is one that `vietnamvn crawl` takes, and stopping it is a Ctrl-C."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "vietnamvn-crawl.service")
    assert _parsed(_arguments(unit["Service"]["ExecStart"]))
    assert unit["Service"]["KillSignal"] == "SIGINT"
    timer = configparser.ConfigParser(interpolation=None)
    timer.read(DEPLOY / "vietnamvn-crawl.timer")
    assert timer["Timer"]["OnCalendar"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here to check the units")
def test_systemd_accepts_the_units() -> None:
    """systemd's own checker finds nothing wrong but the absence of our program at the example's path."""
    done = subprocess.run(
        ["systemd-analyze", "verify", str(DEPLOY / "vietnamvn-crawl.service"), str(DEPLOY / "vietnamvn-crawl.timer")],
        capture_output=True,
        text=True,
    )
    complaints = [line for line in done.stderr.splitlines() if "not executable" not in line and "vietnamvn" in line]
    assert complaints == []


def test_crontab_line_is_a_command_that_exists() -> None:
    """The crontab line has five fields of time and a command that `vietnamvn crawl` takes."""
    [line] = [x for x in (DEPLOY / "crontab").read_text().splitlines() if x and not x.startswith(("#", "VIETNAMVN_"))]
    fields = line.split(maxsplit=5)
    assert fields[:5] == ["15", "*/6", "*", "*", "*"]
    assert _parsed(_arguments(fields[5]))


def test_scrapy_finds_the_project(tmp_path: Path) -> None:
    """`scrapy list` and `scrapy crawl articles` work from the project's folder through scrapy.cfg."""
    scrapy = [sys.executable, "-m", "scrapy"]
    listed = subprocess.run([*scrapy, "list"], capture_output=True, text=True, cwd=ROOT, check=True).stdout.split()
    assert listed == SPIDERS
    config = configparser.ConfigParser()
    config.read(ROOT / "scrapy.cfg")
    assert config["deploy"]["project"] == "vietnamvn"
    with ReplicaServer(ReplicaSite(articles=3, languages=("vi", "en"))) as server:
        out = tmp_path / "out.jsonl"
        arguments = {"base_url": server.base_url, "since": "2025-01-01", "store": f"sqlite:///{tmp_path}/s.db"}
        command = [
            *scrapy,
            "crawl",
            "articles",
            "-o",
            str(out),
            "-s",
            "DOWNLOAD_DELAY=0",
            "-s",
            "AUTOTHROTTLE_ENABLED=False",
        ]
        for name, value in arguments.items():
            command += ["-a", f"{name}={value}"]
        subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True, timeout=300)
        assert len(out.read_text(encoding="utf-8").splitlines()) == 6
    assert (tmp_path / "s.manifest.json").exists()


def test_scrapyd_runs_the_crawl(tmp_path: Path) -> None:
    """A scrapyd server takes the egg, knows the spiders, and a job that it runs ends with a whole account."""
    if importlib.util.find_spec("scrapyd") is None:
        pytest.skip("scrapyd is not installed")
    egg = tmp_path / "vietnamvn.egg"
    subprocess.run([sys.executable, str(DEPLOY / "scrapyd_egg.py"), str(egg)], check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"http_port": port, "bind_address": "127.0.0.1", "poll_interval": 0.2}
    settings |= {f"{name}_dir": tmp_path / name for name in ("eggs", "logs", "dbs")}
    lines = ["[scrapyd]", *(f"{name} = {value}" for name, value in settings.items())]
    (tmp_path / "scrapyd.conf").write_text("\n".join(lines))
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    site = ReplicaSite(articles=6, per_day=6, languages=("vi", "en"), last_day=date(2025, 10, 23))
    with ReplicaServer(site) as server:
        log = (tmp_path / "scrapyd.log").open("wb")
        command = [sys.executable, "-c", "from scrapyd.__main__ import main; main()"]
        with log, subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log) as scrapyd:
            try:
                asked = _Scrapyd(port)
                asked.until_it_answers()
                assert asked("addversion.json", project="vietnamvn", version="1", egg=egg.read_bytes())[
                    "spiders"
                ] == len(SPIDERS)
                given = {"base_url": server.base_url, "since": "2025-10-01", "until": "2025-10-31"}
                given |= {"store": str(tmp_path / "s.db"), "setting": "DOWNLOAD_DELAY=0"}
                assert asked("schedule.json", project="vietnamvn", spider="articles", **given)["status"] == "ok"
                until = time.monotonic() + 60
                while not asked("listjobs.json?project=vietnamvn")["finished"]:
                    assert time.monotonic() < until, "the job does not end"
                    time.sleep(0.2)
            finally:
                scrapyd.terminate()
    manifest = json.loads((tmp_path / "s.manifest.json").read_text(encoding="utf-8"))
    assert (manifest["exit_code"], manifest["totals"]["stored"]) == (0, 12)


class _Scrapyd:
    """A scrapyd server's interface: a call is a GET, or with fields a POST of a form; the answer as JSON types."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}/"

    def __call__(self, path: str, **fields: str | bytes) -> dict[str, Any]:
        body, headers = None, {}
        if fields:
            boundary = "7d3e9a"
            headers["Content-Type"] = f"multipart/form-data; boundary={boundary}"
            body = b"".join(
                f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'.encode()
                + (b'; filename="p.egg"' if isinstance(value, bytes) else b"")
                + b"\r\n\r\n"
                + (value if isinstance(value, bytes) else value.encode())
                + b"\r\n"
                for name, value in fields.items()
            )
            body += f"--{boundary}--\r\n".encode()
        request = urllib.request.Request(self._base + path, data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=300) as answer:
            found: dict[str, Any] = json.loads(answer.read())
        return found

    def until_it_answers(self) -> None:
        """Wait for the server to begin."""
        until = time.monotonic() + 30
        while True:
            try:
                self("daemonstatus.json")
            except OSError:
                assert time.monotonic() < until, "scrapyd has not begun"
                time.sleep(0.1)
            else:
                return
