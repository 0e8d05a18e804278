"""What was taken down leaves an archive with all that belongs to it; other bytes stay as they are."""

from __future__ import annotations

import gzip
import os
import random
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from by_hand import URL, http, packed, record
from processes import fork, wait
from warcio.archiveiterator import ArchiveIterator

from pipelines.archives import Damage, Record, read_records, rewriting
from pipelines.archives.cdxj import write_indexes
from pipelines.archives.cutting import CutFile, cut
from pipelines.archives.digests import sha1_of
from pipelines.archives.folder import UnreadPlace, claim
from pipelines.archives.wacz import write_wacz

SECRET = "der Reiher stand bis zum Morgen im Mondlicht"
GONE = URL.format(1)
ID = "<urn:uuid:00000000-0000-4000-8000-{:012}>"


class Moves:
    """What a store keeps of the files that were written anew."""

    def __init__(self) -> None:
        self.done: dict[tuple[str, str | None], Mapping[int, int]] = {}

    def moved(self, old: str, new: str | None, offsets: Mapping[int, int]) -> None:
        """Keep it."""
        self.done[old, new] = offsets

    def is_moved(self, old: str, new: str | None) -> bool:
        """Whether it was kept."""
        return (old, new) in self.done


def is_doomed(url: str) -> bool:
    """The one address that goes, however it is asked for."""
    return url.partition("?")[0] == GONE


def take_down(
    folder: Path,
    places: Mapping[str, Collection[int]] | None = None,
    *,
    moves: Moves | None = None,
    doomed: Callable[[str], bool] = is_doomed,
    dry_run: bool = False,
) -> tuple[list[CutFile], Moves, list[UnreadPlace]]:
    """Cut, and what was told."""
    moves, told = moves or Moves(), []
    made = cut(
        folder,
        doomed,
        places or {},
        moved=moves.moved,
        is_moved=moves.is_moved,
        dry_run=dry_run,
        tell=told.append,
    )
    return list(made), moves, told


def page(number: int, *, text: str = "") -> bytes:
    """A page that does not compress to nothing."""
    noise = random.Random(number).randbytes(200).hex()
    return http(f"<p>page {number} {noise} {text}</p>".encode())


def secret(number: int = 1) -> bytes:
    """The page that goes."""
    return page(number, text=SECRET)


def plain(content: bytes) -> bytes:
    """All that can be unpacked of a file, with its own bytes."""
    found, at = [content], 0
    while (at := content.find(b"\x1f\x8b\x08", at)) >= 0:
        decoder = zlib.decompressobj(31)
        for n in range(at, len(content)):
            try:
                found.append(decoder.decompress(content[n : n + 1]))
            except zlib.error:
                break
        at += 1
    return b"".join(found)


def is_there(folder: Path, text: str = SECRET) -> bool:
    """Whether a text stands in any byte of any file."""
    return any(text.encode() in plain(path.read_bytes()) for path in folder.rglob("*") if path.is_file())


def ids(content: bytes) -> list[str]:
    """The records' numbers, in their order."""
    found = read_records(BytesIO(content), limit=None)
    return [item.headers["warc-record-id"][-13:-1].lstrip("0") for item in found if isinstance(item, Record)]


def group(number: int, block: bytes, *, url: int | None = None) -> list[bytes]:
    """A response with its request and what is told of it, numbered `number`, `number` + 100 and + 200."""
    digest = payload(block)
    with_it = f"WARC-Concurrent-To: {ID.format(number)}"
    made = [
        record(number, block, headers=[digest]),
        record(number + 100, b"GET / HTTP/1.1\r\n\r\n", kind="request", headers=[with_it]),
        record(number + 200, b"via: x\r\n", kind="metadata", headers=[f"WARC-Refers-To: {ID.format(number)}"]),
    ]
    address = URL.format(number if url is None else url).encode()
    return [
        one.replace(URL.format(n).encode() + b"\r\n", address + b"\r\n")
        for one, n in zip(made, (number, number + 100, number + 200), strict=True)
    ]


@pytest.mark.parametrize("coding", ["gzip", "plain", "zstd"])
def test_a_record_goes_with_all_that_belongs_to_it(tmp_path: Path, coding: str) -> None:
    """Other members stay byte by byte, at the offsets that are told; a second call does nothing."""
    name = {"gzip": "a.warc.gz", "plain": "a.warc", "zstd": "a.warc.zst"}[coding]
    information = record(99, b"software: x\r\n", kind="warcinfo").replace(b"WARC-Target-URI: ", b"X-Y: ")
    records = [information, *group(2, page(2)), *group(1, secret()), *group(3, page(3))]
    members = packed(records, coding)
    (tmp_path / name).write_bytes(b"".join(members))
    (tmp_path / "other.warc.gz").write_bytes(gzip.compress(record(8, page(8))))
    assert list(write_indexes(tmp_path))
    other = (tmp_path / "other.warc.gz").read_bytes()
    dry, _, _ = take_down(tmp_path, dry_run=True)
    assert (tmp_path / name).exists()
    made, moves, told = take_down(tmp_path)
    assert (made, told) == (dry, [])
    assert [(one.file, one.records, one.of_records, one.copies) for one in made] == [(name, 3, 10, 0)]
    assert made[0].bytes == sum(map(len, members[4:7]))
    staying = members[:4] + members[7:]
    ((old, new), offsets), *more = moves.done.items()
    assert (old, more) == (name, [])
    assert new is not None
    assert (tmp_path / new).read_bytes() == b"".join(staying)
    assert not (tmp_path / name).exists()
    for n, member in enumerate(members):
        if n in (4, 5, 6):
            continue
        at = offsets[sum(map(len, members[:n]))]
        assert b"".join(staying)[at : at + len(member)] == member
    assert sum(map(len, members[:4])) not in offsets or coding == "plain"
    assert GONE.encode() not in (tmp_path / f"{new}.cdxj").read_bytes()
    assert not (tmp_path / f"{name}.cdxj").exists()
    assert (tmp_path / "other.warc.gz").read_bytes() == other
    assert not is_there(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert take_down(tmp_path, moves=moves)[0] == []
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def revisit(number: int, *headers: str, kind: str = "revisit") -> bytes:
    """A record without a payload of its own."""
    return record(number, b"HTTP/1.1 200 OK\r\n\r\n", kind=kind, headers=headers)


def payload(block: bytes) -> str:
    """The header with a block's digest."""
    body = block.partition(b"\r\n\r\n")[2]
    return f"WARC-Payload-Digest: {sha1_of(body)}"


EMPTY = http(b"")
BELONGING: dict[str, tuple[bytes, bool]] = {
    "revisit by id": (revisit(5, f"WARC-Refers-To: {ID.format(1)}"), True),
    "revisit by address": (revisit(5, f"WARC-Refers-To-Target-URI: {GONE}"), True),
    "revisit by digest": (revisit(5, payload(secret())), True),
    "revisit of another": (revisit(5, payload(page(7)), f"WARC-Refers-To: {ID.format(7)}"), False),
    "same payload": (record(5, secret()), True),
    "same payload, its digest told": (record(5, secret(), headers=[payload(secret())]), True),
    "payload alike": (record(5, page(5)), False),
    "empty payload": (record(5, EMPTY), False),
    "same error page": (record(5, http(b"<p>gone</p>", status=b"HTTP/1.1 404 Not Found")), False),
    "redirect to it": (
        record(5, http(b"", status=b"HTTP/1.1 301 Moved", headers=[b"Location: /fr/lo-gom-1?x=1"])),
        True,
    ),
    "redirect elsewhere": (record(5, http(b"", status=b"HTTP/1.1 301 Moved", headers=[b"Location: /x"])), False),
    "link, no redirect": (record(5, http(b"<p>y</p>", headers=[b"Location: /fr/lo-gom-1"])), False),
    "its text": (record(5, b"x", kind="resource").replace(URL.format(5).encode(), f"urn:text:{GONE}".encode()), True),
    "in brackets": (record(5, page(5)).replace(URL.format(5).encode(), f"<{GONE}>".encode()), True),
    "made of it": (record(5, b"text", kind="conversion", headers=[f"WARC-Refers-To: {ID.format(1)}"]), True),
    "a segment": (record(5, b"text", kind="continuation", headers=[f"WARC-Segment-Origin-ID: {ID.format(1)}"]), True),
    "request": (record(5, b"GET", kind="request", headers=[f"WARC-Concurrent-To: {ID.format(1)}"]), True),
    "captured at once": (record(5, page(5), headers=[f"WARC-Concurrent-To: {ID.format(1)}"]), False),
    "another's address that begins alike": (record(12, page(5)), False),
}


@pytest.mark.parametrize("case", BELONGING)
@pytest.mark.parametrize("where", ["before", "behind", "other file before", "other file behind"])
def test_what_belongs_to_it_wherever_it_stands(tmp_path: Path, case: str, where: str) -> None:
    """In the same file or another one, before it or behind it."""
    more, goes = BELONGING[case]
    # An error and an empty answer of the doomed address do not doom those of others.
    own = [
        record(1, secret()),
        record(31, EMPTY).replace(URL.format(31).encode(), GONE.encode()),
        record(32, http(b"<p>gone</p>", status=b"HTTP/1.1 404 Not Found")).replace(
            URL.format(32).encode(), GONE.encode()
        ),
    ]
    other = [record(7, page(7))]
    files = {
        "before": {"b.warc": [more, *own, *other]},
        "behind": {"b.warc": [*other, *own, more]},
        "other file before": {"a.warc": [more, *other], "b.warc": own},
        "other file behind": {"b.warc": own, "c.warc": [*other, more]},
    }[where]
    for name, records in files.items():
        (tmp_path / name).write_bytes(b"".join(records))
    made, _, told = take_down(tmp_path)
    left = [n for path in sorted(tmp_path.iterdir()) for n in ids(path.read_bytes())]
    assert sorted(left) == sorted(["7"] + ([] if goes else [ids(more)[0]]))
    assert told == []
    assert sum(one.copies for one in made) == (case.startswith(("same payload", "revisit by digest")) and goes)


def test_chains(tmp_path: Path) -> None:
    """The request of a revisit of a page that goes, and what names itself with a record that goes."""
    names = f"WARC-Concurrent-To: {ID.format(22)}"
    (tmp_path / "a.warc").write_bytes(
        record(20, b"GET", kind="request", headers=[f"WARC-Concurrent-To: {ID.format(21)}"]) + record(7, page(7))
    )
    (tmp_path / "b.warc").write_bytes(record(21, b"", kind="revisit", headers=[f"WARC-Refers-To: {ID.format(1)}"]))
    (tmp_path / "c.warc").write_bytes(record(22, b"GET", kind="request") + record(1, secret(), headers=[names]))
    take_down(tmp_path)
    assert [ids(path.read_bytes()) for path in sorted(tmp_path.iterdir())] == [["7"]]


def test_places(tmp_path: Path) -> None:
    """What a store points to goes whatever its address is; what is not there is told, but not where it was moved."""
    members = packed([record(n, page(n)) for n in (2, 3, 4)], "gzip")
    (tmp_path / "a.warc.gz").write_bytes(b"".join(members))
    at = len(members[0])
    made, moves, told = take_down(tmp_path, {"a.warc.gz": [at], "none.warc.gz": [5]})
    assert [one.records for one in made] == [1]
    assert (tmp_path / "a.cut-1.warc.gz").read_bytes() == members[0] + members[2]
    assert [(one.file, "not in the archive" in one.problem) for one in told] == [("none.warc.gz", True)]
    made, _, told = take_down(tmp_path, {"a.warc.gz": [at], "a.cut-1.warc.gz": [3]}, moves=moves)
    assert (made, [(one.file, one.offset, "no record" in one.problem) for one in told]) == (
        [], [("a.cut-1.warc.gz", 3, True)],
    )  # fmt: skip


@pytest.mark.parametrize("sizes", [[9], [3, 3, 3], [1, 4, 4], [2, 1, 6]])
@pytest.mark.parametrize("gone", [[], [0], [4], [0, 1, 2], list(range(9)), [8]])
def test_members_that_are_shared(tmp_path: Path, sizes: list[int], gone: list[int]) -> None:
    """A file packed as a whole, or by threes: what stays is whole, and can be read by others."""
    records = [record(n, secret(n) if n in gone else page(n)) for n in range(9)]
    at, members = 0, []
    for size in sizes:
        members.append(gzip.compress(b"".join(records[at : at + size]), mtime=0))
        at += size
    (tmp_path / "a.warc.gz").write_bytes(b"".join(members))
    before = (tmp_path / "a.warc.gz").read_bytes()
    _, moves, told = take_down(tmp_path, doomed=lambda url: url in {URL.format(n) for n in gone})
    assert told == []
    assert not is_there(tmp_path)
    if not gone:
        assert (tmp_path / "a.warc.gz").read_bytes() == before
        return
    left = sorted(tmp_path.iterdir())
    assert [path.name for path in left] == (["a.cut-1.warc.gz"] if len(gone) < 9 else [])
    assert list(moves.done) == [("a.warc.gz", left[0].name if left else None)]
    if left:
        unpacked = BytesIO(gzip.decompress(left[0].read_bytes()))  # warcio refuses records that share a member
        urls = [item.rec_headers.get_header("WARC-Target-URI") for item in ArchiveIterator(unpacked)]
        assert urls == [URL.format(n) for n in range(9) if n not in gone]
        assert gzip.decompress(left[0].read_bytes()) == b"".join(r for n, r in enumerate(records) if n not in gone)
        (offsets,) = moves.done.values()
        places = {item.offset for item in read_records(BytesIO(left[0].read_bytes()), limit=None)}
        of_members = {sum(map(len, members[:n])) for n in range(len(members))}
        staying = {at for at in of_members if at in offsets}
        assert {offsets[at] for at in staying} >= places


def test_members_that_records_are_spread_over(tmp_path: Path) -> None:
    """Members that end anywhere, as tools that pack in parallel write them."""
    content = b"".join(record(n, secret() if n == 1 else page(n)) for n in range(4))
    members = [gzip.compress(content[at : at + 500], mtime=0) for at in range(0, len(content), 500)]
    (tmp_path / "a.warc.gz").write_bytes(b"".join(members))
    _, _, told = take_down(tmp_path)
    assert (told, is_there(tmp_path)) == ([], False)
    (left,) = tmp_path.iterdir()
    assert ids(left.read_bytes()) == ["", "2", "3"]


def test_shared_zstandard_is_told(tmp_path: Path) -> None:
    """It stays, and is named."""
    content = b"".join(packed([record(1, secret()) + record(2, page(2))], "zstd"))
    (tmp_path / "a.warc.zst").write_bytes(content)
    made, _, told = take_down(tmp_path)
    assert (made, len(told), "Zstandard" in told[0].problem) == ([], 1, True)
    assert (tmp_path / "a.warc.zst").read_bytes() == content


@pytest.mark.parametrize("coding", ["gzip", "plain"])
def test_damage(tmp_path: Path, coding: str) -> None:
    """A damaged record of a doomed address goes; one of another stays; one that tells nothing stays, and is told."""
    ending = ".warc.gz" if coding == "gzip" else ".warc"
    members = packed([record(n, secret() if n == 1 else page(n)) for n in (0, 1, 2, 3)], coding)

    def damaged(number: int, share: float) -> list[bytes]:
        wrong = bytearray(members[number])
        at = int(len(wrong) * share)
        wrong[at : at + 4] = b"\xff" * 4 if coding == "gzip" else b"\r\n\r\n"
        if coding == "plain":
            wrong = bytearray(bytes(wrong).replace(b"Content-Length: ", b"Content-Length: 1"))
        return [*members[:number], bytes(wrong), *members[number + 1 :]]

    (tmp_path / f"doomed{ending}").write_bytes(b"".join(damaged(1, 0.9)))
    (tmp_path / f"kept{ending}").write_bytes(b"".join(damaged(2, 0.9)))
    made, _, told = take_down(tmp_path)
    assert told == []
    assert (tmp_path / f"doomed.cut-1{ending}").read_bytes() == b"".join([members[0], *members[2:]])
    kept = damaged(2, 0.9)
    assert (tmp_path / f"kept.cut-1{ending}").read_bytes() == b"".join([kept[0], *kept[2:]])
    assert not is_there(tmp_path)
    unknown = b"".join(members[:1]) + b"nothing that can be read" * 9 + b"".join(members[1:])
    (tmp_path / f"unknown{ending}").write_bytes(unknown)
    _, _, told = take_down(tmp_path)
    assert [(one.file, one.offset, "it stays" in one.problem) for one in told] == [
        (f"unknown{ending}", len(members[0]), True)
    ]
    assert (tmp_path / f"unknown.cut-1{ending}").read_bytes() == unknown.replace(members[1], b"")
    assert not is_there(tmp_path)
    assert made


@pytest.mark.parametrize("kept", [0.1, 0.3, 0.6, 0.99])
@pytest.mark.parametrize("coding", ["gzip", "plain"])
def test_a_record_that_was_cut_off(tmp_path: Path, coding: str, kept: float) -> None:
    """What a kill left of it goes where it is of the address; else it stays, and nothing is told."""
    members = packed([record(2, page(2)), record(1, secret()), record(3, page(3))], coding)
    name = "a.warc.gz" if coding == "gzip" else "a.warc"
    for order, left in (([0, 2, 1], ["2", "3"]), ([1, 0, 2], ["2"])):
        torn = members[order[2]][: max(40, int(len(members[order[2]]) * kept))]
        (tmp_path / name).write_bytes(b"".join(members[n] for n in order[:2]) + torn)
        _, _, told = take_down(tmp_path)
        (path,) = tmp_path.iterdir()
        assert ids(path.read_bytes()) == left
        assert (told, is_there(tmp_path)) == ([], False)
        path.unlink()


def test_shared_members_with_damage(tmp_path: Path) -> None:
    """What can be read of the others stays; that the damaged rest goes too is told."""
    packed_as_one = bytearray(gzip.compress(b"".join(record(n, secret(n) if n < 2 else page(n)) for n in range(4))))
    packed_as_one[-60:-40] = b"\xff" * 20
    (tmp_path / "a.warc.gz").write_bytes(bytes(packed_as_one))
    _, _, told = take_down(tmp_path, doomed=lambda url: url in (URL.format(0), GONE))
    assert ["goes with what has to go" in one.problem for one in told] == [True]
    (left,) = tmp_path.iterdir()
    assert (ids(left.read_bytes()), is_there(tmp_path)) == (["2"], False)


def test_a_file_that_is_written_is_told(tmp_path: Path) -> None:
    """It stays as it is."""
    path = tmp_path / "a.warc"
    path.write_bytes(record(1, secret()))
    with path.open("ab") as stream:
        claim(stream)
        made, _, told = take_down(tmp_path)
    assert (made, len(told), path.exists()) == ([], 1, True)
    assert take_down(tmp_path)[2] == []
    assert list(tmp_path.iterdir()) == []


def test_packages_and_indexes_of_others_are_named(tmp_path: Path) -> None:
    """A WACZ and a CDX file that hold it, and one that cannot be read; not those of other pages."""
    (tmp_path / "a.warc").write_bytes(record(2, page(2)))
    write_wacz(tmp_path, tmp_path / "good.wacz")
    (tmp_path / "a.warc").write_bytes(record(2, page(2)) + record(1, secret()))
    write_wacz(tmp_path, tmp_path / "stale.wacz")
    (tmp_path / "broken.wacz").write_bytes((tmp_path / "stale.wacz").read_bytes()[:-30])
    (tmp_path / "all.cdx").write_text(f" CDX N b a\nvn,x)/ 2025 {GONE} text/html\n")
    (tmp_path / "all.cdx.gz").write_bytes(gzip.compress(f"vn,x)/ 2025 {URL.format(2)}\n".encode()))
    (tmp_path / "old.warc.gz.cdxj").write_text(f'x 2025 {{"url": "{GONE}"}}\n')
    for _ in range(2):
        _, moves, told = take_down(tmp_path)
        assert [one.file for one in told] == ["all.cdx", "broken.wacz", "old.warc.gz.cdxj", "stale.wacz"]
        assert set(moves.done) <= {("a.warc", "a.cut-1.warc")}


STEPS: Sequence[str] = ("copying", "written", "indexed", "before", "behind", "index gone", "file gone")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("number", [0, 1])
def test_kills(tmp_path: Path, step: str, number: int) -> None:
    """Wherever it is killed, the next call ends where an undisturbed one does; what was told is told once."""
    folder, journal = tmp_path / "archive", tmp_path / "journal"
    folder.mkdir()
    journal.mkdir()
    for name in "abc":
        members = packed([record(n, secret() if n == 1 else page(n)) for n in range(3)], "gzip")
        (folder / f"{name}.warc.gz").write_bytes(b"".join(members if name != "b" else members[1:2]))
    assert list(write_indexes(folder))
    (folder / ".wacz-x").mkdir()
    (folder / ".wacz-x" / "pages.jsonl").write_text(SECRET)
    moves = Moves()

    def moved(old: str, new: str | None, offsets: Mapping[int, int]) -> None:
        (journal / f"{old} {new}").write_text(str(len(offsets)))

    def is_moved(old: str, new: str | None) -> bool:
        return (journal / f"{old} {new}").exists()

    def call() -> None:
        list(cut(folder, is_doomed, {}, moved=moved, is_moved=is_moved))

    count = iter(range(100))

    def kill() -> None:
        if next(count) == number:
            os._exit(9)

    def child() -> None:
        nonlocal moved
        copy, sync, index, unlink, keep = (
            rewriting.copy, rewriting.sync_folder, rewriting.write_index, Path.unlink, moved,
        )  # fmt: skip
        with pytest.MonkeyPatch.context() as patch:
            if step == "copying":
                patch.setattr(rewriting, "copy", lambda *a: (copy(*a), kill()))
            elif step == "written":
                patch.setattr(rewriting, "sync_folder", lambda *a: (sync(*a), kill()))
            elif step == "indexed":
                patch.setattr(rewriting, "write_index", lambda *a: (index(*a), kill()))
            elif step == "before":
                moved = lambda *a: (kill(), keep(*a))  # type: ignore[assignment,return-value]  # noqa: E731
            elif step == "behind":
                moved = lambda *a: (keep(*a), kill())  # type: ignore[assignment,return-value]  # noqa: E731
            else:

                def gone(path: Path, **more: Any) -> None:
                    unlink(path, **more)
                    if path.name.endswith(".cdxj" if step == "index gone" else ".warc.gz"):
                        kill()

                patch.setattr(Path, "unlink", gone)
            call()

    assert wait(fork(child)) == 9
    call()
    assert sorted(path.name for path in folder.iterdir()) == [
        "a.cut-1.warc.gz", "a.cut-1.warc.gz.cdxj", "c.cut-1.warc.gz", "c.cut-1.warc.gz.cdxj",
    ]  # fmt: skip
    assert not is_there(folder)
    assert sorted(path.name for path in journal.iterdir()) == [
        "a.warc.gz a.cut-1.warc.gz", "b.warc.gz None", "c.warc.gz c.cut-1.warc.gz",
    ]  # fmt: skip
    assert moves.done == {}
    for name in "ac":
        content = (folder / f"{name}.cut-1.warc.gz").read_bytes()
        assert ids(content) == ["", "2"]
        assert not any(isinstance(item, Damage) for item in read_records(BytesIO(content), limit=None))


def test_many_archives_at_random(tmp_path: Path) -> None:
    """Of any records in any packing, those of doomed addresses go, and the others stay in their order, whole."""
    dice = random.Random(7)
    for round_ in range(60):
        folder = tmp_path / str(round_)
        folder.mkdir()
        doomed = {URL.format(n) for n in range(12) if dice.random() < 0.4}
        expected: list[str] = []
        number = 0
        for name in range(dice.randint(1, 3)):
            coding, records = dice.choice(["gzip", "plain", "zstd", "shared"]), []
            for _ in range(dice.randint(1, 8)):
                number += 1
                url = URL.format(dice.randrange(12))
                made = record(number + 100, page(number, text=SECRET if url in doomed else ""))
                records.append(made.replace(URL.format(number + 100).encode(), url.encode()))
                expected += [] if url in doomed else [str(number + 100)]
            if coding == "shared":
                at = dice.randrange(len(records) + 1)
                parts = [gzip.compress(b"".join(some)) for some in (records[:at], records[at:]) if some]
            else:
                parts = packed(records, coding)
            ending = {"gzip": ".gz", "shared": ".gz", "zstd": ".zst", "plain": ""}[coding]
            (folder / f"{name}.warc{ending}").write_bytes(b"".join(parts))
        _, _, told = take_down(folder, doomed=lambda url, doomed=doomed: url in doomed)  # type: ignore[misc]
        assert told == []
        left = [n for path in sorted(folder.iterdir()) for n in ids(path.read_bytes())]
        assert left == expected
        assert not is_there(folder)


def test_damage_before_an_address_does_not_hide_it(tmp_path: Path) -> None:
    """Of members that are no records, one after the damage names what has to go: the range goes."""
    members = packed([record(n, page(n)) for n in (0, 2)], "gzip")
    lost = gzip.compress(record(1, secret())[12:], mtime=0)  # its first line is gone, and the address is not
    wrong = b"\x1f\x8b\x08\0 no member" + lost
    (tmp_path / "a.warc.gz").write_bytes(members[0] + wrong + members[1])
    made, _, told = take_down(tmp_path)
    assert (len(made), told) == (1, [])
    assert (tmp_path / "a.cut-1.warc.gz").read_bytes() == b"".join(members)
