"""Lines that rules took from pages, by rule and language: the same for a store and for a job of ``clean``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelines.report.model import Bars, Chart, Part, ReportTable, counted


def rule_parts(lines: Mapping[str, Mapping[str, int]], different: Mapping[str, int] | None = None) -> Iterator[Part]:
    """A chart by rule and a table by rule and language; `lines` by rule, then language, `different` lines by rule."""
    sums = {name: sum(languages.values()) for name, languages in lines.items()}
    order = sorted(sums, key=lambda name: (-sums[name], name))
    more = () if different is None else ("different lines",)
    yield Chart(
        title="Lines taken away, by rule",
        alternative=f"{counted(len(order), 'rule')}; most by {order[0]}: {counted(sums[order[0]], 'line')}.",
        drawing=Bars(labels=tuple(order), series=(("lines", tuple(sums[name] for name in order)),), horizontal=True),
        table=ReportTable(
            caption="Lines by rule (docs/rules.md says what each is)",
            columns=("rule", "lines", *more, "languages"),
            rows=tuple(
                (name, sums[name], *(() if different is None else (different[name],)), len(lines[name]))
                for name in order
            ),
        ),
    )
    codes = sorted({code for languages in lines.values() for code in languages})
    yield ReportTable(
        caption="Lines by rule and language",
        columns=("rule", *codes),
        rows=tuple((name, *(lines[name].get(code, 0) for code in codes)) for name in sorted(lines)),
    )
