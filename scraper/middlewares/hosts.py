"""Which hosts the crawl may ask. Replaces Scrapy's `OffsiteMiddleware`, which compares names without port and scheme,
lets retries pass unchecked, and drops requests without calling their errback.
"""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler

from pipelines.outcomes import Verdict
from pipelines.web.addresses import NoAddressError, read_address
from scraper.connections import trust_host
from scraper.hosts import AllowedHosts, base_url_of
from scraper.visits import RefusedError, is_visit, visit_of


class HostsMiddleware:
    """Refuses every request (redirects and retries too) to a host that may not be asked, as `offsite`.

    Requests of users' own code follow Scrapy's rule: the `allowed_domains` of their spider.
    """

    def __init__(self, base_url: str) -> None:
        self.allowed = AllowedHosts(base_url=base_url)
        trust_host(base_url)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> HostsMiddleware:
        """Made by Scrapy; the site is that of the spider's options or of `VIETNAMVN_BASE_URL`."""
        return cls(base_url_of(crawler))

    def process_request(self, request: Request) -> None:
        """Raise `RefusedError` for an address that is invalid, or of another host."""
        if not is_visit(request):
            return
        visit = visit_of(request)
        if (refusal := visit.refusal) is not None:
            raise RefusedError(refusal)
        try:
            address = read_address(request.url)
        except NoAddressError as error:
            raise RefusedError(Verdict(outcome="offsite", detail=f"not fetched: {error}")) from None
        # robots.txt is fetched only for an address that was let through.
        if visit.kind != "robots" and not self.allowed.allows(address):
            detail = f"not fetched: {address.netloc} is not a host of the site"
            raise RefusedError(Verdict(outcome="offsite", detail=detail))
