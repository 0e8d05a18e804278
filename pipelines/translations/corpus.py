"""A parallel corpus out of groups of language versions: align, filter, write, count."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

from pipelines.export.describing import DESCRIPTIONS, describe_dataset
from pipelines.export.manifest import describe
from pipelines.manifests import BESIDE, MANIFEST, MARK
from pipelines.translations.align import Alignment, Scorer, align
from pipelines.translations.describing import Origins, dataset_of
from pipelines.translations.digests import Digests
from pipelines.translations.exports import Pair, Row, Writer
from pipelines.translations.filters import FilterOptions, PairFilter
from pipelines.translations.former import CORPUS
from pipelines.translations.memo import Memo
from pipelines.translations.tasks import Aligned
from pipelines.translations.tasks import pivot as pivot_of
from pipelines.translations.units import Reading, Side, Unit, UnitKind, units
from pipelines.translations.whole import version_dict, whole

CorpusUnit = Literal["paragraph", "sentence", "document"]


@dataclass(slots=True, kw_only=True)
class PairCounts:
    """What became of one language pair: pairs of articles, beads by shape, units written and removed by reason.

    `articles` counts all pairs of articles; `refused` those that are not versions of one article.
    """

    articles: int = 0
    refused: int = 0
    beads: Counter[str] = field(default_factory=Counter)
    written: int = 0
    removed: dict[str, int] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)

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


def pairs_of(languages: Sequence[str]) -> list[Pair]:
    """All pairs of languages, each once, in the order they are given in.

    >>> pairs_of(["en", "fr", "de"])
    [('en', 'fr'), ('en', 'de'), ('fr', 'de')]
    """
    return list(combinations(languages, 2))


class Corpus:
    """Takes groups one after another and writes their units; holds one group, and counts."""

    def __init__(
        self,
        writer: Writer,
        languages: Sequence[str],
        *,
        unit: CorpusUnit,
        filters: FilterOptions,
        scorer: Scorer | None = None,
        memo: Memo | None = None,
    ) -> None:
        self.writer, self._languages, self._unit, self._filters = writer, tuple(languages), unit, filters
        self._scorer, self._memo = scorer, memo
        self._filter_of: dict[Pair, PairFilter] = {}
        self._digests = Digests()
        self.counts: dict[Pair, PairCounts] = {}
        self.origins = Origins()
        self.groups = self.rows = 0
        # What another process found out about the pairs of the group that is added next.
        self.found: Mapping[Pair, Aligned] = {}

    def add_pairs(self, versions: Mapping[str, Reading]) -> None:
        """Write the units of all pairs of one group; `versions` by language."""
        self.groups += 1
        for pair in pairs_of([code for code in self._languages if code in versions]):
            self._add_pair(pair, versions[pair[0]], versions[pair[1]])

    def add_multiway(self, versions: Mapping[str, Reading]) -> None:
        """Write one row for each paragraph of the pivot that two languages or more have; of documents one for all."""
        self.groups += 1
        chosen = {code: versions[code] for code in self._languages if code in versions}
        if len(chosen) < 2:
            return
        pivot = pivot_of(chosen)
        if self._unit == "document":
            self._add_versions(pivot, chosen)
            return
        linked: dict[int, dict[str, tuple[int, float]]] = {}
        for code, reading in chosen.items():
            if code == pivot:
                continue
            counts = self.counts.setdefault((pivot, code), PairCounts())
            alignment = self._counted(counts, chosen[pivot], reading)
            for bead in alignment.beads:
                if bead.shape == "1-1":
                    linked.setdefault(bead.source[0], {})[code] = (bead.target[0], bead.score)
                    counts.written += 1
        for paragraph, others in sorted(linked.items()):
            sides = {pivot: _paragraph(chosen[pivot], paragraph)}
            sides.update((code, _paragraph(chosen[code], place)) for code, (place, _) in others.items())
            score = min(score for _, score in others.values())
            self.origins.count(chosen[pivot].article)
            self.writer.write_row(Row(slug=chosen[pivot].slug, pivot=pivot, sides=sides, score=score))
            self.rows += 1

    def _add_versions(self, pivot: str, chosen: Mapping[str, Reading]) -> None:
        """One row for the pivot and all languages that are not refused, with the beads of each."""
        joined, beads = [], []
        for code, reading in chosen.items():
            if code == pivot:
                continue
            counts = self.counts.setdefault((pivot, code), PairCounts())
            alignment = self._counted(counts, chosen[pivot], reading)
            if alignment.refused is not None:
                continue
            counts.written += 1
            joined.append(reading)
            found = whole(alignment, chosen[pivot], reading, scorer=self._scorer)
            beads += [{"source_language": pivot, "target_language": code, **bead} for bead in found.beads]
        if joined:
            texts = [version_dict(reading) for reading in (chosen[pivot], *joined)]
            row = {"slug": chosen[pivot].slug, "pivot": pivot, "versions": texts, "beads": beads}
            self.origins.count(chosen[pivot].article)
            self.writer.write_versions(row)
            self.rows += 1

    def _add_document(self, pair: Pair, counts: PairCounts, source: Reading, target: Reading) -> None:
        alignment = self._counted(counts, source, target)
        if alignment.refused is not None:
            return
        filtering = self._filter_of.setdefault(pair, PairFilter(self._filters, counts.removed, self._digests))
        if (reason := filtering.article_reason(source, target, alignment)) is not None:
            filtering.count(reason)
            return
        self.origins.count(source.article)
        self.writer.write_document(pair, whole(alignment, source, target, scorer=self._scorer))
        counts.written += 1
        counts.kinds["document"] += 1

    def _add_pair(self, pair: Pair, source: Reading, target: Reading) -> None:
        counts = self.counts.setdefault(pair, PairCounts())
        self.writer.name(pair)
        if self._unit == "document":
            self._add_document(pair, counts, source, target)
            return
        filtering = self._filter_of.setdefault(pair, PairFilter(self._filters, counts.removed, self._digests))
        alignment = self._counted(counts, source, target)
        found = self._units(alignment, source, target)
        reason = filtering.article_reason(source, target, alignment) if found else None
        if reason is not None:
            filtering.count(reason, len(found))
            return
        for unit in found:
            taken = filtering.reason(unit, source, target, alignment.log_ratio)
            if taken is not None:
                filtering.count(taken)
                continue
            self.origins.count(source.article)
            self.writer.write(pair, unit)
            counts.written += 1
            counts.kinds[unit.kind] += 1

    def _counted(self, counts: PairCounts, source: Reading, target: Reading) -> Alignment:
        alignment = self._align(source, target)
        counts.articles += 1
        counts.refused += alignment.refused is not None
        counts.beads.update(bead.shape for bead in alignment.beads)
        return alignment

    def _align(self, source: Reading, target: Reading) -> Alignment:
        elsewhere = self.found.get((source.language, target.language))
        known = (elsewhere.known if elsewhere else None) or self.remembered(source, target)
        if known is not None:
            return known
        alignment = elsewhere.alignment if elsewhere else align(source.document, target.document, scorer=self._scorer)
        if self._memo and self._scorer is None:
            self._memo.put(source, target, alignment)
        return alignment

    def remembered(self, source: Reading, target: Reading) -> Alignment | None:
        """The alignment that the memo has. What a scorer of the user's own decided may change, and is not kept."""
        return self._memo.get(source, target) if self._memo and self._scorer is None else None

    def _units(self, alignment: Alignment, source: Reading, target: Reading) -> Sequence[Unit]:
        elsewhere = self.found.get((source.language, target.language))
        if elsewhere is not None and elsewhere.units is not None:
            return elsewhere.units
        kind: UnitKind = "sentence" if self._unit == "sentence" else "paragraph"
        return list(units(alignment, source, target, kind=kind, scorer=self._scorer))


def _paragraph(reading: Reading, index: int) -> Side:
    article = reading.article
    return Side(
        language=reading.language,
        text=article.paragraphs[index],
        ids=(f"p{index}",),
        url=article.url,
        slug=reading.slug,
        content_sha256=reading.content_sha256,
    )


def finish(
    folder: Path, rows: Mapping[str, int], corpus: Corpus, *, settings: Mapping[str, Any], version: str
) -> dict[str, Any]:
    """Write the card and the manifest beside the files; returns the manifest."""
    counts = {f"{a}-{b}": found.to_dict() for (a, b), found in sorted(corpus.counts.items())}
    files = [describe(folder / path, folder, number) for path, number in rows.items()]
    describe_dataset(folder, dataset_of(corpus.writer, corpus.origins, counts, settings, version), files)
    manifest: dict[str, Any] = {
        MARK: CORPUS.mark,
        "version": version,
        **settings,
        "groups": corpus.groups,
        "pairs": counts,
        "files": [asdict(file) for file in files],
        BESIDE: [asdict(describe(folder / name, folder, 0)) for name in DESCRIPTIONS],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return manifest
