"""The records of a WARC file, from anywhere in it to anywhere, however damaged.

This reader starts in the middle of a file and goes on after damage; warcio and FastWARC do neither, and the tests
compare with them. Formats: WARC/0.17 to 1.1 (ISO 28500), gzip members (RFC 1952), Zstandard frames (RFC 8878). The
bytes of a file decide what it is, not its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from pipelines.archives.contents import (
    AHEAD,
    CHUNK,
    MAGIC,
    Coding,
    DecodedContent,
    PackedMembers,
    PackingError,
    Plain,
    Window,
    coding_of,
    decoder_of,
    dictionary_of,
    first_bytes,
    skippable,
)

_VERSION = re.compile(rb"WARC/\d{1,3}\.\d{1,3}[ \t]*\r?\n")
# Where reading goes on after damage: stricter than the version line, which a page about WARC files may hold.
_START = re.compile(
    rb"WARC/\d{1,3}\.\d{1,3}[ \t]*\r?\n(?=(?:WARC-[A-Za-z-]{1,40}|Content-(?:Type|Length))[ \t]*:)", re.I
)
_START_LENGTH = 80
_PADDING: Final = (b"\r", b"\n", b"\0")
_MAGIC = {coding: re.compile(re.escape(magic)) for coding, magic in MAGIC.items()}
_ANY_START = re.compile(b"|".join(pattern.pattern for pattern in (_START, *_MAGIC.values())), re.I)
# Headers of real records are below 10 kB; a "header" without end is damage.
_MAX_HEADER: Final = 2**20
_MAX_LENGTH_DIGITS = 18
# How often a run of members is decoded again to find what a huge wrong length jumped over.
_MAX_REOPENED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as it is in the file.

    `offset` is the byte in the file where it, or the gzip member that holds it, begins; `length` how many bytes of the
    file it takes, 0 where it shares a member. `type` is in lower case, `headers` by their names in lower case, the
    first of each name. `size` is the block's; `block` is None where that is over the limit, or not asked for.
    """

    offset: int
    length: int
    type: str
    headers: Mapping[str, str] = field(repr=False)
    size: int
    block: bytes | None = field(repr=False)

    @property
    def url(self) -> str | None:
        """The address, without the angle brackets that older tools put around it."""
        url = self.headers.get("warc-target-uri", "").strip()
        if url.startswith("<") and url.endswith(">"):
            url = url[1:-1].strip()
        return url or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A place of the file that cannot be read, and why in one line, which holds no bytes of the file."""

    offset: int
    detail: str


class _DamageError(Exception):
    """A record that cannot be read, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """Which blocks are read: those of `limit` bytes at most, of records with headers that are wanted."""

    limit: int | None
    by_headers: Callable[[Mapping[str, str]], bool] | None

    def takes(self, size: int, headers: Mapping[str, str]) -> bool:
        return self.limit is not None and size <= self.limit and (self.by_headers is None or self.by_headers(headers))


def read_records(
    stream: BinaryIO,
    *,
    limit: int | None,
    start: int = 0,
    stop: int | None = None,
    wants: Callable[[Mapping[str, str]], bool] | None = None,
) -> Iterator[Record | Damage]:
    """The records that begin in a range of a file, and what is damaged there; blocks of `limit` bytes at most.

    `wants` picks, by their headers (names in lower case), the records whose blocks are read.

    Ranges that follow one another give every record and every damage once, wherever the cuts are; in a plain file cuts
    have to be offsets that `record_offsets` gave. With a limit of None no blocks are read. Raises `OSError` where the
    file itself cannot be read.
    """
    file = _File(Window(stream))
    wanted = _Wanted(limit=limit, by_headers=wants)
    place: int | None = start
    if file.coding is not None and start:
        place = file.next_start(start)
    while place is not None:
        place = file.behind_padding(place)
        head = file.window.read(place, 4)
        if not head or (stop is not None and place >= stop and (file.coding is None or file.is_entry(place))):
            return
        if (coding := coding_of(head)) is not None:
            place = yield from _run(file, place, coding, wanted)
        elif (end := skippable(file.window, place)) is not None:
            place = end
        elif file.coding is None or head == b"WARC":
            content = Plain(file.window, place, chunk=2**13 if limit is None else CHUNK)
            damage = yield from _records(content, wanted, file, stop if file.coding is None else None)
            place = content.place(content.tell()) if damage is None else file.next_start(content.place(damage))
        else:
            yield Damage(offset=place, detail=f"no {file.coding} member where one should begin")
            place = file.next_start(place + 1)


def record_offsets(stream: BinaryIO, every: int) -> list[int]:
    """Offsets in a plain file at which ranges can be cut, at least `every` bytes apart, the first of them 0.

    Only headers are read. Damage is stepped over as `read_records` does.
    """
    offsets = [0]
    for item in read_records(stream, limit=None):
        if isinstance(item, Record) and item.length and item.offset - offsets[-1] >= every:
            offsets.append(item.offset)
    return offsets


def packing(stream: BinaryIO) -> Coding | None:
    """How a file's records are packed, by its first bytes; None for a plain file."""
    return _File(Window(stream)).coding


class _File:
    """A file and how its records are packed."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.coding: Coding | None = "zstd" if skippable(window, 0) is not None else coding_of(window.read(0, 4))
        self._dictionary = dictionary_of(window) if self.coding == "zstd" else None

    def packed(self, place: int, coding: Coding) -> PackedMembers:
        return PackedMembers(self.window, place, coding, self._dictionary)

    def is_entry(self, place: int, coding: Coding | None = None) -> bool:
        """Whether a member at this place begins with a record: there a range can begin."""
        coding = coding or self.coding
        if coding is None:
            return False
        ahead = self.window.read(place, AHEAD)
        if not ahead.startswith(MAGIC[coding]):
            return False
        first = first_bytes(ahead, decoder_of(coding, self._dictionary))
        return first is not None and first.startswith(b"WARC/")

    def next_start(self, start: int) -> int | None:
        """Where reading can go on at or after `start`; None where nowhere.

        In a packed file at a member that begins with a record: the magic bytes occur by chance, followed by a packed
        ``WARC/`` they do not. In a plain file also at a record.
        """
        window, offset = b"", start
        pattern = _ANY_START if self.coding is None else _MAGIC[self.coding]
        size = AHEAD  # what is searched for is mostly near
        while chunk := self.window.read(offset + len(window), size):
            window, size = window + chunk, CHUNK
            at = 0
            while match := pattern.search(window, at):
                found = offset + match.start()
                coding = coding_of(match[0])
                if coding is None or self.is_entry(found, coding):
                    return found
                at = match.start() + 1
            at = max(at, len(window) - _START_LENGTH)
            offset += at
            window = window[at:]
        return None

    def behind_padding(self, place: int) -> int:
        """The place after line ends, and after zeros if nothing else follows them: tapes and disks pad so."""
        if self.window.read(place, 1) not in _PADDING:
            return place
        while chunk := self.window.read(place, CHUNK):
            rest = chunk.lstrip(b"\r\n")
            place += len(chunk) - len(rest)
            if rest:
                break
        end = place
        while chunk := self.window.read(end, CHUNK):
            if chunk.lstrip(b"\0"):
                return place
            end += len(chunk)
        return end


# --- within a content ----------------------------------------------------------------------------------------------


def _run(file: _File, place: int, coding: Coding, wanted: _Wanted) -> Generator[Record | Damage, None, int | None]:
    """The records of the run of members at a place; returns where reading goes on."""
    content = file.packed(place, coding)
    damage = yield from _records(content, wanted, file, None)
    for _ in range(_MAX_REOPENED):
        if damage is None:
            break
        # A length over the limit was skipped, and was wrong: start again to read what it jumped over.
        content, jumped_from, damage = file.packed(place, coding), damage, None
        with suppress(PackingError):
            content.skip(jumped_from)
            if content.search(_START, _START_LENGTH):
                damage = yield from _records(content, wanted, file, None)
    if damage is not None:
        yield Damage(offset=content.place(damage), detail="too many wrong lengths; the rest of the member is not read")
        return file.next_start(place + 1)
    if content.failed is not None:
        return file.next_start(content.failed + 1)
    assert content.end is not None  # noqa: S101  # it was read to its end
    return content.end


def _records(
    content: DecodedContent, wanted: _Wanted, file: _File, stop: int | None
) -> Generator[Record | Damage, None, int | None]:
    """The records of a content that begin before `stop`, or before something else begins.

    Returns None, or where in the content to search for the next record, if `content` itself cannot.
    """
    while True:
        start = content.tell()
        try:
            content.blank()
            start = content.tell()
            if stop is not None and content.place(start) >= stop:
                return None
            head = content.peek(4)
            if not head or (isinstance(content, Plain) and coding_of(head) is not None):
                return None
            content.mark()
            record = _record(content, wanted)
        except _DamageError as damage:
            yield Damage(offset=content.place(start), detail=str(damage))
            if isinstance(content, Plain) or not content.back(start + 1):
                return start + 1
            try:
                if not content.search(_START, _START_LENGTH):
                    return None
            except PackingError as error:
                place = content.place(content.tell())
                if place != content.place(start):
                    yield Damage(offset=place, detail=str(error))
                return None
        except PackingError as error:
            yield Damage(offset=content.place(start), detail=str(error))
            return None
        else:
            yield record


def _record(content: DecodedContent, wanted: _Wanted) -> Record:
    """The record at the content's place, which then is after the record and its line ends. Raises `_DamageError`."""
    start = content.tell()
    if not _VERSION.fullmatch(content.line(100)):
        raise _DamageError("no WARC record where one should begin")
    headers = _headers(content)
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdigit() and len(length) <= _MAX_LENGTH_DIGITS):
        raise _DamageError(
            "the record has no Content-Length" if not length else "the record's Content-Length is no number"
        )
    size = int(length)
    is_read = wanted.takes(size, headers)
    # Many lengths may be wrong: a block that is not there whole is not copied.
    read = content.left(size) if is_read else content.skip(size)
    if read < size:
        raise _DamageError(f"Content-Length is {size}, but only {read} bytes follow")
    block = content.take(size) if is_read else None
    end = content.tell()
    holder = content.place(end - 1)
    try:
        _check_end(content, size, holder)
    except PackingError:
        # Damage of its own member concerns the record (the check sum is at the end); of a later one it does not.
        if not isinstance(content, PackedMembers) or content.failed == holder:
            raise
    return Record(
        offset=content.place(start),
        length=_length(content, start),
        type=headers.get("warc-type", "").lower(),
        headers=headers,
        size=size,
        block=block,
    )


def _check_end(content: DecodedContent, size: int, holder: int) -> None:
    """Check that the block ends where its length says: at line ends, the next record, or the end."""
    ends = content.blank()
    following = content.peek(5)
    if not following or ends > 1 or following == b"WARC/":
        return
    # After a plain record another file's members may have been appended; a member may end without any line end.
    if coding_of(following) is None if isinstance(content, Plain) else content.place(content.tell()) == holder:
        raise _DamageError(f"Content-Length is {size}, but the record does not end there")


def _length(content: DecodedContent, start: int) -> int:
    if isinstance(content, Plain):
        return content.tell() - start
    assert isinstance(content, PackedMembers)  # noqa: S101  # there is no other content
    return content.length(start, content.tell())


def _headers(content: DecodedContent) -> dict[str, str]:
    """The record's header fields, the first of each name; folded lines unfolded, lines without a colon left out."""
    headers: dict[str, list[str]] = {}
    value: list[str] | None = None  # of the line before, for those that go on with it
    size = 0
    while (line := content.line(_MAX_HEADER)) not in (b"\r\n", b"\n"):
        size += len(line)
        if not line.endswith(b"\n") or size > _MAX_HEADER or _VERSION.fullmatch(line):
            raise _DamageError("the record's header has no end")
        text = text_of(line)
        if text[:1] in " \t" and value is not None:
            value.append(text.strip())
            continue
        name, colon, rest = text.partition(":")
        value = [rest.strip()] if colon else None
        if value is not None:
            headers.setdefault(name.strip().lower(), value)
    return {name: " ".join(parts).strip() for name, parts in headers.items()}


def text_of(line: bytes) -> str:
    """Bytes of a header as text: UTF-8, or as HTTP had it, Latin-1."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")
