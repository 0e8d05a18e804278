"""What the exceptions of Scrapy's downloader amount to, by the names of `pipelines.outcomes`."""

from __future__ import annotations

from scrapy import exceptions

from pipelines.outcomes import Verdict


def judge_failure(error: BaseException) -> Verdict:
    """The verdict on a request that brought no response: an exception of Scrapy's downloader."""
    text = " ".join(str(error).split())[:200] or type(error).__name__
    if isinstance(error, (exceptions.DownloadCancelledError, exceptions.IgnoreRequest)):
        # The body, or what it decompresses to, is larger than DOWNLOAD_MAXSIZE: nothing else cancels our downloads.
        return Verdict(outcome="too_large", detail="the body is larger than the limit (DOWNLOAD_MAXSIZE)")
    if isinstance(error, (exceptions.DownloadTimeoutError, TimeoutError)):
        return Verdict(outcome="timeout", detail="no complete answer in time (DOWNLOAD_TIMEOUT)", retry=True)
    return Verdict(outcome="network_error", detail=f"{type(error).__name__}: {text}", retry=True)
