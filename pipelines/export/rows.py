"""A stored text as a row: the full record for JSON Lines and CSV, FineWeb-2's columns and ours for Parquet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pipelines.errors import UsageError
from pipelines.languages import corpus_code
from pipelines.record import DATASET, names
from pipelines.storage import Stored

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_FOLDER = re.compile(r"[a-z]{2,8}_[A-Z][a-z]{3}\Z")
UNKNOWN = "und_Zzzz"
"""Where texts go whose language was not found."""

COLUMNS = (*names("store"), *names("record"))
"""What JSON Lines and CSV can have: of the store, and of the record."""

CSV_DEFAULT = (
    "id",
    "url",
    "language",
    "language_script",
    "language_agrees",
    "title",
    "lead",
    "text",
    "publisher",
    "published",
    "source_url",
    "revision",
    "content_sha256",
)


@lru_cache(maxsize=4096)
def folder_of(language: str | None, script: str | None) -> str:
    """The corpus code of a language and script found; the form of a code that is in no table is kept to.

    >>> folder_of("fr", "Latn"), folder_of(None, None), folder_of("../x", None)
    ('fra_Latn', 'und_Zzzz', 'und_Zzzz')
    """
    if language is None:
        code = f"und_{script or 'Zzzz'}"
    else:
        code = corpus_code(language, script) or f"{language}_{script or 'Zzzz'}"
    # A code becomes the name of a folder, and records can come from anybody's file.
    return code if _FOLDER.match(code) else UNKNOWN


def identifier(stored: Stored, *, all_revisions: bool) -> str:
    """``language/slug``, the key of an article; with all revisions, its text's hash tells them apart."""
    key = f"{stored.language}/{stored.slug}"
    return f"{key}#{stored.content_sha256[:16]}" if all_revisions else key


def require_columns(names: Sequence[str]) -> None:
    """Raise `UsageError` for a column that there is not."""
    unknown = [name for name in names if name not in COLUMNS]
    if unknown or not names:
        raise UsageError(f"no column {', '.join(unknown) or '(none given)'}; the columns are: {', '.join(COLUMNS)}")


def record_row(stored: Stored, columns: Sequence[str], *, all_revisions: bool) -> dict[str, Any]:
    """The chosen columns of the full record."""
    row: dict[str, Any] = {
        "id": identifier(stored, all_revisions=all_revisions),
        "revision": stored.revision,
        "first_seen": stored.first_seen,
        "last_seen": stored.last_seen,
        "gone_at": stored.gone_at,
        **stored.article.to_dict(),
    }
    return {name: _whole(row[name]) for name in columns}


def corpus_row(stored: Stored, *, all_revisions: bool) -> dict[str, Any]:
    """The columns of the Parquet export. `date` is when this text was seen first, as crawl dates are in FineWeb-2."""
    article = stored.article
    language, _, script = folder_of(article.language, article.language_script).partition("_")
    own = {
        "id": identifier(stored, all_revisions=all_revisions),
        "date": stored.first_seen,
        "language": language,
        "language_score": float(article.language_score),
        "language_script": script,
        "slug": stored.slug,
        "revision": stored.revision,
        "content_sha256": stored.content_sha256,
    }
    return {name: _whole(own[name] if name in own else getattr(article, name)) for name in DATASET}


def whole_text(text: str) -> str:
    """Without halves of characters, which no UTF-8 file can hold: they become U+FFFD."""
    return _LONE_SURROGATE.sub("�", text) if not text.isascii() else text


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return whole_text(value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(item) for key, item in value.items()}
    return value
