"""Fetch one address in the middle of other work and get an `Answer` whatever happens: for `doctor` and robots.txt."""

from __future__ import annotations

import asyncio

from scrapy import Request
from scrapy.crawler import Crawler

from pipelines.outcomes import Verdict
from pipelines.web.addresses import NoAddressError
from scraper.visits import Answer, Kind, StoppedError, Visit, answer_after, answer_to, refused, visiting


async def ask(crawler: Crawler, url: str, *, kind: Kind = "page") -> Answer:
    """Fetch through all downloader middlewares, as the crawl does; raises `StoppedError` if the run ends."""
    try:
        request = visiting(url, Visit(kind=kind))
    except NoAddressError as error:
        return refused(url, Verdict(outcome="offsite", detail=f"not fetched: {error}"))
    return await asked(crawler, request)


async def asked(crawler: Crawler, request: Request) -> Answer:
    """The same for a request that is ready."""
    try:
        return answer_to(await crawler.engine.download_async(request))
    except asyncio.CancelledError:
        raise StoppedError from None
    except Exception as error:  # whatever the downloader raises is this address's outcome
        answer = answer_after(error, request)
        if answer is None:
            raise StoppedError from None
        return answer
