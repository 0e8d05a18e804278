"""From the output of `clean` into the store: its articles, and one line for all that is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import samples

from pipelines.storage import open_store
from scraper.cli import main

Clean = Callable[..., tuple[int, dict[str, Any], str]]


def stored(address: str) -> list[dict[str, Any]]:
    """The records of all articles of a store."""
    with open_store(address, read_only=True) as store:
        return sorted((s.article.to_dict() for s in store.articles()), key=lambda record: str(record["url"]))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Articles in a corpus and an archive, many rows that are none, and one of another site."""
    rows = samples.fineweb(samples.texts()[:12])
    rows += [{"url": f"https://www.vietnam.vn/fr/x-{i}", "text": None} for i in range(50)]
    rows += [{"url": samples.OTHER_SITE, "text": "Rain all day."}]
    samples.write_lines(tmp_path / "in" / "a.jsonl", rows)
    (tmp_path / "in" / "b.warc.gz").write_bytes(samples.crawl(range(3)))
    return tmp_path / "in"


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
@pytest.mark.parametrize("into", [None, "text"])
def test_the_output_folder_is_added(
    into: str | None, form: str, corpus: Path, tmp_path: Path, clean: Clean, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same records as `clean --store` adds, and one line with the numbers of what is no article."""
    options = ("--format", form, "--keep-others", *([] if into is None else ["--text-into", into]))
    one, other = (f"sqlite:///{tmp_path / name}" for name in ("one.db", "other.db"))
    clean(corpus, "--out", tmp_path / "out", *options, "--store", one)
    capsys.readouterr()
    assert main(["store", "add", str(tmp_path / "out"), "--store", other]) == 0
    err = capsys.readouterr().err
    told = [line for line in err.splitlines() if "not articles" in line]
    assert len(told) == 1
    assert "51 rows of clean's output are not articles, and are not stored: broken 50, other_site 1" in told[0]
    assert stored(other) == stored(one)
    assert len(stored(other)) == 15


def test_single_files_and_rejects(
    corpus: Path, tmp_path: Path, clean: Clean, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of the data gives its articles, one of rejects a number; an earlier output's objects are read too."""
    clean(corpus, "--out", tmp_path / "out")
    out, store = tmp_path / "out", f"sqlite:///{tmp_path / 's.db'}"
    rejects = out / "rejects" / "part-00000.jsonl"
    assert main(["store", "add", str(rejects), "--store", store]) == 0
    assert "50 rows of clean's output are not articles, and are not stored: broken 50" in capsys.readouterr().err
    old = []
    for row in samples.rows_of(out):
        row["vn_alternates"] = {item["language"]: item["url"] for item in row["vn_alternates"]}
        row["vn_origins"] = {item["field"]: item["origin"] for item in row["vn_origins"]}
        old.append(row)
    samples.write_lines(tmp_path / "old.jsonl", old)
    for part in (out / "clean").iterdir():
        assert main(["store", "add", str(part), "--store", store]) == 0
    before = stored(store)
    assert len(before) == 15
    assert main(["store", "add", str(tmp_path / "old.jsonl"), "--store", store]) == 0
    assert stored(store) == before


def test_many_rows_that_are_none_are_few_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a corpus that was never cleaned the first fifty are named, the others counted by reason."""
    samples.write_lines(tmp_path / "a.jsonl", [{"text": "x", "n": number} for number in range(3000)])
    assert main(["store", "add", str(tmp_path / "a.jsonl"), "--store", f"sqlite:///{tmp_path / 's.db'}"]) == 3
    lines = [line for line in capsys.readouterr().err.splitlines() if "no article" in line or "more that" in line]
    assert len(lines) == 51
    assert "2,950 more that are not articles: (parse_failed): no record" in lines[-1]


def test_a_damaged_part_is_told(corpus: Path, tmp_path: Path, clean: Clean, capsys: pytest.CaptureFixture[str]) -> None:
    """What comes before the damage is stored, and the rest of the folder."""
    clean(corpus, "--out", tmp_path / "out")
    part = sorted((tmp_path / "out" / "clean").iterdir())[0]
    lines = part.read_bytes().splitlines(keepends=True)
    broken = json.loads(lines[2])
    broken["vn_paragraphs"] = 5
    part.write_bytes(b"".join([*lines[:2], json.dumps(broken).encode() + b"\n", *lines[3:-1], lines[-1][:100]]))
    store = f"sqlite:///{tmp_path / 's.db'}"
    assert main(["store", "add", str(tmp_path / "out"), "--store", store]) == 3
    err = capsys.readouterr().err
    assert f"{part}:3: no article (parse_failed): {part}:3: no record (paragraphs is no list of strings)" in err
    assert f"{part}: cannot be read after row 11" in err
    assert "Traceback" not in err
    assert len(stored(store)) == 13
