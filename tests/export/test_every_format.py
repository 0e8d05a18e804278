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

from pipelines.export import FORMATS, ExportError, export
from pipelines.removal_list import REMOVALS
from pipelines.removals.applying import apply_removals
from pipelines.removals.file_forms import form_of
from pipelines.storage import open_store
from pipelines.storage.removing import Wanted, take_down
from pipelines.verification import verify

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
    assert set(FORMATS) - set(READERS) == set(), f"formats without a reader: write it, and add it to {__name__}.READERS"
    assert set(READERS) - set(FORMATS) == set(), "readers of formats that there are not"


def skip_without_its_extra(form: str) -> None:
    """Where the library that writes a format is not installed."""
    try:
        FORMATS[form].require()
    except ExportError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("form", FORMATS)
def test_what_was_taken_down_leaves_its_files(form: str, tmp_path: Path) -> None:
    """`apply-removals` finds the row in the files of each format, and what is left is whole."""
    skip_without_its_extra(form)
    ending = FORMATS[form].ending
    assert form_of(f"a.{ending}") is not None, f"nothing reads .{ending}: add it to pipelines/removals/file_forms.py"
    stores = [tmp_path / "before.db", tmp_path / "after.db"]
    for number, path in enumerate(stores):
        with open_store(path) as store:
            for slug in ("gone", "kept"):
                store.add(make_article(slug, title=slug), seen_at="2025-10-24T01:00:00Z")
            if number:
                take_down(
                    store,
                    Wanted(versions=frozenset({("gone", "fr")})),
                    removed_at="2026-11-29T10:11:12Z",
                    reason="request",
                )
            export(store, tmp_path / path.stem, form=form)
    made = apply_removals(tmp_path / "after" / REMOVALS, tmp_path / "before")
    assert (made.rows, made.left) == (1, 1)
    assert verify(tmp_path / "before").findings == ()
    rows = [row for file in sorted((tmp_path / "before" / "data").rglob(f"*.{ending}")) for row in READERS[form](file)]
    assert [row["title"] for row in rows] == ["kept"]


@pytest.mark.parametrize("form", READERS)
def test_its_files_hold_the_rows(form: str, tmp_path: Path) -> None:
    """Of two articles in two languages, each once, with its text."""
    skip_without_its_extra(form)
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
    assert [name for name in FORMATS if f"`{name}`" not in docs] == [], "formats that docs/export.md does not name"
