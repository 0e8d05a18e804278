"""Full text: each database's own index over the same tokens, so both find the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, TextClause, bindparam, delete, func, select, text

from pipelines.languages import is_in
from pipelines.models import Article
from pipelines.storage.reading import Reader, stored_columns
from pipelines.storage.schema import articles, revisions, unindexed
from pipelines.storage.segmentation import phrases, tokens
from pipelines.storage.values import Stored

# PostgreSQL numbers words up to 16,383 in a text, and a tsvector ends at 1 MB: the index reads so many words of an
# article on either database (200 times a long one), the first characters of a word.
_MAX_TOKENS = 16_000
_MAX_TOKEN_CHARACTERS = 50

_INSERT: dict[str, TextClause] = {
    "sqlite": text("INSERT INTO search (rowid, tokens) VALUES (:id, :tokens)"),
    "postgresql": text("INSERT INTO search (revision_id, tokens) VALUES (:id, CAST(:tokens AS tsvector))"),
}
_MATCH: dict[str, TextClause] = {
    "sqlite": text("revisions.id IN (SELECT rowid FROM search WHERE search MATCH :query)"),
    "postgresql": text(
        "revisions.id IN (SELECT revision_id FROM search WHERE search.tokens @@ CAST(:query AS tsquery))"
    ),
}


def index(connection: Connection, read: Reader, limit: int) -> int:
    """Index up to `limit` revisions that the index has not read; how many it was."""
    ids = list(
        connection.execute(
            select(unindexed.c.revision_id)
            .order_by(unindexed.c.revision_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).scalars()
    )
    if not ids:
        return 0
    dialect = connection.dialect.name
    literal = _sqlite_document if dialect == "sqlite" else _postgresql_document
    rows = {row.id: row for row in connection.execute(stored_columns().where(revisions.c.id.in_(ids)))}
    documents = []
    for identifier in ids:
        stored = read(rows.get(identifier, identifier))
        # A row that cannot be read counts as indexed, with nothing to find: else it would be tried for ever.
        words = [] if stored is None else article_tokens(stored.article)
        documents.append({"id": identifier, "tokens": literal(words)})
    connection.execute(_INSERT[dialect], documents)
    connection.execute(delete(unindexed).where(unindexed.c.revision_id.in_(ids)))
    return len(ids)


def waiting(connection: Connection) -> int:
    """How many revisions the index has not read."""
    return int(connection.execute(select(func.count()).select_from(unindexed)).scalar_one())


def search(
    connection: Connection, read: Reader, query: str, *, languages: Sequence[str] | None, limit: int
) -> list[Stored]:
    """Current articles that hold all words and quoted phrases of the query, the newest first.

    `languages` are those of the addresses, by the record's codes.
    """
    asked = [[token[:_MAX_TOKEN_CHARACTERS] for token in phrase] for phrase in phrases(query)]
    if not asked:
        return []
    dialect = connection.dialect.name
    found = (
        select(revisions.c.id)
        .join(articles, articles.c.id == revisions.c.article_id)
        .where(
            articles.c.content_sha256 == revisions.c.content_sha256,
            _MATCH[dialect].bindparams(bindparam("query", _query(asked, dialect))),
        )
        .order_by(func.coalesce(revisions.c.published, "").desc(), articles.c.slug, articles.c.language)
        .limit(limit)
    )
    if languages is not None:
        there = connection.execute(select(articles.c.language).distinct()).scalars()
        found = found.where(articles.c.language.in_([code for code in there if is_in(code, languages)]))
    ids = list(connection.execute(found).scalars())
    rows: dict[int, Any] = {row.id: row for row in connection.execute(stored_columns().where(revisions.c.id.in_(ids)))}
    return [stored for identifier in ids if (stored := read(rows.get(identifier, identifier))) is not None]


def article_tokens(article: Article) -> list[str]:
    """What of an article is searched: title, lead and text."""
    whole = "\n".join(part for part in (article.title, article.lead, article.text) if part)
    return [token[:_MAX_TOKEN_CHARACTERS] for token in tokens(whole)[:_MAX_TOKENS]]


def excerpt(article: Article, query: str, *, characters: int = 160) -> str:
    """The first paragraph that holds a phrase of the query, cut to so many characters; else the first one."""
    parts = [part for part in (article.lead, *article.paragraphs) if part]
    wanted = phrases(query)
    for part in parts:
        have = tokens(part)
        if any(_holds(have, phrase) for phrase in wanted):
            return _cut(part, characters)
    return _cut(parts[0], characters) if parts else ""


def _cut(part: str, characters: int) -> str:
    line = " ".join(part.split())
    return line if len(line) <= characters else line[: characters - 1].rstrip() + "…"


def _holds(have: list[str], phrase: list[str]) -> bool:
    return any(have[i : i + len(phrase)] == phrase for i in range(len(have) - len(phrase) + 1))


def _query(asked: list[list[str]], dialect: str) -> str:
    if dialect == "sqlite":
        return " AND ".join('"' + " ".join(phrase) + '"' for phrase in asked)
    return " & ".join("(" + " <-> ".join(f"'{token}'" for token in phrase) + ")" for phrase in asked)


def _sqlite_document(words: list[str]) -> str:
    return " ".join(words)


def _postgresql_document(words: list[str]) -> str:
    places: dict[str, list[str]] = {}
    for place, word in enumerate(words, 1):
        places.setdefault(word, []).append(str(place))
    # Tokens hold letters, digits and marks alone: there is nothing in them to quote. 255 places are kept of a word.
    return " ".join(f"'{word}':{','.join(at[:255])}" for word, at in places.items())
