"""Exports search results: as a file, or by the command that makes a dataset of them."""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from pipelines.errors import UsageError
from pipelines.export.formats import EXCEL_CSV, format_named
from pipelines.export.lines import json_line
from pipelines.export.rows import row_maker
from pipelines.export.selection_text import selection_lines
from pipelines.export.tables import csv_lines
from pipelines.export.xlsx import workbook
from pipelines.storage import Selection, Store
from scraper.reader.asked import SELECTING, QueryValues, selection_of
from scraper.reader.shown import Download, ShownPage

_TOGETHER = 100  # rows sent at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A file that can be downloaded: the name of its export format, and the most rows it may have."""

    export: str
    media_type: str
    ending: str
    most: int
    content: Callable[[Selection, Store], Iterator[bytes]]


def take_out(store: Store, asked: QueryValues) -> ShownPage:
    """The page that offers the files and shows the command."""
    asked.require(*SELECTING)
    selection = selection_of(asked)
    number = sum(store.tally(selection).values())
    values = {
        "title": "Take out",
        "number": number,
        "selected": selection_lines(selection),
        "files": [(form.ending, form.most, asked.link("/file", *SELECTING, form=name)) for name, form in FORMS.items()],
        "command": command(store.name, selection),
        "back": asked.link("/", *SELECTING),
    }
    return ShownPage("take.html.j2", values)


def file(store: Store, asked: QueryValues) -> Download:
    """One of the files. Raises `UsageError` if it would have too many rows."""
    asked.require(*SELECTING, "form")
    form = FORMS.get(asked.get("form") or "")
    if form is None:
        raise UsageError(f"form is one of {', '.join(FORMS)}")
    selection = selection_of(asked)
    number = sum(store.tally(selection).values())
    if number > form.most:
        raise UsageError(
            f"{number:,} texts are too many for this file, which holds {form.most:,}; narrow what is found, or: "
            f"{command(store.name, selection)}"
        )
    return Download(partial(form.content, selection), form.media_type, f"vietnamvn.{form.ending}")


def command(store: str, selection: Selection) -> str:
    """The command that makes a dataset of a selection.

    >>> command("news.db", Selection(search="chợ nổi", languages=("fr", "ja"), sample=5, sample_by="row"))
    "vietnamvn export jsonl --store news.db --lang fr,ja --search 'chợ nổi' --sample 5 --sample-by row --out found"
    """
    given: list[tuple[str, object]] = [
        ("--store", store),
        ("--lang", ",".join(selection.languages)),
        ("--search", selection.search),
        ("--since", selection.since),
        ("--until", selection.until),
        *(("--publisher", name) for name in selection.publishers),
        ("--min-words", selection.min_words),
        *(("--quality", condition) for condition in selection.quality),
        ("--allowed", ",".join(selection.allowed)),
        ("--rights-unsaid", selection.rights_unsaid if selection.rights_unsaid != "keep" else None),
        ("--sample", selection.sample),
        ("--sample-by", selection.sample_by if selection.sample else None),
        ("--seed", selection.seed),
    ]
    # With = if the value begins with a minus.
    words = [
        f"{name}={value}" if str(value).startswith("-") else word
        for name, value in given
        if value
        for word in ((name,) if str(value).startswith("-") else (name, str(value)))
    ]
    words += ["--agreeing-only"] if selection.agreeing_only else []
    return shlex.join(["vietnamvn", "export", "jsonl", *words, "--out", "found"])


def _rows(export: str, selection: Selection, store: Store) -> tuple[tuple[str, ...], Iterator[Mapping[str, object]]]:
    columns = format_named(export).columns
    row_of = row_maker(columns, all_revisions=False)
    return columns, (row_of(stored, {}) for stored in store.select(selection))


def _csv(selection: Selection, store: Store) -> Iterator[bytes]:
    columns, rows = _rows(EXCEL_CSV, selection, store)
    return _joined(csv_lines(rows, columns, spreadsheet=True))


def _json_lines(selection: Selection, store: Store) -> Iterator[bytes]:
    _, rows = _rows("jsonl", selection, store)
    return _joined(json_line(dict(row)) + "\n" for row in rows)


def _workbook(selection: Selection, store: Store) -> Iterator[bytes]:
    columns, rows = _rows("xlsx", selection, store)
    yield workbook(rows, columns)


def _joined(lines: Iterator[str]) -> Iterator[bytes]:
    while some := list(itertools.islice(lines, _TOGETHER)):
        yield "".join(some).encode()


FORMS: Mapping[str, Form] = {
    "csv": Form(export=EXCEL_CSV, media_type="text/csv", ending="csv", most=100_000, content=_csv),
    "xlsx": Form(
        export="xlsx",
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ending="xlsx",
        most=2_000,  # the workbook is made in memory
        content=_workbook,
    ),
    "jsonl": Form(export="jsonl", media_type="application/x-ndjson", ending="jsonl", most=100_000, content=_json_lines),
}
"""The files by the value of ``form``."""
