"""Which records go when an address is taken down: its own, and those that belong to them, in any file."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b
from typing import Final, NamedTuple

from pipelines.archives.digests import is_of, payloads_of, read_digest, sha1_of
from pipelines.archives.http import HttpError, is_http, read_head
from pipelines.archives.records import Record
from pipelines.web.addresses import NoAddressError, join

_CAPTURES: Final = frozenset({"response", "resource", "conversion", "revisit"})
# What tools put before a page's address to name what they made of it: urn:text:https://…
_MADE_OF = re.compile(r"[a-z][a-z0-9+.-]*:[\w.-]+:(?=https?://)", re.I)


class SeenRecord(NamedTuple):
    """What is remembered of a record: where it is, its id, the ids of those that it goes with and names, and its
    payloads, each as a number; whether its own address, or its place, is doomed."""

    offset: int
    length: int
    size: int
    kind: str
    id: int
    goes_with: tuple[int, ...]
    names: int | None
    payloads: tuple[int, ...]
    is_doomed: bool

    @property
    def keys(self) -> tuple[int, ...]:
        """The numbers by which records elsewhere can doom it."""
        return (*self.goes_with, *self.payloads)


class Doomed:
    """What has to go, as it becomes known: addresses by a predicate; ids and payloads of records that go."""

    def __init__(self, is_doomed: Callable[[str], bool]) -> None:
        self._is_doomed = is_doomed
        self.keys: set[int] = set()
        self._named: set[int] = set()

    def wants(self, headers: Mapping[str, str]) -> bool:
        """Whether the block of a record is to be read, for `seen`."""
        return headers.get("warc-type", "").lower() in _CAPTURES

    def is_address(self, url: str) -> bool:
        """Whether an address is doomed, or names what a tool made of a doomed one."""
        return self._is_doomed(url) or bool((made := _MADE_OF.match(url)) and self._is_doomed(url[made.end() :]))

    def seen(self, record: Record, places: Collection[int] = ()) -> SeenRecord:
        """What is to be remembered of a record; `places` are offsets of records that go whatever they are."""
        status = _status(record)
        headers, names = record.headers, record.headers.get("warc-concurrent-to")
        others = [headers.get("warc-refers-to"), headers.get("warc-segment-origin-id")]
        if record.type not in _CAPTURES:
            others.append(names)
        return SeenRecord(
            offset=record.offset,
            length=record.length,
            size=record.size,
            kind=record.type,
            id=_key("id", headers.get("warc-record-id", f"at {record.offset}").encode()),
            goes_with=tuple(_key("id", other.encode()) for other in others if other),
            names=_key("id", names.encode()) if names else None,
            payloads=tuple(_payloads(record, status)),
            is_doomed=record.type != "warcinfo"
            and (
                (record.offset in places and record.length > 0)
                or any(self.is_address(url) for url in _addresses(record, status))
            ),
        )

    def settle(self, records: Sequence[SeenRecord]) -> dict[int, bool]:
        """Which of a file's records go, by their number there; True for those that only share a payload."""
        gone: dict[int, bool] = {}
        waiting = [number for number, seen in enumerate(records) if seen.kind != "warcinfo"]
        while True:
            left = []
            for number in waiting:
                seen = records[number]
                goes = seen.is_doomed or self._goes_along(seen)
                if not goes and self.keys.isdisjoint(seen.payloads):
                    left.append(number)
                    continue
                gone[number] = not goes
                self.keys.add(seen.id)
                self.keys.update(seen.payloads)
                if seen.names is not None:
                    self._named.add(seen.names)
            if len(left) == len(waiting):
                return gone
            waiting = left

    def _goes_along(self, seen: SeenRecord) -> bool:
        if not self.keys.isdisjoint(seen.goes_with):
            return True
        return seen.kind not in _CAPTURES and seen.id in self._named


def _key(kind: str, name: bytes) -> int:
    return int.from_bytes(blake2b(name, digest_size=8, person=kind.encode()).digest(), "big")


def _status(record: Record) -> int | None:
    """The status of an HTTP response, or of a revisit that stands for one; None where it is unknown."""
    if record.block is not None and record.type in ("response", "revisit") and is_http(record):
        with suppress(HttpError):
            return read_head(record.block)[0]
    return None


def _addresses(record: Record, status: int | None) -> Iterator[str]:
    if record.url is not None:
        yield record.url
    if other := record.headers.get("warc-refers-to-target-uri"):
        yield other.strip().strip("<>")
    if status is not None and 300 <= status < 400 and record.block is not None:
        for name, value in read_head(record.block)[1]:
            if name.lower() == "location":
                with suppress(NoAddressError):
                    yield join(record.url, value)


def _payloads(record: Record, status: int | None) -> Iterator[int]:
    """The keys of the payload of a page or document; none for an unsuccessful response."""
    if record.type not in _CAPTURES or (status is not None and not 200 <= status < 300):
        return
    digest = read_digest(record.headers.get("warc-payload-digest", ""))
    digests = [digest] if digest else [read_digest(sha1_of(payload)) for payload in payloads_of(record)]
    for found in digests:
        if found is not None and not is_of(found, [b""]):
            yield _key(*found)
