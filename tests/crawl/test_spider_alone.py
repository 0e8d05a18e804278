"""What the spider makes of a page or a failure, and the run of what was lost: without a network, one call at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from making_articles import make_article
from scrapy import Request
from scrapy.exceptions import DontCloseSpider, DropItem
from scrapy.http import HtmlResponse
from scrapy.settings import Settings
from twisted.python.failure import Failure

from pipelines.models import Article, Rejected
from pipelines.outcomes import Verdict
from pipelines.rights import Rights, Signal
from pipelines.storage import Lease, ListedAddress
from scraper import engine
from scraper import settings as defaults
from scraper.coverage import Coverage
from scraper.extensions import crawl_run
from scraper.extensions.crawl_run import RunExtension
from scraper.findings import Findings
from scraper.items import UnreadAddress
from scraper.middlewares.site_rights import RightsMiddleware
from scraper.spiders.articles import ArticlesSpider
from scraper.visits import Answer, CutOffError, RefusedError, Visit, key_of, visit_of, visiting

URL = "https://www.vietnam.vn/bai"
AT = "2025-10-24T01:00:00+00:00"
SITE = Rights((Signal("robots.txt", "allow", {"fetch": "allowed"}),))
LEASE = Lease(
    id=1, token=1, url=URL, slug="bai", language="vi", day="2025-10-23", lastmod=None, priority=20, attempt=1,
    holder="h", expires_at="",
)  # fmt: skip


class Ledger:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.visits: dict[Any, Visit] = {}
        self.settled: list[Any] = []
        self.forgotten: list[Visit] = []
        self.left: list[Lease] = []

    def lost(self) -> list[Lease]:
        """Leases of which nothing came."""
        return self.left

    def settle(self, visit: Visit, settled: Any) -> None:
        """What became of one."""
        visit.is_settled = True
        self.settled.append(settled)

    def forget(self, visit: Visit) -> None:
        """No longer under way."""
        self.forgotten.append(visit)


def spider_of(
    result: Article | Rejected | Exception, *, known: Any = None, rights: str = "record", named: tuple[str, ...] = ()
) -> Any:
    """A spider whose extraction gives this, and whose discovery names these languages."""

    async def extract(page: Any) -> Article | Rejected:
        if isinstance(result, Exception):
            raise result
        return result

    spider: Any = ArticlesSpider()
    settings = Settings({name: getattr(defaults, name) for name in dir(defaults) if name.startswith("VIETNAMVN_")})
    settings.set("VIETNAMVN_RIGHTS", rights)
    run = SimpleNamespace(extractor=SimpleNamespace(extract=extract), ledger=Ledger())
    spider.crawler = SimpleNamespace(
        settings=settings,
        get_extension=lambda kind: run,
        get_downloader_middleware=lambda kind: known if kind is RightsMiddleware else None,
    )
    spider.settings = settings

    def translations(lease: Lease, article: Article, url: str) -> list[ListedAddress]:
        assert (lease, url) == (LEASE, URL)
        return [ListedAddress(f"https://www.vietnam.vn/{code}/bai", "bai", code) for code in named]

    spider.discovery = SimpleNamespace(translations=translations)
    return spider


def parsed(spider: Any, *, lease: Lease | None = LEASE) -> tuple[list[Any], Visit]:
    """What comes of a page, and its visit."""
    request = visiting(URL, Visit(lease=lease))
    visit = visit_of(request)
    visit.answer = Answer(
        url=URL, verdict=Verdict(outcome="ok", detail=""), fetched_at=AT, body=b"<p>x</p>", status=200
    )
    visit.exchange = SimpleNamespace()  # type: ignore[assignment]
    response = HtmlResponse(URL, body=b"<p>x</p>", request=request)

    async def every() -> list[Any]:
        return [one async for one in spider.parse(response)]

    return asyncio.run(every()), visit


# ---- a page


def test_translations_come_before_the_article() -> None:
    """So that they are in the ledger once the article is stored: a kill between loses none."""
    article = make_article("bai", "vi")
    spider = spider_of(article, named=("en", "fr"))
    (first, second, last), visit = parsed(spider)
    assert [visit_of(one).entry.language for one in (first, second)] == ["en", "fr"]  # type: ignore[union-attr]
    assert first.url == "https://www.vietnam.vn/en/bai"
    assert last is article
    assert spider._run.ledger.visits == {key_of(article): visit}


@pytest.mark.parametrize("lease", [LEASE, None])
def test_what_is_no_article_names_nothing(lease: Lease | None) -> None:
    """Nor does a page that no ledger asked for."""
    rejected = Rejected(url=URL, outcome="not_article", detail="a list")
    found, _ = parsed(spider_of(rejected, named=("en",)), lease=lease)
    assert found == [rejected]
    found, _ = parsed(spider_of(make_article("bai", "vi"), named=("en",)), lease=None)
    assert [type(one).__name__ for one in found] == ["Article"]


def test_a_page_that_breaks_the_extraction_is_told_and_the_crawl_goes_on() -> None:
    """The next run would begin with it again."""
    (unread,), visit = parsed(spider_of(ZeroDivisionError("of a page")))
    assert isinstance(unread, UnreadAddress)
    assert (unread.outcome, unread.visit, unread.url, unread.fetched_at) == ("parse_failed", visit, URL, AT)
    assert "of a page" in unread.detail


class Known:
    """A middleware that knows the site's files."""

    def on(self, result: Any, url: str) -> Any:
        """The result with what they say."""
        assert url == URL
        return result if isinstance(result, Rejected) else result.__class__(**{**_fields(result), "rights": SITE})

    def site(self, url: str) -> Rights:
        """What they say of an address."""
        assert url == URL
        return SITE


def _fields(article: Article) -> dict[str, Any]:
    return {name: getattr(article, name) for name in article.__dataclass_fields__}


def test_what_the_sites_files_say_is_recorded_with_the_page() -> None:
    """Where they were asked for."""
    (article,), _ = parsed(spider_of(make_article("bai", "vi"), known=Known()))
    assert article.rights == SITE
    (article,), _ = parsed(spider_of(make_article("bai", "vi")))
    assert article.rights != SITE


@pytest.mark.parametrize("rights", ["record", "respect"])
def test_a_page_that_reserves_itself_is_kept_where_rights_are_only_recorded(rights: str) -> None:
    """Where they are respected neither its text nor its bytes are."""
    said = Rights((Signal("meta robots", "noarchive", {"archive": "disallowed", "train-ai": "disallowed"}),))
    spider = spider_of(make_article("bai", "vi", rights=said), rights=rights)
    (found,), visit = parsed(spider)
    if rights == "record":
        assert isinstance(found, Article)
        assert visit.exchange is not None
    else:
        assert isinstance(found, UnreadAddress)
        assert visit.exchange is None
        assert spider._run.ledger.visits == {}


# ---- a failure


def _failure(error: Exception, request: Request) -> Any:
    found = Failure(error)
    found.request = request  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize(
    ("outcome", "known", "signals"),
    [
        ("unchanged", Known(), {"robots.txt", "x-robots-tag"}),
        ("unchanged", None, None),
        ("not_found", Known(), None),
    ],
)
def test_an_unchanged_page_has_the_rights_of_its_headers(outcome: str, known: Any, signals: set[str] | None) -> None:
    """It has no page of its own to say so; a page that is not there has none."""
    error = RefusedError(Verdict(outcome=outcome, detail="so it is"))  # type: ignore[arg-type]
    request = visiting(URL, Visit(lease=LEASE))
    visit = visit_of(request)
    visit.answer = Answer(url=URL, verdict=error.verdict, fetched_at=AT, pairs=(("X-Robots-Tag", "noai"),))
    (unread,) = spider_of(make_article(), known=known).page_failed(_failure(error, request))
    assert (unread.outcome, unread.detail, unread.fetched_at) == (outcome, "so it is", AT)
    found = None if visit.rights is None else {signal.source.removeprefix("header ") for signal in visit.rights.signals}
    assert found == signals


def test_what_was_cut_off_by_the_end_of_the_run_is_nothing() -> None:
    """The next run asks for it."""
    request = visiting(URL, Visit(lease=LEASE))
    assert list(spider_of(make_article()).page_failed(_failure(CutOffError(), request))) == []


# ---- what was lost


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A run that has begun, of a crawler that goes on."""
    found: Any = RunExtension.__new__(RunExtension)
    found._crawler = SimpleNamespace(spider=None)
    found.findings = Findings()
    found.ledger = Ledger()
    monkeypatch.setattr(engine, "is_ending", lambda crawler: crawler.spider == "ending")
    return found


def test_what_other_components_took_away_is_settled_when_nothing_is_under_way(run: Any) -> None:
    """The spider is held open, since more may follow from it; without anything lost it may close."""
    run._idle(None)
    assert run.ledger.settled == []
    run.ledger.left = [LEASE]
    run.findings.awaited[object()] = SimpleNamespace(name="robots.txt")
    with pytest.raises(DontCloseSpider):
        run._idle(None)
    (settled,) = run.ledger.settled
    assert (settled.lease, settled.outcome) == (LEASE, "dropped")
    assert [document.name for document in run.findings.documents] == ["robots.txt"]
    assert run.findings.awaited == {}


def test_a_run_that_ends_or_has_not_begun_settles_nothing(run: Any) -> None:
    """What is leased then is released."""
    run.ledger.left = [LEASE]
    run._crawler.spider = "ending"
    run._idle(None)
    assert run.ledger.settled == []
    run.ledger, run._crawler.spider = None, None
    run._idle(None)


@pytest.mark.parametrize(
    ("item", "outcome", "detail"),
    [
        (make_article("bai", "vi"), "dropped", "an item pipeline dropped it: too short"),
        (Rejected(url=URL, outcome="empty", detail="no text"), "empty", "no text"),
    ],
)
def test_what_an_item_pipeline_drops_is_settled_so(run: Any, item: Any, outcome: str, detail: str) -> None:
    """What was no article is told as what it was; each once."""
    visit = Visit(lease=LEASE, answer=Answer(url=URL, verdict=Verdict(outcome="ok", detail=""), fetched_at=AT))
    run.ledger.visits[key_of(item)] = visit
    run._dropped(item, None, DropItem("too\nshort"))
    (settled,) = run.ledger.settled
    assert (settled.lease, settled.outcome, settled.detail, settled.fetched_at) == (LEASE, outcome, detail, AT)
    assert run.ledger.forgotten == [visit]
    run._dropped(item, None, DropItem("again"))
    assert len(run.ledger.settled) == 1


def test_what_breaks_an_item_pipeline_is_named(run: Any) -> None:
    """An item of somebody's own is known by its request; of one that no ledger asked for nothing is told."""
    request = visiting(URL, Visit(lease=LEASE))
    run._erred({"title": "x"}, SimpleNamespace(request=request), SimpleNamespace(value=KeyError("title")))
    (settled,) = run.ledger.settled
    assert (settled.outcome, settled.detail) == ("item_error", "an item pipeline failed: KeyError: 'title'")
    run._erred({}, SimpleNamespace(request=visiting(URL, Visit())), SimpleNamespace(value=KeyError("title")))
    run._erred({}, None, SimpleNamespace(value=KeyError("title")))
    run.ledger = None
    run._erred({}, SimpleNamespace(request=request), SimpleNamespace(value=KeyError("title")))


@pytest.mark.parametrize(
    ("error", "named", "said"),
    [
        (ValueError("two\n lines"), False, "two lines"),
        (ValueError("two"), True, "ValueError: two"),
        (ValueError(), False, "ValueError"),
        (ValueError("x" * 1000), False, "x" * 300),
    ],
)
def test_an_error_is_one_line(error: Exception, named: bool, said: str) -> None:
    """One without words has its name."""
    assert crawl_run._one_line(error, named=named) == said


def test_articles_are_counted_by_what_they_have(run: Any) -> None:
    """Nothing else is."""
    for result in (make_article(), Rejected(url=URL, outcome="empty", detail=""), None):
        run._settled(SimpleNamespace(result=result), None)
    one = Coverage()
    one.add(make_article())
    assert run.findings.coverage.to_dict() == one.to_dict()


@pytest.mark.parametrize(("kind", "is_own"), [("visit", True), ("article", True), ("none", False)])
def test_the_visit_of_an_item_is_its_own_or_that_of_its_address(kind: str, is_own: bool, run: Any) -> None:
    """What the ledger does not know has none."""
    visit, article = Visit(lease=LEASE), make_article("bai", "vi")
    run.ledger.visits[key_of(article)] = visit
    items = {"visit": SimpleNamespace(visit=visit), "article": article, "none": make_article("khac", "vi")}
    assert run.visit(items[kind]) is (visit if is_own else None)
    run.ledger = None
    assert run.visit(items[kind]) is (visit if kind == "visit" else None)


@pytest.mark.parametrize(
    ("interrupted", "closing", "begun", "is_over"),
    [
        (True, False, True, True),
        (False, True, False, True),  # closed before it began: nothing is lost
        (False, True, True, False),  # its results have to be stored first
        (False, False, False, False),
    ],
)
def test_a_store_that_is_away_is_waited_for_while_there_is_something_to_store(
    interrupted: bool, closing: bool, begun: bool, is_over: bool, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until a signal says that it is enough."""
    monkeypatch.setattr(engine, "is_interrupted", lambda crawler: interrupted)
    monkeypatch.setattr(engine, "is_closing", lambda crawler: closing)
    run.run = SimpleNamespace(id=7 if begun else None)
    assert run._is_over() is is_over


def test_nothing_is_entered_before_the_run_has_begun() -> None:
    """Whoever changes the order of components hears of it."""
    spider = spider_of(make_article())
    spider._run.ledger = None
    with pytest.raises(RuntimeError, match="has not begun"):
        assert spider._ledger


# ---- the end


class Run:
    """A run that does its steps, and keeps how it ended."""

    def __init__(self) -> None:
        self.interrupted = False
        self.errors: list[BaseException] = []
        self.manifest: dict[str, Any] = {"exit_code": 0, "result": "complete"}
        self.ended: list[Any] = []

    def attempt(self, step: Any) -> Any:
        """Do it; an error is kept."""
        try:
            return step()
        except Exception as error:
            self.errors.append(error)
            return None

    def finish(self, judge: Any, details: Any) -> None:
        """Judge, and keep the account."""
        self.ended.append((judge(), details()))


def finishing(run: Any, monkeypatch: pytest.MonkeyPatch, *, accounting: Any = None, broken: str = "") -> list[str]:
    """A run whose steps are noted; one of them may be broken."""
    steps: list[str] = []

    def step(name: str) -> Any:
        def done(*_: Any, **__: Any) -> str:
            steps.append(name)
            if name == broken:
                raise OSError(name)
            return name

        return done

    run.run, run._is_finishing, run._options = Run(), False, SimpleNamespace()
    stats: dict[str, Any] = {}
    run._crawler = SimpleNamespace(
        spider=SimpleNamespace(**({} if accounting is None else {"accounting": accounting})),
        settings={},
        stats=SimpleNamespace(set_value=stats.__setitem__, found=stats),
    )
    run.ledger.store_rest = step("rest")
    run.ledger.frontier = SimpleNamespace(
        close_archive=step("close"), forget_lost=step("forget"), outcomes={"ok": 2}, added={"new": 1}
    )
    monkeypatch.setattr(RunExtension, "_accounts", step("accounts"))
    monkeypatch.setattr(RunExtension, "_audit", step("audit"))
    monkeypatch.setattr(
        crawl_run.crawl_findings, "judge", lambda *given, **more: (given[1], given[2], more["interrupted"])
    )
    monkeypatch.setattr(crawl_run.crawl_findings, "details", lambda *given: given[1:])
    return steps


def test_a_run_ends_once_in_order(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is settled is stored, the archive is closed, and then the account is made; whichever end comes first."""
    steps = finishing(run, monkeypatch)
    run._finish(interrupted=False)
    assert steps == ["rest", "close", "forget", "accounts", "audit"]
    assert run.run.ended == [(("accounts", {"ok": 2}, False), ("accounts", {"ok": 2}, {"new": 1}))]
    assert run._crawler.stats.found["vietnamvn/exit_code"] == 0
    run._finish(interrupted=True)
    assert len(steps) == 5
    assert run.run.interrupted  # the end that is under way hears of it


@pytest.mark.parametrize("broken", ["rest", "close", "forget", "accounts", "audit"])
def test_a_step_that_breaks_is_no_reason_to_leave_the_others_out(
    broken: str, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It becomes part of the end."""
    steps = finishing(run, monkeypatch, broken=broken)
    run._finish(interrupted=False)
    assert steps == ["rest", "close", "forget", "accounts", "audit"]
    assert [str(error) for error in run.run.errors] == [broken]
    assert run.run.ended[0][0][0] == (None if broken == "accounts" else "accounts")


def test_who_interrupts_does_not_wait_for_an_audit(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is there one of what a backfill reads."""
    steps = finishing(run, monkeypatch)
    run._finish(interrupted=True)
    assert "audit" not in steps
    assert run.run.ended[0][0][2] is True
    own = SimpleNamespace(judge=lambda *_, **__: "own", details=lambda *_: {})
    steps = finishing(run, monkeypatch, accounting=own)
    run._finish(interrupted=False)
    assert "audit" not in steps
    assert run.run.ended == [("own", {})]


def test_a_run_that_did_not_begin_has_an_account_of_nothing(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no ledger to be closed."""
    steps = finishing(run, monkeypatch)
    run.ledger = None
    run._finish(interrupted=False)
    assert steps == []
    assert run.run.ended == [((None, {}, False), (None, {}, {}))]


def test_a_run_is_stopped_for_the_first_reason(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows from it is none."""
    closed: list[str] = []
    monkeypatch.setattr(engine, "close", lambda crawler, reason: closed.append(reason))
    run.stop("refused", by_blocks=True)
    run.stop("another")
    assert (run.findings.stopped, run.findings.stopped_by_blocks, closed) == ("refused", True, ["stopped"])


@pytest.mark.parametrize(
    ("reason", "signalled", "before", "interrupted", "stopped"),
    [
        ("finished", False, None, False, None),
        ("shutdown", False, None, True, None),
        ("finished", True, None, True, None),
        ("closespider_itemcount", False, None, False, "stopped early by Scrapy (closespider_itemcount)"),
        ("closespider_itemcount", False, "refused", False, "refused"),
        ("stopped", False, "refused", False, "refused"),
    ],
)
def test_why_the_spider_was_closed_is_kept(
    reason: str,
    signalled: bool,
    before: str | None,
    interrupted: bool,
    stopped: str | None,
    run: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ctrl-C by its name or by the signal; a limit of Scrapy's own is a reason, unless there is one already."""
    monkeypatch.setattr(engine, "is_interrupted", lambda crawler: signalled)
    ended: list[bool] = []
    closed: list[str] = []

    async def turns(step: Any, *, interrupted: bool) -> None:
        ended.append(interrupted)

    async def close() -> None:
        closed.append("extractor")

    async def work() -> None:
        run._tasks = [asyncio.ensure_future(asyncio.sleep(60))]
        await run._closed(None, reason)
        assert run._tasks[0].cancelled()

    run._turns, run.extractor, run.findings.stopped = turns, SimpleNamespace(close=close), before
    asyncio.run(work())
    assert (ended, closed, run.findings.stopped) == ([interrupted], ["extractor"], stopped)
