"""`clean` compared with the same job using trafilatura, one worker with two, local processes with Ray; and its memory.

    python benchmarks/batch.py pages [--pages 5000]     speed, on one WARC
    python benchmarks/batch.py memory [--rows 1000000]  peak memory of a worker, on one file of JSON lines

The WARC holds the pages of benchmarks/extraction.py (100 kB and more), each with its own address and its own
paragraphs. All jobs are whole runs of the same engine on the same file, duplicates included; only the extractor
differs. Times are for whole jobs, start-up included.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import random
import re
import resource
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import trafilatura
from extraction import realistic_pages
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipelines.batch.cleaned_rows import Extract
from pipelines.batch.engines import Engine
from pipelines.batch.engines.local import LocalEngine
from pipelines.batch.input_rows import CleanOptions
from pipelines.batch.job import clean
from pipelines.extraction import extract
from pipelines.models import Article, HtmlPage, Rejected, TextPage


def with_trafilatura(page: HtmlPage | TextPage) -> Article | Rejected:
    """An article by trafilatura, without language and cleaning, which it does not have: the cheapest possible job."""
    assert isinstance(page, HtmlPage)
    document = trafilatura.bare_extraction(page.body, url=page.url, with_metadata=True)
    if document is None or not document.text:
        return Rejected(url=page.url, outcome="empty", detail="trafilatura finds nothing")
    paragraphs = tuple(line for line in document.text.split("\n") if line.strip())
    return Article(
        url=page.url,
        title=document.title,
        paragraphs=paragraphs,
        kinds=("paragraph",) * len(paragraphs),
        extractor="trafilatura",
        extractor_version=trafilatura.__version__,
    )


def write_warc(path: Path, count: int) -> None:
    """Write a WARC of `count` article pages."""
    pages = realistic_pages()
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number in range(count):
            page = pages[number % len(pages)]
            http = StatusAndHeaders("200 OK", [("Content-Type", page.content_type or "text/html")], protocol="HTTP/1.1")
            body = page.body.replace(b"</p>", b" %d.</p>" % number)
            url = f"https://www.vietnam.vn/fr/bai-viet-{number}"
            writer.write_record(writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=http))


def run(
    source: Path, engine: Engine, *, extractor: Extract = extract, name: str = "vietnamvn"
) -> tuple[float, float, int]:
    """Wall and CPU seconds of a job (CPU without Ray's workers), and its number of clean rows."""
    with tempfile.TemporaryDirectory() as out:
        start, used = time.perf_counter(), processors()
        summary = clean([str(source)], out, options=CleanOptions(), engine=engine, extract=extractor, extractor=name)
        seconds = time.perf_counter() - start
    assert summary.rows == summary.clean + sum(summary.rejected.values())
    return seconds, processors() - used, summary.clean


def processors() -> float:
    """CPU seconds of this process and of its finished children."""
    usages = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(u.ru_utime + u.ru_stime for u in usages)


def pages(count: int, rounds: int) -> None:
    from pipelines.batch.engines.ray import RayEngine

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "pages.warc.gz"
        write_warc(source, count)
        print(f"{count} pages, WARC of {source.stat().st_size / 2**20:.0f} MiB, best of {rounds}")
        jobs = {
            "local, 1 worker": lambda: run(source, LocalEngine(workers=1)),
            "local, 2 workers": lambda: run(source, LocalEngine(workers=2)),
            "trafilatura, local, 1 worker": lambda: run(
                source, LocalEngine(workers=1), extractor=with_trafilatura, name="trafilatura"
            ),
            "ray, 1 worker": lambda: run(source, RayEngine(workers=1)),
        }
        times: dict[str, float] = {}
        used: dict[str, float] = {}
        for _ in range(rounds):
            for name, job in jobs.items():
                seconds, cpu, rows = job()
                assert rows > count * 0.9, (name, rows)
                times[name] = min(seconds, times.get(name, seconds))
                used[name] = min(cpu, used.get(name, cpu))
                print(f"  {name:30} {seconds:7.1f} s  {count / seconds:7.1f} pages/s  {cpu:7.1f} s of CPU", flush=True)
    one = times["local, 1 worker"]
    print(f"  {times['trafilatura, local, 1 worker'] / one:.2f} times trafilatura's pages a second (bar: 4)")
    ratio = used["trafilatura, local, 1 worker"] / used["local, 1 worker"]
    print(f"  {ratio:.2f} times by CPU seconds, on which other programs have less influence")
    print(f"  2 workers {one / times['local, 2 workers']:.2f} times 1 worker (bar: 1.8, with two idle cores)")
    print(f"  Ray takes {100 * (times['ray, 1 worker'] / one - 1):+.1f} % over local (bar: 15 on a job of a minute)")


def text_rows(count: int) -> Iterator[bytes]:
    """Rows of two paragraphs of random French words: none resembles another."""
    randomness = random.Random(1)
    article = Path(__file__).parents[1] / "tests/translations/parallel/lang-ca-ban-dem.json"
    paragraphs = json.loads(article.read_text(encoding="utf-8"))["versions"]["fr"]
    words = [word for paragraph in paragraphs for word in paragraph.split()]
    for number in range(count):
        text = "\n".join(" ".join(randomness.choices(words, k=20)).capitalize() + "." for _ in range(2))
        yield json.dumps({"url": f"https://www.vietnam.vn/fr/r-{number}", "text": text}).encode() + b"\n"


def memory(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "rows.jsonl"
        for rows in (count // 100, count // 10, count):
            with source.open("wb") as file:
                file.writelines(text_rows(rows))
            with WorkersWatched() as watched:
                seconds, _, _ = run(source, LocalEngine(workers=2))
            driver = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{rows:9,} rows of {source.stat().st_size / rows:.0f} bytes: {seconds:.0f} s, "
                f"peak {watched.peak / 1024:.0f} MB a worker (bar: 500), {driver:.0f} MB the driver so far",
                flush=True,
            )


class WorkersWatched:
    """The highest peak of the child processes' memory, in kB (VmHWM).

    Not `getrusage`: its value for a child includes the memory that the parent had when the child was started.
    """

    def __init__(self) -> None:
        self.peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> WorkersWatched:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.2):
            for child in multiprocessing.active_children():
                with suppress(OSError):
                    status = Path(f"/proc/{child.pid}/status").read_text()
                    found = re.search(r"VmHWM:\s+(\d+)", status)
                    self.peak = max(self.peak, int(found[1]) if found else 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("pages", "memory"))
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    if options.what == "pages":
        pages(options.pages, options.rounds)
    else:
        memory(options.rows)


if __name__ == "__main__":
    main()
