"""Where the settings say that a store's tombstones are kept."""

from __future__ import annotations

from pathlib import Path

from scraper import settings


def tombstones() -> Path | None:
    """The tombstone file of a PostgreSQL store; None if not set. That of an SQLite store is beside it."""
    return Path(settings.VIETNAMVN_TOMBSTONES) if settings.VIETNAMVN_TOMBSTONES else None
