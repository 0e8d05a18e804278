"""Stores of every schema version, as the programs of their time made them (see storage/older/README.md)."""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from databases import fresh_postgres_database

_FOLDER = Path(__file__).parent / "storage" / "older"
VERSIONS = tuple(sorted(int(path.name.partition(".")[0]) for path in _FOLDER.glob("*.db.xz")))


def older_file(version: int, folder: Path) -> Path:
    """An SQLite store of a version."""
    path = folder / f"version-{version}.db"
    path.write_bytes(lzma.decompress((_FOLDER / f"{version}.db.xz").read_bytes()))
    return path


@contextmanager
def older_database(version: int) -> Iterator[str]:
    """A PostgreSQL store of a version."""
    with fresh_postgres_database() as url:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute(lzma.decompress((_FOLDER / f"{version}.sql.xz").read_bytes()))
        yield url
