"""Memory of `export` and `align` on large stores: does it grow?

    python benchmarks/memory.py export [--groups 1000000] [--languages en,fr,ja,th,vi] [--run "jsonl" …]
    python benchmarks/memory.py align [--groups 100000] [--languages en,vi] [--run "--workers 2" …]

Makes a store of articles in several languages from the project's own texts (each paragraph with a word of its own, so
no two are alike), and a second one with a quarter of the articles. Runs each command over both, the quarter first, and
reads from /proc the memory of the command and its workers: the peak in each fifth of the run, in MB of private
memory (without pages shared with the disk cache). Memory is flat if the ratio between the peaks of
all and of a quarter is near 1, and the fifths do not grow. Rows are copies of one made by `Store.add`, with other
texts, which is several times as fast; with `--added`, `Store.add` makes all of them, with their indexes.
"""

from __future__ import annotations

import argparse
import os
import random
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "translations")]

from disturbances import own_groups  # noqa: E402  # after the path: the project may not be installed
from making_articles import make_article  # noqa: E402

from pipelines.models import Article  # noqa: E402
from pipelines.storage import open_store  # noqa: E402
from pipelines.storage.records import Codec, pack  # noqa: E402

SEEN = "2025-11-01T00:00:00Z"
ADDED, COPIED = 500, 2_000  # groups in a transaction
FIFTHS = 5
PAUSE = 0.5  # seconds between two samples
Rows = list[tuple[str, str, str, bytes, str, bytes]]  # slug, language, hashes of text and record, address, record


def slug_of(group: int) -> str:
    """The slug of a group, in random order like real slugs."""
    return f"{random.Random(group).getrandbits(40):010x}-bai-viet-{group}"


def word_of(number: int) -> str:
    """A word for a number: texts that differ only in digits would be near duplicates."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def versions(texts: list[dict[str, list[str]]], group: int, languages: tuple[str, ...], many: int) -> list[Article]:
    """The language versions of a group."""
    chance = random.Random(group)
    text = chance.choice(texts)
    places = [chance.randrange(len(text["vi"])) for _ in range(many)]
    made = []
    for code in languages:
        paragraphs = tuple(f"{text[code][place]} ({word_of(group)}.{number})" for number, place in enumerate(places))
        slug = slug_of(group)
        made.append(
            make_article(
                slug,
                code,
                title=paragraphs[0][:60],
                lead=None,
                paragraphs=paragraphs,
                kinds=("paragraph",) * many,
                alternates={},
                source_url=None,
                published=f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
            )
        )
    return made


def add(path: Path, texts: list[dict[str, list[str]]], groups: int, languages: tuple[str, ...], many: int) -> None:
    """Store them as a crawl does."""
    with open_store(path) as store:
        for start in range(0, groups, ADDED):
            with store.transaction():
                for group in range(start, min(start + ADDED, groups)):
                    for article in versions(texts, group, languages, many):
                        store.add(article, seen_at=SEEN)


def packed(texts: list[dict[str, list[str]]], languages: tuple[str, ...], many: int, groups: range) -> Rows:
    """The values that differ between rows, for these groups."""
    codec, rows = Codec(), []
    for group in groups:
        for article in versions(texts, group, languages, many):
            made = pack(article)
            record = codec.compress(made.payload())
            key = (article.slug, article.url_language or "", made.content_sha256, made.record_hash)
            rows.append((*key, article.url or "", record))
    return rows


def copy(path: Path, texts: list[dict[str, list[str]]], groups: int, languages: tuple[str, ...], many: int) -> None:
    """Store them by SQL: the first group as a crawl does, then copies of its rows for all others."""
    add(path, texts, 1, languages, many)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -1000000")
    patterns = {row[0]: row[1:] for row in connection.execute("SELECT language, id, id FROM articles")}
    inserts = {code: _inserts(connection, *ids) for code, ids in patterns.items()}
    number = connection.execute("SELECT max(id) FROM revisions").fetchone()[0]
    batches = [range(start, min(start + COPIED, groups)) for start in range(1, groups, COPIED)]
    with ProcessPoolExecutor() as pool:
        make = partial(packed, texts, languages, many)
        for rows in _soon(pool, make, batches):
            connection.execute("BEGIN")
            for slug, code, sha256, record_hash, url, record in rows:
                number += 1
                values = {"id": number, "slug": slug, "content_sha256": sha256, "record_hash": record_hash}
                values |= {"url": url, "record": record}
                for statement in inserts[code]:
                    connection.execute(statement, values)
            connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _soon(pool: ProcessPoolExecutor, make: Any, batches: Iterable[range]) -> Iterator[Rows]:
    """The rows of all batches in order, a few batches ahead."""
    left = iter(batches)
    waiting = [pool.submit(make, batch) for batch in islice(left, 4)]
    while waiting:
        rows = waiting.pop(0).result()
        waiting += [pool.submit(make, batch) for batch in islice(left, 1)]
        yield rows


def _inserts(connection: sqlite3.Connection, article: int, revision: int) -> list[str]:
    """Statements that copy a row of each table, with other values where parameters are given."""
    found = []
    given = {
        "articles": {"id": ":id", "slug": ":slug", "content_sha256": ":content_sha256"},
        "revisions": {name: f":{name}" for name in ("id", "content_sha256", "record_hash", "url")},
        "records": {"revision_id": ":id", "record": ":record", "stripped": "NULL", "boilerplate_id": "NULL"},
    }
    given["revisions"]["article_id"] = ":id"
    for table, values in given.items():
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        taken = ", ".join(values.get(name, name) for name in columns)
        key, of = ("revision_id", revision) if table == "records" else ("id", article)
        found.append(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {taken} FROM {table} WHERE {key} = {of}")
    return found


@dataclass(slots=True)
class Held:
    """Memory of a run's processes, in MB: (seconds since its start, the command, the largest worker)."""

    looks: list[tuple[float, float, float]] = field(default_factory=list)
    seconds: float = 0.0

    def fifths(self, which: int) -> list[float]:
        """The peak in each fifth of the run."""
        found = [0.0] * FIFTHS
        for look in self.looks:
            at = min(int(look[0] / self.seconds * FIFTHS), FIFTHS - 1)
            found[at] = max(found[at], look[which])
        return found


def watched(arguments: list[str], log: Path) -> Held:
    """Run a command and sample its memory."""
    held, started = Held(), time.monotonic()
    with log.open("w") as out:
        process = subprocess.Popen([sys.executable, "-m", "vietnamvn", *arguments], stdout=out, stderr=out, cwd=ROOT)
        while process.poll() is None:
            workers = [memory(pid) for pid in below(process.pid)]
            held.looks.append((time.monotonic() - started, memory(process.pid), max(workers, default=0.0)))
            time.sleep(PAUSE)
    held.seconds = time.monotonic() - started
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)}: exit code {process.returncode}\n{log.read_text()[-2000:]}")
    return held


def memory(pid: int) -> float:
    """The private memory of a process in MB; 0 if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) / 1024


def below(pid: int) -> list[int]:
    """All descendants of a process."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        parents.setdefault(parent, []).append(int(path.parent.name))
    found = parents.get(pid, [])
    return found + [deeper for child in found for deeper in below(child)]


def main() -> None:
    """Fill, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("export", "align"))
    parser.add_argument("--groups", type=int, metavar="N", help="articles (default: 1000000, of align 100000)")
    parser.add_argument("--languages", metavar="CODE,…", help="of each (default: en,fr,ja,th,vi, of align en,vi)")
    parser.add_argument("--paragraphs", type=int, metavar="N", help="of each (default: 2, of align 6)")
    parser.add_argument("--added", action="store_true", help="store all with Store.add, with their indexes")
    parser.add_argument("--run", action="append", metavar="OPTIONS", help="another run with these options")
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="for stores and output, kept (default: a temporary one)"
    )
    options = parser.parse_args()
    is_export = options.command == "export"
    groups = options.groups or (1_000_000 if is_export else 100_000)
    languages = tuple((options.languages or ("en,fr,ja,th,vi" if is_export else "en,vi")).split(","))
    many = options.paragraphs or (2 if is_export else 6)
    runs = options.run or (["jsonl"] if is_export else ["--workers 2"])
    texts = [group for group in own_groups() if {*languages, "vi"} <= {*group}]
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        stores = []
        for part in (groups // 4, groups):
            path = folder / f"{options.command}-{part}.db"
            if not path.exists():
                started = time.monotonic()
                (add if options.added else copy)(path, texts, part, languages, many)
                took, size = time.monotonic() - started, path.stat().st_size / 1e6
                print(
                    f"{path.name}: {part * len(languages):,} texts, {size:,.0f} MB, made in {took:,.0f} s", flush=True
                )
            stores.append((part, path))
        for run in runs:
            peaks = []
            for part, path in stores:
                out = folder / "out"
                given = shlex.split(run) if is_export else ["--langs", ",".join(languages), *shlex.split(run)]
                held = watched([options.command, *given, "--store", str(path), "--out", str(out)], folder / "run.log")
                shutil.rmtree(out)
                pace = f"{part * len(languages) / held.seconds:,.0f}/s, load {os.getloadavg()[0]:.1f}"
                print(f"{options.command} {run}: {part * len(languages):,} texts in {held.seconds:,.0f} s ({pace})")
                for which, name in ((1, "this process"), (2, "largest worker")):
                    fifths = " ".join(f"{value:6.0f}" for value in held.fifths(which))
                    print(f"  {name:<15}{fifths}   MB, the peak in each fifth", flush=True)
                peaks.append((max(held.fifths(1)), max(held.fifths(2))))
            ratios = [after / before for before, after in zip(*peaks, strict=True) if before]
            shown = " and ".join(f"{ratio:.2f}" for ratio in ratios)
            print(f"{options.command} {run}: peaks of all over those of a quarter: {shown} (flat is 1)", flush=True)


if __name__ == "__main__":
    main()
