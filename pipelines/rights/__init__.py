"""What a site said of the use of a page on the day it was fetched: each signal as sent, and what it amounts to.

Pure. How each kind of signal is read is in the modules beside; docs/rights.md tells it for people.
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
