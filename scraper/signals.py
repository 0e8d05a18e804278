"""This program's signals besides Scrapy's; use ``crawler.signals.connect(handler, signal=...)``."""

from __future__ import annotations

address_settled = object()
"""An address of the ledger has its outcome, which is not committed yet. Arguments: `settled`, `spider`."""

run_broken = object()
"""A part of the run has failed, and the run ends at once. Arguments: `error`, `spider`."""
