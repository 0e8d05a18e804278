"""Rows a second, bytes and peak memory of each export format, compared with pyarrow alone.

    python benchmarks/exports.py [--rows 10000] [--formats parquet,jsonl]

Each format writes the same generated articles from memory; reading them from the store is measured separately (first
line). pyarrow writes the same columns of the same rows: from Python rows (`Table.from_pylist` and `write_table`,
zstd), and from a ready table, which only has to be compressed. Peak memory is that of a whole
export from the store, in a new process, minus that of a process that only opens it. Times are CPU
times, the best of three.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from store import Corpus

from pipelines.errors import VietnamvnError
from pipelines.export import FORMATS, export
from pipelines.export.parquet import arrow_schema
from pipelines.export.rows import config_of, row_maker
from pipelines.export.shards import Placed, RowPlace
from pipelines.models import Article
from pipelines.record import DATASET
from pipelines.storage import Revision, Selection, open_store

TURNS = 3
AT_ONCE = 200  # rows, as in an export
PARAGRAPHS = 12
SEEN = "2025-10-24T01:00:00Z"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000, metavar="N", help="articles (default: 10000)")
    parser.add_argument("--formats", metavar="NAME,…", help="only these (default: all)")
    options = parser.parse_args()
    names = list(FORMATS) if options.formats is None else options.formats.split(",")
    if unknown := sorted({*names} - {*FORMATS}):
        print(f"no format {', '.join(unknown)}; the formats are: {', '.join(FORMATS)}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), options.rows, names)
    return 0


def measure(folder: Path, rows: int, names: list[str]) -> None:
    """Print a line for each format."""
    url = f"sqlite:///{folder}/store.db"
    fill(url, rows)
    texts, seconds = read(url)
    gc.freeze()  # an export does not keep its texts, so the garbage collector should not scan these again and again
    print(f"{rows:,} articles of {PARAGRAPHS} paragraphs; reading them from the store: {rows / seconds:,.0f} rows/s")
    bare = pyarrow_alone(folder, texts)
    resting = peak_memory(url, folder, None)
    print(f"{'format':<22}{'rows/s':>10}{'of pyarrow':>12}{'MB':>8}{'peak MB':>9}")
    for name, rate, size in bare:
        print(f"{name:<22}{rate:>10,.0f}{rate / bare[0][1]:>12.2f}{size:>8.1f}{'':>9}")
    for name in names:
        try:
            FORMATS[name].require()
        except VietnamvnError as error:
            print(f"{name}: {error}", file=sys.stderr)
            continue
        rate, size = written(folder / name, name, texts)
        peak = peak_memory(url, folder / f"{name}-whole", name) - resting
        print(f"{name:<22}{rate:>10,.0f}{rate / bare[0][1] if bare else 0:>12.2f}{size:>8.1f}{peak:>9.0f}", flush=True)


def fill(url: str, rows: int) -> None:
    """Fill a store with generated articles in five languages."""
    corpus = Corpus(PARAGRAPHS)
    with open_store(url) as store:
        for first in range(0, rows, 500):
            with store.transaction():
                for number in range(first, min(first + 500, rows)):
                    store.add(unlike_others(corpus.article(number), number), seen_at=SEEN)


def unlike_others(article: Article, number: int) -> Article:
    """The article with unique paragraphs: pyarrow would make a dictionary of repeated ones, which news do not have."""
    chance = random.Random(number)
    shuffled = ["".join(chance.sample(parts, len(parts))) for parts in map(_parts, article.paragraphs)]
    return replace(article, paragraphs=tuple(shuffled))


def _parts(paragraph: str) -> list[str]:
    return [paragraph[start : start + 12] for start in range(0, len(paragraph), 12)]


def read(url: str) -> tuple[list[Revision], float]:
    """All texts, by configuration, and the seconds to read them."""
    with open_store(url, read_only=True) as store:
        start = time.process_time()
        texts = list(store.select(Selection()))
        seconds = time.process_time() - start
    return sorted(texts, key=config_of), seconds


def pyarrow_alone(folder: Path, texts: list[Revision]) -> list[tuple[str, float, float]]:
    """Rates and sizes of pyarrow from rows and from a table; nothing where it is not installed."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        print("pyarrow is not installed, so there is no reference; pip install 'vietnamvn[parquet]'", file=sys.stderr)
        return []
    columns = FORMATS["parquet"].columns
    row_of = row_maker(columns, all_revisions=False)
    rows = [row_of(stored, {}) for stored in texts]
    # Times stay texts here, which is less work for pyarrow.
    fields = arrow_schema([DATASET[name] for name in columns])
    schema = pa.schema([f.with_type(pa.string()) if pa.types.is_temporal(f.type) else f for f in fields])
    table = pa.Table.from_pylist(rows, schema=schema)
    path = folder / "bare.parquet"
    from_rows = best(lambda: pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, compression="zstd"))
    from_table = best(lambda: pq.write_table(table, path, compression="zstd"))
    size = path.stat().st_size / 1e6
    number = len(texts)
    return [("pyarrow, from rows", number / from_rows, size), ("pyarrow, from a table", number / from_table, size)]


def written(folder: Path, name: str, texts: list[Revision]) -> tuple[float, float]:
    """Rows a second of a format from texts in memory, and the MB of its files."""
    form = FORMATS[name]
    row_of = row_maker(form.columns, all_revisions=False, whole=False)
    turn = iter(range(TURNS))
    sizes = []

    def chunks() -> Iterator[Placed]:
        for config, of_config in groupby(texts, key=config_of):
            while some := list(islice(of_config, AT_ONCE)):
                yield RowPlace(config), form.prepare([row_of(stored, {}) for stored in some], form.columns)[0]

    def run() -> None:
        place = folder / str(next(turn))
        place.mkdir(parents=True)
        files = form.write(place, chunks(), form.columns, 200_000)
        sizes.append(sum(path.stat().st_size for path, _ in files) / 1e6)

    return len(texts) / best(run), sizes[-1]


def best(work: Callable[[], None]) -> float:
    """The best CPU time of `work`, in seconds."""
    seconds = []
    for _ in range(TURNS):
        gc.collect()
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


def peak_memory(url: str, out: Path, form: str | None) -> float:
    """Peak memory in MB of a whole export in a new process, or only of opening the store if `form` is None."""
    context = multiprocessing.get_context("spawn")
    queue: Any = context.SimpleQueue()
    process = context.Process(target=_in_process, args=(queue, url, out, form))
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(1)  # the reason has been printed
    peak: float = queue.get()
    return peak


def _in_process(queue: Any, url: str, out: Path, form: str | None) -> None:
    with open_store(url, read_only=True) as store:
        if form is not None:
            export(store, out, form=form, selection=Selection(), version="1.0.0")
    # Only this program's: `ru_maxrss` would include what the process had before it.
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    queue.put(next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024)


if __name__ == "__main__":
    sys.exit(main())
