"""The card that 0.1.0 wrote beside a corpus without listing it, so that its folders are still recognised."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.manifests import Kind

_PAIR_COLUMNS = {
    "source_url": "string",
    "target_url": "string",
    "score": "float64",
    "shape": "string",
    "unit": "string",
    "slug": "string",
    "source_content_sha256": "string",
    "target_content_sha256": "string",
}
_MULTIWAY_COLUMNS = {"slug": "string", "pivot": "string", "score": "float64"}


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
        for column, kind in (_PAIR_COLUMNS if name in pairs else _MULTIWAY_COLUMNS).items():
            yield from [f"  - name: {column}", f"    dtype: {kind}"]
        if name in pairs:
            for column in ("source_ids", "target_ids"):
                yield from [f"  - name: {column}", "    sequence: string"]
