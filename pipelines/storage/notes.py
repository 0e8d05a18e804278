"""Notes of a store about itself: the rows of `meta`, each a name and a text."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from pipelines.storage.schema import meta


def noted(connection: Connection, name: str) -> str | None:
    """What is noted under a name; None: nothing."""
    value: str | None = connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar()
    return value


def note(connection: Connection, name: str, value: str | None) -> None:
    """Note something in the place of what was noted under the name; None: nothing any more."""
    connection.execute(delete(meta).where(meta.c.name == name))
    if value is not None:
        connection.execute(insert(meta).values(name=name, value=value))
