"""A store of an older version, read as it is.

A command that only reads cannot migrate a store. So each of its queries begins with today's tables as common table
expressions: a column that the older version lacks is null, a table that it lacks is empty. Nothing is written, and the
code that asks need not know.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, event, inspect

from pipelines.storage.schema import metadata

UNSEARCHED = "unsearched"
"""The execution option of connections to a store whose full-text index holds other tokens than today's."""
_TOKENS_SINCE = 4  # the version from which on the index holds today's tokens
_HINTED_SINCE = (3, 35)  # of SQLite: from then on it computes such tables first, unless NOT MATERIALIZED stands there


def as_today(engine: Engine, connection: Connection, version: int) -> Engine:
    """An engine that shows today's tables in a store of an older version."""
    shapes = _shapes(connection)
    if version < _TOKENS_SINCE:
        every = _qualified(connection, "revisions")
        shapes["unindexed"] = f"SELECT id AS revision_id FROM {every}"  # noqa: S608  # a fixed name
        shapes["search"] = "SELECT NULL AS revision_id, NULL AS tokens WHERE 1 = 0"
    rewritten = _Rewritten(shapes, hinted=connection.dialect.name != "sqlite" or _hinted())

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def _shaped(_: Any, __: Any, statement: str, parameters: Any, ___: Any, ____: Any) -> tuple[str, Any]:
        return rewritten(statement), parameters

    return engine.execution_options(**{UNSEARCHED: version < _TOKENS_SINCE})


class _Rewritten:
    """Statements with the shapes of the tables that they name before them."""

    def __init__(self, shapes: Mapping[str, str], *, hinted: bool) -> None:
        self._shapes = {name: f"{name} AS {'NOT MATERIALIZED ' if hinted else ''}({s})" for name, s in shapes.items()}
        self._names = re.compile(rf"\b(?:{'|'.join(sorted(shapes)) or '(?!)'})\b")

    def __call__(self, statement: str) -> str:
        if not statement.lstrip().upper().startswith("SELECT"):
            return statement
        named = sorted(set(self._names.findall(statement)))
        return f"WITH {', '.join(self._shapes[name] for name in named)} {statement}" if named else statement


def _hinted() -> bool:
    return sqlite3.sqlite_version_info >= _HINTED_SINCE


def _shapes(connection: Connection) -> dict[str, str]:
    """By table what gives it today's columns, where it lacks some."""
    inspector = inspect(connection)
    there = set(inspector.get_table_names())
    found = {}
    for table in metadata.sorted_tables:
        have = {column["name"] for column in inspector.get_columns(table.name)} if table.name in there else set()
        if have.issuperset(column.name for column in table.columns):
            continue
        source = f"FROM {_qualified(connection, table.name)}" if have else "WHERE 1 = 0"
        found[table.name] = f"SELECT {_columns(connection, table, have)} {source}"
    return found


def _columns(connection: Connection, table: Table, have: set[str]) -> str:
    quoted = connection.dialect.identifier_preparer.quote
    return ", ".join(
        quoted(column.name) if column.name in have else f"{_null(connection, column)} AS {quoted(column.name)}"
        for column in table.columns
    )


def _null(connection: Connection, column: Column[Any]) -> str:
    kind, _, _ = column.type.compile(connection.dialect).partition(" COLLATE ")
    return f"CAST(NULL AS {kind})"


def _qualified(connection: Connection, name: str) -> str:
    """The table itself: within an expression of its name SQLite would take that for it, PostgreSQL does not."""
    return f"main.{name}" if connection.dialect.name == "sqlite" else name
