"""What can go wrong with an export."""

from __future__ import annotations

from pipelines.errors import VietnamvnError


class ExportError(VietnamvnError):
    """The export cannot be written, or the earlier one it builds on cannot be read."""
