"""Facts on the files of a dataset by the ending of their names, for cards, croissant.json and readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """The facts on files of one ending.

    `media_type` comes with that of the packing if packed. `loader`: which loader of `datasets` reads them; None
    where it has none. `one_file`: all rows are in one, without folders of configurations. `named_otherwise`: they have
    the names that their users know (en-fr.en, en-fr.fr), and not the ending.
    """

    media_type: str | tuple[str, str] = "application/octet-stream"
    loader: Literal["parquet", "json", "csv"] | None = None
    one_file: bool = False
    named_otherwise: bool = False


_FACTS: Mapping[str, FileFacts] = {
    "parquet": FileFacts(media_type="application/x-parquet", loader="parquet"),
    "jsonl": FileFacts(media_type="application/jsonlines", loader="json"),
    "jsonl.gz": FileFacts(media_type=("application/jsonlines", "application/gzip"), loader="json"),
    "jsonl.zst": FileFacts(media_type=("application/jsonlines", "application/zstd"), loader="json"),
    "csv": FileFacts(media_type="text/csv", loader="csv"),
    "tsv": FileFacts(media_type="text/tab-separated-values", loader="csv"),
    "xlsx": FileFacts(media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "sqlite": FileFacts(media_type="application/vnd.sqlite3", one_file=True),
    "tmx": FileFacts(),
    "moses": FileFacts(named_otherwise=True),
}


def file_facts(ending: str) -> FileFacts:
    """What is known of the files of an ending.

    >>> file_facts("jsonl.zst").media_type
    ('application/jsonlines', 'application/zstd')
    """
    if ending not in _FACTS:
        raise LookupError(f"nothing is known of files that end in .{ending}; add a row to pipelines/export/endings.py")
    return _FACTS[ending]
