"""Every fault, alone and in mixture, over HTTP: a typed outcome, the right exit code, sums that hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from scenarios import Result, Scenario, run_scenarios

from pipelines.storage import open_store
from scraper.replica import Fault

PAGE = "/cho-noi-luc-binh-minh"  # one original
SOME = r"/(en|fr)/thu-vien-tren-nui(-\d+)?"  # eight translations
DAY = "/sitemap/sitemap-post/2025-10-22.xml"
LISTED = 36  # 12 articles in 3 languages

# name, faults, exit code, outcomes among the pages that were tried, outcome of the named document
CASES = [
    ("healthy", [], 0, {"ok": 36}, None),
    ("robots_403", [Fault(kind="status", where="/robots.txt")], 4, {}, ("robots.txt", "blocked")),
    ("robots_500", [Fault(kind="status", where="/robots.txt", status=500)], 3, {}, ("robots.txt", "server_error")),
    ("robots_404", [Fault(kind="status", where="/robots.txt", status=404)], 0, {"ok": 36}, ("robots.txt", "ok")),
    ("index_403", [Fault(kind="status", where="/sitemap.xml")], 4, {}, ("sitemap index", "blocked")),
    ("index_challenge", [Fault(kind="challenge", where="/sitemap.xml")], 4, {}, ("sitemap index", "challenge")),
    ("index_empty", [Fault(kind="empty", where="/sitemap.xml")], 3, {}, ("sitemap index", "empty")),
    ("index_truncated", [Fault(kind="truncated", where="/sitemap.xml")], 3, {}, ("sitemap index", "parse_failed")),
    ("day_403", [Fault(kind="status", where=DAY)], 4, {"ok": 18}, ("sitemap of 2025-10-22", "blocked")),
    ("day_empty", [Fault(kind="empty", where=DAY)], 3, {"ok": 18}, ("sitemap of 2025-10-22", "empty")),
    ("day_truncated", [Fault(kind="truncated", where=DAY)], 3, {"ok": 24}, ("sitemap of 2025-10-22", "parse_failed")),
    ("day_laughs", [Fault(kind="billion_laughs", where=DAY)], 3, {"ok": 18}, ("sitemap of 2025-10-22", "parse_failed")),
    (
        "day_entity",
        [Fault(kind="external_entity", where=DAY)],
        3,
        {"ok": 18},
        ("sitemap of 2025-10-22", "parse_failed"),
    ),
    ("day_bomb", [Fault(kind="gzip_bomb", where=DAY)], 3, {"ok": 18}, ("sitemap of 2025-10-22", "too_large")),
    ("some_403", [Fault(kind="status", where="/en/thu-vien-tren-nui")], 3, {"ok": 35, "blocked": 1}, None),
    ("all_403", [Fault(kind="status", where=r"/(en|fr)?/?c.*|/t.*|/(en|fr)/.*")], 4, {"blocked": 12}, None),
    ("many_403", [Fault(kind="status", where=SOME)], 4, {"ok": 28, "blocked": 8}, None),
    ("challenge", [Fault(kind="challenge", where="/fr" + PAGE)], 3, {"ok": 35, "challenge": 1}, None),
    ("empty_page", [Fault(kind="empty", where="/fr" + PAGE)], 3, {"ok": 35, "empty": 1}, None),
    ("page_bomb", [Fault(kind="gzip_bomb", where="/fr" + PAGE)], 3, {"ok": 35, "too_large": 1}, None),
    ("two_gigabytes", [Fault(kind="huge", where="/fr" + PAGE)], 3, {"ok": 35, "too_large": 1}, None),
    ("endless", [Fault(kind="endless", where="/fr" + PAGE)], 3, {"ok": 35, "too_large": 1}, None),
    ("slow", [Fault(kind="slow", where="/fr" + PAGE)], 3, {"ok": 35, "timeout": 1}, None),
    ("silent", [Fault(kind="silent", where="/fr" + PAGE)], 3, {"ok": 35, "timeout": 1}, None),
    ("reset", [Fault(kind="reset", where="/fr" + PAGE)], 3, {"ok": 35, "network_error": 1}, None),
    ("cut", [Fault(kind="cut", where="/fr" + PAGE)], 3, {"ok": 35, "network_error": 1}, None),
    ("loop", [Fault(kind="redirect_loop", where="/fr" + PAGE)], 3, {"ok": 35, "redirected_away": 1}, None),
    (
        "other_host",
        [Fault(kind="redirect", where="/fr" + PAGE, to="http://example.org/fr/x")],
        3,
        {"ok": 35, "redirected_away": 1},
        None,
    ),
    (
        "private_address",
        [Fault(kind="redirect", where="/fr" + PAGE, to="http://169.254.169.254/latest/meta-data")],
        3,
        {"ok": 35, "redirected_away": 1},
        None,
    ),
    (
        "loopback_port",
        [Fault(kind="redirect", where="/fr" + PAGE, to="http://127.0.0.1:1/fr" + PAGE)],
        3,
        {"ok": 35, "redirected_away": 1},
        None,
    ),
    ("wrong_charset", [Fault(kind="wrong_charset", where="/fr" + PAGE)], 0, {"ok": 36}, None),
    ("soft_404", [Fault(kind="soft_404", where="/fr" + PAGE)], 3, {"ok": 35, "not_article": 1}, None),
    ("page_404", [Fault(kind="status", where="/fr" + PAGE, status=404)], 3, {"ok": 35, "not_found": 1}, None),
    ("page_410", [Fault(kind="status", where="/fr" + PAGE, status=410)], 3, {"ok": 35, "gone": 1}, None),
    ("page_203", [Fault(kind="relabelled", where="/fr" + PAGE, status=203)], 0, {"ok": 36}, None),
    ("page_206", [Fault(kind="relabelled", where="/fr" + PAGE, status=206)], 3, {"ok": 35, "partial": 1}, None),
    ("page_202", [Fault(kind="relabelled", where="/fr" + PAGE, status=202)], 3, {"ok": 35, "not_ready": 1}, None),
    ("healing_202", [Fault(kind="relabelled", where="/fr" + PAGE, status=202, times=1)], 0, {"ok": 36}, None),
    ("page_204", [Fault(kind="status", where="/fr" + PAGE, status=204)], 3, {"ok": 35, "empty": 1}, None),
    ("page_300", [Fault(kind="status", where="/fr" + PAGE, status=300)], 3, {"ok": 35, "redirected_away": 1}, None),
    ("page_406", [Fault(kind="status", where="/fr" + PAGE, status=406)], 3, {"ok": 35, "client_error": 1}, None),
    ("page_511", [Fault(kind="status", where="/fr" + PAGE, status=511)], 3, {"ok": 35, "network_error": 1}, None),
    ("page_999", [Fault(kind="status", where="/fr" + PAGE, status=999)], 3, {"ok": 35, "blocked": 1}, None),
    ("too_many", [Fault(kind="status", status=429, retry_after="1", times=1, where="/fr.*")], 0, {"ok": 36}, None),
    ("too_many_forever", [Fault(kind="status", status=429, where="/fr" + PAGE)], 3, {"ok": 35, "blocked": 1}, None),
    (
        "wait_a_day",
        [Fault(kind="status", status=429, retry_after="86400", where="/fr" + PAGE)],
        3,
        {"ok": 35, "blocked": 1},
        None,
    ),
    ("healing_500", [Fault(kind="status", status=500, times=1)], 0, {"ok": 36}, None),
    ("lasting_500", [Fault(kind="status", status=500, where="/fr" + PAGE)], 3, {"ok": 35, "server_error": 1}, None),
    (
        "mixture",
        [
            Fault(kind="status", where="/en" + PAGE),
            Fault(kind="challenge", where="/fr" + PAGE),
            Fault(kind="reset", where="/en/thu-vien-tren-nui"),
            Fault(kind="endless", where="/fr/thu-vien-tren-nui"),
            Fault(kind="truncated", where=DAY),
            Fault(kind="redirect_loop", where="/en/cay-cau-duong-sat-cu"),
            Fault(kind="status", status=500, times=1),
        ],
        3,
        {"ok": 19, "blocked": 1, "challenge": 1, "network_error": 1, "too_large": 1, "redirected_away": 1},
        ("sitemap of 2025-10-22", "parse_failed"),
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Result]]:
    """All scenarios, crawled at once."""
    # Only where nothing answers is the time short: the many crawls at once are slow enough to look like a timeout.
    short = {"slow": {"DOWNLOAD_TIMEOUT": 6.0}, "silent": {"DOWNLOAD_TIMEOUT": 6.0}}
    scenarios = [Scenario(name=name, faults=faults, settings=short.get(name, {})) for name, faults, *_ in CASES]
    return run_scenarios(scenarios, tmp_path_factory.mktemp("faults"))


@pytest.mark.parametrize(
    ("name", "code", "tried", "document"), [(c[0], c[2], c[3], c[4]) for c in CASES], ids=[c[0] for c in CASES]
)
def test_outcomes_and_exit_code(
    results: dict[str, list[Result]], name: str, code: int, tried: dict[str, int], document: tuple[str, str] | None
) -> None:
    """Each fault ends in its typed outcome and exit code."""
    [result] = results[name]
    assert result.error is None
    assert result.manifest["tried"] == tried
    assert result.code == code == result.manifest["exit_code"]
    if document is not None:
        assert document in [(d["name"], d["outcome"]) for d in result.manifest["documents"]]


@pytest.mark.parametrize("name", [case[0] for case in CASES])
def test_sums_hold(results: dict[str, list[Result]], name: str) -> None:
    """For every day and language listed = stored + unchanged + failed + left, and so in total."""
    [result] = results[name]
    tried = result.manifest["tried"]
    accounts = result.manifest["days"]
    for account in [*accounts, result.manifest["totals"]]:
        told = account["stored"] + account["unchanged"] + sum(account["failed"].values()) + account["left"]
        assert account["listed"] == told
        assert account["holds"] is True
        assert account["unaccounted"] == 0
    assert sum(account["stored"] for account in accounts) == tried.get("ok", 0)
    if sum(tried.values()) == LISTED:
        assert result.manifest["totals"]["listed"] == LISTED


def test_reasons_are_said(results: dict[str, list[Result]]) -> None:
    """Whatever is not complete says why, in words that name the thing."""
    for name, _, code, _, document in CASES:
        reasons = " ".join(results[name][0].manifest["reasons"])
        if code != 0:
            assert reasons, name
        if document is not None and document[1] != "ok":
            assert document[0] in reasons
    assert "pages in a row were blocked" in " ".join(results["all_403"][0].manifest["reasons"])


def test_blocks_stop_early(results: dict[str, list[Result]]) -> None:
    """A site that refuses everything is not hammered: far fewer requests than addresses."""
    fetched = sum(
        count for path, count in results["all_403"][0].fetches.items() if not path.endswith((".xml", ".txt", ".json"))
    )
    assert 10 <= fetched <= 14


def test_nothing_leaves_the_site(results: dict[str, list[Result]]) -> None:
    """An external entity is never asked for, and a loop is cut after a few steps."""
    assert "/stolen" not in results["day_entity"][0].fetches
    loops = sum(count for path, count in results["loop"][0].fetches.items() if "loop=" in path)
    assert 1 <= loops <= 6


def test_retry_after_is_honoured(results: dict[str, list[Result]]) -> None:
    """Each page that answered 429 once was asked again once, after the pause; a pause of a day is not waited for."""
    fetches = results["too_many"][0].fetches
    french = [count for path, count in fetches.items() if path.startswith("/fr/")]
    assert len(french) == 12
    assert set(french) == {2}
    assert results["wait_a_day"][0].fetches["/fr" + PAGE] == 1


def test_wrong_charset_does_not_spoil_the_text(results: dict[str, list[Result]]) -> None:
    """UTF-8 that the header calls ISO-8859-1 gives the very text of the healthy site."""
    texts = []
    for name in ("healthy", "wrong_charset"):
        with open_store(results[name][0].store, read_only=True) as store:
            stored = store.get(PAGE.strip("/"), "fr")
            assert stored is not None
            texts.append(stored.article.content_sha256)
    assert texts[0] == texts[1]


def test_archives_are_written(results: dict[str, list[Result]]) -> None:
    """Every crawl that fetched a page left WARC files."""
    folder = Path(results["healthy"][0].store.removeprefix("sqlite:///")).with_suffix(".warc")
    assert list(folder.glob("*.warc.gz"))
