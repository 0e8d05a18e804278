"""The one module that undoes content codings: bodies as servers send them and archives keep them, and packed files.

Whoever reads a body (crawl, `clean`, `reextract`, `doctor`) gets the same bytes from here, and learns whether they are
whole: a body that ends before its end mark reads like a short page, and half an article is none.

The names are those of RFC 9110 (gzip, x-gzip, deflate), RFC 7932 (br) and RFC 8878 (zstd); servers send others, which
are passed over as browsers do. Where a name and the bytes disagree, the bytes are believed.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal, cast

from pipelines.web.decoders import (
    CHUNK,
    DECODERS,
    FILES,
    GZIP,
    MAX_REST,
    MAX_STREAMS,
    UNCHECKED,
    ZSTD,
    BytesSource,
    DamageError,
    Decoder,
    gunzip_at_once,
    packing,
)

__all__ = [
    "ACCEPT_ENCODING",
    "Decoded",
    "State",
    "TooLargeError",
    "UndecodableError",
    "codings",
    "decode_body",
    "open_unpacked",
    "packing",
    "unpack",
    "whole_body",
]

ACCEPT_ENCODING: Final = "gzip, deflate, br, zstd"
"""The codings that the crawl asks for."""

State = Literal["whole", "cut", "damaged"]

# A body that is coded more often is an attack; curl has the same bound.
_MAX_CODINGS = 5
_STEP = 1 << 18  # bytes that come out at a time, so that a bomb is seen before it is large
_PLAIN_WINDOW = 4096
_NO_TEXT: Final = bytes(code for code in range(32) if code not in b"\t\n\f\r\x1b") + b"\x7f"


class TooLargeError(ValueError):
    """The decompressed body is larger than the limit."""


class UndecodableError(ValueError):
    """The body is cut off or damaged; `state` is which of the two."""

    def __init__(self, detail: str, state: State = "damaged") -> None:
        super().__init__(detail)
        self.state = state


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A body without its codings. Unless `state` is "whole", `body` is only what could be read before the fault.

    `detail` says in a line what is wrong, and is empty for a whole body. `undone` are the codings that were undone, in
    that order and by their registered names; `passed_over` the names in the header that do not fit the bytes.
    """

    body: bytes
    state: State = "whole"
    detail: str = ""
    undone: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()


def decode_body(body: bytes, encodings: Iterable[str], *, limit: int) -> Decoded:
    """Undo the codings that Content-Encoding headers name, the last one first; `limit` bytes at most, at each step.

    Never raises for what the bytes are: `state` shows a cut or damaged body. Raises `TooLargeError` where
    more than `limit` bytes come out.

    >>> import zlib
    >>> decode_body(zlib.compress(b"<p>Xin"), ["Deflate"], limit=100).body
    b'<p>Xin'
    >>> decode_body(zlib.compress(b"<p>Xin")[:-6], ["deflate"], limit=100).state
    'cut'
    >>> decode_body(b"<p>Xin", ["br, utf-8"], limit=100).passed_over
    ('utf-8', 'br')
    """
    if len(body) > limit:
        raise TooLargeError(f"{len(body)} bytes")
    names = codings(encodings)
    if len(names) > _MAX_CODINGS:
        detail = f"{len(names)} content codings, over the limit of {_MAX_CODINGS}"
        return Decoded(body=b"", state="damaged", detail=detail)
    undone: list[str] = []
    passed_over: list[str] = []
    for name in reversed(names):
        step = _undo(body, name, limit)
        if step is None:
            passed_over.append(name)
            continue
        coding, body, state, detail = step
        undone.append(coding)
        if state != "whole":
            break
    else:
        state, detail = "whole", ""
    return Decoded(body=body, state=state, detail=detail, undone=tuple(undone), passed_over=tuple(passed_over))


def whole_body(body: bytes, encodings: Iterable[str], *, limit: int) -> bytes:
    """`decode_body`, all or nothing. Raises `UndecodableError` for what is cut or damaged."""
    decoded = decode_body(body, encodings, limit=limit)
    if decoded.state != "whole":
        raise UndecodableError(decoded.detail, decoded.state)
    return decoded.body


def codings(encodings: Iterable[str]) -> list[str]:
    """The names in Content-Encoding headers, in the order they were applied, without `identity`.

    >>> codings(["GZIP , br", ' "x-gzip";q=1', "identity"])
    ['gzip', 'br', 'x-gzip']
    """
    names = (name.partition(";")[0].strip(" \t\r\n\"'").lower() for value in encodings for name in value.split(","))
    return [name for name in names if name and name != "identity"]


def unpack(data: bytes, *, limit: int) -> Decoded:
    """A file's content: gzip and Zstandard undone where the first bytes say so, even packed twice. Errors as in
    `decode_body`."""
    undone: tuple[str, ...] = ()
    decoded = Decoded(body=data)
    if len(data) > limit:
        raise TooLargeError(f"{len(data)} bytes")
    while decoded.state == "whole" and (coding := packing(decoded.body)) is not None and len(undone) < _MAX_CODINGS:
        decoded = decode_body(decoded.body, [coding], limit=limit)
        undone += decoded.undone
    detail = decoded.detail.replace("the body", "the file", 1)
    return Decoded(body=decoded.body, state=decoded.state, detail=detail, undone=undone)


def open_unpacked(stream: BinaryIO) -> BinaryIO:
    """A file of any size, unpacked by its first bytes: gzip, Zstandard (several streams in a row), else unchanged.

    Reading raises `UndecodableError` at the place where the file is cut off or damaged; all before it is given.
    Closing it closes `stream`.
    """
    source = BytesSource(stream)
    coding = packing(source.peek(4))
    return io.BufferedReader(cast(io.RawIOBase, _Unpacked(stream, source, coding)), _STEP)


# --- one coding ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Attempt:
    """What one decoder made of a body."""

    body: bytes
    state: State
    detail: str
    rest: int  # bytes behind the end mark


def _undo(body: bytes, name: str, limit: int) -> tuple[str, bytes, State, str] | None:
    """(coding, body, state, detail) of one coding undone; None where the body stays as it is."""
    if not body:
        return None
    coding = packing(body) or {"x-gzip": "gzip", "brotli": "br"}.get(name, name)
    if coding not in DECODERS or (coding in ("gzip", "zstd") and not _begins(coding, body) and _is_plain(body)):
        return None
    if coding == "gzip" and (fast := gunzip_at_once(body, limit)) is not None:
        return "gzip", fast, "whole", ""
    decoders = DECODERS[coding]
    if coding == "deflate" and not _begins(coding, body):
        decoders = decoders[1:]
    made = _best(decoders, body, limit)
    # brotli and bare deflate have no mark at their beginning: text may pass for either, for a few bytes.
    # A zlib stream's two bytes may begin a text too.
    unsure = made.state != "whole" or made.rest
    if unsure and (not _begins(coding, body) or (coding == "deflate" and len(body) >= 256)) and _is_plain(body):
        return None
    if made.state == "whole" and coding in UNCHECKED and made.rest > MAX_REST:
        made.state, made.detail = "damaged", f"its end mark stands {made.rest} bytes before its end"
    fault = {"whole": "", "cut": "is cut off", "damaged": f"is damaged ({made.detail})"}[made.state]
    detail = f"the body, {coding}, {fault} after {len(made.body)} decoded bytes" if fault else ""
    return coding, made.body, made.state, detail


def _best(decoders: Sequence[Decoder], body: bytes, limit: int) -> _Attempt:
    """The attempt of the first decoder that finds the body whole; else of the one that got furthest."""
    best: _Attempt | None = None
    for decoder in decoders:
        made = _run(decoder, body, limit)
        if made.state == "whole":
            return made
        if best is None or len(made.body) > len(best.body):
            best = made
    assert best is not None  # noqa: S101  # every coding has a decoder
    return best


def _begins(coding: str, body: bytes) -> bool:
    """Whether the body begins with the coding's own mark; those of `deflate` (RFC 1950) are two bytes of many forms."""
    if coding == "deflate":
        return body[0] & 0x8F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return coding in ("gzip", "zstd") and (
        packing(body) == coding or {"gzip": GZIP, "zstd": ZSTD}[coding][: len(body)] == body
    )


def _run(decoder: Decoder, body: bytes, limit: int) -> _Attempt:
    made = _attempt(decoder, body, limit, CHUNK, _STEP)
    if made.state == "damaged":
        # A decoder that fails gives nothing of its last step: smaller ones save more of what comes before the fault.
        made = _attempt(decoder, body, limit, 1 << 10, 1 << 10)
    return made


def _attempt(decoder: Decoder, body: bytes, limit: int, chunk: int, step: int) -> _Attempt:
    source = BytesSource(io.BytesIO(body), chunk)
    pieces = decoder(source, step, MAX_STREAMS)
    found, size = [], 0
    state: State
    try:
        while True:
            piece = next(pieces)
            found.append(piece)
            size += len(piece)
            if size > limit:
                raise TooLargeError(f"more than {limit} bytes after decompression")
    except StopIteration as end:
        state, detail = ("whole" if end.value else "cut"), ""
    except DamageError as error:
        state, detail = "damaged", str(error)
    return _Attempt(body=b"".join(found), state=state, detail=detail, rest=len(source.peek(len(body))))


class _Unpacked(io.RawIOBase):
    """The decoded bytes of a stream."""

    def __init__(self, stream: BinaryIO, source: BytesSource, coding: str | None) -> None:
        self._stream = stream
        self._coding = coding
        # Files that programs append to may have a stream for each line: many are no attack here, for nothing is kept.
        self._pieces = FILES[coding](source, _STEP, None)
        self._piece = memoryview(b"")

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._stream.close()
        super().close()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what io gives is a memoryview
        while not self._piece:
            try:
                self._piece = memoryview(next(self._pieces))
            except StopIteration as end:
                if end.value is False:
                    raise UndecodableError(f"the file, {self._coding}, is cut off", "cut") from None
                return 0
            except DamageError as error:
                raise UndecodableError(f"the file, {self._coding}, is damaged ({error})") from None
        size = min(len(buffer), len(self._piece))
        buffer[:size] = self._piece[:size]
        self._piece = self._piece[size:]
        return size


# --- text that is not coded ----------------------------------------------------------------------------------------


def _is_plain(body: bytes) -> bool:
    """Whether bytes are text already: an archiver decoded them, or a server wrongly called them coded."""
    head = body[:_PLAIN_WINDOW]
    start = head.lstrip(b" \t\r\n")
    if start.startswith((b"<\0", b"\0<", b"\0\0\0<", b"\xff\xfe<\0", b"\xfe\xff\0<")):
        return True  # UTF-16 or UTF-32, whose letters are full of zeros
    if head.translate(None, _NO_TEXT) != head:
        return False
    if start.startswith(b"<") or len(head) >= 256:
        return True
    try:
        return len(head) >= 8 and bool(codecs.getincrementaldecoder("utf-8")().decode(head))
    except UnicodeDecodeError:
        return False
