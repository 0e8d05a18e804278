"""Outcomes (of `pipelines.outcomes`) for the exceptions of Scrapy's downloader."""

from __future__ import annotations

from scrapy import exceptions

from pipelines.outcomes import Verdict
from scraper.connections import headers_problem, refused_address

_OF_THE_NETWORK = frozenset({"scrapy", "twisted", "OpenSSL", "ssl", "h2", "service_identity"})


def judge_failure(error: BaseException, *, host: str = "") -> Verdict:
    """The verdict on a request to `host` that brought no response: an exception of Scrapy's downloader."""
    if (problem := headers_problem(error)) is not None:
        return Verdict(outcome="headers_too_large", detail=problem)
    if isinstance(error, exceptions.CannotResolveHostError) and (inner := refused_address(host)) is not None:
        # No retry: the name would resolve to the same address.
        detail = f"{host} resolves to {inner}, an address of an inner network: not connected"
        return Verdict(outcome="network_error", detail=detail)
    text = " ".join(str(error).split())[:200] or type(error).__name__
    if isinstance(error, exceptions.IgnoreRequest):
        return Verdict(outcome="dropped", detail=f"a middleware dropped the request: {text}")
    if isinstance(error, exceptions.DownloadCancelledError):
        # The body is larger than DOWNLOAD_MAXSIZE: nothing else cancels downloads here.
        return Verdict(outcome="too_large", detail="the body is larger than the limit (DOWNLOAD_MAXSIZE)")
    if isinstance(error, (exceptions.DownloadTimeoutError, TimeoutError)):
        return Verdict(outcome="timeout", detail="no complete answer in time (DOWNLOAD_TIMEOUT)", retry=True)
    if isinstance(error, OSError) or type(error).__module__.partition(".")[0] in _OF_THE_NETWORK:
        return Verdict(outcome="network_error", detail=f"{type(error).__name__}: {text}", retry=True)
    return Verdict(outcome="parse_failed", detail=f"{type(error).__name__}: {text}")  # handling this one failed
