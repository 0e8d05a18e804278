"""Cleaning Arrow record batches, for engines that pass those around: PySpark's ``mapInArrow``, Ray Data, a notebook.

    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
    from pipelines.batch.arrow import CleanBatches, cleaned_schema

    rows = spark.read.parquet("fineweb-2/vie_Latn")
    schema = cleaned_schema(to_arrow_schema(rows.schema))
    clean = rows.mapInArrow(CleanBatches(), from_arrow_schema(schema)).where("vn_outcome = 'ok'")

Every row comes out, whatever became of it: ``vn_outcome`` and ``vn_detail`` say what. Duplicates need all rows at once
and are not looked for here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipelines.batch.arrow_columns import arrow_column
from pipelines.batch.cleaned_rows import CleanRow, Extract, added_names, clean_row
from pipelines.batch.columns import find_columns, own_text, page_row
from pipelines.batch.extras import require
from pipelines.batch.fingerprints import LISTED_OUTCOME, FingerprintList, digest_of, load
from pipelines.batch.input_rows import PREFIX, Broken, CleanOptions, Passed
from pipelines.batch.readers.parquet import rows
from pipelines.batch.schema import added_fields, without_added
from pipelines.extraction import extract as default_extract
from pipelines.models import Rejected

if TYPE_CHECKING:  # optional: whoever has batches has it
    import pyarrow as pa

_PURPOSE = "cleaning Arrow batches"
# Of a place in a file, which a batch does not have.
_NAMES = tuple(name for name in added_names(CleanOptions(duplicates="none")) if name not in ("source", "position"))


def cleaned_schema(schema: pa.Schema) -> pa.Schema:
    """The schema that `CleanBatches` gives for rows of `schema`: its columns, the added ones, and ``vn_detail``."""
    arrow = require("pyarrow", extra="batch", purpose=_PURPOSE)
    detail = arrow.field(PREFIX + "detail", arrow.string())
    return arrow.schema([*without_added(schema), *added_fields(_NAMES), detail])


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanBatches:
    """Cleans record batches of text rows, one after another; can be pickled."""

    options: CleanOptions = field(default_factory=CleanOptions)
    extract: Extract = default_extract

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Each batch with the added columns; rows stay in their order."""
        arrow = require("pyarrow", extra="batch", purpose=_PURPOSE)
        uri = self.options.drop_matches
        listed = None if uri is None else load(uri, digest_of(uri))
        for batch in batches:
            names = find_columns(batch.schema.names, self.options)
            schema = cleaned_schema(batch.schema)
            cleaned = []
            for row, problem in rows(batch):
                if problem is None:
                    item = page_row(row, source="", position=0, options=self.options, names=names)
                else:
                    item = Broken(source="", position=0, detail=problem)
                cleaned.append(self._columns(item, listed))
            came_in = [batch.column(f.name) for f in without_added(batch.schema)]
            added = [arrow_column([row.get(f.name) for row in cleaned], f.type) for f in list(schema)[len(came_in) :]]
            yield arrow.RecordBatch.from_arrays([*came_in, *added], schema=schema)

    def _columns(self, item: Any, listed: FingerprintList | None) -> dict[str, Any]:
        if isinstance(item, Passed):
            match = self._match(own_text(item.columns, self.options), listed)
            return match or {PREFIX + "outcome": item.reason}
        result = item if isinstance(item, Broken) else clean_row(item, extract=self.extract, duplicates="none")
        if isinstance(result, CleanRow):
            return self._match(result.columns[PREFIX + "text"], listed) or dict(result.columns)
        outcome = result.outcome if isinstance(result, Rejected) else "broken"
        return {PREFIX + "outcome": outcome, PREFIX + "detail": result.detail}

    def _match(self, text: str | None, listed: FingerprintList | None) -> dict[str, Any] | None:
        if listed is None or text is None:
            return None
        match = listed.match(text, share=self.options.match_share)
        return None if match is None else {PREFIX + "outcome": LISTED_OUTCOME, PREFIX + "detail": match.detail}
