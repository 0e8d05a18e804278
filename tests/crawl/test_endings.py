"""Whatever ends a crawl: process, manifest, store and standard error tell one and the same end, and nothing is lost."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard
from breakages import ERRORS, Breakage, Process, Told, call, crawling
from databases import SERVER, fresh_postgres_database
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import make_url
from warcio.archiveiterator import ArchiveIterator

from pipelines.storage import open_store
from scraper.crawl_lock import take_lock
from scraper.processes import this_holder
from scraper.replica import Fault, ReplicaServer, ReplicaSite
from scraper.replica.content import Reply

ROOT = Path(__file__).resolve().parents[2]
PAGES = 12  # six articles in two languages
WORDS = {0: "complete", 1: "failed", 3: "incomplete", 4: "blocked", 130: "interrupted"}
FORMER = {"exit_code": 0, "result": "complete", "reasons": [], "totals": {"listed": 1}}


def _site(**more: Any) -> ReplicaSite:
    return ReplicaSite(articles=6, per_day=3, languages=("vi", "en"), last_day=date(2025, 10, 23), **more)


@pytest.fixture(scope="module")
def server() -> Iterator[ReplicaServer]:
    """A small site without faults."""
    with ReplicaServer(_site()) as running:
        yield running


def assert_agree(told: Told, *, store_is_there: bool = True, manifest_is_there: bool = True) -> None:
    """The four that tell of the run say the same; whichever cannot be there any more is left out."""
    assert "Traceback" not in told.stderr, told.stderr
    assert told.code in WORDS, told.stderr
    if manifest_is_there:
        assert told.manifest is not None, told.stderr
        assert told.manifest["exit_code"] == told.code
        assert told.manifest["result"] == WORDS[told.code]
        assert told.manifest["finished_at"] is not None
        reasons = told.manifest["reasons"]
        totals = told.manifest["totals"]  # null where they could not be read
        assert told.code != 0 or (totals["left"] == 0 and totals["holds"])
        if reasons:
            assert told.last_line.endswith(reasons[-1]), told.stderr
        assert bool(reasons) or told.code == 0
    if told.code:
        assert told.last_line.startswith("vietnamvn: "), told.stderr
        assert "nothing to do" not in told.stderr
    else:
        assert "vietnamvn: " not in told.stderr
    if store_is_there:
        assert told.run is not None
        assert (told.run.outcome, told.run.summary["exit_code"]) == (WORDS[told.code], told.code)
        assert not manifest_is_there or told.run.summary["reasons"] == told.manifest["reasons"]  # type: ignore[index]
        assert "leased" not in told.states


WRITE_MANIFEST = "scraper.run:write_manifest"
SPIDER, STORE = "scraper.spiders.articles:ArticlesSpider", "pipelines.storage.store:Store"
SETTLE = "scraper.frontier:Frontier.settle"

# name, what breaks, exit code, words of the reason
BROKEN = [
    ("robots", Breakage(at="scraper.sources.site:robots_in"), 1, "OddError"),
    ("sitemap_reader", Breakage(at="scraper.sources.site:parse_sitemap"), 1, "OddError: an odd error of two lines"),
    ("second_day", Breakage(at="scraper.sources.site:parse_sitemap", after=2), 1, "OddError"),
    ("choice_of_days", Breakage(at="scraper.sources.site:choose_days"), 1, "OddError"),
    ("enqueue", Breakage(at=f"{STORE}.enqueue", after=1), 1, "OddError"),
    ("extraction", Breakage(at="scraper.extractor:extract", after=4), 3, "parse_failed"),
    ("extraction_memory", Breakage(at="scraper.extractor:extract", how="memory", after=4), 3, "parse_failed"),
    ("one_page", Breakage(at="scraper.extractor:extract", after=4, once=True), 3, "failed: 1 parse_failed"),
    (
        "alternates",
        Breakage(at="scraper.discovery:Discovery.translations", after=2, once=True),
        3,
        "failed: 1 parse_failed",
    ),
    ("middleware", Breakage(at="scraper.middlewares.outcome:judge", after=5, once=True), 3, "failed: 1 parse_failed"),
    ("scheduler", Breakage(at=f"{SPIDER}.leased_request", after=3), 1, "OddError"),
    ("scheduler_once", Breakage(at=f"{SPIDER}.leased_request", after=3, once=True), 1, "OddError"),
    ("scheduler_memory", Breakage(at=f"{SPIDER}.leased_request", how="memory", after=3), 1, "MemoryError"),
    ("leases", Breakage(at="scraper.leases:Leases.extend", after=2), 1, "OddError"),
    ("settling", Breakage(at=SETTLE, after=3, once=True), 1, "OddError"),
    ("reopening", Breakage(at=f"{STORE}.retry"), 1, "OddError"),
    ("beginning", Breakage(at=f"{SPIDER}.begin"), 1, "OddError"),
    ("lock_renewal", Breakage(at="scraper.run:take_lock", how="store", after=1), 1, "cannot be used"),
    ("lock_renewal_odd", Breakage(at="scraper.run:take_lock", after=1), 1, "OddError"),
    ("archive_write", Breakage(at="scraper.archive:Archive.write", after=3), 1, "OddError"),
    ("archive_write_once", Breakage(at="scraper.archive:Archive.write", after=3, once=True), 1, "OddError"),
    ("archive_full", Breakage(at="scraper.archive:Archive.write", how="full", after=3), 1, "No space left"),
    ("archive_half_written", Breakage(at="warcio.warcwriter:WARCWriter.write_record", after=6), 1, "OddError"),
    ("archive_sync", Breakage(at="scraper.archive:Archive.sync", how="full", after=1), 1, "No space left"),
    ("archive_close", Breakage(at="scraper.archive:Archive.close", how="full"), 1, "No space left"),
    ("archive_close_odd", Breakage(at="scraper.archive:Archive.close"), 1, "OddError"),
    ("store_add", Breakage(at=f"{STORE}.add", after=3), 1, "OddError"),
    ("store_add_unusable", Breakage(at=f"{STORE}.add", how="store", after=3), 1, "store.db: cannot be used"),
    ("store_lease", Breakage(at=f"{STORE}.lease", how="store", after=1), 1, "store.db: cannot be used"),
    ("flush", Breakage(at="scraper.frontier:Frontier.flush", after=1), 1, "OddError"),
    ("give_back", Breakage(at="scraper.frontier:Frontier.give_back"), 1, "OddError"),
    ("reconciliation", Breakage(at="scraper.findings:reconcile"), 1, "OddError"),
    ("judging", Breakage(at="scraper.findings:judge_run"), 1, "OddError"),
    ("finish_run_once", Breakage(at=f"{STORE}.finish_run", how="store", once=True), 1, "cannot be used"),
    ("interrupt", Breakage(at="scraper.frontier:Frontier.settle", how="interrupt", after=4), 130, "the next run goes"),
    ("terminate", Breakage(at="scraper.frontier:Frontier.settle", how="terminate", after=4), 130, "the next run goes"),
    (
        "lock_stolen",
        Breakage(at="scraper.run:take_lock", how="steal_lock", path="store.db", after=1),
        3,
        "elsewhere:1:1",
    ),
]
ALWAYS = {
    "sitemap_reader", "one_page", "scheduler", "settling", "archive_write", "archive_half_written", "archive_close",
    "store_add", "flush", "give_back", "reconciliation", "finish_run_once", "interrupt", "lock_stolen",
}  # fmt: skip
SLOWLY = ("lock_renewal", "lock_renewal_odd", "lock_stolen")


@pytest.mark.parametrize(
    ("name", "breakage", "code", "words"),
    [pytest.param(*case, id=case[0], marks=() if case[0] in ALWAYS else pytest.mark.soak) for case in BROKEN],
)
def test_what_broke_is_told_by_all_four(
    server: ReplicaServer, tmp_path: Path, name: str, breakage: Breakage, code: int, words: str
) -> None:
    """Process, manifest, run and last line say the same; nothing is left leased; the next run ends in the whole."""
    arguments = crawling(server, tmp_path, "--archive", "archive")
    if name in SLOWLY:  # so that a commit by the clock comes in time
        arguments[arguments.index("--delay") + 1] = "0.3"
    told = call(arguments, tmp_path, breakage)
    assert told.code == code, told.stderr
    if name == "finish_run_once":
        assert told.run is not None
        assert told.run.outcome is None  # the store never heard of an end, and least of all of a good one
        assert_agree(told, store_is_there=False)
    elif name in ("reconciliation",):
        assert told.manifest is not None
        assert told.manifest["totals"] is None
        assert_agree(told)
    else:
        assert_agree(told)
    assert told.manifest is not None
    assert words in " ".join(told.manifest["reasons"])
    assert "by Scrapy" not in " ".join(told.manifest["reasons"])  # the run itself ended it
    again = call(crawling(server, tmp_path, "--archive", "archive"), tmp_path)
    assert (again.code, again.states) == (0, {"done": PAGES}) or code == 3, again.stderr
    if name != "lock_stolen":
        assert again.states == {"done": PAGES}
        assert_pointers_hold(tmp_path)


def assert_pointers_hold(folder: Path) -> None:
    """Every stored text points at its response in the archive."""
    with open_store(f"sqlite:///{folder}/store.db", read_only=True) as store:
        items = list(store.articles())
    assert len(items) == PAGES
    for item in items:
        assert item.warc is not None
        with (folder / "archive" / item.warc.file).open("rb") as file:
            file.seek(item.warc.offset)
            record = next(iter(ArchiveIterator(file)))
            assert record.rec_headers.get_header("WARC-Target-URI") == item.article.url


# name, action, on what, words of the reason, whether the store is still there to be asked
VANISHING = [
    ("store_deleted", "delete", "store.db", "store.db: was deleted while it was in use", False),
    ("store_replaced", "replace", "store.db", "store.db: was replaced by another file", False),
    ("store_renamed", "rename", "store.db", "store.db: was deleted while it was in use", False),
    ("store_emptied", "empty", "store.db", "store.db: was emptied", True),
    ("log_deleted", "delete_wal", "store.db", "store.db-wal: was deleted", True),
    ("archive_deleted", "delete", "archive", "was deleted while the crawl wrote to it", True),
    ("archive_files_deleted", "delete_files", "archive", "was deleted while the crawl wrote to it", True),
    ("archive_cut", "cut_files", "archive", "was cut short while the crawl wrote to it", True),
    ("archive_renamed", "rename", "archive", "was deleted while the crawl wrote to it", True),
]


@pytest.mark.parametrize("moment", ["early", pytest.param("last", marks=pytest.mark.soak)])
@pytest.mark.parametrize(("name", "how", "path", "words", "readable"), VANISHING, ids=[case[0] for case in VANISHING])
def test_what_vanishes_in_mid_run_is_noticed(
    server: ReplicaServer, tmp_path: Path, name: str, how: str, path: str, words: str, readable: bool, moment: str
) -> None:
    """Deleted, replaced, emptied: never complete; with the archive away, the next run archives its pages anew."""
    at = SETTLE if moment == "early" else "scraper.frontier:Frontier.close_archive"
    after = 8 if moment == "early" else 0  # by then a first group is stored
    told = call(
        [*crawling(server, tmp_path, "--archive", "archive")],
        tmp_path,
        Breakage(at=at, how=how, path=path, after=after),
    )
    assert told.code == 1
    assert_agree(told, store_is_there=readable and path != "store.db")
    assert told.manifest is not None
    assert words in " ".join(told.manifest["reasons"])
    if path == "archive":
        again = call(crawling(server, tmp_path, "--archive", "archive"), tmp_path)
        assert (again.code, again.states) == (0, {"done": PAGES}), again.stderr
        assert_pointers_hold(tmp_path)


def test_a_deleted_store_does_not_come_back_empty(server: ReplicaServer, tmp_path: Path) -> None:
    """Nothing makes a new, empty store under the name of the deleted one."""
    call(crawling(server, tmp_path), tmp_path, Breakage(at=SETTLE, how="delete", path="store.db", after=8))
    assert not (tmp_path / "store.db").exists()


def test_a_dropped_database_is_noticed(server: ReplicaServer, tmp_path: Path) -> None:
    """PostgreSQL: the database is dropped under the run; exit 1, and the manifest says so."""
    with fresh_postgres_database() as store:
        address = make_url(SERVER).set(drivername="postgresql").render_as_string(hide_password=False)
        (tmp_path / "address").write_text(address, encoding="utf-8")
        (tmp_path / "statement").write_text(f'DROP DATABASE "{make_url(store).database}" WITH (FORCE)')
        arguments = crawling(server, tmp_path)
        arguments[arguments.index("--store") + 1] = store
        drop = Breakage(at=SETTLE, how="drop_database", path="address", after=4)
        told = Process(arguments, tmp_path, [drop]).wait("sqlite:///none.db", tmp_path / "manifest.json")
        assert told.code == 1
        assert told.manifest is not None
        assert_agree(told, store_is_there=False)
        admin = make_url(SERVER).set(drivername="postgresql").render_as_string(hide_password=False)
        import psycopg

        with psycopg.connect(admin, autocommit=True) as server_connection:
            server_connection.execute(f'CREATE DATABASE "{make_url(store).database}"')  # for the fixture to drop


def test_a_failure_waits_for_no_slow_page(tmp_path: Path) -> None:
    """A page that never answers does not hold up the end of a run whose archive is broken; it is pending again."""
    with ReplicaServer(_site()) as server:
        server.site.faults.append(Fault(kind="silent", where="/en/.*"))
        told = call(
            crawling(server, tmp_path, "--archive", "archive"),
            tmp_path,
            Breakage(at="scraper.archive:Archive.write"),
        )
        assert told.code == 1
        assert_agree(told)
        assert set(told.states) == {"pending"}
        assert told.seconds < 30  # the page would be waited for during 60 s, three times


# ---- runs that fail at their start


def _archive_is_a_file(folder: Path) -> list[str]:
    (folder / "archive").write_text("no folder", encoding="utf-8")
    return ["--archive", "archive"]


def _store_is_a_folder(folder: Path) -> list[str]:
    (folder / "other.db").mkdir()
    return ["--store", "sqlite:///other.db"]


def _store_is_no_database(folder: Path) -> list[str]:
    (folder / "store.db").write_text("notes " * 1000, encoding="utf-8")
    return []


def _server_is_away(folder: Path) -> list[str]:
    return ["--store", "postgresql+psycopg://nobody@127.0.0.1:5432/no_such_database_here"]


STARTS = [_archive_is_a_file, _store_is_a_folder, _store_is_no_database, _server_is_away]


@pytest.mark.parametrize("prepare", STARTS, ids=[start.__name__.strip("_") for start in STARTS])
@pytest.mark.parametrize("scrapy", [False, True], ids=["command", "scrapy"])
def test_a_run_that_fails_at_its_start_says_so(
    server: ReplicaServer, tmp_path: Path, prepare: Any, scrapy: bool
) -> None:
    """The former run's manifest is replaced: not run, and why. Nothing was fetched."""
    (tmp_path / "manifest.json").write_text(json.dumps(FORMER), encoding="utf-8")
    server.fetches.clear()
    arguments = [*crawling(server, tmp_path), *prepare(tmp_path)]
    told = call(_for_scrapy(arguments) if scrapy else arguments, tmp_path, scrapy=scrapy)
    assert told.manifest is not None
    assert (told.manifest["exit_code"], told.manifest["result"], told.manifest["run"]) == (1, "not run", None)
    assert told.manifest["reasons"]
    assert told.manifest["reasons"][-1] in told.stderr
    assert "Traceback" not in told.stderr
    assert not server.fetches
    if not scrapy:
        assert told.code == 1
        assert told.stderr.strip() == f"vietnamvn: {told.manifest['reasons'][-1]}"


def _for_scrapy(arguments: list[str]) -> list[str]:
    """The same crawl in Scrapy's own words."""
    told = ["crawl", "articles", "-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False"]
    for name, value in zip(arguments[1::2], arguments[2::2], strict=True):
        if name != "--delay":
            told += ["-a", f"{name.removeprefix('--').replace('-', '_')}={value}"]
    return told


@pytest.mark.parametrize("manifest", [".", "no/such/folder/m.json", "folder"])
def test_a_manifest_that_cannot_be_stops_the_run_at_once(server: ReplicaServer, tmp_path: Path, manifest: str) -> None:
    """One line, exit code 1, before anything is fetched or a store is made."""
    (tmp_path / "folder").mkdir()
    server.fetches.clear()
    told = call([*crawling(server, tmp_path), "--manifest", manifest], tmp_path)
    assert told.code == 1
    assert len(told.stderr.splitlines()) == 1
    assert "manifest" in told.stderr
    assert not server.fetches
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "stderr", "stdout"]


def test_the_store_is_no_place_for_a_manifest(server: ReplicaServer, tmp_path: Path) -> None:
    """`--manifest store.db` is wrong usage, and the store stays."""
    first = call(crawling(server, tmp_path), tmp_path)
    assert first.code == 0
    told = call([*crawling(server, tmp_path), "--manifest", "store.db"], tmp_path)
    assert told.code == 2
    assert told.states == {"done": PAGES}


@pytest.mark.parametrize("wrong", [["--since", "yesterday"], ["--limit", "0"], ["--store", "mysql://x/y"]])
def test_wrong_usage_leaves_the_manifest_alone(server: ReplicaServer, tmp_path: Path, wrong: list[str]) -> None:
    """A call that is wrong is no run: exit code 2, and the former manifest stays."""
    (tmp_path / "manifest.json").write_text(json.dumps(FORMER), encoding="utf-8")
    told = call([*crawling(server, tmp_path), *wrong], tmp_path)
    assert told.code == 2
    assert told.manifest == FORMER
    assert len(told.stderr.splitlines()) == 1


def test_a_manifest_that_cannot_be_written_at_the_end_is_told(server: ReplicaServer, tmp_path: Path) -> None:
    """The store's run, the exit code and the last line say it; the manifest itself still says that the run goes on."""
    told = call(
        crawling(server, tmp_path),
        tmp_path,
        Breakage(at=WRITE_MANIFEST, how="full", after=1),
    )
    assert told.code == 1
    assert_agree(told, manifest_is_there=False)
    assert told.manifest is not None
    assert (told.manifest["result"], told.manifest["exit_code"]) == ("running", None)
    assert told.states == {"done": PAGES}


def test_a_manifest_whose_place_is_taken_in_mid_run(server: ReplicaServer, tmp_path: Path) -> None:
    """A folder of its name: the same."""
    taken = Breakage(at="scraper.frontier:Frontier.close_archive", how="into_folder", path="manifest.json")
    told = call(crawling(server, tmp_path), tmp_path, taken)
    assert told.code == 1
    assert_agree(told, manifest_is_there=False)


def test_a_killed_run_is_not_taken_for_the_former_one(server: ReplicaServer, tmp_path: Path) -> None:
    """After `kill -9` manifest and store both say that the run never ended; the next one puts it right."""
    (tmp_path / "manifest.json").write_text(json.dumps(FORMER), encoding="utf-8")
    told = call(crawling(server, tmp_path), tmp_path, Breakage(at=SETTLE, how="kill", after=5))
    assert told.code == -signal.SIGKILL
    assert told.manifest is not None
    assert (told.manifest["result"], told.manifest["exit_code"], told.manifest["finished_at"]) == (
        "running",
        None,
        None,
    )
    assert told.run is not None
    assert told.run.outcome is None
    again = call(crawling(server, tmp_path), tmp_path)
    assert again.code == 0
    assert_agree(again)


def test_a_run_refused_by_the_lock_leaves_the_other_ones_manifest(server: ReplicaServer, tmp_path: Path) -> None:
    """Where both write to one place, that of the run under way stays until its own end; elsewhere "not run" stands."""
    arguments = crawling(server, tmp_path)
    arguments[arguments.index("--delay") + 1] = "0.4"
    (tmp_path / "second").mkdir()
    (tmp_path / "third").mkdir()
    (tmp_path / "third.json").write_text(json.dumps(FORMER), encoding="utf-8")
    first = Process(arguments, tmp_path)
    path = tmp_path / "manifest.json"
    deadline = time.monotonic() + 30
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    store = f"sqlite:///{tmp_path}/store.db"
    second = Process(arguments, tmp_path / "second").wait(store, path)
    third = Process([*arguments, "--manifest", str(tmp_path / "third.json")], tmp_path / "third").wait(
        store, tmp_path / "third.json"
    )
    for told in (second, third):
        assert told.code == 3
        assert len(told.stderr.splitlines()) == 1
        assert "another crawl is running" in told.stderr
    assert second.manifest is not None
    assert second.manifest["result"] == "running"
    assert "stays its manifest" in second.stderr
    assert third.manifest is not None
    assert (third.manifest["exit_code"], third.manifest["result"]) == (3, "not run")
    whole = first.wait(store, path)
    assert whole.code == 0
    assert_agree(whole)


def test_a_run_refused_by_the_lock_replaces_a_former_ones_manifest(server: ReplicaServer, tmp_path: Path) -> None:
    """A former run's manifest at the same place is not that of the run under way: it goes."""
    (tmp_path / "manifest.json").write_text(json.dumps(FORMER), encoding="utf-8")
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        now = datetime.now(timezone.utc)
        assert take_lock(store, holder=this_holder(), now=now, seconds=600) is None
        told = call(crawling(server, tmp_path), tmp_path)
    assert told.code == 3
    assert told.manifest is not None
    assert (told.manifest["exit_code"], told.manifest["result"]) == (3, "not run")


@pytest.mark.parametrize("closed", ["broken pipe", "full disk"])
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["line", "json"])
def test_who_reads_the_account_changes_nothing(
    server: ReplicaServer, tmp_path: Path, closed: str, form: list[str]
) -> None:
    """With nobody to read standard output, or no room for it, the exit code stays that of the manifest."""
    command = [sys.executable, "-m", "scraper.cli", *crawling(server, tmp_path, *form)]
    full = Path("/dev/full")
    if closed == "full disk" and not full.exists():
        pytest.skip("needs Linux's /dev/full")
    with full.open("wb") if closed == "full disk" else _unread_pipe() as output:
        done = subprocess.run(command, cwd=ROOT, stdout=output, stderr=subprocess.PIPE, text=True, check=False)
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert done.returncode == manifest["exit_code"] == 0
    assert ("No space left" in done.stderr) is (closed == "full disk")
    assert len(done.stderr.splitlines()) <= 1


@contextmanager
def _unread_pipe() -> Iterator[int]:
    read, write = os.pipe()
    os.close(read)
    try:
        yield write
    finally:
        os.close(write)


def test_ctrl_c_before_the_crawl_begins(server: ReplicaServer, tmp_path: Path) -> None:
    """While Scrapy is still being loaded: 130, and the manifest is this run's, too."""
    (tmp_path / "manifest.json").write_text(json.dumps(FORMER), encoding="utf-8")
    told = call(crawling(server, tmp_path), tmp_path, Breakage(at="scraper.running:crawl_settings", how="interrupt"))
    assert told.code == 130
    assert told.manifest is not None
    assert (told.manifest["exit_code"], told.manifest["run"]) == (130, None)


def test_scrapy_that_does_not_start_is_told(server: ReplicaServer, tmp_path: Path) -> None:
    """An error outside of the spider is the run's end like any other."""
    (tmp_path / "manifest.json").write_text(json.dumps(FORMER), encoding="utf-8")
    told = call(
        crawling(server, tmp_path), tmp_path, Breakage(at="scrapy.core.engine:ExecutionEngine.open_spider_async")
    )
    assert told.code == 1
    assert told.manifest is not None
    assert (told.manifest["exit_code"], told.manifest["result"]) == (1, "not run")
    assert "OddError" in told.last_line


@pytest.mark.parametrize("kind", ["link", "/dev/null", "/dev/stdout"])
def test_a_manifest_may_be_a_link_or_a_device(server: ReplicaServer, tmp_path: Path, kind: str) -> None:
    """A link stays one, and nothing is renamed over a device."""
    path = kind
    if kind == "link":
        (tmp_path / "kept").mkdir()
        (tmp_path / "link.json").symlink_to(tmp_path / "kept" / "manifest.json")
        path = "link.json"
    told = call([*crawling(server, tmp_path), "--manifest", path], tmp_path)
    assert told.code == 0, told.stderr
    if kind == "link":
        assert (tmp_path / "link.json").is_symlink()
        assert json.loads((tmp_path / "kept" / "manifest.json").read_text(encoding="utf-8"))["exit_code"] == 0
    else:
        assert not Path(kind).is_file() or kind == "/dev/stdout"


def test_an_earlier_file_of_the_run_that_is_gone_is_noticed(server: ReplicaServer, tmp_path: Path) -> None:
    """Also of files that were full and closed long before: their pages are fetched again."""
    arguments = [*_for_scrapy(crawling(server, tmp_path, "--archive", "archive")), "-s", "VIETNAMVN_WARC_BYTES=3000"]
    gone = Breakage(at="scraper.frontier:Frontier.close_archive", how="delete_files", path="archive")
    told = call(arguments, tmp_path, gone, scrapy=True)
    assert told.manifest is not None
    assert told.manifest["exit_code"] == 1
    assert told.states == {"pending": PAGES}
    again = call(crawling(server, tmp_path, "--archive", "archive"), tmp_path)
    assert again.code == 0
    assert_pointers_hold(tmp_path)


# ---- complete only of what was read whole


def _deflated(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "deflate, raw": _deflated,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


class PackedSite(ReplicaSite):
    """Every answer in the next content coding; where `share` is set, only so much of the packed body is sent.

    `only` names the paths that are cut; HTTP itself is whole: Content-Length is that of what is sent.
    """

    share: float | None = None
    only = ""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.turns: dict[bool, dict[str, str]] = {}

    def respond(self, path: str, headers: dict[str, str]) -> Reply:
        """See `ReplicaSite.respond`. Those that are cut take turns among themselves, so that each coding is cut."""
        reply = super().respond(path, headers)
        if not reply.body:
            return reply
        chosen = re.fullmatch(self.only, path) is not None
        known = self.turns.setdefault(chosen, {})
        name = known.setdefault(path, sorted(CODINGS)[len(known) % len(CODINGS)])
        packed = CODINGS[name](reply.body)
        if self.share is not None and chosen:
            packed = packed[: int(len(packed) * self.share)]
        return replace(reply, body=packed, headers=(*reply.headers, ("Content-Encoding", name.partition(",")[0])))


@pytest.mark.parametrize("share", [0.5, 0.8])
def test_pages_that_are_cut_are_never_articles(tmp_path: Path, share: float) -> None:
    """A coded body that ends before its end mark fails and heals: no part of an article is stored, exit code 3."""
    site = PackedSite(articles=6, per_day=3, languages=("vi", "en"), last_day=date(2025, 10, 23))
    site.share, site.only = share, "/en/.*"
    with ReplicaServer(site) as server:
        told = call(crawling(server, tmp_path, "--archive", "archive"), tmp_path)
        assert told.code == 3
        assert_agree(told)
        assert told.manifest is not None
        assert told.manifest["tried"] == {"ok": 6, "parse_failed": 6}
        site.share = None
        again = call(crawling(server, tmp_path, "--archive", "archive"), tmp_path)
        assert again.code == 0
        assert_agree(again)
    assert_pointers_hold(tmp_path)


@pytest.mark.parametrize("share", [0.3, 0.9])
@pytest.mark.parametrize("only", [r"/robots\.txt", r"/sitemap\.xml", r"/sitemap/.*22\.xml"])
def test_lists_that_are_cut_are_not_complete(tmp_path: Path, share: float, only: str) -> None:
    """The same of robots.txt, the index and a day: whatever could be read of them, the run is not complete."""
    site = PackedSite(articles=6, per_day=3, languages=("vi", "en"), last_day=date(2025, 10, 23))
    site.share, site.only = share, only
    with ReplicaServer(site) as server:
        told = call(crawling(server, tmp_path), tmp_path)
        assert told.code == 3
        assert_agree(told)
        site.share = None
        again = call(crawling(server, tmp_path), tmp_path)
        assert (again.code, again.states) == (0, {"done": PAGES})


# ---- Ctrl-C


def _at_work(server: ReplicaServer, requests: int) -> None:
    deadline = time.monotonic() + 30
    while sum(server.fetches.values()) < requests:
        assert time.monotonic() < deadline, "it stands still"
        time.sleep(0.01)


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_ends_a_crawl_in_order(tmp_path: Path, times: int) -> None:
    """Once: what is in flight is finished. Twice, while a page never answers: at once, and the account is made."""
    with ReplicaServer(_site()) as server:
        if times == 2:
            server.site.faults.append(Fault(kind="silent", where="/en/.*"))
        arguments = crawling(server, tmp_path)
        if times == 1:
            arguments[arguments.index("--delay") + 1] = "0.4"
        process = Process(arguments, tmp_path)
        _at_work(server, 5 if times == 1 else 9)
        for _ in range(times):
            process.send(signal.SIGINT)
            time.sleep(0.3)
        told = process.wait(f"sqlite:///{tmp_path}/store.db", tmp_path / "manifest.json")
    assert told.code == 130
    assert_agree(told)
    assert told.seconds < 30


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_in_doctor(tmp_path: Path, times: int) -> None:
    """Exit code 130, whatever was found by then."""
    with ReplicaServer(_site()) as server:
        server.site.faults.append(Fault(kind="silent", where="/sitemap/.*"))
        process = Process(["doctor", "--base-url", server.base_url, "--delay", "0"], tmp_path)
        _at_work(server, 3)
        for _ in range(times):
            process.send(signal.SIGINT)
            time.sleep(0.3)
        told = process.wait("sqlite:///none.db", tmp_path / "none.json")
    assert told.code == 130
    assert "interrupted" in told.last_line
    assert "Traceback" not in told.stderr


DOCTOR = ["robots_in", "read_sitemap", "choose_days", "extract", "article_languages"]


@pytest.mark.parametrize("part", DOCTOR)
def test_an_error_in_doctor_never_ends_well(server: ReplicaServer, tmp_path: Path, part: str) -> None:
    """An error of the program's own is a failed check of its own: not exit code 0, no traceback."""
    told = call(
        ["doctor", "--base-url", server.base_url, "--delay", "0"], tmp_path, Breakage(at=f"scraper.doctor:{part}")
    )
    assert told.code == 1
    assert "OddError" in told.stdout
    assert "Traceback" not in told.stderr


def test_a_sound_site_satisfies_the_doctor(server: ReplicaServer, tmp_path: Path) -> None:
    """The other way round: with nothing wrong it ends with 0."""
    told = call(["doctor", "--base-url", server.base_url, "--delay", "0"], tmp_path)
    assert told.code == 0, told.stdout


def test_ctrl_c_in_scrape(tmp_path: Path) -> None:
    """What was not fetched is named, exit code 130."""
    with ReplicaServer(_site()) as server:
        server.site.faults.append(Fault(kind="silent", where="/en/.*"))
        slug = "cho-noi-luc-binh-minh"
        addresses = [f"{server.base_url}/{slug}", f"{server.base_url}/en/{slug}"]
        process = Process(["scrape", *addresses, "--base-url", server.base_url, "--delay", "0"], tmp_path)
        _at_work(server, 3)
        process.send(signal.SIGINT)
        time.sleep(0.3)
        process.send(signal.SIGINT)
        told = process.wait("sqlite:///none.db", tmp_path / "none.json")
    assert told.code == 130
    assert f"{addresses[1]}: interrupted" in told.stderr
    assert "Traceback" not in told.stderr


def test_an_error_in_scrape_costs_its_page(server: ReplicaServer, tmp_path: Path) -> None:
    """Fetching goes on after an error of the program's own; the page is a reject with its reason."""
    slug = "cho-noi-luc-binh-minh"
    addresses = [f"{server.base_url}/{slug}", f"{server.base_url}/en/{slug}"]
    told = call(
        ["scrape", *addresses, "--base-url", server.base_url, "--delay", "0"],
        tmp_path,
        Breakage(at="scraper.spiders.urls:extract", once=True),
    )
    assert told.code not in (0, 130)
    assert "OddError" in told.stderr
    assert "Traceback" not in told.stderr
    assert len(told.stdout) > 200


@pytest.mark.parametrize(("how", "code"), [("odd", 1), ("interrupt", 130)])
def test_reextract_that_breaks(server: ReplicaServer, tmp_path: Path, how: str, code: int) -> None:
    """An error of the program's own is one line and 1; Ctrl-C is 130."""
    assert call(crawling(server, tmp_path, "--archive", "archive"), tmp_path).code == 0
    told = call(
        ["reextract", "--archive", "archive", "--store", "sqlite:///store.db"],
        tmp_path,
        Breakage(at=f"{STORE}.add", how=how, after=2),
    )
    assert told.code == code
    assert len(told.stderr.splitlines()) == 1
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize(("how", "code"), [("odd", 1), ("interrupt", 130)])
def test_a_demo_that_breaks(tmp_path: Path, how: str, code: int) -> None:
    """The same, and what the crawl's own manifest says."""
    told = Process(["demo", "--out", "demo"], tmp_path, [Breakage(at=SETTLE, how=how, after=4)]).wait(
        f"sqlite:///{tmp_path}/demo/vietnamvn.db", tmp_path / "demo" / "vietnamvn.manifest.json"
    )
    assert told.code == code
    assert_agree(told)


# ---- all of it together

_PLACES = [
    breakage.at
    for name, breakage, *_ in BROKEN
    if name not in SLOWLY and breakage.how not in ("interrupt", "terminate")
]


def _check_mixture(server: ReplicaServer, folder: Path, breakages: list[Breakage], scrapy: bool) -> None:
    arguments = crawling(server, folder, "--archive", "archive")
    told = call(_for_scrapy(arguments) if scrapy else arguments, folder, *breakages, scrapy=scrapy)
    assert "Traceback" not in told.stderr, told.stderr
    manifest, places = told.manifest, {breakage.at for breakage in breakages}
    if manifest is None or manifest["result"] == "running":
        assert WRITE_MANIFEST in places
        assert told.code != 0 or scrapy
        assert told.run is None or told.run.outcome != "complete" or f"{STORE}.finish_run" in places
        return
    if not scrapy:  # Scrapy's own exit code is not ours to give
        assert manifest["exit_code"] == told.code
    assert manifest["result"] in (WORDS[manifest["exit_code"]], "not run")
    if manifest["reasons"]:
        assert manifest["reasons"][-1] in told.last_line
    if told.run is not None and told.run.outcome is not None and manifest["run"] is not None:
        assert (told.run.outcome, told.run.summary["exit_code"]) == (manifest["result"], manifest["exit_code"])
        assert told.run.summary["reasons"] == manifest["reasons"]
    assert manifest["exit_code"] != 0 or told.states == {"done": PAGES}, "called complete, and is not"
    assert manifest["exit_code"] == 0 or breakages
    if "leased" in told.states:  # only where the store itself would not take them back
        assert any("give_back" in place or "Store." in place for place in places)


_BREAKAGES = st.builds(
    Breakage,
    at=st.sampled_from(
        sorted({*_PLACES, WRITE_MANIFEST, f"{STORE}.finish_run", f"{STORE}.release", f"{STORE}.counts"})
    ),
    how=st.sampled_from(sorted({*ERRORS, "interrupt"})),
    after=st.integers(0, 12),
    once=st.booleans(),
)


@example(breakages=[Breakage(at="scraper.findings:judge_run", after=1)], scrapy=False)
@settings(max_examples=8, deadline=None, derandomize=True)
@given(breakages=st.lists(_BREAKAGES, max_size=3), scrapy=st.booleans())
def test_any_mixture_of_failures_is_told_alike(
    server: ReplicaServer, tmp_path_factory: pytest.TempPathFactory, breakages: list[Breakage], scrapy: bool
) -> None:
    """Whatever breaks, in whatever order: the four agree, and "complete" is said of nothing but the whole."""
    _check_mixture(server, tmp_path_factory.mktemp("mixture"), breakages, scrapy)


@pytest.mark.soak
@example(breakages=[Breakage(at="scraper.findings:judge_run", after=2)], scrapy=False)
@settings(max_examples=300, deadline=None)
@given(breakages=st.lists(_BREAKAGES, max_size=4), scrapy=st.booleans())
def test_many_mixtures_of_failures_are_told_alike(
    server: ReplicaServer, tmp_path_factory: pytest.TempPathFactory, breakages: list[Breakage], scrapy: bool
) -> None:
    """The same, many times."""
    _check_mixture(server, tmp_path_factory.mktemp("mixture"), breakages, scrapy)
