"""Network-free core: a page or a row of a corpus in, a clean article with its audit trail out.

Nothing here opens a socket, reads the environment or asks the clock (``tests/test_architecture.py`` checks it),
so the same functions serve the crawler, the command line, a cluster task and a notebook.
"""

from __future__ import annotations

from pipelines.extraction import extract
from pipelines.models import Article, HtmlPage, Image, Rejected, Stripped, TextPage

__all__ = ["Article", "HtmlPage", "Image", "Rejected", "Stripped", "TextPage", "extract"]
