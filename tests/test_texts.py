"""Every case of ``tests/texts``: a row of a corpus and the article that must come out of it, one test per field.

The cases were written without knowledge of the rules that read them. Those named ``inverse-*`` look like residue and
are not: every line of them that is not plainly chrome must stay. A case file holds ``form`` (the shape of SITE.md),
``url``, ``text``, ``expected`` (the fields below) and ``chrome`` (lines that must not be in the text); ``about`` says
what is special.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipelines import Article, TextPage, extract
from pipelines.site import parse_address

TEXTS = Path(__file__).parent / "texts"
NAMES = sorted(path.stem for path in TEXTS.glob("*.json"))

# The languages whose source label SITE.md lists; zh is not among them. The others show that rules go by structure.
LISTED = {"vi", "en", "fr", "de", "sv", "es", "nl", "pt", "ru", "uk", "ja", "ko", "th", "ar", "id"}
# A chrome line this long cannot stand inside a paragraph by chance; a shorter one ("Comment (0)") may be discussed.
LONG = 30


@cache
def case(name: str) -> dict[str, Any]:
    """The case as written."""
    record: dict[str, Any] = json.loads((TEXTS / f"{name}.json").read_bytes())
    return record


@cache
def article(name: str) -> Article:
    """The article that the extraction finds in the case."""
    result = extract(TextPage(text=case(name)["text"], url=case(name)["url"]))
    assert isinstance(result, Article), f"{name}: rejected, {result}"
    return result


def language(name: str) -> str:
    """The language of the case's address."""
    code = parse_address(case(name)["url"]).language
    assert code is not None, name
    return code


def test_the_set_is_broad_enough_to_judge_by() -> None:
    """At least 60 cases and 20 inverse ones, all three forms, 30 languages, most of them with unlisted labels."""
    inverse = [name for name in NAMES if name.startswith("inverse-")]
    assert len(NAMES) - len(inverse) >= 60
    assert len(inverse) >= 20
    assert {case(name)["form"] for name in NAMES} == {"header", "body", "bullet"}
    languages = {language(name) for name in NAMES}
    assert len(languages) >= 30
    assert len(languages - LISTED) > len(languages) / 2


@pytest.mark.parametrize("field", ["title", "lead", "publisher", "published", "source_url", "comment_count"])
@pytest.mark.parametrize("name", NAMES)
def test_field(name: str, field: str) -> None:
    """The field is exactly the expected one, `None` where the text does not tell it."""
    assert getattr(article(name), field) == case(name)["expected"][field]


@pytest.mark.parametrize("name", NAMES)
def test_paragraphs(name: str) -> None:
    """The paragraphs are exactly those of the article, in their order: none lost, none more."""
    assert list(article(name).paragraphs) == case(name)["expected"]["paragraphs"]


@pytest.mark.parametrize("name", NAMES)
def test_captions(name: str) -> None:
    """The captions that their marks or the alt line beside them tell are found, in their order."""
    found = [image.caption for image in article(name).images if image.caption]
    assert found == case(name)["expected"]["captions"]


@pytest.mark.parametrize("name", NAMES)
def test_chrome_is_not_in_the_text(name: str) -> None:
    """No chrome line is a line of the text, and no long one stands inside a line."""
    text = article(name).text
    lines = {line.strip() for line in text.splitlines()}
    chrome = [unicodedata.normalize("NFC", line) for line in case(name)["chrome"]]
    assert [line for line in chrome if line in lines or (len(line) >= LONG and line in text)] == []
