"""Which script a character is of, and the one count of words."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.batch.shingles import pieces
from pipelines.language import identify
from pipelines.models import Article
from pipelines.quality import quality
from pipelines.translations.filters import _too_few_tokens
from pipelines.unicode.script_table import RANGES, UNICODE_VERSION
from pipelines.unicode.scripts import COMMON, carrying_script, count_scripts, letters_of, script_of, script_share
from pipelines.unicode.words import UNSPACED, count_words, marks, unspaced_runs

regex = pytest.importorskip("regex")  # comes with trafilatura; its own copy of Unicode's tables is the peer

# ISO 15924 code -> the long name that `regex` knows, for scripts of the news and neighbours in the tables.
NAMES = {
    "Arab": "Arabic", "Armn": "Armenian", "Beng": "Bengali", "Bopo": "Bopomofo", "Cher": "Cherokee", "Copt": "Coptic",
    "Cyrl": "Cyrillic", "Deva": "Devanagari", "Ethi": "Ethiopic", "Geor": "Georgian", "Grek": "Greek",
    "Gujr": "Gujarati", "Guru": "Gurmukhi", "Hang": "Hangul", "Hani": "Han", "Hebr": "Hebrew", "Hira": "Hiragana",
    "Kana": "Katakana", "Khmr": "Khmer", "Knda": "Kannada", "Laoo": "Lao", "Latn": "Latin", "Mlym": "Malayalam",
    "Mong": "Mongolian", "Mymr": "Myanmar", "Orya": "Oriya", "Sinh": "Sinhala", "Syrc": "Syriac", "Taml": "Tamil",
    "Telu": "Telugu", "Thaa": "Thaana", "Thai": "Thai", "Tibt": "Tibetan",
}  # fmt: skip


def test_the_table_is_in_order_and_complete() -> None:
    """Ranges follow one another, and every script of the news is in it."""
    assert len(RANGES) > 250
    assert all(first <= last for first, last, _ in RANGES)
    assert all(a[1] < b[0] for a, b in pairwise(RANGES))
    assert set(NAMES) <= {script for _, _, script in RANGES}


def test_the_table_is_as_it_was_made() -> None:
    """Also where neither Python nor `regex` knows the characters yet: it is made anew, not by hand."""
    assert UNICODE_VERSION == "18.0.0"
    assert hashlib.sha256(repr(RANGES).encode()).hexdigest()[:16] == "d55ff62cdcb67cfa"


@cache
def _assigned_by_script() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for point in range(0x110000):
        if not 0xD800 <= point < 0xE000 and unicodedata.category(chr(point)) not in ("Cn", "Co"):
            found.setdefault(script_of(chr(point)), set()).add(chr(point))
    return found


@pytest.mark.parametrize("code", NAMES)
def test_every_assigned_character_has_the_script_that_unicode_gives_it(code: str) -> None:
    """The table and `regex` agree on all of Unicode, as far as both know the character."""
    mine = _assigned_by_script()[code]
    theirs = set(regex.findall(rf"\p{{Script={NAMES[code]}}}", "".join(map("".join, _assigned_by_script().values()))))
    # The marks and the length mark that both kana share are kana here: a run of kana is not cut at them.
    assert mine - theirs <= set("〱〲〳〴〵゛゜゠ーｰﾞﾟ"), sorted(mine - theirs)[:9]
    assert theirs <= mine
    assert mine


@given(st.sampled_from(RANGES), st.integers(0, 40))
def test_a_text_of_any_script_has_a_finding(row: tuple[int, int, str], size: int) -> None:
    """Also of scripts that no language of the news is written in: no language then, and no exception."""
    first, last, script = row
    text = "".join(chr(min(last, first + i)) for i in range(size)) * 2
    finding = identify(text)
    assert (finding.language is None) == (finding.detector == "none")
    if script in ("Ethi", "Cans", "Tibt", "Mong"):
        assert finding.language is None


@given(st.characters())
def test_every_character_has_one_script(character: str) -> None:
    """A code of four letters for whatever Python takes for a character; the class of its letters holds it or not."""
    script = script_of(character)
    assert re.fullmatch("[A-Z][a-z]{3}", script)
    if character.isalpha() and script != COMMON:
        assert re.fullmatch(f"[{letters_of(script)}]", character)


@pytest.mark.parametrize("digit", "0٣๗၅៩۴७")
def test_digits_are_letters_of_no_script(digit: str) -> None:
    """Neither counted as letters nor in a class of letters."""
    assert count_scripts(f"{digit}{digit} ") == {}
    assert not re.search(f"[{UNSPACED}]", digit)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Le maire de Hanoï 河内 a dit", "Latn"),
        ("東京で会談した", "Jpan"),
        ("国务院总理的讲话", "Hani"),
        ("ኢትዮጵያ ውስጥ ዜና", "Ethi"),
        ("བོད་ཡིག", "Tibt"),
        ("🎉🎉 12.5 %", "Latn"),
        ("Ｆｕｌｌｗｉｄｔｈ", "Latn"),
        ("𠀋𠂉𠃵𠅘", "Hani"),
    ],
)
def test_the_script_that_carries_a_text(text: str, script: str) -> None:
    """Also scripts of no news language, and characters outside the Basic Multilingual Plane."""
    assert carrying_script(text)[0] == script


def test_the_share_of_a_script() -> None:
    """Japanese goes by its kana alone; digits count for no script."""
    assert script_share("ไทย12", "Thai") == 0.6
    assert script_share("漢字かな", "Jpan") == 0.5
    assert script_share("", "Thai") == 0.0


SENTENCES = [
    ("", 0),
    ("— …", 0),
    ("one two, 3", 3),
    ("l'aube", 1),
    ("ตลาดน้ำก๋ายรัง", 3),
    ("2025年には", 3),
    ("काई रांग", 2),
    ("ราคากาแฟวันนี้ที่ดั๊กลัก", 5),
    ("ຂ່າວ ມື້ນີ້", 3),
    ("서울 시장", 2),
    ("ᨠᩣᩴᨾᩮᩬᩥᨦ", 2),
]


@pytest.mark.parametrize(("text", "words"), SENTENCES)
def test_words_are_counted_in_every_script(text: str, words: int) -> None:
    """Spaces separate words; scripts without them are counted by length."""
    assert count_words(text) == words


@pytest.mark.parametrize("text", [text for text, words in SENTENCES if words])
def test_there_is_one_count_of_words(text: str) -> None:
    """Quality columns, the corpus filter and the store count the same sentence alike."""
    article = Article(url=None, paragraphs=(text,), kinds=("paragraph",), extractor="x", extractor_version="1")
    assert quality(article)["words"] == count_words(text)
    assert _too_few_tokens.__globals__["count_words"] is count_words


@given(st.text(st.sampled_from("aé東ーไท่ 1.ก็\u0e31မြ한ệ\u0301"), max_size=40))
def test_pieces_and_runs_lose_no_letter(text: str) -> None:
    """Every letter is in exactly one piece, and runs without spaces hold just the letters of such scripts."""
    letters = [c for c in text if c.isalnum()]
    assert [c for c in "".join(pieces(text)) if c.isalnum()] == letters
    inside = "".join(text[a:b] for a, b in unspaced_runs(text))
    assert inside == "".join(re.findall(f"[{UNSPACED}]", text))
    assert (count_words(text) > 0) == any(c.isalnum() or re.match(f"[{UNSPACED}]", c) for c in text)


def test_marks_are_all_marks() -> None:
    """The class of marks is Unicode's category M, over the whole of it."""
    pattern = re.compile(f"[{marks()}]")
    wrong = [
        p
        for p in range(0x110000)
        if not 0xD800 <= p < 0xE000 and bool(pattern.match(chr(p))) != (unicodedata.category(chr(p))[0] == "M")
    ]
    assert wrong == []


@pytest.mark.parametrize("script", sorted(NAMES))
def test_the_letters_of_a_script_are_of_no_other(script: str) -> None:
    """As the inside of a pattern: nothing at the edges of its ranges belongs to the neighbour, and no letter lacks."""
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x20000)]))
    found = set(re.findall(f"[{letters_of(script)}]", every))
    assert {c for c in found if script_of(c) != script} == set()
    assert not any(c.isalpha() and script_of(c) == script for c in set(every) - found)
