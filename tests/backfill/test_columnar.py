"""The columnar index in the place of the CDX server."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from backfills import command, manifest, rows, run

from scraper.replica.archives import Served

pa = pytest.importorskip("pyarrow")


def write_index(served: Served, path: Path, *, without: str = "") -> None:
    """The table that Common Crawl publishes, of the stand-in's captures and some of another site."""
    import pyarrow.parquet as pq

    found: list[dict[str, Any]] = []
    for capture in served.of("commoncrawl"):
        host = capture.url.split("/")[2]
        found.append(
            {
                "url_surtkey": capture.urlkey,
                "url": capture.url,
                "url_host_registered_domain": "vietnam.vn" if f".{host}".endswith(".vietnam.vn") else "bao.example",
                "fetch_time": datetime.strptime(capture.timestamp, "%Y%m%d%H%M%S"),  # as the table has it
                "fetch_status": capture.status,
                "content_digest": capture.digest,
                "content_mime_type": "warc/revisit" if capture.kind == "revisit" else capture.mime,
                "content_truncated": "length" if capture.kind == "truncated" else None,
                "warc_filename": capture.filename,
                "warc_record_offset": capture.offset,
                "warc_record_length": capture.length,
            }
        )
    table = pa.Table.from_pylist([{k: v for k, v in row.items() if k != without} for row in found])
    pq.write_table(table, path, row_group_size=50)


def test_the_index_gives_what_the_server_gives_and_nobody_is_asked(past: Served, tmp_path: Path) -> None:
    """The same store, row by row; no request to the index."""
    write_index(past, tmp_path / "index.parquet")
    asked = len(past.asked["index"])
    ended = run(command(past, tmp_path / "table.db", "--index", str(tmp_path / "index.parquet")))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert len(past.asked["index"]) == asked
    assert run(command(past, tmp_path / "server.db")).returncode == 0
    assert rows(tmp_path / "table.db") == rows(tmp_path / "server.db")


def test_crawls_are_chosen_in_the_index_too(past: Served, tmp_path: Path) -> None:
    """By their ids."""
    write_index(past, tmp_path / "index.parquet")
    more = ("--index", str(tmp_path / "index.parquet"), "--crawls", "CC-MAIN-2024-33")
    assert run(command(past, tmp_path / "store.db", *more)).returncode == 0
    assert {row["crawl"] for row in manifest(tmp_path / "store.db")["crawls"]} == {"CC-MAIN-2024-33"}


@pytest.mark.parametrize("kind", ["none", "other", "broken", "last"])
def test_a_wrong_index_is_one_line(past: Served, tmp_path: Path, kind: str) -> None:
    """No file, another table, no Parquet, and a choice that needs the list of crawls."""
    path = tmp_path / "index.parquet"
    if kind == "broken":
        path.write_bytes(b"PAR1 no table")
    elif kind != "none":
        write_index(past, path, without="warc_filename" if kind == "other" else "")
    more = ["--crawls", "last:1"] if kind == "last" else []
    ended = run(command(past, tmp_path / "store.db", "--index", str(path), *more))
    assert ended.returncode == (3 if kind == "broken" else 2)
    assert ended.stderr.count("\n") == 1
    assert "index.parquet" in ended.stderr or "last:N" in ended.stderr
