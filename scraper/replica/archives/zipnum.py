"""Common Crawl's index as files (ZipNum): compressed blocks of lines, and the list of where each block begins."""

from __future__ import annotations

import json
from pathlib import Path

from scraper.replica.archives.index import Index, Line
from scraper.replica.archives.warcs import member

PART = "cdx-00000.gz"


def cdxj(line: Line) -> str:
    """A CDXJ line: key, time, and the other fields as JSON."""
    rest = {name: value for name, value in line.items() if name not in ("urlkey", "timestamp")}
    return f"{line['urlkey']} {line['timestamp']} {json.dumps(rest)}\n"


def write_index(index: Index, folder: Path, crawl: str, *, level: int) -> None:
    """Write ``cc-index/collections/CRAWL/indexes/`` under `folder`, and the list of its files."""
    place = folder / "cc-index" / "collections" / crawl / "indexes"
    place.mkdir(parents=True, exist_ok=True)
    summary, offset = [], 0
    with (place / PART).open("wb") as file:
        for number, lines in enumerate(index.blocks(), 1):
            block = member("".join(map(cdxj, lines)).encode(), level)
            file.write(block)
            first = lines[0]
            summary.append(f"{first['urlkey']} {first['timestamp']}\t{PART}\t{offset}\t{len(block)}\t{number}\n")
            offset += len(block)
    (place / "cluster.idx").write_text("".join(summary), encoding="utf-8")
    names = [f"cc-index/collections/{crawl}/indexes/{name}\n" for name in (PART, "cluster.idx")]
    listed = folder / "crawl-data" / crawl / "cc-index.paths.gz"
    listed.parent.mkdir(parents=True, exist_ok=True)
    listed.write_bytes(member("".join(names).encode(), level))
