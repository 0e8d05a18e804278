"""What became of a request: one typed outcome for every response and every failure.

Pure: bytes and headers in, a value out. No response is ever "nothing": a 403 is `blocked`, an empty body is `empty`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Literal

Outcome = Literal[
    "ok",
    "unchanged",
    "blocked",
    "challenge",
    "empty",
    "not_article",
    "not_found",
    "gone",
    "redirected_away",
    "robots",
    "offsite",
    "timeout",
    "too_large",
    "server_error",
    "network_error",
    "parse_failed",
    "no_translation",
]
"""`offsite` was never fetched: its host is not one we may ask. `no_translation` is a `not_found` at an address that
only the slug rule named: the site never listed it, so it is no failure."""

TRANSIENT: frozenset[Outcome] = frozenset(
    {"blocked", "challenge", "empty", "timeout", "server_error", "network_error", "parse_failed", "redirected_away"}
)
"""What another run tries again; the other failures stand until the sitemap's `lastmod` changes."""

NO_ANSWER: frozenset[Outcome] = frozenset({"timeout", "network_error", "server_error"})

BLOCKS: frozenset[Outcome] = frozenset({"blocked", "challenge"})

# Marks of the challenge pages that firewalls serve with status 200 (or 403, 503). Only in short pages: an article
# about them is long.
_CHALLENGE_MARKS = re.compile(
    rb"cdn-cgi/challenge-platform|_cf_chl_opt|cf-browser-verification|/_Incapsula_Resource|captcha-delivery\.com"
    rb"|<title>\s*(?:Just a moment|Attention Required|Checking your browser|DDoS-Guard)",
    re.I,
)
_CHALLENGE_MAX_BYTES = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An outcome with one line for a person. `retry` says that another attempt may give something else.

    `retry_after` is what the server asked for, in seconds; `location` where a redirect points.
    """

    outcome: Outcome
    detail: str
    retry: bool = False
    retry_after: float | None = None
    location: str | None = None


def judge(status: int, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Verdict:
    """The verdict on a response, by HTTP alone; header names in lower case. What the page holds is judged elsewhere.

    A redirect is `redirected_away` with its `location`: whether it leads astray is for the caller to see.
    """
    if looks_like_challenge(headers, body):
        return Verdict(
            outcome="challenge", detail=f"a firewall's challenge page came instead of the page (HTTP {status})"
        )
    if status == 304:
        return Verdict(outcome="unchanged", detail="HTTP 304")
    if 300 <= status < 400:
        location = headers.get("location")
        return Verdict(outcome="redirected_away", detail=f"HTTP {status} to {location or 'nowhere'}", location=location)
    if status in (401, 403, 407, 451):
        return Verdict(outcome="blocked", detail=f"HTTP {status}: the site refuses this client")
    if status == 429 or (status == 503 and "retry-after" in headers):
        wait = retry_after_seconds(headers.get("retry-after"), now=now)
        outcome: Outcome = "blocked" if status == 429 else "server_error"
        return Verdict(
            outcome=outcome, detail=f"HTTP {status}: too many requests, or too busy", retry=True, retry_after=wait
        )
    if status == 404:
        return Verdict(outcome="not_found", detail="HTTP 404")
    if status == 410:
        return Verdict(outcome="gone", detail="HTTP 410")
    if status == 408 or status >= 500:
        return Verdict(outcome="server_error", detail=f"HTTP {status}", retry=True)
    if status != 200:
        return Verdict(outcome="server_error", detail=f"HTTP {status}: not an answer to a plain request")
    if not body.strip():
        return Verdict(outcome="empty", detail="HTTP 200 with an empty body")
    return Verdict(outcome="ok", detail="HTTP 200")


def judge_failure(error: BaseException) -> Verdict:
    """The verdict on a request that brought no response: an exception of Scrapy's downloader."""
    from scrapy import exceptions  # here: `judge` serves commands that need no Scrapy

    text = " ".join(str(error).split())[:200] or type(error).__name__
    if isinstance(error, (exceptions.DownloadCancelledError, exceptions.IgnoreRequest)):
        # The body, or what it decompresses to, is larger than DOWNLOAD_MAXSIZE: nothing else cancels our downloads.
        return Verdict(outcome="too_large", detail="the body is larger than the limit (DOWNLOAD_MAXSIZE)")
    if isinstance(error, (exceptions.DownloadTimeoutError, TimeoutError)):
        return Verdict(outcome="timeout", detail="no complete answer in time (DOWNLOAD_TIMEOUT)", retry=True)
    return Verdict(outcome="network_error", detail=f"{type(error).__name__}: {text}", retry=True)


def looks_like_challenge(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a firewall answered in the site's place, whatever the status says."""
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return True
    return 0 < len(body) <= _CHALLENGE_MAX_BYTES and _CHALLENGE_MARKS.search(body) is not None


def retry_after_seconds(value: str | None, *, now: datetime) -> float | None:
    """The seconds of a Retry-After header, given as a number or as a date; None where there is none to be read.

    >>> retry_after_seconds("120", now=datetime(2025, 1, 1, tzinfo=timezone.utc))
    120.0
    """
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - now).total_seconds())
