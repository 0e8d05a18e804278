"""A workbook of Excel: one sheet of rows, written row by row, and one for what is too long for a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from pipelines.export.cutting import Cut, Row
from pipelines.export.failures import ExportError
from pipelines.export.tables import cell
from pipelines.record import DATASET
from pipelines.record_types import DAY
from pipelines.times import calendar_day

ROWS_PER_SHEET = 1_048_575  # a sheet has 2^20, and the header is one
_CHARACTERS = 32_767  # of a cell, in units of UTF-16
_ARTICLES, _CONTINUED = "articles", "continued"
_CONTINUED_COLUMNS = ("row", "id", "column", "part", "text")
# What XML 1.0 cannot hold; a carriage return is written as an end of line, which is all that a cell can hold.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "use_zip64": True,
}


def require() -> Any:
    """XlsxWriter, or `ExportError` that names the extra."""
    try:
        import xlsxwriter
    except ImportError:
        raise ExportError("xlsx needs XlsxWriter, which is not installed; pip install 'vietnamvn[xlsx]'") from None
    return xlsxwriter


def write_xlsx(path: Path, rows: Iterator[Row], columns: Sequence[str], most: int) -> int:
    """Write rows into the sheet ``articles``; nothing in it is a formula or a link.

    What a cell cannot hold goes on in the sheet ``continued``: the row's number in its sheet and its id, the column,
    and part 2, 3 and so on of its text. Writes up to `most` rows, at most what a sheet holds; returns their number.
    """
    cut = Cut(source=rows, most_rows=min(most, ROWS_PER_SHEET))
    _write(str(path), {**_OPTIONS, "tmpdir": str(path.parent)}, cut, columns)
    return cut.rows


def workbook(rows: Iterator[Row], columns: Sequence[str]) -> bytes:
    """The same as bytes, without a file: for few rows, since they are all in memory."""
    out = BytesIO()
    _write(out, {**_OPTIONS, "in_memory": True}, Cut(source=rows, most_rows=ROWS_PER_SHEET), columns)
    return out.getvalue()


def _write(out: str | BytesIO, options: dict[str, object], cut: Cut[Row], columns: Sequence[str]) -> None:
    with require().Workbook(out, options) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # equal rows are equal bytes
        days = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet, more = book.add_worksheet(_ARTICLES), book.add_worksheet(_CONTINUED)
        for at, name in enumerate(columns):
            sheet.write_string(0, at, name)
        for at, name in enumerate(_CONTINUED_COLUMNS):
            more.write_string(0, at, name)
        below = 0
        for number, row in enumerate(cut, 1):
            for at, name in enumerate(columns):
                for rest in _write_cell(sheet, number, at, row[name], days if DATASET[name].type is DAY else None):
                    below += 1
                    _write_continued(more, below, (number + 1, row.get("id"), name, *rest))
            cut.bytes += sum(len(value) for value in row.values() if isinstance(value, str))


def _write_cell(sheet: Any, row: int, column: int, value: Any, days: Any) -> list[tuple[int, str]]:
    """Write a value; returns the parts of its text that the cell cannot hold, with their numbers."""
    if value is None:
        return []
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value)
    elif days is not None:
        sheet.write_datetime(row, column, calendar_day(value), days)
    else:
        text = _NOT_XML.sub("\ufffd", cell(value) or "").replace("\r\n", "\n").replace("\r", "\n")
        first, *others = _pieces(text)
        sheet.write_string(row, column, first)
        return list(enumerate(others, 2))
    return []


def _write_continued(sheet: Any, row: int, values: tuple[Any, ...]) -> None:
    for at, value in enumerate(values):
        if isinstance(value, int):
            sheet.write_number(row, at, value)
        elif value is not None:
            sheet.write_string(row, at, value)


def _pieces(text: str) -> list[str]:
    """A text in pieces that a cell can hold; one empty piece for an empty text."""
    size = _CHARACTERS if text.isascii() or max(text) <= "\uffff" else _CHARACTERS // 2
    return [text[at : at + size] for at in range(0, len(text), size)] or [""]
