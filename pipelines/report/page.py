"""A report as one page of HTML: no script, no address outside itself, everything in it escaped."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from pipelines.batch.extras import require
from pipelines.report import charts
from pipelines.report.model import Cell, Chart, Excerpts, Report, ReportTable
from pipelines.report.templates import style, templates, visible

_NUMBER = re.compile(r"-|[\d,]+ \(.*%\)|[\d.,]+ %|\d+/\d+|(?:over|under) [\d.]+ %")


def html(report: Report) -> str:
    """The page, the same bytes for the same report. Raises `UsageError` where an extra is missing."""
    template = _template()
    require("matplotlib", extra="view", purpose="a report")
    numbers = _numbered(report)
    return str(
        template.render(
            report=report,
            kind=_kind,
            svg=lambda chart: charts.svg(chart, numbers[id(chart)]),
            shown=_shown,
            number=_is_number,
            direction=_direction,
            style=style(),
        )
    )


@cache
def _template() -> Any:
    return templates(purpose="a report").get_template("report.html.j2")


def _numbered(report: Report) -> dict[int, int]:
    every = [part for section in report.sections for part in section.parts if isinstance(part, Chart)]
    return {id(chart): number for number, chart in enumerate(every, 1)}


def _kind(part: object) -> str:
    kinds = ((Chart, "chart"), (ReportTable, "table"), (Excerpts, "excerpts"))
    return next((name for kind, name in kinds if isinstance(part, kind)), "sentence")


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    return f"{cell:,}" if isinstance(cell, (int, float)) else visible(cell)


def _direction(text: str) -> str:
    """The attribute ``dir`` of a line of a page, by most of its letters: stripped lines are often in another language.

    >>> _direction("VNA - يفتح سوق كاي رانغ"), _direction("Hotline"), _direction("2025")
    ('rtl', 'ltr', 'auto')
    """
    kinds = [unicodedata.bidirectional(character) for character in text]
    left, right = kinds.count("L"), kinds.count("R") + kinds.count("AL")
    return "auto" if not left + right else "rtl" if right > left else "ltr"


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, (int, float)) or (isinstance(cell, str) and _NUMBER.fullmatch(cell) is not None)
