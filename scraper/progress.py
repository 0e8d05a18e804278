"""How long work reports itself: one line that is redrawn on a terminal, plain lines now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import TextIO

# A terminal can be redrawn often; a log should stay readable.
_TERMINAL_SECONDS, _LOG_SECONDS = 0.2, 10.0


class ProgressLine:
    """Shows how far a piece of work is: share, rate, time left, counts by outcome.

    The rate leaves out what was done before this run (`skipped`), or the time left would be wrong after a resume.
    """

    def __init__(self, label: str, *, stream: TextIO | None = None) -> None:
        self._label = label
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._started = time.monotonic()
        self._shown = float("-inf")
        self._width = 0

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
        self._print(" · ".join(parts), last)

    def _print(self, line: str, last: bool) -> None:
        if self._terminal:
            padding = " " * max(0, self._width - len(line))
            self._width = len(line)
            self._stream.write(f"\r{line}{padding}" + ("\n" if last else ""))
        else:
            self._stream.write(line + "\n")
        self._stream.flush()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
