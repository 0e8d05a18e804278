"""A parallel corpus from the rows of its groups: copies are left out, the rest is written and counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from pipelines.export.describing import DESCRIPTIONS, describe_dataset
from pipelines.export.manifest import describe
from pipelines.manifests import BESIDE, MANIFEST, MARK
from pipelines.translations.corpus_card import Origins, dataset_of
from pipelines.translations.exports import Pair, Writer
from pipelines.translations.filters import CopyFilter, FilterOptions
from pipelines.translations.former import CORPUS
from pipelines.translations.making import ConfigurationRows, MadeGroups, PairCounts

CorpusUnit = Literal["paragraph", "sentence", "document"]


class Corpus:
    """Takes the rows of groups in the order of the groups; writes and counts them."""

    def __init__(self, writer: Writer, filters: FilterOptions) -> None:
        self.writer = writer
        self._copies = CopyFilter(filters)
        self.counts: dict[Pair, PairCounts] = {}
        self.origins = Origins()
        self.groups = self.rows = 0

    def take(self, made: MadeGroups) -> None:
        """Write the rows of the next groups."""
        self.groups += made.groups
        for pair, counts in made.counts.items():
            self.counts.setdefault(pair, PairCounts()).add(counts)
            if not self.writer.content.multiway:
                self.writer.name(pair)
        for part in made.parts:
            self._take(part)

    def _take(self, part: ConfigurationRows) -> None:
        kept = self._kept(part)
        if not kept:
            return
        of_row = part.of_row
        for origin, rows in sorted(Counter(of_row[number] for number in kept).items()):
            self.origins.count(part.origins[origin], rows)
        if part.pair is None:
            self.rows += len(kept)
        else:
            counts = self.counts[part.pair]
            counts.written += len(kept)
            counts.kinds[part.kind] += len(kept)
        self.writer.take(part.config, part.rows if len(kept) == len(part.rows) else part.rows.only(kept))

    def _kept(self, part: ConfigurationRows) -> Sequence[int]:
        """The numbers of the rows that are no copies; the others are counted."""
        if part.copies is None or part.pair is None:
            return range(len(part.rows))
        removed = self.counts[part.pair].removed
        kept = []
        for number, digests in enumerate(zip(*part.copies, strict=True)):
            reason = self._copies.reason(*digests)
            if reason is None:
                kept.append(number)
            else:
                removed[reason] += 1
        return kept


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
