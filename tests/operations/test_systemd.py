"""What systemd hears over its socket."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from watched_crawls import Crawl

from scraper.operations.systemd import notify, watchdog_seconds


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every message to a socket as systemd has it."""
    messages: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(0.2)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        over = threading.Event()

        def listen() -> None:
            while not over.is_set():
                try:
                    messages.append(listening.recv(65_536).decode())
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        yield messages
        over.set()
        thread.join()


def test_a_crawl_that_is_watched(heard: list[str], crawl: Crawl) -> None:
    """Ready once, states, signs of life, the end."""
    assert crawl("--delay", "0.2", WATCHDOG_USEC="400000").returncode == 0
    lines = [line for message in heard for line in message.splitlines()]
    assert lines[0] == "READY=1"
    assert lines.count("READY=1") == 1
    assert lines.count("WATCHDOG=1") >= 5
    assert any(line.startswith("STATUS=") and "pages in" in line for line in lines)
    assert lines[-2:] == ["STOPPING=1", "STATUS=storing what was fetched"]


def test_without_a_watchdog_there_are_no_signs(heard: list[str], crawl: Crawl) -> None:
    """Nor where it watches another process."""
    assert crawl(WATCHDOG_USEC="400000", WATCHDOG_PID="1").returncode == 0
    assert heard
    assert not any("WATCHDOG" in message for message in heard)


def test_a_socket_that_is_gone_stops_nothing(crawl: Crawl, tmp_path: Path) -> None:
    """Nor one in an odd form."""
    for place in (str(tmp_path / "gone"), "vsock:2:1234", "@nobody-listens-here"):
        assert crawl(NOTIFY_SOCKET=place).returncode == 0


def test_the_abstract_name_space(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its names begin with `@`; a status is one line."""
    name = f"vietnamvn-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0{name}")
        listening.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
        notify(READY=1, STATUS="two\nlines")
        assert listening.recv(1000) == b"READY=1\nSTATUS=two lines"


@pytest.mark.parametrize(("usec", "seconds"), [("30000000", 30.0), ("0", None), ("", None), ("soon", None)])
def test_the_watchdog_s_time(usec: str, seconds: float | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """In microseconds, where there is one."""
    monkeypatch.setenv("WATCHDOG_USEC", usec)
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    assert watchdog_seconds() == seconds
