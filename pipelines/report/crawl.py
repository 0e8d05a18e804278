"""The section of a report on what was listed, what became of it, and how the last run compares with those before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from pipelines.baseline import Kind, compare, figures
from pipelines.report.model import Bars, Cell, Chart, Heat, Part, Section, Table, counted, share
from pipelines.storage import Count, Run
from pipelines.times import calendar_day

_MOST_COLUMNS = 90  # of a chart over time: days, else weeks, else months
_MOST_OUTCOMES = 5  # drawn apart; the others together
_SHOWN_RUNS = 30
_SHOWN_FIGURES: tuple[tuple[Kind, str], ...] = (("run", "pages"), ("texts", "new"), ("texts", "revision"))
_NO_TRANSLATION = "no_translation"  # listed by nobody: asked for on the chance (see docs/crawl.md)


def crawl_section(counts: Sequence[Count], runs: Sequence[Run], manifests: Sequence[Mapping[str, Any]]) -> Section:
    """How the crawl stands: `counts` are the ledger's, `manifests` the accounts of runs that were given."""
    parts: list[Part] = [_account_sentence(manifest) for manifest in manifests]
    listed = [count for count in counts if not (count.state == "failed" and count.outcome == _NO_TRANSLATION)]
    if not listed:
        parts.append("The ledger has no address: nothing was crawled into this store.")
    else:
        parts.append(_sentence(listed))
        if any(count.day for count in listed):
            parts += [_coverage(listed), _outcomes(listed)]
        parts.append(_by_language(listed))
    crawls = [run for run in runs if run.command == "crawl"]
    if crawls:
        parts += _history(crawls)
    return Section(anchor="crawl", title="Crawl", parts=tuple(parts))


def _account_sentence(manifest: Mapping[str, Any]) -> str:
    """A run's own account, in words: its result, its sum and its reasons."""
    totals = manifest.get("totals")
    reasons = manifest.get("reasons") or []
    said = f"The run of {str(manifest.get('started_at'))[:16].replace('T', ' ')} was {manifest.get('result')}"
    if isinstance(totals, Mapping):
        failed = sum(totals["failed"].values())
        said += (
            f": {totals['listed']:,} listed = {totals['stored']:,} stored + {totals['unchanged']:,} unchanged + "
            f"{failed:,} failed + {totals['left']:,} left"
        )
    return f"{said}. {'; '.join(map(str, reasons))}".strip()


def _became(count: Count) -> str:
    """What became of an address, as the account calls it."""
    if count.state == "done":
        return "unchanged" if count.outcome == "unchanged" else "stored"
    return "failed" if count.state == "failed" else "left"


def _sentence(counts: Sequence[Count]) -> str:
    sums: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for count in counts:
        sums[_became(count)] += count.addresses
        if count.state == "failed":
            reasons[count.outcome or "unknown"] += count.addresses
    why = ", ".join(f"{number:,} {reason}" for reason, number in sorted(reasons.items(), key=lambda r: (-r[1], r[0])))
    return (
        f"{sum(sums.values()):,} listed = {sums['stored']:,} stored + {sums['unchanged']:,} unchanged + "
        f"{sums['failed']:,} failed{f' ({why})' if why else ''} + {sums['left']:,} left."
    )


def _coverage(counts: Sequence[Count]) -> Chart:
    """Language x time: the share of the listed addresses whose text is there."""
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
    worst = min(
        ((found, language, column) for language, line in zip(rows, shares, strict=True)
         for column, found in zip(columns, line, strict=True) if found is not None),
        default=(1.0, "-", "-"),
    )  # fmt: skip
    return Chart(
        title=f"Share of the listed articles that are stored, by language and {unit}",
        alternative=f"{counted(len(rows), 'language')}, {counted(len(columns), unit)}; least: {worst[1]}, {worst[2]}: "
        f"{share(worst[0], 1)}.",
        drawing=Heat(rows=rows, columns=columns, shares=shares),
        table=Table(
            caption=f"Stored of listed, by language and {unit}",
            columns=(unit, *rows),
            rows=tuple(
                (column, *(_fraction(there[code, column], listed[code, column]) for code in rows)) for column in columns
            ),
        ),
    )


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


def _outcomes(counts: Sequence[Count]) -> Chart:
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
        table=Table(
            caption=f"Addresses by outcome and {unit}",
            columns=(unit, *order),
            rows=tuple((column, *(found[name][column] for name in order)) for column in columns),
        ),
    )


def _by_language(counts: Sequence[Count]) -> Table:
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for count in counts:
        sums[count.language][_became(count)] += count.addresses
    return Table(
        caption="Listed addresses by language",
        columns=("language", "listed", "stored", "unchanged", "failed", "left"),
        rows=tuple(
            (code, sum(s.values()), s["stored"], s["unchanged"], s["failed"], s["left"])
            for code, s in sorted(sums.items())
        ),
    )


# --- the runs -------------------------------------------------------------------------------------------------


def _history(runs: Sequence[Run]) -> Iterator[Part]:
    last = runs[-1]
    if last.finished_at is None:
        yield f"The last run began at {_time(last.started_at)} and has not ended."
    ended = [place for place, run in enumerate(runs) if run.finished_at is not None]
    compared = compare(runs[ended[-1]], runs[: ended[-1]]) if ended else None
    if compared is not None:
        said = "; ".join(map(str, compared.unusual)) or "nothing"
        yield f"Unusual about the last finished run, beside {compared.runs} before it: {said}."
    shown = runs[-_SHOWN_RUNS:]
    before = len(runs) - len(shown)
    rows = tuple(_row(run) for run in reversed(shown))
    yield Table(
        caption="Runs, the last one first" + (f"; {before:,} earlier ones are not shown" if before else ""),
        columns=("began", "result", "minutes", "pages", "new", "revised"),
        rows=rows,
    )


def _row(run: Run) -> tuple[Cell, ...]:
    numbers = figures(run)
    seconds = numbers.get(("run", "seconds"))
    return (
        _time(run.started_at),
        run.outcome or "not ended",
        None if seconds is None else round(seconds / 60, 1),
        *(None if (n := numbers.get(key)) is None else round(n) for key in _SHOWN_FIGURES),
    )


def _time(moment: str) -> str:
    return moment[:16].replace("T", " ")
