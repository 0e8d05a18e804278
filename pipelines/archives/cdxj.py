"""CDXJ: one line for each capture in a WARC file, by which archive servers (pywb, wabac.js) find it.

As cdxj-indexer writes them: key, time, JSON of strings; sorted by their bytes, no line twice. Which records are
captures: responses, revisits, and resources and metadata that are documents of their own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipelines.archives.digests import sha1_of
from pipelines.archives.folder import UnreadPlace, archive_files, is_claimed
from pipelines.archives.http import HttpError, is_http, read_head
from pipelines.archives.records import Damage, Record, read_records
from pipelines.archives.surts import surt
from pipelines.batch import files
from pipelines.listing import cause, open_file
from pipelines.locks import Holder, held
from pipelines.site import LARGEST_BODY
from pipelines.times import instant, iso_time

SUFFIX: Final = ".cdxj"
"""What the name of an index adds to the name of its WARC file."""
LARGEST_BLOCK: Final = 2 * LARGEST_BODY
"""Record blocks over this size (bytes) are not read."""
BEING_WRITTEN: Final = "a crawl is writing to it"
_CAPTURES = frozenset({"response", "revisit", "resource", "metadata"})
_MIME_END = re.compile(r"[;\s]")


class UnlistedError(ValueError):
    """A capture that an index cannot name; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """A WARC file whose index was written, with so many `captures`; `is_fresh` where it was up to date."""

    file: str
    captures: int = 0
    is_fresh: bool = False


def cdxj_line(
    record: Record, *, file: str, offset: int, length: int, more: Mapping[str, str] | None = None
) -> str | None:
    """The line of a record that is in `file` at `offset` and takes `length` bytes; None if it is not a capture.

    `more` are further fields. Raises `UnlistedError` for a capture without address or time, one that shares its gzip
    member with others (`length` 0), and one whose block is not there.
    """
    content_type = record.headers.get("content-type")
    if record.type not in _CAPTURES:
        return None
    if record.type in ("resource", "metadata") and content_type == "application/warc-fields":
        return None
    stamp = timestamp(record)
    if record.url is None:
        raise UnlistedError("the record has no WARC-Target-URI")
    if stamp is None:
        raise UnlistedError("the record has no WARC-Date that is a time")
    if not length:
        raise UnlistedError("the record shares its gzip member with others")
    fields = {"url": record.url, **_of_block(record), "length": str(length), "offset": str(offset), "filename": file}
    return f"{surt(record.url)} {stamp} {json.dumps({**fields, **(more or {})})}\n"


def timestamp(record: Record) -> str | None:
    """A record's time as 14 digits (UTC); None where it has none."""
    moment = iso_time(record.headers.get("warc-date"))
    return None if moment is None else re.sub(r"\D", "", instant(moment))[:14]


def _of_block(record: Record) -> dict[str, str]:
    """Media type, status and digest, as far as it has them."""
    if record.block is None:
        raise UnlistedError(f"the record's block of {record.size} bytes is over the limit of {LARGEST_BLOCK} bytes")
    found: dict[str, str] = {}
    mime, payload = record.headers.get("content-type"), record.block
    if record.type in ("response", "revisit") and is_http(record):
        mime = None
        try:
            status, headers, payload = read_head(record.block)
        except HttpError:  # of another protocol, or of no headers at all, which a revisit may leave out
            status = None
        else:
            mime = next((value for name, value in headers if name.lower() == "content-type"), None)
    else:
        status = None
    if record.type == "revisit":
        mime = "warc/revisit"
    if mime is not None:
        found["mime"] = _MIME_END.split(mime, maxsplit=1)[0]
    if status is not None:
        found["status"] = str(status)
    if (digest := record.headers.get("warc-payload-digest")) or record.type != "revisit":
        found["digest"] = digest or sha1_of(payload)
    return found


def lines_of(path: Path) -> Iterator[str | UnreadPlace]:
    """The lines of a WARC file in the order of its records, and what of it cannot be read or named."""
    try:
        with open_file(path) as stream:
            for item in read_records(stream, limit=LARGEST_BLOCK):
                if isinstance(item, Damage):
                    yield UnreadPlace(file=path.name, offset=item.offset, url=None, problem=item.detail)
                    continue
                try:
                    line = cdxj_line(item, file=path.name, offset=item.offset, length=item.length)
                except UnlistedError as error:
                    yield UnreadPlace(file=path.name, offset=item.offset, url=item.url, problem=str(error))
                else:
                    if line is not None:
                        yield line
    except OSError as error:
        yield UnreadPlace(file=path.name, offset=0, url=None, problem=f"the file cannot be read ({cause(error)})")


def write_indexes(
    folder: Path | str,
    *,
    again: bool = False,
    holder: Holder | None = None,
    tell: Callable[[UnreadPlace], None] = lambda unread: None,
) -> Iterator[Indexed]:
    """Write the index of each WARC file of a folder beside it (``NAME.cdxj``), whole or not at all, file by file.

    A file that a crawl writes to gets none yet. An index younger than its file stays, but for `again`. `tell` is
    called with whatever cannot be read or named; the rest is in the index. Raises `UsageError` as `archive_files` does,
    `StorageError` where an index cannot be written, `FolderBusyError` where another job is at work in the folder.
    """
    paths = archive_files(folder)
    with held(Path(folder), holder):
        files.sweep(Path(folder))
        for path in paths:
            index = path.with_name(path.name + SUFFIX)
            try:
                with open_file(path) as stream:
                    if is_claimed(stream):
                        tell(
                            UnreadPlace(
                                file=path.name, offset=0, url=None, problem=f"{BEING_WRITTEN}: it has no index yet"
                            )
                        )
                        continue
                if not again and is_younger(index, path):
                    yield Indexed(file=path.name, is_fresh=True)
                    continue
            except OSError as error:
                tell(
                    UnreadPlace(file=path.name, offset=0, url=None, problem=f"the file cannot be read ({cause(error)})")
                )
                continue
            yield Indexed(file=path.name, captures=write_index(path, tell))


def write_index(path: Path, tell: Callable[[UnreadPlace], None] = lambda unread: None) -> int:
    """Write the index of one WARC file beside it; returns its number of captures. `tell` as in `write_indexes`."""
    lines: set[str] = set()
    for found in lines_of(path):
        if isinstance(found, UnreadPlace):
            tell(found)
        else:
            lines.add(found)
    with files.whole(str(path.with_name(path.name + SUFFIX))) as temporary:
        temporary.write_text("".join(sorted(lines)), encoding="ascii")
    return len(lines)


def is_younger(index: Path, path: Path) -> bool:
    """Whether an index was written after its file was; False where there is none."""
    try:
        return index.stat().st_mtime_ns > path.stat().st_mtime_ns
    except FileNotFoundError:
        return False
