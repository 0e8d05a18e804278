"""Rows of data files, and the same files without some of them, by format.

What stays of a file keeps its bytes where the format allows it. Rows are named by their numbers in the file, the first
being 0.
"""

from __future__ import annotations

import csv
import gzip
import json
import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast
from xml.etree import ElementTree
from zipfile import BadZipFile

import zstandard

from pipelines.errors import VietnamvnError
from pipelines.export import parquet, sqlite
from pipelines.export.lines import packed_file
from pipelines.export.tables import BYTE_ORDER_MARK
from pipelines.removals import workbooks
from pipelines.row_counts import WINDOW
from pipelines.type_rows import Lines, shape_of, write_lines

Row = Mapping[str, Any]
_BATCH = 1000  # rows
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class FileForm:
    """How files of an ending are read and written: `rows` gives each row's values, `without` writes a copy without the
    rows that have these numbers."""

    rows: Callable[[Path], Iterator[Row]]
    without: Callable[[Path, Path, Collection[int]], None]


def form_of(name: str) -> FileForm | None:
    """The form of a file of a dataset by its name; None for a side of Moses, and for unknown endings."""
    return next((form for ending, form in _FORMS.items() if name.endswith(ending)), None)


@contextmanager
def reading(path: Path | str) -> Iterator[None]:
    """Raises `VietnamvnError` for a file that is not in its format."""
    try:
        yield
    except (EOFError, ValueError, KeyError, TypeError, AttributeError, RecursionError, zlib.error, zstandard.ZstdError,
            gzip.BadGzipFile, BadZipFile, sqlite3.Error, ElementTree.ParseError, csv.Error) as error:  # fmt: skip
        cause = " ".join(str(error).split())[:200]
        raise VietnamvnError(
            f"{path}: cannot be read as what its name says ({cause}): nothing was changed; see 'vietnamvn verify'"
        ) from error


# --- lines ------------------------------------------------------------------------------------------------------


@contextmanager
def _unpacked(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as raw:
        if path.suffix == ".gz":
            with gzip.GzipFile(fileobj=raw) as opened:
                yield cast("IO[bytes]", opened)
        elif path.suffix == ".zst":
            decoder = zstandard.ZstdDecompressor(max_window_size=WINDOW)
            with decoder.stream_reader(raw, read_across_frames=True) as opened:
                yield cast("IO[bytes]", _Buffered(opened))
        else:
            yield raw


class _Buffered:
    """Lines of a stream that gives only blocks."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def __iter__(self) -> Iterator[bytes]:
        held = b""
        while block := self._raw.read(1 << 20):
            *lines, held = (held + block).split(b"\n")
            yield from (line + b"\n" for line in lines)
        if held:
            yield held


def _json_rows(path: Path) -> Iterator[Row]:
    with _unpacked(path) as lines:
        for line in lines:
            yield json.loads(line)


def _json_without(path: Path, target: Path, numbers: Collection[int]) -> None:
    with _unpacked(path) as lines, packed_file(target) as out:
        # Sorted again: rows that show the types come first, and one of those may have gone.
        kept = (line for number, line in enumerate(lines) if number not in numbers)
        write_lines(out, (Lines.of([line], [(0, shape_of(json.loads(line)))]) for line in kept), scratch=target.parent)


def _lines_without(path: Path, target: Path, numbers: Collection[int], *, head: int = 0) -> None:
    with path.open("rb") as lines, target.open("wb") as out:
        out.writelines(islice(lines, head))
        out.writelines(line for number, line in enumerate(lines) if number not in numbers)


def _tsv_rows(path: Path) -> Iterator[Row]:
    with path.open("rb") as lines:
        names = next(lines, b"").decode("utf-8").rstrip("\n").split("\t")
        for line in lines:
            cells = dict(zip(names, line.decode("utf-8").rstrip("\n").split("\t"), strict=True))
            slug = cells.get("slug")
            if slug is not None:  # a corpus of many languages: a column for each
                others = [name for name in names if name not in ("slug", "score") and cells[name]]
                yield {"slug": slug, "texts": [{"language": name} for name in others]}
            else:
                yield cells


def _tsv_without(path: Path, target: Path, numbers: Collection[int]) -> None:
    _lines_without(path, target, numbers, head=1)


def _moses_rows(path: Path) -> Iterator[Row]:
    with path.open("rb") as lines:
        for line in lines:
            source, target, *_ = line.decode("utf-8").rstrip("\n").split("\t")
            yield {"source_url": source, "target_url": target}


def _records(path: Path) -> Iterator[bytes]:
    r"""The records of CSV with their line ends: a line break within quotes ends no record."""
    record, quoted = b"", False
    with path.open("rb") as lines:
        for line in lines:
            record += line
            quoted ^= line.count(b'"') % 2 == 1
            if not quoted:
                yield record
                record = b""
    if record:
        raise ValueError("a quotation mark has no end")


def _csv_rows(path: Path) -> Iterator[Row]:
    csv.field_size_limit(2**31 - 1)
    records = _records(path)
    names = _cells(next(records, b"").removeprefix(BYTE_ORDER_MARK.encode()))
    for record in records:
        yield dict(zip(names, _cells(record), strict=True))


def _cells(record: bytes) -> list[str]:
    return next(csv.reader([record.decode("utf-8")]), [""])


def _csv_without(path: Path, target: Path, numbers: Collection[int]) -> None:
    records = _records(path)
    with target.open("wb") as out:
        out.write(next(records, b""))
        out.writelines(record for number, record in enumerate(records) if number not in numbers)


# --- TMX --------------------------------------------------------------------------------------------------------


def _units(path: Path) -> Iterator[tuple[bool, bytes]]:
    """Units (True) and what is between them, as this program writes them: a unit fills whole lines."""
    held: list[bytes] = []
    with path.open("rb") as lines:
        for line in lines:
            is_start = line.startswith(b"<tu ")
            if not held and not is_start:
                yield False, line
                continue
            held.append(line)
            if line.startswith(b"</tu>"):
                yield True, b"".join(held)
                held = []
    if held:
        raise ValueError("a unit has no end")


def _tmx_rows(path: Path) -> Iterator[Row]:
    for is_unit, content in _units(path):
        if not is_unit:
            continue
        unit = ElementTree.fromstring(content)  # noqa: S314  # an element alone: no document type is in it
        props = {prop.get("type"): prop.text for prop in unit.findall("prop")}
        texts = []
        for side in unit.findall("tuv"):
            own = {prop.get("type"): prop.text for prop in side.findall("prop")}
            texts.append({"language": side.get(_LANGUAGE), "content_sha256": own.get("x-content_sha256"),
                          "url": own.get("x-url")})  # fmt: skip
        yield {"slug": props.get("x-slug"), "texts": texts, "unit": unit.get("segtype")}


def _tmx_without(path: Path, target: Path, numbers: Collection[int]) -> None:
    number = -1
    with target.open("wb") as out:
        for is_unit, content in _units(path):
            number += is_unit
            if not is_unit or number not in numbers:
                out.write(content)


# --- Parquet ----------------------------------------------------------------------------------------------------


def _parquet_rows(path: Path) -> Iterator[Row]:
    arrow = parquet.require()
    try:
        with arrow.parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_BATCH):
                yield from batch.to_pylist()
    except arrow.ArrowException as error:
        raise ValueError(str(error)) from error


def _parquet_without(path: Path, target: Path, numbers: Collection[int]) -> None:
    arrow = parquet.require()
    with (
        arrow.parquet.ParquetFile(path) as file,
        parquet.parquet_writer(target, file.schema_arrow, dictionary=_dictionaries(file)) as writer,
    ):
        first = 0
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            kept = [at for at in range(table.num_rows) if first + at not in numbers]
            first += table.num_rows
            if kept:
                table = table if len(kept) == table.num_rows else table.take(arrow.array(kept, arrow.int64()))
                writer.write_table(table, row_group_size=table.num_rows)


def _dictionaries(file: Any) -> Sequence[str] | bool:
    """The columns with dictionaries in a file."""
    if not file.num_row_groups:
        return True
    group = file.metadata.row_group(0)
    columns = [group.column(at) for at in range(group.num_columns)]
    return sorted({column.path_in_schema for column in columns if column.has_dictionary_page})


# --- databases and workbooks ------------------------------------------------------------------------------------


def _sqlite_rows(path: Path) -> Iterator[Row]:
    with closing(sqlite3.connect(f"file:{_quoted(path)}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        for row in database.execute("SELECT * FROM articles ORDER BY rowid"):
            yield dict(row)


def _sqlite_without(path: Path, target: Path, numbers: Collection[int]) -> None:
    """The database rewritten by the writer of exports: rows deleted in place would leave their bytes."""
    rows = (row for number, row in enumerate(_sqlite_rows(path)) if number not in numbers)
    with closing(sqlite3.connect(f"file:{_quoted(path)}?mode=ro", uri=True)) as database:
        names = [name for _, name, *_ in database.execute("PRAGMA table_info(articles)")]
    sqlite.write_sqlite(target, rows, names, 0)


def _quoted(path: Path) -> str:
    from urllib.parse import quote

    return quote(str(path.resolve()))


def _xlsx_without(path: Path, target: Path, numbers: Collection[int]) -> None:
    rows = (row for number, row in enumerate(workbooks.rows(path)) if number not in numbers)
    workbooks.write(target, rows, workbooks.columns(path))


_JSON = FileForm(_json_rows, _json_without)
_FORMS: dict[str, FileForm] = {
    ".jsonl": _JSON,
    ".jsonl.gz": _JSON,
    ".jsonl.zst": _JSON,
    ".csv": FileForm(_csv_rows, _csv_without),
    ".tsv": FileForm(_tsv_rows, _tsv_without),
    ".tmx": FileForm(_tmx_rows, _tmx_without),
    ".ids": FileForm(_moses_rows, _lines_without),
    ".parquet": FileForm(_parquet_rows, _parquet_without),
    ".sqlite": FileForm(_sqlite_rows, _sqlite_without),
    ".xlsx": FileForm(workbooks.rows, _xlsx_without),
}


def lines_without(path: Path, target: Path, numbers: Collection[int]) -> None:
    """Copy a side of a Moses corpus without the lines of these numbers."""
    _lines_without(path, target, numbers)


def numbers_of(rows: Iterable[bool]) -> list[int]:
    """The numbers of the rows that are true."""
    return [number for number, is_gone in enumerate(rows) if is_gone]
