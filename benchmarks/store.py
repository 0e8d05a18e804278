"""Speed of the store at 10,000 and 1,000,000 rows, of an unchanged re-crawl, size, and memory of an export.

One run prints everything as ratios to a reference measured in the same run:

    python benchmarks/store.py [--rows 1000000] [--postgres URL]
    python benchmarks/store.py --bytes    only what the pages' menus, footers and boxes add to a store

SQLite on the disk of --folder (default: a temporary folder), one process, 500 adds a transaction (synchronous=FULL).
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import zstandard
from page_truth import folder as true_folder
from page_truth import true_pages

from pipelines.extraction.extractor import extract
from pipelines.models import Article, HtmlPage, Stripped
from pipelines.storage import Store, open_store
from scraper.replica import ReplicaSite

GROUP = 500
WINDOW = 10_000
TURNS = 3
FORMATS = ("parquet",)
LANGUAGES = ("vi", "fr", "en", "ru", "ja")
SYLLABLES = {
    "Latn": re.findall("..?", "anbochidaenfragohainjokailominoonphuquyransautinuvanxayenthitruongnguyen"),
    "Cyrl": re.findall("..", "абовигодаенжизаинколоминаонпорасотиуфахоцечешаья"),
    "Jpan": list("日本東京市場会談のはをにでとがした国年月大人"),
}
SCRIPTS = {"vi": "Latn", "fr": "Latn", "en": "Latn", "ru": "Cyrl", "ja": "Jpan"}


class Corpus:
    """Articles of about the site's length (some 4 kB), quickly made from a pool of paragraphs."""

    def __init__(self, paragraphs: int, seed: int = 1) -> None:
        self._paragraphs = paragraphs
        self._random = random.Random(seed)
        self._pools = {language: [self._paragraph(language) for _ in range(1500)] for language in LANGUAGES}
        self._menus = {language: self._menu(language) for language in LANGUAGES}

    def _paragraph(self, language: str) -> str:
        script, space = SCRIPTS[language], "" if language == "ja" else " "
        # Words are distributed as in a language: few words make up most of a text.
        words = ["".join(self._random.choices(SYLLABLES[script], k=self._random.randint(1, 3))) for _ in range(400)]
        weights = [1 / rank for rank in range(1, 401)]
        return space.join(self._random.choices(words, weights, k=self._random.randint(40, 90))) + "."

    def _menu(self, language: str) -> tuple[Stripped, ...]:
        """As many lines as a page of the site has around its article."""
        lines = [paragraph[:60] for paragraph in self._random.choices(self._pools[language], k=40)]
        return (
            Stripped(text="\n".join(lines[:30]), rule="not-article: navigation"),
            Stripped(text="\n".join(lines[30:]), rule="not-article: footer"),
        )

    def article(self, number: int) -> Article:
        """The article with this number, always the same."""
        chance = random.Random(number)
        language = LANGUAGES[number % len(LANGUAGES)]
        slug = f"{chance.getrandbits(40):x}-bai-viet-ve-mot-chu-de-dang-duoc-quan-tam-{number}"
        paragraphs = tuple(chance.choices(self._pools[language], k=self._paragraphs))
        head, foot = self._menus[language]
        related = "\n".join(paragraph[:70] for paragraph in chance.choices(self._pools[language], k=5))
        return Article(
            url=f"https://www.vietnam.vn/{language}/{slug}",
            host="www.vietnam.vn",
            slug=slug,
            url_language=language,
            html_language=language,
            language=language,
            language_script=SCRIPTS[language],
            language_score=0.99,
            language_detector="cld2",
            language_agrees=True,
            title=paragraphs[0][:80],
            lead=paragraphs[1][:200],
            paragraphs=paragraphs,
            kinds=("paragraph",) * len(paragraphs),
            publisher=chance.choice(("Báo Cần Thơ", "VietnamPlus", "Thời Đại")),
            published=f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
            stripped=(head, Stripped(text=related, rule="not-article: other"), foot),
            extractor="html/2025-08",
            extractor_version="1.0",
        )


def store_all(store: Store, articles: Iterable[Article], day: int) -> float:
    """Store articles in groups; return the seconds spent in the store."""
    spent = 0.0
    group: list[Article] = []

    def flush() -> float:
        started = time.perf_counter()
        with store.transaction():
            for article in group:
                store.add(article, seen_at=f"2025-10-{day:02}T00:00:00Z")
        return time.perf_counter() - started

    for article in articles:
        group.append(article)
        if len(group) == GROUP:
            spent += flush()
            group.clear()
    if group:
        spent += flush()
    return spent


def numbers(corpus: Corpus, start: int, stop: int) -> Iterator[Article]:
    return (corpus.article(number) for number in range(start, stop))


def small(url: str, corpus: Corpus) -> tuple[float, float]:
    """Seconds for storing the first 10,000 articles, and for seeing them again unchanged."""
    with open_store(url) as store:
        first = store_all(store, numbers(corpus, 0, WINDOW), 1)
        again = store_all(store, numbers(corpus, 0, WINDOW), 2)
    return first, again


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--paragraphs", type=int, default=9, help="of 440 bytes each; 9 are the site's 4 kB")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--bytes", action="store_true", help="measure only the cost of the lines around the article")
    parser.add_argument("--postgres", help="also measure the small part on this (empty) database")
    options = parser.parse_args()
    corpus = Corpus(options.paragraphs)
    with tempfile.TemporaryDirectory(dir=options.folder) as temporary:
        folder = Path(temporary)
        if options.bytes:
            lines(folder)
            return
        sqlite(folder, corpus, options.rows)
        if options.postgres:
            first, again = small(options.postgres, corpus)
            print(
                f"PostgreSQL, {WINDOW:,} rows: first storage {WINDOW / first:,.0f}/s, "
                f"unchanged {WINDOW / again:,.0f}/s, ratio {first / again:.2f} (bar: 3)"
            )


def lines(folder: Path) -> None:
    """Print the store's bytes per article, with and without the lines around it, for pages of one site and of many."""
    kinds = {"the replica": replica_articles}
    if true_folder().is_dir():
        kinds["pages of many sites (nothing in common)"] = true_articles
    for name, pages in kinds.items():
        articles = list(pages())
        text = sum(len(article.text.encode()) for article in articles) / len(articles)
        beside = sum(len(line.text.encode()) for a in articles for line in a.stripped) / len(articles)
        whole = stored_bytes(folder / "whole.db", articles)
        bare = stored_bytes(folder / "bare.db", [replace(article, stripped=()) for article in articles])
        print(
            f"{name}: {len(articles):,} articles of {text:,.0f} bytes and {beside:,.0f} around them: "
            f"{whole:,.0f} bytes of the store each, without these lines {bare:,.0f}: ratio {whole / bare:.2f} "
            "(bar on one site: 1.20)",
            flush=True,
        )
        for path in folder.glob("*.db"):
            path.unlink()


def replica_articles() -> Iterator[Article]:
    site = ReplicaSite(articles=400, languages=("vi", "en", "fr", "ru", "th"))
    for slug in site.posts:
        for code in ("", "/en", "/fr", "/ru", "/th"):
            yield from extracted(site.respond(f"{code}/{slug}", {}).body, f"https://www.vietnam.vn{code}/{slug}")


def true_articles() -> Iterator[Article]:
    for number, page in enumerate(true_pages("wcxb", "fundus")):
        host = urlsplit(page.url).hostname if page.url else f"host-{number}.example"
        yield from extracted(page.body, f"https://{host}/bai-viet-{number}")


def extracted(body: bytes, url: str) -> Iterator[Article]:
    found = extract(HtmlPage(body=body, url=url))
    if isinstance(found, Article):
        yield found


def stored_bytes(path: Path, articles: list[Article]) -> float:
    with open_store(f"sqlite:///{path}") as store:
        store_all(store, articles, 1)
    return path.stat().st_size / len(articles)


def sqlite(folder: Path, corpus: Corpus, rows: int) -> None:
    path = folder / "big.db"
    with open_store(f"sqlite:///{path}") as store:
        store_all(store, numbers(corpus, 0, WINDOW), 1)
    started = time.perf_counter()
    multiply(path, rows)
    print(f"  {rows:,} rows made in {time.perf_counter() - started:,.0f} s", flush=True)
    speeds: list[tuple[float, float, float]] = []
    with open_store(f"sqlite:///{path}") as store:
        for turn in range(TURNS):
            # The reference is measured again each time, since the load of a shared machine changes.
            first, again = small(f"sqlite:///{folder}/small-{turn}.db", corpus)
            begin = rows + turn * WINDOW
            big = store_all(store, numbers(corpus, begin, begin + WINDOW), 1)
            speeds.append((WINDOW / big, WINDOW / first, WINDOW / again))
            print(
                f"  turn {turn + 1}: {WINDOW / big:,.0f}/s at {begin:,} rows, {WINDOW / first:,.0f}/s in a fresh one, "
                f"{WINDOW / again:,.0f}/s unchanged",
                flush=True,
            )
        sample = random.Random(7).sample(range(rows, rows + TURNS * WINDOW), WINDOW)
        again_big = WINDOW / store_all(store, (corpus.article(number) for number in sample), 2)
    large, small_speed, again_speed = (statistics.median(column) for column in zip(*speeds, strict=True))
    print(
        f"upserts at {rows:,} rows / at {WINDOW:,}: {large:,.0f}/s / {small_speed:,.0f}/s = "
        f"{statistics.median(b / f for b, f, _ in speeds):.2f} (bar: 0.80)"
    )
    print(
        f"unchanged re-crawl / first storage at {WINDOW:,} rows: {again_speed:,.0f}/s / {small_speed:,.0f}/s = "
        f"{statistics.median(a / f for _, f, a in speeds):.2f} (bar: 3.00)"
    )
    print(
        f"unchanged re-crawl in random order at {rows:,} rows: {again_big:,.0f}/s, "
        f"{again_big / large:.2f} times as fast as storing new ones there"
    )
    sizes(path, corpus, rows + TURNS * WINDOW)
    memory(folder, path, rows + TURNS * WINDOW)


def multiply(path: Path, rows: int) -> None:
    """Copy the first articles of a store in SQL, each under a slug with a random beginning, until it has `rows`.

    Storing them one by one would take a quarter of an hour and give the same tables and indices.
    """
    database = sqlite3.connect(path, isolation_level=None)
    for offset in range(WINDOW, rows, WINDOW):
        database.execute("BEGIN")
        for table in ("articles", "revisions", "records", "unindexed"):
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            values = [
                f"{name} + {offset}"
                if name in ("id", "article_id", "revision_id")
                else "lower(hex(randomblob(5))) || substr(slug, instr(slug, '-'))"
                if name == "slug"
                else name
                for name in columns
            ]
            database.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} "
                f"WHERE {columns[0]} <= {WINDOW}"
            )
        database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def sizes(path: Path, corpus: Corpus, rows: int) -> None:
    texts = [article.text.encode() for article in numbers(corpus, 0, 2000)]
    raw = sum(map(len, texts)) / len(texts)
    each = path.stat().st_size / rows
    packed = sum(len(zstandard.ZstdCompressor(level=3).compress(text)) for text in texts) / len(texts)
    print(
        f"file: {each:,.0f} bytes an article for {raw:,.0f} of raw text = {each / raw:.2f}; "
        f"text alone compressed: {packed / raw:.2f} of it"
    )
    for level in (1, 3, 9, 19):
        compressor = zstandard.ZstdCompressor(level=level)
        started = time.perf_counter()
        size = sum(len(compressor.compress(text)) for text in texts[:500])
        spent = (time.perf_counter() - started) / 500
        print(
            f"  zstd level {level:>2}: {size / sum(map(len, texts[:500])):.3f} of raw, {spent * 1e6:,.0f} µs an article"
        )


def memory(folder: Path, path: Path, rows: int) -> None:
    for form in FORMATS:
        started = time.perf_counter()
        out = folder / f"out-{form}"
        code = (
            "import resource,sys; from scraper.cli import main; code = main(sys.argv[1:]); "
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr); sys.exit(code)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, "export", form, "--store", f"sqlite:///{path}", "--out", str(out)],
            check=True,
            capture_output=True,
            text=True,
        )
        peak = int(done.stderr.strip().splitlines()[-1]) / 1024
        spent = time.perf_counter() - started
        print(f"export {form} of {rows:,} rows: peak memory {peak:,.0f} MB (bar: 300), {rows / spent:,.0f} rows/s")
    print(f"(this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB)")


if __name__ == "__main__":
    main()
