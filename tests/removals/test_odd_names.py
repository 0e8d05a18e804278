"""`vietnamvn store remove`: odd names take down what they name and nothing else, or are refused in one line."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest
from making_articles import make_article
from sqlalchemy import select

from pipelines.errors import VietnamvnError
from pipelines.export.state import RowState, write_without, writing
from pipelines.models import Rejected
from pipelines.storage import ListedAddress, Store, open_store
from pipelines.storage.naming import Wanted
from pipelines.storage.removing import take_down
from pipelines.storage.schema import ledger, rejects
from pipelines.storage.tombstones import BY_MARK
from pipelines.storage.upkeep import backup
from pipelines.store_address import address_of
from scraper.archive import Archive, Exchange
from scraper.cli import main

AT = "2025-11-01T00:00:00Z"
SITE = "https://www.vietnam.vn"


def remove(store: Store, *slugs: str) -> None:
    """Take down articles that no archive has."""
    take_down(store, Wanted(slugs=frozenset(slugs)), removed_at=AT, reason="other", has_archive=False)


def fill(path: Path, folder: Path) -> None:
    """Two articles in a store, their pages in one file of an archive."""
    archive = Archive(folder, name="run", software="test", max_bytes=1_000_000)
    with open_store(path) as store:
        for second, slug in enumerate(("lo-gom", "lo-do")):
            place = archive.write(
                Exchange(
                    url=f"{SITE}/fr/{slug}", request_headers=[], status=200, headers=[("Content-Type", "text/html")],
                    body=slug.encode(), fetched_at=f"2025-10-10T01:02:{second:02}.000000+00:00",
                )
            )  # fmt: skip
            store.add(make_article(slug, "fr"), seen_at=AT, warc=place)
    archive.close()


def said_in_one_line(said: str) -> bool:
    """Whether a message is one line that finds no fault with the store."""
    return "damaged" not in said and said.count("\n") == 1


def test_a_name_that_is_any_word(tmp_path: Path) -> None:
    """`--why they wrote to us 404` without quotation marks names words: neither the account of a run nor pages with
    such a status are taken for them."""
    with open_store(tmp_path / "s.db") as store:
        store.enqueue([ListedAddress(f"{SITE}/fr/lo-gom", "lo-gom", "fr", "2025-10-24")], now=AT)
        for lease in store.lease(9, holder="x", now=AT, seconds=9):
            store.complete(lease, outcome="not_found", now=AT, detail="HTTP 404 wrote to us")
        store.add(Rejected(url=f"{SITE}/fr/lo-do", outcome="empty", detail="404 to us"), seen_at=AT)
        summary = {"pages": 404, "to": {"us": "wrote"}, "at": f"{SITE}/fr/wrote"}
        run = store.start_run("crawl", holder="x", now=AT, options={"days": 404})
        store.finish_run(run, now=AT, outcome="complete", summary=summary)
        remove(store, "wrote", "to", "us", "404")
        (told,) = store.runs()
        assert told.options == {"days": 404}
        assert told.summary == {**summary, "at": "(removed)"}
        assert [row.slug for row in store.read(lambda connection: connection.execute(select(ledger)).all())] == [
            "lo-gom"
        ]
        assert store.add(Rejected(url=f"{SITE}/fr/lo-ga", outcome="empty", detail="HTTP 404"), seen_at=AT) != "removed"


@pytest.mark.parametrize("spelled", ["ẾCH-NHÁI", "e\u0302\u0301ch-nhái", "%E1%BA%BEch-nh%C3%A1i"])
def test_letters_beyond_ascii(spelled: str, tmp_path: Path) -> None:
    """What names an article in capitals, in a decomposed or a percent-encoded form goes with it."""
    with open_store(tmp_path / "s.db") as store:
        detail = f"to {SITE}/fr/{spelled}"
        store.add(Rejected(url=f"{SITE}/fr/muc-luc", outcome="redirected_away", detail=detail), seen_at=AT)
        store.add(make_article("ếch-nhái", "fr"), seen_at=AT)
        remove(store, "ếch-nhái")
        assert store.languages_of("ếch-nhái") == []
        assert store.read(lambda connection: connection.execute(select(rejects)).all()) == []


@pytest.mark.parametrize(
    "name", ["a\x00b", "htps://www.vietnam.vn/fr/x", "http://[x", f"{SITE}/", f"{SITE}/fr", "vietnam.vn", "\udcff", "/"]
)
def test_what_is_no_name(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A slip of the pen is told in one line, and makes no tombstone."""
    path = tmp_path / "s.db"
    open_store(path).close()
    assert main(["store", "remove", name, "--no-archive", "--store", str(path)]) == 2
    assert said_in_one_line(capsys.readouterr().err)
    assert not path.with_name("s.db.tombstones").exists()


def test_a_publisher_that_is_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Bytes that are no UTF-8 are no sign of a damaged store; nor are a statement's characters any to the database."""
    path = tmp_path / "s.db"
    with open_store(path) as store:
        store.add(make_article("lo-gom", "fr"), seen_at=AT)
    for name in ("\udcff", "x' OR '1'='1", "%"):
        assert main(["store", "remove", "--publisher", name, "--no-archive", "--store", str(path)]) == 2
        assert said_in_one_line(capsys.readouterr().err)
    with open_store(path) as store:
        assert len(list(store.articles())) == 1


@pytest.mark.parametrize("is_store", [True, False])
def test_a_backup_of_one_of_both(is_store: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The store comes back out of a backup and the archive stays as it was cut, or the other way round: the removal is
    finished there."""
    path, folder, copy = tmp_path / "s.db", tmp_path / "archive", tmp_path / "copy.db"
    fill(path, folder)
    backup(address_of(str(path)), copy)
    shutil.copytree(folder, tmp_path / "older")
    assert main(["store", "remove", "lo-gom", "--archive", str(folder), "--store", str(path)]) == 0
    if is_store:
        for end in ("-wal", "-shm"):
            Path(f"{path}{end}").unlink(missing_ok=True)
        shutil.copyfile(copy, path)
    else:
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "older", folder)
    again = ["store", "remove", "lo-gom", "lo-da", "--archive", str(folder), "--store", str(path)]
    assert main(again) == 0, capsys.readouterr().err
    with open_store(path) as store:
        assert [one.slug for one in store.articles()] == ["lo-do"]
        assert list(store.check()) == []
    (file,) = folder.iterdir()
    told = gzip.decompress(file.read_bytes())
    assert b"lo-gom" not in told
    assert b"lo-do" in told


def test_an_old_file_out_of_a_backup_beside_what_was_made_of_it(tmp_path: Path) -> None:
    """It goes, and the one that the store's rows point into stays, also where nothing in it is taken down any more."""
    path, folder = tmp_path / "s.db", tmp_path / "archive"
    fill(path, folder)
    shutil.copytree(folder, tmp_path / "older")
    where = ["--archive", str(folder), "--store", str(path)]
    assert main(["store", "remove", "lo-gom", *where]) == 0
    (cut,) = folder.iterdir()
    shutil.copytree(tmp_path / "older", folder, dirs_exist_ok=True)
    assert main(["store", "restore-removed", "lo-gom", "--store", str(path)]) == 0
    assert main(["store", "remove", "lo-da", *where]) == 0
    assert list(folder.iterdir()) == [cut]
    with open_store(path) as store:
        assert store.archive_counts().keys() == {cut.name}


def test_what_stands_in_the_place_of_a_name_is_a_mark(tmp_path: Path) -> None:
    """That by which it was taken down, else one of its own: for captures whose address alone was named."""
    with open_store(tmp_path / "s.db") as store:
        remove(store, "lo-gom")
        removed = store.tombstones()
    assert removed.buried("lo-gom", "fr").removeprefix(BY_MARK) in removed.marks
    assert removed.buried("lo-do", "fr") == BY_MARK + removed.mark("version", "fr", "lo-do")


def test_names_that_are_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who mistyped an address reads that nothing of it was there, once for each up to ten."""
    path = tmp_path / "s.db"
    with open_store(path) as store:
        store.add(make_article("lo-gom", "fr"), seen_at=AT)
    names = ["fr/lo-gom", *(f"lo-do-{number}" for number in range(12))]
    assert main(["store", "remove", *names, "--no-archive", "--store", str(path)]) == 0
    said = capsys.readouterr().err.splitlines()
    assert sum(": is not in " in line for line in said) == 10
    assert sum("2 more names" in line for line in said) == 1
    assert not any("lo-gom: is" in line for line in said)


@pytest.mark.parametrize(
    "line", ["[" * 200_000, '{"at": 5}', '{"at": "2025-01-01T00:00:00Z", "articles": [{"article": 5}]}']
)
def test_a_file_of_tombstones_that_is_none(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What stands there is told by its number, and nothing is taken down or lifted meanwhile."""
    path = tmp_path / "s.db"
    open_store(path).close()
    (tmp_path / "s.db.tombstones").write_text(line + "\n")
    assert main(["store", "remove", "lo-gom", "--no-archive", "--store", str(path)]) == 1
    assert "line 1 is no tombstone" in (said := capsys.readouterr().err)
    assert said_in_one_line(said)


def test_a_state_whose_ids_are_no_text(tmp_path: Path) -> None:
    """The state of an export, damaged so that it can be unpacked all the same, ends `apply-removals` in one line."""
    path = tmp_path / "state.bin.zst"
    with writing(path, AT) as out:
        out.add((4).to_bytes(2, "big") + b"fr/\xff" + bytes(16 + 2 * (len(RowState._fields) - 1)))
    with pytest.raises(VietnamvnError, match="cannot be read"):
        write_without(path, tmp_path / "new.bin.zst", lambda identifier: False)


def test_lifting_with_a_slip_of_the_pen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One name that is none, and nothing is lifted."""
    path = tmp_path / "s.db"
    with open_store(path) as store:
        remove(store, "lo-gom")
    assert main(["store", "restore-removed", "lo-gom", "htps://x/y", "--store", str(path)]) == 2
    assert said_in_one_line(capsys.readouterr().err)
    with open_store(path) as store:
        assert store.tombstones().holds_slug("lo-gom")
