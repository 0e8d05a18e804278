"""The fields of a record: one table of name, type, meaning and place for whatever reads, writes or describes them.

From it follow the JSON record, what `store add` refuses, the Arrow types of `clean`, the columns of the exports, the
dataset card, Croissant and docs/record.md. A new field is a new row here, and an attribute of `models.Article`; a new
column of the datasets is one more name in `_COLUMNS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from pipelines.outcomes import REJECTED
from pipelines.record_measures import BESIDE, MEASURED
from pipelines.record_types import (
    BOOLEAN,
    BY_LANGUAGE,
    BY_NAME,
    DAY,
    IMAGES,
    INSTANT,
    INSTANT_AS_TEXT,
    INTEGER,
    INTEGERS,
    NUMBER,
    ORIGINS,
    RIGHTS,
    SMALL,
    STRIPPED,
    TEXT,
    TEXTS,
    Check,
    Type,
    count,
    day_or_time,
    kinds_of_paragraphs,
    language_code,
    name_to_print,
    no_longer_than,
    no_more_than,
    script_code,
    share,
    time_with_offset,
)
from pipelines.rights.dataset_columns import ANSWERED
from pipelines.web.addresses import MAX_LENGTH

Place = Literal["record", "store", "dataset", "asked", "clean", "quality", "compared", "duplicates", "rejection"]
"""Where a field stands: in the record (so, with `vn_`, in `clean`'s rows as well); beside it in the store; in datasets
alone, or there only on request; in `clean`'s rows alone; among the measures of a text, or of a text compared with the
others of its article; in `clean`'s rows only with clusters of duplicates; in the record of a page that is no
article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. `rule` checks its values beyond their type; a `derived` one is made of others, never read.

    `column_meaning` and `column_type` describe it as a column of a dataset, where `meaning` and `type` do not.
    """

    name: str
    type: Type
    meaning: str
    nullable: bool = False
    required: bool = False
    derived: bool = False
    rule: Check | None = None
    places: tuple[Place, ...] = ("record",)
    column_meaning: str = ""
    column_type: Type | None = None

    @property
    def doc_type(self) -> str:
        """The type as the docs name it."""
        return f"{self.type.name} or null" if self.nullable else self.type.name

    @property
    def dataset_meaning(self) -> str:
        """What it is as a column of a dataset."""
        return self.column_meaning or self.meaning

    @property
    def flat(self) -> bool:
        """Whether it is one value, not a list, so that a cell of CSV or of a spreadsheet holds it."""
        return self.type.flat


# ---- the table

_RECORD = (
    Field(
        name="url",
        type=TEXT,
        nullable=True,
        required=True,
        rule=no_longer_than(MAX_LENGTH),
        meaning="the address the page was served from, as it was given",
        places=("record", "rejection"),
        column_meaning="the address where this text was seen last",
    ),
    Field(
        name="host",
        type=TEXT,
        nullable=True,
        rule=no_longer_than(MAX_LENGTH),
        meaning="its host; several hosts serve the same articles",
    ),
    Field(
        name="slug",
        type=TEXT,
        nullable=True,
        rule=no_longer_than(MAX_LENGTH),
        meaning="the last part of the path: the same in every language, so the key of a translation group",
        column_meaning="the same in every language of an article: the key of a translation group",
    ),
    Field(
        name="url_language",
        type=TEXT,
        nullable=True,
        rule=language_code,
        meaning="what the path claims: its prefix, `vi` without one on the site's hosts",
        column_meaning="language that the address claims",
    ),
    Field(name="html_language", type=TEXT, nullable=True, meaning="what `<html lang>` claims, as it stands"),
    Field(
        name="language",
        type=TEXT,
        nullable=True,
        rule=language_code,
        meaning="what the text really is (ISO 639-1 where there is one); null where too little text tells",
        column_meaning="language found in the text, ISO 639-3 of the one language (`arb`, not `ara`); `und` where none "
        "was found",
    ),
    Field(
        name="language_script",
        type=TEXT,
        nullable=True,
        rule=script_code,
        meaning="ISO 15924",
        column_meaning="script found, ISO 15924",
    ),
    Field(
        name="language_score",
        type=NUMBER,
        rule=share,
        meaning="0 to 1",
        column_meaning="how sure that is, 0 to 1",
    ),
    Field(name="language_detector", type=TEXT, meaning="which step decided, or why none did"),
    Field(
        name="language_agrees",
        type=BOOLEAN,
        nullable=True,
        meaning="whether claim and finding agree; null where nothing is declared or found",
        column_meaning="whether language found and claimed agree; null where nothing was claimed",
    ),
    Field(name="title", type=TEXT, nullable=True, meaning="headline"),
    Field(
        name="lead",
        type=TEXT,
        nullable=True,
        meaning="standfirst",
        column_meaning="standfirst, where the page has one",
    ),
    Field(
        name="paragraphs",
        type=TEXTS,
        required=True,
        meaning="every paragraph, heading, list item, quote and table row, in reading order",
    ),
    Field(
        name="kinds",
        type=TEXTS,
        rule=kinds_of_paragraphs,
        meaning="what each is: `paragraph`, `heading`, `list_item`, `quote`, `table_row` (cells joined by ` \\| `)",
    ),
    Field(
        name="text",
        type=TEXT,
        derived=True,
        meaning="the paragraphs joined by a blank line",
        column_meaning="the article, paragraphs joined by a blank line; title and lead are not in it",
    ),
    Field(
        name="untranslated",
        type=INTEGERS,
        meaning="indices of paragraphs in another language than the article, wholly or in part",
    ),
    Field(name="images", type=IMAGES, meaning="`src`, `alt`, `caption`, each a string or null"),
    Field(
        name="publisher",
        type=TEXT,
        nullable=True,
        meaning="the newspaper, in Vietnamese in every language",
        column_meaning="who published the original",
    ),
    Field(name="author", type=TEXT, nullable=True, meaning="the person, where the page's data names one"),
    Field(
        name="published",
        type=TEXT,
        nullable=True,
        rule=day_or_time,
        meaning="ISO 8601: a day alone where only the day is known, else a time with its offset; the day is Vietnam's "
        "(UTC+7)",
    ),
    Field(name="modified", type=TEXT, nullable=True, rule=day_or_time, meaning="the same of the last change"),
    Field(
        name="source_url",
        type=TEXT,
        nullable=True,
        meaning="the address of the original at its publisher",
        column_meaning="address of the original at its publisher",
    ),
    Field(name="category", type=TEXT, nullable=True, meaning="as the page says"),
    Field(name="tags", type=TEXTS, meaning="as the page says"),
    Field(name="comment_count", type=INTEGER, nullable=True, rule=count, meaning="the count of the comment line"),
    Field(
        name="alternates",
        type=BY_NAME,
        meaning="language -> whole address, from the page's `hreflang` links; what is no address is left out",
        column_type=BY_LANGUAGE,
        column_meaning="the page's `hreflang` links: `language` as the page says it, `url`",
    ),
    Field(name="canonical_url", type=TEXT, nullable=True, meaning="from the page"),
    Field(
        name="origins",
        type=BY_NAME,
        meaning="field -> where its value comes from; `field:origin` -> what the page says there instead "
        "([origins](#where-a-field-comes-from))",
        column_type=ORIGINS,
        column_meaning="`field` and its `origin`: where it was taken from; a field such as `published:json-ld` has "
        "what the page says there instead",
    ),
    Field(
        name="stripped",
        type=STRIPPED,
        meaning="`text` and `rule`: what was taken away ([rules](rules.md))",
        column_meaning="`text` and `rule`: what was taken away from the page",
    ),
    Field(
        name="stripped_at",
        type=INTEGERS,
        meaning="of each of `stripped`, the index of the paragraph before which it stood (their number: behind the "
        "last): [the page in order](#the-page-in-order)",
        column_meaning="of each of `stripped`, the index of the paragraph before which it stood",
    ),
    Field(
        name="confidence",
        type=NUMBER,
        nullable=True,
        rule=share,
        meaning="of a page of no known layout: the F1 of words that the chooser expects of its choice, 0 to 1; "
        "elsewhere null",
    ),
    Field(
        name="extractor",
        type=TEXT,
        required=True,
        rule=name_to_print,
        meaning="`layout:<name>@<first seen>`, `blocks`, `trafilatura` (its second opinion on the blocks), or "
        "`text-header`, `text-body`, `text-bullet`",
        column_meaning="rule that read the page",
    ),
    Field(
        name="extractor_version",
        type=TEXT,
        required=True,
        rule=name_to_print,
        meaning="raised whenever the same page could give another article",
        column_meaning="its version behind a `v`: readers would make a number of `1.10`",
    ),
    Field(
        name="content_sha256",
        type=TEXT,
        derived=True,
        meaning="SHA-256 over the JSON array `[title, lead, [paragraphs]]` in UTF-8",
        column_meaning="hash over title, lead and paragraphs",
    ),
    Field(
        name="fetched_at",
        type=TEXT,
        nullable=True,
        rule=time_with_offset,
        meaning="ISO 8601 time with offset, as it was given",
        places=("record", "rejection"),
        column_type=INSTANT,
        column_meaning="when the page was fetched last (UTC)",
    ),
    Field(
        name="capture",
        type=TEXT,
        nullable=True,
        rule=no_longer_than(MAX_LENGTH),
        meaning="the archive of the web that the page comes from, and its place there (`backfill`); null where the "
        "site itself was asked",
    ),
    Field(
        name="rights",
        type=RIGHTS,
        rule=no_more_than(100),
        meaning="what the site said of the page's use ([rights](rights.md)), signal by signal: `source`, `said` (its "
        "words), `usages` (`train-ai=disallowed, tdm=unknown`); none where nothing was said, or nobody looked",
    ),
    Field(name="outcome", type=TEXT, meaning="`ok`", places=("record", "rejection")),
)

_MEASURES = tuple(
    Field(
        name=name,
        type=kind,
        meaning=meaning,
        places=("clean", "quality") if in_clean else ("quality",),
        column_meaning="words: between spaces; two characters of Han or kana, five of Thai, Lao, Khmer or Burmese"
        if name == "words"
        else "",
    )
    for name, kind, meaning, in_clean in MEASURED
)

_MEASURES_COMPARED = tuple(
    Field(name=name, type=kind, meaning=meaning, nullable=True, places=("compared",)) for name, kind, meaning in BESIDE
)

_BESIDE = (
    Field(name="detail", type=TEXT, nullable=True, meaning="one line for a person", places=("rejection",)),
    Field(
        name="id",
        type=TEXT,
        meaning="`language/slug` of the address: the key of an article; with all revisions, `#` and the text's hash "
        "follow",
        places=("store",),
    ),
    Field(
        name="revision",
        type=SMALL,
        meaning="which of the texts seen at this address it is, from 1",
        places=("store",),
    ),
    Field(
        name="first_seen",
        type=TEXT,
        meaning="when this text was seen first (UTC)",
        places=("store",),
        column_type=INSTANT,
    ),
    Field(
        name="last_seen",
        type=TEXT,
        meaning="when this text was seen last (UTC)",
        places=("store",),
        column_type=INSTANT,
    ),
    Field(
        name="gone_at",
        type=TEXT,
        nullable=True,
        meaning="since when the site has the article no longer (UTC)",
        places=("store",),
        column_type=INSTANT,
    ),
    Field(
        name="date",
        type=INSTANT_AS_TEXT,
        meaning="`first_seen` as FineWeb-2 has it: text under this name",
        places=("dataset",),
    ),
    Field(
        name="language_iso",
        type=TEXT,
        nullable=True,
        meaning="the same as the site and BCP 47 have it: ISO 639-1 where there is one (`fr`, `zh-Hant`); null for "
        "`und`",
        places=("dataset",),
    ),
    Field(
        name="language_fineweb2",
        type=TEXT,
        nullable=True,
        meaning="FineWeb-2's name of it, to join with (`cmn_Hani`, `fas_Arab`); null for `und`",
        places=("dataset",),
    ),
    Field(
        name="published_day",
        type=DAY,
        nullable=True,
        meaning="day of publication in Vietnam (UTC+7)",
        places=("dataset",),
    ),
    Field(
        name="published_at",
        type=INSTANT,
        nullable=True,
        meaning="time of publication (UTC); null where the page tells the day alone",
        places=("dataset",),
    ),
    Field(
        name="modified_day",
        type=DAY,
        nullable=True,
        meaning="day of the last change in Vietnam (UTC+7)",
        places=("dataset",),
    ),
    Field(
        name="modified_at",
        type=INSTANT,
        nullable=True,
        meaning="time of the last change (UTC); null where the page tells the day alone",
        places=("dataset",),
    ),
    *(Field(name=name, type=TEXT, meaning=meaning, places=("dataset",)) for name, meaning in ANSWERED),
    *_MEASURES,
    *_MEASURES_COMPARED,
    Field(name="source", type=TEXT, meaning="the file, relative to its argument", places=("clean",)),
    Field(
        name="position",
        type=INTEGER,
        meaning="byte offset of the WARC record or line, or number of the Parquet row",
        places=("clean",),
    ),
    Field(
        name="duplicate_cluster",
        type=TEXT,
        meaning="the cluster of duplicates",
        places=("duplicates", "asked"),
        column_meaning="the cluster of near duplicates among all texts of the store, in any language",
    ),
    Field(
        name="duplicate_size",
        type=INTEGER,
        meaning="its rows (1: there is no other)",
        places=("duplicates", "asked"),
        column_meaning="articles of the store with a text in that cluster (1: there is no other)",
    ),
    Field(
        name="split",
        type=TEXT,
        meaning="the split that the article is in (`--split`)",
        places=("asked",),
    ),
)

FIELDS: Mapping[str, Field] = {field.name: field for field in (*_RECORD, *_BESIDE)}
"""Every field, by name; first those of the record, in its order."""


def names(*places: Place) -> tuple[str, ...]:
    """The fields that are in one of the places, in the order of the table.

    >>> names("store")
    ('id', 'revision', 'first_seen', 'last_seen', 'gone_at')
    """
    return tuple(name for name, field in FIELDS.items() if any(place in places for place in field.places))


# FineWeb-2's seven, then what most readers want, then the rest of the record and of the store.
_COLUMNS = (
    *("text", "id", "url", "date", "language", "language_score", "language_script", "language_iso"),
    *("language_fineweb2", "title", "lead", "slug", "publisher", "source_url", "published_day", "published_at"),
    *("url_language", "language_agrees", "revision", "content_sha256", "extractor", "extractor_version", "host"),
    *("html_language", "language_detector", "paragraphs", "kinds", "untranslated", "images", "author", "modified_day"),
    *("modified_at", "category", "tags", "comment_count", "alternates", "canonical_url", "origins", "stripped"),
    *("stripped_at", "confidence", "fetched_at", "first_seen", "last_seen", "gone_at", "capture", "rights"),
    *(name for name, _ in ANSWERED),
)


def _as_column(field: Field) -> Field:
    return replace(field, type=field.column_type or field.type)


QUALITY: tuple[str, ...] = names("quality")
"""Measures of a text (`pipelines.quality`): filters use them, and datasets have them on request."""
COMPARED: tuple[str, ...] = names("compared")
"""Measures of a text compared with the others of its article (`pipelines.translations.lens`), used the same way."""
COPIES: tuple[str, ...] = ("duplicate_cluster", "duplicate_size")
"""Columns that compare a text with all texts of a store; filters use the size, too."""
MEASURES: tuple[str, ...] = (*QUALITY, *COMPARED, "duplicate_size")
"""All measures that filters use."""

DATASET: Mapping[str, Field] = {
    name: _as_column(FIELDS[name]) for name in (*_COLUMNS, *names("asked"), *QUALITY, *COMPARED)
}
"""The columns of every dataset in their order, each with its type there, whatever the format; those that are there only
on request come last."""
COLUMNS = _COLUMNS
"""The columns that every dataset has."""

_READ = tuple(field for field in _RECORD if not field.derived)
_BY_NAME = {field.name: field for field in _READ}


def check_record(row: object) -> str | None:
    """Why a JSON value is no record that can be stored, in one line; None where it is one.

    Unknown fields are passed over, and derived ones not looked at. A field that is missing has its default, except
    `url`, `extractor`, `extractor_version` and `paragraphs`.

    >>> check_record({"url": None, "paragraphs": ["A."], "extractor": "x", "extractor_version": "1"})
    >>> check_record({"url": None, "paragraphs": ["A."], "extractor": None, "extractor_version": "1"})
    'extractor is no string'
    >>> check_record({"outcome": "gone", "url": "https://www.vietnam.vn/fr/x", "fetched_at": "2025-10-23"})
    'fetched_at is no time with its offset, such as 2025-10-23T08:00:00+07:00'
    """
    if not isinstance(row, Mapping):
        return "not a JSON object"
    outcome = row.get("outcome", "ok")
    if outcome != "ok":
        if not isinstance(outcome, str) or outcome not in REJECTED:
            return f"unknown outcome {outcome!r:.60}"
        return next((p for f in _READ + _BESIDE if "rejection" in f.places and (p := _problem(row, f))), None)
    if not row.get("paragraphs"):
        return "no paragraphs; rows of corpora go through 'vietnamvn clean --store'"
    if missing := [f.name for f in _READ if f.required and f.name not in row]:
        return f"no {', '.join(missing)}"
    for field in _READ:
        if (problem := _problem(row, field)) is not None:
            return problem
    paragraphs, kinds = len(row["paragraphs"]), len(row.get("kinds", ()))
    if kinds not in (0, paragraphs):
        return f"kinds has {kinds} entries for {paragraphs} paragraphs"
    if not all(0 <= index < paragraphs for index in row.get("untranslated", ())):
        return f"untranslated names a paragraph that is none of the {paragraphs}"
    places, lines = row.get("stripped_at", ()), len(row.get("stripped", ()))
    if len(places) not in (0, lines):
        return f"stripped_at has {len(places)} entries for {lines} in stripped"
    if not all(0 <= place <= paragraphs for place in places):
        return f"stripped_at names a place that is none beside the {paragraphs} paragraphs"
    return None


def check_types(record: Mapping[str, Any]) -> str | None:
    """Why a stored record cannot be read back as an article, in one line; None where it can.

    Checks types alone, quickly: rules of fields may be stricter today than when it was stored.

    >>> check_types({"paragraphs": ["A."], "extractor": None})
    'extractor is no string'
    """
    # Thousands of records have the same shape: for a known shape only the values are checked.
    shape = (tuple(record), tuple(map(type, record.values())))
    inner = _SHAPES.get(shape)
    fields = [_BY_NAME[name] for name in record if name in _BY_NAME] if inner is None else inner
    for field in fields:
        value = record[field.name]
        if (value is None and field.nullable) or _clearly_sound(field.type, value):
            continue
        if (problem := field.type.check(value)) is not None:
            return f"{field.name} {problem}"
    if inner is None:
        if len(_SHAPES) > _MOST_SHAPES:
            _SHAPES.clear()
        _SHAPES[shape] = tuple(field for field in fields if field.type not in (TEXT, BOOLEAN))
    paragraphs = len(record.get("paragraphs", ()))
    if len(record.get("kinds", ())) not in (0, paragraphs):
        return f"kinds has {len(record['kinds'])} entries for {paragraphs} paragraphs"
    if "untranslated" in record and not all(0 <= index < paragraphs for index in record["untranslated"]):
        return f"untranslated names a paragraph that is none of the {paragraphs}"
    return None


def _clearly_sound(kind: Type, value: Any) -> bool:
    """Whether a JSON value is seen at once to be of this type; False leaves it to the type's own check."""
    if value.__class__ is dict:
        return kind is BY_NAME and set(map(type, value.values())) <= _STRING
    if value.__class__ is not list:
        return False
    inner = set(map(type, value))
    if kind is TEXTS:
        return inner <= _STRING
    if kind not in _OBJECTS or not inner <= {dict}:
        return False
    keys, values = _OBJECTS[kind]
    if not {tuple(item) for item in value} <= keys:
        return False
    return {type(text) for item in value for text in item.values()} <= values


# The keys as the store writes them, and the types of their values.
_OBJECTS: dict[Type, tuple[set[tuple[str, ...]], set[type]]] = {
    IMAGES: ({("src", "alt", "caption")}, {str, type(None)}),
    STRIPPED: ({("text", "rule")}, {str}),
    RIGHTS: ({("source", "said", "usages")}, {str}),
}
_SHAPES: dict[tuple[tuple[str, ...], tuple[type, ...]], tuple[Field, ...]] = {}
_MOST_SHAPES = 1_000
_STRING = {str}


def _problem(row: Mapping[str, Any], field: Field) -> str | None:
    if field.name not in row:
        return None
    value = row[field.name]
    if value is None and field.nullable:
        return None
    problem = field.type.check(value) or (field.rule(value) if field.rule is not None else None)
    return None if problem is None else f"{field.name} {problem}"
