"""`clean` and `reextract` over the same archives: the same pages, and what is odd costs itself alone."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import brotli
import pytest
import zstandard
from by_hand import http, packed, record

from pipelines.storage import Selection, open_store
from scraper.cli import clean as clean_command
from scraper.cli import main

WORDS = (
    "Les artisans du village pétrissent la terre avant le lever du soleil.",
    "La coopérative vend les jarres au marché flottant de la province.",
    "Un four en briques chauffe pendant trois jours et trois nuits entières.",
    "Les visiteurs repartent avec un bol tourné de leurs propres mains.",
)


def page(number: int) -> bytes:
    """An article of its own for each number."""
    lines = "".join(f"<p>{w} C'est la visite numéro {number * 10 + i} de la saison.</p>" for i, w in enumerate(WORDS))
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>La poterie, {number}</title></head>'
        f'<body><h1>La poterie, {number}</h1><div class="post-detail-body">{lines}</div></body></html>'
    ).encode()


def answer(number: int, **options: Any) -> bytes:
    """A response record with that article."""
    return record(number, http(page(number)), **options)


class Read(NamedTuple):
    """What the two commands made of an archive."""

    clean: dict[str, Any]
    clean_exit: int
    cleaned: list[str]
    reextract_exit: int
    stored: list[str]
    err: str


Reading = Callable[..., Read]


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shards run here: starting processes takes a second each."""

    class Here:
        def run(self, tasks: Sequence[Callable[[], Any]]) -> Iterator[tuple[int, Any]]:
            yield from ((number, task()) for number, task in enumerate(tasks))

    monkeypatch.setattr(clean_command, "engine_of", lambda options: Here())


@pytest.fixture
def both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Reading:
    """Runs both over one file; the numbers of the articles that came out, in order."""

    def run(content: bytes, name: str = "a.warc.gz") -> Read:
        archive = tmp_path / "archive"
        archive.mkdir()
        (archive / name).write_bytes(content)
        out = tmp_path / "out"
        code = main(["clean", str(archive / name), "--out", str(out), "--duplicates", "none"])
        told = capsys.readouterr()
        rows = [json.loads(x) for p in sorted((out / "clean").rglob("*.jsonl")) for x in p.read_bytes().splitlines()]
        assert all(len(row["vn_paragraphs"]) == len(WORDS) for row in rows)
        store = f"sqlite:///{tmp_path}/s.db"
        again = main(["reextract", "--archive", str(archive), "--store", store])
        err = told.err + capsys.readouterr().err
        assert "Traceback" not in err
        with open_store(store) as opened:
            stored = [(s.article.url or "", s.article) for s in opened.select(Selection())]
        assert all(len(article.paragraphs) == len(WORDS) for _, article in stored)
        numbers = sorted(url.rpartition("-")[2] for url, _ in stored)
        cleaned = sorted(row["vn_url"].rpartition("-")[2] for row in rows)
        return Read(json.loads(told.out), code, cleaned, again, numbers, err)

    return run


@pytest.mark.parametrize("coding", ["plain", "gzip", "zstd"])
@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "a.warc.zst"])
def test_names_say_nothing(coding: str, name: str, both: Reading) -> None:
    """However a file is packed and called, it is read."""
    read = both(b"".join(packed([answer(n) for n in range(3)], coding)), name)
    assert (read.clean_exit, read.reextract_exit) == (0, 0)
    assert read.cleaned == read.stored == ["0", "1", "2"]


def test_odd_records_among_good_ones(both: Reading) -> None:
    """What is odd and whole is read; what is no page is passed over."""
    noise = random.Random(3).randbytes(50).hex().encode()
    chunks = b"".join(b"%x;x=1\r\n%b\r\n" % (len(p), p) for p in (page(4)[:33], page(4)[33:]))
    records = [
        answer(0, version="0.18", date="20251023040410", end=b"\n", apart=b"\r\n"),
        record(1, http(page(1), status=b"HTTP/3 200", end=b"\n"), date="2025-10-23T04:04:10.123456789Z"),
        record(2, http(brotli.compress(page(2)), headers=[b"Content-Encoding: BR"])),
        record(3, http(zstandard.compress(page(3)), headers=[b"X: a", b" folded \xff", b"Content-Encoding: zstd"])),
        record(4, http(chunks + b"0\r\n\r\n", headers=[b"Transfer-Encoding: chunked", b"nothing"])),
        record(5, http(page(5), headers=[b"Content-Encoding: gzip, utf-8", b"Transfer-Encoding: chunked"])),
        *(record(50 + i, http(page(50)), kind=k) for i, k in enumerate(["request", "revisit", "resource", "metadata"])),
        record(60, page(60), kind="conversion"),
        record(61, b"software: x\r\n", kind="warcinfo"),
        record(62, http(noise).replace(b"text/html", b"image/png")),
    ]
    read = both(b"".join(packed(records, "gzip")))
    assert (read.clean_exit, read.reextract_exit) == (0, 0), read.err
    assert read.cleaned == read.stored == ["0", "1", "2", "3", "4", "5"]
    assert read.clean["passed_over_by_reason"] == {"conversion": 1, "not_html": 1, "revisit": 1}


def test_damaged_records_among_good_ones(both: Reading) -> None:
    """Each is named with its place, without bytes of the file; all others come out, behind it too."""
    members = packed([answer(n) for n in range(6)], "gzip")
    wrong = bytearray(members[1])
    wrong[len(wrong) // 2] ^= 0x20
    half = record(3, http(gzip.compress(page(3))[:-99], headers=[b"Content-Encoding: gzip"]))
    members[1], members[3] = bytes(wrong), gzip.compress(half)
    members.insert(5, b"\x1b[2J\x00garbage")
    read = both(b"".join(members)[:-7])
    assert (read.clean_exit, read.reextract_exit) == (3, 3)
    assert read.cleaned == read.stored == ["0", "2", "4"]
    places = [sum(map(len, members[:n])) for n in (1, 3, 5, 6)]
    assert [p["position"] for p in read.clean["broken_at"]] == places
    for place in places:
        assert f"unreadable: a.warc.gz at {place}: " in read.err
        assert f"vietnamvn: a.warc.gz at {place}: " in read.err
    assert "\x1b" not in read.err


@pytest.mark.parametrize(("date", "said"), [(None, "has no WARC-Date"), ("soon", "WARC-Date is no time")])
def test_a_record_without_its_date(date: str | None, said: str, both: Reading) -> None:
    """Its text is clean, with no time; a store needs one, so there it is named, and the others are stored."""
    read = both(b"".join([answer(0), answer(1, date=date), answer(2)]), "a.warc")
    assert (read.clean_exit, read.cleaned) == (0, ["0", "1", "2"])
    assert (read.reextract_exit, read.stored) == (3, ["0", "2"])
    assert said in read.err


def test_answers_that_are_no_success(both: Reading) -> None:
    """Each is a reject with the outcome of its status; to `reextract` they are nothing new."""
    statuses = {
        206: "partial",
        301: "redirected_away",
        403: "blocked",
        404: "not_found",
        410: "gone",
        503: "server_error",
    }
    records = [record(n, http(page(n), status=b"HTTP/1.1 %d X" % n)) for n in statuses]
    read = both(b"".join([answer(0), *records, record(203, http(page(203), status=b"HTTP/1.1 203 X"))]), "a.warc")
    assert (read.clean_exit, read.reextract_exit) == (0, 0)
    assert read.cleaned == read.stored == ["0", "203"]
    assert read.clean["rejected_by_outcome"] == dict.fromkeys(sorted(statuses.values()), 1)


def test_an_archive_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, wrong usage, and no store that was not there before."""
    for name in ("gone", "file"):
        (tmp_path / "file").write_bytes(b"")
        code = main(["reextract", "--archive", str(tmp_path / name), "--store", str(tmp_path / "s.db")])
        assert code == 2
        assert capsys.readouterr().err.count("\n") == 1
        assert not (tmp_path / "s.db").exists()


def test_the_archives_that_were_measured(shared_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Archives made elsewhere, each with what is right: counts, exit codes, and the addresses that come out."""
    cases = sorted((shared_dir / "cases" / "warcs").glob("*.json"))
    assert len(cases) >= 40
    for case in cases:
        wanted = json.loads(case.read_bytes())
        [file] = case.parent.glob(f"{case.stem}.warc*")
        out = tmp_path / case.stem
        code = main(["clean", str(file), "--out", str(out), "--duplicates", "none"])
        counts = json.loads(capsys.readouterr().out)
        exits = wanted["clean"]["exit"]
        assert code in (exits if isinstance(exits, list) else [exits]), case.stem
        assert all(counts[k] == v for k, v in wanted["clean"].items() if k != "exit" and v is not None), case.stem
        rows = [json.loads(x) for p in sorted((out / "clean").rglob("*.jsonl")) for x in p.read_bytes().splitlines()]
        assert sorted(r["vn_url"] for r in rows) == sorted(p["url"] for p in wanted["pages"]), case.stem
