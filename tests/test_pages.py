"""Every page of ``tests/pages``: HTML bytes and the article that must come out of them, one test per field.

``tests/pages/<layout>/<case>/`` holds ``page.html`` (bytes, in whatever charset), ``meta.json`` (what the fetch knew)
and ``expected.json``: either the fields of the record that the page tells, and ``chrome`` (lines that must not be in
the text), or only the ``outcome`` of a page that is no article. The pages were written without knowledge of the rules
that read them.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipelines import Article, HtmlPage, Rejected, extract
from pipelines.record import names

PAGES = Path(__file__).parent / "pages"
NAMES = sorted(str(path.parent.relative_to(PAGES)) for path in PAGES.glob("*/*/page.html"))
LONG = 30  # a chrome line this long cannot stand inside a paragraph by chance


@cache
def expected(name: str) -> dict[str, Any]:
    """What must come out, as written."""
    record: dict[str, Any] = json.loads((PAGES / name / "expected.json").read_bytes())
    return record


@cache
def result(name: str) -> Article | Rejected:
    """What comes out."""
    meta = json.loads((PAGES / name / "meta.json").read_bytes())
    return extract(HtmlPage(body=(PAGES / name / "page.html").read_bytes(), **meta))


def article(name: str) -> Article:
    """The article that comes out; the test fails where the page is rejected."""
    found = result(name)
    assert isinstance(found, Article), f"{name}: rejected, {found}"
    return found


ARTICLES = [name for name in NAMES if expected(name)["outcome"] == "ok"]
REJECTED = [name for name in NAMES if expected(name)["outcome"] != "ok"]
TIMES = ("published", "modified")
EXACT = sorted(
    {field for name in ARTICLES for field in expected(name)} - {"outcome", "images", "chrome", *TIMES},
)


# Fields of the record that no expected.json has, and the tests that have them.
ELSEWHERE = {
    "given with the page": ("url", "fetched_at", "capture"),
    "the name of the folder says it, below": ("extractor", "confidence"),
    "test_extractor_version.py": ("extractor_version",),
    "made of the others, test_models.py": ("text", "content_sha256"),
    "tests/language": (
        *("language", "language_script", "language_score", "language_detector", "language_agrees"),
        "untranslated",
    ),
    "`chrome` says more of it than its rules do; test_chrome_rules.py": ("stripped", "stripped_at"),
    "test_origins.py": ("origins",),
    "of the answer's headers, too, tests/rights": ("rights",),
}


def test_every_page_says_every_field() -> None:
    """Each field of the record is in each expected.json, if only as empty, or it has tests of its own."""
    elsewhere = [field for fields in ELSEWHERE.values() for field in fields]
    wanted = {*names("record"), "chrome"}.difference(elsewhere)
    assert set(elsewhere) < set(names("record"))
    assert {name: wanted ^ set(expected(name)) for name in ARTICLES if wanted != set(expected(name))} == {}


def test_the_set_is_broad_enough_to_judge_by() -> None:
    """At least 14 articles in 10 languages, 5 kinds of layout, pages that are none, and every part of each case."""
    assert len(ARTICLES) >= 14
    assert len({expected(name)["url_language"] for name in ARTICLES}) >= 10
    assert len({name.split("/")[0] for name in ARTICLES}) >= 5
    assert {expected(name)["outcome"] for name in REJECTED} == {
        "not_article",
        "not_found",
        "challenge",
        "blocked",
        "empty",
    }
    assert {kind for name in ARTICLES for kind in expected(name)["kinds"]} == {
        "paragraph",
        "heading",
        "list_item",
        "quote",
        "table_row",
    }
    for name in ARTICLES:
        assert len(expected(name)["kinds"]) == len(expected(name)["paragraphs"]) > 0, name
    assert len(EXACT) >= 15


@pytest.mark.parametrize("name", REJECTED)
def test_what_is_no_article_is_rejected_with_its_reason(name: str) -> None:
    """The page is rejected, for the expected reason, and the detail is one line."""
    found = result(name)
    assert isinstance(found, Rejected), f"{name}: taken for an article, {found.title!r}"
    assert found.outcome == expected(name)["outcome"]
    assert found.detail
    assert "\n" not in found.detail


@pytest.mark.parametrize("field", EXACT)
@pytest.mark.parametrize("name", ARTICLES)
def test_field(name: str, field: str) -> None:
    """The field of the JSON record is exactly the expected one."""
    assert article(name).to_dict()[field] == expected(name)[field]


@pytest.mark.parametrize("field", TIMES)
@pytest.mark.parametrize("name", ARTICLES)
def test_time(name: str, field: str) -> None:
    """The time is the expected instant, and the day it is written with is Vietnam's."""
    found, wanted = getattr(article(name), field), expected(name)[field]
    if wanted is None:
        assert found is None
        return
    assert found is not None
    assert datetime.fromisoformat(found) == datetime.fromisoformat(wanted)
    assert found[:10] == wanted[:10]


@pytest.mark.parametrize("name", ARTICLES)
def test_extractor(name: str) -> None:
    """The layout that the folder is called after; where none is known, what was chosen, with a confidence."""
    layout, found = name.split("/")[0], article(name)
    if layout in {"generic", "json-ld"}:
        assert found.extractor in {"blocks", "trafilatura"}
        assert found.confidence is not None
        assert 0.5 < found.confidence < 1
    else:
        assert found.extractor.startswith(f"layout:{layout}@20")
        assert found.confidence is None


@pytest.mark.parametrize("name", ARTICLES)
def test_images(name: str) -> None:
    """The images of the body, in order, each with its address, alt text and caption; an empty alt is none."""
    found = [{"src": i.src, "alt": i.alt or None, "caption": i.caption or None} for i in article(name).images]
    assert found == expected(name)["images"]


@pytest.mark.parametrize("name", ARTICLES)
def test_chrome_is_not_in_the_text(name: str) -> None:
    """No chrome line is a line of the text, and no long one stands inside a line."""
    text = article(name).text
    lines = set(text.splitlines())
    assert [line for line in expected(name)["chrome"] if line in lines or (len(line) >= LONG and line in text)] == []
