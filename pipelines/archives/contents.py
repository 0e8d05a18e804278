"""The bytes of an archive's file from an offset on: as they are, or out of gzip members or Zstandard frames."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable
from itertools import pairwise
from typing import Any, BinaryIO, Final, Literal

import zstandard

from pipelines.web.decoders import GZIP, ZSTD

Coding = Literal["gzip", "zstd"]

CHUNK: Final = 2**18
AHEAD: Final = 4096  # bytes of a member that show what it begins with
_STEP = 2**15  # bytes that a decoder gets at a time: what follows its member is copied
MAGIC: Final[dict[Coding, bytes]] = {"gzip": GZIP, "zstd": ZSTD}
_BLANK = re.compile(rb"[\r\n]*")
_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
# The frame that holds a dictionary for all that follow (the IIPC's proposal for .warc.zst), itself packed or not.
_DICTIONARY: Final = b"\x5d\x2a\x4d\x18"
_MAX_DICTIONARY = 2**24
_MAX_WINDOW = 2**27
# Beyond it a member is a bomb: 1 MB can be a billion line ends. Archives are compressed to a tenth.
_MOST_EXPANSION, _ALWAYS_READ = 200, 2**28
# A decoder that fails gives nothing of its last step; steps this small save what comes before the damage.
_FINE = 256
# Zstandard's decoder has no bound for what comes out: so few bytes make 16 MB at most.
_ZSTD_STEP = 512


class Window:
    """A file, read at offsets; what is near the last place read is kept."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._held, self._offset = b"", 0

    def read(self, offset: int, size: int, *, ahead: int = CHUNK) -> bytes:
        """The `size` bytes at an offset, fewer only at the end of the file; `ahead` bytes are read at a time."""
        at = offset - self._offset
        if not 0 <= at <= len(self._held) - size:
            self._stream.seek(offset)
            self._held, self._offset, at = self._stream.read(max(size, ahead)), offset, 0
        return self._held[at : at + size]

    def size(self) -> int:
        """The size of the file now."""
        return self._stream.seek(0, io.SEEK_END)


class PackingError(Exception):
    """A gzip member or Zstandard frame is damaged or cut off."""


class DecodedContent:
    """Decoded bytes in their order, with a look ahead and a way back to the last `mark`."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._at = 0  # of the next byte in the buffer
        self._base = 0  # of the buffer in the content
        self._mark: int | None = None

    def tell(self) -> int:
        """How many bytes of the content were read."""
        return self._base + self._at

    def place(self, at: int) -> int:
        """The offset in the file of the byte `at` of the content, or that of its member."""
        raise NotImplementedError

    def mark(self) -> None:
        """Keep everything from here on, until the next mark or `skip`."""
        self._mark = self._at

    def back(self, at: int) -> bool:
        """Go back to the byte `at`; False where it is not kept any more."""
        if self._base <= at <= self.tell():
            self._at = at - self._base
            return True
        return False

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, which stay; fewer only at the end."""
        while len(self._buffer) - self._at < size and self._more():
            pass
        return bytes(self._buffer[self._at : self._at + size])

    def left(self, size: int) -> int:
        """How many of the next `size` bytes there are; they stay."""
        while len(self._buffer) - self._at < size and self._more():
            pass
        return min(size, len(self._buffer) - self._at)

    def take(self, size: int) -> bytes:
        """The next `size` bytes; fewer only at the end."""
        while len(self._buffer) - self._at < size and self._more():
            pass
        with memoryview(self._buffer) as view:
            taken = view[self._at : self._at + size].tobytes()
        self._at += len(taken)
        return taken

    def line(self, limit: int) -> bytes:
        """The next line with its end, or `limit` bytes of it."""
        searched = self._at
        while (end := self._buffer.find(b"\n", searched)) < 0 and len(self._buffer) - self._at < limit:
            ahead = len(self._buffer) - self._at
            if not self._more():
                break
            searched = self._at + ahead
        size = (len(self._buffer) if end < 0 else end + 1) - self._at
        return self.take(min(size, limit))

    def skip(self, size: int) -> int:
        """Go forward without keeping anything; returns by how many bytes, fewer than `size` only at the end."""
        left, self._mark = size, None
        while left:
            step = min(left, len(self._buffer) - self._at)
            self._at += step
            left -= step
            if left and not self._more():
                break
        return size - left

    def blank(self) -> int:
        """Go behind line ends; returns how many there were."""
        count = 0
        while True:
            match = _BLANK.match(self._buffer, self._at)
            assert match is not None  # noqa: S101  # the pattern matches nothing, too
            count += match[0].count(b"\n")
            self._at = match.end()
            if self._at < len(self._buffer) or not self._more():
                return count

    def search(self, pattern: re.Pattern[bytes], overlap: int) -> bool:
        """Go to the next match, which is no longer than `overlap`; False, and at the end, where there is none."""
        self._mark = None
        while (match := pattern.search(self._buffer, self._at)) is None:
            self._at = max(self._at, len(self._buffer) - overlap)
            if not self._more():
                self._at = len(self._buffer)
                return False
        self._at = match.start()
        return True

    def _more(self) -> bool:
        piece = self._pull()
        if not piece:
            return False
        keep = self._at if self._mark is None else min(self._mark, self._at)
        if keep:
            del self._buffer[:keep]
            self._base += keep
            self._at -= keep
            if self._mark is not None:
                self._mark -= keep
        self._buffer += piece
        return True

    def _pull(self) -> bytes:
        """Some more bytes; none at the end."""
        raise NotImplementedError


class Plain(DecodedContent):
    """The bytes of the file themselves."""

    def __init__(self, window: Window, start: int, *, chunk: int) -> None:
        super().__init__()
        self._window, self._start, self._chunk = window, start, chunk
        self._offset = start  # of what is read next

    def place(self, at: int) -> int:
        """The offset itself."""
        return self._start + at

    def back(self, at: int) -> bool:
        """Any byte of the file can be gone back to."""
        if not super().back(at):
            self._go(at)
        return True

    def left(self, size: int) -> int:
        """Without reading them."""
        return min(size, max(0, self._window.size() - self._start - self.tell()))

    def skip(self, size: int) -> int:
        """Without reading what is skipped."""
        left = size - (len(self._buffer) - self._at)
        if left <= 0:
            return super().skip(size)
        here = self.tell()
        end = self._window.size() - self._start
        there = max(here, min(here + size, end))
        self._go(there)
        return there - here

    def _go(self, at: int) -> None:
        self._buffer.clear()
        self._base, self._at, self._mark = at, 0, None
        self._offset = self._start + at

    def _pull(self) -> bytes:
        # The first piece is small: after damage a content is begun for each false start.
        size = AHEAD if self._offset == self._start else self._chunk
        piece = self._window.read(self._offset, size, ahead=self._chunk)
        self._offset += len(piece)
        return piece


class PackedMembers(DecodedContent):
    """A run of members: one that begins with a record, and those after it that continue what it began.

    Nearly always each record has a member of its own, so that a run is one member. `end` is the offset after the run
    once all of it was read, `failed` that of the member that could not be read (reading then raises `PackingError`).
    """

    def __init__(self, window: Window, start: int, coding: Coding, dictionary: bytes | None) -> None:
        super().__init__()
        self._window, self._coding = window, coding
        self._new = decoder_of(coding, dictionary)
        self._start = start
        self._members = [(0, start)]  # (of the member in the content, in the file) of the last members
        self._decoded = 0
        self._error: str | None = None
        self.end: int | None = None
        self.failed: int | None = None
        self._begin(start)

    def place(self, at: int) -> int:
        """The offset of the member that holds the byte."""
        return next((offset for begin, offset in reversed(self._members) if begin <= at), self._start)

    def length(self, start: int, end: int) -> int:
        """The size in the file of the member that holds these bytes of the content and no others; 0 without one."""
        edges = [*self._members, *([] if self.end is None else [(self._decoded, self.end)])]
        return next((e[1] - s[1] for s, e in pairwise(edges) if (s[0], e[0]) == (start, end)), 0)

    def _begin(self, offset: int) -> None:
        self._decoder = self._new()
        self._spare: Any = None
        self._pending = b""
        self._offset = offset

    def _pull(self) -> bytes:
        while self._error is None and self.end is None:
            if not self._pending:
                self._pending = self._window.read(self._offset, _STEP)
                self._offset += len(self._pending)
                if not self._pending:
                    self._fail(f"the file ends within a {self._coding} member")
                    break
            try:
                data = self._decoder.decompress(self._pending, CHUNK)
            except (zlib.error, zstandard.ZstdError) as error:
                data = self._rescue()
                self._fail(f"damaged {self._coding} member ({' '.join(str(error).split())[:100]})")
            else:
                self._pending = self._decoder.unconsumed_tail
            self._decoded += len(data)
            if self._decoded > max(_ALWAYS_READ, _MOST_EXPANSION * (self._offset - self._start)):
                self._fail(f"the {self._coding} member expands to more than {_MOST_EXPANSION} times its size")
            if self._error is None and self._decoder.eof:
                self._next(self._offset - len(self._decoder.unused_data))
            elif self._coding == "gzip" and self._error is None:
                self._spare = self._decoder.copy()
            if data:
                return bytes(data)
        if self._error is not None:
            raise PackingError(self._error)
        return b""

    def _fail(self, detail: str) -> None:
        self._error, self.failed = detail, self._members[-1][1]

    def _rescue(self) -> bytes:
        """What the failed step decodes before it fails."""
        if self._coding != "gzip":
            return b""
        decoder, found = self._spare or self._new(), []
        try:
            while piece := decoder.decompress(self._pending, _FINE):
                found.append(piece)
                self._pending = decoder.unconsumed_tail
        except zlib.error:
            pass
        return b"".join(found)

    def _next(self, offset: int) -> None:
        """Go on with the next member, unless it begins a record of its own, or is none."""
        ahead = self._window.read(offset, AHEAD)
        if not ahead.startswith(MAGIC[self._coding]):
            self.end = offset
            return
        first = first_bytes(ahead, self._new)
        if first is None or first.startswith(b"WARC/"):
            self.end = offset
            return
        self._members = [*self._members[-8:], (self._decoded, offset)]  # only the latest are asked for
        self._begin(offset)


def first_bytes(ahead: bytes, new: Callable[[], Any]) -> bytes | None:
    """The first decoded bytes of a member that begins with `ahead`; None where it is damaged."""
    try:
        return bytes(new().decompress(ahead, 16))
    except (zlib.error, zstandard.ZstdError):
        return None


class _ZstdDecoder:
    """Zstandard with the interface of zlib's decoders."""

    def __init__(self, dictionary: zstandard.ZstdCompressionDict | None) -> None:
        self._object = zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=_MAX_WINDOW).decompressobj()
        self.unconsumed_tail = b""

    @property
    def eof(self) -> bool:
        return self._object.eof

    @property
    def unused_data(self) -> bytes:
        return bytes(self._object.unused_data) + self.unconsumed_tail if self._object.eof else b""

    def decompress(self, data: bytes, size: int) -> bytes:
        """At least `size` bytes, or what there is."""
        found, got, at = [], 0, 0
        while at < len(data) and got < size and not self._object.eof:
            piece = self._object.decompress(data[at : at + _ZSTD_STEP])
            at += _ZSTD_STEP
            found.append(piece)
            got += len(piece)
        self.unconsumed_tail = data[at:]
        return b"".join(found)


def decoder_of(coding: Coding, dictionary: bytes | None) -> Callable[[], Any]:
    """A function that makes a decoder for one member."""
    if coding == "gzip":
        return lambda: zlib.decompressobj(31)
    shared = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    return lambda: _ZstdDecoder(shared)


def dictionary_of(window: Window) -> bytes | None:
    """The dictionary at the beginning of a .warc.zst; None where there is none, or none that can be read."""
    head = window.read(0, 8)
    size = int.from_bytes(head[4:8], "little")
    if not head.startswith(_DICTIONARY) or size > _MAX_DICTIONARY:
        return None
    content = window.read(8, size)
    if content.startswith(MAGIC["zstd"]):
        try:
            return zstandard.ZstdDecompressor().decompress(content, max_output_size=_MAX_DICTIONARY)
        except zstandard.ZstdError:
            return None
    return content


def skippable(window: Window, offset: int) -> int | None:
    """Where a skippable Zstandard frame at the offset ends; None where there is none."""
    head = window.read(offset, 8)
    if len(head) < 8 or not _SKIPPABLE.match(head):
        return None
    return offset + 8 + int.from_bytes(head[4:8], "little")


def coding_of(head: bytes) -> Coding | None:
    """The coding whose magic bytes `head` begins with, as far as it goes."""
    for coding, magic in MAGIC.items():
        if head and head.startswith(magic[: len(head)]):
            return coding
    return None
