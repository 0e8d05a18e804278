"""A plain SQLite database: articles with their texts as they are, translation groups and a full-text index.

datasette and sqlite-utils open it directly. The store's own file is different: its texts are compressed.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from pipelines.export.cutting import Cut, Row
from pipelines.export.failures import ExportError
from pipelines.export.rows import FLAT
from pipelines.export.tables import cell
from pipelines.record import DATASET
from pipelines.record_types import BOOLEAN, INTEGER, NUMBER, SMALL

_FIRST = ("id", "title", "lead", "text")
COLUMNS = (*_FIRST, *(name for name in FLAT if name not in _FIRST), "tags", "alternates")
"""The default columns of the table of articles; lists are JSON."""

_TYPES = {BOOLEAN: "INTEGER", INTEGER: "INTEGER", SMALL: "INTEGER", NUMBER: "REAL"}
_INDEXED = ("slug", "language", "published_day", "publisher")
_SEARCHED = ("title", "lead", "text")
# "cho noi" finds "chợ nổi", as `store search` does; words are separated by spaces.
_TOKENS = "unicode61 remove_diacritics 2"
_GROUPS = """
CREATE TABLE groups (
  slug TEXT PRIMARY KEY,
  title TEXT, -- the Vietnamese one
  articles INTEGER NOT NULL,
  languages TEXT NOT NULL -- codes, a space between
) WITHOUT ROWID
"""
_FILL_GROUPS = """
INSERT INTO groups
SELECT slug, max(CASE WHEN language = 'vie' THEN title END), count(*), group_concat(language, ' ')
FROM (SELECT slug, language, title FROM articles ORDER BY slug, language, rowid) GROUP BY slug ORDER BY slug
"""


def require() -> None:
    """Raise `ExportError` where this Python's SQLite has no full-text index."""
    try:
        with closing(sqlite3.connect(":memory:")) as memory:
            memory.execute("CREATE VIRTUAL TABLE search USING fts5(text)")
    except sqlite3.OperationalError as error:
        raise ExportError(f"sqlite needs an SQLite library with FTS5 ({error}); install a current Python") from error


def write_sqlite(path: Path, rows: Iterator[Row], columns: Sequence[str], most: int) -> int:
    """Write rows into the table ``articles``; ``groups`` and ``articles_fts`` follow where their columns are present.

    One file holds all rows, whatever `most` is; returns their number.
    """
    cut = Cut(source=rows, most_rows=sys.maxsize, most_bytes=sys.maxsize)
    grouped = {"slug", "language", "title"} <= {*columns}
    searched = [name for name in _SEARCHED if name in columns]
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            # Nobody reads the file yet, and what a crash leaves is swept away.
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("PRAGMA synchronous = OFF")
            database.execute("BEGIN")
            if grouped:
                database.execute(_GROUPS)
            database.execute(_articles(columns, grouped=grouped))
            places = ", ".join("?" * len(columns))
            database.executemany(f"INSERT INTO articles VALUES ({places})", _values(cut, columns))  # noqa: S608  # places
            for name in _INDEXED:
                if name in columns:
                    database.execute(f"CREATE INDEX articles_{name} ON articles ({name})")
            if grouped:
                database.execute(_FILL_GROUPS)
            if searched:
                database.execute(
                    f"CREATE VIRTUAL TABLE articles_fts USING fts5"
                    f"({', '.join(searched)}, content=\"articles\", tokenize='{_TOKENS}')"
                )
                database.execute("INSERT INTO articles_fts (articles_fts) VALUES ('rebuild')")
            database.execute("COMMIT")
    except sqlite3.Error as error:
        raise ExportError(f"{path.name}: the database cannot be written ({error}); see to the disk") from error
    return cut.rows


def _articles(columns: Sequence[str], *, grouped: bool) -> str:
    # Names come from the table of columns: nothing from outside is in this text.
    declared = []
    for name in columns:
        kind = _TYPES.get(DATASET[name].type, "TEXT")
        key = " PRIMARY KEY" if name == "id" else " REFERENCES groups (slug)" if name == "slug" and grouped else ""
        declared.append(f"  {name} {kind}{key}")
    return "CREATE TABLE articles (\n" + ",\n".join(declared) + "\n)"


def _values(rows: Cut[Row], columns: Sequence[str]) -> Iterator[list[Any]]:
    for row in rows:
        yield [value if isinstance(value, (bool, int, float)) else cell(value) for value in map(row.get, columns)]
