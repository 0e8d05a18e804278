"""Texts that several addresses have to the letter, title and all: counted by the hash, none is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from pipelines.site import ORIGINAL_LANGUAGE
from pipelines.storage.inspection import as_text
from pipelines.storage.overview import of_articles
from pipelines.storage.schema import articles
from pipelines.storage.values import Selection

_SHOWN = 10  # texts
_SLUGS = 5  # of each


class CopyCount(NamedTuple):
    """Of a language of addresses: its texts; how many of them another slug of this language has too, beyond the first;
    and how many are the Vietnamese text of their slug, where that is selected too."""

    language: str
    texts: int
    copies: int
    untranslated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """Counts by language, and the Vietnamese texts that most slugs have: (how many slugs, the first ones of them)."""

    languages: tuple[CopyCount, ...]
    most: tuple[tuple[int, tuple[str, ...]], ...]


def copies(connection: Connection, selection: Selection) -> Copies:
    """The exact copies among the current texts of a selection."""
    texts = of_articles(connection, select(articles.c.language, func.count()), selection).group_by(articles.c.language)
    number = {as_text(language): int(count) for language, count in connection.execute(texts)}
    text = articles.c.content_sha256
    several = of_articles(connection, select(text), selection).group_by(text).having(func.count() > 1)
    columns = (text, articles.c.language, articles.c.slug)
    shared = of_articles(connection, select(*columns), selection).where(text.in_(several)).order_by(*columns)
    rows = connection.execute(shared.execution_options(yield_per=10_000))
    copied: Counter[str] = Counter()
    untranslated: Counter[str] = Counter()
    most: list[tuple[int, str, tuple[str, ...]]] = []
    for digest, found in groupby(rows, key=lambda row: row[0]):
        slugs = _slugs(found)
        originals = slugs.get(ORIGINAL_LANGUAGE, [])
        for language, there in slugs.items():
            copied[language] += len(there) - 1
            if language != ORIGINAL_LANGUAGE:
                untranslated[language] += len(set(originals).intersection(there))
        if len(originals) > 1:
            shown = (-len(originals), as_text(digest), tuple(originals[:_SLUGS]))
            most = nsmallest(_SHOWN, [*most, shown])
    return Copies(
        languages=tuple(
            CopyCount(language, count, copied[language], untranslated[language])
            for language, count in sorted(number.items())
        ),
        most=tuple((-count, slugs) for count, _, slugs in most),
    )


def _slugs(rows: Iterable[Any]) -> dict[str, list[str]]:
    """The slugs of the rows of one text, by language."""
    found: dict[str, list[str]] = {}
    for _, language, slug in rows:
        found.setdefault(as_text(language), []).append(as_text(slug))
    return found
