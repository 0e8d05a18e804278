"""One row: from the page to the added columns (``vn_…``), or to the reason why there are none."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from pipelines.batch.duplicates import rank, signature
from pipelines.batch.input_rows import PREFIX, Broken, CleanOptions, DuplicateMode, InputRow
from pipelines.batch.readers.lines import describe
from pipelines.batch.shingles import pieces
from pipelines.models import Article, HtmlPage, Rejected, TextPage
from pipelines.quality import quality
from pipelines.record import FIELDS, names
from pipelines.record_types import BY_NAME, NUMBER
from pipelines.times import day_and_instant, epoch_seconds

Extract = Callable[[HtmlPage | TextPage], Article | Rejected]
"""Makes an article of a page: `pipelines.extract`, or something to compare it with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanRow:
    """A row that became an article: the added columns by their prefixed names, and the signature for duplicates."""

    columns: Mapping[str, Any]
    signature: bytes


def clean_row(row: InputRow, *, extract: Extract, duplicates: DuplicateMode) -> CleanRow | Rejected | Broken:
    """Clean one row.

    An extractor that fails on a page has a fault, but must not end the work on millions of others: the row comes back
    as `Broken`, with the place and the error.
    """
    try:
        article = extract(row.page)
        if isinstance(article, Rejected):
            return article
        record = article.to_dict()
        text = str(record["text"])
        found = quality(article)
    except Exception as error:
        detail = f"the extractor failed: {describe(error)}"
        return Broken(source=row.source, position=row.position, detail=detail, columns=row.columns)
    added = {**record, **found}
    digest = hashlib.blake2b(encode({"in": row.columns, "out": added}), digest_size=16).digest()
    ranking = rank(
        truncated=found["truncated_end"],
        untranslated=found["untranslated_share"],
        length=len(text),
        seconds=epoch_seconds(article.fetched_at),
        digest=digest,
    )
    added |= {"source": row.source, "position": row.position}
    for name, parts in LISTED.items():
        added[name] = [dict(zip(parts, pair, strict=True)) for pair in added[name].items()]
    for name in _DAYS:
        added[f"{name}_day"], added[f"{name}_at"] = day_and_instant(added[name])
    for name in _NUMBERS & added.keys():
        # A 1 among 0.5 would change the type that readers guess.
        added[name] = None if added[name] is None else float(added[name])
    return CleanRow(
        columns={PREFIX + name: value for name, value in added.items()},
        signature=signature(pieces(text), article.language, ranking, duplicates),
    )


LISTED = {
    name: column.parts
    for name in names("record")
    if FIELDS[name].type is BY_NAME and (column := FIELDS[name].column_type) is not None
}
"""The fields of the record whose keys are data: as columns they are lists of objects with these two keys."""

_DAYS = ("published", "modified")
TIMES = tuple(f"{name}_{part}" for name in _DAYS for part in ("day", "at"))
"""A day or time of the record is also given as a day and as a time, in columns of one type each."""

_NUMBERS = {name for name in names("record", "clean") if FIELDS[name].type is NUMBER}


def added_names(options: CleanOptions) -> tuple[str, ...]:
    """The names of the added columns, without their prefix, in their order."""
    more = names("clean") if options.duplicates == "none" else (*names("clean"), *names("duplicates"))
    found = (*names("record"), *TIMES, *more)
    return found if options.text_into is None else tuple(name for name in found if name != "text")


def record_of(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """The record that a row of a cleaned output holds; None where it is no article.

    Fields whose keys are data come as lists of objects; in older outputs as an object, or as pairs.
    """
    if row.get(PREFIX + "outcome") != "ok":
        return None
    record = {name: row[PREFIX + name] for name in names("record") if PREFIX + name in row}
    for name, (key, value) in LISTED.items():
        given = record.get(name) or ()
        pairs = given.items() if isinstance(given, Mapping) else given
        record[name] = dict((item[key], item[value]) if isinstance(item, Mapping) else item for item in pairs)
    return record


def encode(record: Mapping[str, Any]) -> bytes:
    """A record as one line of JSON in UTF-8, without its end of line; the same bytes for equal records.

    Values that only Parquet has become text: times in ISO 8601, decimals as they are written, bytes in base 64.
    Lone surrogates, which UTF-8 cannot hold, stay escaped, and so do the line ends that JSON does not know as such.
    """
    line = _COMPACT.encode(record)
    if not line.isascii():
        for character, escaped in _LINE_ENDS.items():
            line = line.replace(character, escaped)
    try:
        return line.encode()
    except UnicodeEncodeError:
        return _ASCII.encode(record).encode()


def _plain(value: object) -> Any:
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, (bytes, bytearray)):
        return b64encode(value).decode()
    if isinstance(value, Decimal):
        return str(value)
    return str(value)


_LINE_ENDS = {end: json.dumps(end)[1:-1] for end in ("\x85", "\u2028", "\u2029")}
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)
_ASCII = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), default=_plain)
