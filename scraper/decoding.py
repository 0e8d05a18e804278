"""A response's body without its content encodings, held to a size while it grows.

The crawler and the re-extraction of an archive call this one function, so that both see the same bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

import brotli  # type: ignore[import-untyped]  # it has no types
import zstandard

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
_STEP = 1 << 18


class TooLargeError(ValueError):
    """What the body decompresses to is larger than the limit."""


class UndecodableError(ValueError):
    """The body is not in the encoding that its header names, or that encoding is unknown."""


def decode_body(body: bytes, encodings: Sequence[str], *, limit: int) -> bytes:
    """Undo the encodings of a Content-Encoding header, the last one first; `limit` bytes at most.

    A gzip stream that is cut off gives what was there, as browsers do. Raises `TooLargeError` and `UndecodableError`.
    """
    names = [name.strip().lower() for value in encodings for name in value.split(",")]
    for name in reversed([n for n in names if n and n != "identity"]):
        try:
            pieces = _DECODERS[name](body)
        except KeyError:
            raise UndecodableError(f"content encoding {name!r} is not known") from None
        try:
            body = _join(pieces, limit)
        except (zlib.error, brotli.error, zstandard.ZstdError) as error:
            raise UndecodableError(f"the body is not {name}: {error}") from None
    if len(body) > limit:
        raise TooLargeError(f"{len(body)} bytes")
    return body


def _join(pieces: Iterator[bytes], limit: int) -> bytes:
    whole, size = [], 0
    for piece in pieces:
        whole.append(piece)
        size += len(piece)
        if size > limit:
            raise TooLargeError(f"more than {limit} bytes after decompression")
    return b"".join(whole)


def _gunzip(body: bytes) -> Iterator[bytes]:
    while body:
        stream = zlib.decompressobj(31)
        yield stream.decompress(body, _STEP)
        while not stream.eof and (rest := stream.unconsumed_tail):
            yield stream.decompress(rest, _STEP)
        # Members may follow one another; padding of zeros after the last one is no member.
        body = stream.unused_data.lstrip(b"\0")
        if not body.startswith(b"\x1f\x8b"):
            return


def _inflate(body: bytes) -> Iterator[bytes]:
    # "deflate" is a zlib stream by the standard and a bare one from some servers: the first two bytes tell.
    wrapped = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] * 256 + body[1]) % 31 == 0
    stream = zlib.decompressobj(15 if wrapped else -15)
    yield stream.decompress(body, _STEP)
    while not stream.eof and (rest := stream.unconsumed_tail):
        yield stream.decompress(rest, _STEP)


def _unbrotli(body: bytes) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    yield stream.process(body, output_buffer_limit=_STEP)
    while not stream.is_finished() and (piece := stream.process(b"", output_buffer_limit=_STEP)):
        yield piece


def _unzstd(body: bytes) -> Iterator[bytes]:
    with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(body, read_across_frames=True) as stream:
        while piece := stream.read(_STEP):
            yield piece


_DECODERS = {"gzip": _gunzip, "x-gzip": _gunzip, "deflate": _inflate, "br": _unbrotli, "zstd": _unzstd}
