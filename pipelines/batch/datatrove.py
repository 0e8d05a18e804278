"""A datatrove step (extra ``datatrove``): the shards of `vietnamvn clean`, as the reader of a datatrove pipeline.

    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.writers import JsonlWriter
    from pipelines.batch.datatrove import CleanShards

    LocalPipelineExecutor([CleanShards(["s3://crawl/*.warc.gz"], "s3://clean"), JsonlWriter("out")], tasks=64).run()

It runs the same function as the command. A later `vietnamvn clean` with the same input, output and options finds the
shards done, and adds what needs all of them: duplicates, parts and manifest.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep

from pipelines.batch.input_rows import PREFIX, CleanOptions
from pipelines.batch.job import plan_tasks
from pipelines.batch.shards import finished_rows


class CleanShards(PipelineStep):  # type: ignore[misc]  # datatrove has no types
    """Cleans its rank's shards into `out`, and yields each clean row as a document with all columns as metadata."""

    type = "📖 - READER"
    name = "vietnamvn clean"

    def __init__(self, inputs: Sequence[str], out: str, options: CleanOptions | None = None) -> None:
        super().__init__()
        self.inputs, self.out, self.options = list(inputs), out, options or CleanOptions()

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """Every `world_size`-th shard, from `rank` on; documents that came in pass through first."""
        yield from data or ()
        _, tasks = plan_tasks(self.inputs, self.out, options=self.options)
        for task in tasks[rank::world_size]:
            report = task()
            self.stat_update("rejected", value=sum(report.rejected.values()))
            self.stat_update("passed_over", value=sum(report.passed.values()))
            for mark, line in finished_rows(self.out, report.key):
                if mark == b"c":
                    self.stat_update("clean")
                    yield _document(json.loads(line), self.options.text_into or PREFIX + "text")


def _document(row: dict[str, Any], text: str) -> Document:
    place = f"{row[PREFIX + 'source']}/{row[PREFIX + 'position']}"
    return Document(text=row[text], id=str(row.get("id") or place), metadata=row)
