"""Records leave an archive for good, with all that belongs to them: what somebody asked to have taken down.

Other bytes stay as they are. What cannot be searched is reported, never passed over; after a kill at any time the next
call goes on.
"""

from __future__ import annotations

import gzip
import re
import shutil
import tempfile
import zipfile
import zlib
from array import array
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, cast

from pipelines.archives.belonging import Doomed, SeenRecord
from pipelines.archives.cdxj import BEING_WRITTEN, LARGEST_BLOCK, SUFFIX
from pipelines.archives.contents import Coding
from pipelines.archives.folder import UnreadPlace, archive_files, is_claimed
from pipelines.archives.records import Record, packing, read_records, text_of
from pipelines.archives.rewriting import KeptBytes, copy, discard, following, is_cut_off, is_written_anew, rewrite
from pipelines.batch import files
from pipelines.listing import cause, open_file
from pipelines.locks import Holder, held

_TARGET = re.compile(rb"WARC-Target-URI[ \t]*:[ \t]*<?([^\r\n<>]{1,8192})", re.I)
_ANY_ADDRESS = re.compile(r"https?://[^\s\"<>]+")
_GZIP: Final = b"\x1f\x8b\x08"
_PIECE: Final = 2**16
_FINE: Final = 64
_SPOOL: Final = ".wacz-*"  # folders of `pipelines.archives.wacz`: a kill leaves the pages' texts in them
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class CutFile:
    """What was taken out of one WARC file (or would be): records and bytes, out of `of_records` and `of_bytes`.
    `copies` of the records are of other addresses, with a payload that had to go."""

    file: str
    records: int
    bytes: int
    of_records: int
    of_bytes: int
    copies: int


def cut(
    folder: Path,
    is_doomed: Callable[[str], bool],
    places: Mapping[str, Collection[int]],
    *,
    moved: Callable[[str, str | None, Mapping[int, int]], None],
    is_moved: Callable[[str, str | None], bool],
    dry_run: bool = False,
    holder: Holder | None = None,
    tell: Callable[[UnreadPlace], None] = lambda unread: None,
) -> Iterator[CutFile]:
    """Take records out of the WARC files of a folder, file by file: those of doomed addresses, and those at `places`
    (offsets by file).

    With a record goes what belongs to it: its request, revisits and metadata that refer to it, redirects to a doomed
    address, and whatever has its payload under another address. `moved` is called when the new file is on the disk,
    before the old one goes: with the old name, the new one (None: nothing is left) and the new offsets by the old
    ones. `is_moved` says whether that call for these two names was completed, where a kill left both files. `tell` is
    called with each place where something may have stayed. A second call with the same arguments changes nothing.
    Raises `UsageError` where there is no archive, `StorageError` where a file cannot be written, `FolderBusyError`.
    """
    archive_files(folder, none=True)  # fails before anything is written, if it is no folder
    with held(folder, holder):
        if not dry_run:
            _recover(folder, is_moved)
        paths = archive_files(folder, none=True)
        there = {path.name for path in paths}
        for name in sorted(places.keys() - there):
            # After a restore from a backup, store and archive may know a file by different names; it is
            # searched by addresses anyway.
            is_renamed = any(is_written_anew(other, name) or is_written_anew(name, other) for other in there)
            if not (is_renamed or is_moved(name, following(name, "cut")) or is_moved(name, None)):
                tell(_unread(name, "is not in the archive: what was made of it cannot be taken out there"))
        doomed = Doomed(is_doomed)
        for path in _with_doomed(paths, doomed, places, tell):
            look = _Look.at(path, doomed, places.get(path.name, ()))
            yield look.summary()
            if not dry_run:
                rewrite(path, look.parts(), kind="cut", moved=partial(moved, path.name))
        for beside in sorted(folder.iterdir()):
            if (problem := _holds_doomed(beside, doomed)) is not None:
                tell(_unread(beside.name, problem))


def _unread(name: str, problem: str, *, offset: int = 0) -> UnreadPlace:
    return UnreadPlace(file=name, offset=offset, url=None, problem=problem)


def _with_doomed(
    paths: list[Path], doomed: Doomed, places: Mapping[str, Collection[int]], tell: Callable[[UnreadPlace], None]
) -> Iterator[Path]:
    """The files that something has to leave, once `doomed` knows everything that has to.

    A record that leaves one file may doom records of another. So the keys by which that happens are kept for each
    file: 8 bytes for a payload, or for a reference out of the file.
    """
    keys: dict[Path, array[int]] = {}
    goes: set[Path] = set()
    for path in paths:
        try:
            look = _Look.at(path, doomed, places.get(path.name, ()))
        except _LeftError as error:
            tell(_unread(path.name, str(error)))
            continue
        for problem in look.problems:
            tell(problem)
        own = {seen.id for seen in look.seen}
        keys[path] = array("Q", sorted({key for seen in look.seen for key in seen.keys} - own))
        if look.is_touched:
            goes.add(path)
    met: dict[Path, int] = {}
    while again := [path for path in keys if met.get(path) != _count(keys[path], doomed.keys)]:
        for path in again:
            met[path] = _count(keys[path], doomed.keys)
            if met[path] and _Look.at(path, doomed, places.get(path.name, ())).is_touched:
                goes.add(path)
    yield from sorted(goes)


def _count(keys: array[int], among: set[int]) -> int:
    return sum(key in among for key in keys)


class _LeftError(Exception):
    """Why a file cannot be searched."""


@dataclass(slots=True)
class _Run:
    """A range of a file that stays or goes as a whole: a record in members of its own, or several that share some;
    where `is_damaged`, not all of it can be read as records."""

    offset: int
    end: int
    seen: list[SeenRecord] = field(default_factory=list)
    is_damaged: bool = False
    is_doomed: bool = False

    @property
    def is_alone(self) -> bool:
        """Whether it is one record, and nothing else."""
        return len(self.seen) == 1 and self.seen[0].length > 0 and not self.is_damaged


@dataclass(slots=True)
class _Look:
    """What is in a file, and what goes: `gone` by number in `seen`, True for records that only share a payload."""

    path: Path
    coding: Coding | None
    size: int
    runs: list[_Run]
    seen: list[SeenRecord]
    gone: dict[int, bool]
    doomed: Doomed
    problems: list[UnreadPlace]

    @classmethod
    def at(cls, path: Path, doomed: Doomed, places: Collection[int]) -> _Look:
        """Search a file. Raises `_LeftError`."""
        try:
            with open_file(path) as stream:
                if is_claimed(stream):
                    raise _LeftError(f"{BEING_WRITTEN}: the file stays as it is")
                coding, size = packing(stream), path.stat().st_size
                runs = _runs(stream, size, doomed, places)
                seen = [one for run in runs for one in run.seen]
                look = cls(path, coding, size, runs, seen, doomed.settle(seen), doomed, [])
                look._settle(stream, places)
        except OSError as error:
            raise _LeftError(f"the file cannot be read ({cause(error)})") from None
        return look

    def _settle(self, stream: BinaryIO, places: Collection[int]) -> None:
        """Decide which of the runs that are not one record go."""
        number = 0
        for run in self.runs:
            numbers = range(number, number + len(run.seen))
            number += len(run.seen)
            run.is_doomed = any(one in self.gone for one in numbers)
            problem = _look_into(run, stream, self.coding, self.size, self.doomed) if run.is_damaged else None
            if run.is_doomed and not run.is_alone and self.coding == "zstd":
                run.is_doomed, problem = False, "records share a Zstandard frame, which cannot be written anew"
                for one in numbers:
                    self.gone.pop(one, None)
            if problem is not None:
                self.problems.append(_unread(self.path.name, problem, offset=run.offset))
        alone = {run.offset for run in self.runs if run.is_alone or run.is_doomed}
        for offset in sorted(set(places) - alone):
            problem = "no record alone begins there, where the store has what is to go"
            self.problems.append(_unread(self.path.name, problem, offset=offset))

    @property
    def is_touched(self) -> bool:
        """Whether something goes."""
        return any(run.is_doomed for run in self.runs)

    def summary(self) -> CutFile:
        """The numbers of what goes."""
        gone = [self.seen[number] for number in self.gone]
        kept = sum(part.length for part in self.parts())
        return CutFile(
            file=self.path.name,
            records=len(gone),
            bytes=self.size - kept,
            of_records=len(self.seen),
            of_bytes=self.size,
            copies=sum(self.gone.values()),
        )

    def parts(self) -> list[KeptBytes]:
        """What stays, in its order; nothing where that would be warcinfo records or padding alone."""
        parts: list[KeptBytes] = []
        at = number = 0
        is_worth = False
        for run in self.runs:
            parts += [KeptBytes(at, run.offset - at)] if run.offset > at else []
            at = run.end
            staying = [seen for n, seen in enumerate(run.seen, number) if n not in self.gone]
            number += len(run.seen)
            if run.is_doomed and not staying:
                continue
            is_worth |= any(seen.kind != "warcinfo" for seen in staying) or not staying
            starts = sorted({run.offset, *(seen.offset for seen in staying)})
            if run.is_doomed:
                share = sum(seen.size for seen in staying) / max(1, sum(seen.size for seen in run.seen))
                length = int((run.end - run.offset) * share)
                parts.append(KeptBytes(run.offset, length, partial(self._pack, run), also=tuple(starts)))
            else:
                parts += [
                    KeptBytes(one, next_ - one) for one, next_ in zip(starts, [*starts[1:], run.end], strict=True)
                ]
        parts += [KeptBytes(at, self.size - at)] if self.size > at else []
        return parts if is_worth else []

    def _pack(self, run: _Run, target: BinaryIO) -> None:
        """Write the records of a run that stay as one gzip member."""
        with tempfile.TemporaryFile(dir=self.path.parent) as plain, open_file(self.path) as source:
            for piece in _unpacked(source, run.offset, run.end):
                plain.write(piece)
            stream = cast("BinaryIO", plain)
            records = [
                item
                for item in read_records(stream, limit=LARGEST_BLOCK, wants=self.doomed.wants)
                if isinstance(item, Record)
            ]
            gone = self.doomed.settle([self.doomed.seen(record) for record in records])
            with gzip.GzipFile(filename="", mode="wb", fileobj=target, mtime=0) as member:
                for number, record in enumerate(records):
                    if number not in gone:
                        copy(stream, cast("BinaryIO", member), record.offset, record.length)


def _runs(stream: BinaryIO, size: int, doomed: Doomed, places: Collection[int]) -> list[_Run]:
    """A file's records; those that share members are in one run."""
    runs: list[_Run] = []
    is_open = False  # the last run goes on until a record stands alone
    for item in read_records(stream, limit=LARGEST_BLOCK, wants=doomed.wants):
        if isinstance(item, Record) and item.length:
            if is_open:
                runs[-1].end = item.offset
            is_open = False
            runs.append(_Run(item.offset, item.offset + item.length, [doomed.seen(item, places)]))
            continue
        if not is_open:
            start = max(item.offset, runs[-1].end if runs else 0)
            runs.append(_Run(start, size))
            is_open = True
        if isinstance(item, Record):
            runs[-1].seen.append(doomed.seen(item, places))
        else:
            runs[-1].is_damaged = True
    return runs


# --- what cannot be read as records -----------------------------------------------------------------------------


def _look_into(run: _Run, stream: BinaryIO, coding: Coding | None, size: int, doomed: Doomed) -> str | None:
    """Let a damaged run go if it names a doomed address; returns what to report of it, if anything."""
    addresses = list(_targets(stream, run, coding))
    run.is_doomed |= any(map(doomed.is_address, addresses))
    if run.is_doomed:
        return "what is damaged there goes with what has to go, in one gzip member" if run.seen else None
    if addresses or (run.end == size and coding == "gzip" and is_cut_off(stream, run.offset)):
        return None
    return "is damaged there, and cannot be searched for what has to go: it stays"


def _targets(stream: BinaryIO, run: _Run, coding: Coding | None) -> Iterator[str]:
    """The addresses that can be read in a range of a file, however damaged."""
    pieces = _plain(stream, run.offset, run.end) if coding != "gzip" else _unpacked(stream, run.offset, run.end)
    held = b""
    for piece in pieces:
        held += piece
        at = 0
        for match in _TARGET.finditer(held):
            if match.end() < len(held):  # else it may go on
                yield text_of(match[1]).strip()
                at = match.end()
        held = held[max(at, len(held) - 2**14) :]
    for match in _TARGET.finditer(held):
        yield text_of(match[1]).strip()


def _plain(stream: BinaryIO, offset: int, end: int) -> Iterator[bytes]:
    stream.seek(offset)
    while offset < end and (piece := stream.read(min(_PIECE, end - offset))):
        yield piece
        offset += len(piece)


def _unpacked(stream: BinaryIO, offset: int, end: int) -> Iterator[bytes]:
    """What can be unpacked of the gzip members in a range; after damage it goes on at the next one."""
    while offset < end:
        decoder, place = zlib.decompressobj(31), offset
        try:
            for piece in _plain(stream, offset, end):
                yield from _decoded(decoder, piece)
                place += len(piece)
                if decoder.eof:
                    break
        except zlib.error:
            offset = _next_gzip(stream, offset + 1, end)
            continue
        offset = place - len(decoder.unused_data)
        if not decoder.eof:
            return


def _decoded(decoder: zlib._Decompress, piece: bytes) -> Iterator[bytes]:
    """A piece, decoded; raises `zlib.error` only after all that comes before the damage."""
    careful = decoder.copy()
    try:
        yield decoder.decompress(piece)
    except zlib.error:
        # A decoder that fails gives nothing of its last step.
        for at in range(0, len(piece), _FINE):
            yield careful.decompress(piece[at : at + _FINE])
        raise


def _next_gzip(stream: BinaryIO, offset: int, end: int) -> int:
    held, base = b"", offset
    for piece in _plain(stream, offset, end):
        held += piece
        if (at := held.find(_GZIP)) >= 0:
            return base + at
        base, held = base + max(0, len(held) - 2), held[-2:]
    return end


# --- beside the files -------------------------------------------------------------------------------------------


def _recover(folder: Path, is_moved: Callable[[str, str | None], bool]) -> None:
    """Where a kill left an old file and its new one, remove one of them; and what killed writers left."""
    for path in archive_files(folder, none=True):
        new = path.with_name(following(path.name, "cut"))
        if is_moved(path.name, None):
            discard(path)
        elif new.exists():
            discard(path if is_moved(path.name, new.name) else new)
    for name in files.names_in(str(folder)):
        if files.is_temporary(name):
            (folder / name).unlink(missing_ok=True)
    for spool in folder.glob(_SPOOL):
        shutil.rmtree(spool, ignore_errors=True)


def _holds_doomed(path: Path, doomed: Doomed) -> str | None:
    """What to report of a file beside the WARC files that names doomed addresses; None for others."""
    name = path.name
    try:
        if name.endswith(".wacz"):
            with zipfile.ZipFile(path) as package:
                inside = [entry for entry in package.namelist() if entry.startswith("archive/")]
                for entry in inside:
                    with package.open(entry) as stream:
                        for item in read_records(cast("BinaryIO", stream), limit=None):
                            if isinstance(item, Record) and item.url and doomed.is_address(item.url):
                                return "holds what was taken out: remove it, or make it anew (vietnamvn archive wacz)"
        elif name.endswith((".cdx", ".cdx.gz", ".cdxj.gz")) or (
            name.endswith(SUFFIX) and not path.with_name(name.removesuffix(SUFFIX)).exists()
        ):
            opened = gzip.open if name.endswith(".gz") else Path.open
            with opened(path, "rb") as lines:
                if any(doomed.is_address(url) for line in lines for url in _ANY_ADDRESS.findall(text_of(line))):
                    return "names what was taken out: remove it, or make it anew"
    except _BROKEN:
        return "cannot be looked into: it may hold what was taken out"
    return None
