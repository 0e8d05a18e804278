"""Which hosts the program may ask; addresses are read as the HTTP client reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.errors import UsageError
from pipelines.printable import printable
from pipelines.site import is_site_host
from pipelines.web.addresses import NoAddressError, WebAddress, read_address

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedHosts:
    """Vietnam.vn and its subdomains; with another `base_url`, that host and port alone."""

    base_url: str

    @property
    def host(self) -> str:
        """The host of the base address."""
        return read_address(self.base_url).host

    def allows(self, url: str | WebAddress) -> bool:
        """Whether an address may be fetched (False for what is no address); asked before each request and redirect."""
        try:
            address = url if isinstance(url, WebAddress) else read_address(url)
        except NoAddressError:
            return False
        base = read_address(self.base_url)
        if is_site_host(base.host):
            return is_site_host(address.host) and address.port in (80, 443)
        return (address.scheme, address.host, address.port) == (base.scheme, base.host, base.port)


def base_url_of(crawler: Crawler) -> str:
    """The site of a crawl: its spider's `base_url`, else the setting `VIETNAMVN_BASE_URL`."""
    given = getattr(crawler.spider, "base_url", None)
    return str(given) if given else checked_base_url(crawler.settings["VIETNAMVN_BASE_URL"])


def checked_base_url(given: object) -> str:
    """A site's address as scheme, host and port; raises `UsageError` for anything else."""
    try:
        base = read_address(str(given))
    except NoAddressError as error:
        raise _no_site(str(given), f" ({error.reason})") from None
    if base.path.strip("/") or base.query or base.fragment:
        raise _no_site(str(given), "")
    return base.origin


def _no_site(given: str, cause: str) -> UsageError:
    shown = printable(given[:200])
    return UsageError(f"--base-url {shown!r} is not a site's address{cause}; give one like https://www.vietnam.vn")
