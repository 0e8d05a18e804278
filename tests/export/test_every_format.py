"""Each format that `export` offers: another reader finds the rows in its files, and docs/export.md names it."""

from __future__ import annotations

import csv
import gzip
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from making_articles import make_article

from pipelines.export import FORMATS, export
from pipelines.storage import open_store

ROOT = Path(__file__).parents[2]
Rows = list[dict[str, Any]]


def _lines(text: str) -> Rows:
    return [json.loads(line) for line in text.splitlines()]


def _zst(path: Path) -> Rows:
    import zstandard

    with path.open("rb") as stream:
        return _lines(zstandard.ZstdDecompressor().stream_reader(stream).read().decode())


def _csv(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        text = stream.read()
    return list(csv.DictReader(text.splitlines(keepends=True), delimiter=";" if ";" in text.split("\n")[0] else ","))


def _xlsx(path: Path) -> Rows:
    openpyxl = pytest.importorskip("openpyxl")
    pytest.importorskip("xlsxwriter")
    head, *rows = openpyxl.load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def _parquet(path: Path) -> Rows:
    rows: Rows = pytest.importorskip("pyarrow.parquet").read_table(path).to_pylist()
    return rows


def _sqlite(path: Path) -> Rows:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute("SELECT * FROM articles")]


READERS: dict[str, Callable[[Path], Rows]] = {
    "jsonl": lambda path: _lines(path.read_text(encoding="utf-8")),
    "jsonl.gz": lambda path: _lines(gzip.decompress(path.read_bytes()).decode()),
    "jsonl.zst": _zst,
    "csv": _csv,
    "csv-excel": _csv,
    "xlsx": _xlsx,
    "parquet": _parquet,
    "sqlite": _sqlite,
}


def test_every_format_has_a_reader_here() -> None:
    """A format is not offered before it is seen to be read, and none is dropped unseen."""
    assert sorted(FORMATS) == sorted(READERS)


@pytest.mark.parametrize("form", READERS)
def test_its_files_hold_the_rows(form: str, tmp_path: Path) -> None:
    """Of two articles in two languages, each once, with its text."""
    if form == "xlsx":
        pytest.importorskip("xlsxwriter", reason="the extra xlsx is not installed")
    if form == "parquet":
        pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    made = {f"{language}/{slug}": make_article(slug, language) for slug, language in (("a", "fr"), ("b", "en"))}
    with open_store(tmp_path / "s.db") as store:
        for article in made.values():
            store.add(article, seen_at="2025-10-24T01:00:00Z")
        export(store, tmp_path / "out", form=form)
    files = sorted((tmp_path / "out" / "data").rglob(f"*.{FORMATS[form].ending}"))
    rows = [row for file in files for row in READERS[form](file)]
    assert {row["id"]: row["title"] for row in rows} == {name: article.title for name, article in made.items()}
    assert len(rows) == 2


def test_the_docs_name_every_format() -> None:
    """In backticks, in docs/export.md."""
    docs = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    assert [name for name in FORMATS if f"`{name}`" not in docs] == []
