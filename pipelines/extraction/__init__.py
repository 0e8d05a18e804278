"""Page in, article out: the only way to an article in the whole project."""

from __future__ import annotations

from pipelines.extraction.extractor import extract

__all__ = ["extract"]
