"""`export` with several processes: wall and CPU time compared with one, and whether the bytes are the same.

    python benchmarks/export_workers.py [--rows 200000] [--keep FILE] [--lang fr|all] [--formats jsonl,parquet]

Makes a store of generated articles in five languages (those of scale.py; `--keep FILE` keeps it, or reuses an existing
one) and runs `vietnamvn export` over one language in new processes: without workers, with one and with
`--workers`, in turns, the best of three. Prints the wall time of whole commands, the CPU time of
the command itself and of its workers, and the ratios of no and of one worker to several. The
ratios need that many idle processors; the load is printed with them. Exit code 1 if the bytes differ.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from scale import fill
from store import Corpus

TURNS = 3
PARAGRAPHS = 9
# The command, and after its output the seconds of processors. Not this file: its workers would import it with all that
# makes the store, as those of the command do not.
COMMAND = """
import resource, sys, time
from scraper.cli import main
code = main(sys.argv[1:])
workers = resource.getrusage(resource.RUSAGE_CHILDREN)
print(time.process_time(), workers.ru_utime + workers.ru_stime)
sys.exit(code)
"""


class Run(NamedTuple):
    """Wall time, CPU time of the command and of its workers (seconds), and the hash of all files."""

    clock: float
    here: float
    workers: float
    files: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--rows", type=int, default=200_000, metavar="N", help="articles of the store (default: 200000)"
    )
    parser.add_argument("--keep", type=Path, metavar="FILE")
    parser.add_argument("--lang", default="fr", help="languages to export (default: fr, a fifth; all: everything)")
    parser.add_argument("--formats", default="jsonl,parquet", metavar="NAME,…")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="two or more (default: 2)")
    parser.add_argument("--turns", type=int, default=TURNS, metavar="N")
    options = parser.parse_args()
    same = True
    with tempfile.TemporaryDirectory() as temporary:
        path = options.keep or Path(temporary) / "store.db"
        if not path.exists():
            fill(str(path), Corpus(PARAGRAPHS), options.rows)
        for form in options.formats.split(","):
            same &= measure(path, Path(temporary), form, options)
    return 0 if same else 1


def measure(store: Path, folder: Path, form: str, options: argparse.Namespace) -> bool:
    """Print a line for each number of workers, and the ratios; return whether the bytes were the same."""
    best: dict[int, Run] = {}
    hashes = set()
    chosen = [] if options.lang == "all" else ["--lang", options.lang]
    for turn in range(options.turns):
        for workers in (0, 1, options.workers):
            out = folder / f"{form}-{workers}-{turn}"
            made = run([form, "--store", str(store), *chosen, "--out", str(out)], workers)
            hashes.add(made.files)
            best[workers] = min(made, best.get(workers, made))
            shutil.rmtree(out)
    for workers, made in best.items():
        label = f"{workers} workers" if workers else "no workers"
        print(
            f"{form:<10}{label:<12}{made.clock:6.1f} s; CPU {made.here:.1f} s here, {made.workers:.1f} s in workers",
            flush=True,
        )
    many = best[options.workers].clock
    print(
        f"{form:<10}ratio of no workers to {options.workers}: {best[0].clock / many:.2f}, "
        f"of 1 to {options.workers}: {best[1].clock / many:.2f} (load {os.getloadavg()[0]:.1f})",
        flush=True,
    )
    return len(hashes) == 1


def run(arguments: list[str], workers: int) -> Run:
    """Run the command in a new process."""
    words = [*arguments, *(["--workers", str(workers)] if workers else [])]
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", COMMAND, "export", *words], check=True, capture_output=True)
    clock = time.monotonic() - started
    here, others = map(float, done.stdout.split()[-2:])
    digest = hashlib.sha256()
    for path in sorted(Path(words[words.index("--out") + 1]).rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return Run(clock, here, others, digest.hexdigest())


if __name__ == "__main__":
    sys.exit(main())
