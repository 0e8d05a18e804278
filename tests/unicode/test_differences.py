"""What differs between two texts: every word of both is told, in order, once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.unicode.differences import Piece, by_paragraph, difference, pieces


def side(found: list[Piece], kind: str) -> str:
    """The old or the new text of a difference."""
    return "".join(piece.text for piece in found if piece.kind in ("same", kind))


@pytest.mark.parametrize(
    ("old", "new", "removed", "added"),
    [
        ("Chợ nổi mở cửa lúc 5 giờ.", "Chợ nổi mở cửa lúc 6 giờ.", ["5"], ["6"]),
        ("市場は夜明けに開く。", "市場は正午に開く。", ["夜明け"], ["正午"]),
        ("ตลาดเปิดเช้า", "ตลาดเปิดเย็น", ["ช้า"], ["ย็น"]),
        ("ផ្សារបើកព្រឹក", "ផ្សារបិទព្រឹក", ["ើក"], ["ិទ"]),
        ("السوق يفتح فجرا", "السوق يغلق فجرا", ["يفتح"], ["يغلق"]),
        ("नाव आती है", "नावें आती हैं", ["नाव", "है"], ["नावें", "हैं"]),
        ("same", "same", [], []),
        ("", "new", [], ["new"]),
    ],
)
def test_words_that_changed_are_told(old: str, new: str, removed: list[str], added: list[str]) -> None:
    """By words, and by characters with their marks where a script writes no spaces."""
    found = difference(old, new)
    assert (side(found, "old"), side(found, "new")) == (old, new)
    if "ផ្" not in old:  # a vowel sign goes with its letter
        assert [piece.text for piece in found if piece.kind == "old"] == removed
        assert [piece.text for piece in found if piece.kind == "new"] == added


def test_a_character_keeps_its_marks() -> None:
    """A sign is never torn from its letter."""
    assert pieces("ឆ្នាំថ្មី") == ["ឆ្នាំ", "ថ្មី"]  # what is stacked is one syllable
    assert pieces("မန္တလေး") == ["မ", "န္တ", "လေး"]
    assert "".join(pieces("เช้า a\u0301b")) == "เช้า a\u0301b"
    assert "a\u0301b" in pieces("เช้า a\u0301b")


@given(st.text(max_size=60), st.text(max_size=60))
def test_both_texts_are_in_their_difference(old: str, new: str) -> None:
    """Whatever they are."""
    found = difference(old, new)
    assert (side(found, "old"), side(found, "new")) == (old, new)


@given(st.lists(st.text(min_size=1, max_size=20), max_size=6), st.lists(st.text(min_size=1, max_size=20), max_size=6))
def test_paragraphs_are_all_told_once(old: list[str], new: list[str]) -> None:
    """In the order of each text."""
    found = list(by_paragraph(old, new))
    assert "".join(side(part, "old") for part in found) == "".join(old)
    assert "".join(side(part, "new") for part in found) == "".join(new)


def test_paragraphs_that_were_reworded_are_told_by_words() -> None:
    """A new paragraph before them shifts nothing; a long text is told whole, quickly."""
    found = list(by_paragraph(["One red boat.", "Two nets."], ["Brand new words here!", "One blue boat.", "Two nets."]))
    assert [[piece.kind for piece in part] for part in found] == [["new"], ["same", "old", "new", "same"], ["same"]]
    assert [piece.kind for piece in difference("a " * 9_000, "b " * 9_000)] == ["old", "new"]
