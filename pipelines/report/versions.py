"""The section of a report on language versions side by side: what the lens finds odd in a sample of articles."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from heapq import nsmallest

from pipelines.report.model import Bars, Chart, Part, ReportTable, Section, counted, language_name, share
from pipelines.translations.groups import Group
from pipelines.translations.lens import KINDS, Lens, Oddity

_WORST = 20  # articles that are shown
_WORST_VERSIONS = 3  # of each
_FIGURES = 3  # shown of a finding


def versions_section(sample: Iterable[tuple[Group, Mapping[str, Lens], int]], *, of: int, most: int) -> Section:
    """What is odd in the versions of the articles under a sample of `of` slugs, which ends at `most` slugs or before.

    The sample is read once; only counts and the worst articles are kept.
    """
    seen: Counter[str] = Counter()
    odd: Counter[str] = Counter()
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    worst: list[tuple[int, str, list[tuple[str, Lens]], int]] = []
    groups = slugs = 0
    for group, versions, drawn in sample:
        groups += 1
        slugs += drawn
        found = sorted(((code, seen_so) for code, seen_so in versions.items() if seen_so.findings), key=_worst_first)
        seen.update(list(versions))
        for code, version in found:
            odd[code] += 1
            kinds[code].update({finding.kind for finding in version.findings})
        if found:
            total = sum(_weight(version) for _, version in found)
            named = [(f"{code}/{group.versions[code].slug}", version) for code, version in found[:_WORST_VERSIONS]]
            worst = nsmallest(_WORST, [*worst, (-total, group.slug, named, len(found))], key=lambda one: one[:2])
    parts: list[Part] = [_read(groups, slugs, seen, of, most)]
    if seen:
        number, whole = odd.total(), seen.total()
        parts.append(f"Something is odd in {counted(number, 'version')} of {whole:,} ({share(number, whole)}).")
    if odd:
        parts += [_by_language(seen, odd, kinds), _by_kind(kinds, seen.total()), _table_of_worst(worst)]
    return Section(anchor="versions", title="Language versions beside each other", parts=tuple(parts))


def _read(groups: int, slugs: int, seen: Counter[str], of: int, most: int) -> str:
    """The sentence on what was read, in slugs: counting the articles of a large store takes too long for a report."""
    sentence = (
        f"Seen for this: {counted(groups, 'article')} ({slugs:,} of {counted(of, 'slug')} selected), with all "
        f"current versions: {seen.total():,}"
    )
    if slugs >= of:
        return f"{sentence}."
    return f"{sentence}: those whose slugs hash lowest, a sample by chance that ends at {most:,} slugs or before."


def _weight(version: Lens) -> int:
    """How many kinds of oddities it has: a long article with many brackets is not the worst."""
    return len({finding.kind for finding in version.findings})


def _worst_first(version: tuple[str, Lens]) -> tuple[int, str]:
    return -_weight(version[1]), version[0]


def _by_language(seen: Counter[str], odd: Counter[str], kinds: Mapping[str, Counter[str]]) -> Chart:
    order = sorted(seen, key=lambda code: (-odd[code] / seen[code], code))
    first = order[0]
    named = f"{language_name(first)} ({first})" if language_name(first) else first
    there = [kind for kind in KINDS if any(counts[kind] for counts in kinds.values())]
    return Chart(
        title="Versions with something odd, by language",
        alternative=f"The largest share in {named}: {odd[first]:,} of {counted(seen[first], 'version')}.",
        drawing=Bars(
            labels=tuple(order),
            series=(
                ("something odd", tuple(odd[code] for code in order)),
                ("nothing odd", tuple(seen[code] - odd[code] for code in order)),
            ),
            horizontal=True,
        ),
        table=ReportTable(
            caption="Versions by language, and how many have something odd of each kind",
            columns=("language", "versions", "odd", "odd, share", *there),
            rows=tuple(
                (code, seen[code], odd[code], share(odd[code], seen[code]), *(kinds[code][kind] for kind in there))
                for code in order
            ),
        ),
    )


def _by_kind(kinds: Mapping[str, Counter[str]], whole: int) -> ReportTable:
    sums = sum(kinds.values(), Counter[str]())
    return ReportTable(
        caption="Versions by what is odd in them",
        columns=("kind", "what it says", "versions", "share"),
        rows=tuple(
            (kind, meaning, sums[kind], share(sums[kind], whole)) for kind, meaning in KINDS.items() if sums[kind]
        ),
    )


def _table_of_worst(worst: Iterable[tuple[int, str, list[tuple[str, Lens]], int]]) -> ReportTable:
    rows = []
    for _, _, versions, number in worst:
        for at, (named, version) in enumerate(versions):
            rows.append((named, number if at == 0 else None, "; ".join(_phrases(version))))
    return ReportTable(
        caption=f"The worst articles: up to {_WORST}, of each the {_WORST_VERSIONS} versions with most that is odd",
        columns=("id", "versions of the article with something odd", "what is odd"),
        rows=tuple(rows),
    )


def _phrases(version: Lens) -> list[str]:
    """What is odd in a version, in a phrase for each kind.

    >>> _phrases(Lens(findings=(Oddity(kind="number", lost=("1.200",), alone=("1,300",)), Oddity(kind="length")),
    ...     figures_differ=2, foreign_share=0, loop_share=0, unbalanced=0, length_ratio=0.4, sentence_ratio=None))
    ['number: lacks 1.200, alone with 1,300', 'length: 0.4 times the expected']
    """
    by_kind: dict[str, list[Oddity]] = defaultdict(list)
    for finding in version.findings:
        by_kind[finding.kind].append(finding)
    ratios = {"length": version.length_ratio, "sentences": version.sentence_ratio}
    phrases = []
    for kind, findings in by_kind.items():
        details = []
        if lost := [figure for finding in findings for figure in finding.lost]:
            details.append(f"lacks {_some(lost)}")
        if alone := [figure for finding in findings for figure in finding.alone]:
            details.append(f"alone with {_some(alone)}")
        if texts := [finding.text for finding in findings if finding.text]:
            details.append(f"“{texts[0]}”" + (f" and {len(texts) - 1} more" if len(texts) > 1 else ""))
        if (ratio := ratios.get(kind)) is not None:
            details.append(f"{ratio:.2g} times the expected")
        phrases.append(f"{kind}: {', '.join(details)}" if details else kind)
    return phrases


def _some(figures: list[str]) -> str:
    more = len(figures) - _FIGURES
    return ", ".join(figures[:_FIGURES]) + (f" and {more} more" if more > 0 else "")
