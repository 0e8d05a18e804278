"""The report on runs: what failed by day, language and reason, the last run's reasons, and backfills."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from making_reports import SEEN, captured, crawl, runs, tables

from pipelines.report import report
from pipelines.report.accounts import account_sentence, history
from pipelines.report.backfilled import backfill_section
from pipelines.report.model import Chart, Heat, ReportTable
from pipelines.storage import ListedAddress, RunRecord, Store, open_store
from pipelines.storage.capture_totals import by_crawl, total
from pipelines.storage.captures import CaptureCount, Captures
from scraper.cli import main

pytest.importorskip("jinja2", reason="the extra view is not installed")
pytest.importorskip("matplotlib", reason="the extra view is not installed")
pytestmark = pytest.mark.usefixtures("undrawn")


def test_what_failed_is_told_by_day_language_and_reason(store: Store) -> None:
    """The sums of each language hold, and the worst day stands first."""
    crawl(store, days=3, failed=4)
    found = tables(report(store))
    rows = found["Listed addresses by language; those that failed by reason"]
    assert rows[0] == ["language", "listed", "stored", "unchanged", "failed", "left", "timeout"]
    for row in rows[1:]:
        listed, *parts, timeout = map(int, row[1:])
        assert listed == sum(parts)
        assert timeout == parts[2]
    assert sum(int(row[6]) for row in rows[1:]) == 4
    gaps = found["Days and languages in which something failed or is left"]
    assert len(gaps) == 1 + 4
    assert {tuple(row[2:]) for row in gaps[1:]} == {("1", "0", "0", "1", "0", "1 timeout")}


@pytest.mark.parametrize(("failed", "more"), [(30, ""), (31, "; the largest 30 of 31")])
def test_of_many_days_with_failures_the_largest_are_shown(store: Store, failed: int, more: str) -> None:
    """Where all are shown, nothing is said of a number."""
    crawl(store, days=11, failed=failed)
    gaps = tables(report(store))[f"Days and languages in which something failed or is left{more}"]
    assert len(gaps) == 1 + 30


def test_days_that_are_none_break_nothing(store: Store) -> None:
    """A row of a damaged ledger counts as one without a day."""
    entries = [
        ListedAddress(f"https://www.vietnam.vn/d{n}", f"d{n}", "vi", day=day)
        for n, day in enumerate(("2025-09-31", "x"))
    ]
    store.enqueue(entries, now=SEEN)
    assert "2 listed = 0 stored + 0 unchanged + 0 failed + 2 left" in report(store)


def test_the_last_run_of_the_store_is_told_with_its_reasons(store: Store) -> None:
    """Where no account is given; with one, the account speaks."""
    runs(store, 5, 5)
    run = store.start_run("crawl", holder="h", now="2025-10-09T01:00:00Z")
    summary = {"reasons": ["failed: 2 timeout", "not yet tried: 3"], "tried": {"ok": 1}, "texts": {}}
    store.finish_run(run, now="2025-10-09T01:01:00Z", outcome="incomplete", summary=summary)
    told = "The last run, of 2025-10-09 01:00, was incomplete. Reasons: failed: 2 timeout; not yet tried: 3."
    assert told in report(store)
    account = {"started_at": SEEN, "result": "complete", "reasons": []}
    page = report(store, manifests=[account])
    assert told not in page
    assert "The run of 2025-10-24 01:00 was complete." in page


def test_a_backfill_has_its_part(store: Store) -> None:
    """Its sum, with what has no text; captures by year, by language and year, by archive and crawl, as its account."""
    assert "Backfill" not in report(store)
    captured(store)
    counts = Captures(store).counts()
    page = report(store)
    totals = total(counts)
    assert totals["failed"] == {"timeout": 2}
    assert totals["outcomes"] == {"not_article": 2}
    assert (
        f"12 listed = {totals['stored']} stored + {totals['unchanged']} unchanged + 2 no text (2 not_article) + "
        "2 failed (2 timeout) + 1 left." in page
    )
    found = tables(page)
    years = {row[0]: [int(cell) for cell in row[1:]] for row in found["Captures by year"][1:]}
    assert all(listed == sum(parts) for listed, *parts in years.values())
    expected: dict[str, int] = {}
    for row in by_crawl(counts):
        expected[row["year"]] = expected.get(row["year"], 0) + row["listed"]
    assert {year: numbers[0] for year, numbers in years.items()} == expected
    crawls = found["Captures by archive and crawl"]
    assert sum(int(row[2]) for row in crawls[1:]) == 12
    assert {row[0] for row in crawls[1:]} == {"commoncrawl", "internetarchive"}


def test_the_account_of_a_backfill_is_told_in_its_part(tmp_path: Path) -> None:
    """`report --manifest` tells a backfill's account from a crawl's."""
    path = tmp_path / "store.db"
    with open_store(str(path)) as opened:
        captured(opened)
        counts = Captures(opened).counts()
    account = {"result": "incomplete", "reasons": ["not yet tried: 1"], "started_at": SEEN, "totals": total(counts)}
    file = tmp_path / "backfill.json"
    file.write_text(json.dumps({**account, "crawls": by_crawl(counts)}))
    out = tmp_path / "report.html"
    assert main(["report", "--store", str(path), "--manifest", str(file), "--out", str(out)]) == 0
    part = out.read_text(encoding="utf-8").partition('id="backfill"')[2]
    assert "was incomplete: 12 listed = " in part
    assert "Reasons: not yet tried: 1." in part


def test_a_backfill_whose_report_cannot_be_written_is_not_begun(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Over its own store, or of a dry run: wrong usage, and nothing is made."""
    store = tmp_path / "s.db"
    common = ["backfill", "--from", "commoncrawl", "--store", str(store)]
    assert main([*common, "--report", str(store)]) == 2
    assert main([*common, "--report", str(tmp_path / "r.html"), "--dry-run"]) == 2
    assert "--dry-run" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def run(day: int, *, pages: int = 100, minutes: float | None = 2, outcome: str | None = "complete") -> RunRecord:
    """A run of a day of October, which took so long; None for one that has not ended."""
    began = f"2025-10-{day:02d}T01:00:00Z"
    ended = None if minutes is None else f"2025-10-{day:02d}T01:{int(minutes):02d}:{round(minutes % 1 * 60):02d}Z"
    summary = {"tried": {"ok": pages}, "texts": {"new": pages - 60, "revision": 7}, "reasons": ["timeout: 1"]}
    return RunRecord(
        id=day, command="crawl", holder="h", started_at=began, finished_at=ended, outcome=outcome, options={},
        summary=summary,
    )  # fmt: skip


def test_each_run_is_a_row() -> None:
    """The last one first: when it began, its result, its minutes, pages, texts that are new or revised, its reasons."""
    *_, table = history([run(1, minutes=1.5), run(2, minutes=None, outcome=None)], shows_last=True)
    assert isinstance(table, ReportTable)
    assert table.rows == (
        ("2025-10-02 01:00", "not ended", None, 100, 40, 7, "timeout: 1."),
        ("2025-10-01 01:00", "complete", 1.5, 100, 40, 7, "timeout: 1."),
    )


def test_of_a_run_whose_figures_are_unknown_nothing_is_made_up() -> None:
    """An earlier version wrote no summary."""
    _, table = history([replace(run(1), summary={})], shows_last=True)
    assert isinstance(table, ReportTable)
    assert table.rows == (("2025-10-01 01:00", "complete", 2.0, 0, None, None, ""),)


@pytest.mark.parametrize(("number", "more"), [(30, ""), (31, "; 1 earlier ones are not shown")])
def test_of_many_runs_the_last_thirty_are_shown(number: int, more: str) -> None:
    """And the others are counted."""
    made = [run(1 + n % 28, pages=100 + n) for n in range(number)]
    *_, table = history(made, shows_last=False)
    assert isinstance(table, ReportTable)
    assert table.caption == f"Runs, the last one first{more}"
    assert [row[3] for row in table.rows] == [99 + number - n for n in range(30)]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ([run(5, minutes=None, outcome=None)], "The last run began at 2025-10-05 01:00 and has not ended."),
        ([run(5)], "The last run, of 2025-10-05 01:00, was complete. Reasons: timeout: 1."),
        ([run(n) for n in range(1, 6)], "Unusual about the last finished run, beside 4 before it: nothing."),
        (
            [*(run(n) for n in range(1, 6)), run(6, pages=900)],
            "Unusual about the last finished run, beside 5 before it: "
            "texts new 840 (usually 40); pages ok 900 (usually 100); pages 900 (usually 100).",
        ),
        # One that still runs is neither compared nor compared with.
        (
            [*(run(n) for n in range(1, 6)), run(6, minutes=None, outcome=None)],
            "Unusual about the last finished run, beside 4 before it: nothing.",
        ),
    ],
)
def test_how_the_last_run_stands_beside_the_others(made: list[RunRecord], said: str) -> None:
    """Once there are enough of them: whether it has ended, and what of it is far from what is usual."""
    sentences = [part for part in history(made, shows_last=True) if isinstance(part, str)]
    assert sentences[-1] == said


def test_long_reasons_are_cut_off_in_sight() -> None:
    """A run may have failed for a thousand reasons: the page says that there are more."""
    given = {"result": "failed", "started_at": SEEN}
    told = account_sentence({**given, "reasons": [f"reason {n}" for n in range(1000)]})
    assert told.endswith("….")
    assert len(told) < 700
    assert account_sentence({**given, "reasons": ["x" * 500]}).endswith("x.")
    assert account_sentence({**given, "reasons": "a text"}) == "The run of 2025-10-24 01:00 was failed."


COUNTS = [
    CaptureCount("commoncrawl", "CC-MAIN-2023-40", "2023", "en", "done", "ok", 8, 6),
    CaptureCount("commoncrawl", "CC-MAIN-2023-40", "2023", "fr", "failed", "timeout", 3, 0),
    CaptureCount("commoncrawl", "CC-MAIN-2024-10", "2024", "en", "done", "not_article", 2, 0),
    CaptureCount("commoncrawl", "CC-MAIN-2024-10", "2024", "fr", "pending", None, 1, 0),
    CaptureCount("internetarchive", "", "2024", "fr", "done", "ok", 4, 1),
]


def test_captures_are_told_by_year_language_and_crawl() -> None:
    """What has no text is done as well; an archive that knows no crawls has a row of its own."""
    section = backfill_section(COUNTS, [], [])
    said, years, stored, crawls = section.parts
    assert said == (
        "All captures that the archives list: 18 listed = 7 stored + 5 unchanged + 2 no text (2 not_article) + "
        "3 failed (3 timeout) + 1 left."
    )
    assert isinstance(years, Chart)
    assert years.alternative == "2 years; most in 2023: 11."
    assert years.table.rows == (("2023", 11, 6, 2, 0, 3, 0), ("2024", 7, 1, 3, 2, 0, 1))
    assert isinstance(stored, Chart)
    assert isinstance(stored.drawing, Heat)
    assert stored.alternative.startswith("4 captures still to be had;")
    assert (stored.drawing.rows, stored.drawing.columns) == (("en", "fr"), ("2023", "2024"))
    assert stored.drawing.shares == ((1.0, 1.0), (0.0, 0.8))
    assert stored.drawing.wanted == 1
    assert stored.table.rows == (("en", "8/8", "0/2"), ("fr", "0/3", "4/5"))
    assert isinstance(crawls, ReportTable)
    assert crawls.rows == (
        ("commoncrawl", "CC-MAIN-2023-40", 11, 6, 2, 0, 3, 0, "3 timeout"),
        ("commoncrawl", "CC-MAIN-2024-10", 3, 0, 0, 2, 0, 1, "2 not_article"),
        ("internetarchive", "-", 4, 1, 3, 0, 0, 0, ""),
    )


def test_where_nothing_was_captured_there_is_no_share() -> None:
    """A language that has no capture in a year: neither all nor nothing of it is done."""
    _, _, stored, _ = backfill_section([*COUNTS[:1], *COUNTS[4:]], [], []).parts
    assert isinstance(stored, Chart)
    assert isinstance(stored.drawing, Heat)
    assert stored.drawing.shares == ((1.0, None), (None, 1.0))
    assert stored.table.rows == (("en", "8/8", ""), ("fr", "", "4/4"))


@pytest.mark.parametrize(("number", "more"), [(40, ""), (41, "; 1 earlier crawls are not shown")])
def test_of_many_crawls_the_last_forty_are_shown(number: int, more: str) -> None:
    """Common Crawl has made more than a hundred."""
    counts = [
        CaptureCount("commoncrawl", f"CC-MAIN-{2000 + n}-10", str(2000 + n), "fr", "done", "ok", 1, 1)
        for n in range(number)
    ]
    *_, crawls = backfill_section(counts, [], []).parts
    assert isinstance(crawls, ReportTable)
    assert crawls.caption == f"Captures by archive and crawl{more}"
    assert [row[1] for row in crawls.rows] == [f"CC-MAIN-{2000 + n}-10" for n in range(number - 40, number)]
