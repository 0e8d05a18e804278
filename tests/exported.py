"""What an export holds, for tests that look at rows and not at readers."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
import zstandard

EVERY_READER = pytest.mark.skipif(
    os.environ.get("VIETNAMVN_SKIP_NOTHING") != "1",
    reason="every reader of every format takes minutes: .ci/run does it (VIETNAMVN_SKIP_NOTHING=1)",
)
"""Of the tests that read each format with each reader."""


def data_of(folder: Path, ending: str) -> list[bytes]:
    """The content of every data file of an ending, unpacked, by name."""
    files = sorted((folder / "data").glob(f"*/*.{ending}"))
    assert files
    return [_unpacked(path.read_bytes(), ending) for path in files]


def json_rows(folder: Path, ending: str = "jsonl") -> list[dict[str, Any]]:
    """The rows of JSON Lines."""
    return [json.loads(line) for data in data_of(folder, ending) for line in data.decode("utf-8").split("\n") if line]


def csv_rows(folder: Path) -> list[dict[str, str]]:
    """The rows of CSV."""
    tables = (csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")) for data in data_of(folder, "csv"))
    return [row for table in tables for row in table]


def _unpacked(data: bytes, ending: str) -> bytes:
    if ending.endswith(".gz"):
        return gzip.decompress(data)
    return zstandard.ZstdDecompressor().stream_reader(data).read() if ending.endswith(".zst") else data
