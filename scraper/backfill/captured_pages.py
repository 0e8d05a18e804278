"""From an archive's answer to the page that it holds, checked: it is the capture that was asked for, and whole."""

from __future__ import annotations

from io import BytesIO

from pipelines.archives import Record, is_http, read_records
from pipelines.captures import Capture, plain_digest
from pipelines.site import LARGEST_BODY, normalise_url
from scraper.backfill.answers import Received, UnfitError, part_of
from scraper.backfill.stretches import HeldRecord


class RecordCheck:
    """Called with the answer to a range of a file: keeps the record in it, or raises `UnfitError`."""

    def __init__(self, capture: Capture) -> None:
        self.record: Record | None = None
        self._capture = capture
        self._is_part = part_of(capture.offset, capture.length)

    def __call__(self, received: Received) -> None:
        """See the class."""
        self._is_part(received)
        self.record = record_in(received.body, self._capture)


class HeldCheck:
    """In the place of `RecordCheck`, for a record that is at hand: no answer has to bring it."""

    def __init__(self, held: HeldRecord | None) -> None:
        self.record = None if held is None else held.record
        self.data = None if held is None else held.data

    def __call__(self, received: Received) -> None:
        """Nothing was asked for."""


def record_in(data: bytes, capture: Capture) -> Record:
    """The one record in a capture's bytes; raises `UnfitError` where they are not that."""
    items = list(read_records(BytesIO(data), limit=LARGEST_BODY))
    record = items[0] if len(items) == 1 else None
    if not isinstance(record, Record) or (record.offset, record.length) != (0, len(data)):
        raise UnfitError("what stands at that place of the file is not one WARC record")
    if record.type != "response" or not is_http(record):
        raise UnfitError(f"the record there is no response ({record.type or 'without a type'})")
    if not _is_same(record.url, capture.url):
        raise UnfitError("the record there is of another address")
    told = plain_digest(record.headers.get("warc-payload-digest"))
    if told is not None and capture.digest is not None and told != capture.digest:
        raise UnfitError("the record there has another digest than the index says")
    return record


def _is_same(one: str | None, other: str) -> bool:
    if one == other:
        return True
    try:
        return one is not None and normalise_url(one) == normalise_url(other)
    except ValueError:
        return False
