"""Lines beside the article (a record's `stripped`), so that menus and footers of thousands of pages are kept once.

A page's lines are compressed against those of an earlier page of the same host and language, which are a row of
`boilerplate`: where they are nearly the same, little is left. Such a row is made when a second page fits the lines of a
first one; lines that no other page has stay in their page's record. A row is never changed. Two writers that make the
same row do no harm and never wait for each other.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import zstandard
from sqlalchemy import Connection, bindparam, delete, select, update

from pipelines.models import Article
from pipelines.storage.compiled import Prepared
from pipelines.storage.errors import DamagedRecordError
from pipelines.storage.keys import bounded, storable
from pipelines.storage.records import LEVEL, Codec, PackedArticle, as_lines, dictionary
from pipelines.storage.rights_rows import Known
from pipelines.storage.schema import boilerplate, records
from pipelines.storage.sets import parts_of

# Bytes of lines. Below, a row and a reference cost more than they save; above, a context takes megabytes.
_FEWEST, _MOST = 256, 65_536
# A row fits where at most this part of the lines is left, which is some 40 % of what they take compressed alone:
# with a third or a half, a store of pages whose boxes change from page to page is larger (measured).
_FITS = 6
_TRIED = 3  # layouts of a host and language that take turns
_REMEMBERED = 1 << 20  # bytes of lines in memory; a small one counts as 8 kB, since its context takes 200 kB
_LEAST = 8_192
_AT_ONCE = 300
_LONG = 20  # characters of a text that a line is looked through for

_NEW = Prepared(boilerplate.insert().returning(boilerplate.c.id), ("site", "lines"))
_LATEST = Prepared(
    select(boilerplate.c.id, boilerplate.c.lines)
    .where(boilerplate.c.site == bindparam("the_site"))
    .order_by(boilerplate.c.id.desc())
    .limit(_TRIED)
)


class _Base:
    """Lines that others are compressed against: of a row of `boilerplate`, or (`id` None) of a page seen before."""

    def __init__(self, identifier: int | None, lines: bytes) -> None:
        self.id = identifier
        self.lines = lines
        self.weight = max(_LEAST, len(lines))
        self._compressor: zstandard.ZstdCompressor | None = None  # made when it is first used: it takes a while

    def rest(self, lines: bytes) -> bytes:
        """What is left of other lines. Its checksum fails where it is read with another row than this."""
        if self._compressor is None:
            known = dictionary(self.lines)
            known.precompute_compress(level=LEVEL)
            self._compressor = zstandard.ZstdCompressor(level=LEVEL, dict_data=known, write_checksum=True)
        return self._compressor.compress(lines)


class Packer:
    """Makes the columns of `records`; remembers the shared lines of the sites that were stored last, and which rights
    are stored.

    What it remembers may be a row of the open transaction: call `forget` when that is not committed.
    """

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self.rights = Known()
        # The site that was used last stands at the end; of its bases the one that was used last at the start.
        self._sites: OrderedDict[str, list[_Base]] = OrderedDict()
        self._weight = 0

    def forget(self) -> None:
        """Remember nothing."""
        self.rights.forget()
        self._sites.clear()
        self._weight = 0

    def columns(self, connection: Connection, article: Article, packed: PackedArticle) -> dict[str, Any]:
        """What `records` holds of an article, but for the revision's id."""
        lines = packed.lines()
        if lines is not None and _FEWEST <= len(lines) <= _MOST:
            shared = self._shared(connection, site_of(article), lines)
            if shared is not None:
                base, rest = shared
                record = self._codec.compress(packed.payload(lines=False))
                return {"record": record, "stripped": rest, "boilerplate_id": base}
        return {"record": self._codec.compress(packed.payload()), "stripped": None, "boilerplate_id": None}

    def _shared(self, connection: Connection, site: str, lines: bytes) -> tuple[int, bytes] | None:
        """The row of `boilerplate` that the lines fit, and what is left of them; None where they fit none."""
        known = self._sites.get(site)
        if known is None:
            known = self._stored(connection, site, [])
        found = _fitting(known, lines)
        if found is None or found[0].id is None:
            # Another writer may have stored one meanwhile.
            found = _fitting(self._stored(connection, site, known), lines) or found
        base, rest = found or (_Base(None, lines), b"")
        # A page that fits nothing takes the place of the one that waits for a second.
        others = [other for other in known if other is not base and (found or other.id is not None)]
        self._remember(site, [base, *others[: _TRIED - 1]])
        if found is None:
            return None
        if base.id is None:
            values = {"site": site, "lines": self._codec.compress_checked(base.lines)}
            base.id = int(_NEW.first(connection, values).id)
        return base.id, rest

    def _remember(self, site: str, bases: list[_Base]) -> None:
        before = self._sites.get(site, ())
        self._weight += sum(base.weight for base in bases) - sum(base.weight for base in before)
        self._sites[site] = bases
        self._sites.move_to_end(site)
        while self._weight > _REMEMBERED and len(self._sites) > 1:
            self._weight -= sum(base.weight for base in self._sites.popitem(last=False)[1])

    def _stored(self, connection: Connection, site: str, known: list[_Base]) -> list[_Base]:
        """The latest rows for a site, but for the known ones."""
        ids = {base.id for base in known}
        bases = []
        for row in _LATEST.all(connection, {"the_site": site}):
            if row.id in ids:
                continue
            try:
                bases.append(_Base(row.id, self._codec.decompress(row.lines)))
            except DamagedRecordError:  # `check` reports it; new pages must not depend on it
                continue
        return bases


def _fitting(bases: list[_Base], lines: bytes) -> tuple[_Base, bytes] | None:
    for base in bases:
        rest = base.rest(lines)
        if len(rest) * _FITS <= len(lines):
            return base, rest
    return None


def part_from(connection: Connection, codec: Codec, sites: Iterable[str], removed_texts: Collection[str]) -> None:
    """Let no row of these sites hold lines that only removed pages had; `removed_texts` are all texts of those pages.

    A row that no page needs is deleted. One that holds such lines is replaced by the lines of a page that needs it.
    """
    shared = select(boilerplate).where(boilerplate.c.site == bindparam("the_site")).order_by(boilerplate.c.id)
    for site in sorted(sites):
        for row in connection.execute(shared, {"the_site": site}).all():
            users = list(
                connection.execute(
                    select(records.c.revision_id)
                    .where(records.c.boilerplate_id == row.id)
                    .order_by(records.c.revision_id)
                ).scalars()
            )
            if users:
                try:
                    lines = codec.decompress(row.lines)
                except DamagedRecordError:
                    continue
                if not _alone(connection, codec, users, row.lines, lines, removed_texts):
                    continue
                _share_anew(connection, codec, users, row)
            connection.execute(delete(boilerplate).where(boilerplate.c.id == row.id))


def _alone(
    connection: Connection, codec: Codec, users: Sequence[int], row: bytes, lines: bytes, removed_texts: Collection[str]
) -> bool:
    """Whether a row's lines hold one of the removed texts, and no page that needs the row has that text."""
    texts = {line["text"] for line in json.loads(lines) if isinstance(line, dict) and isinstance(line.get("text"), str)}
    left = {
        text
        for text in texts
        if text in removed_texts or any(part in text for part in removed_texts if len(part) >= _LONG)
    }
    for _, own in _lines_of(connection, codec, users, row):
        if not left:
            return False
        left -= {line.get("text") for line in own if isinstance(line, dict)}
    return bool(left)


def _lines_of(
    connection: Connection, codec: Codec, users: Sequence[int], row: bytes
) -> Iterator[tuple[int, list[Any]]]:
    """The lines of pages that need a row; those of a damaged one are passed over, since nobody can read them."""
    for part in parts_of(users, _AT_ONCE):
        some = records.c.revision_id.in_(part)
        query = select(records.c.revision_id, records.c.stripped).where(some).order_by(records.c.revision_id)
        for identifier, stripped in connection.execute(query):
            try:
                yield identifier, codec.lines(stripped, row)
            except DamagedRecordError:
                continue


def _share_anew(connection: Connection, codec: Codec, users: Sequence[int], row: Any) -> None:
    base: _Base | None = None
    none = update(records).where(records.c.boilerplate_id == row.id).values(boilerplate_id=None, stripped=None)
    for identifier, own in list(_lines_of(connection, codec, users, row.lines)):
        lines = as_lines(own)
        if base is None:
            base = _Base(None, lines)
            base.id = int(_NEW.first(connection, {"site": row.site, "lines": codec.compress_checked(lines)}).id)
        values = {"stripped": base.rest(lines), "boilerplate_id": base.id}
        connection.execute(update(records).where(records.c.revision_id == identifier).values(**values))
    connection.execute(none)


def site_of(article: Article) -> str:
    """Whose menus and footers these are: the host's, in one language."""
    language = article.url_language or article.html_language or ""
    return bounded(storable(f"{article.host or ''}/{language}") or "")
