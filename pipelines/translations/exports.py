"""A parallel corpus in the formats that translation tools read; every one streams, and is the same on every run.

- ``tmx``: TMX 1.4b, one file for each pair (or one with all languages); properties say where each unit comes from
- ``moses``: two files of one line each unit, and a third with addresses, ids and score
- ``tsv``: addresses, texts, score and paragraph ids, as Bitextor names them
- ``jsonl``: all that is known of a unit
- ``parquet``: the ``translation`` feature of Hugging Face's `datasets`, a folder for each pair
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from xml.sax.saxutils import escape, quoteattr

from pipelines.errors import UsageError
from pipelines.export.parquet import ROWS_PER_GROUP, require
from pipelines.languages import language_code_problem

if TYPE_CHECKING:  # numpy comes with it, and the command line reads the formats' names
    from pipelines.translations.units import Side, Unit

Pair = tuple[str, str]

# Text is kept in memory until so many characters have gathered, then added to its files: hundreds of language pairs
# need no more open files than one.
_BUFFERED = 8_000_000
# What XML 1.0 cannot hold, not even as a reference.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What parsers of XML read as an end of line, and readers of lines take for one: a reference stays what it is.
_REFERENCED = {code: f"&#{code};" for code in (0x0D, 0x7F, *range(0x80, 0xA0), 0x2028, 0x2029)}
_BREAK = re.compile(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+")
TSV_COLUMNS = ("src_url", "trg_url", "src_text", "trg_text", "score", "src_paragraph_id", "trg_paragraph_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One paragraph in many languages, a side for each; `score` is the lowest of the beads that join them."""

    slug: str
    pivot: str
    sides: Mapping[str, Side]
    score: float


class Writer(Protocol):
    """What a format does with units; `close` returns the rows of each file by its path in the folder."""

    def write(self, pair: Pair, unit: Unit) -> None:
        """Add a unit to its pair."""

    def write_row(self, row: Row) -> None:
        """Add a multi-way row."""

    def close(self) -> dict[str, int]:
        """Finish all files."""


def writer(form: str, folder: Path, *, version: str, languages: Sequence[str], unit: str) -> Writer:
    """A writer of one of `FORMATS` into a folder that is there; `languages` are the columns of multi-way rows.

    Raises `UsageError` for a format that there is not.
    """
    if form not in _WRITERS:
        raise UsageError(f"no format {form!r}; the formats are: {', '.join(_WRITERS)}")
    return _WRITERS[form](folder, version, tuple(languages), unit)


def pair_name(pair: Pair) -> str:
    """The name of a pair's file or folder. Raises `UsageError` for what is no code: no name leads out of the folder.

    >>> pair_name(("en", "fr"))
    'en-fr'
    """
    for code in pair:
        if problem := language_code_problem(code):
            raise UsageError(f"{problem}; no file can be named by it")
    return "-".join(pair)


class _Texts:
    """Lines for many files, added to them whenever enough has gathered."""

    def __init__(self, folder: Path, version: str, languages: tuple[str, ...], unit: str) -> None:
        self.folder, self.version, self.languages, self.unit = folder, version, languages, unit
        self.rows: dict[str, int] = {}
        self._buffers: dict[str, list[str]] = {}
        self._gathered = 0

    def add(self, name: str, line: str) -> None:
        if name not in self.rows:
            self.rows[name] = 0
            self._put(name, self.head(name))
        self.rows[name] += 1
        self._put(name, line + "\n")

    def head(self, name: str) -> str:
        return ""

    def foot(self, name: str) -> str:
        return ""

    def close(self) -> dict[str, int]:
        for name in self.rows:
            self._put(name, self.foot(name))
        self._flush()
        return dict(sorted(self.rows.items()))

    def _put(self, name: str, text: str) -> None:
        self._buffers.setdefault(name, []).append(text)
        self._gathered += len(text)
        if self._gathered >= _BUFFERED:
            self._flush()

    def _flush(self) -> None:
        for name, texts in self._buffers.items():
            # A lone surrogate in a broken page is not text: it is replaced, in every format alike.
            data = "".join(texts).encode("utf-8", "replace")
            with (self.folder / name).open("ab") as file:
                file.write(data)
        self._buffers.clear()
        self._gathered = 0


class _Tmx(_Texts):
    def __init__(self, folder: Path, version: str, languages: tuple[str, ...], unit: str) -> None:
        super().__init__(folder, version, languages, unit)
        self.sources: dict[str, str] = {}

    def head(self, name: str) -> str:
        source = "*all*" if name == "multiway.tmx" else self.sources[name]
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
            f'<header creationtool="vietnamvn" creationtoolversion={quoteattr(self.version)} '
            f'segtype={quoteattr(self.unit)} o-tmf="vietnamvn" adminlang="en" srclang={quoteattr(source)} '
            'datatype="plaintext"/>\n<body>\n'
        )

    def foot(self, name: str) -> str:
        return "</body>\n</tmx>\n"

    def write(self, pair: Pair, unit: Unit) -> None:
        properties = [("slug", unit.source.slug), ("score", f"{unit.score:.4f}"), ("shape", unit.shape)]
        name = f"{pair_name(pair)}.tmx"
        self.sources[name] = pair[0]
        self.add(name, _tu(properties, [unit.source, unit.target], unit.kind))

    def write_row(self, row: Row) -> None:
        properties = [("slug", row.slug), ("score", f"{row.score:.4f}"), ("pivot", row.pivot)]
        self.add("multiway.tmx", _tu(properties, [row.sides[code] for code in sorted(row.sides)], "paragraph"))


def _tu(properties: list[tuple[str, str]], sides: list[Side], kind: str) -> str:
    lines = [f"<tu segtype={quoteattr(kind)}>"]
    lines += [_prop(name, value) for name, value in properties]
    for side in sides:
        lines.append(f"<tuv xml:lang={quoteattr(side.language)}>")
        lines += [_prop("url", side.url)] if side.url else []
        lines += [_prop("ids", " ".join(side.ids)), _prop("content_sha256", side.content_sha256)]
        lines += [f"<seg>{_xml(side.text)}</seg>", "</tuv>"]
    return "\n".join([*lines, "</tu>"])


def _prop(name: str, value: str) -> str:
    return f'<prop type="x-{name}">{_xml(value)}</prop>'


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text)).translate(_REFERENCED)


def _line(text: str) -> str:
    """A text on one line, its white space single: what Moses and TSV can hold."""
    return _BREAK.sub(" ", text).strip()


class _Moses(_Texts):
    def write(self, pair: Pair, unit: Unit) -> None:
        name = pair_name(pair)
        self.add(f"{name}.{pair[0]}", _line(unit.source.text))
        self.add(f"{name}.{pair[1]}", _line(unit.target.text))
        ids = (unit.source.url or "", unit.target.url or "", " ".join(unit.source.ids), " ".join(unit.target.ids))
        self.add(f"{name}.ids", "\t".join((*(_line(part) for part in ids), f"{unit.score:.4f}")))

    def write_row(self, row: Row) -> None:
        raise UsageError("moses files hold pairs, not many languages side by side; use tmx, tsv, jsonl or parquet")


class _Tsv(_Texts):
    def head(self, name: str) -> str:
        if name == "multiway.tsv":
            return "\t".join(("slug", "score", *self.languages)) + "\n"
        return "\t".join(TSV_COLUMNS) + "\n"

    def write(self, pair: Pair, unit: Unit) -> None:
        source, target = unit.source, unit.target
        cells = (source.url or "", target.url or "", source.text, target.text, f"{unit.score:.4f}")
        ids = (" ".join(source.ids), " ".join(target.ids))
        self.add(f"{pair_name(pair)}.tsv", "\t".join(_line(cell) for cell in (*cells, *ids)))

    def write_row(self, row: Row) -> None:
        texts = [row.sides[code].text if code in row.sides else "" for code in self.languages]
        self.add("multiway.tsv", "\t".join(_line(cell) for cell in (row.slug, f"{row.score:.4f}", *texts)))


class _Jsonl(_Texts):
    def write(self, pair: Pair, unit: Unit) -> None:
        self.add(f"{pair_name(pair)}.jsonl", json.dumps(unit.to_dict(), ensure_ascii=False))

    def write_row(self, row: Row) -> None:
        record = {
            "slug": row.slug,
            "pivot": row.pivot,
            "score": row.score,
            "texts": {code: side.text for code, side in sorted(row.sides.items())},
            "ids": {code: list(side.ids) for code, side in sorted(row.sides.items())},
            "urls": {code: side.url for code, side in sorted(row.sides.items())},
        }
        self.add("multiway.jsonl", json.dumps(record, ensure_ascii=False))


PAIR_COLUMNS = {
    "source_url": "string",
    "target_url": "string",
    "score": "float64",
    "shape": "string",
    "unit": "string",
    "slug": "string",
    "source_content_sha256": "string",
    "target_content_sha256": "string",
}

MULTIWAY_COLUMNS = {"slug": "string", "pivot": "string", "score": "float64"}


class _Parquet:
    def __init__(self, folder: Path, version: str, languages: tuple[str, ...], unit: str) -> None:
        self._arrow = require()
        self._folder, self._languages = folder, languages
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._writers: dict[str, Any] = {}
        self._counts: dict[str, int] = {}
        self._schemas: dict[str, Any] = {}

    def write(self, pair: Pair, unit: Unit) -> None:
        record = unit.to_dict()
        row = {name: record[name] for name in PAIR_COLUMNS}
        row["translation"] = {pair[0]: _text(unit.source.text), pair[1]: _text(unit.target.text)}
        row["source_ids"], row["target_ids"] = record["source_ids"], record["target_ids"]
        self._add(pair_name(pair), pair, row)

    def write_row(self, row: Row) -> None:
        texts = {code: _text(row.sides[code].text) if code in row.sides else None for code in self._languages}
        self._add(
            "multiway",
            self._languages,
            {"translation": texts, "slug": row.slug, "pivot": row.pivot, "score": row.score},
        )

    def close(self) -> dict[str, int]:
        for name in list(self._rows):
            self._flush(name)
        for opened in self._writers.values():
            opened.close()
        return {_parquet_path(name): count for name, count in sorted(self._counts.items())}

    def _add(self, name: str, languages: Sequence[str], row: dict[str, Any]) -> None:
        if name not in self._schemas:
            self._schemas[name] = self._schema(languages, multiway=name == "multiway")
            self._counts[name] = 0
        self._counts[name] += 1
        rows = self._rows.setdefault(name, [])
        rows.append(row)
        if len(rows) >= ROWS_PER_GROUP:
            self._flush(name)

    def _flush(self, name: str) -> None:
        rows = self._rows.pop(name)
        schema = self._schemas[name]
        if name not in self._writers:
            (self._folder / name).mkdir()
            self._writers[name] = self._arrow.parquet.ParquetWriter(
                self._folder / _parquet_path(name), schema, compression="zstd", compression_level=3
            )
        self._writers[name].write_table(self._arrow.Table.from_pylist(rows, schema=schema), row_group_size=len(rows))

    def _schema(self, languages: Sequence[str], *, multiway: bool) -> Any:
        """The columns, with the note by which `datasets` knows that `translation` is more than a struct."""
        arrow = self._arrow
        columns = MULTIWAY_COLUMNS if multiway else PAIR_COLUMNS
        translation = arrow.struct([(code, arrow.string()) for code in languages])
        features: dict[str, Any] = {"translation": {"languages": list(languages), "_type": "Translation"}}
        fields = [("translation", translation)]
        for name, kind in columns.items():
            fields.append((name, getattr(arrow, kind)()))
            features[name] = {"dtype": kind, "_type": "Value"}
        if not multiway:
            for name in ("source_ids", "target_ids"):
                fields.append((name, arrow.list_(arrow.string())))
                features[name] = {"feature": {"dtype": "string", "_type": "Value"}, "_type": "Sequence"}
        note = json.dumps({"info": {"features": features}}, sort_keys=True)
        return arrow.schema(fields, metadata={"huggingface": note})


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _parquet_path(name: str) -> str:
    return f"{name}/train-00000-of-00001.parquet"


_WRITERS: dict[str, Callable[[Path, str, tuple[str, ...], str], Writer]] = {
    "tmx": _Tmx,
    "moses": _Moses,
    "tsv": _Tsv,
    "jsonl": _Jsonl,
    "parquet": _Parquet,
}
FORMATS = tuple(_WRITERS)
"""The names of all formats."""
