"""What ran when, and who may run now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from pipelines.storage.schema import locks, runs
from pipelines.storage.values import Lock, RunRecord
from pipelines.times import later


def start(connection: Connection, command: str, *, holder: str, now: str, options: Mapping[str, Any]) -> int:
    """Record that a run starts; its id."""
    statement = insert(runs).returning(runs.c.id)
    values = {"command": command, "holder": holder, "started_at": now, "options": _json(options), "summary": "{}"}
    return int(connection.execute(statement, values).scalar_one())


def finish(connection: Connection, run_id: int, *, now: str, outcome: str, summary: Mapping[str, Any]) -> None:
    """Record how a run ended."""
    connection.execute(
        update(runs).where(runs.c.id == run_id).values(finished_at=now, outcome=outcome, summary=_json(summary))
    )


def listed(connection: Connection) -> list[RunRecord]:
    """All runs, the first one first."""
    return [
        RunRecord(
            id=row.id,
            command=row.command,
            holder=row.holder,
            started_at=row.started_at,
            finished_at=row.finished_at,
            outcome=row.outcome,
            options=json.loads(row.options),
            summary=json.loads(row.summary),
        )
        for row in connection.execute(select(runs).order_by(runs.c.id))
    ]


def acquire_lock(connection: Connection, name: str, *, holder: str, now: str, seconds: float) -> Lock | None:
    """Take or renew a named lock; None when taken, else the lock that somebody else holds."""
    statement = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(locks)
    excluded = statement.excluded
    taken = connection.execute(
        statement.values(name=name, holder=holder, acquired_at=now, expires_at=later(now, seconds))
        .on_conflict_do_update(
            index_elements=["name"],
            set_={"holder": excluded.holder, "acquired_at": excluded.acquired_at, "expires_at": excluded.expires_at},
            where=or_(locks.c.holder == excluded.holder, locks.c.expires_at <= excluded.acquired_at),
        )
        .returning(locks.c.name)
    ).first()
    if taken is not None:
        return None
    row = connection.execute(select(locks).where(locks.c.name == name)).one()
    return Lock(name=row.name, holder=row.holder, acquired_at=row.acquired_at, expires_at=row.expires_at)


def release_lock(connection: Connection, name: str, *, holder: str) -> bool:
    """Let go of a lock; False if this holder did not have it."""
    return connection.execute(delete(locks).where(locks.c.name == name, locks.c.holder == holder)).rowcount > 0


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
