"""What a site said of the use of a page on the day it was fetched: each signal as sent, and what it amounts to.

Pure. Each kind of signal has its module here; docs/rights.md explains them for people.
"""

from pipelines.rights.model import (
    COLUMNS,
    PAGE_SOURCES,
    SITE_SOURCES,
    SOURCES,
    USAGES,
    Answer,
    Rights,
    Signal,
    Usage,
    most_restrictive,
)

__all__ = [
    "COLUMNS",
    "PAGE_SOURCES",
    "SITE_SOURCES",
    "SOURCES",
    "USAGES",
    "Answer",
    "Rights",
    "Signal",
    "Usage",
    "most_restrictive",
]
