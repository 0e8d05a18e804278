"""Common Crawl's columnar index, from the user's Parquet files, in place of the CDX server."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.batch.extras import require
from pipelines.captures import Capture, IndexLineError, article_of, moment, plain_digest, whole_number
from pipelines.errors import UsageError, VietnamvnError
from scraper.backfill.listing import IndexListing, each
from scraper.backfill.options import BackfillOptions

_NEEDED = ("url", "url_host_registered_domain", "fetch_time", "warc_filename", "warc_record_offset",
           "warc_record_length")  # fmt: skip
_ALSO = ("fetch_status", "content_digest", "content_mime_type", "content_truncated")
_CRAWL = re.compile(r"(?:^|/)(CC-MAIN-[0-9-]+)/")
_ROWS = 5_000


async def list_columnar(listing: IndexListing) -> None:
    """Enter the captures that the files list; only rows of the domain are read."""
    options = listing.options
    for path in options.index:
        try:
            for number, rows in enumerate(_batches(path, options)):
                await listing.enter(f"{path}: rows {number * _ROWS}", _captures(rows, options))
        except (OSError, ValueError) as error:  # Arrow's errors are of these kinds
            if isinstance(error, VietnamvnError):
                raise
            listing.fail(path, path, "parse_failed", " ".join(str(error).split())[:200])


def _batches(path: str, options: BackfillOptions) -> Iterator[list[dict[str, Any]]]:
    pc, ds = (require(f"pyarrow.{name}", extra="parquet", purpose="--index") for name in ("compute", "dataset"))
    table = ds.dataset(path, format="parquet")
    missing = [name for name in _NEEDED if name not in table.schema.names]
    if missing:
        raise UsageError(f"--index {path}: has no column {', '.join(missing)}; give the index of Common Crawl")
    wanted = pc.field("url_host_registered_domain").isin(_parents(options.domain))
    columns = [name for name in (*_NEEDED, *_ALSO) if name in table.schema.names]
    for batch in table.to_batches(columns=columns, filter=wanted, batch_size=_ROWS):
        if batch.num_rows:
            yield batch.to_pylist()


def _parents(domain: str) -> list[str]:
    """The possible registered domains of a domain: itself and its parents.

    >>> _parents("happy.vietnam.vn")
    ['happy.vietnam.vn', 'vietnam.vn']
    """
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(len(labels) - 1)]


def _captures(rows: list[dict[str, Any]], options: BackfillOptions) -> Iterator[Capture | IndexLineError | None]:
    for found in each(rows, lambda row: from_row(row, options.domain)):
        if isinstance(found, Capture) and isinstance(options.crawls, tuple) and found.crawl not in options.crawls:
            continue
        yield found


def from_row(row: Mapping[str, Any], domain: str) -> Capture | None:
    """The capture of a row; None if its address is not an article's. Raises `IndexLineError`."""
    url, file = row["url"], row["warc_filename"]
    if not isinstance(url, str) or not isinstance(file, str):
        raise IndexLineError("no address or no file")
    found = article_of(url, domain)
    if found is None:
        return None
    crawl = _CRAWL.search(file)
    is_revisit = row.get("content_mime_type") == "warc/revisit"
    status = row.get("fetch_status")
    return Capture(
        archive="commoncrawl",
        crawl="" if crawl is None else crawl[1],
        url=url,
        slug=found[0],
        language=found[1],
        captured_at=moment(row["fetch_time"]),
        file=file,
        offset=whole_number(row["warc_record_offset"]),
        length=whole_number(row["warc_record_length"]),
        digest=plain_digest(row.get("content_digest")),
        status="-" if status is None else str(status),
        note="revisit" if is_revisit else str(row.get("content_truncated") or ""),
    )
