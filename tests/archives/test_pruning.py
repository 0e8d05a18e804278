"""`vietnamvn archive prune`: what is old goes, what current texts were made of stays, and the store follows."""

from __future__ import annotations

import gzip
import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from by_hand import http, packed, record
from processes import fork, wait
from sqlalchemy import select
from test_archive_command import URLS, Run, fill, run, warcs
from test_commands import page
from warcio.archiveiterator import ArchiveIterator

from pipelines.archives import pruning, rewriting
from pipelines.archives.cdxj import write_indexes
from pipelines.models import Rejected
from pipelines.reextraction import reextract
from pipelines.storage import Store, open_store
from pipelines.storage.schema import metadata
from scraper.cli import main

__all__ = ["run"]  # a fixture
DAY = "2025-10-13"  # half of the captures are older
TEXTS = 2 * (len(URLS) - 1)


def filled(folder: Path, store_url: str, *, max_bytes: int = 9_000) -> None:
    """An archive of several files, and a store of its texts: of each address two, the second of which is current."""
    fill(folder, max_bytes=max_bytes).close()
    with open_store(store_url) as store:
        reextract(folder, store)
        rejected = Rejected(url=f"{URLS[0]}-gone", outcome="not_found", detail="")
        store.add(rejected, seen_at="2025-10-24T01:00:00Z", warc=places_of(folder)[f"{URLS[0]}-gone"])
    assert list(write_indexes(folder))


def places_of(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Where the last response of each address stands, as warcio finds it."""
    found = {}
    for path in warcs(folder):
        with path.open("rb") as stream:
            records = ArchiveIterator(stream)
            for item in records:
                place = records.get_record_offset()
                if item.rec_type == "response":
                    found[item.rec_headers.get_header("WARC-Target-URI")] = (
                        path.name,
                        place,
                        records.get_record_length(),
                    )
    return found


def records_of(folder: Path) -> list[tuple[str, str, str]]:
    """(date, type, address) of every record but the files' own, as warcio reads them."""
    found = []
    for path in warcs(folder):
        with path.open("rb") as stream:
            for item in ArchiveIterator(stream):
                if item.rec_type != "warcinfo":
                    names = ("WARC-Date", "WARC-Type", "WARC-Target-URI")
                    found.append(tuple(item.rec_headers.get_header(name) for name in names))
    return sorted(found)  # type: ignore[arg-type]


def rows(store_url: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of the store."""
    with open_store(store_url) as store:
        tables = metadata.sorted_tables

        def all_of(connection: Any) -> dict[str, list[dict[str, Any]]]:
            return {
                t.name: [dict(r._mapping) for r in connection.execute(select(t).order_by(*t.primary_key.columns))]
                for t in tables
                if t.name != "locks"
            }

        return store.read(all_of)


def whole(folder: Path) -> dict[str, bytes]:
    """Every file with its bytes."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def is_current(at: tuple[str, str, str]) -> bool:
    """Whether a record is the second capture of an article's address, of which the current text was made."""
    return at[0][17:19] == "11" and at[2] != URLS[2]


def test_what_is_old_goes(tmp_path: Path, store_url: str, run: Run) -> None:
    """All of it but for current texts; places and indexes are right, and every text can be made again."""
    folder = tmp_path / "archive"
    filled(folder, store_url)
    before, had = records_of(folder), rows(store_url)
    code, out, err = run("prune", folder, "--older-than", DAY, "--store", store_url)
    assert (code, out.count(" records, "), "because current texts come from them" in err) == (
        0,
        len(out.splitlines()),
        True,
    )
    expected = [at for at in before if at[0][:10] >= DAY or is_current(at)]
    assert records_of(folder) == expected
    assert 0 < len(expected) < len(before)
    assert run("check", folder, "--store", store_url)[0] == 0
    assert run("index", folder)[2].startswith(f"{folder}: 0 indexes written")
    left = rows(store_url)
    for name, found in had.items():
        for old, new in zip(found, left[name], strict=True):
            assert {k: v for k, v in old.items() if "warc" not in k} == {
                k: v for k, v in new.items() if "warc" not in k
            }
    assert sum(row["warc_file"] is not None for row in had["revisions"]) == TEXTS
    # Of the two addresses that are articles among the older ones the first text is not current.
    assert sum(row["warc_file"] is None for row in left["revisions"]) == 2
    assert [row["warc_length"] for row in left["rejects"]] == [None]
    with open_store(store_url) as store:
        assert reextract(folder, store).unread == 0
    assert [r["content_sha256"] for r in rows(store_url)["articles"]] == [r["content_sha256"] for r in had["articles"]]
    again = whole(folder)
    code, out, _ = run("prune", folder, "--older-than", DAY, "--store", store_url)
    assert (code, out, whole(folder) == again) == (0, "", True)


def test_the_oldest_go_first(tmp_path: Path, run: Run) -> None:
    """Until there is room; what may go is a beginning of what could, and no more than has to."""
    folder, store_url = tmp_path / "archive", f"sqlite:///{tmp_path}/s.db"
    filled(folder, store_url)
    before = records_of(folder)
    size = sum(path.stat().st_size for path in warcs(folder))
    for limit in (size + 1, size * 2 // 3):
        code, _, err = run("prune", folder, "--max-bytes", limit, "--store", store_url)
        assert code == 0, err
        left = sum(path.stat().st_size for path in warcs(folder))
        assert limit - 2_000 < left <= limit or limit > size
        after = records_of(folder)
        assert (after == before) == (limit > size)
        gone = {at[0] for at in before} - {at[0] for at in after}
        assert all(is_current(at) or at[0] > max(gone, default="") for at in after)
    code, _, err = run("prune", folder, "--max-bytes", "1k", "--store", store_url)
    assert (code, "more than --max-bytes" in err) == (3, True)
    assert {at[2] for at in records_of(folder)} == set(URLS) - {URLS[2]}
    code, _, err = run("prune", folder, "--max-bytes", "1k", "--current-too", "--store", store_url)
    assert (code, warcs(folder)) == (0, [])
    assert all(row["warc_file"] is None for row in rows(store_url)["revisions"])


def test_a_dry_run_says_it_and_does_nothing(tmp_path: Path, run: Run) -> None:
    """The same lines, the same files and rows."""
    folder, store_url = tmp_path / "archive", f"sqlite:///{tmp_path}/s.db"
    filled(folder, store_url)
    files, had = whole(folder), rows(store_url)
    said = run("prune", folder, "--older-than", DAY, "--dry-run", "--store", store_url)
    assert (whole(folder), rows(store_url)) == (files, had)
    done = run("prune", folder, "--older-than", DAY, "--store", store_url)
    assert said[:2] == done[:2]
    assert said[2].replace("would go", "went") == done[2]


@pytest.mark.parametrize(
    ("store_url", "step"),
    [
        *(("sqlite", step) for step in ("written", "before the store", "in the store", "behind the store", "index")),
        ("postgresql", "in the store"),
    ],
    indirect=["store_url"],
)
def test_kills(tmp_path: Path, store_url: str, step: str, run: Run) -> None:
    """Wherever it is killed, store and archive agree, and the next call ends where an undisturbed one does."""
    folder = tmp_path / "archive"
    filled(folder, store_url, max_bytes=20_000)
    expected = [at for at in records_of(folder) if at[0][:10] >= DAY or is_current(at)]
    count = iter(range(100))

    def kill(*_: Any, **__: Any) -> None:
        if next(count) == 0:  # of the first file, which has current texts among what is old, and newer ones
            os._exit(9)

    def child() -> None:
        move, unlink, sync = Store.move_archive, Path.unlink, rewriting.sync_folder
        with pytest.MonkeyPatch.context() as patch:
            if step == "written":
                patch.setattr(rewriting, "sync_folder", lambda path: (sync(path), kill()))
            elif step == "before the store":
                patch.setattr(Store, "move_archive", lambda *a, **k: (kill(), move(*a, **k)))
            elif step == "in the store":

                def moved(store: Store, *a: Any, **k: Any) -> None:
                    with store.transaction():
                        move(store, *a, **k)
                        kill()

                patch.setattr(Store, "move_archive", moved)
            elif step == "behind the store":
                patch.setattr(Store, "move_archive", lambda *a, **k: (move(*a, **k), kill()))
            else:

                def gone(path: Path, **k: Any) -> None:
                    unlink(path, **k)
                    if path.name.endswith(".warc.gz"):
                        kill()

                patch.setattr(Path, "unlink", gone)
            main(["archive", "prune", str(folder), "--older-than", DAY, "--store", store_url])

    assert wait(fork(child)) == 9
    both = [path for path in warcs(folder) if "pruned" in path.name]
    assert both
    code, out, _ = run("check", folder, "--store", store_url)
    assert (code, out) == (0, "")
    code, _, err = run("prune", folder, "--older-than", DAY, "--store", store_url)
    assert (code, records_of(folder)) == (0, expected), err
    assert run("check", folder, "--store", store_url)[0] == 0
    left = rows(store_url)
    assert sum(row["warc_file"] is None for row in left["revisions"]) == 2
    assert len(left["articles"]) == TEXTS // 2


def test_files_that_stay_as_they_are(tmp_path: Path, run: Run) -> None:
    """Damage within, shared members, Zstandard, a file that is written: each is told; a cut end is no damage."""
    folder, store_url = tmp_path / "archive", f"sqlite:///{tmp_path}/s.db"
    filled(folder, store_url)
    members = packed([record(n, http(page(n))) for n in range(4)], "gzip")
    (folder / "cut.warc.gz").write_bytes(b"".join(members)[:-9])
    (folder / "damaged.warc.gz").write_bytes(members[0] + b"\0\0\0" + b"".join(members[1:]))
    (folder / "shared.warc.gz").write_bytes(gzip.compress(record(7, http(page(7))) + record(8, http(page(8)))))
    (folder / "z.warc.zst").write_bytes(b"".join(packed([record(6, http(page(6)))], "zstd")))
    (folder / "dateless.warc").write_bytes(record(9, http(page(9)), date=None) + record(10, http(page(10))))
    crawl = fill(tmp_path / "other")
    (tmp_path / "other" / warcs(tmp_path / "other")[0].name).rename(folder / "written.warc.gz")
    before = whole(folder)
    with open_store(store_url) as store:
        assert store.acquire_lock("crawl", holder="elsewhere:1:2", now="2099-01-01T00:00:00Z", seconds=60) is None
        code, _, err = run("prune", folder, "--older-than", "0d", "--store", store_url)
        assert (code, err.count("\n"), "elsewhere:1:2" in err, whole(folder)) == (3, 1, True, before)
        store.release_lock("crawl", holder="elsewhere:1:2")
    code, _, err = run("prune", folder, "--older-than", "2026-01-01", "--store", store_url)
    assert (code, err.count("stays as it is")) == (3, 4)
    after = whole(folder)
    left = {"damaged.warc.gz", "shared.warc.gz", "z.warc.zst", "written.warc.gz"}
    assert {name: after[name] for name in left} == {name: before[name] for name in left}
    assert "cut.warc.gz" not in after
    assert after["dateless.pruned-1.warc"] == record(9, http(page(9)), date=None)
    crawl._file.close()  # type: ignore[union-attr]  # its own end would miss the file


def test_bad_calls(tmp_path: Path, run: Run) -> None:
    """A store that knows nothing of the archive keeps nothing: refused. Wrong values, no archive: one line, 2."""
    folder = tmp_path / "archive"
    fill(folder).close()
    with open_store(tmp_path / "s.db"):
        pass
    before = whole(folder)
    store = ("--store", tmp_path / "s.db")
    for words in (
        (folder, "--older-than", "0d"), (folder,), (folder, "--older-than", "soon"), (folder, "--max-bytes", "many"),
        (tmp_path / "gone", "--older-than", "1d"), (folder, "--older-than", "1d", "--max-bytes", "1"),
    ):  # fmt: skip
        code, out, err = run("prune", *words, *store)
        assert (code, out, err.count("\n")) == (2, "", 1), words
    code, out, err = run("prune", folder, "--older-than", "0d", "--store", tmp_path / "no.db")
    assert (code, out, err.count("\n"), (tmp_path / "no.db").exists()) == (1, "", 1, False)
    assert whole(folder) == before


@pytest.mark.parametrize("names", [{0: 1}, {1: 0, 2: 1}, {0: 2, 1: 2}, {2: 0, 0: 1}], ids=str)
@pytest.mark.parametrize("is_old", [True, False])
def test_what_belongs_together(names: dict[int, int], is_old: bool) -> None:
    """A request before its response, as other tools write it, and what is told of either: whoever names whom."""
    identifier = "WARC-Concurrent-To: <urn:uuid:00000000-0000-4000-8000-{:012}>"
    members = [
        record(n, http(page(n)), kind=kind, headers=[identifier.format(names[n])] if n in names else [])
        for n, kind in enumerate(("request", "response", "metadata"))
    ]
    together = {*names, *names.values()}
    kept = len(members[0]) if is_old else 0
    pieces = pruning._pieces(BytesIO(b"".join(members)), {kept})
    of_kept = together if (1 if is_old else 0) in together else {1 if is_old else 0}
    assert [piece.is_kept for piece in pieces] == [n in of_kept for n in range(3)]


def test_a_last_record_that_is_damaged_is_not_one_that_was_cut_off() -> None:
    """What a kill left of it goes; what a wrong bit is in, or what is no member at all, stays, and so does the file."""
    members = packed([record(n, http(page(n))) for n in range(2)], "gzip")
    for end in (1, 9, len(members[1]) // 2, len(members[1]) - 3):
        assert len(pruning._pieces(BytesIO(b"".join(members)[:-end]), set())) == 1
    wrong = bytearray(b"".join(members))
    wrong[-7] ^= 1
    for content in (bytes(wrong), b"".join(members) + b"no member"):
        with pytest.raises(pruning._LeftError):
            pruning._pieces(BytesIO(content), set())
