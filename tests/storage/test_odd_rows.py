"""Rows that others wrote: an odd one is one reject with its place, all others are stored, on both databases."""

from __future__ import annotations

import io
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from making_articles import make_article
from processes import fork, wait

from pipelines import strict_json
from pipelines.batch.output import read_articles
from pipelines.storage import open_store
from scraper import inputs
from scraper.cli import main

GOOD = make_article("good").to_dict()


def spelled(name: str, literal: str) -> str:
    """The good row with a value that Python would not write."""
    return json.dumps({**GOOD, name: "@"}).replace('"@"', literal)


# What is wrong with a row, and how the row looks; texts are lines as they stand in the file.
ODD: dict[str, Any] = {
    "a day for a time": {**GOOD, "fetched_at": "2025-10-23"},
    "year 1 that leaves the calendar": {**GOOD, "fetched_at": "0001-01-01T00:00:00+14:00"},
    "year 9999 that leaves it": {**GOOD, "fetched_at": "9999-12-31T23:59:59-14:00"},
    "a list of numbers for alternates": {**GOOD, "alternates": [1]},
    "alternates of lists": {**GOOD, "alternates": {"fr": ["x"]}},
    "no extractor": {**GOOD, "extractor": None},
    "a number for the extractor": {**GOOD, "extractor": 7},
    "a list for the extractor": {**GOOD, "extractor": ["x"]},
    "a list for the version": {**GOOD, "extractor_version": ["1"]},
    "a list for a text": {**GOOD, "author": ["A", "B"]},
    "a text for a list": {**GOOD, "tags": "a, b"},
    "an image that is a text": {**GOOD, "images": ["x.jpg"]},
    "an image with a field of its own": {**GOOD, "images": [{"src": "x.jpg", "width": 3}]},
    "a stripped line without its rule": {**GOOD, "stripped": [{"text": "x"}]},
    "a score that is a text": {**GOOD, "language_score": "high"},
    "a score without end": spelled("language_score", "1e999"),
    "a score that is no number": spelled("language_score", "NaN"),
    "a whole number that no column holds": {**GOOD, "comment_count": 2**70},
    "a number of five thousand digits": spelled("comment_count", "9" * 5000),
    "true for a number": {**GOOD, "comment_count": True},
    "a paragraph that is none": {**GOOD, "untranslated": [99]},
    "kinds of other paragraphs": {**GOOD, "kinds": ["paragraph"] * 9},
    "a language that is a path": {**GOOD, "url_language": "../outside"},
    "a language that is an absolute path": {**GOOD, "url_language": "/tmp/x"},
    "lists without end": json.dumps(GOOD)[:-1] + ', "more": ' + "[" * 100_000,
    "one key twice": json.dumps(GOOD)[:-1] + ', "title": "another"}',
    "one key twice, further in": spelled("images", '[{"src": "a", "src": "b"}]'),
    "a reject at a day": {"outcome": "gone", "url": "https://www.vietnam.vn/fr/x", "fetched_at": "2025-10-23"},
    "half a line": json.dumps(GOOD)[:200],
    "no object": "[]",
    "bytes that are no text": b"\xff\xfe\x00garbage\xc3",
}


def line(row: object) -> bytes:
    """A row as its line of a file."""
    if isinstance(row, bytes):
        return row
    return (row if isinstance(row, str) else json.dumps(row)).encode()


def test_the_samples_are_odd_by_what_they_say() -> None:
    """The row that all are made of is good, and each sample differs from it."""
    assert inputs.record(strict_json.loads(line(GOOD)))
    assert len({line(row) for row in ODD.values()} | {line(GOOD)}) == len(ODD) + 1


def test_odd_rows_cost_themselves(store_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Thirty good rows with all the odd ones between them: each odd one is told with its line, thirty are stored."""
    lines, wrong = [], []
    for number, (name, row) in enumerate(ODD.items()):
        lines += [line(make_article(f"s{number:02}").to_dict()), line(row)]
        wrong.append((name, len(lines)))
    (tmp_path / "rows.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    assert main(["store", "add", str(tmp_path / "rows.jsonl"), "--store", store_url]) == 3
    told = capsys.readouterr().err
    for name, number in wrong:
        assert told.count(f"rows.jsonl:{number}: no article (parse_failed)") == 1, (name, number)
    with open_store(store_url) as store:
        assert [stored.slug for stored in store.articles()] == [f"s{number:02}" for number in range(len(ODD))]
        assert store.stats().rejects == (("parse_failed", len(ODD)),)
        assert list(store.check()) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "half of a letter \ud800", "paragraphs": ["\udfff"], "kinds": ["paragraph"]},
        {
            "title": "nothing \x00 at all",
            "author": "\x00",
            "publisher": "\x00",
            "url": "https://www.vietnam.vn/fr/a%00b",
        },
        {"published": "9999-12-31", "modified": "0002-01-01"},
        {"unknown": [{"a": {"b": 2**70}}], "title": ""},
        {"slug": None, "url": None, "url_language": None},
        {"tags": [], "images": [{"src": None, "alt": None, "caption": None}], "alternates": {}},
        {"paragraphs": ["x" * 300_000], "kinds": ["paragraph"]},
    ],
    ids=["surrogates", "NUL", "far years", "unknown fields", "no address", "empty", "long"],
)
def test_what_is_odd_and_sound_is_stored_alike(store_url: str, tmp_path: Path, changes: dict[str, Any]) -> None:
    """Rows that a record may be are stored, and every command reads them."""
    (tmp_path / "rows.jsonl").write_text(json.dumps({**GOOD, **changes}) + "\n", encoding="utf-8")
    assert main(["store", "add", str(tmp_path / "rows.jsonl"), "--store", store_url]) in (0, 3)
    for command in (
        ["store", "stats"],
        ["store", "check"],
        ["store", "search", "nothing"],
        ["groups"],
        ["export", "jsonl", "--out", str(tmp_path / "out")],
    ):
        assert main([*command, "--store", store_url]) == 0, command


def test_a_line_beyond_all_measure_is_one_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it is; lines behind it keep their numbers, and a last line needs no end."""
    monkeypatch.setattr(inputs, "_MAX_LINE_BYTES", 10_000)
    good = line(GOOD)
    assert len(good) < 10_000
    lines = [good, b'{"title": "' + b"x" * 35_000 + b'"}', b"y" * 10_001, good, b"z" * 20_000]
    (tmp_path / "rows.jsonl").write_bytes(b"\n".join(lines))
    found = list(inputs.read_inputs([str(tmp_path / "rows.jsonl")]))
    assert [(given.name.rpartition(":")[2], given.result.outcome) for given in found] == [
        ("1", "ok"),
        ("2", "too_large"),
        ("3", "too_large"),
        ("4", "ok"),
        ("5", "too_large"),
    ]


def test_a_document_loses_no_row_to_another(tmp_path: Path) -> None:
    """A list over many lines, in which one object has a key twice and one a number that is none."""
    rows = json.dumps([GOOD, GOOD, GOOD], indent=1).split('"title"')
    text = rows[0] + '"title": "a", "title"' + rows[1] + '"title"' + rows[2] + '"x": NaN, "title"' + rows[3]
    (tmp_path / "rows.json").write_text(text, encoding="utf-8")
    found = list(inputs.read_inputs([str(tmp_path / "rows.json")]))
    assert [given.result.outcome for given in found] == ["parse_failed", "ok", "parse_failed"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_strict_json_is_json(value: Any) -> None:
    """What Python writes is read as Python reads it; the elements of a list are those of the list."""
    text = json.dumps(value)
    assert strict_json.loads(text) == json.loads(text)
    assert list(strict_json.elements(text.encode())) == (value if isinstance(value, list) else [value])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(changes=st.dictionaries(st.sampled_from(sorted(GOOD)), JSON, max_size=4))
def test_any_row_is_stored_or_a_reject(tmp_path: Path, changes: dict[str, Any]) -> None:
    """Whatever stands in its fields; and what was stored is read again by all who read."""
    (tmp_path / "rows.jsonl").write_text(json.dumps({**GOOD, **changes}) + "\n", encoding="utf-8")
    with open_store(str(tmp_path / "s.db")) as store:
        for row in inputs.read_inputs([str(tmp_path / "rows.jsonl")]):
            assert store.add(row.result, seen_at=row.result.fetched_at or "2025-10-24T00:00:00Z")
        assert list(store.check()) == []


def test_a_folder_that_cannot_be_read_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    """Below another one or by itself: it is a reject, what can be read is stored, exit code 3."""
    folder = Path(tempfile.mkdtemp(prefix="vn-"))  # pytest's own folders are closed to other users
    try:
        folder.chmod(0o777)
        (folder / "t" / "sub").mkdir(parents=True)
        (folder / "t" / "rows.jsonl").write_bytes(line(GOOD))
        (folder / "t" / "sub" / "more.jsonl").write_bytes(line(GOOD))
        (folder / "t" / "closed.jsonl").write_bytes(line(GOOD))
        (folder / "t" / "closed.jsonl").chmod(0)
        (folder / "t" / "sub").chmod(0)

        def work() -> None:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            for name in ("t", "t/sub", "t/sub/more.jsonl"):
                assert main(["store", "add", str(folder / name), "--store", str(folder / "s.db")]) == 3

        assert wait(fork(work)) == 0, capfd.readouterr().err
        err = capfd.readouterr().err
        assert err.count(f"{folder}/t/sub: this folder cannot be read: Permission denied") == 2
        assert "closed.jsonl: cannot be read after line 0: Permission denied" in err
        assert "more.jsonl: cannot be read after line 0: Permission denied" in err
        with open_store(str(folder / "s.db"), read_only=True) as store:
            assert [stored.slug for stored in store.articles()] == ["good"]
    finally:
        (folder / "t" / "sub").chmod(0o755)
        shutil.rmtree(folder)


WIDE = ("utf-16-le", "utf-16-be", "utf-16", "utf-32-le", "utf-32-be", "utf-32")


@pytest.mark.parametrize("encoding", WIDE)
@pytest.mark.parametrize("name", ["rows.jsonl", "rows.json", "-"])
def test_lines_in_another_encoding_are_refused(
    name: str, encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cut at its line ends, UTF-16 gives rows that read in its other byte order: as other text. One line says it."""
    store, rows = (
        f"sqlite:///{tmp_path}/s.db",
        [{**GOOD, "title": "Hạ thủy", "url": f"{GOOD['url']}-{n}"} for n in "ab"],
    )
    raw = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode(encoding)
    (tmp_path / name).write_bytes(raw)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    assert main(["store", "add", "-" if name == "-" else str(tmp_path / name), "--store", store]) == 3
    (told,) = [line for line in capsys.readouterr().err.splitlines() if "vietnamvn:" in line]
    assert encoding[:6].upper() in told
    assert "UTF-8" in told
    with open_store(store, read_only=True) as opened:
        assert list(opened.articles()) == []


def test_bytes_of_another_encoding_that_spell_a_row_are_none(tmp_path: Path) -> None:
    """Between two bytes of line ends, ideographs of UTF-16 may be a row of UTF-8: nobody wrote that row."""
    store, row = f"sqlite:///{tmp_path}/s.db", json.dumps(GOOD).encode()
    hidden = (b" \n" + row + b" " * (len(row) % 2) + b"\n ").decode("utf-16-le")
    outer = json.dumps({**GOOD, "title": hidden}, ensure_ascii=False).encode("utf-16-le")
    assert row in [line.strip() for line in outer.splitlines()]
    (tmp_path / "rows.jsonl").write_bytes(outer)
    assert main(["store", "add", str(tmp_path / "rows.jsonl"), "--store", store]) == 3
    with open_store(store, read_only=True) as opened:
        assert list(opened.articles()) == []


@pytest.mark.parametrize("encoding", WIDE)
def test_a_row_of_another_encoding_costs_itself(encoding: str, tmp_path: Path) -> None:
    """Appended to a file of UTF-8 by another program: `store add` and `clean` keep the rows before it, and no other."""
    good, odd = (json.dumps({**GOOD, "slug": slug, "url": f"https://www.vietnam.vn/en/{slug}"}) for slug in "ab")
    path, store = tmp_path / "rows.jsonl", f"sqlite:///{tmp_path}/s.db"
    path.write_bytes(f"\ufeff{good}\n".encode() + f"{odd}\n{odd}\n".encode(encoding))
    assert main(["store", "add", str(path), "--store", store]) == 3
    with open_store(store, read_only=True) as opened:
        assert [stored.slug for stored in opened.articles()] == ["a"]
    assert main(["clean", str(path), "--out", str(tmp_path / "out"), "--workers", "1"]) == 3
    found = [*read_articles(str(tmp_path / "out"))]
    assert [article.slug for article in found] == ["a"]
