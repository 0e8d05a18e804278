"""A backfill without pauses compared with `clean --workers 1` on the same records, in one run; its memory over time.

    python benchmarks/backfill.py rate [--captures 20000] [--jobs index,clean,stored,files]
    python benchmarks/backfill.py lines [--captures 100000]

The replica writes captures of articles into WARC files, serves them on loopback, and writes their columnar index,
so that no index server is needed (which is checked). Jobs, one after the other, each a new process:
`backfill --index` (a range request for each capture), `clean`, `clean --store`, which stores articles like a
backfill, and `backfill --from FILES` (the same files read whole). Rates are for whole jobs, start-up included;
memory is the process's VmRSS, sampled each second.

`lines`: a `backfill --dry-run` of an index with `--captures` lines, in one response and in pages of 15,000; then again.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from scraper.replica import ReplicaSite
from scraper.replica.archives import HeldCapture, HeldCrawl, write_table
from scraper.replica.archives.commoncrawl import DataService, IndexService, line_of
from scraper.replica.archives.holdings import BASE, NO_PAYLOAD, common_crawl
from scraper.replica.archives.index import Index
from scraper.replica.archives.served import ROBOTS, write
from scraper.replica.server import ReplicaServer, ServedRequest

LANGUAGES = ("vi", "en", "fr", "de", "es")
CRAWL = HeldCrawl(id="CC-MAIN-2025-47", name="of the benchmark", first=date(2025, 11, 5), last=date(2025, 11, 19))
_SAMPLES = 10


@dataclass(frozen=True, slots=True)
class Job:
    """A job's wall time in seconds, and its memory in MB, sampled each second."""

    seconds: float
    memory: tuple[float, ...]

    def flat(self) -> str:
        """Samples of the memory, and the peak of the last third over that of the middle one."""
        step = max(1, len(self.memory) // _SAMPLES)
        samples = " ".join(f"{value:.0f}" for value in self.memory[::step])
        third = max(1, len(self.memory) // 3)
        growth = max(self.memory[-third:]) / max(self.memory[third : 2 * third] or self.memory)
        return f"{samples} MB; last third over middle third {growth:.2f}"


def made(folder: Path, count: int) -> list[HeldCapture]:
    """Write `count` captures below a folder."""
    site = ReplicaSite(articles=-(-count // len(LANGUAGES)) + 1, per_day=50, every=1, languages=LANGUAGES)
    site.base, site.faults = BASE, []
    captures = list(islice(common_crawl(site, CRAWL, seed=0, share=1.0, oddities=False), count))
    if len(captures) < count:
        raise SystemExit(f"the site has {len(captures)} captures, not {count}")
    write(site, folder, captures)
    return captures


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, list[ServedRequest]]]:
    """Serve the files over HTTP: the address, and the list of requests."""
    log: list[ServedRequest] = []
    with ReplicaServer(DataService(folder, robots=ROBOTS), log=log) as server:
        yield server.base_url, log


def run(command: Sequence[str]) -> Job:
    """Run a job to its end; exit if its exit code is not 0."""
    began, memory = time.perf_counter(), []
    with subprocess.Popen(
        [sys.executable, "-m", "scraper.cli", *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        while process.poll() is None:
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
            if found := re.search(r"VmRSS:\s+(\d+)", status):
                memory.append(int(found[1]) / 1024)
            time.sleep(min(1.0, 0.02 * len(memory) + 0.02))
        assert process.stdout is not None
        output = process.stdout.read()
    if process.returncode:
        raise SystemExit(f"{' '.join(command[:1])} ended with {process.returncode}:\n{output[-2000:]}")
    return Job(time.perf_counter() - began, tuple(memory))


def compare(count: int, chosen: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as made_in, served(Path(made_in)) as (url, log):
        folder = Path(made_in)
        captures = made(folder, count)
        files = sorted({str(folder / capture.filename) for capture in captures})
        size = sum(Path(file).stat().st_size for file in files)
        index = write_table(captures, folder / "index.parquet")
        print(f"{count} captures in {len(files)} files of {size / 2**20:.0f} MiB", flush=True)
        services = [part for kind in ("collinfo", "data", "wayback", "ccnews") for part in (f"--{kind}-url", url)]
        quick = ["--delay", "0", *services]
        jobs = {
            "index": ("backfill --index", ["backfill", "--from", "commoncrawl", "--index", str(index), *quick]),
            "clean": ("clean --workers 1", ["clean", *files, "--out", str(folder / "clean"), "--workers", "1"]),
            "stored": ("clean --workers 1 --store", ["clean", *files, "--out", str(folder / "s"), "--workers", "1"]),
            "files": ("backfill --from FILES", ["backfill", *quick, "--from", *files]),
        }
        rates: dict[str, float] = {}
        for name in chosen:
            title, command = jobs[name]
            store = folder / f"{name}.db"
            job = run([*command, *(["--store", str(store)] if name != "clean" else [])])
            rates[title] = count / job.seconds
            print(f"  {title:26} {job.seconds:7.1f} s  {rates[title]:7.1f} captures/s; {job.flat()}", flush=True)
            if command[0] == "backfill":
                totals = json.loads(store.with_suffix(".manifest.json").read_text(encoding="utf-8"))["totals"]
                assert (totals["listed"], totals["left"], totals["failed"]) == (count, 0, {}), totals
        asked = [one.path for one in log if "warc" not in one.path and one.path != "/robots.txt"]
        print(f"  {sum('warc' in one.path for one in log)} requests for records, {len(asked)} to an index")
        assert not asked, asked[:3]
        for title in (title for title in rates if title.startswith("backfill")):
            for other in (other for other in rates if other.startswith("clean")):
                print(f"  {title}: {rates[title] / rates[other]:.2f} of {other} (bar: 0.6)")


def lines(count: int) -> None:
    site = ReplicaSite(articles=-(-count // len(LANGUAGES)) + 1, per_day=50, every=1, languages=LANGUAGES)
    site.base, site.faults = BASE, []
    captures = list(islice(common_crawl(site, CRAWL, seed=0, share=1.0, oddities=False), count))
    for number, capture in enumerate(captures):
        capture.filename = f"crawl-data/{CRAWL.id}/segments/0/warc/{number % 1000:05}.warc.gz"
        capture.offset, capture.length, capture.digest = 100_000 * number, 25_000, NO_PAYLOAD
    index = {CRAWL.id: Index(captures, line_of, block_lines=3000)}
    for page_size in (-(-count // 3000), 5):
        service = IndexService([CRAWL], index, page_size=page_size, nothing=404, robots=ROBOTS)
        with tempfile.TemporaryDirectory() as folder, ReplicaServer(service, log=[]) as server:
            url = f"{server.base_url}/collinfo.json"
            command = ["backfill", "--from", "commoncrawl", "--delay", "0", "--collinfo-url", url, "--dry-run"]
            for turn in ("", ", from the cache"):
                job = run([*command, "--store", f"{folder}/store.db"])
                print(
                    f"  {count} lines in {-(-count // (3000 * page_size))} answers{turn}: {job.seconds:.1f} s, "
                    f"{max(job.memory):.0f} MB at most",
                    flush=True,
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("rate", "lines"))
    parser.add_argument("--captures", type=int)
    parser.add_argument("--jobs", default="index,clean,stored,files")
    given = parser.parse_args()
    if given.what == "rate":
        compare(given.captures or 20_000, given.jobs.split(","))
    else:
        lines(given.captures or 100_000)


if __name__ == "__main__":
    main()
