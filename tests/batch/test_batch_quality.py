"""Quality columns, pieces and shingles, each beside what looks like it and is not."""

from __future__ import annotations

from collections import Counter

import pytest

from pipelines.batch.shingles import normalised, pieces, shingles
from pipelines.models import Article
from pipelines.quality import foreign_script_share, is_truncated, quality


def article(*paragraphs: str, script: str = "Latn", untranslated: tuple[int, ...] = ()) -> Article:
    """An article of these paragraphs."""
    return Article(
        url=None,
        language_script=script,
        paragraphs=paragraphs,
        kinds=("paragraph",) * len(paragraphs),
        untranslated=untranslated,
        extractor="test",
        extractor_version="1",
    )


def test_all_columns_of_an_article() -> None:
    """Counts and shares, to four digits."""
    found = quality(article("Two words.", "Two words.", "Năm 2025 đã qua", untranslated=(2,)))
    assert found == {
        "words": 8,
        "mean_word_length": 3.5,
        "digit_share": 0.1333,
        "foreign_script_share": 0.0,
        "repeated_line_share": 0.3333,
        "untranslated_share": 0.4286,
        "truncated_end": False,
        "mojibake": 0,
    }


def test_an_article_without_text() -> None:
    """Nothing divides by zero."""
    assert not any(quality(article()).values())


@pytest.mark.parametrize(
    ("text", "script", "share"),
    [
        ("Hà Nội", "Latn", 0.0),
        ("abc Дa", "Latn", 0.2),
        ("東京とソウル", "Jpan", 0.0),
        ("東京 서울", "Kore", 0.0),
        ("東京 서울", "Hani", 0.5),
        ("กขค abc", "Thai", 0.5),
        ("12 % — !", "Latn", 0.0),
        ("abc", None, 0.0),
        ("abc", "Zzzz", 0.0),
    ],
)
def test_foreign_script(text: str, script: str | None, share: float) -> None:
    """Letters of another script than the article's; signs and digits have none; an unknown script says nothing."""
    assert foreign_script_share(Counter(text), script) == share


def test_every_script_of_the_language_table_is_known() -> None:
    """A script that is missing here would silently count as no foreign letters at all."""
    from pipelines.languages import LANGUAGES

    scripts = {language.script for language in LANGUAGES.values()}
    assert len(scripts) > 10
    for script in scripts:
        assert foreign_script_share(Counter("\u16a0\u16a1"), script) == 1.0, script  # runes are foreign everywhere


LONG = "The delegation visited four provinces and met the farmers of the"


@pytest.mark.parametrize(
    "end",
    [f"{LONG} delta", f"{LONG} delta,", "Read more …", "And so on...", "To be continued [...]", "It ended ( … )"],
)
def test_truncated(end: str) -> None:
    """An ellipsis at the very end, or a long last line without a full stop."""
    assert is_truncated(["Whole.", end])


@pytest.mark.parametrize(
    "end",
    [
        f"{LONG} delta.",
        f"{LONG} delta!”",
        f"{LONG} delta (Vietnam+)",
        "HA KIEN",
        "Photo: Le Minh, Can Tho",
        "คณะผู้แทนเยือนสี่จังหวัดและพบเกษตรกรในพื้นที่ลุ่มแม่น้ำโขง",
        "代表団は四つの省を訪れ、農家と会った。",
        "प्रतिनिधिमंडल ने चार प्रांतों का दौरा किया और किसानों से मुलाकात की।",
        "It cost 12 … and was worth it.",
    ],
)
def test_not_truncated(end: str) -> None:
    """Full stops of any script, signatures, scripts that write none, an ellipsis within."""
    assert not is_truncated(["Whole.", end])


def test_mojibake_is_suspected() -> None:
    """UTF-8 read as Latin-1 has marks of it; Vietnamese as it should be has none."""
    right = "Thủ tướng đã thăm các tỉnh đồng bằng sông Cửu Long và gặp nông dân."
    wrong = right.encode().decode("cp1252", "replace")
    assert quality(article(right))["mojibake"] == 0
    assert quality(article(wrong))["mojibake"] > 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hà Nội, 2025!", ["Hà", "Nội", "2025"]),
        ("東京で", ["東", "京", "で"]),
        ("ที่นี่", ["ที่", "นี่"]),
        ("हिन्दी भाषा।", ["हिन्दी", "भाषा"]),
        ("a_b-c", ["a", "b", "c"]),
        ("e\u0301tude", ["e\u0301tude"]),
        ("", []),
    ],
)
def test_pieces(text: str, found: list[str]) -> None:
    """Marks stay with their letters; scripts without spaces give letters."""
    assert pieces(text) == found


def test_shingles_of_short_texts() -> None:
    """A text of up to three words is its own shingle, so that it has one."""
    assert shingles(normalised(pieces("One, two"))) == ["one two"]
    assert shingles(normalised(pieces("One two three four"))) == ["one two three", "two three four"]
    assert shingles(normalised([])) == [""]
