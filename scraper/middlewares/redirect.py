"""Follows redirects to the same page; another redirect becomes an outcome, and its response is kept."""

from __future__ import annotations

from dataclasses import replace

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.http import Response

from pipelines.outcomes import Verdict
from pipelines.printable import printable
from pipelines.site import normalise_url, parse_address
from pipelines.web.addresses import NoAddressError, read_address
from scraper.hosts import AllowedHosts, base_url_of
from scraper.visits import Kind, is_visit, visit_of


class SameArticleRedirectMiddleware(RedirectMiddleware):
    """As Scrapy's, but a page is followed only to the same slug and language, on a host of the site.

    robots.txt and sitemaps may redirect to any path of such a host, as RFC 9309 allows for robots.txt. Requests of
    users' own code are redirected as Scrapy does.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SameArticleRedirectMiddleware:
        """Made by Scrapy; the base class also looks for the Referer middleware, which is not used here."""
        made = cls(crawler.settings)
        made.crawler = crawler
        return made

    def handle_referer(self, request: Request, response: Response) -> None:
        """Leave the headers as they are: no Referer is sent."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """The request for a redirect's target, or the response itself."""
        if not is_visit(request):
            return super().process_response(request, response)
        visit = visit_of(request)
        location = None if visit.answer is None else visit.answer.verdict.location
        if visit.answer is None or location is None or request.meta.get("dont_redirect"):
            return response
        target, problem = self._target(request, location, visit.kind, has_cookie="Set-Cookie" in response.headers)
        if problem is not None:
            verdict = Verdict(outcome="redirected_away", detail=printable(problem))
            visit.answer = replace(visit.answer, verdict=verdict)
            return response
        followed = self._build_redirect_request(request, response, url=target)
        return self._redirect(followed, request, response.status)

    def _target(self, request: Request, location: str, kind: Kind, *, has_cookie: bool) -> tuple[str, str | None]:
        """The target, and why it is not followed (None if it is)."""
        before: list[str] = [*request.meta.get("redirect_urls", []), request.url]
        try:
            target = read_address(location.encode("latin-1"), request.url).href  # its bytes, as they came
        except NoAddressError as error:
            return location, f"redirects to {location}, which is not an address ({error.reason})"
        # The same address again makes sense only with a cookie that was not sent before.
        if (target in before and not has_cookie) or len(before) > self.max_redirect_times:
            return target, f"redirects without end ({len(before)} so far, the last one to {target})"
        if not self._allows(target):
            return target, f"redirects to {target}, which is not a host of the site (not followed)"
        if kind == "page" and not self._is_same(before[0], target):
            return target, f"redirects to {target}, which is another page (not followed)"
        return target, None

    def _allows(self, target: str) -> bool:
        """Whether an address may be fetched at all."""
        return AllowedHosts(base_url=base_url_of(self.crawler)).allows(target)

    def _is_same(self, first: str, target: str) -> bool:
        """Whether two addresses are spellings of one page."""
        return _is_same_page(first, target)


def _is_same_page(first: str, target: str) -> bool:
    one, other = parse_address(first), parse_address(target)
    if one.slug is not None:
        return (one.slug, one.language) == (other.slug, other.language)
    return read_address(normalise_url(first)).path == read_address(normalise_url(target)).path
