"""How large the report gets: as much as can be sent by mail."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from making_reports import tables

from pipelines.languages import LANGUAGES
from pipelines.quality.thresholds import THRESHOLDS, Kept
from pipelines.record import QUALITY
from pipelines.report.corpus import corpus_section
from pipelines.report.crawled import crawl_section
from pipelines.report.model import Report, Section
from pipelines.report.page import html
from pipelines.report.quality import Measured, quality_section
from pipelines.report.rules import rule_parts
from pipelines.storage import LedgerCount
from pipelines.storage.exact_copies import Copies, CopyCount
from pipelines.storage.near_copies import NearCopies, NearCount
from pipelines.storage.overview import Agreement, Length, Month, Overview

pytest.importorskip("jinja2", reason="the extra view is not installed")
pytest.importorskip("matplotlib", reason="the extra view is not installed")


def test_a_thousand_days_of_thirty_languages_stay_below_a_megabyte() -> None:
    """Heat maps are pictures, tables have weeks or months; every part that grows by languages is there."""
    codes = sorted(LANGUAGES)[:30]
    days = [date(2023, 1, 1) + timedelta(days=n) for n in range(1000)]
    chance = random.Random(1)
    outcomes = ("ok", "unchanged", "timeout", "server_error", "not_found", "gone", "challenge", "empty")
    counts = [
        LedgerCount(day=str(day), language=code, state="done" if outcome in outcomes[:2] else "failed", outcome=outcome,
              addresses=chance.randrange(1, 999))
        for day in days for code in codes for outcome in chance.sample(outcomes, 2)
    ]  # fmt: skip
    months = sorted({str(day)[:7] for day in days})
    years = [(code, str(year), 98_765) for code in codes for year in range(2015, 2026)]
    numbers = Overview(
        months=tuple(Month(code, month, 12_345, 6_789_012) for code in codes for month in months),
        agreement=tuple(Agreement(code, agrees, 123_456) for code in codes for agrees in (True, False, None)),
        lengths=tuple(Length(code, n, 12_345) for code in codes for n in range(8)),
        publishers=tuple((f"Báo số {n}", 12_345) for n in range(30)), publishers_in_all=300,
        group_sizes=tuple((n, 12_345) for n in range(1, 31)), without=tuple((code, 12_345) for code in codes),
        revisions=((1, 1_000_000), (2, 10_000)), gone=1, slugs_by_month=tuple((month, 13_000) for month in months),
    )  # fmt: skip
    values = dict.fromkeys(QUALITY, 0.1234) | {"truncated_end": False}
    measured = Measured(most=1)
    for code in codes:
        measured.values[code] = [values] * 60
        measured.texts += 60
    kept = [Kept(code, 123_456, tuple(12_345 for _ in THRESHOLDS), 9_876) for code in codes]
    copies = Copies(
        languages=tuple(CopyCount(code, 123_456, 12_345, 1_234) for code in codes), most=((9, ("a-slug",) * 5),) * 10
    )
    near = NearCopies(languages=tuple(NearCount(code, 123_456, 12_345) for code in codes), sizes=(), largest=())
    lines = {f"a rule of {n}": Counter(dict.fromkeys(codes, 12_345)) for n in range(60)}
    sections = (
        crawl_section(counts, [], []),
        corpus_section(numbers, years),
        quality_section(measured, kept, copies, near, of=3_703_680),
        Section(anchor="stripped", title="What was stripped", parts=tuple(rule_parts(lines))),
    )
    page = html(Report(title="t", of=("s",), sections=sections))
    assert len(tables(page)) > 20
    size = len(page.encode())
    assert size < 800_000  # examples and the lens, which languages make no longer, take the rest
