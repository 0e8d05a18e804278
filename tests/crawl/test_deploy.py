"""What is shipped for schedulers, tried as far as a test can."""

from __future__ import annotations

import configparser
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scraper.cli import crawl
from scraper.replica import ReplicaServer, Site

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy"


def _arguments(command: str) -> list[str]:
    words = shlex.split(command)
    start = words.index("crawl")
    assert words[start - 1] == "/opt/vietnamvn/bin/vietnamvn"
    return words[start + 1 :]


def _parsed(arguments: list[str]) -> object:
    import argparse

    parser = argparse.ArgumentParser()
    crawl.add_arguments(parser)
    return parser.parse_args(arguments)


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
    assert listed == ["articles", "urls"]
    config = configparser.ConfigParser()
    config.read(ROOT / "scrapy.cfg")
    assert config["deploy"]["project"] == "vietnamvn"
    with ReplicaServer(Site(articles=3, languages=("vi", "en"))) as server:
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
        subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True, timeout=60)
        assert len(out.read_text(encoding="utf-8").splitlines()) == 6
    assert (tmp_path / "s.manifest.json").exists()
