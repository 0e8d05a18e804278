"""`vietnamvn archive`: indexes, WACZ and checks, beside those of the programs that others use."""

from __future__ import annotations

import base64
import gzip
import hashlib
import itertools
import json
import os
import re
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from by_hand import http, packed, record
from sqlalchemy import Connection, select, update
from test_commands import page

from pipelines.archives import Record, read_records
from pipelines.archives.cdxj import lines_of
from pipelines.models import Rejected
from pipelines.storage import open_store
from pipelines.storage.schema import revisions
from scraper.archive import Archive, Exchange
from scraper.cli import main

URLS = (
    "https://www.vietnam.vn/fr/lo-gom-1", "https://www.vietnam.vn/en/Lo-Gom-2/?b=2&a=1", "https://vjs.vietnam.vn/a%20b/c",
    "https://www.vietnam.vn/tin-t%E1%BB%A9c", "https://www.vietnam.vn:443/vi/z", "http://127.0.0.1:8080/fr/lo-gom-6",
)  # fmt: skip
Run = Callable[..., tuple[int, str, str]]


def fill(folder: Path, *, max_bytes: int = 10**9) -> Archive:
    """An archive as a crawl writes it: articles, a page that is none, a picture, an error, a 304; not closed."""
    archive = Archive(folder, name="run", software="test", max_bytes=max_bytes)
    for number, url in enumerate(URLS):
        html = [("Content-Type", "text/html; charset=utf-8"), ("X-É", "ü")]
        every = (
            (200, html, page(number)),
            (200, [*html, ("Content-Encoding", "gzip")], gzip.compress(page(number + 50), mtime=0)),
            (200, [("content-type", "text/html;x")], b"<p>no article</p>"),
            (404, [], b""),
            (304, [("ETag", "x")], b""),
            (200, [("Content-Type", "image/png")], b"\x89PNG"),
        )
        for second, (status, headers, body) in enumerate(every, 10):
            archive.write(
                Exchange(
                    url=url if status != 404 else f"{url}-gone",
                    request_headers=[("User-Agent", "x")],
                    status=status,
                    headers=headers,
                    body=body,
                    fetched_at=f"2025-10-{10 + number}T01:02:{second}.123456+00:00",
                )
            )
    archive.sync()
    return archive


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive of several files."""
    fill(tmp_path / "archive", max_bytes=9_000).close()
    assert len(list((tmp_path / "archive").iterdir())) > 2
    return tmp_path / "archive"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `vietnamvn archive`: exit code, standard output, standard error."""

    def call(*words: object) -> tuple[int, str, str]:
        code = main(["archive", *map(str, words)])
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        assert "internal error" not in told.err
        return code, told.out, told.err

    return call


def warcs(folder: Path) -> list[Path]:
    """The WARC files of a folder."""
    return sorted(path for path in folder.iterdir() if path.suffix == ".gz")


def whole(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


# ---- index


def test_an_index_beside_each_file(folder: Path, run: Run) -> None:
    """Sorted by bytes; every line names a record that can be read at its offset; a second time nothing is done."""
    assert run("index", folder)[0] == 0
    first = whole(folder)
    lines = 0
    for path in warcs(folder):
        told = first[f"{path.name}.cdxj"].decode("ascii").splitlines()
        assert told == sorted(told)
        for line in told:
            key, stamp, rest = line.split(" ", 2)
            fields = json.loads(rest)
            content = path.read_bytes()[int(fields["offset"]) :][: int(fields["length"])]
            warc = gzip.decompress(content).decode("latin-1")
            assert f"WARC-Target-URI: {fields['url']}\r\n" in warc
            assert fields["digest"] in warc if fields.get("mime") != "warc/revisit" else "digest" not in fields
            assert len(stamp) == 14
            assert key.startswith(("vn,vietnam", "1,0,0,127"))
            lines += 1
    assert lines == 6 * len(URLS)
    stamps = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    code, _, err = run("index", folder)
    assert (code, "were there" in err) == (0, True)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == stamps
    assert run("index", folder, "--again")[0] == 0
    assert whole(folder) == first


def test_as_cdxj_indexer(folder: Path, tmp_path: Path) -> None:
    """The same lines as the field's own indexer, to the byte: of ours, and of archives of other makes."""
    main_of = pytest.importorskip("cdxj_indexer.main", reason="the extra archive is not installed")
    records = [
        record(0, http(page(0)), headers=["WARC-Payload-Digest: sha256:ab"]),
        record(1, http(page(1), end=b"\n"), date="2025-10-23T04:04:10.123456Z"),
        *(
            record(10 + n, http(b"x"), kind=kind)
            for n, kind in enumerate(("request", "resource", "metadata", "revisit"))
        ),
        record(20, b"software: x\r\n", kind="warcinfo"),
        record(21, http(b"\x89").replace(b"text/html; charset=utf-8", b"image/png ;q")),
        record(22, http(b"").replace(b"Content-Type: text/html; charset=utf-8\r\n", b"")),
        record(0, http(page(0)), headers=["WARC-Payload-Digest: sha256:ab"]),
    ]
    other = tmp_path / "other.warc.gz"
    other.write_bytes(b"".join(packed(records, "gzip")))
    plain = tmp_path / "plain.warc"
    plain.write_bytes(b"".join(records))
    compared = 0
    for path in [*warcs(folder), other, plain]:
        out = tmp_path / "theirs.cdxj"
        main_of.write_cdx_index(str(out), [str(path)], {"sort": True})
        ours = sorted({line for line in lines_of(path) if isinstance(line, str)})
        wanted = out.read_text().splitlines(keepends=True)
        if path == plain:  # of a plain file it takes the two line ends behind a record for none of it
            wanted = [re.sub(r'"length": "(\d+)"', lambda m: f'"length": "{int(m[1]) + 4}"', line) for line in wanted]
        assert ours == wanted, path.name
        compared += len(ours)
    assert compared > 6 * len(URLS) + 10


@pytest.mark.parametrize("end", [-7, -4_000])
def test_a_file_that_a_kill_cut_short(folder: Path, run: Run, end: int) -> None:
    """The whole records are indexed, the cut is told, and `check` calls it a fault; so it does of a flipped bit."""
    assert run("index", folder)[0] == 0
    last = warcs(folder)[0]
    complete = len((folder / f"{last.name}.cdxj").read_text().splitlines())
    last.write_bytes(last.read_bytes()[:end])
    code, _, err = run("index", folder, "--again")
    assert (code, f"vietnamvn: {last.name} at " in err, err.count("the file ends within")) == (3, True, 1)
    assert 0 < len((folder / f"{last.name}.cdxj").read_text().splitlines()) <= complete
    code, out, err = run("check", folder)
    assert (code, out.count("\n")) == (1, 1)
    assert out.startswith(f"{last.name} at ")
    assert err.endswith("1 faults\n")


def test_a_file_that_a_crawl_writes_to(tmp_path: Path, run: Run) -> None:
    """It has no index, is in no WACZ, and is checked as far as it goes; once it is closed it is like all others."""
    folder = tmp_path / "archive"
    archive = fill(folder)
    with warcs(folder)[0].open("ab") as file:
        file.write(b"\x1f\x8b\x08\x00")  # of a record that is not all there yet
    for words in (("index", folder), ("wacz", folder, "--out", tmp_path / "a.wacz")):
        code, _, err = run(*words)
        assert (code in (1, 3), err.count("a crawl is writing to it")) == (True, 1)
    assert not (tmp_path / "a.wacz").exists()
    assert len(list(folder.iterdir())) == 1
    code, out, err = run("check", folder)
    assert (code, out, "1 are being written" in err) == (0, "", True)
    archive._file.close()  # type: ignore[union-attr]  # a kill
    assert run("index", folder)[0] == 3
    assert run("check", folder)[0] == 1
    assert run("wacz", folder, "--out", tmp_path / "a.wacz")[0] == 3
    assert run("check", tmp_path / "a.wacz")[0] == 0


def test_an_archive_without_a_whole_record_is_no_wacz(tmp_path: Path, run: Run) -> None:
    """One record that is damaged: the line says that nothing was written, and nothing is."""
    folder = tmp_path / "archive"
    folder.mkdir()
    (member,) = packed([record(1, http(page(1)))], "gzip")
    (folder / "a.warc.gz").write_bytes(member[:200] + b"\0\0\0" + member[203:])
    code, _, err = run("wacz", folder, "--out", tmp_path / "a.wacz")
    assert (code, "no whole record in it" in err) == (1, True)
    assert list(tmp_path.iterdir()) == [folder]


def test_two_at_once(folder: Path, run: Run) -> None:
    """The second is told who is at work."""
    from pipelines.locks import held

    with held(folder):
        code, _, err = run("index", folder)
    assert (code, err.count("\n"), "is at work in this folder" in err) == (3, 1, True)


@pytest.mark.parametrize("words", [["index"], ["check"], ["wacz", "--out", "x.wacz"]], ids=lambda words: words[0])
def test_bad_input(words: list[str], tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing there, an empty folder, a file that is no archive: one line, wrong usage, and nothing is made."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_bytes(b"no archive")
    before = sorted(tmp_path.rglob("*"))
    for name in ("gone", "empty", "file"):
        code, out, err = run(words[0], name, *words[1:])
        assert (code, out, err.count("\n")) == (2, "", 1), name
    assert sorted(tmp_path.rglob("*")) == before


# ---- WACZ


def test_a_wacz(folder: Path, tmp_path: Path, run: Run) -> None:
    """The WARC files to the byte, an index over all of them, each page with title and text; the same bytes again."""
    out = tmp_path / "a.wacz"
    assert run("wacz", folder, "--out", out, "--title", "Kho lưu trữ")[0] == 0
    once = out.read_bytes()
    out.unlink()
    os.utime(warcs(folder)[0], (1, 1))
    code, _, told = run("wacz", folder, "--out", out, "--title", "Kho lưu trữ")
    assert code == 0
    assert out.read_bytes() == once
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        inside = {name: archive.read(name) for name in names}
        assert all(archive.getinfo(n).compress_type == zipfile.ZIP_STORED for n in names if n.endswith(".gz"))
        # Unpacked, all may read them and their owner may write; the day of writing is no part of an archive.
        entries = {(stat.filemode(e.external_attr >> 16)[1:], e.create_system, *e.date_time) for e in archive.filelist}
        assert entries == {("rw-r--r--", 3, 1980, 1, 1, 0, 0, 0)}
    assert {n: c for n, c in inside.items() if n.startswith("archive/")} == {
        f"archive/{path.name}": path.read_bytes() for path in warcs(folder)
    }
    package = json.loads(inside["datapackage.json"])
    assert (package["wacz_version"], package["title"], package["created"]) == (
        "1.1.1", "Kho lưu trữ", "2025-10-15T01:02:15Z",
    )  # fmt: skip
    assert [r["path"] for r in package["resources"]] == names[:-2]
    head, *pages = map(json.loads, inside["pages/pages.jsonl"].splitlines())
    assert head == {"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": True}
    assert len({p["id"] for p in pages}) == len(pages) == 3 * len(URLS)
    texts = [p for p in pages if "text" in p]
    assert len(texts) == 2 * len(URLS) - 2  # one address is none of an article
    assert all(p["title"].startswith("La poterie") and "bol tourné" in p["text"] for p in texts)
    lines = gzip.decompress(inside["indexes/index.cdx.gz"]).decode().splitlines()
    assert len(lines) == 6 * len(URLS)
    assert lines == sorted(lines)
    places = {(line.split(" ")[1], json.loads(line[line.index("{") :])["url"]) for line in lines}
    assert all((p["ts"].translate({ord(c): None for c in "-T:Z"}), p["url"]) in places for p in pages)
    counts = f"{len(warcs(folder))} WARC files, {len(lines)} captures, {len(pages)} pages, {len(texts)} texts"
    assert f"{out}: {counts}, {len(once):,} bytes" in told
    assert run("check", out)[0] == 0
    if sys.version_info >= (3, 11):
        validated = pytest.importorskip("wacz.main", reason="the extra archive is not installed")
        assert validated.main(["validate", "-f", str(out)]) == 0


def test_an_index_in_blocks(folder: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line of the summary says where a block begins, and with what; merged in several steps or in one."""
    from pipelines.archives import wacz

    assert run("wacz", folder, "--out", tmp_path / "one.wacz")[0] == 0
    monkeypatch.setattr(wacz, "_LINES", 4)
    monkeypatch.setattr(wacz, "_MERGED", 2)
    assert run("wacz", folder, "--out", tmp_path / "a.wacz")[0] == 0
    with zipfile.ZipFile(tmp_path / "a.wacz") as archive, zipfile.ZipFile(tmp_path / "one.wacz") as one:
        index, summary = archive.read("indexes/index.cdx.gz"), archive.read("indexes/index.idx").decode().splitlines()
        assert gzip.decompress(index) == gzip.decompress(one.read("indexes/index.cdx.gz"))
    assert len(summary) == 1 + 6 * len(URLS) // 4
    end = 0
    for line in summary[1:]:
        told = json.loads(line[line.index("{") :])
        block = index[told["offset"] :][: told["length"]]
        assert told["offset"] == end
        assert gzip.decompress(block).decode().startswith(line.partition("{")[0])
        assert told["digest"] == f"sha256:{hashlib.sha256(block).hexdigest()}"
        end += told["length"]
    assert end == len(index)


def test_what_a_wacz_leaves_out(tmp_path: Path, run: Run) -> None:
    """Damage, records that share a member, files in Zstandard: each is told, and what is inside is whole."""
    folder = tmp_path / "archive"
    folder.mkdir()
    members = packed([record(n, http(page(n))) for n in range(4)], "gzip")
    members[1] = members[1][:200] + b"\0\0\0" + members[1][203:]
    request = record(8, b"GET / HTTP/1.1\r\n\r\n", kind="request")  # no capture, and left out all the same
    shared = gzip.compress(record(7, http(page(7))) + request + record(8, http(page(8))))
    (folder / "a.warc.gz").write_bytes(b"".join(members) + shared)
    (folder / "B ö.warc").write_bytes(record(5, http(page(5))) + record(9, http(page(9)), date=None))
    (folder / "c.warc.zst").write_bytes(b"".join(packed([record(6, http(page(6)))], "zstd")))
    code, _, err = run("wacz", folder, "--out", tmp_path / "a.wacz")
    assert (code, err.count("left out")) == (3, 6)
    assert run("check", tmp_path / "a.wacz")[0] == 0
    with zipfile.ZipFile(tmp_path / "a.wacz") as archive:
        assert archive.read("archive/a.warc.gz") == members[0] + members[2] + members[3]
        pages = [json.loads(line) for line in archive.read("pages/pages.jsonl").splitlines()[1:]]
        assert sorted(p["url"][-1] for p in pages) == ["0", "2", "3", "5"]
    if sys.version_info >= (3, 11):
        validated = pytest.importorskip("wacz.main", reason="the extra archive is not installed")
        assert validated.main(["validate", "-f", str(tmp_path / "a.wacz")]) == 0


def test_as_py_wacz(folder: Path, tmp_path: Path, run: Run) -> None:
    """The index is that of the field's own packer, line for line, with the digests of the records."""
    theirs = pytest.importorskip("wacz.main", reason="the extra archive is not installed")
    files = [str(path) for path in warcs(folder)]
    assert theirs.main(["create", "-f", *files, "-o", str(tmp_path / "theirs.wacz"), "--detect-pages"]) == 0
    assert run("wacz", folder, "--out", tmp_path / "ours.wacz")[0] == 0
    indexes = []
    for name in ("theirs", "ours"):
        with zipfile.ZipFile(tmp_path / f"{name}.wacz") as archive:
            index = gzip.decompress(archive.read("indexes/index.cdx.gz")).decode()
        found = [(line.partition("{")[0], json.loads(line[line.index("{") :])) for line in index.splitlines()]
        # theirs has the file's own record among the captures
        indexes.append([line for line in found if "url" in line[1]])
    assert indexes[0] == indexes[1]
    assert len(indexes[1]) == 6 * len(URLS)
    assert run("check", tmp_path / "theirs.wacz")[0] == 0


def test_what_pywb_replays(folder: Path, tmp_path: Path, run: Run) -> None:
    """From WARC and CDXJ, and from the WACZ: the page's own bytes."""
    python = Path(os.environ.get("VIETNAMVN_PYWB", ""))
    if not python.is_file():
        pytest.skip("VIETNAMVN_PYWB names no Python that has pywb")
    assert run("index", folder)[0] == 0
    assert run("wacz", folder, "--out", tmp_path / "a.wacz")[0] == 0
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    program = "import sys; from pywb.manager.manager import main; main(sys.argv[1:])"
    manager = [python, "-c", program]
    for words in (["init", "x"], ["add", "--unpack-wacz", "x", str(tmp_path / "a.wacz")]):
        subprocess.run([*manager, *words], check=True, cwd=tmp_path, env=environment, capture_output=True, timeout=300)
    asked, expected = [], []
    for path in warcs(folder):
        with path.open("rb") as stream:
            for item in read_records(stream, limit=2**20):
                assert isinstance(item, Record)
                if item.type == "response" and item.block is not None and b"image/png" not in item.block:
                    stamp = item.headers["warc-date"].translate({ord(c): None for c in "-T:Z"})[:14]
                    head, _, body = item.block.partition(b"\r\n\r\n")
                    asked.append([stamp, item.url])
                    # It unpacks for a client that does not say that it can.
                    expected.append((int(head[9:12]), gzip.decompress(body) if b"-Encoding" in head else body))
    places = [folder, folder, tmp_path / "collections/x/indexes/index.cdxj", tmp_path / "collections/x/archive"]
    done = subprocess.run(
        [python, Path(__file__).parent / "pywb_replay.py", *places],
        input=json.dumps(asked), capture_output=True, text=True, check=True, timeout=300, env=environment, cwd=tmp_path,
    )  # fmt: skip
    answers: list[list[Any]] = json.loads(done.stdout.splitlines()[-1])
    assert len(answers) == 2 * len(asked) > 20
    bodies: dict[tuple[str, str], set[tuple[int, str]]] = {}
    for (stamp, url), (status, body) in zip(asked, expected, strict=True):
        bodies.setdefault((stamp, str(url)), set()).add((status, hashlib.sha256(body).hexdigest()))
    for (stamp, url), (status, digest, _) in zip([*asked, *asked], answers, strict=True):
        assert (status, digest) in bodies[stamp, str(url)], (stamp, url, status)


# ---- check


def faults(out: str) -> list[tuple[str, int | None, str]]:
    """File, offset and kind of each line of `--json`."""
    return [(told["file"], told["offset"], told["kind"]) for told in map(json.loads, out.splitlines())]


def test_records_that_are_wrong(tmp_path: Path, run: Run) -> None:
    """Each is one line with its place: digests of every spelling, headers that lack, shared members, a wrong length."""
    body = page(1)
    block = http(body)
    sha1 = base64.b32encode(hashlib.sha1(body).digest()).decode()
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    sha256, md5 = hashlib.sha256(block).hexdigest(), hashlib.md5(body).hexdigest()
    right = [
        record(1, block, headers=[f"WARC-Payload-Digest: sha1:{sha1}", f"WARC-Block-Digest: SHA-256:{sha256}"]),
        record(2, block, headers=[f"WARC-Payload-Digest: md5:{md5}", "WARC-Block-Digest: crc:1"]),
        record(3, http(chunks, headers=[b"Transfer-Encoding: chunked"]), headers=[f"WARC-Payload-Digest: sha1:{sha1}"]),
        record(4, block, kind="revisit", headers=["WARC-Payload-Digest: sha1:" + "A" * 32]),
    ]  # fmt: skip
    wrong = {
        "digest": [
            record(5, http(page(2)), headers=[f"WARC-Payload-Digest: sha1:{sha1}"]),
            record(6, block, headers=["WARC-Block-Digest: sha1:" + "A" * 32]),
        ],
        "header": [record(7, block, date=None), record(8, block, date="soon")],
        "damage": [record(9, block, length=99_999)],
    }
    records = [*right, *(r for some in wrong.values() for r in some)]
    kinds = [kind for kind, some in wrong.items() for _ in some]
    for name, coding in (("a.warc.gz", "gzip"), ("b.warc", "plain")):
        folder = tmp_path / name
        folder.mkdir()
        members = packed(records, coding)
        (folder / name).write_bytes(b"".join(members))
        code, out, err = run("check", folder, "--json")
        starts = [sum(map(len, members[:n])) for n in range(len(right), len(members))]
        assert faults(out) == [(name, start, kind) for start, kind in zip(starts, kinds, strict=True)]
        assert (code, "1 of unknown kind" not in err, "2 of unknown kind" in err) == (1, True, True)
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "c.warc.gz").write_bytes(gzip.compress(b"".join(right[:2])))
    code, out, _ = run("check", shared, "--json")
    assert (code, [kind for *_, kind in faults(out)]) == (1, ["member", "member"])


def test_an_index_that_is_not_of_its_file(folder: Path, run: Run) -> None:
    """One line for it, until it is made anew."""
    assert run("index", folder)[0] == 0
    assert run("check", folder)[0] == 0
    index = folder / f"{warcs(folder)[1].name}.cdxj"
    index.write_text(index.read_text().replace('"offset": "', '"offset": "1'))
    code, out, _ = run("check", folder, "--json")
    assert (code, faults(out)) == (1, [(index.name, None, "index")])
    assert run("index", folder, "--again")[0] == 0
    assert run("check", folder)[0] == 0


def test_what_the_store_says(folder: Path, store_url: str, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Every place that the store has is looked up; one that points elsewhere is told, with the row that has it."""
    assert main(["reextract", "--archive", str(folder), "--store", store_url]) == 0
    capsys.readouterr()
    code, out, err = run("check", folder, "--store", store_url)
    texts = 2 * (len(URLS) - 1)  # one address is none of an article
    assert (code, out, f"{texts} places looked up" in err) == (0, "", True)
    with open_store(store_url) as store:
        store.add(
            Rejected(url="https://www.vietnam.vn/fr/x", outcome="empty", detail=""),
            seen_at="2025-10-24T01:00:00Z",
            warc=("zz.warc.gz", 7, 8),
        )
        for outcome, place in (("empty", 0), ("not_found", 1), ("gone", 0)):
            url = URLS[0] if outcome == "gone" else "https://www.vietnam.vn/fr/y"
            name = warcs(folder)[0].name
            rejected = Rejected(url=url, outcome=outcome, detail="")  # type: ignore[arg-type]
            store.add(rejected, seen_at="2025-10-24T01:00:00Z", warc=(name, place, 8))

        def move(connection: Connection) -> None:
            ids = select(revisions.c.id).order_by(revisions.c.id)
            first, _, third, *_ = connection.execute(ids).scalars()
            where = select(revisions.c.warc_file, revisions.c.warc_offset, revisions.c.warc_length)
            other = connection.execute(where.where(revisions.c.id == first)).one()
            changed = dict(zip(("warc_file", "warc_offset", "warc_length"), other, strict=True))
            connection.execute(update(revisions).where(revisions.c.id == third).values(**changed))

        store.write(move)
    code, out, _ = run("check", folder, "--store", store_url)
    told = sorted(line.partition(": ")[2].partition(",")[0] for line in out.splitlines())
    assert code == 1
    assert told == [
        "is not in the archive",
        "no record begins there",
        f"the record there is of {URLS[0]}",
        "there stands a record of type warcinfo",
        "there stands a record of type warcinfo",
    ]


def test_a_wacz_that_is_wrong(folder: Path, tmp_path: Path, run: Run) -> None:
    """A file that is changed, missing or not listed, another hash, an index that points elsewhere, no WACZ at all."""
    assert run("wacz", folder, "--out", tmp_path / "a.wacz")[0] == 0
    with zipfile.ZipFile(tmp_path / "a.wacz") as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    warc = next(name for name in inside if name.startswith("archive/"))

    def told(*, packing: int = zipfile.ZIP_STORED, **changed: bytes | None) -> list[tuple[str, str]]:
        names = {"warc": warc, "index": "indexes/index.cdx.gz", "package": "datapackage.json", "more": "more.txt"}
        files = {**inside, **{names[key]: content for key, content in changed.items()}}
        with zipfile.ZipFile(tmp_path / "b.wacz", "w", packing) as archive:
            for name, content in files.items():
                if content is not None:
                    archive.writestr(name, content)
        code, out, _ = run("check", tmp_path / "b.wacz", "--json")
        assert code == (1 if changed or packing else 0)
        return [(name.partition("/")[2].replace(warc, "WARC"), kind) for name, _, kind in faults(out)]

    assert told() == []
    assert told(more=b"x") == [("more.txt", "index")]
    flipped = bytearray(inside[warc])
    flipped[len(flipped) // 2] ^= 1
    found = told(warc=bytes(flipped))
    assert found[:2] == [("WARC", "digest"), ("WARC", "damage")]
    assert ("datapackage.json", "index") in told(warc=None)
    lines = gzip.decompress(inside["indexes/index.cdx.gz"]).splitlines(keepends=True)
    found = told(index=gzip.compress(b"".join(reversed(lines)).replace(b'"offset": "3', b'"offset": "4')))
    assert set(found) == {("indexes/index.cdx.gz", "digest"), ("indexes/index.cdx.gz", "index")}
    assert told(index=b"".join(lines)) == [("indexes/index.cdx.gz", "digest")]  # an index may be plain too
    assert set(told(packing=zipfile.ZIP_DEFLATED)) == {
        (f"archive/{p.name}".replace(warc, "WARC"), "member") for p in warcs(folder)
    }
    assert told(package=inside["datapackage.json"].replace(b'"1.1.1"', b'"9.0"')) == [
        ("datapackage.json", "index"), ("datapackage.json", "digest"),
    ]  # fmt: skip
    assert told(package=b"[]") == [("datapackage.json", "index")]
    code, out, err = run("check", tmp_path / "a.wacz", "--store", tmp_path / "s.db")
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_pages_beyond_what_plain_zip_can_tell(
    folder: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts of more than 2 GiB: the sizes in the package are of 64 bits then."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1_500)
    code, _, err = run("wacz", folder, "--out", tmp_path / "a.wacz")
    assert code == 0, err
    with zipfile.ZipFile(tmp_path / "a.wacz") as archive:
        assert archive.getinfo("pages/pages.jsonl").file_size > 1_500
        assert archive.testzip() is None


@pytest.mark.parametrize("field", [6, 8, 10])
def test_a_wacz_of_which_the_directory_is_damaged(folder: Path, tmp_path: Path, run: Run, field: int) -> None:
    """The version that it needs, flags such as encryption, the way of packing: whatever they become, it is said."""
    assert run("wacz", folder, "--out", tmp_path / "a.wacz")[0] == 0
    content = (tmp_path / "a.wacz").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.wacz") as archive:
        entries = len(archive.namelist())
    places = [found.start() for found in re.finditer(b"PK\x01\x02", content)][-entries:]
    for place, value in itertools.product((places[0], places[-4], places[-2]), (1, 12, 14, 32, 64, 99)):
        damaged = bytearray(content)
        damaged[place + field] = value
        (tmp_path / "b.wacz").write_bytes(damaged)
        code, out, err = run("check", tmp_path / "b.wacz")
        assert code in (0, 1, 2, 3), (field, value, out, err)
