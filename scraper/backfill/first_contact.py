"""First contact with the archives: which assumptions about them hold, one line for each. Nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any
from urllib.parse import quote

from scrapy.crawler import Crawler
from typing_extensions import Self

from pipelines import extract
from pipelines.archives import HttpError, Record, read_page, read_records
from pipelines.captures import Capture, IndexLineError, from_cdx, from_wayback, known_outcome
from pipelines.models import Article, HtmlPage
from pipelines.site import LARGEST_BODY
from scraper import settings as defaults
from scraper.asking import asked
from scraper.backfill.answers import ExpectedAnswer, UnfitError, asking, range_header, received_of, whole
from scraper.backfill.captured_pages import RecordCheck
from scraper.backfill.ccnews import paths_in
from scraper.backfill.commoncrawl import ArchivedCrawl, crawls_in, pages_in, question_of
from scraper.backfill.options import BackfillOptions, backfill_options
from scraper.backfill.wayback import page_url, page_wanted, response_of, rows_in
from scraper.doctor import Examination
from scraper.middlewares.archives import set_pace
from scraper.visits import Answer, Visit

_CRAWLS = 3  # newest crawls, one of which should list the domain
_OK = frozenset({200})
_PART = 2**18  # bytes


class ArchivesDoctorSpider(Examination):
    """Fetches each archive's list, one line of its index and one page."""

    name = "doctor-archives"
    custom_settings = {**defaults.BACKFILL_SETTINGS, "ITEM_PIPELINES_BASE": {}}  # noqa: RUF012  # as Scrapy types it
    options: BackfillOptions

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Take the addresses of the services."""
        asked_for = backfill_options({**kwargs, "from": "commoncrawl"}, crawler.settings)
        spider = super().from_crawler(crawler, *args, **{"name": cls.name})
        spider._asked_for = asked_for
        return spider

    _asked_for: BackfillOptions

    @property
    def service_urls(self) -> tuple[str, ...]:
        """Addresses of the services that it may ask."""
        return self._asked_for.services.urls

    async def _examine(self) -> None:
        set_pace(self.crawler, self._asked_for.services)
        for name, look in (
            ("Common Crawl", self._common_crawl),
            ("CC-NEWS", self._ccnews),
            ("Internet Archive", self._internet_archive),
        ):
            try:
                await look()
            except UnfitError as error:
                self._say(name, "fail", f"an answer has an unexpected form: {error}", "backfill cannot use it")

    # ---- Common Crawl

    async def _common_crawl(self) -> None:
        answer = await self._asks(
            "collinfo.json", self._asked_for.services.collinfo, ExpectedAnswer(statuses=_OK, check=whole)
        )
        if answer is None:
            return
        crawls = crawls_in(received_of(answer))
        self._month = next((crawl.first[:7].replace("-", "/") for crawl in crawls if crawl.first is not None), None)
        dated = sum(crawl.first is not None for crawl in crawls)
        found = f"{len(crawls)} crawls, the newest {crawls[0].id}; {dated} with their days"
        remedy = "" if dated else "--since and --until choose no crawls"
        self._say("collinfo.json", "ok" if dated else "note", found, remedy)
        for crawl in crawls[:_CRAWLS]:
            capture = await self._line(crawl)
            if capture is not None:
                await self._record(capture)
                return
        self._say("CDX server", "fail", f"the newest {_CRAWLS} crawls list no article of the domain",
                  "look at the index in a browser")  # fmt: skip

    async def _line(self, crawl: ArchivedCrawl) -> Capture | None:
        base = question_of(crawl, self._asked_for.domain)
        wanted = ExpectedAnswer(statuses=frozenset({200, 404}), check=whole)
        counted = await self._asks("number of pages", f"{base}&showNumPages=true", wanted)
        if counted is None or not (pages := pages_in(received_of(counted))):
            return None
        beyond = await self._asks("page after the last", f"{base}&page={pages}",
                                  ExpectedAnswer(statuses=frozenset({200, 400, 404}), check=whole))  # fmt: skip
        if beyond is not None:
            is_end = beyond.status != 200
            self._say("page after the last", "ok" if is_end else "note", f"HTTP {beyond.status}",
                      "" if is_end else "an empty page ends the list instead")  # fmt: skip
        page = await self._asks("page 0", f"{base}&page=0", wanted)
        if page is None or page.status != 200:
            return None
        lines = page.body.splitlines()
        self._say("CDX server", "ok", f"{crawl.id}: {pages} pages, {len(lines)} lines in the first")
        return self._first(
            map(json.loads, lines), lambda row: from_cdx(row, crawl=crawl.id, domain=self._asked_for.domain)
        )

    async def _record(self, capture: Capture) -> None:
        check = RecordCheck(capture)
        answer = await self._asks(
            "record by range",
            f"{self._asked_for.services.data}/{capture.file}",
            ExpectedAnswer(statuses=frozenset({206}), check=check),
            headers=range_header(capture.offset, capture.length),
        )
        if answer is None or check.record is None:
            return
        self._say("record by range", "ok", "206, one member, one record, of the address and digest of the index")
        try:
            found = read_page(check.record, limit=LARGEST_BODY, fetched_at=capture.fetched_at)
        except HttpError as error:
            self._say("its page", "fail", f"{capture.url}: {error}")
            return
        self._page(capture, None if found is None else found[0])

    # ---- CC-NEWS

    _month: str | None = None
    """The month of the newest crawl, for which CC-NEWS should have files."""

    async def _ccnews(self) -> None:
        if self._month is None:
            return
        services = self._asked_for.services
        url = f"{services.ccnews}/{self._month}/warc.paths.gz"
        listed = await self._asks("files of CC-NEWS", url, ExpectedAnswer(statuses=_OK, check=whole))
        if listed is None:
            return
        paths = paths_in(received_of(listed))
        self._say("files of CC-NEWS", "ok" if paths else "fail", f"{len(paths)} in {self._month}")
        for path in paths[:1]:
            part = await self._asks(
                "part of such a file", f"{services.data}/{path}",
                ExpectedAnswer(statuses=frozenset({206}), check=whole), headers=range_header(0, _PART),
            )  # fmt: skip
            if part is not None:
                items = list(read_records(BytesIO(part.body), limit=None))
                records = [item for item in items if isinstance(item, Record)]
                own = sum(record.length > 0 for record in records)
                found = f"206, {len(records)} records, {own} of them with a gzip member of their own"
                is_good = bool(records) and own == len(records)
                self._say("part of such a file", "ok" if is_good else "fail", found)

    # ---- the Internet Archive

    async def _internet_archive(self) -> None:
        base, domain = self._asked_for.services.wayback, self._asked_for.domain
        question = (
            f"url={quote(domain)}&matchType=domain&output=json&limit=200&showResumeKey=true&filter=statuscode:200"
        )
        answer = await self._asks(
            "index of captures", f"{base}/cdx/search/cdx?{question}", ExpectedAnswer(statuses=_OK, check=whole)
        )
        if answer is None:
            return
        rows, key = rows_in(received_of(answer))
        self._say("index of captures", "ok" if rows else "fail", f"{len(rows)} rows, "
                  + ("and a resume key" if key else "and no resume key"))  # fmt: skip
        capture = self._first(iter(rows), lambda row: from_wayback(row, domain=domain))
        if capture is None:
            self._say("page as it was", "note", "no article among those rows; no page was fetched")
            return
        answer = await self._asks("page as it was", page_url(base, capture), page_wanted(capture))
        if answer is None:
            return
        original = [name for name in answer.headers if name.startswith("x-archive-orig-")]
        self._say("page as it was", "ok" if original else "fail", f"{len(original)} headers X-Archive-Orig-…",
                  "" if original else "the site's own signals are unknown then")  # fmt: skip
        response = response_of(received_of(answer))
        kind = response.header("content-type")
        self._page(capture, HtmlPage(body=response.body, url=capture.url, content_type=kind))

    # ---- what all have in common

    def _first(self, rows: Any, read: Callable[[Any], Capture | None]) -> Capture | None:
        """The first capture of a page at an article's address."""
        for row in rows:
            try:
                capture = read(row)
            except IndexLineError as error:
                self._say("lines of the index", "fail", f"a line has {error}")
                continue
            if capture is not None and known_outcome(capture) is None:
                return capture
        return None

    def _page(self, capture: Capture, page: HtmlPage | None) -> None:
        result = None if page is None else extract(page)
        if isinstance(result, Article):
            self._say("its page", "ok", f"{capture.url} of {capture.captured_at[:10]}: {len(result.paragraphs)} "
                      f"paragraphs, {result.extractor}")  # fmt: skip
        else:
            outcome = "no HTML" if result is None else f"{result.outcome} ({result.detail})"
            self._say("its page", "note", f"{capture.url} of {capture.captured_at[:10]}: {outcome}")

    async def _asks(
        self, check: str, url: str, wanted: ExpectedAnswer, *, headers: Mapping[str, str] | None = None
    ) -> Answer | None:
        answer = await asked(self.crawler, asking(url, Visit(kind="sitemap"), wanted, headers=headers))
        if answer.verdict.outcome == "ok":
            return answer
        self._say(check, "fail", f"{url}: {answer.verdict.outcome} ({answer.verdict.detail})", _remedy(answer))
        return None


def _remedy(answer: Answer) -> str:
    if answer.verdict.outcome == "robots":
        return "backfill obeys it; write to the archive"
    return "wait a day, and set VIETNAMVN_CONTACT" if answer.status in (403, 429) else "try again later"
