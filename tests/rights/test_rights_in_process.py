"""`vietnamvn rights` without a network: what it counts, what it prints, how it ends."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from making_articles import make_article
from sqlalchemy import update

from pipelines.rights import Rights, Signal
from pipelines.rights.judging import NOT_HAD
from pipelines.storage import open_store
from pipelines.storage.rights_rows import add_file
from pipelines.storage.schema import rights_files
from scraper.cli import main
from scraper.cli import rights as command

AT = "2025-10-24T01:00:00+00:00"
NOAI = Rights((Signal("meta robots", "noai", {"train-ai": "disallowed"}),))
OPEN = Rights((Signal("meta robots", "all", {"train-ai": "allowed"}),))
CLOSING = b"User-agent: *\nContent-Signal: ai-train=no\n"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command on a store of four texts: one closed, one open, two of which nothing is known."""
    store = tmp_path / "store.db"
    with open_store(f"sqlite:///{store}") as opened:
        for slug, language, said in (
            ("dong", "fr", NOAI),
            ("mo", "fr", OPEN),
            ("im", "vi", Rights()),
            ("im", "fr", Rights()),
        ):
            opened.add(
                make_article(slug, language, rights=said, publisher=None if slug == "mo" else "Báo A"), seen_at=AT
            )

    def call(action: str, *words: object) -> tuple[int, str, str]:
        code = main(["rights", action, *map(str, words), "--store", str(store)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., list[str]]:
    """Options that give both files, so that nobody is asked."""

    def made(robots: bytes = b"", tdmrep: bytes = b"") -> list[str]:
        given = []
        for name, content in (("robots", robots), ("tdmrep", tdmrep)):
            (tmp_path / name).write_bytes(content)
            given += [f"--{name}", str(tmp_path / name)]
        return given

    return made


def rows(out: str) -> dict[tuple[str, str], tuple[int, int]]:
    """What would be left out, by what: in all, and new."""
    cells = [line.split("\t") for line in out.splitlines()]
    return {(by, name): (int(left_out), int(new)) for by, name, left_out, new in cells}


# ---- show


def test_texts_are_counted_by_use_and_by_what_was_said(run: Run) -> None:
    """Of what nobody said anything about, it is said that this allows nothing."""
    code, out, err = run("show")
    assert code == 0
    lines = [line.split("\t") for line in out.splitlines()]
    assert lines[0] == ["usage", "disallowed", "unknown", "allowed", "unsaid"]
    assert ["train-ai", "1", "0", "1", "2"] in lines
    assert ["meta robots", "noai", "1"] in lines
    assert "4 texts; nothing was recorded for 2, which is not a permission" in err
    code, out, _ = run("show", "--format", "jsonl")
    told = [json.loads(line) for line in out.splitlines()]
    assert {"usage": "train-ai", "disallowed": 1, "unknown": 0, "allowed": 1, "unsaid": 2} in told
    assert {"source": "meta robots", "said": "noai", "texts": 1} in told


@pytest.mark.parametrize("missing", ["fr/khong-co", "dong", "fr/"])
def test_of_one_text_its_signals_are_shown(run: Run, missing: str) -> None:
    """Its answers, then what said so; an id that is none is told, and the others are shown."""
    code, out, err = run("show", missing, "fr/dong")
    assert code == 3
    assert f"{missing}: is not in the store" in err
    lines = [line.split("\t") for line in out.splitlines()]
    assert ["fr/dong", AT, "train-ai", "disallowed"] in lines
    assert lines[-1] == ["fr/dong", AT, "meta robots", "noai", "train-ai=disallowed"]
    code, out, _ = run("show", "fr/dong", "vi/im", "--format", "jsonl")
    assert code == 0
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["fr/dong", "vi/im"]
    assert json.loads(out.splitlines()[1])["rights"] == []


# ---- files


def test_files_are_listed_and_shown_by_their_hash(run: Run, tmp_path: Path) -> None:
    """In capitals as well; what a terminal would obey is escaped, and line ends are kept."""
    with open_store(f"sqlite:///{tmp_path}/store.db") as opened:
        for number, seen in ((1, AT), (2, AT), (1, "2025-11-01T00:00:00Z")):
            body = b"User-agent: *\nDisallow: /%d\x1b[31m\n" % number
            opened.write(
                lambda connection, body=body, seen=seen: add_file(
                    connection, "https://www.vietnam.vn/robots.txt", body, seen_at=seen
                )
            )
    code, out, _ = run("files")
    listed = [line.split("\t") for line in out.splitlines()]
    assert code == 0
    assert [len(line) for line in listed] == [5, 5]
    assert {line[4] for line in listed} == {str(len("User-agent: *\nDisallow: /1\x1b[31m\n"))}
    assert sorted((line[2][:10], line[3][:10]) for line in listed) == [
        ("2025-10-24", "2025-10-24"), ("2025-10-24", "2025-11-01")
    ]  # fmt: skip
    told = [json.loads(line) for line in run("files", "--format", "jsonl")[1].splitlines()]
    assert [one["sha256"] for one in told] == [line[1] for line in listed]
    assert {one["bytes"] for one in told} == {int(listed[0][4])}
    shown = {run("files", line[1][:12].upper())[1] for line in listed}
    assert len(shown) == 2
    assert all(text.startswith("User-agent: *\nDisallow: /") and text.endswith("\n") for text in shown)
    assert not any("\x1b" in text for text in shown)
    code, out, err = run("files", "0000")
    assert (code, out, "no such file was seen" in err) == (3, "", True)


@pytest.mark.parametrize("size", [2**45, 2**63 - 1])
def test_a_file_whose_bytes_are_damaged_is_named(size: int, run: Run, tmp_path: Path) -> None:
    """Also where they tell of more bytes than there can be: one line, no internal error."""
    head = struct.pack("<IBQ", 0xFD2FB528, 0b11100000, size) + b"\x01\x00\x00"
    with open_store(f"sqlite:///{tmp_path}/store.db") as opened:
        opened.write(lambda connection: add_file(connection, "https://www.vietnam.vn/robots.txt", b"x", seen_at=AT))
        opened.write(lambda connection: connection.execute(update(rights_files).values(body=head)))
    code, _, err = run("files")
    assert code == 1
    assert "https://www.vietnam.vn/robots.txt as it was seen on 2025-10-24" in err
    assert err.count("\n") == 1


# ---- recheck


def test_signals_of_today_are_counted_against_those_of_then(run: Run, files: Callable[..., list[str]]) -> None:
    """What was closed already is not new; each is told by use, signal, language and publisher."""
    code, out, err = run("recheck", "--allowed", "train-ai", *files(CLOSING))
    assert code == 0
    assert rows(out) == {
        ("all", ""): (4, 3),
        ("usage", "train-ai disallowed"): (4, 3),
        ("signal", "meta robots: noai"): (1, 0),
        ("signal", "robots.txt content-signal: ai-train=no"): (4, 3),
        ("language", "fr"): (3, 2),
        ("language", "vi"): (1, 1),
        ("publisher", "Báo A"): (3, 2),
        ("publisher", ""): (1, 1),
    }
    assert "4 texts: an export would leave out 4, 3 of which were open when they were fetched; 0 that were not" in err
    assert run("recheck", "--allowed", "train-ai", "--fail-on", "left-out", *files(CLOSING))[0] == 1
    code, out, _ = run("recheck", "--allowed", "train-ai", "--format", "jsonl", *files(CLOSING))
    assert json.loads(out.splitlines()[0]) == {"by": "all", "name": "", "left_out": 4, "new": 3}


def test_a_site_that_says_nothing_leaves_what_its_pages_said(run: Run, files: Callable[..., list[str]]) -> None:
    """And with `leave`, silence closes too."""
    code, out, _ = run("recheck", "--allowed", "train-ai", "--fail-on", "left-out", *files())
    assert (code, rows(out)["all", ""]) == (1, (1, 0))
    code, out, _ = run("recheck", "--allowed", "train-ai", "--rights-unsaid", "leave", *files())
    assert rows(out)["all", ""] == (3, 0)  # it would have done so then
    assert rows(out)["signal", "(nothing was said)"] == (2, 0)
    assert run("recheck", "--allowed", "tdm", "--fail-on", "left-out", *files())[0] == 0


def test_texts_of_another_place_are_not_judged(run: Run, files: Callable[..., list[str]]) -> None:
    """The store is of the site; the address of a stand-in was given."""
    code, out, err = run("recheck", "--base-url", "http://127.0.0.1:9", *files(CLOSING))
    assert (code, rows(out)) == (3, {("all", ""): (0, 0)})
    assert "4 texts are not from a host of the site" in err


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ([], ["https://www.vietnam.vn/robots.txt", "https://www.vietnam.vn/.well-known/tdmrep.json"]),
        (["--robots", "HTTPS://example.org/robots.txt"], ["HTTPS://example.org/robots.txt"]),
        (["--tdmrep", "http://example.org/t.json"], ["http://example.org/t.json"]),
    ],
)
def test_files_are_asked_of_the_site_where_none_is_given(
    words: list[str], asked: list[str], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once each; where one of the two is given, the other is as it was recorded."""
    seen: list[list[str]] = []

    def answer(places: list[str], options: Any) -> Any:
        seen.append(places)
        return SimpleNamespace(ended=True, faults=["a fault"], files=dict.fromkeys(places, NOT_HAD))

    monkeypatch.setattr(command, "_asked", answer)
    code, out, _ = run("recheck", "--allowed", "train-ai,tdm,fetch", *words)
    assert seen == [asked]
    assert code == 3  # a file that could not be had
    assert rows(out)["all", ""][0] == 4  # what is not known is not allowed


def test_who_interrupts_is_told_that_nothing_was_counted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the files would be half of the truth."""
    monkeypatch.setattr(command, "_asked", lambda *_: SimpleNamespace(ended=False))
    code, out, err = run("recheck")
    assert (code, out) == (130, "")
    assert "interrupted before all files were fetched" in err


@pytest.mark.parametrize("name", ["robots", "tdmrep"])
def test_a_given_file_that_is_none_is_wrong_usage(name: str, run: Run, tmp_path: Path) -> None:
    """A folder, or nothing at all."""
    for path in (tmp_path, tmp_path / "none"):
        code, out, err = run("recheck", f"--{name}", path)
        assert (code, out) == (2, "")
        assert f"--{name} {path}: no such file" in err
