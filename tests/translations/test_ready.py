"""Rows that are ready for a file: whatever is joined, left out or put on the disk, each row is what it was."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.export.parquet import arrow_schema, arrow_table, held_by
from pipelines.translations import columns, spool
from pipelines.translations.exports import CorpusContent, prepare
from pipelines.translations.ready import TableRows, TextRows
from pipelines.translations.spool import Spool
from pipelines.type_rows import TypesShown, shape_of, write_lines

CONTENT = CorpusContent(version="1", languages=("en", "fr"), unit="paragraph", multiway=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
SIDES = st.fixed_dictionaries(
    {
        "language": TEXTS,
        "text": TEXTS,
        "ids": st.lists(TEXTS, max_size=2),
        "url": st.none() | TEXTS,
        "content_sha256": TEXTS,
    }
)
ROWS = st.fixed_dictionaries(
    {"slug": TEXTS, "pivot": TEXTS, "score": st.just(0.5), "texts": st.lists(SIDES, max_size=2)}
)
CHUNKS = st.lists(st.lists(st.tuples(ROWS, st.booleans()), min_size=1, max_size=4), max_size=4)
Chunks = list[list[tuple[dict[str, Any], bool]]]


def _through_the_disk(form: str, chunks: Chunks, kind: Any) -> tuple[list[dict[str, Any]], list[Any]]:
    """The rows that stay, and the chunks that come back."""
    with tempfile.TemporaryDirectory() as folder:
        waiting = Spool(Path(folder))
        for chunk in chunks:
            rows = prepare(form, [row for row, _ in chunk], CONTENT)
            waiting.add("a", rows.only([number for number, (_, stays) in enumerate(chunk) if stays]).parts())
            waiting.add("another", rows.parts())
        back = [kind.of_parts(parts) for parts in waiting.chunks("a")]
    return [row for chunk in chunks for row, stays in chunk if stays], back


@pytest.fixture(autouse=True, params=[1, 1_000_000], ids=["on the disk", "in memory"])
def _buffered(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "_BUFFERED", request.param)


@given(chunks=CHUNKS)
def test_lines_are_those_of_each_row(chunks: Chunks) -> None:
    """In their order, those in front that show a column's type, as if each row had come alone."""
    rows, back = _through_the_disk("jsonl", chunks, TextRows)
    out = io.BytesIO()
    assert write_lines(out, [chunk.lines() for chunk in back]) == len(rows)
    shown = TypesShown()
    shows = [shown.shows_more(shape_of(row)) for row in rows]
    wanted = [row for first in (True, False) for row, more in zip(rows, shows, strict=True) if more is first]
    assert [json.loads(line) for line in out.getvalue().split(b"\n")[:-1]] == wanted


@given(chunks=CHUNKS)
def test_tables_are_those_of_each_row(chunks: Chunks) -> None:
    """With what each row took in memory, by which row groups are cut."""
    pytest.importorskip("pyarrow")
    rows, back = _through_the_disk("parquet", chunks, TableRows)
    assert [row for chunk in back for row in chunk.table.to_pylist()] == rows
    assert [held for chunk in back for held in chunk.held] == [held_by(row) for row in rows]


def test_a_row_takes_as_much_when_arrow_has_read_it() -> None:
    """Arrow leaves a second form of a text with it, and a paragraph is in the rows of many pairs."""
    pytest.importorskip("pyarrow")
    fields = columns.multiway_tsv(("fr",))
    row = {"slug": "a", "score": 0.5, "fr": "Chợ nổi " * 50}
    before = held_by(row)
    arrow_table([row], arrow_schema(fields))
    assert held_by(row) == before
