"""What is made of a group's versions alone: alignments, units, filters that look at one unit, rows.

What must know everything before (which units are copies, the files, the memo) is up to `corpus.Corpus`.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from pipelines.site import ORIGINAL_LANGUAGE
from pipelines.translations.align import Alignment, Scorer, align
from pipelines.translations.corpus_card import Origin, origin_of
from pipelines.translations.exports import MULTIWAY, CorpusContent, Pair, ParagraphRow, pair_name, prepare
from pipelines.translations.filters import COPIES, FilterOptions, article_reason, digests_of, unit_reason
from pipelines.translations.ready import Ready
from pipelines.translations.units import Side, Unit, UnitKind, VersionText, units
from pipelines.translations.whole import version_dict, whole

Versions = Mapping[str, VersionText]
"""One group's language versions, by language."""


@dataclass(slots=True, kw_only=True)
class PairCounts:
    """What became of one language pair: pairs of articles, beads by shape, units written and removed by reason.

    `articles` counts all pairs of articles; `refused` those that are not versions of one article.
    """

    articles: int = 0
    refused: int = 0
    beads: Counter[str] = field(default_factory=Counter)
    written: int = 0
    removed: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, more: PairCounts) -> None:
        """Add the counts of other groups."""
        self.articles += more.articles
        self.refused += more.refused
        self.written += more.written
        self.beads.update(more.beads)
        self.removed.update(more.removed)
        self.kinds.update(more.kinds)

    def to_dict(self) -> dict[str, Any]:
        """The counts as JSON types, keys sorted."""
        return {
            "articles": self.articles,
            "refused": self.refused,
            "beads": dict(sorted(self.beads.items())),
            "written": self.written,
            "removed": dict(sorted(self.removed.items())),
            "units": dict(sorted(self.kinds.items())),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the corpus will be; with a `scorer` there is one process. `gives_alignments`: `MadeGroups` has them, too."""

    form: str
    content: CorpusContent
    filters: FilterOptions
    scorer: Scorer | None = None
    gives_alignments: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationRows:
    """Rows of one configuration in their order, final but for copies; `pair` is None where they have many languages.

    `kind` is the kind of unit counted, `copies` the digests by which copies are known (`filters.digests_of`), an exact
    and a near one a row, None where copies stay. Row i is of the origin `origins[of_row[i]]`.
    """

    config: str
    pair: Pair | None
    kind: str
    rows: Ready
    copies: tuple[array[int], array[int]] | None
    origins: tuple[Origin, ...]
    of_row: array[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeGroups:
    """What was made of some groups: the counts of each pair without what its rows in `parts` add to them, and on
    request the alignments, each with the number of its group."""

    groups: int
    counts: Mapping[Pair, PairCounts]
    parts: Sequence[ConfigurationRows]
    alignments: Sequence[tuple[int, Pair, Alignment]]


def pairs_of(languages: Sequence[str]) -> list[Pair]:
    """All pairs of languages, each once, in the order they are given in.

    >>> pairs_of(["en", "fr", "de"])
    [('en', 'fr'), ('en', 'de'), ('fr', 'de')]
    """
    return list(combinations(languages, 2))


def pairs_in(versions: Versions, content: CorpusContent) -> list[Pair]:
    """The pairs of a group that must be aligned, in order."""
    there = [code for code in content.languages if code in versions]
    if not content.multiway or not there:
        return pairs_of(there)
    first = _pivot({code: versions[code] for code in there})
    return [(first, code) for code in there if code != first]


def _pivot(versions: Versions) -> str:
    """The original if it is there, else the version with the most paragraphs."""
    if ORIGINAL_LANGUAGE in versions:
        return ORIGINAL_LANGUAGE
    return min(versions, key=lambda code: (-len(versions[code].article.paragraphs), code))


class Making:
    """Takes groups one after another, each with its known alignments; `made` gives the result."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._groups = 0
        self._counts: dict[Pair, PairCounts] = {}
        self._gathered: dict[str, _Gathered] = {}
        self._alignments: list[tuple[int, Pair, Alignment]] = []
        self._known: Mapping[Pair, Alignment] = {}

    def add(self, versions: Versions, known: Mapping[Pair, Alignment]) -> None:
        """Add one more group."""
        content, self._known = self._plan.content, known
        pairs = pairs_in(versions, content)
        if not content.multiway:
            for pair in pairs:
                add_pair = self._add_document if content.unit == "document" else self._add_units
                add_pair(pair, versions[pair[0]], versions[pair[1]])
        elif pairs:
            (self._add_versions if content.unit == "document" else self._add_rows)(pairs, versions)
        self._groups += 1

    def made(self) -> MadeGroups:
        """What was made of all groups."""
        plan = self._plan
        return MadeGroups(
            groups=self._groups,
            counts=self._counts,
            parts=[gathered.part(plan) for gathered in self._gathered.values()],
            alignments=self._alignments,
        )

    def _aligned(self, pair: Pair, source: VersionText, target: VersionText) -> tuple[Alignment, PairCounts]:
        """The alignment of two versions; it is counted."""
        alignment = self._known.get(pair)
        if alignment is None:
            alignment = align(source.document, target.document, scorer=self._plan.scorer)
        if self._plan.gives_alignments:
            self._alignments.append((self._groups, pair, alignment))
        counts = self._counts.setdefault(pair, PairCounts())
        counts.articles += 1
        counts.refused += alignment.refused is not None
        counts.beads.update(bead.shape for bead in alignment.beads)
        return alignment, counts

    def _add_units(self, pair: Pair, source: VersionText, target: VersionText) -> None:
        plan = self._plan
        alignment, counts = self._aligned(pair, source, target)
        kind: UnitKind = "sentence" if plan.content.unit == "sentence" else "paragraph"
        found = list(units(alignment, source, target, kind=kind, scorer=plan.scorer))
        reason = article_reason(plan.filters, source, target, alignment) if found else None
        if reason is not None:
            counts.removed[reason] += len(found)
            return
        for unit in found:
            taken = unit_reason(plan.filters, unit, source, target, alignment.log_ratio)
            if taken is not None:
                counts.removed[taken] += 1
            else:
                self._of(pair, unit.kind).add_unit(unit, source, plan.filters)

    def _add_document(self, pair: Pair, source: VersionText, target: VersionText) -> None:
        plan = self._plan
        alignment, counts = self._aligned(pair, source, target)
        if alignment.refused is not None:
            return
        if (reason := article_reason(plan.filters, source, target, alignment)) is not None:
            counts.removed[reason] += 1
            return
        self._of(pair, "document").add(whole(alignment, source, target, scorer=plan.scorer).to_dict(), source)

    def _add_rows(self, pairs: Sequence[Pair], versions: Versions) -> None:
        """One row for each paragraph of the pivot that two languages or more have."""
        pivot = pairs[0][0]
        linked: dict[int, dict[str, tuple[int, float]]] = {}
        for pair in pairs:
            alignment, counts = self._aligned(pair, versions[pivot], versions[pair[1]])
            for bead in alignment.beads:
                if bead.shape == "1-1":
                    linked.setdefault(bead.source[0], {})[pair[1]] = (bead.target[0], bead.score)
                    counts.written += 1
        for paragraph, others in sorted(linked.items()):
            sides = {pivot: _paragraph(versions[pivot], paragraph)}
            sides.update((code, _paragraph(versions[code], place)) for code, (place, _) in others.items())
            score = min(score for _, score in others.values())
            row = ParagraphRow(slug=versions[pivot].slug, pivot=pivot, sides=sides, score=score)
            self._of(None, "row").add(row.to_dict(), versions[pivot])

    def _add_versions(self, pairs: Sequence[Pair], versions: Versions) -> None:
        """One row for the pivot and all languages that are not refused, with the beads of each."""
        pivot = pairs[0][0]
        joined, beads = [], []
        for pair in pairs:
            alignment, counts = self._aligned(pair, versions[pivot], versions[pair[1]])
            if alignment.refused is not None:
                continue
            counts.written += 1
            joined.append(versions[pair[1]])
            found = whole(alignment, versions[pivot], joined[-1], scorer=self._plan.scorer)
            beads += [{"source_language": pivot, "target_language": pair[1], **bead} for bead in found.beads]
        if joined:
            texts = [version_dict(version) for version in (versions[pivot], *joined)]
            row = {"slug": versions[pivot].slug, "pivot": pivot, "versions": texts, "beads": beads}
            self._of(None, "row").add(row, versions[pivot])

    def _of(self, pair: Pair | None, kind: str) -> _Gathered:
        config = MULTIWAY if pair is None else pair_name(pair)
        if config not in self._gathered:
            self._gathered[config] = _Gathered(config, pair, kind)
        return self._gathered[config]


class _Gathered:
    """The rows of one configuration so far."""

    def __init__(self, config: str, pair: Pair | None, kind: str) -> None:
        self._config, self._pair, self._kind = config, pair, kind
        self._rows: list[Mapping[str, Any]] = []
        self._copies: tuple[array[int], array[int]] = (array("q"), array("q"))
        self._origins: dict[Origin, int] = {}
        self._of_row = array("I")

    def add(self, row: Mapping[str, Any], source: VersionText) -> None:
        """Add one more row, whose first side is in `source`."""
        self._rows.append(row)
        self._of_row.append(self._origins.setdefault(origin_of(source.article), len(self._origins)))

    def add_unit(self, unit: Unit, source: VersionText, filters: FilterOptions) -> None:
        """Add one more row, of a unit that may be a copy."""
        self.add(unit.to_dict(), source)
        if not COPIES.isdisjoint(filters.names):
            for digests, digest in zip(self._copies, digests_of(unit), strict=True):
                digests.append(digest)

    def part(self, plan: Plan) -> ConfigurationRows:
        """All rows, ready for a file."""
        return ConfigurationRows(
            config=self._config,
            pair=self._pair,
            kind=self._kind,
            rows=prepare(plan.form, self._rows, plan.content),
            copies=self._copies if self._copies[0] else None,
            origins=tuple(self._origins),
            of_row=self._of_row,
        )


def _paragraph(version: VersionText, index: int) -> Side:
    article = version.article
    return Side(
        language=version.language,
        text=article.paragraphs[index],
        ids=(f"p{index}",),
        url=article.url,
        slug=version.slug,
        content_sha256=version.content_sha256,
    )
