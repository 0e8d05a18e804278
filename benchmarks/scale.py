"""A store of many articles: the cost of storing them, and the time of the commands' queries.

    python benchmarks/scale.py [--rows 200000] [--store postgresql://…] [--keep FILE] [--paragraphs 9]
    python benchmarks/scale.py --index      only what keeping up the indexes costs a crawl

Stores `rows` generated articles in `rows`/5 groups with `Store.add` (500 adds a transaction), then runs commands in
new processes. SQLite in a temporary folder, or the database of --store; `--keep FILE`
keeps the file, or reuses an existing one.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from unittest import mock

from store import GROUP, LANGUAGES, TURNS, WINDOW, Corpus

from pipelines.models import Article
from pipelines.storage import open_store
from pipelines.storage.search import Pending

SEEN = "2025-11-01T00:00:00Z"
INDEXED = 3_000  # articles, a turn
FREQUENT = "an"  # a word that more than half of the articles have
RARE = 1_000  # one article in so many holds the rare word


def slug_of(group: int) -> str:
    """The slug of a group, in random order like real slugs."""
    return f"{random.Random(group).getrandbits(40):x}-bai-viet-ve-mot-chu-de-duoc-quan-tam-{group}"


def article(corpus: Corpus, number: int) -> Article:
    """Article `number`: its group is `number` // 5, its language `number` % 5; one group in 50 has a second slug."""
    group = number // len(LANGUAGES)
    made = corpus.article(number)
    slug = slug_of(group) + ("-2" if group % 50 == 0 and number % len(LANGUAGES) == 1 else "")
    chance = random.Random(-number)
    time_of_day = f"T{chance.randrange(24):02}:{chance.randrange(60):02}:00+07:00"
    return replace(
        made,
        slug=slug,
        url=f"https://www.vietnam.vn/{made.language}/{slug}",
        paragraphs=(*made.paragraphs, "hiemthay") if number % RARE == 0 else made.paragraphs,
        kinds=(*made.kinds, "paragraph") if number % RARE == 0 else made.kinds,
        published=f"{made.published}{time_of_day}" if chance.random() < 0.8 else made.published,
        source_url=f"https://baocantho.example/{slug_of(group)}-a{100_000 + group}.html",
        alternates={code: f"https://www.vietnam.vn/{code}/{slug_of(group)}" for code in LANGUAGES},
    )


def fill(address: str, corpus: Corpus, rows: int) -> None:
    """Store all articles, and print the speed of each window of 10,000."""
    with open_store(address) as store:
        total, used, started = 0.0, 0.0, time.perf_counter()
        for start in range(0, rows, GROUP):
            group = [article(corpus, number) for number in range(start, min(start + GROUP, rows))]
            begin, began = time.perf_counter(), time.process_time()
            with store.transaction():
                for made in group:
                    store.add(made, seen_at=SEEN)
            total, used = total + time.perf_counter() - begin, used + time.process_time() - began
            if (start + GROUP) % (5 * WINDOW) == 0:
                print(f"  {start + GROUP:,} stored, {(start + GROUP) / total:,.0f}/s", flush=True)
        made_in = time.perf_counter() - started
        each = f"{used / rows * 1e6:,.0f} µs of CPU each"
        print(f"{rows:,} articles: {rows / total:,.0f} adds/s, {each} ({made_in:,.0f} s with making them)", flush=True)


def index_cost(folder: Path, corpus: Corpus) -> None:
    """Print the cost of storing with and without keeping up the indexes, in turns, for small and large transactions."""
    made = [article(corpus, number) for number in range(INDEXED)]
    for at_once in (64, GROUP):
        used: dict[bool, list[float]] = {True: [], False: []}
        for turn in range(2 * TURNS):
            kept_up = turn % 2 == 0
            with open_store(folder / f"{at_once}-{turn}.db") as store, ExitStack() as changes:
                if not kept_up:
                    changes.enter_context(mock.patch.object(Pending, "add"))
                began = time.process_time()
                for start in range(0, INDEXED, at_once):
                    with store.transaction():
                        for each in made[start : start + at_once]:
                            store.add(each, seen_at=SEEN)
                used[kept_up].append((time.process_time() - began) / INDEXED)
        with_it, without = min(used[True]), min(used[False])
        print(
            f"{at_once} adds a transaction: {1 / with_it:,.0f} adds per CPU second with the indexes kept "
            f"up, {1 / without:,.0f} without: {(with_it - without) * 1e6:,.0f} of {with_it * 1e6:,.0f} µs each",
            flush=True,
        )


def processors() -> float:
    """CPU seconds of the commands so far; on a shared machine they are more reliable than wall time."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(address: str, *arguments: str) -> None:
    """Run a command twice; print the better time, the peak memory so far and the lines of output."""
    best, used, lines = float("inf"), float("inf"), 0
    for _ in range(2):
        started, before = time.perf_counter(), processors()
        done = subprocess.run(
            [sys.executable, "-m", "vietnamvn", *arguments, "--store", address], capture_output=True, check=False
        )
        best, used = min(best, time.perf_counter() - started), min(used, processors() - before)
        lines = len(done.stdout.splitlines())
        if done.returncode:
            print(done.stderr.decode()[-300:])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    summary = f"{lines:>9,} lines  {peak:>5,} MB at most so far  {' '.join(arguments)}"
    print(f"{best:8.2f} s ({used:6.2f} s of CPU)  {summary}", flush=True)


def questions(address: str, rows: int, folder: Path) -> Iterator[tuple[str, ...]]:
    """Commands about one article or one page of results first, about the whole store last."""
    group = rows // 10
    word = Corpus(9).article(1).paragraphs[0].split()[0]
    yield ("store", "show", slug_of(group))
    yield ("store", "search", "hiemthay")
    yield ("store", "search", word)
    yield ("store", "search", FREQUENT)
    yield ("store", "search", FREQUENT, "--lang", "fr", "--since", "2025-03-01")
    yield ("store", "search", "hiemthay", "--lang", "ru")
    yield ("store", "search", "khongcotunaynhuthe")
    yield ("groups", "--slug", slug_of(group))
    yield ("groups", "--slug", slug_of(50))
    yield ("store", "stats")
    yield ("groups",)
    yield ("export", "jsonl", "--lang", "fr", "--out", str(folder / "out"))


def main() -> None:
    """Fill the store and time the commands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--paragraphs", type=int, default=9, help="of 440 bytes each; 9 are the site's 4 kB")
    parser.add_argument("--store", help="an empty database instead of a file")
    parser.add_argument("--keep", type=Path, metavar="FILE")
    parser.add_argument("--index", action="store_true", help="measure only the cost of the indexes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        if options.index:
            index_cost(Path(temporary), Corpus(options.paragraphs))
            return
        path = options.keep or Path(temporary) / "scale.db"
        address = options.store or str(path)
        if not (options.keep and path.exists()):
            fill(address, Corpus(options.paragraphs), options.rows)
        if not options.store:
            print(f"file: {path.stat().st_size / 1e6:,.0f} MB", flush=True)
        for arguments in questions(address, options.rows, Path(temporary)):
            timed(address, *arguments)


if __name__ == "__main__":
    main()
