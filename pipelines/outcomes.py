"""What can become of a page: one table for the crawl, `clean`, WARC files, records, docs and exit codes.

Pure: status, headers and bytes in, a value out. Nothing is ever "nothing": a 403 is `blocked`, no body is `empty`.
Statuses go by RFC 9110 (15: an unknown status counts as the first of its class, one outside 100 to 599 as 5xx), by
RFC 6585, 7725 and 8470, and by what servers really send. A new outcome is a new row of `_ROWS`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipelines.times import UTC, read_time

Outcome = str
"""The name of a row of `OUTCOMES`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFacts:
    """One outcome.

    `statuses` are the HTTP statuses that lead to it (single numbers go before ranges), `asked_again` those of them
    after which the same run asks once more. `again` is what makes another run try: nothing but time (`next run`), a new
    `lastmod` in the sitemap, the window of `--revisit`, or nothing (`never`). `block`: the site refuses this client.
    `no_answer`: there is no answer, or not one a site should give; like blocks, many in a row end a run. `unasked`:
    it says nothing of how the site answers, and leaves such a row as it is. `absent`:
    there is no such page; an address that was only guessed is dropped. `reject`: it can be a `Rejected.outcome`.
    `crawled`: a crawl can give it.
    """

    name: str
    meaning: str
    again: Literal["next run", "lastmod", "revisit", "never"]
    statuses: tuple[int | range, ...] = ()
    asked_again: tuple[int | range, ...] = ()
    block: bool = False
    no_answer: bool = False
    unasked: bool = False
    absent: bool = False
    reject: bool = True
    crawled: bool = True

    @property
    def heals(self) -> bool:
        """Whether the next run tries again, though nothing says that the page has changed."""
        return self.again == "next run"


_ROWS = (
    OutcomeFacts(
        name="ok",
        meaning="an article: 200, 203 and other 2xx with a body",
        again="lastmod",
        statuses=(range(200, 300),),
        reject=False,
    ),
    OutcomeFacts(
        name="unchanged", meaning="304, or the same text as before", again="lastmod", statuses=(304,), reject=False
    ),
    OutcomeFacts(
        name="blocked",
        meaning="401, 402, 403, 407, 451, 999, or 429 past its retries: the site refuses this client",
        again="next run",
        # 402: what CDNs ask of crawlers. 999: a refusal of portals that look at the user agent.
        statuses=(401, 402, 403, 407, 429, 451, 999),
        asked_again=(429,),
        block=True,
    ),
    OutcomeFacts(
        name="challenge",
        meaning="a firewall's page in the place of the article, whatever the status",
        again="next run",
        block=True,
    ),
    OutcomeFacts(
        name="empty",
        meaning="no body (also 204, 205), no text, or nothing but chrome",
        again="next run",
        statuses=(204, 205),
        absent=True,
    ),
    OutcomeFacts(
        name="not_article",
        meaning="a tag, author, event or front page, a page that says it was not found, "
        "or no text that reads like an article",
        again="lastmod",
        absent=True,
    ),
    OutcomeFacts(
        name="not_found", meaning="404; a stored text is kept and marked", again="lastmod", statuses=(404,), absent=True
    ),
    OutcomeFacts(
        name="gone", meaning="410; a stored text is kept and marked", again="lastmod", statuses=(410,), absent=True
    ),
    OutcomeFacts(
        name="not_ready",
        meaning="202, 425: the server has no page yet, past its retries",
        again="next run",
        statuses=(202, 425),
        asked_again=(202, 425),
        no_answer=True,
    ),
    OutcomeFacts(
        name="partial",
        meaning="206: a part of the page, which nobody asked for; not stored",
        again="next run",
        statuses=(206,),
        no_answer=True,
    ),
    OutcomeFacts(
        name="redirected_away",
        meaning="a redirect to another page, another host, nowhere, or without end; not followed",
        again="next run",
        statuses=(range(300, 400),),
    ),
    OutcomeFacts(name="robots", meaning="robots.txt disallows it; not fetched", again="lastmod", unasked=True),
    OutcomeFacts(
        name="reserved",
        meaning="the site reserves a use of it (`--rights respect`); no text of it is stored",
        again="lastmod",
        unasked=True,
    ),
    OutcomeFacts(
        name="offsite",
        meaning="not an address of a host that may be asked; not fetched",
        again="lastmod",
        unasked=True,
    ),
    OutcomeFacts(name="timeout", meaning="no whole answer in time, past the retries", again="next run", no_answer=True),
    OutcomeFacts(
        name="network_error",
        meaning="no connection, or a broken one, past the retries; 511, which comes from a network on the way",
        again="next run",
        statuses=(511,),
        no_answer=True,
    ),
    OutcomeFacts(
        name="server_error",
        meaning="5xx and 408 past the retries, or a status that HTTP does not have",
        again="next run",
        statuses=(408, range(500, 600)),
        asked_again=(408, range(500, 600)),
        no_answer=True,
    ),
    OutcomeFacts(
        name="client_error",
        meaning="another 4xx: the server finds fault with the request",
        again="next run",
        statuses=(range(400, 500),),
        asked_again=(421,),  # the wrong server behind one address answered: another connection may reach the right one
        no_answer=True,
    ),
    OutcomeFacts(
        name="headers_too_large",
        meaning="headers beyond the bound, in one line or in all",
        again="next run",
    ),
    OutcomeFacts(
        name="too_large",
        meaning="over 50 MB on the wire or decompressed, a page over 10 MiB, or over 50,000 blocks of text",
        again="lastmod",
    ),
    OutcomeFacts(
        name="parse_failed",
        meaning="the body is cut, cannot be decoded, holds no text, or markup that can only be an attack",
        again="next run",
    ),
    OutcomeFacts(
        name="no_translation",
        meaning="no page where only the slug rule named one; not counted as listed",
        again="revisit",
        reject=False,
    ),
    OutcomeFacts(
        name="removed",
        meaning="was taken down (`store remove`); not fetched, or not stored",
        again="never",
        reject=False,
    ),
    OutcomeFacts(
        name="dropped",
        meaning="a pipeline, middleware or callback of your own dropped it; not stored",
        again="lastmod",
        reject=False,
    ),
    OutcomeFacts(
        name="item_error",
        meaning="an item pipeline of your own failed on it; not stored",
        again="next run",
        reject=False,
    ),
    OutcomeFacts(
        name="revisit",
        meaning="a capture without a page, since its bytes were those of an earlier one; of `backfill` alone",
        again="never",
        reject=False,
        crawled=False,
    ),
    OutcomeFacts(
        name="broken",
        meaning="a row or record of an input that cannot be read; of `clean` alone",
        again="never",
        reject=False,
        crawled=False,
    ),
)

OUTCOMES: Mapping[Outcome, OutcomeFacts] = {row.name: row for row in _ROWS}
"""The table, by name, in the order of the docs."""

TRANSIENT = frozenset(row.name for row in _ROWS if row.heals)
"""What another run tries again; the other failures stay until the sitemap's `lastmod` changes."""

BLOCKS = frozenset(row.name for row in _ROWS if row.block)
NO_ANSWER = frozenset(row.name for row in _ROWS if row.no_answer)
UNASKED = frozenset(row.name for row in _ROWS if row.unasked)
ABSENT = frozenset(row.name for row in _ROWS if row.absent)
REJECTED = frozenset(row.name for row in _ROWS if row.reject)
"""The names that `Rejected.outcome` can have."""


def _by_status(pick: Literal["statuses", "asked_again"]) -> dict[int, Outcome]:
    found: dict[int, Outcome] = {}
    for kind in (range, int):
        for row in _ROWS:
            for given in row.statuses if pick == "statuses" else row.asked_again:
                if isinstance(given, kind):
                    found |= dict.fromkeys([given] if isinstance(given, int) else given, row.name)
    return found


_OUTCOME_OF, _ASKED_AGAIN = _by_status("statuses"), _by_status("asked_again")
# Use Proxy and the unused 306: their Location, if any, is not to be followed (RFC 9110, 15.4.6 and 15.4.7).
_NOT_FOLLOWED = frozenset({305, 306})

# Marks of the pages that firewalls serve in the place of an article, with status 200 too. The first group is of these
# pages alone; the second also stands in pages with a form or a guard, so that it counts only where little is to be
# read. A path alone is no mark of the first group: two CDNs put their scripts into ordinary pages.
_CHALLENGE_MARKS = re.compile(
    rb"cdn-cgi/challenge-platform/[\w/]{0,20}orchestrate|_cf_chl_opt|cf-browser-verification"
    rb"|<iframe[^>]{0,99}/_Incapsula_Resource"
    rb"|captcha-delivery\.com|<title>\s*(?:Just a moment|Attention Required|Checking your browser|DDoS-Guard)",
    re.I,
)
CHALLENGE_HINTS = re.compile(
    rb"cf-challenge|cdn-cgi/challenge-platform|cf_chl_|_Incapsula_Resource|/_sec/cp_challenge|px-captcha|"
    rb"ddos-guard|g-recaptcha|h-captcha|cf-turnstile|geo\.captcha-delivery|aws-waf-token|__jsl_clearance|"
    rb"sucuri_cloudproxy",
    re.I,
)
CHALLENGE_WORDS = re.compile(
    r"just a moment|attention required|checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human"
    r"|access denied"
    r"|request blocked|403 forbidden|you have been blocked|enable javascript and cookies to continue|ddos protection"
    r"|are you a robot|security check",
    re.I,
)
CHALLENGE_MAX_BYTES = 60_000
"""A firewall's page is short; an article about firewalls is long."""

_CHALLENGE_HEADERS = {
    "cf-mitigated": frozenset({"challenge"}),
    "x-amzn-waf-action": frozenset({"challenge", "captcha"}),  # with 202 and 405
    "x-vercel-mitigated": frozenset({"challenge"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An outcome with one line for a person. `retry`: another attempt may give something else.

    `retry_after` is what the server asked for, in seconds; `location` where a redirect points.
    """

    outcome: Outcome
    detail: str
    retry: bool = False
    retry_after: float | None = None
    location: str | None = None


def status_outcome(status: int) -> Outcome:
    """The outcome of an HTTP status alone; `ok` still needs a body.

    >>> [status_outcome(status) for status in (200, 203, 206, 299, 403, 418, 522, 600, 0)]
    ['ok', 'ok', 'partial', 'ok', 'blocked', 'client_error', 'server_error', 'server_error', 'server_error']
    """
    return _OUTCOME_OF.get(status, "server_error")


def judge(status: int, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Verdict:
    """The verdict on a response, by HTTP alone, not by what the page holds; header names in lower case.

    A redirect is `redirected_away` with its `location`: the caller sees whether it leads astray. `now`, with its zone,
    is what a date in Retry-After is counted from.
    """
    if looks_like_challenge(headers, body):
        return Verdict(
            outcome="challenge", detail=f"a firewall's challenge page came instead of the page (HTTP {status})"
        )
    outcome = status_outcome(status)
    if outcome == "ok" and not body.strip():
        return Verdict(outcome="empty", detail=f"HTTP {status} with an empty body")
    location = headers.get("location") if outcome == "redirected_away" and status not in _NOT_FOLLOWED else None
    retry = _ASKED_AGAIN.get(status) == outcome
    return Verdict(
        outcome=outcome,
        detail=_detail(status, outcome, location),
        retry=retry,
        retry_after=retry_after_seconds(headers.get("retry-after"), now=now) if retry else None,
        location=location,
    )


def _detail(status: int, outcome: Outcome, location: str | None) -> str:
    if outcome == "redirected_away":
        return f"HTTP {status} to {location or 'nowhere'}"
    if status == 429:
        return "HTTP 429: too many requests"
    reasons = {
        "blocked": "the site refuses this client",
        "not_ready": "the server has no page yet",
        "partial": "a part of the page instead of the whole",
        "network_error": "a network on the way wants a login",
        "client_error": "the server finds fault with the request",
    }
    if outcome == "server_error" and not 500 <= status < 600 and status != 408:
        return f"HTTP {status}: not an answer to a plain request"
    return f"HTTP {status}: {reasons[outcome]}" if outcome in reasons else f"HTTP {status}"


def looks_like_challenge(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a firewall answered in the site's place, whatever the status says; header names in lower case."""
    for name, values in _CHALLENGE_HEADERS.items():
        if headers.get(name, "").strip().lower() in values:
            return True
    return len(body) <= CHALLENGE_MAX_BYTES and _CHALLENGE_MARKS.search(body) is not None


def retry_after_seconds(value: str | None, *, now: datetime) -> float | None:
    """The seconds of a Retry-After header, given as a number or as a date; None where none can be read.

    >>> retry_after_seconds("120", now=datetime(2025, 1, 1, tzinfo=UTC))
    120.0
    """
    if value is None:
        return None
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,12}(?:\.[0-9]{1,9})?", value):
        return float(value)
    moment = read_time(value, zone=UTC, day_first=False)
    return max(0.0, (moment - now).total_seconds()) if isinstance(moment, datetime) else None
