"""Whether an archive is whole: its records, their digests, the indexes beside it, and what a store has of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Literal

from pipelines.archives.cdxj import LARGEST_BLOCK, SUFFIX, UnlistedError, cdxj_line
from pipelines.archives.digests import is_of, payloads_of, read_digest
from pipelines.archives.folder import archive_files, is_claimed
from pipelines.archives.records import Damage, Record, read_records
from pipelines.listing import cause, open_file
from pipelines.times import iso_time

if TYPE_CHECKING:  # a check without a store needs no database
    from pipelines.storage.archived import ResponsePlace

Kind = Literal["damage", "header", "digest", "member", "index", "store"]

# What ISO 28500 demands of every record.
_WANTED: Final = ("warc-record-id", "warc-date", "warc-type")
_WITH_ADDRESS: Final = frozenset({"response", "request", "revisit", "resource", "conversion"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFault:
    """One thing wrong with a file of an archive: at `offset` (bytes; None for the file as a whole), in one line."""

    file: str
    offset: int | None
    kind: Kind
    problem: str

    def __str__(self) -> str:
        return f"{self.file}{'' if self.offset is None else f' at {self.offset}'}: {self.problem}"


@dataclass(slots=True)
class ArchiveAccount:
    """What was looked at: files, records, and digests that could be recomputed; `unknown` ones could not be.

    `written` are files that a crawl writes to, which were read as far as they go; `place` is the file and offset
    reached.
    """

    files: int = 0
    records: int = 0
    digests: int = 0
    unknown: int = 0
    places: int = 0
    written: int = 0
    place: tuple[str, int] = ("", 0)


def check_archive(
    folder: Path | str, account: ArchiveAccount, *, places: Iterable[ResponsePlace] = ()
) -> Iterator[FileFault]:
    """Every fault of the WARC files of a folder, file by file; `account` is filled on the way.

    `places` are a store's, ordered by the bytes of the file names. An index (``NAME.cdxj``) beside a file must be the
    one that the file gives. Raises `UsageError` as `archive_files` does.
    """
    paths = {path.name: path for path in archive_files(folder)}
    expected = _by_file(places)
    waiting = next(expected, None)
    for name in sorted(paths, key=_bytes):
        while waiting is not None and _bytes(waiting[0]) < _bytes(name):
            yield _absent(*waiting)
            waiting = next(expected, None)
        mine: list[ResponsePlace] = []
        if waiting is not None and waiting[0] == name:
            mine, waiting = waiting[1], next(expected, None)
        account.files += 1
        yield from _file_faults(paths[name], mine, account)
    while waiting is not None:
        yield _absent(*waiting)
        waiting = next(expected, None)


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def _by_file(places: Iterable[ResponsePlace]) -> Iterator[tuple[str, list[ResponsePlace]]]:
    for name, some in groupby(places, key=lambda place: place.file):
        yield name, list(some)


def _absent(name: str, places: list[ResponsePlace]) -> FileFault:
    problem = f"is not in the archive, and the store says that {len(places)} responses are in it ({places[0].named})"
    return FileFault(file=name, offset=None, kind="store", problem=problem)


def _file_faults(path: Path, places: list[ResponsePlace], account: ArchiveAccount) -> Iterator[FileFault]:
    found: dict[int, Record] = {}  # of the responses, without their blocks
    wanted = {place.offset for place in places}
    lines: set[str] = set()
    try:
        with open_file(path) as stream:
            is_written = is_claimed(stream)
            account.written += is_written
            for item in record_faults(stream, path.name, account, is_written=is_written):
                if isinstance(item, FileFault):
                    yield item
                    continue
                if item.offset in wanted:
                    found[item.offset] = replace(item, block=None)
                try:
                    line = cdxj_line(item, file=path.name, offset=item.offset, length=item.length)
                except UnlistedError:
                    continue  # has a fault of its own
                if line is not None:
                    lines.add(line)
    except OSError as error:
        yield FileFault(file=path.name, offset=None, kind="damage", problem=f"cannot be read ({cause(error)})")
        return
    yield from _place_faults(path.name, places, found, account)
    if not is_written:
        yield from _index_faults(path, lines)


def record_faults(
    stream: BinaryIO, name: str, account: ArchiveAccount, *, is_written: bool = False
) -> Iterator[Record | FileFault]:
    """The records of a WARC file, and each one's faults before it. Raises `OSError` where it cannot be read.

    With `is_written`, damage at its end counts as a record that is not complete yet.
    """
    at_the_end: FileFault | None = None
    for item in read_records(stream, limit=LARGEST_BLOCK):
        if at_the_end is not None:
            yield at_the_end
            at_the_end = None
        if isinstance(item, Damage):
            fault = FileFault(file=name, offset=item.offset, kind="damage", problem=item.detail)
            if is_written:
                at_the_end = fault
            else:
                yield fault
            continue
        account.records += 1
        account.place = name, item.offset
        for kind, problem in _faults_of(item, account):
            yield FileFault(file=name, offset=item.offset, kind=kind, problem=problem)
        yield item


def _faults_of(record: Record, account: ArchiveAccount) -> Iterator[tuple[Kind, str]]:
    missing = [name for name in _WANTED if not record.headers.get(name)]
    if record.type in _WITH_ADDRESS and record.url is None:
        missing.append("warc-target-uri")
    if missing:
        yield "header", f"the record lacks {', '.join(missing)}"
    if record.headers.get("warc-date") and iso_time(record.headers["warc-date"]) is None:
        yield "header", "the record's WARC-Date is no time"
    if not record.length:
        yield "member", "the record shares its gzip member with others: nothing can find it by its offset alone"
    block = record.block
    for what, contents in (("block", () if block is None else (block,)), ("payload", payloads_of(record))):
        if digest_text := record.headers.get(f"warc-{what}-digest"):
            digest = read_digest(digest_text)
            if digest is None or not contents:
                account.unknown += 1
                continue
            account.digests += 1
            if not is_of(digest, contents):
                yield "digest", f"the {what} is not the one of its WARC-{what.capitalize()}-Digest"


def _place_faults(
    name: str, places: list[ResponsePlace], found: dict[int, Record], account: ArchiveAccount
) -> Iterator[FileFault]:
    for place in places:
        account.places += 1
        record = found.get(place.offset)
        problem = None
        if record is None:
            problem = "no record begins there"
        elif record.type not in ("response", "revisit"):
            problem = f"there stands a record of type {record.type or 'unknown'}"
        elif record.length != place.length:
            problem = f"the record there takes {record.length} bytes, not {place.length}"
        elif record.url is None or not place.is_of(record.url):
            problem = f"the record there is of {record.url}"
        if problem:
            problem = f"{problem}, where the store has the response of {place.named}"
            yield FileFault(file=name, offset=place.offset, kind="store", problem=problem)


def _index_faults(path: Path, lines: set[str]) -> Iterator[FileFault]:
    index = path.with_name(path.name + SUFFIX)
    try:
        content = index.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        yield FileFault(file=index.name, offset=None, kind="index", problem=f"cannot be read ({cause(error)})")
        return
    if content != "".join(sorted(lines)).encode("ascii"):
        problem = f"is not the index of {path.name}; make it anew: vietnamvn archive index --again"
        yield FileFault(file=index.name, offset=None, kind="index", problem=problem)
