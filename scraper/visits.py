"""One address on its way through the crawl, and what came of it. It is carried in the meta of its request.

Scrapy copies the meta when it retries or redirects, so all requests of an address share one `Visit`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from pipelines.models import HtmlPage
from pipelines.outcomes import Verdict
from pipelines.rights import Rights
from pipelines.storage import Lease, ListedAddress, WarcLocation
from pipelines.web.addresses import NoAddressError, read_address
from scraper.archive import Exchange, Member
from scraper.clock import now
from scraper.connections import CutOffError
from scraper.outcomes import judge_failure

Kind = Literal["page", "sitemap", "robots", "rights"]
"""What an address is fetched for: robots.txt rules and redirects differ by it."""

_KEY, _STRANGERS_KEY = "vietnamvn", "vietnamvn_visit"


class StoppedError(CutOffError):
    """The run is ending: this address was not tried, which is not a failure."""


class RefusedError(IgnoreRequest):
    """An address that is not fetched, or an answer that is not a page; `verdict` says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.detail)
        self.verdict = verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer of one address. `url` is the address after redirects; `body` is decoded (compression removed); names
    in `headers` are in lower case; `pairs` are all headers as they came.
    """

    url: str
    verdict: Verdict
    fetched_at: str
    body: bytes = b""
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    pairs: Sequence[tuple[str, str]] = ()

    @property
    def page(self) -> HtmlPage:
        """The answer as input for extraction."""
        return HtmlPage(
            body=self.body,
            url=self.url,
            content_type=self.headers.get("content-type"),
            status=self.status,
            fetched_at=self.fetched_at,
            headers=self.pairs,
        )


@dataclass(slots=True, kw_only=True, eq=False)
class Visit:
    """`entry` is an address for the ledger, `lease` one that the ledger gave out; other visits belong to no ledger.

    `refusal` is why it may not be fetched at all. `exchange`, `trouble` (a fault in decoding) and `answer` are those of
    the last response; `place` is where the archive has it. `rights` are those of an answer without a page.
    `is_settled`: the ledger knows what became of it.
    """

    kind: Kind = "page"
    entry: ListedAddress | None = None
    lease: Lease | None = None
    refusal: Verdict | None = None
    exchange: Exchange | Member | None = None
    trouble: Verdict | None = None
    answer: Answer | None = None
    place: WarcLocation | None = None
    rights: Rights | None = None
    is_settled: bool = False

    @property
    def is_removed(self) -> bool:
        """Whether what it brought was taken down; `refusal` then says so."""
        return self.refusal is not None and self.refusal.outcome == "removed"


def visit_of(request: Request) -> Visit:
    """The visit that a request belongs to; a new one if users' own code made the request."""
    visit: Visit | None = request.meta.get(_KEY)
    if visit is None:
        visit = request.meta.setdefault(_STRANGERS_KEY, Visit())
    return visit


def key_of(item: Any) -> tuple[str, str | None]:
    """The key by which a run finds the visit of an article: its address and its capture."""
    return getattr(item, "url", None) or "", getattr(item, "capture", None)


def is_visit(request: Request) -> bool:
    """Whether `visiting` made the request: only then does an answer that is not a page go to the errback."""
    return _KEY in request.meta


def visiting(
    url: str,
    visit: Visit,
    *,
    callback: Callable[..., Any] | None = None,
    errback: Callable[..., Any] | None = None,
    priority: int = 0,
    **more: Any,
) -> Request:
    """A request for an address as it was read and checked; raises `NoAddressError` if it is not an address.

    It is sent in exactly this spelling; Scrapy would escape some characters once more.
    """
    headers = {}
    if visit.lease is not None and visit.lease.etag:
        headers["If-None-Match"] = visit.lease.etag
    if visit.lease is not None and visit.lease.last_modified:
        headers["If-Modified-Since"] = visit.lease.last_modified
    return Request(
        read_address(url).href,
        callback=callback,
        errback=errback,
        headers=headers,
        priority=priority,
        dont_filter=True,
        meta={_KEY: visit, "verbatim_url": True},
        cb_kwargs=more,
    )


def request_of(given: Response | Failure) -> Request:
    """The request that a callback's response, or an errback's failure, belongs to."""
    request: Request | None = getattr(given, "request", None)
    if request is None:
        raise ValueError(f"{given}: without its request")
    return request


def answer_to(response: Response) -> Answer:
    """The answer for a response that reached its callback."""
    answer = visit_of(request_of(response)).answer
    if answer is None:
        raise ValueError(f"{response}: has not been judged; OutcomeMiddleware is missing from the settings")
    return answer


def answer_after(failed: BaseException | Failure, request: Request) -> Answer | None:
    """The answer for a request whose errback was called; None if the run is ending and it was not tried."""
    error: Any = failed.value if isinstance(failed, Failure) else failed
    if isinstance(error, CutOffError):
        return None
    visit = visit_of(request)
    if isinstance(error, RefusedError):
        if visit.answer is not None and visit.answer.verdict is error.verdict:
            return visit.answer
        return refused(request.url, error.verdict)
    if visit.answer is not None and visit.answer.verdict.outcome != "ok":
        return visit.answer
    return refused(request.url, judge_failure(error, host=host_of(request.url)))


def refused(url: str, verdict: Verdict) -> Answer:
    """The answer for an address that brought no response."""
    return Answer(url=url, verdict=verdict, fetched_at=now().isoformat())


def host_of(url: str) -> str:
    """The host of an address, without its port; empty if it is not an address."""
    try:
        return read_address(url).host
    except NoAddressError:
        return ""
