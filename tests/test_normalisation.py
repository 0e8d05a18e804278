"""Normalisation: what changes in an article's characters, and above all what does not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines import Article, TextPage, extract
from pipelines.extraction.normalisation import close_gaps, collapse_spaces, normalise_characters, normalise_line

LANGUAGES = (None, "en", "fr", "de", "vi", "ar", "fa", "hi", "zh-Hans", "ja", "km")
# Letters of several scripts, every mark the rules look at, joiners, emoji, spaces and invisible characters.
soup = st.text(
    st.sampled_from(
        "abéàữ\u0300\u0323 кשابی中かก្កक्ষ1239 .,:;!?…()[]（）【】«»\"'’،؟।。-"
        "\u00a0\u00ad\u200b\u200c\u200d\u200e\u3000\ufeff\ufffc\t\n😀👩💻❤\ufe0f"
    ),
    max_size=40,
) | st.text(max_size=40)


@given(soup)
@example("\u200c\u200c")
def test_a_normalised_line_is_already_normal(text: str) -> None:
    """Normalising twice changes nothing more."""
    once = normalise_line(text)
    assert normalise_line(once) == once


@given(soup, st.sampled_from(LANGUAGES))
def test_closing_gaps_only_takes_spaces(text: str, language: str | None) -> None:
    """No other character of the article changes, none is added, and the second time nothing is left to close."""
    line = normalise_line(text)
    closed = close_gaps(line, language)
    assert closed.replace(" ", "") == line.replace(" ", "")
    assert len(closed) <= len(line)


@given(soup)
def test_what_comes_out_is_nfc_with_single_spaces(text: str) -> None:
    """Canonical composition, no run of spaces, none at the ends, no break inside."""
    line = normalise_line(text)
    assert unicodedata.is_normalized("NFC", line)
    assert line == " ".join(line.split())


@given(soup)
def test_no_visible_character_is_lost(text: str) -> None:
    """Letters, digits, marks of punctuation and symbols stay, in their order."""

    def visible(value: str) -> str:
        parts = unicodedata.normalize("NFD", value)
        return "".join(c for c in parts if unicodedata.category(c)[0] in "LNPS" and c not in "\u2800\ufffc")

    assert visible(normalise_line(text)) == visible(text)


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("Ha\u0300 No\u0323\u0302i", "Hà Nội"),
        ("Đo\u0302\u0300ng Tha\u0301p", "Đồng Tháp"),
        ("caf\u0065\u0301", "café"),
        ("か\u3099", "が"),
        ("\u1112\u1161\u11ab", "한"),
        ("\u0627\u0653", "آ"),
    ],
)
def test_unicode_is_composed(raw: str, normal: str) -> None:
    """Decomposed letters become the one character that the web uses."""
    assert normalise_line(raw) == normal


@pytest.mark.parametrize(
    "character", list("\u00ad\u200b\u200e\u200f\u202a\u202c\u202e\u2060\u2066\u2069\ufeff\ufffc\x00\x07")
)
def test_characters_without_meaning_go(character: str) -> None:
    """Soft hyphens, zero-width spaces, direction marks, byte-order marks and controls leave no trace, in any script."""
    assert normalise_line(f"Đà{character} Nẵng{character}") == "Đà Nẵng"
    assert normalise_line(f"هانو{character}ي") == "هانوي"


@pytest.mark.parametrize("space", list("\u00a0\u2002\u2009\u202f\u3000\t\u2800"))
def test_every_space_is_a_space(space: str) -> None:
    """No-break, thin, wide and blank-pattern spaces become one plain space, a run of them too."""
    assert normalise_line(f"{space}Cao{space}{space}Bằng {space}") == "Cao Bằng"


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهند خانه\u200cها را بسازند",  # Persian: ZWNJ inside words
        "क्\u200dष और क्\u200cष",  # Hindi: half form and visible virama
        "র\u200d্যাব এবং শিল্প",  # Bengali: reph or ya-phala
        "ක්\u200dෂේත්\u200dරය",  # Sinhala
        "ശാസ്ത്രജ്ഞന്\u200d",  # Malayalam: an old chillu, at the end of a word
        "👩\u200d💻 và 👨\u200d👩\u200d👧",  # emoji sequences
        "❤\ufe0f\u200d🔥",
        "ស្រ\u200dុក",  # Khmer
    ],
)
def test_joiners_that_spell_words_stay(text: str) -> None:
    """ZWJ and ZWNJ stay where the script or an emoji needs them."""
    assert normalise_line(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("text", ["Ha\u200dnoi", "Ha\u200cnoi", "\u200dHanoi", "Hanoi\u200c", "Ha\u200d\u200cnoi"])
def test_joiners_in_other_scripts_go(text: str) -> None:
    """Between Latin letters and at the ends of a line a joiner means nothing."""
    assert normalise_line(text) == "Hanoi"


def test_a_run_of_joiners_becomes_one() -> None:
    """One joiner is enough."""
    assert normalise_line("می\u200c\u200cخواهند") == "می\u200cخواهند"


@pytest.mark.parametrize(
    ("language", "text", "closed"),
    [
        ("en", "Hanoi , Hue .", "Hanoi, Hue."),
        ("en", "the lake ( Dak Lak ) today", "the lake (Dak Lak) today"),
        ("en", "Why ? Because : rice ; salt !", "Why? Because: rice; salt!"),
        ("en", 'he said " Hanoi , Hue ."', 'he said " Hanoi, Hue."'),
        ("de", "in Huế , sagte er : ja !", "in Huế, sagte er: ja!"),
        ("fr", "Hanoï , la capitale : oui ; non ! quoi ?", "Hanoï, la capitale : oui ; non ! quoi ?"),
        ("fr", "à Huế ( centre ) .", "à Huế (centre)."),
        ("ru", "в Ханое , где", "в Ханое, где"),
        ("ar", "في هانوي ، أين ؟ هنا ؛ نعم", "في هانوي، أين؟ هنا؛ نعم"),
        ("he", "בהאנוי , שם ( מרכז ) .", "בהאנוי, שם (מרכז)."),
        ("ur", "ہنوئی ، ہیو ۔", "ہنوئی، ہیو ۔"),
        ("hi", "हनोई , ह्यू ।", "हनोई, ह्यू।"),
        ("zh-Hans", "河内 ，顺化 。", "河内，顺化。"),
        ("zh-Hans", "湖（ 多乐 ）", "湖（多乐）"),
        ("ja", "ハノイ 、フエ 。本当 ？", "ハノイ、フエ。本当？"),
        ("my", "ဟနွိုင်း ၊ ဟွေး ။", "ဟနွိုင်း၊ ဟွေး။"),
        (None, "Hanoi , Hue ?", "Hanoi, Hue?"),
    ],
)
def test_a_gap_before_a_mark_is_closed(language: str | None, text: str, closed: str) -> None:
    """The space that a removed link left before a mark or inside brackets goes; French keeps its own."""
    assert close_gaps(text, language) == closed


@pytest.mark.parametrize("language", ["en", "fr", "de", "ar", "zh-Hans", None])
@pytest.mark.parametrize(
    "text",
    [
        "won 3 : 2 at home",
        "and then ... nothing",
        "and then … nothing",
        "thanks :) see you ;-) bye :(",
        "a .5 share, .NET and .vn",
        "from 1 - 2 to 3 / 4",
        "a, b. c: d; e! f? (g) [h]",
        "https://baovidu.vn/a.html?b=1:2",
        "10:30 - 11:45",
        "« bonjour » và “xin chào”",
    ],
)
def test_what_only_looks_like_a_gap_stays(text: str, language: str | None) -> None:
    """Scores, ellipses, emoticons, leading points, addresses, times and quotes stay as they are."""
    assert close_gaps(text, language) == text


def test_spaces_collapse_without_touching_other_characters() -> None:
    """`collapse_spaces` sees white space alone, `normalise_characters` leaves it alone."""
    assert collapse_spaces("a\u200b  b") == "a\u200b b"
    assert normalise_characters("a  b\u200b") == "a  b"


def test_the_article_is_closed_in_its_own_language() -> None:
    """A French article keeps the space before a colon, an English one loses it; both lose that before a comma."""
    for code, wanted in (("fr", "Huế, la ville : calme."), ("en", "Huế, la ville: calme.")):
        body = {
            "fr": "Le fleuve est calme et les gens se promènent sur les berges. ",
            "en": "The river is calm and the people walk along its banks in the evening. ",
        }
        found = extract(
            TextPage(text=body[code] * 3 + "\nHuế , la ville : calme .", url=f"https://www.vietnam.vn/{code}/a-b")
        )
        assert isinstance(found, Article)
        assert found.paragraphs[-1] == wanted


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("In Dak Lak ( Vietnam)", "In Dak Lak (Vietnam)"),
        ("In Dak Lak [ Vietnam]", "In Dak Lak [Vietnam]"),
        ("In Dak Lak (Vietnam )", "In Dak Lak (Vietnam)"),
        ("In Dak Lak , Vietnam", "In Dak Lak, Vietnam"),
        ("In Dak Lak .", "In Dak Lak."),
        ("In Dak Lak (Vietnam)", "In Dak Lak (Vietnam)"),
    ],
)
def test_each_kind_of_gap_is_closed_alone(text: str, closed: str) -> None:
    """Where a line has no other."""
    assert close_gaps(text, "en") == closed
