"""The report on a job of ``vietnamvn clean``: what became of its rows, and what was taken from their pages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from pipelines.batch.summary import Summary
from pipelines.batch.tally import Tally
from pipelines.report.model import Bars, Chart, Excerpts, Part, Report, ReportTable, Section, counted, share
from pipelines.report.page import html
from pipelines.report.quality import thresholds
from pipelines.report.rules import rule_parts

_SHOWN = 30  # names in a table


def cleaned_report(summary: Summary, *, name: str) -> str:
    """The page as HTML; the same job gives the same text, whatever its workers. `name` is the output's.

    Needs the extra ``view``; raises `UsageError` where it is missing.
    """
    sections = (_rows(summary), _articles(summary.tally), _stripped(summary.tally), _quality(summary.tally))
    sentence = f"{name}: {counted(summary.rows, 'row')} in {counted(summary.shards, 'shard')}"
    return html(Report(title="Vietnam.vn: a corpus cleaned", of=(sentence,), sections=sections))


def _rows(summary: Summary) -> Section:
    became = {
        "clean": summary.clean,
        "rejected": sum(summary.rejected.values()),
        "passed over": sum(summary.passed_over.values()),
        "duplicates": summary.duplicates,
    }
    parts: list[Part] = [
        f"{summary.rows:,} rows = " + " + ".join(f"{number:,} {kind}" for kind, number in became.items()) + ".",
        Chart(
            title="What became of the rows",
            alternative=", ".join(f"{kind} {share(n, summary.rows)}" for kind, n in became.items()) + ".",
            drawing=Bars(labels=tuple(became), series=(("rows", tuple(became.values())),), horizontal=True),
            table=ReportTable(
                caption="Rows by what became of them",
                columns=("what", "rows", "share"),
                rows=tuple((kind, number, share(number, summary.rows)) for kind, number in became.items()),
            ),
        ),
    ]
    for caption, found in (
        ("Rejected rows by outcome (docs/crawl.md says what each is)", summary.rejected),
        ("Passed-over rows by reason", summary.passed_over),
    ):
        if found:
            parts.append(_counts(caption, "reason", found, summary.rows))
    if summary.kept:
        parts.append(f"{counted(summary.kept, 'row')} of other sites stay in the output as they were.")
    parts += _faults(summary)
    if summary.mixed:
        parts.append(
            ReportTable(
                caption="Columns that came in several types",
                columns=("column", "types"),
                rows=tuple((column, ", ".join(types)) for column, types in sorted(summary.mixed.items())),
            )
        )
    return Section(anchor="rows", title="Rows", parts=tuple(parts))


def _faults(summary: Summary) -> Iterator[Part]:
    found = [("", detail, f"{source} at {position}") for source, position, detail in summary.broken_at[:_SHOWN]]
    if found:
        more = summary.broken - len(found)
        yield Excerpts(
            caption=f"{counted(summary.broken, 'row')} could not be read"
            + (f"; {more:,} more are in rejects/" if more else ""),
            lines=tuple(found),
        )
    for caption, pairs in (
        ("Folders that could not be looked into", summary.unreadable),
        ("Shards that are lost: their rows are not counted", summary.lost),
    ):
        if pairs:
            yield ReportTable(caption=caption, columns=("name", "why"), rows=tuple(pairs[:_SHOWN]))
    if summary.ignored:
        yield f"{counted(len(summary.ignored), 'file')} of other kinds were left out (named in manifest.json)."


def _articles(tally: Tally) -> Section:
    """The articles in the output, by language, publisher and host."""
    articles = sum(tally.extractors.values())
    when = f", fetched from {tally.since[:10]} to {tally.until[:10]}" if tally.since and tally.until else ""
    parts: list[Part] = [f"{counted(articles, 'article')} in the output{when}."]
    for caption, name, found in (
        ("Articles by language found", "language", tally.languages),
        ("Articles by publisher of the original", "publisher", tally.publishers),
        ("Articles by host", "host", tally.hosts),
    ):
        if found:
            parts.append(_counts(caption, name, found, articles))
    return Section(anchor="articles", title="Articles", parts=tuple(parts))


def _stripped(tally: Tally) -> Section:
    rules: dict[str, Counter[str]] = defaultdict(Counter)
    for (rule, language), lines in tally.stripped.items():
        rules[rule][language] += lines
    parts: tuple[Part, ...] = tuple(rule_parts(rules)) if rules else ("Nothing was stripped from any page.",)
    return Section(anchor="stripped", title="What was stripped", parts=parts)


def _quality(tally: Tally) -> Section:
    kept = tally.sieve.kept()
    parts: list[Part] = []
    if kept:
        parts += thresholds(kept, tally.sieve.limits, of=sum(row.texts for row in kept))
    return Section(anchor="quality", title="Quality", parts=tuple(parts) or ("No article is in the output.",))


def _counts(caption: str, name: str, found: Mapping[str, int], whole: int) -> ReportTable:
    order = sorted(found, key=lambda key: (-found[key], key))
    shown = order[:_SHOWN]
    more = len(order) - len(shown)
    return ReportTable(
        caption=caption + (f"; the largest {len(shown)} of {len(order):,}" if more else ""),
        columns=(name, "rows", "share"),
        rows=tuple((key, found[key], share(found[key], whole)) for key in shown),
    )
