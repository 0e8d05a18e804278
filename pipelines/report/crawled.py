"""The section of a report on what was listed, what became of it, and how the last run compares with earlier ones."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from heapq import nsmallest
from typing import Any

from pipelines.report.accounts import account_sentence, history, in_words, sum_in_words
from pipelines.report.model import Bars, Chart, Heat, Part, ReportTable, Section, counted, share
from pipelines.storage import LedgerCount, RunRecord
from pipelines.times import calendar_day

_MOST_COLUMNS = 90  # of a chart over time: days, else weeks, else months
_MOST_OUTCOMES = 5  # drawn apart; the others together
_MOST_GAPS = 30
# Not counted as listed: addresses tried on a guess, and what was taken down (docs/crawl.md).
_APART = frozenset({("failed", "no_translation"), ("done", "removed")})


def crawl_section(
    counts: Sequence[LedgerCount], runs: Sequence[RunRecord], manifests: Sequence[Mapping[str, Any]]
) -> Section:
    """How the crawl stands: `counts` are the ledger's, `runs` those of crawls, `manifests` the given accounts."""
    parts: list[Part] = [account_sentence(manifest) for manifest in manifests]
    listed = [
        count if count.day is None or calendar_day(count.day) else replace(count, day=None)  # a damaged row
        for count in counts
        if (count.state, count.outcome) not in _APART
    ]
    if not listed:
        parts.append("The ledger has no address: nothing was crawled into this store.")
    else:
        parts.append(f"All addresses of the ledger: {sum_in_words(_totals(listed))}.")
        if any(count.day for count in listed):
            parts += [_coverage(listed), _outcomes(listed)]
        parts += [_by_language(listed), *_gaps(listed)]
    parts += history(runs, shows_last=not manifests)
    return Section(anchor="crawl", title="Crawl", parts=tuple(parts))


def _became(count: LedgerCount) -> str:
    """What became of an address, in the words of the account."""
    if count.state == "done":
        return "unchanged" if count.outcome == "unchanged" else "stored"
    return "failed" if count.state == "failed" else "left"


def _totals(counts: Sequence[LedgerCount]) -> dict[str, Any]:
    """The account of some addresses, in the form of manifests."""
    sums: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for count in counts:
        sums[_became(count)] += count.addresses
        if count.state == "failed":
            failed[count.outcome or "unknown"] += count.addresses
    names = ("stored", "unchanged", "left")
    return {"listed": sums.total(), **{name: sums[name] for name in names}, "failed": failed}


def _coverage(counts: Sequence[LedgerCount]) -> Chart:
    """Language x time: the share of the listed addresses whose text is stored."""
    unit, columns, place = _periods(sorted({count.day for count in counts if count.day}))
    listed: Counter[tuple[str, str]] = Counter()
    there: Counter[tuple[str, str]] = Counter()
    for count in counts:
        if count.day is None:
            continue
        key = count.language, place[count.day]
        listed[key] += count.addresses
        if count.state == "done":
            there[key] += count.addresses
    rows = tuple(sorted({language for language, _ in listed}))

    def cell(language: str, column: str) -> float | None:
        number = listed[language, column]
        return there[language, column] / number if number else None

    shares = tuple(tuple(cell(language, column) for column in columns) for language in rows)
    cells = [
        (found, language, column)
        for language, line in zip(rows, shares, strict=True)
        for column, found in zip(columns, line, strict=True)
        if found is not None
    ]
    worst = min(cells)
    least = "everything is stored" if worst[0] == 1 else f"least in {worst[1]}, {worst[2]}: {share(worst[0], 1)}"
    return Chart(
        title=f"Share of the listed articles that are stored, by language and {unit}",
        alternative=f"{counted(len(rows), 'language')}, {_many(len(columns), unit)}; {least}.",
        drawing=Heat(
            rows=rows,
            columns=columns,
            shares=shares,
            wanted=1,
            legend=("all are stored", "the more are not, the stronger"),
        ),
        table=ReportTable(
            caption=f"Stored of listed, by language and {unit}",
            columns=(unit, *rows),
            rows=tuple(
                (column, *(_fraction(there[code, column], listed[code, column]) for code in rows)) for column in columns
            ),
        ),
    )


def _many(number: int, unit: str) -> str:
    """A number with its unit, as `_periods` names it."""
    return counted(number, unit.partition(" ")[0])


def _fraction(part: int, whole: int) -> str:
    return f"{part}/{whole}" if whole else ""


def _periods(days: Sequence[str]) -> tuple[str, tuple[str, ...], dict[str, str]]:
    """(unit, its columns without a gap, day -> column), for days as YYYY-MM-DD in order."""
    dates = {day: calendar_day(day) or date.min for day in days}
    first, last = dates[days[0]], dates[days[-1]]
    span = (last - first).days + 1
    if span <= _MOST_COLUMNS:
        columns = tuple((first + timedelta(days=n)).isoformat() for n in range(span))
        return "day", columns, {day: day for day in days}
    monday = first - timedelta(days=first.weekday())
    weeks = ((last - monday).days // 7) + 1
    if weeks <= _MOST_COLUMNS:
        columns = tuple((monday + timedelta(days=7 * n)).isoformat() for n in range(weeks))
        place = {day: columns[(dates[day] - monday).days // 7] for day in days}
        return "week (from its Monday)", columns, place
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months <= _MOST_COLUMNS:
        numbers = (first.year * 12 + first.month - 1 + n for n in range(months))
        return "month", tuple(f"{n // 12:04d}-{n % 12 + 1:02d}" for n in numbers), {day: day[:7] for day in days}
    return "year", tuple(f"{year:04d}" for year in range(first.year, last.year + 1)), {day: day[:4] for day in days}


def _outcomes(counts: Sequence[LedgerCount]) -> Chart:
    unit, columns, place = _periods(sorted({count.day for count in counts if count.day}))
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for count in counts:
        if count.day is not None:
            became = _became(count)
            name = (count.outcome or "unknown") if became == "failed" else became
            found[name][place[count.day]] += count.addresses
    order = sorted(found, key=lambda name: (-sum(found[name].values()), name))
    drawn = order[:_MOST_OUTCOMES]
    series = [(name, tuple(found[name][column] for column in columns)) for name in drawn]
    if rest := order[_MOST_OUTCOMES:]:
        series.append(("others", tuple(sum(found[name][column] for name in rest) for column in columns)))
    return Chart(
        title=f"What became of the listed addresses, by {unit}",
        alternative=", ".join(f"{name}: {sum(found[name].values()):,}" for name in order) + ".",
        drawing=Bars(labels=columns, series=tuple(series)),
        table=ReportTable(
            caption=f"Addresses by outcome and {unit}",
            columns=(unit, *order),
            rows=tuple((column, *(found[name][column] for name in order)) for column in columns),
        ),
    )


def _by_language(counts: Sequence[LedgerCount]) -> ReportTable:
    accounts = _accounts(counts, "language")
    reasons = sorted({reason for found in accounts.values() for reason in found["failed"]})
    return ReportTable(
        caption="Listed addresses by language; those that failed by reason",
        columns=("language", "listed", "stored", "unchanged", "failed", "left", *reasons),
        rows=tuple(
            (code, *_numbers(found), *(found["failed"][reason] for reason in reasons))
            for (code,), found in sorted(accounts.items())
        ),
    )


def _numbers(found: Mapping[str, Any]) -> tuple[int, ...]:
    return found["listed"], found["stored"], found["unchanged"], sum(found["failed"].values()), found["left"]


def _gaps(counts: Sequence[LedgerCount]) -> list[Part]:
    """The days and languages in which most has failed or is left."""
    accounts = _accounts(counts, "day", "language")
    open_ = {key: found["left"] + sum(found["failed"].values()) for key, found in accounts.items()}
    gaps = [key for key, number in open_.items() if number]
    if not gaps:
        return []
    shown = nsmallest(_MOST_GAPS, gaps, key=lambda key: (-open_[key], key))
    more = f"; the largest {len(shown)} of {len(gaps):,}" if len(gaps) > len(shown) else ""
    return [
        ReportTable(
            caption=f"Days and languages in which something failed or is left{more}",
            columns=("day", "language", "listed", "stored", "unchanged", "failed", "left", "why"),
            rows=tuple(
                (day or "(no day)", code, *_numbers(found), in_words(found["failed"]))
                for (day, code), found in ((key, accounts[key]) for key in shown)
            ),
            folded=True,
        )
    ]


def _accounts(counts: Sequence[LedgerCount], *names: str) -> dict[tuple[str, ...], dict[str, Any]]:
    """The account of each value of some columns of the counts."""
    groups: dict[tuple[str, ...], list[LedgerCount]] = defaultdict(list)
    for count in counts:
        groups[tuple(getattr(count, name) or "" for name in names)].append(count)
    return {key: _totals(group) for key, group in groups.items()}
