"""What two languages' paragraphs have in common."""

from __future__ import annotations

import math
import re
import time

import pytest
from disturbances import own_groups
from hypothesis import given
from hypothesis import strategies as st

from pipelines.translations import chunks, folding, lengths, news_words
from pipelines.translations.anchors import CLASSES, anchors
from pipelines.translations.cldr_names import lexicon
from pipelines.translations.documents import document
from pipelines.translations.folding import fold, skeleton
from pipelines.translations.lengths import fit, length, log_ratio
from pipelines.translations.marks import marks, signs
from pipelines.translations.numbers import numbers
from pipelines.translations.sentences import cuts


def _of(text: str, language: str, classes: str) -> set[str]:
    return {anchor for anchor in anchors(text, language) if anchor[0] in classes}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("1.576 ca", "vi"), ("1,576 cases", "en"), ("1 576 cas", "fr"), ("1\u202f576 cas", "fr"), ("1'576 Fälle", "de"),
        ("١٬٥٧٦ حالة", "ar"), ("১,৫৭৬", "bn"), ("१,५७६", "hi"), ("１，５７６件", "ja"), ("1576 випадків", "uk"),
    ],
)  # fmt: skip
def test_one_number_in_any_format(text: str, language: str) -> None:
    """A number is the same anchor in every local format and in digits of every script."""
    assert "n1576" in anchors(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ngày 23/10/2025", "vi"), ("October 23, 2025", "en"), ("le 23 octobre 2025", "fr"), ("23 жовтня 2025", "uk"),
        ("2025年10月23日", "ja"), ("2025년 10월 23일", "ko"), ("23 ตุลาคม 2568", "th"), ("23 أكتوبر 2025", "ar"),
        ("2025-10-23", "en"),
    ],
)  # fmt: skip
def test_one_date_in_any_language(text: str, language: str) -> None:
    """A date has the same month, day and year, by name or in digits, of the Buddhist calendar too."""
    assert {"m10", "i23", "n2025"} <= anchors(text, language)


@pytest.mark.parametrize(
    ("written", "year"), [("2439", "2439"), ("2440", "1897"), ("2568", "2025"), ("2639", "2096"), ("2640", "2640")]
)
def test_years_of_the_buddhist_calendar_are_those_of_two_centuries(written: str, year: str) -> None:
    """What lies before or after is a number like others; in another language each is."""
    assert f"n{year}" in numbers(written, "th")
    assert f"n{written}" in numbers(written, "en")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Trung Quốc", "vi"), ("in China", "en"), ("на кордоні з Китаєм", "uk"), ("中国と", "ja"),
        ("จากประเทศจีน", "th"), ("في الصين", "ar"), ("con la China", "es"), ("ចិន", "km"),
    ],
)  # fmt: skip
def test_one_country_in_any_language(text: str, language: str) -> None:
    """A country's name is one anchor, inflected, with an article, or without spaces around it."""
    assert "tCN" in anchors(text, language)


@pytest.mark.parametrize("name", ["каобанг", "caobang", fold("เกาบั่ง"), "까오방", "كاوبانغ"])
def test_names_survive_transliteration(name: str) -> None:
    """The order of the consonants is the same in every script."""
    assert skeleton(name) == "KPN"


@pytest.mark.parametrize(
    ("text", "language", "names", "latin"),
    [
        ("Cao Bang", "en", {"kKPN", "kPN"}, {"lcao", "lbang"}),
        ("Као Банг", "ru", {"kKPN", "kPN"}, set()),
        ("كاو بانغ", "ar", {"kKPN"}, set()),  # without capitals any short word may be a syllable
        ("cao bang", "en", set(), set()),  # in a script that has them, these are words
        ("Minh", "en", {"kMN"}, {"lminh"}),
        ("minh", "en", set(), set()),
        ("dalat", "en", {"kTRT"}, set()),  # three consonants are rare enough
        ("Tokyo", "en", {"kTK"}, {"ltokyo"}),
        ("tokyo", "en", set(), set()),
        ("カイラン市場", "ja", {"kKRN"}, set()),
        ("G7, eu, USA", "en", set(), {"lg7", "lusa"}),
        ("AB ab Abc abc", "en", {"kPK"}, {"lab", "labc"}),
    ],
)
def test_names_are_told_from_words(text: str, language: str, names: set[str], latin: set[str]) -> None:
    """By their capitals, or by consonants enough; two syllables side by side are one name elsewhere."""
    assert _of(text, language, "k") == names
    assert _of(text, language, "l") == latin


def test_addresses_and_marks() -> None:
    """Web addresses, brackets, quotation marks of any kind and an opening dash are anchors."""
    assert "athoidai.com.vn/a-1.html" in anchors("Xem https://thoidai.com.vn/a-1.html.", "vi")
    assert _of("- «Tout» (ou rien) ?", "fr", "p") == _of("– “All” (or nothing)?", "en", "p")


def test_a_pair_of_quotation_marks_counts_once() -> None:
    """An opening bracket counts by itself; what comes more than three times counts as three."""
    found = _of("“So” and “no” (one) (two) (three) (four).", "en", "p")
    assert found == {'p"1', 'p"2', "p(1", "p(2", "p(3"}


def test_every_anchor_has_a_documented_class() -> None:
    """No anchor begins with a letter that `CLASSES` does not explain."""
    text = "UNESCO: 15% (5/2026) ... tại Hà Nội, Thứ Hai, https://a.vn/b, 1,5 triệu"
    found = {anchor[0] for anchor in anchors(text, "vi")}
    assert len(found) >= 8
    assert found <= set(CLASSES)


def test_lengths_are_comparable_across_scripts() -> None:
    """A Han character counts as several Latin letters, and the fitted ratio goes before the built-in one."""
    assert length("河内") == length("Hà Nội")
    fitted = fit([("en", "de", [("x" * 100, "y" * 130), ("x" * 10, "y" * 13), ("x" * 10, "y" * 90)])])
    assert log_ratio("en", "de", fitted) == pytest.approx(0.2624, abs=1e-3)
    assert log_ratio("de", "en", fitted) == pytest.approx(-0.2624, abs=1e-3)
    assert log_ratio("en", "xx") == 0.0


@pytest.mark.parametrize("language", lengths._RELATIVE)
def test_no_language_is_much_longer_than_another(language: str) -> None:
    """What the alignment begins with: a translation has three quarters to five quarters of the original's length."""
    assert 0.75 < math.exp(log_ratio("en", language)) < 1.25
    assert log_ratio("en", f"{language}-xx") == log_ratio("en", language)


def test_lengths_are_those_of_our_parallel_articles() -> None:
    """Within a sixth: a few articles are longer or shorter than most of their language."""
    texts: dict[str, list[tuple[str, str]]] = {}
    for versions in own_groups():
        for language in versions.keys() - {"vi"}:
            texts.setdefault(language, []).extend(zip(versions["vi"], versions[language], strict=True))
    assert len(texts) > 12
    for (_, language), found in fit([("vi", code, pairs) for code, pairs in texts.items()]).items():
        assert abs(found - log_ratio("vi", language)) < math.log(7 / 6), language


@pytest.mark.parametrize(
    "text",
    [
        "." * 100_000 + "x",
        "a" * 100_000 + " b.com",
        "a." * 50_000 + "!",
        "1" * 100_000,
        "-" * 100_000 + ".b c.com",
        "sông" * 25_000,
        ".'" * 50_000 + "x",
        "a" + " " * 100_000 + "b",
    ],
    ids=["dots", "word", "initials", "digits", "dashes", "unspaced", "quotes", "spaces"],
)
def test_long_runs_take_no_time_by_their_square(text: str) -> None:
    """Rows of one sign, as pages have them for lines, and base 64."""
    started = time.process_time()
    document([text], "en")
    assert time.process_time() - started < 5


def test_addresses_begin_where_they_did() -> None:
    """Behind a dash or a letter of another script, and several of them."""
    assert {a for a in anchors("-x.vn, lam+le@a.b.vn (c.org) 河内x@y.com", "en") if a[0] == "a"} == {
        "a-x.vn", "alam+le@a.b.vn", "ac.org", "a河内x@y.com",
    }  # fmt: skip
    assert {a for a in anchors("A12 12b 3G", "en") if a[0] == "l"} == {"la12", "l12b", "l3g"}


def test_a_paragraph_of_boundaries_keeps_the_best_of_each_share() -> None:
    """So that one of commas alone takes no memory by their number; what ordinary ones have stays as it is."""
    found = cuts("One two, three. " * 5_000, "en")
    assert 90 < len(found) <= 100
    assert {weight for _, weight in found} == {1.0}
    assert len(cuts("a, " * 50, "en")) == 47
    assert sorted(found) == list(found)


_SPACED = "1 12 576 000 2025 23/10/2025 1,23,456 . , - ´ \u200b 月 월 ( ’ “ ... : :// San José Hong Kong Nam Phi Việt"
_PIECES = _SPACED.split(" ")
_TEXTS = st.lists(st.sampled_from([*_PIECES, " ", "  ", "\u202f"]), max_size=12).map("".join)


@given(_TEXTS)
def test_numbers_are_those_of_the_whole_text(text: str) -> None:
    """They are read chunk by chunk, and may go on over white space."""
    folded = fold(" ".join(text.split()))
    for language in ("fr", "th"):
        assert _of(text, language, "nism") == {a for a in numbers(folded, language) if a[0] in "nism"}


@given(_TEXTS)
def test_names_of_several_words_are_those_of_the_whole_text(text: str) -> None:
    """Chunks know how a name may go on in the next ones; one of several words hides those within it."""
    folded = fold(" ".join(text.split()))
    known = lexicon("vi")
    words = [match.start() for match in re.finditer(r"[^\W\d_]+(?:['’][^\W\d_]+)*", folded)]
    found = known.concepts(folded, known.starts(folded, words)[0])
    assert _of(text, "vi", "tcd") == {concept[0] + concept[2:] for concept in found if concept[0] in "tcd"}


@given(_TEXTS)
def test_marks_are_those_of_the_whole_text(text: str) -> None:
    """No mark needs more than its chunk, but how the paragraph begins and ends."""
    assert _of(text, "en", "p") == set(marks(text, signs(text)))


def test_what_is_remembered_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """In all languages together, and what was forgotten is read as before."""
    texts = [(f"Tại Hà Nội{number} có {number} thuyền", code) for number in range(40) for code in ("vi", "fr")]
    before = [chunks.chunks(*text) for text in texts]
    monkeypatch.setattr(chunks, "_MOST_REMEMBERED", 50)
    monkeypatch.setattr(chunks._Remembered, "tables", {})
    monkeypatch.setattr(chunks._Remembered, "kept", 0)
    for text, found in zip(texts, before, strict=True):
        assert chunks.chunks(*text) == found
        assert 0 < sum(map(len, chunks._Remembered.tables.values())) <= 50
    caches = (chunks._of_names, chunks._of_word, news_words._of_word, news_words._of_beginning, folding.skeleton)
    assert {cache.cache_parameters()["maxsize"] for cache in caches} == {folding.CACHED_WORDS}
