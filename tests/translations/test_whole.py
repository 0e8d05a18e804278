"""Whole documents: nothing of an article's text is lost, and beads cover both sides once and in order."""

from __future__ import annotations

import json
from typing import Any

import pytest
from disturbances import PARALLEL
from hypothesis import example, given
from hypothesis import strategies as st
from making_articles import make_article

from pipelines.translations.align import align
from pipelines.translations.units import VersionText
from pipelines.translations.whole import rebuilt, segments, whole

TEXT = st.text(
    st.one_of(st.sampled_from(" .!?\u201c\u201d\"'\n\t\r\u2028\xa0。！ab1"), st.characters(exclude_categories=["Cs"])),
    max_size=60,
)
LANGUAGES = ("en", "fr", "vi", "ja", "zh-Hant", "th", "km", "ar", "hi", "xx")


def _reading(language: str, paragraphs: tuple[str, ...], **changes: Any) -> VersionText:
    article = make_article("mot", paragraphs=paragraphs, kinds=(), untranslated=(), **changes)
    return VersionText(slug="mot", language=language, article=article)


@given(st.sampled_from(LANGUAGES), st.one_of(st.none(), TEXT), st.one_of(st.none(), TEXT), st.lists(TEXT, max_size=6))
@example("en", None, "", ["", " ", " One.  Two. ", "One.\u2028Two."])
@example("th", "", None, ["", " "])
def test_segments_are_the_whole_text(language: str, title: str | None, lead: str | None, paragraphs: list[str]) -> None:
    """Title, lead and paragraphs come back byte for byte, whatever characters and spaces they have."""
    reading = _reading(language, tuple(paragraphs), title=title, lead=lead)
    found = segments(reading.article, language)
    assert rebuilt(segment.to_dict() for segment in found) == (title, lead, tuple(paragraphs))
    assert len({segment.id for segment in found}) == len(found)


@given(st.sampled_from(LANGUAGES), st.sampled_from(LANGUAGES), st.lists(TEXT, max_size=4), st.lists(TEXT, max_size=4))
def test_beads_cover_both_sides(one: str, two: str, left: list[str], right: list[str]) -> None:
    """Every sentence, and every paragraph, is in one bead; in order."""
    source, target = _reading(one, tuple(left)), _reading(two, tuple(right))
    found = whole(align(source.document, target.document), source, target).to_dict()
    for side, reading in (("source", source), ("target", target)):
        ids = [segment.id for segment in segments(reading.article, reading.language) if segment.id.startswith("p")]
        assert [name for bead in found["beads"] for name in bead[f"{side}_ids"]] == ids
        paragraphs = [f"p{number}" for number in range(len(reading.article.paragraphs))]
        assert [name for bead in found["paragraph_beads"] for name in bead[f"{side}_ids"]] == paragraphs
    assert 0 <= found["score"] <= 1
    assert 0 <= found["aligned"] <= 1


@pytest.mark.parametrize("language", ["fr", "th"])
def test_what_has_no_counterpart_stays(language: str) -> None:
    """A paragraph that one side lacks is a bead with an empty side, and so is each of its sentences."""
    record = json.loads(next(PARALLEL.glob("cau*")).read_text(encoding="utf-8"))["versions"]
    left, right = tuple(record["en"]), tuple(record[language])
    source, target = _reading("en", left), _reading(language, (*right[:2], *right[3:]))
    found = whole(align(source.document, target.document), source, target)
    beads = [(bead["source_ids"], bead["target_ids"]) for bead in found.paragraph_beads]
    assert beads == [
        ([f"p{number}"], [] if number == 2 else [f"p{number - (number > 2)}"]) for number in range(len(left))
    ]
    apart = [bead for bead in found.beads if bead["source_ids"] and bead["source_ids"][0].startswith("p2s")]
    assert apart
    assert all((bead["target_ids"], bead["shape"], bead["score"]) == ([], "1-0", 0.0) for bead in apart)
    assert 0.7 < found.aligned < 1
