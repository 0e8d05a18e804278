"""Rows that are made ready together are written as rows one by one are."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.export.cutting import Cut, Feed, chunks_of_file
from pipelines.export.lines import json_line, prepare_lines
from pipelines.type_rows import Lines, TypesShown, shape_of, write_lines

COLUMNS = ("text", "id", "paragraphs", "lead", "tags", "stripped")
TEXTS = st.text(max_size=6)
ROWS = st.fixed_dictionaries(
    {
        "text": st.none(),
        "id": TEXTS,
        "paragraphs": st.lists(TEXTS, max_size=3),
        "lead": st.none() | TEXTS,
        "tags": st.lists(TEXTS, max_size=2),
        "stripped": st.lists(st.fixed_dictionaries({"text": TEXTS, "rule": TEXTS}), max_size=2),
    }
)


def finished(row: dict[str, Any], of_parts: bool) -> dict[str, Any]:
    """A row whose text is made of its paragraphs, or of none of them."""
    return {**row, "text": "\n\n".join(row["paragraphs"]) if of_parts else "\x85 another"}


@given(rows=st.lists(st.tuples(ROWS, st.booleans()), min_size=1, max_size=9), sizes=st.lists(st.integers(1, 4)))
def test_lines_of_rows_together_are_those_of_each(rows: list[tuple[dict[str, Any], bool]], sizes: list[int]) -> None:
    """Each line is its row's alone, and those in front are the same wherever chunks end."""
    made = [finished(*row) for row in rows]
    lines = [json_line(row).encode() + b"\n" for row in made]
    shown = TypesShown()
    front = [shown.shows_more(shape_of(row)) for row in made]
    wanted = [line for first in (True, False) for line, shows in zip(lines, front, strict=True) if shows is first]
    chunks, at = [], 0
    for size in (*sizes, len(made)):
        if some := made[at : at + size]:
            chunk, told = prepare_lines(some, COLUMNS)
            assert told == lines[at : at + size]
            chunks.append(chunk)
        at += size
    each = [Lines.of([line], [(0, shape_of(row))]) for line, row in zip(lines, made, strict=True)]
    for given_chunks in (chunks, each):
        out = io.BytesIO()
        assert write_lines(out, given_chunks) == len(made)
        assert out.getvalue() == b"".join(wanted)


@given(
    lengths=st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=5), max_size=6),
    most_rows=st.integers(1, 9),
    most_bytes=st.integers(1, 90),
)
def test_files_of_chunks_end_where_those_of_rows_do(lengths: list[list[int]], most_rows: int, most_bytes: int) -> None:
    """By rows and by bytes; what is left of a chunk begins the next file, and shows its types anew."""
    chunks = [Lines.of([json.dumps({"a": "x" * n}).encode() for n in some], []) for some in lengths]
    rows, feed = iter([chunk.line(at) for chunk in chunks for at in range(len(chunk))]), Feed(chunks)
    while True:
        cut, wanted = Cut(source=rows, most_rows=most_rows, most_bytes=most_bytes), []
        for row in cut:
            cut.bytes += len(row)
            wanted.append(row)
        found = [*chunks_of_file(feed, most_rows=most_rows, most_bytes=most_bytes)]
        assert [chunk.line(at) for chunk in found for at in range(len(chunk))] == wanted
        if not wanted:
            break


def test_what_is_left_of_a_chunk_shows_its_types() -> None:
    """Of rows of which some went into another file, the first one left may be the first with a value."""
    chunk, _ = prepare_lines([{"id": "a", "lead": "x"}, {"id": "b", "lead": "y"}], ("id", "lead"))
    assert [number for number, _ in chunk.showing] == [0]
    assert [number for number, _ in chunk.only([1]).showing] == [0]


def test_half_a_character_is_noticed() -> None:
    """Who prepares the rows makes them whole, then."""
    with pytest.raises(UnicodeEncodeError):
        prepare_lines([{"id": "\ud800"}], ("id",))
