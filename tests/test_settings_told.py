"""Numbers that the docs tell of the settings are those that are set."""

from __future__ import annotations

from pathlib import Path

import pytest

from scraper import settings

DOCS = Path(__file__).parents[1] / "docs"
CRAWL = {
    "on more than a fifth of the pages, or ten in a row": {
        "VIETNAMVN_BLOCKED_SHARE": 1 / 5,
        "VIETNAMVN_STOP_AFTER_BLOCKS": 10,
    },
    "(up to ten minutes; with more, the address counts as blocked), else 2, 4, 8 seconds": {
        "VIETNAMVN_MAX_RETRY_AFTER": 10 * 60,
        "VIETNAMVN_BACKOFF": 2,
        "RETRY_TIMES": 3,
    },
    "Groups of up to 64 results share a transaction, at least once a second": {
        "VIETNAMVN_BATCH": 64,
        "VIETNAMVN_COMMIT_SECONDS": 1,
    },
    "those of another machine when they expire (five minutes)": {"VIETNAMVN_LEASE_SECONDS": 5 * 60},
    "One request a second, two at a time, with AutoThrottle": {
        "DOWNLOAD_DELAY": 1,
        "AUTOTHROTTLE_START_DELAY": 1,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 2,
    },
    "one above ten minutes (`VIETNAMVN_MAX_CRAWL_DELAY` in the settings)": {"VIETNAMVN_MAX_CRAWL_DELAY": 10 * 60},
    "after 1 GB": {"VIETNAMVN_WARC_BYTES": 1_000_000_000},
    "takes more than a fifth of the time (`VIETNAMVN_EXTRACTION_SHARE`)": {"VIETNAMVN_EXTRACTION_SHARE": 1 / 5},
}
BACKFILL = {
    "read in pieces (`VIETNAMVN_PIECE_BYTES`, 8 MB)": {"VIETNAMVN_PIECE_BYTES": 8_000_000},
    "| Common Crawl's index | one request at a time, one a second |": {"VIETNAMVN_INDEX_DELAY": 1},
    "| Internet Archive | one in six seconds |": {"VIETNAMVN_WAYBACK_DELAY": 6},
    "| Common Crawl's data, CC-NEWS and files of other servers | two a second |": {"VIETNAMVN_DATA_DELAY": 1 / 2},
    "else for 2, 4, 8 … 60 seconds": {"VIETNAMVN_BACKOFF": 2, "VIETNAMVN_LONGEST_BACKOFF": 60},
    "answers no request for six hours (`VIETNAMVN_PATIENCE`)": {"VIETNAMVN_PATIENCE": 6 * 3600},
    "it is retried five times (`RETRY_TIMES`)": {"RETRY_TIMES": 5},
}
OPERATIONS = {
    "in languages with at least 100 of them (setting `VIETNAMVN_AUDIT_ARTICLES`": {"VIETNAMVN_AUDIT_ARTICLES": 100}
}
TOLD = [
    *(("crawl.md", *item) for item in CRAWL.items()),
    *(("backfill.md", *item) for item in BACKFILL.items()),
    *(("operations.md", *item) for item in OPERATIONS.items()),
]


@pytest.mark.parametrize(("page", "words", "wanted"), TOLD, ids=[words[:40] for _, words, _ in TOLD])
def test_the_docs_tell_what_is_set(page: str, words: str, wanted: dict[str, float]) -> None:
    """Backfills have some settings of their own."""
    assert words in " ".join((DOCS / page).read_text(encoding="utf-8").split())
    own = settings.BACKFILL_SETTINGS if page == "backfill.md" else {}
    assert {name: own.get(name, getattr(settings, name)) for name in wanted} == wanted


def test_each_language_of_the_site_is_looked_for() -> None:
    """A page that names no translation is guessed at in those whose prefixes were seen in the site's addresses."""
    seen = "ar bn cs de el en es fa fr he hi hu id ja km ko lo ms nl no pl pt ro ru sv th tr uk ur"
    assert sorted(settings.VIETNAMVN_LANGUAGES) == sorted(["vi", *seen.split()])


def test_a_response_is_judged_once_it_is_whole() -> None:
    """Its bytes are kept before they are decoded, decoded before they are judged, and judged before anything follows;
    whoever puts a middleware where the docs say is between decoding and the gate."""
    order = sorted(settings.DOWNLOADER_MIDDLEWARES_BASE, key=settings.DOWNLOADER_MIDDLEWARES_BASE.__getitem__)
    names = [name.rpartition(".")[2] for name in order]
    way_back = ["WireMiddleware", "DecodingMiddleware", "OutcomeMiddleware", "TypedRetryMiddleware", "GateMiddleware"]
    assert [name for name in reversed(names) if name in way_back] == way_back
    assert names[0] == "GateMiddleware"
    assert names.index("HostsMiddleware") < names.index("RobotsMiddleware") < names.index("RightsMiddleware")
    kept = settings.DOWNLOADER_MIDDLEWARES_BASE
    before, after = kept["scrapy.downloadermiddlewares.useragent.UserAgentMiddleware"], 543
    assert before < after < kept["scraper.middlewares.retry.TypedRetryMiddleware"]


def test_items_pass_users_pipelines_before_they_are_stored() -> None:
    """Theirs are at 300 to 800 (docs), or from 910 on, once the article is durable."""
    at = {name.rpartition(".")[2]: number for name, number in settings.ITEM_PIPELINES_BASE.items()}
    assert at["ArchivePipeline"] < 300 < 800 < at["StoragePipeline"] < 910 < at["RecordPipeline"]
