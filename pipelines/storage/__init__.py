"""Every revision of every article, and the state of every address, in one database (SQLite or PostgreSQL)."""

from __future__ import annotations

from pipelines.storage.errors import DamagedRecordError, StoreError, StoreUnavailableError
from pipelines.storage.opening import check_place, open_store, require_store
from pipelines.storage.store import Store
from pipelines.storage.values import (
    Added,
    Count,
    Entry,
    Extent,
    Http,
    Lease,
    LedgerRow,
    Lock,
    Run,
    Selection,
    Standing,
    State,
    Stored,
    WarcLocation,
)
from pipelines.times import Time

__all__ = [
    "Added",
    "Count",
    "DamagedRecordError",
    "Entry",
    "Extent",
    "Http",
    "Lease",
    "LedgerRow",
    "Lock",
    "Run",
    "Selection",
    "Standing",
    "State",
    "Store",
    "StoreError",
    "StoreUnavailableError",
    "Stored",
    "Time",
    "WarcLocation",
    "check_place",
    "open_store",
    "require_store",
]
