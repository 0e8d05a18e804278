"""What keeps a store going for years: backups while others write, room given back, other versions and databases."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from databases import fresh_postgres_database
from making_articles import make_article
from processes import fork, wait
from sqlalchemy import Connection, delete, insert, select, text

from pipelines.models import Rejected
from pipelines.record import COPIES
from pipelines.storage import Store, open_store, schema
from pipelines.storage.upkeep import copy_store, sizes
from pipelines.store_address import read_store_address
from scraper.cli import main
from scraper.crawl_lock import take_lock

NOW = "2025-10-24T01:00:00Z"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `vietnamvn store`: exit code, standard output, standard error."""

    def call(*words: object) -> tuple[int, str, str]:
        code = main(["store", *map(str, words)])
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        assert "internal error" not in told.err
        return code, told.out, told.err

    return call


def fill(store: Store, articles: int = 30) -> None:
    """Articles in several languages with revisions, rejects, a ledger with leases, a run."""
    run_id = store.start_run("crawl", holder="x", now=NOW, options={"a": "ă"})
    with store.transaction():
        for number in range(articles):
            for language in ("vi", "fr", "ja"):
                article = make_article(f"bai-{number}", language, title=f"Tựa {number}")
                store.add(article, seen_at=NOW, run_id=run_id, warc=("a.warc.gz", number, 7), http=('"e"', None, 200))
        other = make_article("bai-0", "fr", paragraphs=("Un autre texte.",), kinds=("paragraph",))
        store.add(other, seen_at="2025-10-25T01:00:00Z")
        store.add(Rejected(url="https://www.vietnam.vn/fr/tag/x", outcome="not_article", detail="chợ"), seen_at=NOW)
        store.mark_gone("bai-1", "vi", gone_at=NOW)
    url = "https://www.vietnam.vn/fr/{}"
    store.enqueue([(url.format(n), None, "fr", "2025-10-24", None, n) for n in range(5)], now=NOW)
    store.lease(2, holder="x", now=NOW, seconds=60)
    list(store.measure())


def rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that both databases have."""

    def all_of(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
        found = {}
        for table in schema.metadata.sorted_tables:
            ordered = select(table).order_by(*table.primary_key.columns)
            found[table.name] = [tuple(row) for row in connection.execute(ordered)]
        return found

    return store.read(all_of)


# ---- backup


def test_a_backup_while_others_write(tmp_path: Path, run: Run) -> None:
    """Each is a whole store of that moment: what was acknowledged before is in it, and `check` finds no fault."""
    place, told = tmp_path / "s.db", tmp_path / "acknowledged"

    def add() -> None:
        with open_store(place) as store:
            for number in range(100_000):
                with store.transaction():
                    for language in ("vi", "fr"):
                        store.add(make_article(f"bai-{number}", language), seen_at=NOW)
                told.write_text(str(number))

    child = fork(add)
    try:
        while not told.exists():
            time.sleep(0.02)
        held = []
        for number in range(4):
            acknowledged = 2 * int(told.read_text() or 0)
            copy = tmp_path / f"backup-{number}.db"
            code, out, err = run("backup", copy, "--store", place)
            assert (code, out, err.endswith(" bytes\n")) == (0, "", True)
            assert not Path(f"{copy}-wal").exists()
            with sqlite3.connect(f"file:{copy}?mode=ro&immutable=1", uri=True) as plain:
                held.append(plain.execute("SELECT count(*) FROM revisions").fetchone()[0])
            assert held[-1] >= acknowledged
            assert held[-1] % 2 == 0
            assert run("check", "--store", copy)[0] == 0
        assert held == sorted(held)
        assert os.waitpid(child, os.WNOHANG) == (0, 0)
    finally:
        os.kill(child, signal.SIGKILL)
        wait(child)
    assert run("check", "--store", place)[0] == 0
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


def test_a_backup_replaces_a_backup_and_nothing_else(tmp_path: Path, run: Run) -> None:
    """One line each where the place is another file's, the store's own, one in use, or nowhere."""
    place = tmp_path / "s.db"
    with open_store(place) as store:
        fill(store, 3)
        expected = rows(store)
    assert run("backup", tmp_path / "b.db", "--store", place)[0] == 0
    with open_store(place) as store:
        store.add(make_article("new"), seen_at=NOW)
    assert run("backup", tmp_path / "b.db", "--store", place)[0] == 0
    with open_store(tmp_path / "b.db", read_only=True) as store:
        found = rows(store)
        assert len(found["articles"]) == len(expected["articles"]) + 1
    (tmp_path / "text").write_text("mine")
    (tmp_path / "link.db").symlink_to(place)
    (tmp_path / "used.db-wal").write_bytes(b"log")
    shutil.copy(tmp_path / "b.db", tmp_path / "used.db")
    for name in ("text", "s.db", "link.db", "gone/b.db", "used.db", "."):
        code, out, err = run("backup", tmp_path / name, "--store", place)
        assert (code, out, err.count("\n")) == (2, "", 1), name
    assert (tmp_path / "text").read_text() == "mine"
    code, _, err = run("backup", tmp_path / "b.db", "--store", tmp_path / "no.db")
    assert (code, err.count("\n"), (tmp_path / "no.db").exists()) == (1, 1, False)


def test_a_backup_of_postgresql_is_its_own_tools(tmp_path: Path, run: Run) -> None:
    """One line that says which, without the password."""
    address = "postgresql://someone:s3cret@127.0.0.1:1/news"
    code, out, err = run("backup", tmp_path / "b.db", "--store", address)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "pg_dump --format=custom --file=FILE 'postgresql://" in err
    assert "s3cret" not in err


# ---- optimise


def test_room_is_given_back(store_url: str, run: Run) -> None:
    """The same rows and the same search; a file is smaller by what was deleted."""
    with open_store(store_url) as store:
        fill(store)
        store.write(lambda connection: connection.execute(insert(schema.listings), _listings()))
        store.write(lambda connection: connection.execute(delete(schema.listings)))
        expected, found = rows(store), [s.slug for s in store.search("marché")]
        size = sizes(store).store
    assert len(found) >= 20
    code, out, err = run("optimise", "--store", store_url)
    assert (code, out, "bytes before" in err) == (0, "", True), err
    with open_store(store_url) as store:
        assert rows(store) == expected
        assert [s.slug for s in store.search("marché")] == found
        if store_url.startswith("sqlite"):
            assert sizes(store).store < size - 500_000
    assert run("check", "--store", store_url)[0] == 0


def _listings() -> list[dict[str, str]]:
    return [{"name": f"n{n}", "read_at": NOW, "found": "x" * 1000} for n in range(1000)]


def test_a_store_that_is_crawled_is_left_alone(tmp_path: Path, run: Run) -> None:
    """Its writers would wait too long: one line, and the lock stays the crawl's; it is free again after the work."""
    place = f"sqlite:///{tmp_path}/s.db"
    with open_store(place) as store:
        moment = datetime.now(timezone.utc)
        assert take_lock(store, holder="elsewhere:1:2", now=moment, seconds=60) is None
        code, _, err = run("optimise", "--store", place)
        assert (code, err.count("\n"), "elsewhere:1:2" in err) == (3, 1, True)
        store.release_lock("crawl", holder="elsewhere:1:2")
    assert run("optimise", "--store", place)[0] == 0
    with open_store(place) as store:
        assert take_lock(store, holder="elsewhere:1:2", now=moment, seconds=60) is None


# ---- migrate


def test_migrating_says_from_which_version_to_which(store_url: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only then is it done; a store that is up to date stays as it is, and none is made."""
    with open_store(store_url):
        pass
    version = schema.SCHEMA_VERSION
    assert run("migrate", "--store", store_url)[1].endswith(f"of version {version}, the newest: nothing to do\n")
    monkeypatch.setattr(schema, "SCHEMA_VERSION", version + 1)
    step: Any = lambda connection: connection.execute(text("CREATE TABLE more (x INTEGER)"))  # noqa: E731
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, step))
    told = run("migrate", "--dry-run", "--store", store_url)
    assert (told[0], told[1].endswith(f"of version {version}, to be brought to {version + 1}\n")) == (0, True)
    assert run("stats", "--sizes", "--store", store_url)[0] == 0  # who reads changes nothing
    told = run("migrate", "--store", store_url)
    assert (told[0], told[1].endswith(f"brought from version {version} to {version + 1}\n")) == (0, True)
    assert run("stats", "--store", store_url)[0] == 0


def test_nothing_to_migrate(tmp_path: Path, run: Run) -> None:
    """Where there is no store, none is made."""
    for words in (("migrate",), ("migrate", "--dry-run"), ("optimise",)):
        code, _, err = run(*words, "--store", tmp_path / "s.db")
        assert (code, err.count("\n"), (tmp_path / "s.db").exists()) == (1, 1, False)


# ---- copy


@pytest.fixture
def postgres() -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    with fresh_postgres_database() as url:
        yield url


def test_there_and_back_again(tmp_path: Path, postgres: str, run: Run) -> None:
    """SQLite to PostgreSQL to SQLite: equal rows, the same search, and both go on taking articles."""
    first, last = f"sqlite:///{tmp_path}/a.db", f"sqlite:///{tmp_path}/c.db"
    with open_store(first) as store:
        fill(store)
        expected, found = rows(store), [s.slug for s in store.search("marché OR 水上市場")]
    assert sum(map(len, expected.values())) > 300
    code, out, err = run("copy", postgres, "--store", first)
    assert (code, out) == (0, ""), err
    assert run("copy", last, "--store", postgres)[0] == 0
    for url in (postgres, last):
        with open_store(url) as store:
            assert rows(store) == expected
            assert [s.slug for s in store.search("marché OR 水上市場")] == found
            assert list(store.check()) == []
            assert store.add(make_article("another"), seen_at=NOW) == "new"
            assert store.add(Rejected(url="https://x.vn/", outcome="gone", detail=""), seen_at=NOW) == "rejected"
            store.start_run("crawl", holder="x", now=NOW, options={})
        code, _, err = run("copy", url, "--store", first)
        assert (code, err.count("\n"), "is not empty" in err) == (1, 1, True)
    code, _, err = run("copy", first, "--store", first)
    assert (code, err.count("\n")) == (2, 1)


def test_the_progress_of_a_copy_ends_with_all_of_it(tmp_path: Path, run: Run) -> None:
    """One line at its end says how long it took; whoever waits sees how far it is."""
    with open_store(tmp_path / "a.db") as store:
        fill(store, 5)
    code, out, err = run("copy", tmp_path / "b.db", "--store", tmp_path / "a.db")
    shown = [line for line in err.splitlines() if "copying" in line]
    assert (code, out) == (0, "")
    assert len(shown) <= 2
    assert "copying 100%" in shown[-1]
    assert [" in 0:" in line for line in shown] == [False] * (len(shown) - 1) + [True]


def test_a_copy_that_is_cut_off_leaves_nothing(tmp_path: Path, store_url: str) -> None:
    """The target is empty, and the next copy fills it."""
    with open_store(tmp_path / "a.db") as source:
        fill(source, 5)
        expected = rows(source)

        def stop(done: int, total: int) -> None:
            if done > total / 2:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            copy_store(source, read_store_address(store_url), progress=stop)
        with open_store(store_url) as store:
            assert not any(found for name, found in rows(store).items() if name != "vietnamvn_store")
        steps: list[tuple[int, int]] = []
        copy_store(source, read_store_address(store_url), progress=lambda done, total: steps.append((done, total)))
        assert steps[-1][0] == steps[-1][1]
        with open_store(store_url) as store:
            assert rows(store) == expected


def test_a_copy_keeps_the_clusters(tmp_path: Path, store_url: str) -> None:
    """They hold for the copy as for the store: who may only read it needs no other ones."""
    pytest.importorskip("rensa")
    with open_store(tmp_path / "a.db") as source:
        fill(source, 5)
        assert sum(source.measure(names=COPIES))
        copy_store(source, read_store_address(store_url))
    with open_store(store_url, read_only=True) as store:
        assert store.unmeasured(COPIES) == 0


# ---- sizes


def test_what_nobody_looks_up_is_no_index(store_url: str) -> None:
    """Notes of what was read take room in the store; words that are looked for take some of the indexes."""
    with open_store(store_url) as store:
        fill(store, 3)
        before = sizes(store)
        noise = [{"name": f"n{n}", "read_at": NOW, "found": os.urandom(2000).hex()} for n in range(500)]
        store.write(lambda connection: connection.execute(insert(schema.listings), noise))
        noted = sizes(store)
        assert noted.store - before.store > 1_000_000
        page = 4096 if store_url.startswith("sqlite") else 8192
        assert (noted.indexes or 0) % page == 0
        if store_url.startswith("sqlite"):
            file = store_url.removeprefix("sqlite:///")
            assert noted.store == sum(Path(f"{file}{end}").stat().st_size for end in ("", "-wal"))
        assert noted.indexes is not None
        assert before.indexes is not None
        assert 0 <= noted.indexes - before.indexes < 300_000  # their names
        for number in range(20):
            words = " ".join(os.urandom(8).hex() for _ in range(2000))
            store.add(make_article(f"s{number}", paragraphs=(words,), kinds=("paragraph",)), seen_at=NOW)
        while store.index(0):
            pass
        indexed = sizes(store).indexes
        assert indexed is not None
        assert indexed - noted.indexes > 300_000


def test_sizes(store_url: str, tmp_path: Path, run: Run) -> None:
    """What store, indexes and archive take: indexes within the store, responses by the places that the store has."""
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "a.warc.gz").write_bytes(b"x" * 1234)
    with open_store(store_url) as store:
        fill(store)
    code, out, _ = run("stats", "--sizes", "--json", "--archive", tmp_path / "archive", "--store", store_url)
    told = json.loads(out)["sizes"]
    assert code == 0
    assert (told["responses"], told["files"], told["archive"]) == (90 * 7, 1, 1234)
    assert 0 < told["indexes"] < told["store"]
    code, out, _ = run("stats", "--sizes", "--store", store_url)
    assert (code, f"bytes: store {told['store']:,}, of which indexes {told['indexes']:,}; " in out) == (0, True)
    assert "sizes" not in json.loads(run("stats", "--json", "--store", store_url)[1])
