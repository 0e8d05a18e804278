"""The decoders of `pipelines.web.decoding`: one coding each, piece by piece, from bytes or from a stream.

Each reports whether the end mark of RFC 1950 to 1952 (zlib, deflate, gzip), 7932 (brotli) or 8878 (Zstandard) came,
which the libraries' own readers do not.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Generator, Iterator
from typing import Any, BinaryIO, Final, cast

import brotli  # type: ignore[import-untyped]  # it has no types
import zstandard

CHUNK: Final = 1 << 16
"""Bytes that go in at a time; what a stream leaves over is copied."""

MAX_STREAMS: Final = 10_000
"""A body of 10 MB could hold a million streams of nothing, each at the cost of a new decoder."""

GZIP: Final = b"\x1f\x8b\x08"
ZSTD: Final = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
# Above what browsers allow (8 MB, RFC 9659), since archives hold bodies that were packed for files.
_MAX_WINDOW = 1 << 27


def packing(head: bytes) -> str | None:
    """The coding by a file's first four bytes, whatever its name: "gzip", "zstd" or None.

    >>> packing(zlib.compressobj(wbits=31).flush()), packing(b"<html>")
    ('gzip', None)
    """
    if head.startswith(GZIP):
        return "gzip"
    return "zstd" if head.startswith(ZSTD) or _ZSTD_SKIPPABLE.match(head) else None


class BytesSource:
    """Bytes to decode; a decoder may give back what it did not need."""

    def __init__(self, stream: BinaryIO, chunk: int = CHUNK) -> None:
        self._stream = stream
        self._kept = b""
        self.chunk = chunk

    def take(self, size: int) -> bytes:
        """The next `size` bytes; fewer only at the end."""
        taken, self._kept = self._kept[:size], self._kept[size:]
        while len(taken) < size and (more := self._stream.read(size - len(taken))):
            taken += more
        return taken

    def give_back(self, data: bytes) -> None:
        """Put back what was taken and not needed."""
        self._kept = data + self._kept

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, without taking them; fewer only at the end."""
        ahead = self.take(size)
        self.give_back(ahead)
        return ahead


Pieces = Generator[bytes, None, bool]
"""Decoded pieces; returns whether the end mark came. Raises `DamageError`."""


class DamageError(Exception):
    """The bytes are not what the coding allows."""


Decoder = Callable[[BytesSource, int, "int | None"], Pieces]
"""Takes the source, how many bytes to give at a time, and how many streams in a row are too many."""


def gunzip_at_once(body: bytes, limit: int) -> bytes | None:
    """The usual case in one call: a single whole member; None for all others."""
    stream = zlib.decompressobj(31)
    try:
        decoded = stream.decompress(body, limit + 1)
    except zlib.error:
        return None
    return decoded if stream.eof and not stream.unused_data and len(decoded) <= limit else None


def _plain(source: BytesSource, step: int, most: int | None) -> Pieces:
    while piece := source.take(step):
        yield piece
    return True


def _gunzip(source: BytesSource, step: int, most: int | None) -> Pieces:
    """Members follow one another; what comes after the last one, zeros or not, is no member."""
    members = 0
    while True:
        head = source.peek(3)
        # Part of a mark at the very end: a member cut off right after its beginning.
        if members and not (head and GZIP.startswith(head)):
            return True
        if members == most:
            raise DamageError(f"more than {most} gzip members")
        if not (yield from _inflate(source, 31, step)):
            return False
        members += 1


def _unzlib(source: BytesSource, step: int, most: int | None) -> Pieces:
    return (yield from _inflate(source, 15, step))


def _inflate_bare(source: BytesSource, step: int, most: int | None) -> Pieces:
    return (yield from _inflate(source, -15, step))


def _inflate(source: BytesSource, wbits: int, step: int) -> Pieces:
    """One zlib, gzip or bare deflate stream."""
    stream = zlib.decompressobj(wbits)
    size = 1 << 9  # small at first: all of the chunk after a short member is copied back
    try:
        while not stream.eof:
            chunk = source.take(min(size, source.chunk))
            size *= 2
            if not chunk:
                # What exceeds a step is still in the decoder.
                while piece := stream.decompress(b"", step):
                    yield piece
                return stream.eof
            while chunk and not stream.eof:
                yield stream.decompress(chunk, step)
                chunk = stream.unconsumed_tail
    except zlib.error as error:
        raise DamageError(_cause(error)) from None
    source.give_back(stream.unused_data)
    return True


def _unbrotli(source: BytesSource, step: int, most: int | None) -> Pieces:
    """One brotli stream. The library fails on bytes after the end, and a call that fails gives nothing."""
    whole = b"".join(iter(lambda: source.take(source.chunk), b""))
    stream = brotli.Decompressor()
    given, start = 0, 0
    try:
        for start in range(0, len(whole), source.chunk):
            for piece in _brotli_step(stream, whole[start : start + source.chunk], step):
                yield piece
                given += len(piece)
    except brotli.error:
        pass
    else:
        return bool(stream.is_finished())
    # Again, byte by byte from where it failed.
    stream = brotli.Decompressor()
    pieces = _Skipping(given)
    try:
        for at in range(0, start, source.chunk):
            for piece in _brotli_step(stream, whole[at : at + source.chunk], step):
                pieces.skip(piece)
        for at in range(start, len(whole)):
            for piece in _brotli_step(stream, whole[at : at + 1], step):
                yield pieces.skip(piece)
            if stream.is_finished():
                source.give_back(whole[at + 1 :])
                return True
    except brotli.error as error:
        raise DamageError(_cause(error)) from None
    return False


def _brotli_step(stream: Any, data: bytes, step: int) -> Iterator[bytes]:
    piece = stream.process(data, output_buffer_limit=step)
    while piece:
        yield piece
        piece = b"" if stream.is_finished() else stream.process(b"", output_buffer_limit=step)


class _Skipping:
    """Leaves out the first bytes of what passes, since they were given before."""

    def __init__(self, size: int) -> None:
        self._left = size

    def skip(self, piece: bytes) -> bytes:
        passed = min(self._left, len(piece))
        self._left -= passed
        return piece[passed:]


def _unzstd(source: BytesSource, step: int, most: int | None) -> Pieces:
    """Frames follow one another, those to be skipped among them (RFC 8878, 3.1)."""
    frames = 0
    while True:
        head = source.peek(4)
        # Part of a mark at the very end: a frame cut off right after its beginning.
        if frames and packing(head) != "zstd" and not (head and ZSTD.startswith(head)):
            return True
        if frames == most:
            raise DamageError(f"more than {most} Zstandard frames")
        frames += 1
        frame = _ZstdFrame(source)
        if _ZSTD_SKIPPABLE.match(head):
            if not frame.skip():
                return False
            continue
        try:
            with zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW).stream_reader(
                cast(BinaryIO, frame), read_size=source.chunk
            ) as reader:
                while piece := reader.read(step):
                    yield piece
        except zstandard.ZstdError as error:
            raise DamageError(_cause(error)) from None
        if not frame.ended:
            return False


class _ZstdFrame:
    """The bytes of one frame, for the library to read, which does not notice that a frame is cut off.

    The sizes that a frame is made of (RFC 8878, 3.1.1) show where it ends; `ended` is whether that was reached.
    """

    def __init__(self, source: BytesSource) -> None:
        self.ended = False
        self._source = source
        self._parts = self._walk()
        self._kept = b""

    def read(self, size: int) -> bytes:
        parts, found = [self._kept], len(self._kept)
        while found < size and (part := next(self._parts, b"")):
            parts.append(part)
            found += len(part)
        read = b"".join(parts)
        self._kept = read[size:]
        return read[:size]

    def skip(self) -> bool:
        """Pass over a frame that holds no content; False where it is cut off."""
        head = self._source.take(8)
        left = int.from_bytes(head[4:], "little")
        while left and (part := self._source.take(min(left, self._source.chunk))):
            left -= len(part)
        return len(head) == 8 and not left

    def _walk(self) -> Iterator[bytes]:
        descriptor = self._source.peek(5)[4:]
        if not descriptor:
            yield self._source.take(5)
            return
        flags = descriptor[0]
        single = flags >> 5 & 1
        yield self._source.take(5 + (1 - single) + (0, 1, 2, 4)[flags & 3] + (single, 2, 4, 8)[flags >> 6])
        checksum = 4 * (flags >> 2 & 1)
        last = False
        empty = 0
        while not last:
            block = int.from_bytes(head := self._source.take(3), "little")
            last = bool(block & 1)
            # A block that repeats one byte (1) holds that byte alone; 3 is no kind of block, which the library will
            # report.
            size = {0: block >> 3, 1: 1, 2: block >> 3, 3: 0}[block >> 1 & 3] + checksum * last
            content = self._source.take(size)
            empty = 0 if size else empty + 1
            if empty > MAX_STREAMS:
                raise DamageError(f"more than {MAX_STREAMS} blocks of nothing")
            if len(head) < 3 or len(content) < size:
                yield head + content
                return
            self.ended = last
            yield head + content


def _cause(error: Exception) -> str:
    return " ".join(str(error).removeprefix("Error -3 while decompressing data: ").split())[:120]


# The decoders to try for each coding, in this order. "deflate" is a zlib stream by the standard and a bare one from
# some servers; the first two bytes of a bare one are those of a zlib stream once in a thousand.
DECODERS: Final[dict[str, tuple[Decoder, ...]]] = {
    "gzip": (_gunzip,),
    "deflate": (_unzlib, _inflate_bare),
    "br": (_unbrotli,),
    "zstd": (_unzstd,),
}
FILES: Final[dict[str | None, Decoder]] = {None: _plain, "gzip": _gunzip, "zstd": _unzstd}
"""The decoder of a file by the result of `packing`."""

UNCHECKED: Final = ("deflate", "br")
"""Codings without a checksum: a flipped bit shows, if at all, in a misplaced end mark."""

MAX_REST: Final = 64
"""Bytes that may follow the end mark of these."""
