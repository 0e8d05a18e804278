"""The rows of a workbook that `pipelines.export.xlsx` wrote, read back to be written again without some of its rows."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from pipelines.export import xlsx
from pipelines.record import DATASET
from pipelines.record_types import DAY

_ARTICLES, _CONTINUED = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"
_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LETTERS = re.compile(r"[A-Z]+")
_FIRST_DAY = date(1899, 12, 30)


def columns(path: Path) -> list[str]:
    """The names of the columns."""
    with zipfile.ZipFile(path) as book:
        return [str(value) for value in next(_cells(book, _ARTICLES), {}).values()]


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows, with continued texts joined."""
    with zipfile.ZipFile(path) as book:
        continued: dict[tuple[int, str], list[str]] = {}
        more = _cells(book, _CONTINUED)
        next(more, None)
        for cells in more:
            continued.setdefault((int(cells[0]), str(cells[2])), []).append(str(cells[4]))
        sheet = _cells(book, _ARTICLES)
        names = {at: str(name) for at, name in next(sheet, {}).items()}
        for number, cells in enumerate(sheet, 2):
            row: dict[str, Any] = {}
            for at, name in names.items():
                value = cells.get(at)
                if isinstance(value, str):
                    value += "".join(continued.get((number, name), ()))
                elif value is not None and not isinstance(value, bool) and DATASET[name].type is DAY:
                    value = (_FIRST_DAY + timedelta(days=int(value))).isoformat()
                row[name] = value
            yield row


def write(path: Path, of: Iterator[Mapping[str, Any]], names: Sequence[str]) -> None:
    """Write rows as the export does."""
    xlsx.write_xlsx(path, of, names, xlsx.ROWS_PER_SHEET)


def _cells(book: zipfile.ZipFile, name: str) -> Iterator[dict[int, Any]]:
    """The values of each row of a sheet, by the number of their column."""
    with book.open(name) as stream:
        for _, row in ElementTree.iterparse(stream):  # noqa: S314  # expat's own limits hold for entities
            if row.tag != f"{_SPACE}row":
                continue
            yield {_column(cell.get("r", "")): _value(cell) for cell in row}
            row.clear()


def _column(reference: str) -> int:
    match = _LETTERS.match(reference)
    if match is None:
        raise ValueError(f"a cell has no place ({reference!r:.20})")
    number = 0
    for letter in match[0]:
        number = 26 * number + ord(letter) - 64
    return number - 1


def _value(cell: ElementTree.Element) -> Any:
    kind = cell.get("t")
    if kind == "inlineStr":
        text = "".join(part.text or "" for part in cell.iter(f"{_SPACE}t"))
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    value = cell.findtext(f"{_SPACE}v")
    if kind == "s":
        raise ValueError("its texts are not in its cells: another program has written it")
    if value is None:
        return None
    if kind == "b":
        return value == "1"
    return int(value) if re.fullmatch(r"-?\d+", value) else float(value)
