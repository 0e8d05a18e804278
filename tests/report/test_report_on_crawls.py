"""The part of a report on a crawl's ledger, from the numbers that the ledger counts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from pipelines.report.crawled import crawl_section
from pipelines.report.model import Bars, Chart, Heat, ReportTable
from pipelines.storage import LedgerCount


def count(day: str | None, language: str, state: str, outcome: str | None, addresses: int) -> LedgerCount:
    """So many addresses."""
    return LedgerCount(day=day, language=language, state=state, outcome=outcome, addresses=addresses)  # type: ignore[arg-type]


COUNTS = [
    count("2025-10-01", "fr", "done", "ok", 3),
    count("2025-10-01", "fr", "done", "unchanged", 1),
    count("2025-10-01", "vi", "done", "ok", 4),
    count("2025-10-03", "fr", "failed", "timeout", 1),
    count("2025-10-03", "fr", "failed", None, 1),
    count("2025-10-03", "fr", "leased", None, 2),
    count("2025-10-03", "vi", "pending", None, 1),
    count("2025-10-03", "vi", "done", "ok", 3),
    # Not listed: what was tried on a guess, and what was taken down.
    count("2025-10-03", "en", "failed", "no_translation", 50),
    count("2025-10-03", "vi", "done", "removed", 50),
    count(None, "vi", "done", "ok", 1),
]


def parts(counts: list[LedgerCount]) -> dict[str, Any]:
    """The parts of the section by their titles; sentences by their place."""
    found: dict[str, Any] = {}
    for at, part in enumerate(crawl_section(counts, [], []).parts):
        found[part.title if isinstance(part, Chart) else part.caption if isinstance(part, ReportTable) else str(at)] = (
            part
        )
    return found


def test_the_ledger_in_a_sentence() -> None:
    """Without what was never listed; an empty one is told."""
    assert parts(COUNTS)["0"] == (
        "All addresses of the ledger: 17 listed = 11 stored + 1 unchanged + 2 failed (1 timeout, 1 unknown) + 3 left."
    )
    for nothing in ([], COUNTS[8:10]):
        assert list(parts(nothing).values()) == ["The ledger has no address: nothing was crawled into this store."]


def test_stored_texts_are_told_by_day_and_language() -> None:
    """A day without any address is drawn as a gap, not as nothing stored."""
    chart = parts(COUNTS)["Share of the listed articles that are stored, by language and day"]
    assert chart.alternative == "2 languages, 3 days; least in fr, 2025-10-03: 0 %."
    assert isinstance(chart.drawing, Heat)
    assert chart.drawing.columns == ("2025-10-01", "2025-10-02", "2025-10-03")
    assert (chart.drawing.rows, chart.drawing.wanted) == (("fr", "vi"), 1)
    assert chart.drawing.shares == ((1.0, None, 0.0), (1.0, None, 0.75))
    assert chart.table.columns == ("day", "fr", "vi")
    assert chart.table.rows == (("2025-10-01", "4/4", "4/4"), ("2025-10-02", "", ""), ("2025-10-03", "0/4", "3/4"))
    whole = parts(COUNTS[:3])["Share of the listed articles that are stored, by language and day"]
    assert whole.alternative == "2 languages, 1 day; everything is stored."


def test_outcomes_are_told_by_day() -> None:
    """The most frequent first; a failure whose reason nobody knows is one."""
    chart = parts(COUNTS)["What became of the listed addresses, by day"]
    assert chart.alternative == "stored: 10, left: 3, timeout: 1, unchanged: 1, unknown: 1."
    assert isinstance(chart.drawing, Bars)
    assert dict(chart.drawing.series) == {
        "stored": (7, 0, 3), "left": (0, 0, 3), "timeout": (0, 0, 1), "unchanged": (1, 0, 0), "unknown": (0, 0, 1)
    }  # fmt: skip
    assert chart.table.rows[0] == ("2025-10-01", 7, 0, 0, 1, 0)


@pytest.mark.parametrize(("kinds", "others"), [(5, False), (6, True)])
def test_five_outcomes_are_drawn_apart(kinds: int, others: bool) -> None:
    """The rest together; the table has them all."""
    counts = [count("2025-10-01", "fr", "failed", f"reason{n}", 10 - n) for n in range(kinds)]
    counts += [count("2025-10-02", "fr", "failed", f"reason{n}", 1) for n in range(kinds)]
    chart = parts(counts)["What became of the listed addresses, by day"]
    assert [name for name, _ in chart.drawing.series] == [f"reason{n}" for n in range(5)] + ["others"] * others
    assert len(chart.table.columns) == 1 + kinds
    if others:
        assert chart.drawing.series[-1] == ("others", (5, 1))


FIRST = date(2025, 10, 1)  # a Wednesday


@pytest.mark.parametrize(
    ("days", "unit", "columns", "first", "last"),
    [
        (1, "day", 1, "2025-10-01", "2025-10-01"),
        (90, "day", 90, "2025-10-01", "2025-12-29"),
        (91, "week (from its Monday)", 14, "2025-09-29", "2025-12-29"),
        (90 * 7 - 2, "week (from its Monday)", 90, "2025-09-29", "2027-06-14"),
        (90 * 7 - 1, "month", 21, "2025-10", "2027-06"),
        (2739, "month", 90, "2025-10", "2033-03"),
        (2740, "year", 9, "2025", "2033"),
    ],
)
def test_time_is_told_in_units_that_fit(days: int, unit: str, columns: int, first: str, last: str) -> None:
    """Ninety columns at most, none left out between; the ends are where they belong."""
    ends = [FIRST, FIRST + timedelta(days=days - 1)]
    counts = [count(day.isoformat(), "fr", "done", "ok", 2) for day in dict.fromkeys(ends)]
    chart = parts(counts)[f"Share of the listed articles that are stored, by language and {unit}"]
    found = chart.drawing.columns
    assert (len(found), found[0], found[-1]) == (columns, first, last)
    assert len(set(found)) == columns
    shares = chart.drawing.shares[0]
    assert (shares[0], shares[-1]) == (1.0, 1.0)
    assert set(shares[1:-1]) <= {None}


def test_languages_are_told_with_the_reasons_of_their_failures() -> None:
    """Those without a day count too."""
    table = parts(COUNTS)["Listed addresses by language; those that failed by reason"]
    assert table.columns == ("language", "listed", "stored", "unchanged", "failed", "left", "timeout", "unknown")
    assert table.rows == (("fr", 8, 3, 1, 2, 2, 1, 1), ("vi", 9, 8, 0, 0, 1, 0, 0))


def test_days_with_gaps_are_told_the_largest_first() -> None:
    """What has failed and what is left; a day that is none is told as that."""
    caption = "Days and languages in which something failed or is left"
    table = parts([*COUNTS, count("2025-13-01", "ja", "failed", "gone", 9)])[caption]
    assert table.rows == (
        ("(no day)", "ja", 9, 0, 0, 9, 0, "9 gone"),
        ("2025-10-03", "fr", 4, 0, 0, 2, 2, "1 timeout, 1 unknown"),
        ("2025-10-03", "vi", 4, 3, 0, 0, 1, ""),
    )
    assert table.folded
    assert caption not in parts(COUNTS[:3])


def test_where_no_address_has_a_day_nothing_is_drawn() -> None:
    """The tables are there."""
    found = parts([COUNTS[-1]])
    assert not [title for title in found if "by day" in title]
    assert "Listed addresses by language; those that failed by reason" in found
