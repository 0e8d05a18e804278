"""Bodies without their codings: the reference encoders' output read back, whole, cut at every byte, and damaged."""

from __future__ import annotations

import gzip
import io
import random
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]  # it has no types
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.web.decoding import (
    Decoded,
    TooLargeError,
    UndecodableError,
    codings,
    decode_body,
    open_unpacked,
    packing,
    unpack,
    whole_body,
)

PAGE = (
    "<!DOCTYPE html>\n<html lang='vi'><title>Lò gốm</title><p>"
    + " ".join(f"Lò thứ {n * 7919 % 1000} đỏ lửa." for n in range(60))
    + "</p></html>"
).encode()
LIMIT = 1_000_000


def gzipped(data: bytes, level: int = 9) -> bytes:
    """A gzip member that holds no time: the same bytes at every call."""
    return gzip.compress(data, level, mtime=0)


def bare(data: bytes) -> bytes:
    """Deflate without the zlib header, as some servers send it."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def pieces(data: bytes) -> bytes:
    """A zstd frame of unknown size with a checksum, in many blocks, as a server sends that compresses as it writes."""
    packer = zstandard.ZstdCompressor(write_checksum=True).compressobj()
    return (
        b"".join(
            packer.compress(data[at : at + 100]) + packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
            for at in range(0, len(data), 100)
        )
        + packer.flush()
    )


def skippable(data: bytes) -> bytes:
    """A Zstandard frame that holds no content."""
    return b"\x5a\x2a\x4d\x18" + len(data).to_bytes(4, "little") + data


def named(data: bytes) -> bytes:
    """A gzip file that says its name."""
    return b"\x1f\x8b\x08\x08" + bytes(6) + b"page.html\0" + gzipped(data)[10:]


def members(data: bytes) -> bytes:
    """A gzip member for each 50 bytes."""
    return b"".join(gzipped(data[at : at + 50]) for at in range(0, len(data), 50))


def small_window(data: bytes) -> bytes:
    """zlib with its smallest window, whose first byte is another one."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 9)
    return packer.compress(data) + packer.flush()


def frames(data: bytes) -> bytes:
    """Zstandard frames in a row, those without content among them."""
    return skippable(b"note") + zstandard.compress(data[:50]) + skippable(b"") + zstandard.compress(data[50:])


ENCODERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzipped),
    "gzip-named": ("gzip", named),
    "gzip-stored": ("gzip", lambda data: gzipped(data, 0)),
    "gzip-members": ("x-gzip", members),
    "zlib": ("deflate", zlib.compress),
    "zlib-small-window": ("deflate", small_window),
    "deflate": ("deflate", bare),
    "brotli": ("br", brotli.compress),
    "brotli-fast": ("br", lambda data: brotli.compress(data, quality=0)),
    "zstd": ("zstd", zstandard.compress),
    "zstd-pieces": ("zstd", pieces),
    "zstd-frames": ("zstd", frames),
}
KINDS = pytest.mark.parametrize("kind", ENCODERS)


def decoded(packed: bytes, *encodings: str) -> Decoded:
    """`decode_body` with a limit that does not matter."""
    return decode_body(packed, encodings, limit=LIMIT)


# --- whole ---------------------------------------------------------------------------------------------------------


@KINDS
def test_what_an_encoder_makes_is_read_back(kind: str) -> None:
    """Each form of each coding gives the page, and says what was undone."""
    name, encode = ENCODERS[kind]
    found = decoded(encode(PAGE), name)
    assert (found.body, found.state, found.detail, found.passed_over) == (PAGE, "whole", "", ())
    assert found.undone == ({"x-gzip": "gzip"}.get(name, name),)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(ENCODERS)), st.binary(max_size=3000))
def test_any_bytes_come_back(kind: str, data: bytes) -> None:
    """Whatever was packed, empty or not, text or not."""
    name, encode = ENCODERS[kind]
    packed = encode(data)
    if packed:
        assert decoded(packed, name).body == data
        assert decoded(packed, name).state == "whole"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(sorted(ENCODERS)), min_size=2, max_size=4), st.booleans())
def test_several_codings_in_a_row(kinds: list[str], one_header: bool) -> None:
    """The last one named was applied last, whether one header names them or several do."""
    packed, names = PAGE, [ENCODERS[kind][0] for kind in kinds]
    for kind in kinds:
        packed = ENCODERS[kind][1](packed)
    found = decode_body(packed, [" , ".join(names).upper()] if one_header else names, limit=LIMIT)
    assert (found.body, found.state) == (PAGE, "whole")


@pytest.mark.parametrize(
    ("headers", "names"),
    [
        (["gzip"], ["gzip"]),
        ([" GZip ,\tBR"], ["gzip", "br"]),
        (["gzip", "br"], ["gzip", "br"]),
        (['"gzip"'], ["gzip"]),
        (["gzip;q=1.0"], ["gzip"]),
        (["identity, ,", ""], []),
        (["aws-chunked,gzip"], ["aws-chunked", "gzip"]),
    ],
)
def test_names_in_headers(headers: list[str], names: list[str]) -> None:
    """Letter case, space, quotes and parameters are no part of a coding's name."""
    assert codings(headers) == names


@pytest.mark.parametrize("kind", ["gzip", "gzip-members", "zlib", "deflate", "brotli", "zstd", "zstd-pieces"])
@pytest.mark.parametrize("garbage", [b"\0" * 8, b"\r\n", b"<!-- cached -->", b"\x1f", b"\xff\xfe\xfd"])
def test_garbage_behind_the_end_is_no_part_of_it(kind: str, garbage: bytes) -> None:
    """The stream is whole; what a server adds behind it is passed over, unless it may be the start of one more."""
    name, encode = ENCODERS[kind]
    found = decoded(encode(PAGE) + garbage, name)
    assert found.body == PAGE
    assert found.state == ("cut" if garbage == b"\x1f" and "gzip" in kind else "whole")


# --- cut and damaged -----------------------------------------------------------------------------------------------


@KINDS
def test_a_body_cut_at_any_byte_is_never_whole(kind: str) -> None:
    """Every cut is seen, and what is given is the beginning of the page. Between two members no bytes tell."""
    name, encode = ENCODERS[kind]
    packed = encode(PAGE)
    seams = set()
    if kind == "gzip-members":
        lengths = [len(gzipped(PAGE[at : at + 50])) for at in range(0, len(PAGE), 50)]
        seams = {sum(lengths[:n]) for n in range(1, len(lengths))}
    elif kind == "zstd-frames":
        first = len(skippable(b"note"))
        second = first + len(zstandard.compress(PAGE[:50]))
        seams = {first, second, second + 1, second + 2, second + 3, second + 8}
    checked = 0
    for size in range(1, len(packed)):
        found = decoded(packed[:size], name)
        assert PAGE.startswith(found.body), size
        if size not in seams:
            assert found.state == "cut", (size, found.state, found.detail)
            assert found.detail
            checked += 1
    assert checked > 100


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(ENCODERS)), st.data())
def test_a_cut_inside_several_codings_is_seen(kind: str, data: st.DataObject) -> None:
    """Also where the outer coding is the one that is cut, or the inner one was cut before it was packed again."""
    name, encode = ENCODERS[kind]
    outer = zlib.compress(encode(PAGE))
    cut = data.draw(st.integers(3, len(outer) - 1))
    assert decoded(outer[:cut], name, "deflate").state == "cut"
    inner = encode(PAGE)
    if kind not in ("gzip-members", "zstd-frames"):
        assert decoded(gzipped(inner[: data.draw(st.integers(3, len(inner) - 1))]), name, "gzip").state == "cut"


@pytest.mark.parametrize("kind", ["gzip", "gzip-named", "gzip-stored", "zlib", "zstd-pieces"])
def test_a_flipped_bit_is_never_another_page(kind: str) -> None:
    """Where a coding has a checksum, each single bit either does not matter or is seen."""
    name, encode = ENCODERS[kind]
    packed = encode(PAGE)
    seen = 0
    for bit in range(0, len(packed) * 8, 3):
        broken = bytearray(packed)
        broken[bit // 8] ^= 1 << bit % 8
        found = decoded(bytes(broken), name)
        assert found.state != "whole" or found.body == PAGE, bit
        seen += found.state != "whole"
    assert seen > len(packed) * 2


@KINDS
def test_a_flipped_bit_never_raises(kind: str) -> None:
    """Nor do several, nor is anything passed over as plain that was packed."""
    name, encode = ENCODERS[kind]
    packed = encode(PAGE)
    chance = random.Random(7)
    for _ in range(200):
        broken = bytearray(packed)
        for _ in range(chance.randint(1, 4)):
            broken[chance.randrange(len(packed))] ^= 1 << chance.randrange(8)
        assert decoded(bytes(broken), name).undone


@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=1, max_size=200), st.sampled_from(["gzip", "deflate", "br", "zstd", "none"]))
def test_bytes_at_random_never_raise(data: bytes, name: str) -> None:
    """Whatever stands behind a Content-Encoding."""
    assert decode_body(data, [name], limit=LIMIT).state in ("whole", "cut", "damaged")


@pytest.mark.parametrize(
    ("packed", "detail"),
    [
        (gzipped(PAGE)[:-8] + bytes(4) + gzipped(PAGE)[-4:], "data check"),
        (gzipped(PAGE)[:-4] + bytes(4), "length check"),
        (gzipped(PAGE) + b"\x1f\x8b\x08\xff" + bytes(20), "flags"),
    ],
)
def test_what_was_damaged_is_told(packed: bytes, detail: str) -> None:
    """A wrong checksum, a wrong length, a second member that is none; what stands before is given as far as it goes."""
    found = decoded(packed, "gzip")
    assert found.state == "damaged"
    assert detail in found.detail
    assert len(found.body) > len(PAGE) - 1100
    assert PAGE.startswith(found.body)


def test_all_or_nothing() -> None:
    """`whole_body` gives the page or raises, with the state."""
    assert whole_body(brotli.compress(PAGE), ["br"], limit=LIMIT) == PAGE
    with pytest.raises(UndecodableError, match="br, is cut off after") as caught:
        whole_body(brotli.compress(PAGE)[:-1], ["br"], limit=LIMIT)
    assert caught.value.state == "cut"


# --- names that the bytes do not bear out --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["none", "UTF-8", "binary", "text/html", "identity", "aws-chunked", "snake-oil", "8bit", "ISO-8859-1", "*", "null"],
)
def test_unknown_names_are_passed_over(name: str) -> None:
    """As browsers do: the body is what it is, or what the known ones among them make of it."""
    assert decoded(PAGE, name).body == PAGE
    assert decoded(gzipped(PAGE), f"gzip, {name}").body == PAGE
    assert decoded(gzipped(PAGE), f"{name}, gzip").body == PAGE


@pytest.mark.parametrize("name", ["gzip", "x-gzip", "deflate", "br", "brotli", "zstd"])
@pytest.mark.parametrize(
    "plain",
    [
        PAGE,
        PAGE.decode().encode("utf-16"),
        b"<html>" + "<p>Гончар поставил печь на берегу реки.".encode("koi8-r") * 3,
        b"User-agent: *\nDisallow: /a\n",
        b'{"title": "not a page, and not packed"}',
        "Гончар поставил печь на берегу реки и зажёг огонь. ".encode("windows-1251") * 8,
    ],
    ids=["page", "utf-16", "koi8-r", "robots", "json", "windows-1251"],
)
def test_what_an_archiver_already_undid_is_left(name: str, plain: bytes) -> None:
    """The header stayed, the bytes are plain: they are the page."""
    found = decoded(plain, name)
    assert (found.body, found.state, found.undone, found.passed_over) == (plain, "whole", (), (name,))


def test_a_header_that_was_sent_twice() -> None:
    """Two headers, one coding: the second name finds a page, not a stream."""
    assert decoded(gzipped(PAGE), "gzip", "gzip").body == PAGE


@pytest.mark.parametrize("name", ["deflate", "br", "zstd", "none", "gzip"])
@pytest.mark.parametrize("kind", ["gzip", "zstd"])
def test_the_mark_at_the_beginning_is_believed(kind: str, name: str) -> None:
    """gzip and Zstandard say themselves what they are, whatever the header calls them."""
    assert decoded(ENCODERS[kind][1](PAGE), name).body == PAGE


def test_what_is_neither_packed_nor_text_is_damaged() -> None:
    """A picture under a coding's name is not passed on as a page's bytes."""
    picture = b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(500)
    for name in ("gzip", "deflate", "br", "zstd"):
        assert decoded(picture, name).state != "whole"


@pytest.mark.parametrize("packed", [zlib.compress(PAGE), bare(PAGE), brotli.compress(PAGE)])
def test_what_lacks_the_mark_of_gzip_is_no_gzip(packed: bytes) -> None:
    """Another coding under its name is damaged; only gzip and Zstandard are known by their mark under any name."""
    found = decoded(packed, "gzip")
    assert (found.state, found.body) == ("damaged", b"")


def test_no_body_is_no_damage() -> None:
    """Answers without a body (304, HEAD) often keep the header."""
    assert decoded(b"", "gzip") == Decoded(body=b"", passed_over=("gzip",))


# --- bounds --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["gzip", "zlib", "deflate", "brotli", "zstd", "zstd-pieces"])
def test_bombs_are_cut(kind: str) -> None:
    """What grows beyond the limit is given up, whatever its coding; one byte more is too much."""
    name, encode = ENCODERS[kind]
    packed = encode(bytes(4_000_000))
    assert len(packed) < 700_000
    with pytest.raises(TooLargeError):
        decode_body(packed, [name], limit=LIMIT)
    assert decode_body(packed, [name], limit=4_000_000).state == "whole"
    with pytest.raises(TooLargeError):
        decode_body(packed, [name], limit=3_999_999)


def test_nested_bombs_are_cut() -> None:
    """A small body that grows at its second step, and one that is plain and over the limit."""
    packed = gzipped(brotli.compress(gzipped(bytes(50_000_000))))
    assert len(packed) < 1000
    with pytest.raises(TooLargeError):
        decoded(packed, "gzip", "br", "gzip")
    with pytest.raises(TooLargeError):
        decode_body(PAGE, [], limit=len(PAGE) - 1)


def test_codings_without_number_are_refused() -> None:
    """Each would cost another pass over the body."""
    packed = PAGE
    for _ in range(6):
        packed = gzipped(packed)
    found = decoded(packed, *["gzip"] * 6)
    assert (found.state, found.body) == ("damaged", b"")
    assert "6 content codings" in found.detail
    packed = PAGE
    for _ in range(5):
        packed = gzipped(packed)
    assert decoded(packed, *["gzip"] * 5).body == PAGE


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("gzip", gzipped(b"") * 20_000),
        ("zstd", zstandard.compress(b"") * 20_000),
        ("zstd", skippable(b"") * 20_000),
        ("zstd", b"\x28\xb5\x2f\xfd\x00\x58" + bytes(3 * 20_000) + b"\1\0\0"),
    ],
    ids=["members", "frames", "skipped", "blocks"],
)
def test_streams_of_nothing_are_refused(name: str, packed: bytes) -> None:
    """They cost time and give no byte, so that no limit of size would end them."""
    found = decoded(packed, name)
    assert found.state == "damaged"
    assert "more than 10000" in found.detail


@pytest.mark.parametrize("kind", ["gzip", "zstd", "skippable"])
def test_ten_thousand_streams_in_a_row_are_read(kind: str) -> None:
    """As many as there may be, the last of them with the page."""
    one, name = {
        "gzip": (gzipped(b""), "gzip"),
        "zstd": (zstandard.compress(b""), "zstd"),
        "skippable": (skippable(b""), "zstd"),
    }[kind]
    last = gzipped(PAGE) if name == "gzip" else zstandard.compress(PAGE)
    assert decoded(one * 9_999 + last, name).body == PAGE
    assert decoded(one * 10_000 + last, name).state == "damaged"


# --- files ---------------------------------------------------------------------------------------------------------

PACKERS = {"gzip": gzipped, "zstd": zstandard.compress, None: bytes}


@pytest.mark.parametrize("coding", PACKERS)
def test_files_are_read_by_their_first_bytes(coding: str | None) -> None:
    """At once and as a stream; packed twice too."""
    packed = PACKERS[coding](PAGE)
    assert packing(packed) == coding
    assert unpack(packed, limit=LIMIT).body == PAGE
    assert open_unpacked(io.BytesIO(packed)).read() == PAGE
    assert unpack(gzipped(packed), limit=LIMIT).body == PAGE
    assert unpack(b"", limit=LIMIT) == Decoded(body=b"")


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_stream_gives_all_lines_before_the_fault(coding: str) -> None:
    """Then it says that the file is cut off, or damaged, and where lines are appended each may be its own stream."""
    encode = PACKERS[coding]
    lines = [f"line {n}\n".encode() for n in range(20_000)]
    packed = b"".join(encode(b"".join(lines[at : at + 5])) for at in range(0, len(lines), 5))
    assert list(open_unpacked(io.BytesIO(packed))) == lines

    class Slow(io.BytesIO):
        """Gives a few bytes at a time, as a pipe does."""

        def read(self, size: int | None = -1) -> bytes:
            return super().read(7 if size is None or size < 0 else min(size, 7))

    assert open_unpacked(Slow(packed[:5000])).readline() == lines[0]
    for broken, state in ((packed[:-3], "cut"), (packed[:-9] + b"\xff" * 5 + packed[-4:], "damaged")):
        stream, found = open_unpacked(io.BytesIO(broken)), []
        with pytest.raises(UndecodableError) as caught:  # noqa: PT012  # the lines before it are what is tested
            while line := stream.readline():
                found.append(line)
        assert found == lines[: len(found)]
        assert len(found) >= len(lines) - 5
        assert caught.value.state == state or coding == "zstd"


def test_closing_closes_the_file() -> None:
    """Nothing stays open behind a reader."""
    file = io.BytesIO(gzipped(PAGE))
    with open_unpacked(file) as stream:
        assert stream.read(9) == PAGE[:9]
    assert file.closed


def zstd_by_hand(data: bytes, *, dictionary: int, sized: int, single: bool) -> bytes:
    """A frame of one block as it is, with so many bytes for a dictionary's number (0: none) and for its size."""
    flags = {0: 0, 1: 1, 2: 2, 4: 3}[dictionary] | single << 5 | {0: 0, 1: 0, 2: 1, 4: 2, 8: 3}[sized] << 6
    size = (len(data) - 256 * (sized == 2)).to_bytes(sized, "little") if sized else b""
    head = b"\x28\xb5\x2f\xfd" + bytes([flags]) + (b"" if single else b"\x58") + b"\0" * dictionary + size
    return head + (1 | len(data) << 3).to_bytes(3, "little") + data


@pytest.mark.parametrize("dictionary", [0, 1, 2, 4])
@pytest.mark.parametrize(
    ("sized", "single"), [(0, False), (1, True), (2, False), (2, True), (4, False), (4, True), (8, False), (8, True)]
)
def test_a_frame_ends_where_its_header_says(dictionary: int, sized: int, single: bool) -> None:
    """RFC 8878 has headers of 2 to 14 bytes; whichever it is, the frame behind is read, and a cut is seen."""
    data = PAGE[:200] if sized == 1 else PAGE[:300]
    packed = zstd_by_hand(data, dictionary=dictionary, sized=sized, single=single)
    found = decoded(packed + zstandard.compress(PAGE), "zstd")
    assert (found.body, found.state) == (data + PAGE, "whole")
    for size in range(5, len(packed)):
        assert decoded(packed[:size], "zstd").state == "cut", size
