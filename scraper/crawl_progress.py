"""What a crawl shows while it runs: on a terminal a bar for each day and language, elsewhere a line now and then."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipelines.printable import printable
from scraper.clock import lasting
from scraper.progress import bar_of, columns_of, lines_of, trimmed

_MOST_LINES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day and language: how many of its known addresses are settled."""

    day: str
    language: str
    settled: int
    known: int


def plain_line(outcomes: Mapping[str, int], *, seconds: float) -> str:
    """One line for a log: pages, rate and outcomes so far.

    >>> plain_line({"ok": 10, "blocked": 2}, seconds=4)
    '12 pages in 4 s (3.0 a second): 2 blocked, 10 ok'
    """
    total = sum(outcomes.values())
    counts = ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items())) or "none yet"
    return f"{total} pages in {seconds:.0f} s ({total / max(seconds, 0.001):.1f} a second): {counts}"


def screen(bars: Iterable[Bar], outcomes: Mapping[str, int], *, seconds: float, room: tuple[int, int]) -> list[str]:
    """The lines for a terminal of `room` (columns, lines): unfinished days and languages, then the total.

    The time left is estimated from the addresses known so far and the rate so far.
    """
    every = sorted(bars, key=lambda bar: (bar.day, bar.language), reverse=True)
    open_bars = [bar for bar in every if bar.settled < bar.known]
    left = sum(bar.known - bar.settled for bar in open_bars)
    rate = sum(outcomes.values()) / max(seconds, 0.001)
    columns, height = room
    shown = open_bars[: max(0, height - 3)]
    names = [f"{printable(bar.day)} {printable(bar.language):6}" for bar in shown]
    lines = [bar_of(bar.settled, bar.known, name, columns) for name, bar in zip(names, shown, strict=True)]
    if len(open_bars) > len(shown):
        lines.append(f"... and {len(open_bars) - len(shown)} more days and languages")
    about = f"; {left} left, about {lasting(left / rate)}" if rate > 0 else ""
    lines.append(plain_line(outcomes, seconds=seconds) + about)
    return [trimmed(line, columns) for line in lines]


def terminal_room() -> tuple[int, int]:
    """Columns and lines that the screen may use."""
    return columns_of(sys.stderr), min(lines_of(sys.stderr), _MOST_LINES)
