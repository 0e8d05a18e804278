"""Formats of one line for each unit: TSV with Bitextor's columns, and the plain files of Moses and OPUS."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from pipelines.export.cutting import EVERY_ROW, Cut, Row
from pipelines.translations.columns import TSV, multiway_tsv

PAIR_COLUMNS = tuple(field.name for field in TSV)
_BREAK = re.compile(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+")


def line_of(text: str) -> str:
    """A text on one line, its white space single: what these formats can hold.

    >>> line_of(" one\\r\\ntwo\\u2028three ")
    'one two three'
    """
    return _BREAK.sub(" ", text).strip()


def write_pairs_tsv(path: Path, rows: Iterator[Row]) -> int:
    """A file of pairs with the header `PAIR_COLUMNS`; how many rows it took."""
    return _write_tsv(path, rows, PAIR_COLUMNS, _pair_cells)


def write_multiway_tsv(path: Path, rows: Iterator[Row], languages: Sequence[str]) -> int:
    """A file of rows of many languages: slug, score, and a column for each; how many rows it took."""

    def cells(row: Mapping[str, Any]) -> Iterator[str]:
        texts = {side["language"]: side["text"] for side in row["texts"]}
        yield from (row["slug"], f"{row['score']:.4f}", *(texts.get(code, "") for code in languages))

    return _write_tsv(path, rows, [field.name for field in multiway_tsv(languages)], cells)


def _pair_cells(row: Mapping[str, Any]) -> Iterator[str]:
    for name in ("url", "text"):
        yield from (row[f"{side}_{name}"] or "" for side in ("source", "target"))
    yield f"{row['score']:.4f}"
    yield from (" ".join(row[f"{side}_ids"]) for side in ("source", "target"))
    yield from (row[f"{side}_language"] for side in ("source", "target"))


def _write_tsv(path: Path, rows: Iterator[Row], columns: Sequence[str], cells: Callable[[Row], Iterator[str]]) -> int:
    cut = Cut(source=rows, most_rows=EVERY_ROW)
    with path.open("w", encoding="utf-8", errors="replace", newline="") as out:
        out.write("\t".join(columns) + "\n")
        for row in cut:
            line = "\t".join(_cell(cell) for cell in cells(row)) + "\n"
            cut.bytes += len(line.encode("utf-8", "replace"))
            out.write(line)
    return cut.rows


def _cell(text: str) -> str:
    """A cell, quoted as in CSV where readers of CSV would otherwise take a quotation mark for the beginning of one.

    >>> _cell('one'), _cell('"One"'), _cell('5" pipe')
    ('one', '\"\"\"One\"\"\"', '"5"" pipe"')
    """
    line = line_of(text)
    # DuckDB guesses that ' quotes where a cell begins with it and nothing in the file is quoted.
    return '"' + line.replace('"', '""') + '"' if '"' in line or line.startswith("'") else line


def write_moses(
    folder: Path, name: str, languages: Sequence[str], rows: Iterable[Mapping[str, Any]]
) -> list[tuple[Path, int]]:
    """The two sides of a pair in files of their own, as OPUS names them, and a third with addresses, ids and score."""
    paths = [folder / f"{name}.{ending}" for ending in (*languages, "ids")]
    number = 0
    with ExitStack() as stack:
        source, target, ids = (
            stack.enter_context(path.open("w", encoding="utf-8", errors="replace", newline="")) for path in paths
        )
        for number, row in enumerate(rows, 1):  # noqa: B007  # the count is the result
            source.write(line_of(row["source_text"]) + "\n")
            target.write(line_of(row["target_text"]) + "\n")
            told = [row["source_url"] or "", row["target_url"] or ""]
            told += [" ".join(row[f"{side}_ids"]) for side in ("source", "target")]
            ids.write("\t".join([*map(line_of, told), f"{row['score']:.4f}"]) + "\n")
    return [(path, number) for path in paths]
