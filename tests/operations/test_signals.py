"""A command ends in one way by Ctrl-C and by SIGTERM: while it loads, while it works, and when it is done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from scraper import cli
from scraper.whole_file import write_whole

ROOT = Path(__file__).resolve().parents[2]
_PROGRAM = """
import os, signal, sys
from scraper.starting import run
def sent(): os.kill(os.getpid(), signal.{name}); sum(range(1000))
def load():
    {load}
    return main
def main():
    {main}
    return 0
code = run(load)
{end}
sys.exit(code)
"""


def ended(name: str, load: str = "pass", main: str = "pass", end: str = "pass") -> tuple[int, str]:
    """Exit code and standard error of a program that sends itself a signal."""
    program = _PROGRAM.format(name=name, load=load, main=main, end=end)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=env)
    return done.returncode, done.stderr


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_while_the_command_loads_or_works(name: str) -> None:
    """Code 130 and one line; also where Python itself would end by the signal."""
    for part in ({"load": "sent()"}, {"main": "sent()"}, {"load": "exec('sent()')"}, {"main": "exec('sent()')"}):
        assert ended(name, **part) == (130, "vietnamvn: interrupted\n")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_after_the_work_changes_nothing(name: str) -> None:
    """What was done is done, and its code says so."""
    assert ended(name, end="sent()") == (0, "")


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_the_command_at_many_moments(sent: signal.Signals, tmp_path: Path) -> None:
    """From its first imports on: done, or interrupted."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    whole = 0.0
    for step in range(7):
        began = time.monotonic()
        words = [sys.executable, "-m", "vietnamvn", "runs", "--store", str(tmp_path / "none.db")]
        # The shell says when Python has been started, whose own start nobody can catch.
        job = subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if step:
            started = Path(f"/proc/{job.pid}/maps")
            while job.poll() is None and "_bisect" not in started.read_text() and time.monotonic() - began < 5:
                time.sleep(0.005)  # a module that only the command loads is there: it has begun
            time.sleep(whole * (step - 1) / 8)
            job.send_signal(sent)
        _, said = job.communicate(timeout=60)
        assert "Traceback" not in said
        assert job.returncode in ((1,) if not step else (1, 130)), (step, said)
        whole = whole or time.monotonic() - began


@pytest.mark.parametrize("kind", ["default", "own", "ignored"])
def test_a_command_called_from_python_leaves_signals_as_they_were(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGTERM ends it in order where nobody has decided about it; a program's own handler stays in force."""

    def own(number: int, frame: object) -> None:
        raise AssertionError

    before = {"default": signal.SIG_DFL, "own": own, "ignored": signal.SIG_IGN}[kind]
    during = []
    monkeypatch.setattr(cli, "_run", lambda argv: during.append(signal.getsignal(signal.SIGTERM)) or 0)
    kept = signal.signal(signal.SIGTERM, before)
    try:
        assert cli.main(["runs"]) == 0
        elsewhere = threading.Thread(target=cli.main, args=(["runs"],))  # where Python allows no handlers
        elsewhere.start()
        elsewhere.join(20)
        after = signal.getsignal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, kept)
    assert during == [signal.default_int_handler if kind == "default" else before, before]
    assert after == before


def test_a_pipe_that_nobody_reads_from_is_an_error(tmp_path: Path) -> None:
    """And one that somebody reads from gets everything."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="No such device or address"):
        write_whole(pipe, "x")
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    while not found:
        try:
            write_whole(pipe, "chợ nổi " * 50_000)
        except OSError:  # not there yet
            time.sleep(0.01)
        else:
            break
    reader.join(20)
    assert found == ["chợ nổi " * 50_000]
