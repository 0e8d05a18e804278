"""Articles as the bytes that are stored: what comes back, what is damaged, and what makes two records the same."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest
import zstandard
from making_articles import make_article

from pipelines.models import NOT_ARTICLE, Article, Stripped
from pipelines.rights import Rights, Signal
from pipelines.storage.articles import version_order
from pipelines.storage.errors import DamagedLinesError, DamagedRecordError
from pipelines.storage.records import Codec, pack, record_hash

SEEN: dict[str, Any] = {"url": "https://www.vietnam.vn/fr/a", "host": "www.vietnam.vn", "fetched_at": None}


def frame(size: int) -> bytes:
    """The head of a compressed frame that tells of so many bytes."""
    return struct.pack("<IBQ", 0xFD2FB528, 0b11100000, size) + b"\x01\x00\x00"


SOUND = pack(make_article("a")).payload()
DAMAGED: dict[str, Any] = {
    "a text": "no bytes",
    "nothing": b"",
    "no frame": b"\x00" * 40,
    "cut off": zstandard.compress(SOUND)[:-5],
    "no text": zstandard.compress(b"\xff\xff"),
    "no JSON": zstandard.compress(SOUND[:-5]),
    "lists without end": zstandard.compress(b"[" * 100_000),
    "more bytes than a machine has": frame(2**45),
    "more bytes than can be counted": frame(2**63 - 1),
    "more bytes than there are": frame(2**64 - 2),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_is_damaged_is_told_as_that(name: str) -> None:
    """Whatever a flipped bit makes of it: the rows beside it are read on."""
    codec = Codec()
    for read in (lambda data: codec.record(data, None, None), codec.decompress):
        if name in ("no text", "no JSON", "lists without end") and read == codec.decompress:
            continue  # these are sound bytes
        with pytest.raises(DamagedRecordError, match="damaged"):
            read(DAMAGED[name])
    with pytest.raises(DamagedLinesError):
        codec.record(codec.compress(SOUND), DAMAGED[name], codec.compress(b"[]"))


@pytest.mark.parametrize("content", [[], "text", None, 7])
def test_a_record_that_is_no_object_is_damaged(content: object) -> None:
    """It is JSON, and no record."""
    codec = Codec()
    with pytest.raises(DamagedRecordError, match="no object"):
        codec.record(codec.compress(json.dumps(content).encode()), None, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"paragraphs": "a text"},
        {"alternates": [1]},
        {"extractor": None},
        {"images": [{"src": "x", "width": 1}]},
        {"language_score": "high"},
    ],
)
def test_a_record_of_other_types_is_damaged(changes: dict[str, Any]) -> None:
    """An article of it would break whoever reads it."""
    codec = Codec()
    with pytest.raises(DamagedRecordError, match="its record is"):
        codec.article(
            codec.compress(json.dumps({**json.loads(SOUND), **changes}).encode()),
            stripped=None,
            boilerplate=None,
            **SEEN,
        )


def test_rights_that_are_none_are_damage() -> None:
    """They stand in a row of their own; sound ones come with the article."""
    codec, packed = Codec(), Codec().compress(SOUND)
    with pytest.raises(DamagedRecordError):
        codec.article(packed, stripped=None, boilerplate=None, **SEEN, rights="{no json")
    said = Rights((Signal("meta robots", "noai", {"train-ai": "disallowed"}),))
    found = codec.article(packed, stripped=None, boilerplate=None, **SEEN, rights=json.dumps(said.plain()))
    assert (found.rights, found.url) == (said, SEEN["url"])
    assert found.paragraphs == make_article("a").paragraphs


def test_lines_that_are_shared_come_back_in_their_place() -> None:
    """What all pages have is kept once; without it the lines are damaged, and the rest is not."""
    codec = Codec()
    packed = pack(make_article("a"))
    lines = packed.lines()
    assert lines is not None
    shared = codec.compress(lines)
    found = codec.record(codec.compress(packed.payload(lines=False)), codec.compress(lines), shared)
    assert found == json.loads(packed.payload())
    assert list(found) == list(json.loads(packed.payload()))
    with pytest.raises(DamagedLinesError, match="not there"):
        codec.record(codec.compress(packed.payload(lines=False)), codec.compress(lines), None)
    assert pack(make_article("a", stripped=(), stripped_at=())).lines() is None


def test_what_is_empty_is_not_stored() -> None:
    """And comes back as it was: an empty list, nothing; a zero and an empty text are values."""
    article = make_article("a", tags=(), lead=None, publisher="", comment_count=0)
    record = pack(article).record
    assert "tags" not in record
    assert "lead" not in record
    assert (record["publisher"], record["comment_count"]) == ("", 0)
    assert "url" not in record  # in a column: it changes with every sighting


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        ({"url": "https://vjs.vietnam.vn/fr/a", "fetched_at": "2025-11-01T00:00:00Z"}, True),  # another sighting
        ({"title": "Autre", "paragraphs": ("Autre.",), "lead": "Autre"}, True),  # the content has a hash of its own
        ({"publisher": "Báo khác"}, False),
        ({"stripped": (Stripped(text="Bình luận (1)", rule="comment-line"),), "stripped_at": (2,)}, False),
    ],
)
def test_a_record_is_the_same_where_nothing_of_the_article_has_changed(changes: dict[str, Any], is_same: bool) -> None:
    """Then a sighting costs a timestamp."""
    base: dict[str, Any] = {
        "stripped": (Stripped(text="Bình luận (0)", rule="comment-line"),), "stripped_at": (2,)
    }  # fmt: skip
    first = pack(make_article("a", **base)).record_hash
    assert (pack(make_article("a", **{**base, **changes})).record_hash == first) is is_same


def _hash(*lines: tuple[str, str], at: tuple[int, ...] | None = None) -> bytes:
    stripped = tuple(Stripped(text=text, rule=rule) for text, rule in lines)
    places = tuple(range(len(lines))) if at is None else at
    return pack(make_article("a", stripped=stripped, stripped_at=places)).record_hash


def test_menus_and_boxes_of_other_articles_do_not_count() -> None:
    """They change from day to day; a line of the article itself does, and so does its place."""
    beside = f"{NOT_ARTICLE}menu"
    line = ("Bình luận (0)", "comment-line")
    first = _hash(("Trang chủ", beside), line, at=(0, 2))
    assert _hash(("Đọc nhiều", beside), line, at=(1, 2)) == first
    assert _hash(("Trang chủ", beside), ("Đọc nhiều", beside), line, at=(0, 1, 2)) == first
    assert _hash(("Trang chủ", beside), ("Bình luận (1)", "comment-line"), at=(0, 2)) != first
    assert _hash(("Trang chủ", beside), line, at=(0, 3)) != first
    assert _hash(line, at=(2,)) == first


@pytest.mark.parametrize("places", [None, 7, [], [0], [0, 1, 2], "ab"])
def test_places_that_fit_no_lines_are_compared_as_they_are(places: object) -> None:
    """An older program, or damage: a hash is made of anything."""
    lines = [{"text": "Trang chủ", "rule": f"{NOT_ARTICLE}menu"}, {"text": "x", "rule": "byline"}]
    found = record_hash({"stripped": lines, "stripped_at": places})
    assert len(found) == 16
    assert found != record_hash({"stripped": lines, "stripped_at": [5]})


def test_the_hash_of_a_record_is_that_of_stores_that_are_there() -> None:
    """With another one every text would be told anew after an update."""
    assert record_hash({"publisher": "Báo A", "tags": ["x"]}).hex() == "d62da73485fe585817191d8d9fc5fb01"


@pytest.mark.parametrize(
    ("older", "newer"),
    [("1.9", "1.10"), ("1", "2"), ("1.2", "1.2.1"), ("1.0rc1", "1.0.1"), ("a", "1"), ("", "0"), ("2.9.9", "10")],
)
def test_versions_are_ordered_as_people_do(older: str, newer: str) -> None:
    """Numbers as numbers; a number is newer than a word."""
    assert version_order(older) < version_order(newer)


def test_an_article_of_any_script_comes_back() -> None:
    """To the letter, also half of a character."""
    codec = Codec()
    for language in ("vi", "ar", "hi", "th"):
        article: Article = make_article("a", language, title="x\ud800y")
        packed = pack(article)
        place = {"url": article.url, "host": article.host, "fetched_at": article.fetched_at}
        found = codec.article(codec.compress(packed.payload()), stripped=None, boilerplate=None, **place)
        assert found == article
        assert packed.content_sha256 == article.content_sha256
