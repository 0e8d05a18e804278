"""The columns of parallel data, named and typed once for every format, and equal for every pair of languages."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.record import Field
from pipelines.record_types import NUMBER, TEXT, TEXTS, Type, list_of_objects

_SEGMENTS = list_of_objects(id=TEXT, kind=TEXT, text=TEXT, space=TEXT)
_BEADS = list_of_objects(source_ids=TEXTS, target_ids=TEXTS, score=NUMBER, shape=TEXT)


def _both(name: str, type_: Type, meaning: str, *, nullable: bool = False) -> tuple[Field, Field]:
    source, target = (
        Field(name=f"{side}_{name}", type=type_, meaning=meaning.format(side), nullable=nullable)
        for side in ("source", "target")
    )
    return source, target


_LANGUAGES = _both(
    "language", TEXT, "language of the {} by its address, as in the configuration's name (`fr`, `zh-Hant`)"
)
_URLS = _both("url", TEXT, "address of the {} article", nullable=True)
_HASHES = _both("content_sha256", TEXT, "hash of the {} article's title, lead and paragraphs: which revision it is")
_SLUG = Field(
    name="slug", type=TEXT, meaning="the same in every language of an article: the key of a translation group"
)

PAIR = (
    *_LANGUAGES,
    *_both("text", TEXT, "the {} passage"),
    *_both("ids", TEXTS, "where it stands in the {} article: `p3` is the fourth paragraph, `p3s0` its first sentence"),
    *_URLS,
    Field(name="score", type=NUMBER, meaning="how sure the alignment is, 0 to 1"),
    Field(name="shape", type=TEXT, meaning="how many paragraphs or sentences face how many: `1-1`, `1-2`"),
    Field(name="unit", type=TEXT, meaning="`paragraph` or `sentence`"),
    _SLUG,
    *_HASHES,
)
"""A passage and its translation."""

TSV = tuple(
    Field(name=name, type=NUMBER if name == "score" else TEXT, meaning=meaning)
    for name, meaning in (
        ("src_url", "address of the source article"),
        ("trg_url", "address of the target article"),
        ("src_text", "the source passage on one line, its white space single"),
        ("trg_text", "the target passage"),
        ("score", "how sure the alignment is, 0 to 1"),
        (
            "src_paragraph_id",
            "where it stands in the source article: `p3` is the fourth paragraph, `p3s0` its first sentence",
        ),
        ("trg_paragraph_id", "where it stands in the target article"),
        ("src_lang", "language of the source by its address"),
        ("trg_lang", "language of the target by its address"),
    )
)
"""A passage and its translation as Bitextor names the columns."""

MULTIWAY = (
    _SLUG,
    Field(name="pivot", type=TEXT, meaning="the language whose paragraphs the rows are"),
    Field(name="score", type=NUMBER, meaning="the lowest score of the alignments that join them, 0 to 1"),
    Field(
        name="texts",
        type=list_of_objects(language=TEXT, text=TEXT, ids=TEXTS, url=TEXT, content_sha256=TEXT),
        meaning="the paragraph in each language that has it, by code",
    ),
)
"""A paragraph in many languages."""


def multiway_tsv(languages: Sequence[str]) -> tuple[Field, ...]:
    """A paragraph in many languages as a table: a column for each."""
    texts = (Field(name=code, type=TEXT, meaning=f"the paragraph in `{code}`", nullable=True) for code in languages)
    return (_SLUG, Field(name="score", type=NUMBER, meaning="the lowest score, 0 to 1"), *texts)


DOCUMENT = (
    *_LANGUAGES,
    *_both("text", TEXT, "the whole {} text: its paragraphs, joined by a blank line"),
    *_both(
        "segments", _SEGMENTS, "title, lead and all sentences of the {} article in order, with the space after each"
    ),
    Field(
        name="beads", type=_BEADS, meaning="which segments translate each other; one side is empty where nothing does"
    ),
    Field(name="paragraph_beads", type=_BEADS, meaning="the same of paragraphs"),
    *_URLS,
    Field(name="score", type=NUMBER, meaning="mean score of the paragraphs' beads that have two sides, 0 to 1"),
    Field(name="aligned", type=NUMBER, meaning="share of both texts, by length, that has a counterpart"),
    _SLUG,
    *_HASHES,
)
"""An article and its translation, whole."""

MULTIWAY_DOCUMENT = (
    _SLUG,
    Field(name="pivot", type=TEXT, meaning="the language that all others are aligned with"),
    Field(
        name="versions",
        type=list_of_objects(language=TEXT, url=TEXT, content_sha256=TEXT, text=TEXT, segments=_SEGMENTS),
        meaning="the whole article in each language",
    ),
    Field(
        name="beads",
        type=list_of_objects(
            source_language=TEXT, target_language=TEXT, source_ids=TEXTS, target_ids=TEXTS, score=NUMBER, shape=TEXT
        ),
        meaning="which segments of the pivot and another language translate each other",
    ),
)
"""An article in all its languages, whole."""
