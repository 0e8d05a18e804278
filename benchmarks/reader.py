"""`vietnamvn read` under measurement: how long every kind of page takes, beside one look at the whole table.

    python benchmarks/reader.py [--rows 2000] [--turns 15]
    python benchmarks/reader.py --store /data/1m.db       one that `benchmarks/scale.py --keep` made; only read

The reader runs in a process of its own and is asked over HTTP, each kind of page in turns with other articles, words
and seeds. For each kind: the median and the worst turn; at the end the reader's peak of memory. The bars hold for
1,000,000 articles on SQLite: every page under 300 ms at the median, searches under 1 s, memory under 200 MB.
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
"""The address that is asked for in a turn."""


def kinds(articles: list[tuple[str, str]]) -> Mapping[str, Ask]:
    """Every kind of page; what begins with "search" has the bar of searches."""

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
        "search: no word there is": lambda _: "/?q=khongcotunaynhuthe",
        "search: a common word": lambda _: f"/?q={word}",
        "search: a word of most texts": lambda _: f"/?q={FREQUENT}",
        "search: that of one language, without another": lambda _: f"/?q={FREQUENT}+-{word}&lang=vi",
        "sample of 20": lambda turn: f"/?sample=20&seed={turn}",
        "sample of 20 of one language": lambda turn: f"/?sample=20&seed={turn}&lang=fr",
        "sample of 20 of a day of one language": lambda turn: f"/?sample=20&seed={turn}&{day}",
        "quality: not measured": lambda _: "/?quality=digit_share<0.2",
        "sample of 1,000": lambda turn: f"/?sample=1000&seed={turn}",
        "search: sample of 20 of what has a rare word": lambda turn: f"/?q=hiemthay&sample=20&seed={turn}",
        "search: sample of 20 of what has a common word": lambda turn: f"/?q={FREQUENT}&sample=20&seed={turn}",
        "no articles": lambda _: "/refused",
        "article": of("/article"),
        "raw record": of("/raw"),
        "side by side": of("/side"),
        "side by side, three": of("/side", lang="vi,fr,en"),
        "revisions": of("/revisions"),
        "take out a rare word": lambda _: "/take?q=hiemthay",
        "style": lambda _: "/style.css",
    }


def some_articles(store: Store, number: int) -> list[tuple[str, str]]:
    """Language and slug of articles by chance."""
    last = store.read(lambda c: int(c.execute(select(func.max(articles.c.id))).scalar() or 0))
    ids = random.Random(1).sample(range(1, last + 1), min(number, last))
    query = select(articles.c.language, articles.c.slug).where(articles.c.id.in_(ids))
    return [(row.language, row.slug) for row in store.read(lambda c: c.execute(query).all())]


def full_scans(store: Store) -> Iterator[tuple[str, float]]:
    """Seconds for one look at every row: of the texts, and of what stands beside them."""
    for name, query in (
        ("all records", select(func.count(), func.sum(func.length(records.c.record)))),
        ("all revisions", select(func.count(), func.max(revisions.c.words))),
    ):
        started = time.perf_counter()
        store.read(lambda connection, query=query: connection.execute(query).all())
        yield name, time.perf_counter() - started


def peak(process: int) -> float:
    """The peak of memory of a process, in MB; 0 where the system does not tell."""
    try:
        told = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+)", told)
    return int(found[1]) / 1024 if found else 0


def measure(address: str, asked: Mapping[str, Ask], turns: int) -> Iterator[tuple[str, list[float], int]]:
    """Each kind with the seconds of its turns and the bytes of the last answer."""
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
    """Make a store unless there is one; ask; print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000)
    parser.add_argument("--store", help="one that is there; it is only read")
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
                    told = "" if middle < bar else f"  OVER {bar:g} s"
                    print(
                        f"{middle:7.3f} s median {max(spent):7.3f} s worst {size:>9,} bytes  {name}{told}", flush=True
                    )
                print(f"{peak(reader.pid):,.0f} MB of memory at most (bar: {MEMORY_BAR})", flush=True)
                for name, seconds in full_scans(store):
                    print(f"{seconds:7.3f} s for one look at {name}", flush=True)
            finally:
                reader.terminate()


if __name__ == "__main__":
    main()
