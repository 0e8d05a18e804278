"""Backfills from files that are read whole: CC-NEWS month by month, and WARC files of this machine or of a server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from backfills import command, manifest, rows, run, scrapy_command, sightings, true_sightings
from sqlalchemy import text

from pipelines.storage import open_store
from scraper.replica import ReplicaSite
from scraper.replica.archives import ArchiveFault, Served, archives
from scraper.replica.archives.spoiling import as_one_member, break_member, unpacked, with_other_digest

PIECE = 20_000
MONTHS = ("2025/08", "2025/09", "2025/10")
WINDOW = ("since=2025-08-01", "until=2025-10-31")


@pytest.fixture(scope="module")
def news() -> Iterator[Served]:
    """Three months of CC-NEWS, and a crawl; most of the records are of other sites."""
    site = ReplicaSite(articles=14, per_day=1, every=5, languages=("vi", "en", "fr", "th", "ar"))
    with archives(site, months=MONTHS) as served:
        yield served


@pytest.fixture
def served(news: Served) -> Iterator[Served]:
    """The same, with faults that go with the test."""
    yield news
    news.faults.clear()


@pytest.fixture
def folder(news: Served, tmp_path: Path) -> Path:
    """A copy of the files of CC-NEWS, to be changed."""
    return Path(shutil.copytree(news.folder / "crawl-data/CC-NEWS", tmp_path / "files"))


def ccnews(served: Served, store: Path, *more: str) -> list[str]:
    """A backfill from CC-NEWS, a small piece at a time."""
    settings = [f"VIETNAMVN_PIECE_BYTES={PIECE}", "VIETNAMVN_BATCH=4", *more]
    given = [part for argument in WINDOW for part in ("-a", argument)]
    return [*scrapy_command(served, store, *settings, source="ccnews"), *given]


def told(store: Path) -> list[Any]:
    """What became of each capture, whichever archive it came from and wherever it stands there."""
    query = text(
        "SELECT url, captured_at, digest, state, outcome, detail, content_sha256, signals FROM captures ORDER BY 1, 2"
    )
    with open_store(str(store), read_only=True) as opened:
        return opened.read(lambda connection: [tuple(row) for row in connection.execute(query)])


def ranges(served: Served, since: int = 0) -> list[int]:
    """The offsets from which parts of files were asked for."""
    asked = served.asked["data"][since:]
    return [int(one.headers["range"][6:].partition("-")[0]) for one in asked if "range" in one.headers]


def test_every_record_of_the_domain_is_accounted_for(served: Served, tmp_path: Path) -> None:
    """Texts at their times; the account of each file, too, adds up; a second run asks for nothing."""
    store = tmp_path / "store.db"
    ended = run(ccnews(served, store))
    assert ended.returncode == 0, ended.stderr
    ours = [capture for capture in served.of("ccnews") if capture.kind != "elsewhere"]
    assert sightings(store) == true_sightings(ours)
    account = manifest(store)
    totals, files = account["totals"], account["files"]
    assert (totals["listed"], totals["holds"], totals["left"], totals["failed"]) == (len(ours), True, 0, {})
    assert [file["file"] for file in files] == sorted({capture.filename for capture in served.of("ccnews")})
    assert sum(file["records"] for file in files) == 2 * len(served.of("ccnews")) + len(files)
    assert sum(file["of_the_domain"] for file in files) == sum(file["captures"] for file in files) == len(ours)
    assert all(file["is_read"] and file["bytes"] > 10_000 for file in files)
    assert len(ranges(served)) > 10
    asked = {name: len(log) for name, log in served.asked.items()}
    again = run(ccnews(served, store))
    assert (again.returncode, {name: len(log) for name, log in served.asked.items()}) == (0, asked)
    assert manifest(store)["files"] == files


def test_files_folders_and_addresses_give_the_same(served: Served, folder: Path, tmp_path: Path) -> None:
    """As they are, unpacked, or packed as one member; by path or by address, and with an archive that is read back."""
    remote, local, other = tmp_path / "remote.db", tmp_path / "local.db", tmp_path / "other.db"
    names = sorted({capture.filename for capture in served.of("ccnews")})
    assert run(command(served, remote, sources=[f"{served.data_url}/{name}" for name in names])).returncode == 0
    kept = tmp_path / "kept"
    assert run(command(served, local, "--archive", str(kept), sources=[str(folder)])).returncode == 0
    for number, path in enumerate(sorted(folder.rglob("*.warc.gz"))):
        (as_one_member if number % 2 else unpacked)(path)
    again = tmp_path / "again"
    ended = run(command(served, other, "--archive", str(again), sources=[str(folder / "*" / "*" / "*.warc.gz")]))
    assert ended.returncode == 0, ended.stderr
    truth = true_sightings(served.of("ccnews"))
    assert sightings(remote) == sightings(local) == sightings(other) == truth
    assert told(remote) == told(local) == told(other)
    from scraper.cli import main

    for store, archive in ((local, kept), (other, again)):
        assert main(["reextract", "--archive", str(archive), "--store", str(store)]) == 0
        assert sightings(store) == truth


def test_files_of_a_crawl_give_what_its_index_gives(served: Served, tmp_path: Path) -> None:
    """The same texts at the same times, and the same of each capture that the index says to be a page."""
    index, files = tmp_path / "index.db", tmp_path / "files.db"
    assert run(command(served, index)).returncode == 0
    assert run(command(served, files, sources=[f"{served.folder}/crawl-data/CC-MAIN-*/**/*.warc.gz"])).returncode == 0
    assert sightings(index) == sightings(files) == true_sightings(served.of("commoncrawl"))
    pages = [row for row in told(index) if row[4] not in ("revisit", "parse_failed") and "archived" not in row[5]]
    assert len(pages) > 15
    assert set(map(str, pages)) <= set(map(str, told(files)))


WARC = r"\.warc\.gz"
HEALING = {
    "one after the other": [
        ArchiveFault(service="data", kind="status", status=503, where=r"warc\.paths", times=2, each=True),
        ArchiveFault(service="data", kind="cut", where=r"warc\.paths", times=1, each=True),
        ArchiveFault(service="data", kind="status", status=403, where=WARC, after=2, times=2),
        ArchiveFault(service="data", kind="slow_down", where=WARC, after=3, times=2),
        ArchiveFault(service="data", kind="cut", where=WARC, after=4, times=2),
        ArchiveFault(service="data", kind="wrong_range", where=WARC, after=5, times=2),
        ArchiveFault(service="data", kind="whole", where=WARC, after=6, times=2),
    ],
    "never a part": [ArchiveFault(service="data", kind="whole", where=WARC)],
}


@pytest.mark.parametrize("name", HEALING)
def test_what_passes_is_healed(served: Served, tmp_path: Path, name: str) -> None:
    """Refusals, cut bodies, parts of another place, the whole file whatever part is asked for."""
    for fault in HEALING[name]:
        fault.seen.clear()
    served.faults += HEALING[name]
    ended = run(ccnews(served, tmp_path / "store.db"))
    assert ended.returncode == 0, ended.stderr
    assert all(max(fault.seen.values()) > fault.after for fault in HEALING[name])
    assert sightings(tmp_path / "store.db") == true_sightings(served.of("ccnews"))


def test_a_file_that_cannot_be_had_is_said_and_read_later(served: Served, tmp_path: Path) -> None:
    """Exit code 3 with its name; the others are stored; the next run asks for that file alone."""
    store, name = tmp_path / "store.db", next(c.filename for c in served.of("ccnews"))
    served.faults.append(ArchiveFault(service="data", kind="status", status=404, where=name, after=1))
    ended = run(ccnews(served, store))
    assert ended.returncode == 3
    assert f"{name}: not_found (HTTP 404)" in ended.stderr
    assert manifest(store)["totals"]["left"] == 0
    served.faults.clear()
    asked = len(served.asked["data"])
    assert run(ccnews(served, store)).returncode == 0
    assert {one.path.lstrip("/") for one in served.asked["data"][asked:]} == {"robots.txt", name}
    assert sightings(store) == true_sightings(served.of("ccnews"))


def test_a_run_goes_on_in_the_middle_of_a_file(served: Served, tmp_path: Path) -> None:
    """From the record at which the last one ended: what was read before is not asked for again."""
    whole, store = tmp_path / "whole.db", tmp_path / "store.db"
    assert run(ccnews(served, whole)).returncode == 0
    for _ in range(2):
        ended = run([*ccnews(served, store), "-a", "limit=9"])
        assert ended.returncode == 3
        assert "not read to their end" in ended.stderr
    with open_store(str(store), read_only=True) as opened:
        query = text("SELECT found FROM listings WHERE found LIKE '%\"end\": false%'")
        assert opened.read(lambda connection: connection.execute(query).all())
    asked = len(served.asked["data"])
    assert run(ccnews(served, store)).returncode == 0
    assert len(ranges(served, asked)) < len(ranges(served)) // 3
    assert rows(store) == rows(whole)
    assert manifest(store)["files"] == manifest(whole)["files"]


def test_a_broken_record_costs_itself_alone(served: Served, folder: Path, tmp_path: Path) -> None:
    """Its place is said, with exit code 3, each time; all other captures are stored."""
    broken = next(capture for capture in served.of("ccnews") if capture.kind == "article")
    break_member(folder / broken.filename.removeprefix("crawl-data/CC-NEWS/"), broken)
    for _ in range(2):
        ended = run(command(served, tmp_path / "store.db", sources=[str(folder)]))
        assert ended.returncode == 3
        assert f"at byte {broken.offset}: " in ended.stderr
    others = [capture for capture in served.of("ccnews") if capture is not broken]
    assert sightings(tmp_path / "store.db") == true_sightings(others)
    assert sum(file.get("damaged", 0) for file in manifest(tmp_path / "store.db")["files"]) == 1


def test_a_file_that_has_grown_is_read_again(served: Served, folder: Path, tmp_path: Path) -> None:
    """As one is that a crawl writes to; what was stored from it stays."""
    path, store = max(folder.rglob("*.warc.gz"), key=lambda file: file.stat().st_size), tmp_path / "store.db"
    whole = path.read_bytes()
    cut = [capture for capture in served.of("ccnews") if capture.filename.endswith(path.name)][20]
    for content in (whole[: cut.offset + cut.length], whole, whole):
        path.write_bytes(content)
        ended = run(command(served, store, sources=[str(path)]))
        assert ended.returncode == 0, ended.stderr
    ours = [capture for capture in served.of("ccnews") if capture.filename.endswith(path.name)]
    assert sightings(store) == true_sightings(ours)
    assert "nothing to do" in ended.stderr


def test_bytes_of_another_digest_are_stored_and_said(served: Served, folder: Path, tmp_path: Path) -> None:
    """The text is what the archive has; that its digest was made of other bytes stands with the capture."""
    chosen = next(capture for capture in served.of("ccnews") if capture.kind == "article")
    with_other_digest(folder / chosen.filename.removeprefix("crawl-data/CC-NEWS/"), chosen)
    store = tmp_path / "store.db"
    assert run(command(served, store, sources=[str(folder)])).returncode == 0
    assert sightings(store) == true_sightings(served.of("ccnews"))
    assert manifest(store)["other_digests"] == 1
    assert [row[5] for row in told(store) if row[5] and "digest" in row[5]] == [
        f"the bytes are not those of the digest, but of sha1:{chosen.digest}"
    ]


def test_a_dry_run_reads_no_file_of_a_server(served: Served, folder: Path, tmp_path: Path) -> None:
    """How many files and bytes by month, from the first of each; what is on this machine is counted by year."""
    window = ("--since", "2025-08-01", "--until", "2025-10-31", "--dry-run")
    asked = len(served.asked["data"])
    ended = run(command(served, tmp_path / "store.db", *window, sources=["ccnews", str(folder)]))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert len(ranges(served, asked)) == 3
    assert "ccnews 2025/09: 2 files to read, 0.00 GB" in ended.stdout
    assert "file - 2025 fr: " in ended.stdout
    ours = sum(capture.kind != "elsewhere" for capture in served.of("ccnews"))
    assert ended.stdout.splitlines()[-1].startswith(f"{ours} captures, ")
    assert not (tmp_path / "store.db").exists()


@pytest.mark.parametrize(
    ("sources", "hint"),
    [
        (["ccnews"], "--since"),
        (["nothing/*.warc.gz"], "nor a file"),
        (["."], "no WARC file"),
        (["a.warc.wet.gz"], "WET"),
    ],
)
def test_a_wrong_call_is_one_line(served: Served, tmp_path: Path, sources: list[str], hint: str) -> None:
    """CC-NEWS without a window, no file, a folder without one, extracted text."""
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "a.warc.wet.gz").write_bytes(b"")
    (tmp_path / "here" / "empty").mkdir()
    places = [{".": str(tmp_path / "here" / "empty")}.get(name, name) for name in sources]
    places = [str(tmp_path / "here" / name) if name.endswith("wet.gz") else name for name in places]
    ended = run(command(served, tmp_path / "store.db", sources=places))
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert hint in ended.stderr
