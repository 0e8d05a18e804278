"""Cookies within a redirect: some sites send a page only if the client returns the cookie that the redirect set."""

from __future__ import annotations

from collections.abc import Iterable
from http.cookiejar import Cookie
from typing import Any
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.http import Response
from scrapy.http.cookies import CookieJar

from scraper.visits import host_of


class _Key:
    """The key of one address's jar; lives as long as its requests."""


class RedirectCookiesMiddleware(CookiesMiddleware):
    """Scrapy's cookies, but with a separate jar for each address that is redirected, and no cookies for others.

    With ``COOKIES_ENABLED = True`` it behaves as Scrapy's: sessions, jars by ``meta["cookiejar"]``.
    """

    def __init__(self, debug: bool = False, *, always: bool = False) -> None:
        super().__init__(debug)
        self._always = always
        if not always:
            self.jars: Any = WeakKeyDictionary()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RedirectCookiesMiddleware:
        """Made by Scrapy."""
        settings = crawler.settings
        made = cls(settings.getbool("COOKIES_DEBUG"), always=settings.getbool("COOKIES_ENABLED"))
        made.crawler = crawler
        return made

    def _process_cookies(self, cookies: Iterable[Cookie], *, jar: CookieJar, request: Request) -> None:
        """Keep a cookie for the host that set it, whatever domain it names.

        Scrapy's reads the list of public suffixes, which would be fetched from a host that is not allowed.
        """
        if self._always:
            super()._process_cookies(cookies, jar=jar, request=request)
            return
        for cookie in cookies:
            cookie.domain, cookie.domain_specified = host_of(request.url), False
            jar.set_cookie_if_ok(cookie, request)

    def process_request(self, request: Request) -> None:  # type: ignore[override]
        """Send the cookies of this address, if it has any."""
        if self._always or isinstance(request.meta.get("cookiejar"), _Key):
            super().process_request(request)

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Keep the cookies of a redirect."""
        if self._always:
            return super().process_response(request, response)
        if 300 <= response.status < 400 and "Set-Cookie" in response.headers:
            key = request.meta.get("cookiejar")
            if not isinstance(key, _Key):
                key = request.meta["cookiejar"] = _Key()
                self.jars[key] = CookieJar()
            super().process_response(request, response)
        return response
