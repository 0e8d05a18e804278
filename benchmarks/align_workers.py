"""`align` with several processes: wall and CPU time compared with one, whether the bytes are the same, and memory.

    python benchmarks/align_workers.py [--articles 1000] [--workers 2] [--runs "--format jsonl,--format parquet"]

Makes a store of articles in four languages from the project's own, each paragraph with a word of its own (so that none
is a copy of another and the output is large), and runs `vietnamvn align --langs all` over it in new processes: without
workers, with one and with `--workers`, in turns, the best wall time of `--turns`. Prints the wall time of whole
commands, the CPU time of the command itself and of its workers, and the peak memory of the command itself. Then the
speedup of several workers over none and over one; the possible speedup (the CPU time without workers over the largest
share of one process with them); and the CPU time with workers over that without. Wall time needs as many idle
processors as workers (the load is printed), CPU time does not. For the memory of workers and of long runs use
memory.py. Exit code 1 if the bytes differ.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "translations")]

from disturbances import own_groups  # noqa: E402  # after the path: the project may not be installed
from making_articles import make_article  # noqa: E402

from pipelines.storage import open_store  # noqa: E402

LANGUAGES = ("en", "fr", "th", "vi")
PARAGRAPHS = 12
# Not a file, since workers would load all that it imports.
COMMAND = """
import resource, sys, time
from scraper.cli import main
code = main(["align", *sys.argv[1:]])
workers, own = resource.getrusage(resource.RUSAGE_CHILDREN), resource.getrusage(resource.RUSAGE_SELF)
print(time.process_time(), workers.ru_utime + workers.ru_stime, own.ru_maxrss / 1024)
sys.exit(code)
"""
RUNS = "--format jsonl,--format jsonl --unit sentence,--format parquet"


class Run(NamedTuple):
    """Wall time, CPU time of the command and of its workers (seconds), its memory in MB, and a hash of all files."""

    clock: float
    here: float
    workers: float
    memory: float
    files: str


def fill(address: str, articles: int) -> None:
    """Store articles of paragraphs drawn from the project's own, each with a number and a word of its own."""
    groups = [group for group in own_groups() if {*LANGUAGES} <= {*group}]
    rng = random.Random(1)
    with open_store(address) as store:
        for number in range(articles):
            group = rng.choice(groups)
            places = [rng.randrange(len(group["vi"])) for _ in range(PARAGRAPHS)]
            words = [word_of(number * PARAGRAPHS + at) for at in range(PARAGRAPHS)]
            for code in LANGUAGES:
                chosen = zip(places, words, strict=True)
                paragraphs = tuple(f"{group[code][place]} ({word} {number}.{place})" for place, word in chosen)
                kinds = ("paragraph",) * PARAGRAPHS
                slug = f"bai-{number:07}"
                article = make_article(slug, code, paragraphs=paragraphs, kinds=kinds, alternates={}, source_url=None)
                store.add(article, seen_at="2025-11-01T00:00:00+00:00")


def word_of(number: int) -> str:
    """A word for a number: texts that differ only in digits would be near duplicates."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number)).title()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1000, metavar="N", help="of four languages (default: 1000)")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="two or more (default: 2)")
    parser.add_argument("--runs", default=RUNS, metavar="OPTIONS,…", help=f"of align (default: {RUNS})")
    parser.add_argument("--turns", type=int, default=3, metavar="N", help="(default: 3)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{folder}/store.db"
        fill(address, options.articles)
        print(f"{options.articles:,} articles in {len(LANGUAGES)} languages", flush=True)
        same = [measure(address, Path(folder) / "out", run, options) for run in options.runs.split(",")]
    return 0 if all(same) else 1


def measure(address: str, out: Path, asked: str, options: argparse.Namespace) -> bool:
    """Print a line for each number of workers, and the ratios; return whether the bytes were the same."""
    best: dict[int, Run] = {}
    hashes = set()
    for _ in range(options.turns):
        for workers in (0, 1, options.workers):
            made = run(["--store", address, "--langs", "all", *shlex.split(asked), "--out", str(out)], workers)
            hashes.add(made.files)
            best[workers] = min(made, best.get(workers, made))
    print(asked)
    for workers, made in best.items():
        print(
            f"  {workers or 'no'} workers: {made.clock:.1f} s; processors {made.here:.1f} s here, "
            f"{made.workers:.1f} s in them; {made.memory:.0f} MB here",
            flush=True,
        )
    alone, many = best[0], best[options.workers]
    work = many.here + many.workers
    print(
        f"  {options.workers} workers are {alone.clock / many.clock:.2f} times as fast as none, "
        f"{best[1].clock / many.clock:.2f} times as fast as one (load {os.getloadavg()[0]:.1f}); "
        f"possible: {alone.here / max(many.here, many.workers / options.workers):.2f}; "
        f"{work / alone.here:.2f} times the CPU time, {many.here / work:.0%} of it in the command",
        flush=True,
    )
    return len(hashes) == 1


def run(arguments: list[str], workers: int) -> Run:
    """Run the command in a new process."""
    words = [*arguments, *(["--workers", str(workers)] if workers else [])]
    out = Path(words[words.index("--out") + 1])
    shutil.rmtree(out, ignore_errors=True)
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", COMMAND, *words], check=True, capture_output=True, cwd=ROOT)
    clock = time.monotonic() - started
    here, others, memory = map(float, done.stdout.split()[-3:])
    digest = hashlib.sha256()
    for path in sorted(out.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return Run(clock, here, others, memory, digest.hexdigest())


if __name__ == "__main__":
    sys.exit(main())
