"""Datasets out of a store: JSON Lines, CSV, and Parquet with its card."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.export.exporting import Updated, export, update
    from pipelines.export.failures import ExportError
    from pipelines.export.formats import FORMATS
    from pipelines.export.manifest import ExportedFile, Manifest

__all__ = ["FORMATS", "ExportError", "ExportedFile", "Manifest", "Updated", "export", "update"]

# Loaded on first use: processes that make rows need no database, and --help no writer.
_HOMES = {
    "FORMATS": "formats",
    "ExportError": "failures",
    "ExportedFile": "manifest",
    "Manifest": "manifest",
    "Updated": "exporting",
    "export": "exporting",
    "update": "exporting",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return found
