"""Core statements, compiled once and run on the driver's own cursor.

Core's execution costs some 100 microseconds a statement, ten times what SQLite needs for it: for the few statements
that run for every page of a crawl (and for them alone) that is the difference between 1,000 and 2,000 pages a second.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from sqlalchemy import Connection, Executable


class Prepared:
    """A statement whose parameters are all named; `columns` are the columns it is given values for, if an INSERT."""

    def __init__(self, statement: Executable, columns: tuple[str, ...] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._compiled: dict[str, tuple[str, tuple[str, ...] | None, dict[str, Any], Any]] = {}

    def first(self, connection: Connection, parameters: dict[str, Any]) -> Any:
        """Run it; its first row, by name, or None."""
        sql, order, fixed, row_type = self._for(connection)
        cursor = _run(connection, sql, order, {**fixed, **parameters})
        row = cursor.fetchone()
        cursor.close()
        return None if row is None else row_type._make(row)

    def all(self, connection: Connection, parameters: dict[str, Any]) -> list[Any]:
        """Run it; its rows, by name."""
        sql, order, fixed, row_type = self._for(connection)
        cursor = _run(connection, sql, order, {**fixed, **parameters})
        rows = [row_type._make(row) for row in cursor.fetchall()]
        cursor.close()
        return rows

    def tuples(self, connection: Connection, parameters: dict[str, Any]) -> list[Any]:
        """Run it; its rows, by place."""
        sql, order, fixed, _ = self._for(connection)
        cursor = _run(connection, sql, order, {**fixed, **parameters})
        rows = cursor.fetchall()
        cursor.close()
        return list(rows)

    def sql(self, connection: Connection) -> str:
        """The statement as the driver takes it."""
        return self._for(connection)[0]

    def run(self, connection: Connection, parameters: dict[str, Any]) -> int:
        """Run it; how many rows it changed."""
        sql, order, fixed, _ = self._for(connection)
        cursor = _run(connection, sql, order, {**fixed, **parameters})
        count = int(cursor.rowcount)
        cursor.close()
        return count

    def _for(self, connection: Connection) -> tuple[str, tuple[str, ...] | None, dict[str, Any], Any]:
        name = connection.dialect.name
        if name not in self._compiled:
            compiled: Any = self._statement.compile(  # type: ignore[attr-defined]  # every statement that is given has it
                dialect=connection.dialect, column_keys=self._columns
            )
            returned = [entry.keyname for entry in compiled._result_columns]
            row_type = namedtuple("Row", returned, rename=True)  # type: ignore[misc]  # names known only here
            order = tuple(compiled.positiontup) if compiled.positional else None
            self._compiled[name] = (compiled.string, order, dict(compiled.params), row_type)
        return self._compiled[name]


def _run(connection: Connection, sql: str, order: tuple[str, ...] | None, parameters: dict[str, Any]) -> Any:
    cursor = connection.connection.cursor()
    cursor.execute(sql, parameters if order is None else tuple([parameters[name] for name in order]))
    return cursor
