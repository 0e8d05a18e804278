"""Datasets out of a store: JSON Lines, CSV, and Parquet with its card."""

from __future__ import annotations

from pipelines.export.errors import ExportError
from pipelines.export.exporting import Updated, export, update
from pipelines.export.formats import FORMATS
from pipelines.export.manifest import File, Manifest

__all__ = ["FORMATS", "ExportError", "File", "Manifest", "Updated", "export", "update"]
