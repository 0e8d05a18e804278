"""A parallel corpus in the formats that translation tools and readers of data take; each is the same on every run.

- ``tmx``: TMX 1.4b; properties say where each unit comes from
- ``moses``: two files of one line each unit, and a third with addresses, ids and score
- ``tsv``: addresses, texts, score, paragraph ids and languages, as Bitextor names them
- ``jsonl`` (also packed) and ``parquet``: everything known of a unit, or whole documents

Every pair of languages is a configuration of the dataset: its files are in ``data/<pair>/``.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pipelines.errors import UsageError
from pipelines.export.cutting import EVERY_ROW, Feed, chunks_of_file
from pipelines.export.cutting import Row as DataRow
from pipelines.export.dataset import DATA, NOTHING
from pipelines.export.lines import JSONL, json_line, write_jsonl
from pipelines.export.parquet import require
from pipelines.export.rows import require_whole
from pipelines.export.shards import write_config
from pipelines.languages import language_code_problem
from pipelines.record import Field
from pipelines.translations import columns
from pipelines.translations.plain import moses_lines, multiway_line, pair_line, write_moses, write_tsv
from pipelines.translations.ready import Ready, TableRows, TextRows, write_tables
from pipelines.translations.spool import Spool
from pipelines.translations.tmx import tmx_unit, write_tmx
from pipelines.type_rows import Lines, shape_of

if TYPE_CHECKING:  # numpy comes with it, and the command line reads the formats' names
    from pipelines.translations.units import Side

Pair = tuple[str, str]

MULTIWAY = "multiway"
"""The configuration of rows of many languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphRow:
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
class CorpusContent:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusFormat:
    """How rows become files: `prepare` makes them ready in any process, and raises `UnicodeEncodeError` where a text
    has half of a character; `write` makes a file of the next ones of a configuration, whose languages it is given, and
    returns how many it took. `kept` is their type while they wait."""

    prepare: Callable[[Sequence[DataRow], CorpusContent], Ready]
    write: Callable[[Path, Feed[Any], CorpusContent, tuple[str, ...]], int]
    kept: type[Ready] = TextRows


def _texts(rows: Iterable[str]) -> TextRows:
    return TextRows.of([row.encode() for row in rows])


def _prepare_tmx(rows: Sequence[DataRow], content: CorpusContent) -> TextRows:
    for row in rows:
        require_whole(row.values())  # a half would become another sign in XML than elsewhere
    return _texts(map(tmx_unit, rows))


def _write_tmx(path: Path, feed: Feed[TextRows], content: CorpusContent, languages: tuple[str, ...]) -> int:
    source = "*all*" if content.multiway else languages[0]
    return write_tmx(path, feed, source=source, segtype=content.unit, version=content.version)


def _prepare_tsv(rows: Sequence[DataRow], content: CorpusContent) -> TextRows:
    return _texts(multiway_line(row, content.languages) if content.multiway else pair_line(row) for row in rows)


def _write_tsv(path: Path, feed: Feed[TextRows], content: CorpusContent, languages: tuple[str, ...]) -> int:
    return write_tsv(path, feed, [field.name for field in tsv_fields(content)])


def _prepare_jsonl(rows: Sequence[DataRow], content: CorpusContent) -> TextRows:
    return TextRows.of([json_line(row).encode() + b"\n" for row in rows], list(map(shape_of, rows)))


def _write_jsonl(path: Path, feed: Feed[TextRows], content: CorpusContent, languages: tuple[str, ...]) -> int:
    rows = 0

    def lines() -> Iterator[Lines]:
        nonlocal rows
        for chunk in chunks_of_file(feed, most_rows=EVERY_ROW):
            rows += len(chunk)
            yield chunk.lines()

    write_jsonl(path, lines(), [field.name for field in content.fields], EVERY_ROW)
    return rows


def _prepare_parquet(rows: Sequence[DataRow], content: CorpusContent) -> TableRows:
    return TableRows.of(rows, content.fields)


def _write_parquet(path: Path, feed: Feed[TableRows], content: CorpusContent, languages: tuple[str, ...]) -> int:
    return write_tables(path, feed, content.fields)


def _prepare_moses(rows: Sequence[DataRow], content: CorpusContent) -> TextRows:
    return _texts(map(moses_lines, rows))


def _no_file(path: Path, feed: Feed[TextRows], content: CorpusContent, languages: tuple[str, ...]) -> int:
    raise NotImplementedError("the files of Moses are sides of the same rows: see `write_moses`")


_FORMATS: dict[str, CorpusFormat] = {
    "tmx": CorpusFormat(prepare=_prepare_tmx, write=_write_tmx),
    "moses": CorpusFormat(prepare=_prepare_moses, write=_no_file),
    "tsv": CorpusFormat(prepare=_prepare_tsv, write=_write_tsv),
    **dict.fromkeys(JSONL, CorpusFormat(prepare=_prepare_jsonl, write=_write_jsonl)),
    "parquet": CorpusFormat(prepare=_prepare_parquet, write=_write_parquet, kept=TableRows),
}
FORMATS = tuple(_FORMATS)
"""The names of all formats."""
OF_DOCUMENTS = (*JSONL, "parquet")
"""The formats that hold whole documents."""


def prepare(form: str, rows: Sequence[DataRow], content: CorpusContent) -> Ready:
    """Rows (from `Unit.to_dict` and similar) ready for a file of a format; half of a character becomes ``?``."""
    try:
        return _FORMATS[form].prepare(rows, content)
    except UnicodeEncodeError:  # out of a broken page
        return _FORMATS[form].prepare(list(map(_whole, rows)), content)


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {name: _whole(item) for name, item in value.items()}
    return list(map(_whole, value)) if isinstance(value, (list, tuple)) else value


def tsv_fields(content: CorpusContent) -> tuple[Field, ...]:
    """The columns of TSV."""
    return columns.multiway_tsv(content.languages) if content.multiway else columns.TSV


def require_format(form: str, *, unit: str, multiway: bool) -> None:
    """Raise `UsageError` for an unknown format, or one that cannot hold what is asked for."""
    if form not in FORMATS:
        raise UsageError(f"no format {form!r}; the formats are: {', '.join(FORMATS)}")
    if unit == "document" and form not in OF_DOCUMENTS:
        raise UsageError(f"{form} cannot hold whole documents; use {' or '.join(OF_DOCUMENTS)}")
    if multiway and form == "moses":
        raise UsageError("moses files hold pairs, not many languages side by side; use tmx, tsv, jsonl or parquet")
    if form == "parquet":
        require()


def pair_name(pair: Pair) -> str:
    """The name of a pair's folder. Raises `UsageError` for anything but codes: no name may lead out of the folder.

    >>> pair_name(("en", "fr"))
    'en-fr'
    """
    for code in pair:
        if problem := language_code_problem(code):
            raise UsageError(f"{problem}; no file can be named by it")
    return "-".join(pair)


class Writer:
    """Takes rows that are ready (`prepare`) in any order of pairs, and writes their files when it is closed.

    `folder` is there and empty; until `close` the rows wait in it on disk. `configs` are then the rows of each
    configuration, with those of pairs that were `named` and have none.
    """

    def __init__(self, form: str, folder: Path, content: CorpusContent) -> None:
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
        """Name the configuration of a pair, which is written even without rows; returns the name."""
        name = pair_name(pair)
        self._languages[name] = pair
        return name

    def take(self, config: str, rows: Ready) -> None:
        """Add rows to a configuration."""
        if len(rows):
            self._spool.add(config, rows.parts())

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns of the files."""
        return tsv_fields(self.content) if self.form == "tsv" else self.content.fields

    def languages_of(self, config: str) -> tuple[str, ...]:
        """The languages of a configuration."""
        return self._languages[config]

    def close(self) -> dict[str, int]:
        """Write all files; returns the rows of each by its path in the folder."""
        if not self._languages:  # still one file, so that the columns are known
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
        writing, languages = _FORMATS[self.form], self._languages[name]
        rows = map(writing.kept.of_parts, self._spool.chunks(name))
        if self.form == "moses":
            folder = self._folder / DATA / name
            folder.mkdir(parents=True)
            return write_moses(folder, name, languages, cast("Iterator[TextRows]", rows))
        return write_config(
            self._folder,
            name,
            rows,
            lambda path, rest: writing.write(path, rest, self.content, languages),
            ending=self.form,
        )
