"""The dataset card: README.md with the YAML head that the Hugging Face hub reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from pipelines.export import facts
from pipelines.export.croissant_about import citation, version
from pipelines.export.dataset import DEFAULT, TRAIN, Config, Dataset, data_files, features, split_order
from pipelines.export.manifest import ExportedFile
from pipelines.languages import LANGUAGES
from pipelines.rights import USAGES
from pipelines.rights.choosing import ANSWERS
from pipelines.site import is_site_host

_SIZES = (
    (1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"), (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"), (1_000_000_000, "100M<n<1B"), (10**10, "1B<n<10B"), (10**11, "10B<n<100B"),
    (10**12, "100B<n<1T"),
)  # fmt: skip
_MOST_PUBLISHERS = 20
_MOST_HOSTS = 20
_MOST_SIGNALS = 20
_NULLS = "A value is null where the page told none, or none was found; a list is then empty."
_SIDE_BY_SIDE = (
    "Language versions of one article have the same `slug`, and one `url_language` each: join on `slug` to have them "
    "side by side. Sentence by sentence they are not aligned here (`vietnamvn align` does that)."
)
_PAGE_OF_DOCS = re.compile(r"\[([^\]]*)\]\((?!https?:)[^)]*\)")  # a link to what does not lie beside the card


def card(dataset: Dataset, files: Sequence[ExportedFile] = ()) -> str:
    """The card as Markdown with its head; `files` are the data files, from which its version is made."""
    return "\n".join([*_head(dataset), *_body(dataset, files)]) + "\n"


# --- the head -------------------------------------------------------------------------------------------------


def _head(dataset: Dataset) -> Iterator[str]:
    # Strings as JSON: a subset of YAML that needs no rules for quoting.
    yield "---"
    yield f"pretty_name: {json.dumps(dataset.title)}"
    yield from ("license: other", "license_name: no-licence-given", "task_categories:")
    yield from (f"- {task}" for task in dataset.tasks)
    yield from ("size_categories:", f"- {size_category(dataset.rows)}")
    if dataset.languages:
        yield from ("language:", *(f"- {json.dumps(code)}" for code in dataset.languages))
    if len(dataset.languages) > 1:
        yield from ("multilinguality:", "- multilingual")
    yield from ("annotations_creators:", "- no-annotation", "language_creators:", "- found", "- machine-generated")
    yield from ("source_datasets:", "- original", "tags:", *(f"- {json.dumps(tag)}" for tag in facts.KEYWORDS))
    # Even for files that no loader takes: it would take manifest.json for data.
    yield from _configs(dataset)
    if dataset.loader is not None:
        yield from _dataset_info(dataset)
    yield from ("---", "")


def size_category(rows: int) -> str:
    """The hub's size category for a number of rows."""
    return next((name for limit, name in _SIZES if rows < limit), "n>1T")


def _configs(dataset: Dataset) -> Iterator[str]:
    """Which files each name loads. Without it readers would take everything in the folder for data."""
    yield "configs:"
    for config in (None, *dataset.configs):
        yield f"- config_name: {json.dumps(config.name if config else DEFAULT)}"
        if config is None:
            yield "  default: true"
        yield "  data_files:"
        for split in config.splits if config else dataset.splits:
            yield f"  - split: {split}"
            yield f"    path: {json.dumps(_pattern(dataset, config, split))}"


def _pattern(dataset: Dataset, config: Config | None, split: str) -> str:
    # A database is one file for all configurations.
    return f"{dataset.below}*.{dataset.ending}" if dataset.is_one_file else data_files(dataset, config, split)


def _dataset_info(dataset: Dataset) -> Iterator[str]:
    yield "dataset_info:"
    # Once, then by reference: else a hundred lines of types would be repeated forty times.
    shown = f"&columns {json.dumps(features(dataset))}"
    for config in (None, *dataset.configs):
        yield f"- config_name: {json.dumps(config.name if config else DEFAULT)}"
        yield f"  features: {shown}"
        shown = "*columns"
        rows = dataset.split_rows if config is None else config.split_rows
        if rows:  # then `datasets` counts them when it loads
            yield "  splits:"
        for split in sorted(rows, key=split_order):
            yield from (f"  - name: {split}", f"    num_examples: {rows[split]}")


# --- the text -------------------------------------------------------------------------------------------------


def _body(dataset: Dataset, files: Sequence[ExportedFile]) -> Iterator[str]:
    yield from (f"# {dataset.title}", "", *dataset.about, "")
    yield from (f"{dataset.rows:,} rows{_seen(dataset)}.", "")
    yield from _stand_in(dataset)
    for note in dataset.notes:
        yield from (note, "")
    yield from _parts(dataset)
    yield from _loading(dataset)
    yield from ("## Which texts", "", *dataset.selection, "")
    yield from ("## Columns", "", _NULLS, "", "| column | type | what it is |", "| --- | --- | --- |")
    for column in dataset.columns:
        meaning = _PAGE_OF_DOCS.sub(r"\1", column.dataset_meaning)
        yield f"| `{column.name}` | {column.type.card} | {meaning} |"
    yield ""
    if {"slug", "url_language"} <= {column.name for column in dataset.columns}:
        yield from (_SIDE_BY_SIDE, "")
    yield from _making(dataset)
    if dataset.limits:
        yield from ("## Known limits", "", *(f"- {limit}" for limit in dataset.limits), "")
    yield from _facts(dataset)
    yield from _citing(dataset, files)


def _seen(dataset: Dataset) -> str:
    """When the texts were seen, in days."""
    days = [day[:10] for day in (dataset.seen_since, dataset.seen_until) if day]
    return f", as seen from {days[0]} to {days[-1]}" if days else "; nothing was seen"


def _stand_in(dataset: Dataset) -> Iterator[str]:
    if dataset.hosts and not any(is_site_host(host) for host in dataset.hosts):
        yield "**No row is from the portal itself**: the pages came from other hosts (named below), say from a stand-in"
        yield from ("for it on somebody's own machine. Such texts are for trials, and need not be news.", "")


def _parts(dataset: Dataset) -> Iterator[str]:
    splits = tuple(dataset.split_rows)
    yield from ("## Languages", "", f"| configuration | language | rows |{''.join(f' {split} |' for split in splits)}")
    yield "| --- | --- | ---: |" + " ---: |" * len(splits)
    for config in dataset.configs:
        of_splits = "".join(f" {config.split_rows.get(split, 0):,} |" for split in splits)
        yield f"| `{config.name}` | {_named(config)} | {config.rows:,} |{of_splits}"
    yield from ("", f"The configuration `{DEFAULT}` is all of them together.", "")
    if not dataset.splitting:
        yield from (f"There is one split, `{TRAIN}`, with all rows: none are held out for a test.", "")
    else:
        shares = ", ".join(f"{split} {rows:,}" for split, rows in dataset.split_rows.items())
        yield from ("## Splits", "", f"Rows: {shares or 'none'}.", *dataset.splitting, "")


def _named(config: Config) -> str:
    by_corpus = {language.corpus: language.name for language in LANGUAGES.values()}
    by_code = {language.iso639_1: language.name for language in reversed(LANGUAGES.values())}
    if config.name in by_corpus:
        return by_corpus[config.name]
    return ", ".join(by_code.get(code, code) for code in config.languages) or (
        "not found" if config.name.startswith("und_") else "(see the code)" if config.rows else "none"
    )


def _loading(dataset: Dataset) -> Iterator[str]:
    yield from ("## Loading", "")
    if dataset.loader is None:
        yield from (f"`datasets` has no loader for these files; they are below `{dataset.below}`.", "")
        return
    example = dataset.configs[0].name if dataset.configs else DEFAULT
    yield from ("```python", "from datasets import load_dataset", "")
    yield f'load_dataset("path/to/this/folder", split="{dataset.splits[0]}")  # everything'
    yield f'load_dataset("path/to/this/folder", "{example}", split="{dataset.splits[0]}")'
    folders = dataset.below.rstrip("/") or "`, `".join(config.name for config in dataset.configs)
    yield from ("```", "", f"Readers that take every file below a folder are given its `{folders}` folder.", "")


def _making(dataset: Dataset) -> Iterator[str]:
    yield from ("## How the texts were made", "")
    yield "The original is written in Vietnamese by its publisher; the portal translates it by machine. `vietnamvn`"
    yield f"{dataset.version} read the pages, took away what is not the article (navigation, related titles, comment"
    yield "and source lines, captions) and kept the text itself as it was."
    yield from ("", *(f"- {sentence}" for sentence in (facts.COLLECTION, *facts.PREPROCESSING)), "")
    if dataset.extractors:
        yield "Rows by rule and version that read them (`layout:…` is a layout of the site's pages; `blocks` and"
        yield from ("`trafilatura` read pages of no known layout, `text-…` rows of corpora that have no HTML):", "")
        yield from (f"- `{name}` {version}: {rows:,}" for (name, version), rows in sorted(dataset.extractors.items()))
    yield ""
    yield from _hosts(dataset)
    yield from _publishers(dataset)


def _hosts(dataset: Dataset) -> Iterator[str]:
    """The hosts of the pages: a dataset of a stand-in for the site must not be taken for the site's."""
    if not dataset.hosts:
        return
    yield from ("Rows by the host of their address:", "")
    shown = sorted(dataset.hosts.items(), key=lambda item: (-item[1], item[0]))
    yield from (f"- {plain_of(host)}: {rows:,}" for host, rows in shown[:_MOST_HOSTS])
    if (more := len(shown) - _MOST_HOSTS) > 0:
        yield f"- and {more:,} more"
    yield ""


def _publishers(dataset: Dataset) -> Iterator[str]:
    if not dataset.publishers:
        if dataset.rows and dataset.extractors:
            yield from ("## Publishers", "", "The pages of these rows do not name who published the originals.", "")
        return
    shown = sorted(dataset.publishers.items(), key=lambda item: (-item[1], item[0]))
    names = ", ".join(f"{plain_of(name)} ({rows:,})" for name, rows in shown[:_MOST_PUBLISHERS])
    more = len(shown) - _MOST_PUBLISHERS
    unnamed = dataset.rows - sum(dataset.publishers.values())
    tail = f", and {more:,} more" if more > 0 else ""
    none = f" Of {unnamed:,} rows the page names none." if unnamed > 0 else ""
    yield from ("## Publishers", "", f"Who published the originals, with their rows: {names}{tail}.{none}", "")


def _facts(dataset: Dataset) -> Iterator[str]:
    """What holds for every dataset of the site's texts."""
    yield from ("## What is not known", "", *(f"- {sentence}" for sentence in facts.UNKNOWN), "")
    yield from ("## What is one-sided", "", *(f"- {sentence}" for sentence in facts.BIASES), "")
    yield from ("## What it is good for", "", *(f"- {sentence}" for sentence in facts.USES), "")
    yield from ("## Persons", "", *facts.PERSONAL, "")
    yield from ("## Rights", "", *facts.RIGHTS, "", *facts.SIGNALS, "")
    yield from _rights(dataset)
    contact = None if dataset.contact is None else plain_of(dataset.contact)
    removal = facts.removal(contact, dataset.removed)
    yield from ("## To have a text taken out", "", *(f"- {sentence}" for sentence in removal), "")
    yield from ("## Who made this", "", *facts.makers(contact), "")
    yield from ("## Further versions", "", facts.MAINTENANCE, "")


def _rights(dataset: Dataset) -> Iterator[str]:
    """What the site said of the use of its pages, in numbers of rows."""
    yield from ("## What the site said of their use", "")
    rights = dataset.rights
    if rights is None:
        yield from (facts.NOT_IN_DATASET, "")
        return
    yield from (*facts.RECORDED, "", f"| use | {' | '.join(ANSWERS)} |", "| --- |" + " ---: |" * len(ANSWERS))
    for usage in USAGES:
        rows = " | ".join(f"{rights.answers[usage, answer]:,}" for answer in ANSWERS)
        yield f"| `{usage}` | {rows} |"
    yield ""
    if not rights.signals:
        yield from ("No signal was found at any of the rows.", "")
        return
    yield from ("Rows by signal, where it was found and what it said:", "")
    shown = rights.most()
    yield from (f"- {plain_of(source)}: {plain_of(words)}: {rows:,}" for (source, words), rows in shown[:_MOST_SIGNALS])
    if (more := len(shown) - _MOST_SIGNALS) > 0:
        yield f"- and {more:,} more"
    yield ""


def _citing(dataset: Dataset, files: Sequence[ExportedFile]) -> Iterator[str]:
    if not files:
        return
    yield from (
        "## Version and how to cite",
        "",
        f"`{version(dataset, files)}`: the day of the last sighting, and the beginning of the",
    )
    yield f"SHA-256 of what `LC_ALL=C sha256sum {dataset.all_data}` prints. `manifest.json` lists each file with its"
    yield from ("hash, and `vietnamvn verify` compares them.", "", "```bibtex", citation(dataset, files), "```")


def plain_of(text: str) -> str:
    """A text from a page as Markdown: on one line, and without markup of its own."""
    escaped = "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#|!" else sign for sign in " ".join(text.split()))
    return escaped.replace("&", "&amp;")
