"""The rows of a table as lines of text."""

from __future__ import annotations

from collections.abc import Sequence


def joined_rows(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows of a table as lines, their cells joined by bars; no line begins or ends with one.

    In a row with as many cells as the longest one, an empty cell between others keeps its place, so that the value
    behind it stays in its column; not so in a shorter row, whose columns are not known. Columns without a word are
    left out.

    >>> joined_rows([["", "2023", "", "2024"], ["Huế", "", "", "7"], ["Total", ""]])
    ['2023 | 2024', 'Huế | | 7', 'Total']
    """
    columns = max(map(len, rows), default=0)
    full = [row for row in rows if len(row) == columns]
    held = [at for at in range(columns) if any(row[at] for row in full)]
    return [_line([row[at] for at in held] if len(row) == columns else [cell for cell in row if cell]) for row in rows]


def _line(cells: Sequence[str]) -> str:
    filled = [at for at, cell in enumerate(cells) if cell]
    return " ".join(" | ".join(cells[filled[0] : filled[-1] + 1]).split()) if filled else ""
