"""CSV: for the readers of data, and (with a byte-order mark, and nothing that calculates) for spreadsheets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pipelines.export.cutting import Cut, Row

BYTE_ORDER_MARK = "\ufeff"
_QUOTED = re.compile(r'[",\r\n]|\A\s|\s\Z')  # white space at the ends, since some readers strip it
# What a spreadsheet takes for the start of a formula, also in full width (OWASP: CSV injection).
_FORMULA = re.compile("[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_BUFFERED = 1 << 20  # characters


def write_csv(path: Path, rows: Iterator[Row], columns: Sequence[str], most: int) -> int:
    r"""RFC 4180 in UTF-8 with a header. Null is an empty cell, an empty text ``""``, a list JSON in its cell.

    A NUL becomes U+FFFD: few readers take one. Writes up to `most` rows and returns their number.
    """
    return _write(path, Cut(source=rows, most_rows=most), columns, spreadsheet=False)


def write_excel_csv(path: Path, rows: Iterator[Row], columns: Sequence[str], most: int) -> int:
    """CSV for spreadsheets: after a byte-order mark, with ``'`` before what they would take for a formula."""
    return _write(path, Cut(source=rows, most_rows=most), columns, spreadsheet=True)


def _write(path: Path, rows: Cut[Row], columns: Sequence[str], *, spreadsheet: bool) -> int:
    with path.open("w", encoding="utf-8", newline="", buffering=_BUFFERED) as out:
        for line in csv_lines(rows, columns, spreadsheet=spreadsheet):
            rows.bytes += len(line)
            out.write(line)
    return rows.rows


def csv_lines(rows: Iterable[Row], columns: Sequence[str], *, spreadsheet: bool) -> Iterator[str]:
    """The lines of a file, with their ends; the header first, for spreadsheets after a byte-order mark."""
    yield (BYTE_ORDER_MARK if spreadsheet else "") + ",".join(columns) + "\r\n"
    for row in rows:
        cells = [cell(row[name]) for name in columns]
        if spreadsheet:
            cells = [defused(text) for text in cells]
        # A row of one null cell would be lost: readers skip an empty line.
        yield (",".join([_quoted(text) for text in cells]) or '""') + "\r\n"


def cell(value: Any) -> str | None:
    """A value as the text of a cell; None for null.

    >>> cell(True), cell(["chợ"]), cell(None), cell("")
    ('true', '["chợ"]', None, '')
    """
    if value is None:
        return None
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    return json.dumps(value, ensure_ascii=False)


def defused(text: str | None) -> str | None:
    """A text that no spreadsheet takes for a formula.

    >>> defused("=1+1"), defused("1+1"), defused("-5 %")
    ("'=1+1", '1+1', "'-5 %")
    """
    return f"'{text}" if text is not None and _FORMULA.match(text) else text


def _quoted(text: str | None) -> str:
    if text is None:
        return ""
    if text and not _QUOTED.search(text):
        return text
    return '"' + text.replace('"', '""') + '"'
