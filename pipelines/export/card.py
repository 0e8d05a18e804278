"""The dataset card: README.md with the YAML head that the Hugging Face hub reads."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pipelines.export.manifest import Manifest
from pipelines.languages import LANGUAGES
from pipelines.record import DATASET
from pipelines.storage import Selection

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def card(manifest: Manifest, extractors: Mapping[tuple[str, str], int]) -> str:
    """The card of a Parquet export; `extractors` counts rows by (extractor, version)."""
    return "\n".join([*_head(manifest), *_body(manifest, extractors)]) + "\n"


def _head(manifest: Manifest) -> list[str]:
    # Strings as JSON: a subset of YAML that needs no rules for quoting.
    by_corpus = {language.corpus: language.iso639_1 for language in LANGUAGES.values()}
    codes = sorted({by_corpus[code] for code in manifest.languages if code in by_corpus})
    size = next((name for limit, name in _SIZES if manifest.rows < limit), "n>1M")
    lines = ["---", 'pretty_name: "Vietnam.vn, cleaned"', "license: other"]
    lines += ["license_name: no-licence-given", "task_categories:", "- text-generation", "- translation"]
    lines += ["size_categories:", f"- {size}"]
    if codes:
        lines += ["language:", *(f"- {json.dumps(code)}" for code in codes)]
    if manifest.languages:
        lines += ["configs:"]
        for code in manifest.languages:
            lines += [
                f"- config_name: {json.dumps(code)}",
                "  data_files:",
                "  - split: train",
                f"    path: {json.dumps(f'{code}/*.parquet')}",
            ]
    return [*lines, "---", ""]


def _body(manifest: Manifest, extractors: Mapping[tuple[str, str], int]) -> list[str]:
    names = {language.corpus: language.name for language in LANGUAGES.values()}
    lines = ["# Vietnam.vn, cleaned", ""]
    lines += [
        "Articles of [Vietnam.vn](https://www.vietnam.vn/), a Vietnamese news portal that translates its articles by",
        "machine into some thirty languages. Each row is one language version of one article.",
        "",
        f"{manifest.rows} rows, as seen until {manifest.seen_until or '(nothing was seen)'}.",
        "",
    ]
    if manifest.since_manifest is not None:
        lines += [
            "**This is an increment**: only what is new or changed since the export whose manifest has SHA-256",
            f"`{manifest.since_manifest}`; {manifest.unchanged} rows of that one are unchanged and not repeated.",
            "To merge, leave out of its rows those whose `id` is in `changes.jsonl`, and add the rows of this one.",
            "",
        ]
    lines += ["## Languages", "", "| folder | language | rows |", "| --- | --- | ---: |"]
    lines += [
        f"| `{code}` | {names.get(code, '(see the code)')} | {rows} |" for code, rows in manifest.languages.items()
    ]
    lines += ["", "```python", "from datasets import load_dataset", ""]
    example = next(iter(manifest.languages), "fra_Latn")
    lines += [f'load_dataset("path/to/this/folder", "{example}", split="train")', "```", ""]
    lines += ["## Which texts", "", *_filters(manifest.filters), ""]
    lines += ["## Columns", "", "| column | type | what it is |", "| --- | --- | --- |"]
    lines += [f"| `{name}` | {field.type.card} | {field.told_in_dataset} |" for name, field in DATASET.items()]
    lines += ["", "## How the texts were made", ""]
    lines += [
        "The original is written in Vietnamese by its publisher; the portal translates it by machine. `vietnamvn`",
        f"{manifest.version} read the pages, took away what is not the article (navigation, related titles, comment",
        "and source lines, captions) and kept the text itself as it was. Rows by rule and version that read them:",
        "",
        *(f"- `{name}` {version}: {rows}" for (name, version), rows in sorted(extractors.items())),
        "",
        "## Known limits",
        "",
        "- All texts but the Vietnamese ones are machine translations, with their mistakes; no human has checked them.",
        "- The language was found by a program from the text; the address's own claim is in `url_language`.",
        "- Paragraphs that the portal left in Vietnamese inside a translation are in the text.",
        "- Dates of publication are days in Vietnam where the page gives no time.",
        "- Near duplicates (one event reported by several publishers) are not taken out.",
        "",
        "## Rights",
        "",
        "These are machine translations of news articles that are under the copyright of their publishers. No licence",
        "to the texts is given with this dataset, and none was asked for. Whether you may use them depends on the law",
        "of your country and on your purpose: research and text mining are often allowed, publishing the texts again",
        "mostly is not.",
        "The publishers are named in `publisher`, the originals in `source_url`.",
    ]
    return lines


def _filters(filters: Selection) -> list[str]:
    chosen = [
        ("languages found", ", ".join(filters.languages)),
        ("published since", filters.since or ""),
        ("published until", filters.until or ""),
        ("publishers", ", ".join(filters.publishers)),
        ("only texts in the language they are declared in", "yes" if filters.agreeing_only else ""),
        ("words at least", str(filters.min_words) if filters.min_words else ""),
    ]
    every = (
        "Every different text ever seen at an address."
        if filters.revisions == "all"
        else ("The current text of every article; earlier translations at the same address are left out.")
    )
    told = [f"- {name}: {value}" for name, value in chosen if value]
    return [every, "", *(told or ["No filter was set."])]
