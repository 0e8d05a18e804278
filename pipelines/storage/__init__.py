"""Every revision of every article, and the state of every address, in one database (SQLite or PostgreSQL)."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pipelines.storage.errors import DamagedRecordError, StoreError, StoreUnavailableError
from pipelines.storage.values import (
    Added,
    Extent,
    Lease,
    LedgerCount,
    LedgerRow,
    ListedAddress,
    Lock,
    Revision,
    RunRecord,
    Selection,
    Standing,
    State,
    Validators,
    WarcLocation,
)
from pipelines.times import Time

if TYPE_CHECKING:
    from pipelines.storage.opening import check_place, open_store, require_store
    from pipelines.storage.store import Store

__all__ = [
    "Added",
    "DamagedRecordError",
    "Extent",
    "Lease",
    "LedgerCount",
    "LedgerRow",
    "ListedAddress",
    "Lock",
    "Revision",
    "RunRecord",
    "Selection",
    "Standing",
    "State",
    "Store",
    "StoreError",
    "StoreUnavailableError",
    "Time",
    "Validators",
    "WarcLocation",
    "check_place",
    "open_store",
    "require_store",
]

# Loaded when they are asked for: with them comes the library of the databases, and what makes rows of an export ready
# in another process needs the values alone.
_HOMES = {"Store": "store", "check_place": "opening", "open_store": "opening", "require_store": "opening"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return found
