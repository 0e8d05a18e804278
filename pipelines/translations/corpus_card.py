"""The description of a parallel corpus, for its card and for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pipelines.export.dataset import Config, Dataset
from pipelines.models import Article
from pipelines.translations.exports import Writer
from pipelines.translations.sentences import PARAGRAPH_ONLY

_SITE = "[Vietnam.vn](https://www.vietnam.vn/), a Vietnamese news portal that translates its articles by machine into"
_ABOUT = {
    "document": (
        f"Whole articles of {_SITE}",
        "some thirty languages, side by side. Nothing of the texts is left out: segments hold title, lead and every",
        "sentence with the space behind it, and beads name those that translate each other.",
    ),
    "unit": (
        f"Passages that translate each other, of articles of {_SITE}",
        "some thirty languages. Every row names the addresses, the paragraphs and the hashes of the texts it is from.",
    ),
}
_LIMITS = (
    "Between two languages that are both translations, both sides were made by machine from the same Vietnamese text.",
    "No human has checked the translations or the alignment.",
    "Languages are those of the addresses: a text may be in another one where `languages_agree` was not applied.",
)


class Origin(NamedTuple):
    """What is counted of a row: extractor, publisher, host and day of fetching of its first side."""

    extractor: tuple[str, str]
    publisher: str | None
    host: str | None
    day: str | None


def origin_of(article: Article) -> Origin:
    """The origin of a row whose first side is in this article."""
    publisher = article.publisher.encode("utf-8", "replace").decode("utf-8") if article.publisher else None
    day = article.fetched_at[:10] if article.fetched_at else None
    return Origin((article.extractor, article.extractor_version), publisher, article.host or None, day)


@dataclass(slots=True)
class Origins:
    """Counts of rows by extractor, publisher and host of their first side; first and last day of fetching."""

    extractors: Counter[tuple[str, str]] = field(default_factory=Counter)
    publishers: Counter[str] = field(default_factory=Counter)
    hosts: Counter[str] = field(default_factory=Counter)
    since: str | None = None
    until: str | None = None

    def count(self, origin: Origin, rows: int) -> None:
        """Count rows, one at least, of an origin."""
        self.extractors[origin.extractor] += rows
        if origin.publisher:
            self.publishers[origin.publisher] += rows
        if origin.host:
            self.hosts[origin.host] += rows
        if day := origin.day:
            self.since, self.until = min(self.since or day, day), max(self.until or day, day)


def dataset_of(
    out: Writer, origins: Origins, counts: Mapping[str, Any], settings: Mapping[str, Any], version: str
) -> Dataset:
    """The description of a corpus that is written; `counts` are those of the manifest, by pair."""
    configs = tuple(
        Config(
            name=name,
            languages=tuple(dict.fromkeys(code.partition("-")[0] for code in out.languages_of(name))),
            rows=rows,
        )
        for name, rows in out.configs.items()
    )
    return Dataset(
        title="Vietnam.vn, parallel",
        about=_ABOUT["document" if settings["unit"] == "document" else "unit"],
        ending=out.form,
        version=version,
        columns=out.fields,
        configs=configs,
        selection=tuple(_selection(counts, settings)),
        tasks=("translation",),
        limits=_LIMITS,
        extractors=origins.extractors,
        publishers=origins.publishers,
        hosts=origins.hosts,
        seen_since=origins.since,
        seen_until=origins.until,
    )


def _selection(counts: Mapping[str, Any], settings: Mapping[str, Any]) -> Iterator[str]:
    yield f"Unit: {settings['unit']}; many languages in a row: {'yes' if settings['multiway'] else 'no'}."
    yield f"Filters: {', '.join(settings['filters']) or 'none'}."
    if settings["unit"] != "paragraph" and PARAGRAPH_ONLY & {*settings["languages"]}:
        yield ""
        yield "Thai, Lao, Khmer and Burmese have no marks that end a sentence: their units are paragraphs, and say so."
    rows = "documents" if settings["unit"] == "document" else "units"
    yield from ("", f"| pair | article pairs | refused | 1-1 | other beads | unaligned | {rows} | removed |")
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
