"""Drawings as inline SVG, by matplotlib: no script, no font file, and the colours of the page."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from html import escape
from io import StringIO
from typing import Any

from pipelines.batch.extras import require
from pipelines.printable import printable
from pipelines.report.model import Bars, Chart, Heat

_WIDTH = 7.4  # inches of 72 points: the page scales it to its own width
_BAR, _LEAST, _MOST = 0.24, 1.6, 9.0  # inches
_LINE = 96  # characters of all labels below an axis; more would run into each other
_MOST_UPRIGHT = 20
_LONGEST = 40  # characters of a label
_FEW = 8  # bars or cells beside each other that fill the width
_LETTER = 0.08  # inches
_WANTED, _AWAY = (31, 119, 180), (224, 108, 16)  # of a heat map, as RGB; distinct on dark and light
# Placeholders for the page's own colours, which differ by light and dark.
_INK, _GRID, _PAPER = "#0f0f01", "#0f0f02", "#0f0f03"
_SERIES = tuple(f"#0f0f1{n}" for n in range(6))
_COLOURS = {_INK: "currentColor", _GRID: "var(--grid)", _PAPER: "Canvas"} | {
    colour: f"var(--c{n})" for n, colour in enumerate(_SERIES, 1)
}
_HEAD = re.compile(r"\A.*?(?=<svg)", re.S)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.S)
_ID = re.compile(r"""\bid="|href="#|url\(#""")
_ROOT = re.compile(r"<svg [^>]*?(viewBox=\"[^\"]*\")[^>]*>", re.S)


def svg(chart: Chart, number: int) -> str:
    """A chart as an ``svg`` element; `number` keeps its ids apart from those of the page's other charts.

    The same chart gives the same bytes. Raises `VietnamvnError` where matplotlib is missing.
    """
    matplotlib = require("matplotlib", extra="view", purpose="a report")
    figure_class = require("matplotlib.figure", extra="view", purpose="a report").Figure
    # A fixed salt: else the ids in the drawing differ on every run.
    style = {"svg.hashsalt": "vietnamvn", "svg.fonttype": "none", "font.family": "sans-serif"}
    with matplotlib.rc_context(style):
        figure = figure_class(figsize=(_WIDTH, _height(chart.drawing)), layout="constrained")
        figure.patch.set_alpha(0)
        axes = figure.add_subplot()
        _plain(axes)
        if isinstance(chart.drawing, Heat):
            _draw_heat(axes, chart.drawing)
        else:
            _draw_bars(axes, chart.drawing)
        return _inline(_written(figure), chart, number)


def _height(drawing: Bars | Heat) -> float:
    if isinstance(drawing, Heat):
        names = _LETTER * max(map(len, drawing.columns), default=0) if _is_upright(drawing.columns) else 0
        return min(_MOST, max(_LEAST, 1.1 + _BAR * len(drawing.rows))) + names
    return min(_MOST, max(_LEAST, 0.6 + _BAR * len(drawing.labels))) if drawing.horizontal else 2.6


def _is_upright(names: Sequence[str]) -> bool:
    """Whether names below a heat map are set upright: if they are few, but would overlap side by side."""
    return len(names) <= _MOST_UPRIGHT and len(_spread(names)) < len(names)


def _plain(axes: Any) -> None:
    axes.patch.set_alpha(0)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0, labelcolor=_INK, labelsize=9)


def _draw_bars(axes: Any, bars: Bars) -> None:
    places = range(len(bars.labels))
    below = [0] * len(bars.labels)
    for (name, numbers), colour in zip(bars.series, _SERIES * (1 + len(bars.series) // len(_SERIES)), strict=False):
        if bars.horizontal:
            axes.barh(places, numbers, left=below, color=colour, label=_label(name), height=0.8)
        else:
            axes.bar(places, numbers, bottom=below, color=colour, label=_label(name), width=0.8)
        below = [one + other for one, other in zip(below, numbers, strict=True)]
    named, numbered = (axes.yaxis, axes.xaxis) if bars.horizontal else (axes.xaxis, axes.yaxis)
    shown = list(places) if bars.horizontal else _spread(bars.labels)
    if not bars.horizontal:  # a few bars stay bars
        axes.set_xlim(-0.6, max(len(bars.labels), _FEW) - 0.4)
    _name(named, shown, bars.labels)
    if bars.horizontal:
        axes.invert_yaxis()
    numbered.grid(visible=True, color=_GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    ticks = numbered.get_major_locator()
    ticks.set_params(integer=True)
    numbered.set_major_formatter(lambda value, _: f"{value:,.0f}")
    if len(bars.series) > 1:
        legend = axes.figure.legend(loc="outside upper left", ncols=6, frameon=False, labelcolor=_INK, fontsize=9)
        for text in legend.get_texts():
            text.set_parse_math(False)


def _draw_heat(axes: Any, heat: Heat) -> None:
    numpy = require("numpy", extra="view", purpose="a report")
    patches = require("matplotlib.patches", extra="view", purpose="a report")
    # One picture, not a rectangle a cell; the further a share is from the wanted one, the stronger its colour.
    cells = numpy.zeros((len(heat.rows), len(heat.columns), 4), dtype=numpy.uint8)
    for row, shares in enumerate(heat.shares):
        for column, found in enumerate(shares):
            if found is not None:
                away = abs(found - heat.wanted)
                cells[row, column] = (*_AWAY, round(70 + 185 * away)) if away else (*_WANTED, 255)
    axes.imshow(cells, aspect="auto", interpolation="none")
    axes.set_xlim(-0.5, max(len(heat.columns), _FEW) - 0.5)  # a few cells stay cells
    _name(axes.yaxis, range(len(heat.rows)), heat.rows)
    upright = _is_upright(heat.columns)
    _name(axes.xaxis, range(len(heat.columns)) if upright else _spread(heat.columns), heat.columns)
    for axis, number in ((axes.yaxis, len(heat.rows)), (axes.xaxis, len(heat.columns))):
        axis.set_ticks([at - 0.5 for at in range(1, number)], minor=True)
        axis.grid(visible=True, which="minor", color=_PAPER, linewidth=0.8)
    axes.tick_params(which="minor", length=0)
    if upright:
        axes.tick_params(axis="x", labelrotation=90)
    swatches = [
        patches.Patch(color=[part / 255 for part in colour], label=name)
        for colour, name in zip((_WANTED, _AWAY), heat.legend, strict=True)
    ]
    axes.figure.legend(handles=swatches, loc="outside upper left", ncols=2, frameon=False, labelcolor=_INK, fontsize=9)


def _name(axis: Any, places: Sequence[int], labels: Sequence[str]) -> None:
    # Names come from anywhere: a dollar sign must not begin a formula.
    axis.set_ticks(list(places), [_label(labels[at]) for at in places], parse_math=False)


def _label(text: str) -> str:
    text = printable(text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _spread(labels: Sequence[str]) -> list[int]:
    """Places of labels that do not overlap: the first of each step.

    >>> _spread(["2025"] * 3), _spread(["2025-10-21"] * 30)
    ([0, 1, 2], [0, 4, 8, 12, 16, 20, 24, 28])
    """
    most = max(1, _LINE // (2 + max(map(len, labels), default=0)))
    return list(range(0, len(labels), -(-len(labels) // most)))


def _written(figure: Any) -> str:
    out = StringIO()
    with warnings.catch_warnings():
        # Its own font lacks most scripts: the browser draws the texts, with fonts that have them.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


def _inline(text: str, chart: Chart, number: int) -> str:
    """The drawing as a part of a page, with title and description for screen readers."""
    text = _METADATA.sub("", _HEAD.sub("", text))
    for drawn, named in _COLOURS.items():
        text = text.replace(drawn, named)
    text = _ID.sub(lambda found: f"{found[0]}chart{number}-", text)
    head = f'<svg class="chart" role="img" aria-labelledby="chart{number}-title chart{number}-told"'
    labels = f'<title id="chart{number}-title">{_escaped(chart.title)}</title>'
    labels += f'<desc id="chart{number}-told">{_escaped(chart.alternative)}</desc>'
    return _ROOT.sub(lambda found: f"{head} {found[1]}>{labels}", text, count=1).strip()


def _escaped(text: str) -> str:
    return escape(printable(text))
