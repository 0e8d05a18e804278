"""`align` by several processes: time beside one process, and memory of this one by the number of articles.

    python benchmarks/align_workers.py [--articles N] [--workers N]

Makes a store of articles in four languages out of the project's own ones, and a corpus of it without processes of its
own, with one and with N. Prints the times, the ratio of one to N, and the most memory of this process at a quarter of
the articles and at all of them. Exit code 1 where the bytes differ. The ratio needs N idle processors; the load is
printed beside it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "translations")]

from disturbances import own_groups  # noqa: E402  # after the path: the project may not be installed
from making_articles import make_article  # noqa: E402

from pipelines.batch.engines.local import LocalEngine  # noqa: E402
from pipelines.storage import open_store  # noqa: E402
from pipelines.translations.job import align  # noqa: E402

LANGUAGES = ("en", "fr", "th", "vi")
PARAGRAPHS = 12


def fill(address: str, articles: int) -> None:
    """Articles of paragraphs drawn from the project's own, each with a number of its own."""
    groups = [group for group in own_groups() if {*LANGUAGES} <= {*group}]
    rng = random.Random(1)
    with open_store(address) as store:
        for number in range(articles):
            group = rng.choice(groups)
            places = [rng.randrange(len(group["vi"])) for _ in range(PARAGRAPHS)]
            for code in LANGUAGES:
                paragraphs = tuple(f"{group[code][place]} ({number}.{place})" for place in places)
                kinds = ("paragraph",) * PARAGRAPHS
                slug = f"bai-{number:07}"
                article = make_article(slug, code, paragraphs=paragraphs, kinds=kinds, alternates={}, source_url=None)
                store.add(article, seen_at="2025-11-01T00:00:00+00:00")


def made(address: str, out: Path, workers: int) -> tuple[float, str]:
    """Seconds, and a hash of all files."""
    started = time.monotonic()
    with open_store(address) as store:
        align(store, out, engine=LocalEngine(workers=workers) if workers else None)
    took = time.monotonic() - started
    files = [path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()]
    return took, hashlib.sha256(b"".join(files)).hexdigest()


def most_memory() -> float:
    """The most memory that this process has had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2, help="two or more")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        address, quarter = (f"sqlite:///{folder}/{name}.db" for name in ("all", "quarter"))
        fill(quarter, options.articles // 4)
        fill(address, options.articles)
        made(quarter, Path(folder) / "quarter", options.workers)
        before = most_memory()
        runs = {options.workers: made(address, Path(folder) / "many", options.workers)}
        after = most_memory()
        runs |= {workers: made(address, Path(folder) / str(workers), workers) for workers in (1, 0)}
    took = {workers: seconds for workers, (seconds, _) in runs.items()}
    print(
        f"{options.articles:,} articles, {len(LANGUAGES)} languages: here {took[0]:.1f} s, 1 process {took[1]:.1f} s, "
        f"{options.workers} processes {took[options.workers]:.1f} s, ratio {took[1] / took[options.workers]:.2f} "
        f"(load {os.getloadavg()[0]:.1f}); memory {before:.0f} MB at a quarter, {after:.0f} MB at all"
    )
    return 0 if len({digest for _, digest in runs.values()}) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
