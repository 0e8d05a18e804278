"""Stores that cannot be used, or go away: one line that says so, or a wait; nothing acknowledged is lost."""

from __future__ import annotations

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from databases import Cluster, own_cluster
from making_articles import make_article
from processes import fork, wait
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from pipelines.errors import UsageError
from pipelines.storage import Store, StoreError, StoreUnavailableError, open_store, schema
from scraper.waiting import patient

T1, T2 = "2025-10-24T01:00:00Z", "2025-10-25T01:00:00Z"


def fill(url: str, number: int) -> None:
    """A store with so many articles, one of them in a group of its own."""
    with open_store(url) as store, store.transaction():
        for index in range(number):
            store.add(make_article(f"s{index:05}"), seen_at=T1)


def noise(index: int) -> str:
    """A text that cannot be compressed to nothing."""
    return " ".join(f"mot{index * 7919 + word * 104729 % 65537:x}" for word in range(400))


def add_until_full(url: str, told: Path) -> None:
    """Store big articles one by one, telling each after its commit, until an error; writes the error down."""
    with told.open("a", encoding="utf-8") as acknowledged:
        try:
            with open_store(url) as store:
                for index in range(5000):
                    article = make_article(f"s{index:05}", paragraphs=(noise(index),), kinds=("paragraph",))
                    store.add(article, seen_at=T1)
                    acknowledged.write(f"s{index:05}\n")
                    acknowledged.flush()
        except StoreError as error:
            Path(f"{told}.error").write_text(str(error), encoding="utf-8")


def assert_nothing_lost(url: str, told: Path) -> str:
    """All that was told is there, the store is whole and can be written again; the error that was met."""
    slugs = told.read_text(encoding="utf-8").split()
    assert len(slugs) > 5
    with open_store(url) as store:
        assert list(store.check()) == []
        assert {stored.slug for stored in store.articles()} >= set(slugs)
        assert store.add(make_article("afterwards"), seen_at=T2) == "new"
    error = Path(f"{told}.error").read_text(encoding="utf-8")
    assert "\n" not in error
    return error


def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    """At the limit of a file's size: one line, and all that was acknowledged is there afterwards."""
    url, told = f"sqlite:///{tmp_path}/store.db", tmp_path / "told"

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
        add_until_full(url, told)

    assert wait(fork(work)) == 0
    assert "store.db: " in assert_nothing_lost(url, told)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes; skips where none may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no small file system may be mounted here (needs root)")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_is_full(small_disk: Path, tmp_path: Path) -> None:
    """A full disk is told in one line; with room again the store goes on, and nothing acknowledged is lost."""
    told = tmp_path / "told"
    add_until_full(f"sqlite:///{small_disk}/store.db", told)
    subprocess.run(["mount", "-o", "remount,size=32m", str(small_disk)], check=True)
    error = assert_nothing_lost(f"sqlite:///{small_disk}/store.db", told)
    assert "disk is full; make room" in error


def as_nobody(work: Callable[[], None]) -> int:
    """Do the work in a process that root's rights do not help."""

    def unprivileged() -> None:
        if os.geteuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        work()

    return wait(fork(unprivileged))


def test_a_read_only_file(capfd: pytest.CaptureFixture[str]) -> None:
    """Writing is refused in one line; reading works, even where SQLite may not put its files beside it."""
    folder = Path(tempfile.mkdtemp(prefix="vn-"))  # pytest's own folders are closed to other users
    try:
        url = f"sqlite:///{folder}/store.db"
        fill(url, 3)
        (folder / "store.db").chmod(0o444)
        folder.chmod(0o555)

        def work() -> None:
            def write() -> None:
                with open_store(url) as store:
                    store.add(make_article("x"), seen_at=T2)

            with pytest.raises(StoreError, match=r"read-only|cannot be opened") as caught:
                write()
            assert "\n" not in str(caught.value)
            with open_store(url, read_only=True) as store:
                assert len(list(store.articles())) == 3

        assert as_nobody(work) == 0, capfd.readouterr().err
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def damage(path: Path, kind: str) -> None:
    """Make a store's file unreadable in one of several ways."""
    if kind == "text":
        path.write_text("not a database at all\n" * 400, encoding="utf-8")
    elif kind == "cut":
        with path.open("r+b") as file:
            file.truncate(path.stat().st_size // 2)
    elif kind == "overwritten":
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.seek(8192)
            file.write(b"\xa5" * (size - 8192))


@pytest.mark.parametrize("kind", ["text", "cut", "overwritten"])
def test_a_damaged_file(tmp_path: Path, kind: str) -> None:
    """Every command says in one line which file is damaged, and what can be done."""
    path = tmp_path / "store.db"
    fill(f"sqlite:///{path}", 400)
    damage(path, kind)
    for action in (["stats"], ["check"], ["show", "s00001"]):
        done = subprocess.run(
            [sys.executable, "-m", "scraper.cli", "store", *action, "--store", f"sqlite:///{path}"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1, (action, done.stdout[-500:])
        assert "Traceback" not in done.stderr
        if done.stdout:  # the check may still be able to list what is damaged
            assert action == ["check"]
        else:
            (line,) = done.stderr.strip().splitlines()
            assert str(path) in line


def test_a_newer_store_is_refused(store_url: str) -> None:
    """One line with both versions and the remedy; the store is left as it was, also for reading."""
    fill(store_url, 1)
    with open_store(store_url) as store, store._engine.begin() as connection:
        connection.execute(text("UPDATE vietnamvn_store SET value = '99' WHERE name = 'schema_version'"))
    for read_only in (False, True):
        with pytest.raises(StoreError, match=f"this program knows up to {schema.SCHEMA_VERSION}; use the newer"):
            open_store(store_url, read_only=read_only)


def test_an_older_store_is_migrated_once(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening brings an older store up to date and keeps what it holds; who only reads leaves it as it is."""
    fill(store_url, 2)
    calls = []

    def step(connection: Connection) -> None:
        calls.append(1)
        connection.execute(text("ALTER TABLE runs ADD COLUMN note TEXT"))

    monkeypatch.setattr(schema, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, step))
    with open_store(store_url, read_only=True) as store:
        assert len(list(store.articles())) == 2
    assert calls == []
    for _ in range(2):
        with open_store(store_url) as store:
            assert len(list(store.articles())) == 2
    assert calls == [1]


def test_a_failed_migration_leaves_the_old_store(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration is whole or nothing: after an error the old version opens as before."""
    fill(store_url, 2)

    def step(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE runs ADD COLUMN note TEXT"))
        raise RuntimeError("half-way")

    with monkeypatch.context() as patch:
        patch.setattr(schema, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, step))
        with pytest.raises(RuntimeError, match="half-way"):
            open_store(store_url)
    with open_store(store_url) as store:
        assert list(store.check()) == []
        assert store.runs() == []


@pytest.mark.parametrize(
    ("url", "error", "words"),
    [
        ("sqlite:nonsense", UsageError, "is no store"),
        ("mysql://x/y", UsageError, "no store that is known"),
        ("sqlite://", UsageError, "names no file"),
        ("sqlite:////nowhere/at/all/store.db", StoreError, "folder does not exist"),
        ("postgresql+psycopg://nobody:secret@127.0.0.1:1/none", StoreUnavailableError, "does not answer"),
    ],
)
def test_an_address_that_is_no_store(url: str, error: type[Exception], words: str) -> None:
    """Each is refused in one line that never shows a password."""
    with pytest.raises(error, match=words) as caught:
        open_store(url)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_missing_store_is_not_made_by_reading(tmp_path: Path) -> None:
    """Reading never creates a file."""
    with pytest.raises(StoreError, match="no such store"):
        open_store(f"sqlite:///{tmp_path}/none.db", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    """Tables of the same names that are not ours are not written into."""
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE articles (a)")
    other.close()
    with pytest.raises(StoreError, match="tables of other make"):
        open_store(f"sqlite:///{tmp_path}/other.db")


def test_a_locked_file_is_waited_for(tmp_path: Path) -> None:
    """A writer that finds another one at work waits for it."""
    url = f"sqlite:///{tmp_path}/store.db"
    fill(url, 1)
    blocker = sqlite3.connect(tmp_path / "store.db", isolation_level=None, check_same_thread=False)
    blocker.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(1.0, lambda: blocker.execute("ROLLBACK"))
    timer.start()
    started = time.monotonic()
    with open_store(url) as store:
        assert store.add(make_article("x"), seen_at=T1) == "new"
    assert time.monotonic() - started >= 0.9
    timer.join()
    blocker.close()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server that may be stopped."""
    with own_cluster() as running:
        yield running


def add_many(store: Store, prefix: str, number: int, told: list[str]) -> None:
    """Store in groups, telling of each group after its commit."""
    for start in range(0, number, 10):
        slugs = [f"{prefix}{index:04}" for index in range(start, start + 10)]
        store.run(lambda: [store.add(make_article(slug), seen_at=T1) for slug in slugs])  # noqa: B023  # run at once
        told += slugs


def test_a_server_that_goes_away_and_returns(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    """Cut off in mid-run, twice: the run waits, says so once each time, and nothing is lost or doubled."""
    told: list[str] = []

    def cut() -> None:
        for _ in range(2):
            time.sleep(0.5)
            cluster.stop()
            time.sleep(1.0)
            cluster.start()

    with open_store(cluster.url, wait=patient(60)) as store:
        add_many(store, "a", 10, told)
        thread = threading.Thread(target=cut)
        thread.start()
        while thread.is_alive():
            add_many(store, f"b{len(told)}-", 50, told)
        thread.join()
        assert list(store.check()) == []
        found = [stored.slug for stored in store.articles(revisions="all")]
    assert sorted(found) == sorted(told)
    assert len(told) > 60
    lines = capsys.readouterr().err.strip().splitlines()
    assert 1 <= len(lines) <= 3
    assert all("the server does not answer" in line and "Waiting" in line for line in lines)


def test_a_server_that_stays_away(cluster: Cluster) -> None:
    """Without patience, and when patience ends: one line; the store is usable again when the server is back."""
    with open_store(cluster.url) as store:
        store.add(make_article("here"), seen_at=T1)
        cluster.stop()
        try:
            with pytest.raises(StoreUnavailableError, match="does not answer") as caught:
                store.add(make_article("lost"), seen_at=T1)
            assert "\n" not in str(caught.value)
            with pytest.raises(StoreUnavailableError, match="does not answer"):
                open_store(cluster.url, wait=patient(1.2))
        finally:
            cluster.start()
        assert store.get("here", "fr") is not None
        assert store.get("lost", "fr") is None


def test_commands_end_in_one_line_when_the_disk_is_full(small_disk: Path, tmp_path: Path) -> None:
    """The command itself: exit code 1, one line, no traceback."""
    source = tmp_path / "many.jsonl"
    with source.open("w", encoding="utf-8") as out:
        for index in range(800):
            article = make_article(f"s{index:05}", paragraphs=(noise(index),), kinds=("paragraph",))
            out.write(json.dumps(article.to_dict(), ensure_ascii=False) + "\n")
    store = f"sqlite:///{small_disk}/store.db"
    done = subprocess.run(
        [sys.executable, "-m", "scraper.cli", "store", "add", str(source), "--store", store],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "the disk is full" in done.stderr.strip().splitlines()[-1]


def test_a_store_that_is_opened_to_be_read_cannot_be_written(store_url: str) -> None:
    """The database itself refuses, whatever statement comes by that connection."""
    open_store(store_url).close()
    with open_store(store_url, read_only=True) as store, store.connected() as connection:
        assert connection.execute(text("SELECT count(*) FROM articles")).scalar_one() == 0
        with pytest.raises(DBAPIError, match=r"read-?only"):
            connection.execute(text("DELETE FROM articles"))
