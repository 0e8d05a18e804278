"""The section of a report on how good the texts are: their measures by language, what common filters would remove,
and copies."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.quality import measured
from pipelines.quality.thresholds import THRESHOLDS, Kept, Sieve, Threshold, total
from pipelines.record import FIELDS, QUALITY
from pipelines.record_types import BOOLEAN
from pipelines.report.model import Cell, Chart, Heat, Part, ReportTable, Section, counted, share
from pipelines.storage import Revision
from pipelines.storage.exact_copies import Copies
from pipelines.storage.near_copies import NearCopies

_LEAST = 20  # texts of a language, below which there are no quantiles
_MOST_SIZES = 40
_QUANTILES = ((0.05, "5 % are up to"), (0.5, "half are up to"), (0.95, "95 % are up to"))
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")  # a link in the docs, where the meanings come from


@dataclass(slots=True)
class Measured:
    """The measures of the first texts of a sample, by language of the address; at most `most` are measured.

    `known` are measures that the store has already, by the id of the revision.
    """

    most: int
    known: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    texts: int = 0
    sieve: Sieve = field(default_factory=Sieve)
    values: dict[str, list[Mapping[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def watching(self, sample: Iterable[Revision]) -> Iterator[Revision]:
        """Pass on the sample unchanged, and measure it on the way."""
        for stored in sample:
            if self.texts < self.most:
                self.texts += 1
                found = self.known.get(stored.revision_id) or measured(stored.article)
                self.sieve.add(stored.language, found)
                self.values[stored.language].append(found)
            yield stored


def quality_section(
    sample: Measured, whole: Sequence[Kept] | None, copied: Copies, near: NearCopies | None, *, of: int
) -> Section:
    """The measures of a sample of `of` texts; `whole` has what thresholds keep of all texts, where all are measured,
    `near` which of them are near duplicates, where the store knows all."""
    parts: list[Part] = []
    if sample.texts:
        parts += thresholds(sample.sieve.kept() if whole is None else whole, THRESHOLDS, of=of)
        parts.append(
            f"The distributions are those of {counted(sample.texts, 'text')} of {of:,}"
            + (", those with the lowest hashes, which is a sample by chance." if sample.texts < of else ".")
        )
        parts += [_distribution(name, sample.values) for name in QUALITY]
    parts += _copies(copied)
    if of:
        parts += _near(near)
    return Section(anchor="quality", title="Quality and duplicates", parts=tuple(parts))


def thresholds(kept: Sequence[Kept], limits: Sequence[Threshold], *, of: int) -> Iterator[Part]:
    """What each of the limits would remove of `of` texts, as far as they were measured."""
    whole = total(kept)
    names = tuple(limit.condition for limit in limits)
    seen = f"Measured for this: {counted(whole.texts, 'text')} of {of:,}"
    yield seen + (
        "."
        if whole.texts >= of
        else ", those with the lowest hashes, which is a sample by chance and the same each time."
    )
    yield (
        f"All these filters together would leave {counted(whole.every, 'text')} ({share(whole.every, whole.texts)}). "
        "They are shown, not applied: 'vietnamvn export --quality' applies what you choose."
    )
    rows = sorted(row for row in kept if row.texts)
    yield Chart(
        title="Share of the texts that common filters would throw away",
        alternative=_most(whole, names),
        drawing=Heat(
            rows=tuple(row.language for row in rows),
            columns=names,
            shares=tuple(tuple(1 - left / row.texts for left in row.by_limit) for row in rows),
            wanted=0,
            legend=("nothing is thrown away", "the more is, the stronger"),
        ),
        table=ReportTable(
            caption="Texts that each filter would throw away, by language (a filter is called by what it keeps)",
            columns=("language", "texts", *names, "any of them"),
            rows=tuple(_removed(row) for row in (*rows, whole)),
        ),
    )
    yield ReportTable(
        caption="Where these filters are from",
        columns=("keeps", "from"),
        rows=tuple((limit.condition, limit.why) for limit in limits),
        folded=True,
    )


def _most(whole: Kept, names: Sequence[str]) -> str:
    left, name = min(zip(whole.by_limit, names, strict=True))
    taken = whole.texts - left
    return f"Most by {name}: {taken:,} of {counted(whole.texts, 'text')} ({share(taken, whole.texts)})."


def _removed(row: Kept) -> tuple[Cell, ...]:
    cells = [f"{row.texts - left:,} ({share(row.texts - left, row.texts)})" for left in (*row.by_limit, row.every)]
    return (row.language, row.texts, *cells)


def _distribution(name: str, values: Mapping[str, Sequence[Mapping[str, Any]]]) -> ReportTable:
    is_share = FIELDS[name].type is BOOLEAN
    rows: list[tuple[Cell, ...]] = []
    for language, found in sorted(values.items()):
        there = sorted(row[name] for row in found if row[name] is not None)
        if is_share:
            cells: tuple[Cell, ...] = (sum(there), share(sum(there), len(there)))
        elif len(there) < _LEAST:
            cells = tuple(None for _ in _QUANTILES)
        else:
            cells = tuple(there[round(part * (len(there) - 1))] for part, _ in _QUANTILES)
        rows.append((language, len(there), *cells))
    meaning = _LINK.sub(r"\1", FIELDS[name].meaning)
    columns = ("true", "true, share") if is_share else tuple(name for _, name in _QUANTILES)
    return ReportTable(
        caption=f"{name}: {meaning}",
        columns=("language", "texts", *columns),
        rows=tuple(rows),
        folded=True,
    )


def _copies(found: Copies) -> Iterator[Part]:
    copies = sum(row.copies for row in found.languages)
    untranslated = sum(row.untranslated for row in found.languages)
    if not found.languages:
        return
    yield (
        f"Exact copies, by title and text: {counted(copies, 'text')} that another slug of the same language has too; "
        f"{counted(untranslated, 'text')} at addresses of other languages {'is' if untranslated == 1 else 'are'} the "
        "Vietnamese text of the slug."
    )
    if copies or untranslated:
        yield ReportTable(
            caption="Exact copies by language of the address",
            columns=("language", "texts", "copies of another slug", "share", "the Vietnamese text", "share"),
            rows=tuple(
                (code, texts, copied, share(copied, texts), original, share(original, texts))
                for code, texts, copied, original in found.languages
                if copied or original
            ),
        )
    if found.most:
        yield ReportTable(
            caption=f"Vietnamese texts that several slugs have; the {len(found.most)} with most slugs",
            columns=("slugs", "such as"),
            rows=tuple((number, ", ".join(slugs)) for number, slugs in found.most),
        )


def _near(found: NearCopies | None) -> Iterator[Part]:
    if found is None:
        yield (
            "Near duplicates: the store has not looked for them, or has other texts since. "
            "'vietnamvn export --columns +duplicate_cluster' does, and keeps what it finds."
        )
        return
    texts = sum(row.texts for row in found.languages)
    near = sum(row.near for row in found.languages)
    yield (
        f"Near duplicates: {counted(near, 'text')} of {texts:,} ({share(near, texts)}) have one at another address; "
        f"{counted(sum(number for _, number in found.sizes), 'cluster')}."
    )
    if not near:
        return
    yield ReportTable(
        caption="Texts with a near duplicate at another address, by language of the address",
        columns=("language", "texts", "with a near duplicate", "share"),
        rows=tuple((code, whole, part, share(part, whole)) for code, whole, part in found.languages if part),
    )
    yield ReportTable(
        caption="Clusters of near duplicates by the number of their addresses",
        columns=("addresses", "clusters"),
        rows=found.sizes[-_MOST_SIZES:],
        folded=True,
    )
    yield ReportTable(
        caption=f"The largest clusters of near duplicates, up to {len(found.largest)}",
        columns=("addresses", "such as"),
        rows=tuple((size, ", ".join(ids)) for size, ids in found.largest),
    )
