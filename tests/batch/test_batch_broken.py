"""Broken inputs: counted with file and position, the rest goes on, exit code 3."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import samples

Clean = Callable[..., tuple[int, dict[str, Any], str]]


def lines(count: int) -> list[bytes]:
    """Rows of a corpus as lines of JSON."""
    rows = samples.fineweb(samples.texts()[:count])
    return [json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows]


def assert_adds_up(summary: dict[str, Any]) -> None:
    """Every row is accounted for."""
    parts = ("clean", "rejected", "passed_over", "duplicates")
    assert summary["rows"] == sum(summary[name] for name in parts)


@pytest.mark.parametrize(
    ("bad", "detail"),
    [
        (b'{"text": "cut of', "no JSON"),
        (b"[1, 2]", "no JSON object"),
        (b'{"url": "https://www.vietnam.vn/fr/a", "id": 7}', "without text"),
        (b'{"url": "https://www.vietnam.vn/fr/a", "text": null}', "without text"),
        (b'{"url": "https://www.vietnam.vn/fr/a", "text": 7}', "int, not text"),
        (b'{"url": 7, "text": "a"}', "'url' is not text"),
        (b'{"url": "https://www.vietnam.vn/fr/a", "text": "\xff\xfe"}', "no JSON"),
        (b'{"text": NaN}', "NaN"),
        (b"[" * 100_000, "no JSON"),
    ],
)
def test_bad_line(bad: bytes, detail: str, tmp_path: Path, clean: Clean) -> None:
    """The line is named by the offset of its first byte; the lines before and behind it are cleaned."""
    good = lines(4)
    (tmp_path / "a.jsonl").write_bytes(b"".join([*good[:2], bad + b"\n", *good[2:]]))
    code, summary, err = clean(tmp_path / "a.jsonl", "--out", tmp_path / "out")
    assert code == 3
    assert (summary["clean"], summary["broken"]) == (4, 1)
    (place,) = summary["broken_at"]
    assert (place["source"], place["position"]) == ("a.jsonl", len(good[0] + good[1]))
    assert detail in place["detail"]
    assert f"a.jsonl at {place['position']}" in err
    (reject,) = samples.rows_of(tmp_path / "out", "rejects")
    assert (reject["vn_outcome"], reject["vn_position"]) == ("broken", place["position"])
    assert_adds_up(summary)


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_truncated_compression(suffix: str, tmp_path: Path, clean: Clean) -> None:
    """What can be decompressed is cleaned; where it ends is named."""
    rows = [row | {"noise": os.urandom(8000).hex()} for row in samples.fineweb(samples.texts()[:40])]
    file = samples.write_lines(tmp_path / f"a.jsonl{suffix}", rows)
    file.write_bytes(file.read_bytes()[: -file.stat().st_size // 8])
    good = samples.write_lines(tmp_path / "b.jsonl", samples.fineweb(samples.texts()[:3]))
    code, summary, _ = clean(file, good, "--out", tmp_path / "out")
    assert code == 3
    assert summary["broken"] in (1, 2)  # the cut line, and where the file ends: a decompressor may hold the line back
    assert 3 < summary["clean"] < 43
    assert summary["broken_at"][-1]["source"] == file.name
    assert_adds_up(summary)


@pytest.mark.parametrize("keep", [0.0, 0.5, 0.99])
def test_cut_parquet(keep: float, tmp_path: Path, clean: Clean) -> None:
    """A Parquet file whose end is missing cannot be read at all: one broken entry, the other file is cleaned."""
    bad = samples.write_parquet(tmp_path / "a.parquet", samples.fineweb(samples.texts()[:9]))
    bad.write_bytes(bad.read_bytes()[: int(bad.stat().st_size * keep)])
    good = samples.write_parquet(tmp_path / "b.parquet", samples.fineweb(samples.texts()[:3]))
    for output in ("jsonl", "parquet"):
        code, summary, _ = clean(bad, good, "--out", tmp_path / output, "--format", output)
        assert (code, summary["clean"], summary["broken"]) == (3, 3, 1)
        assert summary["broken_at"][0]["source"] == "a.parquet"
        assert_adds_up(summary)


@pytest.mark.parametrize("output", ["jsonl", "parquet"])
def test_damaged_row_group(output: str, tmp_path: Path, clean: Clean) -> None:
    """One damaged row group is named with its first row and how many are lost; the others are cleaned."""
    file = samples.write_parquet(tmp_path / "a.parquet", samples.fineweb(samples.texts()[:21]), group=7)
    import pyarrow.parquet as pq

    column = pq.ParquetFile(file).metadata.row_group(1).column(0)
    start = column.dictionary_page_offset or column.data_page_offset
    content = bytearray(file.read_bytes())
    content[start : start + 40] = b"\xff" * 40
    file.write_bytes(content)
    code, summary, _ = clean(file, "--out", tmp_path / "out", "--format", output)
    assert (code, summary["clean"], summary["broken"]) == (3, 14, 1)
    assert summary["broken_at"][0]["position"] == 7
    assert "7 rows" in summary["broken_at"][0]["detail"]
    assert len(samples.rows_of(tmp_path / "out")) == 14


@pytest.mark.parametrize("compress", [True, False])
@pytest.mark.parametrize("length", ["99999999", "10", "-5", "many"])
def test_warc_with_a_bad_length(compress: bool, length: str, tmp_path: Path, clean: Clean) -> None:
    """A record whose Content-Length is wrong is named by its offset; all other records are cleaned."""
    parts = [samples.crawl([n], compress=False) for n in range(1, 5)]
    parts[2] = re.sub(
        rb"(WARC-Type: response\r\n.*?Content-Length: )\d+", rb"\g<1>" + length.encode(), parts[2], flags=re.S
    )
    assert length.encode() in parts[2]
    records = [r for part in parts for r in re.split(rb"(?=WARC/1\.\d\r\n)", part) if r]
    packed = [gzip.compress(r, mtime=0) if compress else r for r in records]
    file = tmp_path / ("a.warc.gz" if compress else "a.warc")
    file.write_bytes(b"".join(packed))
    bad = next(i for i, r in enumerate(records) if f"Content-Length: {length}\r\n".encode() in r)
    for size in (500, 10**9):
        out = tmp_path / f"out{size}"
        code, summary, _ = clean(file, "--out", out, "--shard-bytes", size)
        assert code == 3
        assert (summary["clean"], summary["broken"]) == (3, 1)
        assert summary["broken_at"][0]["position"] == sum(map(len, packed[:bad]))
        assert_adds_up(summary)


def test_warc_cut_and_damaged_gzip(tmp_path: Path, clean: Clean) -> None:
    """A gzip member with flipped bytes, garbage between members, and a file cut within its last member."""
    members = [samples.crawl([n]) for n in range(1, 6)]  # each a warcinfo member and a response member
    damaged = bytearray(members[1])
    damaged[len(damaged) - 60] ^= 0xFF
    content = members[0] + bytes(damaged) + b"garbage" + members[2] + members[3] + members[4][:-50]
    (tmp_path / "a.warc.gz").write_bytes(content)
    code, summary, _ = clean(tmp_path / "a.warc.gz", "--out", tmp_path / "out")
    assert code == 3
    assert summary["clean"] == 3
    assert {p["source"] for p in summary["broken_at"]} == {"a.warc.gz"}
    assert [r["url"] for r in samples.rows_of(tmp_path / "out")] == [samples.page(n)[0] for n in (1, 3, 4)]
    assert_adds_up(summary)


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.parquet", "a.warc.gz", "a.warc.wet.gz"])
@pytest.mark.parametrize(
    ("size", "options"), [(300_000, ("--max-row-bytes", "200K")), (100_000_000, ())], ids=["300 kB", "100 MB"]
)
def test_row_over_the_limit(name: str, size: int, options: tuple[str, ...], tmp_path: Path, clean: Clean) -> None:
    """A row over --max-row-bytes, or over its default, is named with file and position; the others are cleaned."""
    rows = samples.texts()[:3]
    huge = {"url": "https://www.vietnam.vn/fr/huge", "text": "x" * size}
    file = tmp_path / name
    if "jsonl" in name:
        samples.write_lines(file, [rows[0], huge, *rows[1:]])
    elif name.endswith(".parquet"):
        samples.write_parquet(file, [rows[0], huge, *rows[1:]])
    elif name.endswith(".wet.gz"):
        records = [("conversion", r["url"], r["text"].encode(), "") for r in [rows[0], huge, *rows[1:]]]
        file.write_bytes(samples.warc(records))
    else:
        records = [("response", *samples.page(n), "text/html") for n in range(3)]
        records.insert(1, ("response", huge["url"], huge["text"].encode(), "text/html"))
        file.write_bytes(samples.warc(records))
    code, summary, _ = clean(file, "--out", tmp_path / "out", *options)
    assert code == 3
    assert (summary["clean"], summary["broken"]) == (3, 1)
    (broken,) = summary["broken_at"]
    assert broken["source"] == name
    assert broken["position"]
    assert "over the limit" in broken["detail"]
    assert_adds_up(summary)


def test_a_page_over_the_limit(tmp_path: Path, clean: Clean) -> None:
    """A file that is one page is a row like any other."""
    (tmp_path / "a.html").write_bytes(samples.page(1)[1] + b" " * 300_000)
    code, summary, _ = clean(tmp_path / "a.html", "--out", tmp_path / "out", "--max-row-bytes", "200K")
    assert code == 3
    assert (summary["clean"], summary["broken"]) == (0, 1)
    assert "over the limit" in summary["broken_at"][0]["detail"]


@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet", "a.warc.gz"])
def test_a_huge_row_of_another_site_is_passed_over(name: str, tmp_path: Path, clean: Clean) -> None:
    """What is none of ours is not broken where its address can be read; a line that long is not read at all."""
    huge = {"url": samples.OTHER_SITE, "text": "x" * 300_000}
    file = tmp_path / name
    if name.endswith(".jsonl"):
        samples.write_lines(file, [huge])
    elif name.endswith(".parquet"):
        samples.write_parquet(file, [huge])
    else:
        file.write_bytes(samples.warc([("response", huge["url"], huge["text"].encode(), "text/html")]))
    _, summary, _ = clean(file, "--out", tmp_path / "out", "--max-row-bytes", "200K")
    assert (summary["passed_over"], summary["broken"]) == ((0, 1) if name.endswith(".jsonl") else (1, 0))


def test_text_files_are_read_by_their_bytes(tmp_path: Path, clean: Clean) -> None:
    """UTF-16 and packed text are read; a picture, half a gzip file and text that cannot be told are named, with why."""
    text = "\n\n".join(samples.texts()[0]["text"].split("\n"))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_bytes(text.encode("utf-16"))
    (tmp_path / "in" / "b.txt").write_bytes(gzip.compress(text.encode()))
    (tmp_path / "in" / "c.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    (tmp_path / "in" / "d.txt").write_bytes(gzip.compress(text.encode())[:-20])
    (tmp_path / "in" / "e.txt").write_bytes("Новая школа открыта в горах".encode("koi8-r"))
    code, summary, _ = clean(tmp_path / "in", "--out", tmp_path / "out", "--duplicates", "none")
    assert code == 3
    assert (summary["clean"], summary["broken"]) == (2, 3)
    details = {Path(fault["source"]).name: fault["detail"] for fault in summary["broken_at"]}
    assert [
        name
        for name, word in {"c.txt": "picture", "d.txt": "cut off", "e.txt": "charset"}.items()
        if word not in details.get(name, "")
    ] == []


def test_surrogates_do_not_stop_anything(tmp_path: Path, clean: Clean) -> None:
    """A lone surrogate, legal in JSON and impossible in UTF-8, comes out escaped in JSON and replaced in Parquet."""
    row = samples.texts()[0]
    line = json.dumps({**row, "note": "\ud800 x"}).encode()
    (tmp_path / "a.jsonl").write_bytes(line + b"\n")
    for output, note in (("jsonl", "\ud800 x"), ("parquet", "? x")):
        code, summary, _ = clean(tmp_path / "a.jsonl", "--out", tmp_path / output, "--format", output)
        assert (code, summary["clean"]) == (0, 1)
        assert samples.rows_of(tmp_path / output)[0]["note"] == note


def test_an_extractor_that_fails_costs_one_row(tmp_path: Path, clean: Clean, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours on one page is recorded with its place and its error, and millions of others go on."""
    from pipelines.batch import job
    from pipelines.batch.input_rows import CleanOptions
    from pipelines.extraction import extract

    file = samples.write_lines(tmp_path / "a.jsonl", samples.texts()[:3])
    bad = samples.texts()[1]["url"]

    def fails(page: Any) -> Any:
        if page.url == bad:
            raise ZeroDivisionError("of ours")
        return extract(page)

    class Here:
        def run(self, tasks: Any) -> Any:
            yield from ((n, t()) for n, t in enumerate(tasks))

    summary = job.clean([str(file)], str(tmp_path / "out"), options=CleanOptions(), engine=Here(), extract=fails)
    assert (summary.clean, summary.broken) == (2, 1)
    assert "ZeroDivisionError: of ours" in summary.broken_at[0][2]


def test_output_that_cannot_be_written(tmp_path: Path, clean: Clean) -> None:
    """One line that names the file and the cause, exit code 1."""
    file = samples.write_lines(tmp_path / "a.jsonl", samples.texts()[:1])
    (tmp_path / "out").write_text("a file where the folder should be")
    code, _, err = clean(file, "--out", tmp_path / "out")
    assert code == 1
    assert str(tmp_path / "out") in err.splitlines()[-1]
    assert "Traceback" not in err
