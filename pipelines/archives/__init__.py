"""WARC files: their records, what in them is damaged, and the pages in them. The one reader of all commands."""

from pipelines.archives.digests import other_digest
from pipelines.archives.http import HttpError, HttpResponse, is_http, read_page
from pipelines.archives.records import Damage, Record, packing, read_records, record_offsets

__all__ = [
    "Damage",
    "HttpError",
    "HttpResponse",
    "Record",
    "is_http",
    "other_digest",
    "packing",
    "read_page",
    "read_records",
    "record_offsets",
]
