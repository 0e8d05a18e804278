"""The pure parts: verdicts on responses, sitemaps, hosts, decoding, the account."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.settings import Settings

from pipelines.errors import UsageError
from pipelines.outcomes import OUTCOMES, Outcome, Verdict, judge, retry_after_seconds
from scraper import settings as defaults
from scraper.cli import main
from scraper.discovery import article_languages
from scraper.doctor import DoctorSpider
from scraper.findings import Series
from scraper.frontier import PageOutcome
from scraper.hosts import AllowedHosts
from scraper.middlewares.redirect import SameArticleRedirectMiddleware
from scraper.options import crawl_options
from scraper.reconciliation import AddressRow, SourceDocument, judge_run, reconcile
from scraper.spiders.urls import UrlsSpider
from scraper.visits import Answer, Visit, refused, visiting

NOW = datetime(2025, 10, 23, 12, 0, tzinfo=timezone.utc)
PAGE = b"<html><body>" + b"<p>Some words of an article.</p>" * 10
SETTINGS = {
    "VIETNAMVN_BASE_URL": "https://www.vietnam.vn",
    "VIETNAMVN_STORE": "sqlite:///vietnamvn.db",
    "VIETNAMVN_ARCHIVE": "",
}


# ---- verdicts


@pytest.mark.parametrize(
    ("status", "headers", "body", "outcome", "retry"),
    [
        (200, {}, PAGE, "ok", False),
        (200, {}, b" \n", "empty", False),
        (304, {}, b"", "unchanged", False),
        (302, {"location": "/x"}, b"", "redirected_away", False),
        (401, {}, PAGE, "blocked", False),
        (403, {}, PAGE, "blocked", False),
        (404, {}, PAGE, "not_found", False),
        (410, {}, PAGE, "gone", False),
        (429, {}, PAGE, "blocked", True),
        (500, {}, PAGE, "server_error", True),
        (503, {"retry-after": "5"}, PAGE, "server_error", True),
        (200, {"cf-mitigated": "challenge"}, PAGE, "challenge", False),
        (403, {}, b"<title>Just a moment...</title>", "challenge", False),
        (200, {}, b"<html><title>An article: Just a moment</title>" + PAGE, "ok", False),
        (200, {}, b"<title>Just a moment...</title>" + PAGE * 500, "ok", False),
    ],
)
def test_every_status_has_its_outcome(
    status: int, headers: dict[str, str], body: bytes, outcome: str, retry: bool
) -> None:
    """Each response has one outcome; only what may heal is tried again."""
    verdict = judge(status, headers, body, now=NOW)
    assert (verdict.outcome, verdict.retry) == (outcome, retry)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30.0),
        (" 30 ", 30.0),
        ("Thu, 23 Oct 2025 12:01:00 GMT", 60.0),
        ("Thu, 23 Oct 2025 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        (None, None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    """Retry-After is read as seconds or as a date; nonsense is none."""
    assert retry_after_seconds(value, now=NOW) == seconds


# ---- discovery


@pytest.mark.parametrize(
    ("base", "url", "allowed"),
    [
        ("https://www.vietnam.vn", "https://vietnam.vn/a", True),
        ("https://www.vietnam.vn", "https://vjs.vietnam.vn/a", True),
        ("https://www.vietnam.vn", "https://evilvietnam.vn/a", False),
        ("https://www.vietnam.vn", "https://vietnam.vn.evil.example/a", False),
        ("https://www.vietnam.vn", "https://www.vietnam.vn@evil.example/a", False),
        ("https://www.vietnam.vn", "https://u@www.vietnam.vn/a", False),
        ("https://www.vietnam.vn", "http://www.vietnam.vn:8080/a", False),
        ("https://www.vietnam.vn", "ftp://www.vietnam.vn/a", False),
        ("https://www.vietnam.vn", "http://127.0.0.1/a", False),
        ("https://www.vietnam.vn", "https://[::1/a", False),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/a", True),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8001/a", False),
        ("http://127.0.0.1:8000", "https://www.vietnam.vn/a", False),
    ],
)
def test_allowed_hosts(base: str, url: str, allowed: bool) -> None:
    """The site and its subdomains, or the given base alone; nothing that only looks like it."""
    assert AllowedHosts(base_url=base).allows(url) is allowed


def test_languages_of_alternates() -> None:
    """Alternates of the same slug on our hosts count, by the address's language; others and x-default do no harm."""
    alternates = [
        ("x-default", "https://www.vietnam.vn/bai"),
        ("fr", "https://www.vietnam.vn/fr/bai"),
        ("zh-hans", "https://www.vietnam.vn/zh-cn/bai"),
        ("de", "https://www.vietnam.vn/de/anderes"),
        ("es", "https://example.org/es/bai"),
        ("it", "http://["),
    ]
    hosts = AllowedHosts(base_url="https://www.vietnam.vn")
    found = article_languages(alternates, slug="bai", wanted=None, hosts=hosts)
    assert sorted(found) == ["fr", "vi", "zh-cn"]
    assert sorted(article_languages(alternates, slug="bai", wanted=("fr",), hosts=hosts)) == ["fr"]


# ---- the account


def test_unaccounted_addresses_break_the_sum() -> None:
    """What the site lists and the ledger does not know is never folded into another number."""
    rows = {"2025-10-23": [AddressRow(slug="a", language="vi", state="done", outcome="ok")]}
    accounts = reconcile({"2025-10-23": frozenset({"a", "b"})}, rows, original="vi")
    account = accounts["2025-10-23", "vi"]
    assert (account.listed, account.stored, account.unaccounted, account.holds) == (2, 1, 1, False)
    judgement = judge_run([], accounts, {"ok": 1}, blocked_share=0.2, layout_share=0.1)
    assert judgement.code == 3
    assert "do not hold" in judgement.reasons[0]


@pytest.mark.parametrize(("outcome", "counted"), [("ok", (0, 1, 0)), ("removed", (0, 0, 1))])
def test_what_was_taken_down_is_not_counted_as_delisted(outcome: Outcome, counted: tuple[int, int, int]) -> None:
    """Its name in the ledger is a mark, which no list of the site has."""
    rows = {"2025-10-23": [AddressRow(slug="b", language="vi", state="done", outcome=outcome)]}
    account = reconcile({"2025-10-23": frozenset()}, rows, original="vi")["2025-10-23", "vi"]
    assert (account.listed, account.delisted, account.removed) == counted


@pytest.mark.parametrize(
    ("first", "target", "is_followed"),
    [
        ("http://www.vietnam.vn/tag/cho-noi", "https://www.vietnam.vn/tag/cho-noi", True),
        ("https://www.vietnam.vn/tag/cho-noi", "https://www.vietnam.vn/tag/cho-noi?page=1", True),
        ("https://www.vietnam.vn/tag/cho-noi", "https://www.vietnam.vn/tag/cho-dem", False),
        ("https://www.vietnam.vn/fr/cho-noi", "https://www.vietnam.vn/fr/cho-noi/", True),
        ("https://www.vietnam.vn/fr/cho-noi", "https://www.vietnam.vn/en/cho-noi", False),
    ],
)
def test_a_page_is_followed_to_another_spelling_of_its_address(first: str, target: str, *, is_followed: bool) -> None:
    """By slug and language where it has them, else by its path; what leads elsewhere is an outcome."""
    settings = Settings()
    settings.setmodule(defaults)
    crawler: Any = SimpleNamespace(settings=settings, stats=None, spider=None)
    middleware = SameArticleRedirectMiddleware.from_crawler(crawler)
    visit = Visit()
    request = visiting(first, visit)
    visit.answer = refused(first, Verdict(outcome="redirected_away", detail="", location=target))
    made = middleware.process_response(request, Response(first, status=301, headers={"Location": target}))
    assert (made.url, isinstance(made, Request)) == ((target, True) if is_followed else (first, False))
    assert ("which is another page" in visit.answer.verdict.detail) is not is_followed


def test_each_address_is_counted_by_what_became_of_it() -> None:
    """Those that wait, or are being fetched, are left; a failure whose reason nobody knows is one too."""
    became = [
        ("done", "ok"), ("done", "ok"), ("done", "unchanged"), ("failed", "timeout"), ("failed", None),
        ("pending", None), ("leased", None), ("failed", "no_translation"),
    ]  # fmt: skip
    rows = [AddressRow(slug=f"s{n}", language="fr", state=state, outcome=why) for n, (state, why) in enumerate(became)]
    account = reconcile({}, {"2025-10-23": rows}, original="vi")["2025-10-23", "fr"]
    assert account.holds
    assert (account.listed, account.stored, account.unchanged, account.left) == (7, 2, 1, 2)
    assert (account.failed, account.no_translation) == ({"timeout": 1, "unknown": 1}, 1)


def test_layout_warning() -> None:
    """No known layout on more than the threshold of the articles is a warning, not a failure."""
    judgement = judge_run([], {}, {"ok": 100}, blocked_share=0.2, layout_share=0.1, layout_unknown=11)
    assert judgement.code == 0
    assert "11 of 100 articles" in judgement.reasons[0]
    quiet = judge_run([], {}, {"ok": 100}, blocked_share=0.2, layout_share=0.1, layout_unknown=10)
    assert quiet.reasons == ()


def test_a_site_that_refuses_a_list_has_refused_the_run() -> None:
    """That is another end than one of a list that failed by itself."""
    ends = {}
    for outcome, detail in (("blocked", "HTTP 403"), ("challenge", "a riddle"), ("http_error", "HTTP 500")):
        document = SourceDocument(name="sitemap index", url="u", outcome=outcome, detail=detail)  # type: ignore[arg-type]
        judgement = judge_run([document], {}, {}, blocked_share=0.2, layout_share=0.1)
        ends[outcome] = judgement.code, judgement.reasons[0]
    refused = "The site refuses this client"
    assert ends == {
        "blocked": (4, f"sitemap index: blocked (HTTP 403). {refused}"),
        "challenge": (4, f"sitemap index: challenge (a riddle). {refused}"),
        "http_error": (3, "sitemap index: http_error (HTTP 500)"),
    }


def test_interruption_goes_before_everything() -> None:
    """An interrupted run says 130 whatever else there was."""
    document = SourceDocument(name="sitemap index", url="u", outcome="blocked", detail="HTTP 403")
    judgement = judge_run([document], {}, {}, interrupted=True, blocked_share=0.2, layout_share=0.1)
    assert judgement.code == 130


# ---- what the doctor looks at


@pytest.mark.parametrize(
    ("days", "level", "found"),
    [(0, "ok", "today"), (1, "ok", "1 days ago"), (2, "note", "2 days ago"), (30, "note", "30 days ago")],
)
def test_a_site_that_lists_nothing_new_is_noted(
    days: int, level: str, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the second day on, with what to look at."""
    entry: Any = SimpleNamespace(url="https://www.vietnam.vn/cho-noi", lastmod="2025-10-23T04:04:10Z")
    spider = DoctorSpider()
    spider.findings = []

    async def listed(*_: object) -> Any:
        return SimpleNamespace(kind="urlset", entries=[entry])

    async def looked_at(url: str) -> None:
        assert url == entry.url

    monkeypatch.setattr(spider, "_sitemap", listed)
    monkeypatch.setattr(spider, "_article", looked_at)
    monkeypatch.setattr("scraper.doctor.now", lambda: NOW)
    asyncio.run(spider._today([(NOW.date() - timedelta(days=days), (entry,))]))
    (check,) = spider.findings
    assert (check.check, check.level, bool(check.remedy)) == ("newest day", level, level == "note")
    assert f"({found}): 1 articles, 1 with lastmod" in check.found


@pytest.mark.parametrize(
    ("body", "outcome", "found", "remedy", "is_read"),
    [
        ("<urlset><url><loc>/a</loc></url></urlset>", "ok", "", "", True),
        ("<urlset><url><loc>/a</loc></url>", "ok", "1 entries could be read", "would end with 3", True),
        ("<urlset></urlset>", "ok", "it lists nothing", "would end with 3", False),
        ("<html></html>", "ok", "its root element is 'html'", "would end with 4 or 3", False),
        ("", "blocked", "blocked (HTTP 403)", "would end with 4 or 3", False),
    ],
)
def test_a_sitemap_with_faults_is_said_to_have_them(
    body: str, outcome: Outcome, found: str, remedy: str, is_read: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How the crawl would end, too: a list that is not whole is no refusal. What could be read is looked at."""
    url = "https://www.vietnam.vn/sitemap.xml"

    async def asked(crawler: object, url: str, *, kind: str) -> Answer:
        return Answer(url=url, verdict=Verdict(outcome=outcome, detail="HTTP 403"), fetched_at="", body=body.encode())

    monkeypatch.setattr("scraper.doctor.ask", asked)
    spider: Any = DoctorSpider()
    spider.findings, spider.crawler = [], None
    read = asyncio.run(spider._sitemap("sitemap index", url))
    assert (read is not None) is is_read
    assert [(check.level, check.check) for check in spider.findings] == [("fail", "sitemap index")] * bool(found)
    for check in spider.findings:
        assert check.found.startswith(f"{url}: ")
        assert found in check.found
        assert check.remedy.endswith(remedy)


def test_a_sitemap_that_was_repaired_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a line for the site, since the crawl goes on."""

    async def asked(crawler: object, url: str, *, kind: str) -> Answer:
        body = b"<urlset><url><loc>/a?b&c</loc></url></urlset>"
        return Answer(url=url, verdict=Verdict(outcome="ok", detail=""), fetched_at="", body=body)

    monkeypatch.setattr("scraper.doctor.ask", asked)
    spider: Any = DoctorSpider()
    spider.findings, spider.crawler = [], None
    read = asyncio.run(spider._sitemap("day", "https://www.vietnam.vn/sitemap.xml"))
    assert len(read.entries) == 1
    (check,) = spider.findings
    assert "repaired" in check.found
    assert check.remedy == "tell the site; the crawl goes on all the same"


# ---- arguments


@pytest.mark.parametrize("given", [{}, {"base_url": "http://127.0.0.1:8000"}])
def test_addresses_are_asked_of_the_site_of_the_settings_or_of_a_given_one(given: dict[str, str]) -> None:
    """Each is checked where it is the one that counts."""
    urls = {"urls": ("https://www.vietnam.vn/cho-noi",)}
    sound, broken = {**SETTINGS, "VIETNAMVN_RIGHTS": "record"}, {"VIETNAMVN_BASE_URL": "ftp://x"}
    UrlsSpider.check_arguments({**urls, **given}, Settings(sound))
    if given:
        UrlsSpider.check_arguments({**urls, **given}, Settings({**sound, **broken}))
        with pytest.raises(UsageError):
            UrlsSpider.check_arguments({**urls, "base_url": "ftp://x"}, Settings(sound))
    else:
        with pytest.raises(UsageError):
            UrlsSpider.check_arguments(urls, Settings({**sound, **broken}))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"since": "yesterday"}, "--since"),
        ({"since": "2025-10-24", "until": "2025-10-23"}, "--since"),
        ({"days": "0"}, "--days"),
        ({"days": "2", "since": "2025-10-01"}, "--days"),
        ({"limit": "many"}, "--limit"),
        ({"lang": "klingon"}, "--lang"),
        ({"lang": ","}, "--lang"),
        ({"revisit": "always"}, "--revisit"),
        ({"base_url": "ftp://x"}, "--base-url"),
        ({"base_url": "https://www.vietnam.vn/fr"}, "--base-url"),
    ],
)
def test_wrong_arguments_are_named(arguments: dict[str, str], named: str) -> None:
    """A wrong argument is a usage error that names it."""
    with pytest.raises(UsageError, match=named):
        crawl_options(arguments, SETTINGS, today=NOW.date())


@pytest.mark.parametrize(
    ("name", "value"), [("VIETNAMVN_EXTRACTION_SHARE", "half"), ("VIETNAMVN_BATCH", "1.5"), ("VIETNAMVN_BACKOFF", None)]
)
def test_a_setting_that_is_no_number_is_named(name: str, value: object) -> None:
    """A wrong setting of ours is a usage error that names it, before anything starts."""
    with pytest.raises(UsageError, match=name):
        crawl_options({}, {**SETTINGS, name: value}, today=NOW.date())


def test_more_days_than_there_are_is_all_of_them() -> None:
    """A window that begins before the calendar does begins with it."""
    for arguments in ({"days": "9" * 16}, {"until": "0001-01-01"}):
        assert crawl_options(arguments, SETTINGS, today=NOW.date()).since == date.min
    assert crawl_options({"revisit": "9" * 16 + "d"}, SETTINGS, today=NOW.date()).revisit_since == date.min
    assert crawl_options({"until": "0001-01-02"}, SETTINGS, today=NOW.date()).since == date.min


@pytest.mark.parametrize("command", ["crawl", "doctor"])
@pytest.mark.parametrize("delay", ["-1", "nan", "inf"])
def test_a_delay_that_is_none_is_refused(command: str, delay: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It must not become a crawl of the site without any pause."""
    assert main([command, "--delay", delay]) == 2
    assert "--delay" in capsys.readouterr().err


def test_default_window_is_two_days() -> None:
    """Without days the last two are taken; with --days as many."""
    options = crawl_options({}, SETTINGS, today=NOW.date())
    assert (options.since, options.until) == (date(2025, 10, 22), date(2025, 10, 23))
    assert options.languages is None
    assert crawl_options({"days": "7", "lang": "en,FR"}, SETTINGS, today=NOW.date()).since == date(2025, 10, 17)
    assert crawl_options({"lang": "en,FR"}, SETTINGS, today=NOW.date()).languages == ("en", "fr")


def test_a_folder_without_an_archive_leaves_no_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`reextract` names the folder in one line, and makes no empty store on the way."""
    store = tmp_path / "none.db"
    (tmp_path / "empty").mkdir()
    assert main(["reextract", "--archive", str(tmp_path / "empty"), "--store", f"sqlite:///{store}"]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "no .warc.gz in it" in err
    assert not store.exists()


@pytest.mark.parametrize("ending", ["blocked", "timeout"])
@pytest.mark.parametrize("between", sorted(OUTCOMES))
def test_what_ends_a_row_of_refusals(ending: str, between: str) -> None:
    """An answer ends it, and what was not asked leaves it as it is; both rows are counted apart."""

    def stops(*outcomes: str) -> bool:
        series = Series(blocks=3, failures=3)
        reasons = [series.stop(cast(PageOutcome, SimpleNamespace(outcome=name, detail=""))) for name in outcomes]
        return reasons[-1] is not None

    facts = OUTCOMES[between]
    goes_on = between in ("robots", "reserved", "offsite") or facts.block or facts.no_answer
    assert stops(ending, ending, between, ending) == goes_on
    assert not stops(ending, ending)
