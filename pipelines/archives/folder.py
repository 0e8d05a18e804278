"""A folder of WARC files, as a crawl leaves it: every page in it, with its place."""

from __future__ import annotations

import errno
import fcntl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipelines.archives.http import HttpError, HttpResponse, is_http, read_page
from pipelines.archives.records import Damage, Record, read_records
from pipelines.errors import UsageError
from pipelines.listing import open_file
from pipelines.models import HtmlPage
from pipelines.times import iso_time

_NAMES = ("*.warc", "*.warc.gz", "*.warc.zst")


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """A page read back: its file, the offset and length of its record there (0 where it shares a gzip member)."""

    file: str
    offset: int
    length: int
    page: HtmlPage
    response: HttpResponse
    fetched_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadPlace:
    """A place of an archive that could not be read, and why in one line."""

    file: str
    offset: int
    url: str | None
    problem: str


def read_archive(folder: Path | str, *, limit: int) -> Iterator[Archived | UnreadPlace]:
    """The page in every response of HTML, files by name and records in their order; bodies of `limit` bytes at most.

    What cannot be read comes as `UnreadPlace`, and everything before and after it comes too. Raises `UsageError` as
    `archive_files` does, at once, before anything is read.
    """
    return _pages(archive_files(folder), limit)


def archive_files(folder: Path | str, *, none: bool = False) -> list[Path]:
    """The WARC files of a folder, by name. Raises `UsageError` for no folder, or (but for `none`) one without them."""
    folder = Path(folder)
    try:
        names = sorted({path for name in _NAMES for path in folder.glob(name)}) if folder.iterdir() else []
    except OSError as error:
        raise UsageError(f"{folder}: cannot be read ({error.strerror}); give the crawl's --archive") from None
    if not names and not none:
        raise UsageError(f"{folder}: no .warc.gz in it; give the folder that the crawl's --archive named")
    return names


def _pages(files: list[Path], limit: int) -> Iterator[Archived | UnreadPlace]:
    for path in files:
        offset = 0
        try:
            with open_file(path) as stream:
                for item in read_records(stream, limit=limit):
                    offset = item.offset
                    if isinstance(item, Damage):
                        yield UnreadPlace(file=path.name, offset=offset, url=None, problem=item.detail)
                    elif item.type == "response" and is_http(item) and (found := page_of(path.name, item, limit)):
                        yield found
        except OSError as error:
            problem = f"the file cannot be read from here on ({error.strerror})"
            yield UnreadPlace(file=path.name, offset=offset, url=None, problem=problem)


def page_of(file: str, record: Record, limit: int) -> Archived | UnreadPlace | None:
    """The page of a response record of the archive's `file`; None for what the server says is no HTML."""
    date = record.headers.get("warc-date")
    fetched_at = iso_time(date)
    try:
        found = read_page(record, limit=limit, fetched_at=fetched_at)
    except HttpError as error:
        return UnreadPlace(file=file, offset=record.offset, url=record.url, problem=str(error))
    if found is None:
        return None
    page, response = found
    if fetched_at is None:
        problem = "the record has no WARC-Date" if date is None else "the record's WARC-Date is no time"
        return UnreadPlace(file=file, offset=record.offset, url=record.url, problem=problem)
    return Archived(
        file=file, offset=record.offset, length=record.length, page=page, response=response, fetched_at=fetched_at
    )


def claim(stream: BinaryIO) -> None:
    """Mark a WARC file as written to by this process, until it closes the file or ends in any way."""
    with suppress(OSError):  # no locks on this file system, or another process is just in `is_claimed`
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_claimed(stream: BinaryIO) -> bool:
    """Whether a living process writes to a WARC file that was opened for reading."""
    try:
        fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in (errno.EWOULDBLOCK, errno.EACCES)
    return False
