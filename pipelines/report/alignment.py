"""The section of a report on a parallel corpus: beads, units and what each filter removed, by language pair."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.errors import UsageError
from pipelines.manifests import MANIFEST, content_of, files_of
from pipelines.report.model import Bars, Cell, Chart, Heat, Part, ReportTable, Section, counted, share
from pipelines.translations.filters import NAMES
from pipelines.translations.former import CORPUS

_SHOWN = 60  # pairs: of 30 languages there are 435
_DRAWN = 30


def read_corpus(folder: Path) -> Mapping[str, Any]:
    """The manifest of a folder that ``vietnamvn align`` wrote. Raises `UsageError` for any other folder."""
    content = content_of(folder / MANIFEST)
    found = None if content is None or files_of(content, CORPUS) is None else json.loads(content)
    if found is None or not _is_whole(found):
        raise UsageError(f"--corpus {folder}: is no parallel corpus; give a folder that 'vietnamvn align' wrote")
    manifest: Mapping[str, Any] = found
    return manifest


def _is_whole(manifest: Mapping[str, Any]) -> bool:
    """Whether a manifest has everything that is shown: anybody may have changed the file."""
    try:
        numbers = [manifest["groups"]]
        for found in manifest["pairs"].values():
            numbers += [found[name] for name in ("articles", "refused", "written")]
            numbers += [n for name in ("beads", "removed", "units") for n in found.get(name, {}).values()]
            _total({"": found})
        return all(type(number) is int for number in numbers) and {"unit", "multiway"} <= set(manifest)
    except (AttributeError, KeyError, TypeError):
        return False


def alignment_section(corpora: Mapping[str, Mapping[str, Any]]) -> Section:
    """What became of each pair; `corpora` has manifests by the names of their corpora."""
    parts: list[Part] = []
    for name, manifest in corpora.items():
        parts += _corpus(name, manifest)
    return Section(anchor="alignment", title="Alignment", parts=tuple(parts))


def _corpus(name: str, manifest: Mapping[str, Any]) -> Iterator[Part]:
    pairs: Mapping[str, Mapping[str, Any]] = manifest["pairs"]
    unit = {"document": "document"}.get(manifest["unit"], "unit")
    whole = _total(pairs)
    removed = sum(whole["removed"].values())
    yield (
        f"{name}: {counted(manifest['groups'], 'article')} in {counted(len(pairs), 'language pair')}, by "
        f"{manifest['unit']}s{', many languages in a row' if manifest['multiway'] else ''}. "
        f"{counted(whole['articles'], 'pair of articles', 'pairs of articles')}, {whole['refused']:,} of them refused; "
        f"{counted(whole['written'] + removed, unit)} = {whole['written']:,} written + {removed:,} removed by filters."
    )
    if not pairs:
        return
    order = sorted(pairs, key=lambda pair: (-_units(pairs[pair]), pair))
    shown, rest = order[:_SHOWN], order[_SHOWN:]
    rows = {pair: pairs[pair] for pair in shown}
    if rest:
        rows[f"({counted(len(rest), 'other pair')})"] = _total({pair: pairs[pair] for pair in rest})
    yield _chart(pairs, shown[:_DRAWN], unit)
    yield ReportTable(
        caption="Beads by pair: paragraphs, one side to the other",
        columns=("pair", "pairs of articles", "refused", "1-1", "other beads", "unaligned", "unaligned, share"),
        rows=tuple((pair, *_beads(found)) for pair, found in rows.items()),
    )
    filters = [found for found in NAMES if whole["removed"].get(found)]
    filters += sorted(set(whole["removed"]) - {*NAMES})
    yield ReportTable(
        caption=f"What each filter removed, by pair: {unit}s (what several would remove is counted for the first)",
        columns=("pair", f"{unit}s", "written", "written, share", *filters),
        rows=tuple(
            (
                pair,
                _units(found),
                found["written"],
                share(found["written"], _units(found)),
                *(found["removed"].get(by, 0) for by in filters),
            )
            for pair, found in (*rows.items(), ("all", whole))
        ),
    )
    if filters:
        yield Chart(
            title="Share that each filter removed, by pair",
            alternative=_most(whole, filters, unit),
            drawing=Heat(
                rows=tuple(shown[:_DRAWN]),
                columns=tuple(filters),
                shares=tuple(
                    tuple(_part(pairs[pair]["removed"].get(by, 0), _units(pairs[pair])) for by in filters)
                    for pair in shown[:_DRAWN]
                ),
                wanted=0,
                legend=("nothing removed", "the more was, the stronger"),
            ),
            table=ReportTable(
                caption=f"Share of the {unit}s that each filter removed",
                columns=("filter", f"{unit}s", "share"),
                rows=tuple((by, whole["removed"][by], share(whole["removed"][by], _units(whole))) for by in filters),
            ),
        )


def _part(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _units(found: Mapping[str, Any]) -> int:
    return int(found["written"] + sum(found["removed"].values()))


def _total(pairs: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The sums over pairs, in the form of one pair's counts."""
    beads: Counter[str] = Counter()
    removed: Counter[str] = Counter()
    for found in pairs.values():
        beads.update(found["beads"])
        removed.update(found["removed"])
    sums = {name: sum(found[name] for found in pairs.values()) for name in ("articles", "refused", "written")}
    return {**sums, "beads": beads, "removed": removed}


def _beads(found: Mapping[str, Any]) -> tuple[Cell, ...]:
    beads = found["beads"]
    whole, one, unaligned = sum(beads.values()), beads.get("1-1", 0), beads.get("1-0", 0) + beads.get("0-1", 0)
    return (found["articles"], found["refused"], one, whole - one - unaligned, unaligned, share(unaligned, whole))


def _chart(pairs: Mapping[str, Mapping[str, Any]], order: list[str], unit: str) -> Chart:
    first = order[0]
    return Chart(
        title=f"{unit.capitalize()}s by pair: written and removed",
        alternative=f"Most in {first}: {pairs[first]['written']:,} written of {counted(_units(pairs[first]), unit)}."
        + (f" The {len(order)} largest pairs are drawn." if len(pairs) > len(order) else ""),
        drawing=Bars(
            labels=tuple(order),
            series=(
                ("written", tuple(int(pairs[pair]["written"]) for pair in order)),
                ("removed", tuple(sum(pairs[pair]["removed"].values()) for pair in order)),
            ),
            horizontal=True,
        ),
        table=ReportTable(
            caption=f"{unit.capitalize()}s by pair and kind",
            columns=("pair", "written", "removed", "kinds"),
            rows=tuple(
                (
                    pair,
                    int(pairs[pair]["written"]),
                    sum(pairs[pair]["removed"].values()),
                    ", ".join(f"{kind} {number:,}" for kind, number in sorted(pairs[pair].get("units", {}).items())),
                )
                for pair in order
            ),
        ),
    )


def _most(whole: Mapping[str, Any], filters: list[str], unit: str) -> str:
    first = max(filters, key=lambda by: (whole["removed"][by], by))
    number = whole["removed"][first]
    return f"Most by {first}: {counted(number, unit)} of {_units(whole):,} ({share(number, _units(whole))})."
