"""The same bytes from every engine, whatever is killed on the way."""

from __future__ import annotations

import importlib.util
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import samples

from pipelines.batch.engines import Lost
from pipelines.batch.engines.local import LocalEngine
from pipelines.errors import UsageError, VietnamvnError

Clean = Callable[..., tuple[int, dict[str, Any], str]]

needs_ray = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="the extra ray is not installed")
ENGINES = ["local", pytest.param("ray", marks=needs_ray)]
ATTEMPTS = 3  # runs for each kill: on a fast machine some are over before it
OPTIONS = ("--drop-duplicates", "--shard-bytes", "4K")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a WARC, JSON lines and Parquet, duplicates among them, and some broken rows."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "a.warc.gz").write_bytes(samples.crawl(range(200)))
    rows = samples.texts()
    samples.write_lines(folder / "b.jsonl", [*samples.fineweb(rows), {"url": "https://www.vietnam.vn/x"}])
    samples.write_parquet(folder / "c.parquet", samples.hplt(rows[::2]))
    with (folder / "b.jsonl").open("ab") as file:
        file.write(b"{no json\n")
    return folder


@pytest.fixture(scope="module")
def undisturbed(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the command writes with one local worker."""
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    assert start(corpus, out, "--workers", 1).wait() == 3
    content = samples.content(out)
    assert len(samples.rows_of(out)) > 90
    assert len(content) > 30
    assert samples.rows_of(out, "duplicates")
    return content


def start(corpus: Path, out: Path, *options: object) -> subprocess.Popen[bytes]:
    """The command in a process of its own, and a process group of its own."""
    command = [sys.executable, "-m", "scraper.cli", "clean", corpus, "--out", out, *OPTIONS, *options]
    return subprocess.Popen(
        list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


@pytest.mark.parametrize("workers", [2, 3])
def test_local_workers_give_the_same_bytes(
    workers: int, corpus: Path, undisturbed: dict[str, bytes], tmp_path: Path, clean: Clean
) -> None:
    """The number of processes changes nothing."""
    code, summary, _ = clean(corpus, "--out", tmp_path / "out", *OPTIONS, "--workers", workers)
    assert code == 3
    assert summary["rows"] == sum(summary[n] for n in ("clean", "rejected", "passed_over", "duplicates"))
    assert samples.content(tmp_path / "out") == undisturbed


@needs_ray
@pytest.mark.parametrize("workers", [pytest.param(1, marks=pytest.mark.soak), 2])  # Ray takes ten seconds to start
def test_ray_gives_the_same_bytes(workers: int, corpus: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    """Ray with one and with two workers writes what local processes write."""
    assert start(corpus, tmp_path / "out", "--engine", "ray", "--workers", workers).wait() == 3
    assert samples.content(tmp_path / "out") == undisturbed


def test_a_rerun_does_nothing_again(corpus: Path, undisturbed: dict[str, bytes], tmp_path: Path, clean: Clean) -> None:
    """All shards and parts are found done; nothing is written but the manifest."""
    out = tmp_path / "out"
    clean(corpus, "--out", out, *OPTIONS)
    before = times(out)
    code, _, err = clean(corpus, "--out", out, *OPTIONS)
    assert code == 3
    assert "shards were done by an earlier run" in err
    assert times(out) == before
    assert samples.content(out) == undisturbed


def test_changed_input_is_done_again(tmp_path: Path, clean: Clean) -> None:
    """A file that changed is cleaned anew, its unchanged neighbour is not; options count as a change too."""
    folder = tmp_path / "in"
    samples.write_lines(folder / "a.jsonl", samples.texts()[:3])
    samples.write_lines(folder / "b.jsonl", samples.texts()[3:6])
    _, _, _ = clean(folder, "--out", tmp_path / "out")
    samples.write_lines(folder / "a.jsonl", samples.texts()[6:10])
    _, summary, err = clean(folder, "--out", tmp_path / "out")
    assert "1 of 2 shards were done by an earlier run" in err
    assert summary["clean"] == 7
    assert len(samples.rows_of(tmp_path / "out")) == 7
    _, _, err = clean(folder, "--out", tmp_path / "out", "--max-row-bytes", "1M")
    assert "earlier run" not in err


def test_parts_of_an_earlier_job_do_not_stay(tmp_path: Path, clean: Clean) -> None:
    """When the input shrinks or the format changes, no part of the earlier output is left among the new ones."""
    folder = tmp_path / "in"
    samples.write_lines(folder / "a.jsonl", samples.texts()[:3])
    samples.write_lines(folder / "b.jsonl", samples.texts()[3:6])
    clean(folder, "--out", tmp_path / "out")
    (folder / "b.jsonl").unlink()
    clean(folder, "--out", tmp_path / "out", "--format", "parquet")
    assert [p.name for p in (tmp_path / "out" / "clean").iterdir()] == ["train-00000-of-00001.parquet"]


@dataclass(frozen=True)
class Die:
    """A task that kills its own process, as long as the file is not there; then it gives its number."""

    number: int
    once: Path | None

    def __call__(self) -> int:
        """Die, or give the number."""
        if self.once is None or not self.once.exists():
            if self.once:
                self.once.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return self.number


@dataclass(frozen=True)
class Give:
    """A task that gives its number."""

    number: int

    def __call__(self) -> int:
        """Give it."""
        return self.number


def test_a_dead_worker_is_replaced(tmp_path: Path) -> None:
    """Its task is done again, and the other tasks do not notice."""
    tasks = [Give(0), Die(1, tmp_path / "died"), Give(2), Give(3)]
    assert sorted(LocalEngine(workers=2).run(tasks)) == [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert (tmp_path / "died").exists()


def test_a_task_that_always_kills_its_worker_is_given_up() -> None:
    """After three workers it is lost, with the signal in the reason; the other tasks are done."""
    results = dict(LocalEngine(workers=2).run([Give(0), Die(1, None), Give(2)]))
    assert (results[0], results[2]) == (0, 2)
    lost = results[1]
    assert isinstance(lost, Lost)
    assert "3 times" in lost.detail
    assert "SIGKILL" in lost.detail


@dataclass(frozen=True)
class Fail:
    """A task with a bug, or one that tells the user something."""

    error: Exception

    def __call__(self) -> int:
        """Fail."""
        raise self.error


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ZeroDivisionError("of ours"), r"a task failed \(ZeroDivisionError: of ours\); this is a bug"),
        (UsageError("the call is wrong"), r"\Athe call is wrong\Z"),
    ],
)
def test_an_error_of_a_task_is_one_line(error: Exception, message: str) -> None:
    """It ends the run as an error that a user can be shown, never as a traceback of a worker."""
    with pytest.raises(VietnamvnError, match=message):
        list(LocalEngine(workers=1).run([Give(0), Fail(error)]))


@pytest.mark.parametrize("reports", [0, 2], ids=["while workers start", "at work"])
def test_ctrl_c_ends_cleanly(
    reports: int, corpus: Path, undisturbed: dict[str, bytes], tmp_path: Path, clean: Clean
) -> None:
    """One line, exit code 130, no process and no half-written part left; a rerun finishes the job."""
    command = [sys.executable, "-m", "scraper.cli", "clean", corpus, *OPTIONS, "--workers", 2, "--out"]
    for number in range(ATTEMPTS):
        process = subprocess.Popen(
            list(map(str, [*command, tmp_path / str(number)])),
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        if reports:
            wait_for_reports(tmp_path / str(number), reports, process)
        else:
            wait_for_workers(process)
            time.sleep(0.15)
        workers = descendants(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=300)
        if process.returncode != 3:  # else it was over before
            break
    assert process.returncode == 130
    assert out == b""
    assert err.splitlines()[-1] == b"vietnamvn: interrupted"
    assert b"Traceback" not in err
    assert workers
    wait_until_gone(workers)
    assert clean(corpus, "--out", tmp_path / str(number), *OPTIONS)[0] == 3
    assert samples.content(tmp_path / str(number)) == undisturbed


def test_kill_of_a_worker(corpus: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    """kill -9 of a worker at a random moment changes nothing in the output."""
    kill_workers("local", corpus, undisturbed, tmp_path, moments=1)


def test_kill_of_the_driver(corpus: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    """kill -9 of the command at a random moment: a rerun gives the same output and keeps the finished shards."""
    kill_drivers("local", corpus, undisturbed, tmp_path, moments=1)


@pytest.mark.soak
@pytest.mark.parametrize("engine", ENGINES)
def test_twenty_kills_of_a_worker(engine: str, corpus: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    """kill -9 at 20 random moments, on each engine."""
    kill_workers(engine, corpus, undisturbed, tmp_path, moments=20)


@pytest.mark.soak
@pytest.mark.parametrize("engine", ENGINES)
def test_twenty_kills_of_the_driver(engine: str, corpus: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    """kill -9 at 20 random moments, on each engine."""
    kill_drivers(engine, corpus, undisturbed, tmp_path, moments=20)


def kill_workers(engine: str, corpus: Path, undisturbed: dict[str, bytes], tmp_path: Path, *, moments: int) -> None:
    """Kill a worker of each of so many runs; a run that was over before the kill is made again."""
    randomness = random.Random(7)
    killed = 0
    for number in range(ATTEMPTS * moments):
        out = tmp_path / str(number)
        process = start_until_some_moment(engine, corpus, out, randomness)
        if process.poll() is None:
            workers = [pid for pid in descendants(process.pid) if is_worker(pid)]
            with suppress(ProcessLookupError):
                if workers:
                    os.kill(randomness.choice(workers), signal.SIGKILL)
                    killed += 1
        assert process.wait(timeout=120) == 3
        assert samples.content(out) == undisturbed
        if killed == moments:
            return
    raise AssertionError(f"only {killed} kills came in time")


def kill_drivers(engine: str, corpus: Path, undisturbed: dict[str, bytes], tmp_path: Path, *, moments: int) -> None:
    """Kill the driver of each of so many runs, and run again; a run that was over before the kill does not count."""
    randomness = random.Random(8)
    killed = 0
    for number in range(ATTEMPTS * moments):
        out = tmp_path / str(number)
        process = start_until_some_moment(engine, corpus, out, randomness)
        below = descendants(process.pid)
        workers = [pid for pid in below if is_worker(pid)]
        process.kill()
        if process.wait() != -signal.SIGKILL:
            continue
        killed += 1
        wait_until_gone(workers)
        for pid in below:  # Ray's own helpers outlive it by a minute
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        finished = times(out)
        reports = [name for name in finished if is_report(name)]
        assert reports
        assert start(corpus, out, "--engine", engine, "--workers", 2).wait(timeout=120) == 3
        assert samples.content(out) == undisturbed
        after = times(out)
        assert {name: after[name] for name in reports} == {name: finished[name] for name in reports}
        if killed == moments:
            return
    raise AssertionError(f"only {killed} kills came in time")


def start_until_some_moment(engine: str, corpus: Path, out: Path, randomness: random.Random) -> subprocess.Popen[bytes]:
    """Start a job with two workers and let it run until some of its shards are finished, and a little longer."""
    process = start(corpus, out, "--engine", engine, "--workers", 2)
    if wait_for_reports(out, randomness.randrange(1, 12), process):
        time.sleep(randomness.random() * 0.2)
    return process


def is_report(name: str) -> bool:
    """Whether a file of the work folder is the report of a finished shard."""
    return name.startswith(".work/") and name.endswith(".json") and not name.startswith(".work/part-")


def times(out: Path) -> dict[str, int]:
    """When each file of the output was written, work included, the manifest left out."""
    files = (p for p in out.rglob("*") if p.is_file() and p.name != "manifest.json")
    return {str(p.relative_to(out)): p.stat().st_mtime_ns for p in files}


def wait_for_reports(out: Path, count: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait until so many shards are finished; False where the command ended first."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        names = [p.name for p in (out / ".work").iterdir()] if (out / ".work").exists() else []
        if sum(is_report(f".work/{n}") for n in names) >= count:
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.01)
    raise AssertionError("the command does not get on")


def wait_for_workers(process: subprocess.Popen[bytes]) -> None:
    """Wait until a worker's process is there; it then imports for a good part of a second."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if any(map(is_worker, descendants(process.pid))):
            return
        time.sleep(0.005)


def descendants(pid: int) -> list[int]:
    """All processes below one."""
    found = []
    for child in children(pid):
        found += [child, *descendants(child)]
    return found


def children(pid: int) -> Iterator[int]:
    """The processes right below one."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            yield from map(int, task.read_text().split())
        except OSError:
            continue


def is_worker(pid: int) -> bool:
    """Whether a process runs shards: one of ours, or one of Ray's that has a task."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"spawn_main" in command or b"ray::_call" in command


def wait_until_gone(pids: list[int]) -> None:
    """Until none of the processes is there any more."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if not any(alive(pid) for pid in pids):
            return
        time.sleep(0.05)
    raise AssertionError(f"processes are left: {[p for p in pids if alive(p)]}")


def alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
