"""Which captures a backfill takes: what it does not name stays for another run."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from pipelines.captures import Capture
from pipelines.storage import Store
from pipelines.storage.captures import Captures, Range
from pipelines.storage.schema import captures

NOW = "2025-10-24T01:00:00+00:00"


def _capture(archive: str, crawl: str, language: str, at: str, file: str = "") -> Capture:
    url = f"https://www.vietnam.vn/{language}/a"
    return Capture(archive=archive, crawl=crawl, url=url, slug="a", language=language, captured_at=at, file=file)


CAPTURES = {
    "one": _capture("file", "", "fr", "2023-05-01T00:00:00.000000Z", "one.warc.gz"),
    "two": _capture("file", "", "en", "2024-05-01T23:59:59.999999Z", "two.warc.gz"),
    "crawl": _capture("commoncrawl", "CC-MAIN-2024-10", "fr", "2024-02-01T00:00:00.000000Z"),
    "older": _capture("commoncrawl", "CC-MAIN-2023-40", "fr", "2023-09-21T00:00:00.000000Z"),
    "way": _capture("internetarchive", "", "vi", "2025-01-01T00:00:00.000000Z"),
}


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Range(), {"one", "two", "crawl", "older", "way"}),
        (Range(files=("one.warc.gz",)), {"one", "crawl", "older", "way"}),
        (Range(archives=("file",), files=("two.warc.gz",)), {"two"}),
        (Range(crawls=("CC-MAIN-2024-10",)), {"one", "two", "crawl", "way"}),
        (Range(archives=("commoncrawl",)), {"crawl", "older"}),
        (Range(since="2024-05-01"), {"two", "way"}),
        (Range(until="2024-05-01"), {"one", "two", "crawl", "older"}),
        (Range(since="2024-05-01", until="2024-05-01"), {"two"}),
        (Range(languages=("vi", "en")), {"two", "way"}),
    ],
)
def test_what_is_wanted_is_found(store: Store, wanted: Range, names: set[str]) -> None:
    """Archives, crawls, files, days and languages; a file's name says nothing of other archives, nor does a crawl's."""
    Captures(store).enter(CAPTURES.values(), now=NOW)
    query = select(captures.c.name).where(*wanted.conditions())
    found = set(store.read(lambda connection: list(connection.execute(query).scalars())))
    assert found == {CAPTURES[name].name for name in names}
