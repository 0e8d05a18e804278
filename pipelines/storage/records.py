"""An article as the bytes that are stored, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

import zstandard

from pipelines.models import OBJECTS, Article
from pipelines.record import check_types
from pipelines.storage.errors import DamagedRecordError

# Told by the columns of the revision: they change with every sighting, which must not rewrite the record.
_APART = frozenset({"url", "host", "fetched_at"})
# Covered by the content's hash already.
_CONTENT = frozenset({"title", "lead", "paragraphs"})
_BESIDE = "not-article: "  # begins the rules of `pipelines.extraction.region`
_FIELDS = tuple(f.name for f in fields(Article) if f.name not in _APART)
_values = attrgetter(*_FIELDS)
# Measured by benchmarks/store.py on articles of 4 kB: level 3 halves them in some 30 microseconds; 9 saves 4 % more
# of that and takes three times as long.
_LEVEL = 3
# surrogatepass: what came in comes out, even where a page held half of a character.
_UTF8 = ("utf-8", "surrogatepass")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """An article made ready: the hash of its content, and a short one of all the rest that is told of it."""

    content_sha256: str
    record_hash: bytes
    record: dict[str, Any]

    def payload(self) -> bytes:
        """The record as JSON; only made where it is stored, since most sightings are of unchanged texts."""
        return _encode(self.record).encode(*_UTF8)


def pack(article: Article) -> Packed:
    """The article's record as JSON types, without what is stored apart or empty, and its hashes."""
    record: dict[str, Any] = {}
    for name, value in zip(_FIELDS, _values(article), strict=True):
        if value is None or (not value and value.__class__ in (tuple, dict)):
            continue
        record[name] = OBJECTS[name](value) if name in OBJECTS else value
    return Packed(content_sha256=article.content_sha256, record_hash=record_hash(record), record=record)


def record_hash(record: Mapping[str, Any]) -> bytes:
    """A short hash of all that a record tells beside its content, whose own hash covers that.

    Menus, boxes of other articles and the like do not count: they change from day to day, and the article does not.
    """
    told = [(name, value) for name, value in record.items() if name not in _CONTENT]
    lines = record.get("stripped")
    if isinstance(lines, list) and (beside := [line for line in lines if _is_beside(line)]):
        kept = [line for line in lines if line not in beside]
        told = [(name, kept if name == "stripped" else value) for name, value in told if name != "stripped" or kept]
    return hashlib.blake2b(_encode(told).encode(*_UTF8), digest_size=16).digest()


def _is_beside(line: Any) -> bool:
    """Whether a line of `stripped` is of the page and not of the article; what is damaged counts as any other."""
    rule = line.get("rule") if isinstance(line, dict) else None
    return isinstance(rule, str) and rule.startswith(_BESIDE)


class Codec:
    """zstd for one store: its contexts are made once, and must not be used by two threads at a time."""

    def __init__(self) -> None:
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self._decompressor = zstandard.ZstdDecompressor()

    def compress(self, payload: bytes) -> bytes:
        """The payload, smaller."""
        return self._compressor.compress(payload)

    def record(self, data: bytes) -> dict[str, Any]:
        """The stored record as JSON types. Raises `DamagedRecordError` where it is damaged."""
        try:
            record = json.loads(self._decompressor.decompress(data).decode(*_UTF8))
        except (zstandard.ZstdError, ValueError, TypeError, RecursionError, MemoryError) as error:
            raise DamagedRecordError(f"its record is damaged ({error})") from error
        if record.__class__ is not dict:
            raise DamagedRecordError("its record is damaged (no object)")
        return record

    def article(self, data: bytes, *, url: str | None, host: str | None, fetched_at: str | None) -> Article:
        """The article of a stored record and the columns beside it. Raises `DamagedRecordError` where it is damaged."""
        record = self.record(data)
        if (problem := check_types(record)) is not None:
            raise DamagedRecordError(f"its record is none ({problem})")
        try:
            return Article.from_dict({**record, "url": url, "host": host, "fetched_at": fetched_at})
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise DamagedRecordError(f"its record is damaged ({error})") from error
