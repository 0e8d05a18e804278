"""`vietnamvn store remove`: of what was taken down no byte is left, and nothing brings it back."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import psycopg
import pytest
import zstandard
from databases import fresh_postgres_database
from making_articles import make_article
from processes import fork, wait
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from pipelines.models import Rejected, Stripped
from pipelines.reextraction import reextract
from pipelines.storage import ListedAddress, Store, open_store
from pipelines.storage.naming import Wanted
from pipelines.storage.removing import lift, take_down
from pipelines.storage.schema import boilerplate, ledger, metadata, records, rejects
from pipelines.storage.tombstone_file import TombstoneFile
from pipelines.storage.upkeep import backup, copy_store
from pipelines.store_address import address_of
from scraper.archive import Archive, Exchange
from scraper.cli import main
from scraper.replica import Fault, ReplicaServer, ReplicaSite

SLUG = "sau-con-thuyen-quaxquz"
SECRETS = ("quaxquz", "wyrmholt", "zyvvendor")  # of slug and address, title, text; all in lower case
WORDS = ("matin", "soir", "marché", "rivière", "saison", "argile", "four", "tour")
AT = "2025-11-01T00:00:00Z"


def page(slug: str, *, title: str = "La poterie", word: str = "grand") -> bytes:
    """A page of an article."""
    lines = "".join(f"<p>Le {w} du {word} {slug} commence par une visite de la rive, avec {w}.</p>" for w in WORDS)
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title></head>'
        f'<body><h1>{title}</h1><div class="post-detail-body">{lines}</div></body></html>'
    ).encode()


def fill(folder: Path, store_url: str) -> None:
    """An archive, and a store of it: five articles, of which one is to go, in two languages, with two revisions."""
    archive = Archive(folder, name="run", software="test", max_bytes=6_000)
    second = 0
    for number in range(5):
        slug = SLUG if number == 2 else f"lo-gom-{number}"
        told = {"title": "Wyrmholt brûle", "word": "zyvvendor"} if slug == SLUG else {}
        for prefix in ("", "fr/", "fr/"):
            second += 1
            archive.write(
                Exchange(
                    url=f"https://www.vietnam.vn/{prefix}{slug}",
                    request_headers=[("User-Agent", "x")],
                    status=200,
                    headers=[("Content-Type", "text/html; charset=utf-8")],
                    body=page(f"{slug} {second}", **told),
                    fetched_at=f"2025-10-10T01:02:{second:02}.000000+00:00",
                )
            )
    archive.close()
    with open_store(store_url) as store:
        reextract(folder, store)
        url = f"https://www.vietnam.vn/en/{SLUG}"
        store.add(Rejected(url=url, outcome="empty", detail="no text"), seen_at=AT)
        entries = [
            ListedAddress(url, SLUG, "en", "2025-10-24", "x"),
            ListedAddress(f"{url}-moi", f"{SLUG}-moi", "en", "2025-10-24"),
        ]
        store.enqueue(
            [*entries, ListedAddress("https://www.vietnam.vn/lo-gom-1", "lo-gom-1", "vi", "2025-10-24")], now=AT
        )
        for lease in store.lease(9, holder="x", now=AT, seconds=9):
            if lease.slug.endswith("-moi"):  # an address that led to the article, under another slug
                store.complete(lease, outcome="ok", now=AT, detail=f"stored as en/{SLUG}")
        run = store.start_run("crawl", holder="x", now=AT, options={"urls": f"{url} https://www.vietnam.vn/lo-gom-1"})
        store.finish_run(run, now=AT, outcome="complete")


def found_in(data: bytes) -> set[str]:
    """The secrets in some bytes, whatever their case."""
    return {word for word in SECRETS if word.encode() in data.lower()}


def unpacked(url: str) -> Iterator[bytes]:
    """Every value of every table, and what is compressed in it."""
    with open_store(url) as store:
        for table in metadata.sorted_tables:
            rows = store.read(lambda connection, table=table: connection.execute(select(table)).all())  # type: ignore[misc]
            for row in rows:
                yield repr(row).encode()
        for column in (records.c.record, boilerplate.c.lines):
            for (data,) in store.read(lambda connection, column=column: connection.execute(select(column)).all()):  # type: ignore[misc]
                yield zstandard.ZstdDecompressor().decompress(data)
        for stored in store.articles(revisions="all"):
            yield json.dumps(stored.article.to_dict(), ensure_ascii=False).encode()


def on_disk(url: str, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every byte of the store's files and of the archive's records."""
    address = address_of(url)
    if address.kind == "sqlite":
        for file in Path(address.path).parent.glob(f"{Path(address.path).name}*"):
            yield file.name, file.read_bytes()
    else:
        yield from relations(url)
    for file in folder.iterdir():
        data = file.read_bytes()
        yield file.name, gzip.decompress(data) if file.name.endswith(".gz") else data


def relations(url: str) -> Iterator[tuple[str, bytes]]:
    """The files of every relation of the database, the catalogue's too, where this machine has the server."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        (data,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        (oid,) = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone() or (0,)
        folder = Path(data) / "base" / str(oid)
        if not os.access(folder, os.R_OK):
            return
        for file in folder.iterdir():
            yield file.name, file.read_bytes()


def test_no_byte_is_left(store_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither in the store's files, however compressed, nor in a member of the archive; all else is as it was."""
    folder = tmp_path / "archive"
    fill(folder, store_url)
    assert {word for data in unpacked(store_url) for word in found_in(data)} == set(SECRETS)
    assert {word for _, data in on_disk(store_url, folder) for word in found_in(data)} == set(SECRETS)
    with open_store(store_url) as store:
        others = [(s.slug, s.language, s.article) for s in store.articles(revisions="all") if s.slug != SLUG]
    assert main(["store", "remove", SLUG, "--dry-run", "--store", store_url]) == 0
    assert capsys.readouterr().out == f"fr/{SLUG}\nvi/{SLUG}\n"
    arguments = ["store", "remove", SLUG, "--why", "law: a court", "--store", store_url]
    assert main(arguments) == 2
    assert "give its folder by --archive" in capsys.readouterr().err
    assert main([*arguments, "--archive", str(folder)]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "2 texts in 3 revisions, 1 rejects, 2 addresses of the ledger taken down" in err
    assert not found_in(err.encode())
    for name, data in on_disk(store_url, folder):
        assert found_in(data) == set(), name
    for data in unpacked(store_url):
        assert found_in(data) == set()
    with open_store(store_url) as store:
        assert [(s.slug, s.language, s.article) for s in store.articles(revisions="all")] == others
        assert list(store.check()) == []
        assert len(list(store.search("marché", limit=99))) == len({(s, la) for s, la, _ in others})
        assert {(one.reason, one.removed_at[:4]) for one in store.removed()} == {("law", main_year())}
        assert len(list(store.removed())) == 3
    assert main(["archive", "check", str(folder), "--store", store_url]) == 0


def main_year() -> str:
    """The year of the clock by which the command works."""
    return str(datetime.now(timezone.utc).year)


def back(store: Store) -> list[str]:
    """Every way by which the article could come back; what each made of it."""
    url = f"https://www.vietnam.vn/fr/{SLUG}"
    spellings = [url, url.upper().replace("HTTPS", "https"), f"{url}/?utm_source=x", url.replace("quax", "q%75ax")]
    made = [str(store.add(replace(make_article(SLUG, "fr", url=one), slug=None), seen_at=AT)) for one in spellings]
    made.append(str(store.add(make_article(SLUG, "ja"), seen_at=AT)))
    made.append(str(store.add(make_article(f"{SLUG}-moi", "en"), seen_at=AT)))
    linked = {"vi": f"https://www.vietnam.vn/{SLUG}"}
    made.append(str(store.add(make_article("ten-khac", "ru", alternates=linked), seen_at=AT)))
    made.append(str(store.add(Rejected(url=url, outcome="gone", detail=""), seen_at=AT)))
    made.append(str(store.add(Rejected(url=f"{url}-2", outcome="redirected_away", detail=f"to {url}"), seen_at=AT)))
    entries = [ListedAddress(one, None, "fr", "2025-10-24", "later") for one in spellings]
    made.append(str(store.enqueue(entries, now=AT, revisit=True, retry_failed=True)))
    return made


def test_nothing_brings_it_back(store_url: str, tmp_path: Path) -> None:
    """Other spellings, languages, addresses and slugs that the site links; the ledger has no name; lifting ends it."""
    folder = tmp_path / "archive"
    fill(folder, store_url)
    with open_store(store_url) as store:
        take_down(store, Wanted(slugs=frozenset({SLUG})), removed_at=AT, reason="request", archive=folder)
        before = len(list(store.articles(revisions="all")))
        assert back(store) == ["removed"] * 9 + ["0"]
        assert len(list(store.articles(revisions="all"))) == before
        rows = store.read(lambda connection: connection.execute(select(ledger)).all())
        assert SLUG not in repr(rows)
        assert not any(row.state == "pending" for row in rows if row.outcome == "removed")
        assert store.read(lambda connection: connection.execute(select(rejects)).all()) == []
        assert lift(store, Wanted(slugs=frozenset({SLUG})), lifted_at=AT) > 0
        assert list(store.removed()) == []
        assert "removed" not in back(store)
        assert list(store.check()) == []


def test_one_language_alone(store_url: str, tmp_path: Path) -> None:
    """An address takes down its version; the others stay, and come again."""
    fill(tmp_path / "archive", store_url)
    with open_store(store_url) as store:
        wanted = Wanted(versions=frozenset({(SLUG, "fr")}))
        take_down(store, wanted, removed_at=AT, reason="error", archive=tmp_path / "archive")
        assert [s.language for s in store.languages_of(SLUG)] == ["vi"]
        assert store.add(make_article(SLUG, "fr"), seen_at=AT) == "removed"
        assert store.add(make_article(SLUG, "vi"), seen_at=AT) == "revision"
        assert lift(store, Wanted(slugs=frozenset({SLUG})), lifted_at=AT) == 0
        assert lift(store, wanted, lifted_at=AT) > 0
        assert store.add(make_article(SLUG, "fr"), seen_at=AT) == "new"


def test_lines_that_pages_share(store_url: str) -> None:
    """Other pages need lines that were kept once, of the page that goes: they keep theirs, and its own are gone."""
    menu = tuple(Stripped(text=f"Mục {n} của trang báo điện tử hôm nay", rule="not-article: menu") for n in range(30))
    with open_store(store_url) as store:
        for number in range(6):
            own = Stripped(text=f"Wyrmholt {number}" if number == 0 else f"Bài {number}", rule="not-article: title")
            store.add(make_article(f"bai-{number}", "vi", stripped=(*menu, own)), seen_at=AT)
        lines = [s.article.stripped for s in store.articles()][1:]
        assert any("wyrmholt" in s.article.stripped[-1].text.lower() for s in store.articles())
        take_down(store, Wanted(versions=frozenset({("bai-0", "vi")})), removed_at=AT, reason="other")
        assert [s.article.stripped for s in store.articles()] == lines
        assert list(store.check()) == []
        shared = store.read(lambda connection: connection.execute(select(boilerplate.c.lines)).scalars().all())
        assert len(shared) == 1
        assert b"Wyrmholt" not in zstandard.ZstdDecompressor().decompress(shared[0])


def test_words_that_the_index_was_given_by_another_program(tmp_path: Path) -> None:
    """The index is told of the words that it has, not of those that today's record would give."""
    with open_store(tmp_path / "s.db") as store:
        for number in range(3):
            store.add(make_article(f"bai-{number}", "fr", title="Le nom"), seen_at=AT)
        add = "INSERT INTO search (search, rowid, tokens) VALUES ('delete', 1, :old)"
        (old,) = [" ".join(words) for words in [tokens_of(store, 1)]]
        store.write(lambda connection: connection.exec_driver_sql(add.replace(":old", "?"), (old,)))
        other = "INSERT INTO search (rowid, tokens) VALUES (1, ?)"
        store.write(lambda connection: connection.exec_driver_sql(other, (f"{old} wyrmholt",)))
        take_down(store, Wanted(versions=frozenset({("bai-0", "fr")})), removed_at=AT, reason="other")
        assert list(store.search("wyrmholt")) == []
        assert list(store.check()) == []
    assert b"wyrmholt" not in (tmp_path / "s.db").read_bytes()


def tokens_of(store: Store, revision: int) -> list[str]:
    """The words of a revision as they are indexed."""
    from pipelines.storage.search import article_tokens

    return next(article_tokens(s.article) for s in store.articles() if s.revision_id == revision)


# ---- backups and copies


def test_a_backup_that_is_put_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The tombstones beside the store take down again what it holds; who only reads is told, and shown nothing."""
    path, folder, copy = tmp_path / "s.db", tmp_path / "archive", tmp_path / "copy.db"
    fill(folder, str(path))
    shutil.copytree(folder, tmp_path / "older")
    backup(address_of(str(path)), copy)
    assert main(["store", "remove", SLUG, "--archive", str(folder), "--store", str(path)]) == 0
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "older", folder)
    for end in ("-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    shutil.copyfile(copy, path)
    capsys.readouterr()
    assert main(["store", "check", "--store", str(path)]) == 1
    assert "a backup seems to have been put back" in capsys.readouterr().err
    assert main(["store", "remove", "--archive", str(folder), "--store", str(path)]) == 0
    for name, data in on_disk(str(path), folder):
        assert found_in(data) == set(), name
    with open_store(path) as store:
        assert list(store.check()) == []
        assert back(store) == ["removed"] * 9 + ["0"]


def test_copies_take_them_along(store_url: str, tmp_path: Path) -> None:
    """From either database to the other, and in a backup."""
    fill(tmp_path / "archive", store_url)
    with open_store(store_url) as store:
        take_down(store, Wanted(slugs=frozenset({SLUG})), removed_at=AT, reason="law", archive=tmp_path / "archive")
        told = list(store.removed())
    with open_store(store_url, read_only=True) as store:
        copy_store(store, address_of(tmp_path / "copy.db"))
    backup(address_of(tmp_path / "copy.db"), tmp_path / "backup.db")
    for name in ("copy.db", "backup.db"):
        with open_store(tmp_path / name) as store:
            assert list(store.removed()) == told
            assert back(store) == ["removed"] * 9 + ["0"]
        with open_store(tmp_path / name) as store:
            assert lift(store, Wanted(slugs=frozenset({SLUG})), lifted_at=AT) > 0


def test_the_file_of_a_server(tmp_path: Path) -> None:
    """A PostgreSQL store has its tombstones where it was said; a dump of before is met with them."""
    with fresh_postgres_database() as url, fresh_postgres_database() as dump:
        fill(tmp_path / "archive", url)
        with open_store(url, read_only=True) as store:
            copy_store(store, address_of(dump))
        file = tmp_path / "stones"
        with open_store(url, tombstones=file) as store:
            wanted = Wanted(slugs=frozenset({SLUG}))
            take_down(
                store, wanted, removed_at=AT, reason="law", archive=tmp_path / "archive", tombstones=TombstoneFile(file)
            )
        with open_store(dump, tombstones=file) as store:
            assert store.languages_of(SLUG) == []
            assert back(store) == ["removed"] * 9 + ["0"]


def test_a_line_that_a_kill_cut_off(tmp_path: Path) -> None:
    """It was never said; the next one begins in its place. A line that is none is told."""
    path = tmp_path / "s.db"
    fill(tmp_path / "archive", str(path))
    stones = Path(f"{path}.tombstones")
    stones.write_text('{"at":"2025-11-01T00:00:00Z","articles":[{"art')
    with open_store(path) as store:
        assert len(store.languages_of(SLUG)) == 2
        take_down(store, Wanted(slugs=frozenset({SLUG})), removed_at=AT, reason="law", archive=tmp_path / "archive")
    assert [set(json.loads(line)) >= {"at", "articles"} for line in stones.read_text().splitlines()] == [True]
    stones.write_text("{}\n")
    assert main(["store", "check", "--store", str(path)]) == 1


# ---- kills


def _events(work: Callable[[], None], kill_at: int) -> int:
    """Do some work, and kill this process at one of its steps that reach the disk; how many they were."""
    number = 0

    def step(*_: object) -> None:
        nonlocal number
        number += 1
        if number == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(call: Callable[..., object]) -> Callable[..., object]:
        def counted(*arguments: object, **options: object) -> object:
            step()
            return call(*arguments, **options)

        return counted

    for name in ("fsync", "unlink", "replace", "rename"):
        setattr(os, name, before(getattr(os, name)))
    event.listen(Engine, "commit", step)
    event.listen(Engine, "before_cursor_execute", step)
    work()
    return number


def run_until(work: Callable[[], None], kill_at: int) -> None:
    """Do some work until it is killed."""
    _events(work, kill_at)


@pytest.mark.parametrize("moment", range(20))
def test_a_kill_at_any_moment(moment: int, tmp_path: Path) -> None:
    """Either it was not begun, or the next start finishes it."""
    path, folder = tmp_path / "s.db", tmp_path / "archive"
    fill(folder, str(path))
    told = tmp_path / "told"

    def removal() -> None:
        with open_store(path) as store:
            take_down(store, Wanted(slugs=frozenset({SLUG})), removed_at=AT, reason="law", archive=folder)

    def whole() -> None:
        shutil.copytree(folder, tmp_path / "other")
        for end in ("", "-wal"):
            if Path(f"{path}{end}").exists():
                shutil.copyfile(f"{path}{end}", tmp_path / f"o.db{end}")

        def there() -> None:
            with open_store(tmp_path / "o.db") as store:
                take_down(
                    store, Wanted(slugs=frozenset({SLUG})), removed_at=AT, reason="law", archive=tmp_path / "other"
                )

        told.write_text(str(_events(there, -1)))

    assert wait(fork(whole)) == 0
    steps = int(told.read_text())
    assert steps > 60
    at = 1 + moment * (steps - 1) // 19
    assert wait(fork(lambda: run_until(removal, at))) == -signal.SIGKILL
    is_said = Path(f"{path}.tombstones").exists() and Path(f"{path}.tombstones").read_bytes().endswith(b"\n")
    with open_store(path) as store:  # the next start
        texts = len(store.languages_of(SLUG))
        assert texts == (0 if is_said else 2)
        if is_said:
            assert store.add(make_article(SLUG, "fr"), seen_at=AT) == "removed"
        assert [fault for fault in store.check() if "removal" not in fault] == []
    if is_said:
        assert main(["store", "remove", "--archive", str(folder), "--store", str(path)]) == 0
        for name, data in on_disk(str(path), folder):
            assert found_in(data) == set(), name
    with open_store(path) as store:
        assert list(store.check()) == []
    assert main(["archive", "check", str(folder), "--store", str(path)]) == 0


# ---- the commands that store


def test_a_crawl_stores_nothing_of_it(tmp_path: Path) -> None:
    """A second crawl of the replica neither asks for the pages nor archives them, and is complete.

    An address that leads to one of them by then is neither archived nor named any more.
    """
    path, folder = tmp_path / "s.db", tmp_path / "archive"
    site = ReplicaSite(per_day=2)
    alias = sorted(site.posts)[-1]
    site.faults.append(Fault(kind="status", where=f"(?:/[a-z-]+)?/{alias}", status=404))
    with ReplicaServer(site) as server:
        crawl = ["crawl", "--base-url", server.base_url, "--store", str(path), "--archive", str(folder), "--delay", "0"]
        crawl += ["--since", "2025-01-01", "--until", "2026-12-31"]

        def run(arguments: list[str]) -> int:
            command = [sys.executable, "-m", "scraper.cli", *arguments]
            return subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, check=False).returncode

        first = run(crawl)
        with open_store(path) as store:
            slugs = sorted({s.slug for s in store.articles()})
            slug = slugs[0]
            assert len(store.languages_of(slug)) > 1
        assert run(["store", "remove", slug, "--archive", str(folder), "--store", str(path)]) == 0
        before = dict(server.fetches)
        site.faults[:] = [Fault(kind="redirect", where=f"/{alias}", to=f"/{slug}")]
        site.posts[alias].lastmod += timedelta(hours=1)
        assert run([*crawl, "--revisit", "400"]) in (0, first)
        assert server.fetches[f"/{alias}"] > before[f"/{alias}"]
        asked = {url for url, count in server.fetches.items() if count != before.get(url, 0)}
        assert not any(slug in url for url in asked)
    with open_store(path) as store:
        assert slug not in {s.slug for s in store.articles()}
        assert list(store.check()) == []
    manifest = json.loads(path.with_suffix(".manifest.json").read_text())
    assert manifest["totals"]["removed"] > 1
    assert manifest["totals"]["holds"]
    for file in folder.glob("*.warc.gz"):
        assert f"/{slug}\r".encode() not in gzip.decompress(file.read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        dump = "\n".join(connection.iterdump())
    assert slug not in dump
    assert alias not in dump
