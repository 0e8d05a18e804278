"""An SQLite store is where its name leads, and has one writer at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from making_articles import make_article

from pipelines.storage import StoreError, open_store

SEEN = "2025-11-01T00:00:00Z"


def _delete(path: Path) -> None:
    path.unlink()


def _replace(path: Path) -> None:
    (path.parent / "other").write_bytes(path.read_bytes())
    (path.parent / "other").replace(path)


def _empty(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(0)


def _delete_log(path: Path) -> None:
    Path(f"{path}-wal").unlink()


def _replace_log(path: Path) -> None:
    log = Path(f"{path}-wal")
    (path.parent / "other").write_bytes(log.read_bytes())
    (path.parent / "other").replace(log)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (_delete, "store.db: was deleted while it was in use"),
        (_replace, "store.db: was replaced by another file while it was in use"),
        (_empty, "store.db: was emptied while it was in use"),
        (_delete_log, "store.db-wal: was deleted while the store was in use"),
        (_replace_log, "store.db-wal: was replaced by another file while the store was in use"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_is_written_into_a_file_without_a_name_is_not_stored(
    harm: Callable[[Path], None], said: str, tmp_path: Path
) -> None:
    """SQLite would go on in silence, and all of it would be gone with the process: the first commit says so."""
    path = tmp_path / "store.db"
    store = open_store(path)
    try:
        store.add(make_article("a"), seen_at=SEEN)
        with closing(sqlite3.connect(path)) as other:  # another process keeps the log
            other.execute("SELECT count(*) FROM articles").fetchone()
            other.execute("PRAGMA wal_checkpoint")
            store.add(make_article("b"), seen_at=SEEN)
            harm(path)
            with pytest.raises(StoreError, match=said):
                store.add(make_article("c"), seen_at=SEEN)
    finally:
        store.close()


def test_a_store_that_is_read_on_is_not_looked_for(tmp_path: Path) -> None:
    """Who only reads an open file reads what it holds, wherever its name leads."""
    path = tmp_path / "store.db"
    with open_store(path) as store:
        store.add(make_article("a"), seen_at=SEEN)
        path.rename(tmp_path / "elsewhere.db")
        assert store.get("a", "fr") is not None


def _can_write(path: Path) -> bool:
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True


def test_a_writer_queues_before_it_has_read_anything(tmp_path: Path) -> None:
    """Else it would have to give up half-way, where another was first; a reader keeps nobody out."""
    path = tmp_path / "store.db"
    with open_store(path) as store:
        with store.transaction():
            store.get("a", "fr")
            assert not _can_write(path)
        assert _can_write(path)
        with store.snapshot():
            store.get("a", "fr")
            assert _can_write(path)
