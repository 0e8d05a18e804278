"""Old responses leave an archive, and the store's rows follow those that stay.

A file that keeps something is written anew under another name: first the new file, then the store in one transaction,
then the old file goes. After a kill the store's rows show the next call which of the two counts.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from pipelines.archives.cdxj import timestamp
from pipelines.archives.folder import UnreadPlace, archive_files, is_claimed
from pipelines.archives.records import Damage, Record, packing, read_records
from pipelines.archives.rewriting import KeptBytes, discard, following, is_cut_off, rewrite
from pipelines.errors import UsageError
from pipelines.listing import cause, open_file
from pipelines.locks import Holder, held

if TYPE_CHECKING:
    from pipelines.storage.archived import ResponsePlace
    from pipelines.storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was taken out of one file (or would be): records and bytes, out of `of_records` and `of_bytes`;
    `kept_for_texts` (bytes) are old enough to go, but current texts were made of them."""

    file: str
    records: int
    bytes: int
    of_records: int
    of_bytes: int
    kept_for_texts: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """A record with what belongs to it: its bytes in the file, when it was made, and whether it has to stay."""

    offset: int
    length: int
    stamp: str
    is_kept: bool
    is_information: bool


def prune(
    folder: Path | str,
    store: Store,
    *,
    before: str | None = None,
    max_bytes: int | None = None,
    current_too: bool = False,
    dry_run: bool = False,
    holder: Holder | None = None,
    tell: Callable[[UnreadPlace], None] = lambda unread: None,
) -> Iterator[Pruned]:
    """Take responses, their requests and revisits out of an archive: what is older than `before` (14 digits, UTC), or
    the oldest, until the folder's WARC files have `max_bytes` together; file by file.

    A record that the current text of an article was made of stays, unless `current_too`. Rows of the store follow their
    records, and those of records that went point nowhere; texts, outcomes and ledger stay. A file that is damaged, that
    somebody writes to, or whose records share gzip members stays as it is; `tell` is called with each. No crawl may be
    at work on the store meanwhile. Raises `UsageError` where there is no archive, or one that the store knows nothing
    of; `StorageError` where a file cannot be written; `FolderBusyError`.
    """
    paths = archive_files(folder)
    if not current_too and not store.archive_counts().keys() & {path.name for path in paths}:
        raise UsageError(
            f"{folder}: {store.name} has no text of this archive, so that nothing would be kept; give its store"
        )
    with held(Path(folder), holder):
        if not dry_run:
            paths = _recovered(paths, store, tell)
        if max_bytes is not None:
            before = _limit(paths, store, max_bytes, current_too=current_too)
        for path, pieces in _planned(paths, store, current_too=current_too, tell=tell):
            going = [piece for piece in pieces if _goes(piece, before or "")]
            staying = [piece for piece in pieces if not _goes(piece, before or "")]
            if all(piece.is_information for piece in staying):  # a warcinfo record does not stay alone
                going, staying = (pieces, []) if going else ([], staying)
            yield Pruned(
                file=path.name,
                records=len(going),
                bytes=sum(piece.length for piece in going),
                of_records=len(pieces),
                of_bytes=sum(piece.length for piece in pieces),
                kept_for_texts=sum(p.length for p in staying if p.is_kept and p.stamp < (before or "")),
            )
            if going and not dry_run:
                rewrite(
                    path,
                    [KeptBytes(piece.offset, piece.length) for piece in staying],
                    kind="pruned",
                    moved=partial(_follow, store, path),
                )


def _follow(store: Store, path: Path, new: str | None, offsets: Mapping[int, int]) -> None:
    store.move_archive(path.name, to=new or following(path.name, "pruned"), offsets=offsets)


def _goes(piece: _Piece, before: str) -> bool:
    return not piece.is_kept and piece.stamp < before


def _limit(paths: list[Path], store: Store, max_bytes: int, *, current_too: bool) -> str:
    """The time (14 digits) before which all that may go must, for the files to have `max_bytes` together."""
    excess = sum(path.stat().st_size for path in paths) - max_bytes
    sizes: Counter[str] = Counter()
    for _, pieces in _planned(paths, store, current_too=current_too, tell=lambda unread: None):
        for piece in pieces:
            if not piece.is_kept:
                sizes[piece.stamp] += piece.length
    for second in sorted(sizes):
        if excess <= 0:
            return second
        excess -= sizes[second]
    return "99999999999999"


def _planned(
    paths: list[Path], store: Store, *, current_too: bool, tell: Callable[[UnreadPlace], None]
) -> Iterator[tuple[Path, list[_Piece]]]:
    """The pieces of each file that can be pruned, in their order."""
    places = store.archive_places()
    place = next(places, None)
    for path in sorted(paths, key=lambda path: os.fsencode(path.name)):
        kept: set[int] = set()
        name = os.fsencode(path.name)
        while place is not None and _bytes(place) <= name:
            if _bytes(place) == name and place.is_current and not current_too:
                kept.add(place.offset)
            place = next(places, None)
        try:
            with open_file(path) as stream:
                if is_claimed(stream):
                    raise _LeftError("a crawl is writing to it")
                pieces = _pieces(stream, kept)
        except _LeftError as error:
            tell(UnreadPlace(file=path.name, offset=0, url=None, problem=f"{error}: the file stays as it is"))
        except OSError as error:
            tell(UnreadPlace(file=path.name, offset=0, url=None, problem=f"the file cannot be read ({cause(error)})"))
        else:
            yield path, pieces


def _bytes(place: ResponsePlace) -> bytes:
    return place.file.encode("utf-8", "surrogateescape")


class _LeftError(Exception):
    """Why a file stays as it is."""


def _pieces(stream: BinaryIO, kept: set[int]) -> list[_Piece]:
    """The records of a file. Raises `_LeftError` where more is damaged than what a kill cut off at its end."""
    coding = packing(stream)
    if coding == "zstd":
        raise _LeftError("packed by Zstandard")
    items = list(read_records(stream, limit=None))
    if items and isinstance(items[-1], Damage) and (coding is None or is_cut_off(stream, items[-1].offset)):
        items.pop()
    records: list[Record] = []
    for item in items:
        if isinstance(item, Damage):
            raise _LeftError(f"{item.detail} (at {item.offset})")
        if not item.length:
            raise _LeftError(f"records share a gzip member (at {item.offset})")
        records.append(item)
    if missing := kept - {record.offset for record in records}:
        raise _LeftError(f"the store has a current text whose response is not at {min(missing)}")
    # A request and its response go or stay together.
    firsts = _firsts(records)
    needed = {firsts[record.offset].offset for record in records if record.offset in kept}
    pieces = []
    for record in records:
        first = firsts[record.offset]
        information = record.type == "warcinfo"
        stamp = timestamp(first)
        pieces.append(
            _Piece(
                record.offset,
                record.length,
                stamp or "",
                # Without a time it may be recent.
                information or stamp is None or first.offset in needed,
                information,
            )
        )
    return pieces


def _firsts(records: Sequence[Record]) -> dict[int, Record]:
    """By the offset of each record: the first of those that belong together, whichever names the other."""
    by_id = {record.headers.get("warc-record-id"): record for record in records}
    found = {record.offset: record for record in records}

    def first(record: Record) -> Record:
        while found[record.offset] is not record:
            record = found[record.offset]
        return record

    for record in records:
        own = first(record)
        other = first(by_id.get(record.headers.get("warc-concurrent-to") or "", record))
        early, late = sorted((own, other), key=lambda one: one.offset)
        found[late.offset] = early
    return {record.offset: first(record) for record in records}


def _recovered(paths: list[Path], store: Store, tell: Callable[[UnreadPlace], None]) -> list[Path]:
    """The files after a kill is cleaned up: of an old file and its new one, one is removed."""
    counts, names = store.archive_counts(), {path.name: path for path in paths}
    for path in paths:
        new = names.get(following(path.name, "pruned"))
        if new is None or path.name not in names:
            continue
        if counts.get(path.name) and counts.get(new.name):
            problem = f"the store points into it and into {path.name}: both stay"
            tell(UnreadPlace(file=new.name, offset=0, url=None, problem=problem))
            del names[path.name], names[new.name]
            continue
        # The store's transaction decides; without any row the old file stays, which has everything.
        gone = path if counts.get(new.name) else new
        discard(gone)
        del names[gone.name]
    return [path for path in paths if path.name in names]
