"""Pages per second of a whole crawl compared with two bare Scrapy spiders, on the same replica in one run; and memory.

    python benchmarks/crawl.py [PAGES]                three crawls of PAGES pages (default 5000), ratios
    python benchmarks/crawl.py --kilobytes N [PAGES]  the same with N kB more on each page (the real site has 500)
    python benchmarks/crawl.py --memory [PAGES]       one crawl of PAGES pages (default 100000), memory over time

Reference one fetches and drops the pages; reference two calls ``trafilatura.bare_extraction(with_metadata=True)`` on
them. Both are plain Scrapy spiders with Scrapy's own settings (robots.txt obeyed), delays off, and the same number of
concurrent requests as vietnamvn. The replica runs in its own process and sends gzip, as the site does.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

LANGUAGES = ("vi", "en", "fr", "ru", "th")
PER_DAY = 500
ROOT = Path(__file__).resolve().parents[1]

SPIDER = """
import sys, time
import scrapy
from scrapy.crawler import CrawlerProcess
from scraper.replica import ReplicaSite
base, articles, languages, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3].split(","), sys.argv[4]

class Bare(scrapy.Spider):
    name = "bare"
    pages = texts = 0
    async def start(self):
        for slug in ReplicaSite(articles=articles, languages=languages).posts:
            for code in languages:
                yield scrapy.Request(base + ("" if code == "vi" else "/" + code) + "/" + slug)
    def parse(self, response):
        self.pages += 1
        if mode == "trafilatura":
            import trafilatura
            found = trafilatura.bare_extraction(response.body, url=response.url, with_metadata=True)
            self.texts += bool(found)

settings = {"LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False, "ROBOTSTXT_OBEY": True, "COOKIES_ENABLED": False,
            "CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": 16, "DOWNLOAD_DELAY": 0}
process = CrawlerProcess(settings)
crawler = process.create_crawler(Bare)
process.crawl(crawler)
start = time.perf_counter()
process.start()
print(crawler.spider.pages, crawler.spider.texts, time.perf_counter() - start)
"""


@contextmanager
def replica(articles: int, padding: int = 0) -> Iterator[str]:
    command = [sys.executable, "-m", "scraper.replica", str(articles), str(PER_DAY), ",".join(LANGUAGES), str(padding)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


def bare(base: str, articles: int, mode: str) -> float:
    command = [sys.executable, "-c", SPIDER, base, str(articles), ",".join(LANGUAGES), mode]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    pages, texts, seconds = done.stdout.split()
    assert int(pages) == articles * len(LANGUAGES), done.stderr
    assert mode == "drop" or int(texts) == int(pages)
    return int(pages) / float(seconds)


def crawl_command(base: str, folder: Path) -> list[str]:
    command = [
        sys.executable,
        "-m",
        "scraper.cli",
        "crawl",
        "--base-url",
        base,
        "--since",
        "2020-01-01",
        "--delay",
        "0",
    ]
    return [*command, "--json", "--store", f"sqlite:///{folder}/store.db", "--archive", str(folder / "archive")]


def vietnamvn(base: str, articles: int, folder: Path) -> float:
    done = subprocess.run(crawl_command(base, folder), capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    manifest = json.loads(done.stdout)
    pages = manifest["totals"]["stored"]
    assert pages == articles * len(LANGUAGES)
    # From the run's start to its last row, discovery included; the interpreter's start is in none of the figures.
    took = datetime.fromisoformat(manifest["finished_at"]) - datetime.fromisoformat(manifest["started_at"])
    return pages / took.total_seconds()


def speed(pages: int, kilobytes: int) -> None:
    articles = pages // len(LANGUAGES)
    folder = Path(tempfile.mkdtemp())
    try:
        with replica(articles, kilobytes * 1000) as base:
            drop = bare(base, articles, "drop")
            whole = vietnamvn(base, articles, folder)
            slow = bare(base, articles, "trafilatura")
            again = bare(base, articles, "drop")
    finally:
        shutil.rmtree(folder)
    reference = (drop + again) / 2
    print(f"pages: {articles * len(LANGUAGES)} of each, one run")
    print(f"Scrapy, fetch and drop:        {drop:8.1f} pages a second (before), {again:.1f} (after)")
    print(f"Scrapy and trafilatura:        {slow:8.1f} pages a second")
    print(f"vietnamvn crawl, whole chain:  {whole:8.1f} pages a second")
    print(f"ratio to fetch and drop:       {whole / reference:8.2f}  (wanted: at least 0.50)")
    print(f"ratio to trafilatura:          {whole / slow:8.2f}  (wanted: at least 3.3)")


def memory(pages: int) -> None:
    articles = pages // len(LANGUAGES)
    folder = Path(tempfile.mkdtemp())
    samples: list[tuple[float, float]] = []
    try:
        with (
            replica(articles) as base,
            subprocess.Popen(crawl_command(base, folder), stdout=subprocess.PIPE, text=True, cwd=ROOT) as process,
        ):
            start = time.monotonic()
            while process.poll() is None:
                samples.append((time.monotonic() - start, resident(process.pid)))
                time.sleep(1)
            assert process.stdout is not None
            stored = json.loads(process.stdout.read())["totals"]["stored"]
    finally:
        shutil.rmtree(folder)
    values = [megabytes for _, megabytes in samples if megabytes]
    half = values[len(values) // 5 :]  # the first fifth fills caches
    quarter = max(1, len(half) // 4)
    early, late = sum(half[:quarter]) / quarter, sum(half[-quarter:]) / quarter
    print(f"pages stored: {stored} of {articles * len(LANGUAGES)}")
    print(f"memory: peak {max(values):.0f} MB (wanted: under 400), early mean {early:.0f} MB, late mean {late:.0f} MB")


def resident(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="?", type=int)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--kilobytes", type=int, default=0)
    options = parser.parse_args()
    if options.memory:
        memory(options.pages or 100_000)
    else:
        speed(options.pages or 5_000, options.kilobytes)
