"""Takes the page out of an archive's answer, after checking that it is the right capture, and whole."""

from __future__ import annotations

from io import BytesIO

from pipelines.archives import Record, is_http, read_records
from pipelines.captures import Capture, plain_digest
from pipelines.site import LARGEST_BODY, normalise_url
from scraper.backfill.answers import Received, UnfitError, part_of
from scraper.backfill.stretches import HeldRecord


class RecordCheck:
    """Checks the answer to a range request: keeps the record in it, or raises `UnfitError`."""

    def __init__(self, capture: Capture) -> None:
        self.record: Record | None = None
        self._capture = capture
        self._is_part = part_of(capture.offset, capture.length)

    def __call__(self, received: Received) -> None:
        """Read the record; raises `UnfitError`."""
        self._is_part(received)
        self.record = record_in(received.body, self._capture)


class HeldCheck:
    """Replaces `RecordCheck` for a record that was read already and is not requested."""

    def __init__(self, held: HeldRecord | None) -> None:
        self.record = None if held is None else held.record
        self.data = None if held is None else held.data

    def __call__(self, received: Received) -> None:
        """Accept anything: nothing was requested."""


def record_in(data: bytes, capture: Capture) -> Record:
    """The record of a capture in its bytes; raises `UnfitError` if they are not exactly that record."""
    items = list(read_records(BytesIO(data), limit=LARGEST_BODY))
    record = items[0] if len(items) == 1 else None
    if not isinstance(record, Record) or (record.offset, record.length) != (0, len(data)):
        raise UnfitError("that place of the file does not hold one WARC record")
    if record.type != "response" or not is_http(record):
        raise UnfitError(f"the record there is not a response ({record.type or 'without a type'})")
    if not _is_same(record.url, capture.url):
        raise UnfitError("the record there is of another address")
    digest = plain_digest(record.headers.get("warc-payload-digest"))
    if digest is not None and capture.digest is not None and digest != capture.digest:
        raise UnfitError("the record there has another digest than the index says")
    return record


def _is_same(one: str | None, other: str) -> bool:
    if one == other:
        return True
    try:
        return one is not None and normalise_url(one) == normalise_url(other)
    except ValueError:
        return False
