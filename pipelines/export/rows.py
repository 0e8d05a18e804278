"""A stored text as a row of a dataset: one set of columns, names and types for every format.

Values are those of JSON. Days are ``YYYY-MM-DD``, instants UTC to the microsecond; writers that have types for them
convert these.
"""

from __future__ import annotations

import marshal
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import filterfalse
from operator import attrgetter
from typing import Any, NamedTuple

from pipelines.errors import UsageError
from pipelines.languages import LANGUAGES, corpus_code, fineweb2_code
from pipelines.models import OBJECTS
from pipelines.record import COLUMNS, DATASET, QUALITY, Field
from pipelines.record_types import NUMBER
from pipelines.rights import USAGES, Rights, Usage
from pipelines.rights.dataset_columns import column_of
from pipelines.storage import Revision, Standing
from pipelines.storage.keys import REVISION_DIGITS
from pipelines.times import day_and_instant, instant, is_instant

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_FOLDER = re.compile(r"[a-z]{2,8}_[A-Z][a-z]{3}\Z")
UNKNOWN = "und_Zzzz"
"""The folder of texts whose language was not found."""

FLAT = tuple(name for name in COLUMNS if DATASET[name].flat)
"""The columns whose values fit one cell: the default of CSV and spreadsheets."""


@lru_cache(maxsize=4096)
def folder_of(language: str | None, script: str | None) -> str:
    """The corpus code of a language and script found; a code in no table keeps its form.

    >>> folder_of("fr", "Latn"), folder_of(None, None), folder_of("../x", None)
    ('fra_Latn', 'und_Zzzz', 'und_Zzzz')
    """
    if language is None:
        code = f"und_{script or 'Zzzz'}"
    else:
        code = corpus_code(language, script) or f"{language}_{script or 'Zzzz'}"
    # A code becomes the name of a folder, and records can come from anybody's file.
    return code if _FOLDER.match(code) else UNKNOWN


def config_of(stored: Revision) -> str:
    """The configuration that a text belongs to: `folder_of` its language and script."""
    return folder_of(stored.article.language, stored.article.language_script)


def identifier_of(stored: Revision | Standing, *, all_revisions: bool) -> str:
    """``language/slug``, the key of an article; with all revisions, the text's hash distinguishes them."""
    key = f"{stored.language}/{stored.slug}"
    return f"{key}#{stored.content_sha256[:REVISION_DIGITS]}" if all_revisions else key


def require_columns(names: Sequence[str]) -> None:
    """Raise `UsageError` for an unknown column, or one that is named twice."""
    unknown = [name for name in names if name not in DATASET]
    if unknown or not names:
        raise UsageError(f"no column {', '.join(unknown) or '(none given)'}; the columns are: {', '.join(DATASET)}")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(f"the column {', '.join(twice)} is named twice; a reader would take one of the two")


Maker = Callable[[Revision], Any]
"""Makes a column's value from a text."""

RowOf = Callable[[Revision, Mapping[str, Any]], dict[str, Any]]
"""Makes a row from a text and the values of the columns that need more than the text."""


def row_maker(columns: Sequence[str], *, all_revisions: bool, whole: bool = True) -> RowOf:
    """A function that makes rows of these columns, in their order.

    Without `whole`, texts may have halves of characters: the writer notices, and makes a `whole_row`.
    """
    own = [name for name in columns if name not in QUALITY]
    others = {name for name in own if {"asked", "compared"} & {*DATASET[name].places}}  # these need other texts
    plain = [name for name in own if name not in _MAKERS and DATASET[name].flat and name not in others]
    values_of = attrgetter(*plain, "url", "url")  # always several
    makers = [
        (name, (lambda _: None) if name in others else _MAKERS.get(name) or _of_article(name))
        for name in own
        if name not in plain
    ]
    is_measured = len(own) < len(columns)
    looked_at = [name for name in own if name != "paragraphs" or "text" not in columns]  # then the text is checked

    def row(stored: Revision, asked: Mapping[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = dict.fromkeys(own)
        made.update(zip(plain, values_of(stored.article), strict=False))
        for name, make in makers:
            made[name] = asked[name] if name in asked else make(stored)
        if whole and not _is_whole([made[name] for name in looked_at]):
            made = whole_row(made)
        if is_measured:
            from pipelines.quality import measured  # it loads what few exports need

            values = {**made, **measured(stored.article)}
            made = {name: _of_type(DATASET[name], values[name]) for name in columns}
        if all_revisions and "id" in made:
            made["id"] = identifier_of(stored, all_revisions=True)
        return made

    return row


@lru_cache(maxsize=4096)
def _iso(language: str | None) -> str | None:
    # A code in no table is kept where it has the form of one, as for the name of its folder.
    return language if language in LANGUAGES or not folder_of(language, None).startswith("und_") else None


@lru_cache(maxsize=4096)
def _fineweb2(language: str | None, script: str | None) -> str | None:
    code = folder_of(language, script)
    return None if code.startswith("und_") else fineweb2_code(language, script) or code


_day_and_instant = lru_cache(maxsize=16)(day_and_instant)  # two columns of a row need the same


def _instant(value: str | None) -> str | None:
    return instant(value) if value is not None and is_instant(value) else None


def _of_type(field: Field, value: Any) -> Any:
    return _number(value) if field.type is NUMBER else value


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)  # a 1 among 0.5 would change the type that readers guess


def _by_name(given: Mapping[str, str], key: str, value: str) -> list[dict[str, str]]:
    """An object whose keys are data, as a list: as columns, readers would drop keys that come late."""
    return [{key: name, value: item} for name, item in given.items()]


class _RightsOfRow(NamedTuple):
    """What the site said of a text's use, in the forms of a row."""

    rights: Rights
    answers: Mapping[Usage, str]
    signals: list[dict[str, str]]


_last_rights = [_RightsOfRow(Rights(), Rights().answers(), [])]  # of the last text; the next one's are mostly the same


def _rights_of(stored: Revision) -> _RightsOfRow:
    (known,) = _last_rights
    rights = stored.article.rights
    if known.rights is not rights:
        known = _RightsOfRow(rights, rights.answers(), rights.plain())
        _last_rights[0] = known
    return known


def _answer(usage: Usage, stored: Revision) -> str:
    return _rights_of(stored).answers[usage]


# Columns that are not simply an attribute of the article.
_MAKERS: dict[str, Maker] = {
    "id": lambda stored: identifier_of(stored, all_revisions=False),
    "date": lambda stored: stored.first_seen,
    "language": lambda stored: config_of(stored).partition("_")[0],
    "language_script": lambda stored: config_of(stored).partition("_")[2],
    "language_score": lambda stored: _number(stored.article.language_score),
    "language_iso": lambda stored: _iso(stored.article.language),
    "language_fineweb2": lambda stored: _fineweb2(stored.article.language, stored.article.language_script),
    "slug": lambda stored: stored.slug,
    "revision": lambda stored: stored.revision,
    "content_sha256": lambda stored: stored.content_sha256,
    "published_day": lambda stored: _day_and_instant(stored.article.published)[0],
    "published_at": lambda stored: _day_and_instant(stored.article.published)[1],
    "modified_day": lambda stored: _day_and_instant(stored.article.modified)[0],
    "modified_at": lambda stored: _day_and_instant(stored.article.modified)[1],
    "alternates": lambda stored: _by_name(stored.article.alternates, "language", "url"),
    "origins": lambda stored: _by_name(stored.article.origins, "field", "origin"),
    "confidence": lambda stored: _number(stored.article.confidence),
    "extractor_version": lambda stored: f"v{stored.article.extractor_version}",
    "fetched_at": lambda stored: _instant(stored.article.fetched_at),
    "first_seen": lambda stored: stored.first_seen,
    "last_seen": lambda stored: stored.last_seen,
    "gone_at": lambda stored: stored.gone_at,
    "rights": lambda stored: _rights_of(stored).signals,
    **{column_of(usage): partial(_answer, usage) for usage in USAGES},
}


def _of_article(name: str) -> Callable[[Revision], Any]:
    plain = OBJECTS.get(name)
    if plain is not None:
        return lambda stored: plain(getattr(stored.article, name))
    if DATASET[name].flat:
        return lambda stored: getattr(stored.article, name)
    return lambda stored: list(getattr(stored.article, name))


def whole_text(text: str) -> str:
    """The text with U+FFFD for halves of characters, which no UTF-8 file can hold."""
    try:
        text.encode()  # tens of times faster than a search for them
    except UnicodeEncodeError:
        return _LONE_SURROGATE.sub("\ufffd", text)
    return text


def whole_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with each text as `whole_text` gives it."""
    return {name: _whole(value) for name, value in row.items()}


def _is_whole(values: Iterable[Any]) -> bool:
    """Whether the texts of a row have no half of a character."""
    try:
        require_whole(values)
    except UnicodeEncodeError:
        return False
    return True


def require_whole(values: Iterable[Any]) -> None:
    """Raise `UnicodeEncodeError` where a text of a row has half of a character."""
    "".join(filterfalse(str.isascii, texts_of(values))).encode()  # all at once, since nearly no row has one


def row_bytes(row: Mapping[str, Any]) -> bytes:
    """Bytes that are equal for equal rows of the same columns, and differ for others.

    Version 2 of `marshal` gives equal bytes for equal values, in every Python.
    """
    values: Any = [*row.values()]
    if "paragraphs" in row:  # the text is made of them
        values = [value for name, value in row.items() if name != "text"]
    return marshal.dumps(values, 2)  # four times as quick as JSON


def texts_of(values: Iterable[Any]) -> list[str]:
    """All texts among the values of a row, also within lists and objects, in no order."""
    found: list[Any] = []
    for value in values:
        kind = type(value)  # not `isinstance`: a row has hundreds of values
        if kind is str:
            found.append(value)
        elif kind is list and value:
            if type(value[0]) is dict:
                for item in value:
                    found += item.values()
            else:
                found += value
        elif kind is dict:
            found += value.values()
    texts = [text for text in found if type(text) is str]
    if len(texts) < len(found) and (inner := [value for value in found if type(value) in (list, dict)]):
        texts += texts_of(inner)
    return texts


def _whole(value: Any) -> Any:
    kind = type(value)
    if kind is str:
        return whole_text(value)
    if kind is list:
        return [_whole(item) for item in value]
    if kind is dict:
        return {key: _whole(item) for key, item in value.items()}
    return value
