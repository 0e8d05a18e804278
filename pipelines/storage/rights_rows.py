"""Rights of the use of pages, and the site's files that say them, each different one stored once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import zstandard
from sqlalchemy import Connection, bindparam, select, update

from pipelines.rights import COLUMNS, Rights
from pipelines.storage.compiled import Prepared
from pipelines.storage.errors import DamagedRecordError
from pipelines.storage.records import DAMAGE
from pipelines.storage.schema import rights, rights_files
from pipelines.storage.statements import unless_there
from pipelines.times import Time, instant

_COLUMNS = tuple(column.name for column in rights.c)
_SEEN_LATER, _SEEN_EARLIER = (
    update(rights_files)
    .where(
        rights_files.c.url == bindparam("the_url"),
        rights_files.c.sha256 == bindparam("the_sha256"),
        column < bindparam("seen_at") if column is rights_files.c.last_seen else column > bindparam("seen_at"),
    )
    .values({column.name: bindparam("seen_at")})
    for column in (rights_files.c.last_seen, rights_files.c.first_seen)
)
LARGEST_FILE = 1_000_000
"""Bytes of a file that are kept; what is behind them is not read by anybody."""


@cache
def _new_rights(dialect: str) -> Prepared:
    return Prepared(unless_there(dialect, rights), _COLUMNS)


def number_of(found: Rights) -> int:
    """The number by which the store knows rights: 63 bits of their hash, the same in every store."""
    return int(found.sha256[:16], 16) >> 1


class Known:
    """Rights that the store has already, as far as the open transaction and this process know."""

    def __init__(self) -> None:
        self._numbers: dict[Rights, int] = {}

    def forget(self) -> None:
        """Remember nothing: rows may be gone with the transaction."""
        self._numbers.clear()

    def number(self, connection: Connection, found: Rights) -> int | None:
        """The row of rights, made where it is not there; None where there are none."""
        if not found:
            return None
        number = self._numbers.get(found)
        if number is None:
            number = number_of(found)
            _new_rights(connection.dialect.name).run(connection, _row(number, found))
            if len(self._numbers) >= _MOST:
                self._numbers.clear()
            self._numbers[found] = number
        return number


_MOST = 1000


def _row(number: int, found: Rights) -> dict[str, Any]:
    answers = found.answers()
    columns = {COLUMNS[usage]: answers[usage] for usage in COLUMNS}
    return {"id": number, "sha256": found.sha256, "signals": found.as_json(), **columns}


class RightsFile(NamedTuple):
    """robots.txt or tdmrep.json of a host as it was seen, first and last; empty where there was none."""

    url: str
    sha256: str
    first_seen: str
    last_seen: str
    body: bytes


def add_file(connection: Connection, url: str, body: bytes, *, seen_at: Time) -> None:
    """Record that the file was seen with this content."""
    body, moment = body[:LARGEST_FILE], instant(seen_at)
    sha256 = hashlib.sha256(body).hexdigest()
    packed = zstandard.ZstdCompressor(level=3, write_checksum=True).compress(body)
    row = {"url": url, "sha256": sha256, "first_seen": moment, "last_seen": moment, "body": packed}
    connection.execute(unless_there(connection.dialect.name, rights_files), row)
    for statement in (_SEEN_LATER, _SEEN_EARLIER):
        connection.execute(statement, {"the_url": url, "the_sha256": sha256, "seen_at": moment})


def files(connection: Connection) -> Iterator[RightsFile]:
    """All of them, by address and time. Raises `DamagedRecordError`."""
    order = (rights_files.c.url, rights_files.c.first_seen, rights_files.c.sha256)
    for row in connection.execute(select(rights_files).order_by(*order)):
        try:
            body = zstandard.ZstdDecompressor().decompress(row.body, max_output_size=LARGEST_FILE)
        except DAMAGE as error:
            raise DamagedRecordError(f"{row.url} as it was seen on {row.first_seen}: damaged ({error})") from error
        yield RightsFile(row.url, row.sha256, row.first_seen, row.last_seen, body)
