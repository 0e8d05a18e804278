"""A row of the tables as a value: each by itself, so that a damaged one costs no other.

Nothing here needs a database: a process that makes rows ready for an export loads little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any, NamedTuple

from pipelines.models import Article
from pipelines.storage.errors import DamagedLinesError, DamagedRecordError
from pipelines.storage.records import Codec
from pipelines.storage.values import Revision, WarcLocation


class Raw(NamedTuple):
    """A row of `reading.revision_columns`, for any process; of a damaged file, values can be of any type."""

    slug: Any
    language: Any
    gone_at: Any
    current: Any
    id: Any
    article_id: Any
    content_sha256: Any
    record_hash: Any
    first_seen: Any
    last_seen: Any
    url: Any
    host: Any
    fetched_at: Any
    capture: Any
    warc_file: Any
    warc_offset: Any
    warc_length: Any
    record: Any
    stripped: Any
    boilerplate: Any
    rights: Any
    number: Any


RawRow = Raw | int
"""A row, or the id of a revision whose text is not there."""

_TEXTS = attrgetter("slug", "language", "content_sha256", "first_seen", "last_seen")
_SOUND: set[tuple[type, ...]] = set()
_TEXTS_OR_NONE = attrgetter("gone_at", "url", "host", "fetched_at", "capture", "rights", "warc_file")
Reader = Callable[[Any], "Revision | None"]
"""Makes a value of a row of `revision_columns`; None where the row is damaged, which has been reported."""


def to_revision(row: Any, codec: Codec, *, lines: bool = True) -> Revision:
    """A row of `revision_columns` as a value, with the lines that were stripped from its page or without them.

    Raises `DamagedRecordError`, which names the row: a `DamagedLinesError` where it can be read without its lines.
    """
    try:
        # What SQLite gives from a damaged file can be of any type: a text that is none, a number for a text.
        types = tuple(map(type, row))
        if types not in _SOUND:  # a few dozen: what may be missing is, or is not
            texts = {*map(type, _TEXTS(row))} | ({*map(type, _TEXTS_OR_NONE(row))} - {type(None)})
            if texts != {str}:
                raise DamagedRecordError("what is stored beside its record is damaged")
            _SOUND.add(types)
        article = codec.article(
            row.record,
            stripped=row.stripped if lines else None,
            boilerplate=row.boilerplate,
            url=row.url,
            host=row.host,
            fetched_at=row.fetched_at,
            capture=row.capture,
            rights=row.rights,
        )
        return _revision(row, article)
    except DamagedRecordError as error:
        raise type(error)(f"{named(row)}: {error}") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise DamagedRecordError(f"{named(row)}: what is stored beside its record is damaged ({error})") from error


def read_row(row: Any, codec: Codec, *, lines: bool = True) -> Revision:
    """`to_revision` of a row, or of the id of one that is not there. Raises `DamagedRecordError`."""
    if isinstance(row, int):
        raise DamagedRecordError(f"revision {row} of the table: its text is not there")
    return to_revision(row, codec, lines=lines)


def read_or_tell(row: Any, codec: Codec, tell: Callable[[str], None]) -> Revision | None:
    """`read_row`; where that raises, `tell` gets the one line, and None is returned.

    Where only what was stripped from the page is damaged, the value comes without it: one damaged row of `boilerplate`
    must not cost thousands of texts.
    """
    for lines in (True, False):
        try:
            return read_row(row, codec, lines=lines)
        except DamagedRecordError as error:
            tell(str(error))
            if not isinstance(error, DamagedLinesError):
                break
    return None


def named(row: Any) -> str:
    """How messages call a row of `revision_columns`."""
    return f"{row.language}/{row.slug}, revision {row.number}"


def _revision(row: Any, article: Article) -> Revision:
    return Revision(
        article_id=row.article_id,
        revision_id=row.id,
        slug=row.slug,
        language=row.language,
        article=article,
        current=bool(row.current),
        revision=row.number,
        content_sha256=row.content_sha256,
        record_hash=row.record_hash.hex(),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        gone_at=row.gone_at,
        warc=None
        if row.warc_file is None
        else WarcLocation(row.warc_file, int(row.warc_offset or 0), int(row.warc_length or 0)),
    )


def share_lines(rows: Iterable[Raw]) -> Iterator[Raw]:
    """Rows whose equal `boilerplate` is one value: pages of one time have one, which goes to another process once."""
    shared: dict[bytes, bytes] = {}
    for row in rows:
        lines = row.boilerplate
        yield row._replace(boilerplate=shared.setdefault(lines, lines)) if type(lines) is bytes else row
