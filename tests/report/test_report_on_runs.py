"""The report on runs: what failed by day, language and reason, the last run's reasons, and backfills."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from making_reports import SEEN, captured, crawl, runs, tables

from pipelines.report import report
from pipelines.storage import ListedAddress, Store, open_store
from pipelines.storage.capture_totals import by_crawl, total
from pipelines.storage.captures import Captures
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
