"""Words of languages that write no spaces, by a segmenter of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.unicode.differences import difference, pieces
from pipelines.unicode.segments import segments

pytest.importorskip("budoux")

CODES = ("ja", "th", "zh", "zh-cn", "zh-tw", "zh-Hant", "km", "lo", "my", "en", "xx")


@pytest.mark.parametrize(
    ("language", "old", "new", "removed", "added"),
    [
        ("ja", "水上市場は夜明けに開きます。", "水上市場は正午に開きます。", ["夜明けに"], ["正午に"]),
        ("zh-cn", "水上市场每天清晨开放。", "水上市场每天傍晚开放。", ["清晨"], ["傍晚"]),
        ("th", "ตลาดน้ำเปิดตอนเช้า", "ตลาดน้ำเปิดตอนเย็น", ["เช้า"], ["เย็น"]),
    ],
)
def test_whole_words_change(language: str, old: str, new: str, removed: list[str], added: list[str]) -> None:
    """Not the letters that two words do not share."""
    found = difference(old, new, language)
    assert [piece.text for piece in found if piece.kind == "old"] == removed
    assert [piece.text for piece in found if piece.kind == "new"] == added


@given(st.text(alphabet="東京は雨。水上市场 ตลาดน้ำ ផ្សារ ab1", max_size=40), st.sampled_from(CODES))
def test_every_letter_is_in_one_part(text: str, language: str) -> None:
    """Whatever the language says."""
    assert "".join(pieces(text, language)) == text
    assert "".join(segments(text, language)) == text
