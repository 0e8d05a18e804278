"""After a removal a sentence of what was taken down stands nowhere: archive, indexes, store, and every output since."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from test_apply_removals import EXPORTS, is_there, whole

from pipelines.archives import Record, read_records
from pipelines.archives.cdxj import write_indexes
from pipelines.reextraction import reextract
from pipelines.removal_list import REMOVALS
from pipelines.removals.applying import apply_removals
from pipelines.storage import open_store
from pipelines.storage.removing import Wanted, take_down
from pipelines.verification import verify
from scraper.archive import Archive, Exchange
from scraper.cli import main

SECRET = "Der alte Fährmann zählte leise die Lichter am anderen Ufer"
AT = "2026-11-29T10:11:12Z"


def page(slug: str, language: str, day: int) -> bytes:
    """A page of the site, of which a later capture has another text; of the slug `gone` it holds the sentence."""
    german = SECRET if slug == "gone" else f"Das Wasser stand bei {slug} am Abend sehr ruhig und der Wind war still"
    french = "Le vieux passeur comptait" if slug == "gone" else f"L'eau était très calme à {slug} le soir et le vent"
    told = {
        "de": f"{german}, sagten {{}} Leute am {day}. Oktober 2025 auf dem Markt.",
        "fr": f"{french}, ont dit {{}} personnes le {day} octobre 2025 au marché.",
    }[language]
    paragraphs = "".join(f"<p>{told.format(1000 + 37 * n)}</p>" for n in range(1, 6))
    return (
        f'<html lang="{language}"><head><title>{slug}</title></head><body><h1 class="post-title">Fähre {slug}</h1>'
        f'<div class="post-detail-body">{paragraphs}</div></body></html>'
    ).encode()


def crawl(folder: Path) -> None:
    """Several captures of several articles; one is of another address with the very page."""
    archive = Archive(folder, name="run", software="test", max_bytes=4_000)
    for day in (10, 11):
        for slug in ("one", "gone", "two"):
            for language in ("de", "fr"):
                address = f"https://www.vietnam.vn/{language}/{slug}"
                body = page(slug, language, day)
                coded = ([("Content-Encoding", "gzip")], gzip.compress(body, mtime=0)) if day == 11 else ([], body)
                for url in (address, f"{address}?utm_source=x") if slug == "gone" else (address,):
                    archive.write(
                        Exchange(
                            url=url,
                            request_headers=[("User-Agent", "x")],
                            status=200,
                            headers=[("Content-Type", "text/html; charset=utf-8"), *coded[0]],
                            body=coded[1],
                            fetched_at=f"2025-10-{day}T01:02:03.123456+00:00",
                        )
                    )
    archive.close()


def members(folder: Path) -> bytes:
    """Every record of the archive, unpacked, its body too, and the bytes of all files."""
    found = []
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        found.append(content)
        if ".warc" in path.name and not path.name.endswith(".cdxj"):
            for item in read_records(BytesIO(content), limit=2**20):
                assert isinstance(item, Record)
                block = item.block or b""
                found.append(repr(item.headers).encode() + block)
                head, _, body = block.partition(b"\r\n\r\n")
                if b"gzip" in head:
                    found.append(gzip.decompress(body))
    return b"".join(found)


def test_nothing_is_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of the sentence, in every byte and behind every packing; and what was beside it is there as before."""
    archive, path = tmp_path / "archive", tmp_path / "s.db"
    crawl(archive)
    assert list(write_indexes(archive))
    with open_store(path) as store:
        reextract(archive, store)
    assert main(["align", "--langs", "de,fr", "--format", "tmx", "--store", str(path), "--out", f"{tmp_path}/tmx"]) == 0
    for form in EXPORTS:
        words = ["export", *form.split(), "--store", str(path), "--quiet"]
        assert main([*words, "--out", str(tmp_path / "old" / form)]) == 0
        assert main([*words, "--out", str(tmp_path / "updated" / form)]) == 0
        assert is_there(tmp_path / "old" / form, SECRET)
    assert SECRET.encode() in members(archive)
    assert is_there(tmp_path / "tmx", SECRET)
    with open_store(path) as store:
        removal = take_down(store, Wanted(slugs=frozenset({"gone"})), removed_at=AT, reason="request", archive=archive)
    assert removal.finished
    assert SECRET.encode() not in members(archive)
    assert b"/gone" not in members(archive)
    assert b"/one" in members(archive)
    assert main(["archive", "check", str(archive), "--store", str(path)]) == 0
    for name in ("s.db", "s.db-wal", "s.db-shm"):
        content = (tmp_path / name).read_bytes() if (tmp_path / name).exists() else b""
        assert SECRET.encode() not in content
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA freelist_count").fetchone() == (0,)
    for form in EXPORTS:
        words = ["export", *form.split(), "--store", str(path), "--quiet"]
        assert main([*words, "--out", str(tmp_path / "fresh" / form)]) == 0
        assert (
            main([*words, "--out", str(tmp_path / "since" / form), "--since-export", str(tmp_path / "old" / form)]) == 0
        )
        assert (
            main(["export", *form.split(), "--store", str(path), "--quiet", "--update", f"{tmp_path}/updated/{form}"])
            == 0
        )
        for name in ("fresh", "since", "updated"):
            assert is_there(tmp_path / name / form, SECRET) == [], (name, form)
            assert verify(tmp_path / name / form).findings == ()
        assert whole(tmp_path / "fresh" / form) == whole(tmp_path / "updated" / form)
        assert apply_removals(tmp_path / "fresh" / form / REMOVALS, tmp_path / "old" / form).rows > 0
        assert is_there(tmp_path / "old" / form, SECRET) == []
    assert apply_removals(tmp_path / "fresh" / "jsonl" / REMOVALS, tmp_path / "tmx").rows > 0
    assert is_there(tmp_path / "tmx", SECRET) == []
    assert main(["clean", str(archive), "--out", str(tmp_path / "clean"), "--workers", "1"]) == 0
    assert is_there(tmp_path / "clean", SECRET) == []
    with open_store(path) as store:
        reextract(archive, store)
    assert SECRET.encode() not in path.read_bytes()
    assert "Traceback" not in capsys.readouterr().err
