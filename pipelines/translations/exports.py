"""A parallel corpus in the formats that translation tools and readers of data take; each is the same on every run.

- ``tmx``: TMX 1.4b; properties say where each unit comes from
- ``moses``: two files of one line each unit, and a third with addresses, ids and score
- ``tsv``: addresses, texts, score, paragraph ids and languages, as Bitextor names them
- ``jsonl`` (also packed) and ``parquet``: all that is known of a unit, or whole documents

Every pair of languages is a configuration of the dataset: its files are in ``data/<pair>/``.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import UsageError
from pipelines.export.cutting import EVERY_ROW
from pipelines.export.cutting import Row as DataRow
from pipelines.export.dataset import DATA, NOTHING
from pipelines.export.lines import JSONL, one_line, write_jsonl
from pipelines.export.parquet import require, write_fields
from pipelines.export.shards import write_config
from pipelines.languages import language_code_problem
from pipelines.record import Field
from pipelines.translations import columns
from pipelines.translations.plain import write_moses, write_multiway_tsv, write_pairs_tsv
from pipelines.translations.spool import Spool
from pipelines.translations.tmx import write_tmx

if TYPE_CHECKING:  # numpy comes with it, and the command line reads the formats' names
    from pipelines.translations.units import Side, Unit
    from pipelines.translations.whole import Document

Pair = tuple[str, str]

MULTIWAY = "multiway"
"""The configuration of rows of many languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One paragraph in many languages, a side for each; `score` is the lowest of the beads that join them."""

    slug: str
    pivot: str
    sides: Mapping[str, Side]
    score: float

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON types, in the order of the columns of the exports."""
        texts = [
            {
                "language": code,
                "text": side.text,
                "ids": list(side.ids),
                "url": side.url,
                "content_sha256": side.content_sha256,
            }
            for code, side in sorted(self.sides.items())
        ]
        return {"slug": self.slug, "pivot": self.pivot, "score": self.score, "texts": texts}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What the files of a corpus have in common. `unit` is paragraph, sentence or document."""

    version: str
    languages: tuple[str, ...]
    unit: str
    multiway: bool

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns of its rows."""
        if self.unit == "document":
            return columns.MULTIWAY_DOCUMENT if self.multiway else columns.DOCUMENT
        return columns.MULTIWAY if self.multiway else columns.PAIR


WriteFile = Callable[[Path, Iterator[DataRow], Content, tuple[str, ...]], int]
"""Writes a file of the next rows of a configuration, whose languages are given; how many it took."""


def _write_tmx(path: Path, rows: Iterator[DataRow], content: Content, languages: tuple[str, ...]) -> int:
    source = "*all*" if content.multiway else languages[0]
    return write_tmx(path, rows, source=source, segtype=content.unit, version=content.version)


def _write_tsv(path: Path, rows: Iterator[DataRow], content: Content, languages: tuple[str, ...]) -> int:
    return write_multiway_tsv(path, rows, content.languages) if content.multiway else write_pairs_tsv(path, rows)


def _write_jsonl(path: Path, rows: Iterator[DataRow], content: Content, languages: tuple[str, ...]) -> int:
    return write_jsonl(path, map(one_line, rows), [field.name for field in content.fields], EVERY_ROW)


def _write_parquet(path: Path, rows: Iterator[DataRow], content: Content, languages: tuple[str, ...]) -> int:
    return write_fields(path, rows, content.fields, EVERY_ROW)


_FILES: dict[str, WriteFile] = {
    "tmx": _write_tmx,
    "tsv": _write_tsv,
    **dict.fromkeys(JSONL, _write_jsonl),
    "parquet": _write_parquet,
}
FORMATS = ("tmx", "moses", "tsv", *JSONL, "parquet")
"""The names of all formats."""
OF_DOCUMENTS = (*JSONL, "parquet")
"""Those that hold whole documents."""


def require_format(form: str, *, unit: str, multiway: bool) -> None:
    """Raise `UsageError` for a format that there is not, or that cannot hold what is asked for."""
    if form not in FORMATS:
        raise UsageError(f"no format {form!r}; the formats are: {', '.join(FORMATS)}")
    if unit == "document" and form not in OF_DOCUMENTS:
        raise UsageError(f"{form} cannot hold whole documents; use {' or '.join(OF_DOCUMENTS)}")
    if multiway and form == "moses":
        raise UsageError("moses files hold pairs, not many languages side by side; use tmx, tsv, jsonl or parquet")
    if form == "parquet":
        require()


def pair_name(pair: Pair) -> str:
    """The name of a pair's folder. Raises `UsageError` for what is no code: no name leads out of the folder.

    >>> pair_name(("en", "fr"))
    'en-fr'
    """
    for code in pair:
        if problem := language_code_problem(code):
            raise UsageError(f"{problem}; no file can be named by it")
    return "-".join(pair)


class Writer:
    """Takes units, rows or documents in any order of pairs, and writes their files when it is closed.

    `folder` is there and empty; until `close` the rows wait in it on disk. `configs` are then the rows of each
    configuration, with those of pairs that were `named` and have none.
    """

    def __init__(self, form: str, folder: Path, content: Content) -> None:
        self.form, self.content = form, content
        self.configs: dict[str, int] = {}
        self._folder = folder
        self._languages: dict[str, tuple[str, ...]] = {}
        self._waiting = folder / ".waiting"
        self._waiting.mkdir()
        self._spool = Spool(self._waiting)
        if content.multiway:
            self._languages[MULTIWAY] = content.languages

    def name(self, pair: Pair) -> str:
        """The configuration of a pair, which is written whether it gets a unit or not."""
        name = pair_name(pair)
        self._languages[name] = pair
        return name

    def write(self, pair: Pair, unit: Unit) -> None:
        """Add a unit to its pair."""
        self._spool.add(self.name(pair), unit.to_dict())

    def write_row(self, row: Row) -> None:
        """Add a multi-way row."""
        self._spool.add(MULTIWAY, row.to_dict())

    def write_document(self, pair: Pair, document: Document) -> None:
        """Add a whole document to its pair."""
        self._spool.add(self.name(pair), document.to_dict())

    def write_versions(self, versions: Mapping[str, Any]) -> None:
        """Add a whole document in many languages: a row of `columns.MULTIWAY_DOCUMENT`."""
        self._spool.add(MULTIWAY, versions)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns of the files."""
        if self.form == "tsv":
            return columns.multiway_tsv(self.content.languages) if self.content.multiway else columns.TSV
        return self.content.fields

    def languages_of(self, config: str) -> tuple[str, ...]:
        """The languages of a configuration."""
        return self._languages[config]

    def close(self) -> dict[str, int]:
        """Write all files; the rows of each by its path in the folder."""
        if not self._languages:  # one file all the same, so that the columns are known
            for pair in combinations(self.content.languages, 2):
                self.name(pair)
        if not self._languages and self.form != "moses":
            self._languages[NOTHING] = self.content.languages
        written: dict[str, int] = {}
        for name in sorted(self._languages):
            files = self._config(name)
            # The files of Moses are sides of the same rows.
            self.configs[name] = files[0][1] if self.form == "moses" else sum(rows for _, rows in files)
            written.update((path.relative_to(self._folder).as_posix(), rows) for path, rows in files)
        shutil.rmtree(self._waiting)
        return dict(sorted(written.items()))

    def _config(self, name: str) -> list[tuple[Path, int]]:
        rows, languages = self._spool.rows(name), self._languages[name]
        if self.form == "moses":
            folder = self._folder / DATA / name
            folder.mkdir(parents=True)
            return write_moses(folder, name, languages, rows)
        write = _FILES[self.form]
        return write_config(
            self._folder,
            name,
            rows,
            lambda path, rest: write(path, rest, self.content, languages),
            ending=self.form,
        )
