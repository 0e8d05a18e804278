"""What people read datasets with, each by its own defaults: a folder in, rows out, with the types that it found."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from pipelines.record import DATASET
from pipelines.record_types import BOOLEAN, DAY, INTEGER, NUMBER, SMALL, TEXT

Rows = list[dict[str, Any]]
Reader = Callable[[Path, str], Rows]
"""Reads the files with an ending in a dataset's folder."""


def _files(folder: Path, ending: str) -> list[str]:
    return sorted(map(str, (folder / "data").rglob(f"*.{ending}")))


# ---- readers


def datasets_default(folder: Path, ending: str) -> Rows:
    """Hugging Face's `load_dataset(DIR)`."""
    datasets = pytest.importorskip("datasets")
    loaded = datasets.load_dataset(str(folder), cache_dir=str(folder.parent / f"cache-{folder.name}"))
    return [row for split in loaded.values() for row in split]


def datasets_configs(folder: Path, ending: str) -> Rows:
    """`load_dataset(DIR, CONFIG)`, of each."""
    datasets = pytest.importorskip("datasets")
    rows: Rows = []
    names = [name for name in datasets.get_dataset_config_names(str(folder)) if name != "default"]
    assert sorted(names) == sorted(path.name for path in (folder / "data").iterdir() if path.name != "none")
    for name in names:
        loaded = datasets.load_dataset(str(folder), name, cache_dir=str(folder.parent / f"cache-{folder.name}"))
        rows += [row for split in loaded.values() for row in split]
    return rows


def datasets_stream(folder: Path, ending: str) -> Rows:
    """`load_dataset(DIR, streaming=True)`."""
    datasets = pytest.importorskip("datasets")
    return [row for split in datasets.load_dataset(str(folder), streaming=True).values() for row in split]


def pandas(folder: Path, ending: str) -> Rows:
    """A folder where pandas reads one, else file by file."""
    module = pytest.importorskip("pandas")
    if ending == "parquet":
        return module.read_parquet(folder / "data").to_dict("records")
    read = {"csv": module.read_csv, "xlsx": module.read_excel}.get(ending)
    frames = [read(path) if read else module.read_json(path, lines=True) for path in _files(folder, ending)]
    return [row for frame in frames for row in frame.to_dict("records")]


def polars(folder: Path, ending: str) -> Rows:
    """Eagerly; JSON Lines file by file."""
    module = pytest.importorskip("polars")
    if ending == "parquet":
        return module.read_parquet(folder / "data").to_dicts()
    if ending == "csv":
        return module.read_csv(str(folder / "data" / "*" / "*.csv")).to_dicts()
    return [row for path in _files(folder, ending) for row in module.read_ndjson(path).to_dicts()]


def polars_lazy(folder: Path, ending: str) -> Rows:
    """A scan."""
    module = pytest.importorskip("polars")
    if ending == "parquet":
        return module.scan_parquet(folder / "data").collect().to_dicts()
    if ending == "csv":
        return module.scan_csv(str(folder / "data" / "*" / "*.csv")).collect().to_dicts()
    return [row for path in _files(folder, ending) for row in module.scan_ndjson(path).collect().to_dicts()]


def arrow(folder: Path, ending: str) -> Rows:
    """`pyarrow.dataset`; JSON Lines file by file."""
    module = pytest.importorskip("pyarrow.dataset")
    form = {"parquet": "parquet", "csv": "csv"}.get(ending, "json")
    places = [folder / "data"] if form != "json" else _files(folder, ending)
    return [row for place in places for row in module.dataset(place, format=form).to_table().to_pylist()]


def duckdb(folder: Path, ending: str) -> Rows:
    """SQL over a pattern."""
    module = pytest.importorskip("duckdb")
    found = module.sql(f"SELECT * FROM '{folder}/data/*/*.{ending}'")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def datatrove(folder: Path, ending: str) -> Rows:
    """A reader of datatrove's pipelines: documents, with all other columns as metadata."""
    readers = pytest.importorskip("datatrove.pipeline.readers")
    kinds = {"parquet": readers.ParquetReader, "csv": readers.CSVReader}
    reader = kinds.get(ending, readers.JsonlReader)(str(folder / "data"), doc_progress=False, file_progress=False)
    return [{"text": document.text, "id": document.id, **document.metadata} for document in reader.run()]


def mlcroissant(folder: Path, ending: str) -> Rows:
    """MLCommons' own reader of croissant.json."""
    module = pytest.importorskip("mlcroissant")
    dataset = module.Dataset(jsonld=str(folder / "croissant.json"))
    assert not dataset.metadata.ctx.issues.errors
    rows: Rows = []
    for records in dataset.metadata.record_sets:
        prefix = f"{records.id}/"
        if records.id not in {path.name for path in (folder / "data").iterdir()}:
            continue  # the languages as a list, and the like
        rows += [_without(prefix, record) for record in dataset.records(records.id)]
    return rows


def _without(prefix: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {name.removeprefix(prefix).split("/")[-1]: _without(prefix, inner) for name, inner in value.items()}
    return [_without(prefix, inner) for inner in value] if isinstance(value, list) else value


def openpyxl(folder: Path, ending: str) -> Rows:
    """The sheet of rows, with what goes on in the other sheet behind each cell."""
    module = pytest.importorskip("openpyxl")
    found: Rows = []
    for path in _files(folder, ending):
        book = module.load_workbook(path, read_only=True)
        header, *rows = book["articles"].iter_rows(values_only=True)
        here = [dict(zip(header, row, strict=True)) for row in rows]
        for number, _, column, _, text in list(book["continued"].iter_rows(values_only=True))[1:]:
            here[number - 2][column] += text
        found += here
        book.close()
    return found


def sqlite(folder: Path, ending: str) -> Rows:
    """Python's own module."""
    with closing(sqlite3.connect(folder / "data" / f"articles.{ending}")) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute("SELECT * FROM articles")]


def sqlite_utils(folder: Path, ending: str) -> Rows:
    """Simon Willison's library."""
    module = pytest.importorskip("sqlite_utils")
    database = module.Database(folder / "data" / f"articles.{ending}")
    assert database["articles"].detect_fts() == "articles_fts"
    rows = list(database["articles"].rows)
    database.close()
    return rows


def pandas_sql(folder: Path, ending: str) -> Rows:
    """A query into a frame."""
    module = pytest.importorskip("pandas")
    with closing(sqlite3.connect(folder / "data" / f"articles.{ending}")) as database:
        return module.read_sql("SELECT * FROM articles", database).to_dict("records")


# ---- one form of values for all of them


def plain(row: dict[str, Any], *, of_text: bool) -> dict[str, Any]:
    """A row as JSON has it. `of_text`: the reader gives all values as text, since the format has nothing else."""
    return {name: _plain(value, DATASET[name].type, of_text) for name, value in row.items() if name in DATASET}


def _plain(value: Any, kind: Any, of_text: bool) -> Any:
    if kind.parts:
        return [{part: _plain(item[part], TEXT, False) for part in kind.parts} for item in _items(value, of_text)]
    if not kind.flat:
        return [_one(item, INTEGER if "int" in kind.card else TEXT) for item in _items(value, of_text)]
    if value is None or value != value or str(value) == "NaT":  # not a number, and not a time
        return None
    if of_text and value == "":
        return None
    if of_text and kind in (INTEGER, SMALL, NUMBER):
        return float(value)
    if kind is BOOLEAN and value in ("true", "false"):
        return value == "true"
    return _one(value, kind)


def _items(value: Any, of_text: bool) -> Iterable[Any]:
    if of_text and isinstance(value, str):
        value = json.loads(value)
    assert value is not None
    assert not isinstance(value, str)
    return list(value)


def _one(value: Any, kind: Any) -> Any:
    if isinstance(value, bytes):
        value = value.decode()
    if value is None:
        return None
    if kind is BOOLEAN:
        assert value in (True, False), value
        return bool(value)
    if kind in (INTEGER, SMALL, NUMBER):
        return float(value)
    if isinstance(value, datetime) and kind is not DAY:
        value = value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)
        return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
    if kind is DAY and isinstance(value, date):
        return value.isoformat()[:10]
    assert isinstance(value, str), f"{value!r} for {kind.card}"
    return value
