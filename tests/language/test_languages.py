"""The table of languages is complete for the site, and reads every spelling sites use."""

from __future__ import annotations

import re

import pytest
from labelled_set import FOLDER, PREFIXES, paragraphs

from pipelines.language import identify
from pipelines.languages import LANGUAGES, canonical, corpus_code
from pipelines.unicode.scripts import SCRIPT_LANGUAGES

MAYBE = ["it", "fi", "da", "bg", "my", "ta", "ml", "tl", "fil", "zh-cn", "zh-tw", "vi"]


def test_every_language_of_the_site_is_in_the_table():
    """Each of the 29 prefixes and of the further ones has its entry and its corpus form."""
    assert len(PREFIXES) == 29
    for code in PREFIXES:
        assert canonical(code) == code
    for code in [*PREFIXES, *MAYBE]:
        language = LANGUAGES[canonical(code)]
        assert re.fullmatch(r"[a-z]{3}_[A-Z][a-z]{3}", language.corpus)
        assert corpus_code(code) == language.corpus


def test_the_table_is_complete_against_site_md(shared_dir):
    """Every code that SITE.md lists, as seen or as possible, is in the table."""
    text = (shared_dir / "SITE.md").read_text(encoding="utf-8")
    seen = re.search(r"all two letters: ([a-z\s]+)\.", text)
    possible = re.search(r"may have more \(([a-z\s]+)\.\.\.\)", text)
    assert seen
    assert possible
    codes = seen[1].split() + [code for code in possible[1].split() if code != "zh"]
    assert len(codes) >= 29 + 7
    assert [code for code in codes if canonical(code) not in LANGUAGES] == []
    assert sorted(seen[1].split()) == sorted(PREFIXES)


def test_codes_are_consistent():
    """Codes, corpus forms and names are unique; the corpus form ends in the script."""
    assert len({language.corpus for language in LANGUAGES.values()}) == len(LANGUAGES)
    assert len({language.name for language in LANGUAGES.values()}) == len(LANGUAGES)
    for code, language in LANGUAGES.items():
        assert language.code == code
        assert language.corpus.endswith("_" + language.script)
        assert re.fullmatch(r"[a-z]{3}", language.iso639_3)
        assert len(language.iso639_1) == 2


def test_scripts_with_one_language_match_the_table():
    """A script that settles its language by itself is the script the table gives that language."""
    assert {code: LANGUAGES[code].script for code in SCRIPT_LANGUAGES.values()} == {
        code: script for script, code in SCRIPT_LANGUAGES.items()
    }


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("zh-cn", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh_TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh-Hans-CN", "zh-Hans"),
        ("zh", "zh"),
        ("nb", "no"),
        ("nn-NO", "no"),
        ("iw", "he"),
        ("in", "id"),
        ("fil", "tl"),
        ("tl", "tl"),
        ("fil-PH", "tl"),
        ("en-US", "en"),
        ("fra", "fr"),
        (" VI ", "vi"),
        ("xx", "xx"),
        ("", None),
        (None, None),
        ("x-default", None),
        ("und", None),
    ],
)
def test_canonical(spelling, code):
    """Regions, old codes, members of a macrolanguage and Chinese by region all have one code."""
    assert canonical(spelling) == code


@pytest.mark.parametrize(
    ("code", "script", "corpus"),
    [
        ("fr", None, "fra_Latn"),
        ("ar", None, "arb_Arab"),
        ("fa", None, "pes_Arab"),
        ("ms", None, "zsm_Latn"),
        ("zh-cn", None, "zho_Hans"),
        ("ja", "Jpan", "jpn_Jpan"),
        ("sr", "Latn", "srp_Latn"),
        ("sr", None, "srp_Cyrl"),
        ("xx", None, None),
        (None, None, None),
        ("zh", None, None),
    ],
)
def test_corpus_code(code, script, corpus):
    """The FLORES form, by the script a text is really in; none for what the table does not hold."""
    assert corpus_code(code, script) == corpus


def _texts() -> dict[str, str]:
    """A text of each language: the first labelled paragraph of those of the site, a paragraph of the others."""
    lines = (FOLDER / "others.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines) | {code: found[0] for code, found in paragraphs().items()}


def test_every_language_of_the_table_has_a_text():
    """A language is not in the table before a text of it is found to be in it, and none goes unseen."""
    assert set(LANGUAGES) - set(_texts()) == set(), "languages without a text: add one to tests/language/others.tsv"
    assert set(_texts()) - set(LANGUAGES) == set(), "texts of languages that the table has not"


@pytest.mark.parametrize("code", sorted(_texts()))
def test_each_language_is_found(code):
    """In a paragraph of news, at an address that claims it, as one that claims another language."""
    other = "en" if code != "en" else "fr"
    for claims in ((code,), (other,)):
        found = identify(_texts()[code], claims=claims)
        # Bosnian may be called Croatian, which it hardly differs from.
        assert found.language == code or {found.language, code} <= {"bs", "hr", "sr"}, (claims, found)
