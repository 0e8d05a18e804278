"""Short paragraphs, and those that are translated by half."""

from __future__ import annotations

import pytest
from labelled_set import paragraphs, titles

from pipelines.language import DEFAULTS
from pipelines.unicode.scripts import script_share
from pipelines.untranslated import foreign_parts, untranslated

CAPTIONS = [
    "The market opens before dawn",
    "Fishermen mend their nets on the quay",
    "A view of the harbour after the storm",
    "Người dân vá lưới trên bến cảng",
]
OTHERS = [code for code in sorted(paragraphs()) if code not in ("en", "vi")]


@pytest.mark.parametrize("caption", CAPTIONS)
def test_short_captions_are_found(caption):
    """A caption of 25 characters and more in English or Vietnamese is found in an article of any other language."""
    assert DEFAULTS.foreign_length <= len(caption) < 60
    assert len(OTHERS) > 30
    missed = [code for code in OTHERS if untranslated([*paragraphs()[code], caption], code) != (4,)]
    assert missed == []


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("stranger", ["en", "vi"])
def test_half_a_paragraph_is_found_with_its_place(language, stranger):
    """A paragraph that goes on in English or Vietnamese is listed, and the place is that of the foreign sentences."""
    own, other = paragraphs()[language][0], paragraphs()[stranger][1]
    end = "" if own[-1] in ".。！？!?།။" else "."
    for text, begin in ((f"{own}{end} {other}", len(own) + len(end) + 1), (f"{other} {own}", 0)):
        assert untranslated([own, text], language) == (1,)
        parts = foreign_parts(text, language)
        found = {place for first, last in parts for place in range(first, last)}
        true = set(range(begin, begin + len(other)))
        assert len(found & true) >= 0.7 * len(true)
        assert len(found - true) <= 0.1 * len(own)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("这份报告由国际山地综合开发中心（International Centre for Integrated Mountain Development）发表。", "zh"),
        ("Le groupe a chanté « The Lights of the Old Harbour » devant mille personnes. Puis la pluie est venue.", "fr"),
        ("Der Verein heißt Friends of the Sea. Er sammelt Netze und Flaschen am Strand der Insel.", "de"),
        ("รายงานของศูนย์ International Centre for Integrated Mountain Development เผยแพร่เมื่อวานนี้", "th"),
        ("Món phở cuốn được chị Hai bán ở chợ cạnh nhà thờ từ năm ngoái.", "vi"),
    ],
)
def test_names_of_works_and_bodies_are_no_untranslated_part(text, language):
    """A title or the name of an organisation inside a sentence is not a part in another language."""
    assert foreign_parts(text, language) == ()


def test_clean_paragraphs_joined_have_no_foreign_part():
    """Paragraphs and titles of one language in a row, however many sentences, have no part that is foreign."""
    joined = {code: " ".join([*items, *titles()[code]]) for code, items in paragraphs().items()}
    assert len(joined) == 37
    assert {code: parts for code, text in joined.items() if (parts := foreign_parts(text, code))} == {}


def test_a_part_of_another_script():
    """A Russian sentence in a French paragraph is a part as well."""
    text = "Le port est fermé depuis hier. " + paragraphs()["ru"][0]
    parts = foreign_parts(text, "fr")
    assert parts
    assert all(script_share(text[first:last], "Cyrl") > 0.5 for first, last in parts)
