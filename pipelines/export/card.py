"""The dataset card: README.md with the YAML head that the Hugging Face hub reads."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pipelines.export.dataset import DATA, DEFAULT, Config, Dataset, data_files, features
from pipelines.languages import LANGUAGES

_SIZES = (
    (1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"), (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"), (1_000_000_000, "100M<n<1B"),
)  # fmt: skip
_MOST_PUBLISHERS = 20


def card(dataset: Dataset) -> str:
    """The card as Markdown with its head."""
    return "\n".join([*_head(dataset), *_body(dataset)]) + "\n"


# --- the head -------------------------------------------------------------------------------------------------


def _head(dataset: Dataset) -> Iterator[str]:
    # Strings as JSON: a subset of YAML that needs no rules for quoting.
    yield "---"
    yield f"pretty_name: {json.dumps(dataset.title)}"
    yield from ("license: other", "license_name: no-licence-given", "task_categories:")
    yield from (f"- {task}" for task in dataset.tasks)
    yield from ("size_categories:", f"- {_size(dataset.rows)}")
    if dataset.languages:
        yield from ("language:", *(f"- {json.dumps(code)}" for code in dataset.languages))
    if len(dataset.languages) > 1:
        yield from ("multilinguality:", "- multilingual")
    if dataset.loader is not None:
        yield from _configs(dataset)
        yield from _dataset_info(dataset)
    yield from ("---", "")


def _size(rows: int) -> str:
    return next((name for limit, name in _SIZES if rows < limit), "n>1B")


def _configs(dataset: Dataset) -> Iterator[str]:
    """Which files are loaded by which name. Without it readers would take whatever lies in the folder for data."""
    yield "configs:"
    for config in (None, *dataset.configs):
        yield f"- config_name: {json.dumps(config.name if config else DEFAULT)}"
        if config is None:
            yield "  default: true"
        yield "  data_files:"
        for split in config.splits if config else dataset.splits:
            yield f"  - split: {split}"
            yield f"    path: {json.dumps(data_files(dataset, config, split))}"


def _dataset_info(dataset: Dataset) -> Iterator[str]:
    yield "dataset_info:"
    for name in (DEFAULT, *(config.name for config in dataset.configs)):
        yield f"- config_name: {json.dumps(name)}"
        yield f"  features: {json.dumps(features(dataset))}"


# --- the text -------------------------------------------------------------------------------------------------


def _body(dataset: Dataset) -> Iterator[str]:
    yield from (f"# {dataset.title}", "", *dataset.about, "")
    yield from (f"{dataset.rows:,} rows, as seen until {dataset.seen_until or '(nothing was seen)'}.", "")
    for note in dataset.notes:
        yield from (note, "")
    yield from _parts(dataset)
    yield from _loading(dataset)
    yield from ("## Which texts", "", *dataset.selection, "")
    yield from ("## Columns", "", "| column | type | what it is |", "| --- | --- | --- |")
    yield from (f"| `{column.name}` | {column.type.card} | {column.told_in_dataset} |" for column in dataset.columns)
    yield ""
    yield from _making(dataset)
    if dataset.limits:
        yield from ("## Known limits", "", *(f"- {limit}" for limit in dataset.limits), "")
    yield from _RIGHTS


def _parts(dataset: Dataset) -> Iterator[str]:
    yield from ("## Languages", "", "| configuration | language | rows |", "| --- | --- | ---: |")
    yield from (f"| `{config.name}` | {_named(config)} | {config.rows} |" for config in dataset.configs)
    yield from ("", f"The configuration `{DEFAULT}` is all of them together.", "")


def _named(config: Config) -> str:
    by_corpus = {language.corpus: language.name for language in LANGUAGES.values()}
    by_code = {language.iso639_1: language.name for language in reversed(LANGUAGES.values())}
    if config.name in by_corpus:
        return by_corpus[config.name]
    return ", ".join(by_code.get(code, code) for code in config.languages) or "(see the code)"


def _loading(dataset: Dataset) -> Iterator[str]:
    yield from ("## Loading", "")
    if dataset.loader is None:
        yield from (f"`datasets` has no loader for these files; they are below `{DATA}/`.", "")
        return
    example = dataset.configs[0].name if dataset.configs else DEFAULT
    yield from ("```python", "from datasets import load_dataset", "")
    yield f'load_dataset("path/to/this/folder", split="{dataset.splits[0]}")  # everything'
    yield f'load_dataset("path/to/this/folder", "{example}", split="{dataset.splits[0]}")'
    yield from ("```", "", "Readers that take every file below a folder are given its `data` folder.", "")


def _making(dataset: Dataset) -> Iterator[str]:
    yield from ("## How the texts were made", "")
    yield "The original is written in Vietnamese by its publisher; the portal translates it by machine. `vietnamvn`"
    yield f"{dataset.version} read the pages, took away what is not the article (navigation, related titles, comment"
    yield "and source lines, captions) and kept the text itself as it was."
    if dataset.extractors:
        yield from ("Rows by rule and version that read them:", "")
        yield from (f"- `{name}` {version}: {rows}" for (name, version), rows in sorted(dataset.extractors.items()))
    yield ""
    if dataset.publishers:
        shown = sorted(dataset.publishers.items(), key=lambda item: (-item[1], item[0]))
        more = len(shown) - _MOST_PUBLISHERS
        tail = f", and {more} more" if more > 0 else ""
        names = ", ".join(f"{_plain(name)} ({rows})" for name, rows in shown[:_MOST_PUBLISHERS])
        yield from (f"The publishers of the originals, with their rows: {names}{tail}.", "")


def _plain(text: str) -> str:
    """A text of a page within Markdown: on one line, and no markup of its own."""
    escaped = "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#|!" else sign for sign in " ".join(text.split()))
    return escaped.replace("&", "&amp;")


_RIGHTS = (
    "## Rights",
    "",
    "These are machine translations of news articles that are under the copyright of their publishers. No licence",
    "to the texts is given with this dataset, and none was asked for. Whether you may use them depends on the law",
    "of your country and on your purpose: research and text mining are often allowed, publishing the texts again",
    "mostly is not.",
    "The publishers are named in `publisher`, the originals in `source_url`.",
)
