"""Full text: each database's own index over the same tokens, so both find the same."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sqlalchemy import Connection, TextClause, delete, select, text

from pipelines.models import Article
from pipelines.storage import claims, schema
from pipelines.storage.query import MAX_TOKEN_CHARACTERS, holds, parse, wanted
from pipelines.storage.reading import revision_columns
from pipelines.storage.rows import Reader
from pipelines.storage.schema import revisions, unindexed
from pipelines.storage.segmentation import tokens

# PostgreSQL numbers words up to 16,383 in a text, and a tsvector ends at 1 MB: the index reads so many words of an
# article on either database (200 times a long one).
_MAX_TOKENS = 16_000
_TOGETHER = 500  # texts in memory

_INSERT: dict[str, TextClause] = {
    "sqlite": text("INSERT INTO search (rowid, tokens) VALUES (:id, :tokens)"),
    "postgresql": text("INSERT INTO search (revision_id, tokens) VALUES (:id, CAST(:tokens AS tsvector))"),
}


class Pending:
    """What the indexes shall read of an open transaction's texts: together it costs a fraction of one by one."""

    def __init__(self) -> None:
        self._documents: list[dict[str, object]] = []
        self._claims: dict[int, set[int]] = {}
        self._renewed: set[int] = set()

    def add(self, connection: Connection, revision_id: int, slug: str, article: Article | None) -> None:
        """Let both indexes read an article (None: one that cannot be read, in which nothing is found)."""
        words = [] if article is None else article_tokens(article)
        literal = _sqlite_document if connection.dialect.name == "sqlite" else _postgresql_document
        self._documents.append({"id": revision_id, "tokens": literal(words)})
        if article is not None:
            self._claims[revision_id] = claims.numbers_of(slug, article)
        if len(self._documents) >= _TOGETHER:
            self.flush(connection)

    def renew_claims(self, revision_id: int, slug: str, article: Article) -> None:
        """Replace the claims of a revision whose text stays."""
        self._renewed.add(revision_id)
        self._claims[revision_id] = claims.numbers_of(slug, article)

    def flush(self, connection: Connection) -> None:
        """Write them."""
        if self._documents:
            connection.execute(_INSERT[connection.dialect.name], self._documents)
        claims.forget(connection, self._renewed)
        claims.write(connection, self._claims)
        self.forget()

    def forget(self) -> None:
        """Nothing waits any more."""
        self._documents.clear()
        self._claims.clear()
        self._renewed.clear()


def index(connection: Connection, read: Reader, limit: int) -> int:
    """Let the indexes read up to `limit` revisions that they have not read; how many it was."""
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
    pending = Pending()
    rows = {row.id: row for row in connection.execute(revision_columns().where(revisions.c.id.in_(ids)))}
    for identifier in ids:
        stored = read(rows.get(identifier, identifier))
        # A row that cannot be read counts as indexed, with nothing to find: else it would be tried for ever.
        if stored is None:
            pending.add(connection, identifier, "", None)
        else:
            pending.renew_claims(identifier, stored.slug, stored.article)
            pending.add(connection, identifier, stored.slug, stored.article)
    pending.flush(connection)
    connection.execute(delete(unindexed).where(unindexed.c.revision_id.in_(ids)))
    return len(ids)


def article_tokens(article: Article) -> list[str]:
    """What of an article is searched: title, lead and text."""
    whole = "\n".join(part for part in (article.title, article.lead, article.text) if part)
    found = tokens(whole)[:_MAX_TOKENS]
    if max(map(len, found), default=0) <= MAX_TOKEN_CHARACTERS:
        return found
    return [token[:MAX_TOKEN_CHARACTERS] for token in found]


def forget(connection: Connection, revision_id: int, words: list[str] | None) -> None:
    """Take a revision out of the full-text index, by the words that it was read with (None: they are not known).

    SQLite's index has no text of its own and must be given what it holds. Where these are other words than it was given
    at first (an older record, another program), its own are looked for, in all of the index. The words are off the disk
    once the index is merged into one piece (`upkeep`).
    """
    if connection.dialect.name != "sqlite":
        connection.execute(text("DELETE FROM search WHERE revision_id = :id"), {"id": revision_id})
        return
    size = connection.execute(text("SELECT sz FROM search_docsize WHERE id = :id"), {"id": revision_id}).scalar()
    if size is None:
        return
    document = "" if words is None else _sqlite_document(words)
    if words is None or not _is_as_indexed(connection, revision_id, size, document):
        connection.execute(
            text("CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_words USING fts5vocab(main, search, instance)")
        )
        own = text("SELECT term FROM temp.search_words WHERE doc = :id ORDER BY offset")
        document = " ".join(connection.execute(own, {"id": revision_id}).scalars())
    connection.execute(
        text("INSERT INTO search (search, rowid, tokens) VALUES ('delete', :id, :tokens)"),
        {"id": revision_id, "tokens": document},
    )


def _is_as_indexed(connection: Connection, revision_id: int, size: bytes, document: str) -> bool:
    """Whether a document makes as many words as the index has of it, and each of its words is found there."""
    with closing(sqlite3.connect(":memory:")) as probe:
        probe.execute(schema.SEARCH["sqlite"][0])
        probe.execute("INSERT INTO search (rowid, tokens) VALUES (1, ?)", (document,))
        if probe.execute("SELECT sz FROM search_docsize WHERE id = 1").fetchone()[0] != size:
            return False
    found = text("SELECT 1 FROM search WHERE search MATCH :word AND rowid = :id")
    return all(
        connection.execute(found, {"word": f'"{word}"', "id": revision_id}).first() is not None
        for word in set(document.split())
    )


def excerpt(article: Article, query: str, *, characters: int = 160) -> str:
    """The first paragraph that holds a phrase of the query, cut to so many characters; else the first one."""
    parts = [part for part in (article.lead, *article.paragraphs) if part]
    asked = parse(query)
    phrases = [] if asked is None else list(wanted(asked))
    for part in parts:
        have = tokens(part)
        if any(holds(have, phrase) for phrase in phrases):
            return _cut(part, characters)
    return _cut(parts[0], characters) if parts else ""


def _cut(part: str, characters: int) -> str:
    line = " ".join(part.split())
    return line if len(line) <= characters else line[: characters - 1].rstrip() + "…"


def _sqlite_document(words: list[str]) -> str:
    return " ".join(words)


def _postgresql_document(words: list[str]) -> str:
    places: dict[str, list[str]] = {}
    for place, word in enumerate(words, 1):
        places.setdefault(word, []).append(str(place))
    # Tokens hold letters, digits and marks alone: there is nothing in them to quote. 255 places are kept of a word.
    return " ".join(f"'{word}':{','.join(at[:255])}" for word, at in places.items())
