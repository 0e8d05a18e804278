"""The vocabulary: its files are sound, and its words are found as each script writes them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from importlib import resources

import pytest

from pipelines.translations.vocabulary import vocabulary

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
    rows = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(rows) >= 230
    assert all(len(row) == 2 for row in rows)
    concepts = [concept for concept, _ in rows]
    assert len(set(concepts)) == len(concepts)
    assert set(concepts) <= english
    forms = [form for _, cell in rows for form in cell.split("|")]
    assert all(form.strip("*").strip() for form in forms)
    assert all(form == unicodedata.normalize("NFC", form) for form in forms)
    assert all("*" not in form[:-1] for form in forms)
    assert [form for form, count in Counter(forms).items() if count > 1] == []


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
        ("xx", "government", set()),
        ("../en", "government", set()),
    ],
)
def test_words_are_found(language: str, text: str, anchors: set[str]) -> None:
    """Inflected, behind an article, without spaces; a language without a file has none."""
    assert vocabulary(language).anchors(text) == anchors
