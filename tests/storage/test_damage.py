"""A damaged store: no traceback from any command, what can be read is given, and `check` names all the rest."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import zstandard
from making_articles import make_article
from processes import fork, wait
from sqlalchemy import text

from pipelines.storage import DamagedRecordError, StoreError, open_store
from scraper.cli import main

T1 = "2025-10-24T01:00:00Z"
READING = {
    "stats": ["store", "stats"],
    "check": ["store", "check"],
    "show": ["store", "show", "s003"],
    "search": ["store", "search", "premier", "--json", "--limit", "999"],
    "groups": ["groups"],
    "export": ["export", "jsonl"],
}


def fill(url: str, number: int = 40) -> None:
    """A store with so many articles in two languages, all indexed."""
    with open_store(url) as store:
        with store.transaction():
            for index in range(number):
                for language in ("fr", "ja"):
                    body = (f"Premier paragraphe {index * 7919}.", "x" * (index * 97 % 2000))
                    article = make_article(f"s{index:03}", language, paragraphs=body, kinds=("paragraph",) * 2)
                    store.add(article, seen_at=T1)
        while store.index():
            pass


def run_all(path: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[int, str, str]]:
    """Every command that reads: exit code, standard output, standard error."""
    done = {}
    for name, words in READING.items():
        out = ["--out", str(folder / "out"), "--replace"] if name == "export" else []
        code = main([*words, *out, "--store", path])
        done[name] = (code, *capsys.readouterr())
    return done


def assert_told(done: dict[str, tuple[int, str, str]], folder: Path, total: int) -> None:
    """No internal error; whatever `export` could not give is a fault of `check`, and is named there."""
    for name, (code, _, err) in done.items():
        assert code in (0, 1, 3), name
        assert "internal error" not in err, (name, err)
    code, _, err = done["export"]
    checked, faults, _ = done["check"]
    rows = json.loads((folder / "out" / "manifest.json").read_text(encoding="utf-8"))["rows"] if code != 1 else 0
    if code != 0 or rows != total:
        assert checked == 1, err
    for named in re.findall(r"passed over: ([^:]+):", err):
        assert named in faults


@pytest.mark.parametrize("seed", [*range(6), 117])  # 117: bytes where text was stored
def test_flipped_bits(seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One bit, or thirty at once, anywhere in the file."""
    flip(seed, tmp_path, capsys)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(6, 200))
def test_many_flipped_bits(seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same, many times."""
    flip(seed, tmp_path, capsys)


def flip(seed: int, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Flip bits of a good store, and see what commands make of it."""
    path = folder / "store.db"
    fill(str(path))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data, chance = bytearray(path.read_bytes()), random.Random(seed)
    for _ in range(30 if seed % 2 else 1):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    assert_told(run_all(str(path), folder, capsys), folder, 80)


RECORDS = {
    "no extractor": {"extractor": None, "extractor_version": "1", "paragraphs": ["A."]},
    "a number for it": {"extractor": 7, "extractor_version": "1", "paragraphs": ["A."]},
    "a list for a title": {"title": ["x"], "extractor": "x", "extractor_version": "1", "paragraphs": ["A."]},
    "no list": {"extractor": "x", "extractor_version": "1", "paragraphs": "A."},
    "unlike kinds": {"extractor": "x", "extractor_version": "1", "paragraphs": ["A."], "kinds": ["quote"] * 3},
    "no such paragraph": {"extractor": "x", "extractor_version": "1", "paragraphs": ["A."], "untranslated": [4]},
    "alternates of numbers": {"extractor": "x", "extractor_version": "1", "alternates": [1]},
    "no object": [1],
    "nothing that it needs": {},
}


def test_no_row_disables_the_others(store_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rows that an earlier version or another program stored: each named once by all that read, the others given."""
    fill(store_url, 12)
    bad = [f"s{index:03}" for index in range(len(RECORDS))]
    with open_store(store_url) as store:
        ids = {stored.slug: stored.revision_id for stored in store.articles(languages=["fr"])}
        with store._engine.begin() as connection:
            for slug, record in zip(bad, RECORDS.values(), strict=True):
                payload = zstandard.ZstdCompressor().compress(json.dumps(record).encode())
                values = {"record": payload, "id": ids[slug]}
                connection.execute(text("UPDATE records SET record = :record WHERE revision_id = :id"), values)
    done = run_all(store_url, tmp_path, capsys)
    assert done["check"][0] == 1
    for slug in bad:
        assert done["check"][1].count(f"fr/{slug}, revision 1: ") == 1
    for name in ("groups", "export", "search"):
        code, _, err = done[name]
        assert code == 3, (name, err)
        for slug in bad:
            assert err.count(f"vietnamvn: passed over: fr/{slug}, revision 1: ") == 1, (name, slug)
    assert len(done["search"][1].splitlines()) == 24 - len(bad)
    assert json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["rows"] == 24 - len(bad)
    with open_store(store_url, read_only=True) as store, pytest.raises(DamagedRecordError, match="fr/s000, revision 1"):
        list(store.articles())  # who does not say that rows may be passed over is not given fewer in silence


def test_a_row_that_cannot_be_read_is_not_indexed_for_ever(store_url: str) -> None:
    """The first search reads over it; the second has nothing left to index."""
    fill(store_url, 2)
    with open_store(store_url) as store, store._engine.begin() as connection:
        connection.execute(text("UPDATE records SET record = :record"), {"record": b"x"})
        connection.execute(text("DELETE FROM search" if "postgresql" in store_url else "SELECT 1"))
    if "postgresql" in store_url:
        with open_store(store_url) as store, store._engine.begin() as connection:
            connection.execute(text("INSERT INTO unindexed SELECT id FROM revisions"))
    told: list[str] = []
    with open_store(store_url, passed_over=told.append) as store:
        while store.index():
            pass
        assert store.unindexed() == 0
    assert len(told) == (4 if "postgresql" in store_url else 0)


@pytest.fixture
def read_only_folder() -> Iterator[Path]:
    """A folder whose store is filled, to be made read-only; pytest's own folders are closed to other users."""
    folder = Path(tempfile.mkdtemp(prefix="vn-"))
    try:
        fill(str(folder / "store.db"), 3)
        yield folder
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


@pytest.mark.parametrize("indexed", [True, False])
@pytest.mark.parametrize("way", ["rights", "mount"])
def test_searching_where_nothing_can_be_written(
    way: str, indexed: bool, read_only_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A read-only file system, or another user's folder: search works like stats, and says what it lacks."""
    path = read_only_folder / "store.db"
    if not indexed:
        with open_store(str(path)) as store, store.transaction():
            store.add(make_article("new"), seen_at=T1)
            store._pending.forget()  # as a program left it that indexed later
            store.read(lambda c: c.execute(text("INSERT INTO unindexed SELECT max(id) FROM revisions")))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for left in read_only_folder.glob("store.db-*"):
        left.unlink()

    def work() -> None:
        if os.geteuid() == 0 and way == "rights":
            os.setgid(65534)
            os.setuid(65534)
        for words in (
            ["stats"],
            ["search", "premier"],
            ["show", "s000"],
            ["check"],
        ):
            assert main(["store", *words, "--store", str(path)]) == 0, words
        with pytest.raises(StoreError, match=r"read-only|cannot be opened"):
            open_store(str(path)).add(make_article("x"), seen_at=T1)

    if way == "mount":
        bind = ["mount", "--bind", str(read_only_folder), str(read_only_folder)]
        if subprocess.run(bind, capture_output=True, check=False).returncode:
            pytest.skip("no file system may be mounted here (needs root)")
        subprocess.run(["mount", "-o", "remount,bind,ro", str(read_only_folder)], check=True)
    else:
        path.chmod(0o444)
        read_only_folder.chmod(0o555)
    try:
        assert wait(fork(work)) == 0, capfd.readouterr().err
    finally:
        if way == "mount":
            subprocess.run(["umount", "-l", str(read_only_folder)], check=True)
    out, err = capfd.readouterr()
    assert out.count("Premier paragraphe") >= 6
    assert ("1 texts are not indexed and not searched" in err) == (not indexed)


def test_what_records_hold_does_not_command_the_terminal(
    store_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Escape sequences, C1 controls and overrides in every field, in rejects and in what is asked: never raw."""
    evil = "\x1b]0;x\x07 \x1b[2J \x9b2J \x85 \x7f \u202e \r"
    rows = [
        {
            **make_article("a", title=f"T {evil}", lead=f"L {evil}", author=f"A {evil}", publisher=evil).to_dict(),
            "paragraphs": [f"premier {evil}"],
            "kinds": ["paragraph"],
            "url": f"https://www.vietnam.vn/fr/a?{evil}",
        },
        {**make_article("a", title="another").to_dict(), "fetched_at": "2025-10-23T01:00:00Z"},
        {"outcome": "gone", "url": f"https://www.vietnam.vn/{evil}", "detail": evil},
        {"outcome": evil},
        {**make_article("b").to_dict(), "url_language": evil},
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    for words in (
        ["store", "add", str(tmp_path / "rows.jsonl"), "--seen-at", T1],
        ["store", "show", "a"],
        ["store", "show", "a", "--revisions"],
        ["store", "show", "a", "--json"],
        ["store", "show", evil],
        ["store", "search", "premier"],
        ["store", "search", "premier", "--json"],
        ["store", "search", evil, "nothing"],
        ["store", "stats"],
        ["store", "check"],
        ["groups"],
        ["groups", "--format", "jsonl"],
        ["groups", "--missing", evil],
    ):
        main([*words, "--store", store_url])
        out, err = capsys.readouterr()
        assert out + err
        raw = re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", out + err)
        assert raw == [], (words, raw)
        if "--json" in words:
            assert json.loads(out.splitlines()[0])["record"]["title"] == f"T {evil}"
