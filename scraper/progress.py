"""How long work reports itself: one line that is redrawn on a terminal, plain lines now and then elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import TextIO

from scraper.messages import is_drawn, note_progress

# A terminal can be redrawn often; a log should stay readable.
_TERMINAL_SECONDS, _LOG_SECONDS = 0.2, 10.0


class ProgressLine:
    """Shows how far a piece of work is: share, rate, time left, counts by outcome.

    The rate leaves out what was done before this run (`skipped`), or the time left would be wrong after a resume.
    On a terminal it takes one line at most, whatever the width. As a context manager it leaves a line of its own to
    what is printed next, also where the work ends by an error.
    """

    def __init__(self, label: str, *, stream: TextIO | None = None) -> None:
        self._label = label
        self._stream = stream or sys.stderr
        self._is_log = stream is None  # that of messages, whose manner it follows
        self._terminal = is_drawn() if self._is_log else self._stream.isatty()
        self._started = time.monotonic()
        self._shown = float("-inf")
        self._width = 0

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._terminal and self._width:
            self._stream.write("\n")
            self._stream.flush()

    def show(
        self, done: float, total: float, *, rows: int, counts: Mapping[str, int], skipped: int = 0, last: bool = False
    ) -> None:
        """Show `done` of `total` (in any unit) and `rows` so far, unless it was shown a moment ago."""
        now = time.monotonic()
        if not last and now - self._shown < (_TERMINAL_SECONDS if self._terminal else _LOG_SECONDS):
            return
        self._shown = now
        elapsed = max(now - self._started, 1e-9)
        share = done / total if total else 1.0
        parts = [f"{self._label} {share:4.0%}", f"{rows:,} rows"]
        if elapsed >= 1:  # before, a rate is noise
            parts.append(f"{max(0, rows - skipped) / elapsed:,.0f} rows/s")
        if last:
            parts.append(f"in {_clock(elapsed)}")
        elif share > 0:
            parts.append(f"{_clock(elapsed * (1 - share) / share)} left")
        parts += [f"{name} {number:,}" for name, number in counts.items() if number]
        line = " · ".join(parts)
        if self._is_log and not self._terminal:
            figures = {"share": round(share, 4), "rows": rows, "seconds": round(elapsed, 1)}
            note_progress(line, work=self._label, **figures, counts={n: c for n, c in counts.items() if c} or None)
            return
        self._print(line, last)

    def _print(self, line: str, last: bool) -> None:
        if self._terminal:
            line = line[: self._columns()]
            padding = " " * max(0, min(self._width, self._columns()) - len(line))
            self._width = 0 if last else len(line)
            self._stream.write(f"\r{line}{padding}" + ("\n" if last else ""))
        else:
            self._stream.write(line + "\n")
        self._stream.flush()

    def _columns(self) -> int:
        """How many characters a line may have: a terminal breaks the line behind its last one."""
        try:
            columns = os.get_terminal_size(self._stream.fileno()).columns
        except (OSError, ValueError):
            columns = 0
        return max(1, (columns or 80) - 1)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
