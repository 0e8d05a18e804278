"""Where the links and pictures of a page lead: resolved against the page's address and its ``<base href>``."""

from __future__ import annotations

from lxml import etree

from pipelines.site import Address, is_site_host, parse_address
from pipelines.web.addresses import NoAddressError, RelativeAddressError, WebAddress, join, read_address

# Stands in for the address of a page that has none, so that its relative links differ by their paths.
_NOWHERE = read_address("http://page.invalid/")


class PageLinks:
    """Reads the addresses of one page. A broken one is None and does no other harm.

    `url` is the page's own address; if it is None, relative links stay as they are written.
    """

    def __init__(self, url: str | None, base: WebAddress | None = None) -> None:
        self.own_url = url
        self._own = _read(url, None) if url else None
        self._base = base or self._own
        self.own_slug = parse_address(self._own).slug if self._own else None

    @classmethod
    def of_page(cls, tree: etree._Element, url: str | None) -> PageLinks:
        """The reader of a page with its ``<base href>``: the first one counts, resolved against the page's address."""
        stated = next((e.get("href") for e in tree.iter("base") if e.get("href") is not None), None)
        return cls(url, None if stated is None else _read(stated, url))

    def resolve(self, address: str | None) -> str | None:
        """The whole address of a link or a picture; None if there is none.

        >>> PageLinks("https://www.vietnam.vn/fr/bai").resolve("../anh 1.jpg")
        'https://www.vietnam.vn/anh%201.jpg'
        >>> PageLinks("https://www.vietnam.vn/fr/bai").resolve("https://[anh/1.jpg")
        """
        address = (address or "").strip()
        if not address:
            return None
        try:
            return join(self._base, address)
        except RelativeAddressError:
            return address
        except NoAddressError:
            return None

    def parts(self, address: str) -> Address | None:
        """The parts of an address by the site's rules; None if it is broken.

        A relative address on a page whose own is unknown has a made-up host.
        """
        web = _read(address, self._base or _NOWHERE)
        return None if web is None else parse_address(web)

    def is_external(self, address: str) -> bool:
        """Whether a whole address leads away from the site: to another host than the page's and the site's."""
        web = _read(address, None)
        return web is not None and not is_site_host(web.host) and (self._own is None or web.host != self._own.host)


def unreadable_links(tree: etree._Element, url: str | None) -> list[str]:
    """One message for each canonical or alternate address of the page that is broken."""
    base, faults = PageLinks.of_page(tree, url)._base, []
    for element in tree.iter("link"):
        address = (element.get("href") or "").strip()
        if address and {"canonical", "alternate"} & set((element.get("rel") or "").lower().split()):
            try:
                read_address(address, base or _NOWHERE)
            except NoAddressError as error:
                faults.append(str(error))
    return faults


def _read(text: str, base: str | WebAddress | None) -> WebAddress | None:
    try:
        return read_address(text, base)
    except NoAddressError:
        return None
