"""The section of a report on what archives of the web hold of the site, and what became of each capture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.report.accounts import account_sentence, history, in_words, sum_in_words
from pipelines.report.model import Bars, Chart, Heat, Part, ReportTable, Section, counted
from pipelines.storage import RunRecord
from pipelines.storage.capture_totals import total
from pipelines.storage.captures import CaptureCount

_SHOWN = 40  # crawls: Common Crawl has made more than a hundred


def backfill_section(
    counts: Sequence[CaptureCount], runs: Sequence[RunRecord], manifests: Sequence[Mapping[str, Any]]
) -> Section:
    """How the backfill stands: `counts` have what became of the captures, `manifests` the accounts of runs."""
    parts: list[Part] = [account_sentence(manifest) for manifest in manifests]
    if counts:
        parts.append(f"All captures that the archives list: {sum_in_words(total(counts))}.")
        parts += [_by_year(counts), _stored(counts), _by_crawl(counts)]
    parts += history(runs, shows_last=not manifests)
    return Section(anchor="backfill", title="Backfill from archives", parts=tuple(parts))


def _summed(counts: Sequence[CaptureCount], *names: str) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """The account of each value of some columns of the counts, in order."""
    groups: dict[tuple[str, ...], list[CaptureCount]] = {}
    for count in counts:
        groups.setdefault(tuple(str(getattr(count, name)) for name in names), []).append(count)
    for key, group in sorted(groups.items()):
        yield key, total(group)


def _by_year(counts: Sequence[CaptureCount]) -> Chart:
    years = [(key[0], found) for key, found in _summed(counts, "year")]
    became = {
        "stored": [found["stored"] for _, found in years],
        "unchanged": [found["unchanged"] for _, found in years],
        "no text": [sum(found["outcomes"].values()) for _, found in years],
        "failed": [sum(found["failed"].values()) for _, found in years],
        "left": [found["left"] for _, found in years],
    }
    most = max(years, key=lambda row: (row[1]["listed"], row[0]))
    return Chart(
        title="Captures by year",
        alternative=f"{counted(len(years), 'year')}; most in {most[0]}: {most[1]['listed']:,}.",
        drawing=Bars(
            labels=tuple(year for year, _ in years),
            series=tuple((name, tuple(numbers)) for name, numbers in became.items() if any(numbers)),
        ),
        table=ReportTable(
            caption="Captures by year",
            columns=("year", "listed", *became),
            rows=tuple(
                (year, found["listed"], *(numbers[at] for numbers in became.values()))
                for at, (year, found) in enumerate(years)
            ),
        ),
    )


def _stored(counts: Sequence[CaptureCount]) -> Chart:
    """Language x year: the share of the captures whose outcome is final."""
    found = dict(_summed(counts, "language", "year"))
    languages, years = (tuple(sorted({key[at] for key in found})) for at in (0, 1))

    def done(totals: Mapping[str, Any]) -> int:
        return int(totals["listed"] - totals["left"] - sum(totals["failed"].values()))

    open_ = sum(totals["listed"] - done(totals) for totals in found.values())
    return Chart(
        title="Share of the captures that are done, by language and year",
        alternative=f"{counted(open_, 'capture')} still to be had; a capture without a text is done too.",
        drawing=Heat(
            rows=languages,
            columns=years,
            shares=tuple(
                tuple(
                    done(found[code, year]) / found[code, year]["listed"] if (code, year) in found else None
                    for year in years
                )
                for code in languages
            ),
            wanted=1,
            legend=("all are done", "the more are open, the stronger"),
        ),
        table=ReportTable(
            caption="Texts seen (first or again) of captures listed, by language and year",
            columns=("language", *years),
            rows=tuple(
                (code, *(_texts(found[code, year]) if (code, year) in found else "" for year in years))
                for code in languages
            ),
        ),
    )


def _texts(totals: Mapping[str, Any]) -> str:
    return f"{totals['stored'] + totals['unchanged']}/{totals['listed']}"


def _by_crawl(counts: Sequence[CaptureCount]) -> ReportTable:
    rows = list(_summed(counts, "archive", "crawl"))
    shown = rows[-_SHOWN:]
    before = len(rows) - len(shown)
    return ReportTable(
        caption="Captures by archive and crawl" + (f"; {before:,} earlier crawls are not shown" if before else ""),
        columns=("archive", "crawl", "listed", "stored", "unchanged", "no text", "failed", "left", "no text or failed"),
        rows=tuple(
            (
                archive,
                crawl or "-",
                found["listed"],
                found["stored"],
                found["unchanged"],
                sum(found["outcomes"].values()),
                sum(found["failed"].values()),
                found["left"],
                in_words({**found["outcomes"], **found["failed"]}),
            )
            for (archive, crawl), found in shown
        ),
    )
