"""Which files of CC-NEWS can hold captures of a window."""

from __future__ import annotations

import asyncio
import re
from types import SimpleNamespace
from typing import Any

import pytest

from scraper.backfill.answers import Received
from scraper.backfill.ccnews import list_ccnews
from scraper.backfill.options import backfill_options


@pytest.mark.parametrize(
    ("since", "read", "missing"),
    [
        ("2024-09-01", ["0831-2", "0831-3", "0901-4", "0902-5"], []),
        ("2024-09-02", ["0901-4", "0902-5"], []),
        ("2024-08-01", ["0830-1", "0831-2", "0831-3", "0901-4", "0902-5"], []),  # 2024/07 has no list
        ("2024-07-31", ["0830-1", "0831-2", "0831-3", "0901-4", "0902-5"], ["CC-NEWS 2024/07"]),
    ],
)
def test_a_window_that_begins_with_a_month(since: str, read: list[str], missing: list[str]) -> None:
    """The last files of the month before go on into it; what no list is needed of is not told to be missing."""
    names = {"2024/08": ["0830-1", "0831-2", "0831-3"], "2024/09": ["0901-4", "0902-5"]}
    told: list[str] = []

    async def answer(name: str, url: str, wanted: Any) -> Received:
        month = name.removeprefix("CC-NEWS ")
        paths = [f"CC-NEWS-2024{name.replace('-', '000000-')}.warc.gz" for name in names.get(month, [])]
        body = "\n".join(f"crawl-data/CC-NEWS/{month}/{path}" for path in paths).encode()
        return Received(status=200 if paths else 404, headers={}, body=body)

    given = {"from": "ccnews", "since": since, "until": "2024-09-02", "store": "x.db"}
    options = backfill_options(given, {"VIETNAMVN_STORE": "x.db", "VIETNAMVN_ARCHIVE": ""})
    listing: Any = SimpleNamespace(options=options, answer=answer, fail=lambda name, *more: told.append(name))
    found = asyncio.run(list_ccnews(listing))
    assert [re.sub(r".*NEWS-2024|000000|\.warc\.gz", "", file.name) for file in found] == read
    assert told == missing
    assert all(f"/{file.crawl}/" in file.place for file in found)
