"""Response time of every kind of page of `vietnamvn read`, compared with one scan of the whole table.

    python benchmarks/reader.py [--rows 2000] [--turns 15]
    python benchmarks/reader.py --store /data/1m.db       a store made by `benchmarks/scale.py --keep`; only read

The reader runs in its own process and answers over HTTP; each kind of page is requested in turns, with other articles,
words and seeds. Printed for each kind: the median and the worst time; at the end the reader's peak memory. The bars are
for 1,000,000 articles on SQLite: every page under 300 ms at the median, searches under 1 s, memory under 200 MB.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from scale import FREQUENT, fill
from sqlalchemy import func, select
from store import Corpus

from pipelines.storage import Store, open_store
from pipelines.storage.schema import articles, records, revisions

PAGE_BAR, SEARCH_BAR, MEMORY_BAR = 0.3, 1.0, 200
Ask = Callable[[int], str]
"""The path of a page for each turn."""


def kinds(articles: list[tuple[str, str]]) -> Mapping[str, Ask]:
    """Every kind of page; names that begin with "search" have the bar of searches."""

    def of(path: str, **more: str) -> Ask:
        def target(turn: int) -> str:
            language, slug = articles[turn % len(articles)]
            named = {"slug": slug} if path == "/side" else {"id": f"{language}/{slug}"}
            return f"{path}?{urlencode({**named, **more})}"

        return target

    day = "lang=ja&since=2025-03-03&until=2025-03-03"
    word = Corpus(9).article(1).paragraphs[0].split()[0]
    return {
        "first page": lambda _: "/",
        "one language": lambda _: "/?lang=fr",
        "a period of one language": lambda turn: (
            f"/?lang=ja&since=2025-{1 + turn % 12:02}-01&until=2025-{1 + turn % 12:02}-28"
        ),
        "a publisher, words, agreement": lambda _: f"/?publisher={quote('Thời Đại')}&min_words=10&agreeing=1",
        "search: a rare word": lambda _: "/?q=hiemthay",
        "search: a word in no text": lambda _: "/?q=khongcotunaynhuthe",
        "search: a common word": lambda _: f"/?q={word}",
        "search: a word of most texts": lambda _: f"/?q={FREQUENT}",
        "search: that word without another, in one language": lambda _: f"/?q={FREQUENT}+-{word}&lang=vi",
        "sample of 20": lambda turn: f"/?sample=20&seed={turn}",
        "sample of 20 of one language": lambda turn: f"/?sample=20&seed={turn}&lang=fr",
        "sample of 20 of a day of one language": lambda turn: f"/?sample=20&seed={turn}&{day}",
        "quality: not measured": lambda _: "/?quality=digit_share<0.2",
        "sample of 1,000": lambda turn: f"/?sample=1000&seed={turn}",
        "search: sample of 20 with a rare word": lambda turn: f"/?q=hiemthay&sample=20&seed={turn}",
        "search: sample of 20 with a common word": lambda turn: f"/?q={FREQUENT}&sample=20&seed={turn}",
        "no articles": lambda _: "/refused",
        "article": of("/article"),
        "raw record": of("/raw"),
        "side by side": of("/side"),
        "side by side, three": of("/side", lang="vi,fr,en"),
        "revisions": of("/revisions"),
        "download: a rare word": lambda _: "/take?q=hiemthay",
        "style": lambda _: "/style.css",
    }


def some_articles(store: Store, number: int) -> list[tuple[str, str]]:
    """Language and slug of random articles."""
    last = store.read(lambda c: int(c.execute(select(func.max(articles.c.id))).scalar() or 0))
    ids = random.Random(1).sample(range(1, last + 1), min(number, last))
    query = select(articles.c.language, articles.c.slug).where(articles.c.id.in_(ids))
    return [(row.language, row.slug) for row in store.read(lambda c: c.execute(query).all())]


def full_scans(store: Store) -> Iterator[tuple[str, float]]:
    """Seconds for a scan of every row: of the texts, and of the tables next to them."""
    for name, query in (
        ("all records", select(func.count(), func.sum(func.length(records.c.record)))),
        ("all revisions", select(func.count(), func.max(revisions.c.words))),
    ):
        started = time.perf_counter()
        store.read(lambda connection, query=query: connection.execute(query).all())
        yield name, time.perf_counter() - started


def peak(process: int) -> float:
    """Peak memory of a process in MB; 0 if the system does not provide it."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0


def measure(address: str, asked: Mapping[str, Ask], turns: int) -> Iterator[tuple[str, list[float], int]]:
    """Each kind with the seconds of its turns and the bytes of the last response."""
    parts = urlsplit(address)
    for name, ask in asked.items():
        spent, size = [], 0
        for turn in range(turns):
            connection = HTTPConnection(parts.hostname or "", parts.port, timeout=600)
            started = time.perf_counter()
            connection.request("GET", ask(turn))
            answer = connection.getresponse()
            body = answer.read()
            spent.append(time.perf_counter() - started)
            connection.close()
            if answer.status != 200:
                raise SystemExit(f"{ask(turn)}: {answer.status} {re.sub('<[^>]+>', ' ', body.decode())[-300:]}")
            size = len(body)
        yield name, spent, size


def main() -> None:
    """Make a store unless one is given; request the pages; print the times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000)
    parser.add_argument("--store", help="an existing store, which is only read")
    parser.add_argument("--turns", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        where = options.store or str(Path(folder) / "reader.db")
        if not options.store:
            fill(where, Corpus(9), options.rows)
        command = [sys.executable, "-m", "vietnamvn", "read", "--store", where, "--port", "0"]
        with open_store(where, read_only=True) as store, subprocess.Popen(command, stdout=subprocess.PIPE) as reader:
            assert reader.stdout is not None
            try:
                address = reader.stdout.readline().decode().strip()
                asked = kinds(some_articles(store, options.turns))
                number = store.read(lambda c: int(c.execute(select(func.count()).select_from(articles)).scalar_one()))
                print(f"{number:,} articles, {options.turns} turns each", flush=True)
                for name, spent, size in measure(address, asked, options.turns):
                    bar = SEARCH_BAR if name.startswith("search") else PAGE_BAR
                    middle = statistics.median(spent)
                    note = "" if middle < bar else f"  OVER {bar:g} s"
                    print(
                        f"{middle:7.3f} s median {max(spent):7.3f} s worst {size:>9,} bytes  {name}{note}", flush=True
                    )
                print(f"{peak(reader.pid):,.0f} MB of memory at most (bar: {MEMORY_BAR})", flush=True)
                for name, seconds in full_scans(store):
                    print(f"{seconds:7.3f} s for one scan of {name}", flush=True)
            finally:
                reader.terminate()


if __name__ == "__main__":
    main()
