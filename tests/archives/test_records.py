"""Records of WARC files: as other readers read them where those can, and behind any damage where they cannot."""

from __future__ import annotations

import gzip
import io
import random
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
import zstandard
from by_hand import LIMIT, http, packed, read, record, some, told
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.archives import Damage, Record, packing, read_records, record_offsets
from pipelines.archives.contents import DecodedContent

CODINGS = ("plain", "gzip", "zstd")
ALL = ["0", "1", "2", "3", "4"]


def by_warcio(content: bytes) -> list[tuple[str, str | None, bytes]]:
    """(type, address, block) of each record, as warcio reads them."""
    from warcio.archiveiterator import ArchiveIterator

    found = []
    for item in ArchiveIterator(io.BytesIO(content), no_record_parse=True):
        found.append((item.rec_type, item.rec_headers.get_header("WARC-Target-URI"), item.raw_stream.read()))
    return found


def by_fastwarc(content: bytes) -> list[tuple[str, str | None, bytes]]:
    """The same, as FastWARC reads them."""
    warc = pytest.importorskip("fastwarc.warc")
    found = []
    for item in warc.ArchiveIterator(io.BytesIO(content), parse_http=False):
        found.append(
            (
                str(getattr(item.record_type, "name", item.record_type)),
                item.headers.get("WARC-Target-URI"),
                item.reader.read(),
            )
        )
    return found


def by_us(content: bytes) -> list[tuple[str, str | None, bytes]]:
    """The same, as we do."""
    items = read(content, limit=2**24)
    assert all(isinstance(item, Record) for item in items)
    return [(i.type, i.headers.get("warc-target-uri"), i.block or b"") for i in items if isinstance(i, Record)]


def written(seed: int, compress: bool) -> bytes:
    """A file of records of every type and many sizes, by warcio's writer."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    draw = random.Random(seed)
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=compress, warc_version=draw.choice(["1.0", "1.1"]))
    writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "a test", "é": "ü"}))
    for number in range(draw.randrange(1, 40)):
        kind = draw.choice(["response", "request", "revisit", "resource", "metadata", "conversion"])
        url = draw.choice(["https://www.vietnam.vn/fr/", "urn:x:", "dns:"]) + str(number)
        body = draw.randbytes(draw.choice([0, 1, 100, 5_000, 70_000, 300_000])).replace(b"W", b"WARC/1.0\r\nw")
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        has_http = kind in ("response", "request", "revisit")
        writer.write_record(
            writer.create_warc_record(url, kind, payload=io.BytesIO(body), http_headers=headers if has_http else None)
        )
    return out.getvalue()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("compress", [True, False])
def test_as_warcio_and_fastwarc_read_them(seed: int, compress: bool) -> None:
    """The same records with the same bytes, from files by warcio, packed in other ways too."""
    content = written(seed, compress)
    ours = by_us(content)
    assert ours == by_warcio(content)
    assert ours == by_fastwarc(content)
    plain = gzip.decompress(content) if compress else content
    if not compress:
        assert by_us(gzip.compress(content)) == ours
    assert by_us(zstandard.compress(plain)) == ours
    bare = plain.replace(b"WARC/1.0\r\nw", b"its letters")  # a block that begins so would be taken for a record
    assert by_us(_blocks(bare, 5_000)) == by_us(bare)


def _blocks(content: bytes, size: int) -> bytes:
    """As bgzip packs: members of so many bytes, wherever the records end, and an empty one at the end."""
    return b"".join(
        gzip.compress(content[i : i + size], mtime=0) for i in [*range(0, len(content), size), len(content)]
    )


@pytest.mark.parametrize("coding", CODINGS)
def test_every_record_once_wherever_the_cuts_are(coding: str) -> None:
    """Ranges of every size give the records and the damage of the whole, damage between two cuts included."""
    members = packed(some(), coding)
    wrong = bytearray(members[2])
    wrong[len(wrong) // 2] ^= 0x10
    members[2] = bytes(wrong) if coding != "plain" else record(2, http(b"y" * 99), length=7)
    members.insert(4, b"nothing of a record" * 9)
    content = b"".join(members)
    whole = read(content)
    assert told(whole) == ["0", "1", "!", "3", "!", "4"]
    if coding == "plain":
        offsets = record_offsets(io.BytesIO(content), 1)
        assert offsets == [item.offset for item in whole if isinstance(item, Record)]
        every = [sorted(random.Random(n).sample(offsets[1:], n % len(offsets))) for n in range(40)]
    else:
        every = [list(range(size, len(content), size)) for size in (1, 7, 100, 999, 5_000)]
        every += [[cut] for cut in range(0, len(content), 13)]
    for cuts in every:
        assert read(content, cuts) == whole


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("victim", range(5))
def test_a_flipped_bit_costs_its_record(coding: str, victim: int) -> None:
    """Any bit of a member: that record at most is not read, the damage is named at it, all others are as they were."""
    good = read(b"".join(packed(some(), coding)))
    members = packed(some(), coding)
    start = sum(map(len, members[:victim]))
    draw = random.Random(victim)
    for _ in range(60):
        at = draw.randrange(len(members[victim]))
        wrong = bytearray(members[victim])
        wrong[at] ^= 1 << draw.randrange(8)
        items = read(b"".join([*members[:victim], bytes(wrong), *members[victim + 1 :]]))
        records = [item for item in items if isinstance(item, Record) and item.offset != start]
        assert records == [item for item in good if item.offset != start]
        damage = [item for item in items if isinstance(item, Damage)]
        assert all(start <= item.offset <= start + len(wrong) for item in damage)
        assert all(item.detail.isprintable() for item in damage)
        if coding == "gzip" and not damage:  # a bit that says nothing of the content
            assert items == good


@pytest.mark.parametrize("coding", CODINGS)
def test_every_cut(coding: str) -> None:
    """A file that ends anywhere gives the records that are whole, and one place where it ends, if within a record."""
    members = packed(some(3), coding)
    content = b"".join(members)
    for cut in range(0, len(content), 11):
        items = read(content[:cut])
        whole = sum(sum(map(len, members[: n + 1])) <= cut + 4 * (coding == "plain") for n in range(3))
        assert told(items)[:whole] == ALL[:whole]
        assert len(items) <= whole + 1


def test_damage_within_one_member_for_the_whole_file() -> None:
    """Of a file in one gzip member, all before the flipped bit is read, down to the record that holds it."""
    records = [record(n, http(random.Random(n).randbytes(3_000))) for n in range(200)]
    content = bytearray(gzip.compress(b"".join(records), mtime=0))
    assert told(read(bytes(content))) == [str(n) for n in range(200)]
    content[len(content) // 2] ^= 0xFF
    items = read(bytes(content))
    # Random bytes hardly compress, and are stored: the damage shows in the check sum alone, or near its place.
    assert len(items) > 95
    assert told(items)[-1] == "!"
    assert told(items)[:95] == [str(n) for n in range(95)]


def test_a_wrong_record_within_one_member() -> None:
    """Within a member too, reading goes on at the next record, whatever the wrong length jumps over."""
    for length in (3, "", "many", "-1", 9_000, LIMIT + 5, 10**17, 10**30):
        records = some()
        records[1] = record(1, http(b"y" * 999), length=length)
        assert told(read(gzip.compress(b"".join(records)))) == ["0", "!", "2", "3", "4"], length
        assert told(read(b"".join(records))) == ["0", "!", "2", "3", "4"], length
        assert told(read(b"".join(packed(records, "gzip")))) == ["0", "!", "2", "3", "4"], length


@pytest.mark.parametrize("apart", [b"", b"\r\n", b"\n", b"\r\n\r\n\r\n", b"\n\n\n\n", b"\r\n" * 500])
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("version", ["0.17", "0.18", "1.0", "1.1"])
def test_line_ends(apart: bytes, end: bytes, version: str) -> None:
    """Records apart by any number of line ends, header lines that end in LF alone, versions old and new."""
    records = some(apart=apart, end=end, version=version)
    for coding in CODINGS:
        assert told(read(b"".join(packed(records, coding)))) == ALL
    assert told(read(gzip.compress(b"".join(records)))) == ALL


def test_headers_as_tools_write_them() -> None:
    """Folded lines, lines without a colon, names in any case, a name twice, bytes of Latin-1, brackets, blanks."""
    block = http()
    head = (
        b"WARC/1.0 \r\nwarc-type : Response\r\nWARC-Target-URI:\t<https://www.vietnam.vn/fr/a>\r\n"
        b"WARC-Target-URI: https://elsewhere.example/\r\nno colon here\r\nWARC-Date: 2025-10-23\r\n T04:04:10Z\r\n"
        b"X: \xe9\xff\r\nContent-Length:%d\r\n\r\n"
    )
    [item] = read(head % len(block) + block)
    assert isinstance(item, Record)
    assert (item.type, item.url, item.block) == ("response", "https://www.vietnam.vn/fr/a", block)
    assert item.headers["warc-date"] == "2025-10-23 T04:04:10Z"
    assert item.headers["x"] == "éÿ"


@pytest.mark.parametrize("padding", [b"\0" * 70_000, b"\r\n" * 9, b"\n\0\0"])
def test_padding_at_the_end_is_no_damage(padding: bytes) -> None:
    """Zeros and line ends behind the last record are what tapes, disks and editors leave."""
    assert told(read(b"".join(packed(some(), "gzip")) + padding)) == ALL


def test_files_of_both_kinds_put_together() -> None:
    """Members behind plain records and plain records behind members: what `cat` makes of two archives."""
    plain, members = b"".join(some(2)), b"".join(packed(some(), "gzip")[2:])
    assert told(read(plain + members)) == ALL
    assert told(read(b"".join(packed(some(2), "gzip")) + b"".join(some()[2:]))) == ALL
    assert told(read(plain + b"garbage" + members)) == ["0", "1", "!", "2", "3", "4"]


def test_what_is_no_archive() -> None:
    """One damage, at its beginning; nothing at all in an empty file."""
    assert read(b"") == []
    assert read(gzip.compress(b"")) == []
    noise = random.Random(1).randbytes(600_000)
    for content in (b"<html>" * 1000, noise, gzip.compress(noise), b"\x1f", b"\x1f\x8b\x08", b"WARC", b"WARC/1.0\r\n"):
        assert told(read(content)) == ["!"], content[:9]


def test_blocks_over_the_limit_are_not_held() -> None:
    """The record comes without its block, and what is behind it is read."""
    records = [*some(2), record(2, http(b"z" * 70_000)), *some()[3:]]
    for content in (b"".join(records), b"".join(packed(records, "gzip")), gzip.compress(b"".join(records))):
        items = read(content, limit=60_000)
        assert told(items) == ALL
        assert [isinstance(i, Record) and i.block is None for i in items] == [False, False, True, False, False]


def test_zstandard_with_a_dictionary() -> None:
    """The first frame may hold the dictionary of all others, packed or not; ranges need it too."""
    dictionary = zstandard.train_dictionary(2_000, [r[:200] + bytes([i]) for i in range(40) for r in some()])
    compressor = zstandard.ZstdCompressor(dict_data=dictionary)
    frames = [compressor.compress(r) for r in some()]
    for kept in (dictionary.as_bytes(), zstandard.compress(dictionary.as_bytes())):
        content = struct.pack("<II", 0x184D2A5D, len(kept)) + kept + b"".join(frames)
        assert packing(io.BytesIO(content)) == "zstd"
        assert told(read(content)) == ALL
        assert told(read(content, range(500, len(content), 700))) == ALL


def test_a_bomb_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A member that expands beyond all measure is damage; what is behind it is read."""
    from pipelines.archives import contents

    monkeypatch.setattr(contents, "_ALWAYS_READ", 2**20)
    bomb = zlib.compressobj(9, wbits=31)
    content = bomb.compress(some()[0] + b"\n" * 20_000_000) + bomb.flush()
    for coding, member in (("gzip", content), ("zstd", zstandard.compress(some()[0] + b"\n" * 2_000_000_0))):
        [*_, damage, last] = read(member + packed(some(2), coding)[1])
        assert isinstance(damage, Damage)
        assert "expands" in damage.detail
        assert isinstance(last, Record)


def test_reading_raises_what_the_file_raises() -> None:
    """An error of the disk is not damage of a record."""

    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 1_000:
                raise OSError("the disk is gone")
            return super().read(min(600, size or 0))

    with pytest.raises(OSError, match="the disk is gone"):
        list(read_records(Failing(b"".join(some())), limit=LIMIT))


@settings(max_examples=150, deadline=None)
@given(
    coding=st.sampled_from([*CODINGS, "one"]),
    edits=st.lists(
        st.tuples(st.floats(0, 1), st.sampled_from(["flip", "cut", "insert"]), st.binary(max_size=9)), max_size=3
    ),
    data=st.data(),
)
def test_anything_can_be_read(coding: str, edits: list[tuple[float, str, bytes]], data: Any) -> None:
    """However bytes are changed, lost and put in: reading ends, places are in the file and rise, ranges agree."""
    records = [record(n, http(b"%d " % n * 99)) for n in range(4)]
    content = gzip.compress(b"".join(records)) if coding == "one" else b"".join(packed(records, coding))
    for where, what, put in edits:
        at = int(where * len(content))
        if what == "flip":
            content = content[:at] + bytes(b ^ 0x55 for b in content[at : at + 1]) + content[at + 1 :]
        else:
            content = content[:at] + put * (what == "insert") + content[at + (what == "cut") * len(put) :]
    items = read(content)
    places = [item.offset for item in items]
    assert places == sorted(places)
    assert all(0 <= place <= len(content) for place in places)
    if packing(io.BytesIO(content)) is None:
        bounds = record_offsets(io.BytesIO(content), 1)[1:]
        cuts = data.draw(st.lists(st.sampled_from(bounds), unique=True)) if bounds else []
    else:
        cuts = data.draw(st.lists(st.integers(1, max(1, len(content))), unique=True, max_size=6))
    assert read(content, sorted(cuts)) == items


def test_shards_of_a_file_on_disk(tmp_path: Path) -> None:
    """The same through a file as through memory: others read from it in between."""
    content = written(1, True)
    path = tmp_path / "a.warc.gz"
    path.write_bytes(content)
    with path.open("rb") as stream:
        items = []
        for item in read_records(stream, limit=2**24):
            items.append(item)
            stream.seek(3)
    assert items == read(content, limit=2**24)


@pytest.mark.parametrize("coding", CODINGS)
def test_many_wrong_lengths_are_not_read_again_and_again(coding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is one damage; of a block that is not there whole nothing is copied."""
    taken = 0
    take = DecodedContent.take

    def counted(self: DecodedContent, size: int) -> bytes:
        nonlocal taken
        found = take(self, size)
        taken += len(found)
        return found

    monkeypatch.setattr(DecodedContent, "take", counted)
    content = record(1, b"x" * 100, length=900_000) * 2_000
    found = read(b"".join(packed([content], coding)))
    assert len(found) == 2_000
    assert all(isinstance(item, Damage) for item in found)
    assert taken < 3 * len(content)


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
@pytest.mark.parametrize("between", [b"x", b"xy", b"\x1f", b"(", b"x" * 80, b"x" * 5_000])
def test_a_member_right_behind_stray_bytes_is_read(coding: str, between: bytes) -> None:
    """One byte or many that are no member are one damage, and none of them costs the record behind them."""
    members = packed(some(), coding)
    for at in (1, 4):
        content = b"".join([*members[:at], between, *members[at:]])
        assert told(read(content)) == [*ALL[:at], "!", *ALL[at:]]
        [damage] = [item for item in read(content) if isinstance(item, Damage)]
        assert damage.offset == sum(map(len, members[:at]))


@pytest.mark.parametrize("coding", CODINGS)
def test_zeros_are_padding_only_at_the_end(coding: str) -> None:
    """Between records they are damage, which costs none of the records."""
    members = packed(some(), coding)
    for zeros in (1, 40, 70_000):
        content = b"".join([*members[:2], b"\0" * zeros, *members[2:]])
        assert told(read(content)) == ["0", "1", "!", "2", "3", "4"]
        if coding != "plain":
            assert told(read(b"".join(members) + b"\0" * zeros)) == ALL
