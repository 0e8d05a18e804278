"""Network-free core: a page or a row of a corpus in, a clean article with its audit trail out.

Nothing here opens a socket, reads the environment or asks the clock (``tests/test_architecture.py`` checks it),
so the same functions serve the crawler, the command line, a cluster task and a notebook.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.extraction import extract
    from pipelines.models import Article, HtmlPage, Image, Rejected, Stripped, TextPage

__all__ = ["Article", "HtmlPage", "Image", "Rejected", "Stripped", "TextPage", "extract"]


def __getattr__(name: str) -> Any:
    """The names above, loaded on first use: a command can handle Ctrl-C before the extractor is imported."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("pipelines.extraction" if name == "extract" else "pipelines.models"), name)
