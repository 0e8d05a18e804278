"""A parallel corpus out of groups of language versions: align, filter, write, count."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

from pipelines.export.manifest import describe
from pipelines.manifests import BESIDE, MANIFEST, MARK, Kind
from pipelines.site import ORIGINAL_LANGUAGE
from pipelines.translations.align import Alignment, Scorer, align
from pipelines.translations.exports import MULTIWAY_COLUMNS, PAIR_COLUMNS, Pair, Row, Writer
from pipelines.translations.filters import FilterOptions, PairFilter
from pipelines.translations.memo import Memo
from pipelines.translations.units import Reading, Side, UnitKind, units


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
    """Takes groups one after another and writes their units; holds one group and the duplicates' hashes."""

    def __init__(
        self,
        writer: Writer,
        languages: Sequence[str],
        *,
        unit: UnitKind,
        filters: FilterOptions,
        scorer: Scorer | None = None,
        memo: Memo | None = None,
    ) -> None:
        self._writer, self._languages, self._unit, self._filters = writer, tuple(languages), unit, filters
        self._scorer, self._memo = scorer, memo
        self._filter_of: dict[Pair, PairFilter] = {}
        self.counts: dict[Pair, PairCounts] = {}
        self.groups = self.rows = 0

    def add_pairs(self, versions: Mapping[str, Reading]) -> None:
        """Write the units of all pairs of one group; `versions` by language."""
        self.groups += 1
        for pair in pairs_of([code for code in self._languages if code in versions]):
            self._add_pair(pair, versions[pair[0]], versions[pair[1]])

    def add_multiway(self, versions: Mapping[str, Reading]) -> None:
        """Write one row for each paragraph of the pivot that two languages or more have."""
        self.groups += 1
        chosen = {code: versions[code] for code in self._languages if code in versions}
        if len(chosen) < 2:
            return
        pivot = _pivot(chosen)
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
            self._writer.write_row(Row(slug=chosen[pivot].slug, pivot=pivot, sides=sides, score=score))
            self.rows += 1

    def _add_pair(self, pair: Pair, source: Reading, target: Reading) -> None:
        counts = self.counts.setdefault(pair, PairCounts())
        filtering = self._filter_of.setdefault(pair, PairFilter(self._filters, counts.removed))
        alignment = self._counted(counts, source, target)
        found = list(units(alignment, source, target, kind=self._unit, scorer=self._scorer))
        reason = filtering.article_reason(source, target, alignment) if found else None
        if reason is not None:
            filtering.count(reason, len(found))
            return
        for unit in found:
            taken = filtering.reason(unit, source, target, alignment.log_ratio)
            if taken is not None:
                filtering.count(taken)
                continue
            self._writer.write(pair, unit)
            counts.written += 1
            counts.kinds[unit.kind] += 1

    def _counted(self, counts: PairCounts, source: Reading, target: Reading) -> Alignment:
        alignment = self._align(source, target)
        counts.articles += 1
        counts.refused += alignment.refused is not None
        counts.beads.update(bead.shape for bead in alignment.beads)
        return alignment

    def _align(self, source: Reading, target: Reading) -> Alignment:
        # A scorer of the user's own may change between runs, so what it decided is not remembered.
        memo = self._memo if self._scorer is None else None
        known = memo.get(source, target) if memo else None
        if known is not None:
            return known
        alignment = align(source.document, target.document, scorer=self._scorer)
        if memo:
            memo.put(source, target, alignment)
        return alignment


def _pivot(versions: Mapping[str, Reading]) -> str:
    """The original where it is there, else the version with the most paragraphs."""
    if ORIGINAL_LANGUAGE in versions:
        return ORIGINAL_LANGUAGE
    return min(versions, key=lambda code: (-len(versions[code].article.paragraphs), code))


def _paragraph(reading: Reading, index: int) -> Side:
    article = reading.article
    return Side(
        language=reading.language,
        text=article.paragraphs[index],
        ids=(f"p{index}",),
        url=article.url,
        slug=reading.slug,
        content_sha256=article.content_sha256,
    )


def finish(
    folder: Path, rows: Mapping[str, int], corpus: Corpus, *, settings: Mapping[str, Any], version: str
) -> dict[str, Any]:
    """Write the card and the manifest beside the files; returns the manifest."""
    counts = {f"{a}-{b}": found.to_dict() for (a, b), found in sorted(corpus.counts.items())}
    (folder / "README.md").write_bytes(_card(rows, counts, settings))
    manifest: dict[str, Any] = {
        MARK: CORPUS.mark,
        "version": version,
        **settings,
        "groups": corpus.groups,
        "pairs": counts,
        "files": [asdict(describe(folder / path, folder, number)) for path, number in rows.items()],
        BESIDE: [asdict(describe(folder / "README.md", folder, 0))],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return manifest


def _unlisted_card(manifest: Mapping[str, Any]) -> dict[str, bytes]:
    """The card of 0.1.0, which its manifest does not list: it follows from the rest of the manifest."""
    rows = {file["path"]: file["rows"] for file in manifest["files"]}
    return {"README.md": _card(rows, manifest["pairs"], manifest)}


CORPUS = Kind(
    name="parallel corpus",
    unmarked=frozenset(("version", "format", "unit", "multiway", "languages", "filters", "groups", "pairs", "files")),
    unlisted=_unlisted_card,
)


def _card(rows: Mapping[str, int], counts: Mapping[str, Any], settings: Mapping[str, Any]) -> bytes:
    return ("\n".join(_card_lines(rows, counts, settings)) + "\n").encode("utf-8")


def _card_lines(rows: Mapping[str, int], counts: Mapping[str, Any], settings: Mapping[str, Any]) -> Iterator[str]:
    languages = settings["languages"]
    yield from ["---", 'pretty_name: "Vietnam.vn, parallel"', "license: other", "license_name: no-licence-given"]
    yield from ["task_categories:", "- translation"]
    if languages:
        yield from ["language:", *(f"- {json.dumps(code.partition('-')[0])}" for code in languages)]
    yield from _configs([path for path in rows if path.endswith(".parquet")], languages)
    yield from ["---", "", "# Vietnam.vn, parallel", ""]
    yield "Passages that translate each other, of articles of [Vietnam.vn](https://www.vietnam.vn/), which translates"
    yield "them by machine. Every unit names the addresses, the paragraphs and the hashes of the texts it is from."
    yield from ["", f"Unit: {settings['unit']}; format: {settings['format']}; multi-way: {settings['multiway']}."]
    yield f"Filters: {', '.join(settings['filters']) or 'none'}."
    if settings["unit"] == "sentence":
        yield ""
        yield "Thai, Lao, Khmer and Burmese have no marks that end a sentence: their units are paragraphs, and say so."
    yield from ["", "| pair | article pairs | refused | 1-1 | other beads | unaligned | units | removed |"]
    yield "|---|---:|---:|---:|---:|---:|---:|---|"
    for pair, found in counts.items():
        beads = found["beads"]
        unaligned = beads.get("1-0", 0) + beads.get("0-1", 0)
        merged = sum(beads.values()) - beads.get("1-1", 0) - unaligned
        removed = ", ".join(f"{name} {number}" for name, number in found["removed"].items()) or "-"
        yield (
            f"| {pair} | {found['articles']} | {found['refused']} | {beads.get('1-1', 0)} | {merged} | {unaligned} "
            f"| {found['written']} | {removed} |"
        )


def _configs(paths: Sequence[str], languages: Sequence[str]) -> Iterator[str]:
    """The hub's head of a Parquet corpus: a configuration for each folder, with `translation` named as a feature."""
    if not paths:
        return
    names = [path.partition("/")[0] for path in paths]
    yield "configs:"
    for name in names:
        yield f"- config_name: {json.dumps(name)}"
        yield from ["  data_files:", "  - split: train", f"    path: {json.dumps(f'{name}/*.parquet')}"]
    yield "dataset_info:"
    pairs = {f"{a}-{b}": (a, b) for a in languages for b in languages}
    for name in names:
        yield from [f"- config_name: {json.dumps(name)}", "  features:", "  - name: translation", "    dtype:"]
        yield from ["      translation:", "        languages:"]
        yield from (f"        - {json.dumps(code)}" for code in pairs.get(name, languages))
        for column, kind in (PAIR_COLUMNS if name in pairs else MULTIWAY_COLUMNS).items():
            yield from [f"  - name: {column}", f"    dtype: {kind}"]
        if name in pairs:
            for column in ("source_ids", "target_ids"):
                yield from [f"  - name: {column}", "    sequence: string"]
