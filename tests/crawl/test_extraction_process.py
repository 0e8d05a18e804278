"""Extraction in a process of its own: the same results, and nothing that happens to the process costs the crawl."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import aclosing
from datetime import date
from pathlib import Path

import pytest
from projects import OURS, crawl_arguments, manifest_of, start_python, write_files

from pipelines import extract
from pipelines.models import Article, HtmlPage, Rejected
from pipelines.storage import open_store
from scraper import extractor
from scraper.extractor import ExtractionError, Extractor
from scraper.replica import ReplicaServer, ReplicaSite

ALWAYS = -1.0
"""A share of the time that every extraction exceeds."""


def pages(number: int) -> Iterator[HtmlPage]:
    """Pages of the replica, and among them one that is no article."""
    site = ReplicaSite(articles=number)
    site.base = "https://www.vietnam.vn"
    for slug in site.posts:
        yield HtmlPage(body=site.respond(f"/{slug}", {}).body, url=f"https://www.vietnam.vn/{slug}")
    yield HtmlPage(body=b"<p>Mua vui", url="https://www.vietnam.vn/mua-vui")


async def ready(beside: Extractor) -> int:
    """Extract until the process has begun; its id."""
    page = next(pages(1))
    until = time.monotonic() + 30
    while beside.pid is None:
        assert time.monotonic() < until, "no process has begun"
        await beside.extract(page)
        await asyncio.sleep(0.02)
    return beside.pid


class Closing(Extractor):
    """One that always begins a process, at once, and can be used in a `with`."""

    def __init__(self) -> None:
        super().__init__(ALWAYS)

    async def aclose(self) -> None:
        """End the process."""
        await self.close()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extractor, "_WINDOW", 1)
    monkeypatch.setattr(extractor, "usable_processors", lambda: 2)


def is_alive(pid: int) -> bool:
    """Whether a process is there and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_results_are_the_same() -> None:
    """Twenty pages at once, more than wait for the process at a time: each result is its page's."""
    some = list(pages(20))

    async def run() -> list[Article | Rejected]:
        async with aclosing(Closing()) as beside:
            await ready(beside)
            return list(await asyncio.gather(*map(beside.extract, some)))

    results = asyncio.run(run())
    assert results == [extract(page) for page in some]
    assert {type(result) for result in results} == {Article, Rejected}


@pytest.mark.parametrize("what", ["killed", "stopped"])
def test_a_process_that_ends_costs_one_page(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """Killed at work, or stuck for longer than a page may take: one page has no result, and a new process begins."""
    monkeypatch.setattr(extractor, "LONGEST", 1.0)
    some = list(pages(3))

    async def run() -> tuple[list[Article | Rejected | BaseException], Article | Rejected]:
        async with aclosing(Closing()) as beside:
            first = await ready(beside)
            os.kill(first, signal.SIGSTOP)
            work = [asyncio.ensure_future(beside.extract(page)) for page in some]
            await asyncio.sleep(0.2)
            if what == "killed":
                os.kill(first, signal.SIGKILL)
            results = await asyncio.gather(*work, return_exceptions=True)
            second = await ready(beside)
            assert second != first
            return results, await beside.extract(some[0])

    results, after = asyncio.run(run())
    assert isinstance(results[0], ExtractionError)
    assert results[1:] == [extract(page) for page in some[1:]]
    assert after == extract(some[0])


def test_an_answer_that_nobody_asked_for_ends_the_process_alone() -> None:
    """The crawl ends in order, and goes on without it."""
    page = next(pages(1))

    async def run() -> Article | Rejected:
        async with aclosing(Closing()) as beside:
            await ready(beside)
            worker = beside._worker
            assert worker is not None
            assert worker._process.stdin is not None
            worker._process.stdin.write(extractor._message(page))
            await worker._reading
            return await beside.extract(page)

    assert asyncio.run(run()) == extract(page)


def test_a_loop_that_stood_still_blames_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crawl that was stopped (Ctrl-Z), or waited deaf for longer than a page may take: every page has its result."""
    monkeypatch.setattr(extractor, "LONGEST", 1.0)
    some = list(pages(3))

    async def run() -> list[Article | Rejected]:
        async with aclosing(Closing()) as beside:
            pid = await ready(beside)
            os.kill(pid, signal.SIGSTOP)
            work = [asyncio.ensure_future(beside.extract(page)) for page in some]
            await asyncio.sleep(0.2)
            time.sleep(1.5)
            os.kill(pid, signal.SIGCONT)
            results = await asyncio.gather(*work)
            assert await ready(beside) == pid
            return results

    assert asyncio.run(run()) == [extract(page) for page in some]


@pytest.mark.parametrize("program", ["/nowhere/python", "/bin/false"])
def test_without_a_process_all_is_done_here(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """A process that cannot begin is tried once."""
    begun = []
    start = asyncio.create_subprocess_exec

    async def counted(*command: str, **options: object) -> asyncio.subprocess.Process:
        begun.append(command)
        return await start(*command, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(sys, "executable", program)
    monkeypatch.setattr(asyncio, "create_subprocess_exec", counted)
    some = list(pages(3))

    async def run() -> list[Article | Rejected]:
        async with aclosing(Closing()) as beside:
            results = []
            for page in some * 2:
                results.append(await beside.extract(page))
                await asyncio.sleep(0.2)
            return results

    assert asyncio.run(run()) == [extract(page) for page in some * 2]
    assert len(begun) == 1


def test_at_a_polite_pace_there_is_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The share of the time is what counts, not the number of pages."""
    monkeypatch.setattr(extractor, "_WINDOW", 5)

    async def run() -> int | None:
        beside = Extractor(0.5)
        for page in pages(11):
            await beside.extract(page)
            await asyncio.sleep(0.1)
        return None if beside._worker is None else beside._worker.pid

    assert asyncio.run(run()) is None


@pytest.mark.parametrize("processors", [1, 2])
def test_a_single_processor_has_no_process_beside_it(processors: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would only take turns with the crawl."""
    monkeypatch.setattr(extractor, "usable_processors", lambda: processors)

    async def run() -> bool:
        beside = Extractor(0.0)
        for page in pages(2):
            await beside.extract(page)
        begun = beside._worker is not None
        await beside.close()
        return begun

    assert asyncio.run(run()) is (processors > 1)


def test_an_orphan_ends(tmp_path: Path) -> None:
    """The process ends when the crawl is killed, for nobody closes anything then."""
    program = """
import asyncio
from scraper import extractor
from pipelines.models import HtmlPage
extractor._WINDOW, extractor.usable_processors = 1, lambda: 2
async def main():
    beside = extractor.Extractor(-1.0)
    while beside.pid is None:
        await beside.extract(HtmlPage(body=b"<p>a", url="https://www.vietnam.vn/a"))
        await asyncio.sleep(0.02)
    print(beside.pid, flush=True)
    await asyncio.sleep(100)
asyncio.run(main())
"""
    process = start_python(tmp_path, "-c", program)
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    assert is_alive(pid)
    process.kill()
    process.communicate()
    until = time.monotonic() + 10
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_alive(pid)


def test_a_crawl_stores_the_same_either_way(tmp_path: Path) -> None:
    """By `scrapy crawl`, with a process and without; the account tells no difference either."""
    begin = "import sys; from scraper import extractor as e; e._WINDOW, e.usable_processors = 5, lambda: 2\n"
    hook = f"{begin}from scrapy.cmdline import execute; execute(['scrapy', *sys.argv[1:]])\n"
    folder = write_files(tmp_path, OURS | {"begin.py": hook})
    site = ReplicaSite(articles=30, per_day=15, languages=("vi", "en", "th"), last_day=date(2025, 10, 23))
    texts, totals = [], []
    with ReplicaServer(site) as server:
        for share in ("1", "-1"):
            arguments = crawl_arguments(server.base_url, f"store{share}.db")
            process = start_python(folder, "begin.py", *arguments, "-s", f"VIETNAMVN_EXTRACTION_SHARE={share}")
            seen = set()
            while process.poll() is None:
                seen |= children(process.pid)
                time.sleep(0.02)
            assert process.returncode == 0, process.communicate()[1]
            process.communicate()
            assert bool(seen) == (share == "-1")
            assert not any(map(is_alive, seen))
            with open_store(f"sqlite:///{folder}/store{share}.db", read_only=True) as store:
                texts.append(
                    {one.article.url: one.article.to_dict() | {"fetched_at": None} for one in store.articles()}
                )
            totals.append(manifest_of(folder, f"store{share}.db")["totals"])
    assert len(texts[0]) == 90
    assert texts[0] == texts[1]
    assert totals[0] == totals[1]


def children(pid: int) -> set[int]:
    """The processes that a process has begun and that extract."""
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return {int(child) for child in found if b"scraper.extractor" in Path(f"/proc/{child}/cmdline").read_bytes()}
    except OSError:
        return set()


def test_the_working_folder_is_no_place_of_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies where a crawl is begun must not run in its name."""
    (tmp_path / "pycld2.py").write_text("open('ran', 'w').close()\n")
    monkeypatch.chdir(tmp_path)

    async def begin() -> None:
        async with aclosing(Closing()) as beside:
            await ready(beside)

    monkeypatch.setattr(sys, "path", [place for place in sys.path if place])
    asyncio.run(begin())
    assert not (tmp_path / "ran").exists()


def test_packages_of_the_same_name_are_not_taken_for_these(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project of the user's may have a folder `scraper` that comes first on the path: the process is ours still."""
    for name in ("scraper", "pipelines"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit(1)\n", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    async def is_begun() -> bool:
        async with aclosing(Closing()) as beside:
            await beside.extract(next(pages(1)))
            worker = beside._worker
            assert worker is not None
            while not worker.is_ready and not worker.is_over:
                await asyncio.sleep(0.02)
            return worker.is_ready

    assert asyncio.run(is_begun())


def test_a_process_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that hangs when the crawl is over is not waited for without end, and not left behind."""
    monkeypatch.setattr(extractor, "_SECONDS_TO_END", 0.1)

    async def left() -> int:
        async with aclosing(Closing()) as beside:
            pid = await ready(beside)
            os.kill(pid, signal.SIGSTOP)
            return pid

    assert not is_alive(asyncio.run(asyncio.wait_for(left(), 60)))


def test_an_interrupt_while_the_process_begins_is_not_its_own(tmp_path: Path) -> None:
    """Ctrl-C reaches it among its imports, too, and is for the crawl alone: no traceback beside the crawl's line."""
    (tmp_path / "scraper").mkdir()
    interrupted = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\ndef main(): print('begun')\n"
    (tmp_path / "scraper" / "extractor.py").write_text(interrupted, encoding="utf-8")
    (tmp_path / "scraper" / "__init__.py").touch()
    command = [sys.executable, "-c", extractor._BEGIN, str(tmp_path), *sys.path]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "begun\n", "")
