"""What a crawl shows while it runs."""

from __future__ import annotations

import asyncio
import io
import logging
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from scraper.crawl_progress import Bar, plain_line, screen
from scraper.extensions import progress
from scraper.extensions.progress import ProgressExtension

BARS = [
    Bar(day="2025-10-22", language="en", settled=5, known=10),
    Bar(day="2025-10-23", language="fr", settled=0, known=4),
    Bar(day="2025-10-23", language="vi", settled=8, known=8),
]


def test_screen_has_open_bars_rate_and_time_left() -> None:
    """Unfinished days and languages each have a bar, newest first; the sum has the rate and the time left."""
    lines = screen(BARS, {"ok": 12, "blocked": 1}, seconds=6.5, room=(100, 24))
    assert lines == [
        "2025-10-23 fr     |                    | 0/4",
        "2025-10-22 en     |##########          | 5/10",
        "13 pages in 6 s (2.0 a second): 1 blocked, 12 ok; 9 left, about 4 s",
    ]


def test_screen_fits_the_terminal() -> None:
    """No more lines than there is room for, and none too wide; what is not shown is counted."""
    bars = [Bar(day=f"2025-10-{n:02}", language="en", settled=0, known=9) for n in range(1, 31)]
    lines = screen(bars, {"ok": 100}, seconds=10, room=(40, 10))
    assert len(lines) == 9
    assert lines[-2] == "... and 23 more days and languages"
    assert max(map(len, lines)) <= 40


def test_plain_line_before_the_first_page() -> None:
    """Nothing fetched yet is said, without dividing by zero."""
    assert plain_line({}, seconds=0) == "0 pages in 0 s (0.0 a second): none yet"


# ---- the extension


def extension(spider: Any, *, run: Any = None) -> Any:
    """That of a crawl that began two seconds ago."""
    made: Any = ProgressExtension.__new__(ProgressExtension)
    made._crawler = SimpleNamespace(spider=spider, get_extension=lambda kind: run)
    made._since_start = SimpleNamespace(seconds=2.04)
    made._lines = 0
    return made


class Ledger:
    """Of a crawl that has read three pages."""

    def __init__(self) -> None:
        known = [("2025-10-23", "fr", "done", 2), ("2025-10-23", "fr", "failed", 1), ("2025-10-23", "fr", "pending", 4),
                 ("2025-10-23", "vi", "leased", 5)]  # fmt: skip
        self.frontier = SimpleNamespace(outcomes={"ok": 2, "timeout": 1}, known=lambda options: known)

    async def look_up(self, question: Any) -> Any:
        """At once."""
        return question()


def test_what_is_done_or_has_failed_is_settled() -> None:
    """By day and language; a spider without options has no window."""
    bars = extension(SimpleNamespace(options=object()))._bars(Ledger())
    assert sorted(bars, key=lambda bar: bar.language) == [
        Bar(day="2025-10-23", language="fr", settled=3, known=7),
        Bar(day="2025-10-23", language="vi", settled=0, known=5),
    ]
    assert extension(SimpleNamespace())._bars(Ledger()) == []


def test_in_a_log_progress_is_a_line(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """With its figures, and what the spider does besides."""
    monkeypatch.setattr(progress, "_is_screen", lambda: False)
    spider = SimpleNamespace(logger=logging.getLogger("shown"), doing="reading a.warc.gz")
    with caplog.at_level(logging.INFO, logger="shown"):
        asyncio.run(extension(spider).show(Ledger()))
    (record,) = caplog.records
    assert record.getMessage() == "3 pages in 2 s (1.5 a second): 2 ok, 1 timeout; reading a.warc.gz"
    assert record.event_fields == {"event": "progress", "seconds": 2.0, "outcomes": {"ok": 2, "timeout": 1}}  # type: ignore[attr-defined]
    asyncio.run(extension(None).show(Ledger()))


def test_on_a_terminal_the_screen_is_drawn_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was drawn before is wiped, by so many lines; one that has ended stays."""
    out = io.StringIO()
    monkeypatch.setattr(progress, "_is_screen", lambda: True)
    monkeypatch.setattr(progress, "terminal_room", lambda: (60, 10))
    monkeypatch.setattr(progress, "now_drawn", lambda one: None)
    monkeypatch.setattr(sys, "stderr", out)
    shown = extension(
        SimpleNamespace(options=object(), doing="reading a file whose name is longer than the line of the terminal")
    )
    asyncio.run(shown.show(Ledger()))
    first = out.getvalue().splitlines()
    assert first[0].startswith("reading a file")
    assert [line.partition("|")[0].split() for line in first[1:3]] == [["2025-10-23", "vi"], ["2025-10-23", "fr"]]
    assert len(first) == 4
    assert max(map(len, first)) <= 60
    asyncio.run(shown.show(Ledger()))
    assert out.getvalue().count("\x1b[4A\x1b[J") == 1
    shown.end()
    shown.wipe()
    assert out.getvalue().count("\x1b[") == 2


@pytest.mark.parametrize(("level", "lines"), [(logging.DEBUG, 1), (logging.INFO, 0)])
def test_each_page_is_a_line_where_all_is_told(level: int, lines: int, caplog: pytest.LogCaptureFixture) -> None:
    """With the run, the day, the language and what became of it."""
    lease = SimpleNamespace(day="2025-10-23", language="fr", url="https://www.vietnam.vn/fr/a")
    settled: Any = SimpleNamespace(lease=lease, outcome="timeout", detail="")
    spider: Any = SimpleNamespace(logger=logging.getLogger("pages"))
    with caplog.at_level(level, logger="pages"):
        extension(spider, run=SimpleNamespace(run=SimpleNamespace(id=7)))._settled(settled, spider)
        assert len(caplog.records) == lines
        extension(spider)._settled(settled, spider)
    if lines:
        first, second = caplog.records
        assert first.getMessage() == "https://www.vietnam.vn/fr/a: timeout"
        assert first.event_fields == {  # type: ignore[attr-defined]
            "event": "page", "run": 7, "day": "2025-10-23", "language": "fr", "url": lease.url, "outcome": "timeout",
            "detail": None,
        }  # fmt: skip
        assert second.event_fields["run"] is None  # type: ignore[attr-defined]
