"""An article as the bytes that are stored, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from operator import attrgetter
from typing import Any

import zstandard

from pipelines.models import NOT_ARTICLE, OBJECTS, Article
from pipelines.record import check_types
from pipelines.rights import Rights
from pipelines.storage.errors import DamagedLinesError, DamagedRecordError

# In columns of the revision: they change with every sighting, which must not rewrite the record.
_APART = frozenset({"url", "host", "fetched_at", "capture", "rights"})
# Covered by the content's hash already.
_CONTENT = frozenset({"title", "lead", "paragraphs"})
_LINES, _PLACES = "stripped", "stripped_at"
_FIELDS = tuple(f.name for f in fields(Article) if f.name not in _APART)
_values = attrgetter(*_FIELDS)
_BEFORE_LINES = frozenset(_FIELDS[: _FIELDS.index(_LINES)])
# Measured by benchmarks/store.py on articles of 4 kB: level 3 halves them in some 30 microseconds; 9 saves 4 % more
# of that and takes three times as long.
LEVEL = 3
_READ_AT_A_TIME = 64  # rows of `boilerplate`: a slug's languages, say, come one after the other
# surrogatepass: what came in comes out, even where a page held half of a character.
_UTF8 = ("utf-8", "surrogatepass")
# OverflowError: the head of a frame tells of more bytes than can be counted.
DAMAGE = (zstandard.ZstdError, ValueError, TypeError, RecursionError, MemoryError, OverflowError)
"""What reading packed bytes raises where they are damaged."""
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedArticle:
    """An article made ready: the hash of its content, a short hash of the other fields, and the record."""

    content_sha256: str
    record_hash: bytes
    record: dict[str, Any]

    def payload(self, *, lines: bool = True) -> bytes:
        """The record as JSON, with its `stripped` lines or without.

        Only made where it is stored, since most sightings are of unchanged texts.
        """
        record = self.record if lines else {name: value for name, value in self.record.items() if name != _LINES}
        return _encode(record).encode(*_UTF8)

    def lines(self) -> bytes | None:
        """The `stripped` lines alone, as JSON; None where there are none."""
        lines = self.record.get(_LINES)
        return as_lines(lines) if lines else None


def as_lines(lines: Any) -> bytes:
    """`stripped` lines as JSON, as they are compressed."""
    return _encode(lines).encode(*_UTF8)


def pack(article: Article) -> PackedArticle:
    """The article's record as JSON types, without what is stored apart or empty, and its hashes."""
    record: dict[str, Any] = {}
    for name, value in zip(_FIELDS, _values(article), strict=True):
        if value is None or (not value and value.__class__ in (tuple, dict)):
            continue
        record[name] = OBJECTS[name](value) if name in OBJECTS else value
    return PackedArticle(content_sha256=article.content_sha256, record_hash=record_hash(record), record=record)


def record_hash(record: Mapping[str, Any]) -> bytes:
    """A short hash of all fields of a record but its content, which has a hash of its own.

    Menus, boxes of other articles and the like do not count: they change from day to day, and the article does not.
    """
    hashed = [(name, value) for name, value in record.items() if name not in _CONTENT]
    lines = record.get(_LINES)
    if isinstance(lines, list) and any(map(_is_beside, lines)):
        kept = {name: _not_beside(record.get(name), lines) for name in (_LINES, _PLACES)}
        hashed = [(name, kept.get(name, value)) for name, value in hashed if kept.get(name, True)]
    return hashlib.blake2b(_encode(hashed).encode(*_UTF8), digest_size=16).digest()


def _not_beside(values: Any, lines: list[Any]) -> Any:
    """Those of values, one for each line, whose line is of the article; what is damaged counts as it is."""
    if not isinstance(values, (list, tuple)) or len(values) != len(lines):
        return values
    return [value for value, line in zip(values, lines, strict=True) if not _is_beside(line)]


def _is_beside(line: Any) -> bool:
    """Whether a line of `stripped` is of the page and not of the article; what is damaged counts as any other."""
    rule = line.get("rule") if isinstance(line, dict) else None
    return isinstance(rule, str) and rule.startswith(NOT_ARTICLE)


def dictionary(lines: bytes) -> zstandard.ZstdCompressionDict:
    """Lines that others are compressed against."""
    return zstandard.ZstdCompressionDict(lines, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


class Codec:
    """zstd for one store: its contexts are made once, and must not be used by two threads at a time."""

    def __init__(self) -> None:
        self._compressor = zstandard.ZstdCompressor(level=LEVEL)
        self._checking = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
        self._decompressor = zstandard.ZstdDecompressor()
        self._against = lru_cache(maxsize=_READ_AT_A_TIME)(self._reader)

    def compress(self, payload: bytes) -> bytes:
        """The payload, smaller."""
        return self._compressor.compress(payload)

    def compress_checked(self, payload: bytes) -> bytes:
        """The payload, smaller, with a checksum: for what no hash of the store covers."""
        return self._checking.compress(payload)

    def decompress(self, data: bytes) -> bytes:
        """The payload again. Raises `DamagedRecordError` where it is damaged."""
        try:
            return self._decompressor.decompress(data)
        except DAMAGE as error:
            raise DamagedRecordError(f"it is damaged ({error})") from error

    def record(self, data: bytes, stripped: bytes | None, boilerplate: bytes | None) -> dict[str, Any]:
        """The stored record as JSON types, its fields in their order.

        `stripped` is what its lines have beside the row of `boilerplate`; None where the record holds them itself.
        Raises `DamagedLinesError` where only the lines cannot be read, `DamagedRecordError` where the record cannot.
        """
        try:
            record = json.loads(self._decompressor.decompress(data).decode(*_UTF8))
        except DAMAGE as error:
            raise DamagedRecordError(f"its record is damaged ({error})") from error
        if record.__class__ is not dict:
            raise DamagedRecordError("its record is damaged (no object)")
        if stripped is None:
            return record
        before = {name: value for name, value in record.items() if name in _BEFORE_LINES}
        return {**before, _LINES: self.lines(stripped, boilerplate), **record}

    def lines(self, stripped: bytes, boilerplate: bytes | None) -> Any:
        """The `stripped` lines alone. Raises `DamagedLinesError`."""
        if boilerplate is None:
            raise DamagedLinesError("the menus and footers that it shares with other pages are not there")
        try:
            return json.loads(self._against(boilerplate).decompress(stripped).decode(*_UTF8))
        except DAMAGE as error:
            raise DamagedLinesError(f"what was stripped from its page is damaged ({error})") from error

    def _reader(self, boilerplate: bytes) -> zstandard.ZstdDecompressor:
        return zstandard.ZstdDecompressor(dict_data=dictionary(self._decompressor.decompress(boilerplate)))

    def article(
        self,
        data: bytes,
        *,
        stripped: bytes | None,
        boilerplate: bytes | None,
        url: str | None,
        host: str | None,
        fetched_at: str | None,
        capture: str | None = None,
        rights: str | None = None,
    ) -> Article:
        """The article of a stored record and the columns beside it; raises as `record` does."""
        record = self.record(data, stripped, boilerplate)
        if (problem := check_types(record)) is not None:
            raise DamagedRecordError(f"its record is none ({problem})")
        try:
            seen: dict[str, Any] = {"url": url, "host": host, "fetched_at": fetched_at, "capture": capture}
            if rights is not None:
                seen["rights"] = Rights.from_json(rights)
            return Article.from_dict({**record, **seen})
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise DamagedRecordError(f"its record is damaged ({error})") from error
