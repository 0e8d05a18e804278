"""Captures as the indexes of archives describe them, a row at a time."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.captures import IndexLineError, from_cdx, from_wayback, known_outcome

ROW = {
    "original": "https://www.vietnam.vn/fr/bai-viet",
    "timestamp": "20250814120305",
    "mimetype": "text/html",
    "statuscode": "200",
    "digest": "ABC",
}
LINE = {
    "url": "https://www.vietnam.vn/fr/bai-viet",
    "timestamp": "20250814120305",
    "mime": "text/html",
    "status": "200",
    "digest": "sha1:ABC",
    "filename": "a.warc.gz",
    "offset": "7",
    "length": "0",
}


@pytest.mark.parametrize(
    ("changed", "status", "note", "outcome"),
    [
        ({}, "200", "", None),
        ({"statuscode": "404"}, "404", "", "not_found"),
        ({"statuscode": None}, "-", "revisit", "revisit"),
        ({"statuscode": ""}, "-", "revisit", "revisit"),
        ({"statuscode": "-"}, "-", "revisit", "revisit"),
        ({"mimetype": "warc/revisit"}, "200", "revisit", "revisit"),
    ],
)
def test_rows_of_the_internet_archive(changed: dict[str, Any], status: str, note: str, outcome: str | None) -> None:
    """The status is the server's; a row without one is a capture that is the same as an earlier one."""
    capture = from_wayback({**ROW, **changed}, domain="vietnam.vn")
    assert capture
    assert (capture.slug, capture.language, capture.digest) == ("bai-viet", "fr", "ABC")
    assert (capture.captured_at[:19], capture.status, capture.note) == ("2025-08-14T12:03:05", status, note)
    known = known_outcome(capture)
    assert (known and known[0]) == outcome


@pytest.mark.parametrize(
    ("changed", "status", "note", "outcome"),
    [
        ({}, "200", "", None),
        ({"status": "404"}, "404", "", "not_found"),
        ({"status": None}, "-", "", None),
        ({"mime": "warc/revisit"}, "200", "revisit", "revisit"),
        ({"truncated": "length"}, "200", "length", "parse_failed"),
    ],
)
def test_lines_of_common_crawl(changed: dict[str, Any], status: str, note: str, outcome: str | None) -> None:
    """The status is the server's; without one the page itself must tell."""
    capture = from_cdx({**LINE, **changed}, crawl="CC-MAIN-2025-33", domain="vietnam.vn")
    assert capture
    assert (capture.slug, capture.language, capture.digest) == ("bai-viet", "fr", "ABC")
    assert (capture.file, capture.offset, capture.length) == ("a.warc.gz", 7, 0)
    assert (capture.captured_at[:19], capture.status, capture.note) == ("2025-08-14T12:03:05", status, note)
    known = known_outcome(capture)
    assert (known and known[0]) == outcome


def test_numbers_of_an_index_are_plain_ones() -> None:
    """As text or not, of as many digits as any archive needs; nothing else that Python takes for a number."""
    for number in (0, 7, "007", "9" * 15):
        capture = from_cdx({**LINE, "offset": number, "length": number}, crawl="", domain="vietnam.vn")
        assert capture
        assert capture.offset == capture.length == int(number)
    for wrong in ("9" * 16, "", "-1", "1.0", 1.0, "1_000", " 7", "²", "٣", None, True, [7]):
        for name in ("offset", "length"):
            with pytest.raises(IndexLineError, match="no number"):
                from_cdx({**LINE, name: wrong}, crawl="", domain="vietnam.vn")


@pytest.mark.parametrize(
    "changed",
    [{"url": None}, {"timestamp": "yesterday"}, {"filename": ""}, {"filename": None}, {"offset": "x"}, {"length": "٣"}],
)
def test_a_line_that_lacks_what_it_needs_is_told(changed: dict[str, Any]) -> None:
    """An address, a time, a file and numbers."""
    with pytest.raises(IndexLineError):
        from_cdx({**LINE, **changed}, crawl="", domain="vietnam.vn")
