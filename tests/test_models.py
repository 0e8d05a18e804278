"""The record: round trip through JSON, the content hash, the same bytes from every process."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import Article, Image, Rejected, Stripped
from pipelines.models import content_hash
from pipelines.rights.page_signals import meta_rights

ROOT = Path(__file__).parents[1]
KINDS = ("paragraph", "heading", "list_item", "quote", "table_row")
# The names that issue 2 fixes for the record.
NAMES = [
    "url", "host", "slug", "url_language", "html_language", "language", "language_script", "language_score",
    "language_detector", "language_agrees", "title", "lead", "paragraphs", "text", "untranslated", "images",
    "publisher", "author", "published", "modified", "source_url", "category", "tags", "comment_count", "alternates",
    "canonical_url", "origins", "stripped", "stripped_at", "confidence", "extractor", "extractor_version",
    "content_sha256", "fetched_at", "outcome",
]  # fmt: skip

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
maybe = st.none() | texts
paragraphs = st.lists(texts, max_size=5)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    """Any record, sensible or not."""
    body = draw(paragraphs)
    return Article(
        url=draw(maybe),
        host=draw(maybe),
        slug=draw(maybe),
        url_language=draw(maybe),
        html_language=draw(maybe),
        language=draw(maybe),
        language_script=draw(maybe),
        language_score=draw(st.floats(0, 1)),
        language_detector=draw(texts),
        language_agrees=draw(st.none() | st.booleans()),
        title=draw(maybe),
        lead=draw(maybe),
        paragraphs=tuple(body),
        kinds=tuple(draw(st.sampled_from(KINDS)) for _ in body),
        untranslated=tuple(draw(st.lists(st.integers(0, 9), max_size=3))),
        images=tuple(
            Image(src=draw(maybe), alt=draw(maybe), caption=draw(maybe)) for _ in range(draw(st.integers(0, 2)))
        ),
        publisher=draw(maybe),
        author=draw(maybe),
        published=draw(maybe),
        modified=draw(maybe),
        source_url=draw(maybe),
        category=draw(maybe),
        tags=tuple(draw(st.lists(texts, max_size=3))),
        comment_count=draw(st.none() | st.integers(0, 10**6)),
        alternates=draw(st.dictionaries(texts, texts, max_size=3)),
        canonical_url=draw(maybe),
        origins=draw(st.dictionaries(texts, texts, max_size=3)),
        stripped=tuple(Stripped(text=draw(texts), rule=draw(texts)) for _ in range(draw(st.integers(0, 2)))),
        stripped_at=tuple(draw(st.lists(st.integers(0, 5), max_size=2))),
        confidence=draw(st.none() | st.floats(0, 1)),
        extractor=draw(texts),
        extractor_version=draw(texts),
        fetched_at=draw(maybe),
        rights=meta_rights([("robots", draw(texts)), ("tdm-policy", draw(texts))]),
    )


@given(articles())
def test_a_record_survives_json(article: Article) -> None:
    """to_dict, JSON and from_dict give an equal article whose record is the same text."""
    written = json.dumps(article.to_dict(), ensure_ascii=False)
    again = Article.from_dict(json.loads(written))
    assert again == article
    assert json.dumps(again.to_dict(), ensure_ascii=False) == written


@given(articles())
def test_the_record_has_the_fixed_names(article: Article) -> None:
    """The keys are those of the issue and three more, in its order; the text is the paragraphs joined."""
    record = article.to_dict()
    assert [name for name in record if name not in ("kinds", "capture", "rights")] == NAMES
    assert record["text"] == "\n\n".join(record["paragraphs"])
    assert len(record["kinds"]) == len(record["paragraphs"])
    assert record["content_sha256"] == content_hash(article.title, article.lead, article.paragraphs)


@given(maybe, maybe, paragraphs)
def test_the_hash_is_that_of_the_documented_array(title: str | None, lead: str | None, body: list[str]) -> None:
    """Anyone can compute it: SHA-256 of the compact JSON array, in UTF-8; a tuple counts as a list."""
    array = json.dumps([title, lead, body], ensure_ascii=False, separators=(",", ":")).encode()
    assert content_hash(title, lead, body) == hashlib.sha256(array).hexdigest()
    assert content_hash(title, lead, tuple(body)) == content_hash(title, lead, body)


@given(maybe, maybe, paragraphs, maybe, maybe, paragraphs)
def test_different_content_has_a_different_hash(
    title: str | None, lead: str | None, body: list[str], title2: str | None, lead2: str | None, body2: list[str]
) -> None:
    """The hash is equal just where title, lead and paragraphs are: a part that moves to another place is a change."""
    same = (title, lead, body) == (title2, lead2, body2)
    assert (content_hash(title, lead, body) == content_hash(title2, lead2, body2)) is same


def test_text_that_moves_between_the_parts_changes_the_hash() -> None:
    """Title, lead and paragraphs are kept apart, and so are two paragraphs and one that joins them."""
    variants = [
        (None, None, ["Ruộng bậc thang"]),
        ("Ruộng bậc thang", None, []),
        (None, "Ruộng bậc thang", []),
        (None, None, ["Ruộng", "bậc thang"]),
        (None, None, ["Ruộng\n\nbậc thang"]),
        (None, "", ["Ruộng bậc thang"]),
    ]
    assert len({content_hash(*variant) for variant in variants}) == len(variants)


@given(articles(), texts)
def test_the_hash_covers_the_content_alone(article: Article, other: str) -> None:
    """The address, the time and the audit trail are no content: changing them keeps the hash."""
    changed = replace(article, url=other, fetched_at=other, publisher=other, stripped=(), images=(), extractor=other)
    assert changed.content_sha256 == article.content_sha256


@pytest.mark.parametrize("name", ["url", "extractor", "extractor_version"])
def test_a_record_without_a_required_field_is_refused(name: str) -> None:
    """from_dict names what an article record cannot do without."""
    record = Article(url=None, extractor="text-body", extractor_version="1").to_dict()
    del record[name]
    with pytest.raises(KeyError, match="required"):
        Article.from_dict(record)


def test_a_rejected_page_has_its_reason_in_the_record() -> None:
    """The record of a rejection holds the fields of the class, in their order."""
    record = Rejected(url="https://www.vietnam.vn/x", outcome="empty", detail="no text at all").to_dict()
    assert list(record) == [f.name for f in fields(Rejected)]
    assert (record["outcome"], record["detail"]) == ("empty", "no text at all")


_PRINT_ALL = """
import json, sys
from pathlib import Path
from pipelines import HtmlPage, TextPage, extract
for path in sorted(Path("tests/texts").glob("*.json")):
    case = json.loads(path.read_bytes())
    print(json.dumps(extract(TextPage(text=case["text"], url=case["url"])).to_dict()))
for path in sorted(Path("tests/pages").glob("*/*/page.html")):
    print(json.dumps(extract(HtmlPage(body=path.read_bytes())).to_dict()))
"""


def test_every_process_gives_the_same_bytes() -> None:
    """Two processes with different hash seeds print the same records of all cases."""
    printed = []
    for hash_seed in ("1", "4711"):
        done = subprocess.run(
            [sys.executable, "-c", _PRINT_ALL],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        )
        printed.append(done.stdout)
    assert printed[0].count(b"\n") > 100
    assert printed[0] == printed[1]
