"""What a report is made of, before anything is drawn: sections of sentences, tables and charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipelines.languages import LANGUAGES

Cell = str | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """Rows under their columns; `caption` says what one row is. Numbers are set to the right; a share has a ``%``.

    A `folded` one shows only its caption until it is opened.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A stacked bar for each label: `series` maps a name to a number for each label."""

    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[int, ...]], ...]
    horizontal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """A cell for each row and column: a share from 0 to 1, or None where the whole is 0.

    `wanted` is the ideal share, which has a colour of its own; every other share has another colour, the stronger the
    further it is away. `legend` names the two.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    shares: tuple[tuple[float | None, ...], ...]
    wanted: Literal[0, 1]
    legend: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing with its title, its text alternative, and the numbers it is drawn from."""

    title: str
    alternative: str
    drawing: Bars | Heat
    table: ReportTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpts:
    """Lines of pages under a heading, in any script, each with a remark."""

    caption: str
    lines: tuple[tuple[str, str, str], ...]
    """(language of the text or "", the text, the remark)"""


Part = str | ReportTable | Chart | Excerpts
"""A sentence, or something to be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with its parts; `anchor` is its place within the page."""

    anchor: str
    title: str
    parts: tuple[Part, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole report: `of` names what it is drawn from: a line first, then a point for each filter."""

    title: str
    of: tuple[str, ...]
    sections: Sequence[Section]


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun.

    >>> counted(1, "article"), counted(1200, "article"), counted(2, "body", "bodies")
    ('1 article', '1,200 articles', '2 bodies')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def language_name(code: str) -> str:
    """The English name of a language; empty for one outside the table."""
    return LANGUAGES[code].name if code in LANGUAGES else ""


def share(part: float, whole: float) -> str:
    """A share for people.

    >>> share(1, 3), share(0, 0), share(999, 1000), share(1, 10_000)
    ('33 %', '-', '99.9 %', '0.01 %')
    """
    if not whole:
        return "-"
    percent = 100 * part / whole
    if percent in (0, 100) or 1 <= percent <= 99:
        return f"{percent:.0f} %"
    # Neither all nor nothing: never rounded to them.
    for digits in (1, 2, 3):
        text = f"{percent:.{digits}f}"
        if float(text) not in (0, 100):
            return f"{text} %"
    return "over 99.999 %" if percent > 50 else "under 0.001 %"
