"""A report as one page of HTML: no script, no address outside itself, everything in it escaped."""

from __future__ import annotations

import re
from importlib.resources import files

from pipelines.batch.extras import require
from pipelines.languages import LANGUAGES
from pipelines.printable import printable
from pipelines.report import charts
from pipelines.report.model import Cell, Chart, Excerpts, Report, Table

# Scripts that are written from right to left (ISO 15924).
_RIGHT_TO_LEFT = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo"})
_NUMBER = re.compile(r"-|[\d.,]+ %|\d+/\d+|(?:over|under) [\d.]+ %")


def html(report: Report) -> str:
    """The page, the same bytes for the same report. Raises `UsageError` where an extra is missing."""
    jinja2 = require("jinja2", extra="view", purpose="a report")
    require("matplotlib", extra="view", purpose="a report")
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    template = environment.from_string(files("pipelines.report").joinpath("report.html.j2").read_text(encoding="utf-8"))
    numbers = _numbered(report)
    return str(
        template.render(
            report=report,
            kind=_kind,
            svg=lambda chart: charts.svg(chart, numbers[id(chart)]),
            shown=_shown,
            number=_is_number,
            direction=_direction,
        )
    )


def _numbered(report: Report) -> dict[int, int]:
    every = [part for section in report.sections for part in section.parts if isinstance(part, Chart)]
    return {id(chart): number for number, chart in enumerate(every, 1)}


def _kind(part: object) -> str:
    kinds = ((Chart, "chart"), (Table, "table"), (Excerpts, "excerpts"))
    return next((name for kind, name in kinds if isinstance(part, kind)), "sentence")


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    return f"{cell:,}" if isinstance(cell, (int, float)) else _visible(cell)


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, (int, float)) or (isinstance(cell, str) and _NUMBER.fullmatch(cell) is not None)


def _visible(text: str) -> str:
    """A text whose invisible signs are said: they could turn the line around, or hide what it holds."""
    return printable(text, lines=True)


def _direction(language: str) -> str:
    known = LANGUAGES.get(language)
    return "rtl" if known and known.script in _RIGHT_TO_LEFT else "auto"
