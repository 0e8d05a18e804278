"""Reading back what a job has written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipelines.batch import files
from pipelines.batch.columns import PREFIX
from pipelines.batch.extras import require
from pipelines.errors import VietnamvnError
from pipelines.models import Article


def read_articles(out: str) -> Iterator[Article]:
    """The articles in an output folder's ``clean/``, in its order; kept rows of other sites are left out.

    Raises `VietnamvnError` where there is no manifest: an unfinished job's output is not to be relied on.
    """
    content = files.read_bytes(files.join(out, "manifest.json"))
    if content is None:
        raise VietnamvnError(f"{out}: no manifest.json; run 'vietnamvn clean' to its end first")
    for part in json.loads(content)["outputs"]:
        if part["name"].startswith("clean/"):
            for row in _rows(files.join(out, part["name"])):
                if row.get(PREFIX + "outcome") == "ok":
                    yield _article(row)


def _rows(uri: str) -> Iterator[dict[str, Any]]:
    with files.open_input(uri) as stream:
        if uri.endswith(".jsonl"):
            for line in stream:
                yield json.loads(line)
        else:
            parquet = require("pyarrow.parquet", extra="batch", purpose="reading Parquet")
            for batch in parquet.ParquetFile(stream).iter_batches(batch_size=256):
                yield from batch.to_pylist()


def _article(row: dict[str, Any]) -> Article:
    record = {name.removeprefix(PREFIX): value for name, value in row.items() if name.startswith(PREFIX)}
    record["alternates"] = dict(record["alternates"])  # a map of Parquet comes as pairs
    return Article.from_dict(record)
