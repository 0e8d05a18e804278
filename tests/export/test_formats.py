"""Each writer by itself: what its format can hold, where its files end, and what it does with the rest."""

from __future__ import annotations

import csv
import functools
import inspect
import io
import json
import random
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making_articles import make_article

from pipelines.export import FORMATS, ExportError, cutting, lines, parquet, sqlite, tables, xlsx
from pipelines.export.cutting import Cut, Feed
from pipelines.export.rows import FLAT
from pipelines.record import DATASET
from pipelines.storage import open_store
from scraper.cli import main


def row(**values: Any) -> dict[str, Any]:
    """A row with all columns, null or empty where nothing is given."""
    return {name: values.get(name, None if field.flat else []) for name, field in DATASET.items()}


def write(writer: Any, path: Path, rows: list[dict[str, Any]], columns: tuple[str, ...], most: int = 1000) -> bytes:
    """What a writer makes of rows."""
    assert writer(path, prepared(writer, rows, columns), columns, most) == min(most, len(rows))
    return path.read_bytes()


def prepared(writer: Any, rows: list[dict[str, Any]], columns: tuple[str, ...], at_once: int = 5) -> Feed[Any]:
    """What a writer takes: rows, or chunks of some."""
    prepare = {lines.write_jsonl: lines.prepare_lines, parquet.write_parquet: parquet.prepare_columns}.get(writer)
    if prepare is None:
        return Feed(rows)
    return Feed(prepare(rows[at : at + at_once], columns)[0] for at in range(0, len(rows), at_once))


# ---- JSON Lines


def test_a_line_of_json_is_one_line_to_everybody(tmp_path: Path) -> None:
    """U+2028, U+2029 and U+0085 are escaped, so that `splitlines` of a language finds the lines of the file."""
    written = write(lines.write_jsonl, tmp_path / "a.jsonl", [{"text": "a\u2028b\u2029c\x85d\ne"}], ("text",))
    assert len(written.decode().splitlines()) == 1
    assert json.loads(written) == {"text": "a\u2028b\u2029c\x85d\ne"}


def test_rows_that_show_the_types_come_first(tmp_path: Path) -> None:
    """The first row and those with a value where none was seen; the others keep their order."""
    rows = [{"id": str(n), "lead": "x" if n == 7 else None, "tags": ["y"] if n == 9 else []} for n in range(12)]
    written = write(lines.write_jsonl, tmp_path / "a.jsonl", rows, ("id", "lead", "tags"))
    order = [json.loads(line)["id"] for line in written.splitlines()]
    assert order == ["0", "7", "9", "1", "2", "3", "4", "5", "6", "8", "10", "11"]


# ---- CSV

cells = st.text(max_size=8) | st.sampled_from(["", " x ", '"', "a,b", "\r", "\n", "NA"]) | st.none()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=4))
def test_csv_is_read_back_by_the_standard_library(tmp_path_factory: pytest.TempPathFactory, table: Any) -> None:
    """Whatever is in the cells; a NUL alone is another character."""
    rows = [row(id=one, title=other) for one, other in table]
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    written = write(tables.write_csv, path, rows, ("id", "title")).decode()
    header, *found = csv.reader(io.StringIO(written, newline=""))
    assert header == ["id", "title"]
    assert found == [[(r[name] or "").replace("\x00", "\ufffd") for name in header] for r in rows]


def test_csv_keeps_null_and_empty_apart(tmp_path: Path) -> None:
    """Null is nothing, an empty text is quoted; a row of one null cell is no empty line, which readers pass over."""
    rows = [row(id="a", title=None), row(id="b", title=""), row(id="c", title=" d ", comment_count=0)]
    written = write(tables.write_csv, tmp_path / "a.csv", rows, ("id", "title", "comment_count"))
    assert written == b'id,title,comment_count\r\na,,\r\nb,"",\r\nc," d ",0\r\n'
    assert write(tables.write_csv, tmp_path / "b.csv", rows[:1], ("title",)) == b'title\r\n""\r\n'


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\uff1d"])
def test_nothing_in_csv_for_spreadsheets_is_a_formula(first: str, tmp_path: Path) -> None:
    """Behind the byte-order mark by which Excel knows UTF-8; numbers and other texts stay as they are."""
    rows = [row(title=f"{first}1+1", lead="1+1", comment_count=5, language_score=0.5)]
    columns = ("title", "lead", "comment_count", "language_score")
    written = write(tables.write_excel_csv, tmp_path / "a.csv", rows, columns).decode()
    assert written.startswith("\ufefftitle,")
    assert list(csv.reader(io.StringIO(written, newline="")))[1] == [f"'{first}1+1", "1+1", "5", "0.5"]


def test_excel_goes_with_csv(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The option of the command; another format with it is wrong usage."""
    store = f"sqlite:///{tmp_path}/store.db"
    with open_store(store) as opened:
        opened.add(make_article("a", title="=1+1"), seen_at="2025-10-24T01:00:00Z")
    assert main(["export", "parquet", "--excel", "--store", store, "--out", str(tmp_path / "no")]) == 2
    assert "--excel goes with csv" in capsys.readouterr().err
    assert main(["export", "csv", "--excel", "--store", store, "--out", str(tmp_path / "out")]) == 0
    (path,) = (tmp_path / "out" / "data").rglob("*.csv")
    assert "'=1+1" in path.read_text(encoding="utf-8-sig")
    assert main(["export", "csv", "--excel", "--store", store, "--update", str(tmp_path / "out")]) == 0


# ---- workbooks


def test_a_cell_that_is_too_small_goes_on_in_another_sheet(tmp_path: Path) -> None:
    """Nothing is cut off: 32,767 units of UTF-16 a cell, then parts with the row, the id and the column."""
    openpyxl = pytest.importorskip("openpyxl")
    texts = ["x" * 70_000, "𝒳" * 20_000, "short", "ế" * 30_000]
    rows = [row(id=str(number), text=text) for number, text in enumerate(texts)]
    write(xlsx.write_xlsx, tmp_path / "a.xlsx", rows, ("id", "text"))
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    found = [text for _, text in book["articles"].iter_rows(min_row=2, values_only=True)]
    more = list(book["continued"].iter_rows(min_row=2, values_only=True))
    assert [(place[:4]) for place in more] == [(2, "0", "text", 2), (2, "0", "text", 3), (3, "1", "text", 2)]
    for number, _, _, _, text in more:
        assert len(text.encode("utf-16-le")) <= 2 * 32_767
        found[number - 2] += text
    assert found == texts


def test_nothing_in_a_workbook_is_a_formula_or_a_link(tmp_path: Path) -> None:
    """Texts stay texts; days are days, and a file ends with what a sheet holds."""
    openpyxl = pytest.importorskip("openpyxl")
    rows = [row(title=text, published_day="2025-10-23") for text in ("=1+1", "https://www.vietnam.vn/", "007", "\x00")]
    write(xlsx.write_xlsx, tmp_path / "a.xlsx", rows, ("title", "published_day"))
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["articles"]
    assert [cell.data_type for (cell,) in sheet.iter_rows(min_row=2, max_col=1)] == ["s"] * 4
    assert [cell.hyperlink for (cell,) in sheet.iter_rows(min_row=2, max_col=1)] == [None] * 4
    assert {cell.value.date().isoformat() for (cell,) in sheet.iter_rows(min_row=2, min_col=2)} == {"2025-10-23"}


def test_a_workbook_ends_where_its_sheet_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """1,048,576 rows with the header: the rest is for the next file."""
    pytest.importorskip("xlsxwriter")
    assert xlsx.ROWS_PER_SHEET + 1 == 2**20
    monkeypatch.setattr(xlsx, "ROWS_PER_SHEET", 2)
    source = iter([row(id=str(number)) for number in range(3)])
    assert [xlsx.write_xlsx(tmp_path / name, source, ("id",), 1000) for name in ("a.xlsx", "b.xlsx")] == [2, 1]


def test_an_absent_library_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what to install."""
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(ExportError, match=r"pip install 'vietnamvn\[xlsx\]'"):
        xlsx.require()


# ---- Parquet


def test_row_groups_end_by_bytes_too(tmp_path: Path) -> None:
    """Long articles make small groups: no reader holds a thousand of them."""
    parquet_of = pytest.importorskip("pyarrow.parquet")
    rows = [row(id=str(number), text="x" * 2_000_000) for number in range(20)]
    write(parquet.write_parquet, tmp_path / "a.parquet", rows, ("id", "text"))
    metadata = parquet_of.ParquetFile(tmp_path / "a.parquet").metadata
    sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    assert sizes == [9, 9, 2]
    write(parquet.write_parquet, tmp_path / "b.parquet", [row(id=str(number)) for number in range(2001)], ("id",), 9999)
    metadata = parquet_of.ParquetFile(tmp_path / "b.parquet").metadata
    assert [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)] == [1000, 1000, 1]


def test_pages_have_an_index(tmp_path: Path) -> None:
    """A query for a few rows reads a few pages."""
    parquet_of = pytest.importorskip("pyarrow.parquet")
    write(parquet.write_parquet, tmp_path / "a.parquet", [row(id="a", text="b")], ("id", "text"))
    column = parquet_of.ParquetFile(tmp_path / "a.parquet").metadata.row_group(0).column(0)
    assert column.has_offset_index
    assert column.has_column_index


def test_a_new_row_leaves_most_pages_as_they_were(tmp_path: Path) -> None:
    """Pages are cut by what they hold: most bytes of a file with a row more in front were in the file before."""
    inspect_parquet = pytest.importorskip("pyarrow.parquet")
    if "use_content_defined_chunking" not in inspect.signature(inspect_parquet.write_table).parameters:
        pytest.skip("this pyarrow has no content-defined chunking")
    chance = random.Random(1)
    rows = [row(id=str(n), text="".join(chance.choices("abcdefgh ", k=20_000))) for n in range(600)]
    before = write(parquet.write_parquet, tmp_path / "a.parquet", rows, ("id", "text"))
    after = write(parquet.write_parquet, tmp_path / "b.parquet", [row(id="new", text="x" * 500), *rows], ("id", "text"))
    size = 4096
    known = {before[at : at + 64] for at in range(len(before))}
    kept = sum(after[at : at + 64] in known for at in range(0, len(after), size))
    assert kept > 0.6 * len(after) / size


# ---- where files end


@pytest.mark.parametrize(
    ("writer", "columns"),
    [(lines.write_jsonl, ("id", "text")), (tables.write_csv, ("id", "text")), (parquet.write_parquet, ("id", "text"))],
)
def test_files_end_by_bytes_too(writer: Any, columns: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a gigabyte before compression, as the hub's own writer does; the rows go on in the next file."""
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(parquet, "ROWS_PER_GROUP", 1)
    monkeypatch.setattr(tables, "Cut", functools.partial(Cut, most_bytes=2500))
    monkeypatch.setattr(cutting, "BYTES_PER_FILE", 2500)
    rows: list[dict[str, Any]] = [{"id": str(number), "text": "x" * 1000} for number in range(4)]
    for at_once in (1, 3, 4):
        source = prepared(writer, rows, columns, at_once)
        assert [writer(tmp_path / f"{n}.jsonl", source, columns, 100) for n in range(2)] == [3, 1]


# ---- SQLite


def test_the_database_has_articles_groups_and_an_index(tmp_path: Path) -> None:
    """Plain SQL finds an article by a word, with its group; no mark has to be typed."""
    rows = [
        row(id="vi/a", slug="a", language="vie", title="Chợ nổi", text="Chợ nổi mở cửa."),
        row(id="fr/a", slug="a", language="fra", title="Le marché", text="Le marché ouvre.", tags=["du lịch"]),
        row(id="vi/b", slug="b", language="vie", title=None, text="Khác\x00.", language_agrees=True),
    ]
    write(sqlite.write_sqlite, tmp_path / "a.sqlite", rows, sqlite.COLUMNS)
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as database:
        found = database.execute(
            "SELECT articles.id, groups.title, groups.languages FROM articles_fts "
            "JOIN articles ON articles.rowid = articles_fts.rowid JOIN groups USING (slug) "
            "WHERE articles_fts MATCH 'marche OR \"cho noi\"' ORDER BY id"
        ).fetchall()
        assert found == [("fr/a", "Chợ nổi", "fra vie"), ("vi/a", "Chợ nổi", "fra vie")]
        searched = {name for _, name, *_ in database.execute("PRAGMA table_info(articles_fts)")}
        assert searched == {"title", "lead", "text"}
        indexed = " ".join(
            sql for (sql,) in database.execute("SELECT sql FROM sqlite_master WHERE type = 'index'") if sql
        )
        assert all(name in indexed for name in ("slug", "language", "published_day", "publisher"))
        one = database.execute("SELECT text, language_agrees, tags, lead FROM articles WHERE id = 'vi/b'").fetchone()
        assert one == ("Khác\ufffd.", 1, "[]", None)
        assert database.execute("SELECT json_extract(tags, '$[0]') FROM articles WHERE id = 'fr/a'").fetchone() == (
            "du lịch",
        )
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        database.execute("INSERT INTO articles_fts (articles_fts) VALUES ('integrity-check')")


@pytest.mark.parametrize("columns", [("text",), ("id", "published_at"), ("tags",), FLAT])
def test_a_database_of_any_columns(columns: tuple[str, ...], tmp_path: Path) -> None:
    """What needs a column that was not asked for is not there."""
    write(sqlite.write_sqlite, tmp_path / "a.sqlite", [row(id="a", text="b", slug="s", language="fra")], columns)
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as database:
        assert [name for _, name, *_ in database.execute("PRAGMA table_info(articles)")] == [*columns]
        tables_there = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert ("articles_fts" in tables_there) == ("text" in columns)
    assert ("groups" in tables_there) == ("slug" in columns)


def test_a_database_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """The disk, or two rows of one id."""
    rows = [row(id="a"), row(id="a")]
    with pytest.raises(ExportError, match="cannot be written"):
        sqlite.write_sqlite(tmp_path / "a.sqlite", Feed(rows), ("id",), 10)
    with pytest.raises(ExportError, match="cannot be written"):
        sqlite.write_sqlite(tmp_path / "none" / "a.sqlite", Feed(rows), ("id",), 10)


def test_the_view_over_the_store_that_the_docs_show(tmp_path: Path) -> None:
    """Its SQL runs on a store's file, read-only, and gives the current articles."""
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        store.add(make_article("a"), seen_at="2025-10-24T01:00:00Z")
        store.add(make_article("a", title="Khác"), seen_at="2025-10-25T01:00:00Z")
    text = (Path(__file__).parents[2] / "docs/store.md").read_text(encoding="utf-8")
    view, query = text.partition("```sql\n")[2].partition("```")[0].strip().split(";\n\n")
    with closing(sqlite3.connect(f"file:{tmp_path}/store.db?mode=ro", uri=True)) as database:
        database.execute(view)
        assert [row[:3] for row in database.execute(query)] == [("2025-10-23", "fr", 1)]


# ---- nothing


@pytest.mark.parametrize("form", [name for name in FORMATS if not name.startswith("jsonl.")])
def test_an_export_without_a_row_has_its_columns(form: str, tmp_path: Path) -> None:
    """A reader finds them, whatever the format; JSON Lines alone have no place for them but the card."""
    pytest.importorskip("pyarrow")
    pytest.importorskip("xlsxwriter")
    path = tmp_path / f"none.{FORMATS[form].ending}"
    assert FORMATS[form].write_file(path, Feed(()), ("id", "text"), 10) == 0
    if form == "sqlite":
        with closing(sqlite3.connect(path)) as database:
            assert [name for _, name, *_ in database.execute("PRAGMA table_info(articles)")] == ["id", "text"]
    elif form == "parquet":
        assert pytest.importorskip("pyarrow.parquet").read_schema(path).names == ["id", "text"]
    elif form == "xlsx":
        sheet = pytest.importorskip("openpyxl").load_workbook(path)["articles"]
        assert list(sheet.values) == [("id", "text")]
    elif form in ("csv", "csv-excel"):
        assert path.read_text(encoding="utf-8-sig") == "id,text\n"
    elif form == "jsonl":
        assert path.read_bytes() == b""
    else:
        pytest.fail(f"{form}: how its columns are seen in a file without a row is to be written here")
