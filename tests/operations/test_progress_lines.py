"""What a line of progress says: how far, how fast, how much longer; and how often."""

from __future__ import annotations

import io
import os
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from scraper import progress
from scraper.progress import ProgressLine, bar_of, columns_of, counted, lines_of


class Clock:
    """A clock that is put on by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """In place of that of progress."""
    made = Clock()
    monkeypatch.setattr(progress.time, "monotonic", made)
    return made


@pytest.fixture
def log(clock: Clock) -> io.StringIO:
    """No terminal."""
    return io.StringIO()


@pytest.mark.parametrize(
    ("seconds", "shown", "said"),
    [
        (0, {"done": 0, "total": 4, "rows": 0}, "work   0% · 0 rows · 0:00"),
        (0.9, {"done": 1, "total": 4, "rows": 10}, "work  25% · 10 rows · 0:03 left"),  # too short for a rate
        (1, {"done": 1, "total": 4, "rows": 10}, "work  25% · 10 rows · 10 rows/s · 0:03 left"),
        (10, {"done": 1, "total": 4, "rows": 1000}, "work  25% · 1,000 rows · 100 rows/s · 0:30 left"),
        # What an earlier run did is no speed of this one.
        (10, {"done": 1, "total": 4, "rows": 1000, "skipped": 900}, "work  25% · 1,000 rows · 10 rows/s · 0:30 left"),
        (10, {"done": 1, "total": 4, "rows": 5, "skipped": 900}, "work  25% · 5 rows · 0 rows/s · 0:30 left"),
        (10, {"done": 1, "total": None}, "work · 0:10"),
        (10, {"done": 0, "total": 0}, "work 100% · 0:00 left"),
        (70, {"done": 2, "total": 2, "last": True}, "work 100% · in 1:10"),
        (3700, {"done": 1, "total": 2}, "work  50% · 1:01:40 left"),
        (
            10,
            {"done": 1, "total": 2, "counts": {"ok": 1200, "timeout": 0, "gone": 3}},
            "work  50% · 0:10 left · ok 1,200 · gone 3",
        ),
    ],
)
def test_a_line_in_a_log(seconds: float, shown: dict[str, Any], said: str, clock: Clock, log: io.StringIO) -> None:
    """Share, rows, rate, time left, outcomes that there are."""
    bar = ProgressLine("work", stream=log)
    clock.now += seconds
    bar.show(shown.pop("done"), shown.pop("total"), **shown)
    assert log.getvalue() == said + "\n"


def test_a_log_has_a_line_now_and_then(clock: Clock, log: io.StringIO) -> None:
    """Every ten seconds; the last one in any case."""
    bar = ProgressLine("work", stream=log)
    for seconds in (0, 9.9, 0.2, 5, 6):
        clock.now += seconds
        bar.show(1, 2)
    assert log.getvalue().count("\n") == 3
    bar.show(2, 2, last=True)
    assert log.getvalue().count("\n") == 4
    assert log.getvalue().splitlines()[-1].startswith("work 100% · in ")


@pytest.mark.parametrize(("at_once", "lines"), [(True, 1), (False, 0)])
def test_short_work_may_log_only_its_result(at_once: bool, lines: int, clock: Clock, log: io.StringIO) -> None:
    """Where nothing is shown at once, something is after a while."""
    bar = ProgressLine("work", stream=log, at_once=at_once)
    bar.show(1, 2)
    assert log.getvalue().count("\n") == lines
    clock.now += 11
    bar.show(1, 2)
    assert log.getvalue().count("\n") == lines + 1


class Terminal(io.StringIO):
    """A terminal of no known size."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_a_terminal_is_drawn_often(clock: Clock) -> None:
    """Five times a second, from the beginning on; what is more than the whole is the whole."""
    stream = Terminal()
    with ProgressLine("work", stream=stream, at_once=False) as bar:
        drawn = []
        for seconds, done in ((0, 0), (0.1, 1), (0.15, 2), (0.3, 9)):
            clock.now += seconds
            bar.show(done, 4)
            drawn.append(stream.getvalue().count("work"))
    assert drawn[0] == drawn[1] < drawn[2] < drawn[3]
    assert "100%" in stream.getvalue()
    assert stream.getvalue().endswith("\n")


def test_work_of_which_there_is_none_is_done(clock: Clock) -> None:
    """No division by nothing."""
    stream = Terminal()
    with ProgressLine("work", stream=stream) as bar:
        bar.show(0, 0)
    assert "100%" in stream.getvalue()


def test_items_are_counted_as_they_pass(clock: Clock, log: io.StringIO) -> None:
    """After each has been dealt with."""
    bar = ProgressLine("work", stream=log)
    seen = []
    for item in counted("abc", 3, bar):
        seen.append((item, log.getvalue().rpartition("work")[2]))
        clock.now += 11
    assert [said.partition(" · ")[0] for _, said in seen] == ["", "  33%", "  67%"]
    assert log.getvalue().splitlines()[-1].startswith("work 100% · 3 rows")


@pytest.mark.parametrize(
    ("done", "total", "columns", "drawn"),
    [
        (5, 10, 80, "fr |##########          | 5/10"),
        (20, 10, 80, "fr |####################| 20/10"),
        (0, 0, 80, "fr |                    | 0/0"),
        (5, 10, 12, "fr |# | 5/10"),
        (5, 10, 10, "fr 5/10"),
        (5, 10, 4, "fr 5"),
    ],
)
def test_a_bar_of_a_screen_fits_its_line(done: int, total: int, columns: int, drawn: str) -> None:
    """Twenty signs at most, or as many as there is room for; without room the figures alone."""
    assert len(drawn) <= columns
    assert bar_of(done, total, "fr", columns) == drawn


def test_what_is_no_terminal_has_the_usual_size() -> None:
    """Eighty columns, of which the last stays free, and twenty-four lines."""
    assert (columns_of(io.StringIO()), lines_of(io.StringIO())) == (79, 24)


def test_the_programs_own_log_has_the_figures_beside_the_line(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """For logs that programs read: numbers, and no outcome of which there is none."""
    told: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(progress, "is_drawn", lambda: False)
    monkeypatch.setattr(progress, "note_progress", lambda line, **figures: told.append((line, figures)))
    bar = ProgressLine("work")
    clock.now += 2.04
    bar.show(1, 3, rows=10, counts={"ok": 2, "gone": 0})
    bar.show(1, None, counts={"gone": 0}, last=True)
    assert told == [
        (
            "work  33% · 10 rows · 5 rows/s · 0:04 left · ok 2",
            {"work": "work", "share": 0.3333, "rows": 10, "seconds": 2.0, "counts": {"ok": 2}},
        ),
        ("work · in 0:02", {"work": "work", "share": None, "rows": None, "seconds": 2.0, "counts": None}),
    ]


def test_work_that_is_watched_logs_nothing_at_first(clock: Clock, log: io.StringIO) -> None:
    """Short work logs its result alone; on a terminal it is seen at once."""
    with ProgressLine("work", stream=log) as bar, bar.watching():
        sleep(0.5)
    assert log.getvalue() == ""
    terminal = Terminal()
    with ProgressLine("work", stream=terminal) as bar, bar.watching(lambda: (1, 4, None)):
        sleep(0.5)
    assert "25%" in terminal.getvalue()


def test_a_bar_that_was_wiped_comes_again_at_once(clock: Clock) -> None:
    """A message stands in its place; before there is a bar there is nothing to wipe."""
    stream = Terminal()
    bar = ProgressLine("work", stream=stream)
    bar.wipe()
    bar.show(1, 4)
    bar.show(2, 4)
    assert "50%" not in stream.getvalue()
    bar.wipe()
    bar.show(2, 4)
    assert "50%" in stream.getvalue()
    bar.end()
    bar.end()
    assert stream.getvalue().count("\n") == 1


def test_the_last_drawing_ends_the_line(clock: Clock) -> None:
    """What is printed next begins a new one."""
    stream = Terminal()
    bar = ProgressLine("work", stream=stream)
    bar.show(1, 4)
    bar.show(4, 4, last=True)
    assert stream.getvalue().endswith("\n")
    assert "100%" in stream.getvalue()


@pytest.mark.parametrize(
    ("told", "columns", "lines"), [((100, 50), 99, 50), ((0, 0), 79, 24), ((1, 1), 1, 1), ((2, 3), 1, 3)]
)
def test_a_terminal_tells_its_size(
    told: tuple[int, int], columns: int, lines: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Some tell nothing; a line has one sign at least."""
    monkeypatch.setattr(progress.os, "get_terminal_size", lambda number: os.terminal_size(told))
    with (tmp_path / "x").open("w") as stream:
        assert (columns_of(stream), lines_of(stream)) == (columns, lines)
