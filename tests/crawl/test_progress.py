"""What a crawl shows while it runs."""

from __future__ import annotations

from scraper.crawl_progress import Bar, plain_line, screen

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
