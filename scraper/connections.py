"""Limits between the downloader and the network: bounded response headers, and no address of an inner network.

Both are Scrapy's own parts, made stricter: its HTTP/1.1 handler reads what browsers read (it skips lines without a
colon, and takes a bare LF as a line end), its resolver caches names. `settings.py` names the two classes.
"""

from __future__ import annotations

import asyncio
import ipaddress
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from pipelines.site import is_site_host
from pipelines.web.addresses import NoAddressError, read_address
from scraper.signals import run_broken

if TYPE_CHECKING:
    from scraper.middlewares.pauses import PausesMiddleware

MAX_HEADER_BYTES = 262_144
"""Limit for status line and headers of one response, early hints included: Chromium's. Real ones take a few kB."""


class HeadersTooLargeError(Exception):
    """A response whose headers exceed `MAX_HEADER_BYTES`; the connection was cut."""


class CutOffError(IgnoreRequest):
    """A download that was cancelled because the run broke and ends."""


class BoundedHTTPClientParser(_LenientHTTPClientParser):
    """Reads a response, and gives up if its headers do not end."""

    MAX_LENGTH = MAX_HEADER_BYTES
    _header_bytes = 0  # on the class: the protocol changes the class of a parser that exists already

    def lineReceived(self, line: bytes) -> None:
        """Count a status or header line (early hints too), then read it."""
        self._header_bytes += len(line) + 1
        if self._header_bytes > MAX_HEADER_BYTES:
            self._cut("the headers are")
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        """A line that does not end."""
        self._cut("a header line is")

    def headerReceived(self, name: bytes, value: bytes) -> None:
        """Take a header; space around its name, which Twisted refuses, is removed, as browsers do."""
        if name := name.strip():
            super().headerReceived(name, value)  # type: ignore[no-untyped-call]  # Twisted has no types here

    def _cut(self, what: str) -> None:
        # Abort: an orderly TLS close would go on reading until the other side closes too.
        transport: Any = self.transport
        transport._producer.abortConnection()
        raise HeadersTooLargeError(f"{what} more than {MAX_HEADER_BYTES} bytes")


class BoundedHTTP11ClientProtocol(_LenientHTTP11ClientProtocol):
    """A connection whose responses `BoundedHTTPClientParser` reads."""

    def request(self, request: Any) -> Deferred[Any]:
        """Send a request; the headers of its response are bounded."""
        answer = super().request(request)
        self._parser.__class__ = BoundedHTTPClientParser
        return answer


class BoundedHTTP11ClientFactory(_LenientHTTP11ClientFactory):
    """Makes the protocols of the handler's pool."""

    def buildProtocol(self, addr: Any) -> BoundedHTTP11ClientProtocol:
        """A protocol for a new connection."""
        return BoundedHTTP11ClientProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class BoundedHTTP11DownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler of http and https, with response headers bounded as `DOWNLOAD_MAXSIZE` bounds bodies.

    Nothing is sent while its host is paused. If the run breaks, downloads under way are cancelled.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._crawler = crawler
        self._pool._factory = BoundedHTTP11ClientFactory
        self._downloads: set[asyncio.Task[Any]] = set()
        crawler.signals.connect(self._cut_off, signal=run_broken)

    async def download_request(self, request: Request) -> Response:
        """Download; raises `CutOffError` if the run broke meanwhile."""
        task: Any = asyncio.current_task()  # the one that the downloader made for this request alone
        self._downloads.add(task)
        try:
            if self._pauses is not None:
                await self._pauses.over(request)
            if proxy := request.meta.get("proxy"):
                trust_host(str(proxy))  # set by the user, so it may be on their inner network
            return await super().download_request(request)
        except asyncio.CancelledError:
            raise CutOffError from None
        finally:
            self._downloads.discard(task)

    @cached_property
    def _pauses(self) -> PausesMiddleware | None:
        """The pauses of hosts; exists from the first request on."""
        from scraper.middlewares.pauses import PausesMiddleware  # only here: it imports this module

        return self._crawler.get_downloader_middleware(PausesMiddleware)

    def _cut_off(self) -> None:
        for task in self._downloads:
            task.cancel()


class PublicResolver(CachingThreadedResolver):
    """Resolves names to public addresses only; every connection of the downloader passes it, literal addresses too.

    A host may be on an inner network (private, loopback, link-local, reserved) only if the user named it: see
    `trust_host`. Behind a proxy, the proxy resolves the name, so the address cannot be checked here.
    """

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:
        """The IPv4 address of a host; fails with `DNSLookupError` if it is not public."""
        found: Deferred[str] = super().getHostByName(name, timeout)
        return found.addCallback(_checked, name)


def _checked(address: str, name: str) -> str:
    if is_public(address) or name.lower().rstrip(".") in _trusted():
        return address
    _refused[name] = address
    raise DNSLookupError(f"{name} is at {address}, on an inner network")


def is_public(address: str) -> bool:
    """Whether an IP address is public.

    >>> [is_public(a) for a in ("8.8.8.8", "10.1.2.3", "127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1")]
    [True, False, False, False, False]
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(ip, "ipv4_mapped", None) or ip
    return bool(inner.is_global and not inner.is_multicast)


# There is one reactor and one resolver in a process, so there is one set of trusted hosts.
_named: set[str] = set()
_refused: dict[str, str] = {}


def trust_host(url: str) -> None:
    """Allow the host of an address that the user gave (a stand-in, a mirror) to be on an inner network.

    The site's own names stay refused: they are public, so one that resolves to an inner address is a fault or a trap.
    """
    try:
        host = read_address(url).host
    except NoAddressError:
        return
    if not is_site_host(host):
        _named.add(host.strip("[]").rstrip("."))


def refused_address(host: str) -> str | None:
    """The inner address because of which a connection to `host` was refused; None if it was not."""
    return _refused.get(host)


def _trusted() -> set[str]:
    proxies = set()
    for scheme, given in getproxies().items():
        if scheme == "no":  # no_proxy lists hosts, not proxies
            continue
        place = given.rpartition("://")[2].rpartition("@")[2]  # without the user's name and password
        try:
            proxies.add(read_address(f"http://{place}").host)
        except NoAddressError:
            continue
    return _named | proxies


def headers_problem(error: BaseException) -> str | None:
    """Why `BoundedHTTPClientParser` gave up, from the failure that the downloader raised; None for other failures."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        if isinstance(current, HeadersTooLargeError):
            return str(current)
        waiting += [reason.value for reason in getattr(current, "reasons", [])]
        waiting += [current.__cause__, current.__context__]
    return None
