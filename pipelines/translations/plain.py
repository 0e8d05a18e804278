"""Formats of one line for each unit: TSV with Bitextor's columns, and the plain files of Moses and OPUS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from pipelines.export.cutting import EVERY_ROW, Feed, chunks_of_file
from pipelines.translations.columns import TSV
from pipelines.translations.ready import TextRows

PAIR_COLUMNS = tuple(field.name for field in TSV)
_BREAK = re.compile(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+")


def line_of(text: str) -> str:
    """A text on one line with single white space, as these formats hold it.

    >>> line_of(" one\\r\\ntwo\\u2028three ")
    'one two three'
    """
    return _BREAK.sub(" ", text).strip()


def pair_line(row: Mapping[str, Any]) -> str:
    """A row of a pair as a line of the columns `PAIR_COLUMNS`."""
    cells = [row[f"{side}_{name}"] or "" for name in ("url", "text") for side in ("source", "target")]
    cells.append(f"{row['score']:.4f}")
    cells += [" ".join(row[f"{side}_ids"]) for side in ("source", "target")]
    return _line([*cells, row["source_language"], row["target_language"]])


def multiway_line(row: Mapping[str, Any], languages: Sequence[str]) -> str:
    """A row of many languages as a line: slug, score, and a cell for each language."""
    texts = {side["language"]: side["text"] for side in row["texts"]}
    return _line([row["slug"], f"{row['score']:.4f}", *(texts.get(code, "") for code in languages)])


def write_tsv(path: Path, feed: Feed[TextRows], columns: Sequence[str]) -> int:
    """Write a file of the next lines after a header; returns how many it took."""
    rows = 0
    with path.open("wb") as out:
        out.write("\t".join(columns).encode() + b"\n")
        for chunk in chunks_of_file(feed, most_rows=EVERY_ROW):
            out.write(chunk.data)
            rows += len(chunk)
    return rows


def _line(cells: Iterable[str]) -> str:
    return "\t".join(map(_cell, cells)) + "\n"


def _cell(text: str) -> str:
    """A cell, quoted as in CSV where a reader would otherwise take a quotation mark for the start of a quoted cell.

    >>> _cell('one'), _cell('"One"'), _cell('5" pipe')
    ('one', '\"\"\"One\"\"\"', '"5"" pipe"')
    """
    line = line_of(text)
    # DuckDB guesses ' as the quote where a cell begins with it and nothing in the file is quoted.
    return '"' + line.replace('"', '""') + '"' if '"' in line or line.startswith("'") else line


def moses_lines(row: Mapping[str, Any]) -> str:
    """A row of a pair as three lines: its sides, and addresses, ids and score."""
    place = [row["source_url"] or "", row["target_url"] or ""]
    place += [" ".join(row[f"{side}_ids"]) for side in ("source", "target")]
    ids = "\t".join([*map(line_of, place), f"{row['score']:.4f}"])
    return f"{line_of(row['source_text'])}\n{line_of(row['target_text'])}\n{ids}\n"


def write_moses(folder: Path, name: str, languages: Sequence[str], feed: Iterable[TextRows]) -> list[tuple[Path, int]]:
    """Write the two sides of a pair into files named as OPUS does, and a third with addresses, ids and score."""
    paths = [folder / f"{name}.{ending}" for ending in (*languages, "ids")]
    rows = 0
    with ExitStack() as stack:
        files = [stack.enter_context(path.open("wb")) for path in paths]
        for chunk in feed:
            lines = chunk.data.splitlines(keepends=True)  # bytes split at line feeds, and no carriage return is left
            for number, file in enumerate(files):
                file.writelines(lines[number :: len(files)])
            rows += len(chunk)
    return [(path, rows) for path in paths]
