"""States of a store that take a history to come to, for tests of what then has to be done."""

from __future__ import annotations

from sqlalchemy import Connection, text

from pipelines.storage.schema import SEARCH


def unindexed(connection: Connection) -> None:
    """As after a store was brought to a new version: whoever searches first makes the index (SQLite)."""
    connection.execute(text("DROP TABLE search"))
    for statement in SEARCH["sqlite"]:
        connection.execute(text(statement))
    connection.execute(text("INSERT INTO unindexed (revision_id) SELECT id FROM revisions"))
