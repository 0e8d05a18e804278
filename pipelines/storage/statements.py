"""Statements that each database has in a dialect of its own."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from sqlalchemy import Table


def inserting(dialect: str, table: Table) -> Any:
    """An INSERT that can say what becomes of a conflict; of this database alone, since loading both takes time."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)


def unless_there(dialect: str, table: Table) -> Any:
    """An INSERT that leaves what is there."""
    return inserting(dialect, table).on_conflict_do_nothing()
