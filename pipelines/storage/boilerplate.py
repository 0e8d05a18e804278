"""Lines beside the article (a record's `stripped`), so that menus and footers of thousands of pages are kept once.

A page's lines are compressed against those of an earlier page of the same host and language, which are a row of
`boilerplate` of their own: where they are nearly the same, little is left. Such a row is made when a second page fits
the lines of a first one; lines that no other page has stay in their page's record and cost what they cost there. A
row is never changed, and two writers that make the same one do no harm and never wait for each other.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import zstandard
from sqlalchemy import Connection, bindparam, select

from pipelines.models import Article
from pipelines.storage.errors import DamagedRecordError
from pipelines.storage.keys import bounded, storable
from pipelines.storage.prepared import Prepared
from pipelines.storage.records import LEVEL, Codec, Packed, dictionary
from pipelines.storage.rights import Known
from pipelines.storage.schema import boilerplate

# Bytes of lines. Below, a row and a reference cost more than they save; above, a context takes megabytes.
_FEWEST, _MOST = 256, 65_536
# A row fits where at most this part of the lines is left, which is some 40 % of what they take compressed alone:
# with a third or a half, a store of pages whose boxes change from page to page is larger (measured).
_FITS = 6
_TRIED = 3  # layouts of a host and language that take turns
_REMEMBERED = 1 << 20  # bytes of lines in memory; a small one counts as 8 kB, since its context takes 200 kB
_LEAST = 8_192

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
        """What is left of other lines. Its checksum tells when it is read with another row than this."""
        if self._compressor is None:
            known = dictionary(self.lines)
            known.precompute_compress(level=LEVEL)
            self._compressor = zstandard.ZstdCompressor(level=LEVEL, dict_data=known, write_checksum=True)
        return self._compressor.compress(lines)


class Packer:
    """Makes the columns of `records`; remembers what pages of the sites that were stored last have in common, and
    which rights are stored.

    What it remembers may be a row of the open transaction: `forget` must be called when that is not committed.
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

    def columns(self, connection: Connection, article: Article, packed: Packed) -> dict[str, Any]:
        """What `records` holds of an article, but for the revision's id."""
        lines = packed.lines()
        if lines is not None and _FEWEST <= len(lines) <= _MOST:
            shared = self._shared(connection, _site(article), lines)
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
            # Another writer may have stored one since we looked.
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
            except DamagedRecordError:  # `check` tells of it; new pages must not depend on it
                continue
        return bases


def _fitting(bases: list[_Base], lines: bytes) -> tuple[_Base, bytes] | None:
    for base in bases:
        rest = base.rest(lines)
        if len(rest) * _FITS <= len(lines):
            return base, rest
    return None


def _site(article: Article) -> str:
    """Whose menus and footers these are: the host's, in one language."""
    language = article.url_language or article.html_language or ""
    return bounded(storable(f"{article.host or ''}/{language}") or "")
