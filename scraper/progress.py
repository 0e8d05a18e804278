"""Progress of work: a bar (tqdm's) on a terminal, a plain line now and then elsewhere.

Every long command shows its progress by this module. On a terminal it takes one line at most, whatever the width.
Messages appear above it, and the line ends when the work does, however that ends.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from scraper.messages import drawing, is_drawn, no_longer_drawn, note_progress, now_drawn

if TYPE_CHECKING:
    from tqdm import tqdm

# A terminal can be redrawn often; a log should stay readable.
_TERMINAL_SECONDS, _LOG_SECONDS = 0.2, 10.0
_WITH_END = "{desc} {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"
_WITHOUT_END = "{desc} {elapsed}{postfix}"
_DEFAULT_COLUMNS, _LONGEST_BAR = 80, 20


Look = Callable[[], tuple[float, "float | None", "int | None"]]


class ProgressLine:
    """Shows how far a piece of work is: share, rate, time left, counts by outcome.

    The rate leaves out what was done before this run (`skipped`), or the time left would be wrong after a resume.
    In a log the first line comes `at_once`, or after a while, so that short work logs only its result. As a context
    manager it ends its line, also after an error, so that what is printed next starts a new one.
    """

    def __init__(self, label: str, *, stream: TextIO | None = None, at_once: bool = True) -> None:
        self._label = label
        self._stream = stream or sys.stderr
        self._is_log = stream is None  # then it follows the manner of messages
        self._terminal = is_drawn() if self._is_log else self._stream.isatty()
        self._started = time.monotonic()
        self._shown = float("-inf") if at_once or self._terminal else self._started
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.end()

    def show(
        self,
        done: float,
        total: float | None,
        *,
        rows: int | None = None,
        counts: Mapping[str, int] | None = None,
        skipped: int = 0,
        last: bool = False,
    ) -> None:
        """Show `done` of `total` (in any unit; None: unknown) and `rows`, unless it was shown a moment ago."""
        now = time.monotonic()
        if not last and now - self._shown < (_TERMINAL_SECONDS if self._terminal else _LOG_SECONDS):
            return
        self._shown = now
        elapsed = max(now - self._started, 1e-9)
        parts = [] if rows is None else [f"{rows:,} rows"]
        if rows is not None and elapsed >= 1:  # a rate over less is noise
            parts.append(f"{max(0, rows - skipped) / elapsed:,.0f} rows/s")
        counted = {name: number for name, number in (counts or {}).items() if number}
        outcomes = [f"{name} {number:,}" for name, number in counted.items()]
        if self._terminal:
            self._draw(done, total, ", ".join([*parts, *outcomes]))
            if last:
                self.end()
            return
        share = None if total is None else done / total if total else 1.0
        if last:
            parts.append(f"in {_clock(elapsed)}")
        elif share:
            parts.append(f"{_clock(elapsed * (1 - share) / share)} left")
        else:
            parts.append(_clock(elapsed))
        line = " · ".join([self._label if share is None else f"{self._label} {share:4.0%}", *parts, *outcomes])
        if self._is_log:
            figures = {"share": None if share is None else round(share, 4), "rows": rows, "seconds": round(elapsed, 1)}
            note_progress(line, work=self._label, **figures, counts=counted or None)
            return
        self._stream.write(line + "\n")
        self._stream.flush()

    @contextmanager
    def watching(self, look: Look = lambda: (0, None, None)) -> Iterator[None]:
        """Show what `look` returns (done, total, rows) from a thread, for work that cannot report by itself."""
        over = threading.Event()
        if not self._terminal:
            self._shown = self._started

        def go_on() -> None:
            while not over.wait(_TERMINAL_SECONDS):
                done, total, rows = look()
                self.show(done, total, rows=rows)

        thread = threading.Thread(target=go_on, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def end(self) -> None:
        """Leave the bar as it is and end its line; does nothing if no bar was drawn."""
        with drawing:
            bar, self._bar = self._bar, None
            if bar is None:
                return
            no_longer_drawn(self)
            bar.ncols = columns_of(self._stream)
            with suppress(OSError, ValueError):
                bar.close()

    def _draw(self, done: float, total: float | None, postfix: str) -> None:
        with drawing, suppress(OSError, ValueError):  # a closed terminal is no reason to stop
            columns = columns_of(self._stream)
            if total is not None:
                done, total = (1, 1) if total <= 0 else (min(done, total), total)
            if self._bar is None:
                self._bar = _new_bar(self._label, self._stream, done, total, columns)
                now_drawn(self)
            bar = self._bar
            bar.bar_format = _WITHOUT_END if total is None else _WITH_END
            bar.n, bar.total, bar.ncols = done, total, columns
            bar.set_postfix_str(postfix, refresh=False)
            bar.refresh(nolock=True)

    def wipe(self) -> None:
        """Clear the bar; the next `show` draws it again."""
        if self._bar is not None:
            with suppress(OSError, ValueError):
                self._bar.clear(nolock=True)
            self._shown = float("-inf")  # the next `show` draws it at once


class Reached:
    """How many bytes of some files, read one after the other, lie before a place in one of them."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._before: dict[str, int] = {}
        self._sizes: dict[str, int] = {}
        self.total = self.done = 0
        for file in files:
            self._before[file.name] = self.total
            with suppress(OSError):  # reading it reports the error
                self._sizes[file.name] = file.stat().st_size
                self.total += self._sizes[file.name]

    def at(self, file: str, offset: int) -> int:
        """Bytes of all files before `offset` in `file`."""
        return self._before.get(file, 0) + offset

    def finished(self, file: str) -> None:
        """Set `done` to the end of this file."""
        self.done = self._before.get(file, 0) + self._sizes.get(file, 0)


T = TypeVar("T")


def counted(items: Iterable[T], total: int, bar: ProgressLine) -> Iterator[T]:
    """The same items, counted by a bar as they pass."""
    for number, item in enumerate(items, 1):
        yield item
        bar.show(number, total, rows=number)


def columns_of(stream: TextIO) -> int:
    """How many characters a line may have: one less than the width, at which many terminals break the line."""
    return max(1, _size(stream)[0] - 1)


def lines_of(stream: TextIO) -> int:
    """How many lines the terminal has."""
    return _size(stream)[1]


def trimmed(line: str, columns: int) -> str:
    """A line cut to so many terminal cells; letters of some scripts take two."""
    from tqdm.utils import disp_trim

    return str(disp_trim(line, columns))


def bar_of(done: int, total: int, name: str, columns: int) -> str:
    """A bar alone, for a screen of several."""
    from tqdm import tqdm

    share, figures = (min(done, total), max(total, 1)), f"{done}/{total}"
    room = min(_LONGEST_BAR, columns - len(name) - len(figures) - 4)
    if room < 1:
        return trimmed(f"{name} {figures}", columns)
    form = f"{{desc}} |{{bar:{room}}}|"
    drawn = tqdm.format_meter(*share, 0, ncols=columns, prefix=name, ascii=True, bar_format=form)
    return trimmed(f"{drawn} {figures}", columns)


def _size(stream: TextIO) -> tuple[int, int]:
    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return _DEFAULT_COLUMNS, 24
    return size.columns or _DEFAULT_COLUMNS, size.lines or 24


def _new_bar(label: str, stream: TextIO, done: float, total: float | None, columns: int) -> tqdm[Any]:
    from tqdm import tqdm  # only if it is drawn: it takes longer to load than most commands

    tqdm.monitor_interval = 0  # no monitor thread, which is unsafe with fork
    tqdm.set_lock(threading.RLock())  # tqdm's default lock also takes a semaphore between processes
    bar = tqdm(
        desc=label,
        file=stream,
        initial=done,  # what an earlier run did must not count in the rate
        total=total,
        ncols=columns,
        nrows=24,
        position=0,
        leave=True,
        delay=1e9,  # it draws nothing by itself
        bar_format=_WITH_END,
    )
    bar.delay = 0
    return bar


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
