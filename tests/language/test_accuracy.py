"""How often the finding is right, by kind of text; the same figures are printed by benchmarks/language.py."""

from __future__ import annotations

import pytest
from labelled_set import PREFIXES, articles, paragraphs, table, texts, titles

from pipelines.language import identify
from pipelines.languages import LANGUAGES
from pipelines.untranslated import untranslated

# The languages the site may have beside its 29 prefixes.
MORE = ["vi", "zh-Hans", "zh-Hant", "it", "my", "ml", "ta", "tl"]


def _share(rows, *, claimed):
    assert rows
    right = [identify(text, claims=(language,) if claimed else ()).language == language for language, text in rows]
    return sum(right) / len(rows)


def _rows(group):
    return [(t.language, t.text) for t in texts() if t.group == group]


def test_the_set_covers_every_language():
    """The labelled set has four paragraphs and four titles for every prefix of the site and the likely ones."""
    assert set(paragraphs()) == set(titles()) == {*PREFIXES, *MORE}
    assert len(PREFIXES) == 29
    assert {len(p) for p in paragraphs().values()} == {4}
    assert {len(t) for t in titles().values()} == {4}
    assert set(paragraphs()) <= set(LANGUAGES)


@pytest.mark.parametrize("claimed", [False, True])
def test_articles_are_always_right(claimed):
    """An article of three paragraphs or more is never mislabelled, with the site's claim or without."""
    rows = articles()
    assert len(rows) == 37 * 5
    assert _share(rows, claimed=claimed) == 1.0


@pytest.mark.parametrize("claimed", [False, True])
def test_paragraphs_are_right(claimed):
    """Of paragraphs, at least 99 % are right by the text alone."""
    rows = _rows("paragraph")
    assert len(rows) == 37 * 4
    assert _share(rows, claimed=claimed) >= 0.99


@pytest.mark.parametrize(("claimed", "group"), [(False, "title"), (True, "title"), (False, "fresh"), (True, "fresh")])
def test_titles_are_right(claimed, group):
    """Of titles, at least 95 % are right, also of those written after the first weights were fixed."""
    rows = _rows(group)
    assert len(rows) >= 140
    assert _share(rows, claimed=claimed) >= 0.95


def test_hard_titles():
    """Short titles and near neighbours: 95 % by the text alone, 97 % with the claim that may break their ties."""
    rows = _rows("hard")
    assert len(rows) >= 190
    assert _share(rows, claimed=False) >= 0.95
    assert _share(rows, claimed=True) >= 0.97


def test_names_do_not_make_a_text_vietnamese():
    """Sentences made of Vietnamese names for the greater part are found in their own language."""
    rows = table("names")
    assert len(rows) >= 30
    assert _share(rows, claimed=True) == 1.0


def test_a_wrong_claim_changes_no_paragraph():
    """No paragraph is found to be in another language because the site says so, not even between near neighbours."""
    claims = sorted(paragraphs())
    wrong = [
        (claim, language, text[:40])
        for language, items in paragraphs().items()
        for claim in claims
        for text in items[:2]
        if identify(text, claims=(claim,)).language != language
    ]
    assert len(claims) == 37
    assert wrong == []


MIXED = [code for code in sorted(paragraphs()) if code not in ("vi", "it", "ml", "my", "ta", "tl")]


@pytest.mark.parametrize("language", MIXED)
def test_vietnamese_paragraphs_are_found(language):
    """Vietnamese in every third place of a translation is found, all of it and nothing else, names or not."""
    own = paragraphs()[language] + [text for code, text in table("names") if code == language]
    vietnamese = [*paragraphs()["vi"], "Ảnh chụp sáng nay tại chợ.", "Ông Hoa nói: “Chúng tôi rất vui.”"]
    article, places = [], []
    for place, text in enumerate(own * 3):
        article.append(text)
        if place % 2:
            places.append(len(article))
            article.append(vietnamese[place // 2 % len(vietnamese)])
    assert len(places) >= 6
    assert untranslated(article, language) == tuple(places)
    assert identify("\n\n".join(article), claims=(language,)).language == language


def test_no_false_alarm():
    """In a wholly translated article nothing is called untranslated, however many names it holds."""
    alarms = {}
    count = 0
    for language, items in paragraphs().items():
        article = [*items, *(text for code, text in table("names") if code == language), *titles()[language]]
        count += len(article)
        if found := untranslated(article, language):
            alarms[language] = [article[i] for i in found]
    assert count > 300
    assert alarms == {}


@pytest.mark.parametrize("other", ["en", "fr", "ru", "th", "zh-Hans", "ar", "es"])
def test_paragraphs_in_a_third_language_are_found(other):
    """A paragraph in any other language is listed, unless the two are near neighbours."""
    stranger = paragraphs()[other][0]
    missed = [
        language
        for language, items in paragraphs().items()
        if language != other and untranslated([*items[:3], stranger], language) != (3,)
    ]
    assert missed == []
