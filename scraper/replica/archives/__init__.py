"""Web archives of the replica's past, in the form of the public ones, for the tests of ``vietnamvn backfill``.

with archives(Site(articles=12, per_day=1, every=80)) as served:
    served.collinfo_url, served.data_url, served.wayback_url, served.ccnews_url, served.captures
"""

from __future__ import annotations

from scraper.replica.archives.faults import ArchiveFault
from scraper.replica.archives.holdings import CRAWLS, HeldCapture, HeldCrawl
from scraper.replica.archives.served import Served, archives
from scraper.replica.archives.table import write_table, write_tables

__all__ = [
    "CRAWLS",
    "ArchiveFault",
    "HeldCapture",
    "HeldCrawl",
    "Served",
    "archives",
    "write_table",
    "write_tables",
]
