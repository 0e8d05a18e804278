"""A selection of the store in numbers: what a report is drawn from. Each a grouped query, none reads a text."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nsmallest
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, case, func, select

from pipelines.storage.drawing import drawing_hash
from pipelines.storage.inspection import as_text
from pipelines.storage.schema import articles, revisions
from pipelines.storage.selecting import narrowed
from pipelines.storage.values import Selection

LENGTHS: Final = (50, 100, 200, 400, 800, 1600, 3200)
"""Where the classes of length begin, in words; the first class has fewer words than the first bound."""
_MONTH = 7  # characters of YYYY-MM
_MOST_PUBLISHERS = 30


class Month(NamedTuple):
    """Texts and words of one language (of the address) published in a month; None for texts without a day."""

    language: str
    month: str | None
    texts: int
    words: int


class Agreement(NamedTuple):
    """Texts of one language of addresses by whether the language found agrees; None where that is not known."""

    language: str
    agrees: bool | None
    texts: int


class Length(NamedTuple):
    """Texts of one language in a class of `LENGTHS`, from 0."""

    language: str
    size_class: int
    texts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything ordered by name, so that the same store gives the same numbers in the same order.

    `publishers` are the largest ones; `group_sizes` maps a number of languages to how many slugs have texts
    in so many; `without` maps a language to how many of the slugs have no text in it; `revisions` maps a number of
    texts to how many addresses have had so many; `slugs_by_month` a month to how
    many slugs have a text published in it.
    """

    months: tuple[Month, ...]
    agreement: tuple[Agreement, ...]
    lengths: tuple[Length, ...]
    publishers: tuple[tuple[str, int], ...]
    publishers_in_all: int
    group_sizes: tuple[tuple[int, int], ...]
    without: tuple[tuple[str, int], ...]
    revisions: tuple[tuple[int, int], ...]
    gone: int
    slugs_by_month: tuple[tuple[str, int], ...]

    @property
    def texts(self) -> int:
        """How many texts the selection has."""
        return sum(month.texts for month in self.months)

    @property
    def slugs(self) -> int:
        """How many slugs it has, each once whatever its languages; an article can have several (see `groups`)."""
        return sum(number for _, number in self.group_sizes)


def overview(connection: Connection, selection: Selection) -> Overview:
    """A selection in numbers."""
    sizes, have = _groups(connection, selection)
    slugs = sum(number for _, number in sizes)
    publishers = _counted(connection, selection, revisions.c.publisher)
    named = sorted(((as_text(name), n) for name, n in publishers if name is not None), key=lambda p: (-p[1], p[0]))
    return Overview(
        months=_months(connection, selection),
        agreement=_agreement(connection, selection),
        lengths=_lengths(connection, selection),
        publishers=tuple(named[:_MOST_PUBLISHERS]),
        publishers_in_all=len(named),
        group_sizes=sizes,
        without=tuple((language, slugs - number) for language, number in have),
        revisions=_revisions(connection, selection),
        slugs_by_month=_slugs_by_month(connection, selection),
        gone=sum(n for gone, n in _counted(connection, selection, articles.c.gone_at.is_not(None)) if gone),
    )


def of_articles(connection: Connection, query: Select[Any], selection: Selection) -> Select[Any]:
    """A query over `articles` alone for those with a text in a selection of current texts.

    Each article has one current text: where all are wanted, the larger table of the texts is not looked into.
    """
    if selection == Selection():
        return query.select_from(articles)
    return narrowed(connection, query, selection)


def sampled_slugs(connection: Connection, selection: Selection, size: int) -> list[str]:
    """`size` slugs, drawn by their hashes: all of them go by once."""
    query = of_articles(connection, select(articles.c.slug).distinct(), selection)
    rows = connection.execute(query.execution_options(yield_per=10_000)).scalars()
    return nsmallest(size, map(as_text, rows), key=drawing_hash)


def _counted(connection: Connection, selection: Selection, *columns: Any) -> list[tuple[Any, ...]]:
    """Rows of (columns, number of texts)."""
    query = narrowed(connection, select(*columns, func.count()), selection).group_by(*columns)
    return [tuple(row) for row in connection.execute(query)]


def _months(connection: Connection, selection: Selection) -> tuple[Month, ...]:
    month = func.substr(revisions.c.published, 1, _MONTH)
    columns = (articles.c.language, month)
    query = narrowed(connection, select(*columns, func.count(), func.sum(revisions.c.words)), selection).group_by(
        *columns
    )
    rows = [
        Month(as_text(language), None if day is None else as_text(day), int(texts), int(words or 0))
        for language, day, texts, words in connection.execute(query)
    ]
    return tuple(sorted(rows, key=lambda row: (row.language, row.month or "")))


def _agreement(connection: Connection, selection: Selection) -> tuple[Agreement, ...]:
    rows = _counted(connection, selection, articles.c.language, revisions.c.agrees)
    found = [Agreement(as_text(code), None if agrees is None else bool(agrees), n) for code, agrees, n in rows]
    return tuple(sorted(found, key=lambda row: (row.language, str(row.agrees))))


def _lengths(connection: Connection, selection: Selection) -> tuple[Length, ...]:
    size_class = case(
        *((revisions.c.words < bound, number) for number, bound in enumerate(LENGTHS)), else_=len(LENGTHS)
    )
    rows = _counted(connection, selection, articles.c.language, size_class)
    return tuple(sorted(Length(as_text(code), int(number), n) for code, number, n in rows))


def _groups(connection: Connection, selection: Selection) -> tuple[tuple[tuple[int, int], ...], list[tuple[str, int]]]:
    """How many slugs have so many languages, and how many have each language."""
    versions = of_articles(connection, select(func.count().label("languages")), selection)
    by_slug = versions.group_by(articles.c.slug).subquery()
    sizes = connection.execute(select(by_slug.c.languages, func.count()).group_by(by_slug.c.languages))
    columns = (articles.c.language, func.count())
    have = connection.execute(of_articles(connection, select(*columns), selection).group_by(articles.c.language))
    return (
        tuple(sorted((int(languages), int(number)) for languages, number in sizes)),
        sorted((as_text(language), int(number)) for language, number in have),
    )


def _slugs_by_month(connection: Connection, selection: Selection) -> tuple[tuple[str, int], ...]:
    month = func.substr(revisions.c.published, 1, _MONTH).label("month")
    pairs = narrowed(connection, select(month, articles.c.slug).distinct(), selection).subquery()
    query = select(pairs.c.month, func.count()).where(pairs.c.month.is_not(None)).group_by(pairs.c.month)
    return tuple(sorted((as_text(name), int(number)) for name, number in connection.execute(query)))


def _revisions(connection: Connection, selection: Selection) -> tuple[tuple[int, int], ...]:
    by_article = select(func.count().label("texts")).select_from(revisions).group_by(revisions.c.article_id)
    if selection != Selection():
        chosen = narrowed(connection, select(articles.c.id), selection).subquery()
        by_article = by_article.join(chosen, chosen.c.id == revisions.c.article_id)
    each = by_article.subquery()
    rows = connection.execute(select(each.c.texts, func.count()).group_by(each.c.texts))
    return tuple(sorted((int(texts), int(number)) for texts, number in rows))
