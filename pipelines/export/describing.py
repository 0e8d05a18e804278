"""The description of an export, and the two files that describe every dataset: its card and croissant.json."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipelines.export.card import card
from pipelines.export.croissant import croissant
from pipelines.export.dataset import Config, Dataset
from pipelines.export.formats import format_named
from pipelines.export.manifest import ExportedFile, Manifest
from pipelines.export.seen import Seen
from pipelines.export.selection_text import extent_lines, selection_lines
from pipelines.export.splitting import split_lines
from pipelines.record import DATASET
from pipelines.storage import Extent

DESCRIPTIONS = ("README.md", "croissant.json")
"""The files that `describe_dataset` writes."""

_ABOUT = (
    "Articles of [Vietnam.vn](https://www.vietnam.vn/), a Vietnamese news portal that translates its articles by",
    "machine into some thirty languages. Each row is one language version of one article, out of the pages that",
    "were fetched: a part of what the portal has.",
)
_LIMITS = (
    "All texts but the Vietnamese ones are machine translations, with their mistakes; no human has checked them.",
    "The language was found by a program from the text; the address's own claim is in `url_language`.",
    "Paragraphs that the portal left in Vietnamese inside a translation are in the text.",
    "Dates of publication are days in Vietnam where the page gives no time.",
    "Some addresses of other languages hold the Vietnamese original, not translated: one text is then in several rows, "
    "with `language` vie, the same `content_sha256` and another `url_language`.",
    "Near duplicates (one event reported by several publishers) are not taken out.",
)


def describe_dataset(folder: Path, dataset: Dataset, files: Sequence[ExportedFile]) -> None:
    """Write the card and croissant.json of a dataset whose data files are written."""
    made = (card(dataset, files), croissant(dataset, files))
    for name, text in zip(DESCRIPTIONS, made, strict=True):
        (folder / name).write_text(text, encoding="utf-8")


def dataset_of(made: Manifest, seen: Seen, extent: Extent, removed: int = 0) -> Dataset:
    """The description of an export, from its manifest, its rows and the extent of the selection; `removed` texts
    are in its list of removals."""
    configs = tuple(
        Config(
            name=name,
            languages=tuple(sorted(seen.codes.get(name, ()))),
            rows=rows,
            split_rows=seen.split_rows(name) if made.split else {},
        )
        for name, rows in made.languages.items()
    )
    return Dataset(
        title="Vietnam.vn, cleaned",
        about=_ABOUT,
        ending=format_named(made.format).ending,
        version=made.version,
        columns=tuple(DATASET[name] for name in made.columns),
        configs=configs,
        selection=(*selection_lines(made.filters), *extent_lines(extent)),
        splitting=split_lines(made.split, made.filters.seed, made.families),
        notes=() if made.since_manifest is None else (_increment(made),),
        limits=_LIMITS,
        extractors=seen.extractors,
        publishers=seen.publishers,
        hosts=seen.hosts,
        rights=seen.rights,
        seen_since=seen.since,
        seen_until=seen.until,
        contact=made.contact,
        removed=removed,
    )


def _increment(made: Manifest) -> str:
    changes = ", ".join(
        f"{sum(reasons.values()):,} {change}" for change, reasons in made.changes.items() if sum(reasons.values())
    )
    return (
        "**This is an increment**: only what is new or changed since the export whose manifest has SHA-256\n"
        f"`{made.since_manifest}`. {made.unchanged:,} rows of that one stand as they were and are not repeated;\n"
        f"the others: {changes or 'none'}. `changes.jsonl` names each: leave out of the earlier rows those whose `id`\n"
        "is in it, and add these."
    )
