"""What a site's files say of one of its addresses, beside what came with the page."""

from __future__ import annotations

from functools import lru_cache

from pipelines.rights.model import Rights
from pipelines.rights.robots_signals import robots_signals
from pipelines.rights.tdmrep import tdmrep_signal
from pipelines.web.robots import Robots, parse_robots


def site_rights(url: str, *, agent: str, robots: bytes | None = None, tdmrep: bytes | None = None) -> Rights:
    """What the files of a site say of an address to `agent`. None is a file of which nothing is known, which gives no
    signal; an empty one says that there is none.

    >>> robots = b"User-agent: *\\nContent-Usage: /en/ train-ai=n\\nDisallow: /api/"
    >>> site_rights("https://www.vietnam.vn/en/a", agent="vietnamvn", robots=robots).of("train-ai")
    'disallowed'
    """
    signals = () if robots is None else robots_signals(_parsed(robots), url, agent=agent)
    tdm = None if tdmrep is None else tdmrep_signal(tdmrep, url)
    return Rights(signals if tdm is None else (*signals, tdm))


def judged(
    url: str, *, agent: str, robots: bytes | None = None, tdmrep: bytes | None = None, page: Rights | None = None
) -> Rights:
    """The same with the page's own signals."""
    site = site_rights(url, agent=agent, robots=robots, tdmrep=tdmrep)
    return site if page is None else page.with_site(site)


@lru_cache(maxsize=16)
def _parsed(body: bytes) -> Robots:
    return parse_robots(body, "https://localhost/robots.txt")  # sitemaps are nobody's business here
