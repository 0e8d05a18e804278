"""The stand-in's columnar index of Common Crawl, as Parquet files (needs pyarrow, extra `parquet`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scraper.replica.archives.commoncrawl import line_of
from scraper.replica.archives.holdings import HeldCapture


def write_table(captures: Iterable[HeldCapture], path: Path, *, rows: int = 50) -> Path:
    """Write one file with the columns and types of Common Crawl's table, in the order of keys; returns its path.

    `crawl` and `subset` are columns, as in the result of a query; in the table itself they are folder names.
    `rows` is the size of a row group.
    """
    return _write([_row(c) for c in captures if c.archive == "commoncrawl"], path, rows)


def write_tables(captures: Iterable[HeldCapture], folder: Path, *, rows: int = 50) -> list[Path]:
    """Write the table as Common Crawl has it: ``cc-index/table/cc-main/warc/crawl=…/subset=…/part-….parquet``."""
    parts: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for capture in captures:
        if capture.archive == "commoncrawl":
            row = _row(capture)
            parts.setdefault((row.pop("crawl"), row.pop("subset")), []).append(row)
    top = folder / "cc-index" / "table" / "cc-main" / "warc"
    return [
        _write(found, top / f"crawl={crawl}" / f"subset={subset}" / "part-00000-replica.c000.gz.parquet", rows)
        for (crawl, subset), found in sorted(parts.items())
    ]


def _row(capture: HeldCapture) -> dict[str, Any]:
    line, parts = line_of(capture), urlsplit(capture.url)
    host = parts.hostname or ""
    _, _, segment, subset, _ = capture.filename.rsplit("/", 4)
    return {
        "url_surtkey": capture.urlkey,
        "url": capture.url,
        "url_host_name": host,
        "url_host_registered_domain": ".".join(host.split(".")[-2:]),
        "url_protocol": parts.scheme,
        "url_path": parts.path,
        "url_query": parts.query or None,
        "fetch_time": capture.moment,
        "fetch_status": capture.status,
        "fetch_redirect": line.get("redirect"),
        "content_digest": capture.digest,
        "content_mime_type": line["mime"],
        "content_mime_detected": line["mime-detected"],
        "content_charset": line.get("encoding"),
        "content_languages": line.get("languages"),
        "content_truncated": line.get("truncated"),
        "warc_filename": capture.filename,
        "warc_record_offset": capture.offset,
        "warc_record_length": capture.length,
        "warc_segment": segment,
        "crawl": capture.crawl,
        "subset": subset,
    }


def _write(rows: Sequence[dict[str, Any]], path: Path, group: int) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        "fetch_time": pa.timestamp("ms", tz="UTC"),
        "fetch_status": pa.int16(),
        "warc_record_offset": pa.int32(),
        "warc_record_length": pa.int32(),
    }
    ordered = sorted(rows, key=lambda row: (row["url_surtkey"], row["fetch_time"]))
    schema = pa.schema([pa.field(name, types.get(name, pa.string())) for name in ordered[0]])
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(ordered, schema), path, row_group_size=group, compression="gzip")
    return path
