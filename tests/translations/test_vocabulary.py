"""The vocabulary: its files are sound, and its words are found as each script writes them."""

from __future__ import annotations

import time
import unicodedata
from collections import Counter
from importlib import resources

import pytest

from pipelines.translations.cldr_names import UNSPACED
from pipelines.translations.news_words import _LONGEST, _PREFIXES, _SHORTEST, _WORD, _plain, vocabulary

FILES = sorted(
    (file for file in (resources.files("pipelines.translations") / "vocabulary").iterdir()), key=lambda file: file.name
)
CODES = [file.name.removesuffix(".tsv") for file in FILES]
# What the site is known to have, and more (SITE.md).
SITE = (
    "ar bn cs de el en es fa fr he hi hu id ja km ko lo ms nl no pl pt ro ru sv th tr uk ur vi zh it fi da bg my ta tl"
)


def test_every_language_of_the_site_has_a_file() -> None:
    """One for each language that has been seen, and no file of another kind."""
    assert set(SITE.split()) == set(CODES)
    assert all(file.name.endswith(".tsv") for file in FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_is_sound(file: resources.abc.Traversable) -> None:
    """Concepts that English knows, once each; forms that are whole, composed, in lower case, and of one concept."""
    english = {line.split("\t")[0] for line in FILES[CODES.index("en")].read_text(encoding="utf-8").splitlines()}
    code = file.name.removesuffix(".tsv")
    rows = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(rows) >= 230
    assert all(len(row) == 2 for row in rows)
    concepts = [concept for concept, _ in rows]
    assert len(set(concepts)) == len(concepts)
    assert set(concepts) <= english
    forms = [form for _, cell in rows for form in cell.split("|")]
    assert all(form == unicodedata.normalize("NFC", form).lower() for form in forms)
    assert all("*" not in form[:-1] for form in forms)
    assert [form for form, count in Counter(forms).items() if count > 1] == []
    if code not in UNSPACED:  # no two that are read alike: `après-midi`, `après midi`
        read = [(tuple(_WORD.findall(_plain(form.rstrip("*"), code))), form.endswith("*")) for form in forms]
        assert [form for form, count in Counter(read).items() if count > 1] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_form_can_be_found(file: resources.abc.Traversable) -> None:
    """None is too short, or longer than what is looked at of a word; and a text may end within any phrase."""
    code = file.name.removesuffix(".tsv")
    for row in file.read_text(encoding="utf-8").splitlines():
        for form in row.split("\t")[1].split("|"):
            plain = _plain(form.rstrip("*"), code)
            assert vocabulary(code).anchors(plain), form
            assert len(plain) < _LONGEST - 3  # with what may be written together with its beginning
            assert len(plain) >= _SHORTEST or (code not in UNSPACED and not form.endswith("*")), form
            assert code not in UNSPACED or not form.endswith("*"), form
            for word in _WORD.findall(plain):
                vocabulary(code).anchors(word)


@pytest.mark.parametrize(
    ("language", "file"),
    [
        ("iw", "he"),
        ("iw-IL", "he"),
        ("nb-NO", "no"),
        ("fil-PH", "tl"),
        ("in-ID", "id"),
        ("EN", "en"),
        ("zh-Hans", "zh"),
    ],
)
def test_a_code_with_a_region_or_of_old_has_its_file(language: str, file: str) -> None:
    """Also the prefixes, which are the file's language's."""
    assert vocabulary(language) == vocabulary(file)
    assert vocabulary(language).words or vocabulary(language).anywhere
    assert set(CODES) >= set(_PREFIXES)


@pytest.mark.parametrize("language", ["", "xx", "a" * 5000, "../en", "en/../en", "e\u0301n", "--"])
def test_what_is_no_code_has_no_vocabulary(language: str) -> None:
    """And no path is made of it."""
    assert vocabulary(language).anchors("government") == set()


def test_a_word_of_a_megabyte_takes_no_time_by_its_square() -> None:
    """Its beginning is looked at like any other's."""
    started = time.process_time()
    assert vocabulary("de").anchors("polizei" + "a" * 1_000_000) == {"vpolice"}
    assert vocabulary("en").anchors("river" + "s" * 1_000_000) == set()
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("language", "text", "anchors"),
    [
        ("en", "The Prime Minister opened two bridges.", {"vprime_minister", "vminister", "i2", "vbridge"}),
        ("en", "the bridgehead of the governor", set()),
        ("vi", "Chính phủ khởi công xây cầu qua sông", {"vgovernment", "vriver"}),
        ("vi", "song song với chính sách", {"vpolicy"}),  # not the river, which has a mark
        ("de", "In den Städten fehlen Schulen", {"vcity", "vschool"}),
        ("uk", "уряд збудує школу", {"vgovernment", "vschool"}),
        ("ar", "وأعلنت الحكومة بناء المدرسة", {"vgovernment", "vconstruction", "vschool"}),
        ("he", "הממשלה", {"vgovernment"}),
        ("hi", "सरकार ने नदी पर पुल बनाया", {"vgovernment", "vriver", "vbridge"}),
        ("ko", "정부는 학교를 지었다", {"vgovernment", "vschool"}),
        ("ja", "政府は学校を建てた", {"vgovernment", "vschool"}),
        ("zh-tw", "政府興建醫院", {"vgovernment", "vhospital"}),
        ("th", "รัฐบาลสร้างโรงเรียน", {"vgovernment", "vschool"}),
        ("tr", "İngiltere hükümeti", {"vgovernment"}),
        ("iw", "בממשלה", {"vgovernment"}),
        ("he", "ראש־הממשלה", {"vprime_minister", "vgovernment"}),
        ("ur", "یہ سونا۔", {"vgold"}),
        ("ja", "3ドルのアイドル", {"vdollar"}),
        ("ko", "（집，땅）", {"vhouse", "vland"}),
        ("uk", "дерев\u02bcяний", {"vwood"}),
        ("uk", "сім\u2019я", {"vfamily"}),  # not seven
        ("uk", "'сім'", {"i7"}),
        ("fr", "l'eau", {"vwater"}),
        ("ru", "Сказал премьер-министр", {"vprime_minister", "vminister"}),
        ("ru", "Сказал премьер", {"vprime_minister"}),  # the text ends within an open phrase
        ("tr", "olan yapay", set()),
    ],
)
def test_words_are_found(language: str, text: str, anchors: set[str]) -> None:
    """Inflected, behind an article, without spaces; a language without a file has none."""
    assert vocabulary(language).anchors(text) == anchors
