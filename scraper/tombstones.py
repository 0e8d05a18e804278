"""Where the tombstones of a store are kept beside it, by the settings."""

from __future__ import annotations

from pathlib import Path

from scraper import settings


def tombstones() -> Path | None:
    """The file of a PostgreSQL store; None: there is none, and that of an SQLite store is beside it."""
    return Path(settings.VIETNAMVN_TOMBSTONES) if settings.VIETNAMVN_TOMBSTONES else None
